/* csv_rows: finds the ends of rows and of cells, and writes cells as JSON. */
#include "input/csv_rows.h"

#include "base/banned.h"

#define MIN_CELLS 3

/* Where a row ends; goes on over any number of pieces of text. */
struct row_end {
    char separator;
    enum { CELL_START, CELL_PLAIN, CELL_QUOTED, CELL_QUOTE_IN_QUOTES } at;
    bool done;
};

/* As json_end_find(): bytes that belong to the row, its \n included. */
static size_t row_end_find(struct row_end *e, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (e->at == CELL_QUOTED) { /* nothing but a quote ends it */
            const char *quote = memchr(p + i, '"', n - i);
            if (!quote)
                return n;
            i = (size_t)(quote - p);
            e->at = CELL_QUOTE_IN_QUOTES;
            continue;
        }
        if (p[i] == '\n') {
            e->done = true;
            return i + 1;
        }
        if (p[i] == e->separator)
            e->at = CELL_START;
        else if (p[i] == '"' && e->at != CELL_PLAIN)
            e->at = CELL_QUOTED;
        else
            e->at = CELL_PLAIN;
    }
    return n;
}

/* The same of a row that begins at p, at the speed of memchr() when it has no quote. */
static size_t row_length(struct row_end *e, const char *p, size_t n)
{
    const char *lf = n ? memchr(p, '\n', n) : NULL;
    size_t line = lf ? (size_t)(lf - p) : n;

    if (e->at == CELL_START && lf && !memchr(p, '"', line)) {
        e->done = true;
        return line + 1;
    }
    return row_end_find(e, p, n);
}

static struct sv without_line_end(struct sv row)
{
    if (row.n && row.p[row.n - 1] == '\n')
        row.n--;
    if (row.n && row.p[row.n - 1] == '\r')
        row.n--;
    return row;
}

/* Takes the cell at *at of a row; what is in quotes goes to `unquoted` when quotes are doubled.
 * False behind the last cell. */
static bool next_cell(struct sv row, char separator, size_t *at, struct buf *unquoted,
                      struct sv *cell)
{
    if (*at > row.n)
        return false;
    const char *p = row.p + *at;
    size_t left = row.n - *at;
    bool quoted = left && *p == '"';
    size_t from = quoted;

    buf_reset(unquoted);
    while (quoted) {
        const char *quote = memchr(p + from, '"', left - from);
        size_t stop = quote ? (size_t)(quote - p) : left;
        buf_add(unquoted, p + from, stop - from);
        from = quote ? stop + 1 : stop;
        quoted = quote && from < left && p[from] == '"';
        if (quoted) {
            buf_char(unquoted, '"');
            from++;
        }
    }
    const char *end = left > from ? memchr(p + from, separator, left - from) : NULL;
    size_t stop = end ? (size_t)(end - p) : left;
    *cell = (struct sv){p, stop};
    if (left && *p == '"') {
        buf_add(unquoted, p + from, stop - from); /* "a"b is ab, as other readers have it */
        *cell = (struct sv){unquoted->p ? unquoted->p : "", unquoted->n};
    }
    *at += stop + 1;
    return true;
}

static size_t digits(struct sv s, size_t at)
{
    size_t n = 0;

    while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
        n++;
    return n;
}

/* The grammar of RFC 8259. */
static bool is_number(struct sv s)
{
    size_t at = s.n && s.p[0] == '-';
    size_t n = digits(s, at);

    if (!n || (n > 1 && s.p[at] == '0'))
        return false;
    at += n;
    if (at < s.n && s.p[at] == '.') {
        n = digits(s, at + 1);
        at += n + 1;
        if (!n)
            return false;
    }
    if (at < s.n && (s.p[at] | 0x20) == 'e') {
        at++;
        if (at < s.n && (s.p[at] == '+' || s.p[at] == '-'))
            at++;
        n = digits(s, at);
        at += n;
        if (!n)
            return false;
    }
    return at == s.n;
}

static bool is_name(struct sv s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
        bool later = (c >= '0' && c <= '9') || c == '.' || c == '@' || c == ' ' || c == '-';
        if (!letter && !(i && later))
            return false;
    }
    return s.n > 0;
}

static size_t count_cells(struct csv_rows *r, struct sv row, char separator)
{
    size_t at = 0, n = 0;
    struct sv cell;

    while (next_cell(row, separator, &at, &r->cell, &cell))
        n++;
    return n;
}

/* The header's names into keys; false when the row is no header with this separator. */
static bool take_header(struct csv_rows *r, struct sv row, char separator)
{
    size_t at = 0;
    struct sv cell;

    buf_reset(&r->keys);
    buf_reset(&r->ends);
    r->cells = 0;
    r->separator = separator;
    while (next_cell(row, separator, &at, &r->cell, &cell)) {
        if (!is_name(cell))
            return false;
        buf_json_string(&r->keys, cell);
        buf_char(&r->keys, ':');
        buf_add(&r->ends, &r->keys.n, sizeof(r->keys.n));
        r->cells++;
    }
    return r->cells >= (r->least_cells ? r->least_cells : MIN_CELLS);
}

