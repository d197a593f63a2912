#include "query/case_runs.h"

#include <criterion/criterion.h>
#include "base/hash.h"

/* One result into a batch: value and passed below 0 are missing. */
static void add(struct batch *b, const char *run, const char *text, const char *metric,
                double value, int passed, const char *cluster, int64_t line)
{
    struct score_record *s = batch_add_score(b);

    cr_assert_not_null(s);
    s->target = TARGET_CASE;
    s->target_id = sv_from(text);
    s->run = sv_from(run);
    s->name = sv_from(metric);
    s->value = (struct maybe_f64){value, value >= 0};
    s->passed = (struct maybe_i64){passed, passed >= 0};
    s->cluster = sv_from(cluster);
    s->line = line;
}

static uint32_t number_of(const struct case_runs *r, const char *label)
{
    for (uint32_t i = 0; i < r->cases.n; i++)
        if (sv_is(case_label(r->texts[i]), label))
            return i;
    cr_assert_fail("no case %s", label);
    return 0;
}

Test(case_runs, repeats_are_of_one_case)
{
    struct case_runs r = {0};
    struct batch b = {0};
    struct case_result result;
    struct case_passes passes;

    add(&b, "v1", "t/s/f/1", "acc", 1, 1, NULL, 1);
    add(&b, "v1", "t/s/f/2", "acc", -1, 0, NULL, 2);
    add(&b, "v1", "t/s/f/", "acc", -1, -1, NULL, 3);
    add(&b, "v1", "t/s/f/g", "acc", 1, -1, NULL, 4); /* no number: a part of the name */
    add(&b, "v1", "a/b/c.py::t", "acc", 1, -1, NULL, 5);
    cr_assert_eq(case_runs_add(&r, 0, &b, NULL), OK);
    cr_assert_eq(r.n_runs, 1);
    cr_expect_eq(r.cases.n, 3);
    result = case_result_of(&r.runs[0]->results[0], number_of(&r, "t/s/f"));
    passes = case_passes_of(&r.runs[0]->results[0], number_of(&r, "t/s/f"));
    cr_expect(result.sum == 1 && result.n == 2 && result.lost == 1);
    cr_expect(passes.n == 2 && passes.passed == 1);
    cr_expect_not(r.runs[0]->results[0].differs);
    number_of(&r, "a/b/c.py::t");
    case_runs_release(&r);
    batch_release(&b);
}

Test(case_runs, verdicts_that_are_not_the_value)
{
    struct case_runs r = {0};
    struct batch b = {0};

    add(&b, NULL, "/a//", "score", 0.75, 1, NULL, 1);
    cr_assert_eq(case_runs_add(&r, 0, &b, NULL), OK);
    cr_expect(r.runs[0]->results[0].differs);
    case_runs_release(&r);
    batch_release(&b);
}

Test(case_runs, clusters_and_sides)
{
    struct case_runs r = {0};
    struct batch b = {0};

    add(&b, NULL, "/a//", "m", 1, -1, "d1", 1);
    add(&b, NULL, "/b//", "m", 1, -1, "d1", 2);
    add(&b, NULL, "/c//", "m", 1, -1, NULL, 3);
    cr_assert_eq(case_runs_add(&r, 0, &b, NULL), OK);
    cr_assert_eq(case_runs_add(&r, 1, &b, NULL), OK);
    cr_expect_eq(r.n_runs, 2);
    cr_expect_eq(r.cases.n, 3);
    cr_expect_eq(r.cluster_keys.n, 1);
    cr_expect(case_cluster_number(&r, number_of(&r, "a")) ==
              case_cluster_number(&r, number_of(&r, "b")));
    cr_expect_eq(case_cluster_number(&r, number_of(&r, "c")), 0);
    cr_expect_not(case_cluster_key(&r, number_of(&r, "c")).known);
    case_runs_release(&r);
    batch_release(&b);
}

/* Sides are read at the same time: what is told of a case by side 0 counts, whichever is first. */
Test(case_runs, whichever_side_is_first)
{
    for (int first = 0; first < 2; first++) {
        struct case_runs r = {0};
        struct batch sides[2] = {{.n_calls = 0}};

        add(&sides[0], NULL, "/a//", "m", 1, -1, "told by 0", 1);
        add(&sides[0], NULL, "/b//", "other", 1, -1, NULL, 2);
        add(&sides[1], NULL, "/a//", "other", 1, -1, "told by 1", 1);
        add(&sides[1], NULL, "/b//", "m", 1, -1, "told by 1", 2);
        cr_assert_eq(case_runs_add(&r, first, &sides[first], NULL), OK);
        cr_assert_eq(case_runs_add(&r, !first, &sides[!first], NULL), OK);
        cr_expect_eq(case_cluster_key(&r, number_of(&r, "a")).v,
                     (int64_t)hash64("told by 0", 9, 0));
        cr_expect_eq(case_cluster_key(&r, number_of(&r, "b")).v,
                     (int64_t)hash64("told by 1", 9, 0));
        for (int side = 0; side < 2; side++) {
            const struct case_run *run = case_run_find(&r, side, SV(""));

            cr_assert_eq(run->n_metrics, 2);
            cr_expect(sv_is(r.metrics[run->metrics[0]], side ? "other" : "m"));
            cr_expect(sv_is(r.metrics[run->metrics[1]], side ? "m" : "other"));
        }
        case_runs_release(&r);
        batch_release(&sides[0]);
        batch_release(&sides[1]);
    }
}

