/* content: the texts of a parsed line that went into a model or came out of it. */
#include "format/content.h"

#include "base/hash.h"
#include "format/provider.h"
#include "record/privacy.h"

#include "base/banned.h"

#define DEPTH_MAX 64       /* of values in values; what lies deeper is gone through without names */
#define NUMBER_MIN_BYTES 7 /* of a number that could be somebody's */
#define KEY_WORD_MAX 24

/* ---- what a key says ---------------------------------------------------------------------------
 */

enum key_kind {
    KEY_OTHER,
    KEY_INPUT,
    KEY_CONTEXT, /* input that was looked up for the question */
    KEY_SYSTEM,
    KEY_OUTPUT,
    KEY_ABOUT,     /* about a text, not the text: id, type, model; or no text for people: data */
    KEY_TOOLS,     /* what the answer asks for */
    KEY_FORMAT,    /* how the answer is to look */
    KEY_REASONING, /* what was thought before the answer */
    KEY_KINDS,
};

struct word {
    const char *text;
    enum key_kind kind;
};

/* Words of keys: the first row that is in a key decides. What comes out of a tool goes in; else
 * what comes out goes before what goes in, because "output_messages" are both. */
static const struct word words[] = {
    {"tool",         KEY_INPUT },
    {"output",       KEY_OUTPUT},
    {"outputs",      KEY_OUTPUT},
    {"response",     KEY_OUTPUT},
    {"responses",    KEY_OUTPUT},
    {"completion",   KEY_OUTPUT},
    {"completions",  KEY_OUTPUT},
    {"answer",       KEY_OUTPUT},
    {"answers",      KEY_OUTPUT},
    {"reply",        KEY_OUTPUT},
    {"generation",   KEY_OUTPUT},
    {"generations",  KEY_OUTPUT},
    {"generated",    KEY_OUTPUT},
    {"choices",      KEY_OUTPUT},
    {"candidates",   KEY_OUTPUT},
    {"prediction",   KEY_OUTPUT},
    {"resps",        KEY_OUTPUT},
    {"result",       KEY_OUTPUT},
    {"system",       KEY_SYSTEM},
    {"instructions", KEY_SYSTEM},
    {"template",     KEY_SYSTEM},
    {"input",        KEY_INPUT },
    {"inputs",       KEY_INPUT },
    {"prompt",       KEY_INPUT },
    {"prompts",      KEY_INPUT },
    {"question",     KEY_INPUT },
    {"query",        KEY_INPUT },
    {"request",      KEY_INPUT },
    {"messages",     KEY_INPUT },
    {"message",      KEY_INPUT },
    {"user",         KEY_INPUT },
    {"contents",     KEY_INPUT },
    {"context",      KEY_CONTEXT},
    {"contexts",     KEY_CONTEXT},
    {"documents",    KEY_CONTEXT},
    {"history",      KEY_INPUT },
    {"conversation", KEY_INPUT },
    {"trajectory",   KEY_INPUT },
    {"variables",    KEY_INPUT },
    {"vars",         KEY_INPUT },
};

/* Last words of keys that say "about it"; and keys with data that is no text. */
static const char *const about[] = {
    "id",        "ids",         "type",     "role",        "model",     "name",      "names",
    "format",    "schema",      "hash",     "version",     "status",    "reason",    "reasons",
    "tier",      "mode",        "object",   "signature",   "data",      "embedding", "bytes",
    "b64",       "json_schema", "language", "mime",        "encoding",  "tokens",    "usage",
    "finish",    "stop",        "tools",    "logprobs",    "time",      "at",        "date",
    "timestamp", "level",       "provider", "fingerprint", "operation", "created",   "ms",
    "count",     "cost",        "score",    "scores",      "kind",      "uuid",      "cwd",
};

/* Whole keys that hold neither: what somebody wishes, and what went wrong. */
static const char *const neither[] = {
    "expected",     "target",          "ideal",         "gold",
    "reference",    "error",           "errors",        "encrypted_content",
    "ground_truth", "expected_output", "error_message",
};

static const char *const tools[] = {"tool_calls", "function_call", "tool_use", "functionCall"};
static const char *const formats_of_answers[] = {"response_format", "responseMimeType",
                                                 "response_mime_type", "text_format", "format"};

/* Keys that texts come under, beside those above that say which way they went. */
static const char *const carriers[] = {"text", "content", "parts", "role", "type", "data", "value"};

