/* drift_measure: see the header. */
#include "report/drift_measure.h"

#include <math.h>
#include <stdlib.h>
#include "stats/bins.h"
#include "stats/divergence.h"
#include "stats/drift_verdict.h"
#include "stats/homogeneity.h"
#include "stats/moments.h"
#include "stats/proportion.h"
#include "stats/quantile_interval.h"
#include "stats/sample.h"
#include "stats/two_sample.h"
#include "base/banned.h"

#define CONFIDENCE 0.95
#define PSEUDO 0.5 /* counts added to each category */

const char *const drift_method_names[METHOD_COUNT + 1] = {
    [METHOD_CENTROID] = "centroid",
    [METHOD_PAIRED_COSINE] = "paired-cosine",
    [METHOD_KL] = "kl",
    [METHOD_JS] = "js",
    [METHOD_PSI] = "psi",
    [METHOD_KS] = "ks",
    [METHOD_CHI2] = "chi2",
    [METHOD_WASSERSTEIN] = "wasserstein",
    [METHOD_MMD] = "mmd",
};

/* The effect that a method judges by where it is not the kind's own one, and its least size. */
static const struct {
    const char *effect_kind;
    double least;
} effects[METHOD_COUNT] = {
    [METHOD_KL] = {"kl_nats",     0.1         },
      [METHOD_JS] = {"js_distance", DRIFT_JS_MIN},
    [METHOD_PSI] = {"psi",         0.2         },
      [METHOD_KS] = {"ks_d",        0.1         },
    [METHOD_CHI2] = {"cramers_v",   0.1         },
};

bool drift_method_fits(enum drift_method m, enum drift_kind kind)
{
    switch (m) {
    case METHOD_DEFAULT:
        return true;
    case METHOD_KS:
    case METHOD_WASSERSTEIN:
        return kind == DRIFT_NUMBER || kind == DRIFT_SCORE;
    case METHOD_CENTROID:
    case METHOD_PAIRED_COSINE:
    case METHOD_MMD:
        return kind == DRIFT_EMBEDDING;
    default:
        return kind != DRIFT_EMBEDDING;
    }
}

static struct drift_figures unknown(const struct drift_sample *s)
{
    struct drift_figures f = {.category = DRIFT_UNKNOWN,
                              .effect = NAN,
                              .min_effect = NAN,
                              .p = NAN,
                              .changed = NAN,
                              .low = NAN,
                              .high = NAN,
                              .noise = NAN,
                              .reverse = NAN};

    for (int side = 0; side < 2; side++) {
        f.n[side] = (int64_t)s->n[side];
        f.n_eff[side] = (double)s->n[side] / s->deff[side];
        f.level[side] = NAN;
    }
    return f;
}

/* By how much calls of one session being alike shrinks a chi-square. */
static double deflation_of(const struct drift_figures *f)
{
    double n = (double)f->n[0], m = (double)f->n[1], e = f->n_eff[0], g = f->n_eff[1];

    return fmax(1, n * m / (n + m) * (e + g) / (e * g));
}

static double least_of(double threshold, double usual)
{
    return isnan(threshold) ? usual : threshold;
}

/* ---- numbers ------------------------------------------------------------------------------ */

/* How many of the sorted values are above 0. */
static size_t count_above_zero(const double *v, size_t n)
{
    size_t low = 0, left = n;

    while (left) {
        size_t half = left / 2;

        if (v[low + half] > 0) {
            left = half;
        } else {
            low += half + 1;
            left -= half + 1;
        }
    }
    return n - low;
}

/* Without the zeros in front. */
static struct drift_sample above_zero(const struct drift_sample *s)
{
    struct drift_sample a = *s;

    for (int side = 0; side < 2; side++) {
        a.n[side] = count_above_zero(s->v[side], s->n[side]);
        a.v[side] += s->n[side] - a.n[side];
    }
    return a;
}

static bool below_zero(const struct drift_sample *s)
{
    return (s->n[0] && s->v[0][0] < 0) || (s->n[1] && s->v[1][0] < 0);
}

/* By the baseline's standard deviation; of a baseline that never changes by that of both windows. */
static double over_sd(double distance, const struct drift_sample *s)
{
    struct moments m = moments_of(s->v[0], s->n[0]);
    double sd = NAN;

    if (moments_sd(&m, 0, &sd) && !(sd > 0)) {
        for (size_t i = 0; i < s->n[1]; i++)
            moments_add(&m, s->v[1][i]);
        (void)moments_sd(&m, 0, &sd);
    }
    return sd > 0 || isnan(sd) ? distance / sd : 0; /* 0: all are the same */
}

