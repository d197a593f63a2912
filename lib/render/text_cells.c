/* text_cells: what the outputs for people (table, md) say in each place, without the layout. */
#include "render/text_cells.h"

#include <stdio.h>
#include <stdlib.h>

#include "render/safe_text.h"
#include "base/banned.h"

#define NAME_COLUMNS 40   /* of a group's name */
#define WORDS_COLUMNS 120 /* of any other text */
#define TREE_LEVELS 16    /* that are drawn; deeper rows say how much deeper */
#define NAME_LEAST 8      /* columns of a name behind the lines of a tree */

bool text_cell_marked(const struct cell *cell)
{
    return cell->small_n && cell->type != CELL_MISSING;
}

bool text_columns_marked(const struct text_columns *tc)
{
    for (size_t i = 0; i < tc->n; i++)
        if (tc->at[i].has_small_n)
            return true;
    return false;
}

/* Learns from one row what holds for the whole column. */
static void see_row(struct text_columns *tc, struct number_range *ranges, const struct row *row)
{
    for (size_t i = 0; i < tc->n; i++) {
        const struct cell *cell = &row->cells[tc->at[i].index];
        number_range_add(&ranges[i], cell);
        if (text_cell_marked(cell))
            tc->at[i].has_small_n = true;
    }
}

/* In columns of a terminal; 0: no limit. */
static size_t longest_text(const struct column *c)
{
    if (c->tree)
        return NAME_COLUMNS + 3 * TREE_LEVELS;
    if (c->dimension)
        return NAME_COLUMNS;
    return c->unit == UNIT_NONE ? WORDS_COLUMNS : 0;
}

static void choose_columns(struct text_columns *tc)
{
    const struct table *t = tc->table;
    bool has_dimension = false;

    for (size_t i = 0; i < t->n_columns; i++) {
        const struct column *c = &t->columns[i];

        if (!c->in_text)
            continue;
        tc->at[tc->n++] = (struct text_column){
            .column = c,
            .index = i,
            .max_columns = longest_text(c),
            .left = c->dimension || c->unit == UNIT_NONE,
            .dollar = c->unit == UNIT_NUSD && !strchr(c->title, '$'),
            .label = c->dimension && !has_dimension,
        };
        has_dimension = has_dimension || c->dimension;
    }
    /* Without groups the only row says what the total would say. */
    tc->shows_total = t->totals.cells && (has_dimension || t->n_rows == 0);
}

/* ---- trees -------------------------------------------------------------------------------- */

/* From below: what comes later at each depth, before something less deep ends it; then from above,
 * what holds for the rows that a row stands below. */
static bool find_lines(struct text_columns *tc)
{
    const struct table *t = tc->table;
    uint32_t later = 0, above = 0;

    tc->lines = calloc(t->n_rows + 1, sizeof(*tc->lines));
    if (!tc->lines)
        return false;
    for (size_t i = t->n_rows; i-- > 0;) {
        uint32_t depth = t->rows[i].depth;

        if (depth > TREE_LEVELS)
            continue;
        tc->lines[i] = later & UINT32_C(1) << depth;
        later = (later & ((UINT32_C(1) << depth) - 1)) | UINT32_C(1) << depth;
    }
    for (size_t i = 0; i < t->n_rows; i++) {
        uint32_t depth = t->rows[i].depth < TREE_LEVELS + 1 ? t->rows[i].depth : TREE_LEVELS + 1;

        above = (above & ((UINT32_C(1) << depth) - 1)) | tc->lines[i];
        tc->lines[i] = above;
    }
    return true;
}

/* The lines in front of a row's name; returns the columns they take. */
static size_t tree_lines(struct buf *b, const struct text_columns *tc, const struct row *row)
{
    const char *const utf8[] = {"   ", "\xE2\x94\x82  ", "\xE2\x94\x94\xE2\x94\x80 ",
                                "\xE2\x94\x9C\xE2\x94\x80 "};
    static const char *const ascii[] = {"   ", "|  ", "`- ", "|- "};
    const char *const *pieces = tc->utf8 ? utf8 : ascii;
    uint32_t depth = row->depth < TREE_LEVELS ? row->depth : TREE_LEVELS;
    size_t columns = 3 * (size_t)depth, before = b->n;

    if (row < tc->table->rows || row >= tc->table->rows + tc->table->n_rows)
        return 0; /* the totals */
    for (uint32_t d = 1; d <= depth; d++) {
        bool more = tc->lines[row - tc->table->rows] >> d & 1;

        buf_str(b, pieces[(d == depth ? 2 : 0) + more]);
    }
    if (row->depth > depth) {
        before = b->n;
        buf_printf(b, "(%u deeper) ", row->depth - depth);
        columns += b->n - before;
    }
    return columns;
}

bool text_columns_init(struct text_columns *tc, const struct table *t, bool utf8)
{
    struct number_range *ranges = calloc(t->n_columns + 1, sizeof(*ranges));

    *tc = (struct text_columns){.table = t, .utf8 = utf8};
    tc->at = calloc(t->n_columns + 1, sizeof(*tc->at));
    if (!ranges || !tc->at) {
        free(ranges);
        return false;
    }
    choose_columns(tc);
    for (size_t i = 0; i < t->n_rows; i++)
        see_row(tc, ranges, &t->rows[i]);
    if (tc->shows_total)
        see_row(tc, ranges, &t->totals);
    for (size_t i = 0; i < tc->n; i++) {
        tc->at[i].style = number_style_for(tc->at[i].column->unit, &ranges[i]);
        tc->at[i].style.plus = tc->at[i].column->change;
    }
    free(ranges);
    for (size_t i = 0; i < tc->n; i++)
        if (tc->at[i].column->tree && !tc->lines && !find_lines(tc))
            return false;
    return true;
}

