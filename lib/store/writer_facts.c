/* writer_facts: tool calls, branch decisions, scores, embeddings and unreadable lines. */
#include <stdlib.h>
#include "base/buf.h"
#include "store/packed_id.h"
#include "store/writer_internal.h"

#include "base/banned.h"

/* ---- identity ----------------------------------------------------------------------------- */

/* Where a record belongs in its table. */
struct place {
    uint64_t key;
    bool exists;
    struct sv identity; /* in the writer's arena */
};

/* What a record refers to: a call, or none. */
struct call_ref {
    struct maybe_i64 key, call_id;
};

/* A tool call of the batch. The new ones are stored together: rows of table batch_tool, whose
 * columns are those of tool_call from identity_key on. */
struct tool_row {
    const struct tool_record *record;
    struct place place;
    struct call_ref ref;
    struct maybe_i64 tool, error_kind, version; /* dictionary ids */
    struct sv request, trace;          /* packed */
};

static const enum writer_sql find_sql[] = {
    [LINE_TOOL] = W_TOOL_FIND,
    [LINE_BRANCH] = W_BRANCH_FIND,
    [LINE_SCORE] = W_SCORE_FIND,
    [LINE_QUARANTINE] = W_QUARANTINE_FIND,
    [LINE_EMBEDDING] = W_EMBEDDING_FIND,
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the ids of a record");
}

/* The text of an identity as record.h describes it. */
static enum err identity_text(struct writer *w, const struct identity *id, struct sv *out,
                              struct error *err)
{
    unsigned char hash[16];
    char hex[33];
    struct buf text = {0};

    switch (id->kind) {
    case ID_SPAN:
        buf_str(&text, "span:");
        buf_sv(&text, id->trace_id);
        buf_char(&text, ':');
        buf_sv(&text, id->span_id);
        break;
    case ID_OWN:
        buf_sv(&text, id->family);
        buf_char(&text, ':');
        buf_sv(&text, id->own);
        break;
    case ID_STORED:
        buf_sv(&text, id->own);
        break;
    case ID_LINE:
        store_hash_bytes(id->line, hash);
        hex_encode(hash, sizeof(hash), hex);
        buf_printf(&text, "line:%s:%u", hex, id->ordinal);
        break;
    }
    *out = text.failed ? SV_NONE : arena_copy(&w->arena, (struct sv){text.p, text.n});
    buf_release(&text);
    return out->p ? OK : no_memory(err);
}

/* The record that is stored or waits under p->key: *taken, and where it came from. */
static enum err look_at(struct writer *w, enum line_table t, struct place *p, bool *taken,
                        int64_t *by, int64_t *by_line, struct error *err)
{
    uint32_t waiting = t == LINE_TOOL ? keyset_find(&w->tools.keys, p->key) : 0;
    struct query q;

    if (waiting) {
        const struct tool_row *row = &w->tools.rows[waiting - 1];
        *taken = true;
        p->exists = sv_eq(row->place.identity, p->identity);
        *by = row->record->source;
        *by_line = row->record->line;
        return OK;
    }
    enum err rc = query_begin(w, find_sql[t], &q, err);
    if (rc)
        return rc;
    query_i64(&q, (int64_t)p->key);
    rc = query_step(w, &q, taken, err);
    if (!rc && *taken) {
        p->exists = sv_eq(query_column(&q, 0), p->identity);
        *by = sqlite3_column_int64(q.stmt, 1);
        *by_line = sqlite3_column_int64(q.stmt, 2);
    }
    query_end(&q);
    return rc;
}

/* Looks for the identity from its key on, over those of other identities. */
static enum err probe(struct writer *w, enum line_table t, struct place *p, int64_t *by,
                      int64_t *by_line, struct error *err)
{
    bool taken = false;
    enum err rc;

    p->exists = false;
    while (!(rc = look_at(w, t, p, &taken, by, by_line, err)) && taken && !p->exists)
        p->key++;
    return rc;
}

/* Finds a record's place. The ordinal of one without id is found as in writer_calls.c. fixed is
 * the text to verify by where the table holds no identity. */