/* Keys and types of parts that hold what a model thought. */
static const char *const reasonings[] = {"reasoning", "reasoning_content", "reasoning_text",
                                         "thinking",  "redacted_thinking", "thought"};

/* Types of parts of answers, and keys in those that call a tool. */
static const char *const text_types[] = {"text", "output_text"};
static const char *const tool_types[] = {"tool_use", "tool_call", "function_call"};
static const char *const arguments[] = {"input", "args", "arguments"};

static bool one_of(struct sv s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sv_is(s, list[i]))
            return true;
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Cuts the next word off a key, in lower case: "gen_ai.outputMessages" has four. Empty at the end;
 * words that do not fit are no words of ours. */
static struct sv next_word(struct sv *key, char room[KEY_WORD_MAX])
{
    size_t i = 0, n = 0;

    while (i < key->n && !is_letter(key->p[i]) && !(key->p[i] >= '0' && key->p[i] <= '9'))
        i++;
    for (; i < key->n; i++) {
        char c = key->p[i];

        if (!is_letter(c) && !(c >= '0' && c <= '9'))
            break;
        if (n && is_upper(c) && !is_upper(key->p[i - 1]))
            break;
        if (n < KEY_WORD_MAX)
            room[n] = (char)(is_upper(c) ? c | 0x20 : c);
        n++;
    }
    *key = (struct sv){key->p + i, key->n - i};
    return (struct sv){room, n < KEY_WORD_MAX ? n : 0};
}

static enum key_kind judge(struct sv key)
{
    size_t best = ARRAY_LEN(words);
    char room[KEY_WORD_MAX], last_room[KEY_WORD_MAX];
    struct sv rest = key, last = SV_NONE;

    if (one_of(key, formats_of_answers, ARRAY_LEN(formats_of_answers)))
        return KEY_FORMAT;
    if (one_of(key, tools, ARRAY_LEN(tools)))
        return KEY_TOOLS;
    if (one_of(key, reasonings, ARRAY_LEN(reasonings)))
        return KEY_REASONING;
    if (one_of(key, neither, ARRAY_LEN(neither)))
        return KEY_ABOUT;
    while (rest.n) {
        struct sv word = next_word(&rest, room);

        if (!word.n)
            continue;
        memcpy(last_room, word.p, word.n);
        last = (struct sv){last_room, word.n};
        for (size_t i = 0; i < best; i++)
            if (sv_is(word, words[i].text))
                best = i;
    }
    if (one_of(last, about, ARRAY_LEN(about)))
        return KEY_ABOUT;
    return best < ARRAY_LEN(words) ? words[best].kind : KEY_OTHER;
}

/* A log has few keys, each in every line: the answer for a key is kept until another one takes its
 * place, as in record/privacy.c. */
#define MEMO_KEYS 256
#define MEMO_KEY_BYTES 54

static enum key_kind kind_of(struct sv key)
{
    static _Thread_local struct {
        uint8_t length; /* 0: free */
        uint8_t kind;
        char key[MEMO_KEY_BYTES];
    } memo[MEMO_KEYS];
    size_t slot;

    if (!key.n || key.n > MEMO_KEY_BYTES)
        return judge(key);
    slot = hash64(key.p, key.n, 0) % MEMO_KEYS;
    if (memo[slot].length != key.n || memcmp(memo[slot].key, key.p, key.n) != 0) {
        memo[slot].kind = (uint8_t)judge(key);
        memo[slot].length = (uint8_t)key.n;
        memcpy(memo[slot].key, key.p, key.n);
    }
    return (enum key_kind)memo[slot].kind;
}

/* ---- the walk -----------------------------------------------------------------------------------
 */

static bool walk(struct content_walk *w, const struct json_doc *d, json_ref at,
                 enum content_side side, unsigned depth);

static struct sv raw_text(const struct json_doc *d, json_ref at)
{
    return json_type(d, at) == JSON_STRING ? json_raw(d, at) : SV_NONE;
}

static enum content_side side_of_role(struct sv role)
{
    if (sv_is(role, "assistant") || sv_is(role, "model") || sv_is(role, "ai"))
        return CONTENT_OUTPUT;
    if (sv_is(role, "system") || sv_is(role, "developer"))
        return CONTENT_SYSTEM;
    return role.n ? CONTENT_INPUT : CONTENT_NONE;
}

static enum content_side role_of(const struct json_doc *d, json_ref object)
{
    return side_of_role(raw_text(d, json_get(d, object, "role")));
}

static struct sv type_of(const struct json_doc *d, json_ref object)
{
    return raw_text(d, json_get(d, object, "type"));
}

