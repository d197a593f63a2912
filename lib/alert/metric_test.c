/* Tests of metric: names, numbers as text, and figures of a small store. Figures were added up by
 * hand from the rows below. */
#include "alert/metric.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include "base/buf.h"
#include "query/test_calls.h"
#include "base/banned.h"

static const struct {
    const char *name;
    enum metric_source source;
    enum metric_shape shape;
    const char *n_key; /* NULL: not a report's */
} names[] = {
    {"latency_p95_us",     METRIC_REPORT,       METRIC_LEVEL, "latency_n"           },
    {"latency_max_us",     METRIC_REPORT,       METRIC_LEVEL, "latency_n"           },
    {"error_rate",         METRIC_REPORT,       METRIC_RATE,  "calls"               },
    {"cost_usd",           METRIC_REPORT,       METRIC_SUM,   "cost_n"              },
    {"cost_per_call_usd",  METRIC_REPORT,       METRIC_MEAN,  "cost_n"              },
    {"total_tokens_mean",  METRIC_REPORT,       METRIC_MEAN,  "total_tokens_n"      },
    {"input_tokens_mean",  METRIC_REPORT,       METRIC_MEAN,  "input_tokens_n"      },
    {"cache_hit_rate",     METRIC_REPORT,       METRIC_RATE,  "cache_hit_rate_n"    },
    {"share:status=ok",    METRIC_SHARE,        METRIC_RATE,  NULL                  },
    {"count:status=ok",    METRIC_COUNT,        METRIC_SUM,   NULL                  },
    {"score:quality",      METRIC_SCORE,        METRIC_MEAN,  NULL                  },
    {"branch:*",           METRIC_BRANCH,       METRIC_RATE,  NULL                  },
    {"tool_error_rate",    METRIC_TOOL,         METRIC_RATE,  NULL                  },
    {"hallucination_rate", METRIC_REPORT,       METRIC_RATE,  "hallucination_rate_n"},
    {"quality_mean",       METRIC_REPORT,       METRIC_MEAN,  "quality_n"           },
    {"gpu_utilization",    METRIC_SCORE,        METRIC_MEAN,  NULL                  },
    {"pii_rate",           METRIC_REPORT,       METRIC_RATE,  "pii_n"               },
    {"throughput_of_capacity",  METRIC_REPORT,  METRIC_SUM,   "output_tokens_n"     },
    {"context_utilization_p95", METRIC_REPORT,  METRIC_LEVEL, "context_utilization_n"},
};

Test(metric, names)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct error err = {0};
        struct metric m;

        cr_assert(metric_find(names[i].name, &m, &err) == OK, "%s", err.msg);
        cr_expect(eq(int, m.source, names[i].source), "%s", names[i].name);
        cr_expect(eq(int, m.shape, names[i].shape), "%s", names[i].name);
        if (names[i].n_key)
            cr_expect(eq(str, (char *)m.n_key, (char *)names[i].n_key), "%s", names[i].name);
    }
}

static const char *const unknown[] = {
    "", "latency", "score:", "first_call", "error_rate_mean", "cost_cumulative_share", "p95"};

Test(metric, unknown_names)
{
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        struct metric m;

        cr_expect(eq(int, metric_find(unknown[i], &m, NULL), ERR_USAGE), "%s", unknown[i]);
    }
}

static const struct {
    enum unit unit;
    const char *text;
    double want; /* NaN: no number */
} numbers[] = {
    {UNIT_US,     "10s",    1e7  },
    {UNIT_US,     "500 ms", 5e5  },
    {UNIT_US,     "2m",     1.2e8},
    {UNIT_US,     "7",      7    },
    {UNIT_US,     "7 x",    NAN  },
    {UNIT_NUSD,   "$50",    5e10 },
    {UNIT_NUSD,   "0.002",  2e6  },
    {UNIT_NUSD,   "$",      NAN  },
    {UNIT_RATE,   "5%",     0.05 },
    {UNIT_RATE,   "0.7",    0.7  },
    {UNIT_TOKENS, "500k",   5e5  },
    {UNIT_COUNT,  "1.5M",   1.5e6},
    {UNIT_COUNT,  "5%",     NAN  },
    {UNIT_REAL,   "",       NAN  },
    {UNIT_REAL,   "nan",    NAN  },
    {UNIT_REAL,   "inf",    NAN  },
    {UNIT_REAL,   "1e999",  NAN  },
    {UNIT_REAL,   "0x10",   NAN  },
    {UNIT_REAL,   "1 2",    NAN  },
    {UNIT_REAL,   "-0.5",   -0.5 },
};