static enum err find_place(struct writer *w, enum line_table t, const struct identity *record,
                           uint32_t source, struct sv fixed, struct place *p, struct error *err)
{
    struct identity id = *record;
    bool counted = id.kind == ID_STORED; /* in that database */
    bool is_line = id.kind == ID_LINE || (counted && (fixed.p || sv_starts(id.own, "line:")));
    int64_t by = 0, by_line = 0;
    bool seen = true;
    enum err rc = OK;

    if (is_line && !counted)
        id.ordinal = writer_ordinal_first(w, t, source, id.line);
    for (;; id.ordinal++) {
        p->key = identity_key(&id);
        p->identity = fixed;
        if (!fixed.p)
            rc = identity_text(w, &id, &p->identity, err);
        if (!rc)
            rc = probe(w, t, p, &by, &by_line, err);
        if (rc || !p->exists || !is_line)
            break;
        rc = writer_seen(w, t, source, p->key, by, by_line, &seen, err);
        if (rc || !seen || counted)
            break;
    }
    if (!rc && is_line && !counted)
        writer_ordinal_used(w, t, source, id.line, id.ordinal);
    return rc;
}

/* ---- what they refer to ------------------------------------------------------------------- */

static bool is_no_call(const struct identity *id)
{
    return id->kind == ID_LINE && !id->line.hi && !id->line.lo;
}

/* "line:<32 hex>:<ordinal>", by which others name a call without an id, as what it stands for. */
static bool line_identity(struct identity *id)
{
    enum { HEX = 32, MAX_DIGITS = 9 };
    struct sv own = id->own;
    unsigned char hash[HEX / 2];
    uint32_t ordinal = 0;

    if (id->kind != ID_OWN || !sv_is(id->family, "line") || own.n < HEX + 2 ||
        own.n > HEX + 1 + MAX_DIGITS || own.p[HEX] != ':' || !hex_decode(own.p, HEX, hash))
        return false;
    for (size_t i = HEX + 1; i < own.n; i++) {
        if (own.p[i] < '0' || own.p[i] > '9')
            return false;
        ordinal = ordinal * 10 + (uint32_t)(own.p[i] - '0');
    }
    *id = (struct identity){
        .kind = ID_LINE, .line = store_hash_from(hash), .ordinal = ordinal};
    return true;
}

static enum err find_ref(struct writer *w, const struct identity *call, uint32_t source,
                         int64_t line, struct call_ref *ref, struct error *err)
{
    struct identity id = *call;
    struct call_ids ids, found;
    int64_t call_id;

    *ref = (struct call_ref){0};
    if (is_no_call(call))
        return OK;
    if (id.kind == ID_STORED) { /* as for those that wait, only the key tells it */
        enum err rc = writer_call_of_key(w, identity_key(&id), &call_id, err);
        if (rc)
            return rc;
        ref->key = (struct maybe_i64){(int64_t)identity_key(&id), true};
        ref->call_id = (struct maybe_i64){call_id, call_id != 0};
        return OK;
    }
    if (line_identity(&id))
        ; /* of another line, in full */
    else if (id.kind == ID_LINE && !id.counted)
        id.ordinal = writer_line_call(w, id.line, source, line);
    uint64_t key = identity_key(&id);
    enum err rc = call_ids_of(w, &id, &ids, err);
    if (!rc)
        rc = writer_find_call(w, &ids, &key, &call_id, &found, err);
    if (rc)
        return rc;
    ref->key = (struct maybe_i64){(int64_t)key, true};
    ref->call_id = (struct maybe_i64){call_id, call_id != 0};
    return OK;
}

/* A record that names no call but a request belongs to the call of that request. */
static struct identity request_call(struct sv request_id)
{
    if (!request_id.n)
        return (struct identity){.kind = ID_LINE};
    return (struct identity){.kind = ID_OWN, .family = SV("request"), .own = request_id};
}

/* An id packed, in the writer's arena; .p NULL: there is none. */
static enum err pack(struct writer *w, struct sv text, struct sv *out, struct error *err)
{
    *out = SV_NONE;
    if (!text.n)
        return OK;
    unsigned char *p = arena_alloc(&w->arena, PACKED_ID_ROOM(text.n));
    if (!p)
        return no_memory(err);
    *out = (struct sv){(const char *)p, packed_id_pack(text, p)};
    return OK;
}

static enum err bind_id(struct writer *w, struct query *q, struct sv text, struct error *err)
{
    struct sv packed;
    enum err rc = pack(w, text, &packed, err);

    query_blob(q, packed);
    return rc;
}

