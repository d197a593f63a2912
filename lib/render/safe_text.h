/* safe_text: text from data in a form that cannot harm a terminal or hide what it says. */
#ifndef LLMOBS_RENDER_SAFE_TEXT_H
#define LLMOBS_RENDER_SAFE_TEXT_H

#include "base/buf.h"

/* What one character took. */
struct safe_char {
    size_t bytes;   /* of the input, at least 1 */
    size_t columns; /* of a terminal: 0 for combining marks, 2 for East Asian wide characters */
};

/*
 * Appends the first character of s (not empty). Control characters and bytes that are not UTF-8
 * become \x1b; C1 controls, bidirectional overrides, line separators and invisible characters
 * become \u202e; a backslash stays as it is.
 */
struct safe_char safe_char(struct buf *b, struct sv s);

/*
 * Appends s character by character as above and returns the columns it takes. A text longer than
 * max_columns (0: no limit, else at least 3) is cut and ends in an ellipsis, "…" or in ASCII "...",
 * within the limit; so is one with more than 8 combining marks on one character. Reads no more of
 * s than it shows.
 */
size_t safe_text(struct buf *b, struct sv s, size_t max_columns, bool utf8);

#endif
