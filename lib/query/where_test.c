#include "query/where.h"

#include <criterion/criterion.h>
#include "query/scan.h"
#include "query/test_calls.h"

static bool nothing(void *ctx, const struct slice *slice)
{
    (void)ctx;
    (void)slice;
    return true;
}

static int64_t count(struct store *s, const char *expression, const struct zone *zone,
                     struct error *err)
{
    struct scan_spec spec = {.where = &expression, .n_where = 1, .zone = zone, .jobs = 2};
    struct scan *scan = NULL;
    int64_t n;

    if (scan_open(s, &spec, &scan, err))
        return -1;
    cr_assert_eq(scan_walk(scan, 0, nothing, NULL, err), OK, "%s", err->msg);
    n = scan_counts(scan).calls;
    scan_close(scan);
    return n;
}

/* Counted by Python (fnmatch, re) over the rows of test_calls.h. */
static const struct {
    const char *expression;
    int64_t calls;
} cases[] = {
    {"model=gpt-*",             11},
    {"model!=gpt-*",            38},
    {" model  =  gpt-* ",       11},
    {"model=gpt-5.6-sol",       11},
    {"model=gpt-5.6-so",        0 },
    {"model=mini|claude*",      35},
    {"model = mini | claude*",  35},
    {"model!=mini|claude*",     14},
    {"model~^(gpt|mini)",       25},
    {"model!~i",                35},
    {"user=null",               12},
    {"user!=null",              37},
    {"user=null|bob",           22},
    {"user=\\null",             0 },
    {"status=ok",               26},
    {"status!=ok",              23},
    {"status=null",             8 },
    {"latency>2s",              37},
    {"latency>2000ms",          37},
    {"latency<=500ms",          2 },
    {"latency_ms<=500",         2 },
    {"latency_s<=0.5",          2 },
    {"latency_us<=500ms",       2 },
    {"latency<1m",              45},
    {"latency_us=6335241",      1 },
    {"latency_us!=6335241",     48},
    {"latency_us>=6335241",     16},
    {"latency_us<6335241",      29},
    {"latency_us>-1",           45},
    {"latency_us>9223372036854775807", 0},
    {"latency=null",            4 },
    {"latency!=null",           45},
    {"cost>0.5",                12},
    {"cost_usd>0.500000000",    12},
    {"cost=0",                  9 },
    {"cost_nusd>=250000000",    23},
    {"input_tokens>1.5k",       36},
    {"input_tokens>1500",       36},
    {"tokens_per_second>=50",   7 },
    {"tokens_per_second>=-5",   23},
    {"total_tokens<100",        1 },
    {"day=2026-10-25",          17},
    {"day=2026-10-2[0-9]",      0 },
    {"day!=2026-10-25",         32},
    {"day>=2026-10-26",         27},
    {"day<2026-10-26",          18},
    {"day=null",                4 },
    {"day=2026-10-2?",          45},
    {"feature=s*h",             13},
    {"session=s-22|s-33",       18},
    {"meta.org=acme",           0 },
    {"meta.org=null",           49},
};

Test(where, counts)
{
    struct store *s = test_calls();
    struct error err;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t n = count(s, cases[i].expression, &test_berlin, &err);
        cr_expect(n == cases[i].calls, "%s: %lld calls, not %lld %s", cases[i].expression,
                  (long long)n, (long long)cases[i].calls, n < 0 ? err.msg : "");
    }
    store_close(s);
}

static const struct {
    const char *expression, *message;
} bad[] = {
    {"",               "where: column 1: expected a field, found the end in \"\""         },
    {"=ok",            "where: column 1: expected a field, found \"=ok\""                 },
    {"model gpt",      "where: column 7: expected one of = != > >= < <= ~ !~, found \"gpt\" in "
                       "\"model gpt\""                                                    },
    {"model",          "where: column 6: expected one of = != > >= < <= ~ !~, found the end"},
    {"model!gpt",      "where: column 6: expected one of ="                               },
    {"model=",         "where: column 7: expected a value (null: calls without one)"      },
    {"model>gpt",      "where: column 6: expected one of = != ~ !~ (this field is text)"  },
    {"day~2026",       "where: column 4: expected one of = != > >= < <= (this field is a time)"},
    {"latency_us~2",   "where: column 11: expected one of = != > >= < <= (this field is a number)"},
    {"latency>2",      "where: column 9: expected a duration with its unit"               },
    {"latency>2parsec", "where: column 9: expected a duration with its unit"              },
    {"latency_us>2.5", "where: column 12: expected a number, or a duration"               },
    {"latency>null",   "where: column 9: expected a number (null goes with = and != only)"},
    {"input_tokens>many", "where: column 14: expected a whole number"                     },
    {"input_tokens>2.5", "where: column 14: expected a whole number"                      },
    {"input_tokens>1e30", "where: column 14: expected a whole number"                     },
    {"cost>0,5",       "where: column 6: expected an amount in dollars"                   },
    {"cost_nusd>x",    "where: column 11: expected a number"                              },
    {"status=okay",    "where: column 8: expected ok, error, cancelled, unknown or null, found "
                       "\"okay\""                                                         },
    {"modle=gpt",      "where: column 1: unknown field 'modle' (did you mean 'model'?)"    },
    {"  latencies>2s", "where: column 3: unknown field 'latencies'"                       },
    {"model~(",        "where: column 7: "                                                },
    {"\033[31m=x",     "where: column 1: unknown field '\\x1b[31m'"                       },
};

Test(where, mistakes_are_pointed_at)
{
    struct store *s = test_calls();

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct error err = {0};

        cr_expect(count(s, bad[i].expression, &test_berlin, &err) == -1, "%s", bad[i].expression);
        cr_expect_eq(err.code, ERR_USAGE, "%s", bad[i].expression);
        cr_expect(strncmp(err.msg, bad[i].message, strlen(bad[i].message)) == 0, "%s gave: %s",
                  bad[i].expression, err.msg);
    }
    store_close(s);
}

/* The scalars of the log line, as text. */
Test(where, meta)
{
    static const struct {
        const char *expression;
        int64_t calls;
    } meta_cases[] = {
        {"meta.org=acme",   2},
        {"meta.org!=acme",  2},
        {"meta.org~^ac",    2},
        {"meta.org=null",   1},
        {"meta.retries=3",  2},
        {"meta.beta=true",  1},
        {"meta.nothing=x",  0},
    };
    struct store *s = test_store();
    struct error err;

    test_sql(s, "INSERT INTO meta VALUES (5,'{\"org\":\"acme\",\"retries\":3}'),"
                "(9,'{\"beta\":true,\"org\":\"beta\"}');"
                "INSERT INTO call (meta_id,identity_key,source_id,source_line) VALUES "
                "(5,1,1,1),(9,2,1,2),(NULL,3,1,3),(5,4,1,4);");
    for (size_t i = 0; i < sizeof(meta_cases) / sizeof(meta_cases[0]); i++) {
        int64_t n = count(s, meta_cases[i].expression, &test_utc, &err);
        cr_expect(n == meta_cases[i].calls, "%s: %lld %s", meta_cases[i].expression, (long long)n,
                  n < 0 ? err.msg : "");
    }
    store_close(s);
}

Test(where, field_names)
{
    size_t n = 0;

    for (const char *const *name = where_field_names(); *name; name++) {
        cr_expect_null(dimension_find(sv_from(*name)), "%s is both", *name);
        n++;
    }
    cr_expect_gt(n, 20);
}
