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

/* v[0 .. n): one thing, sorted by score. */
static struct judged one_of(const struct judged *v, size_t n)
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
        verdicts += v[i].passed >= 0;
        passed += v[i].passed == 1;
    }
    out.value = known ? sum / (double)known : NAN;
    out.passed = !verdicts ? -1 : 2 * passed > verdicts; /* undecided judges let nobody pass */
    return out;
}

size_t judged_unite(struct judged *v, size_t n)
{
    size_t kept = 0;

    if (n)
        qsort(v, n, sizeof(*v), by_thing);
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && same_thing(&v[i], &v[next]);)
            next++;
        v[kept++] = one_of(v + i, next - i);
    }
    return kept;
}

static int by_value(const void *a, const void *b)
{
    const struct judged *x = a, *y = b;

    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->weight < y->weight ? -1 : x->weight > y->weight;
}

/* Values that can be used to the front; counts the others. */
static size_t sift(struct judged *v, size_t n, struct judged_figures *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        f->passed_n += v[i].passed >= 0;
        f->passed += v[i].passed == 1;
        if (isnan(v[i].value))
            f->unreadable++;
        else if (v[i].value < 0 || v[i].value > 1)
            f->outside++;
        else
            v[kept++] = v[i];
    }
    return kept;
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

enum err judged_figure(struct judged *v, size_t n, enum check event_of,
                       struct judged_figures *out, struct error *err)
{
    struct judged_figures f = {0};
    size_t kept = sift(v, n, &f);
    double *value = malloc((2 * kept + 1) * sizeof(*value)), *weight;

    if (!value)
        return error_set(err, ERR_NOMEM, "out of memory for the scores");
    weight = value + kept;
    if (kept)
        qsort(v, kept, sizeof(*v), by_value);
    for (size_t i = 0; i < kept; i++) {
        value[i] = v[i].value;
        weight[i] = v[i].weight;
        f.weighted |= weight[i] != weight[0];
    }
    f.n = (int64_t)kept;
    if (kept) {
        set_mean(value, weight, kept, &f);
        set_quantiles(value, weight, kept, &f);
        set_rate(value, weight, kept, event_of, &f);
    }
    free(value);
    *out = f;
    return OK;
}
