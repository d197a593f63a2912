/* store: opens, migrates and closes the database. */
#include "store/store.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/buf.h"
#include "sql.h"
#include "store/connection.h"
#include "store/store_internal.h"
#include "base/banned.h"

#define BUSY_STEP_MS 10
#define WRITER_CACHE_KIB "12288"

/* Migration i makes schema i + 1 out of schema i. */
static const unsigned char *const migrations[] = {
    sql_0001_facts,         sql_0002_prices,          sql_0003_traces,
    sql_0004_quality,       sql_0005_tool_versions,   sql_0006_span_context,
    sql_0007_embeddings,    sql_0008_evals,           sql_0009_findings,
    sql_0010_texts,         sql_0011_sampled_sources, sql_0012_span_guardrails,
    sql_0013_request_calls, sql_0014_id_runs,         sql_0015_redactions,
    sql_0016_judge_models,  sql_0017_baseline_order};
#define SCHEMA ((int64_t)ARRAY_LEN(migrations))

/* Each file holds a comment and one CREATE VIEW of this name. */
static const struct {
    const char *name;
    const unsigned char *sql;
} views[] = {
    {"v_call_ids",         sql_views_v_call_ids        },
    {"v_sessions",         sql_views_v_sessions        },
    {"v_traces",           sql_views_v_traces          },
    {"v_calls",            sql_views_v_calls           },
    {"v_findings",         sql_views_v_findings        },
    {"v_guardrails",       sql_views_v_guardrails      },
    {"v_content",          sql_views_v_content         },
    {"v_redactions",       sql_views_v_redactions      },
    {"v_daily",            sql_views_v_daily           },
    {"v_spans",            sql_views_v_spans           },
    {"v_tool_calls",       sql_views_v_tool_calls      },
    {"v_branch_decisions", sql_views_v_branch_decisions},
    {"v_scores",           sql_views_v_scores          },
    {"v_embeddings",       sql_views_v_embeddings      },
    {"v_quarantine",       sql_views_v_quarantine      },
    {"v_sources",          sql_views_v_sources         },
};

#define CREATE_VIEW "CREATE VIEW "

/* ---- the file ----------------------------------------------------------------------------- */

static bool in_memory(const char *path)
{
    return strcmp(path, ":memory:") == 0;
}

/* What SQLite calls a database in a temporary file without a name. */
#define TEMPORARY ""

/* O_EXCL: opening a database that exists and closing it again would drop the locks that this
 * process has on it. SQLite gives the log and the shared memory file the mode of the database. */
static enum err create_file(const char *path, struct error *err)
{
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0 && errno != EEXIST)
        return error_set(err, ERR_IO, "%s: cannot be made: %s", path, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    return OK;
}

/* Anything but a regular file would block, or give words that do not help. */
static enum err check_file(const char *path, struct error *err)
{
    struct stat st;

    if (stat(path, &st) != 0) {
        if (errno == ENOENT)
            return error_set(err, ERR_NOT_FOUND, "%s: no such database (llmobs ingest makes one)",
                             path);
        return error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    }
    if (S_ISDIR(st.st_mode))
        return error_set(err, ERR_IO, "%s: is a directory, not a database", path);
    if (!S_ISREG(st.st_mode))
        return error_set(err, ERR_IO, "%s: is no regular file, so no database", path);
    return OK;
}

/* ---- the connection ----------------------------------------------------------------------- */

static void close_connection(struct store *s)
{
    for (size_t i = 0; i < s->n_statements; i++)
        sqlite3_finalize(s->statements[i].stmt);
    s->n_statements = 0;
    store_column_done(s);
    sqlite3_close_v2(s->db);
    s->db = NULL;
}

/* name: the store's path, or what SQLite takes for one with a meaning of its own. */
static enum err open_connection(struct store *s, const char *name, const char *parameters,
                                struct error *err)
{
    int code = connection_open(name, parameters, &s->db);

