#include <criterion/criterion.h>

#include "format/format_testing.h"

static const struct {
    const char *name, *line;
    enum line_outcome outcome;
    const char *says; /* the kind of a skipped line, the complaint of a bad one */
    int64_t started_us;
} cases[] = {
    {"Docker lends its time to a call without one",
     "{\"log\":\"{\\\"model\\\":\\\"m\\\",\\\"cost\\\":1}\\n\",\"stream\":\"stdout\","
     "\"time\":\"2026-03-01T08:00:00.123456789Z\"}",                                                                                          LINE_RECORDS, NULL,                                                            1772352000123456},
    {"a call's own time holds",
     "{\"log\":\"{\\\"model\\\":\\\"m\\\",\\\"cost\\\":1,\\\"ts\\\":1772352001}\",\"time\":\"x\"}",                                           LINE_BAD,     "time: expected a time, found \"x\"",                            0               },
    {"CloudWatch",
     "{\"message\":\"{\\\"model\\\":\\\"m\\\",\\\"cost\\\":1,\\\"ts\\\":1772352001}\","
     "\"timestamp\":1772352009000,\"ingestionTime\":1}",                                                                                      LINE_RECORDS, NULL,                                                            1772352001000000},
    {"python-json-logger writes a comma before the milliseconds",
     "{\"message\":\"{\\\"model\\\":\\\"m\\\",\\\"cost\\\":1}\",\"levelname\":\"INFO\","
     "\"asctime\":\"2026-03-01 08:00:00,123\"}",                                                                                              LINE_RECORDS, NULL,                                                            1772352000123000},
    {"what a program printed is no call",
     "{\"log\":\"starting\\n\",\"stream\":\"stderr\",\"time\":\"2026-03-01T08:00:00Z\"}",                                                     LINE_SKIPPED, "text",                                                          0               },
    {"so in CloudWatch",                                          "{\"message\":\"START RequestId: 1\",\"timestamp\":1,\"ingestionTime\":1}",
     LINE_SKIPPED,                                                                                                                                          "text",                                                          0               },
    {"JSON that is cut off is not passed over",
     "{\"log\":\"{\\\"model\\\":\\\"m\\\",\",\"stream\":\"stdout\",\"time\":\"2026-03-01\"}",                                                 LINE_BAD,     "log: expected whole JSON, found \"{\\\"model\\\":\\\"m\\\",\"", 0               },
    {"JSON that nobody knows is not passed over either",
     "{\"log\":\"{\\\"level\\\":\\\"info\\\"}\",\"stream\":\"stdout\",\"time\":\"2026-03-01\"}",                                              LINE_BAD,     "unknown format",                                                0               },
    {"an envelope in an envelope stays closed",
     "{\"log\":\"{\\\"log\\\":\\\"x\\\",\\\"time\\\":\\\"2026-03-01\\\"}\",\"time\":\"2026-03-"
     "01\"}",                                                                                                                                 LINE_BAD,     "unknown format",                                                0               },
    {"a line of any program",                                     "{\"message\":\"starting\",\"timestamp\":\"2026-03-01T08:00:00Z\"}",
     LINE_BAD,                                                                                                                                              "unknown format",                                                0               },
};

Test(envelope, lines)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        enum line_outcome outcome = probe_line(&p, cases[i].line);

        cr_expect_eq(outcome, cases[i].outcome, "%s: %s", cases[i].name, p.err.msg);
        if (outcome == LINE_SKIPPED)
            cr_expect(sv_is(p.skipped, cases[i].says), "%s", cases[i].name);
        if (outcome == LINE_BAD)
            cr_expect_str_eq(p.err.msg, cases[i].says, "%s: %s", cases[i].name, p.err.msg);
        cr_expect_eq(p.batch.n_calls, outcome == LINE_RECORDS, "%s", cases[i].name);
        if (p.batch.n_calls)
            cr_expect_eq(record_num(p.batch.calls, F_STARTED_US), cases[i].started_us, "%s",
                         cases[i].name);
        probe_release(&p);
    }
}

/* A time without zone is marked on the call that it is lent to. */
Test(envelope, a_lent_time_without_zone_is_marked)
{
    struct probe p = {0};

    cr_assert_eq(probe_line(&p, cases[3].line), LINE_RECORDS);
    cr_expect(record_num(p.batch.calls, F_FLAGS) & FLAG_ZONELESS);
    cr_assert_eq(probe_line(&p, cases[0].line), LINE_RECORDS);
    cr_expect(!(record_num(&p.batch.calls[1], F_FLAGS) & FLAG_ZONELESS));
    probe_release(&p);
}
