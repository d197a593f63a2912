/* removal: see the header. Rows are marked in temporary tables first; then whatever hangs on them is
 * deleted, and what is derived from tables that lost rows is made anew, in the same transaction. */
#include "store/removal.h"

#include <stdlib.h>
#include "sql.h"
#include "store/id_runs.h"
#include "store/store_internal.h"
#include "base/banned.h"

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

/* ---- marking ------------------------------------------------------------------------------ */

/* The values of parameters, by name. */
struct range {
    int64_t from_us, until_us;
    int64_t untimed_us; /* when what has no start counts as started; CALL_MISSING: never */
    int64_t user_id;
};

static void bind(sqlite3_stmt *stmt, const char *name, int64_t v)
{
    int i = sqlite3_bind_parameter_index(stmt, name);

    if (i && v != CALL_MISSING)
        sqlite3_bind_int64(stmt, i, v);
}

/* Runs a statement with the parameters that it has. *changed: rows, may be NULL. */
static enum err run(struct store *s, const unsigned char *sql, const struct range *values,
                    int64_t *changed, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql, &stmt, err);

    if (rc)
        return rc;
    bind(stmt, ":from_us", values->from_us);
    bind(stmt, ":until_us", values->until_us);
    bind(stmt, ":untimed_us", values->untimed_us);
    bind(stmt, ":user_id", values->user_id);
    rc = store_run(s, stmt, err);
    if (!rc && changed)
        *changed += sqlite3_changes64(s->db);
    return rc;
}

/* Nothing is marked yet. */
static enum err unmark(struct store *s, struct error *err)
{
    static const unsigned char *const all[] = {
        sql_queries_removal_unmark_calls, sql_queries_removal_unmark_spans,
        sql_queries_removal_unmark_traces, sql_queries_removal_unmark_sessions};
    const struct range none = {0};
    enum err rc = OK;

    for (size_t i = 0; i < ARRAY_LEN(all) && !rc; i++)
        rc = run(s, all[i], &none, NULL, err);
    return rc;
}

/* ---- deleting ----------------------------------------------------------------------------- */

/* What is deleted, in this order: rows that hang on others go before these. */
static const struct {
    const unsigned char *sql;
    enum removal_level from; /* this level and those above it delete it */
    size_t count;            /* offset in struct removed */
} deletions[] = {
    {sql_queries_remove_texts,            REMOVE_TEXTS, offsetof(struct removed, texts)           },
    {sql_queries_remove_redactions,       REMOVE_TEXTS, SIZE_MAX                                  },
    {sql_queries_remove_embeddings,       REMOVE_TEXTS, SIZE_MAX                                  },
    {sql_queries_remove_tool_calls,       REMOVE_RAW,   offsetof(struct removed, tool_calls)      },
    {sql_queries_remove_branch_decisions, REMOVE_RAW,   offsetof(struct removed, branch_decisions)},
    {sql_queries_remove_versions,         REMOVE_RAW,   offsetof(struct removed, versions)        },
    {sql_queries_keep_span_guardrails,    REMOVE_RAW,   SIZE_MAX                                  },
    {sql_queries_remove_span_guardrails,  REMOVE_RAW,   SIZE_MAX                                  },
    {sql_queries_remove_span_contexts,    REMOVE_RAW,   SIZE_MAX                                  },
    {sql_queries_remove_spans,            REMOVE_RAW,   offsetof(struct removed, spans)           },
    {sql_queries_remove_scores,           REMOVE_ROWS,  offsetof(struct removed, scores)          },
    {sql_queries_remove_score_cases,      REMOVE_ROWS,  SIZE_MAX                                  },
    {sql_queries_remove_score_agains,     REMOVE_ROWS,  SIZE_MAX                                  },
    {sql_queries_remove_score_weights,    REMOVE_ROWS,  SIZE_MAX                                  },
    {sql_queries_remove_findings,         REMOVE_ROWS,  SIZE_MAX                                  },
    {sql_queries_remove_request_calls,    REMOVE_ROWS,  SIZE_MAX                                  },
    {sql_queries_remove_guardrails,       REMOVE_ROWS,  SIZE_MAX                                  },
    {sql_queries_remove_sightings,        REMOVE_ROWS,  SIZE_MAX                                  },
    {sql_queries_remove_identities,       REMOVE_ROWS,  SIZE_MAX                                  },
    {sql_queries_remove_calls,            REMOVE_ROWS,  SIZE_MAX                                  },
    {sql_queries_remove_sessions,         REMOVE_ROWS,  offsetof(struct removed, sessions)        },
    {sql_queries_remove_traces,           REMOVE_RAW,   offsetof(struct removed, traces)          },
    {sql_queries_remove_meta,             REMOVE_RAW,   offsetof(struct removed, scalars)         },
};