static bool has_any(const struct json_doc *d, json_ref object, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (json_get(d, object, keys[i]) != JSON_END)
            return true;
    return false;
}

/* {"type": "text", "text": "..."}, {"type": "tool_use", "input": {...}} */
static bool is_part(const struct json_doc *d, json_ref object)
{
    static const char *const texts[] = {"text", "content"};
    struct sv type = type_of(d, object);

    return (one_of(type, text_types, ARRAY_LEN(text_types)) &&
            has_any(d, object, texts, ARRAY_LEN(texts))) ||
           (one_of(type, tool_types, ARRAY_LEN(tool_types)) &&
            has_any(d, object, arguments, ARRAY_LEN(arguments)));
}

/* A provider's body, or what is left of one: {"finish_reason": "stop", "usage": {...}}. */
static bool is_body(const struct json_doc *d, json_ref object)
{
    static const char *const reasons[] = {"finish_reason", "finishReason", "stop_reason",
                                          "stopReason"};

    return answer_kind(d, object) || has_any(d, object, reasons, ARRAY_LEN(reasons)) ||
           json_type(d, json_get(d, object, "usage")) == JSON_OBJECT;
}

/* An answer's wrapping: a provider's body, an assistant's message, a part of one, what LangChain
 * makes of them; or something with one of these near its top. */
static bool is_envelope(const struct json_doc *d, json_ref at, unsigned depth)
{
    enum { NEAR = 4 };
    bool object = json_type(d, at) == JSON_OBJECT;

    if (object && (role_of(d, at) == CONTENT_OUTPUT || is_body(d, at) || is_part(d, at) ||
                   json_type(d, json_get(d, at, "generations")) == JSON_ARRAY))
        return true;
    if (depth == NEAR)
        return false;
    for (json_ref v = json_first(d, at); v != JSON_END; v = json_next(d, at, v)) {
        v += object; /* from the key to its value */
        if (is_envelope(d, v, depth + 1))
            return true;
    }
    return false;
}

/* An object that is the answer itself, and not all about it. */
static bool is_answer(const struct json_doc *d, json_ref at)
{
    bool other = false;

    if (json_type(d, at) != JSON_OBJECT || is_envelope(d, at, 0))
        return false;
    for (json_ref key = json_first(d, at); key != JSON_END; key = json_next(d, at, key + 1)) {
        enum key_kind kind = kind_of(json_raw(d, key));

        if ((kind != KEY_OTHER && kind != KEY_ABOUT && kind != KEY_FORMAT &&
             kind != KEY_REASONING) ||
            one_of(json_raw(d, key), carriers, ARRAY_LEN(carriers)))
            return false;
        other |= kind == KEY_OTHER;
    }
    return other;
}

static bool is_json(struct sv text)
{
    struct sv s = sv_trim(text);

    return s.n > 1 &&
           ((s.p[0] == '{' && s.p[s.n - 1] == '}') || (s.p[0] == '[' && s.p[s.n - 1] == ']'));
}

static void show(const struct content_walk *w, enum content_side side, struct sv text, bool json,
                 bool whole)
{
    w->visit(w->ctx, &(struct content_text){.side = side,
                                            .text = text,
                                            .json = json,
                                            .whole = whole,
                                            .part = w->wholes > 0,
                                            .context = w->contexts > 0,
                                            .reasoning = w->reasonings > 0});
}

/* A text: JSON in its turn, or for the visitor. */
static bool visit_text(struct content_walk *w, const struct json_doc *d, json_ref at,
                       enum content_side side, unsigned depth)
{
    struct sv text = json_text(d, at, &w->arena);

    if (!text.p)
        return false;
    if (is_json(text) && w->depth < CONTENT_INNER_MAX) {
        struct json_doc *inner = &w->inner[w->depth];
        enum err rc = json_parse(inner, text.p, text.n, NULL);

        if (rc == ERR_NOMEM)
            return false;
        if (!rc) {
            bool whole = side == CONTENT_OUTPUT && !w->wholes && !is_envelope(inner, 0, 0);
            bool done;

            w->depth++;
            w->wholes += whole;
            done = walk(w, inner, 0, side, depth + 1);
            w->wholes -= whole;
            w->depth--;
            if (done && side)
                show(w, side, text, true, whole);
            return done;
        }
    }
    if (!sv_starts(text, "data:"))
        show(w, side, text, false, false);
    return true;
}

