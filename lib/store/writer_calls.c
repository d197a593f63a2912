/* writer_calls: call records become rows: identity, merging, and one INSERT for many. */
#include <stdlib.h>
#include "sql.h"
#include "store/packed_id.h"
#include "store/trace_calls.h"
#include "store/writer_internal.h"

#include "base/banned.h"

#define PREFETCH_AHEAD 12

/* Records that give a column of their own, so that none of them can go, always find room. */
_Static_assert(MAX_VERSIONS > __builtin_popcountll(MERGE_COLUMNS), "room for all useful records");

/* ---- the tables in memory that SQL reads -------------------------------------------------- */

static void call_cell(const struct call_row *row, int column, sqlite3_context *out)
{
    if (call_row_has(row, column))
        sqlite3_result_int64(out, row->v[column]);
}

static void call_column(void *ctx, size_t row, int column, sqlite3_context *out)
{
    const struct call_source *s = ctx;

    if (column == 0)
        sqlite3_result_int64(out, s->first_id + (int64_t)row);
    else
        call_cell(&s->rows[row], column - 1, out);
}

static void version_column(void *ctx, size_t row, int column, sqlite3_context *out)
{
    const struct call_version *v = *(const struct call_version *const *)ctx + row;

    if (column == 0)
        sqlite3_result_int64(out, v->call_id);
    else
        call_cell(&v->row, column - 1, out);
}

#define IDENTITY_COLUMNS 8

void writer_result_text(sqlite3_context *out, struct sv text)
{
    if (text.p)
        sqlite3_result_text64(out, text.p, text.n, SQLITE_STATIC, SQLITE_UTF8);
}

void writer_result_blob(sqlite3_context *out, struct sv bytes)
{
    if (bytes.p)
        sqlite3_result_blob64(out, bytes.p, bytes.n, SQLITE_STATIC);
}

void writer_result_maybe(sqlite3_context *out, struct maybe_i64 v)
{
    if (v.known)
        sqlite3_result_int64(out, v.v);
}

/* The id in a column of call_identity from `own` on, as it is stored. */
static struct sv identity_cell(const struct call_ids *ids, int column)
{
    switch (column) {
    case 3:
        return ids->kind == ID_OWN && ids->request.p && sv_eq(ids->own, ids->request) ? SV_NONE
                                                                                      : ids->own;
    case 4:
        return ids->request;
    case 5:
        return ids->trace;
    case 6:
        return ids->span;
    default:
        return ids->parent;
    }
}

static void identity_column(void *ctx, size_t row, int column, sqlite3_context *out)
{
    const struct identity_source *s = ctx;
    const struct call_ids *ids = &s->rows[row];

    if (column == 0) {
        sqlite3_result_int64(out, s->first_id + (int64_t)row);
    } else if (column == 1) {
        sqlite3_result_int(out, (int)ids->kind);
    } else if (column == 2) {
        if (ids->kind == ID_OWN)
            sqlite3_result_int64(out, ids->family);
    } else {
        writer_result_blob(out, identity_cell(ids, column));
    }
}

/* Which column stands where in the rows of table call: not in the order of the enums. */
static enum err find_places(struct writer *w, struct error *err)
{
    sqlite3_stmt *ours, *theirs = NULL;
    int found = 0;
    enum err rc = store_statement(w->store, sql_queries_chunk_rows, &ours, err);

    if (!rc && sqlite3_prepare_v2(w->store->db, "SELECT * FROM main.call", -1, &theirs, NULL) !=
                   SQLITE_OK)
        rc = store_db_error(w->store, err, NULL);
    for (int c = 0; !rc && c < C_COUNT; c++)
        for (int place = 1; place < sqlite3_column_count(theirs) && place <= C_COUNT; place++)
            if (strcmp(sqlite3_column_name(theirs, place), sqlite3_column_name(ours, c)) == 0) {
                w->call_places[place - 1] = (uint8_t)c;
                found++;
            }
    sqlite3_finalize(theirs);
    if (!rc && found != C_COUNT)
        rc = error_set(err, ERR_DB, "%s: damaged: table call is not what it should be",
                       store_path(w->store));
    return rc;
}

