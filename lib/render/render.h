/* render: a table as text for people or machines. One file per output; renderers.c has the list. */
#ifndef LLMOBS_RENDER_RENDER_H
#define LLMOBS_RENDER_RENDER_H

#include "base/buf.h"
#include "table/table.h"

struct render_options {
    int width;            /* columns of the terminal, 0: unlimited */
    bool color;           /* ANSI colours */
    bool utf8;            /* bars, >= and box characters may be UTF-8 */
    bool quiet;           /* text tables: no head line and no notes; warnings stay */
    int64_t generated_us; /* what generated_at says */
};

/* Where the output goes, a piece at a time. Returns false when it cannot take more (the renderer
 * stops then and reports ERR_IO). */
struct sink {
    bool (*write)(void *ctx, const char *p, size_t n);
    void *ctx;
};

struct renderer {
    const char *name;     /* "table", "json", "jsonl", "csv", "tsv", "md" */
    const char *suffixes; /* file name endings that choose it, by blanks: ".md .markdown" */
    enum err (*render)(const struct table *t, const struct render_options *o,
                       const struct sink *out, struct error *err);
};

extern const struct renderer renderers[];
extern const size_t renderer_count;

const struct renderer *renderer_find(const char *name); /* NULL: unknown */
const struct renderer *renderer_for_file(const char *path); /* by suffix in any case; NULL: none */

#endif
