/* judged: see the header. */
#include "report/judged.h"

#include <math.h>
#include <stdlib.h>
#include "stats/distribution.h"
#include "stats/moments.h"
#include "stats/proportion.h"
#include "stats/sample.h"
#include "stats/weighted.h"
#include "base/banned.h"

static int order_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_thing(const void *a, const void *b)
{
    const struct judged *x = a, *y = b;
    int d = order_u64(x->row, y->row);

    if (!d)
        d = order_u64(x->check, y->check);
    if (!d)
        d = order_u64(x->of, y->of);
    if (!d)
        d = x->score < y->score ? -1 : x->score > y->score;
    return d;
}

static bool same_thing(const struct judged *a, const struct judged *b)
{
    return a->row == b->row && a->check == b->check && a->of == b->of;
}

/* v[0 .. n): one thing, sorted by score. It stands for as many as the score says that says most:
 * others may not know that it was sampled. */
static struct judged one_of(const struct judged *v, size_t n, const struct score_kind *kinds)
{
    struct judged out = v[0];
    double sum = 0;
    size_t known = 0, passed = 0, verdicts = 0;

    for (size_t i = 0; i < n; i++) {
        if (i && v[i].score == v[i - 1].score)
            continue;
        if (!isnan(v[i].value)) {
            sum += v[i].value;
            known++;
        }
        if (kinds[v[i].kind].weight > kinds[out.kind].weight)
            out.kind = v[i].kind;
        verdicts += v[i].passed >= 0;
        passed += v[i].passed == 1;
    }
    out.value = known ? sum / (double)known : NAN;
    out.passed = !verdicts ? -1 : 2 * passed > verdicts; /* undecided judges let nobody pass */
    return out;
}

size_t judged_unite(struct judged *v, size_t n, const struct score_kind *kinds)
{
    size_t kept = 0;

    if (n)
        qsort(v, n, sizeof(*v), by_thing);
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && same_thing(&v[i], &v[next]);)
            next++;
        v[kept++] = one_of(v + i, next - i, kinds);
    }
    return kept;
}

/* ---- from scores to rows ------------------------------------------------------------------- */

/* row: 32 bits, value: 64, and in the last ones the kind and the verdict: three for each kind. */
static struct key128 key_of(const struct judged *j)
{
    uint64_t value = key_of_real(j->value);

    return (struct key128){(uint64_t)j->row << 32 | value >> 32,
                           value << 32 | (3 * j->kind + (uint32_t)(j->passed + 1))};
}

static double value_of(struct key128 key)
{
    return real_of_key(key.hi << 32 | key.lo >> 32);
}

static int passed_of(struct key128 key)
{
    return (int)((uint32_t)key.lo % 3) - 1;
}

static double weight_of(struct key128 key, const struct score_kind *kinds)
{
    return kinds[(uint32_t)key.lo / 3].weight;
}

/* The scores of one thing, or of several that are told apart by `of`, while they become keys. */
struct uniting {
    struct judged *v;
    size_t n, cap;
    struct key128 *out;
    size_t n_out;
};

static bool take(struct uniting *u, const struct judged_places *places, const struct judged *score)
{
    struct judged *v = u->v;

    if (score->group == SCAN_OUT)
        return true;
    if (u->n == u->cap) {
        size_t cap = u->cap ? 2 * u->cap : 16;

        v = realloc(v, cap * sizeof(*v));
        if (!v)
            return false;
        u->v = v;
        u->cap = cap;
    }
    v[u->n] = *score;
    u->n += places->place(places->ctx, &v[u->n]);
    return true;
}

static void put(struct uniting *u, const struct score_kind *kinds)
{
    if (u->n > 1)
        u->n = judged_unite(u->v, u->n, kinds);
    for (size_t i = 0; i < u->n; i++)
        u->out[u->n_out++] = key_of(&u->v[i]);
    u->n = 0;
}

static bool unite_calls(struct uniting *u, const struct call_scores *c,
                        const struct judged_places *places)
{
    bool ok = true;

    for (size_t i = 0, next; ok && i < c->n; i = next) {
        next = call_scores_next(c, i);
        for (size_t k = i; ok && k < next; k++) {
            uint32_t kind = call_score_kind(c->v[k]);

            ok = take(u, places,
                      &(struct judged){.value = call_score_value(c->v[k]),
                                       .score = (uint32_t)(k - i),
                                       .group = call_score_group(c->v[k]),
                                       .kind = kind,
                                       .passed = (int8_t)c->kinds[kind].passed});
        }
        /* Not before the last one of its call was read: it may be put where they are. */
        put(u, c->kinds);
    }
    return ok;
}

static bool unite_others(struct uniting *u, const struct call_scores *c,
                         const struct judged_places *places)
{
    bool ok = true;

    for (size_t i = 0; ok && i < c->n_others; i++) {
        const struct other_score *s = &c->others[i];

        ok = take(u, places,
                  &(struct judged){.of = s->of,
                                   .value = s->value,
                                   .score = s->score,
                                   .group = s->group,
                                   .kind = s->kind,
                                   .passed = (int8_t)c->kinds[s->kind].passed});
    }
    put(u, c->kinds);
    return ok;
}

