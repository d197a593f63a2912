/* input: splits a stream into lines and knows where it stands in the content. */
#include "input/input.h"

#include <assert.h>
#include <stdlib.h>

#include "base/banned.h"

#define READ_BYTES ((size_t)256 << 10) /* measured: no larger, for the sake of the CPU's cache */
#define HASH_BLOCK ((size_t)64 << 10)
#define TAIL_MAX (2 * HASH_BLOCK)
#define STEP_BYTES ((size_t)16)
#define SAMPLE_BYTES ((size_t)4 << 10) /* of a line that is too long */

/*
 * The buffer holds the bytes [base, base + end) of the content. base is a multiple of HASH_BLOCK
 * and never beyond mark_base() of the position, so that a mark can always be computed from the
 * buffer and base_hash alone, and nothing is hashed line by line.
 */
struct input {
    struct stream *stream;
    int64_t max_line;
    size_t block_bytes; /* read at most at once */

    char *buf;
    size_t cap;
    size_t pos; /* first byte not consumed, in buf */
    size_t end;
    int64_t base;
    struct hash128 base_hash; /* chain over the blocks before base */
    int64_t lines;            /* consumed */

    bool eof;
    bool unended;      /* a line without end was handed out: there is nothing behind it */
    bool stepped_back; /* the input stands at before_line, not at pos */
    struct input_mark before_line;
    char sample[SAMPLE_BYTES];

    bool head_known;
    bool head_complete;
    struct hash128 head;
};

/* Start of the bytes that the tail hash of a mark at offset covers. */
static int64_t mark_base(int64_t offset)
{
    int64_t block = offset - offset % (int64_t)HASH_BLOCK;

    return block < (int64_t)HASH_BLOCK ? 0 : block - (int64_t)HASH_BLOCK;
}

/* The next value of the chain: the hash of a block, seeded by the value before it. */
static struct hash128 chain_add(struct hash128 before, const char *block)
{
    return hash128(block, HASH_BLOCK, hash_mix(before.hi) ^ before.lo);
}