/* The id of a dictionary's text, missing for a missing one. */
static enum err value_of(struct writer *w, int dictionary, struct sv text, struct maybe_i64 *out,
                         struct error *err)
{
    *out = (struct maybe_i64){0, false};
    if (!text.n)
        return OK;
    *out = (struct maybe_i64){writer_value(w, dictionary, text, err), true};
    return out->v < 0 ? (err ? err->code : ERR_DB) : OK;
}

static void bind_identity(struct query *q, const struct place *p)
{
    query_i64(q, (int64_t)p->key);
    query_text(q, p->identity);
}

static void bind_source(struct query *q, uint32_t source, int64_t line)
{
    query_i64(q, source);
    query_i64(q, line);
}

/* 0 or 1, anything else is missing: the schema holds nothing else. */
static struct maybe_i64 truth(struct maybe_i64 v)
{
    return (struct maybe_i64){v.v, v.known && (v.v == 0 || v.v == 1)};
}

/* ---- tool calls --------------------------------------------------------------------------- */

#define TOOL_COLUMNS 17
enum { TOOL_KEY, TOOL_IDENTITY, TOOL_CALL_KEY, TOOL_CALL_ID, TOOL_REQUEST, TOOL_TRACE, TOOL_TOOL,
       TOOL_ERROR_KIND, TOOL_STARTED, TOOL_ENDED, TOOL_LATENCY, TOOL_STATUS, TOOL_INPUT, TOOL_OUTPUT,
       TOOL_SOURCE, TOOL_LINE, TOOL_VERSION };

static void tool_column(void *ctx, size_t row, int column, sqlite3_context *out)
{
    const struct tool_row *t = *(const struct tool_row *const *)ctx + row;
    const struct tool_record *r = t->record;
    const struct maybe_i64 *const numbers[TOOL_COLUMNS] = {
        [TOOL_CALL_KEY] = &t->ref.key,   [TOOL_CALL_ID] = &t->ref.call_id,
        [TOOL_TOOL] = &t->tool,          [TOOL_ERROR_KIND] = &t->error_kind,
        [TOOL_STARTED] = &r->started_us, [TOOL_ENDED] = &r->ended_us,
        [TOOL_LATENCY] = &r->latency_us, [TOOL_STATUS] = &r->status,
        [TOOL_INPUT] = &r->input_chars,  [TOOL_OUTPUT] = &r->output_chars,
        [TOOL_VERSION] = &t->version,
    };

    switch (column) {
    case TOOL_KEY:
        sqlite3_result_int64(out, (int64_t)t->place.key);
        break;
    case TOOL_IDENTITY:
        writer_result_text(out, t->place.identity);
        break;
    case TOOL_REQUEST:
        writer_result_blob(out, t->request);
        break;
    case TOOL_TRACE:
        writer_result_blob(out, t->trace);
        break;
    case TOOL_SOURCE:
        sqlite3_result_int64(out, r->source);
        break;
    case TOOL_LINE:
        sqlite3_result_int64(out, r->line);
        break;
    default:
        writer_result_maybe(out, *numbers[column]);
        break;
    }
}

enum err writer_facts_open(struct writer *w, struct error *err)
{
    w->tools.keys.seed = w->seed;
    w->tools.table = (struct batch_table){TOOL_COLUMNS, 0, &w->tools.rows, tool_column};
    return batch_table_add(w->store, "batch_tool", &w->tools.table, err);
}

void writer_facts_close(struct writer *w)
{
    batch_table_remove(w->store, "batch_tool");
    keyset_release(&w->tools.keys);
}

static enum err fill_tool(struct writer *w, struct tool_row *t, struct error *err)
{
    const struct tool_record *r = t->record;
    enum err rc = value_of(w, D_TOOL, r->tool_name, &t->tool, err);

    if (!rc)
        rc = value_of(w, F_ERROR_KIND, r->error_kind, &t->error_kind, err);
    if (!rc)
        rc = value_of(w, D_TOOL_VERSION, r->tool_version, &t->version, err);
    if (!rc)
        rc = pack(w, r->request_id, &t->request, err);
    return rc ? rc : pack(w, r->trace_id, &t->trace, err);
}

static void tally_fact(struct writer *w, uint32_t source, const struct place *p, int64_t *count)
{
    if (p->exists)
        writer_tally_of(w, source)->repeated++;
    else
        ++*count;
}

/* What is stored, or will be by then, becomes whole by a statement of its own: one for many rows
 * would have to keep each page that it changes for taking back, because of its ON CONFLICT. */