    if (code == SQLITE_OK)
        return OK;
    return s->db ? store_db_error(s, err, NULL)
                 : error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

static enum err connect_to(struct store *s, const char *parameters, struct error *err)
{
    return open_connection(s, s->path, in_memory(s->path) ? NULL : parameters, err);
}

/* ---- migrating ---------------------------------------------------------------------------- */

/* Ends a transaction: commits after success, else rolls back and passes the failure on. */
static enum err end_transaction(struct store *s, enum err rc, struct error *err)
{
    if (!rc)
        rc = store_exec(s, "COMMIT", err);
    if (rc)
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

/* What a database says of itself. */
struct stamp {
    int64_t application_id, schema;
    int64_t changes; /* of its tables; 0: it is empty */
};

static enum err read_stamp(struct store *s, struct stamp *out, struct error *err)
{
    enum err rc = store_pragma(s, "PRAGMA application_id", &out->application_id, err);

    if (!rc)
        rc = store_pragma(s, "PRAGMA user_version", &out->schema, err);
    return rc ? rc : store_pragma(s, "PRAGMA schema_version", &out->changes, err);
}

/* In one transaction: another process may be making the database just now. */
static enum err read_stamp_at_once(struct store *s, struct stamp *out, struct error *err)
{
    enum err rc = store_exec(s, "BEGIN", err);

    if (rc)
        return rc;
    rc = read_stamp(s, out, err);
    return end_transaction(s, rc, err);
}

/* The schema that is there, 0 for an empty database; an error for one that is none of ours. */
static enum err schema_of(struct store *s, int64_t *schema, struct error *err)
{
    struct stamp stamp = {0};
    enum err rc = sqlite3_get_autocommit(s->db) ? read_stamp_at_once(s, &stamp, err)
                                                : read_stamp(s, &stamp, err);

    if (rc)
        return rc;
    *schema = stamp.schema;
    if (stamp.application_id != APPLICATION_ID &&
        (stamp.application_id != 0 || stamp.schema != 0 || stamp.changes != 0))
        return error_set(err, ERR_DB, "%s: is a database of another program, not of llmobs",
                         s->path);
    if (stamp.schema > SCHEMA)
        return error_set(err, ERR_DB,
                         "%s: made by a newer llmobs (schema %lld, this program knows %lld)",
                         s->path, (long long)stamp.schema, (long long)SCHEMA);
    if (stamp.schema < 0 || (stamp.schema == 0 && stamp.changes != 0))
        return error_set(err, ERR_DB, "%s: damaged: schema %lld", s->path, (long long)stamp.schema);
    return OK;
}

static enum err apply_migrations(struct store *s, int64_t from, struct error *err)
{
    for (int64_t i = from; i < SCHEMA; i++) {
        enum err rc = store_exec(s, (const char *)migrations[i], err);

        if (rc)
            return rc;
    }
    return OK;
}

/* Looks again inside the transaction: another process may have made the database meanwhile. */
static enum err migrate(struct store *s, struct error *err)
{
    struct buf version = {0};
    int64_t schema;
    enum err rc = schema_of(s, &schema, err);

    if (rc || schema == SCHEMA)
        return rc;
    buf_printf(&version, "PRAGMA application_id = %d; PRAGMA user_version = %lld", APPLICATION_ID,
               (long long)SCHEMA);
    rc = version.failed ? error_set(err, ERR_NOMEM, "%s: out of memory", s->path)
                        : store_exec(s, "PRAGMA page_size = 16384; BEGIN IMMEDIATE", err);
    if (!rc) {
        rc = schema_of(s, &schema, err);
        if (!rc && schema < SCHEMA)
            rc = apply_migrations(s, schema, err);
        if (!rc)
            rc = store_exec(s, version.p, err);
        rc = end_transaction(s, rc, err);
    }
    buf_release(&version);
    return rc;
}

/* ---- views -------------------------------------------------------------------------------- */

const char *store_view_name(size_t i)
{
    return i < ARRAY_LEN(views) ? views[i].name : NULL;
}

struct sv store_view_sql(size_t i)
{
    return sv_from((const char *)views[i].sql);
}

/* The view's statement without the comment above it and the semicolon behind: what SQLite keeps. */
static struct sv view_statement(const unsigned char *sql)
{
    struct sv text = sv_from((const char *)sql);
    ptrdiff_t at = sv_find(text, SV("\n" CREATE_VIEW));