static bool hash_eq(struct hash128 a, struct hash128 b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

static int64_t position(const struct input *in)
{
    return in->base + (int64_t)in->pos;
}

/* Takes the stream, also when it fails. */
static enum err open_stream(struct stream *stream, int64_t max_line, size_t block_bytes,
                            struct input **out, struct error *err)
{
    assert(max_line > 0 && block_bytes > 0);
    struct input *in = calloc(1, sizeof(*in));
    size_t cap = TAIL_MAX + HASH_BLOCK + block_bytes;
    char *buf = malloc(cap);

    if (!in || !buf) {
        error_set(err, ERR_NOMEM, "out of memory opening %s", stream_name(stream));
        free(buf);
        free(in);
        stream_close(stream);
        return ERR_NOMEM;
    }
    *in = (struct input){.stream = stream,
                         .max_line = max_line,
                         .block_bytes = block_bytes,
                         .buf = buf,
                         .cap = cap};
    *out = in;
    return OK;
}

enum err input_open_with(const char *path, int64_t max_line, size_t block_bytes, struct input **out,
                         struct error *err)
{
    struct stream *stream = NULL;
    enum err rc = stream_open(path, &stream, err);

    return rc ? rc : open_stream(stream, max_line, block_bytes, out, err);
}

enum err input_open_made(const char *name, const struct input_stat *stat,
                         const struct stream_source *source, int64_t max_line, struct input **out,
                         struct error *err)
{
    struct stream *stream = NULL;
    enum err rc = stream_open_made(name, stat, source, &stream, err);

    return rc ? rc : open_stream(stream, max_line, READ_BYTES, out, err);
}

enum err input_open(const char *path, int64_t max_line, struct input **out, struct error *err)
{
    return input_open_with(path, max_line, READ_BYTES, out, err);
}

void input_close(struct input *in)
{
    if (!in)
        return;
    stream_close(in->stream);
    free(in->buf);
    free(in);
}

enum input_kind input_kind(const struct input *in)
{
    return stream_kind(in->stream);
}

bool input_has_bytes(const struct input *in)
{
    enum input_kind kind = input_kind(in);

    return kind != INPUT_MADE && kind != INPUT_EVAL_LOG;
}

const struct input_stat *input_stat(const struct input *in)
{
    return stream_stat(in->stream);
}

int64_t input_consumed_bytes(const struct input *in)
{
    return input_kind(in) == INPUT_PLAIN ? position(in) : stream_consumed_bytes(in->stream);
}

/* 3 when the buffer begins with a byte order mark, else 0. */
static size_t bom_length(const struct input *in)
{
    return in->end >= 3 && memcmp(in->buf, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static size_t without_cr(const char *p, size_t n)
{
    return n && p[n - 1] == '\r' ? n - 1 : n;
}

/* Takes the head from the buffer, which holds the input's start. */
static void head_take(struct input *in)
{
    size_t n = in->end < HASH_BLOCK ? in->end : HASH_BLOCK;
    size_t from = bom_length(in);
    const char *p = in->buf + from;

    in->head_known = true;
    if (n == from && in->eof)
        return;
    const char *lf = memchr(p, '\n', n - from);
    in->head_complete = lf != NULL;
    n = lf ? (size_t)(lf - p) : n - from;
    in->head = hash128(p, without_cr(p, n), 0);
}

/* Forgets the blocks that no mark from here on needs. */
static void drop_blocks(struct input *in)
{
    size_t dropped = (size_t)(mark_base(position(in)) - in->base);

    if (!dropped)
        return;
    if (!in->head_known)
        head_take(in);
    for (size_t at = 0; at < dropped; at += HASH_BLOCK)
        in->base_hash = chain_add(in->base_hash, in->buf + at);
    memmove(in->buf, in->buf + dropped, in->end - dropped);
    in->base += (int64_t)dropped;
    in->pos -= dropped;
    in->end -= dropped;
}

/* A longer buffer: twice as long, but no longer than a line of max_line can make necessary. */
static enum err grow(struct input *in, struct error *err)
{
    size_t need = in->end + in->block_bytes;
    size_t most = TAIL_MAX + HASH_BLOCK + in->block_bytes + 2 + (size_t)in->max_line;
    size_t cap = 2 * in->cap < most ? 2 * in->cap : most;
    char *p = realloc(in->buf, cap > need ? cap : need);

    if (!p) {
        error_set(err, ERR_NOMEM, "out of memory for a line of more than %zu bytes",
                  in->end - in->pos);
        return err ? error_at(err, stream_name(in->stream), in->lines + 1) : ERR_NOMEM;
    }
    in->buf = p;
    in->cap = cap > need ? cap : need;
    return OK;
}

/* Gives back what a long line or the look at the input's beginning took, when a small part of it is
 * still in use. */
static void shrink(struct input *in)
{
    size_t need = 2 * (in->end + in->block_bytes);

    if (in->cap / 2 < need || in->cap / 2 < TAIL_MAX + HASH_BLOCK + in->block_bytes)
        return;
    char *p = realloc(in->buf, need);
    in->buf = p ? p : in->buf;
    in->cap = p ? need : in->cap;
}

/* Reads more behind end, or sets eof. Bytes before pos may go; pos stands at the same byte. */
static enum err fill(struct input *in, struct error *err)
{
    size_t got = 0;
    enum err rc = OK;

    if (in->cap - in->end < in->block_bytes) {
        drop_blocks(in);
        shrink(in);
    }
    if (in->cap - in->end < in->block_bytes)
        rc = grow(in, err);
    if (rc)
        return rc;
    rc = stream_read(in->stream, in->buf + in->end, in->block_bytes, &got, err);
    if (rc)
        return rc;
    in->end += got;
    in->eof = got == 0;
    return OK;
}

/* Reads the input's start as far as its head needs it. */
static void head_read(struct input *in)
{
    size_t seen = 0;

    while (!in->head_known && !in->eof && in->end < HASH_BLOCK &&
           !memchr(in->buf + seen, '\n', in->end - seen)) {
        seen = in->end;
        if (fill(in, NULL))
            break; /* input_next() comes upon it again */
    }
    if (!in->head_known)
        head_take(in);
}

struct hash128 input_head(struct input *in, bool *complete)
{
    head_read(in);
    *complete = in->head_complete;
    return in->head;
}

void input_get_mark(const struct input *in, struct input_mark *out)
{
    if (in->stepped_back) {
        *out = in->before_line;
        return;
    }
    size_t from = (size_t)(mark_base(position(in)) - in->base);

    out->offset = position(in);
    out->lines = in->lines;
    out->prefix = in->base_hash;
    for (size_t at = 0; at < from; at += HASH_BLOCK)
        out->prefix = chain_add(out->prefix, in->buf + at);
    out->tail = hash128(in->buf + from, in->pos - from, 0);
}

void input_unread_last(struct input *in)
{
    in->stepped_back = in->stepped_back || in->unended;
}

/* Hands out n bytes at text and consumes them up to behind. */
static void hand_out(struct input *in, size_t text, size_t n, size_t behind, bool ended,
                     struct line *out)
{
    *out = (struct line){
        .text = {in->buf + text, n},
        .bytes = input_has_bytes(in) ? (struct sv){in->buf + text, n}
          : SV_NONE,
        .number = ++in->lines,
        .offset = in->base + (int64_t)text,
        .length = (int64_t)n,
        .kind = ended ? LINE_COMPLETE : LINE_LAST,
        .ended = ended,
    };
    in->pos = behind;
}

/* Streams past a line that is longer than max_line: any length in bounded memory. */
static enum err hand_out_long(struct input *in, size_t skip, struct line *out, struct error *err)
{
    struct sha256 sha;
    struct line line = {.kind = LINE_TOO_LONG, .number = in->lines + 1};
    size_t kept = 0;

    input_get_mark(in, &in->before_line);
    in->pos += skip;
    line.offset = position(in);
    sha256_init(&sha);
    for (;;) {
        const char *p = in->buf + in->pos;
        size_t left = in->end - in->pos;
        const char *lf = memchr(p, '\n', left);
        size_t stop = lf ? (size_t)(lf - p) : left;
        size_t n = without_cr(p, stop);
        size_t keep = n < SAMPLE_BYTES - kept ? n : SAMPLE_BYTES - kept;

        memcpy(in->sample + kept, p, keep);
        kept += keep;
        sha256_add(&sha, p, n);
        line.length += (int64_t)n;
        line.ended = lf != NULL;
        if (lf || in->eof) {
            in->pos += lf ? stop + 1 : stop;
            break;
        }
        in->pos += n; /* a \r waits for what follows it */
        enum err rc = fill(in, err);
        if (rc) {
            in->stepped_back = true;
            return rc;
        }
    }
    sha256_final(&sha, line.sha256);
    line.text = (struct sv){in->sample, kept};
    in->lines++;
    in->unended = !line.ended;
    *out = line;
    return OK;
}

/* The byte order mark belongs to no line; what comes before the first line is only that. */
static enum err bom_find(struct input *in, size_t *length, struct error *err)
{
    while (in->end < 3 && !in->eof) {
        enum err rc = fill(in, err);
        if (rc)
            return rc;
    }
    *length = bom_length(in);
    return OK;
}

enum err input_next(struct input *in, struct line *out, struct error *err)
{
    size_t skip = 0, seen = 0; /* seen: bytes of the line known to hold no \n */
    enum err rc = OK;

    if (in->unended)
        return ERR_EMPTY;
    if (position(in) == 0)
        rc = bom_find(in, &skip, err);
    while (!rc) {
        size_t start = in->pos + skip;
        size_t left = in->end - start;
        const char *p = in->buf + start;
        const char *lf = memchr(p + seen, '\n', left - seen);
        size_t stop = lf ? (size_t)(lf - p) : left;
        size_t n = without_cr(p, stop);

        if ((int64_t)n > in->max_line)
            return hand_out_long(in, skip, out, err);
        if (lf) {
            hand_out(in, start, n, start + stop + 1, true, out);
            return OK;
        }
        if (in->eof && !left)
            return ERR_EMPTY;
        if (in->eof) {
            input_get_mark(in, &in->before_line);
            in->unended = true;
            hand_out(in, start, n, in->end, false, out);
            return OK;
        }
        seen = left;
        rc = fill(in, err);
    }
    return rc;
}

enum err input_peek(struct input *in, size_t seen, struct sv *out, struct error *err)
{
    while (in->end - in->pos <= seen && !in->eof) {
        enum err rc = fill(in, err);
        if (rc)
            return rc;
    }
    *out = (struct sv){in->buf + in->pos, in->end - in->pos};
    return OK;
}

/* Counts in steps of a fixed length, which compilers turn into vector code. */
int64_t input_line_ends(struct sv text)
{
    int64_t found = 0;
    size_t at = 0;

    for (; text.n - at >= STEP_BYTES; at += STEP_BYTES) {
        unsigned char here = 0;
        for (size_t i = 0; i < STEP_BYTES; i++)
            here = (unsigned char)(here + (text.p[at + i] == '\n'));
        found += here;
    }
    for (; at < text.n; at++)
        found += text.p[at] == '\n';
    return found;
}

void input_skip(struct input *in, size_t n)
{
    assert(n <= in->end - in->pos);
    in->lines += input_line_ends((struct sv){in->buf + in->pos, n});
    in->pos += n;
}

int64_t input_offset(const struct input *in)
{
    return position(in);
}

int64_t input_lines(const struct input *in)
{
    return in->lines;
}

/* Stands at base, a multiple of HASH_BLOCK, with an empty buffer. */
static enum err seek_base(struct input *in, int64_t base, struct hash128 base_hash,
                          struct error *err)
{
    head_read(in); /* before the start of the input is out of reach */
    enum err rc = stream_seek(in->stream, base, err);
    if (rc)
        return rc;
    in->base = base;
    in->base_hash = base_hash;
    in->pos = in->end = 0;
    in->eof = false;
    return OK;
}

static enum err go_to_start(struct input *in, struct error *err)
{
    in->lines = 0;
    if (in->base == 0) {
        in->pos = 0;
        return OK;
    }
    if (stream_seekable(in->stream))
        return seek_base(in, 0, (struct hash128){0, 0}, err);
    error_set(err, ERR_USAGE, "a pipe cannot be read again from its start");
    return err ? error_at(err, stream_name(in->stream), 0) : ERR_USAGE;
}

enum err input_rewind(struct input *in, struct error *err)
{
    return go_to_start(in, err);
}

/* Stands at offset, whose bytes from mark_base() on are in the buffer or still to be read. *reached
 * is false when the content ends, or is damaged, before it. */
static enum err read_up_to(struct input *in, int64_t offset, bool *reached, struct error *err)
{
    *reached = false;
    while (in->base + (int64_t)in->end < offset) {
        in->pos = in->end;
        if (in->eof)
            return OK;
        enum err rc = fill(in, err);
        if (rc)
            return rc == ERR_IO && stream_damaged(in->stream) ? OK : rc;
    }
    in->pos = (size_t)(offset - in->base);
    *reached = true;
    return OK;
}

static bool mark_matches(const struct input *in, const struct input_mark *mark)
{
    struct input_mark here;

    input_get_mark(in, &here);
    return hash_eq(here.tail, mark->tail) && hash_eq(here.prefix, mark->prefix);
}

static bool mark_is_valid(const struct input_mark *mark)
{
    return mark->offset >= 0 && mark->lines >= 0;
}

/* Goes to the base of the mark, trusting its prefix, where that saves reading. */
static enum err jump_near(struct input *in, const struct input_mark *mark, struct error *err)
{
    int64_t base = mark_base(mark->offset);

    if (in->base <= base && mark->offset <= in->base + (int64_t)in->end)
        return OK;
    if (input_kind(in) != INPUT_PLAIN || !stream_seekable(in->stream))
        return OK;
    return seek_base(in, base, mark->prefix, err);
}

enum err input_resume(struct input *in, const struct input_mark *mark, bool check_prefix,
                      bool *matches, struct error *err)
{
    bool reached = false;
    enum err rc = OK;

    *matches = false;
    if (!mark_is_valid(mark))
        return OK;
    if (!check_prefix)
        rc = jump_near(in, mark, err);
    if (!rc && mark_base(mark->offset) < in->base) /* input_match() went beyond it */
        rc = go_to_start(in, err);
    if (!rc)
        rc = read_up_to(in, mark->offset, &reached, err);
    if (rc)
        return rc;
    *matches = reached && mark_matches(in, mark);
    if (!*matches)
        return go_to_start(in, err);
    in->lines = mark->lines;
    return OK;
}

static int compare_offsets(const void *a, const void *b)
{
    const struct input_mark *const *x = a, *const *y = b;

    return ((*x)->offset > (*y)->offset) - ((*x)->offset < (*y)->offset);
}

/* The last of the marks, which come in the order of their offsets, that matches; NULL if none. */
static enum err find_last(struct input *in, const struct input_mark *const *order, size_t n,
                          const struct input_mark **found, struct error *err)
{
    bool reached = true;

    *found = NULL;
    for (size_t i = 0; i < n && reached; i++) {
        if (!mark_is_valid(order[i]))
            continue;
        enum err rc = read_up_to(in, order[i]->offset, &reached, err);
        if (rc)
            return rc;
        if (reached && mark_matches(in, order[i]))
            *found = order[i];
    }
    return OK;
}

enum err input_match(struct input *in, const struct input_mark *marks, size_t n, ptrdiff_t *best,
                     struct error *err)
{
    const struct input_mark **order = calloc(n + 1, sizeof(*order));
    const struct input_mark *found;
    bool matches = false;
    enum err rc;

    *best = -1;
    if (!order)
        return error_set(err, ERR_NOMEM, "out of memory comparing inputs");
    for (size_t i = 0; i < n; i++)
        order[i] = &marks[i];
    qsort(order, n, sizeof(*order), compare_offsets);
    rc = find_last(in, order, n, &found, err);
    if (!rc)
        rc = found ? input_resume(in, found, false, &matches, err) : go_to_start(in, err);
    if (!rc && matches)
        *best = found - marks;
    free(order);
    return rc;
}