static enum err merge_tool(struct writer *w, const struct tool_row *t, struct error *err)
{
    const struct tool_record *r = t->record;
    struct query q;
    enum err rc = query_begin(w, W_TOOL_MERGE, &q, err);

    if (rc)
        return rc;
    bind_identity(&q, &t->place);
    query_maybe(&q, t->ref.key);
    query_maybe(&q, t->ref.call_id);
    query_blob(&q, t->request);
    query_blob(&q, t->trace);
    query_maybe(&q, t->tool);
    query_maybe(&q, t->error_kind);
    query_maybe(&q, r->started_us);
    query_maybe(&q, r->ended_us);
    query_maybe(&q, r->latency_us);
    query_maybe(&q, r->status);
    query_maybe(&q, r->input_chars);
    query_maybe(&q, r->output_chars);
    bind_source(&q, r->source, r->line);
    query_maybe(&q, t->version);
    return query_run(w, &q, err);
}

static enum err read_tool(struct writer *w, const struct tool_record *r, struct tool_row *t,
                          struct error *err)
{
    struct identity call = r->has_call ? r->call : request_call(r->request_id);

    *t = (struct tool_row){.record = r};
    enum err rc = find_place(w, LINE_TOOL, &r->id, r->source, SV_NONE, &t->place, err);
    if (!rc)
        rc = find_ref(w, &call, r->source, r->line, &t->ref, err);
    if (!rc)
        rc = fill_tool(w, t, err);
    tally_fact(w, r->source, &t->place, &writer_tally_of(w, r->source)->tool_calls);
    return rc;
}

static enum err insert_tools(struct writer *w, size_t n, struct error *err)
{
    struct query q;
    enum err rc = n ? query_begin(w, W_TOOL_PUT, &q, err) : OK;

    w->tools.table.rows = n;
    return rc || !n ? rc : query_run(w, &q, err);
}

/* The new ones fill the rows from the first one on, the others from the last one down. */
static enum err add_tools(struct writer *w, const struct batch *b, struct error *err)
{
    size_t n = 0, others = b->n_tools;
    enum err rc = OK;

    if (!b->n_tools)
        return OK;
    w->tools.rows = arena_alloc(&w->arena, b->n_tools * sizeof(*w->tools.rows));
    if (!w->tools.rows || b->n_tools >= UINT32_MAX)
        return no_memory(err);
    for (size_t i = 0; !rc && i < b->n_tools; i++) {
        struct tool_row row;
        rc = read_tool(w, &b->tools[i], &row, err);
        w->tools.rows[row.place.exists ? --others : n++] = row;
        if (!rc && !row.place.exists && !keyset_put(&w->tools.keys, row.place.key, (uint32_t)n))
            rc = no_memory(err);
    }
    if (!rc)
        rc = insert_tools(w, n, err);
    for (size_t i = others; !rc && i < b->n_tools; i++)
        rc = merge_tool(w, &w->tools.rows[i], err);
    keyset_release(&w->tools.keys);
    return rc;
}

/* ---- branch decisions --------------------------------------------------------------------- */

static enum err put_branch(struct writer *w, const struct branch_record *r, const struct place *p,
                           const struct call_ref *ref, struct error *err)
{
    struct maybe_i64 from, to, condition;
    struct query q;
    enum err rc = value_of(w, D_NODE, r->from_node, &from, err);

    if (!rc)
        rc = value_of(w, D_NODE, r->to_node, &to, err);
    if (!rc)
        rc = value_of(w, D_CONDITION, r->condition, &condition, err);
    if (!rc)
        rc = query_begin(w, W_BRANCH_PUT, &q, err);
    if (rc)
        return rc;
    bind_identity(&q, p);
    query_maybe(&q, ref->key);
    query_maybe(&q, ref->call_id);
    rc = bind_id(w, &q, r->request_id, err);
    if (!rc)
        rc = bind_id(w, &q, r->trace_id, err);
    if (rc)
        return rc;
    query_maybe(&q, from);
    query_maybe(&q, to);
    query_maybe(&q, condition);
    query_maybe(&q, truth(r->result));
    query_maybe(&q, r->decided_us);
    query_text(&q, r->context);
    bind_source(&q, r->source, r->line);
    return query_run(w, &q, err);
}

