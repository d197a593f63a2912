/* string_bytes: where plain runs end inside strings, and whether bytes are UTF-8: many at once. */
#ifndef LLMOBS_JSON_STRING_BYTES_H
#define LLMOBS_JSON_STRING_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRING_BYTES_MAX 4096
#define STRING_BYTES_WORDS (STRING_BYTES_MAX / 64 + 1)

/* One way to look at bytes: what instructions it takes decides how fast it is, and on which
 * machines it runs. */
struct string_bytes {
    const char *name;
    bool (*runs_here)(void);
    /*
     * Bit i % 64 of stops[i / 64] becomes 1 where p[i] is a quote, a backslash or a control byte,
     * and for i == n, so that every search ends. Bytes that are not ASCII are marked, too, unless
     * the way checks UTF-8 and the n bytes are UTF-8 (which a character that they cut is not):
     * whoever reads on has then to check them one by one.
     *
     *   n      1 to STRING_BYTES_MAX; p[n] is not read
     *   stops  n / 64 + 1 words are written
     */
    void (*find_stops)(const char *p, size_t n, uint64_t *stops);
    bool checks_utf8;
};

/* All ways that this program was built with, the fastest first; the last runs everywhere. */
extern const struct string_bytes string_bytes_ways[];
extern const size_t string_bytes_n;

/* The fastest way of this machine. O(1), no state of its own. */
const struct string_bytes *string_bytes_best(void);

#endif
