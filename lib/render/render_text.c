/* render_text: the table for a terminal. */
#include "render/render_formats.h"

#include <stdlib.h>

#include "render/render_out.h"
#include "render/safe_text.h"
#include "render/text_cells.h"
#include "base/banned.h"

#define GAP 2        /* blanks between columns */
#define NAME_LEAST 8 /* names are not cut to less */
#define BOLD "\x1b[1m"
#define DIM "\x1b[2m"
#define PLAIN "\x1b[0m"

/* The table on its way to the terminal. */
struct layout {
    const struct render_options *o;
    struct text_columns tc; /* hidden columns are taken out */
    size_t *widths;         /* of tc.at, the mark of a small n included */
    size_t hidden;
    struct buf cell; /* one cell's text */
    struct render_out ro;
};

/* Puts the text for column i into l->cell and returns the columns it takes. */
static size_t put_cell(struct layout *l, size_t i, const struct row *row)
{
    l->cell.n = 0;
    return text_cell(&l->cell, &l->tc, &l->tc.at[i], row);
}

/* Blanks behind a number where others of its column have a "*", to keep digits under digits. */
static size_t mark_blanks(const struct layout *l, size_t i, const struct row *row)
{
    const struct text_column *c = &l->tc.at[i];

    return row != TEXT_TITLES && c->has_small_n && !c->left &&
           !text_cell_marked(&row->cells[c->index]);
}

static void measure_row(struct layout *l, const struct row *row)
{
    for (size_t i = 0; i < l->tc.n; i++) {
        size_t width = put_cell(l, i, row) + mark_blanks(l, i, row);
        if (width > l->widths[i])
            l->widths[i] = width;
    }
}

static void measure(struct layout *l)
{
    const struct table *t = l->tc.table;

    measure_row(l, TEXT_TITLES);
    for (size_t r = 0; r < t->n_rows; r++)
        measure_row(l, &t->rows[r]);
    if (l->tc.shows_total)
        measure_row(l, &t->totals);
}

static size_t total_width(const struct layout *l)
{
    size_t width = 0;

    for (size_t i = 0; i < l->tc.n; i++)
        width += l->widths[i] + (i ? GAP : 0);
    return width;
}

static void hide_column(struct layout *l, size_t i)
{
    size_t after = l->tc.n - i - 1;

    memmove(&l->tc.at[i], &l->tc.at[i + 1], after * sizeof(l->tc.at[0]));
    memmove(&l->widths[i], &l->widths[i + 1], after * sizeof(l->widths[0]));
    l->tc.n--;
    l->hidden++;
}

/* The column to go first: the largest drop, among equals the rightmost. False: none may go. */
static bool find_droppable(const struct layout *l, size_t *out)
{
    int drop = 1;
    bool found = false;

    for (size_t i = 0; i < l->tc.n; i++) {
        if (l->tc.at[i].column->drop < drop)
            continue;
        drop = l->tc.at[i].column->drop;
        *out = i;
        found = true;
    }
    return found;
}

/* Cuts the widest names by what the line is too long. */
static void shorten_names(struct layout *l, size_t excess)
{
    size_t widest = l->tc.n;
    size_t width;

    for (size_t i = 0; i < l->tc.n; i++)
        if (l->tc.at[i].left && (widest == l->tc.n || l->widths[i] > l->widths[widest]))
            widest = i;
    if (widest == l->tc.n || l->widths[widest] <= NAME_LEAST)
        return;
    width = l->widths[widest];
    width = width > excess + NAME_LEAST ? width - excess : NAME_LEAST;
    l->widths[widest] = l->tc.at[widest].max_columns = width;
}

static void fit(struct layout *l)
{
    size_t limit = (size_t)l->o->width;
    size_t i;

    if (l->o->width <= 0)
        return;
    while (total_width(l) > limit && find_droppable(l, &i))
        hide_column(l, i);
    if (total_width(l) > limit)
        shorten_names(l, total_width(l) - limit);
}

