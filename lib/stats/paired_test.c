#include "stats/paired.h"

#include "stats/bootstrap.h"
#include "stats/distribution.h"
#include "stats/mcnemar.h"
#include "stats/multiple.h"
#include "stats/signed_rank.h"
#include "stats/test_golden.h"

/* By hand: d = 1 3, mean 2, se^2 = 2/1 * (1 + 1)/4 = 1, t = 2 with one degree of freedom, where
 * P(T > t) = 1/2 - atan(t)/pi. In one cluster of two and a third case of 2: sums 0 and 0, se 0. */
Test(paired, by_hand)
{
    const double d[] = {1, NAN, 3}, level[] = {1, 3, 2};
    const size_t cluster[] = {0, 2, 1}, two[] = {0, 0, 1};
    struct paired p;

    for (int clustered = 0; clustered < 2; clustered++) {
        cr_assert_eq(paired_test(d, clustered ? cluster : NULL, 3, 3, &p, NULL), OK);
        cr_expect(p.n == 2 && p.missing == 1 && p.clusters == 2 && p.mean == 2 && p.df == 1);
        cr_expect(near_rel(p.se, 1, 1e-15) && near_rel(p.t, 2, 1e-15));
        cr_expect(near_rel(p.p, 1 - 2 * atan(2) / M_PI, 1e-14));
        cr_expect(near_rel(p.p_worse, 0.5 + atan(2) / M_PI, 1e-14));
    }
    cr_assert_eq(paired_test(level, two, 3, 2, &p, NULL), OK);
    cr_expect(p.se == 0 && p.mean == 2 && p.p == 0 && p.p_worse == 1 && isnan(p.t));
    cr_expect(paired_interval(&p, 0.95).low == 2 && paired_detectable(&p, 0.05) == 0);
}

Test(paired, too_few)
{
    const double d[] = {1, 3, INFINITY};
    const size_t one[] = {4, 4, 4};
    struct error err = {0};
    struct paired p;

    cr_expect_eq(paired_test(d, one, 3, 5, &p, &err), ERR_EMPTY);
    cr_expect_str_eq(err.msg, "1 clusters, needs 2");
    cr_expect(p.n == 2 && p.missing == 1 && p.clusters == 1 && p.mean == 2);
    cr_expect_eq(paired_test(d, NULL, 0, 0, &p, &err), ERR_EMPTY);
    cr_expect(p.n == 0 && p.clusters == 0);
}

/* A mean of 0, se 0.01 and 1e6 degrees of freedom: (1.6449 + 0.8416) * 0.01 = 0.024865; with sd 1
 * of 10,000 cases and a margin of one point ((1.6449 + 0.8416) / 0.01)^2 = 61,825.57 (z by
 * scipy.stats.norm.ppf). */
Test(paired, what_could_be_seen)
{
    struct paired p = {.n = 10000, .clusters = 10000, .se = 0.01, .df = 1e6};

    cr_expect(near_rel(paired_detectable(&p, 0.05), 0.024864767, 1e-5));
    cr_expect_eq(paired_cases_needed(&p, 0.01, 0.05), 61826);
    p.se = 0;
    cr_expect_eq(paired_cases_needed(&p, 0.01, 0.05), 0);
}

/* scipy 1.10. */
Test(paired, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/paired_clustered.json");
    while (golden_next(&g)) {
        size_t n;
        double *a = golden_array(&g, "input/baseline", &n);
        double *b = golden_array(&g, "input/candidate", &n);
        size_t *cluster = golden_indices(&g, "input/cluster", &n);
        struct paired p;
        struct interval ci = {0};
        bool known;

        for (size_t i = 0; i < n; i++)
            b[i] -= a[i];
        known = paired_test(b, cluster, n, 64, &p, NULL) == OK;
        golden_check(&g, "expect/n", true, (double)p.n);
        golden_check(&g, "expect/clusters", true, (double)p.clusters);
        golden_check(&g, "expect/mean", true, p.mean);
        golden_check(&g, "expect/se", known, p.se);
        golden_check(&g, "expect/df", known, p.df);
        golden_check(&g, "expect/t", known && !isnan(p.t), p.t);
        golden_check(&g, "expect/p_two_sided", known, p.p);
        golden_check(&g, "expect/p_worse", known, p.p_worse);
        golden_check(&g, "expect/mde80", known, known ? paired_detectable(&p, 0.05) : 0);
        if (known) {
            ci = paired_interval(&p, 0.95);
            golden_check_array(&g, "expect/ci95", &ci.low, 2);
        }
        free(a);
        free(b);
        free(cluster);
    }
    cr_expect_gt(g.n, 6);
    golden_close(&g);
}

/* ---- real runs ----------------------------------------------------------------------------------
 */

#define ITEMS_MAX 1024

struct run {
    char item[ITEMS_MAX][64], cluster[ITEMS_MAX][64];
    double value[ITEMS_MAX];
    size_t n;
    bool pass_fail, clustered;
};

