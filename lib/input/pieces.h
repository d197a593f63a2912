/* pieces: what the readers of all containers share: a window on the input and how a piece of it is
 * handed out. */
#ifndef LLMOBS_INPUT_PIECES_H
#define LLMOBS_INPUT_PIECES_H

#include "base/buf.h"
#include "input/input.h"

/* Where a container is read. The input's position is the border behind the last piece, or in white
 * space or retained text behind it. */
struct pieces {
    struct input *in; /* borrowed */
    size_t max;       /* the longest piece handed out whole, in bytes */
    struct sv window; /* what is in memory behind the position */
    bool at_end;      /* the window reaches to the end of the input */
    bool over;        /* a piece that was not ended was handed out: nothing follows */
    bool stepped_back;
    struct input_mark before; /* the mark before the piece handed out last, if it was not ended */
    struct sha256 sha;        /* of a piece that is too long, while it goes by */
    struct line passing;
    size_t kept; /* bytes in sample */
    char sample[4096];
};

/* Makes the window longer than `seen` bytes; at_end is set when there are no more. Errors of
 * input_peek(). */
NODISCARD enum err pieces_more(struct pieces *p, size_t seen, struct error *err);

/* The input stands at its start: *length of the byte order mark, 0 if there is none. */
NODISCARD enum err pieces_bom(struct pieces *p, size_t *length, struct error *err);

/* Consumes n bytes of the window. */
void pieces_skip(struct pieces *p, size_t n);

/*
 * Hands out the bytes [from, from + n) of the window and consumes up to their end.
 *   text   what stands for them, or SV_NONE for themselves
 *   ended  false: the input ends inside the piece; it is LINE_LAST, all of the rest is consumed,
 *          and pieces_unread_last() can step back
 */
void pieces_hand_out(struct pieces *p, size_t from, size_t n, struct sv text, bool ended,
                     struct line *out);

/* A piece that is too long begins at `from` of the window: consumes what is before it. */
void pieces_pass_begin(struct pieces *p, size_t from);
/* The next n bytes of the window belong to it and are consumed. */
void pieces_pass(struct pieces *p, size_t n);
/* It is LINE_TOO_LONG. */
void pieces_pass_end(struct pieces *p, bool ended, struct line *out);

/* As input_unread_last() and input_get_mark(). */
void pieces_unread_last(struct pieces *p);
void pieces_get_mark(const struct pieces *p, struct input_mark *out);

/* Index of the first byte of the window at or behind `at` that is no white space (and no comma, if
 * commas); window.n if there is none. */
size_t pieces_blank(const struct pieces *p, size_t at, bool commas);

#endif
