/* output: where data goes: standard output, or a file that appears whole or not at all. */
#ifndef LLMOBS_OUTPUT_H
#define LLMOBS_OUTPUT_H

#include <stdio.h>
#include "base/buf.h"
#include "commands.h"
#include "render/render.h"

struct output {
    FILE *stream;
    const char *name; /* for messages; borrowed from output_open()'s path */
    char *path;       /* what temp is renamed to */
    char *temp;       /* NULL: written directly */
};

/*
 * path NULL or "-": standard output. A file is written under another name in the same folder,
 * mode 0600, and takes path's place in output_close(); the target of a symbolic link is replaced,
 * not the link; devices and pipes are written directly. ERR_IO, ERR_NOMEM.
 */
NODISCARD enum err output_open(const char *path, struct output *out, struct error *err);

/* The same, but what is written comes behind what the file holds, as it is written: the file is
 * made with mode 0600 where there is none, and a line that was torn off at its end is ended. */
NODISCARD enum err output_append(const char *path, struct output *out, struct error *err);

/* A struct sink's write for ctx = the struct output. */
bool output_write(void *out, const char *p, size_t n);

/* Hands over what was written. ERR_IO when it could not be. */
NODISCARD enum err output_pass_on(struct output *out, struct error *err);

/* Ends it well. ERR_IO when something could not be written, the old file then stays. A reader that
 * closed the pipe is no error. */
NODISCARD enum err output_close(struct output *out, struct error *err);

/* Ends it without a result; after output_close() it does nothing. */
void output_discard(struct output *out);

/* The renderer that --format and --output choose. */
const struct renderer *output_renderer(const struct shared_options *o);

/* What people read as a table: table and md. Machines get every row and every column. */
bool output_for_people(const struct shared_options *o);

/* Rows that --limit and --all let through, 20 for people when neither is given; 0: all. */
int64_t output_row_limit(const struct shared_options *o);

/* A finished table or text to where --output says. bare: no head line about calls above a text
 * table, as with --quiet. */
NODISCARD enum err output_table(const struct invocation *inv, const struct table *t, bool bare,
                                struct error *err);
NODISCARD enum err output_text(const struct invocation *inv, const struct buf *text,
                               struct error *err);

/* Writes out what standard output still holds; ERR_IO as above. */
NODISCARD enum err output_flush(struct error *err);

#endif
