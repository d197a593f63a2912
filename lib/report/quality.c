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

/* The way of the scores of one check to rows. */
struct spreading {
    const struct call_scores *scores;
    const struct pool_rows *rows;
    const uint32_t *row_of; /* of a group */
    enum check check;
    bool whole;       /* all are in one row */
    struct key128 *v; /* room for those of one check, which are looked at one after the other */
    struct quality_rows *out;
};

static bool place(void *ctx, struct judged *score)
{
    const struct spreading *s = ctx;

    if (score->group >= s->rows->groups || s->scores->kinds[score->kind].check != s->check)
        return false;
    score->row = s->whole ? s->rows->shown + 1 : s->row_of[score->group];
    return true;
}

static enum err figures(struct spreading *s, struct error *err)
{
    const struct judged_places places = {place, s};
    size_t n = 0;
    enum err rc = judged_spread(s->scores, &places, s->v, &n, err);

    for (size_t i = 0, next; i < n && !rc; i = next) {
        uint32_t row = judged_row(s->v[i]);

        for (next = i + 1; next < n && judged_row(s->v[next]) == row;)
            next++;
        rc = judged_figure(s->v + i, next - i, s->scores->kinds, s->check,
                           &s->out->v[(size_t)row * CHECK_COUNT + s->check], err);
    }
    return rc;
}

/* How many scores each check has. */
static void count_checks(const struct call_scores *scores, size_t n[CHECK_COUNT + 1])
{
    for (size_t i = 0; i < scores->n; i++)
        n[scores->kinds[call_score_kind(scores->v[i])].check]++;
    for (size_t i = 0; i < scores->n_others; i++)
        n[scores->kinds[scores->others[i].kind].check]++;
}

static enum err all_figures(struct spreading *s, struct error *err)
{
    size_t n[CHECK_COUNT + 1] = {0};
    enum err rc = OK;

    count_checks(s->scores, n);
    for (enum check c = 0; c < CHECK_COUNT && !rc; c++) {
        if (!n[c])
            continue;
        s->check = c;
        s->v = malloc(n[c] * sizeof(*s->v));
        rc = s->v ? OK : no_memory(err);
        for (int whole = 0; whole < 2 && !rc; whole++) {
            s->whole = whole;
            rc = figures(s, err);
        }
        free(s->v);
    }
    return rc;
}

enum err quality_finish(const struct call_scores *scores, const struct pool_rows *rows,
                        struct quality_rows *out, struct error *err)
{
    size_t n = (size_t)rows->shown + 2;
    uint32_t *row_of = malloc(((size_t)rows->groups + 1) * sizeof(*row_of));
    struct spreading s = {.scores = scores, .rows = rows, .row_of = row_of, .out = out};
    enum err rc;

    *out = (struct quality_rows){.v = calloc(n * CHECK_COUNT, sizeof(*out->v)), .rows = n};
    rc = row_of && out->v ? OK : no_memory(err);
    for (uint32_t i = 0; i < rows->groups && !rc; i++)
        row_of[rows->order[i]] = i < rows->shown ? i : rows->shown;
    if (!rc)
        rc = all_figures(&s, err);
    free(row_of);
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
    double value;
    uint32_t name, score;
    enum check check;
    struct judge judge;
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
    struct opinion *said; /* of one thing, or of all traces and sessions */
    size_t n_said, cap_said;
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
            pair->counts[2 * check_event(first->check, first->value) +
                         check_event(second->check, second->value)]++;
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

/* Notes a score that can be compared. false: out of memory. */
static bool hear(struct pairing *p, uint32_t kind, uint32_t group, const struct opinion *said)
{
    const struct score_kind *k = &p->scores->kinds[kind];
    struct opinion *to;

    if (!p->judges[kind].scorer || group == SCAN_OUT || isnan(said->value))
        return true;
    if (p->n_said == p->cap_said) {
        size_t cap = p->cap_said ? 2 * p->cap_said : 16;
        struct opinion *bigger = realloc(p->said, cap * sizeof(*bigger));

        if (!bigger)
            return false;
        p->said = bigger;
        p->cap_said = cap;
    }
    to = &p->said[p->n_said++];
    *to = *said;
    to->name = k->word[SCORE_NAMES];
    to->check = k->check;
    to->judge = p->judges[kind];
    return true;
}

/* What one judge said of one thing becomes the mean of it. */
static size_t join_opinions(struct opinion *v, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0, next; i < n; i = next) {
        double sum = v[i].value;
        int64_t values = 1;

        for (next = i + 1;
             next < n && !by_same_thing(&v[i], &v[next]) && !by_judge(v[i].judge, v[next].judge);
             next++) {
            if (v[next].score == v[next - 1].score) /* of a session, on several calls */
                continue;
            sum += v[next].value;
            values++;
        }
        v[kept] = v[i];
        v[kept++].value = sum / (double)values;
    }
    return kept;
}

/* Pairs up what was heard, and forgets it. */
static bool compare_said(struct pairing *p)
{
    struct opinion *v = p->said;
    size_t n = p->n_said;
    bool ok = true;

    p->n_said = 0;
    if (n < 2)
        return true;
    qsort(v, n, sizeof(*v), by_thing);
    n = join_opinions(v, n);
    for (size_t i = 0, next; ok && i < n; i = next) {
        for (next = i + 1; next < n && !by_same_thing(&v[i], &v[next]);)
            next++;
        ok = pair_up(p, v + i, next - i);
    }
    return ok;
}

/* Of all calls, one after the other, then of all traces and sessions. */
static bool compare_all(struct pairing *p)
{
    const struct call_scores *c = p->scores;
    bool ok = true;

    for (size_t i = 0, next; ok && i < c->n; i = next) {
        next = call_scores_next(c, i);
        for (size_t k = i; ok && k < next; k++)
            ok = hear(
                p, call_score_kind(c->v[k]), call_score_group(c->v[k]),
                &(struct opinion){.value = call_score_value(c->v[k]), .score = (uint32_t)(k - i)});
        ok = ok && compare_said(p);
    }
    for (size_t i = 0; ok && i < c->n_others; i++) {
        const struct other_score *s = &c->others[i];

        ok = hear(p, s->kind, s->group,
                  &(struct opinion){.of = s->of, .value = s->value, .score = s->score});
    }
    return ok && compare_said(p);
}

static bool find_pairs(struct pairing *p)
{
    bool ok;

    p->judges = calloc(p->scores->n_kinds + 1, sizeof(*p->judges));
    ok = p->judges && find_judges(p) && compare_all(p);
    free(p->judges);
    free(p->said);
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
