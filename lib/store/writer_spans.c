/* writer_spans: spans of traces, and the deciding which of them are calls. */
#include <stdlib.h>
#include "store/packed_id.h"
#include "store/trace_calls.h"
#include "store/trace_guardrails.h"
#include "store/writer_internal.h"

#include "base/banned.h"

/* ---- spans -------------------------------------------------------------------------------- */

static enum err note_trace(struct touched *t, int64_t key, struct error *err)
{
    if (t->n && t->keys[t->n - 1] == key)
        return OK;
    if (t->n == t->cap) {
        size_t cap = t->cap ? 2 * t->cap : 1024;
        int64_t *keys = realloc(t->keys, cap * sizeof(*keys));
        if (!keys)
            return error_set(err, ERR_NOMEM, "out of memory for the touched traces");
        t->keys = keys;
        t->cap = cap;
    }
    t->keys[t->n++] = key;
    return OK;
}

enum err writer_touch_trace(struct writer *w, int64_t key, struct error *err)
{
    return note_trace(&w->touched, key, err);
}

static enum err pack(struct writer *w, struct sv text, struct sv *out, struct error *err)
{
    *out = SV_NONE;
    if (!text.p)
        return OK;
    unsigned char *p = arena_alloc(&w->arena, PACKED_ID_ROOM(text.n));
    if (!p)
        return error_set(err, ERR_NOMEM, "out of memory for the ids of a span");
    *out = (struct sv){(const char *)p, packed_id_pack(text, p)};
    return OK;
}

/* The call of a span, 0 when there is none. */
static enum err span_call(struct writer *w, struct sv trace_id, struct sv span_id, int64_t *call_id,
                          struct error *err)
{
    struct identity id = {.kind = ID_SPAN, .trace_id = trace_id, .span_id = span_id};
    uint64_t key = identity_key(&id);
    struct call_ids ids, found;

    enum err rc = writer_call_of_key(w, key, call_id, err);
    if (rc || !*call_id)
        return rc;
    rc = call_ids_of(w, &id, &ids, err);
    return rc ? rc : writer_find_call(w, &ids, &key, call_id, &found, err);
}

static enum err put_span(struct writer *w, const struct span_record *r, int64_t trace_key,
                         int64_t call_id, struct error *err)
{
    struct sv span = SV_NONE, parent = SV_NONE;
    struct query q;
    enum err rc = pack(w, r->span_id.p ? r->span_id : SV(""), &span, err);

    if (!rc && r->parent_span_id.n)
        rc = pack(w, r->parent_span_id, &parent, err);
    if (!rc)
        rc = query_begin(w, W_SPAN_PUT, &q, err);
    if (rc)
        return rc;
    query_i64(&q, trace_key);
    query_blob(&q, span);
    query_blob(&q, parent);
    query_text(&q, r->name);
    query_text(&q, r->kind);
    query_text(&q, r->service);
    query_text(&q, r->scope);
    query_text(&q, r->error_type);
    query_i64(&q, r->status);
    query_maybe(&q, r->started_us);
    query_maybe(&q, r->ended_us);
    query_text(&q, r->attributes);
    query_maybe(&q, (struct maybe_i64){call_id, call_id > 0});
    query_i64(&q, r->source);
    query_i64(&q, r->line);
    return query_run(w, &q, err);
}

static enum err gather_span(struct writer *w, const struct span_record *r, int64_t row,
                            struct error *err)
{
    struct sv ids[2];
    enum err rc = pack(w, r->trace_id, &ids[0], err);

    if (!rc)
        rc = pack(w, r->span_id, &ids[1], err);
    return rc ? rc : writer_gather_ids(w, RUN_SPANS, row, ids, ARRAY_LEN(ids), err);
}

/* ---- what spans say of the calls below them ------------------------------------------------ */

/* Columns of table span_context behind span_row. */
static const int context_columns[] = {F_FEATURE, F_USER,   F_TEAM,       F_PROJECT,
                                      F_AGENT,   F_TENANT, C_SESSION_KEY};

/* From column `first` of the row that q stands on. */
static struct inheritance read_context(struct query *q, int first)
{
    struct inheritance out = {0};