static enum err add_branch(struct writer *w, const struct branch_record *r, struct error *err)
{
    struct identity call = request_call(r->request_id);
    struct call_ref ref;
    struct place p = {0};
    enum err rc = find_place(w, LINE_BRANCH, &r->id, r->source, SV_NONE, &p, err);

    if (!rc && !p.exists)
        rc = find_ref(w, &call, r->source, r->line, &ref, err);
    if (!rc && !p.exists)
        rc = put_branch(w, r, &p, &ref, err);
    tally_fact(w, r->source, &p, &writer_tally_of(w, r->source)->branch_decisions);
    return rc;
}

/* ---- scores ------------------------------------------------------------------------------- */

static enum err put_score(struct writer *w, const struct score_record *r, const struct place *p,
                          const struct call_ref *ref, struct error *err)
{
    struct maybe_i64 name, scorer, judge_model;
    struct query q;
    enum err rc = value_of(w, D_SCORE_NAME, r->name, &name, err);

    if (!rc)
        rc = value_of(w, D_SCORER, r->scorer, &scorer, err);
    if (!rc)
        rc = value_of(w, D_JUDGE_MODEL, r->judge_model, &judge_model, err);
    if (!rc)
        rc = query_begin(w, W_SCORE_PUT, &q, err);
    if (rc)
        return rc;
    bind_identity(&q, p);
    query_i64(&q, r->target);
    rc = bind_id(w, &q, r->target == TARGET_CALL ? SV_NONE : r->target_id, err);
    if (rc)
        return rc;
    query_maybe(&q, ref->key);
    query_maybe(&q, ref->call_id);
    query_maybe(&q, name);
    query_maybe(&q, scorer);
    query_text(&q, r->label);
    if (r->value.known)
        sqlite3_bind_double(q.stmt, q.next++, r->value.v); /* not a number: NULL */
    else
        sqlite3_bind_null(q.stmt, q.next++);
    query_maybe(&q, truth(r->passed));
    query_maybe(&q, r->at_us);
    bind_source(&q, r->source, r->line);
    query_maybe(&q, judge_model);
    return query_run(w, &q, err);
}

static enum err put_weight(struct writer *w, const struct score_record *r, const struct place *p,
                           struct error *err)
{
    struct query q;
    enum err rc = OK;

    if (!r->weight.known || !(r->weight.v > 0))
        return OK;
    rc = query_begin(w, W_SCORE_WEIGHT, &q, err);
    if (rc)
        return rc;
    sqlite3_bind_double(q.stmt, q.next++, r->weight.v);
    query_i64(&q, (int64_t)p->key);
    return query_run(w, &q, err);
}

/* What was said before differs: the rule of writer_score_put.sql decides which one stays. */
static enum err contradicts(struct writer *w, const struct score_record *r, const struct place *p,
                            bool *out, struct error *err)
{
    struct query q;
    bool row = false;
    enum err rc = OK;

    *out = false;
    if (!p->exists)
        return OK;
    rc = query_begin(w, W_SCORE_FIND, &q, err);
    if (rc)
        return rc;
    query_i64(&q, (int64_t)p->key);
    rc = query_step(w, &q, &row, err);
    if (!rc && row) {
        bool has_value = sqlite3_column_type(q.stmt, 3) != SQLITE_NULL;
        bool has_passed = sqlite3_column_type(q.stmt, 4) != SQLITE_NULL;
        struct maybe_i64 passed = truth(r->passed);

        *out = has_value != r->value.known || has_passed != passed.known ||
               (has_value && sqlite3_column_double(q.stmt, 3) != r->value.v) ||
               (has_passed && sqlite3_column_int64(q.stmt, 4) != passed.v);
    }
    query_end(&q);
    return rc;
}

/* What only scores on cases have. */
static enum err put_case(struct writer *w, const struct score_record *r, const struct place *p,
                         struct error *err)
{
    struct query q;
    enum err rc = OK;

    if (r->target == TARGET_CASE && p->exists) {
        rc = query_begin(w, W_SCORE_AGAIN, &q, err);
        if (rc)
            return rc;
        query_i64(&q, r->source);
        query_i64(&q, (int64_t)p->key);
        rc = query_run(w, &q, err);
    }
    if (rc || (!r->run.n && !r->cluster.n))
        return rc;
    rc = query_begin(w, W_SCORE_CASE, &q, err);
    if (rc)
        return rc;
    query_text(&q, r->run);
    query_text(&q, r->cluster);
    query_i64(&q, (int64_t)p->key);
    return query_run(w, &q, err);
}

