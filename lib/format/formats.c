/* formats: the table of all log formats, in the order in which they are tried. */
#include "format/aliases.h"
#include "format/readers.h"

#include "base/banned.h"

const struct format *const formats[] = {
    &format_otlp,          &format_jaeger,          &format_claude_code,
    &format_codex,         &format_codex_exec,     &format_pi,
    &format_gemini_cli,    &format_gemini_telemetry,
    &format_litellm,       &format_litellm_spend,
    &format_langfuse,      &format_langsmith,      &format_braintrust,
    &format_helicone,      &format_phoenix,
    &format_anthropic_batch, &format_openai_batch,
    &format_promptfoo,     &format_inspect,         &format_openai_evals,
    &format_lm_eval,       &format_deepeval,        &format_ragas,
    &format_case_scores,
    &format_swe_agent,     &format_prompt_analytics,
    &format_branch_decisions, &format_tool_calls,   &format_privacy_log,
    &format_structlog,     &format_llm_call_log,    &format_interaction_log,
    &format_llm_logs,      &format_tgi,
    &format_openai,        &format_anthropic,       &format_gemini,
    &format_bedrock,       &format_cohere,          &format_ollama,
    &format_sse,           &format_wrapped_body,
    &format_generic,       &format_scores,          &format_envelope,        NULL,
};

const struct format *format_find(const char *name)
{
    for (size_t i = 0; formats[i]; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const struct format *format_detect_seen(const struct json_doc *doc, struct seen *seen)
{
    if (json_type(doc, 0) != JSON_OBJECT)
        return NULL;
    seen_scan(doc, seen);
    for (size_t i = 0; formats[i]; i++)
        if (formats[i]->claims(doc, seen))
            return formats[i];
    return NULL;
}

/* One pass over the keys answers for every row, so that there is nothing to gain from `last`. */
const struct format *format_detect(const struct json_doc *doc, const struct format *last)
{
    struct seen seen;

    (void)last;
    return format_detect_seen(doc, &seen);
}
