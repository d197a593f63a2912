/* test_zip: writes zip archives, also damaged ones, for the tests of this folder. */
#ifndef LLMOBS_INPUT_TEST_ZIP_H
#define LLMOBS_INPUT_TEST_ZIP_H

#include "input/test_files.h"

struct zip_part {
    const char *name, *text;
    unsigned method; /* 0 stored, 8 deflated, 93 zstd; others: stored, but called so */
    /* lies about it */
    unsigned flags;
    bool wrong_crc, elsewhere, twice; /* elsewhere: its place is beyond the file */
    int64_t unpacked;                 /* 0: the truth */
    bool cut;                         /* without its last packed byte */
    bool extra;                       /* its last packed byte twice */
};

struct zip_how {
    const char *comment;
    bool large;  /* with the records of archives of more than 4 GiB */
    size_t less; /* bytes that the file lacks at its end */
};

static inline void add_le(struct buf *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_char(b, (char)(i < 8 ? v >> (8 * i) : 0));
}

static inline void add_packed(struct buf *b, const struct zip_part *p, size_t n)
{
    z_stream z = {0};

    if (p->method == 93) {
        add_zstd(b, p->text, n / 2); /* frames one behind the other, as Inspect writes them */
        add_zstd(b, p->text + n / 2, n - n / 2);
    } else if (p->method == 8) {
        cr_assert(deflateInit2(&z, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
        cr_assert(buf_reserve(b, deflateBound(&z, n)));
        z.next_in = (unsigned char *)(uintptr_t)p->text;
        z.avail_in = (uInt)n;
        z.next_out = (unsigned char *)b->p + b->n;
        z.avail_out = (uInt)(b->cap - b->n);
        cr_assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
        b->n += z.total_out;
        deflateEnd(&z);
    } else {
        buf_add(b, p->text, n);
    }
    if (p->cut)
        b->n--;
    if (p->extra)
        buf_char(b, b->p[b->n - 1]);
}

/* Flags to the sizes that both headers of a part have. */
static inline void add_facts(struct buf *b, const struct zip_part *p, uint64_t packed, size_t n,
                             bool large)
{
    uint32_t crc = (uint32_t)crc32(0, (const unsigned char *)p->text, (uInt)n);

    add_le(b, p->flags, 2);
    add_le(b, p->method, 2);
    add_le(b, 0, 4);
    add_le(b, crc ^ p->wrong_crc, 4);
    add_le(b, large ? 0xffffffff : packed, 4);
    add_le(b, large ? 0xffffffff : p->unpacked ? (uint64_t)p->unpacked : n, 4);
    add_le(b, strlen(p->name), 2);
    add_le(b, large ? 28 + 4 : 0, 2);
}

static inline void add_entry(struct buf *b, const struct zip_part *p, uint64_t at, uint64_t packed,
                             bool large)
{
    size_t n = strlen(p->text);

    at += p->elsewhere ? 1 << 20 : 0;
    buf_add(b, "PK\x01\x02\x14\x00\x14\x00", 8);
    add_facts(b, p, packed, n, large);
    add_le(b, 0, 10);
    add_le(b, 0, 0);
    add_le(b, large ? 0xffffffff : at, 4);
    buf_str(b, p->name);
    if (!large)
        return;
    add_le(b, 0x9901, 2); /* a field that means nothing here */
    add_le(b, 0, 2);
    add_le(b, 1, 2);
    add_le(b, 24, 2);
    add_le(b, p->unpacked ? (uint64_t)p->unpacked : n, 8);
    add_le(b, packed, 8);
    add_le(b, at, 8);
}

static inline void add_zip(struct buf *b, const struct zip_part *parts, size_t n,
                           const struct zip_how *how)
{
    struct buf entries = {0};
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        struct buf packed = {0};
        size_t at = b->n;

        add_packed(&packed, &parts[i], strlen(parts[i].text));
        buf_add(b, "PK\x03\x04\x14\x00", 6);
        add_facts(b, &parts[i], packed.n, strlen(parts[i].text), false);
        buf_str(b, parts[i].name);
        buf_add(b, packed.p, packed.n);
        for (int k = 0; k < 1 + parts[i].twice; k++, count++)
            add_entry(&entries, &parts[i], at, packed.n, how->large);
        buf_release(&packed);
    }
    size_t at = b->n;
    buf_add(b, entries.p, entries.n);
    if (how->large) {
        size_t record = b->n;
        buf_add(b, "PK\x06\x06", 4);
        add_le(b, 44, 8);
        add_le(b, 0, 12);
        add_le(b, count, 8);
        add_le(b, count, 8);
        add_le(b, entries.n, 8);
        add_le(b, at, 8);
        buf_add(b, "PK\x06\x07\0\0\0\0", 8);
        add_le(b, record, 8);
        add_le(b, 1, 4);
    }
    buf_add(b, "PK\x05\x06\0\0\0\0", 8);
    add_le(b, how->large ? 0xffff : count, 2);
    add_le(b, how->large ? 0xffff : count, 2);
    add_le(b, how->large ? 0xffffffff : entries.n, 4);
    add_le(b, how->large ? 0xffffffff : at, 4);
    add_le(b, how->comment ? strlen(how->comment) : 0, 2);
    if (how->comment)
        buf_str(b, how->comment);
    b->n -= how->less;
    buf_release(&entries);
}

#endif
