#include "query/trace_load.h"
#include "base/hash.h"
#include "query/test_calls.h"

static struct store *s;

/*
 * Packed ids: x'00' and the text. Trace t: a root, below it a span with usage (call 1) above
 * another one with the same usage (call 2), and a span whose parent is not there. Call 3 names the
 * trace and has no span. Request r has calls 4 and 5, a tool and a decision; session z has calls 4
 * and 5.
 */
static void setup(void)
{
    struct error err = {0};
    int64_t key = 0;
    bool known = true;

    s = test_store();
    test_sql(s, "INSERT INTO dictionary VALUES ('operation',1,'chat'),('tool',1,'search'),"
                "('node',1,'draft'),('node',2,'review'),('condition',1,'confidence < 0.7')");
    test_sql(s, "INSERT INTO call (call_id,input_tokens,output_tokens,cost_given_nusd,shadowed,"
                "identity_key,source_id,source_line,started_us,latency_us,session_key,operation_id,"
                "status) VALUES "
                "(1,7,3,100,1,1,1,1,0,50,NULL,1,0),(2,7,3,100,NULL,2,1,2,10,30,NULL,1,0),"
                "(3,5,NULL,NULL,NULL,3,1,3,60,5,NULL,1,1),(4,1,1,10,NULL,4,1,4,100,10,9,1,0),"
                "(5,2,2,20,NULL,5,1,5,130,10,9,1,0)");
    test_sql(s, "INSERT INTO call_identity (call_id,kind,own,request,trace,span,parent) VALUES "
                "(1,2,NULL,NULL,x'0074',x'0062',x'0061'),(2,2,NULL,NULL,x'0074',x'0063',x'0062'),"
                "(3,1,x'006f77',NULL,x'0074',NULL,NULL),(4,1,x'0034',x'0072',NULL,NULL,NULL),"
                "(5,1,x'0035',x'0072',NULL,NULL,NULL)");
    cr_assert(store_trace_key(s, SV("t"), &key, &known, &err) == OK);
    cr_assert(!known);
    test_sql(s,
             "INSERT INTO tool_call (identity_key,identity,call_id,tool_id,started_us,latency_us,"
             "status,source_id,source_line) VALUES (1,'line:1',4,1,111,9,1,2,1)");
    test_sql(s, "INSERT INTO branch_decision (identity_key,identity,request,from_node_id,"
                "to_node_id,condition_id,result,decided_us,source_id,source_line) VALUES "
                "(1,'line:2',x'0072',1,2,1,1,112,3,1)");
}

static void teardown(void)
{
    store_close(s);
}

/* Spans under the key that the writer would have given the trace. */
static void add_spans(void)
{
    uint64_t key = hash64("\0t", 2, 0);
    char sql[2048];

    snprintf(
        sql, sizeof(sql),
        "INSERT INTO trace VALUES (%lld, x'0074');"
        "INSERT INTO span (trace_key,span,parent,name,started_us,ended_us,call_id,status,"
        "source_id,source_line) VALUES (%lld,x'0061',NULL,'root',0,70,NULL,0,1,1),"
        "(%lld,x'0062',x'0061','outer',0,50,1,0,1,1),(%lld,x'0063',x'0062','inner',10,40,2,0,1,1),"
        "(%lld,x'0064',x'007a7a','lost',20,30,NULL,1,1,1)",
        (long long)key, (long long)key, (long long)key, (long long)key, (long long)key);
    test_sql(s, sql);
}

TestSuite(trace_load, .init = setup, .fini = teardown);

static struct trace_tree loaded(enum subject_kind kind, const char *id)
{
    struct trace_tree t = {0};
    struct error err = {0};

    cr_assert(trace_load(s, kind, sv_from(id), COST_OF_LOG_OR_PRICES, &t, &err) == OK, "%s: %s", id,
              err.msg);
    return t;
}

static const struct trace_node *node_named(const struct trace_tree *t, const char *name)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (sv_is(t->nodes[i].name, name))
            return &t->nodes[i];
    cr_assert_fail("no node %s", name);
    return NULL;
}

