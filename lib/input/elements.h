/* elements: the pieces of text in which a log keeps its records, whatever they are packed in. */
#ifndef LLMOBS_INPUT_ELEMENTS_H
#define LLMOBS_INPUT_ELEMENTS_H

#include "input/input.h"

/* What an input is, by its first bytes (behind a byte order mark and white space). */
enum element_kind {
    ELEMENTS_LINES,     /* a record in each line; also what is nothing else */
    ELEMENTS_DOCUMENTS, /* JSON over several lines, JSON arrays, several values in a line */
    ELEMENTS_SSE,       /* captured server-sent events */
    ELEMENTS_CSV,       /* CSV or TSV with a header */
    ELEMENTS_SHIPPED,   /* lines as Docker and kubelets keep them */
    ELEMENTS_XML,       /* no log: nothing is handed out */
    ELEMENTS_SQLITE,    /* a database: nothing is handed out, its tables are inputs (opened.h) */
    ELEMENTS_ZIP,       /* an archive: nothing is handed out */
};

/*
 * Hands out one struct line per piece, its text a JSON value unless the piece is damaged; number
 * is that of the line in which it begins, [offset, offset + length) are its bytes in the input.
 *   ELEMENTS_LINES      exactly input_next()
 *   ELEMENTS_DOCUMENTS  elements of arrays, documents, and what documents longer than max_line are
 *                       cut into: see json_cut.h
 *   ELEMENTS_SSE        {"sse":[data,...]} for each answer: see sse_answers.h
 *   ELEMENTS_CSV        {"header":"cell",...} for each row: see csv_rows.h
 *   ELEMENTS_SHIPPED    {"log":"line","stream":"stdout","time":"..."}: see shipped_lines.h
 * line.made says that text is not the bytes at offset but was made from them. line.ended is false
 * (kind LINE_LAST or LINE_TOO_LONG) when the input ends inside the piece. Other than with
 * ELEMENTS_LINES such a piece may be incomplete even when its text can be parsed: who expects the
 * input to grow should step back.
 *
 * Marks stand behind a piece (of an array: before the comma or bracket), so that reading goes on
 * with what is new when an array or document was written again with more elements behind those that
 * are known, and when text was appended. Lines in marks are line ends. What was handed out with
 * ended == false and not stepped back from can be gone on behind only where a whole value ends: in
 * the middle of one, its mark does not match any more once the input has grown.
 *
 * Memory: that of input.h, for containers other than lines up to twice max_line and a few MiB.
 */
struct elements;

/*
 * Looks at the beginning of `in`, which was just opened (input_head() may have been called); it is
 * borrowed and must be moved by the functions below only, until elements_close(). max_line as in
 * input_open(). ERR_IO, ERR_NOMEM.
 */
NODISCARD enum err elements_open(struct input *in, int64_t max_line, struct elements **out,
                                 struct error *err);

/* The same of an input that is known to be ELEMENTS_LINES: nothing is looked at. */
NODISCARD enum err elements_open_lines(struct input *in, int64_t max_line, struct elements **out,
                                       struct error *err);

/* Not the input. Accepts NULL. */
void elements_close(struct elements *e);

enum element_kind elements_kind(const struct elements *e);

/*
 * As input_resume() and input_match(), before the first elements_next(). For ELEMENTS_DOCUMENTS all
 * that is before the mark is read again without handing it out, and checked whole; a pipe can then
 * go back only to what is in memory (ERR_USAGE).
 */
NODISCARD enum err elements_resume(struct elements *e, const struct input_mark *mark,
                                   bool check_prefix, bool *matches, struct error *err);
NODISCARD enum err elements_match(struct elements *e, const struct input_mark *marks, size_t n,
                                  ptrdiff_t *best, struct error *err);

/* As input_next(). line->text is borrowed until the next call. */
NODISCARD enum err elements_next(struct elements *e, struct line *out, struct error *err);

/* As input_unread_last() and input_get_mark(). */
void elements_unread_last(struct elements *e);
void elements_get_mark(const struct elements *e, struct input_mark *out);

#endif