    for (size_t i = 0; i < ARRAY_LEN(context_columns); i++)
        if (sqlite3_column_type(q->stmt, first + (int)i) != SQLITE_NULL)
            inheritance_set(&out, context_columns[i],
                            sqlite3_column_int64(q->stmt, first + (int)i));
    return out;
}

static enum err put_context(struct writer *w, int64_t span_row, const struct inheritance *context,
                            struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_CONTEXT_PUT, &q, err);

    if (rc)
        return rc;
    query_i64(&q, span_row);
    for (size_t i = 0; i < ARRAY_LEN(context_columns); i++) {
        struct maybe_i64 v = {0, false};

        v.known = inheritance_get(context, context_columns[i], &v.v);
        query_maybe(&q, v);
    }
    w->has_contexts = true;
    return query_run(w, &q, err);
}

/* Ids of dictionaries depend on the order of arrival, so texts are compared; keys of sessions are
 * hashes. */
static bool is_larger(struct writer *w, int column, int64_t a, int64_t b)
{
    return column == C_SESSION_KEY ? a > b : writer_compare_values(w, column, a, b) > 0;
}

/* Where two records of one span differ the larger one holds, as for the rest of the span. */
static struct inheritance merge_contexts(struct writer *w, const struct inheritance *a,
                                         const struct inheritance *b)
{
    struct inheritance out;

    inheritance_join(a, b, &out);
    for (size_t i = 0; i < ARRAY_LEN(context_columns); i++) {
        int c = context_columns[i];
        int64_t x, y;

        if (inheritance_get(a, c, &x) && inheritance_get(b, c, &y) && x != y)
            inheritance_set(&out, c, is_larger(w, c, x, y) ? x : y);
    }
    return out;
}

/* For a span that may have been stored before, with or without a context. */
static enum err add_context(struct writer *w, const struct planned_span *s, struct error *err)
{
    struct sv span = SV_NONE;
    struct inheritance stored = {0}, merged;
    struct query q;
    int64_t row_id = 0;
    bool row = false;
    enum err rc = pack(w, s->record->span_id.p ? s->record->span_id : SV(""), &span, err);

    if (!rc)
        rc = query_begin(w, W_CONTEXT, &q, err);
    if (rc)
        return rc;
    query_i64(&q, s->trace_key);
    query_blob(&q, span);
    rc = query_step(w, &q, &row, err);
    if (!rc && row) {
        row_id = sqlite3_column_int64(q.stmt, 0);
        stored = read_context(&q, 1);
    }
    query_end(&q);
    if (rc || !row)
        return rc;
    merged = merge_contexts(w, &stored, s->context);
    if (w->compare_error.code) {
        if (err)
            *err = w->compare_error;
        return w->compare_error.code;
    }
    return put_context(w, row_id, &merged, err);
}

/* ctx: the planned_span */
static enum err put_guardrail(struct writer *w, const void *ctx, int64_t rule, int64_t action,
                              struct error *err)
{
    const struct planned_span *s = ctx;
    struct sv span = SV_NONE;
    struct query q;
    enum err rc = pack(w, s->record->span_id.p ? s->record->span_id : SV(""), &span, err);

    if (!rc)
        rc = query_begin(w, W_SPAN_GUARDRAIL_PUT, &q, err);
    if (rc)
        return rc;
    query_i64(&q, rule);
    query_i64(&q, action);
    query_i64(&q, s->trace_key);
    query_blob(&q, span);
    w->has_guardrails = true;
    return query_run(w, &q, err);
}

static enum err add_span(struct writer *w, const struct planned_span *s, struct error *err)
{
    const struct span_record *r = s->record;
    struct source_tally *tally = writer_tally_of(w, r->source);
    int64_t call_id = 0;
    enum err rc = writer_touch_trace(w, s->trace_key, err);

    if (!rc && r->has_usage)
        rc = span_call(w, r->trace_id, r->span_id, &call_id, err);
    if (rc)
        return rc;
    /* An upsert that updates leaves the last rowid alone. */
    sqlite3_set_last_insert_rowid(w->store->db, 0);
    rc = put_span(w, r, s->trace_key, call_id, err);
    int64_t row = sqlite3_last_insert_rowid(w->store->db);
    if (row)
        tally->spans++;
    else
        tally->repeated++;
    if (!rc && row)
        rc = gather_span(w, r, row, err);
    if (!rc && s->context)
        rc = add_context(w, s, err);
    return rc ? rc : writer_each_guardrail(w, r->guardrails, put_guardrail, s, err);
}

