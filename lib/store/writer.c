/* writer: batches of records into the store, exactly once: opening, transactions, sources. */
#include "store/writer.h"

#include <stdlib.h>
#include "sql.h"
#include "store/id_runs.h"
#include "store/writer_internal.h"

#include "base/banned.h"

#define COMMIT_RECORDS 65536

/* ---- statements --------------------------------------------------------------------------- */

static const unsigned char *const writer_sql[W_SQL_COUNT] = {
    [W_CALL_REPLACE] = sql_queries_writer_call_replace,
    [W_IDENTITY_REPLACE] = sql_queries_writer_identity_replace,
    [W_VERSIONS_INSERT] = sql_queries_writer_versions_insert,
    [W_VERSION_DELETE] = sql_queries_writer_version_delete,
    [W_CALL] = sql_queries_writer_call,
    [W_IDENTITY] = sql_queries_writer_identity,
    [W_VERSIONS] = sql_queries_writer_versions,
    [W_LAST_IDS] = sql_queries_writer_last_ids,
    [W_VALUES] = sql_queries_writer_values,
    [W_VALUE_PUT] = sql_queries_writer_value_put,
    [W_VALUE_TEXT] = sql_queries_writer_value_text,
    [W_SESSION] = sql_queries_writer_session,
    [W_SESSION_INSERT] = sql_queries_writer_session_insert,
    [W_TRACE] = sql_queries_writer_trace,
    [W_TRACE_INSERT] = sql_queries_writer_trace_insert,
    [W_META] = sql_queries_writer_meta,
    [W_META_INSERT] = sql_queries_writer_meta_insert,
    [W_SOURCE_PUT] = sql_queries_writer_source_put,
    [W_SOURCE_SAMPLE_PUT] = sql_queries_writer_source_sample_put,
    [W_SIGHTING] = sql_queries_writer_sighting,
    [W_SIGHTING_INSERT] = sql_queries_writer_sighting_insert,
    [W_SPAN_PUT] = sql_queries_writer_span_put,
    [W_SPANS_INSERT] = sql_queries_writer_spans_insert,
    [W_TRACE_SPANS] = sql_queries_writer_trace_spans,
    [W_CONTEXT] = sql_queries_writer_context,
    [W_CONTEXT_PUT] = sql_queries_writer_context_put,
    [W_TRACE_CONTEXTS] = sql_queries_writer_trace_contexts,
    [W_SPAN_GUARDRAIL_PUT] = sql_queries_writer_span_guardrail_put,
    [W_SPAN_GUARDRAIL_CALL] = sql_queries_writer_span_guardrail_call,
    [W_TRACE_GUARDRAILS] = sql_queries_writer_trace_guardrails,
    [W_SPAN_LINK] = sql_queries_writer_span_link,
    [W_TOOL_FIND] = sql_queries_writer_tool_call_find,
    [W_TOOL_PUT] = sql_queries_writer_tool_call_put,
    [W_TOOL_MERGE] = sql_queries_writer_tool_call_merge,
    [W_TOOL_WAITING] = sql_queries_writer_tool_call_waiting,
    [W_TOOL_JOIN] = sql_queries_writer_tool_call_join,
    [W_BRANCH_FIND] = sql_queries_writer_branch_decision_find,
    [W_BRANCH_PUT] = sql_queries_writer_branch_decision_put,
    [W_BRANCH_WAITING] = sql_queries_writer_branch_decision_waiting,
    [W_BRANCH_JOIN] = sql_queries_writer_branch_decision_join,
    [W_SCORE_FIND] = sql_queries_writer_score_find,
    [W_SCORE_PUT] = sql_queries_writer_score_put,
    [W_SCORE_WEIGHT] = sql_queries_writer_score_weight,
    [W_SCORE_CASE] = sql_queries_writer_score_case,
    [W_SCORE_AGAIN] = sql_queries_writer_score_again,
    [W_SCORE_WAITING] = sql_queries_writer_score_waiting,
    [W_REQUEST_KEYS] = sql_queries_writer_request_keys,
    [W_REQUEST_IDS] = sql_queries_writer_request_ids,
    [W_REQUEST_PUT] = sql_queries_writer_request_put,
    [W_REQUEST_JOIN] = sql_queries_writer_request_join,
    [W_REQUEST_PART] = sql_queries_writer_request_part,
    [W_REQUEST_DROP] = sql_queries_writer_request_drop,
    [W_SCORE_JOIN] = sql_queries_writer_score_join,
    [W_EMBEDDING_FIND] = sql_queries_writer_embedding_find,
    [W_EMBEDDING_PUT] = sql_queries_writer_embedding_put,
    [W_EMBEDDING_WAITING] = sql_queries_writer_embedding_waiting,
    [W_EMBEDDING_JOIN] = sql_queries_writer_embedding_join,
    [W_FINDING_PUT] = sql_queries_writer_finding_put,
    [W_GUARDRAIL_PUT] = sql_queries_writer_guardrail_put,
    [W_TEXT_PUT] = sql_queries_writer_text_put,
    [W_REDACTION_DROP] = sql_queries_writer_redaction_drop,
    [W_REDACTION_PUT] = sql_queries_writer_redaction_put,
    [W_QUARANTINE_FIND] = sql_queries_writer_quarantine_find,
    [W_QUARANTINE_PUT] = sql_queries_writer_quarantine_put,
    [W_QUARANTINE_DELETE] = sql_queries_writer_quarantine_delete,
};