static enum err add_score(struct writer *w, const struct score_record *r, struct error *err)
{
    struct call_ref ref = {0};
    struct place p = {0};
    bool conflict = false;
    enum err rc = find_place(w, LINE_SCORE, &r->id, r->source, SV_NONE, &p, err);

    if (!rc && r->target == TARGET_CALL)
        rc = find_ref(w, &r->call, r->source, r->line, &ref, err);
    if (!rc)
        rc = contradicts(w, r, &p, &conflict, err);
    if (!rc)
        rc = put_score(w, r, &p, &ref, err);
    if (!rc)
        rc = put_weight(w, r, &p, err);
    if (!rc)
        rc = put_case(w, r, &p, err);
    writer_tally_of(w, r->source)->scores_conflicting += conflict;
    tally_fact(w, r->source, &p, &writer_tally_of(w, r->source)->scores);
    return rc;
}

/* ---- embeddings --------------------------------------------------------------------------- */

/* The values as 32-bit floats, least significant byte first, in the writer's arena. */
static struct sv vector_bytes(struct writer *w, const struct embedding_record *r)
{
    unsigned char *out = arena_alloc(&w->arena, (size_t)r->dim * 4);

    for (size_t i = 0; out && i < r->dim; i++) {
        uint32_t bits;

        memcpy(&bits, &r->vector[i], sizeof(bits));
        for (int byte = 0; byte < 4; byte++)
            out[i * 4 + (size_t)byte] = (unsigned char)(bits >> 8 * byte);
    }
    return out ? (struct sv){(const char *)out, (size_t)r->dim * 4} : SV_NONE;
}

static enum err put_embedding(struct writer *w, const struct embedding_record *r,
                              const struct place *p, const struct call_ref *ref, struct error *err)
{
    struct sv bytes = vector_bytes(w, r);
    struct maybe_i64 model;
    struct query q;
    enum err rc = bytes.p ? value_of(w, D_EMBEDDING_MODEL, r->model, &model, err) : no_memory(err);

    if (!rc)
        rc = query_begin(w, W_EMBEDDING_PUT, &q, err);
    if (rc)
        return rc;
    bind_identity(&q, p);
    query_maybe(&q, ref->key);
    query_maybe(&q, ref->call_id);
    query_i64(&q, r->role);
    query_maybe(&q, model);
    query_i64(&q, r->dim);
    query_blob(&q, bytes);
    bind_source(&q, r->source, r->line);
    return query_run(w, &q, err);
}

/* Not counted apart: a line's vector is a part of its call. */
static enum err add_embedding(struct writer *w, const struct embedding_record *r,
                              struct error *err)
{
    struct call_ref ref = {0};
    struct place p = {0};
    enum err rc = find_place(w, LINE_EMBEDDING, &r->id, r->source, SV_NONE, &p, err);

    if (!rc)
        rc = find_ref(w, &r->call, r->source, r->line, &ref, err);
    return rc ? rc : put_embedding(w, r, &p, &ref, err);
}

/* ---- findings ------------------------------------------------------------------------------ */

/* Its call stands in the same batch. */
static enum err add_finding(struct writer *w, const struct finding_record *r, struct error *err)
{
    struct call_ref ref;
    struct maybe_i64 kind;
    struct query q;
    enum err rc = find_ref(w, &r->call, r->source, r->line, &ref, err);

    if (rc || !ref.call_id.known)
        return rc;
    rc = value_of(w, D_FINDING, r->kind, &kind, err);
    if (!rc)
        rc = query_begin(w, W_FINDING_PUT, &q, err);
    if (rc)
        return rc;
    query_maybe(&q, ref.call_id);
    query_maybe(&q, kind);
    query_i64(&q, r->output);
    query_i64(&q, r->n);
    return query_run(w, &q, err);
}

/* ---- guardrails ------------------------------------------------------------------------------ */

static struct sv cut(struct sv *rest, char at)
{
    const char *end = memchr(rest->p, at, rest->n);
    struct sv part = {rest->p, end ? (size_t)(end - rest->p) : rest->n};

    *rest = end ? (struct sv){end + 1, rest->n - part.n - 1} : SV_NONE;
    return part;
}

