/* hashed_users: that a database holds hashes in place of users, so that nobody's own id gets in
 * beside them later. */
#ifndef LLMOBS_INGEST_HASHED_USERS_H
#define LLMOBS_INGEST_HASHED_USERS_H

#include "ingest/keeping.h"

struct store;

/* Notes how o hashes users, if it does. Of the salt the hash of a fixed word is kept: who guesses a
 * salt of 16 bytes needs no such help. */
NODISCARD enum err hashed_users_note(struct store *s, const struct keep_options *o,
                                     struct error *err);

/*
 * Makes o hash users as they were hashed last. ERR_USAGE when that was with a salt and o has none or
 * another one. A database whose users were never hashed leaves o as it is.
 */
NODISCARD enum err hashed_users_as_before(struct store *s, struct keep_options *o,
                                          struct error *err);

/*
 * What is noted in another database, in one that takes it in: noted here, too, where nothing is, so
 * that no more names come in beside hashes. ERR_USAGE where both hash in different ways: one person
 * would be two.
 */
NODISCARD enum err hashed_users_take_in(struct store *s, struct store *from, struct error *err);

#endif
