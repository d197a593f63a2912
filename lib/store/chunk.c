/* chunk: the codec of one column of one chunk. */
#include "store/chunk.h"
#include <endian.h>
#include "store/store.h"
#include "base/banned.h"

enum chunk_form { FORM_ALL, FORM_ZERO_MISSING, FORM_BITMAP };

/* One loop is compiled for each width and form: `width` and `missing` are constants in it. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

static uint16_t load16(const unsigned char *p)
{
    uint16_t v;

    memcpy(&v, p, sizeof(v));
    return le16toh(v);
}

static uint32_t load32(const unsigned char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return le32toh(v);
}

static uint64_t load64(const unsigned char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return le64toh(v);
}

/* Exactly width bytes, so that nothing behind the last value is touched. */
ALWAYS_INLINE uint64_t load(const unsigned char *p, unsigned width)
{
    switch (width) {
    case 1:
        return p[0];
    case 2:
        return load16(p);
    case 3:
        return load16(p) | (uint64_t)p[2] << 16;
    case 4:
        return load32(p);
    case 5:
        return load32(p) | (uint64_t)p[4] << 32;
    case 6:
        return load32(p) | (uint64_t)load16(p + 4) << 32;
    case 7:
        return load32(p) | (uint64_t)load16(p + 4) << 32 | (uint64_t)p[6] << 48;
    default:
        return load64(p);
    }
}

/* Sums wrap on purpose: a column may span all 64 bits. */
ALWAYS_INLINE void decode_values(const unsigned char *p, size_t n, uint64_t base, bool missing,
                                 unsigned width, int64_t *out)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t v = load(p + i * width, width);

        out[i] = missing && v == 0 ? CALL_MISSING : (int64_t)(base + v - missing);
    }
}

static void fill(int64_t *out, size_t n, int64_t v)
{
    for (size_t i = 0; i < n; i++)
        out[i] = v;
}

#define DECODE_WIDTH(w)                                                                            \
    case w:                                                                                        \
        if (missing)                                                                               \
            decode_values(p, n, base, true, w, out);                                               \
        else                                                                                       \
            decode_values(p, n, base, false, w, out);                                              \
        break

static void decode(const unsigned char *p, size_t n, uint64_t base, bool missing, unsigned width,
                   int64_t *out)
{
    switch (width) {
        DECODE_WIDTH(1);
        DECODE_WIDTH(2);
        DECODE_WIDTH(3);
        DECODE_WIDTH(4);
        DECODE_WIDTH(5);
        DECODE_WIDTH(6);
        DECODE_WIDTH(7);
        DECODE_WIDTH(8);
    default:
        fill(out, n, (int64_t)base);
        break;
    }
}

static size_t bitmap_bytes(size_t n)
{
    return (n + 7) / 8;
}

/* How many of the first n bits are set. */
static size_t bitmap_count(const unsigned char *bits, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n / 8; i++)
        count += (size_t)__builtin_popcount(bits[i]);
    if (n % 8)
        count += (size_t)__builtin_popcount(bits[n / 8] & ((1u << n % 8) - 1));
    return count;
}

/* The known values stand at the end of out; each is moved to its row. A row never lies behind the
 * value that is next, so nothing is overwritten before it is read. No branch on the bit: a column
 * that is known now and then would mispredict every time. */
static void spread(const unsigned char *bits, size_t first, size_t n, size_t known, int64_t *out)
{
    size_t next = n - known;

    for (size_t i = 0; i < n; i++) {
        uint64_t bit = (uint64_t)bits[(first + i) / 8] >> (first + i) % 8 & 1;
        uint64_t mask = 0 - bit;
        uint64_t v = (uint64_t)out[next - (next == n)];

        out[i] = (int64_t)((v & mask) | ((uint64_t)CALL_MISSING & ~mask));
        next += bit;
    }
}

bool chunk_begin(const void *bytes, size_t size, size_t n, struct chunk_reader *out)
{
    const unsigned char *p = bytes;
    size_t skip = bitmap_bytes(n), known = n;

    if (n < 1 || n > CHUNK_ROWS || size < CHUNK_HEADER)
        return false;
    if (p[0] != CHUNK_VERSION || p[1] > 8 || p[2] > FORM_BITMAP || p[3] || load32(p + 4) != n)
        return false;
    *out = (struct chunk_reader){.next = p + CHUNK_HEADER,
                                 .base = load64(p + 8),
                                 .width = p[1],
                                 .zero_missing = p[2] == FORM_ZERO_MISSING};
    size -= CHUNK_HEADER;
    if (p[2] == FORM_BITMAP) {
        out->bits = out->next;
        out->next += skip;
        if (size < skip || (n % 8 && out->bits[skip - 1] >> n % 8))
            return false;
        known = bitmap_count(out->bits, n);
        size -= skip;
    }
    return size == known * out->width && !(out->zero_missing && out->width == 0);
}

/* How many of the next n rows have a value of their own. */
static size_t known_of_next(const struct chunk_reader *r, size_t n)
{
    const unsigned char *bits = r->bits ? r->bits + r->row / 8 : NULL;
    size_t before = r->row % 8;

    return bits ? bitmap_count(bits, before + n) - bitmap_count(bits, before) : n;
}

static void go_on(struct chunk_reader *r, size_t n, size_t known)
{
    r->next += known * r->width;
    r->row += n;
}

void chunk_skip(struct chunk_reader *r, size_t row)
{
    size_t n = row - r->row;

    if (n)
        go_on(r, n, known_of_next(r, n));
}