enum err writer_calls_open(struct writer *w, struct error *err)
{
    w->call_table = (struct batch_table){1 + C_COUNT, 0, &w->call_source, call_column};
    w->identity_table =
        (struct batch_table){IDENTITY_COLUMNS, 0, &w->identity_source, identity_column};
    w->version_table = (struct batch_table){1 + C_COUNT, 0, &w->version_source, version_column};
    enum err rc = batch_table_add(w->store, "batch_call", &w->call_table, err);
    if (!rc)
        rc = batch_table_add(w->store, "batch_identity", &w->identity_table, err);
    if (!rc)
        rc = batch_table_add(w->store, "batch_version", &w->version_table, err);
    if (!rc)
        rc = row_image_new(w->store, "call_image", "call", &w->call_image, err);
    if (!rc)
        rc = row_image_new(w->store, "identity_image", "call_identity", &w->identity_image, err);
    return rc ? rc : find_places(w, err);
}

void writer_calls_close(struct writer *w)
{
    row_image_free(w->call_image);
    row_image_free(w->identity_image);
    batch_table_remove(w->store, "batch_call");
    batch_table_remove(w->store, "batch_identity");
    batch_table_remove(w->store, "batch_version");
    free(w->pending.versions);
}

static enum err run(struct writer *w, enum writer_sql which, struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, which, &q, err);

    return rc ? rc : query_run(w, &q, err);
}

static enum err replace_calls(struct writer *w, const struct call_row *rows, size_t n,
                              int64_t first_id, struct error *err)
{
    w->call_source = (struct call_source){rows, first_id};
    w->call_table.rows = n;
    return run(w, W_CALL_REPLACE, err);
}

static enum err replace_identities(struct writer *w, const struct call_ids *rows, size_t n,
                                   int64_t first_id, struct error *err)
{
    w->identity_source = (struct identity_source){rows, first_id};
    w->identity_table.rows = n;
    return run(w, W_IDENTITY_REPLACE, err);
}

static enum err insert_calls(struct writer *w, struct error *err)
{
    const struct pending *p = &w->pending;

    if (p->n < IMAGE_ROWS)
        return replace_calls(w, p->rows, p->n, p->first_id, err);
    for (size_t i = 0; i < p->n; i++) {
        row_image_row(w->call_image, p->first_id + (int64_t)i);
        row_image_ints(w->call_image, w->call_places, C_COUNT, p->rows[i].v, p->rows[i].known);
    }
    enum err rc = row_image_store(w->call_image, err); /* see there for ERR_BUSY */
    return rc == ERR_BUSY ? replace_calls(w, p->rows, p->n, p->first_id, err) : rc;
}

static void image_identity(struct row_image *r, int64_t call_id, const struct call_ids *ids)
{
    row_image_row(r, call_id);
    row_image_int(r, ids->kind);
    if (ids->kind == ID_OWN)
        row_image_int(r, ids->family);
    else
        row_image_blob(r, SV_NONE);
    for (int c = 3; c < IDENTITY_COLUMNS; c++)
        row_image_blob(r, identity_cell(ids, c));
}

static enum err insert_identities(struct writer *w, struct error *err)
{
    const struct pending *p = &w->pending;

    if (p->n < IMAGE_ROWS)
        return replace_identities(w, p->ids, p->n, p->first_id, err);
    for (size_t i = 0; i < p->n; i++)
        image_identity(w->identity_image, p->first_id + (int64_t)i, &p->ids[i]);
    enum err rc = row_image_store(w->identity_image, err);
    return rc == ERR_BUSY ? replace_identities(w, p->ids, p->n, p->first_id, err) : rc;
}

static enum err gather_ids(struct writer *w, struct error *err)
{
    const struct pending *p = &w->pending;
    enum err rc = OK;

    for (size_t i = 0; i < p->n && !rc; i++) {
        const struct call_ids *ids = &p->ids[i];
        struct sv own = ids->kind == ID_OWN ? identity_cell(ids, 3) : SV_NONE;
        const struct sv all[] = {ids->request, ids->trace, ids->span, own};
        rc = writer_gather_ids(w, RUN_CALLS, p->first_id + (int64_t)i, all, ARRAY_LEN(all), err);
        if (!rc && w->keeps_runs)
            rc = id_gather_key(&w->runs, w->store, p->first_id + (int64_t)i,
                               (uint64_t)p->rows[i].v[C_IDENTITY_KEY], err);
    }
    return rc;
}

static enum err replace_identity(struct writer *w, const struct call_ids *ids, int64_t call_id,
                                 struct error *err)
{
    enum err rc = replace_identities(w, ids, 1, call_id, err);

    if (call_id < w->requests_from)
        w->requests_from = call_id;
    return rc || !w->keeps_runs
               ? rc
               : id_gather_forget(&w->runs, w->store, RUN_CALLS, call_id, err);
}

static enum err store_versions(struct writer *w, const struct call_version *rows, size_t n,
                               struct error *err)
{
    w->version_source = rows;
    w->version_table.rows = n;
    return n ? run(w, W_VERSIONS_INSERT, err) : OK;
}

