/* call_rules: what holds for every call, whichever format it was read from. */
#ifndef LLMOBS_FORMAT_CALL_RULES_H
#define LLMOBS_FORMAT_CALL_RULES_H

#include "format/scalar.h"

/* A provider's finish reason as stop, length, tool_calls, content_filter, refusal, error, other. */
struct sv finish_reason(struct sv raw);

/* Sets the normalised finish reason from the raw one, where that is all there is. */
void call_set_finish(struct call_record *call);

/* A status word or code as enum call_status: success, 200, error, 429, cancelled ... Other texts
 * are STATUS_UNKNOWN, a missing value is unknown. *http gets the code when it is one. */
struct maybe_i64 status_of(const struct reading *r, const struct json_doc *d, json_ref at,
                           struct maybe_i64 *http);

/* The call failed; its kind from a type or code when that looks like one, else from the text, of
 * which a hash stays. Either may be empty. */
void call_set_error(const struct reading *r, struct call_record *call, struct sv type,
                    struct sv text);

/* An error's type as it may be stored: a code by its kind (429 is rate_limit), a type as given. */
struct sv error_kind(const struct reading *r, struct sv type, struct sv text);

/* Sets the flag in F_FLAGS. */
void call_set_flag(struct call_record *call, enum call_flag flag);

/* A guardrail was triggered in the call: its rule and what it did (blocked, filtered, flagged), where
 * the log says so; either may be SV_NONE. */
void call_add_guardrail(const struct reading *r, struct call_record *call, struct sv rule,
                        struct sv action);

/* What the log itself says of a call: that it knows, and that it is so. */
void call_set_logged(struct call_record *call, enum call_flag known, enum call_flag set, bool is);

/*
 * Last step of each call. Token counts: parts that lie outside their whole are added to it, which
 * is when a given total says so or when a part is larger than its whole; the given total stays
 * only where it is all there is. An error with nothing counted and nothing paid has no counts and
 * no cost. false: a sum leaves 64 bits.
 */
bool call_settle(const struct reading *r, struct call_record *call);

/* The identity's text as written in record.h, in the batch's arena; of ID_LINE without ordinal. */
struct sv identity_text(const struct reading *r, const struct identity *id);

/* An identity for the n-th further record of a line that has no own id. */
struct identity line_identity(const struct line_context *c, uint64_t n);

/*
 * A score on a call, with an identity made of the call's and `key` (the name, or name and label
 * where one call has several of a name). NULL when out of memory.
 */
struct score_record *add_call_score(const struct reading *r, const struct identity *call,
                                    struct sv key, struct sv name, struct sv scorer);

/*
 * The vector of a call's answer or input from an array of numbers, with an identity made of the
 * call's and the role. Anything else than an array that begins with a number is none, and true.
 * false: *r->err is filled (a value that is no finite number, too many), or memory is out.
 */
bool add_call_embedding(const struct reading *r, const struct identity *call,
                        enum embedding_role role, struct place p, struct sv model);

#endif