static enum err delete_rows(struct store *s, enum removal_level level, const struct range *range,
                            struct removed *out, struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; i < ARRAY_LEN(deletions) && !rc; i++)
        if (level >= deletions[i].from)
            rc = run(s, deletions[i].sql, range,
                     deletions[i].count == SIZE_MAX
                         ? NULL
                         : (int64_t *)(void *)((char *)out + deletions[i].count),
                     err);
    return rc;
}

/* ---- what is derived ---------------------------------------------------------------------- */

struct numbers {
    int64_t *v;
    size_t n, cap;
};

/* The blocks of marked rows, by number. */
static enum err blocks_of(struct store *s, const unsigned char *sql, int64_t rows,
                          struct numbers *out, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql, &stmt, err);

    if (!rc)
        sqlite3_bind_int64(stmt, 1, rows);
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row) {
        if (out->n == out->cap) {
            size_t cap = out->cap ? 2 * out->cap : 64;
            int64_t *grown = realloc(out->v, cap * sizeof(*grown));

            if (!grown) {
                sqlite3_reset(stmt);
                return no_memory(s, err);
            }
            out->v = grown;
            out->cap = cap;
        }
        out->v[out->n++] = sqlite3_column_int64(stmt, 0);
    }
    return rc;
}

static enum err forget_runs(struct store *s, enum id_run_kind kind, const unsigned char *sql,
                            struct error *err)
{
    struct numbers runs = {0};
    enum err rc = blocks_of(s, sql, RUN_SMALL_ROWS, &runs, err);

    for (size_t i = 0; i < runs.n && !rc; i++)
        rc = id_runs_forget(s, kind, runs.v[i] * RUN_SMALL_ROWS + 1, err);
    free(runs.v);
    return rc;
}

static enum err already_begun(void *ctx, struct error *err)
{
    (void)ctx, (void)err;
    return OK;
}

static enum err rebuild(struct store *s, enum removal_level level, struct error *err)
{
    struct numbers chunks = {0};
    enum err rc = forget_runs(s, RUN_SPANS, sql_queries_removed_span_blocks, err);

    if (!rc && level >= REMOVE_ROWS)
        rc = forget_runs(s, RUN_CALLS, sql_queries_removed_call_blocks, err);
    if (!rc && level >= REMOVE_ROWS)
        rc = forget_runs(s, RUN_KEYS, sql_queries_removed_call_blocks, err);
    if (!rc)
        rc = id_runs_build(s, already_begun, NULL, err);
    if (!rc && level >= REMOVE_ROWS)
        rc = blocks_of(s, sql_queries_removed_call_blocks, CHUNK_ROWS, &chunks, err);
    for (size_t i = 0; i < chunks.n && !rc; i++)
        rc = store_rebuild_chunk(s, chunks.v[i], err);
    free(chunks.v);
    return rc;
}

/* ---- values that nothing has any more ----------------------------------------------------- */

/* For each dimension a byte for each of its values: whether some call has it. */
struct values {
    unsigned char *used[F_DIM_COUNT];
    int64_t n[F_DIM_COUNT];
};

static void use(struct values *v, int dim, int64_t id)
{
    if (id != CALL_MISSING && id > 0 && id <= v->n[dim])
        v->used[dim][id - 1] = 1;
}

static enum err count_values(struct store *s, struct values *v, struct error *err)
{
    store_dictionaries_forget(s);
    for (int dim = 0; dim < F_DIM_COUNT; dim++) {
        v->n[dim] = store_dimension_count(s, (enum call_field)dim, err);
        if (v->n[dim] < 0)
            return err->code;
        v->used[dim] = calloc((size_t)v->n[dim] + 1, 1);
        if (!v->used[dim])
            return no_memory(s, err);
    }
    return OK;
}

static enum err use_chunk(struct store *s, const struct chunk_info *chunk, int64_t *column,
                          struct values *v, struct error *err)
{
    enum err rc = OK;

    for (int dim = 0; dim < F_DIM_COUNT && !rc; dim++) {
        int64_t *cols[C_COUNT] = {[0] = NULL};

        cols[dim] = column;
        rc = store_read_columns(s, chunk, UINT64_C(1) << dim, cols, err);
        for (int64_t i = 0; i < chunk->rows && !rc; i++)
            use(v, dim, column[i]);
    }
    return rc;
}

static enum err use_calls(struct store *s, struct values *v, struct error *err)
{
    int64_t *column = store_column_new();
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    enum err rc = column ? store_chunks(s, &chunks, &n, err) : no_memory(s, err);

    for (size_t i = 0; i < n && !rc; i++)
        rc = use_chunk(s, &chunks[i], column, v, err);
    store_read_done(s);
    free(chunks);
    free(column);
    return rc;
}

static enum err use_versions(struct store *s, struct values *v, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_removal_version_values, &stmt, err);

    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        for (int dim = 0; dim < F_DIM_COUNT; dim++)
            use(v, dim, sqlite3_column_int64(stmt, dim)); /* 0 for NULL */
    return rc;
}