enum err query_begin(struct writer *w, enum writer_sql which, struct query *q, struct error *err)
{
    sqlite3_stmt **stmt = &w->stmts[which];

    *q = (struct query){NULL, 1};
    if (!*stmt && sqlite3_prepare_v3(w->store->db, (const char *)writer_sql[which], -1,
                                     SQLITE_PREPARE_PERSISTENT, stmt, NULL) != SQLITE_OK)
        return store_db_error(w->store, err, NULL);
    q->stmt = *stmt;
    return OK;
}

/* Binding can fail for a text beyond SQLite's limit alone; the parameter is NULL then. */
void query_i64(struct query *q, int64_t v)
{
    sqlite3_bind_int64(q->stmt, q->next++, v);
}

void query_maybe(struct query *q, struct maybe_i64 v)
{
    if (v.known)
        sqlite3_bind_int64(q->stmt, q->next++, v.v);
    else
        sqlite3_bind_null(q->stmt, q->next++);
}

void query_text(struct query *q, struct sv text)
{
    if (!text.p ||
        sqlite3_bind_text64(q->stmt, q->next, text.p, text.n, SQLITE_STATIC, SQLITE_UTF8))
        sqlite3_bind_null(q->stmt, q->next);
    q->next++;
}

void query_blob(struct query *q, struct sv bytes)
{
    if (!bytes.p || sqlite3_bind_blob64(q->stmt, q->next, bytes.p, bytes.n, SQLITE_STATIC))
        sqlite3_bind_null(q->stmt, q->next);
    q->next++;
}

enum err query_run(struct writer *w, struct query *q, struct error *err)
{
    return store_run(w->store, q->stmt, err);
}

enum err query_step(struct writer *w, struct query *q, bool *row, struct error *err)
{
    return store_step(w->store, q->stmt, row, err);
}

void query_end(struct query *q)
{
    sqlite3_reset(q->stmt); /* accepts NULL */
}

struct sv query_column(struct query *q, int column)
{
    const void *p = sqlite3_column_blob(q->stmt, column);

    if (sqlite3_column_type(q->stmt, column) == SQLITE_NULL)
        return SV_NONE;
    return (struct sv){p ? p : "", (size_t)sqlite3_column_bytes(q->stmt, column)};
}

/* ---- sources ------------------------------------------------------------------------------ */