enum err writer_each_guardrail(struct writer *w, struct sv list,
                               enum err (*put)(struct writer *w, const void *ctx, int64_t rule,
                                               int64_t action, struct error *err),
                               const void *ctx, struct error *err)
{
    struct maybe_i64 rule_id, action_id; /* 0 when it is missing */
    enum err rc = OK;

    while (!rc && list.n) {
        struct sv action = cut(&list, '\n'), rule = cut(&action, '\t');

        rc = value_of(w, D_RULE, rule, &rule_id, err);
        if (!rc)
            rc = value_of(w, D_ACTION, action, &action_id, err);
        if (!rc)
            rc = put(w, ctx, rule_id.v, action_id.v, err);
    }
    return rc;
}

/* ctx: the call's id */
static enum err put_guardrail(struct writer *w, const void *ctx, int64_t rule, int64_t action,
                              struct error *err)
{
    const int64_t *call_id = ctx;
    struct query q;
    enum err rc = query_begin(w, W_GUARDRAIL_PUT, &q, err);

    if (rc)
        return rc;
    query_i64(&q, *call_id);
    query_i64(&q, rule);
    query_i64(&q, action);
    return query_run(w, &q, err);
}

static enum err add_guardrails(struct writer *w, const struct call_record *r, struct error *err)
{
    struct call_ref ref;
    enum err rc = find_ref(w, &r->id, r->source, r->line, &ref, err);

    if (rc || !ref.call_id.known)
        return rc;
    return writer_each_guardrail(w, r->guardrails, put_guardrail, &ref.call_id.v, err);
}

/* ---- texts -------------------------------------------------------------------------------- */

/* *stored: it is new, or took the place of another one. */
static enum err put_text(struct writer *w, const struct text_record *r, int64_t key, bool *stored,
                         struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_TEXT_PUT, &q, err);

    if (rc)
        return rc;
    query_i64(&q, key);
    query_text(&q, r->text);
    query_i64(&q, r->chars);
    query_i64(&q, r->cut);
    query_blob(&q, (struct sv){(const char *)r->rank, sizeof(r->rank)});
    rc = query_run(w, &q, err);
    *stored = !rc && sqlite3_changes(w->store->db);
    return rc;
}

static enum err put_redaction(struct writer *w, const struct text_record *r, int64_t key,
                              const struct redaction *x, struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_REDACTION_PUT, &q, err);

    if (rc)
        return rc;
    query_i64(&q, key);
    query_text(&q, x->kind);
    query_i64(&q, x->n);
    query_blob(&q, (struct sv){(const char *)r->rank, sizeof(r->rank)});
    query_text(&q, r->text);
    return query_run(w, &q, err);
}

static enum err drop_redactions(struct writer *w, int64_t key, struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_REDACTION_DROP, &q, err);

    if (rc)
        return rc;
    query_i64(&q, key);
    return query_run(w, &q, err);
}

/* Its call stands in the same batch. */
static enum err add_text(struct writer *w, const struct text_record *r, struct error *err)
{
    const struct redaction none = {.kind = SV("")};
    struct call_ref ref;
    bool stored;
    enum err rc = find_ref(w, &r->call, r->source, r->line, &ref, err);

    if (rc || !ref.call_id.known)
        return rc;
    int64_t key = ref.call_id.v * 4 + r->side;
    rc = put_text(w, r, key, &stored, err);
    if (!rc && stored)
        rc = drop_redactions(w, key, err);
    if (!rc && r->redacted && !r->n_redactions)
        rc = put_redaction(w, r, key, &none, err);
    for (size_t i = 0; !rc && i < r->n_redactions; i++)
        rc = put_redaction(w, r, key, &r->redactions[i], err);
    return rc;
}

/* ---- quarantine --------------------------------------------------------------------------- */

static enum err put_quarantine(struct writer *w, const struct quarantine_record *r,
                               const struct place *p, struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_QUARANTINE_PUT, &q, err);

    if (rc)
        return rc;
    query_i64(&q, (int64_t)p->key);
    bind_source(&q, r->source, r->line);
    query_i64(&q, r->offset);
    query_i64(&q, r->length);
    query_blob(&q, p->identity);
    query_text(&q, sv_from(quarantine_reason_name(r->reason)));
    query_text(&q, r->field);
    return query_run(w, &q, err);
}

