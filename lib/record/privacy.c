/* privacy: which text of a log may be stored, and what stands in for the rest. */
#include "record/privacy.h"

#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

#include "base/banned.h"

/*
 * A key is judged in its plain form: lower case, words joined by '_', so that promptText,
 * prompt-text and Prompt Text are one. Keys that do not fit are content: no field we want has such
 * a name.
 */
#define PLAIN_MAX 128

/* A word with its length: these lists are searched for every member that no field takes. */
#define WORD(literal) {(literal), sizeof(literal) - 1}

/* Whole last components that hold content. */
static const struct sv content_words[] = {
    WORD("code"), WORD("data"), WORD("args"), WORD("body"), WORD("text"), WORD("full"), WORD("sql"),
    WORD("msg"), WORD("raw"), WORD("url"), WORD("auth"), WORD("value"), WORD("input"),
    WORD("query"), WORD("error"), WORD("chunk"), WORD("title"), WORD("token"), WORD("reason"),
    WORD("target"), WORD("system"), WORD("output"), WORD("inputs"), WORD("answer"), WORD("kwargs"),
    WORD("params"), WORD("stdout"), WORD("stderr"), WORD("result"), WORD("chunks"), WORD("header"),
    WORD("vector"), WORD("thought"), WORD("request"), WORD("outputs"), WORD("results"),
    WORD("choices"), WORD("summary"), WORD("history"), WORD("context"), WORD("headers"),
    WORD("comment"), WORD("payload"), WORD("excerpt"), WORD("feedback"), WORD("question"),
    WORD("thinking"), WORD("thoughts"), WORD("document"), WORD("template"), WORD("variables"),
    WORD("reasoning"), WORD("exception"), WORD("documents"), WORD("functions"), WORD("statement"),
    WORD("arguments"), WORD("embedding"), WORD("parameters"), WORD("embeddings"),
    WORD("description"), WORD("stack_trace"),
    WORD("reply"), WORD("said"), WORD("speech"), WORD("greeting"), WORD("generation"),
    WORD("generated"), WORD("prediction"), WORD("predicted"), WORD("hypothesis"),
    WORD("assistant"), WORD("story"), WORD("abstract"), WORD("caption"), WORD("user_msg"),
    WORD("last_user_turn"), WORD("turn"), WORD("turns"), WORD("conversation"), WORD("dialog"),
    WORD("dialogue"), WORD("search"), WORD("keywords"), WORD("goal"), WORD("err"),
    WORD("failure"), WORD("cause"), WORD("why"), WORD("stack"), WORD("debug"), WORD("logs"),
    WORD("info"), WORD("detail"), WORD("details"), WORD("tool_calls"), WORD("function_call"),
    WORD("function"), WORD("observation"), WORD("command"), WORD("cmd"), WORD("arg"),
    WORD("values"), WORD("vars"), WORD("return"), WORD("patch"), WORD("diff"), WORD("docs"),
    WORD("doc"), WORD("passages"), WORD("passage"), WORD("evidence"), WORD("retrieved"),
    WORD("references"), WORD("reference"), WORD("citation"), WORD("citations"), WORD("sources"),
    WORD("expected"), WORD("gold"), WORD("ground_truth"), WORD("note"), WORD("notes"),
    WORD("memo"), WORD("remark"), WORD("remarks"), WORD("review"), WORD("user_feedback"),
    WORD("comments"), WORD("email"), WORD("phone"), WORD("address"), WORD("subject"),
    WORD("command_line"), WORD("full_name"), WORD("goals"), WORD("events"), WORD("cmdline"),
};

/* Whole components that make everything below them content. */
static const struct sv content_containers[] = {
    WORD("prompt"), WORD("prompts"), WORD("message"), WORD("messages"), WORD("input"),
    WORD("inputs"), WORD("output"), WORD("outputs"), WORD("content"), WORD("contents"),
    WORD("completion"), WORD("completions"), WORD("input_messages"), WORD("output_messages"),
    WORD("arguments"), WORD("args"), WORD("functions"), WORD("variables"), WORD("context"),
    WORD("header"), WORD("headers"), WORD("documents"), WORD("embeddings"), WORD("choices"),
    WORD("request_body"), WORD("response_body"), WORD("exception"), WORD("prompt_template"),
};

