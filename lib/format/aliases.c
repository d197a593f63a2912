/* aliases: every key of a flat log line that means something to us. */
#include "format/aliases.h"

#include "base/banned.h"

/*
 * The rank is a key's place in its field's list of names: of several in one line the lowest counts.
 * Dotted names also stand for nested objects. After a change: UPDATE=1 and the unit tests.
 */
/* clang-format off */
static const struct known_key keys[] = {
    {TEXT("model"), F_REQUEST_MODEL, HOW_DIM, 0, 0},
    {TEXT("model_name"), F_REQUEST_MODEL, HOW_DIM, 1, 0},
    {TEXT("model_version"), F_REQUEST_MODEL, HOW_DIM, 2, SIGN_MODEL_VERSION},
    {TEXT("llm.model"), F_REQUEST_MODEL, HOW_DIM, 3, 0},
    {TEXT("gen_ai.request.model"), F_REQUEST_MODEL, HOW_DIM, 4, 0},
    {TEXT("request_model"), F_REQUEST_MODEL, HOW_DIM, 5, 0},
    {TEXT("deployment"), F_REQUEST_MODEL, HOW_DIM, 6, 0},
    {TEXT("modelId"), F_REQUEST_MODEL, HOW_DIM, 7, 0},

    {TEXT("response_model"), F_RESPONSE_MODEL, HOW_DIM, 0, 0},
    {TEXT("gen_ai.response.model"), F_RESPONSE_MODEL, HOW_DIM, 1, 0},

    {TEXT("provider"), F_PROVIDER, HOW_DIM, 0, 0},
    {TEXT("gen_ai.provider.name"), F_PROVIDER, HOW_DIM, 1, 0},
    {TEXT("gen_ai.system"), F_PROVIDER, HOW_DIM, 2, 0},
    {TEXT("vendor"), F_PROVIDER, HOW_DIM, 3, 0},

    {TEXT("operation"), F_OPERATION, HOW_DIM, 0, 0},
    {TEXT("gen_ai.operation.name"), F_OPERATION, HOW_DIM, 1, 0},

    {TEXT("feature"), F_FEATURE, HOW_DIM, 0, 0},
    {TEXT("app.feature"), F_FEATURE, HOW_DIM, 1, 0},
    {TEXT("feature_name"), F_FEATURE, HOW_DIM, 2, 0},

    {TEXT("user_id"), F_USER, HOW_DIM, 0, 0},
    {TEXT("user"), F_USER, HOW_DIM, 1, 0},
    {TEXT("end_user"), F_USER, HOW_DIM, 2, 0},
    {TEXT("userId"), F_USER, HOW_DIM, 3, 0},

    {TEXT("environment"), F_ENVIRONMENT, HOW_DIM, 0, 0},
    {TEXT("env"), F_ENVIRONMENT, HOW_DIM, 1, 0},

    {TEXT("service"), F_SERVICE, HOW_DIM, 0, 0},
    {TEXT("service_name"), F_SERVICE, HOW_DIM, 1, 0},
    {TEXT("service.name"), F_SERVICE, HOW_DIM, 2, 0},

    {TEXT("team"), F_TEAM, HOW_DIM, 0, 0},
    {TEXT("team_id"), F_TEAM, HOW_DIM, 1, 0},
    {TEXT("team_name"), F_TEAM, HOW_DIM, 2, 0},

    {TEXT("project"), F_PROJECT, HOW_DIM, 0, 0},
    {TEXT("project_id"), F_PROJECT, HOW_DIM, 1, 0},
    {TEXT("project_name"), F_PROJECT, HOW_DIM, 2, 0},

    {TEXT("agent"), F_AGENT, HOW_DIM, 0, 0},
    {TEXT("agent_id"), F_AGENT, HOW_DIM, 1, 0},
    {TEXT("agent_name"), F_AGENT, HOW_DIM, 2, 0},

    {TEXT("tenant"), F_TENANT, HOW_DIM, 0, 0},
    {TEXT("tenant_id"), F_TENANT, HOW_DIM, 1, 0},
    {TEXT("organization_id"), F_TENANT, HOW_DIM, 2, 0},

    {TEXT("prompt_name"), F_PROMPT, HOW_DIM, 0, 0},
    {TEXT("prompt_id"), F_PROMPT, HOW_DIM, 1, 0},

    {TEXT("prompt_version"), F_PROMPT_VERSION, HOW_DIM, 0, SIGN_PROMPT_VERSION},

    {TEXT("prompt_template_hash"), F_TEMPLATE, HOW_DIM, 0, 0},
    {TEXT("template_hash"), F_TEMPLATE, HOW_DIM, 1, SIGN_TEMPLATE_HASH},
    {TEXT("prompt_template"), F_TEMPLATE, HOW_TEMPLATE, 2, 0},
    {TEXT("template"), F_TEMPLATE, HOW_TEMPLATE, 3, 0},

    {TEXT("finish_reason"), F_FINISH_REASON_RAW, HOW_DIM, 0, SIGN_FINISH_REASON},
    {TEXT("stop_reason"), F_FINISH_REASON_RAW, HOW_DIM, 1, 0},
    {TEXT("finishReason"), F_FINISH_REASON_RAW, HOW_DIM, 2, 0},

    {TEXT("service_tier"), F_TIER, HOW_DIM, 0, 0},
    {TEXT("tier"), F_TIER, HOW_DIM, 1, 0},

    {TEXT("timestamp"), F_STARTED_US, HOW_TIME, 0, 0},
    {TEXT("ts"), F_STARTED_US, HOW_TIME, 1, 0},
    {TEXT("time"), F_STARTED_US, HOW_TIME, 2, 0},
    {TEXT("@timestamp"), F_STARTED_US, HOW_TIME, 3, 0},
    {TEXT("created_at"), F_STARTED_US, HOW_TIME, 4, 0},
    {TEXT("datetime"), F_STARTED_US, HOW_TIME, 5, 0},
    {TEXT("asctime"), F_STARTED_US, HOW_TIME, 6, 0},
    {TEXT("start_time"), F_STARTED_US, HOW_TIME, 7, 0},
    {TEXT("startTime"), F_STARTED_US, HOW_TIME, 8, 0},
    {TEXT("created"), F_STARTED_US, HOW_TIME, 9, 0},

    {TEXT("latency_ms"), F_LATENCY_US, HOW_MS, 0, SIGN_LATENCY_MS},
    {TEXT("duration_ms"), F_LATENCY_US, HOW_MS, 1, 0},
    {TEXT("response_time_ms"), F_LATENCY_US, HOW_MS, 2, 0},
    {TEXT("elapsed_ms"), F_LATENCY_US, HOW_MS, 3, 0},
    {TEXT("total_latency_ms"), F_LATENCY_US, HOW_MS, 4, 0},
    {TEXT("latency_s"), F_LATENCY_US, HOW_S, 5, 0},
    {TEXT("duration_s"), F_LATENCY_US, HOW_S, 6, 0},
    {TEXT("elapsed"), F_LATENCY_US, HOW_UNCLEAR, 7, 0},
    {TEXT("response_time"), F_LATENCY_US, HOW_UNCLEAR, 8, 0},
    {TEXT("duration"), F_LATENCY_US, HOW_UNCLEAR, 9, 0},
    {TEXT("end_to_end_latency_s"), F_LATENCY_US, HOW_S, 10, 0},
    {TEXT("total_latency"), F_LATENCY_US, HOW_S003_MS, 11, SIGN_TTFT},
    {TEXT("latency_us"), F_LATENCY_US, HOW_US, 12, 0},
    {TEXT("latency_ns"), F_LATENCY_US, HOW_NS, 13, 0},
    {TEXT("duration_us"), F_LATENCY_US, HOW_US, 14, 0},
    {TEXT("duration_ns"), F_LATENCY_US, HOW_NS, 15, 0},
    {TEXT("response_time_s"), F_LATENCY_US, HOW_S, 16, 0},
    {TEXT("response_time_us"), F_LATENCY_US, HOW_US, 17, 0},
    {TEXT("response_time_ns"), F_LATENCY_US, HOW_NS, 18, 0},
    {TEXT("elapsed_s"), F_LATENCY_US, HOW_S, 19, 0},
    {TEXT("elapsed_us"), F_LATENCY_US, HOW_US, 20, 0},
    {TEXT("elapsed_ns"), F_LATENCY_US, HOW_NS, 21, 0},
    {TEXT("total_latency_s"), F_LATENCY_US, HOW_S, 22, 0},
    {TEXT("total_latency_us"), F_LATENCY_US, HOW_US, 23, 0},
    {TEXT("total_latency_ns"), F_LATENCY_US, HOW_NS, 24, 0},
    {TEXT("end_to_end_latency_ms"), F_LATENCY_US, HOW_MS, 25, 0},
    {TEXT("end_to_end_latency_us"), F_LATENCY_US, HOW_US, 26, 0},
    {TEXT("end_to_end_latency_ns"), F_LATENCY_US, HOW_NS, 27, 0},

    {TEXT("ttft_ms"), F_TIME_TO_FIRST_TOKEN_US, HOW_MS, 0, 0},
    {TEXT("time_to_first_token_ms"), F_TIME_TO_FIRST_TOKEN_US, HOW_MS, 1, 0},
    {TEXT("ttft"), F_TIME_TO_FIRST_TOKEN_US, HOW_MS, 2, SIGN_TTFT},
    {TEXT("first_token_ms"), F_TIME_TO_FIRST_TOKEN_US, HOW_MS, 3, 0},
    {TEXT("ttft_s"), F_TIME_TO_FIRST_TOKEN_US, HOW_S, 4, 0},
    {TEXT("ttft_us"), F_TIME_TO_FIRST_TOKEN_US, HOW_US, 5, 0},
    {TEXT("ttft_ns"), F_TIME_TO_FIRST_TOKEN_US, HOW_NS, 6, 0},
    {TEXT("time_to_first_token_s"), F_TIME_TO_FIRST_TOKEN_US, HOW_S, 7, 0},
    {TEXT("time_to_first_token_us"), F_TIME_TO_FIRST_TOKEN_US, HOW_US, 8, 0},
    {TEXT("time_to_first_token_ns"), F_TIME_TO_FIRST_TOKEN_US, HOW_NS, 9, 0},
    {TEXT("first_token_s"), F_TIME_TO_FIRST_TOKEN_US, HOW_S, 10, 0},
    {TEXT("first_token_us"), F_TIME_TO_FIRST_TOKEN_US, HOW_US, 11, 0},
    {TEXT("first_token_ns"), F_TIME_TO_FIRST_TOKEN_US, HOW_NS, 12, 0},

    {TEXT("tpot_ms"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_MS, 0, 0},
    {TEXT("inter_token_latency_s"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_S, 1, 0},
    {TEXT("tpot"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_S003_MS, 2, SIGN_TTFT},
    {TEXT("tpot_s"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_S, 3, 0},
    {TEXT("tpot_us"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_US, 4, 0},
    {TEXT("tpot_ns"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_NS, 5, 0},
    {TEXT("time_per_output_token_ms"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_MS, 6, 0},
    {TEXT("time_per_output_token_s"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_S, 7, 0},
    {TEXT("time_per_output_token_us"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_US, 8, 0},
    {TEXT("time_per_output_token_ns"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_NS, 9, 0},
    {TEXT("inter_token_latency_ms"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_MS, 10, 0},
    {TEXT("inter_token_latency_us"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_US, 11, 0},
    {TEXT("inter_token_latency_ns"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_NS, 12, 0},

    {TEXT("queue_ms"), F_QUEUE_US, HOW_MS, 0, 0},
    {TEXT("queue_time_ms"), F_QUEUE_US, HOW_MS, 1, 0},
    {TEXT("queue_s"), F_QUEUE_US, HOW_S, 2, 0},
    {TEXT("queue_us"), F_QUEUE_US, HOW_US, 3, 0},
    {TEXT("queue_ns"), F_QUEUE_US, HOW_NS, 4, 0},
    {TEXT("queue_time_s"), F_QUEUE_US, HOW_S, 5, 0},
    {TEXT("queue_time_us"), F_QUEUE_US, HOW_US, 6, 0},
    {TEXT("queue_time_ns"), F_QUEUE_US, HOW_NS, 7, 0},

    {TEXT("input_tokens"), F_INPUT_TOKENS, HOW_COUNT, 0, SIGN_INPUT_TOKENS},
    {TEXT("prompt_tokens"), F_INPUT_TOKENS, HOW_COUNT, 1, SIGN_PROMPT_TOKENS},
    {TEXT("tokens.input"), F_INPUT_TOKENS, HOW_COUNT, 2, 0},
    {TEXT("tokens_in"), F_INPUT_TOKENS, HOW_COUNT, 3, 0},
    {TEXT("usage.prompt_tokens"), F_INPUT_TOKENS, HOW_COUNT, 4, 0},
    {TEXT("usage.input_tokens"), F_INPUT_TOKENS, HOW_COUNT, 5, 0},
    {TEXT("inputTokens"), F_INPUT_TOKENS, HOW_COUNT, 6, 0},
    {TEXT("promptTokens"), F_INPUT_TOKENS, HOW_COUNT, 7, 0},
    {TEXT("prompt_token_count"), F_INPUT_TOKENS, HOW_COUNT, 8, 0},
    {TEXT("number_input_tokens"), F_INPUT_TOKENS, HOW_COUNT, 9, 0},
    {TEXT("gen_ai.usage.input_tokens"), F_INPUT_TOKENS, HOW_COUNT, 10, 0},
    {TEXT("usage.inputTokens"), F_INPUT_TOKENS, HOW_COUNT, 11, 0},

    {TEXT("output_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("completion_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 1, 0},
    {TEXT("tokens.output"), F_OUTPUT_TOKENS, HOW_COUNT, 2, 0},
    {TEXT("tokens_out"), F_OUTPUT_TOKENS, HOW_COUNT, 3, 0},
    {TEXT("usage.completion_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 4, 0},
    {TEXT("usage.output_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 5, 0},
    {TEXT("outputTokens"), F_OUTPUT_TOKENS, HOW_COUNT, 6, 0},
    {TEXT("completionTokens"), F_OUTPUT_TOKENS, HOW_COUNT, 7, 0},
    {TEXT("completion_token_count"), F_OUTPUT_TOKENS, HOW_COUNT, 8, 0},
    {TEXT("number_output_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 9, 0},
    {TEXT("gen_ai.usage.output_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 10, 0},
    {TEXT("usage.outputTokens"), F_OUTPUT_TOKENS, HOW_COUNT, 11, 0},

    {TEXT("cached_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("cache_read_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 1, 0},
    {TEXT("cache_read_input_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 2, 0},
    {TEXT("usage.prompt_tokens_details.cached_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 3, 0},
    {TEXT("cachedInputTokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 4, 0},
    {TEXT("usage.cache_read_input_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 5, 0},
    {TEXT("usage.input_tokens_details.cached_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 6, 0},

    {TEXT("cache_write_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("cache_creation_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 1, 0},
    {TEXT("cache_creation_input_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 2, 0},
    {TEXT("usage.cache_creation_input_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 3, 0},

    {TEXT("reasoning_tokens"), F_REASONING_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("usage.completion_tokens_details.reasoning_tokens"), F_REASONING_TOKENS, HOW_COUNT, 1, 0},
    {TEXT("usage.output_tokens_details.reasoning_tokens"), F_REASONING_TOKENS, HOW_COUNT, 2, 0},

    {TEXT("total_tokens"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 0, 0},
    {TEXT("tokens.total"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 1, 0},
    {TEXT("usage.total_tokens"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 2, 0},
    {TEXT("totalTokens"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 3, 0},
    {TEXT("total_token_count"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 4, 0},
    {TEXT("number_total_tokens"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 5, 0},

    {TEXT("cost_usd"), F_COST_GIVEN_NUSD, HOW_MONEY, 0, 0},
    {TEXT("cost"), F_COST_GIVEN_NUSD, HOW_MONEY, 1, 0},
    {TEXT("estimated_cost_usd"), F_COST_GIVEN_NUSD, HOW_MONEY, 2, 0},
    {TEXT("total_cost"), F_COST_GIVEN_NUSD, HOW_MONEY, 3, 0},
    {TEXT("spend"), F_COST_GIVEN_NUSD, HOW_MONEY, 4, SIGN_GATEWAY},
    {TEXT("response_cost"), F_COST_GIVEN_NUSD, HOW_MONEY, 5, SIGN_GATEWAY},
    {TEXT("costUSD"), F_COST_GIVEN_NUSD, HOW_MONEY, 6, 0},
    {TEXT("price"), F_COST_GIVEN_NUSD, HOW_MONEY, 7, 0},

    {TEXT("status"), F_STATUS, HOW_OTHER, 0, 0},

    {TEXT("http_status"), F_HTTP_STATUS, HOW_OTHER, 0, 0},
    {TEXT("status_code"), F_HTTP_STATUS, HOW_OTHER, 1, 0},

    {TEXT("input_hash"), F_INPUT_HASH, HOW_HASH, 0, SIGN_INPUT_HASH},

    {TEXT("output_hash"), F_OUTPUT_HASH, HOW_HASH, 0, 0},

    {TEXT("input_chars"), F_INPUT_CHARS, HOW_COUNT, 0, 0},
    {TEXT("input_length"), F_INPUT_CHARS, HOW_COUNT, 1, 0},

    {TEXT("output_chars"), F_OUTPUT_CHARS, HOW_COUNT, 0, 0},
    {TEXT("output_length"), F_OUTPUT_CHARS, HOW_COUNT, 1, 0},

    {TEXT("session_id"), T_SESSION, HOW_OTHER, 0, 0},
    {TEXT("conversation_id"), T_SESSION, HOW_OTHER, 1, 0},
    {TEXT("thread_id"), T_SESSION, HOW_OTHER, 2, 0},
    {TEXT("sessionId"), T_SESSION, HOW_OTHER, 3, SIGN_SESSION},

    {TEXT("request_id"), T_REQUEST_ID, HOW_OTHER, 0, SIGN_REQUEST_ID},
    {TEXT("requestId"), T_REQUEST_ID, HOW_OTHER, 1, 0},

    {TEXT("id"), T_ID, HOW_OTHER, 0, 0},

    {TEXT("trace_id"), T_TRACE_ID, HOW_OTHER, 0, 0},
    {TEXT("traceId"), T_TRACE_ID, HOW_OTHER, 1, 0},

    {TEXT("span_id"), T_SPAN_ID, HOW_OTHER, 0, 0},
    {TEXT("spanId"), T_SPAN_ID, HOW_OTHER, 1, 0},

    {TEXT("parent_span_id"), T_PARENT_ID, HOW_OTHER, 0, 0},
    {TEXT("parent_id"), T_PARENT_ID, HOW_OTHER, 1, 0},
    {TEXT("parentSpanId"), T_PARENT_ID, HOW_OTHER, 2, 0},

    {TEXT("end_time"), T_ENDED, HOW_OTHER, 0, 0},
    {TEXT("ended_at"), T_ENDED, HOW_OTHER, 1, 0},
    {TEXT("endTime"), T_ENDED, HOW_OTHER, 2, 0},

    {TEXT("tags"), T_TAGS, HOW_OTHER, 0, 0},

    {TEXT("route"), T_ROUTE, HOW_OTHER, 0, 0},

    {TEXT("error"), T_ERROR, HOW_OTHER, 0, SIGN_ERROR},
    {TEXT("error_message"), T_ERROR, HOW_OTHER, 1, 0},
    {TEXT("error_msg"), T_ERROR, HOW_OTHER, 2, 0},

    {TEXT("error_type"), T_ERROR_TYPE, HOW_OTHER, 0, 0},
    {TEXT("error.type"), T_ERROR_TYPE, HOW_OTHER, 1, 0},
    {TEXT("error_code"), T_ERROR_TYPE, HOW_OTHER, 2, 0},
    {TEXT("error_class"), T_ERROR_TYPE, HOW_OTHER, 3, 0},

    {TEXT("exception"), T_EXCEPTION, HOW_OTHER, 0, 0},
    {TEXT("exc_info"), T_EXCEPTION, HOW_OTHER, 1, 0},

    {TEXT("level"), T_LEVEL, HOW_OTHER, 0, SIGN_LEVEL},
    {TEXT("log_level"), T_LEVEL, HOW_OTHER, 1, SIGN_LEVEL},
    {TEXT("levelname"), T_LEVEL, HOW_OTHER, 2, 0},

    {TEXT("quality_score"), T_QUALITY, HOW_OTHER, 0, 0},
    {TEXT("score"), T_QUALITY, HOW_OTHER, 1, 0},
    {TEXT("eval_score"), T_QUALITY, HOW_OTHER, 2, 0},

    {TEXT("hallucination"), T_HALLUCINATION, HOW_OTHER, 0, 0},

    {TEXT("refusal"), T_REFUSAL, HOW_OTHER, 0, SIGN_CHECK},

    {TEXT("embedding"), T_EMBEDDING, HOW_OTHER, 0, 0},
    {TEXT("output_embedding"), T_EMBEDDING, HOW_OTHER, 1, 0},
    {TEXT("response_embedding"), T_EMBEDDING, HOW_OTHER, 2, 0},
    {TEXT("input_embedding"), T_EMBEDDING, HOW_OTHER, 3, 0},

    {TEXT("relevance"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("relevance_score"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("toxicity"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("toxicity_score"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("hallucination_score"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("format_compliance"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("format_valid"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("json_valid"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("schema_valid"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("refused"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("confidence"), T_SIGN, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("feedback"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("user_feedback"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("user_rating"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},
    {TEXT("thumbs"), T_IGNORED, HOW_OTHER, 0, SIGN_CHECK},

    {TEXT("guardrail_triggered"), T_GUARDRAIL, HOW_OTHER, 0, 0},
    {TEXT("stream"), T_STREAMING, HOW_OTHER, 0, 0},
    {TEXT("streaming"), T_STREAMING, HOW_OTHER, 1, 0},
    {TEXT("is_streaming"), T_STREAMING, HOW_OTHER, 2, 0},

    {TEXT("tool_name"), T_TOOL_NAME, HOW_OTHER, 0, SIGN_TOOL_NAME},

    {TEXT("llm"), T_NESTED, HOW_OTHER, 0, SIGN_NAMESPACE},
    {TEXT("app"), T_NESTED, HOW_OTHER, 0, 0},
    {TEXT("usage"), T_NESTED, HOW_OTHER, 0, SIGN_USAGE},
    {TEXT("tokens"), T_NESTED, HOW_OTHER, 0, SIGN_TOKENS},
    {TEXT("gen_ai"), T_NESTED, HOW_OTHER, 0, SIGN_NAMESPACE},
    {TEXT("gen_ai.usage"), T_NESTED, HOW_OTHER, 0, 0},
    {TEXT("gen_ai.request"), T_NESTED, HOW_OTHER, 0, 0},
    {TEXT("gen_ai.response"), T_NESTED, HOW_OTHER, 0, 0},
    {TEXT("gen_ai.provider"), T_NESTED, HOW_OTHER, 0, 0},
    {TEXT("gen_ai.operation"), T_NESTED, HOW_OTHER, 0, 0},
    {TEXT("usage.input_tokens_details"), T_NESTED, HOW_OTHER, 0, 0},
    {TEXT("usage.prompt_tokens_details"), T_NESTED, HOW_OTHER, 0, 0},
    {TEXT("usage.output_tokens_details"), T_NESTED, HOW_OTHER, 0, 0},
    {TEXT("usage.completion_tokens_details"), T_NESTED, HOW_OTHER, 0, 0},

    {TEXT("metadata"), T_INNER, HOW_OTHER, 0, 0},
    {TEXT("extra"), T_INNER, HOW_OTHER, 1, 0},

    {TEXT("msg"), T_IGNORED, HOW_OTHER, 0, SIGN_TEXT},
    {TEXT("log"), T_IGNORED, HOW_OTHER, 0, SIGN_TEXT},
    {TEXT("type"), T_IGNORED, HOW_OTHER, 0, SIGN_TYPE},
    {TEXT("uuid"), T_IGNORED, HOW_OTHER, 0, SIGN_UUID},
    {TEXT("event"), T_IGNORED, HOW_OTHER, 0, SIGN_EVENT},
    {TEXT("prompt"), T_IGNORED, HOW_OTHER, 0, 0},
    {TEXT("inputs"), T_IGNORED, HOW_OTHER, 0, SIGN_INPUTS},
    {TEXT("output"), T_IGNORED, HOW_OTHER, 0, SIGN_WRAPPED},
    {TEXT("logger"), T_IGNORED, HOW_OTHER, 0, 0},
    {TEXT("message"), T_IGNORED, HOW_OTHER, 0, SIGN_TEXT},
    {TEXT("payload"), T_IGNORED, HOW_OTHER, 0, SIGN_PAYLOAD},
    {TEXT("batches"), T_IGNORED, HOW_OTHER, 0, SIGN_BATCHES},
    {TEXT("to_node"), T_IGNORED, HOW_OTHER, 0, SIGN_TO_NODE},
    {TEXT("response"), T_IGNORED, HOW_OTHER, 0, SIGN_WRAPPED},
    {TEXT("messages"), T_IGNORED, HOW_OTHER, 0, 0},
    {TEXT("leafUuid"), T_IGNORED, HOW_OTHER, 0, SIGN_LEAF},
    {TEXT("snapshot"), T_IGNORED, HOW_OTHER, 0, SIGN_SNAPSHOT},
    {TEXT("messageId"), T_IGNORED, HOW_OTHER, 0, SIGN_MESSAGE_ID},
    {TEXT("from_node"), T_IGNORED, HOW_OTHER, 0, SIGN_FROM_NODE},
    {TEXT("parentUuid"), T_IGNORED, HOW_OTHER, 0, SIGN_PARENT_UUID},
    {TEXT("guardrails"), T_IGNORED, HOW_OTHER, 0, SIGN_GUARDRAILS},
    {TEXT("projectHash"), T_IGNORED, HOW_OTHER, 0, SIGN_PROJECT_HASH},
    {TEXT("resourceLogs"), T_IGNORED, HOW_OTHER, 0, SIGN_OTLP},
    {TEXT("resourceSpans"), T_IGNORED, HOW_OTHER, 0, SIGN_OTLP},
    {TEXT("variables_json"), T_IGNORED, HOW_OTHER, 0, SIGN_VARIABLES},
    {TEXT("resourceMetrics"), T_IGNORED, HOW_OTHER, 0, SIGN_OTLP},
    {TEXT("condition_result"), T_IGNORED, HOW_OTHER, 0, SIGN_CONDITION_RESULT},

    {TEXT("data"), T_SIGN, HOW_OTHER, 0, SIGN_DATA},
    {TEXT("post"), T_SIGN, HOW_OTHER, 0, SIGN_POST},
    {TEXT("patch"), T_SIGN, HOW_OTHER, 0, SIGN_POST},
    {TEXT("batch"), T_SIGN, HOW_OTHER, 0, SIGN_BATCH},
    {TEXT("trace"), T_SIGN, HOW_OTHER, 0, SIGN_TRACE},
    {TEXT("context"), T_SIGN, HOW_OTHER, 0, SIGN_CONTEXT},
    {TEXT("dataType"), T_SIGN, HOW_OTHER, 0, SIGN_DATA_TYPE},
    {TEXT("run_type"), T_SIGN, HOW_OTHER, 0, SIGN_RUN_TYPE},
    {TEXT("data_type"), T_SIGN, HOW_OTHER, 0, SIGN_DATA_TYPE},
    {TEXT("span_kind"), T_SIGN, HOW_OTHER, 0, SIGN_SPAN_KIND},
    {TEXT("observations"), T_SIGN, HOW_OTHER, 0, SIGN_OBSERVATIONS},
    {TEXT("usage_details"), T_SIGN, HOW_OTHER, 0, SIGN_USAGE_DETAILS},
    {TEXT("context.span_id"), T_SIGN, HOW_OTHER, 0, SIGN_CONTEXT_SPAN},
    {TEXT("$set"), T_SIGN, HOW_OTHER, 0, SIGN_SESSION_CHANGE},
    {TEXT("history"), T_SIGN, HOW_OTHER, 0, SIGN_TRAJECTORY},
    {TEXT("$rewindTo"), T_SIGN, HOW_OTHER, 0, SIGN_SESSION_CHANGE},
    {TEXT("trajectory"), T_SIGN, HOW_OTHER, 0, SIGN_TRAJECTORY},
    {TEXT("datetime_utc"), T_SIGN, HOW_OTHER, 0, SIGN_DATETIME_UTC},
    {TEXT("span_attributes"), T_SIGN, HOW_OTHER, 0, SIGN_SPAN_ATTRIBUTES},
    {TEXT("request_created_at"), T_SIGN, HOW_OTHER, 0, SIGN_REQUEST_CREATED},
    {TEXT("hrTime"), T_SIGN, HOW_OTHER, 0, SIGN_SDK},
    {TEXT("scopeMetrics"), T_SIGN, HOW_OTHER, 0, SIGN_SDK},
    {TEXT("_spanContext"), T_SIGN, HOW_OTHER, 0, SIGN_SDK},
    {TEXT("attributes"), T_SIGN, HOW_OTHER, 0, SIGN_ATTRIBUTES},
    {TEXT("target"), T_SIGN, HOW_OTHER, 0, SIGN_LOG_TARGET},
    {TEXT("createdAt"), T_SIGN, HOW_OTHER, 0, SIGN_CREATED_AT},
    {TEXT("loglines"), T_SIGN, HOW_OTHER, 0, SIGN_LOGLINES},

    {TEXT("sse"), T_SIGN, HOW_OTHER, 0, SIGN_ANSWER},
    {TEXT("body"), T_SIGN, HOW_OTHER, 0, SIGN_WRAPPED},
    {TEXT("done"), T_SIGN, HOW_OTHER, 0, SIGN_ANSWER},
    {TEXT("object"), T_SIGN, HOW_OTHER, 0, SIGN_ANSWER},
    {TEXT("result"), T_SIGN, HOW_OTHER, 0, SIGN_WRAPPED},
    {TEXT("custom_id"), T_SIGN, HOW_OTHER, 0, SIGN_CUSTOM_ID},
    {TEXT("completion"), T_SIGN, HOW_OTHER, 0, SIGN_WRAPPED},
    {TEXT("stopReason"), T_SIGN, HOW_OTHER, 0, SIGN_ANSWER},
    {TEXT("generations"), T_SIGN, HOW_OTHER, 0, SIGN_ANSWER},
    {TEXT("raw_response"), T_SIGN, HOW_OTHER, 0, SIGN_WRAPPED},
    {TEXT("generation_id"), T_SIGN, HOW_OTHER, 0, SIGN_ANSWER},
    {TEXT("response_json"), T_SIGN, HOW_OTHER, 0, SIGN_WRAPPED},
    {TEXT("usageMetadata"), T_SIGN, HOW_OTHER, 0, SIGN_ANSWER},
    {TEXT("inputTextTokenCount"), T_SIGN, HOW_OTHER, 0, SIGN_ANSWER},
    {TEXT("generation_token_count"), T_SIGN, HOW_OTHER, 0, SIGN_ANSWER},
    {TEXT("item_id"), T_SIGN, HOW_OTHER, 0, SIGN_CASE},
    {TEXT("case_id"), T_SIGN, HOW_OTHER, 0, SIGN_CASE},
    {TEXT("test_id"), T_SIGN, HOW_OTHER, 0, SIGN_CASE},
    {TEXT("sample_id"), T_SIGN, HOW_OTHER, 0, SIGN_CASE},
    {TEXT("test_case_id"), T_SIGN, HOW_OTHER, 0, SIGN_CASE},
    {TEXT("example_id"), T_SIGN, HOW_OTHER, 0, SIGN_CASE},
    {TEXT("instance_id"), T_SIGN, HOW_OTHER, 0, SIGN_CASE},
    {TEXT("question_id"), T_SIGN, HOW_OTHER, 0, SIGN_CASE},
    {TEXT("eval"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("spec"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("doc_id"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("evalId"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("n-shot"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("testIdx"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("event_id"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("testCase"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("testCases"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("test_cases"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("user_input"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("metricsData"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("final_report"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("metrics_data"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("test_results"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
    {TEXT("conversationalTestCases"), T_SIGN, HOW_OTHER, 0, SIGN_EVALUATION},
};
/* clang-format on */

static const uint16_t slots[KEY_SLOTS] = {
#include "format/alias_slots.inc"
};

const struct key_index alias_index = {keys, ARRAY_LEN(keys), slots};

const struct known_key *alias_find(struct sv name)
{
    return key_find(&alias_index, name);
}

/* A key with escapes is rare: decoded in a memory of its own. */
static const struct known_key *find_escaped(const struct json_doc *d, json_ref key)
{
    struct arena own = {0};
    const struct known_key *found = alias_find(json_text(d, key, &own));

    arena_release(&own);
    return found;
}

const struct known_key *alias_of(const struct json_doc *d, json_ref key)
{
    return d->tokens[key].escaped ? find_escaped(d, key) : alias_find(json_raw(d, key));
}

/*
 * What the i-th member of the lines read last meant: a log's lines have their members in one order,
 * and comparing a name with the one that was there costs a fraction of looking it up. A wrong guess
 * costs the comparison.
 */
#define GUESSES 64
#define GUESS_BYTES 23

const struct known_key *alias_of_member(const struct json_doc *d, json_ref key, unsigned i)
{
    static _Thread_local struct {
        const struct known_key *key; /* NULL: the name is not known */
        uint8_t length;              /* 0: free */
        char name[GUESS_BYTES];
    } guesses[GUESSES];
    struct sv name = json_raw(d, key);

    if (i >= GUESSES || !name.n || name.n > GUESS_BYTES || d->tokens[key].escaped)
        return alias_of(d, key);
    if (guesses[i].length != name.n || !same_bytes(guesses[i].name, name.p, name.n)) {
        guesses[i].key = alias_find(name);
        guesses[i].length = (uint8_t)name.n;
        memcpy(guesses[i].name, name.p, name.n);
    }
    return guesses[i].key;
}

#define MAX_DOTTED 64 /* bytes of a dotted name; the longest alias has fewer */

/* Notes the members of a known object, which are known by their dotted names. */
static void scan_namespace(const struct json_doc *d, json_ref object, struct sv prefix,
                           struct seen *out)
{
    char dotted[MAX_DOTTED];

    memcpy(dotted, prefix.p, prefix.n);
    dotted[prefix.n] = '.';
    for (struct member m = member_first(d, object); m.key != JSON_END;
         m = member_next(d, object, m)) {
        struct sv name = json_raw(d, m.key), full = {dotted, prefix.n + 1 + name.n};
        const struct known_key *k = NULL;

        if (!name.n || full.n > sizeof(dotted))
            continue;
        memcpy(dotted + prefix.n + 1, name.p, name.n);
        k = alias_find(full);
        if (k && k->target == T_NESTED)
            scan_namespace(d, m.value, k->name, out);
        else if (k && k->target < T_COUNT)
            out->targets |= target_bit(k->target);
    }
}

void seen_scan(const struct json_doc *d, struct seen *out)
{
    unsigned i = 0;

    out->signs = out->targets = 0;
    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m)) {
        const struct known_key *k = alias_of_member(d, m.key, i);

        if (i < SEEN_MEMBERS)
            out->keys[i] = k;
        i++;
        if (k)
            seen_note(out, k, m.value);
    }
    if (!seen_any(out, SIGN_BIT(SIGN_NAMESPACE)))
        return;
    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m)) {
        const struct known_key *k = alias_of(d, m.key);

        if (k && k->sign == SIGN_NAMESPACE)
            scan_namespace(d, m.value, k->name, out);
    }
}

static bool any_target(const struct seen *s, uint64_t mask)
{
    return (s->targets & mask) != 0;
}

#define TARGET(t) (UINT64_C(1) << (t))

bool seen_model(const struct seen *s)
{
    return any_target(s, TARGET(F_REQUEST_MODEL));
}

bool seen_tokens(const struct seen *s)
{
    return any_target(s, TARGET(F_INPUT_TOKENS) | TARGET(F_OUTPUT_TOKENS) |
                             TARGET(F_TOTAL_TOKENS_GIVEN)) ||
           (s->signs & (SIGN_BIT(SIGN_TOKENS) | SIGN_BIT(SIGN_USAGE)));
}

bool seen_call(const struct seen *s)
{
    if (seen_model(s))
        return seen_tokens(s) ||
               any_target(s, TARGET(F_LATENCY_US) | TARGET(F_TIME_TO_FIRST_TOKEN_US) |
                                 TARGET(F_COST_GIVEN_NUSD) | TARGET(F_STATUS) |
                                 TARGET(F_HTTP_STATUS) | TARGET(T_ERROR) | TARGET(T_ERROR_TYPE));
    return any_target(s, TARGET(F_INPUT_TOKENS)) && any_target(s, TARGET(F_OUTPUT_TOKENS));
}
