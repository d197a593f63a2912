/* space: what the parts of the database take on the disk, and giving back what is free. */
#include "store/space.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/buf.h"
#include "sql.h"
#include "store/connection.h"
#include "store/store_internal.h"
#include "base/banned.h"

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

static int by_size(const void *a, const void *b)
{
    const struct space_part *x = a, *y = b;

    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return sv_cmp(x->name, y->name);
}

static enum err add_part(struct store *s, struct arena *a, sqlite3_stmt *stmt, struct space *out,
                         size_t *cap, struct error *err)
{
    struct sv name = {(const char *)sqlite3_column_text(stmt, 0),
                      (size_t)sqlite3_column_bytes(stmt, 0)};

    if (out->n_parts == *cap) { /* what is left behind in the arena is less than what is needed */
        struct space_part *grown = arena_zalloc(a, *cap ? 2 * *cap : 32, sizeof(*grown));

        if (!grown)
            return no_memory(s, err);
        if (out->n_parts)
            memcpy(grown, out->parts, out->n_parts * sizeof(*grown));
        out->parts = grown;
        *cap = *cap ? 2 * *cap : 32;
    }
    out->parts[out->n_parts] = (struct space_part){.name = arena_copy(a, name),
                                                   .rows = sqlite3_column_int64(stmt, 1),
                                                   .bytes = sqlite3_column_int64(stmt, 2)};
    return out->parts[out->n_parts++].name.p ? OK : no_memory(s, err);
}

static enum err list_parts(struct store *s, struct arena *a, struct space *out, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    size_t cap = 0;
    enum err rc;

    if (!sqlite3_compileoption_used("ENABLE_DBSTAT_VTAB"))
        return OK;
    rc = store_statement(s, sql_queries_space_tables, &stmt, err);
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        rc = add_part(s, a, stmt, out, &cap, err);
    if (out->n_parts)
        qsort(out->parts, out->n_parts, sizeof(*out->parts), by_size);
    return rc;
}

enum err store_space(struct store *s, struct arena *a, struct space *out, struct error *err)
{
    struct space found = {0};
    int64_t pages = 0, free_pages = 0;
    enum err rc = store_pragma(s, "PRAGMA page_size", &found.page_bytes, err);

    if (!rc)
        rc = store_pragma(s, "PRAGMA page_count", &pages, err);
    if (!rc)
        rc = store_pragma(s, "PRAGMA freelist_count", &free_pages, err);
    if (!rc)
        rc = store_pragma(s, "PRAGMA user_version", &found.schema, err);
    if (!rc)
        rc = list_parts(s, a, &found, err);
    if (rc)
        return rc;
    found.file_bytes = pages * found.page_bytes;
    found.free_bytes = free_pages * found.page_bytes;
    found.log_bytes = connection_log_bytes(s->path);
    *out = found;
    return OK;
}

/* Frames that readers still need, or a writer's, keep the log as it is. */
static enum err empty_log(struct store *s, struct error *err)
{
    int code = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    if (code == SQLITE_BUSY)
        return error_set(err, ERR_BUSY,
                         "%s: the -wal file cannot be emptied while another process reads the "
                         "database",
                         s->path);
    return code == SQLITE_OK ? OK : store_db_error(s, err, NULL);
}

enum err store_vacuum(struct store *s, struct error *err)
{
    enum err rc = store_exec(s, "PRAGMA secure_delete = ON; VACUUM", err);

    return rc ? rc : empty_log(s, err);
}

enum err store_vacuum_into(struct store *s, const char *path, struct error *err)
{
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    sqlite3_stmt *stmt = NULL;
    struct buf name = {0};
    enum err rc = OK;

    if (fd < 0)
        return error_set(err, ERR_IO, "%s: cannot be made: %s", path, strerror(errno));
    (void)close(fd);
    buf_printf(&name, "%s%s", path[0] == '/' ? "" : "./", path); /* never a URI */
    if (name.failed)
        rc = no_memory(s, err);
    else if (sqlite3_prepare_v2(s->db, "VACUUM INTO ?", -1, &stmt, NULL) != SQLITE_OK ||
             sqlite3_bind_text(stmt, 1, name.p, -1, SQLITE_STATIC) != SQLITE_OK ||
             sqlite3_step(stmt) != SQLITE_DONE)
        rc = store_db_error(s, err, path);
    sqlite3_finalize(stmt);
    buf_release(&name);
    if (rc)
        (void)unlink(path);
    return rc;
}
