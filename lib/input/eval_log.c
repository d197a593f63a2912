/*
 * eval_log: Inspect's .eval files, zip archives whose parts together are one JSON document.
 *
 * Confirmed in UKGovernmentBEIS/inspect_ai: the names of the parts in
 * src/inspect_ai/log/_recorders/eval.py @ 44b41cd36a6b; deflate, later zstd in several frames
 * (src/inspect_ai/_util/zipfile.py @ 499e6152e7b8); samples in chunks in chunked/format.py of
 * _recorders @ 026af30cb8cd; and by reading the archives of its tests @ 499e6152e7b8.
 */
#include "input/eval_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include "base/buf.h"

#include "base/banned.h"

#define RAW_BYTES ((size_t)64 << 10)
#define ZSTD_WINDOW_LOG 27 /* 128 MiB, as for zstd files */

enum method { STORED = 0, DEFLATED = 8, ZSTANDARD = 93 };

struct part {
    int64_t at; /* of its own header */
    int64_t packed, unpacked;
    uint32_t crc;
    unsigned method, flags;
};

struct eval_log {
    int fd;
    int64_t size;
    struct part *samples;
    size_t n;
    struct buf header; /* the document up to its samples */

    const char *text; /* to be handed out before anything else */
    size_t text_left;
    size_t next; /* sample; n + 1: the document has ended */

    /* the sample that is being unpacked, if open */
    bool open, ended; /* ended: the packed data says so */
    const struct part *part;
    int64_t packed_at, packed_left, made;
    uint32_t crc;
    unsigned char *raw;
    size_t raw_pos, raw_end;
    z_stream deflate;
    bool has_deflate;
    ZSTD_DCtx *zstd;
    int64_t consumed;

    enum err failed;
    const char *damage;
};

/* ---- numbers and bytes of the file -------------------------------------------------------- */

static uint64_t number(const unsigned char *p, int bytes)
{
    uint64_t v = 0;

    for (int i = bytes; i > 0; i--)
        v = v << 8 | p[i - 1];
    return v;
}

static bool is_mark(const unsigned char *p, const char *two)
{
    return p[0] == 'P' && p[1] == 'K' && p[2] == (unsigned char)two[0] &&
           p[3] == (unsigned char)two[1];
}

/* All n bytes at an offset; *all false where the file does not have them. */
static enum err read_at(int fd, int64_t offset, void *p, size_t n, bool *all)
{
    size_t got = 0;

    while (got < n) {
        ssize_t r = pread(fd, (char *)p + got, n - got, (off_t)(offset + (int64_t)got));
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return ERR_IO;
        if (r == 0)
            break;
        got += (size_t)r;
    }
    *all = got == n;
    return OK;
}

/* ---- the list of parts -------------------------------------------------------------------- */

#define END_BYTES 22
#define END64_BYTES 56
#define LOCATOR_BYTES 20
#define ENTRY_BYTES 46
#define COMMENT_MAX 65535

struct directory {
    int64_t at, size;
};

/* Archives of more than 4 GiB or 65535 parts have a second record before the end. */
static enum err find_directory64(int fd, int64_t end, struct directory *out, bool *found)
{
    unsigned char locator[LOCATOR_BYTES], record[END64_BYTES];
    uint64_t at = 0, size = 0;
    bool all = false;
    enum err rc = OK;

    *found = false;
    if (end < LOCATOR_BYTES + END64_BYTES)
        return OK;
    rc = read_at(fd, end - LOCATOR_BYTES, locator, sizeof(locator), &all);
    if (rc || !all || !is_mark(locator, "\x06\x07"))
        return rc;
    at = number(locator + 8, 8);
    if (at > (uint64_t)(end - LOCATOR_BYTES - END64_BYTES))
        return OK;
    rc = read_at(fd, (int64_t)at, record, sizeof(record), &all);
    if (rc || !all || !is_mark(record, "\x06\x06"))
        return rc;
    size = number(record + 40, 8);
    at = number(record + 48, 8);
    *found = size <= (uint64_t)end && at <= (uint64_t)end - size;
    *out = (struct directory){(int64_t)at, (int64_t)size};
    return OK;
}

/* The record at the archive's end, which only a comment follows. */
static enum err find_directory(int fd, int64_t size, struct directory *out, bool *found)
{
    size_t n = size < END_BYTES + COMMENT_MAX ? (size_t)size : END_BYTES + COMMENT_MAX;
    unsigned char *tail = malloc(n ? n : 1);
    bool all = false;
    enum err rc = tail ? read_at(fd, size - (int64_t)n, tail, n, &all) : ERR_NOMEM;