static void add_blanks(struct buf *b, size_t n)
{
    while (n--)
        buf_char(b, ' ');
}

/* l->cell, which takes the given columns, in its place; a mere "-" steps back where there is
 * colour. */
static void add_cell(struct layout *l, size_t i, size_t columns, bool dim)
{
    struct buf *b = &l->ro.buf;
    size_t pad = l->widths[i] > columns ? l->widths[i] - columns : 0;
    bool faint = dim && l->cell.n == 1 && l->cell.p[0] == '-';

    if (!l->tc.at[i].left)
        add_blanks(b, pad);
    buf_str(b, faint ? DIM : "");
    buf_add(b, l->cell.p, l->cell.n);
    buf_str(b, faint ? PLAIN : "");
    if (l->tc.at[i].left)
        add_blanks(b, pad);
}

/* Titles and total are bold where there is colour. */
static void print_row(struct layout *l, const struct row *row)
{
    struct buf *b = &l->ro.buf;
    bool bold = l->o->color && (row == TEXT_TITLES || row == &l->tc.table->totals);

    buf_str(b, bold ? BOLD : "");
    for (size_t i = 0; i < l->tc.n; i++) {
        size_t blanks = mark_blanks(l, i, row);
        add_blanks(b, i ? GAP : 0);
        add_cell(l, i, put_cell(l, i, row) + blanks, l->o->color && !bold);
        add_blanks(b, blanks);
    }
    while (b->n && b->p[b->n - 1] == ' ')
        b->n--;
    buf_str(b, bold ? PLAIN "\n" : "\n");
    b->failed = b->failed || l->cell.failed;
}

static void print_head(struct layout *l)
{
    if (l->o->quiet)
        return;
    text_head(&l->ro.buf, l->tc.table);
    buf_char(&l->ro.buf, '\n');
}

static void print_words(struct layout *l, struct sv text)
{
    safe_text(&l->ro.buf, text, 0, true);
    buf_char(&l->ro.buf, '\n');
}

static void print_line(struct layout *l, const char *text)
{
    print_words(l, sv_from(text));
}

static void print_narrative(struct layout *l)
{
    const char *rest = l->tc.table->narrative;
    struct sv line;

    while (text_next_line(&rest, &line))
        print_words(l, line);
}

static void print_rows(struct layout *l)
{
    const struct table *t = l->tc.table;

    print_row(l, TEXT_TITLES);
    for (size_t i = 0; i < t->n_rows && render_out_more(&l->ro); i++)
        print_row(l, &t->rows[i]);
    if (l->tc.shows_total)
        print_row(l, &t->totals);
}

static void print_notes(struct layout *l)
{
    const struct table *t = l->tc.table;

    for (size_t i = 0; i < t->n_warnings; i++)
        print_line(l, t->warnings[i]);
    if (l->o->quiet)
        return;
    for (size_t i = 0; i < t->n_notes; i++)
        print_line(l, t->notes[i]);
    if (text_columns_marked(&l->tc))
        print_line(l, TEXT_SMALL_N_NOTE);
    if (l->hidden)
        buf_printf(&l->ro.buf, "%zu column%s hidden (--wide)\n", l->hidden,
                   l->hidden == 1 ? "" : "s");
}

enum err render_text(const struct table *t, const struct render_options *o, const struct sink *out,
                     struct error *err)
{
    struct layout l = {.o = o, .ro = {.sink = out}};

    if (t->chart)
        return render_chart(t, o, out, err);
    l.widths = calloc(t->n_columns + 1, sizeof(*l.widths));
    if (!text_columns_init(&l.tc, t, o->utf8) || !l.widths) {
        l.ro.buf.failed = true;
        goto done;
    }
    measure(&l);
    fit(&l);
    print_head(&l);
    print_narrative(&l);
    print_rows(&l);
    print_notes(&l);
done:
    text_columns_release(&l.tc);
    free(l.widths);
    buf_release(&l.cell);
    return render_out_end(&l.ro, err);
}