enum err csv_rows_look(struct csv_rows *r, struct sv text, bool whole, enum csv_look *look,
                       struct error *err)
{
    static const char separators[] = {',', '\t', ';'};
    const char *lf = text.n ? memchr(text.p, '\n', text.n) : NULL;
    size_t first = lf ? (size_t)(lf - text.p) + 1 : text.n;

    *look = CSV_NO;
    if (!lf && !whole) {
        *look = CSV_MORE;
        return OK;
    }
    for (size_t i = 0; i < ARRAY_LEN(separators) && *look == CSV_NO; i++) {
        struct row_end e = {.separator = separators[i]};
        if (!take_header(r, without_line_end((struct sv){text.p, first}), separators[i]))
            continue;
        size_t n = row_length(&e, text.p + first, text.n - first);
        size_t cells =
            count_cells(r, without_line_end((struct sv){text.p + first, n}), separators[i]);
        if (!e.done && !whole)
            *look = CSV_MORE;
        else if (cells == r->cells || (!e.done && cells <= r->cells)) /* it may still grow */
            *look = CSV_YES;
    }
    r->header = first;
    if (r->keys.failed || r->ends.failed || r->cell.failed)
        return error_set(err, ERR_NOMEM, "out of memory for the header of a table");
    return OK;
}

void csv_rows_start(struct csv_rows *r, struct input *in, size_t max)
{
    r->p = (struct pieces){.in = in, .max = max};
}

void csv_rows_release(struct csv_rows *r)
{
    buf_release(&r->keys);
    buf_release(&r->ends);
    buf_release(&r->text);
    buf_release(&r->cell);
}

static struct sv key(const struct csv_rows *r, size_t i)
{
    size_t from = 0, to;

    if (i)
        memcpy(&from, r->ends.p + (i - 1) * sizeof(from), sizeof(from));
    memcpy(&to, r->ends.p + i * sizeof(to), sizeof(to));
    return (struct sv){r->keys.p + from, to - from};
}

/* The row as JSON into text; false when it has not the header's number of cells. */
static bool row_json(struct csv_rows *r, struct sv row)
{
    size_t at = 0, n = 0;
    struct sv cell;

    buf_reset(&r->text);
    while (next_cell(row, r->separator, &at, &r->cell, &cell)) {
        if (n == r->cells)
            return false;
        if (cell.n) {
            buf_char(&r->text, r->text.n ? ',' : '{');
            buf_sv(&r->text, key(r, n));
            if (is_number(cell))
                buf_sv(&r->text, cell);
            else
                buf_json_string(&r->text, cell);
        }
        n++;
    }
    buf_str(&r->text, r->text.n ? "}" : "{}");
    return n == r->cells;
}

static enum err pass_over(struct csv_rows *r, size_t from, struct line *out, struct error *err)
{
    struct row_end e = {.separator = r->separator};

    pieces_pass_begin(&r->p, from);
    do {
        pieces_pass(&r->p, row_end_find(&e, r->p.window.p, r->p.window.n));
        if (e.done)
            break;
        enum err rc = pieces_more(&r->p, 0, err);
        if (rc) {
            r->p.stepped_back = true;
            return rc;
        }
    } while (r->p.window.n);
    pieces_pass_end(&r->p, e.done, out);
    return OK;
}

/* The row from `from` of the window on, which is there whole. */
static enum err hand_out(struct csv_rows *r, size_t from, size_t n, bool ended, struct line *out,
                         struct error *err)
{
    struct sv row = without_line_end((struct sv){r->p.window.p + from, n});
    bool fits = row_json(r, row);

    if (r->text.failed || r->cell.failed)
        return error_set(err, ERR_NOMEM, "out of memory for a row");
    pieces_hand_out(&r->p, from, row.n, fits ? (struct sv){r->text.p, r->text.n} : SV_NONE, ended,
                    out);
    if (ended)
        pieces_skip(&r->p, n - row.n);
    return OK;
}

enum err csv_rows_next(struct csv_rows *r, struct line *out, struct error *err)
{
    struct pieces *p = &r->p;
    int64_t header_left = (int64_t)r->header - input_offset(p->in);
    size_t from = header_left > 0 ? (size_t)header_left : 0;
    enum err rc = OK;

    if (p->over)
        return ERR_EMPTY;
    for (;;) { /* from one row to the next */
        struct row_end e = {.separator = r->separator};
        size_t n = 0;

        while (!e.done && !rc) {
            if (p->window.n > from + n)
                n += row_length(&e, p->window.p + from + n, p->window.n - from - n);
            if (!e.done && n > p->max)
                return pass_over(r, from, out, err);
            if (e.done || p->at_end)
                break;
            rc = pieces_more(p, from + n, err);
        }
        if (rc)
            return rc;
        if (!n)
            return ERR_EMPTY;
        struct sv row = without_line_end((struct sv){p->window.p + from, n});
        if (row.n > p->max)
            return pass_over(r, from, out, err);
        if (row.n)
            return hand_out(r, from, n, e.done, out, err);
        if (!e.done)
            return ERR_EMPTY; /* a \r that may not be all */
        pieces_skip(p, from + n);
        from = 0;
    }
}
