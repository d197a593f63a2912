/* scanners: what texts are scanned for, as the options and the configuration say. */
#include "scanners.h"

#include "base/buf.h"
#include "inputs.h"
#include "base/banned.h"

enum { PATTERNS_MAX_BYTES = 1 << 20 };

static enum err read_families(const struct text_list *names, unsigned *out, struct error *err)
{
    *out = 0;
    for (size_t i = 0; i < names->n; i++) {
        enum detect_family f = detect_family_of(sv_from(names->v[i]));

        if (f == DETECT_FAMILIES)
            return error_set(err, ERR_USAGE,
                             "--scan: expected pii, secrets, injection, refusals or quality, "
                             "found \"%s\"",
                             names->v[i]);
        *out |= 1u << f;
    }
    return OK;
}

/* Reads a table, and opens a detector with it to see whether it is one: its mistakes are told with
 * its name here, and nowhere else. */
static enum err read_table(const char *path, struct arena *arena, struct sv *out, struct error *err)
{
    struct detect_options alone = {.tables = out, .n_tables = 1};
    struct detector *tried = NULL;
    struct buf text = {0};
    enum err rc = inputs_small_file(path, PATTERNS_MAX_BYTES, &text, err);

    if (!rc) {
        *out = arena_copy(arena, (struct sv){text.n ? text.p : "", text.n});
        rc = out->p ? detector_open(&alone, &tried, err)
                    : error_set(err, ERR_NOMEM, "out of memory");
        if (rc)
            error_at(err, path, 0);
    }
    detector_close(tried);
    buf_release(&text);
    return rc;
}

enum err scanners_choose(const struct shared_options *o, struct arena *arena,
                         struct detect_options *out, struct error *err)
{
    struct sv *tables = arena_zalloc(arena, o->patterns.n + 1, sizeof(*tables));
    enum err rc = tables ? OK : error_set(err, ERR_NOMEM, "out of memory");

    *out = (struct detect_options){.tables = tables, .n_tables = o->patterns.n};
    if (!rc)
        rc = read_families(&o->scan, &out->families, err);
    for (size_t i = 0; !rc && i < o->patterns.n; i++)
        rc = read_table(o->patterns.v[i], arena, &tables[i], err);
    return rc;
}
