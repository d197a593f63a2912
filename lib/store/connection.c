/* connection: what opening any SQLite file has in common, ours or another program's. */
#include "store/connection.h"
#include <stdlib.h>
#include <sys/stat.h>
#include "base/buf.h"
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
