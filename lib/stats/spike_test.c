#include "stats/spike.h"

#include "stats/test_golden.h"

Test(spike, boundaries)
{
    const struct spike_window none = {0, 0}, recent = {2, 300}, history = {10, 1000};
    double percent = -7;

    cr_expect_not(spike_of_mean(recent, history, 1.5), "exactly the factor");
    cr_expect(spike_of_mean((struct spike_window){2, 301}, history, 1.5));
    cr_expect_not(spike_of_mean(recent, none, 1.5), "no history: compared with itself");
    cr_expect_not(spike_of_mean(none, history, 1.5));
    cr_expect(spike_of_mean_from_zero(recent, none, 1.5));
    cr_expect_not(spike_of_mean_from_zero(none, none, 1.5));
    cr_expect_not(spike_of_sum(20, 230, 23, 2));
    cr_expect(spike_of_sum(20.1, 230, 23, 2));
    cr_expect_not(rate_moved(0.75, 0.5, 0.25));
    cr_expect(rate_moved(0.5, 0.76, 0.25), "downwards too");
    cr_expect(increase_percent(3, 2, &percent) && percent == 50);
    percent = -7;
    cr_expect_not(increase_percent(3, 0, &percent));
    cr_expect_not(increase_percent(0, 0, &percent));
    cr_expect_eq(percent, -7, "untouched");
}

static struct spike_window window(const double *x, size_t n)
{
    struct spike_window w = {(double)n, 0};

    for (size_t i = 0; i < n; i++)
        w.sum += x[i];
    return w;
}

/* numpy 1.24. */
Test(spike, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/seed004_rules.json");
    while (golden_next(&g)) {
        size_t n, m;
        double *x = golden_array(&g, "input/recent", &n),
               *h = golden_array(&g, "input/history", &m);
        struct spike_window recent = window(x, n), history = window(h, m);
        double now = golden_number(&g, "input/branch_recent"), percent = 0;
        double before = golden_number(&g, "input/branch_history");
        bool known;

        golden_check(&g, "expect/token_spike", true, spike_of_mean(recent, history, 1.5));
        known = m && increase_percent(recent.sum / recent.n, history.sum / history.n, &percent);
        golden_check(&g, "expect/increase_percent", known, percent);
        golden_check(
            &g, "expect/cost_spike", true,
            spike_of_sum(recent.sum, history.sum, golden_number(&g, "params/history_hours"), 2));
        golden_check(&g, "expect/latency_spike", true,
                     spike_of_mean_from_zero(recent, history, 1.5));
        golden_check(&g, "expect/branch_abs", true, rate_moved(now, before, 0.2));
        known = increase_percent(now, before, &percent);
        golden_check(&g, "expect/branch_rel", known, percent > 20);
        free(x);
        free(h);
    }
    cr_expect_gt(g.n, 3);
    golden_close(&g);
}
