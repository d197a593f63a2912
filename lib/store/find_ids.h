/* find_ids: what an id, or the beginning of one, that somebody typed stands for. */
#ifndef LLMOBS_STORE_FIND_IDS_H
#define LLMOBS_STORE_FIND_IDS_H

#include "store/store.h"

enum found_kind { FOUND_TRACE, FOUND_SPAN, FOUND_REQUEST, FOUND_SESSION };

struct found_id {
    enum found_kind kind;
    struct sv id;    /* in full */
    struct sv trace; /* that it is in; SV_NONE: in none */
    int64_t call_id; /* of a span or request; CALL_MISSING: a span without usage */
};

enum { FOUND_MOST = 20 };
struct found_ids {
    struct found_id v[FOUND_MOST];
    size_t n;
    bool more; /* than fit */
};

/*
 * Everything that has exactly this id; when nothing has, everything whose id begins with it, in the
 * order of kinds and ids. Texts live in the arena. Two blocks are read for each 65,536 calls and spans, and the last
 * rows (4,095 at most); only
 * where nothing was found, those rows are searched through among which there are ids that are
 * neither UUIDs nor hex digits.
 */
NODISCARD enum err store_find(struct store *s, struct sv text, struct arena *a,
                              struct found_ids *out, struct error *err);

/* Ids of the calls that name this trace, or this request (or own id), ascending; free() the array.
 */
NODISCARD enum err store_calls_of(struct store *s, enum found_kind kind, struct sv id,
                                  int64_t **out, size_t *n, struct error *err);

/* Ids of the calls of a session, by its key, ascending; free() the array. Reads one column. */
NODISCARD enum err store_calls_of_session(struct store *s, int64_t session_key, int64_t **out,
                                          size_t *n, struct error *err);

/* Id of the only session that there is, into the arena; SV_NONE: there are none or several. */
NODISCARD enum err store_only_session(struct store *s, struct arena *a, struct sv *out,
                                      struct error *err);

#endif