/* ---- stored calls ------------------------------------------------------------------------- */

void writer_read_row(sqlite3_stmt *stmt, int first, struct call_row *out)
{
    out->known = 0;
    for (int c = 0; c < C_COUNT; c++)
        if (sqlite3_column_type(stmt, first + c) != SQLITE_NULL)
            call_row_set(out, c, sqlite3_column_int64(stmt, first + c));
}

static enum err damaged(struct writer *w, int64_t call_id, struct error *err)
{
    return error_set(err, ERR_DB, "%s: damaged: call %lld is missing", store_path(w->store),
                     (long long)call_id);
}

enum err writer_load_call(struct writer *w, int64_t call_id, struct call_row *out,
                          struct error *err)
{
    struct query q;
    bool row = false;
    enum err rc = query_begin(w, W_CALL, &q, err);

    if (rc)
        return rc;
    query_i64(&q, call_id);
    rc = query_step(w, &q, &row, err);
    if (!rc && row)
        writer_read_row(q.stmt, 1, out);
    query_end(&q);
    if (!rc && !row)
        rc = damaged(w, call_id, err);
    return rc;
}

enum err writer_change_call(struct writer *w, int64_t call_id, const struct call_row *row,
                            struct error *err)
{
    struct call_row priced = *row;
    enum err rc = writer_price(w, &priced, err);

    if (!rc)
        rc = replace_calls(w, &priced, 1, call_id, err);
    return rc ? rc : open_chunk_change(&w->open, w->store, call_id, &priced, err);
}

static bool is_pending(const struct writer *w, int64_t call_id)
{
    return w->pending.n && call_id >= w->pending.first_id;
}

/* ---- ids ---------------------------------------------------------------------------------- */

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the ids of a call");
}

/* Packs each present text into one run of arena memory. The first two are often one id. */
static enum err pack_ids(struct writer *w, const struct sv *texts, struct sv *const *packed,
                         size_t n, struct error *err)
{
    size_t room = 0;

    for (size_t i = 0; i < n; i++)
        room += texts[i].p ? PACKED_ID_ROOM(texts[i].n) : 0;
    if (!room)
        return OK;
    unsigned char *p = arena_alloc(&w->arena, room);
    if (!p)
        return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        if (!texts[i].p)
            continue;
        if (i == 1 && texts[0].p && sv_eq(texts[0], texts[1])) {
            *packed[1] = *packed[0];
            continue;
        }
        size_t used = packed_id_pack(texts[i], p);
        *packed[i] = (struct sv){(const char *)p, used};
        p += used;
    }
    return OK;
}

/* own of a line: its hash, then the ordinal, little-endian. */
static enum err pack_line(struct writer *w, const struct identity *id, struct sv *own,
                          struct error *err)
{
    unsigned char *p = arena_alloc(&w->arena, 20);

    if (!p)
        return no_memory(err);
    store_hash_bytes(id->line, p);
    for (int i = 0; i < 4; i++)
        p[16 + i] = (unsigned char)(id->ordinal >> 8 * i);
    *own = (struct sv){(const char *)p, 20};
    return OK;
}

enum err call_ids_of(struct writer *w, const struct identity *id, struct call_ids *out,
                     struct error *err)
{
    *out = (struct call_ids){.kind = id->kind};
    switch (id->kind) {
    case ID_OWN:
        out->family = writer_value_find(w, D_IDENTITY_FAMILY, id->family);
        return pack_ids(w, &id->own, (struct sv *[]){&out->own}, 1, err);
    case ID_SPAN:
        return pack_ids(w, (struct sv[]){id->trace_id, id->span_id},
                        (struct sv *[]){&out->trace, &out->span}, 2, err);
    case ID_LINE:
    case ID_STORED: /* has no ids: find_ref() goes by its key */
        break;
    }
    return pack_line(w, id, &out->own, err);
}

/* All ids of a record; the ordinal of a line is still to come. */
static enum err record_ids(struct writer *w, const struct call_record *r, struct call_ids *out,
                           struct error *err)
{
    bool span = r->id.kind == ID_SPAN, own = r->id.kind == ID_OWN;
    const struct sv texts[] = {own ? r->id.own : SV_NONE, r->request_id,
                               span ? r->id.trace_id : r->trace_id,
                               span ? r->id.span_id : r->span_id, r->parent_span_id};

