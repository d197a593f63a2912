/* eval_log: Inspect's .eval files, zip archives whose parts together are one JSON document. */
#ifndef LLMOBS_INPUT_EVAL_LOG_H
#define LLMOBS_INPUT_EVAL_LOG_H

#include <stddef.h>
#include <stdint.h>
#include "base/error.h"

#define EVAL_LOG_MAX_DIRECTORY ((int64_t)64 << 20) /* bytes of the archive's list of parts */
#define EVAL_LOG_MAX_HEADER ((int64_t)16 << 20)    /* bytes of the header, unpacked */
/* A part of more than this does not unpack to more than so many times its size. */
#define EVAL_LOG_FREE ((int64_t)16 << 20)
#define EVAL_LOG_MAX_RATIO 2000

/*
 * The document is the one that Inspect itself would write as JSON:
 *   {members of header.json,"samples":[samples/ID_epoch_N.json,...]}
 * with samples in the order of the archive; of several with one name, as when a sample was tried
 * again, the last one. Without any there is no member samples. A run that goes on still has no
 * header.json; then those of _journal/start.json and "status":"started".
 */
struct eval_log;

/*
 * Looks through a regular file for such an archive; it is borrowed and read by pread().
 *   *out  NULL when it is another one: no zip at all, without an end, without these parts, or with
 *         samples in chunks, as some converters write them
 * ERR_IO (errno says why), ERR_NOMEM.
 */
NODISCARD enum err eval_log_open(int fd, int64_t size_bytes, struct eval_log **out);
void eval_log_close(struct eval_log *z); /* Accepts NULL. */

/*
 * Up to n bytes of the document; *got is 0 at its end only. Everything in front of damage is handed
 * out first. ERR_IO (errno), ERR_NOMEM; ERR_PARSE for damage and for what goes beyond the limits
 * above, with a constant text. Errors stay until eval_log_rewind().
 */
NODISCARD enum err eval_log_read(struct eval_log *z, void *p, size_t n, size_t *got,
                                 const char **damage);
void eval_log_rewind(struct eval_log *z);

/* Packed bytes taken so far. */
int64_t eval_log_consumed_bytes(const struct eval_log *z);

#endif
