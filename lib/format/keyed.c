/* keyed: one object's members, or a provider's body, read by a format's own list of keys. */
#include "format/keyed.h"

#include "base/banned.h"

static const char *last_component(struct sv name)
{
    for (size_t i = name.n; i > 0; i--)
        if (name.p[i - 1] == '.')
            return name.p + i;
    return name.p;
}

void pick_members(struct picks *p, const struct known_key *keys, size_t n, const struct json_doc *d,
                  json_ref object)
{
    if (json_type(d, object) != JSON_OBJECT)
        return;
    for (size_t i = 0; i < n; i++)
        pick(p, &keys[i], d, json_get(d, object, last_component(keys[i].name)), 0);
}

bool apply_members(const struct reading *r, const struct known_key *keys, size_t n,
                   const struct json_doc *d, json_ref object, struct call_record *call)
{
    struct picks p;

    picks_clear(&p);
    pick_members(&p, keys, n, d, object);
    return picks_apply(r, &p, call);
}

bool add_cached_input(const struct reading *r, struct call_record *call, const char *place)
{
    static const enum call_field parts[] = {F_CACHE_READ_TOKENS, F_CACHE_WRITE_TOKENS};
    int64_t sum = 0;

    if (!record_has(call, F_INPUT_TOKENS))
        return true;
    sum = record_num(call, F_INPUT_TOKENS);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (record_has(call, parts[i]) &&
            __builtin_add_overflow(sum, record_num(call, parts[i]), &sum)) {
            *r->bad_field = sv_from(place);
            error_set(r->err, ERR_RANGE, "%s: expected a sum below 2^63", place);
            return false;
        }
    record_set_num(call, F_INPUT_TOKENS, sum);
    return true;
}

bool utc_time(const struct reading *r, struct place p, struct maybe_i64 *out)
{
    struct line_context utc = *r->c;
    const struct reading within = {&utc, r->bad_field, r->err};

    utc.assume = NULL;
    return scalar_time(&within, p, out, NULL);
}

void set_latency_until(struct call_record *call, struct maybe_i64 ended_us)
{
    int64_t latency = 0;

    if (ended_us.known && record_has(call, F_STARTED_US) && !record_has(call, F_LATENCY_US) &&
        !__builtin_sub_overflow(ended_us.v, record_num(call, F_STARTED_US), &latency) &&
        latency >= 0)
        record_set_num(call, F_LATENCY_US, latency);
}

static struct sv feature_among(const struct reading *r, const struct json_doc *d, json_ref tags)
{
    static const struct sv prefix = SV_INIT("feature:");
    json_ref tag = json_type(d, tags) == JSON_ARRAY ? json_first(d, tags) : JSON_END;

    for (int i = 0; tag != JSON_END && i < TAGS_MAX; i++, tag = json_next(d, tags, tag)) {
        struct sv text = scalar_text(r, d, tag);

        if (text.n > prefix.n && sv_starts(text, prefix.p))
            return (struct sv){text.p + prefix.n, text.n - prefix.n};
    }
    return SV_NONE;
}

struct sv tagged_feature(const struct reading *r, const struct json_doc *d, json_ref tags)
{
    struct sv text = scalar_text(r, d, tags), feature = SV_NONE;
    struct json_doc inner = {0};

    if (!text.n || text.p[0] != '[')
        return feature_among(r, d, tags);
    if (json_parse(&inner, text.p, text.n, NULL) == OK)
        feature = feature_among(r, &inner, 0);
    json_release(&inner); /* the feature stands in the text itself, or in the batch's arena */
    return feature;
}

json_ref body_finish(const struct json_doc *d, json_ref body)
{
    static const struct {
        const char *list, *key;
    } places[] = {
        {"choices",    "finish_reason"},
        {"candidates", "finishReason" },
        {NULL,         "stop_reason"  },
        {NULL,         "stopReason"   },
        {NULL,         "finish_reason"},
        {NULL,         "done_reason"  },
    };

    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        json_ref in = places[i].list ? json_at(d, json_get(d, body, places[i].list), 0) : body;
        json_ref at = json_get(d, in, places[i].key);

        if (json_type(d, at) == JSON_STRING)
            return at;
    }
    return JSON_END;
}

json_ref object_or_text(const struct reading *r, json_ref at, struct json_doc *inner,
                        const struct json_doc **doc)
{
    struct sv text;

    *doc = r->c->doc;
    if (json_type(*doc, at) == JSON_OBJECT)
        return at;
    if (json_type(*doc, at) != JSON_STRING || !json_raw(*doc, at).n ||
        json_raw(*doc, at).p[0] != '{')
        return JSON_END;
    text = scalar_text(r, *doc, at);
    if (!text.n || json_parse(inner, text.p, text.n, NULL))
        return JSON_END;
    *doc = inner;
    return json_type(inner, 0) == JSON_OBJECT ? 0 : JSON_END;
}