    *out = (struct call_ids){.kind = r->id.kind};
    if (own) {
        out->family = writer_value(w, D_IDENTITY_FAMILY, r->id.family, err);
        if (out->family < 0)
            return err ? err->code : ERR_DB;
    }
    return pack_ids(
        w, texts, (struct sv *[]){&out->own, &out->request, &out->trace, &out->span, &out->parent},
        ARRAY_LEN(texts), err);
}

static bool same_identity(const struct call_ids *a, const struct call_ids *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == ID_SPAN)
        return sv_eq(a->trace, b->trace) && sv_eq(a->span, b->span);
    return a->family == b->family && sv_eq(a->own, b->own);
}

/* Fills what is missing; of two different ids the smaller one stays. True when a changed. */
static bool merge_ids(struct call_ids *a, const struct call_ids *b)
{
    struct sv *const into[] = {&a->request, &a->trace, &a->span, &a->parent};
    const struct sv *const from[] = {&b->request, &b->trace, &b->span, &b->parent};
    bool changed = false;

    for (size_t i = 0; i < ARRAY_LEN(into); i++) {
        if (!from[i]->p || (into[i]->p && sv_cmp(*into[i], *from[i]) <= 0))
            continue;
        *into[i] = *from[i];
        changed = true;
    }
    return changed;
}

static struct sv keep_column(struct writer *w, struct query *q, int column, bool *failed)
{
    struct sv v = query_column(q, column);

    if (!v.p)
        return SV_NONE;
    v = arena_copy(&w->arena, v);
    *failed |= !v.p;
    return v;
}

static enum err load_ids(struct writer *w, int64_t call_id, struct call_ids *out, bool *there,
                         struct error *err)
{
    struct query q;
    bool failed = false;
    enum err rc = query_begin(w, W_IDENTITY, &q, err);

    if (rc)
        return rc;
    query_i64(&q, call_id);
    rc = query_step(w, &q, there, err);
    if (!rc && *there) {
        *out = (struct call_ids){.kind = (enum id_kind)sqlite3_column_int(q.stmt, 0),
                                 .family = sqlite3_column_int64(q.stmt, 1)};
        out->own = keep_column(w, &q, 2, &failed);
        out->request = keep_column(w, &q, 3, &failed);
        out->trace = keep_column(w, &q, 4, &failed);
        out->span = keep_column(w, &q, 5, &failed);
        out->parent = keep_column(w, &q, 6, &failed);
        if (out->kind == ID_OWN && !out->own.p)
            out->own = out->request;
    }
    query_end(&q);
    return !rc && failed ? no_memory(err) : rc;
}

enum err writer_find_call(struct writer *w, const struct call_ids *ids, uint64_t *key,
                          int64_t *call_id, struct call_ids *found, struct error *err)
{
    for (;; ++*key) {
        bool there = true;
        if ((int64_t)*key == CALL_MISSING)
            continue;
        enum err rc = writer_call_of_key(w, *key, call_id, err);
        if (rc || !*call_id)
            return rc;
        if (is_pending(w, *call_id))
            *found = w->pending.ids[*call_id - w->pending.first_id];
        else
            rc = load_ids(w, *call_id, found, &there, err);
        if (rc || (there && same_identity(found, ids)))
            return rc;
    }
}

/* ---- merging ------------------------------------------------------------------------------ */

static enum err load_versions(struct writer *w, int64_t call_id, struct error *err)
{
    struct merging *m = &w->merging;
    struct query q;
    bool row = true;
    enum err rc = query_begin(w, W_VERSIONS, &q, err);

    if (rc)
        return rc;
    query_i64(&q, call_id);
    while (!(rc = query_step(w, &q, &row, err)) && row && m->n <= MAX_VERSIONS) {
        m->places[m->n] = sqlite3_column_int64(q.stmt, 0);
        writer_read_row(q.stmt, 2, &m->rows[m->n++]);
    }
    query_end(&q);
    return rc;
}

static void pending_versions(struct writer *w, size_t at)
{
    struct merging *m = &w->merging;
    const struct pending *p = &w->pending;

    for (uint32_t i = p->versions_of[at]; i; i = p->versions[i - 1].next) {
        if (p->versions[i - 1].dropped)
            continue;
        m->places[m->n] = i - 1;
        m->rows[m->n++] = p->versions[i - 1].row;
    }
}

/* Loads a call as it is and the records it was made of, if more than one. */
static enum err load_merging(struct writer *w, int64_t call_id, struct error *err)
{
    struct merging *m = &w->merging;
    enum err rc = OK;

