/* pick: which member of an object speaks for which field, when several names could. */
#ifndef LLMOBS_FORMAT_PICK_H
#define LLMOBS_FORMAT_PICK_H

#include "format/key_index.h"
#include "format/scalar.h"

/* What a known key is about: a field of the call (enum call_field), or one of these. */
enum target {
    T_SESSION = F_COUNT,
    T_REQUEST_ID,
    T_ID,
    T_TRACE_ID,
    T_SPAN_ID,
    T_PARENT_ID,
    T_ENDED,
    T_TAGS,
    T_ROUTE,
    T_ERROR,
    T_ERROR_TYPE,
    T_EXCEPTION,
    T_LEVEL,
    T_QUALITY,
    T_HALLUCINATION,
    T_REFUSAL,
    T_EMBEDDING,
    T_STREAMING,
    T_GUARDRAIL, /* one was triggered */
    T_TOOL_NAME,
    T_SPAN_KIND, /* OpenInference's or Traceloop's word for what a span is */
    T_COUNT,

    T_NESTED = T_COUNT, /* an object whose members count under dotted names */
    T_INNER,            /* metadata, extra: its members count like those of the line, but weaker */
    T_IGNORED,          /* known and not wanted */
    T_SIGN,             /* a sign of a format; elsewhere a member like any unknown one */
};

/* The bit of a target in a set of them. The last ones have none: no set is asked for these. */
static inline uint64_t target_bit(unsigned target)
{
    return target < 64 ? UINT64_C(1) << target : 0;
}
_Static_assert(T_ERROR_TYPE < 64, "sets of targets are asked for these");

/* How the value of a key is read into a call. */
enum how {
    HOW_OTHER, /* not by picks_apply() */
    HOW_DIM,
    HOW_COUNT,
    HOW_MS,
    HOW_S,
    HOW_US,
    HOW_NS,
    HOW_UNCLEAR,
    HOW_S003_MS, /* milliseconds in the interaction log, unknown elsewhere */
    HOW_MONEY,
    HOW_TIME,
    HOW_HASH,
    HOW_TEMPLATE, /* the text of a template, of which a hash stays */
};

#define PICK_NONE 255

struct picks {
    uint64_t found; /* target_bit(t): something was found for target t */
    bool no_error; /* an error's key is there and says that there was none: null, "" */
    uint8_t rank[T_COUNT]; /* PICK_NONE: nothing found */
    uint8_t how[T_COUNT];
    struct place place[T_COUNT];
};

void picks_clear(struct picks *p);

static inline bool picked(const struct picks *p, unsigned target)
{
    return p->rank[target] != PICK_NONE;
}

/* Offers a value for the key's target. Missing values are passed over, the lowest rank wins, of
 * the same key the last one. `weaker` (0 to 100) is added to the rank. */
void pick(struct picks *p, const struct known_key *key, const struct json_doc *doc, json_ref at,
          unsigned weaker);

/* Decoded text of what was picked, SV_NONE when nothing was. */
struct sv pick_text(const struct reading *r, const struct picks *p, unsigned target);

/* The same as it may be stored. */
struct sv pick_id(const struct reading *r, const struct picks *p, unsigned target);

/* The value behind a target; at is JSON_END when nothing was picked. */
static inline struct place pick_place(const struct picks *p, unsigned target)
{
    return picked(p, target) ? p->place[target] : (struct place){.at = JSON_END};
}

/* The number picked for a target, read as its key says; left unknown when nothing was picked.
 * *zoneless is set for a time without zone, and may be NULL. */
bool pick_number(const struct reading *r, const struct picks *p, unsigned target,
                 struct maybe_i64 *out, bool *zoneless);

/* Reads every picked field that has a `how` into the call. false: *r->err says what is wrong. */
bool picks_apply(const struct reading *r, const struct picks *p, struct call_record *call);

/* Walks the members of an object: for (m = member_first(d, o); m.key != JSON_END; m = ...). */
struct member {
    json_ref key, value;
};

static inline struct member member_at(const struct json_doc *d, json_ref object, json_ref key)
{
    if (key >= d->tokens[object].next)
        return (struct member){JSON_END, JSON_END};
    return (struct member){key, key + 1};
}

static inline struct member member_first(const struct json_doc *d, json_ref object)
{
    if (json_type(d, object) != JSON_OBJECT)
        return (struct member){JSON_END, JSON_END};
    return member_at(d, object, object + 1);
}

static inline struct member member_next(const struct json_doc *d, json_ref object, struct member m)
{
    return member_at(d, object, d->tokens[m.value].next);
}

#endif
