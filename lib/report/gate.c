/* gate: see the header. Formulas: Miller 2024, "Adding error bars to evals", arXiv 2411.00640. */
#include "report/gate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "stats/bootstrap.h"
#include "stats/moments.h"
#include "stats/multiple.h"
#include "stats/quantile.h"
#include "base/banned.h"

#define MISSING_MOST 0.01     /* of the baseline's cases: more, and the gate fails */
#define BOOTSTRAP_MOST 5000   /* clusters: with more, the bootstrap says what the t interval does */
#define MARGIN_FOR_CASES 0.01 /* what cases_needed is told for when there is no margin */

const char *const gate_verdict_names[] = {
    [GATE_IMPROVED] = "IMPROVED",
    [GATE_PASS] = "PASS",
    [GATE_INCONCLUSIVE] = "INCONCLUSIVE",
    [GATE_FAIL] = "FAIL",
};

const char *const gate_limit_names[GATE_LIMITS] = {
    [GATE_PER_CASE] = "per-case",
    [GATE_MIN_PASS_RATE] = "min-pass-rate",
    [GATE_MAX_COST] = "max-cost",
    [GATE_MAX_TOKENS] = "max-tokens",
    [GATE_MAX_LATENCY_P95] = "max-latency-p95",
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory comparing runs");
}

void gate_release(struct gate_result *g)
{
    for (size_t i = 0; i < g->n_rows; i++)
        free(g->rows[i].changes);
    for (size_t i = 0; i < g->n_limits; i++)
        free(g->limits[i].cases);
    arena_release(&g->arena);
    *g = (struct gate_result){0};
}

/* ---- which metrics ------------------------------------------------------------------------ */

#define PASSED_SUFFIX ".passed"

/* What gets less as things get better, by what these names mean in the tools that have them. */
static bool is_known_lower(struct sv name)
{
    static const char *const names[] = {
        "toxicity",
        "bias",
        "hallucination",
        "hallucination_rate",
        "error_rate",
        "perplexity",
        "word_perplexity",
        "byte_perplexity",
        "bits_per_byte",
        "wer",
        "cer",
        "ter",
        "brier_score",
        "loss",
        "mae",
        "mse",
        "rmse",
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_eq_nocase(name, sv_from(names[i])))
            return true;
    return false;
}

/* The names that a run has; verdicts are one of their own where they say something else. */
static bool each_metric(struct gate_result *g, const struct case_runs *runs,
                        const struct case_run *of, struct gate_metric *out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < of->n_metrics; i++) {
        size_t m = of->metrics[i];
        struct sv name = runs->metrics[m];
        char *text = arena_alloc(&g->arena, 2 * name.n + sizeof(PASSED_SUFFIX) + 1);
        char *with_suffix;

        if (!text)
            return false;
        with_suffix = text + name.n + 1;
        memcpy(text, name.p, name.n);
        text[name.n] = '\0';
        memcpy(with_suffix, name.p, name.n);
        memcpy(with_suffix + name.n, PASSED_SUFFIX, sizeof(PASSED_SUFFIX));
        out[(*n)++] = (struct gate_metric){text, m, false, is_known_lower(name)};
        if (of->results[m].differs)
            out[(*n)++] = (struct gate_metric){with_suffix, m, true, false};
    }
    return true;
}

static const struct gate_metric *metric_named(const struct gate_metric *m, size_t n, struct sv name)
{
    for (size_t i = 0; i < n; i++)
        if (sv_is(name, m[i].name))
            return &m[i];
    return NULL;
}

static enum err unknown_metric(const struct gate_metric *m, size_t n, struct sv name,
                               struct error *err)
{
    struct buf known = {0};

    for (size_t i = 0; i < n; i++)
        buf_printf(&known, "%s%s", i ? ", " : "", m[i].name);
    error_set(err, ERR_USAGE, "--metric %.*s: the baseline has no such metric; it has %s",
              SV_FMT(name), known.p ? known.p : "none");
    buf_release(&known);
    return ERR_USAGE;
}

