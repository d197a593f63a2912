/* store_tables: what is said of the database itself, as tables. */
#include "report/store_tables.h"

#include <stdlib.h>
#include "base/buf.h"
#include "report/words.h"
#include "store/space.h"
#include "store/user_select.h"
#include "store/verify.h"
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the table");
}

struct head {
    const char *key, *title;
    enum unit unit;
};

static bool add_columns(struct table *t, const struct head *heads, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct column *c = table_add_column(t, heads[i].key, heads[i].title, heads[i].unit);

        if (!c)
            return false;
        c->in_text = c->in_data = true;
    }
    t->verb = "db";
    t->tz = "UTC";
    return true;
}

/* ---- space -------------------------------------------------------------------------------- */

static bool add_part(struct table *t, struct sv name, int64_t rows, int64_t bytes, int64_t calls,
                     int64_t all)
{
    struct row *row = table_add_row(t);

    if (!row)
        return false;
    row->cells[0] = cell_text(arena_copy(&t->arena, name));
    if (rows >= 0)
        row->cells[1] = cell_int(rows);
    row->cells[2] = cell_int(bytes);
    if (calls)
        row->cells[3] = cell_real((double)bytes / (double)calls);
    if (all)
        row->cells[4] = cell_real((double)bytes / (double)all);
    return row->cells[0].text.p != NULL;
}

enum err space_table(struct store *s, struct table *out, struct error *err)
{
    static const struct head heads[] = {
        {"part",           "part",       UNIT_NONE },
        {"rows",           "rows",       UNIT_COUNT},
        {"bytes",          "bytes",      UNIT_COUNT},
        {"bytes_per_call", "bytes/call", UNIT_REAL },
        {"share",          "share",      UNIT_RATE },
    };
    struct store_counts counts;
    struct space space;
    enum err rc = store_space(s, &out->arena, &space, err);
    bool ok;

    if (!rc)
        rc = store_count(s, &counts, err);
    if (rc)
        return rc;
    ok = add_columns(out, heads, ARRAY_LEN(heads));
    for (size_t i = 0; i < space.n_parts && ok; i++)
        ok = add_part(out, space.parts[i].name, space.parts[i].rows, space.parts[i].bytes,
                      counts.calls, space.file_bytes);
    ok = ok &&
         add_part(out, SV("(free pages)"), -1, space.free_bytes, counts.calls, space.file_bytes);
    ok = ok && add_part(out, SV("(file)"), -1, space.file_bytes, counts.calls, space.file_bytes);
    ok = ok && (!space.log_bytes ||
                add_part(out, SV("(-wal file)"), -1, space.log_bytes, counts.calls, 0));
    ok = ok && (space.n_parts || table_warn(out, "this SQLite was built without dbstat, which "
                                                 "tells the parts apart"));
    out->total_calls = counts.calls;
    ok = ok && table_add_fact(out, "calls", cell_int(counts.calls)) &&
         table_add_fact(out, "schema", cell_int(space.schema)) &&
         table_add_fact(out, "page_bytes", cell_int(space.page_bytes));
    return ok ? OK : no_memory(err);
}

/* ---- verify ------------------------------------------------------------------------------- */

enum err verify_table(struct store *s, struct table *out, int64_t *bad, struct error *err)
{
    static const struct head heads[] = {
        {"check",   "check",   UNIT_NONE },
        {"checked", "checked", UNIT_COUNT},
        {"bad",     "bad",     UNIT_COUNT},
        {"first",   "first",   UNIT_NONE },
    };
    struct verified v[VERIFY_MOST];
    size_t n = 0;
    enum err rc = store_verify(s, &out->arena, v, &n, err);

    *bad = 0;
    if (rc)
        return rc;
    if (!add_columns(out, heads, ARRAY_LEN(heads)))
        return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        struct row *row = table_add_row(out);

        if (!row)
            return no_memory(err);
        row->cells[0] = cell_text(sv_from(v[i].check));
        row->cells[1] = cell_int(v[i].checked);
        row->cells[2] = cell_int(v[i].bad);
        row->cells[3] = cell_text(sv_from(v[i].words));
        *bad += v[i].bad;
    }
    out->columns[3].in_text = *bad > 0;
    return OK;
}

