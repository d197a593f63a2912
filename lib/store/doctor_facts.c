/* doctor_facts: see the header. */
#include "store/doctor_facts.h"

#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

static struct maybe_i64 number_at(sqlite3_stmt *stmt, int column)
{
    return (struct maybe_i64){sqlite3_column_int64(stmt, column),
                              sqlite3_column_type(stmt, column) != SQLITE_NULL};
}

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

enum err store_doctor_facts(struct store *s, struct doctor_facts *out, struct error *err)
{
    int64_t *const columns[] = {
        &out->spans,          &out->orphans,           &out->backwards,
        &out->traces,         &out->rootless,          &out->scores.rows,
        &out->scores.waiting, &out->tool_calls.rows,   &out->tool_calls.waiting,
        &out->decisions.rows, &out->decisions.waiting, &out->merged_calls,
        &out->records,        &out->sources,           &out->unread,
    };
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_doctor_facts, &stmt, err);

    if (!rc)
        rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        *columns[i] = sqlite3_column_int64(stmt, (int)i);
    sqlite3_reset(stmt);
    return OK;
}

enum err store_quarantine_reasons(struct store *s,
                                  enum err (*visit)(void *ctx, struct sv reason, struct sv field,
                                                    int64_t lines),
                                  void *ctx, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_doctor_reasons, &stmt, err);

    if (rc)
        return rc;
    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (!rc && row)
            rc = visit(ctx, column_sv(stmt, 0), column_sv(stmt, 1), sqlite3_column_int64(stmt, 2));
    }
    sqlite3_reset(stmt);
    return rc;
}

/* ---- merged calls ------------------------------------------------------------------------- */

/* A merged call on its way: its id in the database, and how many records it has. */
struct found_call {
    int64_t call_id, records;
};

static enum err read_records(struct store *s, sqlite3_stmt *stmt, const struct found_call *found,
                             struct arena *a, struct merged_call *call, struct error *err)
{
    bool row = true;
    enum err rc = OK;

    call->records = arena_zalloc(a, (size_t)found->records, sizeof(*call->records));
    if (!call->records)
        return no_memory(s, err);
    sqlite3_bind_int64(stmt, 1, found->call_id);
    while (!rc && row) {
        struct merged_record *r = &call->records[call->n_records];

        rc = store_step(s, stmt, &row, err);
        if (rc || !row || (int64_t)call->n_records == found->records)
            break;
        r->path = column_sv(stmt, 0);
        if (r->path.p) {
            r->path = arena_copy(a, r->path);
            rc = r->path.p ? OK : no_memory(s, err);
        }
        r->line = sqlite3_column_int64(stmt, 1);
        r->won = sqlite3_column_int(stmt, 2) != 0;
        r->input_tokens = number_at(stmt, 3);
        r->output_tokens = number_at(stmt, 4);
        call->n_records++;
    }
    sqlite3_reset(stmt);
    return rc;
}

/* The next free element of an array that doubles inside the arena. */
static void *grow(struct arena *a, void *all, size_t n, size_t size)
{
    void *bigger;

    if (n & (n - 1))
        return all;
    bigger = arena_zalloc(a, n ? 2 * n : 1, size);
    if (bigger && n)
        memcpy(bigger, all, n * size);
    return bigger;
}

static enum err find_merged(struct store *s, int64_t limit, struct arena *a,
                            struct found_call **found, struct merged_call **calls, size_t *n,
                            struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_doctor_merged, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, limit);
    while (!rc && row) {
        struct sv identity;

        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        identity = column_sv(stmt, 2);
        *found = grow(a, *found, *n, sizeof(**found));
        *calls = grow(a, *calls, *n, sizeof(**calls));
        identity = arena_copy(a, identity.p ? identity : SV(""));
        if (!*found || !*calls || !identity.p) {
            rc = no_memory(s, err);
            break;
        }
        (*found)[*n] =
            (struct found_call){sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1)};
        (*calls)[*n] = (struct merged_call){.identity = identity};
        ++*n;
    }
    sqlite3_reset(stmt);
    return rc;
}

enum err store_merged_calls(struct store *s, int64_t limit, struct arena *a,
                            struct merged_call **out, size_t *n, struct error *err)
{
    struct found_call *found = NULL;
    struct merged_call *calls = NULL;
    sqlite3_stmt *stmt = NULL;
    size_t count = 0;
    enum err rc = find_merged(s, limit, a, &found, &calls, &count, err);

    if (!rc)
        rc = store_statement(s, sql_queries_doctor_records, &stmt, err);
    for (size_t i = 0; i < count && !rc; i++)
        rc = read_records(s, stmt, &found[i], a, &calls[i], err);
    if (rc)
        return rc;
    *out = calls;
    *n = count;
    return OK;
}
