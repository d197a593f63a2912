#include "query/trace_find.h"
#include "query/test_calls.h"

/* Trace 7f3a00 (hex) has calls 1 and 2, with spans 11 and 12; request req-1 has call 3; 7f3b is the
 * beginning of another trace. Packed: 02 and hex, 00 and text. */
static struct store *s;

static void setup(void)
{
    s = test_store();
    test_sql(s, "INSERT INTO call (call_id,identity_key,source_id,source_line) VALUES "
                "(1,1,1,1),(2,2,1,2),(3,3,1,3),(4,4,1,4)");
    test_sql(s, "INSERT INTO call_identity (call_id,kind,own,request,trace,span,parent) VALUES "
                "(1,2,NULL,NULL,x'027f3a0000',x'021111',NULL),"
                "(2,2,NULL,x'007265712d32',x'027f3a0000',x'021112',NULL),"
                "(3,1,NULL,x'007265712d31',NULL,NULL,NULL),"
                "(4,2,NULL,NULL,x'027f3b0000',x'021111',NULL)");
}

static void teardown(void)
{
    store_close(s);
}

TestSuite(trace_find, .init = setup, .fini = teardown);

Test(trace_find, finds)
{
    static const struct {
        const char *text;
        enum err rc;
        enum subject_kind kind;
        const char *id;
    } cases[] = {
        {"7f3a0000",  OK,            SUBJECT_TRACE,   "7f3a0000"},
        {"7f3a",      OK,            SUBJECT_TRACE,   "7f3a0000"},
        {"7f3",       ERR_USAGE,     SUBJECT_TRACE,   NULL      }, /* of two */
        {"1112",      OK,            SUBJECT_TRACE,   "7f3a0000"}, /* a span */
        {"1111",      ERR_USAGE,     SUBJECT_TRACE,   NULL      }, /* of a span in each */
        {"req-2",     OK,            SUBJECT_TRACE,   "7f3a0000"}, /* a request in a trace */
        {"req-1",     OK,            SUBJECT_REQUEST, "req-1"   },
        {"req",       ERR_USAGE,     SUBJECT_TRACE,   NULL      },
        {"nope",      ERR_NOT_FOUND, SUBJECT_TRACE,   NULL      },
        {"7f3a00001", ERR_NOT_FOUND, SUBJECT_TRACE,   NULL      },
        {"",          ERR_NOT_FOUND, SUBJECT_TRACE,   NULL      },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct trace_subject subject = {0};
        struct found_ids candidates;
        struct error err = {0};
        struct arena a = {0};
        enum err rc = trace_find(s, sv_from(cases[i].text), &a, &subject, &candidates, &err);

        cr_expect(rc == cases[i].rc, "%s: %d %s", cases[i].text, rc, err.msg);
        if (!rc) {
            cr_expect(subject.kind == cases[i].kind, "%s", cases[i].text);
            cr_expect(sv_is(subject.id, cases[i].id), "%s", cases[i].text);
        }
        if (rc == ERR_USAGE)
            cr_expect(candidates.n == 2, "%s: %zu", cases[i].text, candidates.n);
        arena_release(&a);
    }
}

/* What is shown of a trace is said by one id, and not by the beginning of two of its spans. */
Test(trace_find, one)
{
    static const struct {
        const char *text;
        enum err rc;
        enum found_kind kind;
        const char *id;
    } cases[] = {
        {"7f3a0000", OK,            FOUND_TRACE,   "7f3a0000"},
        {"1112",     OK,            FOUND_SPAN,    "1112"    },
        {"111",      ERR_USAGE,     FOUND_SPAN,    NULL      },
        {"req-2",    OK,            FOUND_REQUEST, "req-2"   },
        {"nope",     ERR_NOT_FOUND, FOUND_TRACE,   NULL      },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct trace_subject subject = {0};
        struct found_id found = {0};
        struct found_ids candidates;
        struct error err = {0};
        struct arena a = {0};
        enum err rc =
            trace_find_one(s, sv_from(cases[i].text), &a, &subject, &found, &candidates, &err);

        cr_expect(rc == cases[i].rc, "%s: %d %s", cases[i].text, rc, err.msg);
        if (!rc)
            cr_expect(found.kind == cases[i].kind && sv_is(found.id, cases[i].id), "%s",
                      cases[i].text);
        arena_release(&a);
    }
    /* The spans of trace 7f3a0000 alone: the beginning of both. */
    struct trace_subject subject = {0};
    struct found_id found = {0};
    struct found_ids candidates;
    struct error err = {0};
    struct arena a = {0};

    test_sql(s, "DELETE FROM call_identity WHERE call_id = 4");
    cr_expect(trace_find(s, SV("111"), &a, &subject, &candidates, &err) == OK);
    cr_expect(trace_find_one(s, SV("111"), &a, &subject, &found, &candidates, &err) == ERR_USAGE);
    cr_expect(candidates.n == 2);
    arena_release(&a);
}

/*     0 root
 *     1 step        5 step
 *   2 a   3 b     6 a (shadowed)
 *   4 a             7 c                  a, b, c: request ids of calls
 */
Test(trace_find, node)
{
    static const struct call_entry a = {.request = SV_INIT("a")}, b = {.request = SV_INIT("b")},
                                   c = {.request = SV_INIT("c"), .own = SV_INIT("own")};
    struct trace_node nodes[] = {
        {.id = SV("0"),     .parent = TRACE_NONE},
        {             .id = SV("1"),                   .parent = 0,                           .depth = 1},
        { .id = SV("2"),              .parent = 1,                           .depth = 2, .call = &a},
        {                           .id = SV("3"),              .parent = 1,                           .depth = 2, .call = &b},
        {                           .id = SV("4"),              .parent = 2,                           .depth = 3, .call = &a},
        {                           .id = SV("5"),    .parent = 0,                         .depth = 1},
        {                          .id = SV("6"), .parent = 5,                     .depth = 2, .call = &a, .shadowed = true},
        {                     .id = SV("7"),              .parent = 6,                           .depth = 3, .call = &c},
    };
    static const struct {
        const char *id;
        enum found_kind kind;
        uint32_t want;
    } cases[] = {
        {"3",   FOUND_SPAN,    3         },
        {"0",   FOUND_SPAN,    0         },
        {"9",   FOUND_SPAN,    TRACE_NONE}, /* gone meanwhile */
        {"b",   FOUND_REQUEST, 3         },
        {"a",   FOUND_REQUEST, 2         }, /* both of its calls */
        {"own", FOUND_REQUEST, 7         },
        {"t",   FOUND_TRACE,   TRACE_NONE},
    };
    struct trace_tree t = {.nodes = nodes, .n = ARRAY_LEN(nodes), .sums = {.calls = 4}};

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct found_id f = {.kind = cases[i].kind, .id = sv_from(cases[i].id)};

        cr_expect(trace_find_node(&t, &f) == cases[i].want, "%s", cases[i].id);
    }
    /* The only call of a trace stands for all of it. */
    t.n = 3;
    t.sums.calls = 1;
    cr_expect(trace_find_node(&t, &(struct found_id){.kind = FOUND_REQUEST, .id = SV("a")}) ==
              TRACE_NONE);
}