/* The same for the last words of such components: chat_messages.0.role. */
static const struct sv container_tails[] = {
    WORD("message"), WORD("messages"), WORD("input"), WORD("inputs"), WORD("output"),
    WORD("outputs"), WORD("args"), WORD("prompt"), WORD("prompts"), WORD("result"),
    WORD("arguments"), WORD("content"), WORD("headers"), WORD("context"),
};

/* Last words that say "about it", not "it": prompt_tokens, message_id, response_time_ms. */
static const struct sv harmless_tails[] = {
    WORD("tokens"), WORD("count"), WORD("id"), WORD("ids"), WORD("hash"), WORD("version"),
    WORD("name"), WORD("length"), WORD("len"), WORD("chars"), WORD("type"), WORD("role"),
    WORD("ms"), WORD("us"), WORD("ns"), WORD("s"), WORD("time"), WORD("seconds"), WORD("at"),
    WORD("code"), WORD("status"), WORD("size"), WORD("bytes"), WORD("rate"), WORD("score"),
    WORD("model"), WORD("index"), WORD("cost"), WORD("usd"), WORD("format"), WORD("window"),
};

/* Last words, behind others, that say "the thing itself": user_input, last_error. */
static const struct sv content_tails[] = {
    WORD("text"), WORD("input"), WORD("output"), WORD("inputs"), WORD("outputs"), WORD("args"),
    WORD("result"), WORD("results"), WORD("context"), WORD("body"), WORD("error"), WORD("reason"),
    WORD("comment"), WORD("json"), WORD("request"), WORD("query"), WORD("answer"), WORD("header"),
    WORD("headers"), WORD("token"), WORD("raw"), WORD("question"), WORD("url"), WORD("parameters"),
    WORD("params"), WORD("data"), WORD("variables"), WORD("summary"), WORD("history"),
    WORD("reply"), WORD("turn"), WORD("turns"), WORD("conversation"), WORD("err"),
    WORD("details"), WORD("detail"), WORD("command"), WORD("cmd"), WORD("arg"), WORD("vars"),
    WORD("docs"), WORD("passages"), WORD("note"), WORD("notes"), WORD("memo"), WORD("remark"),
    WORD("review"), WORD("comments"), WORD("email"), WORD("phone"), WORD("address"),
    WORD("subject"), WORD("evidence"),
};

/* Found anywhere in a key they make it content, unless its ending is harmless. */
static const struct sv content_fragments[] = {
    WORD("prompt"), WORD("preview"), WORD("message"), WORD("content"), WORD("completion"),
    WORD("response"), WORD("arguments"), WORD("traceback"), WORD("stacktrace"), WORD("explanation"),
    WORD("rationale"), WORD("instruction"), WORD("transcript"), WORD("description"),
    WORD("snippet"), WORD("utterance"), WORD("document"), WORD("question"),
};

/* Credentials stay out whatever the ending. */
static const struct sv credentials[] = {
    WORD("password"), WORD("passwd"), WORD("secret"), WORD("api_key"), WORD("apikey"),
    WORD("authorization"), WORD("cookie"), WORD("credential"), WORD("bearer"), WORD("private_key"),
    WORD("access_key"), WORD("signed_"),
};

/* Whole keys whose words read like content and which count it: the steps of a chain traced by hand
 * are measured with them. */
static const struct sv counting_keys[] = {
    WORD("prompt.tokens"), WORD("context.tokens"), WORD("history.tokens"), WORD("system.tokens"),
    WORD("tokens.input"),  WORD("tokens.output"),  WORD("tokens.history"), WORD("tokens.system"),
    WORD("retrieval_docs"),
};

static bool one_of(struct sv s, const struct sv *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (words[i].n == s.n && words[i].p[0] == s.p[0] && sv_eq(words[i], s))
            return true;
    return false;
}

/* The last word of several; empty when there is but one. */
static struct sv tail_of(struct sv s)
{
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == '_')
            return (struct sv){s.p + i, s.n - i};
    return SV_NONE;
}

