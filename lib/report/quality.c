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
    uint32_t name, score;
    struct judge judge;
    bool event;
};

static int by_judge(struct judge a, struct judge b)
{
    int d = order_u64(a.scorer, b.scorer);

    return d ? d : order_u64(a.model, b.model);
}

static int by_same_thing(const struct opinion *x, const struct opinion *y)
{
    int d = order_u64(x->name, y->name);

    return d ? d : order_u64(x->of, y->of);
}

/* By what was judged, thing and judge. */
static int by_thing(const void *a, const void *b)
{
    const struct opinion *x = a, *y = b;
    int d = by_same_thing(x, y);

    if (!d)
        d = by_judge(x->judge, y->judge);
    return d ? d : order_u64(x->score, y->score);
}

struct pairing {
    const struct call_scores *scores;
    bool models;          /* judges are models of scorers; else scorers */
    struct judge *judges; /* by kind of score; scorer 0: it is compared with none */
    struct judge_pair *v;
    size_t n, cap;
};

static int by_name(const struct call_scores *c, struct judge a, struct judge b)
{
    int d = sv_cmp(c->words[SCORE_SCORERS][a.scorer - 1], c->words[SCORE_SCORERS][b.scorer - 1]);

    if (d || !a.model || !b.model)
        return d ? d : order_u64(a.model, b.model);
    return sv_cmp(c->words[SCORE_JUDGE_MODELS][a.model - 1],
                  c->words[SCORE_JUDGE_MODELS][b.model - 1]);
}

static struct judge_pair *pair_of(struct pairing *p, uint32_t name, struct judge first,
                                  struct judge second)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->v[i].name == name && !by_judge(p->v[i].first, first) &&
            !by_judge(p->v[i].second, second))
            return &p->v[i];
    if (p->n == p->cap) {
        size_t cap = p->cap ? 2 * p->cap : 8;
        struct judge_pair *bigger = realloc(p->v, cap * sizeof(*bigger));

        if (!bigger)
            return NULL;
        p->v = bigger;
        p->cap = cap;
    }
    p->v[p->n] = (struct judge_pair){.name = name, .first = first, .second = second};
    return &p->v[p->n++];
}

/* The scores of one thing, one for each judge. */
static bool pair_up(struct pairing *p, const struct opinion *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            bool turned = by_name(p->scores, v[i].judge, v[k].judge) > 0;
            const struct opinion *first = &v[turned ? k : i], *second = &v[turned ? i : k];
            struct judge_pair *pair = pair_of(p, first->name, first->judge, second->judge);

            if (!pair)
                return false;
            pair->counts[2 * first->event + second->event]++;
        }
    return true;
}

/* How many models a scorer has for a check: 0, 1, or 2 for all that are more. */
static int count_models(const struct call_scores *scores, uint32_t name, uint32_t scorer)
{
    uint32_t first = 0;

    for (size_t i = 0; i < scores->n_kinds; i++) {
        const uint32_t *word = scores->kinds[i].word;

        if (word[SCORE_NAMES] != name || word[SCORE_SCORERS] != scorer ||
            !word[SCORE_JUDGE_MODELS] || word[SCORE_JUDGE_MODELS] == first)
            continue;
        if (first)
            return 2;
        first = word[SCORE_JUDGE_MODELS];
    }
    return first != 0;
}

/* Who is compared with others, kind by kind: those whose check has several judges, as far as kinds
 * of scores tell. false: out of memory. */
static bool find_judges(struct pairing *p)
{
    const struct call_scores *c = p->scores;
    bool *several = calloc(c->n_words[SCORE_NAMES] + 1, sizeof(*several));
    struct judge *seen = calloc(c->n_words[SCORE_NAMES] + 1, sizeof(*seen));
    bool ok = several && seen;

    for (size_t i = 0; ok && i < c->n_kinds; i++) {
        const uint32_t *word = c->kinds[i].word;
        uint32_t name = word[SCORE_NAMES];

        p->judges[i] = (struct judge){word[SCORE_SCORERS], 0};
        if (p->models)
            p->judges[i].model = word[SCORE_JUDGE_MODELS];
        if (!p->judges[i].scorer)
            continue;
        several[name] |= seen[name].scorer && by_judge(seen[name], p->judges[i]) != 0;
        seen[name] = p->judges[i];
    }
    for (size_t i = 0; ok && i < c->n_kinds; i++)
        if (!c->kinds[i].word[SCORE_NAMES] || !several[c->kinds[i].word[SCORE_NAMES]])
            p->judges[i].scorer = 0;
    free(several);
    free(seen);
    return ok;
}

