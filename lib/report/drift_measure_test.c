#include "report/drift_measure.h"
#include <criterion/criterion.h>
#include <math.h>

/* Wanted values by hand, and with scipy's formulas worked in Python's fractions and math. */

#define SAMPLE(a, b)                                                                               \
    (struct drift_sample)                                                                          \
    {                                                                                              \
        {(a), (b)}, {sizeof(a) / sizeof(*(a)), sizeof(b) / sizeof(*(b))},                          \
        {                                                                                          \
            1, 1                                                                                   \
        }                                                                                          \
    }

static struct drift_figures measured(struct drift_sample s, enum drift_kind kind,
                                     enum drift_method m)
{
    struct drift_figures f;

    cr_assert(drift_measure(&s, kind, m, NAN, &f, NULL) == OK);
    return f;
}

static void near(double got, double want, int line)
{
    cr_expect(fabs(got - want) <= 1e-9 * fmax(1, fabs(want)), "line %d: %.17g, not %.17g", line,
              got, want);
}

#define NEAR(got, want) near(got, want, __LINE__)

Test(drift_measure, numbers_by_their_logarithms)
{
    /* every value doubled: the logarithms move by ln 2; D = 1/2 */
    static const double a[] = {1, 2, 4, 8}, b[] = {2, 4, 8, 16};
    struct drift_figures f = measured(SAMPLE(a, b), DRIFT_NUMBER, METHOD_DEFAULT);

    NEAR(f.effect, log(2));
    cr_expect_str_eq(f.effect_kind, "w1_ln");
    NEAR(f.level[0], 3);
    NEAR(f.level[1], 6);
    cr_expect(f.change == CHANGE_RATIO);
    NEAR(f.changed, 2);
    f = measured(SAMPLE(a, b), DRIFT_NUMBER, METHOD_KS);
    NEAR(f.effect, 0.25);
    cr_expect_str_eq(f.effect_kind, "ks_d");
}

/* All of the baseline 1, half of the current window 0: W1 1/2; of both windows 3/4 are 1, variance
 * 3/16. */
Test(drift_measure, a_baseline_that_never_changes)
{
    static const double a[] = {1, 1, 1, 1}, b[] = {0, 0, 1, 1};
    struct drift_figures f = measured(SAMPLE(a, b), DRIFT_SCORE, METHOD_DEFAULT);

    NEAR(f.effect, 0.5 / sqrt(3.0 / 16));
    f = measured(SAMPLE(a, a), DRIFT_SCORE, METHOD_DEFAULT);
    NEAR(f.effect, 0);
    NEAR(f.p, 1);
}

Test(drift_measure, zeros_are_left_out_and_counted_apart)
{
    static const double a[] = {0, 0, 1, 2}, b[] = {0, 1, 2, 2};
    struct drift_sample s = SAMPLE(a, b);
    struct drift_figures f = measured(s, DRIFT_NUMBER, METHOD_DEFAULT);

    cr_expect(f.n[0] == 2 && f.n[1] == 3);
    cr_expect(drift_zeros(&s, NAN, &f));
    cr_expect(f.n[0] == 4 && f.n[1] == 4);
    NEAR(f.level[0], 0.5);
    NEAR(f.level[1], 0.25);
    NEAR(f.changed, -0.25);
    s = SAMPLE(((const double[]){1, 2}), ((const double[]){1, 2}));
    cr_expect_not(drift_zeros(&s, NAN, &f));
}

Test(drift_measure, what_is_below_zero_has_no_logarithm)
{
    static const double a[] = {-1, 1, 3}, b[] = {0, 2, 4};
    struct drift_figures f = measured(SAMPLE(a, b), DRIFT_NUMBER, METHOD_DEFAULT);

    cr_expect_str_eq(f.effect_kind, "w1_over_sd"); /* W1 1, sd sqrt(8/3) */
    NEAR(f.effect, 1 / sqrt(8.0 / 3));
    NEAR(f.changed, 1);
}

Test(drift_measure, rates)
{
    /* 1 of 4 against 3 of 4: Fisher's two-sided p is 34/70 */
    static const double a[] = {0, 0, 0, 1}, b[] = {0, 1, 1, 1};
    struct drift_figures f = measured(SAMPLE(a, b), DRIFT_RATE, METHOD_DEFAULT);

    cr_expect_str_eq(f.method, "fisher");
    NEAR(f.p, 34.0 / 70);
    NEAR(f.effect, 0.5);
    NEAR(f.min_effect, 0.01);
    cr_expect(f.low < 0.5 && f.high > 0.5);
}