static bool holds_one(struct sv s, const struct sv *fragments, size_t n)
{
    uint32_t letters = 0; /* of s: a fragment whose first letters are not in it is not either */

    for (size_t i = 0; i < s.n; i++)
        letters |= UINT32_C(1) << (s.p[i] & 31);
    for (size_t i = 0; i < n; i++) {
        uint32_t needed = UINT32_C(1) << (fragments[i].p[0] & 31) |
                          UINT32_C(1) << (fragments[i].p[1] & 31) |
                          UINT32_C(1) << (fragments[i].p[2] & 31);

        if ((letters & needed) == needed && sv_find(s, fragments[i]) >= 0)
            return true;
    }
    return false;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The key in plain form into out; 0 when it does not fit or is empty. */
static size_t plain_key(struct sv key, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];

        if (n + 2 > PLAIN_MAX)
            return 0;
        if (is_upper(c)) {
            if (i && !is_upper(key.p[i - 1]) && n && out[n - 1] != '_' && out[n - 1] != '.')
                out[n++] = '_';
            out[n++] = (char)(c - 'A' + 'a');
        } else {
            out[n++] = c == '-' || c == ' ' ? '_' : c;
        }
    }
    return n;
}

static bool word_is_content(struct sv word)
{
    struct sv tail = tail_of(word);

    if (!word.n || holds_one(word, credentials, ARRAY_LEN(credentials)))
        return true;
    if (tail.n && one_of(tail, harmless_tails, ARRAY_LEN(harmless_tails)))
        return false;
    return (tail.n && one_of(tail, content_tails, ARRAY_LEN(content_tails))) ||
           sv_ends(word, "text") ||
           one_of(word, content_words, ARRAY_LEN(content_words)) ||
           holds_one(word, content_fragments, ARRAY_LEN(content_fragments));
}

static bool contains_content(struct sv component)
{
    struct sv tail = tail_of(component);

    return (component.n &&
            one_of(component, content_containers, ARRAY_LEN(content_containers))) ||
           (tail.n && one_of(tail, container_tails, ARRAY_LEN(container_tails)));
}

/* Without list indexes at the end: what is said of chunks holds for chunks.0 too. */
static size_t without_index(const char *path, size_t n)
{
    size_t end = n;

    while (end && path[end - 1] >= '0' && path[end - 1] <= '9')
        end--;
    return end > 1 && end < n && path[end - 1] == '.' ? without_index(path, end - 1) : n;
}

static bool judge(struct sv key)
{
    char plain[PLAIN_MAX];
    size_t n = plain_key(key, plain), from = 0;

    if (one_of((struct sv){plain, n}, counting_keys, ARRAY_LEN(counting_keys)))
        return false;
    n = without_index(plain, n);
    for (size_t i = 0; i < n; i++) {
        if (plain[i] != '.')
            continue;
        if (contains_content((struct sv){plain + from, i - from}))
            return true;
        from = i + 1;
    }
    return word_is_content((struct sv){plain + from, n - from});
}

/* A log has few keys, each in every line, and the lists are long: the answer for a key is kept
 * until another one takes its place. */
#define MEMO_KEYS 256
#define MEMO_KEY_BYTES 60

bool privacy_is_content(struct sv key)
{
    static _Thread_local struct {
        uint8_t length; /* 0: free */
        bool is_content;
        char key[MEMO_KEY_BYTES];
    } memo[MEMO_KEYS];
    size_t slot = hash64(key.p, key.n, 0) % MEMO_KEYS;

    if (!key.n || key.n > MEMO_KEY_BYTES)
        return judge(key);
    if (memo[slot].length != key.n || memcmp(memo[slot].key, key.p, key.n) != 0) {
        memo[slot].is_content = judge(key);
        memo[slot].length = (uint8_t)key.n;
        memcpy(memo[slot].key, key.p, key.n);
    }
    return memo[slot].is_content;
}

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* True when none of eight bytes is a control byte or not ASCII. */
static bool is_plain_word(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    if (v & EACH_BYTE(0x80))
        return false;
    /* below 0x20 borrows from the high bit; 0x7f + 1 carries into it */
    return !(((v - EACH_BYTE(0x20)) | (v + EACH_BYTE(1))) & EACH_BYTE(0x80));
}

