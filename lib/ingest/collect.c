/* collect: see the header. */
#include "ingest/collect.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/opened.h"
#include "ingest/reader.h"
#include "base/banned.h"

struct collecting {
    const char *path;
    struct reader reader;
    struct opened input;
    struct batch batch;
    struct reader_counts counts;
    enum err (*visit)(void *ctx, const struct batch *b, struct error *err);
    void *ctx;
};

static enum err hand_out(struct collecting *c, struct error *err)
{
    enum err rc = c->batch.failed ? error_set(err, ERR_NOMEM, "out of memory reading %s", c->path)
                                  : c->visit(c->ctx, &c->batch, err);

    batch_reset(&c->batch);
    return rc;
}

static enum err no_log(struct error *err)
{
    return error_set(err, ERR_IO, "not one line could be read");
}

static enum err read_pieces(struct collecting *c, bool probe, bool *again, struct error *err)
{
    enum reader_end end = READER_MORE;
    enum err rc = OK;

    *again = false;
    reader_begin(&c->reader, c->path, c->input.columns, 0, probe);
    while (!rc && end == READER_MORE) {
        rc = reader_fill(&c->reader, c->input.pieces, c->path, 1, false, &c->batch, &c->counts,
                         &end, err);
        if (!rc && end == READER_NO_LOG)
            rc = no_log(err);
        if (!rc && end == READER_AGAIN)
            *again = true;
        else if (!rc)
            rc = hand_out(c, err);
    }
    return rc;
}

static enum err read_xml(struct collecting *c, struct error *err)
{
    enum err rc = reader_xml(&c->reader, c->input.in, c->path, 1, &c->batch, &c->counts, err);

    return rc ? rc : hand_out(c, err);
}

static enum err open_input(struct collecting *c, struct error *err)
{
    enum err rc = opened_open(&c->input, c->path, c->reader.options->max_line, err);

    if (!rc && (elements_kind(c->input.pieces) == ELEMENTS_ZIP ||
                elements_kind(c->input.pieces) == ELEMENTS_SQLITE))
        rc = error_set(err, ERR_IO, "an archive or a database, not the results of an evaluation");
    return rc;
}

static enum err read_file(struct collecting *c, struct error *err)
{
    bool again = false;
    enum err rc = open_input(c, err);

    if (!rc && elements_kind(c->input.pieces) == ELEMENTS_XML)
        return read_xml(c, err);
    if (!rc)
        rc = read_pieces(c, input_stat(c->input.in)->regular, &again, err);
    if (rc || !again)
        return rc;
    opened_close(&c->input);
    batch_reset(&c->batch);
    c->counts = (struct reader_counts){0};
    rc = open_input(c, err);
    return rc ? rc : read_pieces(c, false, &again, err);
}

static void fill(const struct collecting *c, struct collected *out)
{
    int64_t most = 0;
    const char *format = elements_kind(c->input.pieces) == ELEMENTS_XML ? "junit" : "";

    for (size_t i = 0; formats[i] && i < READER_MAX_FORMATS; i++)
        if (c->counts.by_format[i] > most) {
            most = c->counts.by_format[i];
            format = formats[i]->name;
        }
    *out = (struct collected){.lines = c->counts.lines, .unreadable = c->counts.quarantined};
    snprintf(out->format, sizeof(out->format), "%s", format);
}

enum err collect_file(const char *path, const struct ingest_options *o,
                      enum err (*visit)(void *ctx, const struct batch *b, struct error *err),
                      void *ctx, struct collected *out, struct error *err)
{
    struct collecting *c = calloc(1, sizeof(*c)); /* a reader is large for a thread's stack */
    enum err rc;

    if (!c)
        return error_set(err, ERR_NOMEM, "out of memory reading %s", path);
    c->path = path;
    c->visit = visit;
    c->ctx = ctx;
    rc = reader_init(&c->reader, o, err);
    if (!rc)
        rc = read_file(c, err);
    if (!rc)
        fill(c, out);
    opened_close(&c->input);
    batch_release(&c->batch);
    reader_release(&c->reader);
    free(c);
    return rc;
}
