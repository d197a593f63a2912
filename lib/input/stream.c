/* stream: reads a file descriptor and unpacks what it yields. */
#include "input/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>
#include "input/eval_log.h"

#include "base/banned.h"

#define RAW_BYTES ((size_t)128 << 10)
#define MAGIC_BYTES 4
#define ZSTD_WINDOW_LOG 27 /* 128 MiB: what unpacking may cost in memory at most */

struct stream {
    int fd;
    bool is_stdin; /* then fd is not ours to close */
    char *name;
    enum input_kind kind;
    struct input_stat stat;
    bool seekable;
    struct stream_source source; /* of INPUT_MADE */

    unsigned char *raw; /* bytes of the file not yet taken: [raw_pos, raw_end) */
    size_t raw_pos, raw_end;
    int64_t raw_total; /* read from the file */
    bool raw_eof;

    z_stream gzip;
    ZSTD_DCtx *zstd;
    struct eval_log *log;
    bool inside;      /* a gzip member or zstd frame has begun and not ended */
    bool member_done; /* a gzip member has ended: padding may follow */
    bool padding;     /* behind the last gzip member: zero bytes up to the end */

    bool damaged;
    struct error failure; /* once it happened */
};

static enum err out_of_memory(struct error *err, const char *name)
{
    error_set(err, ERR_NOMEM, "out of memory reading");
    return err ? error_at(err, name, 0) : ERR_NOMEM;
}

static enum err system_error(struct error *err, const char *name)
{
    error_set(err, ERR_IO, "%s", strerror(errno));
    return err ? error_at(err, name, 0) : ERR_IO;
}

static enum err fail_memory(struct stream *s)
{
    return out_of_memory(&s->failure, s->name);
}

static enum err fail_damaged(struct stream *s, const char *what, const char *detail)
{
    s->damaged = true;
    error_set(&s->failure, ERR_IO, "%s%s%s", what, detail ? ": " : "", detail ? detail : "");
    return error_at(&s->failure, s->name, 0);
}

static enum err file_read(struct stream *s, void *p, size_t n, size_t *got)
{
    for (;;) {
        ssize_t r = read(s->fd, p, n);
        if (r >= 0) {
            *got = (size_t)r;
            s->raw_total += r;
            s->raw_eof = r == 0;
            return OK;
        }
        if (errno == EAGAIN) /* standard input may have been left non-blocking by its owner */
            poll(&(struct pollfd){.fd = s->fd, .events = POLLIN}, 1, -1);
        else if (errno != EINTR)
            return system_error(&s->failure, s->name);
    }
}

static size_t raw_left(const struct stream *s)
{
    return s->raw_end - s->raw_pos;
}

static enum err raw_fill(struct stream *s)
{
    size_t got = 0;

    if (s->raw_pos == s->raw_end)
        s->raw_pos = s->raw_end = 0;
    enum err rc = file_read(s, s->raw + s->raw_end, RAW_BYTES - s->raw_end, &got);
    if (!rc)
        s->raw_end += got;
    return rc;
}

static enum input_kind kind_of(const unsigned char *p, size_t n)
{
    if (n >= 2 && p[0] == 0x1f && p[1] == 0x8b)
        return INPUT_GZIP;
    if (n < MAGIC_BYTES)
        return INPUT_PLAIN;
    if (p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd)
        return INPUT_ZSTD;
    if ((p[0] & 0xf0) == 0x50 && p[1] == 0x2a && p[2] == 0x4d && p[3] == 0x18)
        return INPUT_ZSTD; /* a skippable frame */
    return INPUT_PLAIN;
}

/* Only a file whose end can be looked at first; from a pipe a zip archive is just bytes. */
static enum err recognise_zip(struct stream *s)
{
    const unsigned char *p = s->raw;
    enum err rc = OK;

    if (!s->stat.regular || !s->seekable || s->raw_end < MAGIC_BYTES || p[0] != 'P' ||
        p[1] != 'K' || p[2] != 3 || p[3] != 4)
        return OK;
    rc = eval_log_open(s->fd, s->stat.size_bytes, &s->log);
    if (rc)
        return rc == ERR_NOMEM ? fail_memory(s) : system_error(&s->failure, s->name);
    if (s->log)
        s->kind = INPUT_EVAL_LOG;
    return OK;
}

static enum err recognise(struct stream *s)
{
    while (s->raw_end < MAGIC_BYTES && !s->raw_eof) {
        enum err rc = raw_fill(s);
        if (rc)
            return rc;
    }
    s->kind = kind_of(s->raw, s->raw_end);
    if (s->kind == INPUT_GZIP) {
        if (inflateInit2(&s->gzip, MAX_WBITS + 16) != Z_OK)
            return fail_memory(s);
    } else if (s->kind == INPUT_ZSTD) {
        s->zstd = ZSTD_createDCtx();
        if (!s->zstd ||
            ZSTD_isError(ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG)))
            return fail_memory(s);
    }
    return s->kind == INPUT_PLAIN ? recognise_zip(s) : OK;
}

