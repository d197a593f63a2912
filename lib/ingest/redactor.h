/* redactor: personal data and secrets in texts, made unreadable. */
#ifndef LLMOBS_INGEST_REDACTOR_H
#define LLMOBS_INGEST_REDACTOR_H

#include <stdint.h>
#include "base/arena.h"
#include "detect/patterns.h"
#include "record/record.h"

/* What is made unreadable. */
#define REDACTOR_FAMILIES (1u << DETECT_PII | 1u << DETECT_SECRETS)

struct store;
struct redactor;

/* For one thread. ERR_NOMEM. */
NODISCARD enum err redactor_open(struct redactor **out, struct error *err);
void redactor_close(struct redactor *r); /* accepts NULL */

/*
 * text with each find of detect's families of personal data and secrets replaced by its kind,
 * [email]; of finds that overlap by the first one's. *list: how many of each of *n kinds there
 * were, in the order of detect's kinds. *out and *list are borrowed until the next call, the names
 * of kinds until redactor_close(). ERR_NOMEM.
 */
NODISCARD enum err redactor_text(struct redactor *r, struct sv text, struct sv *out,
                                 const struct redaction **list, size_t *n, struct error *err);

struct redacted {
    int64_t texts;           /* how many changed */
    int64_t places;          /* in all of them */
    struct redaction *kinds; /* n_kinds of them, most first, then by name; in the arena */
    size_t n_kinds;
};

/* The same of all texts that are stored, in one transaction that commit ends. ERR_BUSY, ERR_DB,
 * ERR_NOMEM: nothing is changed then. */
NODISCARD enum err redact_stored(struct store *s, bool commit, struct arena *a,
                                 struct redacted *out, struct error *err);

#endif