/* ---- removed ------------------------------------------------------------------------------ */

enum err removed_table(const struct removed *r, struct table *out, struct error *err)
{
    static const struct head heads[] = {
        {"rows", "rows", UNIT_NONE },
        {"n",    "n",    UNIT_COUNT},
    };
    const struct {
        const char *what;
        int64_t n;
    } kinds[] = {
        {"calls",            r->calls           },
        {"texts",            r->texts           },
        {"merged records",   r->versions        },
        {"spans",            r->spans           },
        {"tool calls",       r->tool_calls      },
        {"branch decisions", r->branch_decisions},
        {"scores",           r->scores          },
        {"session ids",      r->sessions        },
        {"trace ids",        r->traces          },
        {"sets of scalars",  r->scalars         },
        {"names",            r->values          },
    };

    if (!add_columns(out, heads, ARRAY_LEN(heads)))
        return no_memory(err);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct row *row = kinds[i].n || i == 0 ? table_add_row(out) : NULL;

        if (!row && (kinds[i].n || i == 0))
            return no_memory(err);
        if (!row)
            continue;
        row->cells[0] = cell_text(sv_from(kinds[i].what));
        row->cells[1] = cell_int(kinds[i].n);
    }
    return OK;
}

/* ---- taken in ----------------------------------------------------------------------------- */

enum err taken_in_table(const struct taken_in *x, const char *const *paths, size_t n,
                        struct table *out, struct error *err)
{
    static const struct head heads[] = {
        {"database",         "database",    UNIT_NONE },
        {"calls",            "new calls",   UNIT_COUNT},
        {"calls_merged",     "merged",      UNIT_COUNT},
        {"calls_changed",    "changed",     UNIT_COUNT},
        {"spans",            "spans",       UNIT_COUNT},
        {"tool_calls",       "tool calls",  UNIT_COUNT},
        {"branch_decisions", "decisions",   UNIT_COUNT},
        {"scores",           "scores",      UNIT_COUNT},
        {"quarantined",      "quarantined", UNIT_COUNT},
        {"sources",          "inputs",      UNIT_COUNT},
        {"annotations",      "marks",       UNIT_COUNT},
        {"prices",           "prices",      UNIT_COUNT},
        {"baselines",        "baselines",   UNIT_COUNT},
    };

    if (!add_columns(out, heads, ARRAY_LEN(heads)))
        return no_memory(err);
    for (size_t i = 0; i < n; i++, x++) {
        const struct source_tally *r = &x->records;
        const int64_t counts[] = {
            r->calls_new, r->calls_merged,     r->calls_updated, r->spans,
            r->tool_calls, r->branch_decisions, r->scores,        r->quarantined,
            x->sources,    x->annotations,      x->prices,        x->baselines};
        struct row *row = table_add_row(out);

        if (!row)
            return no_memory(err);
        row->cells[0] = cell_text(sv_from(paths[i]));
        for (size_t c = 0; c < ARRAY_LEN(counts); c++)
            row->cells[1 + c] = cell_int(counts[c]);
    }
    return OK;
}

/* ---- schema ------------------------------------------------------------------------------- */

/* The comment in front of a statement, without its dashes. */
static struct sv comment_of(struct sv *sql, struct arena *a)
{
    struct buf text = {0};
    struct sv comment;

    while (sv_starts(*sql, "--")) {
        const char *end = memchr(sql->p, '\n', sql->n);
        size_t n = end ? (size_t)(end - sql->p) : sql->n;
        size_t skip = n > 2 && sql->p[2] == ' ' ? 3 : 2;

        if (text.n)
            buf_char(&text, '\n');
        buf_add(&text, sql->p + skip, n - skip);
        n += end != NULL;
        *sql = (struct sv){sql->p + n, sql->n - n};
    }
    comment = words_take(&text, a);
    buf_release(&text);
    return comment;
}

enum err schema_table(struct table *out, struct error *err)
{
    static const struct head heads[] = {
        {"view", "view", UNIT_NONE},
        {"what", "what", UNIT_NONE},
        {"sql",  "sql",  UNIT_NONE},
    };

