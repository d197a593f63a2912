/* opened: an input by its name, opened and looked at. */
#include "ingest/opened.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/banned.h"

static enum err table_read(void *database, void *p, size_t n, size_t *got, struct error *err)
{
    return foreign_read(database, p, n, got, err);
}

static enum err table_rewind(void *database, struct error *err)
{
    return foreign_rewind(database, err);
}

/* A table is a file of its own, wherever its database goes. */
static struct input_stat table_stat(const struct input_stat *file, const char *table)
{
    struct input_stat st = *file;

    st.ino = hash_mix(file->ino) ^ hash64(table, strlen(table), 0);
    return st;
}

enum err opened_table(struct opened *o, struct foreign *database, size_t table, const char *name,
                      const struct input_stat *file, int64_t max_line, struct error *err)
{
    const struct stream_source source = {database, table_read, table_rewind};
    struct input_stat st = table_stat(file, foreign_table(database, table));
    enum err rc = foreign_begin(database, table, err);

    *o = (struct opened){.columns = rc ? SV_NONE : foreign_columns(database)};
    if (!rc)
        rc = input_open_made(name, &st, &source, max_line, &o->in, err);
    if (!rc)
        rc = elements_open_lines(o->in, max_line, &o->pieces, err);
    if (rc)
        opened_close(o);
    return rc;
}

/* The table of this name in the database at path. */
static enum err open_by_name(struct opened *o, const char *path, const char *table,
                             const char *name, int64_t max_line, struct error *err)
{
    struct foreign *database = NULL;
    struct input_stat st = {0};
    enum err rc = foreign_open(path, max_line, &database, err);
    size_t n = rc ? 0 : foreign_tables(database), i = 0;

    while (i < n && strcmp(foreign_table(database, i), table) != 0)
        i++;
    if (!rc && (i == n || !opened_stat(path, &st)))
        rc = error_set(err, ERR_IO, "no such table");
    if (!rc)
        rc = opened_table(o, database, i, name, &st, max_line, err);
    if (rc)
        foreign_close(database);
    else
        o->database = database;
    return rc;
}

/* Up to the first slash behind a regular file. */
static enum err open_table_name(struct opened *o, const char *name, int64_t max_line,
                                bool *is_table, struct error *err)
{
    struct input_stat st;
    struct buf path = {0};
    enum err rc = OK;

    *is_table = false;
    for (const char *slash = strchr(name, '/'); slash && !*is_table && !rc;
         slash = strchr(slash + 1, '/')) {
        buf_reset(&path);
        buf_add(&path, name, (size_t)(slash - name));
        if (path.failed)
            rc = error_set(err, ERR_NOMEM, "out of memory opening %s", name);
        *is_table = !rc && path.n && input_stat_path(path.p, &st) && st.regular;
        if (*is_table)
            rc = open_by_name(o, path.p, slash + 1, name, max_line, err);
    }
    buf_release(&path);
    return rc;
}

enum err opened_open(struct opened *o, const char *name, int64_t max_line, struct error *err)
{
    struct input_stat st;
    bool is_table = false;
    enum err rc = OK;

    *o = (struct opened){0};
    if (!input_stat_path(name, &st))
        rc = open_table_name(o, name, max_line, &is_table, err);
    if (rc || is_table)
        return rc;
    rc = input_open(name, max_line, &o->in, err);
    if (!rc)
        rc = elements_open(o->in, max_line, &o->pieces, err);
    if (rc)
        opened_close(o);
    return rc;
}

void opened_close(struct opened *o)
{
    elements_close(o->pieces);
    input_close(o->in);
    foreign_close(o->database);
    *o = (struct opened){0};
}

const char *opened_table_name(struct arena *a, const char *path, const char *table)
{
    size_t size = strlen(path) + strlen(table) + 2;
    char *name = arena_alloc(a, size);

    if (name)
        snprintf(name, size, "%s/%s", path, table);
    return name;
}

bool opened_stat(const char *path, struct input_stat *out)
{
    bool found = input_stat_path(path, out);
    char *real = found && out->regular ? realpath(path, NULL) : NULL; /* the log is not at links */
    struct buf name = {0};
    struct input_stat log;

    if (real)
        buf_printf(&name, "%s-wal", real);
    /* One that is empty says nothing: reading alone may have made it. */
    if (name.n && !name.failed && input_stat_path(name.p, &log) && log.size_bytes > 0) {
        out->size_bytes += log.size_bytes;
        out->mtime_ns = out->mtime_ns > log.mtime_ns ? out->mtime_ns : log.mtime_ns;
    }
    buf_release(&name);
    free(real);
    return found;
}
