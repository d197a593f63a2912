/* What the rows of gateways and observability services say: one line in, words about its records.
 * Wanted values are worked out by hand. */
#include <criterion/criterion.h>

#include "format/dump_testing.h"

#define PAYLOAD(rest)                                                                              \
    "{\"id\":\"c\",\"call_type\":\"acompletion\",\"custom_llm_provider\":\"p\","                   \
    "\"response_cost\":0.5,\"startTime\":1772352000,\"endTime\":1772352002" rest "}"
#define SPEND(rest)                                                                                \
    "{\"request_id\":\"c\",\"call_type\":\"acompletion\",\"spend\":0.5,"                           \
    "\"startTime\":\"2026-03-01 08:00:00.000000\"" rest "}"
#define BRAINTRUST(type, metrics, rest)                                                            \
    "{\"span_id\":\"AA02\",\"root_span_id\":\"AA01\",\"created\":\"2026-03-01T08:00:00Z\","        \
    "\"metrics\":{" metrics "},\"span_attributes\":{\"name\":\"n\",\"type\":\"" type "\"}" rest "}"
#define HELICONE(rest)                                                                             \
    "{\"request_id\":\"r\",\"request_created_at\":\"2026-03-01T08:00:00Z\"" rest "}"

/* clang-format off */
static const char *const cases[][3] = {
    /* LiteLLM */
    {"litellm: a payload",
     PAYLOAD(",\"model\":\"m\",\"model_group\":\"g\",\"status\":\"success\",\"prompt_tokens\":"
     "5,\"completion_tokens\":6,\"total_tokens\":11,\"response\":{\"model\":\"m-1\","
     "\"service_tier\":\"flex\",\"choices\":[{\"finish_reason\":\"length\"}]}"),
     "id=[\"litellm\",\"c\"] request_id=c request_model=g provider=p tier=flex "
     "finish_reason=length started_us=1772352000000000 latency_us=2000000 input_tokens=5 "
     "output_tokens=6 cost_given_nusd=500000000 operation=chat status=0 !total_tokens_given"},
    {"litellm: the model that answered", PAYLOAD(",\"model\":\"m\",\"response\":{\"model\":"
     "\"m-1\"}"), "response_model=m-1"},
    {"litellm: nothing but a total", PAYLOAD(",\"total_tokens\":11"),
     "total_tokens_given=11 !input_tokens"},
    {"litellm: parts of the usage",
     PAYLOAD(",\"prompt_tokens\":100,\"completion_tokens\":50,\"response\":{\"usage\":{"
     "\"prompt_tokens_details\":{\"cached_tokens\":64,\"audio_tokens\":4},"
     "\"completion_tokens_details\":{\"reasoning_tokens\":30,\"audio_tokens\":2}}}"),
     "input_tokens=100 output_tokens=50 cache_read_tokens=64 reasoning_tokens=30 "
     "audio_input_tokens=4 audio_output_tokens=2"},
    {"litellm: what was written to a cache",
     PAYLOAD(",\"prompt_tokens\":100,\"completion_tokens\":50,\"response\":{\"usage\":{"
     "\"prompt_tokens_details\":{\"cache_creation_tokens\":10}}}"),
     "input_tokens=100 cache_write_tokens=10"},
    {"litellm: the usage may stand in the metadata, which may be text",
     SPEND(",\"prompt_tokens\":100,\"completion_tokens\":5,\"metadata\":\"{\\\"usage_object\\\":{"
     "\\\"prompt_tokens_details\\\":{\\\"cached_tokens\\\":64}}}\""),
     "input_tokens=100 cache_read_tokens=64 cost_given_nusd=500000000"},
    {"litellm: whose call it is",
     PAYLOAD(",\"end_user\":\"e\",\"metadata\":{\"user_api_key_user_id\":\"u\","
     "\"user_api_key_team_alias\":\"ta\",\"user_api_key_team_id\":\"ti\",\"user_api_key_org_id\":"
     "\"o\",\"prompt_management_metadata\":{\"prompt_id\":\"pm\"}}"),
     "user=e team=ta tenant=o prompt=pm"},
    {"litellm: an empty text is none",
     PAYLOAD(",\"end_user\":\"\",\"metadata\":{\"user_api_key_user_id\":\"u\","
     "\"user_api_key_team_id\":\"ti\"}"),
     "user=u team=ti"},
    {"litellm: a row of spending",
     SPEND(",\"user\":\"u\",\"team_id\":\"t\",\"organization_id\":\"o\",\"agent_id\":\"a\","
     "\"session_id\":\"s\",\"end_user\":\"\",\"response\":\"{}\",\"cache_hit\":\"None\",\"status\":"
     "\"success\""),
     "id=[\"litellm\",\"c\"] user=u team=t tenant=o agent=a session_id=s cost_given_nusd=500000000 "
     "status=0 !flags"},
    {"litellm: the requester names the session",
     PAYLOAD(",\"session_id\":\"b\",\"trace_id\":\"d\",\"metadata\":{\"requester_metadata\":{"
     "\"session_id\":\"a\",\"trace_id\":\"c\"}}"),
     "session_id=a trace_id=d"},
    {"litellm: or the row", PAYLOAD(",\"session_id\":\"b\",\"metadata\":{\"requester_metadata\":{"
     "\"trace_id\":\"c\"}}"), "session_id=b"},
    {"litellm: or its trace does", PAYLOAD(",\"trace_id\":\"d\",\"metadata\":{"
     "\"requester_metadata\":{\"trace_id\":\"c\"}}"), "session_id=c"},
    {"litellm: or the row's trace", PAYLOAD(",\"trace_id\":\"d\""), "session_id=d trace_id=d"},
    {"litellm: the first tag is the feature, but not the gateway's own",
     PAYLOAD(",\"request_tags\":[\"User-Agent: x\",\"shop\",\"b\"]"), "feature=shop"},
    {"litellm: unless one says so", PAYLOAD(",\"request_tags\":[\"shop\",\"feature:search\"]"),
     "feature=search"},
    {"litellm: tags in JSON text", SPEND(",\"request_tags\":\"[\\\"shop\\\"]\""), "feature=shop"},
    {"litellm: a tag that begins like it", SPEND(",\"request_tags\":\"shop\""), "!feature"},
    {"litellm: text completions", PAYLOAD(",\"call_type\":\"atext_completion\""),
     "operation=text_completion"},
    {"litellm: embeddings", PAYLOAD(",\"call_type\":\"aembedding\""), "operation=embeddings"},
    {"litellm: responses", PAYLOAD(",\"call_type\":\"aresponses\""), "operation=chat"},
    {"litellm: messages", PAYLOAD(",\"call_type\":\"anthropic_messages\""), "operation=chat"},
    {"litellm: contents", PAYLOAD(",\"call_type\":\"agenerate_content\""),
     "operation=generate_content"},
    {"litellm: other calls", PAYLOAD(",\"call_type\":\"arerank\""), "operation=arerank"},
    {"litellm: an error",
     PAYLOAD(",\"status\":\"failure\",\"error_str\":\"x\",\"error_information\":{\"error_code\":"
     "\"429\",\"error_class\":\"RateLimitError\",\"error_message\":\"slow\"}"),
     "status=1 http_status=429 error_kind=RateLimitError"},
    {"litellm: an error by its code", PAYLOAD(",\"status\":\"failure\",\"error_information\":{"
     "\"error_code\":\"429\"}"), "error_kind=rate_limit"},
    {"litellm: an error by its text", PAYLOAD(",\"status\":\"failure\",\"error_str\":\"timed "
     "out\""), "error_kind=timeout"},
    {"litellm: an error in the metadata",
     SPEND(",\"status\":\"failure\",\"metadata\":{\"error_information\":{\"error_class\":"
     "\"Timeout\"}}"), "error_kind=Timeout"},
    {"litellm: what succeeded has no error", PAYLOAD(",\"status\":\"success\","
     "\"error_information\":{\"error_class\":\"Timeout\"}"), "!error_kind status=0"},
    {"litellm: nothing is known of how it ended", PAYLOAD(",\"error_information\":{\"error_class\":"
     "\"Timeout\"}"), "!error_kind !status"},
    {"litellm: a cost without a price stays where it is not 0",
     PAYLOAD(",\"response_cost_failure_debug_info\":{\"a\":1}"), "cost_given_nusd=500000000"},
    {"litellm: an answer from the cache", SPEND(",\"cache_hit\":\"True\""), "flags=4"},
    {"litellm: a guardrail stepped in", PAYLOAD(",\"guardrail_information\":{\"guardrail_status\":"
     "\"guardrail_intervened\"}"), "flags=64"},
    {"litellm: one of several did", PAYLOAD(",\"metadata\":{\"guardrail_information\":[{"
     "\"guardrail_status\":\"success\"},{\"guardrail_status\":\"blocked\"}]}"), "flags=64"},
    {"litellm: none did", PAYLOAD(",\"guardrail_information\":[{\"guardrail_status\":"
     "\"success\"}]"), "!flags"},
    {"litellm: the row of a batch sums its calls", SPEND(",\"call_type\":\"acreate_batch\""),
     "flags=10"},
    {"litellm: no id", "{\"call_type\":\"completion\",\"custom_llm_provider\":\"p\","
     "\"response_cost\":0}", "id=line !request_id"},

    /* Helicone */
    {"helicone: a request",
     HELICONE(",\"response_status\":200,\"request_model\":\"m\",\"model_override\":\"o\","
     "\"request_user_id\":\"u\",\"helicone_user\":\"h\",\"delay_ms\":1500,\"time_to_first_token\":"
     "250.0,\"prompt_tokens\":10.0,\"completion_tokens\":50,\"reasoning_tokens\":"
     "30,\"prompt_audio_tokens\":4,\"completion_audio_tokens\":2,\"prompt_id\":\"p\","
     "\"prompt_version\":\"v\",\"costUSD\":0.25,\"response_body\":{\"choices\":[{\"finish_reason\":"
     "\"length\"}]}"),
     "id=[\"helicone\",\"r\"] request_id=r request_model=m response_model=o user=u "
     "latency_us=1500000 time_to_first_token_us=250000 input_tokens=10 output_tokens=50 "
     "reasoning_tokens=30 audio_input_tokens=4 audio_output_tokens=2 prompt=p prompt_version=v "
     "cost_given_nusd=250000000 http_status=200 status=0 finish_reason=length"},
    {"helicone: older names", HELICONE(",\"delay_ms\":1,\"model\":\"m\",\"helicone_user\":\"h\","
     "\"cost\":0.5,\"costUSD\":0.25"), "request_model=m user=h cost_given_nusd=500000000"},
    {"helicone: the status of a request",  HELICONE(",\"response_status\":429"),
     "http_status=429 status=1 error_kind=rate_limit"},
    {"helicone: one that was given up", HELICONE(",\"response_status\":-2"),
     "status=2 !http_status !error_kind"},
    {"helicone: one that reached nobody", HELICONE(",\"response_status\":-3"),
     "status=1 !http_status error_kind=connection"},
    {"helicone: a status that is none", HELICONE(",\"response_status\":0"), "!status !http_status"},
    {"helicone: nor this", HELICONE(",\"response_status\":600"), "!status !http_status"},
    {"helicone: no status", HELICONE(",\"response_status\":null"), "!status"},
    {"helicone: properties",
     HELICONE(",\"response_status\":200,\"request_properties\":{\"feature\":\"f\",\"app\":\"a\","
     "\"Helicone-Session-Id\":\"s\",\"Helicone-Session-Name\":\"n\",\"environment\":\"e\",\"tier\":"
     "\"gold\"}"),
     "feature=f session_id=s environment=e meta={\"app\":\"a\",\"environment\":\"e\",\"tier\":"
     "\"gold\"}"},
    {"helicone: the app is the feature", HELICONE(",\"response_status\":200,\"properties\":{"
     "\"app\":\"a\",\"Helicone-Session-Name\":\"n\"}"), "feature=a"},
    {"helicone: or the session's name is", HELICONE(",\"response_status\":"
     "200,\"request_properties\":{\"Helicone-Session-Name\":\"n\"}"), "feature=n !meta"},
    {"helicone: scores", HELICONE(",\"response_status\":200,\"scores\":{\"quality\":0.5,\"none\":"
     "null},\"feedback_rating\":false"),
     "#score=2 score.name=quality score.value=0.5 score.scorer=api score.name=feedback "
     "score.passed=0 score.scorer=user score.at_us=1772352000000000"},
    {"helicone: from the cache", HELICONE(",\"response_status\":200,\"cache_reference_id\":"
     "\"00000000-0000-0000-0000-000000000001\""), "flags=4"},
    {"helicone: from the model", HELICONE(",\"response_status\":200,\"cache_reference_id\":"
     "\"00000000-0000-0000-0000-000000000000\""), "!flags"},
    {"helicone: a credential is not kept", HELICONE(",\"response_status\":200,\"signed_body_url\":"
     "\"https://s3/x?sig=1\",\"request_properties\":{\"signed_body_url\":\"x\"}"), "#call=1 !meta"},
    /* Braintrust: cached tokens are in the prompt, unless they are more or the total says so */
    {"braintrust: a call",
     BRAINTRUST("llm", "\"start\":1772352001.5,\"end\":1772352003,\"prompt_tokens\":"
     "100,\"completion_tokens\":50,\"tokens\":150,\"prompt_cached_tokens\":"
     "60,\"prompt_cache_creation_tokens\":10,\"completion_reasoning_tokens\":"
     "30,\"prompt_audio_tokens\":4,\"completion_audio_tokens\":2,\"time_to_first_token\":"
     "0.25,\"estimated_cost\":0.5",
                ",\"span_parents\":[\"AA00\",\"AA09\"],\"project_id\":\"q\",\"metadata\":{"
                "\"model\":\"m\",\"provider\":\"p\",\"feature\":\"f\",\"user_id\":\"u\","
                "\"session_id\":\"s\",\"environment\":\"e\",\"prompt_version\":\"v\"},\"tags\":["
                "\"feature:g\"],\"output\":[{\"finish_reason\":\"length\"}]"),
     "#call=1 #span=1 id=[\"span\",\"aa01\",\"aa02\"] parent_span_id=aa00 project=q "
     "request_model=m provider=p feature=f user=u session_id=s environment=e prompt_version=v "
     "finish_reason=length started_us=1772352001500000 latency_us=1500000 "
     "time_to_first_token_us=250000 input_tokens=100 output_tokens=50 cache_read_tokens=60 "
     "cache_write_tokens=10 reasoning_tokens=30 audio_input_tokens=4 audio_output_tokens=2 "
     "cost_given_nusd=500000000 status=0"},
    {"braintrust: a prompt below its cached tokens", BRAINTRUST("llm",
     "\"prompt_tokens\":5,\"prompt_cached_tokens\":60", ""), "input_tokens=65"},
    {"braintrust: a total with them", BRAINTRUST("llm",
     "\"prompt_tokens\":100,\"completion_tokens\":1,\"tokens\":161,\"prompt_cached_tokens\":60",
     ""), "input_tokens=160"},
    {"braintrust: without a start it began when it was written down", BRAINTRUST("llm", "", ""),
     "started_us=1772352000000000 !latency_us"},
    {"braintrust: a feature among the tags", BRAINTRUST("llm", "", ",\"tags\":[\"x\",\"feature:"
     "g\"]"), "feature=g !session_id !parent_span_id"},
    {"braintrust: a scorer's model is no feature of yours",
     BRAINTRUST("score", "\"prompt_tokens\":5", ",\"metadata\":{\"feature\":\"f\"}"),
     "#call=1 feature=eval span.kind=evaluator"},
    {"braintrust: a scorer without a model", BRAINTRUST("score", "\"start\":1", ""),
     "#call=0 span.kind=evaluator"},
    {"braintrust: a task sums what is below it", BRAINTRUST("task", "\"prompt_tokens\":5", ""),
     "#call=0 span.kind=chain"},
    {"braintrust: so does an evaluation", BRAINTRUST("eval", "\"prompt_tokens\":5", ""),
     "#call=0 span.kind=chain"},
    {"braintrust: a function", BRAINTRUST("function", "", ""), "#call=0 span.kind=chain"},
    {"braintrust: whatever else there is", BRAINTRUST("review", "", ""), "#call=0 span.kind=other"},
    {"braintrust: a tool", BRAINTRUST("tool", "\"start\":1,\"end\":2", ",\"error\":\"timed out\""),
     "#call=0 #tool=1 tool.tool_name=n tool.status=1 tool.error_kind=timeout "
     "tool.started_us=1000000 tool.ended_us=2000000"},
    {"braintrust: an error in an object", BRAINTRUST("llm", "",
     ",\"error\":{\"name\":\"RateLimitError\",\"message\":\"x\"}"),
     "status=1 error_kind=RateLimitError span.error_type=RateLimitError"},
    {"braintrust: scores of a call", BRAINTRUST("llm", "", ",\"scores\":{\"style\":0.5,\"none\":"
     "null}"),
     "#score=1 score.name=style score.value=0.5 score.target=0 score.call=[\"span\",\"aa01\","
     "\"aa02\"]"},
    {"braintrust: scores of what a call is part of", BRAINTRUST("task", "",
     ",\"scores\":{\"style\":1}"),
     "score.target=1 score.target_id=aa01 score.scorer=eval score.at_us=1772352000000000"},
};
/* clang-format on */

Test(gateways, what_a_row_says)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const char *lacks = NULL;

        cr_assert(probe_line(&p, cases[i][1]) == LINE_RECORDS, "%s: %s", cases[i][0], p.err.msg);
        lacks = dump_lacks(&p.batch, cases[i][2]);
        cr_expect(!lacks, "%s: %s", cases[i][0], lacks);
        probe_release(&p);
    }
}
