/* text_cells: what the outputs for people (table, md) say in each place, without the layout. */
#ifndef LLMOBS_RENDER_TEXT_CELLS_H
#define LLMOBS_RENDER_TEXT_CELLS_H

#include "render/number_text.h"
#include "render/render.h"

struct text_column {
    const struct column *column;
    size_t index; /* of the cell in its row */
    struct number_style style;
    size_t max_columns; /* longer texts are cut; for numbers no limit */
    bool left;          /* text, left-aligned; else a number, right-aligned */
    bool dollar;        /* numbers carry "$", for the title does not */
    bool has_small_n;   /* at least one cell carries "*" */
    bool label;         /* says "total" and "(other)" */
};

/* The columns of a table that people see. */
struct text_columns {
    const struct table *table;
    struct text_column *at;
    size_t n;
    uint32_t *lines;  /* of each row of a tree: bit d, that something follows at depth d below the
                       * same parent, for its own depth and those above; NULL: no tree */
    bool shows_total; /* there is a row of totals, and it says more than the rows do */
    bool utf8;
};

/* Looks through all cells once. False when out of memory. Release in either case. */
bool text_columns_init(struct text_columns *tc, const struct table *t, bool utf8);
void text_columns_release(struct text_columns *tc);

#define TEXT_TITLES NULL /* in place of a row: the titles */

/* Appends what stands in a column of a row (one of the table's, its totals or the titles) and
 * returns the columns of a terminal that it takes. Nothing that data can hold leaves the line or
 * reaches the terminal as a command. */
size_t text_cell(struct buf *b, const struct text_columns *tc, const struct text_column *c,
                 const struct row *row);

/* True when the cell carries "*", or when one of a column that is still in tc->at does. */
bool text_cell_marked(const struct cell *cell);
bool text_columns_marked(const struct text_columns *tc);

/* The line above the table, without its end:
 *   2026-11-14 .. 2026-11-20 (Europe/Berlin)   14,046 calls   db: llmobs.db   where status=ok */
void text_head(struct buf *b, const struct table *t);

/* Takes the next line off the narrative; false: there is none. Begin with all of it, NULL: none. */
bool text_next_line(const char **rest, struct sv *line);

/* What "*" means. */
#define TEXT_SMALL_N_NOTE "* fewer values than the figure needs to be reliable"

#endif
