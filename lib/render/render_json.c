/* render_json: one object with everything, or one object for each row. */
#include "render/number_text.h"
#include "render/render_formats.h"
#include "render/render_out.h"

#include "base/time_text.h"
#include "base/banned.h"

#define SCHEMA_VERSION 1

static void add_text(struct buf *b, const char *text)
{
    if (text)
        buf_json_string(b, sv_from(text));
    else
        buf_str(b, "null");
}

/* "key": in front of a value, with a comma unless it is the first of its object. */
static void add_key(struct buf *b, const char *key)
{
    if (b->n && b->p[b->n - 1] != '{')
        buf_char(b, ',');
    buf_json_string(b, sv_from(key));
    buf_char(b, ':');
}

/* The number, or null. */
static void add_number(struct buf *b, enum unit unit, const struct cell *c)
{
    if (!number_exact(b, unit, c))
        buf_str(b, "null");
}

static void add_value(struct buf *b, enum unit unit, const struct cell *c)
{
    int64_t nusd;

    if (c->type == CELL_TEXT) {
        buf_json_string(b, c->text);
    } else if (unit == UNIT_NUSD && cell_whole(c, &nusd)) { /* as a text it stays exact */
        buf_char(b, '"');
        add_number(b, unit, c);
        buf_char(b, '"');
    } else {
        add_number(b, unit, c);
    }
}

static void add_pair(struct buf *b, const struct table *t, const struct row *row, size_t first)
{
    add_key(b, t->columns[first].pair);
    buf_char(b, '[');
    add_value(b, t->columns[first].unit, &row->cells[first]);
    buf_char(b, ',');
    add_value(b, t->columns[first + 1].unit, &row->cells[first + 1]);
    buf_char(b, ']');
}

/* The cells of dimensions, or those of measures. */
static void add_cells(struct buf *b, const struct table *t, const struct row *row, bool dimensions)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct column *c = &t->columns[i];
        if (!c->in_data || c->dimension != dimensions)
            continue;
        if (c->pair) {
            add_pair(b, t, row, i++);
            continue;
        }
        add_key(b, c->key);
        add_value(b, c->unit, &row->cells[i]);
        if (c->also_key) {
            add_key(b, c->also_key);
            add_number(b, UNIT_US, &row->cells[i]); /* whole */
        }
    }
}

static void add_lower_bound(struct buf *b, const struct row *row)
{
    if (row->lower_bound) {
        add_key(b, "lower_bound");
        buf_str(b, "true");
    }
    if (row->lower_bound_previous) {
        add_key(b, "lower_bound_previous");
        buf_str(b, "true");
    }
}

static void add_row(struct buf *b, const struct table *t, const struct row *row)
{
    buf_char(b, '{');
    add_cells(b, t, row, true);
    if (row->kind == ROW_OTHER) {
        add_key(b, "group");
        add_text(b, "other");
    }
    add_cells(b, t, row, false);
    add_lower_bound(b, row);
    buf_char(b, '}');
}

static void add_totals(struct buf *b, const struct table *t)
{
    buf_char(b, '{');
    if (t->totals.cells) {
        add_cells(b, t, &t->totals, false);
        add_lower_bound(b, &t->totals);
    }
    buf_char(b, '}');
}

static void add_list(struct buf *b, const char **texts, size_t n)
{
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(b, ',');
        add_text(b, texts[i]);
    }
    buf_char(b, ']');
}

static void add_instant(struct buf *b, bool known, int64_t us)
{
    char text[40];

    if (known)
        time_format_utc(us, text);
    add_text(b, known ? text : NULL);
}

static void add_window(struct buf *b, bool since_known, int64_t since_us, bool until_known,
                       int64_t until_us)
{
    buf_char(b, '{');
    add_key(b, "since");
    add_instant(b, since_known, since_us);
    add_key(b, "until");
    add_instant(b, until_known, until_us);
    buf_char(b, '}');
}