static enum err tallies_reserve(struct writer *w, int64_t source, struct error *err)
{
    size_t n = w->n_tallies ? w->n_tallies : 16;

    while (n <= (size_t)source)
        n *= 2;
    if (n <= w->n_tallies)
        return OK;
    struct source_tally *tallies = realloc(w->tallies, n * sizeof(*tallies));
    if (!tallies)
        return error_set(err, ERR_NOMEM, "out of memory for the list of inputs");
    for (size_t i = w->n_tallies; i < n; i++)
        tallies[i] = (struct source_tally){.first_us = INT64_MAX, .last_us = INT64_MIN};
    w->tallies = tallies;
    w->n_tallies = n;
    return OK;
}

static enum err sources_load(struct writer *w, struct error *err)
{
    struct source_state *states = NULL;
    size_t n = 0;
    enum err rc = store_sources(w->store, &w->arena, &states, &n, err);

    for (size_t i = 0; !rc && i < n; i++)
        rc = lineages_put(&w->lineages, &states[i], err);
    arena_reset(&w->arena);
    return rc ? rc : tallies_reserve(w, (int64_t)w->lineages.n, err);
}

static struct sv hash_bytes(struct hash128 h, unsigned char room[16])
{
    store_hash_bytes(h, room);
    return (struct sv){(const char *)room, 16};
}

static enum err put_sample(struct writer *w, const struct source_state *x, struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_SOURCE_SAMPLE_PUT, &q, err);

    if (rc)
        return rc;
    query_i64(&q, x->id);
    query_i64(&q, x->sample.first_line);
    query_i64(&q, x->lines);
    query_i64(&q, x->sample.rate_ppb);
    query_i64(&q, x->sample.kept);
    query_i64(&q, x->sample.left_out);
    return query_run(w, &q, err);
}

static enum err put_source(struct writer *w, const struct source_state *x, struct error *err)
{
    unsigned char head[16], prefix[16], tail[16];
    struct query q;
    enum err rc = lineages_put(&w->lineages, x, err);

    if (!rc)
        rc = tallies_reserve(w, x->id, err);
    if (!rc)
        rc = query_begin(w, W_SOURCE_PUT, &q, err);
    if (rc)
        return rc;
    query_i64(&q, x->id);
    query_text(&q, sv_from(x->path));
    query_i64(&q, (int64_t)x->dev);
    query_i64(&q, (int64_t)x->ino);
    query_i64(&q, x->size_bytes);
    query_i64(&q, x->mtime_ns);
    query_blob(&q, hash_bytes(x->head, head));
    query_i64(&q, x->offset);
    query_i64(&q, x->lines);
    query_blob(&q, hash_bytes(x->prefix, prefix));
    query_blob(&q, hash_bytes(x->tail, tail));
    query_i64(&q, x->lineage);
    query_i64(&q, x->copy_of);
    query_i64(&q, x->copy_line);
    query_i64(&q, x->complete);
    rc = query_run(w, &q, err);
    return rc || !x->sample.rate_ppb ? rc : put_sample(w, x, err);
}

struct source_tally *writer_tally_of(struct writer *w, int64_t source)
{
    return &w->tallies[source];
}

struct source_tally writer_tally(const struct writer *w, int64_t source_id)
{
    if (source_id <= 0 || (size_t)source_id >= w->n_tallies)
        return (struct source_tally){0};
    return w->tallies[source_id];
}

/* ---- lines without id --------------------------------------------------------------------- */

static uint64_t ordinal_tag(const struct writer *w, enum line_table t, int64_t source,
                            struct hash128 line)
{
    uint64_t lineage = (uint64_t)lineages_of(&w->lineages, source);

    return hash_mix(line.hi ^ hash_mix(line.lo ^ hash_mix(w->seed ^ (lineage << 3 | t)))) | 1;
}

