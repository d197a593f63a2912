/* fields: the one table of what a call has; names, columns, units and meanings. */
#include "record/record.h"

#include "base/banned.h"

/* clang-format off */
const struct field call_fields[F_COUNT] = {
    [F_REQUEST_MODEL]     = {"request_model",     "request_model_id",     "", "gen_ai.request.model",   "the model that was asked for; groups"},
    [F_RESPONSE_MODEL]    = {"response_model",    "response_model_id",    "", "gen_ai.response.model",  "the model that answered; prices"},
    [F_PROVIDER]          = {"provider",          "provider_id",          "", "gen_ai.provider.name",   "who serves the model"},
    [F_OPERATION]         = {"operation",         "operation_id",         "", "gen_ai.operation.name",  "chat, text_completion, embeddings ..."},
    [F_FEATURE]           = {"feature",           "feature_id",           "", NULL,                     "the product's feature, or its route"},
    [F_USER]              = {"user",              "user_id",              "", "user.id",                "who the call was made for"},
    [F_ENVIRONMENT]       = {"environment",       "environment_id",       "", "deployment.environment.name", "production, staging ..."},
    [F_SERVICE]           = {"service",           "service_id",           "", "service.name",           "the program that made the call"},
    [F_TEAM]              = {"team",              "team_id",              "", NULL,                     "who pays"},
    [F_PROJECT]           = {"project",           "project_id",           "", NULL,                     "project; of agents their working directory's last part"},
    [F_AGENT]             = {"agent",             "agent_id",             "", "gen_ai.agent.name",      "agent or subagent"},
    [F_TENANT]            = {"tenant",            "tenant_id",            "", NULL,                     "customer organisation"},
    [F_PROMPT]            = {"prompt",            "prompt_id",            "", "gen_ai.prompt.name",     "name of the managed prompt"},
    [F_PROMPT_VERSION]    = {"prompt_version",    "prompt_version_id",    "", "gen_ai.prompt.version",  "version of the managed prompt"},
    [F_TEMPLATE]          = {"template",          "template_id",          "", NULL,                     "hash of the prompt template"},
    [F_ERROR_KIND]        = {"error_kind",        "error_kind_id",        "", "error.type",             "error type, or the kind its text was reduced to"},
    [F_FINISH_REASON]     = {"finish_reason",     "finish_reason_id",     "", NULL,                     "stop, length, tool_calls, content_filter, refusal, error, other"},
    [F_FINISH_REASON_RAW] = {"finish_reason_raw", "finish_reason_raw_id", "", "gen_ai.response.finish_reasons", "the finish reason as the log says it"},
    [F_TIER]              = {"tier",              "tier_id",              "", "openai.response.service_tier", "service tier"},
    [F_SOURCE_FORMAT]     = {"source",            "source_format_id",     "", NULL,                     "log format that the call was read from"},

    [F_STARTED_US]               = {"started_us",               "started_us",               "us",     NULL,                                 "start, microseconds since 1970 UTC"},
    [F_LATENCY_US]               = {"latency_us",               "latency_us",               "us",     "gen_ai.client.operation.duration",   "from request to last token"},
    [F_TIME_TO_FIRST_TOKEN_US]   = {"time_to_first_token_us",   "time_to_first_token_us",   "us",     "gen_ai.response.time_to_first_chunk", "from request to first token"},
    [F_TIME_PER_OUTPUT_TOKEN_US] = {"time_per_output_token_us", "time_per_output_token_us", "us",     "gen_ai.server.time_per_output_token", "between tokens after the first"},
    [F_QUEUE_US]                 = {"queue_us",                 "queue_us",                 "us",     "gen_ai.latency.time_in_queue",       "waiting before the model began"},
    [F_INPUT_TOKENS]             = {"input_tokens",             "input_tokens",             "tokens", "gen_ai.usage.input_tokens",          "all input tokens, cached ones included"},
    [F_OUTPUT_TOKENS]            = {"output_tokens",            "output_tokens",            "tokens", "gen_ai.usage.output_tokens",         "all output tokens, reasoning included"},
    [F_CACHE_READ_TOKENS]        = {"cache_read_tokens",        "cache_read_tokens",        "tokens", "gen_ai.usage.cache_read.input_tokens", "of the input: read from the provider's cache"},
    [F_CACHE_WRITE_TOKENS]       = {"cache_write_tokens",       "cache_write_tokens",       "tokens", "gen_ai.usage.cache_creation.input_tokens", "of the input: written to the provider's cache"},
    [F_CACHE_WRITE_5M_TOKENS]    = {"cache_write_5m_tokens",    "cache_write_5m_tokens",    "tokens", NULL,                                 "of the cache writes: kept for 5 minutes"},
    [F_CACHE_WRITE_1H_TOKENS]    = {"cache_write_1h_tokens",    "cache_write_1h_tokens",    "tokens", NULL,                                 "of the cache writes: kept for an hour"},
    [F_REASONING_TOKENS]         = {"reasoning_tokens",         "reasoning_tokens",         "tokens", "gen_ai.usage.reasoning.output_tokens", "of the output: reasoning"},
    [F_AUDIO_INPUT_TOKENS]       = {"audio_input_tokens",       "audio_input_tokens",       "tokens", NULL,                                 "of the input: audio"},
    [F_AUDIO_OUTPUT_TOKENS]      = {"audio_output_tokens",      "audio_output_tokens",      "tokens", NULL,                                 "of the output: audio"},
    [F_TOTAL_TOKENS_GIVEN]       = {"total_tokens_given",       "total_tokens_given",       "tokens", NULL,                                 "the total, where the log gives nothing else"},
    [F_COST_GIVEN_NUSD]          = {"cost_given_nusd",          "cost_given_nusd",          "nusd",   NULL,                                 "cost as the log says it, nano-dollars"},
    [F_STATUS]                   = {"status",                   "status",                   "",       NULL,                                 "0 ok, 1 error, 2 cancelled, 3 unknown"},
    [F_HTTP_STATUS]              = {"http_status",              "http_status",              "",       "http.response.status_code",          "HTTP status of the response"},
    [F_FLAGS]                    = {"flags",                    "flags",                    "",       NULL,                                 "streaming, batch, from cache, aggregate, sidechain, no zone, guardrail, what was logged and found of safety"},
    [F_INPUT_HASH]               = {"input_hash",               "input_hash",               "",       NULL,                                 "first 64 bits of the input text's SHA-256"},
    [F_OUTPUT_HASH]              = {"output_hash",              "output_hash",              "",       NULL,                                 "first 64 bits of the output text's SHA-256"},
    [F_ERROR_HASH]               = {"error_hash",               "error_hash",               "",       NULL,                                 "first 64 bits of the error text's SHA-256"},
    [F_INPUT_CHARS]              = {"input_chars",              "input_chars",              "chars",  NULL,                                 "characters of input text"},
    [F_OUTPUT_CHARS]             = {"output_chars",             "output_chars",             "chars",  NULL,                                 "characters of output text"},
};
/* clang-format on */

const enum call_field span_context_fields[CONTEXT_DIMS] = {
    [CONTEXT_FEATURE] = F_FEATURE, [CONTEXT_USER] = F_USER,   [CONTEXT_TEAM] = F_TEAM,
    [CONTEXT_PROJECT] = F_PROJECT, [CONTEXT_AGENT] = F_AGENT, [CONTEXT_TENANT] = F_TENANT,
};

struct sv call_status_name(int64_t status)
{
    static const char *const names[STATUS_COUNT] = {"ok", "error", "cancelled", "unknown"};

    return status >= 0 && status < STATUS_COUNT ? sv_from(names[status]) : SV_NONE;
}