    m->n = 0;
    if (is_pending(w, call_id)) {
        size_t at = (size_t)(call_id - w->pending.first_id);
        m->base = w->pending.rows[at];
        pending_versions(w, at);
    } else {
        rc = writer_load_call(w, call_id, &m->base, err);
        if (!rc)
            rc = load_versions(w, call_id, err);
    }
    if (rc)
        return rc;
    m->raw = m->base;
    inheritance_clear(&m->raw);
    m->raw.known &=
        MERGE_COLUMNS | CALL_BIT(C_IDENTITY_KEY) | CALL_BIT(C_SOURCE_ID) | CALL_BIT(C_SOURCE_LINE);
    return OK;
}

/* Adds a record to those of its call, unless an equal one is among them. */
static bool add_record(struct merging *m, const struct call_row *row)
{
    if (m->n == 0 && !merge_same(&m->raw, row)) {
        m->places[0] = -1;
        m->rows[m->n++] = m->raw;
    } else if (m->n == 0) {
        return false;
    }
    for (size_t i = 0; i < m->n; i++)
        if (merge_same(&m->rows[i], row))
            return false;
    m->places[m->n] = -1;
    m->rows[m->n++] = *row;
    return true;
}

static enum err pending_keep(struct writer *w, size_t at, const struct call_version *v,
                             struct error *err)
{
    struct pending *p = &w->pending;

    for (uint32_t i = p->versions_of[at]; i; i = p->versions[i - 1].next) {
        struct call_version *old = &p->versions[i - 1];
        if (!old->dropped)
            continue;
        old->dropped = false;
        old->row = v->row;
        return OK;
    }
    if (p->n_versions == p->cap_versions) {
        size_t cap = p->cap_versions ? 2 * p->cap_versions : 64;
        struct call_version *versions = realloc(p->versions, cap * sizeof(*versions));
        if (!versions)
            return error_set(err, ERR_NOMEM, "out of memory for the records of a call");
        p->versions = versions;
        p->cap_versions = cap;
    }
    p->versions[p->n_versions] = *v;
    p->versions[p->n_versions++].next = p->versions_of[at];
    p->versions_of[at] = (uint32_t)p->n_versions;
    return OK;
}

static enum err keep_version(struct writer *w, int64_t call_id, const struct call_row *row,
                             struct error *err)
{
    struct call_version v = {.call_id = call_id, .row = *row};

    if (is_pending(w, call_id))
        return pending_keep(w, (size_t)(call_id - w->pending.first_id), &v, err);
    return store_versions(w, &v, 1, err);
}

static enum err drop_version(struct writer *w, int64_t call_id, int64_t place, struct error *err)
{
    struct query q;

    if (is_pending(w, call_id)) {
        w->pending.versions[place].dropped = true;
        return OK;
    }
    enum err rc = query_begin(w, W_VERSION_DELETE, &q, err);
    if (rc)
        return rc;
    query_i64(&q, place);
    return query_run(w, &q, err);
}

/* Stores the new ones of the sorted records. There are at most MAX_VERSIONS: beyond it those that
 * give nothing go, and what is left are fewer than there are columns. */
static enum err save_versions(struct writer *w, int64_t call_id, struct call_row **sorted,
                              struct error *err)
{
    struct merging *m = &w->merging;
    enum err rc = OK;

    for (size_t i = 0; i < m->n && !rc; i++) {
        int64_t place = m->places[sorted[i] - m->rows];
        bool useless = m->n > MAX_VERSIONS && merge_useless(sorted, i);
        if (place < 0 && !useless)
            rc = keep_version(w, call_id, sorted[i], err);
        else if (place >= 0 && useless)
            rc = drop_version(w, call_id, place, err);
    }
    return rc;
}

/* The call as its records make it: the winner's place and fields, completed from the others. What
 * was computed from the fields is to be computed again; what it inherits is decided per trace. */
static void fold(struct merging *m, struct call_row **sorted, bool keep_place, struct call_row *out)
{
    const struct call_row *place = keep_place ? &m->base : sorted[0];
    int64_t flags = call_row_has(&m->raw, F_FLAGS) ? m->raw.v[F_FLAGS] : 0;

    merge_fold(sorted, m->n, out);
    if (call_row_has(out, F_FLAGS))
        flags |= out->v[F_FLAGS];
    if (flags)
        call_row_set(out, F_FLAGS, flags); /* also those of versions that were dropped */
    call_row_set(out, C_IDENTITY_KEY, m->base.v[C_IDENTITY_KEY]);
    call_row_set(out, C_SOURCE_ID, place->v[C_SOURCE_ID]);
    call_row_set(out, C_SOURCE_LINE, place->v[C_SOURCE_LINE]);
    if (call_row_has(&m->base, C_SHADOWED))
        call_row_set(out, C_SHADOWED, m->base.v[C_SHADOWED]);
}

