/* bad_lines: says on standard error which lines could not be read, without flooding it. */
#ifndef LLMOBS_BAD_LINES_H
#define LLMOBS_BAD_LINES_H

#include <stdint.h>

/* Zeroed storage is ready. Used by one thread at a time. */
struct bad_lines {
    char *path;    /* of the input whose lines are coming */
    int64_t count; /* of its bad lines so far */
};

/* An ingest_events.bad_line for ctx = the struct: "path:line: reason", ten for each input. */
void bad_lines_say(void *ctx, const char *path, int64_t line, const char *reason);

/* After the last line: how many more of the last input there were. Releases what it holds. */
void bad_lines_done(struct bad_lines *b);

#endif
