#include "report/drift.h"
#include <math.h>
#include "query/test_calls.h"
#include "report/compare.h"

/* 70,000 calls, more than a chunk, in sessions of seven that are alike; the last 20,000 are slower.
 */
static struct store *calls(void)
{
    struct store *s = test_store();

    test_sql(s, TEST_DICTIONARY);
    test_sql(s, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000) "
                "INSERT INTO call (feature_id, request_model_id, started_us, latency_us, "
                "input_tokens, cost_given_nusd, status, session_key, identity_key, source_id, "
                "source_line) SELECT 1 + i % 3, 1 + i % 2, i * 1000000, "
                "1000 + (i / 7) * 7919 % 500 + i * 31 % 100 + 300 * (i > 50000), i * i % 1013, "
                "1000 + i * 17 % 333, i % 40 = 0, 1 + (i / 7) * 7919 % 10007, i, 1, i FROM n");
    return s;
}

static const struct drift_window before = {0, INT64_C(50001000000)},
                                 now = {INT64_C(50001000000), INT64_C(90000000000)};

static struct table drift_by(struct store *s, int jobs, enum drift_answer *answer)
{
    static const char *const by[] = {"feature"};
    const struct drift_spec spec = {
        .calls = {.by = by,
                  .n_by = 1,
                  .since_known = true,
                  .until_known = true,
                  .since_us = before.from_us,
                  .until_us = now.until_us,
                  .zone = &test_utc,
                  .jobs = jobs},
        .baseline = before,
        .current = now,
        .threshold = NAN,
        .min_n = 30,
    };
    struct table t = {0};
    struct error err = {0};

    cr_assert(drift_run(s, &spec, &t, answer, &err) == OK, "%s", err.msg);
    return t;
}

static struct table compared(struct store *s, int jobs)
{
    const struct compare_spec spec = {
        .calls = {.zone = &test_utc, .jobs = jobs         },
        .sides = {.by_time = true,
                  .from_us = {before.from_us, now.from_us},
                  .until_us = {before.until_us, now.until_us}},
        .name = {"before",                 "after"                              },
        .alpha = 0.05,
        .min_n = 30,
        .explain = true,
        .causes = 10,
    };
    struct table t = {0};
    struct error err = {0};

    cr_assert(compare_run(s, &spec, &t, &err) == OK, "%s", err.msg);
    return t;
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->type == b->type && a->i == b->i && memcmp(&a->r, &b->r, sizeof(a->r)) == 0 &&
           sv_eq(a->text, b->text);
}

static void expect_same(const struct table *a, const struct table *b)
{
    cr_assert(a->n_rows == b->n_rows && a->n_columns == b->n_columns && a->n_rows);
    for (size_t r = 0; r < a->n_rows; r++)
        for (size_t c = 0; c < a->n_columns; c++)
            cr_expect(same_cell(&a->rows[r].cells[c], &b->rows[r].cells[c]), "row %zu, %s", r,
                      a->columns[c].key);
    cr_assert(a->n_notes == b->n_notes);
    for (size_t i = 0; i < a->n_notes; i++)
        cr_expect_str_eq(a->notes[i], b->notes[i]);
}

Test(drift, the_same_whatever_the_number_of_threads)
{
    struct store *s = calls();
    enum drift_answer answer = DRIFT_ANSWER_NONE;
    struct table one = drift_by(s, 1, &answer), three = drift_by(s, 3, &answer);

    cr_expect(answer == DRIFT_ANSWER_DRIFT);
    expect_same(&one, &three);
    table_release(&one);
    table_release(&three);
    one = compared(s, 1);
    three = compared(s, 3);
    expect_same(&one, &three);
    table_release(&one);
    table_release(&three);
    store_close(s);
}

Test(drift, only_what_changed_is_flagged)
{
    struct store *s = calls();
    enum drift_answer answer = DRIFT_ANSWER_NONE;
    struct table t = drift_by(s, 2, &answer);
    size_t field = 0, verdict = 0;

    for (size_t c = 0; c < t.n_columns; c++) {
        field = strcmp(t.columns[c].key, "field") == 0 ? c : field;
        verdict = strcmp(t.columns[c].key, "verdict") == 0 ? c : verdict;
    }
    for (size_t r = 0; r < t.n_rows; r++)
        cr_expect(sv_is(t.rows[r].cells[verdict].text, "drift") ==
                      sv_is(t.rows[r].cells[field].text, "latency"),
                  "row %zu", r);
    table_release(&t);
    store_close(s);
}
