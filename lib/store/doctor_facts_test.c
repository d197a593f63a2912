#include "store/doctor_facts.h"

#include <criterion/criterion.h>
#include "base/buf.h"
#include "store/store_internal.h"

static struct store *s;

static void setup(void)
{
    struct error err = {0};

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
}

static void teardown(void)
{
    store_close(s);
}

TestSuite(doctor_facts, .init = setup, .fini = teardown);

static void exec_ok(const char *sql)
{
    struct error err = {0};

    cr_assert(store_exec(s, sql, &err) == OK, "%s: %s", sql, err.msg);
}

Test(doctor_facts, an_empty_database_has_none)
{
    struct doctor_facts got = {.spans = -1};
    struct merged_call *calls = NULL;
    struct arena a = {0};
    struct error err;
    size_t n = 9;

    cr_assert(store_doctor_facts(s, &got, &err) == OK, "%s", err.msg);
    cr_expect(memcmp(&got, &(struct doctor_facts){0}, sizeof(got)) == 0);
    cr_assert(store_merged_calls(s, -1, &a, &calls, &n, &err) == OK, "%s", err.msg);
    cr_expect(n == 0);
    arena_release(&a);
}

/* Counted by hand. Trace 1: a root, its child, a child of a span that is not there. Trace 2: a span
 * whose parent has the name of a span of trace 1: no root. Trace 3: a root that ends before it
 * starts; one without an end, one of no length. */
Test(doctor_facts, traces)
{
    struct doctor_facts got;
    struct error err;

    exec_ok(
        "INSERT INTO span (trace_key, span, parent, started_us, ended_us, source_id, source_line)"
        "VALUES (1, x'00aa', NULL, 1, 2, 1, 1), (1, x'00bb', x'00aa', 1, 2, 1, 2),"
        "(1, x'00cc', x'00dd', 1, 2, 1, 3), (2, x'00bb', x'00aa', 1, 2, 1, 4),"
        "(3, x'00aa', NULL, 5, 4, 1, 5), (3, x'00bb', x'00aa', 5, NULL, 1, 6),"
        "(3, x'00cc', x'00aa', 5, 5, 1, 7)");
    cr_assert(store_doctor_facts(s, &got, &err) == OK, "%s", err.msg);
    cr_expect(got.spans == 7);
    cr_expect(got.orphans == 2);
    cr_expect(got.traces == 3);
    cr_expect(got.rootless == 1);
    cr_expect(got.backwards == 1);
}

Test(doctor_facts, waiting_and_sources)
{
    struct doctor_facts got;
    struct error err;

    exec_ok("INSERT INTO score (identity_key, identity, target, call_key, call_id, source_id,"
            "source_line) VALUES (1, 'a', 0, 7, NULL, 1, 1), (2, 'b', 0, 7, 5, 1, 2),"
            "(3, 'c', 3, NULL, NULL, 1, 3)");
    exec_ok("INSERT INTO tool_call (identity_key, identity, call_key, source_id, source_line)"
            "VALUES (1, 'a', 7, 1, 1), (2, 'b', NULL, 1, 2)");
    exec_ok("INSERT INTO branch_decision (identity_key, identity, call_key, source_id, source_line)"
            "VALUES (1, 'a', NULL, 1, 1)");
    exec_ok("INSERT INTO source VALUES (1, 'a', 0, 0, 9, 0, x'', 9, 1, x'', x'', 1, 0, 0, 1),"
            "(2, 'b', 0, 0, 9, 0, x'', 3, 1, x'', x'', 2, 0, 0, 0)");
    cr_assert(store_doctor_facts(s, &got, &err) == OK, "%s", err.msg);
    cr_expect(got.scores.rows == 3 && got.scores.waiting == 1);
    cr_expect(got.tool_calls.rows == 2 && got.tool_calls.waiting == 1);
    cr_expect(got.decisions.rows == 1 && got.decisions.waiting == 0);
    cr_expect(got.sources == 2 && got.unread == 1);
}

static enum err collect(void *ctx, struct sv reason, struct sv field, int64_t lines)
{
    buf_printf(ctx, "%.*s/%.*s=%lld ", SV_FMT(reason), SV_FMT(field), (long long)lines);
    return OK;
}

static enum err refuse(void *ctx, struct sv reason, struct sv field, int64_t lines)
{
    (void)ctx, (void)reason, (void)field, (void)lines;
    return ERR_STOPPED;
}

