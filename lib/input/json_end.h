/* json_end: finds where a JSON value ends, without looking at what is inside it. */
#ifndef LLMOBS_INPUT_JSON_END_H
#define LLMOBS_INPUT_JSON_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What was seen of a value so far; plain data. Brackets are counted outside strings and not
 * compared with each other: text whose brackets are of the wrong kind ends somewhere too, and the
 * parser says what is wrong with it.
 */
struct json_end {
    enum { JSON_END_BRACKETS, JSON_END_STRING, JSON_END_SCALAR, JSON_END_LINE } what;
    uint64_t depth; /* open brackets */
    bool in_string;
    bool escaped; /* the next byte stands behind a backslash */
    bool done;    /* the end was found */
};

/* The next byte, `first`, begins a value: a bracket or string up to its partner, anything else up
 * to the next white space, comma, colon, bracket or quote. */
void json_end_begin(struct json_end *e, char first);

/* The next byte stands between two tokens inside `depth` open containers, at least one, and the end
 * of the outermost is looked for. */
void json_end_inside(struct json_end *e, uint64_t depth);

/* The end of a line is looked for, without its \n. */
void json_end_line(struct json_end *e);

/*
 * Goes on with the n bytes at p, which follow those of the call before. Returns how many of them
 * belong to the value: all n while the end was not found; fewer, or n, and done is set when it was.
 * At least 1 GB/s where the machine has SSE2.
 */
size_t json_end_find(struct json_end *e, const char *p, size_t n);

#endif
