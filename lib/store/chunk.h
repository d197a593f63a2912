/* chunk: the codec of one column of one chunk: up to 65,536 integers, some missing, as bytes. */
#ifndef LLMOBS_STORE_CHUNK_H
#define LLMOBS_STORE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"

/*
 * The bytes, all integers little-endian:
 *   0      version, CHUNK_VERSION
 *   1      width in bytes of one value: 0 1 2 3 4 5 6 7 8
 *   2      form: 0 nothing is missing,
 *                1 something is: 0 marks it, the others are stored + 1,
 *                2 much is: a bitmap of (rows + 7) / 8 bytes stands before the values, bit i % 8 of
 *                  byte i / 8 says that row i is known, and only known rows have a value
 *   3      0
 *   4..7   rows
 *   8..15  the smallest value; a stored value is the difference to it
 *   16..   the values, width bytes each
 */
#define CHUNK_VERSION 1
#define CHUNK_HEADER 16

/* Bytes that any column of n rows fits into. */
#define CHUNK_ROOM(n) (CHUNK_HEADER + 8 * (size_t)(n) + ((size_t)(n) + 7) / 8)

/* Encodes n values (n <= CHUNK_ROWS, CALL_MISSING marks a missing one) into out, which has
 * CHUNK_ROOM(n) bytes. Returns the bytes used; 0 when every value is missing (such a column is not
 * stored). O(n), no allocation. */
size_t chunk_encode(const int64_t *values, size_t n, unsigned char *out);

/* An encoded column on its way out, from its first row on. Plain data; the bytes are borrowed. */
struct chunk_reader {
    const unsigned char *bits; /* of all rows; NULL: each has a value */
    const unsigned char *next; /* the next value */
    uint64_t base;
    unsigned width;
    bool zero_missing;
    size_t row; /* the next one */
};

/* Begins with size bytes that hold n rows. False, with *out in any state, when they are damaged or
 * hold other than n rows. O(n / 8) where much is missing, else O(1). */
NODISCARD bool chunk_begin(const void *bytes, size_t size, size_t n, struct chunk_reader *out);

/* Goes on to a row that is not before the next one. O(rows / 8) at most. */
void chunk_skip(struct chunk_reader *r, size_t row);

/* The next n rows into out, not beyond the last one. Never reads outside of the bytes. O(n). */
void chunk_next(struct chunk_reader *r, size_t n, int64_t *out);

/* All of it at once: decodes size bytes into out, which has room for n values. False, with
 * out in any state, when the bytes are damaged or hold other than n rows. O(n). */
NODISCARD bool chunk_decode(const void *bytes, size_t size, int64_t *out, size_t n);

/* The same for rows [first, first + count) of n alone, into out[0 .. count). O(count), of a bitmap
 * O(n / 64) besides. */
NODISCARD bool chunk_decode_part(const void *bytes, size_t size, size_t n, size_t first,
                                 size_t count, int64_t *out);

#endif
