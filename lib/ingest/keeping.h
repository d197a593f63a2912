/* keeping: what of a line's texts and names may reach the database, and in which form. The one
 * place where texts of calls become records that are stored: without keep_options.texts there are
 * none. */
#ifndef LLMOBS_INGEST_KEEPING_H
#define LLMOBS_INGEST_KEEPING_H

#include "format/content.h"
#include "record/record.h"

enum keep_texts {
    KEEP_NO_TEXT,
    KEEP_PREVIEW, /* the first preview_chars characters of each */
    KEEP_WHOLE,
};

struct keep_options {
    enum keep_texts texts;
    int64_t preview_chars;
    bool answers_only; /* of texts those that came out */
    bool redact;       /* personal data and secrets in kept texts become [kind] */
    bool hash_texts;   /* calls whose log gives no hashes and lengths get those of their texts */
    bool hash_users;   /* users become 16 hex digits of a keyed hash */
    struct sv salt;    /* of that; empty: none */
    const char *const *drop; /* globs of members and attributes that are read as null */
    size_t n_drop;
};

struct keeping;

/* For one thread. *out stays NULL when o asks for nothing; o is borrowed. ERR_NOMEM. */
NODISCARD enum err keeping_open(const struct keep_options *o, struct keeping **out,
                                struct error *err);

/* Accepts NULL. */
void keeping_close(struct keeping *k);

/* Before a line is read: members whose key, or dotted path of keys, fits a glob are null from now
 * on, and so are values of attributes of such a name ({"key": ..., "value": ...}). */
void keeping_drop(const struct keeping *k, struct json_doc *d);

/* Behind it: hashes the users of the records that it gave, from the marks on. Out of memory marks
 * the batch as failed. */
void keeping_users(struct keeping *k, struct batch *b, struct batch_mark from);

/* Call by call: after keeping_begin() each of its texts; the end sets hashes and lengths, where the
 * log gives none, and adds the texts as they are to be stored. Out of memory marks the batch as
 * failed. */
void keeping_begin(struct keeping *k, const struct call_record *call);
void keeping_see(struct keeping *k, const struct content_text *text);
void keeping_end(struct keeping *k, struct call_record *call, struct batch *b);

/* 16 hex digits into out (17 bytes): the first of HMAC-SHA-256(salt, user), or of SHA-256(user)
 * where there is no salt. */
void keeping_user_hash(struct sv salt, struct sv user, char out[17]);

#endif