/* All texts below a value that lies too deep to be followed by name. */
static bool visit_deep(struct content_walk *w, const struct json_doc *d, json_ref at,
                       enum content_side side)
{
    for (json_ref i = at; i < d->tokens[at].next; i++)
        if (d->tokens[i].type == JSON_STRING && !visit_text(w, d, i, side, DEPTH_MAX))
            return false;
    return true;
}

/* Of a member. Below an input everything is input but what the application itself says; below an
 * output everything is output. */
static enum content_side side_of(enum key_kind kind, enum content_side around)
{
    if (around > CONTENT_INPUT || around == CONTENT_SYSTEM)
        return around;
    switch (kind) {
    case KEY_SYSTEM:
        return CONTENT_SYSTEM;
    case KEY_INPUT:
    case KEY_CONTEXT:
        return CONTENT_INPUT;
    case KEY_OUTPUT:
        return around ? around : CONTENT_OUTPUT;
    default:
        return around;
    }
}

/* Of what a key calls input: "message": {"role": "assistant", ...} is none. */
static enum content_side side_of_value(const struct json_doc *d, json_ref value)
{
    enum content_side role = json_type(d, value) == JSON_OBJECT ? role_of(d, value) : CONTENT_NONE;

    return role ? role : CONTENT_INPUT;
}

/* {"type": "json_object"}, "application/json", "json" */
static bool asks_for_json(const struct json_doc *d, json_ref at)
{
    struct sv text = raw_text(d, json_type(d, at) == JSON_OBJECT ? json_get(d, at, "type") : at);

    return sv_is(text, "json") || sv_is(text, "json_object") || sv_is(text, "json_schema") ||
           sv_is(text, "application/json") || json_get(d, at, "json_schema") != JSON_END;
}

static bool is_empty_container(const struct json_doc *d, json_ref at)
{
    return json_missing(d, at) || d->tokens[at].next == at + 1;
}

/* Below a key of that kind. */
static bool walk_below(struct content_walk *w, const struct json_doc *d, json_ref value,
                       enum content_side side, enum key_kind kind, unsigned depth)
{
    bool thinks = kind == KEY_REASONING && side == CONTENT_OUTPUT;
    bool done;

    w->contexts += kind == KEY_CONTEXT;
    w->tools += kind == KEY_TOOLS;
    w->reasonings += thinks;
    done = walk(w, d, value, side, depth + 1);
    w->reasonings -= thinks;
    w->tools -= kind == KEY_TOOLS;
    w->contexts -= kind == KEY_CONTEXT;
    return done;
}

/* A member of what lies on the side `around`, on its own side, is to be visited as it stands. */
static bool is_whole(const struct content_walk *w, const struct json_doc *d, json_ref key,
                     enum content_side around, enum content_side side)
{
    if (w->no_objects || w->wholes || side != CONTENT_OUTPUT ||
        json_type(d, key + 1) != JSON_OBJECT)
        return false;
    if (w->tools && one_of(json_raw(d, key), arguments, ARRAY_LEN(arguments)))
        return true;
    return around != CONTENT_OUTPUT && is_answer(d, key + 1);
}

static bool walk_member(struct content_walk *w, const struct json_doc *d, json_ref key,
                        enum content_side side, unsigned depth)
{
    json_ref value = key + 1;
    enum json_type type = json_type(d, value);
    enum content_side around = side;
    enum key_kind kind;
    bool whole, done;

    if (type == JSON_NULL || type == JSON_TRUE || type == JSON_FALSE || type == JSON_NAN ||
        (type == JSON_NUMBER && !side))
        return true;
    kind = kind_of(json_raw(d, key));
    if (kind == KEY_FORMAT && side != CONTENT_ANY) {
        w->wants_json |= asks_for_json(d, value);
        return true;
    }
    if (kind == KEY_TOOLS && side != CONTENT_INPUT)
        w->has_tools |= !is_empty_container(d, value);
    if (kind == KEY_ABOUT && side != CONTENT_ANY) {
        bool container = type == JSON_OBJECT || type == JSON_ARRAY;

        if (!side && container) /* "data": [ ... ], "events": what is told of may lie below */
            return walk(w, d, value, side, depth + 1);
        return true;
    }
    side = (kind == KEY_INPUT || kind == KEY_CONTEXT) && !side ? side_of_value(d, value) : side_of(kind, side);
    if (!side && type == JSON_STRING) /* of which nothing is known, unless it is an object */
        return !is_json(json_raw(d, value)) || !privacy_is_content(json_raw(d, key)) ||
               visit_text(w, d, value, side, depth + 1);
    whole = is_whole(w, d, key, around, side);
    w->wholes += whole;
    done = walk_below(w, d, value, side, kind, depth);
    w->wholes -= whole;
    if (done && whole)
        show(w, side, json_raw(d, value), true, true);
    return done;
}

