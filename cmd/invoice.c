/* invoice: the lines of a bill, as the rows of a table. */
#include "invoice.h"

#include <stdlib.h>
#include "base/time_text.h"
#include "input/csv_rows.h"
#include "inputs.h"
#include "json/json.h"
#include "base/banned.h"

struct reading {
    const char *path;
    const char *const *by;
    size_t n_by;
    struct arena *arena;
    struct json_doc doc;
    struct invoice_line *lines;
    size_t n, cap;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for an invoice");
}

/* A member by its name in upper or lower case. */
static json_ref find(const struct json_doc *d, const char *name)
{
    for (json_ref k = json_first(d, 0); k != JSON_END;) {
        json_ref value = json_next(d, 0, k);

        if (sv_eq_nocase(sv_trim(json_raw(d, k)), sv_from(name)))
            return value;
        k = json_next(d, 0, value);
    }
    return JSON_END;
}

/* "$1,234.50" and "-12": exact nano-dollars. A comma stands before three digits of the whole part
 * only: elsewhere it may be somebody's decimal point. */
static bool parse_amount(struct sv text, int64_t *nusd)
{
    char digits[64];
    size_t n = 0, group = 0; /* digits since the last comma */
    bool grouped = false, whole = true;

    text = sv_trim(text);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c == '$' && i <= 1)
            continue;
        if (whole && grouped && (c == ',' || c == '.') && group != 3)
            return false;
        if (c == ',' && (!whole || !group || group > 3))
            return false;
        whole &= c != '.';
        if (c == ',') {
            grouped = true;
            group = 0;
            continue;
        }
        group += whole && c >= '0' && c <= '9';
        if (n == sizeof(digits))
            return false;
        digits[n++] = c;
    }
    if (grouped && whole && group != 3)
        return false;
    return n && decimal_scaled((struct sv){digits, n}, 9, nusd) == OK;
}

/* "2026-09-07", as days of a report are called. */
static bool is_day(struct sv text)
{
    int64_t us;

    return text.n == strlen("2026-09-07") && text.p[4] == '-' && time_parse(text, &us, NULL) == OK;
}

static enum err read_amount(const struct reading *r, int64_t *nusd, struct error *err)
{
    static const char *const names[] = {"cost_usd", "amount_usd", "cost", "amount", "total"};
    json_ref found = JSON_END;

    for (size_t i = 0; i < ARRAY_LEN(names) && found == JSON_END; i++)
        found = find(&r->doc, names[i]);
    if (found == JSON_END)
        return error_set(
            err, ERR_PARSE,
            "no amount: expected a column cost_usd, amount_usd, cost, amount or total");
    if (!parse_amount(json_raw(&r->doc, found), nusd))
        return error_set(err, ERR_PARSE, "amount: expected dollars, found \"%.*s\"",
                         SV_FMT(json_raw(&r->doc, found)));
    return OK;
}

static enum err read_values(const struct reading *r, struct sv *values, struct error *err)
{
    for (size_t i = 0; i < r->n_by; i++) {
        json_ref value = find(&r->doc, r->by[i]);
        struct sv text = json_text(&r->doc, value, r->arena);

        if (value == JSON_END)
            return error_set(err, ERR_PARSE, "no column \"%s\", by which it is to be compared",
                             r->by[i]);
        if (!text.n)
            continue;
        values[i] = arena_copy(r->arena, sv_trim(text));
        if (!values[i].p)
            return no_memory(err);
        if (strcmp(r->by[i], "day") == 0 && !is_day(values[i]))
            return error_set(err, ERR_PARSE, "day: expected one like 2026-09-07, found \"%.*s\"",
                             SV_FMT(values[i]));
    }
    return OK;
}

static enum err read_line(struct reading *r, const struct line *line, struct error *err)
{
    struct sv *values = arena_zalloc(r->arena, r->n_by, sizeof(*values));
    int64_t nusd = 0;
    enum err rc = OK;

    if (!values)
        return no_memory(err);
    if (line->kind == LINE_TOO_LONG)
        rc = error_set(err, ERR_PARSE, "a line of %lld bytes is no line of an invoice",
                       (long long)line->length);
    if (!rc)
        rc = json_parse(&r->doc, line->text.p, line->text.n, err);
    if (!rc)
        rc = read_amount(r, &nusd, err);
    if (!rc)
        rc = read_values(r, values, err);
    if (!rc && r->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 64;
        struct invoice_line *more = arena_zalloc(r->arena, cap, sizeof(*more));

        if (!more)
            return no_memory(err);
        if (r->n)
            memcpy(more, r->lines, r->n * sizeof(*more));
        r->lines = more;
        r->cap = cap;
    }
    if (!rc)
        r->lines[r->n++] = (struct invoice_line){values, nusd};
    return rc;
}

/* Reads the header. Other than in a log, two columns are a table. */
static enum err open_table(struct input *in, struct csv_rows *rows, struct error *err)
{
    enum csv_look look = CSV_MORE;
    struct sv window = SV_NONE;
    size_t mark = 0, seen = 0;
    enum err rc = OK;

    while (!rc && look == CSV_MORE) {
        rc = input_peek(in, seen, &window, err);
        bool whole = window.n <= seen;

        seen = window.n;
        mark = sv_starts(window, "\xEF\xBB\xBF") ? 3 : 0;
        if (!rc && window.n)
            rc = csv_rows_look(rows, (struct sv){window.p + mark, window.n - mark}, whole, &look,
                               err);
        if (!window.n)
            look = CSV_NO;
    }
    if (!rc && look == CSV_NO)
        rc = error_set(err, ERR_PARSE, "expected an invoice: CSV with a header");
    rows->header += mark;
    if (!rc)
        csv_rows_start(rows, in, INPUTS_MAX_LINE);
    return rc;
}

enum err invoice_read(const char *path, const char *const *by, size_t n_by, struct arena *arena,
                      struct invoice_line **out, size_t *n, struct error *err)
{
    struct reading r = {.path = path, .by = by, .n_by = n_by, .arena = arena};
    struct csv_rows rows = {.least_cells = 2};
    struct input *in = NULL;
    struct line line;
    enum err rc = input_open(path, INPUTS_MAX_LINE, &in, err);

    if (!rc) {
        rc = open_table(in, &rows, err);
        if (rc == ERR_PARSE)
            error_at(err, path, 0);
    }
    while (!rc && !(rc = csv_rows_next(&rows, &line, err))) {
        rc = read_line(&r, &line, err);
        if (rc == ERR_PARSE)
            error_at(err, path, line.number);
    }
    if (rc == ERR_EMPTY)
        rc = OK;
    json_release(&r.doc);
    csv_rows_release(&rows);
    input_close(in);
    *out = r.lines;
    *n = r.n;
    return rc;
}
