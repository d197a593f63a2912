/* mapping: reads a mapping file, strictly: whoever writes one wants to know what is wrong with it. */
#include "format/mapping_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/suggest.h"
#include "format/leftover.h"
#include "record/privacy.h"

#include "base/banned.h"

/* ---- what can be mapped ------------------------------------------------------------------- */

#define CALL MAPPING_CALL
#define TOOL MAPPING_TOOL_CALL
#define SCORE MAPPING_SCORE
#define ALL (MAPPING_CALL | MAPPING_TOOL_CALL | MAPPING_SCORE)

/* clang-format off */
const struct mapping_target mapping_targets[] = {
    {"request_model",         CALL,        MAPPED_TEXT,     F_REQUEST_MODEL,            0, "call: the model that was asked for"},
    {"response_model",        CALL,        MAPPED_TEXT,     F_RESPONSE_MODEL,           0, "call: the model that answered"},
    {"provider",              CALL,        MAPPED_TEXT,     F_PROVIDER,                 0, "call: who serves the model"},
    {"operation",             CALL,        MAPPED_TEXT,     F_OPERATION,                0, "call: chat, embeddings ..."},
    {"feature",               CALL,        MAPPED_TEXT,     F_FEATURE,                  0, "call: the product's feature"},
    {"user",                  CALL,        MAPPED_TEXT,     F_USER,                     0, "call: who it was made for"},
    {"environment",           CALL,        MAPPED_TEXT,     F_ENVIRONMENT,              0, "call: production, staging ..."},
    {"service",               CALL,        MAPPED_TEXT,     F_SERVICE,                  0, "call: the program that made it"},
    {"team",                  CALL,        MAPPED_TEXT,     F_TEAM,                     0, "call: who pays"},
    {"project",               CALL,        MAPPED_TEXT,     F_PROJECT,                  0, "call: project"},
    {"agent",                 CALL,        MAPPED_TEXT,     F_AGENT,                    0, "call: agent or subagent"},
    {"tenant",                CALL,        MAPPED_TEXT,     F_TENANT,                   0, "call: customer organisation"},
    {"prompt",                CALL,        MAPPED_TEXT,     F_PROMPT,                   0, "call: name of the managed prompt"},
    {"prompt_version",        CALL,        MAPPED_TEXT,     F_PROMPT_VERSION,           0, "call: version of the managed prompt"},
    {"template",              CALL,        MAPPED_TEXT,     F_TEMPLATE,                 0, "call: hash of the prompt template"},
    {"finish_reason",         CALL,        MAPPED_TEXT,     F_FINISH_REASON_RAW,        0, "call: why the answer ended"},
    {"tier",                  CALL,        MAPPED_TEXT,     F_TIER,                     0, "call: service tier"},
    {"request_id",            ALL,         MAPPED_TEXT,     T_REQUEST_ID,               0, "the call's id; tool calls and scores find their call by it"},
    {"trace_id",              ALL,         MAPPED_TEXT,     T_TRACE_ID,                 0, "the trace"},
    {"span_id",               ALL,         MAPPED_TEXT,     T_SPAN_ID,                  0, "the span; of a score that of its call"},
    {"parent_span_id",        CALL,        MAPPED_TEXT,     T_PARENT_ID,                0, "call: the span above"},
    {"session_id",            CALL|SCORE,  MAPPED_TEXT,     T_SESSION,                  0, "call, score: the conversation"},
    {"status",                CALL|TOOL,   MAPPED_WORD,     F_STATUS,                   0, "call, tool_call: ok, error, 200, 429, true ..."},
    {"http_status",           CALL,        MAPPED_WORD,     F_HTTP_STATUS,              0, "call: HTTP status of the response"},
    {"error_kind",            CALL|TOOL,   MAPPED_WORD,     T_ERROR_TYPE,               0, "call, tool_call: type or code of the error"},
    {"error",                 CALL|TOOL,   MAPPED_ANY,      T_ERROR,                    0, "call, tool_call: text of the error, kept as its kind and hash"},
    {"started",               CALL|TOOL,   MAPPED_TIME,     F_STARTED_US,               0, "call, tool_call: start, as text or in s, ms, us or ns since 1970"},
    {"ended",                 CALL|TOOL,   MAPPED_TIME,     T_ENDED,                    0, "call, tool_call: end; gives the latency where there is no other"},
    {"at",                    SCORE,       MAPPED_TIME,     F_STARTED_US,               0, "score: when it was given"},
    {"latency",               CALL|TOOL,   MAPPED_DURATION, F_LATENCY_US,               0, "call, tool_call: duration in ms, s, us or ns"},
    {"time_to_first_token",   CALL,        MAPPED_DURATION, F_TIME_TO_FIRST_TOKEN_US,   0, "call: duration"},
    {"time_per_output_token", CALL,        MAPPED_DURATION, F_TIME_PER_OUTPUT_TOKEN_US, 0, "call: duration"},
    {"queue",                 CALL,        MAPPED_DURATION, F_QUEUE_US,                 0, "call: duration of waiting before the model began"},
    {"input_tokens",          CALL,        MAPPED_TOKENS,   F_INPUT_TOKENS,             0, "call: all of them, cached ones included"},
    {"output_tokens",         CALL,        MAPPED_TOKENS,   F_OUTPUT_TOKENS,            0, "call: all of them, reasoning included"},
    {"cache_read_tokens",     CALL,        MAPPED_TOKENS,   F_CACHE_READ_TOKENS,        0, "call: of the input, read from the provider's cache"},
    {"cache_write_tokens",    CALL,        MAPPED_TOKENS,   F_CACHE_WRITE_TOKENS,       0, "call: of the input, written to the provider's cache"},
    {"cache_write_5m_tokens", CALL,        MAPPED_TOKENS,   F_CACHE_WRITE_5M_TOKENS,    0, "call: of the cache writes, kept for 5 minutes"},
    {"cache_write_1h_tokens", CALL,        MAPPED_TOKENS,   F_CACHE_WRITE_1H_TOKENS,    0, "call: of the cache writes, kept for an hour"},
    {"reasoning_tokens",      CALL,        MAPPED_TOKENS,   F_REASONING_TOKENS,         0, "call: of the output, reasoning"},
    {"audio_input_tokens",    CALL,        MAPPED_TOKENS,   F_AUDIO_INPUT_TOKENS,       0, "call: of the input, audio"},
    {"audio_output_tokens",   CALL,        MAPPED_TOKENS,   F_AUDIO_OUTPUT_TOKENS,      0, "call: of the output, audio"},
    {"total_tokens",          CALL,        MAPPED_TOKENS,   F_TOTAL_TOKENS_GIVEN,       0, "call: input and output together"},
    {"cost",                  CALL,        MAPPED_MONEY,    F_COST_GIVEN_NUSD,          0, "call: in usd, cents or nano_usd"},
    {"input_hash",            CALL,        MAPPED_WORD,     F_INPUT_HASH,               0, "call: 16 hex digits, or the input text, which is hashed"},
    {"output_hash",           CALL,        MAPPED_WORD,     F_OUTPUT_HASH,              0, "call: 16 hex digits, or the output text, which is hashed"},
    {"input_chars",           CALL|TOOL,   MAPPED_COUNT,    F_INPUT_CHARS,              0, "call, tool_call: characters of input"},
    {"output_chars",          CALL|TOOL,   MAPPED_COUNT,    F_OUTPUT_CHARS,             0, "call, tool_call: characters of output"},
    {"streaming",             CALL,        MAPPED_BOOL,     M_FLAG, FLAG_STREAMING,        "call: true or false"},
    {"batch",                 CALL,        MAPPED_BOOL,     M_FLAG, FLAG_BATCH,            "call: true or false: made through a batch API"},
    {"from_cache",            CALL,        MAPPED_BOOL,     M_FLAG, FLAG_FROM_CACHE,       "call: true or false: answered by a proxy's cache"},
    {"aggregate",             CALL,        MAPPED_BOOL,     M_FLAG, FLAG_AGGREGATE,        "call: true or false: stands for several"},
    {"sidechain",             CALL,        MAPPED_BOOL,     M_FLAG, FLAG_SIDECHAIN,        "call: true or false: a subagent's"},
    {"guardrail",             CALL,        MAPPED_BOOL,     M_FLAG, FLAG_GUARDRAIL,        "call: true or false: a guardrail was triggered"},
    {"tool",                  TOOL,        MAPPED_TEXT,     T_TOOL_NAME,                0, "tool_call: the tool's name"},
    {"name",                  SCORE,       MAPPED_TEXT,     M_NAME,                     0, "score: what was judged: helpfulness"},
    {"value",                 SCORE,       MAPPED_NUMBER,   M_VALUE,                    0, "score: a number"},
    {"label",                 SCORE,       MAPPED_TEXT,     M_LABEL,                    0, "score: a word for it: good"},
    {"passed",                SCORE,       MAPPED_BOOL,     M_PASSED,                   0, "score: true or false"},
    {"scorer",                SCORE,       MAPPED_TEXT,     M_SCORER,                   0, "score: api, annotation, eval, user, rule or judge"},
    {"judge_model",           SCORE,       MAPPED_TEXT,     M_JUDGE_MODEL,              0, "score: the model that judges: gpt-4o"},
    {"case",                  SCORE,       MAPPED_TEXT,     M_CASE,                     0, "score: the eval case it is of"},
};