enum err drift_effective(const struct drift_sample *s, double **room, struct drift_sample *out,
                         struct error *err)
{
    double *to = NULL;

    *out = *s;
    *room = NULL;
    if (s->deff[0] <= 1 && s->deff[1] <= 1)
        return OK;
    *room = to = malloc((s->n[0] + s->n[1] + 1) * sizeof(*to));
    if (!to)
        return error_set(err, ERR_NOMEM, "out of memory comparing two windows");
    for (int side = 0; side < 2; side++) {
        double n = (double)s->n[side], worth = fmax(1, rint(n / s->deff[side]));

        out->v[side] = to;
        out->n[side] = s->n[side] ? (size_t)worth : 0;
        for (size_t i = 0; i < out->n[side]; i++)
            *to++ = s->v[side][(size_t)(((double)i + 0.5) * n / worth)];
    }
    return OK;
}

/* Ratio of the medians; the interval is that of the effective values, around it. */
static void ratio_of_medians(const struct drift_sample *effective, struct drift_figures *f)
{
    struct quantile_ratio r = quantile_ratio(effective->v[0], effective->n[0], effective->v[1],
                                             effective->n[1], 0.5, CONFIDENCE);

    f->change = CHANGE_RATIO;
    f->changed = f->level[0] > 0 && f->level[1] > 0 ? f->level[1] / f->level[0] : NAN;
    if (r.has_interval) {
        f->low = r.low / r.ratio * f->changed;
        f->high = r.high / r.ratio * f->changed;
    }
}

/* Difference of the medians; distribution-free limits by MOVER on the intervals of both. */
static void difference_of_medians(const struct drift_sample *effective, struct drift_figures *f)
{
    double ends[2][2], median[2];

    f->change = CHANGE_DIFFERENCE;
    f->changed = f->level[1] - f->level[0];
    for (int side = 0; side < 2; side++) {
        struct quantile_ranks r = quantile_ranks(effective->n[side], 0.5, CONFIDENCE);

        if (!r.low || !r.high)
            return;
        median[side] = sample_quantile(effective->v[side], effective->n[side], 0.5);
        ends[side][0] = effective->v[side][r.low - 1];
        ends[side][1] = effective->v[side][r.high - 1];
    }
    f->low = f->changed - hypot(median[1] - ends[1][0], ends[0][1] - median[0]);
    f->high = f->changed + hypot(ends[1][1] - median[1], median[0] - ends[0][0]);
}

/* Medians, and their ratio or difference with its interval. */
static enum err compare_medians(const struct drift_sample *s, bool ratio, struct drift_figures *f,
                                struct error *err)
{
    struct drift_sample effective;
    double *room;
    enum err rc = drift_effective(s, &room, &effective, err);

    if (rc)
        return rc;
    for (int side = 0; side < 2; side++)
        f->level[side] = sample_quantile(s->v[side], s->n[side], 0.5);
    if (ratio)
        ratio_of_medians(&effective, f);
    else
        difference_of_medians(&effective, f);
    free(room);
    return OK;
}

static enum err measure_number(const struct drift_sample *s, bool as_log, enum drift_method m,
                               double threshold, struct drift_figures *f, struct error *err)
{
    double distance, w1 = NAN;
    enum err rc = compare_medians(s, as_log, f, err);

    if (rc)
        return rc;
    f->method = m == METHOD_KS ? "ks" : "ks, wasserstein";
    if (m == METHOD_KS)
        (void)ks_distance(s->v[0], s->n[0], s->v[1], s->n[1], &distance);
    else if (as_log)
        (void)wasserstein_log(s->v[0], s->n[0], s->v[1], s->n[1], &distance, &w1);
    else
        (void)wasserstein(s->v[0], s->n[0], s->v[1], s->n[1], &distance, &w1);
    f->p = ks_p(distance, f->n_eff[0], f->n_eff[1]);
    if (m == METHOD_KS) {
        f->effect = distance;
        f->effect_kind = effects[m].effect_kind;
        f->min_effect = least_of(threshold, effects[m].least);
        return OK;
    }
    f->effect = as_log ? w1 : over_sd(w1, s);
    f->effect_kind = as_log ? "w1_ln" : "w1_over_sd";
    f->min_effect = least_of(threshold, as_log ? DRIFT_W1_LOG_MIN : DRIFT_W1_SD_MIN);
    return OK;
}