    *found = false;
    for (size_t i = n; !rc && all && i >= END_BYTES; i--) {
        const unsigned char *p = tail + i - END_BYTES;
        int64_t end = size - (int64_t)(n - (i - END_BYTES));

        if (!is_mark(p, "\x05\x06") || number(p + 20, 2) != n - i)
            continue;
        *out = (struct directory){(int64_t)number(p + 16, 4), (int64_t)number(p + 12, 4)};
        *found = out->size <= end && out->at <= end - out->size;
        if (number(p + 10, 2) == 0xffff || out->at == 0xffffffff || out->size == 0xffffffff)
            rc = find_directory64(fd, end, out, found);
        break;
    }
    free(tail);
    return rc;
}

/* A part whose name matters, while the list is read. */
struct named {
    struct sv name; /* in the directory */
    size_t order;
    struct part part;
};

struct listing {
    struct named *items; /* samples */
    size_t n, cap;
    struct part header, start;
    bool has_header, has_start, chunked;
    int64_t packed; /* bytes of all parts */
};

/* What does not fit into 32 bits stands in a field behind the name. */
static void read_large(struct part *part, const unsigned char *extra, size_t n)
{
    int64_t *const values[] = {&part->unpacked, &part->packed, &part->at};

    while (n >= 4) {
        size_t bytes = (size_t)number(extra + 2, 2), at = 4;

        if (bytes > n - 4)
            return;
        for (size_t i = 0; number(extra, 2) == 1 && i < ARRAY_LEN(values); i++) {
            if (*values[i] != 0xffffffff)
                continue;
            if (at + 8 > 4 + bytes)
                return;
            *values[i] = (int64_t)(number(extra + at, 8) & INT64_MAX);
            at += 8;
        }
        extra += 4 + bytes;
        n -= 4 + bytes;
    }
}

/* Behind _epoch_ and its number: ".json" of a sample, "/" and more of one in chunks. */
static struct sv behind_epoch(struct sv name)
{
    static const struct sv word = SV_INIT("_epoch_");

    for (size_t i = name.n; i > word.n; i--) {
        struct sv rest = {name.p + i, name.n - i};

        if (!sv_eq((struct sv){name.p + i - word.n, word.n}, word))
            continue;
        while (rest.n && rest.p[0] >= '0' && rest.p[0] <= '9')
            rest = (struct sv){rest.p + 1, rest.n - 1};
        return rest;
    }
    return SV_NONE;
}

static bool add_sample(struct listing *l, const struct named *item)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 64;
        struct named *items = reallocarray(l->items, cap, sizeof(*items));

        if (!items)
            return false;
        l->items = items;
        l->cap = cap;
    }
    l->items[l->n++] = *item;
    return true;
}

static bool add_part(struct listing *l, const struct named *item)
{
    struct sv rest;

    if (sv_is(item->name, "header.json")) {
        l->header = item->part;
        l->has_header = true;
    } else if (sv_is(item->name, "_journal/start.json")) {
        l->start = item->part;
        l->has_start = true;
    } else if (sv_starts(item->name, "samples/")) {
        rest = behind_epoch(item->name);
        l->chunked |= sv_starts(rest, "/");
        return !sv_is(rest, ".json") || add_sample(l, item);
    }
    return true;
}

/* All entries of the directory; what follows damage in it is not there. */
static enum err list_parts(struct listing *l, const unsigned char *p, size_t n)
{
    for (size_t order = 0; n >= ENTRY_BYTES && is_mark(p, "\x01\x02"); order++) {
        size_t name = (size_t)number(p + 28, 2), extra = (size_t)number(p + 30, 2);
        size_t bytes = ENTRY_BYTES + name + extra + (size_t)number(p + 32, 2);
        struct named item = {
            .name = {(const char *)p + ENTRY_BYTES, name},
            .order = order,
            .part = {.flags = (unsigned)number(p + 8, 2),
                     .method = (unsigned)number(p + 10, 2),
                     .crc = (uint32_t)number(p + 16, 4),
                     .packed = (int64_t)number(p + 20, 4),
                     .unpacked = (int64_t)number(p + 24, 4),
                     .at = (int64_t)number(p + 42, 4)},
        };

        if (bytes > n)
            return OK;
        read_large(&item.part, p + ENTRY_BYTES + name, extra);
        if (__builtin_add_overflow(l->packed, item.part.packed, &l->packed))
            l->packed = INT64_MAX;
        if (!add_part(l, &item))
            return ERR_NOMEM;
        p += bytes;
        n -= bytes;
    }
    return OK;
}