static const struct mapping_unit units[] = {
    {"ms",       MAPPED_DURATION, 3, 1   },
    {"s",        MAPPED_DURATION, 6, 1   },
    {"us",       MAPPED_DURATION, 0, 1   },
    {"ns",       MAPPED_DURATION, 0, 1000},
    {"ms",       MAPPED_TIME,     6, 1000},
    {"s",        MAPPED_TIME,     9, 1000},
    {"us",       MAPPED_TIME,     3, 1000},
    {"ns",       MAPPED_TIME,     0, 1000},
    {"usd",      MAPPED_MONEY,    9, 1   },
    {"cents",    MAPPED_MONEY,    7, 1   },
    {"nano_usd", MAPPED_MONEY,    0, 1   },
    {"tokens",   MAPPED_TOKENS,   0, 1   },
};
/* clang-format on */

const size_t n_mapping_targets = ARRAY_LEN(mapping_targets);

static const struct {
    const char *name;
    enum mapping_record record;
} records[] = {
    {"call",      CALL },
    {"tool_call", TOOL },
    {"score",     SCORE},
};

const char *mapping_field_name(size_t i)
{
    return i < n_mapping_targets ? mapping_targets[i].name : NULL;
}

const char *mapping_field_help(size_t i)
{
    return mapping_targets[i].help;
}