/* ---- spans of planned traces, many at once ------------------------------------------------ */

/* A row of table batch_span; its columns are those of table span. */
struct span_row {
    const struct span_record *record;
    int64_t trace_key, call_id;    /* call_id 0: none */
    struct sv trace, span, parent; /* packed */
};

#define SPAN_COLUMNS 16
enum { SPAN_TRACE = 1, SPAN_ID, SPAN_PARENT, SPAN_NAME, SPAN_KIND, SPAN_SERVICE, SPAN_SCOPE,
       SPAN_ERROR, SPAN_STATUS, SPAN_STARTED, SPAN_ENDED, SPAN_ATTRIBUTES, SPAN_CALL, SPAN_SOURCE,
       SPAN_LINE };

static void span_column(void *ctx, size_t row, int column, sqlite3_context *out)
{
    const struct span_row *s = *(const struct span_row *const *)ctx + row;
    const struct span_record *r = s->record;
    const struct sv *const texts[] = {
        [SPAN_NAME] = &r->name,     [SPAN_KIND] = &r->kind,        [SPAN_SERVICE] = &r->service,
        [SPAN_SCOPE] = &r->scope,   [SPAN_ERROR] = &r->error_type, [SPAN_ATTRIBUTES] = &r->attributes,
    };

    switch (column) {
    case SPAN_TRACE:
        sqlite3_result_int64(out, s->trace_key);
        break;
    case SPAN_ID:
        writer_result_blob(out, s->span);
        break;
    case SPAN_PARENT:
        writer_result_blob(out, s->parent);
        break;
    case SPAN_STATUS:
        sqlite3_result_int(out, (int)r->status);
        break;
    case SPAN_STARTED:
        writer_result_maybe(out, r->started_us);
        break;
    case SPAN_ENDED:
        writer_result_maybe(out, r->ended_us);
        break;
    case SPAN_CALL:
        writer_result_maybe(out, (struct maybe_i64){s->call_id, s->call_id > 0});
        break;
    case SPAN_SOURCE:
        sqlite3_result_int64(out, r->source);
        break;
    case SPAN_LINE:
        sqlite3_result_int64(out, r->line);
        break;
    default:
        writer_result_text(out, *texts[column]);
        break;
    }
}

enum err writer_spans_open(struct writer *w, struct error *err)
{
    w->span_table = (struct batch_table){SPAN_COLUMNS, 0, &w->span_source, span_column};
    return batch_table_add(w->store, "batch_span", &w->span_table, err);
}

void writer_spans_close(struct writer *w)
{
    batch_table_remove(w->store, "batch_span");
}

static enum err fill_span_row(struct writer *w, const struct planned_span *s, struct span_row *out,
                              struct error *err)
{
    const struct span_record *r = s->record;
    struct sv parent = r->parent_span_id.n ? r->parent_span_id : SV_NONE;

    *out = (struct span_row){.record = r, .trace_key = s->trace_key};
    enum err rc = pack(w, r->span_id, &out->span, err);
    if (!rc)
        rc = pack(w, parent, &out->parent, err);
    if (!rc && s->call)
        out->call_id = w->plan.calls[s->call - 1].call_id;
    if (!rc && s->call && !out->call_id) /* it was merged with a call that is stored */
        rc = span_call(w, r->trace_id, r->span_id, &out->call_id, err);
    writer_tally_of(w, r->source)->spans++;
    return rc;
}

static enum err gather_rows(struct writer *w, const struct span_row *rows, size_t n, int64_t first,
                            struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; !rc && i < n; i++) {
        const struct sv ids[] = {rows[i].trace, rows[i].span};
        rc = writer_gather_ids(w, RUN_SPANS, first + (int64_t)i, ids, ARRAY_LEN(ids), err);
    }
    return rc;
}

/* Of the planned spans, whose rows have numbers in order. */
static enum err put_planned_contexts(struct writer *w, int64_t first, struct error *err)
{
    const struct plan *p = &w->plan;
    int64_t row = first - 1;
    enum err rc = OK;