static int by_name_and_order(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int cmp = sv_cmp(x->name, y->name);

    return cmp ? cmp : (x->order > y->order) - (x->order < y->order);
}

static int by_order(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    return (x->order > y->order) - (x->order < y->order);
}

/* Of several samples with one name the last one, in the order of the archive. */
static enum err take_samples(struct eval_log *z, struct listing *l)
{
    size_t kept = 0;

    if (!l->n)
        return OK;
    qsort(l->items, l->n, sizeof(*l->items), by_name_and_order);
    for (size_t i = 0; i < l->n; i++)
        if (i + 1 == l->n || !sv_eq(l->items[i].name, l->items[i + 1].name))
            l->items[kept++] = l->items[i];
    qsort(l->items, kept, sizeof(*l->items), by_order);
    z->samples = calloc(kept, sizeof(*z->samples));
    if (!z->samples)
        return ERR_NOMEM;
    for (size_t i = 0; i < kept; i++)
        z->samples[i] = l->items[i].part;
    z->n = kept;
    return OK;
}

/* ---- unpacking one part ------------------------------------------------------------------- */

static enum err damaged(struct eval_log *z, const char *what)
{
    z->damage = what;
    z->failed = ERR_PARSE;
    return ERR_PARSE;
}

static enum err fail(struct eval_log *z, enum err rc)
{
    z->failed = rc;
    return rc;
}

static enum err begin_unpacking(struct eval_log *z)
{
    switch (z->part->method) {
    case STORED:
        return OK;
    case DEFLATED:
        if (!z->has_deflate && inflateInit2(&z->deflate, -MAX_WBITS) != Z_OK)
            return fail(z, ERR_NOMEM);
        z->has_deflate = true;
        inflateReset(&z->deflate);
        return OK;
    case ZSTANDARD:
        if (!z->zstd)
            z->zstd = ZSTD_createDCtx();
        if (!z->zstd || ZSTD_isError(ZSTD_DCtx_reset(z->zstd, ZSTD_reset_session_only)) ||
            ZSTD_isError(ZSTD_DCtx_setParameter(z->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG)))
            return fail(z, ERR_NOMEM);
        return OK;
    default:
        return damaged(z, "the zip archive is packed in a way that is not known here");
    }
}

static enum err open_part(struct eval_log *z, const struct part *part)
{
    unsigned char header[30];
    bool all = false;
    enum err rc = OK;

    z->part = part;
    z->ended = false;
    z->made = 0;
    z->crc = 0;
    z->raw_pos = z->raw_end = 0;
    if (part->flags & 1)
        return damaged(z, "the zip archive is encrypted");
    rc = begin_unpacking(z);
    if (rc)
        return rc;
    if (part->at > z->size - (int64_t)sizeof(header))
        return damaged(z, "damaged zip archive: a part is missing");
    rc = read_at(z->fd, part->at, header, sizeof(header), &all);
    if (rc)
        return fail(z, rc);
    if (!all || !is_mark(header, "\x03\x04"))
        return damaged(z, "damaged zip archive: a part is missing");
    z->packed_at = part->at + (int64_t)sizeof(header) + (int64_t)number(header + 26, 2) +
                   (int64_t)number(header + 28, 2);
    z->packed_left = part->packed;
    if (z->packed_at > z->size || z->packed_left > z->size - z->packed_at)
        return damaged(z, "damaged zip archive: a part is cut off");
    z->open = true;
    return OK;
}

static enum err fill_raw(struct eval_log *z)
{
    size_t n = z->packed_left < (int64_t)RAW_BYTES ? (size_t)z->packed_left : RAW_BYTES;
    bool all = false;
    enum err rc = OK;

    if (z->raw_pos < z->raw_end || !n)
        return OK;
    rc = read_at(z->fd, z->packed_at, z->raw, n, &all);
    if (rc)
        return fail(z, rc);
    if (!all)
        return damaged(z, "damaged zip archive: a part is cut off");
    z->raw_pos = 0;
    z->raw_end = n;
    z->packed_at += (int64_t)n;
    z->packed_left -= (int64_t)n;
    return OK;
}