static void add_fact_list(struct buf *b, const struct fact_list *list)
{
    buf_str(b, list->single ? "" : "[");
    for (size_t i = 0; i < list->n; i++) {
        buf_str(b, i ? ",{" : "{");
        for (size_t k = 0; k < list->n_keys; k++) {
            add_key(b, list->keys[k]);
            add_value(b, UNIT_NONE, &list->cells[i * list->n_keys + k]);
        }
        buf_char(b, '}');
    }
    buf_str(b, list->single ? "" : "]");
}

static void add_fact_value(struct buf *b, const struct fact *f)
{
    if (f->list)
        add_fact_list(b, f->list);
    else
        add_value(b, f->also_key ? UNIT_NUSD : UNIT_NONE, &f->value);
}

static void add_coverage(struct buf *b, const struct table *t)
{
    buf_char(b, '{');
    for (size_t i = 0; i < t->n_coverage; i++) {
        const struct fact *f = &t->coverage[i];

        add_key(b, f->key);
        add_fact_value(b, f);
        if (f->also_key) {
            add_key(b, f->also_key);
            add_number(b, UNIT_US, &f->value); /* whole */
        }
    }
    buf_char(b, '}');
}

/* A further key of the envelope, on a line of its own. */
static void add_line(struct buf *b, const char *key)
{
    buf_str(b, ",\n  \"");
    buf_str(b, key);
    buf_str(b, "\": ");
}

static void add_envelope_head(struct buf *b, const struct table *t, const struct render_options *o)
{
    buf_printf(b, "{\n  \"schema_version\": %d", SCHEMA_VERSION);
    add_line(b, "verb");
    add_text(b, t->verb);
    add_line(b, "view");
    add_text(b, t->view);
    add_line(b, "generated_at");
    add_instant(b, true, o->generated_us);
    add_line(b, "db");
    add_text(b, t->db);
    add_line(b, "tz");
    add_text(b, t->tz);
    add_line(b, "window");
    add_window(b, t->since_known, t->since_us, t->until_known, t->until_us);
    if (t->has_previous) {
        add_line(b, "window_previous");
        add_window(b, true, t->previous_since_us, true, t->previous_until_us);
    }
    add_line(b, "filters");
    add_list(b, t->filters, t->n_filters);
    add_line(b, "by");
    add_list(b, t->by, t->n_by);
}

static void add_envelope_tail(struct buf *b, const struct table *t)
{
    if (t->narrative) {
        add_line(b, "narrative");
        add_text(b, t->narrative);
    }
    for (size_t i = 0; i < t->n_answers; i++) {
        add_line(b, t->answers[i].key);
        add_fact_value(b, &t->answers[i]);
    }
    add_line(b, "totals");
    add_totals(b, t);
    add_line(b, "coverage");
    add_coverage(b, t);
    add_line(b, "warnings");
    add_list(b, t->warnings, t->n_warnings);
    buf_str(b, "\n}\n");
}

enum err render_json(const struct table *t, const struct render_options *o, const struct sink *out,
                     struct error *err)
{
    struct render_out ro = {.sink = out};

    add_envelope_head(&ro.buf, t, o);
    add_line(&ro.buf, "rows");
    buf_char(&ro.buf, '[');
    for (size_t i = 0; i < t->n_rows && render_out_more(&ro); i++) {
        buf_str(&ro.buf, i ? ",\n    " : "\n    ");
        add_row(&ro.buf, t, &t->rows[i]);
    }
    buf_str(&ro.buf, t->n_rows ? "\n  ]" : "]");
    add_envelope_tail(&ro.buf, t);
    return render_out_end(&ro, err);
}

enum err render_jsonl(const struct table *t, const struct render_options *o, const struct sink *out,
                      struct error *err)
{
    struct render_out ro = {.sink = out};

    (void)o; /* rows say nothing of when they were made */
    for (size_t i = 0; i < t->n_rows && render_out_more(&ro); i++) {
        add_row(&ro.buf, t, &t->rows[i]);
        buf_char(&ro.buf, '\n');
    }
    return render_out_end(&ro, err);
}
