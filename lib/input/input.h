/* input: files, compressed files and standard input as a run of lines. */
#ifndef LLMOBS_INPUT_INPUT_H
#define LLMOBS_INPUT_INPUT_H

#include <stdint.h>
#include "base/error.h"
#include "base/hash.h"
#include "base/sv.h"
#include "input/stream.h"

/*
 * Where reading stands, so that it can go on later and so that the same content is recognised
 * under another name. All offsets count decompressed bytes.
 *
 * The content before offset is cut at B, the last multiple of 64 KiB that lies at least 64 KiB
 * before offset (0 when there is none). So tail covers 64 to 128 KiB, or everything: a look at the
 * tail alone says much wherever the offset happens to lie. The chain begins with {0,0}; the value
 * behind a block is hash128(block), seed hash_mix(h.hi) ^ h.lo, where h is the value before it.
 */
struct input_mark {
    int64_t offset;        /* first byte not yet consumed */
    int64_t lines;         /* lines before it */
    struct hash128 prefix; /* chain over the 64 KiB blocks of [0, B); {0,0} when B is 0 */
    struct hash128 tail;   /* hash128 of [B, offset), seed 0 */
};

enum line_kind {
    LINE_COMPLETE, /* ended by \n */
    LINE_LAST,     /* the bytes behind the last \n at the end of the input: may still be growing */
    LINE_TOO_LONG, /* over max_line: text is its first 4 KiB, length and sha256 are of the whole */
};

/* The bytes [offset, offset + length) of the input are the line without \n and a \r before it, and
 * without a byte order mark; text is exactly these unless the line is too long. */
struct line {
    struct sv text; /* borrowed until the next input_next(); never NULL */
    int64_t number; /* 1-based */
    int64_t offset;
    int64_t length;
    enum line_kind kind;
    bool ended; /* \n was seen; false at the end of the input only, also for LINE_TOO_LONG */
    bool made;  /* never by input_next(): text was made from these bytes (elements.h) */
    /* [offset, offset + length) of the file, unpacked; borrowed as text. .p NULL for LINE_TOO_LONG
     * and where there is no file of such bytes: rows of databases, .eval logs. */
    struct sv bytes;
    unsigned char sha256[32]; /* filled for LINE_TOO_LONG only */
};

struct input; /* an open input; one thread at a time */

/*
 * Opens path ("-": standard input), finds gzip and zstd by their magic numbers (also several
 * members or frames one after another), drops a UTF-8 byte order mark at the start (it still
 * counts in offsets). Takes less than 1 MiB of memory, max_line more when lines are that long, and
 * what unpacking needs (zstd: the window of the data, at most 128 MiB).
 *   max_line  longest line handed out whole, in bytes, > 0
 * ERR_IO with the system's words; a directory is ERR_IO "is a directory". Here and below the path
 * is in err->file.
 */
NODISCARD enum err input_open(const char *path, int64_t max_line, struct input **out,
                              struct error *err);

/* The same of bytes that are made, see stream.h; source and what it stands on outlive the input. */
NODISCARD enum err input_open_made(const char *name, const struct input_stat *stat,
                                   const struct stream_source *source, int64_t max_line,
                                   struct input **out, struct error *err);

/* For tests: never reads more than block_bytes at once. */
NODISCARD enum err input_open_with(const char *path, int64_t max_line, size_t block_bytes,
                                   struct input **out, struct error *err);

void input_close(struct input *in);

enum input_kind input_kind(const struct input *in);
const struct input_stat *input_stat(const struct input *in);

/* What is handed out are the bytes of a file, maybe unpacked; else they were made. */
bool input_has_bytes(const struct input *in);

/* Hash of the first line (without its end and a byte order mark, at most what lies within the
 * first 64 KiB of the input), the quick sign that two inputs may hold the same content; {0,0} for
 * an input without a line. May be called at any time after input_open(). Also *complete: the first
 * line's end was seen. An input that cannot be read gives the hash of what could be; input_next()
 * says why. */
struct hash128 input_head(struct input *in, bool *complete);

/*
 * Reads on from where mark stands, without handing out what is before it.
 * Plain seekable files seek, and only the tail hash is sure to be checked; everything else is read
 * (and decompressed) from the start and checked whole. Must come before the first input_next().
 *   check_prefix  plain files too: read from the start and compare prefix as well as tail
 *   matches       out: false when the content before the mark is another one or is missing (also
 *                 when compressed data is damaged before it); the input then stands at its start
 *                 again (pipes cannot, unless all is still in memory: ERR_USAGE)
 * ERR_IO when reading fails.
 */
NODISCARD enum err input_resume(struct input *in, const struct input_mark *mark, bool check_prefix,
                                bool *matches, struct error *err);

/*
 * Of n marks (same head) the one with the largest offset whose content this input starts with;
 * one pass over the input's prefix whatever n is, and the input stands behind that mark.
 *   *best  index, or -1 when none matches; the input then stands at its start
 * Errors as of input_resume().
 */
NODISCARD enum err input_match(struct input *in, const struct input_mark *marks, size_t n,
                               ptrdiff_t *best, struct error *err);

/*
 * The next line. ERR_EMPTY (no message) at the end; ERR_IO on read errors and on damaged or cut
 * off compressed data (lines before the damage have been handed out). Errors stay.
 */
NODISCARD enum err input_next(struct input *in, struct line *out, struct error *err);

/* Steps back in front of a line that was handed out with ended == false, because the caller waits
 * for it to grow: input_get_mark() gives the mark before it, input_next() goes on saying ERR_EMPTY.
 * Does nothing after any other line. */
void input_unread_last(struct input *in);

/* The mark behind the line handed out last (with its line end). Cheap enough for once per batch,
 * not for once per line: hashes the buffer. */
void input_get_mark(const struct input *in, struct input_mark *out);

/*
 * For what cuts the input otherwise than at line ends (elements.h). All bytes behind the position
 * that are in memory; reads on first when there are only `seen` of them, so that out->n <= seen
 * means that the input ends there. Borrowed until the next call that may read. The byte order mark
 * is among them. Memory grows with the bytes that are not skipped. ERR_IO, ERR_NOMEM.
 */
NODISCARD enum err input_peek(struct input *in, size_t seen, struct sv *out, struct error *err);

/* Consumes n bytes that input_peek() showed, and the line ends among them count as lines. */
void input_skip(struct input *in, size_t n);

/* Position: the first byte not consumed, and the line ends before it. */
int64_t input_offset(const struct input *in);
int64_t input_lines(const struct input *in);

/* Stands at the start again; ERR_USAGE for a pipe whose start is not in memory any more. */
NODISCARD enum err input_rewind(struct input *in, struct error *err);

/* How many \n are in text. */
int64_t input_line_ends(struct sv text);

/* Bytes of the file consumed so far (compressed ones), for progress. */
int64_t input_consumed_bytes(const struct input *in);

#endif