/* Merges a record's fields into its call, which w->merging holds. */
static enum err merge_row(struct writer *w, int64_t call_id, bool keep_place,
                          const struct call_row *row, bool *changed, struct error *err)
{
    const struct merge_order order = {writer_compare_values, w};
    struct call_row *sorted[MAX_VERSIONS + 2];
    struct merging *m = &w->merging;
    struct call_row result;

    *changed = false;
    if (!add_record(m, row))
        return OK;
    for (size_t i = 0; i < m->n; i++)
        sorted[i] = &m->rows[i];
    merge_sort(sorted, m->n, &order);
    if (w->compare_error.code) {
        if (err)
            *err = w->compare_error;
        return w->compare_error.code;
    }
    fold(m, sorted, keep_place, &result);
    *changed = !merge_same(&m->raw, &result);
    enum err rc = save_versions(w, call_id, sorted, err);
    if (rc)
        return rc;
    if (!is_pending(w, call_id))
        return writer_change_call(w, call_id, &result, err);
    w->pending.rows[call_id - w->pending.first_id] = result;
    return OK;
}

static enum err merge_stored_ids(struct writer *w, int64_t call_id, struct call_ids *stored,
                                 const struct call_ids *ids, bool *changed, struct error *err)
{
    if (!merge_ids(stored, ids))
        return OK;
    *changed = true;
    if (!is_pending(w, call_id))
        return replace_identity(w, stored, call_id, err);
    w->pending.ids[call_id - w->pending.first_id] = *stored;
    return OK;
}

/* ---- records ------------------------------------------------------------------------------ */

#define NUM_BITS ((CALL_BIT(F_COUNT) - 1) & ~(CALL_BIT(F_DIM_COUNT) - 1))
#define DIM_BITS (CALL_BIT(F_DIM_COUNT) - 1)

/* A number that the columns cannot hold is missing: a negative one where the schema forbids it,
 * and the one that marks a missing value in a chunk. */
static uint64_t usable_numbers(const struct call_record *r)
{
    uint64_t usable = r->known & NUM_BITS;

    for (int f = F_LATENCY_US; f <= F_TOTAL_TOKENS_GIVEN; f++)
        usable &= ~((uint64_t)(r->num[f - F_DIM_COUNT] < 0) << f);
    for (int f = F_DIM_COUNT; f < F_COUNT; f++)
        usable &= ~((uint64_t)(r->num[f - F_DIM_COUNT] == CALL_MISSING) << f);
    return usable;
}

/* Everything but C_META_ID and C_IDENTITY_KEY, for which the call has to be known. */
static enum err fill_row(struct writer *w, const struct call_record *r, struct call_row *row,
                         struct error *err)
{
    row->known = usable_numbers(r);
    memcpy(row->v + F_DIM_COUNT, r->num, sizeof(r->num));
    for (uint64_t left = r->known & DIM_BITS; left; left &= left - 1) {
        int f = __builtin_ctzll(left);
        int64_t id = writer_value(w, f, r->dim[f], err);
        if (id < 0)
            return err ? err->code : ERR_DB;
        call_row_set(row, f, id);
    }
    call_row_set(row, C_SOURCE_ID, r->source);
    call_row_set(row, C_SOURCE_LINE, r->line);
    if (!r->session_id.n)
        return OK;
    bool known;
    row->known |= CALL_BIT(C_SESSION_KEY);
    return writer_key(w, &w->sessions, r->session_id, true, &row->v[C_SESSION_KEY], &known, err);
}

/* The row of the record's scalars: for one that merges one of those that its call has, if equal. */
static enum err fill_meta(struct writer *w, const struct call_record *r, bool merges,
                          struct call_row *row, struct error *err)
{
    const struct merging *m = &w->merging;
    int64_t candidates[MAX_VERSIONS + 3];
    size_t n = 0;

    if (!r->meta.p)
        return OK;
    if (merges && call_row_has(&m->raw, C_META_ID))
        candidates[n++] = m->raw.v[C_META_ID];
    for (size_t i = 0; merges && i < m->n; i++)
        if (call_row_has(&m->rows[i], C_META_ID))
            candidates[n++] = m->rows[i].v[C_META_ID];
    row->known |= CALL_BIT(C_META_ID);
    return writer_meta(w, r->meta, candidates, n, &row->v[C_META_ID], err);
}

static enum err add_new(struct writer *w, const struct call_record *r, uint64_t key,
                        struct call_row *row, struct error *err)
{
    int64_t call_id = w->last_call_id + 1;
    enum err rc = fill_meta(w, r, false, row, err);

