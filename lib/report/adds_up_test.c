/* Over random calls, windows, groupings and limits the rows add up to the total, and the total to
 * what was put in. */
#include "report/report.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include "base/time_text.h"
#include "query/test_calls.h"

enum { CALLS = 400, ROUNDS = 100 };

#define FIRST_S INT64_C(1792700000) /* two days before Berlin's clocks go back */
#define SPAN_S (6 * 86400)

struct call {
    bool timed, given_known, computed_known, cached;
    int64_t started_us, given, computed;
    int status; /* enum call_status */
    bool tokens;
};

/* Park and Miller. */
static uint32_t random_below(uint64_t *seed, uint32_t n)
{
    *seed = *seed * 16807 % 2147483647;
    return (uint32_t)(*seed % n);
}

static void add_text(char *sql, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void add_text(char *sql, size_t size, const char *fmt, ...)
{
    va_list args;
    size_t n = strlen(sql);

    va_start(args, fmt);
    vsnprintf(sql + n, size - n, fmt, args);
    va_end(args);
}

/* A number below n from 1 on, or NULL. */
static void add_id(char *sql, size_t size, uint64_t *seed, uint32_t n)
{
    uint32_t id = random_below(seed, n + 1);

    if (id)
        add_text(sql, size, "%u,", id);
    else
        add_text(sql, size, "NULL,");
}

static void add_number(char *sql, size_t size, bool known, int64_t v)
{
    if (known)
        add_text(sql, size, "%lld,", (long long)v);
    else
        add_text(sql, size, "NULL,");
}

static struct store *make_calls(uint64_t *seed, struct call *calls)
{
    struct store *s = test_store();

    test_sql(s, TEST_DICTIONARY
             "INSERT INTO meta VALUES (1,'{\"tags\":\"[\\\"a\\\"]\"}'),"
             "(2,'{\"tags\":\"[\\\"team:x\\\",\\\"a\\\"]\"}'),"
             "(3,'{\"tags\":\"[\\\"a\\\",\\\"b\\\",\\\"team:y\\\"]\"}'),"
             "(4,'{\"org\":\"acme\"}');");
    for (int i = 0; i < CALLS; i++) {
        struct call *c = &calls[i];
        char sql[1024] = "INSERT INTO call (feature_id,request_model_id,response_model_id,user_id,"
                         "error_kind_id,session_key,meta_id,started_us,cost_given_nusd,"
                         "cost_computed_nusd,flags,status,input_tokens,identity_key,source_id,"
                         "source_line) VALUES (";

        /* Costs of any size and sign, as logs may have them; sums beyond 64 bits are not meant. */
        c->timed = random_below(seed, 20) > 0;
        c->started_us = (FIRST_S + random_below(seed, SPAN_S)) * US_PER_S;
        c->given_known = random_below(seed, 3) > 0;
        c->given = (int64_t)random_below(seed, 1000000007) * random_below(seed, 1000) - 1000000;
        c->computed_known = random_below(seed, 3) > 0;
        c->computed = random_below(seed, 2) ? 0 : random_below(seed, 1000000007);
        c->cached = random_below(seed, 15) == 0;
        c->status = (int)random_below(seed, 4);
        c->tokens = random_below(seed, 4) > 0;
        for (int d = 0; d < 4; d++)
            add_id(sql, sizeof(sql), seed, 3);
        add_id(sql, sizeof(sql), seed, 2);
        add_number(sql, sizeof(sql), random_below(seed, 4) > 0,
                   (int64_t[]){11, 22, 33, -44}[random_below(seed, 4)]);
        add_id(sql, sizeof(sql), seed, 4);
        add_number(sql, sizeof(sql), c->timed, c->started_us);
        add_number(sql, sizeof(sql), c->given_known, c->given);
        add_number(sql, sizeof(sql), c->computed_known, c->computed);
        add_number(sql, sizeof(sql), c->cached, FLAG_FROM_CACHE);
        add_number(sql, sizeof(sql), true, c->status);
        add_number(sql, sizeof(sql), c->tokens, 7);
        add_text(sql, sizeof(sql), "%d,1,%d);", i + 1, i + 1);
        test_sql(s, sql);
    }
    return s;
}

struct wanted {
    int64_t calls, cost, cost_n, unpriced, outcomes;
};

/* Straight from data-model.md, section 4. */
static struct wanted add_calls(const struct call *calls, int cost, int64_t since, int64_t until)
{
    struct wanted w = {0};

    for (int i = 0; i < CALLS; i++) {
        const struct call *c = &calls[i];
        bool logs = cost != COST_COMPUTED && c->given_known;
        bool prices = cost != COST_GIVEN && c->computed_known;

        if (!c->timed || c->started_us < since || c->started_us >= until)
            continue;
        w.calls++;
        w.outcomes += c->status == STATUS_OK;
        if (c->cached || logs || prices) {
            w.cost_n++;
            w.cost += c->cached ? 0 : logs ? c->given : c->computed;
        } else if (c->status != STATUS_ERROR || c->tokens) {
            w.unpriced++;
        }
    }
    return w;
}

static const struct cell *cell_of(const struct table *t, const struct row *row, const char *key)
{
    for (size_t c = 0; c < t->n_columns; c++)
        if (strcmp(t->columns[c].key, key) == 0)
            return &row->cells[c];
    cr_assert_fail("no column %s", key);
    return NULL;
}

/* A missing value adds nothing: it belongs to calls that have none. */
static void expect_sum(const struct table *t, const char *key, int64_t want, const char *what)
{
    int64_t sum = 0;

    for (size_t r = 0; r < t->n_rows; r++)
        sum += cell_of(t, &t->rows[r], key)->i;
    cr_expect_eq(sum, want, "%s: rows of %s: %lld, not %lld", what, key, (long long)sum,
                 (long long)want);
    cr_expect_eq(cell_of(t, &t->totals, key)->i, want, "%s: total of %s: %lld, not %lld", what, key,
                 (long long)cell_of(t, &t->totals, key)->i, (long long)want);
}

/* What is left of what is right: change = now - before, in each row and the total. */
static void expect_changes(const struct table *t, const struct row *row, const char *what)
{
    static const char *const keys[] = {"calls", "cost_usd", "cost_per_call_usd"};

    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        char before[64], change[64];
        const struct cell *a, *b, *c;

        snprintf(before, sizeof(before), "%s_previous", keys[k]);
        snprintf(change, sizeof(change), "%s_change", keys[k]);
        a = cell_of(t, row, before);
        b = cell_of(t, row, keys[k]);
        c = cell_of(t, row, change);
        if (a->type == CELL_MISSING || b->type == CELL_MISSING)
            cr_expect_eq(c->type, CELL_MISSING, "%s %s", what, change);
        else
            cr_expect_eq(c->i, b->i - a->i, "%s %s", what, change);
    }
}