static void copy_text(const struct json_doc *d, json_ref r, char out[64])
{
    struct sv s = json_raw(d, r);

    snprintf(out, 64, "%.*s", (int)(s.n < 63 ? s.n : 63), s.n ? s.p : "");
}

/* The items of the run called `name`, which is "run" or "run [judge]". */
static void read_run(const char *file, const char *name, struct run *out)
{
    char path[256], line[4096];
    struct json_doc d = {0};
    FILE *f;

    snprintf(path, sizeof(path), "../shared/corpus/evals/%s", file);
    f = fopen(path, "r");
    cr_assert(f);
    *out = (struct run){.pass_fail = true};
    while (fgets(line, sizeof(line), f)) {
        char run[64], judge[64], whole[256];
        json_ref score;

        cr_assert_eq(json_parse(&d, line, strlen(line), NULL), OK);
        copy_text(&d, json_get(&d, 0, "run"), run);
        copy_text(&d, json_get(&d, 0, "judge"), judge);
        snprintf(whole, sizeof(whole), *judge ? "%s [%s]" : "%s", run, judge);
        if (strcmp(whole, name) != 0)
            continue;
        cr_assert(out->n < ITEMS_MAX);
        copy_text(&d, json_get(&d, 0, "item_id"), out->item[out->n]);
        copy_text(&d, json_get(&d, 0, "cluster"), out->cluster[out->n]);
        score = json_get(&d, 0, "score");
        if (score == JSON_END)
            out->value[out->n] = json_type(&d, json_get(&d, 0, "passed")) == JSON_TRUE;
        else
            out->value[out->n] =
                json_missing(&d, score) ? NAN : strtod(json_raw(&d, score).p, NULL);
        if (!isnan(out->value[out->n]))
            out->pass_fail &= out->value[out->n] == 0 || out->value[out->n] == 1;
        out->clustered |= out->cluster[out->n][0] != '\0';
        out->n++;
    }
    json_release(&d);
    fclose(f);
}

/* Pairs of what both have a value for. */
struct pairs {
    double d[ITEMS_MAX], sums[64];
    size_t cluster[ITEMS_MAX], sizes[64], n, n_clusters;
    int64_t broken, fixed;
};

static void make_pairs(const struct run *a, const struct run *b, struct pairs *p)
{
    char names[64][64];

    *p = (struct pairs){0};
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++) {
            size_t c = 0;

            if (strcmp(a->item[i], b->item[j]) != 0 || isnan(a->value[i] + b->value[j]))
                continue;
            while (c < p->n_clusters && strcmp(names[c], a->cluster[i]) != 0)
                c++;
            cr_assert(c < 64);
            if (c == p->n_clusters)
                memcpy(names[p->n_clusters++], a->cluster[i], 64);
            p->d[p->n] = b->value[j] - a->value[i];
            p->sums[c] += p->d[p->n];
            p->sizes[c]++;
            p->broken += p->d[p->n] < 0;
            p->fixed += p->d[p->n] > 0;
            p->cluster[p->n++] = c;
        }
}

static void check_interval(const struct golden *g, json_ref c, const char *path,
                           struct interval got)
{
    json_ref want = golden_at(g, c, path);
    double low = golden_value(g, json_at(&g->doc, want, 0));
    double high = golden_value(g, json_at(&g->doc, want, 1));

    cr_assert(want != JSON_END, "no %s", path);
    cr_expect(near_rel(got.low, low, 1e-9), "%s: %.17g, not %.17g", path, got.low, low);
    cr_expect(near_rel(got.high, high, 1e-9), "%s: %.17g, not %.17g", path, got.high, high);
}

/* Theirs of 100,000, ours of 20,000: the share of resamples below a point differs by 0.0048 at four
 * standard errors. So theirs lies between ours of a little less and a little more confidence; a
 * distance would not do, since means of few clusters sit on a coarse lattice. */
static void check_bootstrap(const struct golden *g, json_ref c, const char *path,
                            const double *sums, const size_t *sizes, size_t n)
{
    json_ref want = golden_at(g, c, path);
    double low = golden_value(g, json_at(&g->doc, want, 0));
    double high = golden_value(g, json_at(&g->doc, want, 1));
    struct interval wide, narrow;

    cr_assert(want != JSON_END, "no %s", path);
    cr_assert_eq(bootstrap_mean(sums, sizes, n, 20000, 0.9596, 1, &wide, NULL), OK);
    cr_assert_eq(bootstrap_mean(sums, sizes, n, 20000, 0.9404, 1, &narrow, NULL), OK);
    cr_expect(low >= wide.low - 1e-9 && low <= narrow.low + 1e-9, "%s: %g, not %g .. %g", path, low,
              wide.low, narrow.low);
    cr_expect(high <= wide.high + 1e-9 && high >= narrow.high - 1e-9, "%s: %g, not %g .. %g", path,
              high, narrow.high, wide.high);
}

static void check_number(const struct golden *g, json_ref c, const char *path, double got)
{
    double want = golden_value(g, golden_at(g, c, path));

    cr_expect(near_rel(got, want, 1e-9), "%s: %.17g, not %.17g", path, got, want);
}

