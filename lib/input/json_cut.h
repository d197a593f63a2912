/* json_cut: JSON documents of any length, cut into pieces that are documents themselves. */
#ifndef LLMOBS_INPUT_JSON_CUT_H
#define LLMOBS_INPUT_JSON_CUT_H

#include "input/json_end.h"
#include "input/pieces.h"

#define JSON_CUT_OPEN 64 /* containers inside each other that are gone into */

/* A container that was gone into because it is too long for one piece. */
struct json_cut_level {
    enum { CUT_LIST, CUT_ARRAY, CUT_OBJECT } kind;  /* LIST: an array at the top: nothing is kept */
    enum { WANT_KEY, WANT_COLON, WANT_VALUE } want; /* of an object */
    bool any;                                       /* of an object: a member is kept */
    size_t kept;   /* length of the kept text before this container */
    int64_t start; /* its offset */
};

/*
 * What a piece is:
 *  - an element of an array at the top (or whatever else lies there), a document at the top: the
 *    bytes as they stand, when they are at most max long.
 *  - An object longer than that, at these places, is gone into: its members are kept, and so are
 *    those of the objects inside it that are themselves too long to be kept; but of each array that
 *    is met on this way the elements are handed out, in runs of about 1 MiB. A piece is then an
 *    envelope: the kept text, one run, and the closing brackets. An element that is too long is
 *    gone into in the same way.
 *    So {"a":1,"r":[{"b":2,"s":[3,4,5]}],"z":6} may become {"a":1,"r":[{"b":2,"s":[3,4]}]},
 *    {"a":1,"r":[{"b":2,"s":[5]}]} and {"a":1,"r":[],"z":6}.
 *    Each element is in exactly one envelope. Members that are no such arrays, with all that is in
 *    them, are in all envelopes behind them and in none before them; when some of them are in none,
 *    because no array follows, a last envelope has them, with the arrays empty.
 *  - LINE_TOO_LONG: an element of an array that cannot be gone into. When a member cannot be kept
 *    (a scalar, or all members together, of more than max / 2), the rest of the innermost element
 *    of an array around it, or of the whole document: others of its pieces may have been handed
 *    out before. Containers more than JSON_CUT_OPEN deep are not gone into.
 *  - What the input's end cuts off: LINE_LAST. Its text is the beginning of JSON text.
 *  - What cannot be JSON: up to the end of the line, as it stands; for the parser to refuse.
 * Commas and white space between values may be missing or too many.
 */
struct json_cut {
    struct pieces p;
    size_t at; /* what comes next, in the window */
    struct json_cut_level levels[JSON_CUT_OPEN];
    size_t depth;
    struct buf text; /* kept text of all levels, not closed; behind it the last envelope's rest */
    bool news;       /* kept text that no envelope had yet */
    bool in_run;     /* elements [run, at) of the innermost level, an array, wait */
    size_t run;      /* in the window */
    size_t run_end;
    int64_t quiet_until; /* before this offset nothing is handed out; 0: no such offset */
};

/* in stands at its start. c->text is to be released by json_cut_release(). */
void json_cut_init(struct json_cut *c, struct input *in, size_t max);
void json_cut_release(struct json_cut *c);

/* ERR_EMPTY at the end, ERR_IO, ERR_NOMEM. */
NODISCARD enum err json_cut_next(struct json_cut *c, struct line *out, struct error *err);

/*
 * Goes on to offset, where a piece ended when the same bytes were read before; that they were then
 * the end of the input, or max another, makes no difference. Behind it, what was in pieces before
 * it is not handed out again. *reached: the input stands exactly there.
 */
NODISCARD enum err json_cut_go_on_to(struct json_cut *c, int64_t offset, bool *reached,
                                     struct error *err);

#endif