uint32_t writer_ordinal_first(struct writer *w, enum line_table t, int64_t source,
                              struct hash128 line)
{
    uint64_t tag = ordinal_tag(w, t, source, line);
    size_t slot = (tag >> 32) % ORDINAL_CACHE_SIZE;

    return w->ordinals.recent[slot].tag == tag ? w->ordinals.recent[slot].next : 0;
}

void writer_ordinal_used(struct writer *w, enum line_table t, int64_t source, struct hash128 line,
                         uint32_t used)
{
    uint64_t tag = ordinal_tag(w, t, source, line);
    size_t slot = (tag >> 32) % ORDINAL_CACHE_SIZE;

    w->ordinals.recent[slot].tag = tag;
    w->ordinals.recent[slot].next = used + 1;
}

/* Notes that a lineage met a record; *known: that was noted before. */
static enum err sight(struct writer *w, int64_t lineage, int64_t record_key, bool *known,
                      struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_SIGHTING, &q, err);

    if (rc)
        return rc;
    query_i64(&q, lineage);
    query_i64(&q, record_key);
    rc = query_step(w, &q, known, err);
    query_end(&q);
    if (rc || *known)
        return rc;
    rc = query_begin(w, W_SIGHTING_INSERT, &q, err);
    if (rc)
        return rc;
    query_i64(&q, lineage);
    query_i64(&q, record_key);
    return query_run(w, &q, err);
}

enum err writer_sighting(struct writer *w, int64_t lineage, int64_t record_key, struct error *err)
{
    bool known;

    return sight(w, lineage, record_key, &known, err);
}

enum err writer_seen(struct writer *w, enum line_table t, int64_t source, uint64_t key, int64_t by,
                     int64_t by_line, bool *seen, struct error *err)
{
    /* One line may give rows of several tables under one key; a sighting is of one of them. */
    uint64_t record_key = t == LINE_CALL ? key : hash_mix(key + (uint64_t)t);

    *seen = lineages_include(&w->lineages, source, by, by_line);
    return *seen ? OK
                 : sight(w, lineages_of(&w->lineages, source), (int64_t)record_key, seen, err);
}

/* ---- transactions ------------------------------------------------------------------------- */

enum err writer_begin(struct writer *w, struct error *err)
{
    enum err rc = w->in_transaction ? OK : store_exec(w->store, "BEGIN IMMEDIATE", err);

    w->in_transaction = !rc;
    return rc;
}

static void roll_back(struct writer *w)
{
    if (w->in_transaction)
        sqlite3_exec(w->store->db, "ROLLBACK", NULL, NULL, NULL);
    w->in_transaction = false;
    w->failed = true;
}

static enum err commit(struct writer *w, struct error *err)
{
    if (!w->in_transaction)
        return OK;
    enum err rc = writer_decide_traces(w, err);
    if (!rc)
        rc = open_chunk_write(&w->open, w->store, err);
    if (!rc)
        rc = store_exec(w->store, "COMMIT", err);
    if (rc)
        return rc;
    w->in_transaction = false;
    w->uncommitted = 0;
    w->transaction_first_id = w->last_call_id + 1;
    return OK;
}

/* Chunks in which stored calls changed, in this run or in one that did not come to its end. */
static enum err rebuild_chunks(struct writer *w, struct error *err)
{
    int64_t *missing = NULL;
    size_t n = 0;
    enum err rc = store_missing_chunks(w->store, &missing, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        rc = writer_begin(w, err);
        if (!rc)
            rc = store_rebuild_chunk(w->store, missing[i], err);
    }
    free(missing);
    return rc ? rc : commit(w, err);
}

static enum err begin_run(void *w, struct error *err)
{
    return writer_begin(w, err);
}

/* What finds ids again, where writing the rows did not make it. */
static enum err build_runs(struct writer *w, struct error *err)
{
    enum err rc = OK;

