#include "report/peers.h"
#include "query/test_calls.h"

/*
 * Calls 1 to 7 of feature 1, 8 of feature 2, 9 of no feature and model 1, 10 as 1 but shadowed.
 * Inputs of the seven 10 20 30 40 50 60 700, so that the median is 40; latencies of the first three
 * 1 2 9; costs 7 in all of them but one. Spans 1 to 5 are called step, with docs 1 2 3 4 50, and
 * last 10 20 30 40 500; 6 is called other.
 */
static struct store *filled(void)
{
    struct store *s = test_store();

    test_sql(s, "INSERT INTO dictionary VALUES ('feature',1,'f'),('feature',2,'g'),"
                "('request_model',1,'m')");
    test_sql(s, "INSERT INTO call (call_id,feature_id,request_model_id,input_tokens,latency_us,"
                "time_to_first_token_us,output_tokens,cost_given_nusd,shadowed,identity_key,"
                "source_id,source_line) VALUES "
                "(1,1,1,10,1000,10,5,7,NULL,1,1,1),(2,1,1,20,2000,20,5,7,NULL,2,1,2),"
                "(3,1,1,30,9000,9000,5,7,NULL,3,1,3),(4,1,1,40,NULL,NULL,5,7,NULL,4,1,4),"
                "(5,1,1,50,NULL,NULL,5,7,NULL,5,1,5),(6,1,1,60,NULL,NULL,5,NULL,NULL,6,1,6),"
                "(7,1,1,700,NULL,NULL,5,7,NULL,7,1,7),(8,2,1,1,NULL,NULL,5,7,NULL,8,1,8),"
                "(9,NULL,1,2,NULL,NULL,5,7,NULL,9,1,9),(10,1,1,9999,NULL,NULL,5,7,1,10,1,10)");
    test_sql(s, "INSERT INTO span (span_row,trace_key,span,name,started_us,ended_us,attributes,"
                "source_id,source_line) VALUES "
                "(1,1,x'0061','step',0,10,'{\"docs.count\":1}',1,1),"
                "(2,1,x'0062','step',0,20,'{\"docs.count\":2}',1,1),"
                "(3,1,x'0063','step',0,30,'{\"docs.count\":3}',1,1),"
                "(4,1,x'0064','step',0,40,'{\"docs.count\":4}',1,1),"
                "(5,1,x'0065','step',0,500,'{\"docs.count\":50}',1,1),"
                "(6,1,x'0066','other',0,7,NULL,1,1),(7,1,x'0067','step',9,2,NULL,1,1),"
                "(8,1,x'0068',NULL,0,2,NULL,1,1)");
    return s;
}

static struct trace_node call_node(struct store *s, int64_t id, struct arena *a)
{
    struct call_entry *c = arena_zalloc(a, 1, sizeof(*c));
    struct error err = {0};

    cr_assert(store_call(s, id, a, c, &err) == OK, "%s", err.msg);
    return (struct trace_node){.kind = NODE_CALL, .call = c};
}

static void expect_median(const struct peers *p, const struct trace_node *n, enum peer_measure m,
                          int64_t count, double median, const char *what)
{
    struct peer_median got = peers_of(p, n, m);

    cr_expect(got.n == count, "%s: n %lld", what, (long long)got.n);
    cr_expect(!count || got.median == median, "%s: %g", what, got.median);
}

Test(peers, of_calls_and_spans)
{
    struct store *s = filled();
    struct arena a = {0};
    struct error err = {0};
    struct peers *p = NULL;
    struct trace_node of_feature = call_node(s, 7, &a), of_model = call_node(s, 9, &a);
    struct trace_node unwanted = call_node(s, 8, &a);
    struct trace_node step = {.kind = NODE_SPAN,
                              .name = SV("step"),
                              .span_row = 5,
                              .attributes = SV("{\"docs.count\":50}")};
    struct trace_node other = {.kind = NODE_SPAN, .name = SV("other"), .span_row = 6};

    cr_assert(peers_new(&p, &err) == OK);
    peers_want(p, s, &of_feature);
    peers_want(p, s, &of_model);
    peers_want(p, s, &step);
    peers_want(p, s, &other);
    cr_assert(peers_read(p, s, COST_OF_LOG_OR_PRICES, &err) == OK, "%s", err.msg);

    expect_median(p, &of_feature, PEER_INPUT_TOKENS, 7, 40, "input, the shadow left out");
    expect_median(p, &of_feature, PEER_LATENCY_US, 3, 2000, "latency of those that have one");
    expect_median(p, &of_feature, PEER_TTFT_US, 2, 15, "first tokens, a degenerate one left out");
    expect_median(p, &of_feature, PEER_COST_NUSD, 6, 7, "cost");
    expect_median(p, &of_model, PEER_INPUT_TOKENS, 9, 30, "by model where no feature is known");
    expect_median(p, &unwanted, PEER_INPUT_TOKENS, 0, 0, "what was not wanted");
    cr_expect(sv_is(peers_group(p, &of_feature), "feature f"));
    cr_expect(sv_is(peers_group(p, &of_model), "model m"));
    cr_expect(peers_group(p, &step).p == NULL);

    expect_median(p, &step, PEER_DURATION_US, 5, 30, "durations, an impossible one left out");
    expect_median(p, &step, PEER_DOCS, 5, 3, "documents");
    expect_median(p, &step, PEER_DOCS_TOKENS, 0, 0, "what no span says");
    expect_median(p, &other, PEER_DURATION_US, 1, 7, "alone");
    expect_median(p, &other, PEER_DOCS, 0, 0, "no figures");

    cr_expect(peers_above(p, &of_feature, PEER_INPUT_TOKENS, 700) == 0);
    cr_expect(peers_above(p, &of_feature, PEER_INPUT_TOKENS, 40) == 3);
    cr_expect(peers_above(p, &step, PEER_DURATION_US, 30) == 2);
    cr_expect(peers_above(p, &unwanted, PEER_INPUT_TOKENS, 0) == 0);
    peers_free(p);
    arena_release(&a);
    store_close(s);
}

/* More names than groups: those that were named first. */
Test(peers, of_many_names)
{
    struct store *s = filled();
    struct error err = {0};
    struct peers *p = NULL;
    char names[PEER_GROUPS][8];
    struct trace_node step = {.kind = NODE_SPAN, .name = SV("step"), .span_row = 5};

    cr_assert(peers_new(&p, &err) == OK);
    for (int i = 0; i < PEER_GROUPS; i++) {
        struct trace_node n = {.kind = NODE_SPAN, .span_row = i};

        snprintf(names[i], sizeof(names[i]), "n%d", i);
        n.name = sv_from(names[i]);
        peers_want(p, s, &n);
    }
    peers_want(p, s, &step);
    cr_assert(peers_read(p, s, COST_OF_LOG_OR_PRICES, &err) == OK);
    expect_median(p, &step, PEER_DURATION_US, 0, 0, "no room");
    peers_free(p);
    store_close(s);
}

Test(peers, of_nothing)
{
    struct store *s = test_store();
    struct error err = {0};
    struct peers *p = NULL;

    cr_assert(peers_new(&p, &err) == OK);
    cr_assert(peers_read(p, s, COST_OF_LOG_OR_PRICES, &err) == OK);
    peers_free(p);
    peers_free(NULL);
    store_close(s);
}
