/* render_chart: a column of a table as bars for a terminal. */
#include "render/render_formats.h"

#include <stdlib.h>
#include "render/render_out.h"
#include "render/safe_text.h"
#include "render/text_cells.h"
#include "base/banned.h"

#define GAP 2
#define USUAL_WIDTH 80 /* where the terminal's is not known or has no limit */
#define CHANGE_WIDTH (GAP + sizeof("+1,000.0 %") - 1) /* behind a bar; longer ones are rare */
#define BAR_LEAST 8
#define BAR_MOST 60
#define REMARK_MOST 60 /* columns of what stands behind a bar */
#define EIGHTHS 8
#define DIM "\x1b[2m"
#define PLAIN "\x1b[0m"

struct drawing {
    const struct render_options *o;
    struct text_columns tc;    /* the dimensions and the column that is drawn, last */
    struct text_column before; /* the column drawn, as it was */
    size_t *names;             /* width of each dimension */
    size_t label, value, bar;  /* widths */
    double largest;
    struct buf cell;
    struct render_out ro;
};

static const struct chart *chart_of(const struct drawing *d)
{
    return d->tc.table->chart;
}

static const struct text_column *drawn(const struct drawing *d)
{
    return &d->tc.at[d->tc.n - 1];
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void add_blanks(struct buf *b, size_t n)
{
    while (n--)
        buf_char(b, ' ');
}

/* What a row is called, its dimensions in columns as wide as d->names, which grow with it, into
 * d->cell; the columns it takes. */
static size_t put_label(struct drawing *d, const struct row *row)
{
    size_t columns = 0;

    d->cell.n = 0;
    for (size_t i = 0; i + 1 < d->tc.n; i++) {
        /* Behind (other), total and a gap there is nothing. */
        bool empty = i && row && (row->kind != ROW_GROUP || row == &d->tc.table->totals);
        size_t width = empty ? 0 : text_cell(&d->cell, &d->tc, &d->tc.at[i], row);
        size_t blanks;

        d->names[i] = larger(d->names[i], width);
        blanks = d->names[i] - width + (i + 2 < d->tc.n ? GAP : 0);
        add_blanks(&d->cell, blanks);
        columns += width + blanks;
    }
    return columns;
}

static size_t put_value(struct drawing *d, const struct text_column *c, const struct row *row)
{
    d->cell.n = 0;
    return text_cell(&d->cell, &d->tc, c, row);
}

static void measure_row(struct drawing *d, const struct row *row)
{
    double v;

    d->label = larger(d->label, put_label(d, row));
    d->value = larger(d->value, put_value(d, drawn(d), row));
    if (!row || row == &d->tc.table->totals)
        return;
    if (cell_number(&row->cells[chart_of(d)->column], &v) && v > d->largest)
        d->largest = v;
    if (!chart_of(d)->compared)
        return;
    d->value = larger(d->value, put_value(d, &d->before, row));
    if (cell_number(&row->cells[chart_of(d)->before], &v) && v > d->largest)
        d->largest = v;
}

static size_t remark_width(struct drawing *d)
{
    const struct table *t = d->tc.table;
    size_t width = 0;

    for (size_t i = 0; i < t->n_rows; i++) {
        const struct row *row = &t->rows[i];

        d->cell.n = 0;
        if (row->remark && row->kind != ROW_GAP)
            width = larger(width, GAP + safe_text(&d->cell, sv_from(row->remark), REMARK_MOST,
                                                  d->o->utf8));
    }
    return width;
}

static void measure(struct drawing *d)
{
    const struct table *t = d->tc.table;
    size_t width = d->o->width > 0 ? (size_t)d->o->width : USUAL_WIDTH, taken;

    if (!d->o->quiet)
        measure_row(d, TEXT_TITLES);
    for (size_t i = 0; i < t->n_rows; i++)
        measure_row(d, &t->rows[i]);
    if (!d->o->quiet && d->tc.shows_total)
        measure_row(d, &t->totals);
    if (chart_of(d)->compared)
        d->label = larger(d->label, strlen("before"));
    taken = d->label + d->value + 2 * GAP + remark_width(d);
    if (chart_of(d)->compared)
        taken += CHANGE_WIDTH;
    d->bar = taken + BAR_LEAST < width ? width - taken : BAR_LEAST;
    if (d->bar > BAR_MOST)
        d->bar = BAR_MOST;
}

/* A value above zero is never nothing. Returns the columns it takes. */
static size_t add_bar(struct drawing *d, const struct cell *cell, bool faint)
{
    static const char *const parts[] = {"",       "\u258F", "\u258E", "\u258D",
                                        "\u258C", "\u258B", "\u258A", "\u2589"};
    size_t steps = d->o->utf8 ? EIGHTHS : 1, n;
    struct buf *b = &d->ro.buf;
    double v;

    if (!cell_number(cell, &v) || v <= 0)
        return 0;
    n = (size_t)(v / d->largest * (double)(d->bar * steps) + 0.5);
    buf_str(b, faint && d->o->color ? DIM : "");
    for (size_t i = 0; i < n / steps; i++)
        buf_str(b, d->o->utf8 ? faint && !d->o->color ? "\u2592" : "\u2588" : faint ? "-" : "#");
    buf_str(b, n ? d->o->utf8 ? parts[n % steps] : "" : d->o->utf8 ? parts[1] : ".");
    buf_str(b, faint && d->o->color ? PLAIN : "");
    return n ? n / steps + (n % steps != 0) : 1;
}

/* d->cell, which takes the given columns. */
static void add_padded(struct drawing *d, size_t columns, size_t width, bool left)
{
    size_t pad = width > columns ? width - columns : 0;

    add_blanks(&d->ro.buf, left ? 0 : pad);
    buf_add(&d->ro.buf, d->cell.p, d->cell.n);
    add_blanks(&d->ro.buf, left ? pad : 0);
}

static void end_line(struct drawing *d)
{
    struct buf *b = &d->ro.buf;

    while (b->n && b->p[b->n - 1] == ' ')
        b->n--;
    buf_char(b, '\n');
    b->failed = b->failed || d->cell.failed;
}

/* Label and value, or what stands there; row NULL: the titles. */
static void begin_line(struct drawing *d, const struct row *row)
{
    add_padded(d, put_label(d, row), d->label, true);
    add_blanks(&d->ro.buf, GAP);
    add_padded(d, put_value(d, drawn(d), row), d->value, false);
}

static void add_remark(struct drawing *d, const struct row *row, size_t taken)
{
    size_t end = d->bar + (chart_of(d)->compared ? CHANGE_WIDTH : 0);

    if (!row->remark)
        return;
    if (row->kind != ROW_GAP)
        add_blanks(&d->ro.buf, (end > taken ? end - taken : 0) + GAP);
    safe_text(&d->ro.buf, sv_from(row->remark), REMARK_MOST, d->o->utf8);
}

static void add_change(struct drawing *d, const struct row *row, size_t *taken)
{
    const struct cell *c = &row->cells[chart_of(d)->change_rate];
    struct number_range range = {0};
    struct number_style style;

    if (c->type == CELL_MISSING && !c->text.p)
        return;
    add_blanks(&d->ro.buf, *taken ? GAP : 0);
    *taken += *taken ? GAP : 0;
    if (c->text.p) {
        buf_sv(&d->ro.buf, c->text);
        *taken += c->text.n;
        return;
    }
    number_range_add(&range, c);
    style = number_style_for(UNIT_RATE, &range);
    style.plus = true;
    buf_str(&d->ro.buf, c->estimate ? "~" : c->lower_bound ? (d->o->utf8 ? "\u2265" : ">=") : "");
    *taken += number_text(&d->ro.buf, &style, false, c) + strlen(" %") + c->estimate +
              (c->lower_bound ? d->o->utf8 ? 1 : 2 : 0);
    buf_str(&d->ro.buf, " %");
}

static void draw_row(struct drawing *d, const struct row *row)
{
    size_t taken;

    begin_line(d, row);
    add_blanks(&d->ro.buf, GAP);
    taken = row->kind == ROW_GAP ? 0 : add_bar(d, &row->cells[chart_of(d)->column], false);
    if (chart_of(d)->compared && row->kind != ROW_GAP)
        add_change(d, row, &taken);
    add_remark(d, row, taken);
    end_line(d);
    if (!chart_of(d)->compared || row->kind == ROW_GAP)
        return;
    d->cell.n = 0;
    buf_str(&d->cell, "before");
    add_padded(d, strlen("before"), d->label, false);
    add_blanks(&d->ro.buf, GAP);
    add_padded(d, put_value(d, &d->before, row), d->value, false);
    add_blanks(&d->ro.buf, GAP);
    add_bar(d, &row->cells[chart_of(d)->before], true);
    end_line(d);
}

static void print_line(struct drawing *d, const char *text)
{
    safe_text(&d->ro.buf, sv_from(text), 0, true);
    buf_char(&d->ro.buf, '\n');
}

static void draw(struct drawing *d)
{
    const struct table *t = d->tc.table;

    if (!d->o->quiet) {
        text_head(&d->ro.buf, t);
        buf_char(&d->ro.buf, '\n');
    }
    if (t->narrative)
        print_line(d, t->narrative);
    if (!d->o->quiet) {
        begin_line(d, TEXT_TITLES);
        end_line(d);
    }
    for (size_t i = 0; i < t->n_rows && render_out_more(&d->ro); i++)
        draw_row(d, &t->rows[i]);
    if (!d->o->quiet && d->tc.shows_total) {
        begin_line(d, &t->totals);
        end_line(d);
    }
    for (size_t i = 0; i < t->n_warnings; i++)
        print_line(d, t->warnings[i]);
    for (size_t i = 0; i < t->n_notes && !d->o->quiet; i++)
        print_line(d, t->notes[i]);
}

enum err render_chart(const struct table *t, const struct render_options *o, const struct sink *out,
                      struct error *err)
{
    struct drawing d = {.o = o, .ro = {.sink = out}};

    d.names = calloc(t->n_columns + 1, sizeof(*d.names));
    if (text_columns_init(&d.tc, t, o->utf8) && d.names) {
        d.before = *drawn(&d);
        d.before.index = t->chart->before;
        measure(&d);
        draw(&d);
    } else {
        d.ro.buf.failed = true;
    }
    text_columns_release(&d.tc);
    free(d.names);
    buf_release(&d.cell);
    return render_out_end(&d.ro, err);
}