static enum err add_quarantine(struct writer *w, const struct quarantine_record *r,
                               struct error *err)
{
    struct sv sha256 = {(const char *)r->sha256, sizeof(r->sha256)};
    struct place p = {0};
    enum err rc = find_place(w, LINE_QUARANTINE, &r->id, r->source, sha256, &p, err);

    if (!rc && !p.exists)
        rc = put_quarantine(w, r, &p, err);
    tally_fact(w, r->source, &p, &writer_tally_of(w, r->source)->quarantined);
    return rc;
}

enum err writer_add_facts(struct writer *w, const struct batch *b, struct error *err)
{
    enum err rc = add_tools(w, b, err);

    for (size_t i = 0; !rc && i < b->n_branches; i++)
        rc = add_branch(w, &b->branches[i], err);
    for (size_t i = 0; !rc && i < b->n_scores; i++)
        rc = add_score(w, &b->scores[i], err);
    for (size_t i = 0; !rc && i < b->n_embeddings; i++)
        rc = add_embedding(w, &b->embeddings[i], err);
    for (size_t i = 0; !rc && i < b->n_calls; i++)
        if (b->calls[i].guardrails.n)
            rc = add_guardrails(w, &b->calls[i], err);
    for (size_t i = 0; !rc && i < b->n_findings; i++)
        rc = add_finding(w, &b->findings[i], err);
    for (size_t i = 0; !rc && i < b->n_texts; i++)
        rc = add_text(w, &b->texts[i], err);
    for (size_t i = 0; !rc && i < b->n_quarantined; i++)
        rc = add_quarantine(w, &b->quarantined[i], err);
    return rc;
}

/* ---- those that waited -------------------------------------------------------------------- */

#define WAITING_PAGE 8192

static const struct {
    enum writer_sql waiting, join;
} waiting_tables[] = {
    {W_TOOL_WAITING,      W_TOOL_JOIN     },
    {W_BRANCH_WAITING,    W_BRANCH_JOIN   },
    {W_SCORE_WAITING,     W_SCORE_JOIN    },
    {W_EMBEDDING_WAITING, W_EMBEDDING_JOIN},
};

struct waiting {
    int64_t row, call_id;
};

/* Reads a page of waiting rows behind (*key, *row); found: those whose call is there. Only the key
 * tells it: a reference is not stored as a text that could be compared. */
static enum err read_page(struct writer *w, enum writer_sql which, int64_t *key, int64_t *row,
                          struct waiting *found, size_t *n_found, size_t *n_read, struct error *err)
{
    struct query q;
    bool more = true;
    enum err rc = query_begin(w, which, &q, err);

    *n_found = *n_read = 0;
    if (rc)
        return rc;
    query_i64(&q, *key);
    query_i64(&q, *row);
    query_i64(&q, WAITING_PAGE);
    while (!(rc = query_step(w, &q, &more, err)) && more && *n_read < WAITING_PAGE) {
        *key = sqlite3_column_int64(q.stmt, 0);
        *row = sqlite3_column_int64(q.stmt, 1);
        int64_t call_id;
        rc = writer_call_of_key(w, (uint64_t)*key, &call_id, err);
        if (rc)
            break;
        if (call_id)
            found[(*n_found)++] = (struct waiting){*row, call_id};
        ++*n_read;
    }
    query_end(&q);
    return rc;
}

static enum err join(struct writer *w, enum writer_sql which, const struct waiting *x,
                     struct error *err)
{
    struct query q;
    enum err rc = writer_begin(w, err);

    if (!rc)
        rc = query_begin(w, which, &q, err);
    if (rc)
        return rc;
    query_i64(&q, x->call_id);
    query_i64(&q, x->row);
    return query_run(w, &q, err);
}

enum err writer_join_waiting(struct writer *w, struct error *err)
{
    struct waiting *found = malloc(WAITING_PAGE * sizeof(*found));
    enum err rc = found ? OK : no_memory(err);

    for (size_t t = 0; !rc && t < ARRAY_LEN(waiting_tables); t++) {
        int64_t key = INT64_MIN, row = 0;
        size_t n_found, n_read = WAITING_PAGE;
        while (!rc && n_read == WAITING_PAGE) {
            rc = read_page(w, waiting_tables[t].waiting, &key, &row, found, &n_found, &n_read, err);
            for (size_t i = 0; !rc && i < n_found; i++)
                rc = join(w, waiting_tables[t].join, &found[i], err);
        }
    }
    free(found);
    return rc;
}