/* "score", "toxicity:lower", "toxicity:higher" */
static enum err choose_metric(const char *text, const struct gate_metric *known, size_t n,
                              struct gate_metric *out, struct error *err)
{
    struct sv name = sv_from(text);
    bool lower = sv_ends(name, ":lower"), higher = sv_ends(name, ":higher");
    const struct gate_metric *m;

    if (lower || higher)
        name.n -= strlen(lower ? ":lower" : ":higher");
    m = metric_named(known, n, name);
    if (!m)
        return unknown_metric(known, n, name, err);
    *out = *m;
    out->lower_is_better = lower || (!higher && m->lower_is_better);
    return OK;
}

static enum err choose_metrics(struct gate_result *g, const struct case_runs *runs,
                               const struct gate_spec *spec, struct error *err)
{
    struct gate_metric mine[2 * CASE_METRICS_MAX], others[2 * CASE_METRICS_MAX];
    size_t n = 0, n_others = 0, chosen;
    enum err rc = OK;

    if (!each_metric(g, runs, g->sides[0].run, mine, &n) ||
        !each_metric(g, runs, g->sides[1].run, others, &n_others))
        return no_memory(err);
    chosen = spec->n_metrics ? spec->n_metrics : n;
    g->rows = arena_zalloc(&g->arena, chosen + 1, sizeof(*g->rows));
    g->new_metrics = arena_zalloc(&g->arena, n_others + 1, sizeof(*g->new_metrics));
    if (!g->rows || !g->new_metrics)
        return no_memory(err);
    for (size_t i = 0; i < chosen && !rc; i++) {
        if (spec->n_metrics)
            rc = choose_metric(spec->metrics[i], mine, n, &g->rows[i].metric, err);
        else
            g->rows[i].metric = mine[i];
    }
    if (rc)
        return rc;
    g->n_rows = chosen;
    /* a verdict that differs on one side alone is compared under its value's name */
    for (size_t i = 0; i < n_others && !spec->n_metrics; i++)
        if (!others[i].verdicts && !metric_named(mine, n, sv_from(others[i].name)))
            g->new_metrics[g->n_new_metrics++] = others[i].name;
    return OK;
}

/* ---- one metric --------------------------------------------------------------------------- */

/* Results of a case with a value, and the mean of them. */
static uint32_t case_results(const struct case_run *run, const struct gate_metric *m,
                             uint32_t number, double *mean, uint32_t *lost)
{
    const struct case_results *of = &run->results[m->number];
    struct case_passes passes = case_passes_of(of, number);
    struct case_result result = case_result_of(of, number);

    *lost = result.lost;
    if (m->verdicts) {
        *lost += result.n - (passes.n < result.n ? passes.n : result.n);
        *mean = (double)passes.passed / (double)passes.n;
        return passes.n;
    }
    *mean = result.sum / (double)result.n;
    return result.n;
}

bool gate_case_value(const struct case_run *run, const struct gate_metric *m, uint32_t number,
                     double *out)
{
    uint32_t lost;

    return case_results(run, m, number, out, &lost) > 0;
}

/* The pairs of a metric on their way into a row. */
struct pairs {
    double *d;
    size_t *cluster;
    size_t n, n_clusters, cap_changes;
    struct sum baseline, candidate;
    double lost;
};

static void pairs_release(struct pairs *p)
{
    free(p->d);
    free(p->cluster);
}

static bool add_change(struct gate_row *row, struct pairs *p, struct gate_change c)
{
    size_t n = row->worse + row->better;

    if (n == p->cap_changes) {
        size_t cap = n ? 2 * n : 64;
        struct gate_change *bigger = realloc(row->changes, cap * sizeof(*bigger));

        if (!bigger)
            return false;
        row->changes = bigger;
        p->cap_changes = cap;
    }
    row->changes[n] = c;
    row->worse += c.difference < 0;
    row->better += c.difference > 0;
    return true;
}

static void look_at_values(struct gate_row *row, double a, double b, uint32_t n, uint32_t m)
{
    row->repeats = n > row->repeats ? n : row->repeats;
    row->repeats = m > row->repeats ? m : row->repeats;
    row->binary = row->binary && n == 1 && m == 1 && (a == 0 || a == 1) && (b == 0 || b == 1);
    row->in_unit = row->in_unit && a >= 0 && a <= 1 && b >= 0 && b <= 1;
}