Test(trace_load, a_trace_counts_once)
{
    struct trace_tree t;
    const struct trace_node *chat;

    add_spans();
    t = loaded(SUBJECT_TRACE, "t");
    chat = node_named(&t, "chat");
    cr_expect(t.n == 5 && t.spans == 4);
    cr_expect(t.sums.calls == 2, "the shadowed one is none");
    cr_expect(t.sums.input_tokens == 12 && t.sums.output_tokens == 3 && t.sums.output_n == 1);
    cr_expect(t.sums.cost_nusd == 100 && t.sums.unpriced == 1);
    cr_expect(node_named(&t, "outer")->shadowed);
    cr_expect(node_named(&t, "outer")->own.calls == 0 && node_named(&t, "outer")->all.calls == 1);
    cr_expect(node_named(&t, "lost")->orphan && t.orphans == 1 && t.missing_parents == 1);
    cr_expect(chat->kind == NODE_CALL && &t.nodes[chat->parent] == node_named(&t, "root"),
              "a call without a span is below the root");
    cr_expect(t.failed == 2, "a span and a call");
    trace_release(&t);
}

Test(trace_load, a_request_has_its_steps)
{
    struct trace_tree t = loaded(SUBJECT_REQUEST, "r");
    const struct trace_node *tool = node_named(&t, "search"), *branch = node_named(&t, "review");

    cr_expect(t.n == 5, "two calls, a tool, a decision and the group");
    cr_expect(t.n_roots == 1 && t.nodes[t.roots[0]].kind == NODE_GROUP);
    cr_expect(tool->kind == NODE_TOOL && tool->failed && tool->ended_us == 120);
    cr_expect(t.nodes[tool->parent].call && t.nodes[tool->parent].call->id == 4);
    cr_expect(branch->kind == NODE_BRANCH && branch->step->result == 1);
    cr_expect(sv_is(branch->step->from, "draft") &&
              sv_is(branch->step->condition, "confidence < 0.7"));
    cr_expect(branch->parent == t.roots[0], "no call of it is known");
    cr_expect(t.sums.cost_nusd == 30 && t.duration_us == 40);
    trace_release(&t);
}

Test(trace_load, by_the_own_id_of_a_call)
{
    struct trace_tree t = loaded(SUBJECT_REQUEST, "5");

    cr_expect(t.sums.calls == 1 && t.sums.cost_nusd == 20);
    trace_release(&t);
}

Test(trace_load, a_session)
{
    uint64_t key = hash64("\0z", 2, 0);
    char sql[256];

    snprintf(sql, sizeof(sql),
             "INSERT INTO session VALUES (%lld, x'007a'); UPDATE call SET session_key = %lld "
             "WHERE call_id > 3",
             (long long)key, (long long)key);
    test_sql(s, sql);
    struct trace_tree t = loaded(SUBJECT_SESSION, "z");
    cr_expect(t.sums.calls == 2);
    cr_expect(sv_is(t.nodes[t.roots[0]].name, "session"));
    cr_expect(node_named(&t, "search")->kind == NODE_TOOL);
    trace_release(&t);
}

Test(trace_load, nothing)
{
    struct trace_tree t = {0};
    struct error err = {0};

    cr_expect(trace_load(s, SUBJECT_TRACE, SV("nope"), COST_OF_LOG, &t, &err) == ERR_NOT_FOUND);
    cr_expect_str_eq(err.msg, "nothing has the id nope");
    trace_release(&t);
}

Test(trace_load, a_span_that_is_its_own_parent)
{
    uint64_t key = hash64("\0t", 2, 0);
    char sql[512];

    snprintf(sql, sizeof(sql),
             "INSERT INTO trace VALUES (%lld, x'0074');"
             "INSERT INTO span (trace_key,span,parent,source_id,source_line) VALUES "
             "(%lld,x'0061',x'0061',1,1)",
             (long long)key, (long long)key);
    test_sql(s, sql);
    struct trace_tree t = loaded(SUBJECT_TRACE, "t");
    cr_expect(t.orphans == 1);
    trace_release(&t);
}