/* One step; *used packed bytes became *got. */
static enum err unpack(struct eval_log *z, unsigned char *p, size_t n, size_t *used, size_t *got)
{
    const unsigned char *raw = z->raw + z->raw_pos;
    size_t left = z->raw_end - z->raw_pos;
    ZSTD_inBuffer from = {raw, left, 0};
    ZSTD_outBuffer to = {p, n, 0};
    size_t more = 0;
    int status = 0;

    switch (z->part->method) {
    case STORED:
        *used = *got = left < n ? left : n;
        memcpy(p, raw, *got);
        z->ended = *used == left && !z->packed_left;
        return OK;
    case DEFLATED:
        z->deflate.next_in = (unsigned char *)(uintptr_t)raw;
        z->deflate.avail_in = (uInt)left;
        z->deflate.next_out = p;
        z->deflate.avail_out = (uInt)n;
        status = inflate(&z->deflate, Z_NO_FLUSH);
        *used = left - z->deflate.avail_in;
        *got = n - z->deflate.avail_out;
        z->ended = status == Z_STREAM_END;
        if (status == Z_MEM_ERROR)
            return fail(z, ERR_NOMEM);
        return status == Z_OK || status == Z_BUF_ERROR || z->ended ? OK : ERR_PARSE;
    default: /* frames one behind the other are one part */
        more = ZSTD_decompressStream(z->zstd, &to, &from);
        *used = from.pos;
        *got = to.pos;
        z->ended = more == 0 && from.pos == left && !z->packed_left;
        return ZSTD_isError(more) ? ERR_PARSE : OK;
    }
}

static bool too_much(const struct eval_log *z)
{
    return z->made > EVAL_LOG_FREE && z->made / EVAL_LOG_MAX_RATIO > z->part->packed;
}

/* The end of a part: it has what its entry says. */
static enum err close_part(struct eval_log *z)
{
    z->open = false;
    if (z->packed_left || z->raw_pos < z->raw_end || z->made != z->part->unpacked ||
        z->crc != z->part->crc)
        return damaged(z, "damaged zip archive: a part is not what it was");
    return OK;
}

/* Up to n bytes of the part; *got may be 0 at its end. */
static enum err read_part(struct eval_log *z, unsigned char *p, size_t n, size_t *got)
{
    size_t most = n < (size_t)1 << 20 ? n : (size_t)1 << 20;

    *got = 0;
    while (!*got && !z->ended) {
        size_t used = 0;
        enum err rc = fill_raw(z);
        if (!rc)
            rc = unpack(z, p, most, &used, got);
        z->raw_pos += used;
        z->consumed += (int64_t)used;
        z->made += (int64_t)*got;
        z->crc = (uint32_t)crc32(z->crc, p, (uInt)*got);
        if (rc)
            return z->failed ? rc : damaged(z, "damaged zip archive: a part cannot be unpacked");
        if (too_much(z) || z->made > z->part->unpacked)
            return damaged(z, "a part of the zip archive unpacks to too much");
        if (!used && !*got && !z->ended)
            return damaged(z, "damaged zip archive: a part is cut off");
    }
    return z->ended ? close_part(z) : OK;
}

/* ---- the document ------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The members of a header without its brackets; SV_NONE when it is no object. An empty object is
 * no header. */
static struct sv members_of(struct sv text)
{
    while (text.n && is_blank(text.p[0]))
        text = (struct sv){text.p + 1, text.n - 1};
    while (text.n && is_blank(text.p[text.n - 1]))
        text.n--;
    if (text.n < 2 || text.p[0] != '{' || text.p[text.n - 1] != '}')
        return SV_NONE;
    text = (struct sv){text.p + 1, text.n - 2};
    while (text.n && is_blank(text.p[text.n - 1]))
        text.n--;
    return text;
}

/* A line end behind the first bracket: the document is none that stands in one line. */
static enum err set_header(struct eval_log *z, struct sv members, bool started)
{
    if (!members.n)
        return damaged(z, "damaged zip archive: the header is no JSON object");
    buf_str(&z->header, "{\n");
    buf_sv(&z->header, members);
    if (started)
        buf_str(&z->header, ",\"status\":\"started\"");
    if (z->n)
        buf_str(&z->header, ",\"samples\":[");
    return z->header.failed ? fail(z, ERR_NOMEM) : OK;
}

