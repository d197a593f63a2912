/* sse_answers: the answers in captures of server-sent events. */
#ifndef LLMOBS_INPUT_SSE_ANSWERS_H
#define LLMOBS_INPUT_SSE_ANSWERS_H

#include "input/pieces.h"

/*
 * An answer is one piece, {"sse":[data,data,...]}: the data of its events (several data: lines of
 * one event joined by \n), without [DONE]. Data that is no JSON object or array is left out; an
 * answer in which there is nothing else is handed out as it stands, for the parser to refuse.
 *
 * An answer ends with [DONE]; with an event whose name, or whose data's first member "type", is
 * message_stop, response.completed, response.failed or response.incomplete; or before one that is
 * message_start or response.created. The input's end ends it too, and the piece is LINE_LAST then.
 * Events end at empty lines, and where a whole JSON value is followed by another field that begins
 * an event, as in captures that have lost their empty lines.
 */
enum sse_mark { SSE_MIDDLE, SSE_FIRST, SSE_FINAL }; /* an event's place in an answer */

struct sse_answers {
    struct pieces p;
    struct buf text;
    struct buf data; /* of the event that is being read */
    bool has_data;
    bool any;           /* the answer has data of some kind */
    size_t objects;     /* data in text */
    enum sse_mark mark; /* what the event's name says */
};

/* The line is the beginning of such a capture: a field of that form, or a comment. */
bool sse_answers_look(struct sv line);

/* in stands at its start or behind an answer. */
void sse_answers_start(struct sse_answers *s, struct input *in, size_t max);
void sse_answers_release(struct sse_answers *s);

/* ERR_EMPTY at the end, ERR_IO, ERR_NOMEM. */
NODISCARD enum err sse_answers_next(struct sse_answers *s, struct line *out, struct error *err);

#endif