/* ---- complaints --------------------------------------------------------------------------- */

/* A mapping while it is read. */
struct opening {
    struct mapping *m;
    struct error *err;
};

static enum err no_memory(struct opening *o)
{
    return error_set(o->err, ERR_NOMEM, "out of memory for the mapping");
}

/* "WHERE: expected EXPECTED, found VALUE" */
static enum err expected(struct opening *o, const char *where, json_ref at, const char *what)
{
    struct sv ignored;
    const struct reading r = {NULL, &ignored, o->err};

    complain(&r, (struct place){&o->m->doc, where, at}, what);
    return ERR_PARSE;
}

/* The place of a member: WHERE/KEY, its slashes and tildes as in a pointer. NULL: out of memory. */
static const char *member_place(struct opening *o, const char *where, struct sv key)
{
    struct buf text = {0};
    const char *out;

    buf_str(&text, where);
    buf_char(&text, '/');
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] == '~' || key.p[i] == '/')
            buf_str(&text, key.p[i] == '~' ? "~0" : "~1");
        else
            buf_char(&text, key.p[i]);
    out = text.failed ? NULL : arena_copy(&o->m->arena, (struct sv){text.p, text.n + 1}).p;
    buf_release(&text);
    return out;
}

/* A known name that was meant: one that is near, or one that holds the word, or is held by it. */
static const char *meant(struct sv word, const char *const *names)
{
    const char *near = suggest(word, names);

    for (; !near && *names && word.n >= 3; names++) {
        struct sv name = sv_from(*names);
        if (sv_find(name, word) >= 0 || (name.n >= 3 && sv_find(word, name) >= 0))
            near = *names;
    }
    return near;
}

