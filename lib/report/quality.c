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

/* The way of scores to rows. */
struct spreading {
    const struct call_scores *scores;
    const struct pool_rows *rows;
    const uint32_t *row_of; /* of a group */
    struct judged *v; /* room for those of one check, which are looked at one after the other */
    struct quality_rows *out;
};

static bool counts(const struct spreading *s, size_t i, enum check check)
{
    const struct call_score *score = &s->scores->v[i];

    return score->group < s->rows->groups && call_score_kind(s->scores, score)->check == check;
}

/* The scores of one check, each in the row of its group, or all in the total. */
static size_t spread(const struct spreading *s, enum check check, bool whole)
{
    size_t n = 0;

    for (size_t i = 0; i < s->scores->n; i++) {
        const struct call_score *score = &s->scores->v[i];
        const struct score_kind *kind = call_score_kind(s->scores, score);

        if (!counts(s, i, check))
            continue;
        s->v[n++] = (struct judged){.row = whole ? s->rows->shown + 1 : s->row_of[score->group],
                                    .of = score->of,
                                    .score = score->score,
                                    .value = score->value,
                                    .weight = kind->weight,
                                    .passed = (int8_t)kind->passed};
    }
    return n;
}

static enum err figures(const struct spreading *s, enum check check, size_t n, struct error *err)
{
    struct judged *v = s->v;
    enum err rc = OK;

    n = judged_unite(v, n);
    for (size_t i = 0, next; i < n && !rc; i = next) {
        size_t at = (size_t)v[i].row * CHECK_COUNT + check;

        for (next = i + 1; next < n && v[next].row == v[i].row;)
            next++;
        rc = judged_figure(v + i, next - i, check, &s->out->v[at], err);
    }
    return rc;
}

static enum err all_figures(const struct spreading *s, struct error *err)
{
    enum err rc = OK;

    for (enum check c = 0; c < CHECK_COUNT && !rc; c++) {
        rc = figures(s, c, spread(s, c, false), err);
        if (!rc)
            rc = figures(s, c, spread(s, c, true), err);
    }
    return rc;
}

/* How many scores the check with the most of them has. */
static size_t most_of_a_check(const struct call_scores *scores)
{
    size_t n[CHECK_COUNT + 1] = {0}, most = 0;

    for (size_t i = 0; i < scores->n; i++)
        n[call_score_kind(scores, &scores->v[i])->check]++;
    for (int c = 0; c < CHECK_COUNT; c++)
        most = n[c] > most ? n[c] : most;
    return most;
}

enum err quality_finish(const struct call_scores *scores, const struct pool_rows *rows,
                        struct quality_rows *out, struct error *err)
{
    size_t n = (size_t)rows->shown + 2;
    uint32_t *row_of = malloc(((size_t)rows->groups + 1) * sizeof(*row_of));
    struct spreading s = {.scores = scores,
                          .rows = rows,
                          .row_of = row_of,
                          .v = malloc((most_of_a_check(scores) + 1) * sizeof(*s.v)),
                          .out = out};
    enum err rc;

    *out = (struct quality_rows){.v = calloc(n * CHECK_COUNT, sizeof(*out->v)), .rows = n};
    rc = row_of && s.v && out->v ? OK : no_memory(err);
    for (uint32_t i = 0; i < rows->groups && !rc; i++)
        row_of[rows->order[i]] = i < rows->shown ? i : rows->shown;
    if (!rc)
        rc = all_figures(&s, err);
    free(row_of);
    free(s.v);
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

/* What one judge said. */
struct opinion {
    uint64_t of;
    uint32_t name, scorer, score;
    bool event;
};

/* By what was judged, thing and judge. */
static int by_thing(const void *a, const void *b)
{
    const struct opinion *x = a, *y = b;
    int d = order_u64(x->name, y->name);

    if (!d)
        d = order_u64(x->of, y->of);
    if (!d)
        d = order_u64(x->scorer, y->scorer);
    return d ? d : order_u64(x->score, y->score);
}

struct pairing {
    struct judge_pair *v;
    size_t n, cap;
    const struct call_scores *scores;
};

static struct judge_pair *pair_of(struct pairing *p, const struct opinion *a,
                                  const struct opinion *b)
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

/* The scores of one thing, one for each judge. */
static bool pair_up(struct pairing *p, const struct opinion *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            const struct opinion *first = &v[i], *second = &v[k];
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
            pair->counts[2 * first->event + second->event]++;
        }
    return true;
}

/* By kind: whether several judges scored what it is about, as far as kinds of scores tell. NULL:
 * out of memory. */
static bool *find_rivals(const struct call_scores *scores)
{
    bool *rivals = calloc(scores->n_kinds + 1, sizeof(*rivals));
    bool *several = calloc(scores->n_names + 1, sizeof(*several));
    uint32_t *judge = calloc(scores->n_names + 1, sizeof(*judge));

    for (size_t i = 0; rivals && several && judge && i < scores->n_kinds; i++) {
        const struct score_kind *k = &scores->kinds[i];

        if (!k->scorer)
            continue;
        several[k->name] |= judge[k->name] && judge[k->name] != k->scorer;
        judge[k->name] = k->scorer;
    }
    if (rivals && several && judge) {
        for (size_t i = 0; i < scores->n_kinds; i++)
            rivals[i] =
                scores->kinds[i].name && scores->kinds[i].scorer && several[scores->kinds[i].name];
    } else {
        free(rivals);
        rivals = NULL;
    }
    free(several);
    free(judge);
    return rivals;
}

/* Whether a score can be compared. */
static bool comparable(const struct call_scores *scores, const bool *rivals, size_t i)
{
    const struct call_score *s = &scores->v[i];

    return rivals[s->kind] && s->group != SCAN_OUT && !isnan(s->value);
}

/* Those that can be, each judge's first one of a thing; *n of them. NULL: out of memory. */
static struct opinion *opinions(const struct call_scores *scores, const bool *rivals, size_t *n)
{
    size_t all = 0, at = 0;
    struct opinion *v;

    for (size_t i = 0; i < scores->n; i++)
        all += comparable(scores, rivals, i);
    v = malloc((all + 1) * sizeof(*v));
    *n = 0;
    for (size_t i = 0; v && i < scores->n; i++) {
        const struct call_score *s = &scores->v[i];
        const struct score_kind *k = call_score_kind(scores, s);

        if (comparable(scores, rivals, i))
            v[at++] = (struct opinion){s->of, k->name, k->scorer, s->score,
                                       check_event(k->check, s->value)};
    }
    if (v && all)
        qsort(v, all, sizeof(*v), by_thing);
    for (size_t i = 0; v && i < all; i++)
        if (!i || v[i].name != v[i - 1].name || v[i].of != v[i - 1].of ||
            v[i].scorer != v[i - 1].scorer)
            v[(*n)++] = v[i];
    return v;
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
    bool *rivals = find_rivals(scores);
    struct pairing p = {.scores = scores};
    struct opinion *v = NULL;
    size_t count = 0;
    bool ok;

    if (rivals)
        v = opinions(scores, rivals, &count);
    ok = v != NULL;
    for (size_t i = 0, next; ok && i < count; i = next) {
        for (next = i + 1; next < count && v[next].name == v[i].name && v[next].of == v[i].of;)
            next++;
        ok = pair_up(&p, v + i, next - i);
    }
    free(v);
    free(rivals);
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
