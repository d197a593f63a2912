/* marks: see the header. */
#include "report/marks.h"

#include "query/dimensions.h"
#include "query/trace_load.h"
#include "report/words.h"
#include <string.h>
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the marks");
}

/* A report by time while marks come to it. */
struct marking {
    const struct zone *zone;
    struct table *t;
    size_t time;   /* the column of the stretches */
    size_t column; /* that of the marks; n_columns: not there yet */
    enum bucket bucket;
};

static bool find_time(const struct table *t, struct marking *m)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct dimension *d =
            t->columns[i].dimension ? dimension_find(sv_from(t->columns[i].key)) : NULL;

        if (!d || d->kind != DIMENSION_TIME || d->which == BUCKET_WEEKDAY)
            continue;
        m->time = i;
        m->bucket = (enum bucket)d->which;
        return true;
    }
    return false;
}

/* The mark of this stretch belongs to row i; a gap of a chart lasts until the next row begins. */
static bool is_in(const struct marking *m, size_t i, const char *label)
{
    const struct row *row = &m->t->rows[i];
    const struct cell *c = &row->cells[m->time];

    if (c->type != CELL_TEXT || row->kind == ROW_OTHER)
        return false;
    if (row->kind == ROW_GAP && i + 1 < m->t->n_rows)
        return sv_cmp(c->text, sv_from(label)) <= 0 &&
               sv_cmp(sv_from(label), m->t->rows[i + 1].cells[m->time].text) < 0;
    return sv_is(c->text, label);
}

#define MARK "\xE2\x96\xB2 "

/* Behind other marks, or what else stands in b. */
static bool say(struct buf *b, const struct annotation *a)
{
    if (b->n && strstr(b->p, MARK))
        buf_str(b, " \xC2\xB7 ");
    else
        buf_str(b, b->n ? "  " MARK : MARK);
    buf_sv(b, a->kind);
    buf_char(b, ' ');
    buf_sv(b, a->text);
    return !b->failed;
}

/* Behind what the row says already: in the column, or in a chart behind the bar. */
static bool add_to_row(struct marking *m, struct row *row, const struct annotation *a)
{
    bool drawn = m->t->chart != NULL;
    struct buf text = {0};
    struct sv said;

    if (drawn)
        buf_str(&text, row->remark ? row->remark : "");
    else if (row->cells[m->column].type == CELL_TEXT)
        buf_sv(&text, row->cells[m->column].text);
    say(&text, a);
    buf_add(&text, "", drawn); /* remarks end with NUL */
    said = words_take(&text, &m->t->arena);
    if (drawn)
        row->remark = said.p;
    else
        row->cells[m->column] = cell_text(said);
    buf_release(&text);
    return said.p != NULL;
}

static bool add_note(struct marking *m, const char *label, const struct annotation *a)
{
    struct buf text = {0};
    bool ok;

    buf_printf(&text, "%s  ", label);
    buf_str(&text, MARK);
    buf_sv(&text, a->kind);
    buf_char(&text, ' ');
    buf_sv(&text, a->text);
    ok = !text.failed && table_note(m->t, "%s", text.p);
    buf_release(&text);
    return ok;
}

static enum err add_mark(void *ctx, const struct annotation *a, struct error *err)
{
    struct marking *m = ctx;
    struct bucketer b;
    char label[40];
    bool found = false, ok = true;

    if (m->column == m->t->n_columns && !m->t->chart) {
        struct column *c = table_extend(m->t, "marks", "", UNIT_NONE);

        if (!c)
            return no_memory(err);
        c->in_text = c->in_data = true;
    }
    bucketer_init(&b, m->zone, m->bucket);
    bucket_label(m->zone, m->bucket, bucket_number(&b, a->at_us), label);
    for (size_t i = 0; i < m->t->n_rows && ok; i++)
        if (is_in(m, i, label)) {
            ok = add_to_row(m, &m->t->rows[i], a);
            found = true;
        }
    ok = ok && (found || add_note(m, label, a));
    return ok ? OK : no_memory(err);
}

enum err marks_add(struct store *s, const struct zone *zone, struct table *t, struct error *err)
{
    struct marking m = {.zone = zone, .t = t, .column = t->n_columns};

    if (!find_time(t, &m))
        return OK;
    return store_annotations(s, t->since_known ? t->since_us : INT64_MIN,
                             t->until_known ? t->until_us : INT64_MAX, add_mark, &m, err);
}

/* ---- all of them -------------------------------------------------------------------------- */

struct marks_table {
    const struct zone *zone;
    struct table *t;
};

static enum err add_row(void *ctx, const struct annotation *a, struct error *err)
{
    struct marks_table *m = ctx;
    struct row *row = table_add_row(m->t);
    struct buf text = {0};

    if (!row)
        return no_memory(err);
    words_time(&text, m->zone, a->at_us);
    row->cells[0] = cell_int(a->id);
    row->cells[1] = cell_text(words_take(&text, &m->t->arena));
    row->cells[2] = cell_text(arena_copy(&m->t->arena, a->kind));
    row->cells[3] = cell_text(arena_copy(&m->t->arena, a->text));
    row->cells[4] = cell_int(a->at_us);
    buf_release(&text);
    return row->cells[1].text.p && row->cells[2].text.p && row->cells[3].text.p ? OK
                                                                                : no_memory(err);
}

enum err marks_list(struct store *s, const struct zone *zone, int64_t since_us, int64_t until_us,
                    struct table *out, struct error *err)
{
    static const struct {
        const char *key, *title;
        enum unit unit;
    } columns[] = {
        {"id",    "id",   UNIT_COUNT},
        {"at",    "at",   UNIT_NONE },
        {"kind",  "kind", UNIT_NONE },
        {"text",  "text", UNIT_NONE },
        {"at_us", "",     UNIT_US   }
    };
    struct marks_table m = {zone, out};

    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        struct column *c = table_add_column(out, columns[i].key, columns[i].title, columns[i].unit);

        if (!c)
            return no_memory(err);
        c->in_text = columns[i].title[0] != '\0';
        c->in_data = true;
    }
    out->verb = "annotate";
    out->db = store_path(s);
    out->tz = zone->name;
    return store_annotations(s, since_us, until_us, add_row, &m, err);
}
