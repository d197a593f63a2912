/* user_select: one SELECT that somebody typed, over the views and tables of the database. */
#ifndef LLMOBS_STORE_USER_SELECT_H
#define LLMOBS_STORE_USER_SELECT_H

#include "store/store.h"

enum value_type { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };

struct sql_value {
    enum value_type type;
    int64_t i;
    double r;
    struct sv text; /* bytes of a text or a blob; borrowed for the call */
};

/* Who takes the answer. A failure that they return ends it and is passed on. */
struct select_events {
    void *ctx;
    /* Once, before the first row; names are borrowed for the call. */
    enum err (*columns)(void *ctx, size_t n, const char *const *names, struct error *err);
    enum err (*row)(void *ctx, size_t n, const struct sql_value *values, struct error *err);
};

/*
 * Runs the one statement in sql on a store that was opened to read. It reads: whatever would write,
 * attach, set or load something is ERR_USAGE, as is anything but one statement, or one that SQLite
 * does not understand (the message has its words).
 */
NODISCARD enum err store_select(struct store *s, struct sv sql, const struct select_events *events,
                                struct error *err);

#endif