/* Fills p with what both sides have a value for, in the order of the baseline. */
static bool find_pairs(const struct case_runs *runs, const struct gate_side *sides,
                       struct gate_row *row, struct pairs *p)
{
    const struct case_run *a = sides[0].run, *b = sides[1].run;
    uint32_t *known = calloc(runs->cluster_keys.n + 1, sizeof(*known));

    p->d = malloc(((size_t)a->n_cases + 1) * sizeof(*p->d));
    p->cluster = malloc(((size_t)a->n_cases + 1) * sizeof(*p->cluster));
    if (!p->d || !p->cluster || !known) {
        free(known);
        return false;
    }
    row->binary = row->in_unit = true;
    for (uint32_t i = 0; i < a->n_cases; i++) {
        uint32_t number = a->order[i], lost_a, lost_b, of = case_cluster_number(runs, number);
        double x, y;
        uint32_t n = case_results(a, &row->metric, number, &x, &lost_a);
        uint32_t m = case_results(b, &row->metric, number, &y, &lost_b);

        row->baseline_cases += n > 0;
        if (!n)
            continue;
        if (!m) {
            row->only_baseline++;
            continue;
        }
        row->lost += lost_b;
        p->lost += (double)lost_b / (double)(m + lost_b);
        look_at_values(row, x, y, n, m);
        p->d[p->n] = row->metric.lower_is_better ? x - y : y - x;
        sum_add(&p->baseline, x);
        sum_add(&p->candidate, y);
        if (p->d[p->n] != 0 &&
            !add_change(row, p, (struct gate_change){number, i, x, y, p->d[p->n]})) {
            free(known);
            return false;
        }
        if (of && known[of])
            row->clustered = true;
        if (!of || !known[of])
            p->n_clusters++;
        if (of && !known[of])
            known[of] = (uint32_t)p->n_clusters;
        p->cluster[p->n++] = (of ? known[of] : p->n_clusters) - 1;
    }
    free(known);
    return true;
}

static void count_new_cases(const struct gate_side *sides, struct gate_row *row)
{
    const struct case_run *b = sides[1].run;
    double value;

    for (uint32_t i = 0; i < b->n_cases; i++)
        row->only_candidate += gate_case_value(b, &row->metric, b->order[i], &value) &&
                               !gate_case_value(sides[0].run, &row->metric, b->order[i], &value);
}