/* names: NULL at the end */
static enum err unknown(struct opening *o, const char *where, const char *what, struct sv word,
                        const char *const *names)
{
    const char *near = meant(word, names);
    struct buf list = {0};

    if (near)
        return error_set(o->err, ERR_PARSE, "%s: unknown %s \"%.*s\"; did you mean \"%s\"?", where,
                         what, SV_FMT(word), near);
    for (size_t i = 0; names[i]; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
    error_set(o->err, ERR_PARSE, "%s: unknown %s \"%.*s\"; known are %s", where, what,
              SV_FMT(word), list.p ? list.p : "");
    buf_release(&list);
    return ERR_PARSE;
}

/* ---- parts of a mapping ------------------------------------------------------------------- */

/* Members of an object one by one; where is the object's place. */
struct walk {
    struct member m;
    struct sv key;
    const char *where; /* of the member */
};

/* Steps to the next member, the first one when w->m is zeroed; *more: there is one. */
static enum err walk_next(struct opening *o, json_ref object, const char *where, struct walk *w,
                          bool *more)
{
    const struct json_doc *d = &o->m->doc;
    json_ref last;

    w->m = w->where ? member_next(d, object, w->m) : member_first(d, object);
    *more = w->m.key != JSON_END;
    if (!*more)
        return OK;
    w->key = json_text(d, w->m.key, &o->m->arena);
    w->where = w->key.p ? member_place(o, where, w->key) : NULL;
    if (!w->where)
        return no_memory(o);
    last = JSON_END;
    for (struct member m = member_next(d, object, w->m); m.key != JSON_END;
         m = member_next(d, object, m))
        if (sv_eq(json_text(d, m.key, &o->m->arena), w->key))
            last = m.key;
    return last == JSON_END ? OK
                            : error_set(o->err, ERR_PARSE, "%s: given twice", w->where);
}

static enum err check_object(struct opening *o, json_ref at, const char *where)
{
    return json_type(&o->m->doc, at) == JSON_OBJECT ? OK
                                                    : expected(o, where, at, "an object");
}

/* An object whose keys are all in names (NULL at the end). */
static enum err check_keys(struct opening *o, json_ref at, const char *where,
                           const char *const *names)
{
    struct walk w = {.where = NULL};
    bool more = true;
    enum err rc = check_object(o, at, where);

    while (!rc && !(rc = walk_next(o, at, where, &w, &more)) && more) {
        size_t i = 0;
        while (names[i] && !sv_is(w.key, names[i]))
            i++;
        if (!names[i])
            rc = unknown(o, *where ? where : "/", "key", w.key, names);
    }
    return rc;
}

static enum err read_pointer(struct opening *o, json_ref at, const char *where,
                             struct json_pointer *out)
{
    struct sv text = json_text(&o->m->doc, at, &o->m->arena);
    enum err rc;

    if (json_type(&o->m->doc, at) != JSON_STRING || !text.n)
        return expected(o, where, at, "a JSON Pointer like /usage/input_tokens");
    rc = json_pointer_parse(text, &o->m->arena, out);
    if (rc == ERR_NOMEM)
        return no_memory(o);
    return rc ? expected(o, where, at, "a JSON Pointer like /usage/input_tokens") : OK;
}

static enum err read_scalar(struct opening *o, json_ref at, const char *where, json_ref *out)
{
    enum json_type type = json_type(&o->m->doc, at);

    if (type <= JSON_NULL || type == JSON_NAN || type >= JSON_ARRAY)
        return expected(o, where, at, "a text, a number, true or false");
    *out = at;
    return OK;
}

static enum err read_unit(struct opening *o, json_ref at, const char *where,
                          enum mapping_kind kind, const struct mapping_unit **out)
{
    struct sv text = json_raw(&o->m->doc, at);
    struct buf list = {0};

    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (units[i].kind != kind)
            continue;
        if (json_type(&o->m->doc, at) == JSON_STRING && sv_is(text, units[i].name)) {
            *out = &units[i];
            buf_release(&list);
            return OK;
        }
        buf_printf(&list, "%s%s", list.n ? ", " : "", units[i].name);
    }
    if (list.n)
        expected(o, where, at, list.p);
    else
        error_set(o->err, ERR_PARSE, "%s: the field has no unit", where);
    buf_release(&list);
    return ERR_PARSE;
}

