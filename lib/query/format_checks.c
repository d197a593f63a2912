/* format_checks: stored answers against a JSON Schema. */
#include "query/format_checks.h"

#include <stdlib.h>
#include "json/json_schema.h"
#include "store/texts.h"
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for checking answers");
}

static enum err add_failure(struct format_checks *c, uint32_t call,
                            const struct json_schema_fault *fault, struct error *err)
{
    const struct format_failure *last;
    struct sv pointer;

    if (c->n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 64;
        struct format_failure *bigger = realloc(c->failures, cap * sizeof(*bigger));

        if (!bigger)
            return no_memory(err);
        c->failures = bigger;
        c->cap = cap;
    }
    last = c->n ? &c->failures[c->n - 1] : NULL;
    pointer = last && last->pointer.p && fault->pointer.p && sv_eq(last->pointer, fault->pointer)
                  ? last->pointer
              : fault->pointer.p ? arena_copy(&c->arena, fault->pointer)
                                 : SV_NONE;
    if (!pointer.p && fault->pointer.p)
        return no_memory(err);
    c->failures[c->n++] = (struct format_failure){call, fault->keyword, pointer};
    return OK;
}

/* *known: it has a value now. */
static enum err check(struct store *s, const struct format_spec *spec, struct other_score *score,
                      struct arena *texts, struct format_checks *out, bool *known,
                      struct error *err)
{
    struct json_schema_fault fault;
    struct error why = {0};
    struct sv answer;
    bool changed;
    enum err rc =
        store_whole_text(s, (int64_t)score->of, TEXT_OUTPUT, texts, &answer, &changed, err);

    *known = false;
    out->changed += changed;
    if (rc || !answer.p)
        return rc;
    rc = json_schema_check(spec->schema, answer, &fault, &why);
    if (rc == ERR_RANGE) {
        if (!out->undecided++)
            out->why = why;
        return OK;
    }
    if (rc) {
        if (err)
            *err = why;
        return rc;
    }
    *known = true;
    out->checked++;
    score->value = !fault.keyword;
    return fault.keyword ? add_failure(out, score->call, &fault, err) : OK;
}

/* The scores of one call, [first, end): those that stay go to where the ones before them end. */
static size_t settle(struct call_scores *c, size_t first, size_t end, size_t kept, bool known)
{
    for (size_t i = first; i < end; i++) {
        const struct score_kind *kind = &c->kinds[c->others[i].kind];

        if (kind->check != CHECK_FORMAT || kind->checked == known)
            c->others[kept++] = c->others[i];
    }
    return kept;
}

enum err format_checks_run(struct store *s, const struct format_spec *spec,
                           struct call_scores *scores, struct format_checks *out, struct error *err)
{
    struct arena texts = {0};
    size_t kept = 0, next;
    enum err rc = OK;

    for (size_t i = 0; i < scores->n_others && !rc; i = next) {
        struct other_score *v = scores->others;
        bool known = false;

        for (next = i; next < scores->n_others && v[next].call == v[i].call; next++)
            if (!rc && scores->kinds[v[next].kind].checked && v[next].group != SCAN_OUT)
                rc = check(s, spec, &v[next], &texts, out, &known, err);
        kept = settle(scores, i, next, kept, known);
        arena_reset(&texts);
    }
    arena_release(&texts);
    if (!rc)
        scores->n_others = kept;
    return rc;
}

void format_checks_release(struct format_checks *c)
{
    free(c->failures);
    arena_release(&c->arena);
    *c = (struct format_checks){0};
}

static bool mark(void *ctx, const struct slice *slice)
{
    call_scores_mark(ctx, slice);
    return true;
}

enum err format_checks_scan(struct store *s, const struct scan_spec *calls,
                            const struct format_spec *spec, struct format_checks *out,
                            struct error *err)
{
    struct call_scores scores = {0};
    struct scan *scan = NULL;
    enum err rc = scan_open(s, calls, &scan, err);

    if (!rc)
        rc = call_scores_load(s, false, spec->name, &scores, err);
    if (!rc)
        rc = scan_walk(scan, COLUMN(F_STARTED_US), mark, &scores, err);
    if (!rc)
        rc = format_checks_run(s, spec, &scores, out, err);
    call_scores_release(&scores);
    scan_close(scan);
    return rc;
}

static int by_call(const void *a, const void *b)
{
    const struct format_failure *x = a, *y = b;

    return (x->call > y->call) - (x->call < y->call);
}

const struct format_failure *format_checks_find(const struct format_checks *c, uint32_t call)
{
    const struct format_failure key = {.call = call};

    return c->n ? bsearch(&key, c->failures, c->n, sizeof(key), by_call) : NULL;
}