/* {"key": "gen_ai.prompt.0.content", "value": {"stringValue": "..."}} names what it holds itself.
 */
static bool is_attribute(const struct json_doc *d, json_ref object, json_ref *key, json_ref *value)
{
    *key = json_get(d, object, "key");
    *value = *key == JSON_END ? JSON_END : json_get(d, object, "value");
    return *value != JSON_END && json_type(d, *key) == JSON_STRING;
}

static bool walk_attribute(struct content_walk *w, const struct json_doc *d, json_ref key,
                           json_ref value, enum content_side around, unsigned depth)
{
    enum key_kind kind = kind_of(json_raw(d, key));
    enum content_side side = side_of(kind, around);

    if (kind == KEY_ABOUT || !side)
        return true;
    return walk_below(w, d, value, side, kind, depth);
}

static bool walk_object(struct content_walk *w, const struct json_doc *d, json_ref at,
                        enum content_side side, unsigned depth)
{
    json_ref key, value;
    bool tool, thinks, done = true;

    if (side != CONTENT_ANY && is_attribute(d, at, &key, &value))
        return walk_attribute(w, d, key, value, side, depth);
    if (side == CONTENT_NONE) {
        side = role_of(d, at);
    } else if (side == CONTENT_INPUT && role_of(d, at) == CONTENT_SYSTEM) {
        side = CONTENT_SYSTEM;
    }
    tool = side == CONTENT_OUTPUT && one_of(type_of(d, at), tool_types, ARRAY_LEN(tool_types));
    thinks = side == CONTENT_OUTPUT && (one_of(type_of(d, at), reasonings, ARRAY_LEN(reasonings)) ||
                                        json_type(d, json_get(d, at, "thought")) == JSON_TRUE);
    w->has_tools |= tool;
    w->tools += tool;
    w->reasonings += thinks;
    for (key = json_first(d, at); key != JSON_END && done; key = json_next(d, at, key + 1))
        done = walk_member(w, d, key, side, depth);
    w->reasonings -= thinks;
    w->tools -= tool;
    return done;
}

/* A conversation's last message is what came out, if an assistant said it. */
static bool walk_array(struct content_walk *w, const struct json_doc *d, json_ref at,
                       enum content_side side, unsigned depth)
{
    for (json_ref v = json_first(d, at); v != JSON_END; v = json_next(d, at, v)) {
        bool last = d->tokens[v].next >= d->tokens[at].next;
        enum content_side own = side;

        if (last && side == CONTENT_INPUT && json_type(d, v) == JSON_OBJECT &&
            role_of(d, v) == CONTENT_OUTPUT)
            own = CONTENT_OUTPUT;
        if (!walk(w, d, v, own, depth + 1))
            return false;
    }
    return true;
}

static bool walk(struct content_walk *w, const struct json_doc *d, json_ref at,
                 enum content_side side, unsigned depth)
{
    if (depth >= DEPTH_MAX)
        return !side || visit_deep(w, d, at, side);
    switch (json_type(d, at)) {
    case JSON_OBJECT:
        return walk_object(w, d, at, side, depth);
    case JSON_ARRAY:
        return walk_array(w, d, at, side, depth);
    case JSON_STRING:
        return !side || visit_text(w, d, at, side, depth);
    case JSON_NUMBER:
        if (side && json_raw(d, at).n >= NUMBER_MIN_BYTES)
            show(w, side, json_raw(d, at), false, false);
        return true;
    default:
        return true;
    }
}

bool content_visit(struct content_walk *w, const struct json_doc *d, json_ref at,
                   enum content_side side)
{
    bool whole = side == CONTENT_OUTPUT && !w->no_objects && is_answer(d, at);
    bool done;

    w->tools = w->reasonings = 0;
    w->wholes = whole;
    done = walk(w, d, at, side, 0);
    w->wholes = 0;
    if (done && whole)
        show(w, side, json_raw(d, at), true, true);
    arena_reset(&w->arena);
    return done;
}

void content_release(struct content_walk *w)
{
    arena_release(&w->arena);
    for (size_t i = 0; i < CONTENT_INNER_MAX; i++)
        json_release(&w->inner[i]);
    *w = (struct content_walk){0};
}