    for (size_t i = 0; !rc && i < p->n_spans; i++) {
        row += p->spans[i].planned;
        if (p->spans[i].planned && p->spans[i].context)
            rc = put_context(w, row, p->spans[i].context, err);
    }
    return rc;
}

/* Fills the rows of the planned spans and notes their traces; *n: how many there are. */
static enum err fill_planned(struct writer *w, struct span_row *rows, size_t *n, struct error *err)
{
    const struct plan *p = &w->plan;
    enum err rc = OK;

    *n = 0;
    for (size_t i = 0; !rc && i < p->n_spans; i++) {
        const struct planned_span *s = &p->spans[i];
        struct span_row *row = &rows[*n];
        if (!s->planned)
            continue;
        rc = fill_span_row(w, s, row, err);
        if (!rc && *n > 0 && row[-1].trace_key == s->trace_key) {
            row->trace = row[-1].trace;
        } else if (!rc) {
            rc = pack(w, s->record->trace_id, &row->trace, err);
            if (!rc)
                rc = note_trace(&w->planned, s->trace_key, err);
        }
        ++*n;
    }
    return rc;
}

static enum err insert_planned(struct writer *w, struct error *err)
{
    struct span_row *rows = arena_alloc(&w->plan.arena, w->plan.n_spans * sizeof(*rows));
    struct query q;
    size_t n;

    if (!rows)
        return error_set(err, ERR_NOMEM, "out of memory for the spans of a batch");
    enum err rc = fill_planned(w, rows, &n, err);
    w->span_source = rows;
    w->span_table.rows = n;
    if (!rc && n)
        rc = query_begin(w, W_SPANS_INSERT, &q, err);
    if (!rc && n)
        rc = query_run(w, &q, err);
    /* SQLite numbered them itself; what is stored next changes the last number. */
    int64_t first = sqlite3_last_insert_rowid(w->store->db) - (int64_t)n + 1;
    if (!rc)
        rc = gather_rows(w, rows, n, first, err);
    return rc ? rc : put_planned_contexts(w, first, err);
}

enum err writer_add_spans(struct writer *w, struct error *err)
{
    const struct plan *p = &w->plan;
    enum err rc = p->n_spans ? insert_planned(w, err) : OK;

    for (size_t i = 0; !rc && i < p->n_spans; i++)
        if (!p->spans[i].planned)
            rc = add_span(w, &p->spans[i], err);
    return rc;
}

/* ---- one trace in memory ------------------------------------------------------------------ */

struct trace {
    struct arena arena;
    struct sv id; /* its text */
    struct trace_span *spans;
    int64_t *rows, *calls; /* span_row, call_id (0: none) of each */
    const struct inheritance **contexts; /* of each; NULL: it says nothing */
    size_t n, cap;
    bool any_call;
    bool planned; /* some of its calls may have been decided in this transaction */
};

static void trace_release(struct trace *t)
{
    arena_release(&t->arena);
    free(t->spans);
    free(t->rows);
    free(t->calls);
    free(t->contexts);
}

static bool trace_reserve(struct trace *t)
{
    size_t cap = t->cap ? 2 * t->cap : 64;

    if (t->n < t->cap)
        return true;
    struct trace_span *spans = realloc(t->spans, cap * sizeof(*spans));
    t->spans = spans ? spans : t->spans;
    int64_t *rows = realloc(t->rows, cap * sizeof(*rows));
    t->rows = rows ? rows : t->rows;
    int64_t *calls = realloc(t->calls, cap * sizeof(*calls));
    t->calls = calls ? calls : t->calls;
    const struct inheritance **contexts = realloc(t->contexts, cap * sizeof(*contexts));
    t->contexts = contexts ? contexts : t->contexts;
    if (!spans || !rows || !calls || !contexts || cap > INT32_MAX)
        return false;
    t->cap = cap;
    return true;
}

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the spans of a trace");
}

static enum err load_trace_id(struct writer *w, struct trace *t, int64_t key, struct error *err)
{
    struct query q;
    bool row = false;
    enum err rc = query_begin(w, W_TRACE, &q, err);

