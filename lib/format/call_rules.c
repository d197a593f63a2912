/* call_rules: what holds for every call, whichever format it was read from. */
#include "format/call_rules.h"

#include <math.h>
#include <stdlib.h>
#include "format/key_index.h"
#include "record/privacy.h"

#include "base/banned.h"

#define GUARDRAILS_MAX_BYTES 4096 /* of one call; what goes beyond is only flagged */

struct sv finish_reason(struct sv raw)
{
    static const struct {
        struct sv raw;
        const char *means;
    } words[] = {
        {TEXT("stop"), "stop"},
        {TEXT("end_turn"), "stop"},
        {TEXT("stop_sequence"), "stop"},
        {TEXT("completed"), "stop"},
        {TEXT("complete"), "stop"},
        {TEXT("finish_reason_stop"), "stop"},
        {TEXT("eos"), "stop"},
        {TEXT("finish"), "stop"},
        {TEXT("length"), "length"},
        {TEXT("max_tokens"), "length"},
        {TEXT("max_output_tokens"), "length"},
        {TEXT("model_length"), "length"},
        {TEXT("tool_calls"), "tool_calls"},
        {TEXT("tool_call"), "tool_calls"},
        {TEXT("tool_use"), "tool_calls"},
        {TEXT("tooluse"), "tool_calls"},
        {TEXT("tool-calls"), "tool_calls"},
        {TEXT("function_call"), "tool_calls"},
        {TEXT("content_filter"), "content_filter"},
        {TEXT("content-filter"), "content_filter"},
        {TEXT("safety"), "content_filter"},
        {TEXT("recitation"), "content_filter"},
        {TEXT("blocklist"), "content_filter"},
        {TEXT("content_filtered"), "content_filter"},
        {TEXT("prohibited_content"), "content_filter"},
        {TEXT("guardrail_intervened"), "content_filter"},
        {TEXT("refusal"), "refusal"},
        {TEXT("error"), "error"},
        {TEXT("failed"), "error"},
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_eq_nocase(raw, words[i].raw))
            return sv_from(words[i].means);
    return SV("other");
}

void call_set_finish(struct call_record *call)
{
    if (record_has(call, F_FINISH_REASON_RAW) && !record_has(call, F_FINISH_REASON))
        record_set_dim(call, F_FINISH_REASON, finish_reason(call->dim[F_FINISH_REASON_RAW]));
}

struct maybe_i64 status_of(const struct reading *r, const struct json_doc *d, json_ref at,
                           struct maybe_i64 *http)
{
    static const struct {
        struct sv text;
        enum call_status means;
    } words[] = {
        {TEXT("success"), STATUS_OK},          {TEXT("ok"), STATUS_OK},
        {TEXT("succeeded"), STATUS_OK},        {TEXT("completed"), STATUS_OK},
        {TEXT("complete"), STATUS_OK},         {TEXT("true"), STATUS_OK},
        {TEXT("error"), STATUS_ERROR},         {TEXT("failed"), STATUS_ERROR},
        {TEXT("failure"), STATUS_ERROR},       {TEXT("fail"), STATUS_ERROR},
        {TEXT("errored"), STATUS_ERROR},       {TEXT("timeout"), STATUS_ERROR},
        {TEXT("false"), STATUS_ERROR},         {TEXT("cancelled"), STATUS_CANCELLED},
        {TEXT("canceled"), STATUS_CANCELLED},  {TEXT("aborted"), STATUS_CANCELLED},
    };
    struct sv text = scalar_text(r, d, at);
    int64_t code = 0;

    if (!text.n)
        return (struct maybe_i64){0, false};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_eq_nocase(text, words[i].text))
            return (struct maybe_i64){words[i].means, true};
    for (size_t i = 0; i < 3 && text.n == 3; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return (struct maybe_i64){STATUS_UNKNOWN, true};
        code = code * 10 + (text.p[i] - '0');
    }
    if (code < 100 || code > 599)
        return (struct maybe_i64){STATUS_UNKNOWN, true};
    *http = (struct maybe_i64){code, true};
    return (struct maybe_i64){code >= 400 ? STATUS_ERROR : STATUS_OK, true};
}

