/* mined: see the header. */
#include "mined.h"

#include <stdlib.h>
#include <string.h>
#include "format/prompt_text.h"
#include "inputs.h"
#include "mine/templates.h"
#include "stats/random.h"
#include "base/banned.h"

enum { PROMPT_BYTES = 16 << 10 };

struct mined {
    struct sv sample[TEMPLATES_LEARN_MOST]; /* drawn evenly from all prompts (reservoir) */
    size_t n;
    uint64_t seen;
    struct random random;
    struct templates *templates;
    struct arena line;  /* of the line at hand */
    bool failed;
};

static struct sv cut(struct sv text)
{
    return (struct sv){text.p, text.n < PROMPT_BYTES ? text.n : PROMPT_BYTES};
}

/* Algorithm R: each prompt stays with the same chance. */
static void keep(struct mined *m, struct sv prompt)
{
    size_t at = m->n;
    char *copy;

    if (m->n == TEMPLATES_LEARN_MOST)
        at = (size_t)random_below(&m->random, m->seen + 1);
    m->seen++;
    if (at >= TEMPLATES_LEARN_MOST)
        return;
    copy = malloc(prompt.n + 1);
    if (!copy) {
        m->failed = true;
        return;
    }
    memcpy(copy, prompt.p, prompt.n);
    if (at < m->n)
        free((char *)m->sample[at].p);
    else
        m->n++;
    m->sample[at] = (struct sv){copy, prompt.n};
}

static struct sv collect(void *ctx, const struct json_doc *d)
{
    struct mined *m = ctx;
    struct prompt_text text = prompt_text_of(d, &m->line);

    if (!text.system.n && text.prompt.n)
        keep(m, cut(text.prompt));
    arena_reset(&m->line);
    return SV_NONE;
}

/* Calls with a system message, which go by that one, do not come here, but for those of lines with
 * several calls. */
static struct sv find(void *ctx, const struct json_doc *d)
{
    struct mined *m = ctx;
    struct prompt_text text = prompt_text_of(d, &m->line);
    struct sv out = SV_NONE;

    if (text.prompt.n && !text.system.n) {
        size_t i = templates_match(m->templates, cut(text.prompt));

        out = i == TEMPLATES_NONE ? SV("(unmined)") : templates_name(m->templates, i);
    }
    arena_reset(&m->line);
    return out;
}

struct ingest_templates mined_templates(struct mined *m)
{
    return (struct ingest_templates){.ctx = m, .of = m->templates ? find : collect};
}

static void no_line(void *ctx, const char *path, int64_t line, const char *reason)
{
    (void)ctx, (void)path, (void)line, (void)reason;
}

static void no_file(void *ctx, const struct ingest_file *f)
{
    (void)ctx, (void)f;
}

static void no_progress(void *ctx, const char *path, int64_t consumed_bytes, int64_t total_bytes,
                        int64_t records)
{
    (void)ctx, (void)path, (void)consumed_bytes, (void)total_bytes, (void)records;
}

static bool never_stop(void *ctx)
{
    (void)ctx;
    return false;
}

/* Reads everything into a database that nobody looks at; the second reading tells of bad lines. */
static enum err read_once(struct invocation *inv, const struct text_list *files, struct mined *m,
                          struct error *err)
{
    struct ingest_options options = {
        .max_line = INPUTS_MAX_LINE,
        .jobs = 1,
        .hash_seed = inputs_seed(),
        .templates = mined_templates(m),
        .events = {NULL, no_line, no_file, no_progress, never_stop},
    };
    struct ingest_totals totals;
    struct path_list paths = {0};
    struct store *store = NULL;
    int64_t missing = 0;
    enum err rc = inputs_expand(files, &inv->arena, &paths, &missing, err);

    if (!rc)
        rc = store_open(":memory:", STORE_WRITE, &store, err);
    if (!rc)
        rc = ingest_run(store, paths.paths, paths.n, &options, &totals, err);
    store_close(store);
    return rc;
}

enum err mined_learn(struct invocation *inv, const struct text_list *files, struct mined **out,
                     struct error *err)
{
    struct mined *m = calloc(1, sizeof(*m));
    enum err rc = m ? OK : error_set(err, ERR_NOMEM, "out of memory for the prompts");

    for (size_t i = 0; i < files->n && !rc; i++)
        if (strcmp(files->v[i], "-") == 0)
            rc = error_set(err, ERR_USAGE, "--mine reads its input twice, so it needs files");
    if (!rc) {
        random_init(&m->random, 0);
        rc = read_once(inv, files, m, err);
    }
    if (!rc && m->failed)
        rc = error_set(err, ERR_NOMEM, "out of memory for the prompts");
    if (!rc)
        rc = templates_learn(m->sample, m->n, 0, &m->templates, err);
    if (rc) {
        mined_free(m);
        return rc;
    }
    *out = m;
    return OK;
}

void mined_free(struct mined *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n; i++)
        free((char *)m->sample[i].p);
    templates_free(m->templates);
    arena_release(&m->line);
    free(m);
}

struct sv mined_pattern(const struct mined *m, struct sv name)
{
    for (size_t i = 0; i < templates_count(m->templates); i++)
        if (sv_eq(templates_name(m->templates, i), name))
            return templates_pattern(m->templates, i);
    return SV_NONE;
}