    if (rc)
        return rc;
    query_i64(&q, key);
    rc = query_step(w, &q, &row, err);
    if (!rc && row) {
        struct sv packed = query_column(&q, 0);
        char *text = arena_alloc(&t->arena, PACKED_ID_TEXT_ROOM(packed.n));
        if (text)
            t->id = packed_id_unpack(packed.p, packed.n, text);
        else
            rc = no_memory(err);
    }
    query_end(&q);
    return rc;
}

/* A call that was stored without its span being known, or before it was. */
static enum err find_call(struct writer *w, struct trace *t, struct sv span, int64_t *call_id,
                          struct error *err)
{
    char *text = arena_alloc(&w->arena, PACKED_ID_TEXT_ROOM(span.n));

    if (!text)
        return no_memory(err);
    enum err rc = span_call(w, t->id, packed_id_unpack(span.p, span.n, text), call_id, err);
    arena_reset(&w->arena);
    return rc;
}

/* The context of the span that q stands on, in the trace's arena. */
static bool load_context(struct trace *t, struct query *q, const struct inheritance **out)
{
    struct inheritance found = read_context(q, 4), *kept = NULL;

    *out = NULL;
    if (!found.known)
        return true;
    kept = arena_alloc(&t->arena, sizeof(*kept));
    if (kept)
        *kept = found;
    *out = kept;
    return kept != NULL;
}

static enum err load_span(struct writer *w, struct trace *t, struct query *q, struct error *err)
{
    struct sv span = query_column(q, 1), parent = query_column(q, 2);
    enum err rc = OK;

    if (!trace_reserve(t))
        return no_memory(err);
    t->contexts[t->n] = NULL;
    if (w->has_contexts && !load_context(t, q, &t->contexts[t->n]))
        return no_memory(err);
    t->rows[t->n] = sqlite3_column_int64(q->stmt, 0);
    t->calls[t->n] = sqlite3_column_int64(q->stmt, 3); /* 0 for NULL */
    t->spans[t->n] = (struct trace_span){.id = hash64(span.p, span.n, w->seed)};
    if (parent.p) {
        t->spans[t->n].parent = hash64(parent.p, parent.n, w->seed);
        t->spans[t->n].has_parent = true;
    }
    if (!t->calls[t->n]) {
        rc = find_call(w, t, span, &t->calls[t->n], err);
        if (t->calls[t->n])
            t->rows[t->n] = -t->rows[t->n]; /* to be linked */
    }
    t->spans[t->n].has_usage = t->calls[t->n] != 0;
    t->any_call |= t->spans[t->n].has_usage;
    t->n++;
    return rc;
}

static enum err load_trace(struct writer *w, struct trace *t, int64_t key, struct error *err)
{
    struct query q;
    bool row = true;
    enum err rc = load_trace_id(w, t, key, err);

    if (!rc)
        rc = query_begin(w, w->has_contexts ? W_TRACE_CONTEXTS : W_TRACE_SPANS, &q, err);
    if (rc)
        return rc;
    query_i64(&q, key);
    while (!rc && !(rc = query_step(w, &q, &row, err)) && row)
        rc = load_span(w, t, &q, err);
    query_end(&q);
    return rc;
}

static enum err link_spans(struct writer *w, struct trace *t, struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; !rc && i < t->n; i++) {
        struct query q;
        if (t->rows[i] > 0)
            continue;
        rc = query_begin(w, W_SPAN_LINK, &q, err);
        if (rc)
            break;
        query_i64(&q, t->calls[i]);
        query_i64(&q, -t->rows[i]);
        rc = query_run(w, &q, err);
    }
    return rc;
}

/* ---- deciding ----------------------------------------------------------------------------- */

static bool same_row(const struct call_row *a, const struct call_row *b)
{
    const uint64_t own = CALL_BIT(C_SHADOWED) | CALL_BIT(C_INHERITED);

    return !((a->known ^ b->known) & own) && merge_same(a, b) &&
           (!call_row_has(a, C_INHERITED) || a->v[C_INHERITED] == b->v[C_INHERITED]);
}

/* The summary counts calls; a shadow is none. Those of earlier runs were counted by them. */
static void tally_shadow(struct writer *w, int64_t call_id, const struct call_row *was,
                         const struct call_row *is)
{
    int64_t source = was->v[C_SOURCE_ID];

    if (call_id < w->run_first_id || !lineages_of(&w->lineages, source))
        return;
    writer_tally_of(w, source)->calls_new +=
        call_row_has(was, C_SHADOWED) - call_row_has(is, C_SHADOWED);
}