Test(drift_measure, a_rate_that_doubles_matters_below_one_point)
{
    static double a[2000], b[2000];
    struct drift_figures f;

    for (int i = 0; i < 2000; i++) {
        a[i] = i >= 1997;
        b[i] = i >= 1992;
    }
    f = measured(SAMPLE(a, b), DRIFT_RATE, METHOD_DEFAULT); /* 3 and 8: 0.25 points */
    NEAR(f.effect, 0.0025);
    cr_expect(f.effect >= f.min_effect);
}

Test(drift_measure, categories)
{
    /* codes 0 and 1, and 2 that is new; shares (count + 1/2) / (N + 3/2) */
    static const double a[] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1}, b[] = {0, 0, 1, 1, 1, 1, 1, 1, 2, 2};
    const double p[] = {6.5 / 11.5, 4.5 / 11.5, 0.5 / 11.5},
                 q[] = {2.5 / 11.5, 6.5 / 11.5, 2.5 / 11.5};
    double js = 0, kl = 0;
    struct drift_figures f = measured(SAMPLE(a, b), DRIFT_CATEGORY, METHOD_DEFAULT);

    for (int i = 0; i < 3; i++) {
        double m = (p[i] + q[i]) / 2;

        js += p[i] / 2 * log2(p[i] / m) + q[i] / 2 * log2(q[i] / m);
        kl += p[i] * log(p[i] / q[i]);
    }
    NEAR(f.effect, sqrt(js));
    NEAR(f.category, 0); /* 60 % to 20 % */
    NEAR(f.level[0], 0.6);
    NEAR(f.level[1], 0.2);
    NEAR(measured(SAMPLE(a, b), DRIFT_CATEGORY, METHOD_KL).effect, kl);
}

Test(drift_measure, one_category_alone_has_no_test)
{
    static const double a[] = {4, 4, 4}, b[] = {4, 4};
    struct drift_figures f = measured(SAMPLE(a, b), DRIFT_CATEGORY, METHOD_DEFAULT);

    cr_expect(isnan(f.p) && f.effect == 0);
}

Test(drift_measure, an_empty_window_leaves_everything_unknown)
{
    static const double a[] = {1, 2};
    const struct drift_sample s = {
        {a, a},
        {2, 0},
        {1, 1}
    };

    for (enum drift_kind kind = DRIFT_NUMBER; kind < DRIFT_EMBEDDING; kind++) {
        struct drift_figures f = measured(s, kind, METHOD_DEFAULT);

        cr_expect(f.n[0] == 2 && f.n[1] == 0 && isnan(f.p) && isnan(f.effect));
    }
}

Test(drift_measure, calls_that_are_alike_count_less)
{
    static double a[400], b[400];
    struct drift_sample s = SAMPLE(a, b);
    struct drift_figures plain, clustered;

    for (int i = 0; i < 400; i++) {
        a[i] = 100 + i;
        b[i] = 130 + i;
    }
    for (enum drift_kind kind = DRIFT_NUMBER; kind <= DRIFT_SCORE; kind++) {
        s.deff[0] = s.deff[1] = 1;
        plain = measured(s, kind, METHOD_DEFAULT);
        s.deff[0] = s.deff[1] = 4;
        clustered = measured(s, kind, METHOD_DEFAULT);
        NEAR(clustered.n_eff[0], 100);
        NEAR(clustered.effect, plain.effect);
        cr_expect(clustered.p > plain.p);
    }
}

Test(drift_measure, which_method_fits_what)
{
    cr_expect(drift_method_fits(METHOD_DEFAULT, DRIFT_EMBEDDING));
    cr_expect(drift_method_fits(METHOD_PSI, DRIFT_NUMBER));
    cr_expect(drift_method_fits(METHOD_CHI2, DRIFT_RATE));
    cr_expect_not(drift_method_fits(METHOD_KS, DRIFT_CATEGORY));
    cr_expect_not(drift_method_fits(METHOD_MMD, DRIFT_NUMBER));
    cr_expect_not(drift_method_fits(METHOD_JS, DRIFT_EMBEDDING));
}
