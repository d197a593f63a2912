/* keyed: one object's members, or a provider's body, read by a format's own list of keys. */
#ifndef LLMOBS_FORMAT_KEYED_H
#define LLMOBS_FORMAT_KEYED_H

#include "format/call_rules.h"
#include "format/pick.h"

/* Offers the members of an object that the keys name: the last component of a key's dotted name is
 * the member's, the whole of it is what a complaint says. */
void pick_members(struct picks *p, const struct known_key *keys, size_t n, const struct json_doc *d,
                  json_ref object);

/* pick_members() and picks_apply(): the call has what the keys say. */
bool apply_members(const struct reading *r, const struct known_key *keys, size_t n,
                   const struct json_doc *d, json_ref object, struct call_record *call);

/* Adds the cached parts to the input, for sources that count them apart. false: *r->err is filled,
 * with `place` as the field. */
bool add_cached_input(const struct reading *r, struct call_record *call, const char *place);

/* A time of a source that writes UTC, whether its texts say so or not: no zone is assumed for it.
 */
bool utc_time(const struct reading *r, struct place p, struct maybe_i64 *out);

/* The difference of start and end, unless the call has a latency or the end lies before. */
void set_latency_until(struct call_record *call, struct maybe_i64 ended_us);

#define TAGS_MAX 64 /* that are looked at: many calls may share one list */

/* The first tag "feature:X" of an array of texts, or of the JSON text of one, as X; else SV_NONE.
 * Borrowed like scalar_text(). */
struct sv tagged_feature(const struct reading *r, const struct json_doc *d, json_ref tags);

/* Why a provider's answer ended, wherever its kind of body says so; JSON_END when it does not. */
json_ref body_finish(const struct json_doc *d, json_ref body);

/* The value itself when it is an object; of JSON text the root of *inner, which is parsed; else
 * JSON_END. *doc is the document that the result belongs to. */
json_ref object_or_text(const struct reading *r, json_ref at, struct json_doc *inner,
                        const struct json_doc **doc);

#endif