/* A call belongs to the run of the scores on its line, any other to the side. */
Test(case_runs, usage)
{
    struct case_runs r = {0};
    struct batch b = {0};
    struct call_record *c;
    const struct run_usage *u;

    add(&b, "v1", "/a//", "m", 1, -1, NULL, 1);
    add(&b, "v2", "/a//", "m", 1, -1, NULL, 2);
    for (int64_t line = 1; line <= 3; line++) {
        c = batch_add_call(&b);
        c->line = line;
        record_set_num(c, F_INPUT_TOKENS, 10 * line);
        record_set_num(c, F_OUTPUT_TOKENS, 1);
        if (line != 2)
            record_set_num(c, F_COST_GIVEN_NUSD, 5);
        record_set_num(c, F_LATENCY_US, 100 * line);
    }
    cr_assert_eq(case_runs_add(&r, 0, &b, NULL), OK);
    u = &case_run_find(&r, 0, SV("v2"))->usage;
    cr_expect(u->calls == 1 && u->tokens == 21 && u->tokens_n == 1 && u->cost_n == 0);
    cr_expect(u->latency_n == 1 && u->latency_us[0] == 200);
    cr_expect(r.loose[0].calls == 1 && r.loose[0].cost_nusd == 5);
    case_runs_release(&r);
    batch_release(&b);
}

/* Another prompt in all ids pairs, where both runs have one each; several do not. */
Test(case_runs, join)
{
    static const struct {
        const char *name, *a[2], *b[2];
        bool dropped;
        uint32_t shared;
    } cases[] = {
        {"another prompt",     {"/1/p1/", "/2/p1/"}, {"/1/p2/", "/3/p2/"}, true,  1},
        {"the same one",       {"/1/p1/", "/2/p1/"}, {"/1/p1/", "/3/p1/"}, false, 1},
        {"several in one run", {"/1/p1/", "/1/p3/"}, {"/1/p2/", "/2/p2/"}, false, 0},
        {"nothing in common",  {"/1/p1/", "/2/p1/"}, {"/3/p2/", "/4/p2/"}, false, 0},
        {"whole names",        {"x::a", "x::b"},     {"y::a", "y::b"},     false, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct case_runs r = {0};
        struct batch a = {0}, b = {0};
        bool dropped;
        uint32_t shared = 0;

        for (int k = 0; k < 2; k++) {
            add(&a, NULL, cases[i].a[k], "m", 1, 1, NULL, k);
            add(&b, NULL, cases[i].b[k], "m", 0, 0, NULL, k);
        }
        cr_assert_eq(case_runs_add(&r, 0, &a, NULL), OK);
        cr_assert_eq(case_runs_add(&r, 1, &b, NULL), OK);
        cr_assert_eq(case_runs_join(&r, r.runs[0], r.runs[1], &dropped, NULL), OK);
        cr_expect_eq(dropped, cases[i].dropped, "%s", cases[i].name);
        for (uint32_t k = 0; k < 2; k++)
            shared += case_result_of(&r.runs[1]->results[0], r.runs[0]->order[k]).n > 0;
        cr_expect_eq(shared, cases[i].shared, "%s: %u", cases[i].name, shared);
        case_runs_release(&r);
        batch_release(&a);
        batch_release(&b);
    }
}

Test(case_runs, more_metrics_than_are_told_apart)
{
    struct case_runs r = {0};
    struct batch b = {0};
    char names[CASE_METRICS_MAX + 1][8];

    for (size_t i = 0; i <= CASE_METRICS_MAX; i++) {
        names[i][0] = 'm';
        names[i][1] = (char)('0' + i / 10);
        names[i][2] = (char)('0' + i % 10);
        names[i][3] = '\0';
        add(&b, NULL, "/a//", names[i], 1, -1, NULL, 1);
    }
    cr_assert_eq(case_runs_add(&r, 0, &b, NULL), OK);
    cr_expect_eq(r.n_metrics, CASE_METRICS_MAX);
    cr_expect_eq(r.other_metrics, 1);
    case_runs_release(&r);
    batch_release(&b);
}
