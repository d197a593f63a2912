/* connection: what opening any SQLite file has in common, ours or another program's. */
#include "store/connection.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/buf.h"
#include "base/error.h"
#include "base/banned.h"

/* A URI, so that a path that looks like one means what it says, and for its parameters. */
static void build_uri(struct buf *out, const char *path, const char *parameters)
{
    static const char hex[] = "0123456789ABCDEF";

    buf_str(out, path[0] == '/' ? "file://" : "file:");
    for (const char *p = path; *p; p++) {
        unsigned char c = (unsigned char)*p;

        if (c > ' ' && c < 0x7f && c != '%' && c != '?' && c != '#') {
            buf_char(out, *p);
            continue;
        }
        buf_char(out, '%');
        buf_char(out, hex[c >> 4]);
        buf_char(out, hex[c & 15]);
    }
    buf_str(out, parameters);
}

/* The database may come from somebody else. */
static void harden(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
}

int connection_open(const char *path, const char *parameters, sqlite3 **db)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_READWRITE;
    int code = SQLITE_NOMEM;
    struct buf uri = {0};

    *db = NULL;
    if (parameters) {
        build_uri(&uri, path, parameters);
    } else {
        flags |= *path ? SQLITE_OPEN_MEMORY | SQLITE_OPEN_CREATE : SQLITE_OPEN_CREATE;
        buf_str(&uri, path);
    }
    if (!uri.failed)
        code = sqlite3_open_v2(uri.p, db, flags, NULL);
    buf_release(&uri);
    if (code != SQLITE_OK)
        return code;
    sqlite3_extended_result_codes(*db, 1);
    sqlite3_busy_timeout(*db, BUSY_TIMEOUT_MS);
    harden(*db);
    return SQLITE_OK;
}

/* Reading tables needs no more than this. */
static int authorize(void *ctx, int action, const char *first, const char *second,
                     const char *database, const char *inside)
{
    (void)ctx, (void)second, (void)database, (void)inside;
    bool allowed = action == SQLITE_SELECT || action == SQLITE_READ ||
                   (action == SQLITE_PRAGMA && strcmp(first, "table_info") == 0);

    return allowed ? SQLITE_OK : SQLITE_DENY;
}

/* Functions that load code or reach files, in whatever SQLite this is; nobody may call them. */
static const char *const outside[] = {"load_extension", "readfile", "writefile", "edit",
                                      "fts3_tokenizer", "zipfile", "lsdir", "fsdir"};

static int authorize_functions(void *ctx, int action, const char *first, const char *second,
                               const char *database, const char *inside)
{
    (void)ctx, (void)first, (void)database, (void)inside;
    if (action == SQLITE_RECURSIVE)
        return SQLITE_OK;
    if (action != SQLITE_FUNCTION)
        return authorize(ctx, action, first, second, database, inside);
    for (size_t i = 0; i < ARRAY_LEN(outside); i++)
        if (sqlite3_stricmp(second, outside[i]) == 0)
            return SQLITE_DENY;
    return SQLITE_OK;
}

void connection_restrict(sqlite3 *db, bool functions)
{
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_set_authorizer(db, functions ? authorize_functions : authorize, NULL);
}

void connection_release(sqlite3 *db)
{
    sqlite3_set_authorizer(db, NULL, NULL);
}

/* SQLite puts it beside the file itself, not beside a symbolic link to it. */
int64_t connection_log_bytes(const char *path)
{
    char *real = realpath(path, NULL);
    struct buf wal = {0};
    struct stat st;
    int64_t size = 0;

    buf_printf(&wal, "%s-wal", real ? real : path);
    if (!wal.failed && stat(wal.p, &st) == 0)
        size = st.st_size;
    buf_release(&wal);
    free(real);
    return size;
}