static int worst_first(const void *a, const void *b)
{
    const struct gate_change *x = a, *y = b;

    if (x->difference != y->difference)
        return x->difference < y->difference ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static enum err resample(struct gate_row *row, const struct pairs *p, uint64_t seed,
                         struct error *err)
{
    double *sums = calloc(p->n_clusters + 1, sizeof(*sums));
    size_t *sizes = calloc(p->n_clusters + 1, sizeof(*sizes));
    enum err rc = sums && sizes ? OK : no_memory(err);

    for (size_t i = 0; i < p->n && !rc; i++) {
        sums[p->cluster[i]] += p->d[i];
        sizes[p->cluster[i]]++;
    }
    if (!rc)
        rc = bootstrap_mean(sums, sizes, p->n_clusters, BOOTSTRAP_RESAMPLES, 0.95, seed,
                            &row->bootstrap, err);
    row->bootstrap_known = !rc;
    free(sums);
    free(sizes);
    return rc;
}

static double margin_asked(const struct gate_spec *spec)
{
    return spec->margin > 0 ? spec->margin : MARGIN_FOR_CASES;
}

/*
 * Where not one case changed the t interval has no width, whatever the number of cases. Yet a share
 * s of changing cases leaves n of them all unchanged with the chance (1 - s)^n: up to 1 -
 * alpha^(1/n) it can go unseen (3/n for alpha 0.05, the rule of three; Hanley and Lippman-Hand
 * 1983, JAMA 249).
 */
static double unseen_share(const struct gate_row *row, const struct gate_spec *spec)
{
    return 1 - pow(spec->alpha, 1 / (double)row->clusters);
}

static double unchanged_needed(const struct gate_spec *spec)
{
    double share = margin_asked(spec);

    return share < 1 ? ceil(log(spec->alpha) / log1p(-share)) : 1;
}

/* Test, intervals and what they could have missed. */
static enum err test_row(struct gate_row *row, const struct pairs *p, const struct gate_spec *spec,
                         struct error *err)
{
    enum err rc = paired_test(p->d, p->cluster, p->n, p->n_clusters, &row->test, err);

    row->clusters = row->test.clusters;
    row->mde = row->cases_needed = row->p_worse = row->p_adjusted = NAN;
    if (rc == ERR_EMPTY)
        return OK;
    if (!rc)
        rc = paired_test(p->d, NULL, p->n, 0, &row->plain, err);
    if (rc)
        return rc;
    row->paired_known = true;
    row->ci95 = paired_interval(&row->test, 0.95);
    row->ci90 = paired_interval(&row->test, 1 - 2 * spec->alpha);
    row->plain_ci95 = paired_interval(&row->plain, 0.95);
    row->exact = row->binary && !row->clustered;
    row->p_worse = row->exact ? row->mcnemar.p_worse : row->test.p_worse;
    row->unchanged = !row->worse && !row->better;
    if (row->unchanged && row->in_unit) {
        row->mde = unseen_share(row, spec);
        row->cases_needed = unchanged_needed(spec);
    } else if (row->test.se > 0) {
        row->mde = paired_detectable(&row->test, spec->alpha);
        row->cases_needed = paired_cases_needed(&row->test, margin_asked(spec), spec->alpha);
    }
    if (p->n_clusters <= BOOTSTRAP_MOST)
        return resample(row, p, spec->seed, err);
    return OK;
}

static enum err compare_metric(const struct case_runs *runs, struct gate_result *g,
                               const struct gate_spec *spec, struct gate_row *row,
                               struct error *err)
{
    struct pairs p = {0};
    enum err rc = OK;

    row->margin = spec->margin;
    if (!find_pairs(runs, g->sides, row, &p))
        rc = no_memory(err);
    if (!rc && spec->no_clusters) {
        for (size_t i = 0; i < p.n; i++)
            p.cluster[i] = i;
        p.n_clusters = p.n;
        row->clustered = false;
    }
    if (!rc) {
        count_new_cases(g->sides, row);
        row->n_pairs = p.n;
        row->binary = row->binary && p.n;
        row->baseline_mean = p.n ? sum_value(&p.baseline) / (double)p.n : NAN;
        row->candidate_mean = p.n ? sum_value(&p.candidate) / (double)p.n : NAN;
        row->mcnemar = mcnemar_exact((int64_t)row->worse, (int64_t)row->better);
        if (row->worse + row->better)
            qsort(row->changes, row->worse + row->better, sizeof(*row->changes), worst_first);
        row->missing_too_many =
            !spec->allow_missing &&
            (double)row->only_baseline + p.lost > MISSING_MOST * (double)row->baseline_cases;
        rc = test_row(row, &p, spec, err);
    }
    pairs_release(&p);
    return rc;
}

/* Holm over the metrics, then the verdicts. */
static enum err decide(struct gate_result *g, const struct gate_spec *spec, struct error *err)
{
    double p[2 * CASE_METRICS_MAX], adjusted[2 * CASE_METRICS_MAX];
    size_t n = g->n_rows < ARRAY_LEN(p) ? g->n_rows : ARRAY_LEN(p);
    enum err rc;

    for (size_t i = 0; i < n; i++)
        p[i] = g->rows[i].p_worse;
    rc = adjust_holm(p, n, adjusted, err);
    for (size_t i = 0; i < n && !rc; i++) {
        struct gate_row *row = &g->rows[i];

        row->p_adjusted = adjusted[i];
        row->verdict = row->paired_known
                           ? gate_verdict(&row->test, adjusted[i], spec->margin, spec->alpha)
                           : GATE_INCONCLUSIVE;
        if (row->verdict == GATE_PASS && row->unchanged && row->in_unit && row->mde > spec->margin)
            row->verdict = GATE_INCONCLUSIVE; /* too few cases for that to be seen */
        if (row->missing_too_many)
            row->verdict = GATE_FAIL;
    }
    return rc;
}

/* ---- limits ------------------------------------------------------------------------------- */

/* A share as it was given, part/of: whether passed of n is below it. */
static bool is_below(double value, int64_t part, int64_t of)
{
    return value * (double)of < (double)part * (1 - 1e-12);
}

/* Each case of the candidate, under each metric that is compared. */
static enum err check_cases(struct gate_result *g, const struct gate_limit *limit,
                            struct gate_limit_row *out, struct error *err)
{
    const struct case_run *run = g->sides[1].run;
    double lowest = NAN;

    out->cases = malloc(((size_t)run->n_cases + 1) * sizeof(*out->cases));
    if (!out->cases)
        return no_memory(err);
    for (uint32_t i = 0; i < run->n_cases; i++) {
        bool judged = false, broken = false;

        for (size_t m = 0; m < g->n_rows; m++) {
            double value;

            if (!gate_case_value(run, &g->rows[m].metric, run->order[i], &value))
                continue;
            judged = true;
            lowest = isnan(lowest) || value < lowest ? value : lowest;
            broken |= is_below(value, limit->part, limit->of);
        }
        out->n += judged;
        if (broken)
            out->cases[out->broken++] = run->order[i];
    }
    out->value = lowest;
    out->verdict = out->broken ? GATE_FAIL : out->n ? GATE_PASS : GATE_INCONCLUSIVE;
    return OK;
}

/* The share of passes over all cases that a metric has verdicts or 0 and 1 for. */
static double pass_rate(const struct case_run *run, const struct gate_metric *metric, size_t *n)
{
    const struct case_results *of = &run->results[metric->number];
    struct sum sum = {0};

    *n = 0;
    for (uint32_t i = 0; i < run->n_cases; i++) {
        struct case_passes passes = case_passes_of(of, run->order[i]);
        struct case_result result = case_result_of(of, run->order[i]);

        if (passes.n) {
            sum_add(&sum, (double)passes.passed / (double)passes.n);
        } else if (result.n && result.sum >= 0 && result.sum <= result.n &&
                   result.sum == floor(result.sum)) {
            sum_add(&sum, result.sum / (double)result.n);
        } else if (result.n || result.lost) {
            *n = 0;
            return NAN; /* not passes and fails */
        } else {
            continue;
        }
        ++*n;
    }
    return *n ? sum_value(&sum) / (double)*n : NAN;
}

/* The lowest pass rate of the metrics counts; those without passes have none. */
static void check_pass_rate(struct gate_result *g, const struct gate_limit *limit,
                            struct gate_limit_row *out)
{
    for (size_t i = 0; i < g->n_rows; i++) {
        size_t n, before;
        double rate = pass_rate(g->sides[1].run, &g->rows[i].metric, &n);

        if (isnan(rate) || (!isnan(out->value) && rate >= out->value))
            continue;
        out->value = rate;
        out->n = n;
        out->baseline = pass_rate(g->sides[0].run, &g->rows[i].metric, &before);
    }
    out->verdict = isnan(out->value)                              ? GATE_INCONCLUSIVE
                   : is_below(out->value, limit->part, limit->of) ? GATE_FAIL
                                                                  : GATE_PASS;
}

static double p95(const struct gate_side *side)
{
    const struct run_usage *u = &side->run->usage;
    const double q = 0.95;
    double out = NAN;

    if (side->latency_p95_us.known)
        return side->latency_p95_us.v;
    if (u->latency_n)
        quantiles(u->latency_us, u->latency_n, &q, 1, &out);
    return out;
}

/* A run's figure in dollars, tokens or seconds; of a run whose calls say only in part what they
 * took, what is known is the least that it can be. */
static double usage_figure(const struct gate_side *side, enum gate_limit_kind kind, size_t *n,
                           bool *partly)
{
    const struct run_usage *u = &side->run->usage;

    *partly = false;
    if (kind == GATE_MAX_LATENCY_P95) {
        *n = u->latency_n;
        return p95(side) / 1e6;
    }
    *n = (size_t)(kind == GATE_MAX_COST ? u->cost_n : u->tokens_n);
    *partly = *n < (size_t)u->calls;
    if (!*n)
        return NAN;
    return kind == GATE_MAX_COST ? (double)u->cost_nusd / 1e9 : (double)u->tokens;
}

/* Relative limits of cost and tokens are those of a case: runs may have different numbers of them.
 */
static void check_usage(struct gate_result *g, const struct gate_limit *limit,
                        struct gate_limit_row *out)
{
    bool partly_before = false;
    size_t n_before;

    out->value = usage_figure(&g->sides[1], out->kind, &out->n, &out->lower_bound);
    out->baseline = usage_figure(&g->sides[0], out->kind, &n_before, &partly_before);
    out->threshold = limit->most;
    if (limit->relative) {
        double cases[2] = {g->sides[0].run->n_cases, g->sides[1].run->n_cases};
        bool per_case = out->kind != GATE_MAX_LATENCY_P95 && cases[0] > 0;

        out->threshold = out->baseline * (1 + limit->most) * (per_case ? cases[1] / cases[0] : 1);
    }
    if (isnan(out->value) || isnan(out->threshold))
        out->verdict = GATE_INCONCLUSIVE;
    else if (out->value > out->threshold * (1 + 1e-12))
        out->verdict = limit->relative && partly_before ? GATE_INCONCLUSIVE : GATE_FAIL;
    else
        out->verdict = out->lower_bound ? GATE_INCONCLUSIVE : GATE_PASS;
}

static enum err check_limits(struct gate_result *g, const struct gate_spec *spec, struct error *err)
{
    enum err rc = OK;

    for (size_t k = 0; k < GATE_LIMITS && !rc; k++) {
        const struct gate_limit *limit = &spec->limits[k];
        struct gate_limit_row *out = &g->limits[g->n_limits];

        if (!limit->known)
            continue;
        *out = (struct gate_limit_row){
            .kind = (enum gate_limit_kind)k,
            .limit = limit->text,
            .baseline = NAN,
            .value = NAN,
            .threshold = limit->of ? (double)limit->part / (double)limit->of : NAN};
        g->n_limits++;
        if (k == GATE_PER_CASE)
            rc = check_cases(g, limit, out, err);
        else if (k == GATE_MIN_PASS_RATE)
            check_pass_rate(g, limit, out);
        else
            check_usage(g, limit, out);
    }
    return rc;
}

/* ---- all together ------------------------------------------------------------------------- */

static enum gate_verdict overall(const struct gate_result *g)
{
    enum gate_verdict v[2 * CASE_METRICS_MAX + GATE_LIMITS];
    size_t n = 0;

    for (size_t i = 0; i < g->n_rows; i++)
        v[n++] = g->rows[i].verdict;
    /* a limit that is kept improves nothing, and makes nothing sure that the metrics leave open */
    for (size_t i = 0; i < g->n_limits; i++)
        if (g->limits[i].verdict != GATE_PASS)
            v[n++] = g->limits[i].verdict;
    return gate_overall(v, n);
}

enum err gate_compare(struct case_runs *runs, const struct gate_side sides[2],
                      const struct gate_spec *spec, struct gate_result *out, struct error *err)
{
    struct gate_result g = {
        .sides = {sides[0], sides[1]}
    };
    enum err rc = case_runs_join(runs, sides[0].run, sides[1].run, &g.filter_dropped, err);

    if (!rc)
        rc = choose_metrics(&g, runs, spec, err);
    for (size_t i = 0; i < g.n_rows && !rc; i++)
        rc = compare_metric(runs, &g, spec, &g.rows[i], err);
    if (!rc)
        rc = decide(&g, spec, err);
    if (!rc)
        rc = check_limits(&g, spec, err);
    if (rc) {
        gate_release(&g);
        return rc;
    }
    g.verdict = overall(&g);
    *out = g;
    return OK;
}
