/* shipped_lines: lines as the runtimes of containers keep them, with time and stream around them.
 */
#ifndef LLMOBS_INPUT_SHIPPED_LINES_H
#define LLMOBS_INPUT_SHIPPED_LINES_H

#include "input/pieces.h"

/*
 * Docker (json-file):        {"log":"TEXT\n","stream":"stdout","time":"2026-..."}
 * CRI (kubelet's files):     2026-... stdout F TEXT
 * with --timestamps:         2026-... TEXT
 * A piece is always in Docker's form; of the other two it is made. A runtime cuts a long line into
 * parts: CRI calls all but the last one P, Docker's have no \n at their end and at least 16 KiB.
 * Parts of one stream that follow each other are one piece. When another stream's line comes
 * between them, or there is no last part, what there is of it is a piece, for the parser to refuse.
 * A line of none of these forms is handed out as it stands.
 */
enum shipped_form { SHIPPED_NONE, SHIPPED_DOCKER, SHIPPED_CRI, SHIPPED_TIMED };

struct shipped_lines {
    struct pieces p;
    struct buf text, content;
    char absorbed[8]; /* stream of a piece that was too long: its other parts go with it; or "" */
};

/* The form of an input's first line. */
enum shipped_form shipped_lines_look(struct sv line);

/* in stands at its start or behind a piece. */
void shipped_lines_start(struct shipped_lines *s, struct input *in, size_t max);
void shipped_lines_release(struct shipped_lines *s);

/* ERR_EMPTY at the end, ERR_IO, ERR_NOMEM. */
NODISCARD enum err shipped_lines_next(struct shipped_lines *s, struct line *out, struct error *err);

#endif
