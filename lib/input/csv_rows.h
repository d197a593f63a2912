/* csv_rows: rows of a CSV or TSV file with a header as JSON objects. */
#ifndef LLMOBS_INPUT_CSV_ROWS_H
#define LLMOBS_INPUT_CSV_ROWS_H

#include "input/pieces.h"

enum csv_look { CSV_NO, CSV_YES, CSV_MORE /* not to be said before there is more text */ };

/*
 * RFC 4180 with any of , ; and tab between cells: cells in quotes may hold separators, line ends
 * and doubled quotes. A row becomes {"name":"cell",...}: a cell that is a JSON number stays a
 * number, quoted or not; empty cells are left out; every other cell is a string.
 * A row with another number of cells than the header has is handed out as it stands, for the parser
 * to refuse; empty rows are passed over. A row without line end at the input's end is LINE_LAST,
 * though its text is whole: nobody can see whether its last cell is.
 */
struct csv_rows {
    struct pieces p;
    char separator;
    struct buf keys; /* the header's names as JSON: "name": one behind the other, commas before */
    struct buf ends; /* size_t for each: its end in keys */
    size_t cells;
    size_t header; /* bytes of the input up to the header's end */
    size_t least_cells; /* of a header, set before csv_rows_look(); 0: three */
    struct buf text, cell;
};

/*
 * Is text, the beginning of an input behind a byte order mark and white space, CSV with a header?
 * At least least_cells cells, all names ([A-Za-z_][A-Za-z0-9_.@ -]*), and as many cells in the row
 * behind it, if there is one. Fills separator, keys, ends, cells and header (the length in text) of
 * rows, which is zeroed but for least_cells, if so. ERR_NOMEM.
 *   whole  text is all of the input
 */
NODISCARD enum err csv_rows_look(struct csv_rows *rows, struct sv text, bool whole,
                                 enum csv_look *look, struct error *err);

/* After CSV_YES; in stands at its start, or at the end of a row. r->header counts from the start of
 * the input now. */
void csv_rows_start(struct csv_rows *r, struct input *in, size_t max);
void csv_rows_release(struct csv_rows *r);

/* ERR_EMPTY at the end, ERR_IO, ERR_NOMEM. */
NODISCARD enum err csv_rows_next(struct csv_rows *r, struct line *out, struct error *err);

#endif
