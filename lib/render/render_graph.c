/* render_graph: trees and paths as drawings for Graphviz and Mermaid. */
#include "render/render_formats.h"

#include <stdlib.h>
#include "render/number_text.h"
#include "render/render_out.h"
#include "render/safe_text.h"
#include "base/banned.h"

#define LABEL_COLUMNS 60 /* of one text on a node */

/* A drawing on its way out. */
struct drawing {
    const struct table *t;
    struct number_style *styles; /* of each column */
    bool mermaid;
    struct buf label;
    struct render_out ro;
};

static enum err nothing_to_draw(const char *format, struct error *err)
{
    return error_set(err, ERR_USAGE,
                     "%s draws a trace or the paths of workflows: llmobs trace ID, llmobs report "
                     "paths",
                     format);
}

/* ---- labels ------------------------------------------------------------------------------- */

/* Text in double quotes, where neither of the two may find anything to obey. */
static void add_quoted(struct drawing *d, struct sv text)
{
    struct buf *b = &d->ro.buf;

    buf_char(b, '"');
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c == '\n')
            buf_str(b, d->mermaid ? "<br/>" : "\\n");
        else if (d->mermaid && strchr("\"<>&#;`", c))
            buf_printf(b, "#%d;", c);
        else if (!d->mermaid && (c == '"' || c == '\\'))
            buf_printf(b, "\\%c", c);
        else
            buf_char(b, c);
    }
    buf_char(b, '"');
}

static void add_cell(struct drawing *d, size_t i, const struct cell *cell)
{
    const struct column *c = &d->t->columns[i];

    if (cell->type == CELL_MISSING)
        return;
    buf_str(&d->label, !d->label.n ? "" : d->label.p[d->label.n - 1] == '\n' ? "" : "  ");
    if (cell->type == CELL_TEXT) {
        safe_text(&d->label, cell->text, LABEL_COLUMNS, true);
        return;
    }
    if (cell->lower_bound)
        buf_str(&d->label, ">= ");
    number_text(&d->label, &d->styles[i], c->unit == UNIT_NUSD, cell);
    if (d->styles[i].name && d->styles[i].name[0])
        buf_printf(&d->label, " %s", d->styles[i].name);
    else if (c->unit == UNIT_COUNT)
        buf_printf(&d->label, " %s", c->title);
}

/* What in_graph says of the row, below the name. */
static void make_label(struct drawing *d, struct sv name, const struct row *row)
{
    d->label.n = 0;
    if (name.p) {
        safe_text(&d->label, name, LABEL_COLUMNS, true);
        buf_char(&d->label, '\n');
    }
    for (size_t i = 0; i < d->t->n_columns; i++)
        if (d->t->columns[i].in_graph)
            add_cell(d, i, &row->cells[i]);
    if (d->label.n && d->label.p[d->label.n - 1] == '\n')
        d->label.n--;
    d->ro.buf.failed = d->ro.buf.failed || d->label.failed;
}

static void add_label(struct drawing *d)
{
    add_quoted(d, (struct sv){d->label.n ? d->label.p : "", d->label.n});
}

/* ---- trees -------------------------------------------------------------------------------- */

static size_t tree_column(const struct table *t)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->columns[i].tree)
            return i;
    return 0;
}

static bool draw_tree(struct drawing *d)
{
    const struct table *t = d->t;
    size_t name = tree_column(t), deepest = 0;
    size_t *above; /* by depth: the row that stands there */

    for (size_t i = 0; i < t->n_rows; i++)
        deepest = t->rows[i].depth > deepest ? t->rows[i].depth : deepest;
    above = calloc(deepest + 1, sizeof(*above));
    for (size_t i = 0; above && i < t->n_rows && render_out_more(&d->ro); i++) {
        const struct row *row = &t->rows[i];
        struct buf *b = &d->ro.buf;

        make_label(d, row->cells[name].text, row);
        buf_printf(b, d->mermaid ? "    n%zu[" : "    n%zu [label=", i);
        add_label(d);
        buf_str(b, d->mermaid ? "]\n" : "];\n");
        above[row->depth] = i;
        if (row->depth)
            buf_printf(b, d->mermaid ? "    n%zu --> n%zu\n" : "    n%zu -> n%zu;\n",
                       above[row->depth - 1], i);
    }
    free(above);
    return above != NULL;
}

/* ---- paths -------------------------------------------------------------------------------- */

struct name_at {
    struct sv name;
    size_t node;
};

static int compare_names(const void *a, const void *b)
{
    return sv_cmp(((const struct name_at *)a)->name, ((const struct name_at *)b)->name);
}

