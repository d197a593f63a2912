/* baselines: see the header. */
#include "store/baselines.h"

#include "base/buf.h"
#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for a baseline");
}

/* ---- writing ------------------------------------------------------------------------------ */

static void bind_text(sqlite3_stmt *stmt, int i, struct sv text)
{
    if (text.p)
        sqlite3_bind_text(stmt, i, text.p, (int)text.n, SQLITE_STATIC);
    else
        sqlite3_bind_null(stmt, i);
}

static void bind_real(sqlite3_stmt *stmt, int i, struct maybe_f64 v)
{
    if (v.known)
        sqlite3_bind_double(stmt, i, v.v);
    else
        sqlite3_bind_null(stmt, i);
}

static enum err run_bound(struct store *s, sqlite3_stmt *stmt, struct error *err)
{
    enum err rc = store_run(s, stmt, err);

    sqlite3_clear_bindings(stmt);
    return rc;
}

static enum err put_baseline(struct store *s, const unsigned char *sql, struct baseline *b,
                             struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql, &stmt, err);

    if (rc)
        return rc;
    bind_text(stmt, 1, b->name);
    sqlite3_bind_int64(stmt, 2, b->blessed_us);
    bind_text(stmt, 3, b->commit);
    bind_text(stmt, 4, b->source);
    bind_text(stmt, 5, b->run);
    sqlite3_bind_int64(stmt, 6, b->cases);
    sqlite3_bind_int64(stmt, 7, b->calls);
    sqlite3_bind_int64(stmt, 8, b->cost_nusd);
    sqlite3_bind_int64(stmt, 9, b->cost_calls);
    sqlite3_bind_int64(stmt, 10, b->tokens);
    sqlite3_bind_int64(stmt, 11, b->token_calls);
    bind_real(stmt, 12, b->latency_p95_us);
    rc = run_bound(s, stmt, err);
    b->id = sqlite3_last_insert_rowid(s->db);
    return rc;
}

static enum err put_metric(struct store *s, const struct baseline *b, size_t number,
                           const struct baseline_metric *m, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_baseline_metric_put, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, b->id);
    sqlite3_bind_int64(stmt, 2, (int64_t)number);
    bind_text(stmt, 3, m->name);
    sqlite3_bind_int64(stmt, 4, m->cases);
    bind_real(stmt, 5, m->mean);
    return run_bound(s, stmt, err);
}

static enum err put_metrics(struct store *s, const struct baseline *b,
                            const struct baseline_metric *metrics, size_t n_metrics,
                            struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; i < n_metrics && !rc; i++)
        rc = put_metric(s, b, i, &metrics[i], err);
    return rc;
}

enum err store_baseline_adopt(struct store *s, struct baseline *b,
                              const struct baseline_metric *metrics, size_t n_metrics, bool *added,
                              struct error *err)
{
    enum err rc = put_baseline(s, sql_queries_baseline_adopt, b, err);

    *added = !rc && sqlite3_changes(s->db) > 0;
    return *added ? put_metrics(s, b, metrics, n_metrics, err) : rc;
}

enum err store_baseline_begin(struct store *s, struct baseline *b,
                              const struct baseline_metric *metrics, size_t n_metrics,
                              struct error *err)
{
    enum err rc = store_exec(s, "BEGIN IMMEDIATE", err);

    if (rc)
        return rc;
    rc = put_baseline(s, sql_queries_baseline_put, b, err);
    if (!rc)
        rc = put_metrics(s, b, metrics, n_metrics, err);
    if (rc)
        store_baseline_abort(s);
    return rc;
}

enum err store_baseline_add(struct store *s, const struct baseline *b, int64_t row,
                            const struct baseline_result *r, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_baseline_result_put, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, b->id);
    sqlite3_bind_int64(stmt, 2, row);
    sqlite3_bind_int64(stmt, 3, r->metric);
    bind_text(stmt, 4, r->case_id);
    if (r->cluster.known)
        sqlite3_bind_int64(stmt, 5, r->cluster.v);
    else
        sqlite3_bind_null(stmt, 5);
    sqlite3_bind_double(stmt, 6, r->sum);
    sqlite3_bind_int64(stmt, 7, r->n);
    sqlite3_bind_int64(stmt, 8, r->lost);
    sqlite3_bind_int64(stmt, 9, r->passed);
    sqlite3_bind_int64(stmt, 10, r->verdicts);
    return run_bound(s, stmt, err);
}

enum err store_baseline_replace(struct store *s, const struct baseline *b, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_baseline_results_drop, &stmt, err);

    if (rc)
        return rc;
    bind_text(stmt, 1, b->name);
    sqlite3_bind_int64(stmt, 2, b->id);
    return run_bound(s, stmt, err);
}

enum err store_baseline_commit(struct store *s, const struct baseline *b, struct error *err)
{
    enum err rc = store_baseline_replace(s, b, err);

    if (!rc)
        rc = store_exec(s, "COMMIT", err);
    if (rc)
        store_baseline_abort(s);
    return rc;
}

void store_baseline_abort(struct store *s)
{
    struct error ignored;

    (void)!store_exec(s, "ROLLBACK", &ignored);
}

/* ---- reading ------------------------------------------------------------------------------ */

static struct maybe_f64 column_real(sqlite3_stmt *stmt, int column)
{
    return (struct maybe_f64){sqlite3_column_double(stmt, column),
                              sqlite3_column_type(stmt, column) != SQLITE_NULL};
}

