#include <criterion/criterion.h>

#include "base/error.h"
#include "record/privacy.h"

/* Judged by hand: would a reader of the database learn what somebody wrote or may not know? */
static const struct {
    const char *key;
    bool content;
} keys[] = {
    {"prompt", true},
    {"Prompt", true},
    {"system_prompt", true},
    {"systemPrompt", true},
    {"prompt_preview", true},
    {"response_preview", true},
    {"promptText", true},
    {"user-input", true},
    {"messages", true},
    {"gen_ai.prompt.0.content", true},
    {"gen_ai.prompt.0.role", true},
    {"gen_ai.completion.0.tool_calls.0.name", true},
    {"gen_ai.input.messages", true},
    {"gen_ai.system_instructions", true},
    {"gen_ai.tool.call.arguments", true},
    {"gen_ai.tool.call.result", true},
    {"gen_ai.evaluation.explanation", true},
    {"gcp.vertex.agent.llm_request", true},
    {"gcp.vertex.agent.llm_response", true},
    {"gcp.vertex.agent.tool_call_args", true},
    {"llm.headers", true},
    {"llm.request.functions.0.name", true},
    {"llm.prompt_template.variables", true},
    {"llm.invocation_parameters", true},
    {"input.value", true},
    {"output.value", true},
    {"traceloop.entity.input", true},
    {"chat_messages.0.role", true},
    {"chunks.0", true},
    {"exception.message", true},
    {"error_message", true},
    {"errorMessage", true},
    {"last_error", true},
    {"reason", true},
    {"variables_json", true},
    {"api_key", true},
    {"openai_api_key_id", true},
    {"Authorization", true},
    {"access_token", true},
    {"http.request.header.cookie", true},
    {"signed_body_url", true},
    {"http.url", true},
    {"db.statement", true},
    {"context", true},
    {"", true},
    {".", true},
    {"a.", true},
    {"7", false},
    {"prompt_tokens", false},
    {"prompt.tokens", false},
    {"prompt.tokens.0", true},
    {"prompt.text", true},
    {"tokens.input", false},
    {"tokens.history", false},
    {"system.tokens", false},
    {"retrieval_docs", false},
    {"retrieved_docs", true},
    {"tokens.inputs", true},
    {"promptTokens", false},
    {"prompt_id", false},
    {"prompt_version", false},
    {"prompt_template_hash", false},
    {"message_id", false},
    {"message_count", false},
    {"response_time", false},
    {"content_length", false},
    {"completion_chars", false},
    {"error_code", false},
    {"org", false},
    {"region", false},
    {"temperature", false},
    {"gen_ai.request.model", false},
    {"http.response.status_code", false},
    {"gen_ai.agent.name", false},
    {"total_tokens", false},
    {"retry", false},
    {"finish_type", false},
};

Test(privacy, keys)
{
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        cr_expect(privacy_is_content(sv_from(keys[i].key)) == keys[i].content, "%s", keys[i].key);
}

Test(privacy, a_key_too_long_to_judge_is_content)
{
    char key[300];

    memset(key, 'x', sizeof(key));
    cr_expect(!privacy_is_content((struct sv){key, 100}));
    cr_expect(privacy_is_content((struct sv){key, 200}));
}

Test(privacy, ids)
{
    struct arena a = {0};
    char text[201];
    struct sv got;

    memset(text, 'a', sizeof(text));
    got = privacy_id((struct sv){text, 200}, &a);
    cr_expect(got.p == text && got.n == 200, "200 bytes are kept");
    got = privacy_id((struct sv){text, 201}, &a);
    /* printf 'a%.0s' {1..201} | sha256sum */
    cr_expect(sv_is(got, "sha256:"
                         "a92efd82109373e58f9a2056dee01e807e216ce6075f7051207c0a9f7d666e50"),
              "longer ones become a hash");
    got = privacy_id(SV("a\033[31m"), &a);
    cr_expect(sv_starts(got, "sha256:") && got.n == 71, "an escape byte");
    got = privacy_id((struct sv){"a\0b", 3}, &a);
    cr_expect(sv_starts(got, "sha256:"), "a NUL");
    got = privacy_id(SV("a\xc2\x9b"), &a);
    cr_expect(sv_starts(got, "sha256:"), "a C1 control");
    got = privacy_id(SV("Zo\xc3\xab"), &a);
    cr_expect(sv_is(got, "Zo\xc3\xab"), "a letter is no control");
    got = privacy_id(SV(""), &a);
    cr_expect(got.p != NULL && got.n == 0, "empty stays present");
    arena_release(&a);
}

static const struct {
    const char *message, *kind;
} messages[] = {
    {"Request timed out after 30 s", "timeout"},
    {"timeout", "timeout"},
    {"ReadTimeoutError", "timeout"},
    {"Rate limit reached for gpt-4", "rate_limit"},
    {"RateLimitError", "rate_limit"},
    {"Error code: 429 - slow down", "rate_limit"},
    {"used 14290 of them", "other"},
    {"This model's maximum context length is 8192 tokens", "context_length"},
    {"The response was filtered by content policy", "content_filter"},
    {"Incorrect API key provided", "auth"},
    {"Connection reset by peer", "connection"},
    {"Internal Server Error", "server_error"},
    {"HTTP 503", "server_error"},
    {"Overloaded", "overloaded"},
    {"Bad Request: no model", "invalid_request"},
    {"operation was canceled", "cancelled"},
    {"boom", "other"},
    {"", "other"},
};

Test(privacy, error_kinds)
{
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        struct sv kind = privacy_error_kind(sv_from(messages[i].message));

        cr_expect(sv_is(kind, messages[i].kind), "%s: %.*s", messages[i].message, SV_FMT(kind));
    }
}

Test(privacy, error_types)
{
    char text[81];

    memset(text, 'E', sizeof(text));
    cr_expect(privacy_is_error_type(SV("openai.RateLimitError")));
    cr_expect(privacy_is_error_type(SV("429")));
    cr_expect(privacy_is_error_type((struct sv){text, 80}));
    cr_expect(!privacy_is_error_type((struct sv){text, 81}));
    cr_expect(!privacy_is_error_type(SV("no such file")));
    cr_expect(!privacy_is_error_type(SV("")));
    cr_expect(!privacy_is_error_type((struct sv){"a\0b", 3}));
    cr_expect(!privacy_is_error_type(SV("Fehler\xc3\xbc")));
}