static struct sv end_name(const struct cell *c)
{
    return c->type == CELL_TEXT ? c->text : SV("(none)");
}

/* The two columns that an edge goes between. */
static bool edge_columns(const struct table *t, size_t ends[2])
{
    size_t n = 0;

    for (size_t i = 0; i < t->n_columns && n < 2; i++)
        if (t->columns[i].dimension)
            ends[n++] = i;
    return n == 2;
}

static size_t list_names(const struct table *t, const size_t ends[2], struct name_at *names)
{
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < t->n_rows; i++)
        for (int e = 0; e < 2; e++)
            names[n++].name = end_name(&t->rows[i].cells[ends[e]]);
    qsort(names, n, sizeof(*names), compare_names);
    for (size_t i = 0; i < n; i++)
        if (!i || sv_cmp(names[i].name, names[kept - 1].name)) {
            names[kept].name = names[i].name;
            names[kept].node = kept;
            kept++;
        }
    return kept;
}

static size_t node_of(const struct name_at *names, size_t n, struct sv name)
{
    struct name_at wanted = {.name = name};
    const struct name_at *found = bsearch(&wanted, names, n, sizeof(*names), compare_names);

    return found ? found->node : 0;
}

static bool draw_edges(struct drawing *d)
{
    const struct table *t = d->t;
    struct name_at *names = calloc(2 * t->n_rows + 1, sizeof(*names));
    struct buf *b = &d->ro.buf;
    size_t ends[2], n;

    if (!names || !edge_columns(t, ends)) {
        free(names);
        return names != NULL;
    }
    n = list_names(t, ends, names);
    for (size_t i = 0; i < n; i++) {
        d->label.n = 0;
        safe_text(&d->label, names[i].name, LABEL_COLUMNS, true);
        buf_printf(b, d->mermaid ? "    n%zu[" : "    n%zu [label=", i);
        add_label(d);
        buf_str(b, d->mermaid ? "]\n" : "];\n");
    }
    for (size_t i = 0; i < t->n_rows && render_out_more(&d->ro); i++) {
        const struct row *row = &t->rows[i];
        size_t from = node_of(names, n, end_name(&row->cells[ends[0]]));
        size_t to = node_of(names, n, end_name(&row->cells[ends[1]]));

        make_label(d, SV_NONE, row);
        buf_printf(b, d->mermaid ? "    n%zu -->|" : "    n%zu -> ", from);
        if (!d->mermaid)
            buf_printf(b, "n%zu [label=", to);
        add_label(d);
        if (d->mermaid)
            buf_printf(b, "| n%zu\n", to);
        else
            buf_str(b, "];\n");
    }
    free(names);
    return true;
}

/* ---- the two ------------------------------------------------------------------------------ */

static enum err draw(struct drawing *d, struct error *err)
{
    const struct table *t = d->t;
    bool ok;

    d->styles = calloc(t->n_columns + 1, sizeof(*d->styles));
    for (size_t i = 0; d->styles && i < t->n_columns; i++) {
        struct number_range range = {0};

        for (size_t r = 0; r < t->n_rows; r++)
            number_range_add(&range, &t->rows[r].cells[i]);
        d->styles[i] = number_style_for(t->columns[i].unit, &range);
    }
    buf_str(&d->ro.buf, d->mermaid ? (t->graph == GRAPH_TREE ? "flowchart TD\n" : "flowchart LR\n")
                                   : "digraph llmobs {\n    node [shape=box];\n");
    ok = d->styles && (t->graph == GRAPH_TREE ? draw_tree(d) : draw_edges(d));
    buf_str(&d->ro.buf, d->mermaid ? "" : "}\n");
    d->ro.buf.failed = d->ro.buf.failed || !ok;
    free(d->styles);
    buf_release(&d->label);
    return render_out_end(&d->ro, err);
}

enum err render_dot(const struct table *t, const struct render_options *o, const struct sink *out,
                    struct error *err)
{
    struct drawing d = {.t = t, .ro = {.sink = out}};

    (void)o;
    return t->graph == GRAPH_NONE ? nothing_to_draw("dot", err) : draw(&d, err);
}

enum err render_mermaid(const struct table *t, const struct render_options *o,
                        const struct sink *out, struct error *err)
{
    struct drawing d = {.t = t, .mermaid = true, .ro = {.sink = out}};

    (void)o;
    return t->graph == GRAPH_NONE ? nothing_to_draw("mermaid", err) : draw(&d, err);
}
