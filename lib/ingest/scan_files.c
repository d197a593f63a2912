/* scan_files: the texts of logs, and plain text, looked through without storing anything. */
#include "ingest/scan_files.h"

#include <stdlib.h>

#include "base/buf.h"
#include "ingest/opened.h"

#include "base/banned.h"

#define BLOCK_LINES 100 /* of a private key, if its end does not come */

struct file_scan {
    struct scanning *scanning;
    const char *path;
    int64_t line; /* of the piece */
    void (*found)(void *ctx, const struct file_find *f);
    void *ctx;
    struct scan_files_counts *counts;
    struct json_doc doc;
    struct buf block; /* lines of a private key so far */
    int64_t block_lines;
};

static void tell(void *ctx, const struct scanned *x)
{
    const struct file_scan *f = ctx;

    f->found(f->ctx, &(struct file_find){f->path, f->line, x});
}

static bool holds(struct sv text, const char *words)
{
    return sv_find(text, sv_from(words)) >= 0;
}

static enum err scan_block(struct file_scan *f, struct error *err)
{
    enum err rc = f->block.failed ? error_set(err, ERR_NOMEM, "out of memory") : OK;

    if (!rc && f->block.n)
        rc = scanning_piece(f->scanning, NULL, (struct sv){f->block.p, f->block.n}, tell, f, err);
    buf_reset(&f->block);
    f->block_lines = 0;
    return rc;
}

/* A line that is no JSON. */
static enum err scan_plain(struct file_scan *f, struct sv text, struct error *err)
{
    if (!f->block_lines && !holds(text, "-----BEGIN "))
        return scanning_piece(f->scanning, NULL, text, tell, f, err);
    buf_sv(&f->block, text);
    buf_char(&f->block, '\n');
    if (++f->block_lines < BLOCK_LINES && !holds(text, "-----END "))
        return OK;
    return scan_block(f, err);
}

static enum err scan_piece(struct file_scan *f, const struct line *line, struct error *err)
{
    bool json = false;
    enum err rc;

    if (line->kind == LINE_TOO_LONG) {
        f->counts->too_long++;
        return OK;
    }
    if (!sv_trim(line->text).n)
        return OK;
    f->counts->pieces++;
    f->counts->bytes += (int64_t)line->text.n;
    if (!f->block_lines)
        f->line = line->number;
    if (!f->block_lines && strchr("{[\"", sv_trim(line->text).p[0])) {
        rc = json_parse(&f->doc, line->text.p, line->text.n, NULL);
        if (rc == ERR_NOMEM)
            return error_set(err, rc, "out of memory");
        json = !rc;
    }
    return json ? scanning_piece(f->scanning, &f->doc, line->text, tell, f, err)
                : scan_plain(f, line->text, err);
}

/* XML is no log, but it has lines. */
static enum err next_piece(struct opened *o, struct line *line, struct error *err)
{
    return elements_kind(o->pieces) == ELEMENTS_XML ? input_next(o->in, line, err)
                                                    : elements_next(o->pieces, line, err);
}

static enum err scan_pieces(struct file_scan *f, struct opened *o, struct error *err)
{
    struct line line;
    enum err rc;

    while ((rc = next_piece(o, &line, err)) == OK && (rc = scan_piece(f, &line, err)) == OK)
        continue;
    return rc == ERR_EMPTY ? scan_block(f, err) : rc;
}

/* All tables of a database, which is open nowhere else here. */
static enum err scan_database(struct file_scan *f, int64_t max_line, struct error *err)
{
    struct foreign *database = NULL;
    struct input_stat st = {0};
    enum err rc = foreign_open(f->path, max_line, &database, err);

    if (!rc && !opened_stat(f->path, &st))
        rc = error_set(err, ERR_IO, "it is gone");
    for (size_t i = 0; !rc && i < foreign_tables(database); i++) {
        struct opened o = {0};

        rc = opened_table(&o, database, i, f->path, &st, max_line, err);
        if (!rc)
            rc = scan_pieces(f, &o, err);
        opened_close(&o);
    }
    foreign_close(database);
    return rc;
}

enum err scan_file(struct scanning *s, const char *path, int64_t max_line,
                   void (*found)(void *ctx, const struct file_find *f), void *ctx,
                   struct scan_files_counts *counts, struct error *err)
{
    struct file_scan f = {
        .scanning = s, .path = path, .found = found, .ctx = ctx, .counts = counts};
    struct opened o = {0};
    enum err rc = opened_open(&o, path, max_line, err);

    if (!rc && elements_kind(o.pieces) == ELEMENTS_SQLITE) {
        opened_close(&o);
        rc = scan_database(&f, max_line, err);
    } else if (!rc && elements_kind(o.pieces) == ELEMENTS_ZIP) {
        rc = error_set(err, ERR_IO, "an archive, which has to be unpacked first");
    } else if (!rc) {
        rc = scan_pieces(&f, &o, err);
    }
    opened_close(&o);
    json_release(&f.doc);
    buf_release(&f.block);
    return rc ? error_at(err, path, 0) : OK;
}