void text_columns_release(struct text_columns *tc)
{
    free(tc->at);
    free(tc->lines);
    *tc = (struct text_columns){0};
}

static size_t title_text(struct buf *b, const struct text_columns *tc, const struct text_column *c)
{
    struct buf title = {0};
    size_t columns;

    number_title(&title, &c->style, sv_from(c->column->title));
    columns = safe_text(b, (struct sv){title.p, title.n}, c->left ? c->max_columns : NAME_COLUMNS,
                        tc->utf8);
    b->failed = b->failed || title.failed;
    buf_release(&title);
    return columns;
}

/* What stands where the cell has no value. */
static const char *placeholder(const struct text_columns *tc, const struct text_column *c,
                               const struct row *row)
{
    if (row->cells[c->index].text.p)
        return row->cells[c->index].text.p;
    if (!c->column->dimension)
        return c->column->title[0] ? "-" : ""; /* what has no title are remarks */
    if (row == &tc->table->totals)
        return c->label ? "total" : "";
    if (row->kind == ROW_OTHER)
        return c->label ? "(other)" : "";
    return "(none)";
}

/* The text of a cell, also a group's number; false when it has none. */
static bool find_text(const struct text_column *c, const struct cell *cell, char number[24],
                      struct sv *out)
{
    int64_t whole;

    if (cell->type == CELL_TEXT) {
        *out = cell->text.n ? cell->text : SV("\"\""); /* an empty name can be seen */
        return true;
    }
    if (!c->left || !cell_whole(cell, &whole))
        return false;
    /* Names are not grouped by thousands: version 1000, year 2026. */
    *out = (struct sv){number, (size_t)snprintf(number, 24, "%lld", (long long)whole)};
    return true;
}

/* Appends the cell's value in itself; false when it has none. */
static bool value_text(struct buf *b, const struct text_columns *tc, const struct text_column *c,
                       const struct row *row, size_t *columns)
{
    const struct cell *cell = &row->cells[c->index];
    char number[24];
    struct sv text;

    if (find_text(c, cell, number, &text)) {
        size_t most = c->left ? c->max_columns : NAME_COLUMNS, lines = 0;

        if (c->column->tree) {
            lines = tree_lines(b, tc, row);
            most = most > lines + NAME_LEAST ? most - lines : NAME_LEAST;
        }
        *columns = lines + safe_text(b, text, most, tc->utf8);
        return true;
    }
    *columns = c->left ? 0 : number_text(b, &c->style, c->dollar, cell);
    return *columns > 0;
}

/* Not for the titles. */
static size_t row_text(struct buf *b, const struct text_columns *tc, const struct text_column *c,
                       const struct row *row)
{
    const struct cell *cell = &row->cells[c->index];
    size_t before = b->n;
    size_t bound_columns = 0;
    size_t columns;

    if (cell->lower_bound) {
        buf_str(b, tc->utf8 ? "\xE2\x89\xA5 " : ">= ");
        bound_columns = tc->utf8 ? 2 : 3;
    } else if (cell->estimate) {
        buf_char(b, '~');
        bound_columns = 1;
    }
    if (!value_text(b, tc, c, row, &columns)) { /* nothing is known, not even a bound */
        const char *instead = placeholder(tc, c, row);
        b->n = before;
        buf_str(b, instead);
        return strlen(instead);
    }
    if (cell->small_n)
        buf_char(b, '*');
    return bound_columns + columns + cell->small_n;
}

size_t text_cell(struct buf *b, const struct text_columns *tc, const struct text_column *c,
                 const struct row *row)
{
    return row == TEXT_TITLES ? title_text(b, tc, c) : row_text(b, tc, c, row);
}

/* Appends words of ours and text from outside. */
static void add_part(struct buf *b, const char *words, const char *text)
{
    buf_str(b, words);
    safe_text(b, sv_from(text), 0, true);
}

void text_head(struct buf *b, const struct table *t)
{
    const struct cell calls = cell_int(t->total_calls);
    const struct number_style style = number_style_for(UNIT_COUNT, &(struct number_range){0});

    if (t->head) {
        add_part(b, "", t->head);
        return;
    }
    if (t->window_text)
        add_part(b, "", t->window_text);
    if (t->tz) {
        add_part(b, t->window_text ? " (" : "(", t->tz);
        buf_char(b, ')');
    }
    buf_str(b, t->window_text || t->tz ? "   " : "");
    number_text(b, &style, false, &calls);
    buf_char(b, ' ');
    if (t->one)
        buf_str(b, t->total_calls == 1 ? t->one : t->many);
    else
        buf_str(b, t->total_calls == 1 ? "call" : "calls");
    if (t->has_previous) {
        const struct cell before = cell_int(t->previous_calls);

        add_part(b, "   vs ", t->previous_text);
        buf_str(b, ": ");
        number_text(b, &style, false, &before);
    }
    if (t->db)
        add_part(b, "   db: ", t->db);
    for (size_t i = 0; i < t->n_filters; i++)
        add_part(b, i ? " and " : "   where ", t->filters[i]);
}

bool text_next_line(const char **rest, struct sv *line)
{
    const char *end = *rest ? strchr(*rest, '\n') : NULL;

    if (!*rest)
        return false;
    *line = end ? (struct sv){*rest, (size_t)(end - *rest)} : sv_from(*rest);
    *rest = end ? end + 1 : NULL;
    return true;
}
