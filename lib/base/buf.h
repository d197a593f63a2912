/* buf: a growing run of bytes. */
#ifndef LLMOBS_BASE_BUF_H
#define LLMOBS_BASE_BUF_H

#include <stdint.h>
#include "base/error.h"
#include "base/sv.h"

/* Zeroed storage is an empty buffer. p[n] is always '\0' once anything was added. */
struct buf {
    char *p;
    size_t n;
    size_t cap;
    bool failed; /* an allocation failed: what follows was dropped; check once at the end */
};

/* Room for n more bytes (plus the NUL); false and failed set when out of memory. */
bool buf_reserve(struct buf *b, size_t n);

/* Append; on out of memory set failed and do nothing. */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_sv(struct buf *b, struct sv s);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_i64(struct buf *b, int64_t v);

/* s as a JSON string with its quotes; control bytes, quotes and backslash escaped; bytes that are
 * not UTF-8 become U+FFFD, so the result is always valid JSON. */
void buf_json_string(struct buf *b, struct sv s);

void buf_reset(struct buf *b);
void buf_release(struct buf *b);

#endif