    if (rc)
        return rc;
    if (call_id > UINT32_MAX)
        return error_set(err, ERR_RANGE, "%s: more than %u calls", store_path(w->store),
                         UINT32_MAX);
    if (!keyset_put(&w->calls, key, (uint32_t)call_id))
        return error_set(err, ERR_NOMEM, "out of memory for the keys of %lld calls",
                         (long long)call_id);
    w->last_call_id = call_id;
    w->pending.versions_of[w->pending.n++] = 0;
    return OK;
}

/* A line without id is the first equal one that its lineage has not seen yet. w->merging holds the
 * call then, if there is one. */
static enum err find_line(struct writer *w, const struct call_record *r, struct call_ids *ids,
                          uint64_t *key, int64_t *call_id, struct call_ids *found,
                          struct error *err)
{
    struct identity id = r->id;
    enum err rc = OK;
    bool seen = true;

    if (!id.counted)
        id.ordinal = writer_ordinal_first(w, LINE_CALL, r->source, id.line);
    for (;; id.ordinal++) {
        *key = identity_key(&id);
        rc = pack_line(w, &id, &ids->own, err);
        if (!rc)
            rc = writer_find_call(w, ids, key, call_id, found, err);
        if (rc || !*call_id)
            break;
        rc = load_merging(w, *call_id, err);
        if (!rc)
            rc = writer_seen(w, LINE_CALL, r->source, *key, w->merging.base.v[C_SOURCE_ID],
                             w->merging.base.v[C_SOURCE_LINE], &seen, err);
        if (rc || !seen || id.counted)
            break;
    }
    if (!rc && !id.counted)
        writer_ordinal_used(w, LINE_CALL, r->source, id.line, id.ordinal);
    return rc;
}

static uint64_t line_call_key(struct hash128 line, uint32_t source, int64_t source_line)
{
    return hash_mix(line.hi ^
                    hash_mix(line.lo ^ hash_mix(source ^ hash_mix((uint64_t)source_line))));
}

uint32_t writer_line_call(const struct writer *w, struct hash128 line, uint32_t source,
                          int64_t source_line)
{
    uint32_t ordinal = keyset_find(&w->line_calls, line_call_key(line, source, source_line));

    return ordinal ? ordinal - 1 : 0;
}

