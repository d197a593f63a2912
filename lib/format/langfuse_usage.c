/* langfuse_usage: token counts of an observation, in the words of whoever sent them. */
#include "format/langfuse_usage.h"

#include "format/key_index.h"
#include "format/keyed.h"
#include "format/pick.h"

#include "base/banned.h"

enum side { SIDE_INPUT, SIDE_OUTPUT, SIDE_TOTAL, SIDE_NONE };

static const struct word {
    struct sv name;
    enum side side;
    enum call_field field;
} words[] = {
    {TEXT("input"), SIDE_INPUT, F_INPUT_TOKENS},
    {TEXT("input_tokens"), SIDE_INPUT, F_INPUT_TOKENS},
    {TEXT("prompt_tokens"), SIDE_INPUT, F_INPUT_TOKENS},
    {TEXT("promptTokens"), SIDE_INPUT, F_INPUT_TOKENS},
    {TEXT("inputUsage"), SIDE_INPUT, F_INPUT_TOKENS},
    {TEXT("input_cache_read"), SIDE_INPUT, F_CACHE_READ_TOKENS},
    {TEXT("input_cached_tokens"), SIDE_INPUT, F_CACHE_READ_TOKENS},
    {TEXT("input_cache_read_tokens"), SIDE_INPUT, F_CACHE_READ_TOKENS},
    {TEXT("cache_read_input_tokens"), SIDE_INPUT, F_CACHE_READ_TOKENS},
    {TEXT("prompt_details.cache_read"), SIDE_INPUT, F_CACHE_READ_TOKENS},
    {TEXT("prompt_tokens_details.cached_tokens"), SIDE_INPUT, F_CACHE_READ_TOKENS},
    {TEXT("input_tokens_details.cached_tokens"), SIDE_INPUT, F_CACHE_READ_TOKENS},
    {TEXT("input_cache_creation"), SIDE_INPUT, F_CACHE_WRITE_TOKENS},
    {TEXT("input_cache_creation_tokens"), SIDE_INPUT, F_CACHE_WRITE_TOKENS},
    {TEXT("cache_creation_input_tokens"), SIDE_INPUT, F_CACHE_WRITE_TOKENS},
    {TEXT("prompt_details.cache_write"), SIDE_INPUT, F_CACHE_WRITE_TOKENS},
    {TEXT("input_ephemeral_5m_input_tokens"), SIDE_INPUT, F_CACHE_WRITE_5M_TOKENS},
    {TEXT("input_ephemeral_1h_input_tokens"), SIDE_INPUT, F_CACHE_WRITE_1H_TOKENS},
    {TEXT("input_audio"), SIDE_INPUT, F_AUDIO_INPUT_TOKENS},
    {TEXT("input_audio_tokens"), SIDE_INPUT, F_AUDIO_INPUT_TOKENS},
    {TEXT("prompt_details.audio"), SIDE_INPUT, F_AUDIO_INPUT_TOKENS},
    {TEXT("prompt_tokens_details.audio_tokens"), SIDE_INPUT, F_AUDIO_INPUT_TOKENS},
    {TEXT("output"), SIDE_OUTPUT, F_OUTPUT_TOKENS},
    {TEXT("output_tokens"), SIDE_OUTPUT, F_OUTPUT_TOKENS},
    {TEXT("completion_tokens"), SIDE_OUTPUT, F_OUTPUT_TOKENS},
    {TEXT("completionTokens"), SIDE_OUTPUT, F_OUTPUT_TOKENS},
    {TEXT("outputUsage"), SIDE_OUTPUT, F_OUTPUT_TOKENS},
    {TEXT("output_reasoning"), SIDE_OUTPUT, F_REASONING_TOKENS},
    {TEXT("output_reasoning_tokens"), SIDE_OUTPUT, F_REASONING_TOKENS},
    {TEXT("completion_details.reasoning"), SIDE_OUTPUT, F_REASONING_TOKENS},
    {TEXT("completion_tokens_details.reasoning_tokens"), SIDE_OUTPUT, F_REASONING_TOKENS},
    {TEXT("output_tokens_details.reasoning_tokens"), SIDE_OUTPUT, F_REASONING_TOKENS},
    {TEXT("output_audio"), SIDE_OUTPUT, F_AUDIO_OUTPUT_TOKENS},
    {TEXT("output_audio_tokens"), SIDE_OUTPUT, F_AUDIO_OUTPUT_TOKENS},
    {TEXT("completion_details.audio"), SIDE_OUTPUT, F_AUDIO_OUTPUT_TOKENS},
    {TEXT("completion_tokens_details.audio_tokens"), SIDE_OUTPUT, F_AUDIO_OUTPUT_TOKENS},
    {TEXT("total"), SIDE_TOTAL, F_TOTAL_TOKENS_GIVEN},
    {TEXT("total_tokens"), SIDE_TOTAL, F_TOTAL_TOKENS_GIVEN},
    {TEXT("totalTokens"), SIDE_TOTAL, F_TOTAL_TOKENS_GIVEN},
    {TEXT("totalUsage"), SIDE_TOTAL, F_TOTAL_TOKENS_GIVEN},
};