Test(doctor_facts, reasons)
{
    struct buf got = {0};
    struct error err;

    exec_ok("INSERT INTO quarantine (identity_key, source_id, source_line, offset, length, sha256,"
            "reason, field) VALUES (1, 1, 1, 0, 1, x'', 'not JSON', NULL),"
            "(2, 1, 2, 0, 1, x'', 'bad value', 'latency_us'),"
            "(3, 1, 3, 0, 1, x'', 'bad value', 'latency_us'),"
            "(4, 1, 4, 0, 1, x'', 'bad value', 'input_tokens')");
    cr_assert(store_quarantine_reasons(s, collect, &got, &err) == OK, "%s", err.msg);
    cr_expect_str_eq(got.p, "bad value/latency_us=2 bad value/input_tokens=1 not JSON/=1 ");
    cr_expect(store_quarantine_reasons(s, refuse, NULL, &err) == ERR_STOPPED);
    buf_release(&got);
}

/* Call 1 has two records, call 2 three of which one has no source any more, call 3 is shadowed. */
Test(doctor_facts, merged_calls)
{
    struct merged_call *calls = NULL;
    struct doctor_facts facts;
    struct arena a = {0};
    struct error err;
    size_t n = 0;

    exec_ok("INSERT INTO dictionary VALUES ('identity_family', 1, 'request')");
    exec_ok(
        "INSERT INTO source VALUES (1, 'a.jsonl', 0, 0, 9, 0, x'', 9, 1, x'', x'', 1, 0, 0, 1)");
    exec_ok("INSERT INTO call (call_id, shadowed, identity_key, source_id, source_line)"
            "VALUES (1, NULL, 1, 1, 4), (2, NULL, 2, 1, 8), (3, 1, 3, 1, 9)");
    exec_ok("INSERT INTO call_identity (call_id, kind, family_id, own)"
            "VALUES (1, 1, 1, x'0061'), (2, 1, 1, x'0062'), (3, 1, 1, x'0063')");
    exec_ok("INSERT INTO call_version (call_id, input_tokens, output_tokens, identity_key,"
            "source_id, source_line) VALUES (1, 10, 1, 1, 1, 3), (1, 10, 2, 1, 1, 4),"
            "(2, 5, 5, 2, 1, 7), (2, 5, NULL, 2, 7, 1), (2, 5, 9, 2, 1, 8),"
            "(3, 1, 1, 3, 1, 9), (3, 1, 2, 3, 1, 10)");
    cr_assert(store_doctor_facts(s, &facts, &err) == OK, "%s", err.msg);
    cr_expect(facts.merged_calls == 2 && facts.records == 5);
    cr_assert(store_merged_calls(s, -1, &a, &calls, &n, &err) == OK, "%s", err.msg);
    cr_assert(n == 2);
    cr_expect(sv_is(calls[0].identity, "request:b"));
    cr_assert(calls[0].n_records == 3);
    cr_expect(calls[0].records[0].won && calls[0].records[0].line == 8);
    cr_expect(sv_is(calls[0].records[0].path, "a.jsonl"));
    cr_expect(calls[0].records[0].output_tokens.v == 9);
    cr_expect(!calls[0].records[1].path.p && !calls[0].records[1].output_tokens.known);
    cr_expect(!calls[0].records[1].won && !calls[0].records[2].won);
    cr_expect(calls[0].records[2].line == 7);
    cr_expect(sv_is(calls[1].identity, "request:a") && calls[1].n_records == 2);
    cr_expect(calls[1].records[0].line == 4 && calls[1].records[0].won);
    cr_assert(store_merged_calls(s, 1, &a, &calls, &n, &err) == OK, "%s", err.msg);
    cr_expect(n == 1 && sv_is(calls[0].identity, "request:b"));
    arena_release(&a);
}

Test(doctor_facts, a_damaged_database_is_an_error)
{
    struct merged_call *calls = NULL;
    struct doctor_facts facts;
    struct arena a = {0};
    struct error err = {0};
    size_t n = 0;

    exec_ok("DROP TABLE call_version; DROP TABLE quarantine");
    cr_expect(store_doctor_facts(s, &facts, &err) == ERR_DB);
    cr_expect(strstr(err.msg, "call_version") != NULL, "%s", err.msg);
    cr_expect(store_merged_calls(s, -1, &a, &calls, &n, &err) == ERR_DB);
    cr_expect(store_quarantine_reasons(s, collect, NULL, &err) == ERR_DB);
    arena_release(&a);
}