static void take_stat(struct input_stat *out, const struct stat *st)
{
    *out = (struct input_stat){.dev = st->st_dev, .ino = st->st_ino, .size_bytes = -1};
    out->regular = S_ISREG(st->st_mode);
    if (out->regular)
        out->size_bytes = st->st_size;
    if (__builtin_mul_overflow(st->st_mtim.tv_sec, INT64_C(1000000000), &out->mtime_ns) ||
        __builtin_add_overflow(out->mtime_ns, st->st_mtim.tv_nsec, &out->mtime_ns))
        out->mtime_ns = INT64_MAX; /* a date beyond 2262 */
}

bool input_stat_path(const char *path, struct input_stat *out)
{
    struct stat st;

    if (strcmp(path, "-") == 0 || stat(path, &st) != 0)
        return false;
    take_stat(out, &st);
    return true;
}

static enum err open_file(struct stream *s, const char *path)
{
    struct stat st;

    s->fd = s->is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (s->fd < 0 || fstat(s->fd, &st))
        return system_error(&s->failure, s->name);
    if (S_ISDIR(st.st_mode)) {
        error_set(&s->failure, ERR_IO, "is a directory");
        return error_at(&s->failure, s->name, 0);
    }
    take_stat(&s->stat, &st);
    s->seekable = !s->is_stdin && lseek(s->fd, 0, SEEK_CUR) == 0;
    if (s->stat.regular)
        (void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return recognise(s);
}

enum err stream_open(const char *path, struct stream **out, struct error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    const char *name = is_stdin ? "standard input" : path;
    struct stream *s = calloc(1, sizeof(*s));
    enum err rc;

    if (!s)
        return out_of_memory(err, name);
    s->fd = -1;
    s->is_stdin = is_stdin;
    s->name = strdup(name);
    s->raw = malloc(RAW_BYTES);
    if (!s->name || !s->raw) {
        rc = out_of_memory(err, name);
        goto done;
    }
    rc = open_file(s, path);
    if (rc) {
        if (err)
            *err = s->failure;
        goto done;
    }
    *out = s;
    s = NULL;
done:
    stream_close(s);
    return rc;
}

enum err stream_open_made(const char *name, const struct input_stat *stat,
                          const struct stream_source *source, struct stream **out,
                          struct error *err)
{
    struct stream *s = calloc(1, sizeof(*s));

    if (!s)
        return out_of_memory(err, name);
    *s = (struct stream){.fd = -1,
                         .name = strdup(name),
                         .kind = INPUT_MADE,
                         .stat = *stat,
                         .seekable = true,
                         .source = *source};
    if (!s->name) {
        stream_close(s);
        return out_of_memory(err, name);
    }
    *out = s;
    return OK;
}

void stream_close(struct stream *s)
{
    if (!s)
        return;
    if (s->kind == INPUT_GZIP)
        inflateEnd(&s->gzip);
    ZSTD_freeDCtx(s->zstd);
    eval_log_close(s->log);
    if (s->fd >= 0 && !s->is_stdin)
        close(s->fd);
    free(s->raw);
    free(s->name);
    free(s);
}

enum input_kind stream_kind(const struct stream *s)
{
    return s->kind;
}

const struct input_stat *stream_stat(const struct stream *s)
{
    return &s->stat;
}

const char *stream_name(const struct stream *s)
{
    return s->name;
}

bool stream_damaged(const struct stream *s)
{
    return s->damaged;
}

bool stream_seekable(const struct stream *s)
{
    return s->seekable;
}

int64_t stream_consumed_bytes(const struct stream *s)
{
    if (s->log)
        return eval_log_consumed_bytes(s->log);
    return s->raw_total - (int64_t)raw_left(s);
}

static enum err read_plain(struct stream *s, unsigned char *p, size_t n, size_t *got)
{
    size_t left = raw_left(s); /* what recognise() has read */