/* "/pointer", {"pointer": ..., "unit": ...} or {"const": ..., "unit": ...} */
static enum err read_from(struct opening *o, json_ref at, const char *where, bool with_unit,
                          enum mapping_kind kind, struct mapping_from *out)
{
    static const char *const keys[] = {"pointer", "const", "unit", NULL};
    static const char *const keys_without_unit[] = {"pointer", "const", NULL};
    const struct json_doc *d = &o->m->doc;
    json_ref pointer, constant, unit;
    const char *place;
    enum err rc;

    *out = (struct mapping_from){.constant = JSON_END};
    if (json_type(d, at) != JSON_OBJECT) {
        rc = read_pointer(o, at, where, &out->pointer);
        out->name = out->pointer.text;
        return rc;
    }
    rc = check_keys(o, at, where, with_unit ? keys : keys_without_unit);
    if (rc)
        return rc;
    pointer = json_get(d, at, "pointer");
    constant = json_get(d, at, "const");
    unit = json_get(d, at, "unit");
    if ((pointer == JSON_END) == (constant == JSON_END))
        return error_set(o->err, ERR_PARSE, "%s: expected either \"pointer\" or \"const\"", where);
    place = member_place(o, where, pointer == JSON_END ? SV("const") : SV("pointer"));
    if (!place)
        return no_memory(o);
    rc = pointer == JSON_END ? read_scalar(o, constant, place, &out->constant)
                             : read_pointer(o, pointer, place, &out->pointer);
    out->name = pointer == JSON_END ? place : out->pointer.text;
    if (rc || unit == JSON_END)
        return rc;
    place = member_place(o, where, SV("unit"));
    return place ? read_unit(o, unit, place, kind, &out->unit) : no_memory(o);
}

static size_t list_size(const struct json_doc *d, json_ref at)
{
    size_t n = 0;

    for (json_ref i = json_first(d, at); i != JSON_END; i = json_next(d, at, i))
        n++;
    return n;
}

/* ---- match, identity, meta ---------------------------------------------------------------- */

/* "/pointer" or {"pointer": ..., "const": ...} */
static enum err read_one_match(struct opening *o, json_ref at, const char *where,
                               struct mapping_match *out)
{
    static const char *const keys[] = {"pointer", "const", NULL};
    const struct json_doc *d = &o->m->doc;
    json_ref constant;
    const char *place;
    enum err rc;

    out->constant = JSON_END;
    if (json_type(d, at) != JSON_OBJECT)
        return read_pointer(o, at, where, &out->pointer);
    rc = check_keys(o, at, where, keys);
    place = rc ? NULL : member_place(o, where, SV("pointer"));
    if (!rc)
        rc = place ? read_pointer(o, json_get(d, at, "pointer"), place, &out->pointer)
                   : no_memory(o);
    constant = json_get(d, at, "const");
    if (rc || constant == JSON_END)
        return rc;
    place = member_place(o, where, SV("const"));
    return place ? read_scalar(o, constant, place, &out->constant) : no_memory(o);
}

static enum err read_match(struct opening *o, json_ref at)
{
    const struct json_doc *d = &o->m->doc;
    char where[32];
    enum err rc = OK;

    if (at == JSON_END)
        return OK;
    if (json_type(d, at) != JSON_ARRAY)
        return expected(o, "/match", at, "a list");
    o->m->match = arena_zalloc(&o->m->arena, list_size(d, at), sizeof(*o->m->match));
    if (!o->m->match)
        return no_memory(o);
    for (json_ref i = json_first(d, at); !rc && i != JSON_END; i = json_next(d, at, i)) {
        snprintf(where, sizeof(where), "/match/%zu", o->m->n_match);
        rc = read_one_match(o, i, where, &o->m->match[o->m->n_match++]);
    }
    return rc;
}

