/* Wanted values by Python's statistics module and the formulas written out; t and z from tables. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include "report/judged.h"

static bool in_one_row(void *ctx, struct judged *score)
{
    (void)ctx;
    score->row = 7;
    return true;
}

/* Of values that are on a call each. */
static struct judged_figures figures(const double *value, const double *weight, size_t n,
                                     enum check check)
{
    struct key128 v[16], room[16];
    struct score_kind kinds[16];
    struct call_scores scores = {.v = v, .n = n, .kinds = kinds, .n_kinds = n};
    const struct judged_places places = {in_one_row, NULL};
    struct judged_figures f;
    struct error err;
    size_t judged;

    for (size_t i = 0; i < n; i++) {
        kinds[i] = (struct score_kind){.weight = weight ? weight[i] : 1, .passed = -1};
        v[i] = (struct key128){SCORE_FIRST | SCORE_MARKED | i, key_of_real(value[i])};
    }
    cr_assert_eq(judged_spread(&scores, &places, room, &judged, &err), OK);
    cr_assert_eq(judged, n);
    cr_assert_eq(judged_figure(room, n, kinds, check, &f, &err), OK);
    return f;
}

Test(judged, equal_weights)
{
    static const double x[] = {0.9, NAN, 0.2, 1.5, 0.7, 0.6};
    struct judged_figures f = figures(x, NULL, 6, CHECK_QUALITY);

    cr_expect_eq(f.n, 4);
    cr_expect_eq(f.unreadable, 1);
    cr_expect_eq(f.outside, 1);
    cr_expect(epsilon_eq(dbl, f.mean, 0.6, 1e-12));
    cr_expect(epsilon_eq(dbl, f.sd, 0.29439202887759486, 1e-12)); /* stdev([.2,.6,.7,.9]) */
    /* 0.6 -+ 3.182446305284263 * sd / 2 = -+ 0.46844: the upper end is cut at 1 */
    cr_expect(epsilon_eq(dbl, f.interval.low, 0.13155658769668, 1e-12));
    cr_expect_eq(f.interval.high, 1);
    cr_expect(epsilon_eq(dbl, f.p10, 0.32, 1e-12)); /* 0.2 + 0.3 * 0.4 */
    cr_expect(epsilon_eq(dbl, f.p50, 0.65, 1e-12));
    cr_expect_eq(f.events, 3);
    /* Wilson of 3 in 4 */
    cr_expect(epsilon_eq(dbl, f.rate_interval.low, 0.30064184258240184, 1e-12));
    cr_expect(epsilon_eq(dbl, f.rate_interval.high, 0.9544127391902995, 1e-12));
    cr_expect_not(f.weighted);
}

/* Two guardrail-triggered calls, all judged and both bad, and two of 40 others, both good: 2 of 42
 * are bad, not half of them. */
Test(judged, a_sample_of_two_strata)
{
    static const double x[] = {1, 1, 0, 0}, w[] = {1, 1, 20, 20};
    struct judged_figures f = figures(x, w, 4, CHECK_HALLUCINATION);

    cr_expect(f.weighted);
    cr_expect(epsilon_eq(dbl, f.rate, 2.0 / 42, 1e-12));
    cr_expect(epsilon_eq(dbl, f.mean, 2.0 / 42, 1e-12));
    cr_expect_eq(f.p50, 0);
    cr_expect_eq(f.n, 4);
    /* Wilson of 2/42 with n = 42^2 / 802 */
    cr_expect(epsilon_eq(dbl, f.rate_interval.low, 0.0012334737723765365, 1e-12));
    cr_expect(epsilon_eq(dbl, f.rate_interval.high, 0.6693445609448638, 1e-12));
}

Test(judged, nothing_and_one)
{
    static const double one[] = {0.5};
    struct judged_figures f = figures(NULL, NULL, 0, CHECK_QUALITY);

    cr_expect_eq(f.n, 0);
    f = figures(one, NULL, 1, CHECK_TOXICITY);
    cr_expect(f.n == 1 && !f.has_interval && f.events == 0 && f.mean == 0.5);
    cr_expect_eq(figures(one, NULL, 1, CHECK_RELEVANCE).events, 1);
}

Test(judged, several_judges_of_one_thing_are_one)
{
    static const struct score_kind kinds[] = {{.weight = 1}, {.weight = 20}};
    struct judged v[] = {
        {.of = 7, .score = 2, .value = 0.2, .kind = 1, .passed = 0},
        {.of = 7, .score = 1, .value = 0.8, .passed = 1},
        {.of = 7, .score = 1, .value = 0.8, .passed = 1}, /* of a session: twice there */
        {.of = 8, .score = 3, .value = NAN, .passed = -1},
        {.of = 8, .score = 4, .value = 0.4, .passed = -1},
        {.of = 7, .row = 1, .score = 5, .value = 1, .passed = -1},
        {.of = 7, .check = 2, .score = 6, .value = 1, .passed = -1},
    };

    cr_assert_eq(judged_unite(v, 7, kinds), 4);
    cr_expect(v[0].of == 7 && v[0].row == 0 && v[0].check == 0);
    cr_expect(epsilon_eq(dbl, v[0].value, 0.5, 1e-12));
    cr_expect(v[0].passed == 0 && v[0].kind == 1, "the larger weight");
    cr_expect_eq(v[1].value, 0.4);
    cr_expect_eq(v[2].check, 2);
    cr_expect_eq(v[3].row, 1);
}

/* Two calls with two judges each, in the place of their scores: one key for each call, by value. */
Test(judged, scores_become_what_was_judged_where_they_stand)
{
    struct score_kind kinds[] = {{.weight = 1, .passed = -1}};
    struct key128 v[] = {
        {SCORE_FIRST | SCORE_MARKED,         key_of_real(0.8)},
        {SCORE_MARKED,                       key_of_real(0.6)},
        {1ull << 32 | SCORE_FIRST,           key_of_real(1)  }, /* not seen by the scan */
        {SCORE_FIRST | SCORE_MARKED,         key_of_real(0.1)},
        {SCORE_MARKED,                       key_of_real(0.3)},
    };
    const struct call_scores scores = {.v = v, .n = 5, .kinds = kinds, .n_kinds = 1};
    const struct judged_places places = {in_one_row, NULL};
    struct judged_figures f;
    struct error err;
    size_t n;

    cr_assert_eq(judged_spread(&scores, &places, v, &n, &err), OK);
    cr_assert(n == 2 && judged_row(v[0]) == 7 && judged_row(v[1]) == 7);
    cr_assert_eq(judged_figure(v, n, kinds, CHECK_QUALITY, &f, &err), OK);
    cr_expect(epsilon_eq(dbl, f.mean, 0.45, 1e-12));
    cr_expect(epsilon_eq(dbl, f.p10, 0.25, 1e-12)); /* 0.2 + 0.1 * 0.5 */
}
