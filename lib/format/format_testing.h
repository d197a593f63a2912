/* format_testing: what the tests of the formats share: one line in, its records out. */
#ifndef LLMOBS_FORMAT_FORMAT_TESTING_H
#define LLMOBS_FORMAT_FORMAT_TESTING_H

#include <stdio.h>
#include <stdlib.h>

#include "format/format.h"
#include "format/memory.h"

#define CORPUS "../shared/corpus/"

/* Also for an absent text, which equals "". */
static inline bool text_is(struct sv text, const char *want)
{
    return text.n == strlen(want) && (!text.n || memcmp(text.p, want, text.n) == 0);
}

/* Zeroed storage is ready; records of all lines stay in the batch until probe_release(). */
struct probe {
    struct batch batch;
    struct json_doc doc;
    const struct format *format; /* of the last line */
    struct sv skipped, bad_field;
    struct error err;
    int64_t line;
    struct format_memory memory;
};

/* Reads one line, by `forced` or by the format that is detected. LINE_BAD with err "not JSON" or
 * "unknown format" when it does not come that far. */
static inline enum line_outcome probe_as(struct probe *p, const struct format *forced,
                                         struct sv text)
{
    struct line_context c = {.doc = &p->doc,
                             .out = &p->batch,
                             .line_hash = hash128(text.p, text.n, 0),
                             .source = 1,
                             .line = ++p->line,
                             .memory = &p->memory};

    p->err = (struct error){0};
    p->skipped = p->bad_field = SV_NONE;
    p->format = NULL;
    if (json_parse(&p->doc, text.p, text.n, NULL)) {
        error_set(&p->err, ERR_PARSE, "not JSON");
        return LINE_BAD;
    }
    p->format = forced ? forced : format_detect(&p->doc, NULL);
    if (!p->format) {
        error_set(&p->err, ERR_PARSE, "unknown format");
        return LINE_BAD;
    }
    return p->format->read(&c, &p->skipped, &p->bad_field, &p->err);
}

static inline enum line_outcome probe_line(struct probe *p, const char *text)
{
    return probe_as(p, NULL, sv_from(text));
}

static inline void probe_release(struct probe *p)
{
    batch_release(&p->batch);
    json_release(&p->doc);
}

/* Calls each() with every non-empty line of a file; false when it cannot be opened. */
static inline bool each_line(const char *path, void *ctx, void (*each)(void *ctx, struct sv line))
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;

    if (!f)
        return false;
    while ((n = getline(&line, &cap, f)) >= 0) {
        struct sv text = sv_trim((struct sv){line, (size_t)n});

        if (text.n)
            each(ctx, text);
    }
    free(line);
    fclose(f);
    return true;
}

#endif