/* What one call becomes. above: what the spans above it give, NULL: nothing; *below: what holds for
 * the spans below it. */
static enum err decide_call(struct writer *w, struct trace *t, bool shadowed, int64_t call_id,
                            const struct inheritance *above, const struct inheritance **below,
                            struct error *err)
{
    struct call_row was, is;

    *below = above;
    if (!shadowed && !above && call_id >= w->transaction_first_id && !t->planned)
        return OK; /* never decided before, so it is as logged */
    enum err rc = writer_load_call(w, call_id, &was, err);
    if (rc)
        return rc;
    is = was;
    inheritance_clear(&is);
    is.known &= ~CALL_BIT(C_SHADOWED);
    if (shadowed) {
        struct inheritance *own = arena_alloc(&t->arena, sizeof(*own));
        if (!own)
            return no_memory(err);
        inheritance_push(above, &is, own);
        *below = own;
        call_row_set(&is, C_SHADOWED, 1);
    } else if (above) {
        inheritance_fill(above, &is);
    }
    if (same_row(&was, &is))
        return OK;
    tally_shadow(w, call_id, &was, &is);
    return writer_change_call(w, call_id, &is, err);
}

static enum err join_context(struct trace *t, const struct inheritance *above,
                             const struct inheritance *own, const struct inheritance **below,
                             struct error *err)
{
    struct inheritance *all = arena_alloc(&t->arena, sizeof(*all));

    if (!all)
        return no_memory(err);
    inheritance_join(above, own, all);
    *below = all;
    return OK;
}

static enum err decide_calls(struct writer *w, struct trace *t, struct error *err)
{
    uint32_t *order = malloc(t->n * sizeof(*order));
    const struct inheritance **below = calloc(t->n, sizeof(const struct inheritance *));
    enum err rc = OK;

    if (!order || !below)
        rc = no_memory(err);
    else
        rc = trace_calls_arrange(t->spans, (uint32_t)t->n, order, err);
    for (size_t k = 0; !rc && k < t->n; k++) {
        uint32_t i = order[k];
        const struct trace_span *s = &t->spans[i];
        const struct inheritance *above = s->above == TRACE_ROOT ? NULL : below[s->above];
        below[i] = above;
        if (s->has_usage)
            rc = decide_call(w, t, s->shadowed, t->calls[i], above, &below[i], err);
        else if (t->contexts[i])
            rc = join_context(t, above, t->contexts[i], &below[i], err);
    }
    free(order);
    free(below);
    return rc;
}

/* ---- guardrails ---------------------------------------------------------------------------- */

struct span_place {
    int64_t row;
    uint32_t above;
};

static int compare_rows(const void *a, const void *b)
{
    const struct span_place *x = a, *y = b;

    return (x->row > y->row) - (x->row < y->row);
}

/* The trace's spans by their rows, in its arena; NULL: out of memory. */
static struct span_place *places_of(struct trace *t)
{
    struct span_place *places = arena_alloc(&t->arena, t->n * sizeof(*places));

    for (size_t i = 0; places && i < t->n; i++)
        places[i] = (struct span_place){t->rows[i] < 0 ? -t->rows[i] : t->rows[i],
                                        t->spans[i].above};
    if (places)
        qsort(places, t->n, sizeof(*places), compare_rows);
    return places;
}

/* The trace's spans that tell of triggered guardrails, in its arena. */
static enum err load_guardrails(struct writer *w, struct trace *t, int64_t key,
                                struct guardrail_span **out, size_t *n, struct error *err)
{
    struct guardrail_span *all = arena_alloc(&t->arena, t->n * sizeof(*all));
    const struct span_place *places = places_of(t);
    struct query q;
    bool row = true;
    enum err rc = all && places ? query_begin(w, W_TRACE_GUARDRAILS, &q, err) : no_memory(err);