    text.p += at + 1;
    text.n -= (size_t)(at + 1);
    text = sv_trim(text);
    text.n -= sv_ends(text, ";");
    return text;
}

static enum err view_differs(struct store *s, size_t i, bool *differs, struct error *err)
{
    struct sv have = SV_NONE;
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_view_text, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, views[i].name, -1, SQLITE_STATIC);
    rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    if (row)
        have = sv_from((const char *)sqlite3_column_text(stmt, 0));
    *differs = !sv_eq(have, view_statement(views[i].sql));
    sqlite3_reset(stmt);
    return OK;
}

static enum err replace_views(struct store *s, struct error *err)
{
    enum err rc = store_exec(s, "BEGIN IMMEDIATE", err);
    struct buf sql = {0};

    if (rc)
        return rc;
    for (size_t i = 0; i < ARRAY_LEN(views); i++)
        buf_printf(&sql, "DROP VIEW IF EXISTS %s;\n%s\n", views[i].name,
                   (const char *)views[i].sql);
    rc = sql.failed ? error_set(err, ERR_NOMEM, "%s: out of memory", s->path)
                    : store_exec(s, sql.p, err);
    buf_release(&sql);
    return end_transaction(s, rc, err);
}

static enum err views_differ(struct store *s, bool *differ, struct error *err)
{
    enum err rc = OK;

    *differ = false;
    for (size_t i = 0; i < ARRAY_LEN(views) && !rc && !*differ; i++)
        rc = view_differs(s, i, differ, err);
    return rc;
}

static enum err refresh_views(struct store *s, struct error *err)
{
    bool differ;
    enum err rc = views_differ(s, &differ, err);

    return rc || !differ ? rc : replace_views(s, err);
}

/* A reader may have a database that an older program wrote: it brings its own views, which hide
 * those in the file and go when the connection does. */
static enum err make_temp_views(struct store *s, struct error *err)
{
    struct buf sql = {0};
    bool differ;
    enum err rc = views_differ(s, &differ, err);

    if (rc || !differ)
        return rc;
    for (size_t i = 0; i < ARRAY_LEN(views); i++) {
        struct sv text = view_statement(views[i].sql);

        buf_str(&sql, "CREATE TEMP VIEW ");
        buf_add(&sql, text.p + sizeof(CREATE_VIEW) - 1, text.n - (sizeof(CREATE_VIEW) - 1));
        buf_str(&sql, ";\n");
    }
    rc = sql.failed ? error_set(err, ERR_NOMEM, "%s: out of memory", s->path)
                    : store_exec(s, sql.p, err);
    buf_release(&sql);
    return rc;
}

/* ---- opening ------------------------------------------------------------------------------ */

/* SQLite refuses to change the journal while another process is at it, without waiting first. */
static enum err use_wal(struct store *s, struct error *err)
{
    static const char sql[] = "PRAGMA journal_mode = WAL";
    int code = SQLITE_BUSY;
    enum err rc;