    if (!w->keeps_runs)
        return OK;
    if (id_gather_waits(&w->runs))
        rc = writer_begin(w, err);
    if (!rc)
        rc = id_gather_finish(&w->runs, w->store, err);
    if (!rc)
        rc = id_runs_build(w->store, begin_run, w, err);
    return rc ? rc : commit(w, err);
}

enum err writer_call_of_key(struct writer *w, uint64_t key, int64_t *call_id, struct error *err)
{
    *call_id = keyset_find(&w->calls, key);
    return *call_id ? OK : stored_keys_find(&w->stored, w->store, key, call_id, err);
}

enum err writer_gather_ids(struct writer *w, enum id_run_kind kind, int64_t row,
                           const struct sv *ids, size_t n, struct error *err)
{
    return w->keeps_runs ? id_gather_add(&w->runs, w->store, kind, row, ids, n, err) : OK;
}

/* ---- opening ------------------------------------------------------------------------------ */

/* What the store has of the chunk that calls are being added to. */
static enum err load_open_chunk(struct writer *w, struct error *err)
{
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    enum err rc = store_chunks(w->store, &chunks, &n, err);

    if (!rc)
        rc = open_chunk_load(&w->open, w->store, w->last_call_id, n ? &chunks[n - 1] : NULL, err);
    store_read_done(w->store);
    free(chunks);
    return rc;
}

static enum err load_last_ids(struct writer *w, struct error *err)
{
    struct query q;
    bool row = false;
    enum err rc = query_begin(w, W_LAST_IDS, &q, err);

    if (!rc)
        rc = query_step(w, &q, &row, err);
    if (!rc && row) {
        w->last_call_id = sqlite3_column_int64(q.stmt, 0); /* 0 for NULL */
        w->meta.last_id = sqlite3_column_int64(q.stmt, 1);
        w->has_contexts = sqlite3_column_int(q.stmt, 2);
        w->has_guardrails = sqlite3_column_int(q.stmt, 3);
        w->last_score_id = sqlite3_column_int64(q.stmt, 4);
    }
    query_end(&q);
    w->requests_from = w->run_first_id = w->transaction_first_id = w->last_call_id + 1;
    return rc;
}

enum err writer_open(struct store *s, uint64_t hash_seed, struct price_book *prices,
                     struct writer **out, struct error *err)
{
    struct writer *w = calloc(1, sizeof(*w));
    enum err rc;

    if (!w)
        return error_set(err, ERR_NOMEM, "out of memory opening %s for writing", store_path(s));
    w->store = s;
    w->seed = hash_seed;
    w->keeps_runs = strcmp(store_path(s), ":memory:") != 0;
    w->calls.seed = w->stored.table.seed = hash_seed;
    w->line_calls.seed = w->price_ids.seed = hash_seed;
    w->prices = prices;
    pricing_init(&w->pricing, s, prices);
    w->sessions.find = W_SESSION;
    w->sessions.insert = W_SESSION_INSERT;
    w->traces.find = W_TRACE;
    w->traces.insert = W_TRACE_INSERT;
    rc = load_last_ids(w, err);
    if (!rc)
        rc = writer_values_load(w, err);
    if (!rc)
        rc = sources_load(w, err);
    if (!rc)
        rc = stored_keys_open(&w->stored, s, &w->calls, err);
    if (!rc)
        rc = load_open_chunk(w, err);
    if (!rc)
        rc = writer_calls_open(w, err);
    if (!rc)
        rc = writer_spans_open(w, err);
    if (!rc)
        rc = writer_facts_open(w, err);
    if (!rc) {
        *out = w;
        w = NULL;
    }
    writer_close(w);
    return rc;
}

/* ---- writing ------------------------------------------------------------------------------ */

