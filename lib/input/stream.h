/* stream: the bytes of a file or of standard input, unpacked where it is gzip, zstd or an Inspect
 * log. */
#ifndef LLMOBS_INPUT_STREAM_H
#define LLMOBS_INPUT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"

enum input_kind {
    INPUT_PLAIN,
    INPUT_GZIP,
    INPUT_ZSTD,
    INPUT_EVAL_LOG,
    INPUT_MADE, /* by a stream_source */
};

/* What the file system says about a path; the same file has the same dev and ino. */
struct input_stat {
    uint64_t dev, ino;
    int64_t size_bytes; /* as stored (compressed), -1 for what is no regular file */
    int64_t mtime_ns;
    bool regular;
};

/* Bytes that somebody makes, instead of a file. */
struct stream_source {
    void *ctx;
    /* Up to n bytes to p; *got is 0 at the end only. Not called again after an error. */
    enum err (*read)(void *ctx, void *p, size_t n, size_t *got, struct error *err);
    /* Goes to the first byte again; the bytes are the same then. */
    enum err (*rewind)(void *ctx, struct error *err);
};

/* The same of a path that is not opened; false when there is no such file ("-" is none). */
bool input_stat_path(const char *path, struct input_stat *out);

struct stream;

/*
 * Opens path ("-": standard input) and looks at its first bytes: 1f 8b is gzip, the magic number of
 * a zstd frame or skippable frame is zstd, a zip archive that is a regular file and an Inspect log
 * is unpacked to the document in it (eval_log.h), everything else is plain, whatever the name says.
 * ERR_IO with the system's words or "is a directory"; the path is in err->file.
 */
NODISCARD enum err stream_open(const char *path, struct stream **out, struct error *err);

/* A stream of what source makes; name and stat are what it is to be taken for. ERR_NOMEM. */
NODISCARD enum err stream_open_made(const char *name, const struct input_stat *stat,
                                    const struct stream_source *source, struct stream **out,
                                    struct error *err);
void stream_close(struct stream *s);

enum input_kind stream_kind(const struct stream *s);
const struct input_stat *stream_stat(const struct stream *s);
const char *stream_name(const struct stream *s); /* for messages: path or "standard input" */

/*
 * Up to n bytes to p; *got is 0 at the end only. Members and frames one behind the other are one
 * stream; zero bytes behind the last gzip member are padding. Everything that could be unpacked
 * before damage is handed out first; an error then stays until stream_seek().
 * ERR_IO: the read failed; or the packed data is damaged, cut off, asks for a window of more than
 * 128 MiB, or goes beyond the limits of eval_log.h (then stream_damaged() holds). ERR_NOMEM.
 */
NODISCARD enum err stream_read(struct stream *s, void *p, size_t n, size_t *got, struct error *err);

/* The last error was in the data and not in reading it. */
bool stream_damaged(const struct stream *s);

/* Standard input counts as a pipe also when it is a file: where it began is not ours to know. */
bool stream_seekable(const struct stream *s);

/* Goes to an offset of a seekable stream; packed and made ones only to 0. ERR_IO. */
NODISCARD enum err stream_seek(struct stream *s, int64_t offset, struct error *err);

/* Bytes of the file (compressed ones) taken so far; 0 where there is none. */
int64_t stream_consumed_bytes(const struct stream *s);

#endif
