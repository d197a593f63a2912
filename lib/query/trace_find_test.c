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
