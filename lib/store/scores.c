/* scores: see the header. */
#include "store/scores.h"

#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory for the scores", s->path);
}

static int64_t id_at(sqlite3_stmt *stmt, int column, int64_t missing)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL ? missing
                                                            : sqlite3_column_int64(stmt, column);
}

static struct stored_score score_at(sqlite3_stmt *stmt)
{
    const void *id = sqlite3_column_blob(stmt, 3);
    struct stored_score out = {
        .id = sqlite3_column_int64(stmt, 0),
        .call_id = id_at(stmt, 1, CALL_MISSING),
        .target = (enum score_target)sqlite3_column_int(stmt, 2),
        .target_id = id ? (struct sv){id,  (size_t)sqlite3_column_bytes(stmt, 3)               }
             : SV_NONE,
        .name_id = id_at(stmt, 4, 0),
        .scorer_id = id_at(stmt, 5, 0),
        .judge_model_id = id_at(stmt, 6, 0),
        .passed = { sqlite3_column_int64(stmt, 8),          sqlite3_column_type(stmt, 8) != SQLITE_NULL},
        .weight = sqlite3_column_type(stmt, 9) == SQLITE_NULL ? 1 : sqlite3_column_double(stmt, 9),
    };

    out.value = (struct maybe_f64){sqlite3_column_double(stmt, 7),
                                   sqlite3_column_type(stmt, 7) != SQLITE_NULL};
    return out;
}

enum err store_each_score(struct store *s,
                          bool (*visit)(void *ctx, const struct stored_score *score), void *ctx,
                          struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_scores, &stmt, err);

    if (rc)
        return rc;
    while (!(rc = store_step(s, stmt, &row, err)) && row) {
        struct stored_score score = score_at(stmt);

        if (!visit(ctx, &score)) {
            rc = no_memory(s, err);
            break;
        }
    }
    sqlite3_reset(stmt);
    return rc;
}

enum err store_score_words(struct store *s, enum score_words which, struct arena *a,
                           struct sv **out, size_t *n, struct error *err)
{
    static const char *const dimensions[] = {[SCORE_NAMES] = "score_name",
                                             [SCORE_SCORERS] = "scorer",
                                             [SCORE_JUDGE_MODELS] = "judge_model"};
    size_t used = 0, cap = 0;
    struct sv *list = NULL;
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_dictionary_load, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, dimensions[which], -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, 0);
    while (!(rc = store_step(s, stmt, &row, err)) && row) {
        struct sv text = {(const char *)sqlite3_column_text(stmt, 1),
                          (size_t)sqlite3_column_bytes(stmt, 1)};

        if (used == cap) {
            struct sv *bigger = arena_zalloc(a, cap ? 2 * cap : 16, sizeof(*bigger));

            if (!bigger) {
                rc = no_memory(s, err);
                break;
            }
            if (used)
                memcpy(bigger, list, used * sizeof(*list));
            list = bigger;
            cap = cap ? 2 * cap : 16;
        }
        list[used] = arena_copy(a, text);
        if (!list[used++].p) {
            rc = no_memory(s, err);
            break;
        }
    }
    sqlite3_reset(stmt);
    *out = list;
    *n = used;
    return rc;
}

enum err store_call_places(struct store *s, const struct chunk_info *chunk, int64_t *calls,
                           size_t n, struct error *err)
{
    int64_t first = chunk->number * CHUNK_ROWS + 1, place = 0;
    sqlite3_stmt *stmt;
    size_t i = 0;
    bool row = true;
    enum err rc;

    for (size_t k = 0; chunk->rows == CHUNK_ROWS && k < n; k++)
        calls[k] -= first;
    if (chunk->rows == CHUNK_ROWS || !n)
        return OK;
    rc = store_statement(s, sql_queries_call_numbers, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, calls[n - 1]);
    while (!(rc = store_step(s, stmt, &row, err)) && row) {
        int64_t id = sqlite3_column_int64(stmt, 0);

        for (; i < n && calls[i] < id; i++)
            calls[i] = -1;
        for (; i < n && calls[i] == id; i++)
            calls[i] = place;
        place++;
    }
    for (; i < n; i++)
        calls[i] = -1;
    sqlite3_reset(stmt);
    return rc;
}

enum err store_count_scores(struct store *s, int64_t after, struct score_counts *out,
                            struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_scores_new, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, after);
    rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    *out = (struct score_counts){
        .scores = sqlite3_column_int64(stmt, 0),
        .matched = sqlite3_column_int64(stmt, 1),
        .unmatched = sqlite3_column_int64(stmt, 2),
        .of_traces = sqlite3_column_int64(stmt, 3),
        .of_cases = sqlite3_column_int64(stmt, 4),
        .unreadable = sqlite3_column_int64(stmt, 5),
        .waiting = sqlite3_column_int64(stmt, 6),
        .last = sqlite3_column_int64(stmt, 7),
    };
    sqlite3_reset(stmt);
    return OK;
}