    sqlite3_busy_timeout(s->db, 0);
    for (int ms = 0; ms < BUSY_TIMEOUT_MS && code == SQLITE_BUSY; ms += BUSY_STEP_MS) {
        code = sqlite3_exec(s->db, sql, NULL, NULL, NULL) & 0xff;
        if (code == SQLITE_BUSY)
            sqlite3_sleep(BUSY_STEP_MS);
    }
    rc = code == SQLITE_OK ? OK : store_db_error(s, err, NULL);
    sqlite3_busy_timeout(s->db, BUSY_TIMEOUT_MS);
    return rc;
}

/* Commits survive a killed process; after a power cut the last ones may be gone, but whole and with
 * the offsets of their sources. The kind of the database is known before anything is changed. */
/* One writer at a time: what it knows of the database (which calls there are, the next row, how far
 * inputs are read) stays true from its first to its last transaction, while between these others
 * could write. The lock is on the file but of another kind than SQLite's, so readers do not
 * meet it; it goes when the process does, however that ends. */
static enum err take_turn(struct store *s, struct error *err)
{
    s->turn_fd = open(s->path, O_RDONLY | O_CLOEXEC);
    if (s->turn_fd < 0)
        return error_set(err, ERR_IO, "%s: %s", s->path, strerror(errno));
    for (int waited_ms = 0; flock(s->turn_fd, LOCK_EX | LOCK_NB) != 0; waited_ms += BUSY_STEP_MS) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return OK; /* a file system without locks: SQLite's own must do */
        if (waited_ms >= BUSY_TIMEOUT_MS)
            return store_locked(s, err);
        sqlite3_sleep(BUSY_STEP_MS);
    }
    return OK;
}

static enum err open_writing(struct store *s, struct error *err)
{
    enum err rc = in_memory(s->path) ? OK : create_file(s->path, err);

    if (!rc && !in_memory(s->path))
        rc = check_file(s->path, err);
    if (!rc && !in_memory(s->path))
        rc = take_turn(s, err);
    if (!rc)
        rc = connect_to(s, "?mode=rw", err);
    if (!rc)
        rc = migrate(s, err);
    if (!rc)
        rc = use_wal(s, err);
    if (!rc) /* behind migrate(): SQLite counts the cache in pages of the size it has at that time
              */
        rc = store_exec(s,
                        "PRAGMA cache_size = -" WRITER_CACHE_KIB "; PRAGMA mmap_size = 0; "
                        "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = FAST",
                        err);
    if (!rc)
        rc = refresh_views(s, err);
    if (!rc)
        rc = store_check_layout(s, err);
    return rc;
}

/* SQLite needs a shared memory file beside a database with a write-ahead log. Where it cannot make
 * one, no writer can either, so without a log the file is all there is, and it stays as it is. */
static enum err connect_immutable(struct store *s, struct error *err)
{
    if (connection_log_bytes(s->path))
        return error_set(err, ERR_IO,
                         "%s: cannot be read here: %s-wal holds changes that only a process "
                         "that may write in this directory can bring in",
                         s->path, s->path);
    close_connection(s);
    return connect_to(s, "?mode=ro&immutable=1", err);
}

static enum err begin_reading(struct store *s, int64_t *schema, struct error *err)
{
    enum err rc = store_exec(s, "PRAGMA cache_size = -2048; PRAGMA mmap_size = 0", err);

    return rc ? rc : schema_of(s, schema, err);
}

static enum err open_reading(struct store *s, struct error *err)
{
    int64_t schema = 0;
    enum err rc = check_file(s->path, err);

    if (!rc)
        rc = connect_to(s, "?mode=ro", err);
    if (!rc)
        rc = begin_reading(s, &schema, err);
    if (rc == ERR_IO && s->db) {
        rc = connect_immutable(s, err);
        if (!rc)
            rc = begin_reading(s, &schema, err);
    }
    if (!rc && schema == 0)
        return error_set(err, ERR_DB, "%s: is empty (llmobs ingest fills it)", s->path);
    if (!rc && schema < SCHEMA)
        return error_set(err, ERR_DB,
                         "%s: made by an older llmobs (schema %lld, llmobs ingest makes it %lld)",
                         s->path, (long long)schema, (long long)SCHEMA);
    return rc ? rc : make_temp_views(s, err);
}

/* ---- copying ------------------------------------------------------------------------------ */

/* From here on it is of one moment. */
static enum err begin_copying(struct store *s, struct error *err)
{
    return store_exec(s, "BEGIN; SELECT count(*) FROM sqlite_schema", err);
}

/* With mode=ro SQLite would leave an empty log behind. */
static enum err connect_original(struct store *s, struct error *err)
{
    enum err rc = check_file(s->path, err);

