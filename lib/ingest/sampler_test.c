/* sampler_test: what of a line stays. SHA-256 of "a" begins with ca978112, of "b" with 3e23e816, of
 * "c" with 2e7d2c03 (sha256sum): at 0.25 (below 4000...) b and c are drawn, a is not. */
#include "ingest/sampler.h"

#include <criterion/criterion.h>

static struct sampler sampler;
static struct batch batch;

static void begin(void)
{
    sampler = (struct sampler){.rate_ppb = 250000000};
}

static void end(void)
{
    sampler_release(&sampler);
    batch_release(&batch);
}

TestSuite(sampler, .init = begin, .fini = end);

static struct call_record *request(const char *id)
{
    struct call_record *c = batch_add_call(&batch);

    c->request_id = sv_from(id);
    c->id = (struct identity){.kind = ID_OWN, .family = SV("request"), .own = c->request_id};
    return c;
}

static struct span_record *span(const char *trace, const char *id, bool has_usage)
{
    struct span_record *s = batch_add_span(&batch);

    s->trace_id = sv_from(trace);
    s->span_id = sv_from(id);
    s->has_usage = has_usage;
    if (has_usage) {
        struct call_record *c = batch_add_call(&batch);

        c->id = (struct identity){.kind = ID_SPAN, .trace_id = s->trace_id, .span_id = s->span_id};
        c->trace_id = s->trace_id;
        c->span_id = s->span_id;
    }
    return s;
}

static void sample(void)
{
    sampler_line(&sampler, &batch, (struct batch_mark){0});
}

Test(sampler, calls_by_their_request)
{
    struct score_record *s;
    struct tool_record *t;

    request("a");
    request("b");
    s = batch_add_score(&batch);
    s->call = batch.calls[0].id;
    t = batch_add_tool(&batch);
    t->request_id = SV("a");
    t = batch_add_tool(&batch);
    t->request_id = SV("b");
    sample();
    cr_assert(batch.n_calls == 1);
    cr_expect(sv_is(batch.calls[0].request_id, "b"));
    cr_expect(batch.n_scores == 0 && batch.n_tools == 1);
    cr_expect(sampler.kept == 1 && sampler.left_out == 1);
}

Test(sampler, all_with_a_guardrail)
{
    record_set_num(request("a"), F_FLAGS, FLAG_GUARDRAIL | FLAG_STREAMING);
    record_set_num(request("a"), F_FLAGS, FLAG_STREAMING);
    sample();
    cr_expect(batch.n_calls == 1 && sampler.kept == 1 && sampler.left_out == 1);
}

Test(sampler, traces_as_a_whole)
{
    span("a", "1", false);
    span("a", "2", true);
    span("b", "3", true);
    span("b", "4", false);
    sample();
    cr_assert(batch.n_calls == 1 && batch.n_spans == 2);
    cr_expect(sv_is(batch.calls[0].span_id, "3") && sv_is(batch.spans[1].span_id, "4"));
    cr_expect(batch.spans[0].has_usage);
}

Test(sampler, traces_with_a_guardrail)
{
    span("a", "1", true);
    span("a", "2", false)->guardrails = SV("pii\t\n");
    sample();
    cr_expect(batch.n_calls == 1 && batch.n_spans == 2 && sampler.left_out == 0);
}

Test(sampler, what_was_there_before_stays)
{
    struct batch_mark from;

    request("a");
    from = batch_mark(&batch);
    request("a");
    sampler_line(&sampler, &batch, from);
    cr_expect(batch.n_calls == 1 && sampler.left_out == 1);
}

Test(sampler, a_rate_of_one_leaves_all)
{
    sampler.rate_ppb = 1000000000;
    request("a");
    sample();
    cr_expect(batch.n_calls == 1 && sampler.kept == 0); /* nothing is counted then */
}

Test(sampler, scores_alone_stay)
{
    struct score_record *s = batch_add_score(&batch);

    s->call = (struct identity){.kind = ID_OWN, .family = SV("request"), .own = SV("a")};
    sample();
    cr_expect(batch.n_scores == 1);
}