static const char *const dimension_list[] = {
    "feature", "model", "response_model", "user", "session", "status",  "error_kind",
    "hour",    "day",   "week",           "15m",  "month",   "weekday", "tag", "tag:team",
};

static bool is_tags(const char *by)
{
    return by && strncmp(by, "tag", 3) == 0;
}

/* Up to three different dimensions, one of tags at most. */
static size_t choose_by(uint64_t *seed, const char *by[3])
{
    size_t n = random_below(seed, 4), kept = 0;

    for (size_t i = 0; i < n; i++) {
        by[kept] = dimension_list[random_below(seed, ARRAY_LEN(dimension_list))];
        for (size_t k = 0; k < kept; k++)
            if (by[k] == by[kept] || (is_tags(by[k]) && is_tags(by[kept])))
                by[kept] = NULL;
        kept += by[kept] != NULL;
    }
    return kept;
}

static void one_round(struct store *s, const struct call *calls, uint64_t *seed, int round)
{
    static const char *const views[] = {"cost"};
    static const char *const sorts[] = {NULL, "cost_usd", "cost_usd_change", "calls_previous"};
    const char *by[3] = {NULL, NULL, NULL};
    struct report_spec spec = {
        .views = views,
        .n_views = 1,
        .by = by,
        .all_columns = true,
        .jobs = 2,
        .since_known = true,
        .until_known = true,
        .versus = random_below(seed, 2),
        .zone = random_below(seed, 2) ? &test_berlin : &test_utc,
    };
    struct wanted now, before;
    struct table t = {0};
    struct error err;
    char what[128];

    spec.n_by = choose_by(seed, by);
    spec.cost = (int)random_below(seed, 3);
    spec.tags = random_below(seed, 2) ? TAGS_SPLIT : TAGS_FIRST;
    spec.limit = random_below(seed, 8);
    spec.min_n = random_below(seed, 2) ? 0 : random_below(seed, 10);
    spec.sort = sorts[random_below(seed, spec.versus ? 4 : 2)];
    spec.since_us = (FIRST_S + random_below(seed, SPAN_S)) * US_PER_S;
    spec.until_us = spec.since_us + (1 + random_below(seed, SPAN_S)) * US_PER_S;
    spec.versus_since_us = (FIRST_S + random_below(seed, SPAN_S) - 86400) * US_PER_S;
    spec.versus_until_us = spec.versus_since_us + (1 + random_below(seed, SPAN_S)) * US_PER_S;
    snprintf(what, sizeof(what), "round %d: by %s,%s,%s limit %d min-n %d cost %d", round,
             by[0] ? by[0] : "", by[1] ? by[1] : "", by[2] ? by[2] : "", (int)spec.limit,
             (int)spec.min_n, (int)spec.cost);
    cr_assert_eq(report_run(s, &spec, &t, &err), OK, "%s: %s", what, err.msg);

    now = add_calls(calls, spec.cost, spec.since_us, spec.until_us);
    expect_sum(&t, "calls", now.calls, what);
    expect_sum(&t, "cost_usd", now.cost, what);
    expect_sum(&t, "cost_n", now.cost_n, what);
    expect_sum(&t, "unpriced_calls", now.unpriced, what);
    expect_sum(&t, "cost_per_outcome_n", now.outcomes, what);
    cr_expect_eq(cell_of(&t, &t.totals, "cost_usd")->lower_bound,
                 now.unpriced > 0 && now.cost_n > 0, "%s", what);
    if (spec.versus) {
        before = add_calls(calls, spec.cost, spec.versus_since_us, spec.versus_until_us);
        expect_sum(&t, "calls_previous", before.calls, what);
        expect_sum(&t, "cost_usd_previous", before.cost, what);
        cr_expect_eq(t.previous_calls, before.calls);
        for (size_t r = 0; r < t.n_rows; r++)
            expect_changes(&t, &t.rows[r], what);
        expect_changes(&t, &t.totals, what);
        if (now.unpriced + before.unpriced == 0)
            expect_sum(&t, "cost_usd_change", now.cost - before.cost, what);
    }
    table_release(&t);
}

Test(adds_up, random_groupings)
{
    for (uint64_t first = 1; first <= 3; first++) {
        struct call *calls = calloc(CALLS, sizeof(*calls));
        uint64_t seed = first * 7919;
        struct store *s;

        cr_assert_not_null(calls);
        s = make_calls(&seed, calls);
        for (int round = 0; round < ROUNDS; round++)
            one_round(s, calls, &seed, round);
        store_close(s);
        free(calls);
    }
}
