/* batch_table: rows in memory as a table that SQL can read (an eponymous virtual table). */
#include "store/batch_table.h"

#include "base/buf.h"

#include "base/banned.h"

struct table_vtab {
    sqlite3_vtab base;
    const struct batch_table *table;
};

struct table_cursor {
    sqlite3_vtab_cursor base;
    const struct batch_table *table;
    size_t row;
};

static int table_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
                         sqlite3_vtab **out, char **message)
{
    const struct batch_table *table = aux;
    struct buf sql = {0};

    (void)argc;
    (void)argv;
    (void)message;
    buf_str(&sql, "CREATE TABLE x(");
    for (int c = 0; c < table->columns; c++)
        buf_printf(&sql, c ? ", c%d" : "c%d", c);
    buf_str(&sql, ")");
    int rc = sql.failed ? SQLITE_NOMEM : sqlite3_declare_vtab(db, sql.p);
    buf_release(&sql);
    if (rc != SQLITE_OK)
        return rc;
    struct table_vtab *v = sqlite3_malloc64(sizeof(*v));
    if (!v)
        return SQLITE_NOMEM;
    *v = (struct table_vtab){.table = table};
    *out = &v->base;
    return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *v)
{
    sqlite3_free(v);
    return SQLITE_OK;
}

static int table_best_index(sqlite3_vtab *v, sqlite3_index_info *info)
{
    (void)v;
    info->estimatedCost = 1000;
    info->estimatedRows = 1000;
    return SQLITE_OK;
}

static int table_open(sqlite3_vtab *v, sqlite3_vtab_cursor **out)
{
    struct table_cursor *c = sqlite3_malloc64(sizeof(*c));

    if (!c)
        return SQLITE_NOMEM;
    *c = (struct table_cursor){.table = ((struct table_vtab *)v)->table};
    *out = &c->base;
    return SQLITE_OK;
}

static int table_close(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int table_filter(sqlite3_vtab_cursor *cursor, int index, const char *name, int argc,
                        sqlite3_value **argv)
{
    (void)index;
    (void)name;
    (void)argc;
    (void)argv;
    ((struct table_cursor *)cursor)->row = 0;
    return SQLITE_OK;
}

static int table_next(sqlite3_vtab_cursor *cursor)
{
    ((struct table_cursor *)cursor)->row++;
    return SQLITE_OK;
}

static int table_eof(sqlite3_vtab_cursor *cursor)
{
    const struct table_cursor *c = (struct table_cursor *)cursor;

    return c->row >= c->table->rows;
}

static int table_column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int column)
{
    const struct table_cursor *c = (struct table_cursor *)cursor;

    c->table->column(c->table->ctx, c->row, column, out);
    return SQLITE_OK;
}

static int table_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((struct table_cursor *)cursor)->row;
    return SQLITE_OK;
}

/* No xCreate: the table exists by its name alone, and only on this connection. */
static const sqlite3_module table_module = {
    .xConnect = table_connect,
    .xBestIndex = table_best_index,
    .xDisconnect = table_disconnect,
    .xOpen = table_open,
    .xClose = table_close,
    .xFilter = table_filter,
    .xNext = table_next,
    .xEof = table_eof,
    .xColumn = table_column,
    .xRowid = table_rowid,
};

enum err batch_table_add(struct store *s, const char *name, struct batch_table *t,
                         struct error *err)
{
    if (sqlite3_create_module_v2(s->db, name, &table_module, t, NULL) != SQLITE_OK)
        return store_db_error(s, err, name);
    return OK;
}

void batch_table_remove(struct store *s, const char *name)
{
    sqlite3_create_module_v2(s->db, name, NULL, NULL, NULL);
}