enum err judged_spread(const struct call_scores *scores, const struct judged_places *places,
                       struct key128 *out, size_t *n, struct error *err)
{
    struct uniting u = {.out = out};
    bool ok = unite_calls(&u, scores, places) && unite_others(&u, scores, places);

    free(u.v);
    if (!ok)
        return error_set(err, ERR_NOMEM, "out of memory for the scores");
    sort128(out, u.n_out);
    *n = u.n_out;
    return OK;
}

/* ---- figures ------------------------------------------------------------------------------- */

/* Those with values that can be used to the front; counts the others. */
static size_t sift(struct key128 *v, size_t n, const struct score_kind *kinds,
                   struct judged_figures *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        double value = value_of(v[i]);

        f->passed_n += passed_of(v[i]) >= 0;
        f->passed += passed_of(v[i]) == 1;
        if (isnan(value))
            f->unreadable++;
        else if (value < 0 || value > 1)
            f->outside++;
        else
            v[kept++] = v[i];
    }
    for (size_t i = 0; i < kept; i++)
        f->checked += kinds[(uint32_t)v[i].lo / 3].checked;
    return kept;
}

static void put_real(struct key128 *v, size_t i, double x)
{
    memcpy((char *)v + i * sizeof(x), &x, sizeof(x));
}

/*
 * Keys become values, and behind these weights, in the same place: value i stands where the key i /
 * 2 was, which has been read. Weights that differ are taken aside before. false: out of memory.
 */
static bool lay_out(struct key128 *v, size_t n, const struct score_kind *kinds, bool *differ)
{
    double first = n ? weight_of(v[0], kinds) : 1;
    uint32_t *aside = NULL;

    for (size_t i = 0; i < n; i++)
        *differ |= weight_of(v[i], kinds) != first;
    if (*differ) {
        aside = malloc(n * sizeof(*aside));
        if (!aside)
            return false;
        for (size_t i = 0; i < n; i++)
            aside[i] = (uint32_t)v[i].lo / 3;
    }
    for (size_t i = 0; i < n; i++)
        put_real(v, i, value_of(v[i]));
    for (size_t i = 0; i < n; i++)
        put_real(v, n + i, aside ? kinds[aside[i]].weight : first);
    free(aside);
    return true;
}

static void set_mean(const double *value, const double *weight, size_t n, struct judged_figures *f)
{
    struct weighted_estimate e = weighted_estimate(value, weight, n);
    struct moments m = moments_of(value, n);
    double half;

    f->mean = e.mean;
    if (!moments_sd(&m, 1, &f->sd))
        f->sd = NAN;
    f->has_interval = e.has_se;
    if (!e.has_se)
        return;
    half = t_critical(0.025, (double)(n - 1)) * e.se;
    f->interval = (struct interval){fmax(0, e.mean - half), fmin(1, e.mean + half)};
}

static void set_quantiles(const double *value, const double *weight, size_t n,
                          struct judged_figures *f)
{
    static const double at[] = {0.1, 0.5, 0.9};
    double *out[] = {&f->p10, &f->p50, &f->p90};

    for (size_t i = 0; i < ARRAY_LEN(at); i++)
        *out[i] = f->weighted ? weighted_quantile(value, weight, n, at[i])
                              : sample_quantile(value, n, at[i]);
}

static void set_rate(const double *value, const double *weight, size_t n, enum check event_of,
                     struct judged_figures *f)
{
    struct sum all = {0, 0}, squares = {0, 0}, hit = {0, 0}, low = {0, 0};
    double total;

    for (size_t i = 0; i < n; i++) {
        bool event = check_event(event_of, value[i]);

        f->events += event;
        sum_add(&all, weight[i]);
        sum_add(&squares, weight[i] * weight[i]);
        sum_add(&hit, event ? weight[i] : 0);
        sum_add(&low, value[i] < 0.5 ? weight[i] : 0);
    }
    total = sum_value(&all);
    f->rate = fmin(1, sum_value(&hit) / total);
    f->below_half = fmin(1, sum_value(&low) / total);
    wilson_interval_of_rate(f->rate, total * total / sum_value(&squares), 0.95,
                            &f->rate_interval);
}

enum err judged_figure(struct key128 *v, size_t n, const struct score_kind *kinds,
                       enum check event_of, struct judged_figures *out, struct error *err)
{
    struct judged_figures f = {0};
    size_t kept = sift(v, n, kinds, &f);
    const double *value = (const void *)v, *weight = value + kept;

    if (!lay_out(v, kept, kinds, &f.weighted))
        return error_set(err, ERR_NOMEM, "out of memory for the scores");
    f.n = (int64_t)kept;
    if (kept) {
        set_mean(value, weight, kept, &f);
        set_quantiles(value, weight, kept, &f);
        set_rate(value, weight, kept, event_of, &f);
    }
    *out = f;
    return OK;
}