static void check_comparison(const struct golden *g, json_ref c, const struct pairs *p,
                             bool clustered, bool pass_fail)
{
    struct paired t, k;
    struct signed_rank w;
    struct interval i;
    double plus = 0, minus = 0;

    cr_assert_eq(paired_test(p->d, NULL, p->n, 0, &t, NULL), OK);
    check_number(g, c, "n", (double)t.n);
    check_number(g, c, "diff", t.mean);
    check_number(g, c, "se", t.se);
    check_number(g, c, "t", t.t);
    check_number(g, c, "p_t", t.p);
    check_interval(g, c, "ci95_t", paired_interval(&t, 0.95));
    i.low = t.mean - normal_quantile(0.975) * t.se;
    i.high = t.mean + normal_quantile(0.975) * t.se;
    check_interval(g, c, "ci95_normal", i);
    check_bootstrap(g, c, "bootstrap/ci95", p->d, NULL, p->n);
    if (clustered) {
        cr_assert_eq(paired_test(p->d, p->cluster, p->n, p->n_clusters, &k, NULL), OK);
        check_number(g, c, "clusters", (double)k.clusters);
        check_number(g, c, "se_cluster_cr1", k.se);
        check_number(g, c, "se_cluster", k.se * sqrt(k.df / (k.df + 1)));
        check_interval(g, c, "ci95_cluster", paired_interval(&k, 0.95));
        check_bootstrap(g, c, "bootstrap_cluster/ci95", p->sums, p->sizes, p->n_clusters);
    }
    if (pass_fail) {
        struct mcnemar m = mcnemar_exact(p->broken, p->fixed);

        check_number(g, c, "mcnemar/b_baseline_only", (double)p->broken);
        check_number(g, c, "mcnemar/c_candidate_only", (double)p->fixed);
        check_number(g, c, "mcnemar/exact_p", m.p);
        check_number(g, c, "mcnemar/mid_p", m.p_mid);
        check_number(g, c, "mcnemar/chi2_cc", mcnemar_chi_square(p->broken, p->fixed));
    }
    for (int pratt = 0; pratt < 2; pratt++) {
        const char *statistic = pratt ? "wilcoxon/pratt/statistic" : "wilcoxon/wilcox/statistic";

        cr_assert_eq(signed_rank_test(p->d, p->n, pratt, &w, NULL), OK);
        check_number(g, c, statistic, w.statistic);
        check_number(g, c, pratt ? "wilcoxon/pratt/p" : "wilcoxon/wilcox/p", w.p);
    }
    for (size_t j = 0; j < p->n; j++) {
        plus += p->d[j] > 0;
        minus += p->d[j] < 0;
    }
    check_number(g, c, "sign/p", mcnemar_exact((int64_t)minus, (int64_t)plus).p);
}

/* scipy 1.10; the data are real results of GSM8K, SWE-bench Verified, AlpacaEval and tau-bench. */
Test(paired, real_runs)
{
    static const char *const files[] = {"gsm8k.dev.jsonl", "swebench-verified.dev.jsonl",
                                        "alpacaeval.dev.jsonl", "taubench-airline.dev.jsonl"};
    struct golden g = {0};
    struct run *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
    struct pairs *pairs = malloc(sizeof(*pairs));
    int checked = 0;

    GOLDEN_OPEN(&g, "evals/EXPECTED.json");
    for (size_t f = 0; f < ARRAY_LEN(files); f++) {
        json_ref list = golden_at(&g, json_get(&g.doc, 0, files[f]), "comparisons");
        double p[8], holm[8], bh[8];
        size_t n = 0;

        for (json_ref c = json_first(&g.doc, list); c != JSON_END;
             c = json_next(&g.doc, list, c), n++) {
            char names[2][64];
            struct paired t;

            copy_text(&g.doc, json_get(&g.doc, c, "baseline"), names[0]);
            copy_text(&g.doc, json_get(&g.doc, c, "candidate"), names[1]);
            read_run(files[f], names[0], a);
            read_run(files[f], names[1], b);
            make_pairs(a, b, pairs);
            check_comparison(&g, c, pairs, a->clustered, a->pass_fail && b->pass_fail);
            cr_assert(n < 8);
            cr_assert_eq(paired_test(pairs->d, NULL, pairs->n, 0, &t, NULL), OK);
            p[n] = t.p;
            checked++;
        }
        cr_assert_eq(adjust_holm(p, n, holm, NULL), OK);
        cr_assert_eq(adjust_bh(p, n, bh, NULL), OK);
        for (size_t i = 0; i < n; i++) {
            check_number(&g, json_at(&g.doc, list, i), "p_holm", holm[i]);
            check_number(&g, json_at(&g.doc, list, i), "p_bh", bh[i]);
        }
    }
    cr_expect_eq(checked, 7);
    golden_close(&g);
    free(a);
    free(b);
    free(pairs);
}