/* ---- rates -------------------------------------------------------------------------------- */

static double wanted_p(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double deflation,
                       const struct proportion_change *c)
{
    const int64_t a[2] = {x1, n1 - x1}, b[2] = {x2, n2 - x2};
    struct homogeneity h;

    if (deflation <= 1 || !homogeneity_test(a, b, 2, deflation, &h))
        return c->p;
    return h.p;
}

static void measure_events(const int64_t x[2], double threshold, struct drift_figures *f)
{
    int64_t n1 = f->n[0], n2 = f->n[1], e[2], y[2];
    struct proportion_change c, effective;

    if (!proportion_compare(x[0], n1, x[1], n2, CONFIDENCE, &c))
        return;
    f->method = c.test == PROPORTION_FISHER ? "fisher" : "chi2";
    f->p = wanted_p(x[0], n1, x[1], n2, deflation_of(f), &c);
    for (int side = 0; side < 2; side++) {
        f->level[side] = (double)x[side] / (double)f->n[side];
        e[side] = (int64_t)fmax(1, rint(f->n_eff[side]));
        y[side] = (int64_t)rint(f->level[side] * (double)e[side]);
    }
    f->change = CHANGE_DIFFERENCE;
    f->changed = c.difference;
    if (proportion_compare(y[0], e[0], y[1], e[1], CONFIDENCE, &effective)) {
        /* rounding to whole calls must not move the interval away from the difference */
        double shift = c.difference - effective.difference;

        f->low = fmax(-1, effective.interval.low + shift);
        f->high = fmin(1, effective.interval.high + shift);
    }
    f->effect = fabs(c.difference);
    f->effect_kind = "rate_difference";
    f->min_effect = least_of(threshold, DRIFT_RATE_MIN);
    /* a rate that doubled matters below one point, too */
    if (isnan(threshold) && drift_rate_effect(x[0], n1, x[1], n2) >= DRIFT_RATE_MIN)
        f->min_effect = fmin(DRIFT_RATE_MIN, f->effect);
}

static void measure_rate(const struct drift_sample *s, double threshold, struct drift_figures *f)
{
    int64_t x[2];

    for (int side = 0; side < 2; side++)
        x[side] = (int64_t)count_above_zero(s->v[side], s->n[side]);
    measure_events(x, threshold, f);
}

bool drift_zeros(const struct drift_sample *s, double threshold, struct drift_figures *out)
{
    int64_t x[2];

    *out = unknown(s);
    if (!s->n[0] || !s->n[1])
        return false;
    for (int side = 0; side < 2; side++)
        x[side] = (int64_t)(s->n[side] - count_above_zero(s->v[side], s->n[side]));
    if (!x[0] && !x[1])
        return false;
    measure_events(x, threshold, out);
    return true;
}

/* ---- categories --------------------------------------------------------------------------- */

struct counts {
    double *code; /* of each bin; NULL: they are stretches of numbers */
    int64_t *n[2];
    size_t bins;
};

static size_t distinct(const struct drift_sample *s)
{
    size_t n = 0;

    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < s->n[side]; i++)
            n += !i || s->v[side][i] != s->v[side][i - 1];
    return n;
}

/* Counts of the union of the codes, in their order. */
static void count_codes(const struct drift_sample *s, struct counts *c)
{
    size_t i = 0, j = 0;

    while (i < s->n[0] || j < s->n[1]) {
        double code = i == s->n[0]   ? s->v[1][j]
                      : j == s->n[1] ? s->v[0][i]
                                     : fmin(s->v[0][i], s->v[1][j]);

        c->code[c->bins] = code;
        for (; i < s->n[0] && s->v[0][i] <= code; i++)
            c->n[0][c->bins]++;
        for (; j < s->n[1] && s->v[1][j] <= code; j++)
            c->n[1][c->bins]++;
        c->bins++;
    }
}