/* Whether a score can be compared. */
static bool comparable(const struct pairing *p, size_t i)
{
    const struct call_score *s = &p->scores->v[i];

    return p->judges[s->kind].scorer && s->group != SCAN_OUT && !isnan(s->value);
}

/* Those that can be, each judge's first one of a thing; *n of them. NULL: out of memory. */
static struct opinion *opinions(const struct pairing *p, size_t *n)
{
    size_t all = 0, at = 0;
    struct opinion *v;

    for (size_t i = 0; i < p->scores->n; i++)
        all += comparable(p, i);
    v = malloc((all + 1) * sizeof(*v));
    *n = 0;
    for (size_t i = 0; v && i < p->scores->n; i++) {
        const struct call_score *s = &p->scores->v[i];
        const struct score_kind *k = call_score_kind(p->scores, s);

        if (comparable(p, i))
            v[at++] = (struct opinion){s->of, k->word[SCORE_NAMES], s->score, p->judges[s->kind],
                                       check_event(k->check, s->value)};
    }
    if (v && all)
        qsort(v, all, sizeof(*v), by_thing);
    for (size_t i = 0; v && i < all; i++)
        if (!i || by_same_thing(&v[i - 1], &v[i]) || by_judge(v[i].judge, v[i - 1].judge))
            v[(*n)++] = v[i];
    return v;
}

static bool find_pairs(struct pairing *p)
{
    struct opinion *v = NULL;
    size_t count = 0;
    bool ok;

    p->judges = calloc(p->scores->n_kinds + 1, sizeof(*p->judges));
    if (p->judges && find_judges(p))
        v = opinions(p, &count);
    ok = v != NULL;
    for (size_t i = 0, next; ok && i < count; i = next) {
        for (next = i + 1; next < count && !by_same_thing(&v[i], &v[next]);)
            next++;
        ok = pair_up(p, v + i, next - i);
    }
    free(v);
    free(p->judges);
    return ok;
}

/* Of pairs of models those are kept that the pairs of scorers do not tell of: one of them has other
 * models beside it, and neither is the rest of a scorer whose models are known. */
static void drop_told(struct pairing *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->n; i++) {
        const struct judge_pair *x = &p->v[i];
        int first = count_models(p->scores, x->name, x->first.scorer);
        int second = count_models(p->scores, x->name, x->second.scorer);

        if ((first > 1 || second > 1) && (x->first.model || !first) && (x->second.model || !second))
            p->v[kept++] = *x;
    }
    p->n = kept;
}

static int by_names(const void *a, const void *b)
{
    const struct judge_pair *x = a, *y = b;
    int d = order_u64(x->name, y->name);

    if (!d)
        d = by_judge(x->first, y->first);
    return d ? d : by_judge(x->second, y->second);
}

enum err quality_pairs(const struct call_scores *scores, struct judge_pair **out, size_t *n,
                       struct error *err)
{
    struct pairing p = {.scores = scores}, models = {.scores = scores, .models = true};
    bool ok = find_pairs(&p);

    if (ok && scores->n_words[SCORE_JUDGE_MODELS] > 1) {
        ok = find_pairs(&models);
        drop_told(&models);
    }
    if (p.n)
        qsort(p.v, p.n, sizeof(*p.v), by_names);
    if (models.n)
        qsort(models.v, models.n, sizeof(*models.v), by_names);
    for (size_t i = 0; ok && i < models.n; i++) {
        struct judge_pair *pair =
            pair_of(&p, models.v[i].name, models.v[i].first, models.v[i].second);

        ok = pair != NULL;
        if (ok)
            *pair = models.v[i];
    }
    free(models.v);
    if (!ok) {
        free(p.v);
        return no_memory(err);
    }
    *out = p.v;
    *n = p.n;
    return OK;
}
