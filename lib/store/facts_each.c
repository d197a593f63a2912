/* facts_each: see the header. */
#include "store/facts_each.h"

#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

static const struct {
    const unsigned char *names, *values;
} kinds[FACT_KINDS] = {
    [FACT_SCORE] = {sql_queries_fact_score_names,  sql_queries_fact_scores  },
    [FACT_BRANCH] = {sql_queries_fact_branch_names, sql_queries_fact_branches},
};

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

static struct sv column_text(sqlite3_stmt *stmt, int column)
{
    const char *p = (const char *)sqlite3_column_text(stmt, column);

    return p ? (struct sv){p, (size_t)sqlite3_column_bytes(stmt, column)} : SV_NONE;
}

/* Steps through a statement; visit is told of each row. */
static enum err each_row(struct store *s, sqlite3_stmt *stmt,
                         bool (*visit)(void *ctx, sqlite3_stmt *row), void *ctx, struct error *err)
{
    bool row = true;
    enum err rc = OK;

    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (!rc && row && !visit(ctx, stmt))
            rc = no_memory(s, err);
    }
    sqlite3_reset(stmt);
    return rc;
}

struct name_list {
    struct arena *arena;
    struct fact_name *v;
    size_t n, cap;
};

static bool add_name(void *ctx, sqlite3_stmt *row)
{
    struct name_list *l = ctx;
    struct sv text = column_text(row, 1);

    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 16;
        struct fact_name *bigger = arena_zalloc(l->arena, cap, sizeof(*bigger));

        if (!bigger)
            return false;
        if (l->n)
            memcpy(bigger, l->v, l->n * sizeof(*bigger));
        l->v = bigger;
        l->cap = cap;
    }
    text = arena_copy(l->arena, text.p ? text : SV(""));
    l->v[l->n++] = (struct fact_name){sqlite3_column_int64(row, 0), text};
    return text.p != NULL;
}

enum err store_fact_names(struct store *s, enum fact_kind kind, struct arena *a,
                          struct fact_name **out, size_t *n, struct error *err)
{
    struct name_list list = {.arena = a};
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, kinds[kind].names, &stmt, err);

    if (!rc)
        rc = each_row(s, stmt, add_name, &list, err);
    if (rc)
        return rc;
    *out = list.v;
    *n = list.n;
    return OK;
}

struct fact_visit {
    bool (*visit)(void *ctx, int64_t call_id, double value);
    void *ctx;
};

static bool visit_fact(void *ctx, sqlite3_stmt *row)
{
    const struct fact_visit *v = ctx;

    return v->visit(v->ctx, sqlite3_column_int64(row, 0), sqlite3_column_double(row, 1));
}

enum err store_each_fact(struct store *s, enum fact_kind kind, int64_t name,
                         bool (*visit)(void *ctx, int64_t call_id, double value), void *ctx,
                         struct error *err)
{
    struct fact_visit v = {visit, ctx};
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, kinds[kind].values, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, name);
    return each_row(s, stmt, visit_fact, &v, err);
}

/* ---- embeddings --------------------------------------------------------------------------- */

struct embedding_visit {
    bool (*visit)(void *ctx, const struct embedding_brief *e);
    void *ctx;
};

static bool visit_embedding(void *ctx, sqlite3_stmt *row)
{
    const struct embedding_visit *v = ctx;
    const struct embedding_brief e = {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
                                      (uint32_t)sqlite3_column_int64(row, 2), column_text(row, 3)};

    return v->visit(v->ctx, &e);
}

enum err store_each_embedding(struct store *s, enum embedding_role role,
                              bool (*visit)(void *ctx, const struct embedding_brief *e), void *ctx,
                              struct error *err)
{
    struct embedding_visit v = {visit, ctx};
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_embeddings, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, role);
    return each_row(s, stmt, visit_embedding, &v, err);
}

static double float_at(const unsigned char *p)
{
    uint32_t bits =
        (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    float f;

    memcpy(&f, &bits, sizeof(f));
    return (double)f;
}

enum err store_embedding(struct store *s, int64_t id, uint32_t dim, double *out, struct error *err)
{
    const unsigned char *bytes;
    sqlite3_stmt *stmt;
    bool row = false;
    enum err rc = store_statement(s, sql_queries_embedding_vector, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, id);
    rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    bytes = row ? sqlite3_column_blob(stmt, 0) : NULL;
    if (!bytes || (size_t)sqlite3_column_bytes(stmt, 0) != (size_t)dim * 4)
        rc = error_set(err, ERR_DB, "%s: damaged: embedding %lld", s->path, (long long)id);
    for (size_t i = 0; !rc && i < dim; i++)
        out[i] = float_at(bytes + i * 4);
    sqlite3_reset(stmt);
    return rc;
}
