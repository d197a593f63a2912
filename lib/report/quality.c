/* quality: see the header. */
#include "report/quality.h"

#include <math.h>
#include <stdlib.h>
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the scores");
}

/* ---- figures ------------------------------------------------------------------------------ */

static struct judged judged_of(const struct call_score *s, uint32_t row)
{
    return (struct judged){.row = row,
                           .check = (uint32_t)s->check,
                           .of = s->of,
                           .score = s->score,
                           .value = s->value,
                           .weight = s->weight,
                           .passed = s->passed};
}

static bool counts(const struct call_score *s, const struct pool_rows *rows)
{
    return s->group < rows->groups && s->check != CHECK_COUNT;
}

/* Each score in the row of its group, and in the total. */
static size_t spread(const struct call_scores *scores, const struct pool_rows *rows,
                     const uint32_t *row_of, struct judged *out)
{
    size_t n = 0;

    for (size_t i = 0; i < scores->n; i++) {
        if (!counts(&scores->v[i], rows))
            continue;
        out[n++] = judged_of(&scores->v[i], row_of[scores->v[i].group]);
        out[n++] = judged_of(&scores->v[i], rows->shown + 1);
    }
    return n;
}

static enum err figures(struct judged *v, size_t n, struct quality_rows *out, struct error *err)
{
    enum err rc = OK;

    n = judged_unite(v, n);
    for (size_t i = 0, next; i < n && !rc; i = next) {
        for (next = i + 1; next < n && v[next].row == v[i].row && v[next].check == v[i].check;)
            next++;
        rc = judged_figure(v + i, next - i, (enum check)v[i].check,
                           &out->v[(size_t)v[i].row * CHECK_COUNT + v[i].check], err);
    }
    return rc;
}

enum err quality_finish(const struct call_scores *scores, const struct pool_rows *rows,
                        struct quality_rows *out, struct error *err)
{
    size_t n = (size_t)rows->shown + 2;
    uint32_t *row_of = malloc(((size_t)rows->groups + 1) * sizeof(*row_of));
    struct judged *v = malloc((2 * scores->n + 1) * sizeof(*v));
    enum err rc;

    *out = (struct quality_rows){.v = calloc(n * CHECK_COUNT, sizeof(*out->v)), .rows = n};
    rc = row_of && v && out->v ? OK : no_memory(err);
    for (uint32_t i = 0; i < rows->groups && !rc; i++)
        row_of[rows->order[i]] = i < rows->shown ? i : rows->shown;
    if (!rc)
        rc = figures(v, spread(scores, rows, row_of, v), out, err);
    free(row_of);
    free(v);
    if (rc)
        quality_rows_release(out);
    return rc;
}

void quality_rows_release(struct quality_rows *q)
{
    free(q->v);
    *q = (struct quality_rows){0};
}

/* ---- agreement ---------------------------------------------------------------------------- */

static int order_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* By what was judged, thing and judge. */
static int by_thing(const void *a, const void *b)
{
    const struct call_score *x = a, *y = b;
    int d = order_u64(x->name, y->name);

    if (!d)
        d = order_u64(x->of, y->of);
    if (!d)
        d = order_u64(x->scorer, y->scorer);
    return d ? d : x->score < y->score ? -1 : x->score > y->score;
}

struct pairing {
    struct judge_pair *v;
    size_t n, cap;
    const struct call_scores *scores;
};

static struct judge_pair *pair_of(struct pairing *p, const struct call_score *a,
                                  const struct call_score *b)
{
    bool turned = sv_cmp(p->scores->scorers[a->scorer - 1], p->scores->scorers[b->scorer - 1]) > 0;
    struct judge_pair want = {.name = a->name,
                              .first = turned ? b->scorer : a->scorer,
                              .second = turned ? a->scorer : b->scorer};

    for (size_t i = 0; i < p->n; i++)
        if (p->v[i].name == want.name && p->v[i].first == want.first &&
            p->v[i].second == want.second)
            return &p->v[i];
    if (p->n == p->cap) {
        size_t cap = p->cap ? 2 * p->cap : 8;
        struct judge_pair *bigger = realloc(p->v, cap * sizeof(*bigger));

        if (!bigger)
            return NULL;
        p->v = bigger;
        p->cap = cap;
    }
    p->v[p->n] = want;
    return &p->v[p->n++];
}

static bool event(const struct call_score *s)
{
    return check_event(s->check, s->value);
}

/* The scores of one thing, one for each judge. */
static bool pair_up(struct pairing *p, const struct call_score *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            const struct call_score *first = &v[i], *second = &v[k];
            struct judge_pair *pair;

            if (v[i].scorer == v[k].scorer)
                continue;
            pair = pair_of(p, first, second);
            if (!pair)
                return false;
            if (pair->first != first->scorer) {
                first = &v[k];
                second = &v[i];
            }
            pair->counts[2 * event(first) + event(second)]++;
        }
    return true;
}

/* Scores that can be compared, each judge's first one of a thing, into v. */
static size_t comparable(const struct call_scores *scores, struct call_score *v)
{
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < scores->n; i++)
        if (scores->v[i].group != SCAN_OUT && scores->v[i].scorer && scores->v[i].name &&
            !isnan(scores->v[i].value))
            v[n++] = scores->v[i];
    if (n)
        qsort(v, n, sizeof(*v), by_thing);
    for (size_t i = 0; i < n; i++)
        if (!i || v[i].name != v[i - 1].name || v[i].of != v[i - 1].of ||
            v[i].scorer != v[i - 1].scorer)
            v[kept++] = v[i];
    return kept;
}

static int by_names(const void *a, const void *b)
{
    const struct judge_pair *x = a, *y = b;
    int d = order_u64(x->name, y->name);

    if (!d)
        d = order_u64(x->first, y->first);
    return d ? d : order_u64(x->second, y->second);
}

enum err quality_pairs(const struct call_scores *scores, struct judge_pair **out, size_t *n,
                       struct error *err)
{
    struct call_score *v = malloc((scores->n + 1) * sizeof(*v));
    struct pairing p = {.scores = scores};
    size_t count = v ? comparable(scores, v) : 0;
    bool ok = v != NULL;

    for (size_t i = 0, next; ok && i < count; i = next) {
        for (next = i + 1; next < count && v[next].name == v[i].name && v[next].of == v[i].of;)
            next++;
        ok = pair_up(&p, v + i, next - i);
    }
    free(v);
    if (!ok) {
        free(p.v);
        return no_memory(err);
    }
    if (p.n)
        qsort(p.v, p.n, sizeof(*p.v), by_names);
    *out = p.v;
    *n = p.n;
    return OK;
}