    *n = 0;
    if (rc)
        return rc;
    query_i64(&q, key);
    while (!(rc = query_step(w, &q, &row, err)) && row && *n < t->n) {
        const struct span_place wanted = {sqlite3_column_int64(q.stmt, 0), 0}, *at = NULL;

        at = bsearch(&wanted, places, t->n, sizeof(*places), compare_rows);
        all[(*n)++] = (struct guardrail_span){
            .row = wanted.row,
            .above = at ? at->above : TRACE_ROOT,
            .started_us = sqlite3_column_type(q.stmt, 1) == SQLITE_NULL
                              ? CALL_MISSING
                              : sqlite3_column_int64(q.stmt, 1)};
    }
    query_end(&q);
    *out = all;
    return rc;
}

static enum err load_guarded(struct writer *w, struct trace *t, struct guarded_call **out,
                             size_t *n, struct error *err)
{
    struct guarded_call *all = arena_alloc(&t->arena, t->n * sizeof(*all));
    enum err rc = all ? OK : no_memory(err);

    *n = 0;
    for (size_t i = 0; !rc && i < t->n; i++) {
        struct call_row row;

        if (!t->spans[i].has_usage || t->spans[i].shadowed)
            continue;
        rc = writer_load_call(w, t->calls[i], &row, err);
        if (rc)
            break;
        all[(*n)++] = (struct guarded_call){
            .call_id = t->calls[i],
            .span = (uint32_t)i,
            .above = t->spans[i].above,
            .started_us = call_row_has(&row, F_STARTED_US) ? row.v[F_STARTED_US] : CALL_MISSING,
            .key = (uint64_t)row.v[C_IDENTITY_KEY]};
    }
    *out = all;
    return rc;
}

static enum err put_guarded_call(struct writer *w, const struct guardrail_span *g,
                                 struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_SPAN_GUARDRAIL_CALL, &q, err);

    if (rc)
        return rc;
    query_maybe(&q, (struct maybe_i64){g->call_id, g->call_id > 0});
    query_i64(&q, g->row);
    return query_run(w, &q, err);
}

/* Calls were decided before, so none is marked. */
static enum err mark_guarded(struct writer *w, int64_t call_id, struct error *err)
{
    struct call_row was, is;
    enum err rc = writer_load_call(w, call_id, &was, err);

    if (rc)
        return rc;
    is = was;
    inheritance_guard(&is);
    return same_row(&was, &is) ? OK : writer_change_call(w, call_id, &is, err);
}

/* The guardrails of a trace whose calls were decided. */
static enum err decide_guardrails(struct writer *w, struct trace *t, int64_t key,
                                  struct error *err)
{
    struct guardrail_span *guardrails = NULL;
    struct guarded_call *calls = NULL;
    size_t n = 0, n_calls = 0;
    enum err rc = load_guardrails(w, t, key, &guardrails, &n, err);

    if (rc || !n)
        return rc;
    rc = load_guarded(w, t, &calls, &n_calls, err);
    if (!rc)
        trace_guardrails_assign(calls, n_calls, guardrails, n);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = put_guarded_call(w, &guardrails[i], err);
        if (!rc && guardrails[i].call_id)
            rc = mark_guarded(w, guardrails[i].call_id, err);
    }
    return rc;
}

static enum err decide_trace(struct writer *w, int64_t key, bool planned, struct error *err)
{
    struct trace t = {.planned = planned};
    enum err rc = load_trace(w, &t, key, err);

    if (!rc && t.any_call) {
        rc = link_spans(w, &t, err);
        if (!rc)
            rc = decide_calls(w, &t, err);
        if (!rc && w->has_guardrails)
            rc = decide_guardrails(w, &t, key, err);
    }
    trace_release(&t);
    return rc;
}

static int compare_keys(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void sort_traces(struct touched *t)
{
    if (t->n)
        qsort(t->keys, t->n, sizeof(*t->keys), compare_keys);
}

enum err writer_decide_traces(struct writer *w, struct error *err)
{
    struct touched *t = &w->touched, *p = &w->planned;
    size_t at = 0;
    enum err rc = OK;

    sort_traces(t);
    sort_traces(p);
    for (size_t i = 0; !rc && i < t->n; i++) {
        if (i > 0 && t->keys[i] == t->keys[i - 1])
            continue;
        while (at < p->n && p->keys[at] < t->keys[i])
            at++;
        rc = decide_trace(w, t->keys[i], at < p->n && p->keys[at] == t->keys[i], err);
    }
    t->n = p->n = 0;
    return rc;
}
