#include "stats/divergence.h"

#include "stats/test_golden.h"

/* By hand: shares 1/2 1/2 against 1/4 3/4. */
Test(divergence, of_two_categories)
{
    const int64_t a[] = {1, 1}, b[] = {1, 3}, none[] = {0, 0};
    struct divergence d = {.kl = -7};

    cr_expect_not(divergence_of_counts(a, none, 2, 0.5, &d));
    cr_expect_not(divergence_of_counts(none, a, 2, 0, &d));
    cr_expect_eq(d.kl, -7, "untouched");
    cr_assert(divergence_of_counts(a, b, 2, 0, &d));
    cr_expect(near_rel(d.kl, 0.5 * log(2) + 0.5 * log(2.0 / 3), 1e-14));
    cr_expect(near_rel(d.kl_reverse, 0.25 * log(0.5) + 0.75 * log(1.5), 1e-14));
    cr_expect(near_rel(d.total_variation, 0.25, 1e-15));
    cr_expect(near_rel(d.psi_noise, 0.5 + 0.25, 1e-15));
}

Test(divergence, of_large_counts)
{
    const int64_t a[] = {INT64_MAX, INT64_MAX}, b[] = {1, 1};
    struct divergence d;

    cr_assert(divergence_of_counts(a, b, 2, 0.5, &d));
    cr_expect(d.kl == 0 && d.js_distance == 0 && d.hellinger == 0);
}

static void check_or_undefined(const struct golden *g, const char *path, bool known, double got)
{
    golden_check(g, path, known && isfinite(got), got);
}

/* numpy 1.24. */
Test(divergence, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/kl_js_psi.json");
    while (golden_next(&g)) {
        struct divergence d = {0};

        if (golden_missing(&g, "input/t1")) {
            size_t n = (size_t)golden_number(&g, "input/n_values");
            double *p = malloc(n * sizeof(*p)), *q = malloc(n * sizeof(*q));

            for (size_t i = 0; i < n; i++) {
                p[i] = golden_number(&g, "input/p_value");
                q[i] = i >= 100 ? q[i - 1] : golden_number(&g, "input/q_first_100");
                if (i == 100)
                    q[i] = golden_number(&g, "input/q_rest");
            }
            d = divergence_of_shares(p, q, n);
            golden_check(&g, "expect/kl", true, d.kl);
            golden_check(&g, "expect/kl_reverse", true, d.kl_reverse);
            free(p);
            free(q);
        } else {
            size_t n;
            size_t *a = golden_indices(&g, "input/t1", &n), *b = golden_indices(&g, "input/t2", &n);
            int64_t counts[2][16] = {{0}};
            bool known;

            for (size_t i = 0; i < n; i++) {
                counts[0][i] = (int64_t)a[i];
                counts[1][i] = (int64_t)b[i];
            }
            known = divergence_of_counts(counts[0], counts[1], n,
                                         golden_number(&g, "params/pseudo_count"), &d);
            check_or_undefined(&g, "expect/kl", known, d.kl);
            check_or_undefined(&g, "expect/kl_reverse", known, d.kl_reverse);
            check_or_undefined(&g, "expect/js_divergence_bits", known, d.js_bits);
            check_or_undefined(&g, "expect/js_distance", known, d.js_distance);
            check_or_undefined(&g, "expect/psi", known, d.psi);
            check_or_undefined(&g, "expect/psi_null_mean", known, d.psi_noise);
            check_or_undefined(&g, "expect/tvd", known, d.total_variation);
            check_or_undefined(&g, "expect/hellinger", known, d.hellinger);
            free(a);
            free(b);
        }
    }
    cr_expect_gt(g.n, 10);
    golden_close(&g);
}