static bool all_digits(struct sv s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

struct sv error_kind(const struct reading *r, struct sv type, struct sv text)
{
    struct sv kind;

    if (privacy_is_error_type(type)) {
        kind = all_digits(type) ? privacy_error_kind(type) : SV("other");
        return sv_is(kind, "other") ? keep_id(r, type) : kind;
    }
    if (!text.n)
        text = type;
    return text.n ? privacy_error_kind(text) : SV_NONE;
}

void call_set_error(const struct reading *r, struct call_record *call, struct sv type,
                    struct sv text)
{
    record_set_num(call, F_STATUS, STATUS_ERROR);
    record_set_dim(call, F_ERROR_KIND, error_kind(r, type, text));
    if (text.n)
        record_set_num(call, F_ERROR_HASH, text_hash(text));
}

void call_set_flag(struct call_record *call, enum call_flag flag)
{
    record_set_num(call, F_FLAGS, record_num(call, F_FLAGS) | flag);
}

static int64_t known_or_0(const struct call_record *call, enum call_field f)
{
    return record_has(call, f) ? record_num(call, f) : 0;
}

/* Sums of token counts in 128 bits: four of 63 bits cannot leave them. */
__extension__ typedef __int128 wide;

static bool set_sum(const struct reading *r, struct call_record *call, enum call_field f, wide sum)
{
    if (sum > INT64_MAX) {
        *r->bad_field = sv_from(call_fields[f].name);
        error_set(r->err, ERR_RANGE, "%s: expected a sum below 2^63", call_fields[f].name);
        return false;
    }
    record_set_num(call, f, (int64_t)sum);
    return true;
}

static void forget(struct call_record *call, enum call_field f)
{
    call->known &= ~(UINT64_C(1) << f);
    call->num[f - F_DIM_COUNT] = 0;
}

static bool settle_tokens(const struct reading *r, struct call_record *call)
{
    bool has_input = record_has(call, F_INPUT_TOKENS);
    bool has_output = record_has(call, F_OUTPUT_TOKENS);
    wide input = known_or_0(call, F_INPUT_TOKENS), output = known_or_0(call, F_OUTPUT_TOKENS);
    wide cached = (wide)known_or_0(call, F_CACHE_READ_TOKENS) +
                  known_or_0(call, F_CACHE_WRITE_TOKENS);
    wide reasoning = known_or_0(call, F_REASONING_TOKENS);
    wide total = known_or_0(call, F_TOTAL_TOKENS_GIVEN);
    bool add_cached = has_input && cached > input, add_reasoning = has_output && reasoning > output;

    if (!has_input && !has_output)
        return true;
    if (has_input && has_output && record_has(call, F_TOTAL_TOKENS_GIVEN) &&
        total != input + output) {
        if (total == input + cached + output)
            add_cached = true;
        else if (total == input + output + reasoning)
            add_reasoning = true;
        else if (total == input + cached + output + reasoning)
            add_cached = add_reasoning = true;
    }
    forget(call, F_TOTAL_TOKENS_GIVEN);
    return (!add_cached || set_sum(r, call, F_INPUT_TOKENS, input + cached)) &&
           (!add_reasoning || set_sum(r, call, F_OUTPUT_TOKENS, output + reasoning));
}

void call_add_guardrail(const struct reading *r, struct call_record *call, struct sv rule,
                        struct sv action)
{
    size_t before = call->guardrails.n, n = before + rule.n + action.n + 2;
    char *all;

    call_set_flag(call, FLAG_GUARDRAIL);
    if (!rule.n && !action.n)
        return;
    all = n <= GUARDRAILS_MAX_BYTES ? keep_room(r, n) : NULL;
    if (!all)
        return;
    if (before)
        memcpy(all, call->guardrails.p, before);
    if (rule.n)
        memcpy(all + before, rule.p, rule.n);
    all[before + rule.n] = '\t';
    if (action.n)
        memcpy(all + before + rule.n + 1, action.p, action.n);
    all[n - 1] = '\n';
    call->guardrails = (struct sv){all, n};
}

void call_set_logged(struct call_record *call, enum call_flag known, enum call_flag set, bool is)
{
    call_set_flag(call, known);
    if (is)
        call_set_flag(call, set);
}

bool call_settle(const struct reading *r, struct call_record *call)
{
    call_set_finish(call);
    if (sv_is(call->dim[F_FINISH_REASON], "refusal"))
        call_set_logged(call, FLAG_LOGGED_REFUSAL, FLAG_LOGGED_REFUSED, true);
    if (!settle_tokens(r, call))
        return false;
    if (record_has(call, F_STATUS) && record_num(call, F_STATUS) == STATUS_ERROR &&
        !known_or_0(call, F_INPUT_TOKENS) && !known_or_0(call, F_OUTPUT_TOKENS) &&
        !known_or_0(call, F_COST_GIVEN_NUSD)) {
        forget(call, F_INPUT_TOKENS);
        forget(call, F_OUTPUT_TOKENS);
        forget(call, F_COST_GIVEN_NUSD);
    }
    return true;
}

struct sv identity_text(const struct reading *r, const struct identity *id)
{
    struct sv parts[3] = {SV("span"), id->trace_id, id->span_id};
    unsigned char bytes[16];
    char hex[33], *out = NULL;
    size_t n = 0, count = id->kind == ID_SPAN ? 3 : 2;

    if (id->kind == ID_OWN) {
        parts[0] = id->family;
        parts[1] = id->own;
    } else if (id->kind == ID_LINE) {
        for (int i = 0; i < 8; i++) {
            bytes[i] = (unsigned char)(id->line.hi >> (56 - 8 * i));
            bytes[8 + i] = (unsigned char)(id->line.lo >> (56 - 8 * i));
        }
        hex_encode(bytes, sizeof(bytes), hex);
        parts[0] = SV("line");
        parts[1] = (struct sv){hex, 32};
    }
    out = keep_room(r, parts[0].n + parts[1].n + parts[2].n + 2);
    if (!out)
        return SV_NONE;
    for (size_t i = 0; i < count; i++) {
        if (i)
            out[n++] = ':';
        if (parts[i].n)
            memcpy(out + n, parts[i].p, parts[i].n);
        n += parts[i].n;
    }
    return (struct sv){out, n};
}

/* The line's hash, moved by a key: equal lines have equal ones, records of one line differ. */
static struct hash128 derived_line(struct hash128 line, struct sv key)
{
    struct hash128 h = hash128(key.p, key.n, line.lo);

    h.hi ^= hash_mix(line.hi);
    return h;
}

/* Most lines have ids, and hashing takes as long as reading a tenth of the line. */
static struct hash128 line_hash(const struct line_context *c)
{
    struct line_bytes *b = c->bytes;

    if (!b)
        return c->line_hash;
    if (!b->hashed)
        b->hash = hash128(b->text.p, b->text.n, 0);
    b->hashed = true;
    return b->hash;
}

struct identity line_identity(const struct line_context *c, uint64_t n)
{
    struct hash128 line = line_hash(c);

    if (n)
        line = (struct hash128){hash_mix(line.hi + n), hash_mix(line.lo ^ n)};
    return (struct identity){.kind = ID_LINE, .line = line};
}

/* The identity of what a line says of a call beside the call itself. */
static struct identity part_identity(const struct reading *r, const struct identity *call,
                                     struct sv family, struct sv key)
{
    const struct identity own = {.kind = ID_OWN, .family = identity_text(r, call), .own = key};
    struct identity id = {.kind = ID_OWN, .family = family};

    if (call->kind == ID_LINE)
        return (struct identity){.kind = ID_LINE, .line = derived_line(call->line, key)};
    id.own = privacy_id(identity_text(r, &own), &r->c->out->arena);
    r->c->out->failed |= !id.own.p;
    return id;
}

struct score_record *add_call_score(const struct reading *r, const struct identity *call,
                                    struct sv key, struct sv name, struct sv scorer)
{
    struct score_record *s = batch_add_score(r->c->out);

    if (!s)
        return NULL;
    *s = (struct score_record){.id = part_identity(r, call, SV("score"), key),
                               .target = TARGET_CALL,
                               .call = *call,
                               .name = keep_id(r, name),
                               .scorer = scorer,
                               .source = r->c->source,
                               .line = r->c->line};
    return s;
}

static bool is_vector(struct place p)
{
    return json_type(p.doc, p.at) == JSON_ARRAY &&
           json_type(p.doc, json_first(p.doc, p.at)) == JSON_NUMBER;
}

static size_t elements(struct place p)
{
    size_t n = 0;

    for (json_ref e = json_first(p.doc, p.at); e != JSON_END; e = json_next(p.doc, p.at, e))
        n++;
    return n;
}

/* The array's numbers as floats; the shortest text of any double lies in the float's range or is
 * no component of an embedding. */
static bool read_vector(const struct reading *r, struct place p, float *out)
{
    size_t i = 0;

    for (json_ref e = json_first(p.doc, p.at); e != JSON_END; e = json_next(p.doc, p.at, e)) {
        /* the text ends with , or ] or a blank, where strtof() stops */
        out[i] = json_type(p.doc, e) == JSON_NUMBER ? strtof(json_raw(p.doc, e).p, NULL) : NAN;
        if (!isfinite(out[i++]))
            return complain(r, (struct place){p.doc, p.name, e}, "a finite number");
    }
    return true;
}

bool add_call_embedding(const struct reading *r, const struct identity *call,
                        enum embedding_role role, struct place p, struct sv model)
{
    struct embedding_record *e;
    size_t n;
    float *vector;

    if (!is_vector(p))
        return true;
    n = elements(p);
    if (n > EMBEDDING_DIM_MAX)
        return complain(r, p, "at most 65536 numbers");
    vector = keep_room(r, n * sizeof(*vector));
    if (!vector || !read_vector(r, p, vector))
        return false;
    e = batch_add_embedding(r->c->out);
    if (!e)
        return false;
    *e = (struct embedding_record){
        .id = part_identity(r, call, SV("embedding"),
                            role == EMBEDDING_INPUT ? SV("input") : SV("output")),
        .call = *call,
        .role = role,
        .model = model,
        .vector = vector,
        .dim = (uint32_t)n,
        .source = r->c->source,
        .line = r->c->line};
    return true;
}