/* The last step that is no element's number, or SV_NONE. */
static struct sv last_name(const struct json_pointer *p)
{
    for (size_t i = p->n; i > 0; i--)
        if (p->steps[i - 1][strspn(p->steps[i - 1], "0123456789")])
            return sv_from(p->steps[i - 1]);
    return SV_NONE;
}

/*
 * Whether what stands there cannot be an id or a dimension: a credential, or what the list of
 * lib/record knows as a place of content (prompt, messages, arguments). Below such a place a user
 * may have ids. The list judges whole keys, so it is asked about something inside of it, and about
 * a harmless key that begins like it.
 */
static bool is_content(struct mapping *m, const struct json_pointer *p)
{
    static const char *const endings[] = {".id", "_id"};
    struct sv name = last_name(p);
    bool content = false;

    for (size_t i = 0; i < ARRAY_LEN(endings) && name.n; i++) {
        char *key = arena_alloc(&m->arena, name.n + 3);
        if (!key)
            return true;
        memcpy(key, name.p, name.n);
        memcpy(key + name.n, endings[i], 3);
        content |= privacy_is_content((struct sv){key, name.n + 3});
    }
    return content;
}

static enum err check_text(struct opening *o, const struct mapping_from *from, const char *where)
{
    if (from->constant != JSON_END || !is_content(o->m, &from->pointer))
        return OK;
    return error_set(o->err, ERR_PARSE, "%s: %s holds content, which is not stored", where,
                     from->pointer.text);
}

static enum err read_identity_part(struct opening *o, json_ref at, const char *where)
{
    struct mapping *m = o->m;
    struct mapping_from *part = &m->identity[m->n_identity];
    enum err rc;

    if (m->n_identity == MAPPING_MAX_IDENTITY)
        return error_set(o->err, ERR_PARSE, "/identity: expected at most %d parts",
                         MAPPING_MAX_IDENTITY);
    m->n_identity++;
    rc = read_from(o, at, where, false, MAPPED_TEXT, part);
    return rc ? rc : check_text(o, part, where);
}

static enum err read_identity(struct opening *o, json_ref at)
{
    const struct json_doc *d = &o->m->doc;
    char where[32];
    bool pointers = false;
    enum err rc = OK;

    if (at == JSON_END)
        return OK;
    if (json_type(d, at) != JSON_ARRAY)
        rc = read_identity_part(o, at, "/identity");
    for (json_ref i = json_first(d, at); json_type(d, at) == JSON_ARRAY && !rc && i != JSON_END;
         i = json_next(d, at, i)) {
        snprintf(where, sizeof(where), "/identity/%zu", o->m->n_identity);
        rc = read_identity_part(o, i, where);
    }
    for (size_t i = 0; i < o->m->n_identity; i++)
        pointers |= o->m->identity[i].constant == JSON_END;
    if (!rc && !pointers)
        rc = error_set(o->err, ERR_PARSE, "/identity: expected at least one pointer");
    return rc;
}

/* Whether leftover_add() would keep a number under this key. */
static bool is_meta_key(struct sv key)
{
    struct json_doc one = {0};
    struct leftovers *l = calloc(1, sizeof(*l));
    bool kept = false;

    if (l && json_parse(&one, "1", 1, NULL) == OK) {
        leftover_add(l, key, &one, 0, LEFTOVER_PLAIN);
        kept = l->n == 1;
    }
    free(l);
    json_release(&one);
    return kept;
}

/* What the log calls it decides whether it is content, too, not its new name alone. */
static bool is_meta_place(struct opening *o, const struct json_pointer *p)
{
    struct buf dotted = {0};
    bool fine;

    for (size_t i = 0; i < p->n; i++)
        buf_printf(&dotted, "%s%s", i ? "." : "", p->steps[i]);
    fine = dotted.n && !dotted.failed && !privacy_is_content((struct sv){dotted.p, dotted.n});
    buf_release(&dotted);
    return fine && !is_content(o->m, p);
}