Test(metric, numbers)
{
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        const struct metric m = {.unit = numbers[i].unit};
        double out = NAN;

        metric_number(&m, sv_from(numbers[i].text), &out);
        if (isnan(numbers[i].want))
            cr_expect(isnan(out), "%s gave %g", numbers[i].text, out);
        else
            cr_expect(epsilon_eq(dbl, out, numbers[i].want, 0), "%s", numbers[i].text);
    }
}

/* 1,000 s after an instant: calls at 0, 100, 200 s of features support, support, search. */
static struct store *small_store(void)
{
    struct store *s = test_store();

    test_sql(
        s, TEST_DICTIONARY
        "INSERT INTO dictionary VALUES ('tool',1,'web'),('tool',2,'db'),"
        "('score_name',1,'quality'),('condition',1,'confidence < 0.7');"
        "INSERT INTO call (feature_id,started_us,latency_us,cost_given_nusd,status,flags,"
        "identity_key,source_id,source_line) VALUES "
        "(1,0,1000,500,0,64,1,1,1),(1,100000000,3000,700,1,NULL,2,1,2),"
        "(2,200000000,5000,NULL,0,1,3,1,3);"
        "INSERT INTO tool_call (identity_key,identity,tool_id,started_us,status,source_id,"
        "source_line) VALUES (1,'a',1,0,0,1,1),(2,'b',1,0,1,1,1),(3,'c',2,0,0,1,1),"
        "(4,'d',2,0,3,1,1),(5,'e',2,900000000,1,1,1);"
        "INSERT INTO score (identity_key,identity,target,call_id,name_id,value,at_us,source_id,"
        "source_line) VALUES (1,'a',0,1,1,0.7,NULL,1,1),(2,'b',0,2,1,0.7,NULL,1,1),"
        "(3,'c',0,3,1,0.7,NULL,1,1),(4,'d',3,NULL,1,0.1,NULL,1,1),(5,'e',3,NULL,1,NULL,0,1,1);"
        "INSERT INTO branch_decision (identity_key,identity,condition_id,result,decided_us,"
        "source_id,source_line) VALUES (1,'a',1,1,0,1,1),(2,'b',1,0,0,1,1),(3,'c',1,NULL,0,1,1);");
    return s;
}

static const struct {
    const char *metric, *by;
    const char *want; /* "GROUP=VALUE/N ..." */
} figures[] = {
    {"calls",             NULL,        "=3/3"                        },
    {"error_rate",        NULL,        "=0.333333/3"                 },
    {"cost_usd",          NULL,        "=1200/2"                     },
    {"cost_per_call_usd", NULL,        "=600/2"                      },
    {"latency_max_us",    "feature",   "support=3000/2 search=5000/1"},
    {"share:guardrail=1", NULL,        "=0.333333/3"                 },
    {"count:guardrail=1", "feature",   "support=1/2 search=0/1"      },
    {"ttft_p95_us",       NULL,        "=-/0"                        },
    {"tool_error_rate",   NULL,        "=0.333333/3"                 },
    {"tool_error_rate",   "tool",      "web=0.5/2 db=0/1"            },
    {"score:quality",     NULL,        "=0.7/3"                      },
    {"score:other",       NULL,        "=-/0"                        },
    {"branch:*conf*",     "condition", "confidence < 0.7=0.5/2"      },
    {"branch:conf",       NULL,        "=-/0"                        },
};

Test(metric, figures)
{
    struct store *s = small_store();

    for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
        struct metric_window w = {.by = &figures[i].by,
                                  .n_by = figures[i].by ? 1 : 0,
                                  .until_us = 500000000,
                                  .zone = &test_utc,
                                  .jobs = 1};
        struct arena a = {0};
        struct readings r;
        struct metric m;
        struct error err = {0};
        struct buf said = {0};

        cr_assert(metric_find(figures[i].metric, &m, &err) == OK, "%s", err.msg);
        cr_assert(metric_read(s, &m, &w, &a, &r, &err) == OK, "%s", err.msg);
        for (size_t k = 0; k < r.n; k++) {
            buf_str(&said, k ? " " : "");
            buf_sv(&said, r.v[k].group);
            if (r.v[k].known)
                buf_printf(&said, "=%.6g/%lld", r.v[k].value, (long long)r.v[k].n);
            else
                buf_printf(&said, "=-/%lld", (long long)r.v[k].n);
        }
        cr_expect(eq(str, said.p ? said.p : "", (char *)figures[i].want), "%s by %s",
                  figures[i].metric, figures[i].by);
        buf_release(&said);
        arena_release(&a);
    }
    store_close(s);
}