/* The category whose share changed most, the first of equal ones. */
static void find_changed(const struct counts *c, struct drift_figures *f)
{
    struct proportion_change change;
    double most = -1;
    size_t at = 0;

    for (size_t i = 0; i < c->bins; i++) {
        double d =
            fabs((double)c->n[1][i] / (double)f->n[1] - (double)c->n[0][i] / (double)f->n[0]);

        if (d > most + 1e-12) {
            most = d;
            at = i;
        }
    }
    for (int side = 0; side < 2; side++)
        f->level[side] = (double)c->n[side][at] / (double)f->n[side];
    f->category = c->code[at];
    f->change = CHANGE_DIFFERENCE;
    if (proportion_compare(c->n[0][at], f->n[0], c->n[1][at], f->n[1], CONFIDENCE, &change)) {
        f->changed = change.difference;
        f->low = change.interval.low;
        f->high = change.interval.high;
    }
}

static void measure_counts(struct counts *c, enum drift_method m, double threshold,
                           struct drift_figures *f)
{
    struct divergence d;
    struct homogeneity h;

    if (!divergence_of_counts(c->n[0], c->n[1], c->bins, PSEUDO, &d))
        return;
    if (m == METHOD_DEFAULT)
        m = METHOD_JS;
    f->effect_kind = effects[m].effect_kind;
    f->min_effect = least_of(threshold, effects[m].least);
    f->method = m == METHOD_JS ? "chi2, js" : drift_method_names[m];
    c->bins = bins_merge_rare(c->n[0], c->n[1], c->bins);
    if (homogeneity_test(c->n[0], c->n[1], c->bins, deflation_of(f), &h))
        f->p = h.p;
    else
        h.cramers_v = 0; /* one category alone, the same on both sides */
    f->effect = m == METHOD_JS    ? d.js_distance
                : m == METHOD_PSI ? d.psi
                : m == METHOD_KL  ? d.kl
                                  : h.cramers_v;
    f->noise = m == METHOD_PSI ? d.psi_noise : NAN;
    f->reverse = m == METHOD_KL ? d.kl_reverse : NAN;
}

/* Numbers by the baseline's deciles, everything else by its codes. */
static enum err measure_categories(const struct drift_sample *s, enum drift_kind kind,
                                   enum drift_method m, double threshold, struct drift_figures *f,
                                   struct error *err)
{
    bool codes = kind == DRIFT_CATEGORY || kind == DRIFT_RATE;
    size_t most = codes ? distinct(s) : BINS_MAX;
    struct counts c = {
        .code = malloc((most + 1) * sizeof(*c.code)),
        .n = {calloc(most + 1, sizeof(int64_t)), calloc(most + 1, sizeof(int64_t))}
    };
    double edges[BINS_MAX - 1];
    enum err rc = OK;

    if (!c.code || !c.n[0] || !c.n[1]) {
        rc = error_set(err, ERR_NOMEM, "out of memory comparing two windows");
    } else if (codes) {
        count_codes(s, &c);
        if (kind == DRIFT_CATEGORY)
            find_changed(&c, f);
        else
            measure_rate(s, threshold, f);
        measure_counts(&c, m, threshold, f);
    } else {
        c.bins = bins_deciles(s->v[0], s->n[0], edges) + 1;
        for (int side = 0; side < 2; side++)
            bins_count(s->v[side], s->n[side], edges, c.bins - 1, c.n[side]);
        rc = compare_medians(s, s->v[0][0] > 0 && s->v[1][0] > 0, f, err);
        measure_counts(&c, m, threshold, f);
    }
    free(c.code);
    free(c.n[0]);
    free(c.n[1]);
    return rc;
}

enum err drift_measure(const struct drift_sample *s, enum drift_kind kind, enum drift_method m,
                       double threshold, struct drift_figures *out, struct error *err)
{
    bool as_log = kind == DRIFT_NUMBER && !below_zero(s);
    bool binned = m == METHOD_KL || m == METHOD_JS || m == METHOD_PSI || m == METHOD_CHI2;
    struct drift_sample used = as_log && !binned ? above_zero(s) : *s;

    *out = unknown(&used);
    if (!used.n[0] || !used.n[1])
        return OK;
    if (binned || kind == DRIFT_CATEGORY)
        return measure_categories(&used, kind, m, threshold, out, err);
    if (kind != DRIFT_RATE)
        return measure_number(&used, as_log, m, threshold, out, err);
    measure_rate(&used, threshold, out);
    return OK;
}