    if (!add_columns(out, heads, ARRAY_LEN(heads)))
        return no_memory(err);
    for (size_t i = 0; store_view_name(i); i++) {
        struct row *row = table_add_row(out);
        struct sv sql = store_view_sql(i);

        if (!row)
            return no_memory(err);
        row->cells[0] = cell_text(sv_from(store_view_name(i)));
        row->cells[1] = cell_text(comment_of(&sql, &out->arena));
        row->cells[2] = cell_text(sv_trim(sql));
    }
    return OK;
}

/* ---- select ------------------------------------------------------------------------------- */

struct selection {
    struct table *t;
    int64_t most, left_out;
    struct buf text;
};

static bool is_taken(const struct table *t, const char *key)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].key, key) == 0)
            return true;
    return false;
}

/* The name, or the name with the first number from 2 on that no other column has. */
static const char *key_for(struct selection *x, const char *name)
{
    struct sv key;

    buf_reset(&x->text);
    buf_str(&x->text, *name ? name : "column");
    for (int i = 2; !x->text.failed && is_taken(x->t, x->text.p); i++) {
        buf_reset(&x->text);
        buf_printf(&x->text, "%s_%d", name, i);
    }
    buf_char(&x->text, '\0');
    key = x->text.failed ? SV_NONE : arena_copy(&x->t->arena, (struct sv){x->text.p, x->text.n});
    return key.p;
}

static enum err take_columns(void *ctx, size_t n, const char *const *names, struct error *err)
{
    struct selection *x = ctx;

    x->t->verb = "db";
    x->t->tz = "UTC";
    for (size_t i = 0; i < n; i++) {
        const char *key = key_for(x, names[i]);
        struct column *c = key ? table_add_column(x->t, key, key, UNIT_NONE) : NULL;

        if (!c)
            return no_memory(err);
        c->in_text = c->in_data = true;
    }
    return OK;
}

static struct cell cell_of(struct selection *x, const struct sql_value *v, bool *ok)
{
    struct sv text = v->text;

    switch (v->type) {
    case VALUE_INT:
        return cell_int(v->i);
    case VALUE_REAL:
        return cell_real(v->r);
    case VALUE_NULL:
        return (struct cell){0};
    case VALUE_TEXT:
        text = arena_copy(&x->t->arena, text);
        break;
    case VALUE_BLOB:
        buf_reset(&x->text);
        for (size_t i = 0; i < text.n; i++)
            buf_printf(&x->text, "%02x", (unsigned char)text.p[i]);
        text = arena_copy(&x->t->arena, x->text.n ? (struct sv){x->text.p, x->text.n} : SV(""));
        break;
    }
    *ok = *ok && text.p && !x->text.failed;
    return cell_text(text);
}

static enum err take_row(void *ctx, size_t n, const struct sql_value *values, struct error *err)
{
    struct selection *x = ctx;
    struct row *row;
    bool ok = true;

    if (x->most && (int64_t)x->t->n_rows >= x->most) {
        x->left_out++;
        return OK;
    }
    row = table_add_row(x->t);
    if (!row)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        row->cells[i] = cell_of(x, &values[i], &ok);
    return ok ? OK : no_memory(err);
}

/* Columns of nothing but numbers stand at the right. */
static void choose_units(struct table *t)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        enum unit unit = UNIT_NONE;

        for (size_t r = 0; r < t->n_rows; r++) {
            enum cell_type type = t->rows[r].cells[c].type;

            if (type == CELL_TEXT) {
                unit = UNIT_NONE;
                break;
            }
            if (type == CELL_REAL || (type == CELL_INT && unit == UNIT_NONE))
                unit = type == CELL_REAL ? UNIT_REAL : UNIT_COUNT;
        }
        t->columns[c].unit = unit;
    }
}

enum err select_table(struct store *s, struct sv sql, int64_t most, struct table *out,
                      struct error *err)
{
    struct selection x = {.t = out, .most = most};
    const struct select_events events = {&x, take_columns, take_row};
    enum err rc = store_select(s, sql, &events, err);

    if (!rc) {
        choose_units(out);
        out->db = store_path(s);
        if (x.left_out && !table_warn(out, "%lld more rows (--all)", (long long)x.left_out))
            rc = no_memory(err);
    }
    buf_release(&x.text);
    return rc;
}