/* The last four bytes of a packed line. */
static uint32_t packed_ordinal(struct sv own)
{
    const unsigned char *p = (const unsigned char *)own.p + 16;

    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Remembers the ordinal for what else stands on the line. */
static enum err remember_line(struct writer *w, const struct call_record *r,
                              const struct call_ids *ids, struct error *err)
{
    uint64_t key = line_call_key(r->id.line, r->source, r->line);

    if (keyset_find(&w->line_calls, key) ||
        keyset_put(&w->line_calls, key, packed_ordinal(ids->own) + 1))
        return OK;
    return error_set(err, ERR_NOMEM, "out of memory for the lines of a batch");
}

static void tally_start(struct source_tally *t, const struct call_row *row)
{
    int64_t us = row->v[F_STARTED_US];

    if (!call_row_has(row, F_STARTED_US))
        return;
    if (us < t->first_us)
        t->first_us = us;
    if (us > t->last_us)
        t->last_us = us;
}

/* Merges a record into its call, which w->merging holds. */
static enum err merge_record(struct writer *w, const struct call_record *r, int64_t call_id,
                             struct call_row *row, struct call_ids *stored,
                             const struct call_ids *ids, struct error *err)
{
    struct source_tally *tally = writer_tally_of(w, r->source);
    bool changed = false;
    enum err rc = fill_meta(w, r, true, row, err);

    if (!rc)
        rc = merge_row(w, call_id, ids->kind == ID_LINE, row, &changed, err);
    if (!rc)
        rc = merge_stored_ids(w, call_id, stored, ids, &changed, err);
    tally->calls_merged++;
    tally->calls_updated += changed;
    return rc;
}

/* A call that is a span takes part in the deciding about its trace, if the trace has spans. */
static enum err touch(struct writer *w, const struct call_record *r, struct error *err)
{
    int64_t key;
    bool known;
    enum err rc = writer_key(w, &w->traces, r->id.trace_id, false, &key, &known, err);

    return rc || !known ? rc : writer_touch_trace(w, key, err);
}

/* A call that nobody has met yet; planned: what is known of it, or NULL. */
static enum err store_new(struct writer *w, const struct call_record *r, uint64_t key,
                          struct planned_call *planned, struct call_row *row, struct error *err)
{
    struct source_tally *tally = writer_tally_of(w, r->source);
    enum err rc = planned ? writer_plan_apply(w, planned, row, err) : OK;

    tally->calls_new += !call_row_has(row, C_SHADOWED);
    if (!rc)
        rc = add_new(w, r, key, row, err);
    if (!rc && planned)
        planned->call_id = w->last_call_id;
    return rc;
}

/* The record's row and ids are made where the next new call's would be. */
static enum err add_call(struct writer *w, const struct call_record *r, uint64_t key,
                         struct planned_call *planned, struct error *err)
{
    struct call_row *row = &w->pending.rows[w->pending.n];
    struct call_ids *ids = &w->pending.ids[w->pending.n];
    struct call_ids found;
    int64_t call_id = 0;
    enum err rc = fill_row(w, r, row, err);

    if (!rc)
        rc = record_ids(w, r, ids, err);
    if (rc)
        return rc;
    if (r->id.kind == ID_LINE) {
        rc = find_line(w, r, ids, &key, &call_id, &found, err);
        if (!rc && w->line_calls_wanted)
            rc = remember_line(w, r, ids, err);
    } else {
        rc = writer_find_call(w, ids, &key, &call_id, &found, err);
        if (!rc && call_id)
            rc = load_merging(w, call_id, err);
    }
    if (rc)
        return rc;
    call_row_set(row, C_IDENTITY_KEY, (int64_t)key);
    tally_start(writer_tally_of(w, r->source), row);
    if (call_id)
        rc = merge_record(w, r, call_id, row, &found, ids, err);
    else
        rc = store_new(w, r, key, planned, row, err);
    if (rc || r->id.kind != ID_SPAN || (planned && !call_id))
        return rc;
    return touch(w, r, err);
}

static enum err reserve_keys(struct writer *w, size_t n, struct error *err)
{
    if (n <= w->cap_keys)
        return OK;
    uint64_t *keys = realloc(w->keys, n * sizeof(*keys));
    if (!keys)
        return error_set(err, ERR_NOMEM, "out of memory for the keys of %zu calls", n);
    w->keys = keys;
    w->cap_keys = n;
    return OK;
}

enum err writer_add_calls(struct writer *w, const struct batch *b, struct error *err)
{
    const struct plan *p = &w->plan;
    enum err rc = reserve_keys(w, b->n_calls, err);

    keyset_release(&w->line_calls);
    w->line_calls_wanted = b->n_scores || b->n_tools || b->n_embeddings || b->n_texts;
    w->pending.first_id = w->last_call_id + 1;
    for (size_t i = 0; !rc && i < b->n_calls; i++)
        w->keys[i] = identity_key(&b->calls[i].id);
    for (size_t i = 0; !rc && i < b->n_calls; i++) {
        size_t at = p->order ? p->order[i] : i;
        struct planned_call *planned = p->calls && p->calls[at].planned ? &p->calls[at] : NULL;
        if (i + PREFETCH_AHEAD < b->n_calls)
            keyset_prefetch(&w->calls, w->keys[i + PREFETCH_AHEAD]);
        rc = add_call(w, &b->calls[at], w->keys[at], planned, err);
        if (!rc && (w->pending.n == PENDING_CALLS || w->pending.n_versions >= PENDING_CALLS))
            rc = writer_flush_calls(w, err);
    }
    return rc ? rc : writer_flush_calls(w, err);
}

/* Takes the dropped versions out and stores the rest. */
static enum err flush_versions(struct writer *w, struct error *err)
{
    struct pending *p = &w->pending;
    size_t n = 0;

    for (size_t i = 0; i < p->n_versions; i++)
        if (!p->versions[i].dropped)
            p->versions[n++] = p->versions[i];
    p->n_versions = 0;
    return store_versions(w, p->versions, n, err);
}

enum err writer_flush_calls(struct writer *w, struct error *err)
{
    struct pending *p = &w->pending;
    enum err rc = OK;

    for (size_t i = 0; i < p->n && !rc; i++)
        rc = writer_price(w, &p->rows[i], err);
    if (p->n && !rc) {
        rc = insert_calls(w, err);
        if (!rc)
            rc = insert_identities(w, err);
        if (!rc)
            rc = gather_ids(w, err);
        if (!rc)
            rc = flush_versions(w, err);
        if (!rc)
            rc = open_chunk_add(&w->open, w->store, p->rows, p->n, err);
    }
    p->n = 0;
    p->first_id = w->last_call_id + 1;
    arena_reset(&w->arena);
    return rc;
}