static enum err make_header(struct eval_log *z, const struct part *part, bool started)
{
    struct buf text = {0};
    size_t got = 0;
    enum err rc = OK;

    if (part->unpacked > EVAL_LOG_MAX_HEADER)
        return damaged(z, "the header in the zip archive is longer than 16 MiB");
    rc = open_part(z, part);
    while (!rc && z->open) {
        if (!buf_reserve(&text, RAW_BYTES)) {
            rc = fail(z, ERR_NOMEM);
            break;
        }
        rc = read_part(z, (unsigned char *)text.p + text.n, RAW_BYTES, &got);
        text.n += got;
    }
    if (!rc)
        rc = set_header(z, members_of((struct sv){text.p, text.n}), started);
    z->open = false;
    buf_release(&text);
    return rc;
}

static enum err open_listed(struct eval_log *z, struct listing *l)
{
    enum err rc = take_samples(z, l);

    z->raw = malloc(RAW_BYTES);
    if (rc || !z->raw)
        return ERR_NOMEM;
    if (l->packed > z->size)
        rc = damaged(z, "parts of the zip archive overlap");
    else if (l->has_header)
        rc = make_header(z, &l->header, false);
    else
        rc = make_header(z, &l->start, true);
    return rc == ERR_PARSE ? OK : rc; /* damage is told when the document is read */
}

enum err eval_log_open(int fd, int64_t size_bytes, struct eval_log **out)
{
    struct eval_log *z = NULL;
    struct directory d = {0};
    struct listing l = {0};
    unsigned char *p = NULL;
    bool found = false, all = false;
    enum err rc = find_directory(fd, size_bytes, &d, &found);

    *out = NULL;
    if (rc || !found || d.size > EVAL_LOG_MAX_DIRECTORY)
        return rc;
    p = malloc(d.size ? (size_t)d.size : 1);
    z = calloc(1, sizeof(*z));
    rc = p && z ? read_at(fd, d.at, p, (size_t)d.size, &all) : ERR_NOMEM;
    if (!rc && all)
        rc = list_parts(&l, p, (size_t)d.size);
    if (!rc && all && !l.chunked && (l.has_header || l.has_start)) {
        z->fd = fd;
        z->size = size_bytes;
        rc = open_listed(z, &l);
        if (!rc) {
            eval_log_rewind(z);
            *out = z;
            z = NULL;
        }
    }
    free(l.items);
    free(p);
    eval_log_close(z);
    return rc;
}

void eval_log_close(struct eval_log *z)
{
    if (!z)
        return;
    if (z->has_deflate)
        inflateEnd(&z->deflate);
    ZSTD_freeDCtx(z->zstd);
    buf_release(&z->header);
    free(z->samples);
    free(z->raw);
    free(z);
}

void eval_log_rewind(struct eval_log *z)
{
    z->consumed = 0;
    if (!z->header.n) /* what is wrong with the header stays so */
        return;
    z->open = false;
    z->failed = OK;
    z->damage = NULL;
    z->next = 0;
    z->text = z->header.p;
    z->text_left = z->header.n;
}

int64_t eval_log_consumed_bytes(const struct eval_log *z)
{
    return z->consumed;
}

static void set_text(struct eval_log *z, const char *text)
{
    z->text = text;
    z->text_left = strlen(text);
}

/* Goes on to the next sample or to the end. */
static enum err advance(struct eval_log *z)
{
    enum err rc = OK;

    if (z->next > z->n)
        return OK;
    if (z->next == z->n) {
        set_text(z, z->n ? "]}\n" : "}\n");
    } else {
        rc = open_part(z, &z->samples[z->next]);
        if (!rc && z->next)
            set_text(z, ",\n");
    }
    z->next++;
    return rc;
}

enum err eval_log_read(struct eval_log *z, void *p, size_t n, size_t *got, const char **damage)
{
    enum err rc = z->failed;

    *got = 0;
    while (!rc && *got < n) {
        size_t more = 0;

        if (z->text_left) {
            more = z->text_left < n - *got ? z->text_left : n - *got;
            memcpy((char *)p + *got, z->text, more);
            z->text += more;
            z->text_left -= more;
        } else if (z->open) {
            rc = read_part(z, (unsigned char *)p + *got, n - *got, &more);
        } else if (z->next <= z->n) {
            rc = advance(z);
        } else {
            break;
        }
        *got += more;
    }
    if (!rc || *got)
        return OK;
    *damage = z->damage;
    return rc;
}
