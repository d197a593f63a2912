/* privacy: the one list that decides which text of a log may be stored. */
#ifndef LLMOBS_RECORD_PRIVACY_H
#define LLMOBS_RECORD_PRIVACY_H

#include "base/arena.h"
#include "base/sv.h"

#define PRIVACY_MAX_TEXT 200 /* bytes of an id, a dimension or a meta value */

/* True when a member of this name (dotted path allowed; the last component and known containers
 * count) holds content: prompts, messages, inputs, outputs, tool arguments and results, branch
 * context, variables, error message texts, score reasons, previews, headers, credentials. */
bool privacy_is_content(struct sv key);

/* An id or dimension as it may be stored: itself when at most PRIVACY_MAX_TEXT bytes without control
 * bytes, else "sha256:" and 64 hex digits of it (in the arena), so that equal stays equal. */
struct sv privacy_id(struct sv text, struct arena *a);

/* An error's text reduced to a kind: timeout, rate_limit, context_length, content_filter, auth,
 * connection, server_error, invalid_request, cancelled, overloaded, other. Static storage. */
struct sv privacy_error_kind(struct sv message);

/* True when text looks like an error type or code rather than a sentence: at most 80 bytes of
 * [A-Za-z0-9_.:-]. */
bool privacy_is_error_type(struct sv text);

#endif