/* Anybody may send further parts under names of their own: the beginning says of which side. */
static enum side side_of(struct sv name)
{
    static const struct {
        const char *begin;
        enum side side;
    } begins[] = {
        {"input", SIDE_INPUT},   {"prompt", SIDE_INPUT},      {"cache", SIDE_INPUT},
        {"output", SIDE_OUTPUT}, {"completion", SIDE_OUTPUT}, {"reasoning", SIDE_OUTPUT},
    };

    if (sv_ends(name, "Cost"))
        return SIDE_NONE;
    for (size_t i = 0; i < ARRAY_LEN(begins); i++)
        if (sv_starts(name, begins[i].begin))
            return begins[i].side;
    return SIDE_NONE;
}

static const struct word *word_of(struct sv name)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_eq(words[i].name, name))
            return &words[i];
    return NULL;
}

struct sums {
    const struct reading *r;
    struct call_record *call;
    int64_t side[2]; /* all parts of each side */
    int64_t total;
    bool known[2], has_total;
};

static bool add_part(struct sums *s, enum side side, int64_t v)
{
    if (side == SIDE_TOTAL) {
        s->total = v;
        s->has_total = true;
        return true;
    }
    s->known[side] = true;
    if (!__builtin_add_overflow(s->side[side], v, &s->side[side]))
        return true;
    *s->r->bad_field = SV("usageDetails");
    error_set(s->r->err, ERR_RANGE, "usageDetails: expected a sum below 2^63");
    return false;
}

static bool take_part(struct sums *s, struct sv name, const struct json_doc *d, json_ref at)
{
    const struct word *w = word_of(name);
    enum side side = w ? w->side : side_of(name);
    struct maybe_i64 v = {0, false};

    if (side == SIDE_NONE)
        return true;
    if (!scalar_count(s->r, (struct place){d, w ? w->name.p : "usageDetails", at}, &v))
        return false;
    if (!v.known)
        return true;
    if (w)
        record_set_num(s->call, w->field, v.v);
    return add_part(s, side, v.v);
}

/* The members; those of prompt_tokens_details and the like under dotted names. */
static bool take_parts(struct sums *s, const struct json_doc *d, json_ref object, struct sv prefix)
{
    char dotted[64];

    for (struct member m = member_first(d, object); m.key != JSON_END;
         m = member_next(d, object, m)) {
        struct sv name = scalar_text(s->r, d, m.key);

        if (prefix.n) {
            if (prefix.n + 1 + name.n > sizeof(dotted))
                continue;
            memcpy(dotted, prefix.p, prefix.n);
            dotted[prefix.n] = '.';
            if (name.n)
                memcpy(dotted + prefix.n + 1, name.p, name.n);
            name = (struct sv){dotted, prefix.n + 1 + name.n};
        }
        if (json_type(d, m.value) == JSON_OBJECT && !prefix.n) {
            if (!take_parts(s, d, m.value, name))
                return false;
        } else if (!take_part(s, name, d, m.value)) {
            return false;
        }
    }
    return true;
}

/* Characters, seconds and images are no tokens. */
static bool counts_tokens(const struct json_doc *d, json_ref usage)
{
    json_ref unit = json_get(d, usage, "unit");

    return scalar_missing(d, unit) || sv_is(json_raw(d, unit), "TOKENS");
}

/* The oldest spelling: three members of the observation itself, all 0 when nothing was counted. */
static bool take_flat(struct sums *s, const struct told *observation)
{
    static const char *const keys[][2] = {{"inputUsage", "promptTokens"},
                                          {"outputUsage", "completionTokens"},
                                          {"totalUsage", "totalTokens"}};
    const struct json_doc *d = observation->doc;
    json_ref at[ARRAY_LEN(keys)];
    bool any = false;

    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        at[i] = told_get(observation, keys[i][0]);
        if (at[i] == JSON_END)
            at[i] = told_get(observation, keys[i][1]);
        any |= !scalar_missing(d, at[i]) && !sv_is(json_raw(d, at[i]), "0");
    }
    for (size_t i = 0; any && i < ARRAY_LEN(keys); i++)
        if (!take_part(s, sv_from(keys[i][0]), d, at[i]))
            return false;
    return true;
}

static bool take_usage(struct sums *s, const struct told *observation)
{
    static const char *const keys[] = {"usageDetails", "usage_details", "usage"};
    struct json_doc inner = {0};
    bool ok = true, found = false;

    for (size_t i = 0; ok && !found && i < ARRAY_LEN(keys); i++) {
        const struct json_doc *d = NULL;
        json_ref usage =
            object_or_text(s->r, told_get(observation, keys[i]), &inner, &d);

        found = json_first(d, usage) != JSON_END;
        if (found && counts_tokens(d, usage))
            ok = take_parts(s, d, usage, SV_NONE);
    }
    json_release(&inner);
    return ok && (found || take_flat(s, observation));
}

bool langfuse_usage(const struct reading *r, const struct told *observation,
                    struct call_record *call)
{
    static const enum call_field whole[] = {F_INPUT_TOKENS, F_OUTPUT_TOKENS};
    struct sums s = {.r = r, .call = call};
    int64_t sum = 0;

    if (!take_usage(&s, observation))
        return false;
    if (!s.has_total || __builtin_add_overflow(s.side[0], s.side[1], &sum) || sum != s.total)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(whole); i++)
        if (s.known[i])
            record_set_num(call, whole[i], s.side[i]);
    return true;
}
