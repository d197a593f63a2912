/* removal: deleting stored calls and what belongs to them, with everything that is derived from
 * them kept true. */
#ifndef LLMOBS_STORE_REMOVAL_H
#define LLMOBS_STORE_REMOVAL_H

#include "store/store.h"

/* What is deleted of calls. */
enum removal_level {
    REMOVE_TEXTS, /* what was asked and answered */
    REMOVE_RAW,   /* spans, tool calls, decisions, merged records: what no sum of calls needs */
    REMOVE_ROWS,  /* all of it, the calls and their scores included */
    REMOVE_LEVELS,
};

/* Rows that were deleted. */
struct removed {
    int64_t calls; /* without spans above calls that have their usage, too */
    int64_t texts, versions, spans, tool_calls, branch_decisions, scores;
    int64_t sessions, traces, scalars; /* ids and sets of scalars that nothing had any more */
    int64_t untimed_kept; /* calls without a start, which stay; known when calls were deleted */
    int64_t values;       /* texts of dimensions that nothing had any more: users, projects ... */
};

/* Opens the transaction that the rest happens in. ERR_BUSY. */
NODISCARD enum err removal_begin(struct store *s, struct error *err);

/*
 * Deletes what started in [from_us, until_us), and, when untimed is set, what has no start. Adds to
 * *out. Tool calls, decisions and scores go with their call, those without one by their own time.
 */
NODISCARD enum err removal_between(struct store *s, enum removal_level level, int64_t from_us,
                                   int64_t until_us, bool untimed, struct removed *out,
                                   struct error *err);

/*
 * Deletes all that is known of a user: their calls, the calls without a user in the same sessions
 * and traces, and what belongs to these. ERR_NOT_FOUND when no call ever had this user.
 */
NODISCARD enum err removal_of_user(struct store *s, struct sv user, struct removed *out,
                                   struct error *err);

/* Commits, or takes everything back. Accepts a transaction that never began. */
NODISCARD enum err removal_end(struct store *s, bool commit, struct error *err);

#endif
