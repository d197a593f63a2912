/* aliases: every key of a flat log line that means something to us. */
#ifndef LLMOBS_FORMAT_ALIASES_H
#define LLMOBS_FORMAT_ALIASES_H

#include "format/pick.h"

extern const struct key_index alias_index;

/* Keys whose presence tells formats apart. */
enum sign {
    SIGN_NONE,
    SIGN_OTLP,
    SIGN_BATCHES,
    SIGN_TYPE,
    SIGN_SESSION,
    SIGN_LEAF,
    SIGN_UUID,
    SIGN_PARENT_UUID,
    SIGN_MESSAGE_ID,
    SIGN_SNAPSHOT,
    SIGN_PAYLOAD,
    SIGN_PROJECT_HASH,
    SIGN_TEMPLATE_HASH,
    SIGN_VARIABLES,
    SIGN_FROM_NODE,
    SIGN_TO_NODE,
    SIGN_CONDITION_RESULT,
    SIGN_TOOL_NAME,
    SIGN_INPUTS,
    SIGN_REQUEST_ID,
    SIGN_TOKENS,
    SIGN_GUARDRAILS,
    SIGN_INPUT_HASH,
    SIGN_EVENT,
    SIGN_PROMPT_TOKENS,
    SIGN_LATENCY_MS,
    SIGN_FINISH_REASON,
    SIGN_PROMPT_VERSION,
    SIGN_INPUT_TOKENS,
    SIGN_MODEL_VERSION,
    SIGN_TTFT,
    SIGN_LEVEL,
    SIGN_TEXT,
    SIGN_USAGE,
    SIGN_ANSWER, /* the body of a provider's API, or of a stream of it */
    SIGN_ERROR,
    SIGN_CUSTOM_ID,
    SIGN_WRAPPED, /* where such a body may stand inside */
    SIGN_DATA,
    SIGN_TRACE,
    SIGN_OBSERVATIONS,
    SIGN_USAGE_DETAILS,
    SIGN_DATA_TYPE,
    SIGN_BATCH,
    SIGN_RUN_TYPE,
    SIGN_POST,
    SIGN_CONTEXT,
    SIGN_CONTEXT_SPAN,
    SIGN_SPAN_KIND,
    SIGN_GATEWAY,
    SIGN_SPAN_ATTRIBUTES,
    SIGN_REQUEST_CREATED,
    SIGN_TRAJECTORY,
    SIGN_SESSION_CHANGE,
    SIGN_DATETIME_UTC,
    SIGN_EVALUATION, /* any key that only evaluation tools write */
    SIGN_CASE,       /* what an evaluation calls its cases */
    SIGN_SDK,        /* a record of OpenTelemetry's JavaScript SDK as it stands in memory */
    SIGN_ATTRIBUTES,
    SIGN_LOG_TARGET, /* the module that wrote a line, in logs of Rust programs */
    SIGN_CREATED_AT,
    SIGN_LOGLINES,
    SIGN_NAMESPACE, /* an object that may hold all there is: {"gen_ai":{"request":{...}}} */
    SIGN_CHECK, /* a score under the name of what it is about */
    SIGN_COUNT,
};

_Static_assert(SIGN_COUNT <= 64, "a sign is a bit of struct seen");

#define SIGN_BIT(sign) (UINT64_C(1) << (sign))

#define SEEN_MEMBERS 48

/* What the top level of a line holds, and objects that stand for it, found in one pass. */
struct seen {
    uint64_t signs;          /* SIGN_BIT() of each sign */
    uint64_t targets;        /* target_bit(t): some name of target t is there, whatever its value */
    json_ref at[SIGN_COUNT]; /* where the bit is set: the last value under such a key */
    const struct known_key *keys[SEEN_MEMBERS]; /* what the first names are, NULL for unknown ones */
};

/* Notes a known key and its value. */
static inline void seen_note(struct seen *s, const struct known_key *k, json_ref value)
{
    s->signs |= SIGN_BIT(k->sign);
    s->at[k->sign] = value;
    if (k->target < T_COUNT)
        s->targets |= target_bit(k->target);
}

void seen_scan(const struct json_doc *d, struct seen *out);

/* All of the signs (or-ed SIGN_BIT()) are there. */
static inline bool seen_all(const struct seen *s, uint64_t signs)
{
    return (s->signs & signs) == signs;
}

static inline bool seen_any(const struct seen *s, uint64_t signs)
{
    return (s->signs & signs) != 0;
}

bool seen_model(const struct seen *s);  /* a model-like key */
bool seen_tokens(const struct seen *s); /* any token key */

/* A model-like key and a token, latency, cost, status or error key; or input and output tokens. */
bool seen_call(const struct seen *s);

/* The known key of this name, or NULL. */
const struct known_key *alias_find(struct sv name);

/* The same for a member's key, decoded. */
const struct known_key *alias_of(const struct json_doc *d, json_ref key);

/* The same for the i-th member (from 0) of a line: fastest when lines have their members in one
 * order. */
const struct known_key *alias_of_member(const struct json_doc *d, json_ref key, unsigned i);

#endif
