/* render_md: a table for pull requests and issues. */
#include "render/render_formats.h"

#include "render/md_text.h"
#include "render/render_out.h"
#include "render/safe_text.h"
#include "render/text_cells.h"
#include "base/banned.h"

#define COMMENT_MAX ((size_t)65536) /* GitHub takes no longer comment; counted in bytes here */
#define CUT_LINE_MAX ((size_t)64)   /* the line that counts the rows left out */
#define LINE_COLUMNS 300            /* of a warning or note */
#define LINES_MAX ((size_t)20)      /* of each */

/* The parts of the document, to be joined once it is known how many rows fit. */
struct document {
    struct text_columns tc;
    struct buf cell; /* one cell's text */
    struct buf row;
    struct buf tail; /* totals, notes and warnings */
    struct render_out ro;
};

static struct sv cell_view(const struct document *d)
{
    return (struct sv){d->cell.p, d->cell.n};
}

static void add_row(struct document *d, struct buf *to, const struct row *row)
{
    bool bold = row == &d->tc.table->totals;

    buf_char(to, '|');
    for (size_t i = 0; i < d->tc.n; i++) {
        d->cell.n = 0;
        text_cell(&d->cell, &d->tc, &d->tc.at[i], row);
        buf_char(to, ' ');
        buf_str(to, bold && d->cell.n ? "**" : "");
        md_text(to, cell_view(d));
        buf_str(to, bold && d->cell.n ? "** |" : " |");
    }
    buf_char(to, '\n');
}

static void add_head(struct document *d, bool quiet)
{
    const char *narrative = d->tc.table->narrative;
    struct buf *b = &d->ro.buf;
    struct sv line;

    if (!quiet) {
        text_head(&d->cell, d->tc.table);
        md_text(b, cell_view(d));
        buf_str(b, "\n\n");
    }
    while (text_next_line(&narrative, &line)) {
        d->cell.n = 0;
        safe_text(&d->cell, line, 0, d->tc.utf8);
        md_text(b, cell_view(d));
        buf_str(b, "\n\n");
    }
    add_row(d, b, TEXT_TITLES);
    buf_char(b, '|');
    for (size_t i = 0; i < d->tc.n; i++)
        buf_str(b, d->tc.at[i].left ? " --- |" : " ---: |");
    buf_char(b, '\n');
}

/* Warnings or notes as a list. There are few; should there be many, the table is worth more. */
static void add_lines(struct document *d, const char *const *lines, size_t n)
{
    for (size_t i = 0; i < n && i < LINES_MAX; i++) {
        d->cell.n = 0;
        safe_text(&d->cell, sv_from(lines[i]), LINE_COLUMNS, d->tc.utf8);
        buf_str(&d->tail, "- ");
        md_text(&d->tail, cell_view(d));
        buf_char(&d->tail, '\n');
    }
    if (n > LINES_MAX)
        buf_printf(&d->tail, "- and %zu more\n", n - LINES_MAX);
}

static void add_tail(struct document *d, bool quiet)
{
    static const char *const small_n_note[] = {TEXT_SMALL_N_NOTE};
    const struct table *t = d->tc.table;
    bool notes = !quiet && (t->n_notes || text_columns_marked(&d->tc));

    if (d->tc.shows_total)
        add_row(d, &d->tail, &t->totals);
    if (t->n_warnings || notes)
        buf_char(&d->tail, '\n');
    add_lines(d, t->warnings, t->n_warnings);
    if (!notes)
        return;
    add_lines(d, t->notes, t->n_notes);
    add_lines(d, small_n_note, text_columns_marked(&d->tc));
}

/* As many rows as leave room for the tail and for the line that counts the others. */
static void add_rows(struct document *d)
{
    const struct table *t = d->tc.table;
    size_t room = COMMENT_MAX - CUT_LINE_MAX - d->tail.n;

    for (size_t i = 0; i < t->n_rows; i++) {
        d->row.n = 0;
        add_row(d, &d->row, &t->rows[i]);
        if (d->ro.buf.n + d->row.n > room) {
            buf_printf(&d->ro.buf, "| and %zu more rows |\n", t->n_rows - i);
            return;
        }
        buf_add(&d->ro.buf, d->row.p, d->row.n);
    }
}

static enum err build(struct document *d, bool quiet, struct error *err)
{
    add_head(d, quiet);
    add_tail(d, quiet);
    if (d->ro.buf.n + d->tail.n + CUT_LINE_MAX > COMMENT_MAX) {
        buf_reset(&d->ro.buf);
        return error_set(err, ERR_RANGE,
                         "without any row the table is longer already than the 65,536 "
                         "characters that Markdown output may have; choose fewer columns");
    }
    add_rows(d);
    buf_add(&d->ro.buf, d->tail.p, d->tail.n);
    return OK;
}

enum err render_md(const struct table *t, const struct render_options *o, const struct sink *out,
                   struct error *err)
{
    struct document d = {.ro = {.sink = out}};
    enum err rc = OK;
    enum err end;

    if (text_columns_init(&d.tc, t, o->utf8))
        rc = build(&d, o->quiet, err);
    else
        d.ro.buf.failed = true;
    d.ro.buf.failed = d.ro.buf.failed || d.cell.failed || d.row.failed || d.tail.failed;
    text_columns_release(&d.tc);
    buf_release(&d.cell);
    buf_release(&d.row);
    buf_release(&d.tail);
    end = render_out_end(&d.ro, rc ? NULL : err);
    return rc ? rc : end;
}