void chunk_next(struct chunk_reader *r, size_t n, int64_t *out)
{
    size_t known = known_of_next(r, n);

    decode(r->next, known, r->base, r->zero_missing, r->width, out + (n - known));
    if (r->bits)
        spread(r->bits, r->row, n, known, out);
    go_on(r, n, known);
}

bool chunk_decode_part(const void *bytes, size_t size, size_t n, size_t first, size_t count,
                       int64_t *out)
{
    struct chunk_reader r;

    if (!chunk_begin(bytes, size, n, &r))
        return false;
    chunk_skip(&r, first);
    chunk_next(&r, count, out);
    return true;
}

bool chunk_decode(const void *bytes, size_t size, int64_t *out, size_t n)
{
    return chunk_decode_part(bytes, size, n, 0, n, out);
}

/* ---- encoding ----------------------------------------------------------------------------- */

/* What a column needs to be told about itself. */
struct extent {
    int64_t min, max;
    size_t known;
};

static struct extent extent_of(const int64_t *values, size_t n)
{
    struct extent e = {INT64_MAX, INT64_MIN, n};

    for (size_t i = 0; i < n; i++) {
        int64_t v = values[i];
        int64_t low = v == CALL_MISSING ? INT64_MAX : v;

        e.min = low < e.min ? low : e.min;
        e.max = v > e.max ? v : e.max; /* CALL_MISSING is the smallest there is */
        e.known -= v == CALL_MISSING;
    }
    return e;
}

static unsigned width_of(uint64_t range)
{
    return range ? (unsigned)(64 - __builtin_clzll(range) + 7) / 8 : 0;
}

/* 0 is taken by `missing`; a range that fills its width to the last value needs one byte more, and
 * one of 64 bits has no such form. */
static unsigned width_with_missing(uint64_t range)
{
    return range == UINT64_MAX ? 9 : width_of(range + 1);
}

/* All eight bytes are written, of which the next value overwrites those above its width. Behind the
 * last one there is room: CHUNK_ROOM() reckons with 8 bytes a value. */
static void store64(unsigned char *p, uint64_t v)
{
    v = htole64(v);
    memcpy(p, &v, sizeof(v));
}

ALWAYS_INLINE void encode_values(const int64_t *values, size_t n, uint64_t base, bool missing,
                                 unsigned width, unsigned char *out)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t v = (uint64_t)values[i] - base + missing;

        if (missing && values[i] == CALL_MISSING)
            v = 0;
        v = htole64(v);
        if (width == 1 || width == 2 || width == 4 || width == 8)
            memcpy(out + i * width, &v, width);
        else
            memcpy(out + i * width, &v, sizeof(v));
    }
}

#define ENCODE_WIDTH(w)                                                                            \
    case w:                                                                                        \
        if (missing)                                                                               \
            encode_values(values, n, base, true, w, out);                                          \
        else                                                                                       \
            encode_values(values, n, base, false, w, out);                                         \
        break

static void encode(const int64_t *values, size_t n, uint64_t base, bool missing, unsigned width,
                   unsigned char *out)
{
    switch (width) {
        ENCODE_WIDTH(1);
        ENCODE_WIDTH(2);
        ENCODE_WIDTH(3);
        ENCODE_WIDTH(4);
        ENCODE_WIDTH(5);
        ENCODE_WIDTH(6);
        ENCODE_WIDTH(7);
        ENCODE_WIDTH(8);
    default:
        break;
    }
}

static void encode_bitmap(const int64_t *values, size_t n, uint64_t base, unsigned width,
                          unsigned char *out)
{
    unsigned char *next = out + bitmap_bytes(n);

    memset(out, 0, bitmap_bytes(n));
    for (size_t i = 0; i < n; i++) {
        unsigned known = values[i] != CALL_MISSING;

        out[i / 8] |= (unsigned char)(known << i % 8);
        store64(next, (uint64_t)values[i] - base);
        next += known * width;
    }
}

/* The bitmap takes four times as long to decode, so it has to halve the column. */
static enum chunk_form form_of(struct extent e, size_t n)
{
    uint64_t range = (uint64_t)e.max - (uint64_t)e.min;
    size_t plain = n * width_with_missing(range);
    size_t bitmap = bitmap_bytes(n) + e.known * width_of(range);

    if (e.known == n)
        return FORM_ALL;
    if (range == UINT64_MAX || 2 * bitmap <= plain)
        return FORM_BITMAP;
    return FORM_ZERO_MISSING;
}

size_t chunk_encode(const int64_t *values, size_t n, unsigned char *out)
{
    struct extent e = extent_of(values, n);
    enum chunk_form form = form_of(e, n);
    uint64_t base = (uint64_t)e.min;
    uint64_t range = (uint64_t)e.max - base;
    unsigned width = form == FORM_ZERO_MISSING ? width_with_missing(range) : width_of(range);
    uint32_t rows = htole32((uint32_t)n);

    if (e.known == 0)
        return 0;
    out[0] = CHUNK_VERSION;
    out[1] = (unsigned char)width;
    out[2] = (unsigned char)form;
    out[3] = 0;
    memcpy(out + 4, &rows, sizeof(rows));
    store64(out + 8, base);
    out += CHUNK_HEADER;
    if (form == FORM_BITMAP) {
        encode_bitmap(values, n, base, width, out);
        return CHUNK_HEADER + bitmap_bytes(n) + e.known * width;
    }
    encode(values, n, base, form == FORM_ZERO_MISSING, width, out);
    return CHUNK_HEADER + n * width;
}