static enum err read_meta(struct opening *o, json_ref at)
{
    struct mapping *m = o->m;
    struct walk w = {.where = NULL};
    bool more = true;
    enum err rc;

    if (at == JSON_END)
        return OK;
    if (m->record != CALL)
        return error_set(o->err, ERR_PARSE, "/meta: only calls have meta");
    rc = check_object(o, at, "/meta");
    m->meta = arena_zalloc(&m->arena, LEFTOVER_MAX, sizeof(*m->meta));
    if (!rc && !m->meta)
        rc = no_memory(o);
    while (!rc && !(rc = walk_next(o, at, "/meta", &w, &more)) && more) {
        if (m->n_meta == LEFTOVER_MAX)
            return error_set(o->err, ERR_PARSE, "/meta: expected at most %d keys", LEFTOVER_MAX);
        m->meta[m->n_meta].key = w.key;
        rc = read_pointer(o, w.m.value, w.where, &m->meta[m->n_meta].pointer);
        if (!rc && (!is_meta_key(w.key) || !is_meta_place(o, &m->meta[m->n_meta].pointer)))
            rc = error_set(o->err, ERR_PARSE,
                           "%s: by its name it holds content, which is not stored", w.where);
        m->n_meta++;
    }
    return rc;
}

/* ---- fields ------------------------------------------------------------------------------- */

static const struct mapping_target *find_target(enum mapping_record record, struct sv name)
{
    for (size_t i = 0; i < n_mapping_targets; i++)
        if (mapping_targets[i].records & record && sv_is(name, mapping_targets[i].name))
            return &mapping_targets[i];
    return NULL;
}

static enum err unknown_field(struct opening *o, struct sv name)
{
    const char *names[ARRAY_LEN(mapping_targets) + 1];
    size_t n = 0;

    for (size_t i = 0; i < n_mapping_targets; i++)
        if (mapping_targets[i].records & o->m->record)
            names[n++] = mapping_targets[i].name;
    names[n] = NULL;
    return unknown(o, "/fields", "field", name, names);
}

/* A constant is read now as it will be for each line. */
static enum err check_constant(struct opening *o, const struct mapping_field *f)
{
    struct batch scratch = {0};
    struct line_context c = {.doc = &o->m->doc, .out = &scratch};
    struct sv ignored;
    const struct reading r = {&c, &ignored, o->err};
    struct mapping_values v;
    bool fine;

    if (f->from.constant == JSON_END)
        return OK;
    mapping_values_clear(&v);
    fine = mapping_take(&r, f, mapping_place(o->m, &f->from, &o->m->doc), &v);
    batch_release(&scratch);
    return fine ? OK : ERR_PARSE;
}

static enum err read_field(struct opening *o, struct sv name, json_ref at, const char *where)
{
    struct mapping_field *f = &o->m->fields[o->m->n_fields];
    enum err rc;

    f->target = find_target(o->m->record, name);
    if (!f->target)
        return unknown_field(o, name);
    rc = read_from(o, at, where, true, f->target->kind, &f->from);
    if (rc)
        return rc;
    o->m->n_fields++;
    if (!f->from.unit && f->target->kind == MAPPED_DURATION)
        return error_set(o->err, ERR_PARSE,
                         "%s: a duration needs a unit: {\"pointer\": ..., \"unit\": \"ms\"}", where);
    for (size_t i = 0; !f->from.unit && i < ARRAY_LEN(units); i++)
        if (f->target->kind == MAPPED_MONEY && units[i].kind == MAPPED_MONEY)
            f->from.unit = &units[i]; /* dollars, the first one */
    rc = f->target->kind == MAPPED_TEXT ? check_text(o, &f->from, where) : OK;
    return rc ? rc : check_constant(o, f);
}

static bool maps(const struct mapping *m, unsigned at)
{
    for (size_t i = 0; i < m->n_fields; i++)
        if (m->fields[i].target->at == at)
            return true;
    return false;
}