static enum err use_contexts(struct store *s, struct values *v, struct error *err)
{
    static const enum call_field dims[] = {F_FEATURE, F_USER, F_TEAM, F_PROJECT, F_AGENT, F_TENANT};
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_removal_context_values, &stmt, err);

    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        for (size_t i = 0; i < ARRAY_LEN(dims); i++)
            use(v, (int)dims[i], sqlite3_column_int64(stmt, (int)i));
    return rc;
}

static enum err clear_value(struct store *s, int dim, int64_t id, int64_t *cleared,
                            struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_remove_value, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, call_fields[dim].name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, id);
    rc = store_run(s, stmt, err);
    *cleared += rc ? 0 : sqlite3_changes64(s->db);
    return rc;
}

/* Dictionaries are dense: a value's number stays, its text goes. */
static enum err clear_values(struct store *s, struct removed *out, struct error *err)
{
    struct values v = {{NULL}, {0}};
    enum err rc = count_values(s, &v, err);

    if (!rc)
        rc = use_calls(s, &v, err);
    if (!rc)
        rc = use_versions(s, &v, err);
    if (!rc)
        rc = use_contexts(s, &v, err);
    for (int dim = 0; dim < F_DIM_COUNT; dim++) {
        for (int64_t i = 0; i < v.n[dim] && !rc; i++)
            if (!v.used[dim][i])
                rc = clear_value(s, dim, i + 1, &out->values, err);
        free(v.used[dim]);
    }
    store_dictionaries_forget(s);
    return rc;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static enum err count_marked_calls(struct store *s, enum removal_level level, struct removed *out,
                                   struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_removed_counts, &stmt, err);

    if (!rc)
        rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    out->calls += level >= REMOVE_ROWS ? sqlite3_column_int64(stmt, 0) : 0;
    out->untimed_kept = sqlite3_column_int64(stmt, 1);
    sqlite3_reset(stmt);
    return OK;
}

static enum err remove_marked(struct store *s, enum removal_level level, const struct range *range,
                              struct removed *out, struct error *err)
{
    enum err rc = count_marked_calls(s, level, out, err);

    if (!rc)
        rc = delete_rows(s, level, range, out, err);
    if (!rc && level >= REMOVE_RAW)
        rc = rebuild(s, level, err);
    return rc || level < REMOVE_RAW ? rc : clear_values(s, out, err);
}

enum err removal_begin(struct store *s, struct error *err)
{
    enum err rc = store_exec(s, "BEGIN IMMEDIATE", err);

    return rc ? rc : store_exec(s, (const char *)sql_queries_removal_begin, err);
}

enum err removal_between(struct store *s, enum removal_level level, int64_t from_us,
                         int64_t until_us, bool untimed, struct removed *out, struct error *err)
{
    const struct range range = {from_us == INT64_MIN ? INT64_MIN + 1 : from_us, until_us,
                                untimed ? until_us - 1 : CALL_MISSING, CALL_MISSING};
    enum err rc = unmark(s, err);

    if (!rc)
        rc = run(s, sql_queries_removal_calls_between, &range, NULL, err);
    if (!rc)
        rc = run(s, sql_queries_removal_spans_between, &range, NULL, err);
    return rc ? rc : remove_marked(s, level, &range, out, err);
}

static enum err find_user(struct store *s, struct sv user, int64_t *id, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_removal_user, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, user.p, (int)user.n, SQLITE_STATIC);
    rc = store_step(s, stmt, &row, err);
    if (!rc && !row)
        rc = error_set(err, ERR_NOT_FOUND, "%s: no user \"%.*s\"", s->path, SV_FMT(user));
    if (!rc)
        *id = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc;
}

enum err removal_of_user(struct store *s, struct sv user, struct removed *out, struct error *err)
{
    static const unsigned char *const marks[] = {
        sql_queries_removal_user_calls,         sql_queries_removal_user_sessions,
        sql_queries_removal_user_traces,        sql_queries_removal_user_others,
        sql_queries_removal_user_sessions,      sql_queries_removal_user_traces,
        sql_queries_removal_user_keep_sessions, sql_queries_removal_user_keep_traces,
        sql_queries_removal_user_spans,
    };
    /* the empty time: nothing goes because of when it was */
    struct range never = {0, 0, CALL_MISSING, 0};
    enum err rc = find_user(s, user, &never.user_id, err);

    if (!rc)
        rc = unmark(s, err);
    for (size_t i = 0; i < ARRAY_LEN(marks) && !rc; i++)
        rc = run(s, marks[i], &never, NULL, err);
    return rc ? rc : remove_marked(s, REMOVE_ROWS, &never, out, err);
}

enum err removal_end(struct store *s, bool commit, struct error *err)
{
    enum err rc = OK;

    if (sqlite3_get_autocommit(s->db))
        return OK;
    if (commit) {
        rc = store_exec(s, (const char *)sql_queries_removal_end, err);
        if (!rc)
            rc = store_exec(s, "COMMIT", err);
    }
    if (rc || !commit)
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    store_dictionaries_forget(s);
    return rc;
}