static struct baseline baseline_of_row(sqlite3_stmt *stmt)
{
    return (struct baseline){
        .id = sqlite3_column_int64(stmt, 0),
        .name = column_sv(stmt, 1),
        .blessed_us = sqlite3_column_int64(stmt, 2),
        .commit = column_sv(stmt, 3),
        .source = column_sv(stmt, 4),
        .run = column_sv(stmt, 5),
        .cases = sqlite3_column_int64(stmt, 6),
        .calls = sqlite3_column_int64(stmt, 7),
        .cost_nusd = sqlite3_column_int64(stmt, 8),
        .cost_calls = sqlite3_column_int64(stmt, 9),
        .tokens = sqlite3_column_int64(stmt, 10),
        .token_calls = sqlite3_column_int64(stmt, 11),
        .latency_p95_us = column_real(stmt, 12),
    };
}

static bool keep(struct arena *a, struct sv *text)
{
    if (!text->p)
        return true;
    *text = arena_copy(a, *text);
    return text->p != NULL;
}

enum err store_baselines(struct store *s, const char *name,
                         enum err (*visit)(void *ctx, const struct baseline *b, struct error *err),
                         void *ctx, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_baselines, &stmt, err);

    if (rc)
        return rc;
    bind_text(stmt, 1, sv_from(name));
    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (!rc && row) {
            struct baseline b = baseline_of_row(stmt);

            rc = visit(ctx, &b, err);
        }
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc;
}

/* Names of baselines, each once. */
struct name_sum {
    struct buf names;
    struct sv last;
    struct arena arena;
    size_t n;
};

static enum err add_name(void *ctx, const struct baseline *b, struct error *err)
{
    struct name_sum *x = ctx;

    if (x->n && sv_eq(x->last, b->name))
        return OK;
    x->last = arena_copy(&x->arena, b->name);
    buf_str(&x->names, x->n++ ? ", " : "");
    buf_sv(&x->names, b->name);
    return x->last.p && !x->names.failed ? OK : no_memory(err);
}

static enum err not_found(struct store *s, const char *name, struct error *err)
{
    struct name_sum x = {0};
    enum err rc = store_baselines(s, NULL, add_name, &x, err);

    if (!rc && x.n)
        rc = error_set(err, ERR_NOT_FOUND, "no baseline \"%s\" in %s; there is %s", name,
                       store_path(s), x.names.p);
    else if (!rc)
        rc = error_set(err, ERR_NOT_FOUND,
                       "no baseline \"%s\" in %s, and none at all; store one with: llmobs gate "
                       "--bless %s --candidate FILE",
                       name, store_path(s), name);
    buf_release(&x.names);
    arena_release(&x.arena);
    return rc;
}

enum err store_baseline_find(struct store *s, const char *name, struct arena *a,
                             struct baseline *out, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = false, kept = true;
    enum err rc = store_statement(s, sql_queries_baseline_newest, &stmt, err);

    if (rc)
        return rc;
    bind_text(stmt, 1, sv_from(name));
    rc = store_step(s, stmt, &row, err);
    if (!rc && row) {
        *out = baseline_of_row(stmt);
        kept = keep(a, &out->name) && keep(a, &out->commit) && keep(a, &out->source) &&
               keep(a, &out->run);
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    if (!rc && !kept)
        rc = no_memory(err);
    return rc || row ? rc : not_found(s, name, err);
}

enum err store_baseline_metrics(struct store *s, int64_t id, struct arena *a,
                                struct baseline_metric **out, size_t *n, struct error *err)
{
    enum { MOST = 64 }; /* metrics of a run: CASE_METRICS_MAX of lib/query/case_runs.h */
    struct baseline_metric *m = arena_zalloc(a, MOST, sizeof(*m));
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_baseline_metrics, &stmt, err);

    if (rc)
        return rc;
    *out = m;
    *n = 0;
    sqlite3_bind_int64(stmt, 1, id);
    while (!rc && row && m && *n < MOST) {
        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        m[*n] = (struct baseline_metric){column_sv(stmt, 1), sqlite3_column_int64(stmt, 2),
                                         column_real(stmt, 3)};
        if (!keep(a, &m[(*n)++].name))
            m = NULL;
    }
    sqlite3_reset(stmt);
    return rc || m ? rc : no_memory(err);
}

enum err store_baseline_results(struct store *s, int64_t id,
                                enum err (*visit)(void *ctx, const struct baseline_result *r,
                                                  struct error *err),
                                void *ctx, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_baseline_results, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, id);
    while (!rc && row) {
        struct baseline_result r;

        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        r = (struct baseline_result){
            .metric = sqlite3_column_int64(stmt, 0),
            .case_id = column_sv(stmt, 1),
            .cluster = {sqlite3_column_int64(stmt, 2), sqlite3_column_type(stmt, 2) != SQLITE_NULL},
            .sum = sqlite3_column_double(stmt, 3),
            .n = sqlite3_column_int64(stmt, 4),
            .lost = sqlite3_column_int64(stmt, 5),
            .passed = sqlite3_column_int64(stmt, 6),
            .verdicts = sqlite3_column_int64(stmt, 7),
        };
        rc = visit(ctx, &r, err);
    }
    sqlite3_reset(stmt);
    return rc;
}
