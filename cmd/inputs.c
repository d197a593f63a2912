/* inputs: what the commands that read logs have in common. */
#include "inputs.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include "base/buf.h"
#include "base/draw.h"
#include "base/time_text.h"
#include "zone_load.h"
#include "base/banned.h"

enum { MAPPING_MAX_BYTES = 1 << 20 };

enum err inputs_expand(const struct text_list *args, struct arena *arena, struct path_list *out,
                       int64_t *missing, struct error *err)
{
    *missing = 0;
    for (size_t i = 0; i < args->n; i++) {
        struct error inner = {0};
        char text[640];
        enum err rc = path_list_add(out, args->v[i], arena, &inner);

        if (rc == ERR_NOMEM) {
            *err = inner;
            return rc;
        }
        if (rc) {
            error_text(&inner, text, sizeof(text));
            fprintf(stderr, "llmobs: %s\n", text);
            (*missing)++;
        }
    }
    if (out->n == 0 && !*missing)
        return error_set(err, ERR_NOT_FOUND, "%s: no log files in there", args->v[0]);
    return OK;
}

enum err inputs_small_file(const char *path, size_t max, struct buf *out, struct error *err)
{
    char block[4096];
    size_t n = 1;
    FILE *f = fopen(path, "rb");

    if (!f)
        return error_at((error_set(err, ERR_IO, "%s", strerror(errno)), err), path, 0);
    errno = 0;
    while (n && out->n <= max) {
        n = fread(block, 1, sizeof(block), f);
        buf_add(out, block, n);
    }
    if (ferror(f))
        error_set(err, ERR_IO, "%s", strerror(errno));
    else if (out->n > max)
        error_set(err, ERR_RANGE, "longer than %zu bytes", max);
    else if (out->failed)
        error_set(err, ERR_NOMEM, "out of memory");
    else
        err->code = OK;
    fclose(f);
    return err->code ? error_at(err, path, 0) : OK;
}

enum { SALT_MIN = 16, SALT_MAX = 4096 };

enum err inputs_salt(const char *path, struct arena *arena, struct sv *out, struct error *err)
{
    struct buf text = {0};
    enum err rc;

    if (!path)
        return OK;
    rc = inputs_small_file(path, SALT_MAX, &text, err);
    while (!rc && text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
        text.n--;
    if (!rc && text.n < SALT_MIN)
        rc = error_set(err, ERR_USAGE,
                       "--salt-file: %s has %zu bytes; %d are the least that cannot be guessed", path,
                       text.n, SALT_MIN);
    if (!rc)
        *out = arena_copy(arena, (struct sv){text.p, text.n});
    if (!rc && !out->p)
        rc = error_set(err, ERR_NOMEM, "out of memory");
    buf_release(&text);
    return rc;
}

enum err inputs_rate(const char *option, const char *text, bool none_too, int64_t *ppb,
                     struct error *err)
{
    if (draw_rate(sv_from(text), ppb) || (*ppb == 0 && !none_too))
        return error_set(err, ERR_USAGE, "%s: expected a share%s like 0.05 or 5%%, found \"%s\"",
                         option, none_too ? "" : " above 0,", text);
    return OK;
}

enum err inputs_mapping(const char *path, struct mapping **out, struct error *err)
{
    struct error trouble = {0};
    struct buf text = {0};
    enum err rc;

    if (!path)
        return OK;
    rc = inputs_small_file(path, MAPPING_MAX_BYTES, &text, &trouble);
    if (!rc)
        rc = mapping_open((struct sv){text.n ? text.p : "", text.n}, path, out, &trouble);
    buf_release(&text);
    if (rc)
        *err = trouble;
    return rc;
}

enum err inputs_assume(const char *tz, struct arena *arena, const struct zone **out,
                       struct error *err)
{
    const int64_t first = days_from_civil(1990, 1, 1), last = days_from_civil(2050, 1, 1);
    struct zone_choice choice;
    struct zone *zone;
    enum err rc;

    if (!tz)
        return OK;
    zone = arena_zalloc(arena, 1, sizeof(*zone));
    if (!zone)
        return error_set(err, ERR_NOMEM, "out of memory");
    rc = zone_choose(tz, arena, &choice, err);
    if (!rc)
        rc = zone_load(&choice, first * US_PER_DAY, last * US_PER_DAY, arena, zone, err);
    if (!rc)
        *out = zone;
    return rc;
}

int inputs_processors(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

uint64_t inputs_seed(void)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
        return 0; /* early at boot: slower on hostile input, never wrong */
    return seed;
}
