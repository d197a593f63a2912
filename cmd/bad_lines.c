/* bad_lines: says on standard error which lines could not be read, without flooding it. */
#include "bad_lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/error.h"
#include "base/banned.h"

enum { SHOWN_PER_INPUT = 10 };

void bad_lines_done(struct bad_lines *b)
{
    if (b->path && b->count > SHOWN_PER_INPUT) {
        struct error shown;

        error_set(&shown, ERR_PARSE, "%s: %" PRId64 " more lines could not be read", b->path,
                  b->count - SHOWN_PER_INPUT);
        fprintf(stderr, "%s\n", shown.msg);
    }
    free(b->path);
    *b = (struct bad_lines){0};
}

void bad_lines_say(void *ctx, const char *path, int64_t line, const char *reason)
{
    struct bad_lines *b = ctx;
    struct error shown;

    if (!b->path || strcmp(b->path, path) != 0) {
        bad_lines_done(b);
        b->path = strdup(path); /* without memory the next line only starts to count anew */
    }
    if (++b->count > SHOWN_PER_INPUT)
        return;
    /* Paths and reasons may hold anything; error_set() escapes what a terminal would obey. */
    error_set(&shown, ERR_PARSE, "%s:%" PRId64 ": %s", path, line, reason);
    fprintf(stderr, "%s\n", shown.msg);
}