    if (!left)
        return file_read(s, p, n, got);
    *got = left < n ? left : n;
    memcpy(p, s->raw + s->raw_pos, *got);
    s->raw_pos += *got;
    return OK;
}

/* Stands in front of a gzip member, of padding, or of something that should not be there. */
static enum err gzip_between(struct stream *s)
{
    if (s->member_done && s->raw[s->raw_pos] == 0)
        s->padding = true;
    if (s->padding) {
        while (s->raw_pos < s->raw_end && s->raw[s->raw_pos] == 0)
            s->raw_pos++;
        if (s->raw_pos == s->raw_end)
            return OK;
    }
    if (s->padding || s->raw[s->raw_pos] != 0x1f)
        return fail_damaged(s, "other data follows the gzip data", NULL);
    inflateReset(&s->gzip);
    s->inside = true;
    return OK;
}

/* One step of unpacking: takes from raw what it can use and adds what it makes to *got. */
static enum err gzip_step(struct stream *s, unsigned char *p, size_t n, size_t *got)
{
    if (!s->inside) {
        enum err rc = raw_left(s) ? gzip_between(s) : OK;
        if (rc || !s->inside)
            return rc;
    }
    s->gzip.next_in = s->raw + s->raw_pos;
    s->gzip.avail_in = (uInt)raw_left(s);
    s->gzip.next_out = p;
    s->gzip.avail_out = n < UINT32_C(1) << 30 ? (uInt)n : UINT32_C(1) << 30;
    int z = inflate(&s->gzip, Z_NO_FLUSH);
    s->raw_pos = s->raw_end - s->gzip.avail_in;
    *got += (size_t)(s->gzip.next_out - p);
    if (z == Z_STREAM_END) {
        s->inside = false;
        s->member_done = true;
        return OK;
    }
    if (z == Z_OK || z == Z_BUF_ERROR)
        return OK;
    if (z == Z_MEM_ERROR)
        return fail_memory(s);
    return fail_damaged(s, "damaged gzip data", s->gzip.msg);
}

static enum err zstd_step(struct stream *s, unsigned char *p, size_t n, size_t *got)
{
    ZSTD_inBuffer from = {s->raw + s->raw_pos, raw_left(s), 0};
    ZSTD_outBuffer to = {p, n, 0};

    if (!s->inside && !from.size)
        return OK;
    size_t left = ZSTD_decompressStream(s->zstd, &to, &from);
    s->raw_pos += from.pos;
    *got += to.pos;
    if (!ZSTD_isError(left)) {
        s->inside = left > 0;
        return OK;
    }
    switch (ZSTD_getErrorCode(left)) {
    case ZSTD_error_memory_allocation:
        return fail_memory(s);
    case ZSTD_error_frameParameter_windowTooLarge:
        return fail_damaged(s, "zstd data needs a window of more than 128 MiB; unpack it first",
                            NULL);
    default:
        return fail_damaged(s, "damaged zstd data", ZSTD_getErrorName(left));
    }
}

/* Returns with what one filling of raw gives, so that a slow pipe's lines are not held back. */
static enum err read_packed(struct stream *s, unsigned char *p, size_t n, size_t *got)
{
    while (*got < n) {
        if (!raw_left(s) && *got)
            break;
        if (!raw_left(s) && !s->raw_eof) {
            enum err rc = raw_fill(s);
            if (rc)
                return rc;
        }
        size_t raw_before = s->raw_pos, got_before = *got;
        enum err rc = s->kind == INPUT_GZIP ? gzip_step(s, p + *got, n - *got, got)
                                            : zstd_step(s, p + *got, n - *got, got);
        if (rc)
            return rc;
        if (s->raw_pos != raw_before || *got != got_before)
            continue;
        if (s->inside)
            return fail_damaged(
                s, s->kind == INPUT_GZIP ? "gzip data is cut off" : "zstd data is cut off", NULL);
        break;
    }
    return OK;
}

static enum err read_made(struct stream *s, void *p, size_t n, size_t *got)
{
    enum err rc = s->source.read(s->source.ctx, p, n, got, &s->failure);

    return rc ? error_at(&s->failure, s->name, 0) : OK;
}

static enum err read_log(struct stream *s, unsigned char *p, size_t n, size_t *got)
{
    const char *damage = NULL;
    enum err rc = eval_log_read(s->log, p, n, got, &damage);

    if (rc == ERR_PARSE)
        return fail_damaged(s, damage, NULL);
    if (rc)
        return rc == ERR_NOMEM ? fail_memory(s) : system_error(&s->failure, s->name);
    return OK;
}

enum err stream_read(struct stream *s, void *p, size_t n, size_t *got, struct error *err)
{
    *got = 0;
    if (!s->failure.code) {
        if (s->kind == INPUT_PLAIN)
            (void)!read_plain(s, p, n, got);
        else if (s->kind == INPUT_MADE)
            (void)!read_made(s, p, n, got);
        else if (s->kind == INPUT_EVAL_LOG)
            (void)!read_log(s, p, n, got);
        else
            (void)!read_packed(s, p, n, got);
    }
    if (*got || !s->failure.code)
        return OK;
    if (err)
        *err = s->failure;
    return s->failure.code;
}

enum err stream_seek(struct stream *s, int64_t offset, struct error *err)
{
    enum err rc = s->kind == INPUT_MADE ? s->source.rewind(s->source.ctx, err) : OK;

    if (rc)
        return err ? error_at(err, s->name, 0) : rc;
    if (s->kind != INPUT_MADE && lseek(s->fd, offset, SEEK_SET) < 0)
        return system_error(err, s->name);
    if (s->log)
        eval_log_rewind(s->log);
    s->raw_pos = s->raw_end = 0;
    s->raw_total = offset;
    s->raw_eof = s->inside = s->member_done = s->padding = s->damaged = false;
    s->failure = (struct error){0};
    if (s->zstd)
        ZSTD_DCtx_reset(s->zstd, ZSTD_reset_session_only);
    return OK;
}