/* C0, DEL, and C1 in its UTF-8 form: a terminal obeys them all. */
static bool has_control(struct sv text)
{
    size_t i = 0;

    while (i + 8 <= text.n && is_plain_word(text.p + i))
        i += 8;
    if (text.n >= 8 && i + 8 > text.n && is_plain_word(text.p + text.n - 8))
        return false; /* the last word overlaps what was looked at */
    for (; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c < 0x20 || c == 0x7f)
            return true;
        if (c == 0xc2 && i + 1 < text.n && (unsigned char)text.p[i + 1] < 0xa0)
            return true;
    }
    return false;
}

struct sv privacy_id(struct sv text, struct arena *a)
{
    static const char prefix[] = "sha256:";
    enum { PREFIX = sizeof(prefix) - 1, HEX = 64 };
    unsigned char digest[32];
    char *out = NULL;

    if (text.n <= PRIVACY_MAX_TEXT && !has_control(text))
        return text;
    out = arena_alloc(a, PREFIX + HEX + 1);
    if (!out)
        return SV_NONE;
    sha256_of(text.p, text.n, digest);
    memcpy(out, prefix, PREFIX);
    hex_encode(digest, sizeof(digest), out + PREFIX);
    return (struct sv){out, PREFIX + HEX};
}

/* First row that fits decides, so the special kinds stand before the general ones. */
static const struct {
    const char *kind;
    const char *fragments[12]; /* NULL behind the last */
} error_kinds[] = {
    {"timeout", {"timeout", "timed out", "timed_out", "deadline"}},
    {"rate_limit", {"rate limit", "rate_limit", "rate-limit", "ratelimit", "too many requests",
                    "too_many_requests", "quota", "429", "throttl"}},
    {"context_length", {"context length", "context_length", "contextlength", "context window",
                        "maximum context", "too many tokens", "prompt is too long", "token limit",
                        "max_tokens"}},
    {"content_filter", {"content filter", "content_filter", "contentfilter", "content policy",
                        "content_policy", "contentpolicy", "safety", "moderation", "guardrail"}},
    {"auth", {"unauthorized", "authentication", "unauthenticated", "api key", "api_key",
              "permission", "forbidden", "credential", "401", "403"}},
    {"overloaded", {"overloaded", "at capacity", "529"}},
    {"cancelled", {"cancel", "abort"}},
    {"connection", {"connection", "connect", "network", "socket", "dns", "unreachable",
                    "econn", "broken pipe"}},
    {"server_error", {"server error", "server_error", "servererror", "bad gateway", "unavailable",
                      "500", "502", "503", "504"}},
    {"invalid_request", {"invalid", "bad request", "bad_request", "badrequest", "validation",
                         "not found", "not_found", "unsupported", "400", "404"}},
};

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

/* Does text hold the fragment? Status codes count only when they stand alone: not 14290. */
static bool mentions(struct sv text, const char *fragment)
{
    struct sv needle = sv_from(fragment);
    bool code = fragment[0] >= '0' && fragment[0] <= '9';

    while (text.n) {
        ptrdiff_t at = sv_find(text, needle);
        size_t end = 0;

        if (at < 0)
            return false;
        end = (size_t)at + needle.n;
        if (!code || ((at == 0 || !is_alnum(text.p[at - 1])) &&
                      (end == text.n || !is_alnum(text.p[end]))))
            return true;
        text = (struct sv){text.p + end, text.n - end};
    }
    return false;
}

struct sv privacy_error_kind(struct sv message)
{
    char lower[512]; /* what went wrong is said at the beginning */
    size_t n = message.n < sizeof(lower) ? message.n : sizeof(lower);

    for (size_t i = 0; i < n; i++)
        lower[i] = is_upper(message.p[i]) ? (char)(message.p[i] - 'A' + 'a') : message.p[i];
    for (size_t k = 0; k < ARRAY_LEN(error_kinds); k++)
        for (const char *const *f = error_kinds[k].fragments; *f; f++)
            if (mentions((struct sv){lower, n}, *f))
                return sv_from(error_kinds[k].kind);
    return SV("other");
}

bool privacy_is_error_type(struct sv text)
{
    if (!text.n || text.n > 80)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (!is_alnum(c) && !is_upper(c) && !strchr("_.:-", c))
            return false;
        if (!c)
            return false;
    }
    return true;
}
