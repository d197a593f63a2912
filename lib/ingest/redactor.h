/* redactor: personal data and secrets in texts, made unreadable. */
#ifndef LLMOBS_INGEST_REDACTOR_H
#define LLMOBS_INGEST_REDACTOR_H

#include <stdint.h>
#include "base/error.h"
#include "base/sv.h"

struct store;
struct redactor;

/* For one thread. ERR_NOMEM. */
NODISCARD enum err redactor_open(struct redactor **out, struct error *err);
void redactor_close(struct redactor *r); /* accepts NULL */

/*
 * text with each find of detect's families of personal data and secrets replaced by its kind,
 * [email]; of finds that overlap by the first one's. *places: how many there were. *out is borrowed
 * until the next call. ERR_NOMEM.
 */
NODISCARD enum err redactor_text(struct redactor *r, struct sv text, struct sv *out,
                                 int64_t *places, struct error *err);

/*
 * The same of all texts that are stored, in one transaction that commit ends. *texts: how many
 * changed; *places: in all of them. ERR_BUSY, ERR_DB, ERR_NOMEM: nothing is changed then.
 */
NODISCARD enum err redact_stored(struct store *s, bool commit, int64_t *texts, int64_t *places,
                                 struct error *err);

#endif