/* What a record cannot do without. */
static enum err check_needed(struct opening *o)
{
    static const unsigned of[] = {T_REQUEST_ID, T_SPAN_ID, T_TRACE_ID, T_SESSION, M_CASE};
    const struct mapping *m = o->m;
    bool pointers = false, target = false;

    for (size_t i = 0; i < m->n_fields; i++)
        pointers |= m->fields[i].from.constant == JSON_END;
    if (!pointers)
        return error_set(o->err, ERR_PARSE, "/fields: expected at least one pointer");
    if (m->record == TOOL && !maps(m, T_TOOL_NAME))
        return error_set(o->err, ERR_PARSE, "/fields: a tool_call needs a tool");
    if (m->record != SCORE)
        return OK;
    for (size_t i = 0; i < ARRAY_LEN(of); i++)
        target |= maps(m, of[i]);
    if (!maps(m, M_NAME) || !(maps(m, M_VALUE) || maps(m, M_LABEL) || maps(m, M_PASSED)))
        return error_set(o->err, ERR_PARSE,
                         "/fields: a score needs a name, and a value, label or passed");
    return target ? OK
                  : error_set(o->err, ERR_PARSE,
                              "/fields: a score needs a request_id, trace_id, session_id or case");
}

static enum err read_fields(struct opening *o, json_ref at)
{
    struct walk w = {.where = NULL};
    bool more = true;
    enum err rc = check_object(o, at, "/fields");

    o->m->fields = arena_zalloc(&o->m->arena, n_mapping_targets, sizeof(*o->m->fields));
    if (!rc && !o->m->fields)
        rc = no_memory(o);
    while (!rc && !(rc = walk_next(o, at, "/fields", &w, &more)) && more)
        rc = read_field(o, w.key, w.m.value, w.where);
    return rc ? rc : check_needed(o);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static enum err read_record(struct opening *o, json_ref at)
{
    for (size_t i = 0; i < ARRAY_LEN(records); i++)
        if (json_type(&o->m->doc, at) == JSON_STRING &&
            sv_is(json_raw(&o->m->doc, at), records[i].name)) {
            o->m->record = records[i].record;
            return OK;
        }
    return expected(o, "/record", at, "\"call\", \"tool_call\" or \"score\"");
}

static enum err read_mapping(struct opening *o)
{
    static const char *const keys[] = {"record",   "fields",  "match",       "identity",
                                       "meta",     "$schema", "description", NULL};
    const struct json_doc *d = &o->m->doc;
    enum err rc;

    if (json_type(d, 0) != JSON_OBJECT)
        return error_set(o->err, ERR_PARSE, "expected an object");
    rc = check_keys(o, 0, "", keys);
    if (!rc)
        rc = read_record(o, json_get(d, 0, "record"));
    if (!rc)
        rc = read_match(o, json_get(d, 0, "match"));
    if (!rc)
        rc = read_identity(o, json_get(d, 0, "identity"));
    if (!rc)
        rc = read_fields(o, json_get(d, 0, "fields"));
    return rc ? rc : read_meta(o, json_get(d, 0, "meta"));
}

enum err mapping_open(struct sv text, const char *file, struct mapping **out, struct error *err)
{
    struct error trouble = {0};
    struct mapping *m = calloc(1, sizeof(*m));
    struct opening o = {m, &trouble};
    struct sv own;
    enum err rc;

    if (!m)
        return error_set(err, ERR_NOMEM, "out of memory for the mapping");
    own = arena_copy(&m->arena, text);
    rc = own.p ? json_parse(&m->doc, own.p, own.n, &trouble) : no_memory(&o);
    if (!rc)
        rc = read_mapping(&o);
    if (rc) {
        mapping_close(m);
        error_at(&trouble, file, 0);
        if (err)
            *err = trouble;
        return rc;
    }
    *out = m;
    return OK;
}

void mapping_close(struct mapping *m)
{
    if (!m)
        return;
    json_release(&m->doc);
    arena_release(&m->arena);
    free(m);
}