    if (!rc)
        rc = connect_to(s, "?mode=rw", err);
    if (!rc)
        rc = begin_copying(s, err);
    if (rc == ERR_IO && s->db) {
        rc = connect_immutable(s, err);
        if (!rc)
            rc = begin_copying(s, err);
    }
    return rc;
}

/* A log with changes stays for its writer, or for the next one, to bring in. */
static void disconnect_original(struct store *s)
{
    if (s->db && connection_log_bytes(s->path))
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    close_connection(s);
}

static enum err copy_pages(struct store *to, struct store *from, struct error *err)
{
    sqlite3_backup *copy = sqlite3_backup_init(to->db, "main", from->db, "main");

    int code = copy ? sqlite3_backup_step(copy, -1) : SQLITE_ERROR;

    if (sqlite3_backup_finish(copy) != SQLITE_OK || code != SQLITE_DONE)
        return store_db_error(to, err, "copying");
    return OK;
}

static enum err copy_original(struct store *to, struct error *err)
{
    struct store from = {.path = to->path, .mode = STORE_READ, .turn_fd = -1};
    int64_t schema = 0;
    enum err rc = connect_original(&from, err);

    if (!rc)
        rc = schema_of(&from, &schema, err);
    if (!rc)
        rc = copy_pages(to, &from, err);
    disconnect_original(&from);
    free(from.statements);
    return rc;
}

static enum err open_copy(struct store *s, struct error *err)
{
    bool empty = in_memory(s->path) || (access(s->path, F_OK) != 0 && errno == ENOENT);
    enum err rc = open_connection(s, TEMPORARY, NULL, err);

    if (!rc) /* the page size first: the room for pages is set aside by it */
        rc = store_exec(s, "PRAGMA page_size = 16384; PRAGMA cache_size = -8192", err);
    if (!rc && !empty)
        rc = copy_original(s, err);
    if (!rc)
        rc = migrate(s, err);
    if (!rc)
        rc = refresh_views(s, err);
    if (!rc)
        rc = store_check_layout(s, err);
    return rc;
}

/* ---- making and closing ------------------------------------------------------------------- */

/* A store that open() has connected. */
static enum err make_store(const char *path, enum store_mode mode,
                           enum err (*open)(struct store *s, struct error *err), struct store **out,
                           struct error *err)
{
    struct store *s = calloc(1, sizeof(*s));
    enum err rc;

    if (!s)
        return error_set(err, ERR_NOMEM, "%s: out of memory", path);
    s->mode = mode;
    s->turn_fd = -1;
    s->path = strdup(path);
    s->lock_made = pthread_mutex_init(&s->lock, NULL) == 0;
    if (!s->path || !s->lock_made)
        rc = error_set(err, ERR_NOMEM, "%s: out of memory", path);
    else
        rc = open(s, err);
    if (!rc) {
        *out = s;
        s = NULL;
    }
    store_close(s);
    return rc;
}

enum err store_open(const char *path, enum store_mode mode, struct store **out, struct error *err)
{
    if (mode == STORE_READ && in_memory(path))
        return error_set(err, ERR_USAGE, ":memory: is a new database, there is nothing to read");
    return make_store(path, mode, mode == STORE_WRITE ? open_writing : open_reading, out, err);
}

enum err store_open_copy(const char *path, struct store **out, struct error *err)
{
    return make_store(path, STORE_WRITE, open_copy, out, err);
}

/* Readers may keep the log from being truncated: then the next one to close does it. */
static void checkpoint(struct store *s)
{
    if (!sqlite3_get_autocommit(s->db))
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_busy_timeout(s->db, 0);
    sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

void store_close(struct store *s)
{
    if (!s)
        return;
    if (s->db && s->mode == STORE_WRITE)
        checkpoint(s);
    close_connection(s);
    if (s->turn_fd >= 0) /* behind SQLite: closing the file drops all locks of the process on it */
        close(s->turn_fd);
    store_dictionaries_forget(s);
    free(s->statements);
    free(s->encoded);
    if (s->lock_made)
        pthread_mutex_destroy(&s->lock);
    free(s->path);
    free(s);
}

const char *store_path(const struct store *s)
{
    return s->path;
}
