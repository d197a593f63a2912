/* residue: whether a word is still anywhere in the database, after all of it was to be deleted. */
#include "store/residue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "sql.h"
#include "store/packed_id.h"
#include "store/store_internal.h"
#include "base/banned.h"

static bool is_word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool mentions(struct sv text, struct sv word)
{
    size_t at = 0;

    while (word.n && at + word.n <= text.n) {
        ptrdiff_t found = sv_find((struct sv){text.p + at, text.n - at}, word);
        size_t first, end;

        if (found < 0)
            return false;
        first = at + (size_t)found;
        end = first + word.n;
        if ((first == 0 || !is_word_byte(text.p[first - 1]) || !is_word_byte(word.p[0])) &&
            (end == text.n || !is_word_byte(text.p[end]) || !is_word_byte(word.p[word.n - 1])))
            return true;
        at = first + 1;
    }
    return false;
}

static struct sv value(sqlite3_value *v)
{
    const void *p = sqlite3_value_blob(v);

    return (struct sv){p ? p : "", (size_t)sqlite3_value_bytes(v)};
}

/* mentions(word, value): ids, which are blobs, are unpacked first. */
static void mentions_function(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    struct sv word, text;
    char *room = NULL;

    (void)n;
    if (sqlite3_value_type(args[1]) == SQLITE_NULL) {
        sqlite3_result_int(ctx, 0);
        return;
    }
    word = value(args[0]);
    text = value(args[1]);
    if (sqlite3_value_type(args[1]) == SQLITE_BLOB) {
        room = malloc(PACKED_ID_TEXT_ROOM(text.n));
        if (!room) {
            sqlite3_result_error_nomem(ctx);
            return;
        }
        text = packed_id_unpack(text.p, text.n, room);
    }
    sqlite3_result_int(ctx, text.p && mentions(text, word));
    free(room);
}

/* Names of tables that the query gives, as static texts. */
static const char *const tables[] = {
    "dictionary",      "session", "trace",  "meta",       "call_identity", "span",    "tool_call",
    "branch_decision", "score",   "source", "annotation", "quarantine",    "call_text",
    "embedding",
};

static const char *table_named(struct sv name)
{
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        if (sv_is(name, tables[i]))
            return tables[i];
    return "another table";
}

enum err store_residue(struct store *s, struct sv word, struct residue out[RESIDUE_MOST], size_t *n,
                       struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc;

    *n = 0;
    if (sqlite3_create_function(s->db, "mentions", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                mentions_function, NULL, NULL) != SQLITE_OK)
        return store_db_error(s, err, NULL);
    rc = store_statement(s, sql_queries_residue, &stmt, err);
    if (!rc)
        sqlite3_bind_text(stmt, 1, word.p, (int)word.n, SQLITE_STATIC);
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        if (sqlite3_column_int64(stmt, 1) && *n < RESIDUE_MOST)
            out[(*n)++] =
                (struct residue){table_named(sv_from((const char *)sqlite3_column_text(stmt, 0))),
                                 sqlite3_column_int64(stmt, 1)};
    return rc;
}

/* ---- the file ----------------------------------------------------------------------------- */

#define BLOCK_BYTES (1 << 20)

static void count_in(struct sv text, struct sv word, int64_t *found)
{
    for (size_t at = 0; word.n && at + word.n <= text.n;) {
        ptrdiff_t here = sv_find((struct sv){text.p + at, text.n - at}, word);

        if (here < 0)
            return;
        ++*found;
        at += (size_t)here + 1;
    }
}

/* Blocks overlap by a byte less than the word has. */
static enum err count_in_file(const char *path, bool must_exist, struct sv word, int64_t *found,
                              int64_t *bytes, struct error *err)
{
    FILE *f = fopen(path, "rbe");
    char *block = malloc(BLOCK_BYTES + word.n);
    size_t kept = 0, n;
    enum err rc = OK;

    if (!block)
        rc = error_set(err, ERR_NOMEM, "%s: out of memory", path);
    else if (!f && (must_exist || errno != ENOENT))
        rc = error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    while (!rc && f && (n = fread(block + kept, 1, BLOCK_BYTES, f)) > 0) {
        struct sv text = {block, kept + n};

        count_in(text, word, found);
        *bytes += (int64_t)n;
        kept = text.n < word.n - 1 ? text.n : word.n - 1;
        memmove(block, block + text.n - kept, kept);
    }
    if (!rc && f && ferror(f))
        rc = error_set(err, ERR_IO, "%s: cannot be read", path);
    if (f)
        fclose(f);
    free(block);
    return rc;
}

enum err store_count_bytes(const char *path, struct sv word, int64_t *found, int64_t *bytes,
                           struct error *err)
{
    struct buf log = {0};
    enum err rc;

    *found = *bytes = 0;
    if (!word.n)
        return error_set(err, ERR_USAGE, "nothing to look for");
    buf_printf(&log, "%s-wal", path);
    rc = log.failed ? error_set(err, ERR_NOMEM, "%s: out of memory", path)
                    : count_in_file(path, true, word, found, bytes, err);
    if (!rc)
        rc = count_in_file(log.p, false, word, found, bytes, err);
    buf_release(&log);
    return rc;
}