static enum err check_sources(const struct writer *w, const struct batch *b, struct error *err)
{
    uint32_t bad = 0;

#define CHECK_SOURCES(array, count)                                                                \
    for (size_t i = 0; i < b->count; i++)                                                          \
        if (!lineages_of(&w->lineages, b->array[i].source))                                        \
            bad = b->array[i].source + !b->array[i].source;
    CHECK_SOURCES(calls, n_calls)
    CHECK_SOURCES(spans, n_spans)
    CHECK_SOURCES(tools, n_tools)
    CHECK_SOURCES(branches, n_branches)
    CHECK_SOURCES(scores, n_scores)
    CHECK_SOURCES(embeddings, n_embeddings)
    CHECK_SOURCES(quarantined, n_quarantined)
#undef CHECK_SOURCES
    return bad ? error_set(err, ERR_USAGE, "a record of source %u, which has no state", bad) : OK;
}

static enum err add(struct writer *w, const struct batch *b, const struct source_state *states,
                    size_t n_states, struct error *err)
{
    enum err rc = writer_begin(w, err);

    for (size_t i = 0; !rc && i < n_states; i++)
        rc = put_source(w, &states[i], err);
    if (!rc)
        rc = check_sources(w, b, err);
    if (!rc)
        rc = writer_plan(w, b, err);
    if (!rc)
        rc = writer_add_calls(w, b, err);
    if (!rc)
        rc = writer_add_spans(w, err);
    if (!rc)
        rc = writer_add_facts(w, b, err);
    arena_reset(&w->arena);
    w->uncommitted += batch_size(b);
    if (!rc && w->uncommitted >= COMMIT_RECORDS && !w->holds)
        rc = commit(w, err);
    return rc;
}

static enum err refuse(struct error *err)
{
    return error_set(err, ERR_USAGE, "writing has failed before");
}

enum err writer_add(struct writer *w, const struct batch *b, const struct source_state *states,
                    size_t n_states, struct error *err)
{
    if (w->failed)
        return refuse(err);
    if (b->failed) {
        roll_back(w);
        return error_set(err, ERR_NOMEM, "out of memory for a batch of records");
    }
    enum err rc = add(w, b, states, n_states, err);
    if (rc)
        roll_back(w);
    return rc;
}

void writer_hold(struct writer *w)
{
    w->holds = true;
}

enum err writer_drop_quarantine(struct writer *w, int64_t quarantine_id, struct error *err)
{
    struct query q;

    if (w->failed)
        return refuse(err);
    enum err rc = writer_begin(w, err);
    if (!rc)
        rc = query_begin(w, W_QUARANTINE_DELETE, &q, err);
    if (!rc) {
        query_i64(&q, quarantine_id);
        rc = query_run(w, &q, err);
    }
    if (rc)
        roll_back(w);
    return rc;
}

enum err writer_finish(struct writer *w, struct error *err)
{
    if (w->failed)
        return refuse(err);
    enum err rc = writer_join_waiting(w, err);
    if (!rc)
        rc = commit(w, err);
    if (!rc)
        rc = writer_join_requests(w, err);
    if (!rc)
        rc = commit(w, err);
    if (!rc)
        rc = rebuild_chunks(w, err);
    if (!rc)
        rc = build_runs(w, err);
    if (rc)
        roll_back(w);
    store_dictionaries_forget(w->store); /* there may be new values */
    return rc;
}

void writer_close(struct writer *w)
{
    if (!w)
        return;
    roll_back(w);
    for (size_t i = 0; i < W_SQL_COUNT; i++)
        sqlite3_finalize(w->stmts[i]);
    writer_calls_close(w);
    writer_spans_close(w);
    writer_facts_close(w);
    store_dictionaries_forget(w->store);
    open_chunk_release(&w->open);
    id_gather_release(&w->runs);
    keyset_release(&w->calls);
    stored_keys_release(&w->stored);
    keyset_release(&w->line_calls);
    keyset_release(&w->price_ids);
    keyset_release(&w->values.ids);
    lineages_release(&w->lineages);
    arena_release(&w->arena);
    free(w->tallies);
    free(w->keys);
    arena_release(&w->plan.arena);
    free(w->touched.keys);
    free(w->planned.keys);
    free(w);
}
