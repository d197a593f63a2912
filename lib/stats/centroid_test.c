#include "stats/centroid.h"

#include "stats/test_golden.h"

/* By hand: means (1, 0) and (0, 1), no spread on either side. */
Test(centroid, by_hand)
{
    const double a[] = {1, 0, 0, 0, 1, 0}, b[] = {0, 1}, bad[] = {NAN, 1};
    struct vectors v = {a, 3, 2}, w = {b, 1, 2}, none = {NULL, 0, 2}, nan = {bad, 1, 2};
    struct centroid_drift d = {.score = -7};
    struct error err = {0};

    cr_expect_eq(centroid_drift(&v, &none, &d, &err), ERR_EMPTY);
    cr_expect_str_eq(err.msg, "no vectors in the current window");
    cr_expect_eq(centroid_drift(&none, &v, &d, &err), ERR_EMPTY);
    cr_expect_eq(centroid_drift(&v, &nan, &d, &err), ERR_EMPTY);
    w.dim = 1;
    cr_expect_eq(centroid_drift(&v, &w, &d, &err), ERR_USAGE);
    cr_expect_str_eq(err.msg, "vectors of dimension 2 and 1 do not compare");
    cr_expect_eq(d.score, -7, "untouched");
    w.dim = 2;
    cr_assert_eq(centroid_drift(&v, &w, &d, NULL), OK);
    cr_expect(d.distance == 1 && d.spread_change == 0 && d.score == 0.7 && d.excluded == 1);
}

/* numpy 1.24. */
Test(centroid, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/seed001_drift.json");
    while (golden_next(&g)) {
        json_ref rows[2] = {golden_ref(&g, "input/baseline"), golden_ref(&g, "input/current")};
        struct vectors v[2];
        double *x[2];
        struct centroid_drift d;
        enum err rc;

        for (int w = 0; w < 2; w++) {
            size_t total;

            x[w] = golden_array_at(&g, rows[w], &total);
            v[w].x = x[w];
            v[w].n = golden_count(&g, rows[w]);
            v[w].dim = v[w].n ? total / v[w].n : 0;
        }
        rc = centroid_drift(&v[0], &v[1], &d, NULL);
        if (golden_missing(&g, "expect")) {
            cr_expect_eq(rc, ERR_EMPTY, "%s", golden_name(&g));
        } else if (!golden_missing(&g, "expect/error")) {
            cr_expect_eq(rc, ERR_USAGE, "%s", golden_name(&g));
        } else {
            cr_assert_eq(rc, OK, "%s", golden_name(&g));
            golden_check(&g, "expect/centroid_distance", true, d.distance);
            golden_check(&g, "expect/baseline_spread", true, d.baseline_spread);
            golden_check(&g, "expect/current_spread", true, d.current_spread);
            golden_check(&g, "expect/spread_change", true, d.spread_change);
            golden_check(&g, "expect/drift_score", true, d.score);
            golden_check(&g, "expect/alert", true, d.score > CENTROID_ALERT);
        }
        free(x[0]);
        free(x[1]);
    }
    cr_expect_gt(g.n, 8);
    golden_close(&g);
}
