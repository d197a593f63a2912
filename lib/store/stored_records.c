/* stored_records: see the header. */
#include "store/stored_records.h"

#include <math.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/utf8.h"
#include "sql.h"
#include "store/packed_id.h"
#include "store/trace_calls.h"
#include "store/writer_internal.h"

#include "base/banned.h"

#define RECORDS_AT_ONCE 8192
#define BYTES_AT_ONCE (4 << 20) /* of texts and vectors */
#define NUMBERS ((CALL_BIT(F_COUNT) - 1) & ~(CALL_BIT(F_DIM_COUNT) - 1))

/* A statement that goes call by call beside that of the calls, or span by span. */
struct beside {
    sqlite3_stmt *stmt;
    int column;  /* that holds the number of the call or span */
    int64_t row; /* which it stands on; INT64_MAX: there are no more */
};

struct stored_records {
    struct store *from;
    const uint32_t *source_of;
    size_t n_sources;
    bool reading;
    size_t kind; /* of kinds[] */
    sqlite3_stmt *stmt;
    struct beside versions, guardrails, span_guardrails, redactions;
    /* While a row is read: */
    struct batch *batch;
    size_t bytes;    /* that the batch has got */
    const char *bad; /* what of it no row that this program wrote can hold */
};

/* ---- cells -------------------------------------------------------------------------------- */

static bool is_utf8(struct sv text)
{
    size_t length = 1;

    for (size_t i = 0; length && i < text.n; i += length)
        length = utf8_length(text.p + i, text.n - i);
    return length != 0;
}

/* Bytes in the batch's arena; .p NULL: NULL. */
static struct sv bytes_at(struct stored_records *r, sqlite3_stmt *stmt, int column)
{
    const void *p = sqlite3_column_blob(stmt, column);
    struct sv bytes = {p ? p : "", (size_t)sqlite3_column_bytes(stmt, column)};

    if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
        return SV_NONE;
    bytes = arena_copy(&r->batch->arena, bytes);
    r->bytes += bytes.n;
    r->batch->failed |= !bytes.p;
    return bytes;
}

static struct sv text_at(struct stored_records *r, sqlite3_stmt *stmt, int column)
{
    struct sv text = bytes_at(r, stmt, column);

    if (text.p && !is_utf8(text))
        r->bad = "a text that is no UTF-8";
    return text;
}

/* A packed id as text. */
static struct sv id_at(struct stored_records *r, sqlite3_stmt *stmt, int column)
{
    const void *p = sqlite3_column_blob(stmt, column);
    size_t n = (size_t)sqlite3_column_bytes(stmt, column);
    struct sv id;

    if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
        return SV_NONE;
    char *room = arena_alloc(&r->batch->arena, PACKED_ID_TEXT_ROOM(n));
    r->batch->failed |= !room;
    if (!room)
        return SV_NONE;
    id = packed_id_unpack(p, n, room);
    if (!id.p || !is_utf8(id))
        r->bad = "an id that cannot be read";
    return id;
}

static struct maybe_i64 maybe_at(sqlite3_stmt *stmt, int column)
{
    return (struct maybe_i64){sqlite3_column_int64(stmt, column),
                              sqlite3_column_type(stmt, column) != SQLITE_NULL};
}

static struct maybe_f64 real_at(sqlite3_stmt *stmt, int column)
{
    return (struct maybe_f64){sqlite3_column_double(stmt, column),
                              sqlite3_column_type(stmt, column) != SQLITE_NULL};
}

/* A number that counts something, from 0 to max. */
static int64_t number_at(struct stored_records *r, sqlite3_stmt *stmt, int column, int64_t max)
{
    int64_t v = sqlite3_column_int64(stmt, column);

    if (v < 0 || v > max)
        r->bad = "a number out of range";
    return v < 0 || v > max ? 0 : v;
}

static uint32_t source_of(struct stored_records *r, int64_t id)
{
    uint32_t source = id > 0 && (size_t)id < r->n_sources ? r->source_of[id] : 0;

    if (!source)
        r->bad = "a source that there is none of";
    return source;
}

static struct identity stored_identity(sqlite3_stmt *stmt, int column, struct sv text)
{
    return (struct identity){
        .kind = ID_STORED, .own = text, .line.lo = (uint64_t)sqlite3_column_int64(stmt, column)};
}

/* What refers to a call, or to none. */
static struct identity reference_at(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL
               ? (struct identity){.kind = ID_LINE}
               : stored_identity(stmt, column, SV_NONE);
}

/* ---- calls -------------------------------------------------------------------------------- */

/* Columns behind those of table call in stored_calls.sql. */
enum {
    CALL_KIND = 1 + C_COUNT,
    CALL_FAMILY,
    CALL_OWN,
    CALL_REQUEST,
    CALL_TRACE,
    CALL_SPAN,
    CALL_PARENT,
    CALL_SESSION
};
enum { VERSION_SESSION = 2 + C_COUNT };
#define LINE_BYTES 20 /* of a line: its hash, then the ordinal, little-endian */

static enum err beside_next(struct stored_records *r, struct beside *x, struct error *err)
{
    bool row = false;
    enum err rc = store_step(r->from, x->stmt, &row, err);

    x->row = row ? sqlite3_column_int64(x->stmt, x->column) : INT64_MAX;
    return rc;
}

static enum err beside_open(struct stored_records *r, const unsigned char *sql, int column,
                            struct beside *x, struct error *err)
{
    enum err rc = store_statement(r->from, sql, &x->stmt, err);

    x->column = column;
    return rc ? rc : beside_next(r, x, err);
}

/* Rows of calls or spans that are not there are passed over. */
static enum err beside_seek(struct stored_records *r, struct beside *x, int64_t row,
                            struct error *err)
{
    enum err rc = OK;

    while (!rc && x->row < row)
        rc = beside_next(r, x, err);
    return rc;
}

static struct identity line_identity(struct stored_records *r, struct sv own)
{
    const unsigned char *p = (const unsigned char *)own.p;

    if (own.n != LINE_BYTES) {
        r->bad = "an id that cannot be read";
        return (struct identity){.kind = ID_LINE};
    }
    return (struct identity){.kind = ID_LINE,
                             .line = store_hash_from(p),
                             .ordinal = p[16] | (uint32_t)p[17] << 8 | (uint32_t)p[18] << 16 |
                                        (uint32_t)p[19] << 24,
                             .counted = true};
}

/* The identity and the ids of the call that the statement stands on. */
static void read_ids(struct stored_records *r, struct call_record *out)
{
    int64_t kind = number_at(r, r->stmt, CALL_KIND, ID_SPAN);

    out->request_id = id_at(r, r->stmt, CALL_REQUEST);
    out->trace_id = id_at(r, r->stmt, CALL_TRACE);
    out->span_id = id_at(r, r->stmt, CALL_SPAN);
    out->parent_span_id = id_at(r, r->stmt, CALL_PARENT);
    switch ((enum id_kind)kind) {
    case ID_OWN:
        out->id = (struct identity){.kind = ID_OWN,
                                    .family = text_at(r, r->stmt, CALL_FAMILY),
                                    .own = id_at(r, r->stmt, CALL_OWN)};
        if (!out->id.own.p) /* it is that of the request then */
            out->id.own = out->request_id;
        break;
    case ID_SPAN:
        out->id =
            (struct identity){.kind = ID_SPAN, .trace_id = out->trace_id, .span_id = out->span_id};
        break;
    default:
        out->id = line_identity(r, bytes_at(r, r->stmt, CALL_OWN));
        break;
    }
}

/* The text of a value, which lives as long as the other database is open. */
static struct sv dimension_at(struct stored_records *r, enum call_field f, int64_t id)
{
    struct sv text = store_dimension_text(r->from, f, id);

    if (!text.n)
        r->bad = "a value that no dictionary has";
    else if (!is_utf8(text))
        r->bad = "a text that is no UTF-8";
    return text;
}

/* Fields, place, session and scalars of a row that stands behind column `first` of a statement;
 * session and scalars in its columns from `session` on. */
static void read_fields(struct stored_records *r, sqlite3_stmt *stmt, int first, int session,
                        struct call_record *out)
{
    struct call_row row;

    writer_read_row(stmt, first, &row);
    inheritance_clear(&row);
    for (int f = 0; f < F_DIM_COUNT; f++) {
        if (!call_row_has(&row, f))
            continue;
        record_set_dim(out, f, dimension_at(r, f, row.v[f]));
    }
    out->known |= row.known & NUMBERS;
    memcpy(out->num, row.v + F_DIM_COUNT, sizeof(out->num));
    out->source = source_of(r, row.v[C_SOURCE_ID]);
    out->line = row.v[C_SOURCE_LINE];
    if (call_row_has(&row, C_SESSION_KEY))
        out->session_id = id_at(r, stmt, session);
    if (call_row_has(&row, C_META_ID))
        out->meta = text_at(r, stmt, session + 1);
}

static enum err read_guardrails(struct stored_records *r, struct beside *g, int64_t row,
                                struct sv *out, struct error *err)
{
    struct buf text = {0};
    enum err rc = beside_seek(r, g, row, err);

    while (!rc && g->row == row) {
        struct sv rule = text_at(r, g->stmt, 1), action = text_at(r, g->stmt, 2);

        buf_sv(&text, rule);
        buf_char(&text, '\t');
        buf_sv(&text, action);
        buf_char(&text, '\n');
        rc = beside_next(r, g, err);
    }
    *out = text.n ? arena_copy(&r->batch->arena, (struct sv){text.p, text.n}) : SV_NONE;
    r->batch->failed |= text.failed || (text.n && !out->p);
    buf_release(&text);
    return rc;
}

/* A call that several records made is those records. */
static enum err read_call(struct stored_records *r, struct error *err)
{
    int64_t call = sqlite3_column_int64(r->stmt, 0);
    struct beside *v = &r->versions;
    struct call_record ids = {0}, *out;
    enum err rc = read_guardrails(r, &r->guardrails, call, &ids.guardrails, err);

    if (!rc)
        rc = beside_seek(r, v, call, err);
    if (rc)
        return rc;
    read_ids(r, &ids);
    out = batch_add_call(r->batch);
    if (out)
        *out = ids;
    if (out && v->row != call)
        read_fields(r, r->stmt, 1, CALL_SESSION, out);
    ids.guardrails = SV_NONE;
    while (out && !rc && v->row == call) {
        read_fields(r, v->stmt, 2, VERSION_SESSION, out);
        rc = beside_next(r, v, err);
        if (!rc && v->row == call)
            out = batch_add_call(r->batch);
        if (!rc && v->row == call && out)
            *out = ids;
    }
    return rc;
}

/* ---- spans -------------------------------------------------------------------------------- */

/* Columns of stored_spans.sql. */
enum { SPAN_CONTEXT = 15, SPAN_SESSION = SPAN_CONTEXT + CONTEXT_DIMS, SPAN_ROW };

static struct span_context *read_context(struct stored_records *r)
{
    struct span_context *out = arena_zalloc(&r->batch->arena, 1, sizeof(*out));
    bool any = false;

    r->batch->failed |= !out;
    for (int i = 0; out && i < CONTEXT_DIMS; i++) {
        struct maybe_i64 id = maybe_at(r->stmt, SPAN_CONTEXT + i);

        if (id.known)
            out->dim[i] = dimension_at(r, span_context_fields[i], id.v);
        any |= id.known;
    }
    if (out)
        out->session_id = id_at(r, r->stmt, SPAN_SESSION);
    return out && (any || out->session_id.p) ? out : NULL;
}

static enum err read_span(struct stored_records *r, struct error *err)
{
    struct span_record *out = batch_add_span(r->batch);
    struct sv guardrails = SV_NONE;
    enum err rc = read_guardrails(r, &r->span_guardrails, sqlite3_column_int64(r->stmt, SPAN_ROW),
                                  &guardrails, err);

    if (rc || !out)
        return rc;
    *out = (struct span_record){
        .trace_id = id_at(r, r->stmt, 0),
        .span_id = id_at(r, r->stmt, 1),
        .parent_span_id = id_at(r, r->stmt, 2),
        .name = text_at(r, r->stmt, 3),
        .kind = text_at(r, r->stmt, 4),
        .service = text_at(r, r->stmt, 5),
        .scope = text_at(r, r->stmt, 6),
        .error_type = text_at(r, r->stmt, 7),
        .status = (enum call_status)number_at(r, r->stmt, 8, STATUS_UNKNOWN),
        .started_us = maybe_at(r->stmt, 9),
        .ended_us = maybe_at(r->stmt, 10),
        .attributes = text_at(r, r->stmt, 11),
        .has_usage = sqlite3_column_int(r->stmt, 12) != 0,
        .source = source_of(r, sqlite3_column_int64(r->stmt, 13)),
        .line = sqlite3_column_int64(r->stmt, 14),
        .guardrails = guardrails,
        .context = read_context(r),
    };
    return OK;
}

/* ---- what refers to calls ----------------------------------------------------------------- */

/* The first columns of all of these: key, identity, source, line. */
static struct identity own_identity(struct stored_records *r)
{
    return stored_identity(r->stmt, 0, text_at(r, r->stmt, 1));
}

static enum err read_tool(struct stored_records *r, struct error *err)
{
    struct tool_record *out = batch_add_tool(r->batch);

    (void)err;
    if (!out)
        return OK;
    *out = (struct tool_record){
        .id = own_identity(r),
        .source = source_of(r, sqlite3_column_int64(r->stmt, 2)),
        .line = sqlite3_column_int64(r->stmt, 3),
        .call = reference_at(r->stmt, 4),
        .has_call = true,
        .request_id = id_at(r, r->stmt, 5),
        .trace_id = id_at(r, r->stmt, 6),
        .tool_name = text_at(r, r->stmt, 7),
        .tool_version = text_at(r, r->stmt, 8),
        .error_kind = text_at(r, r->stmt, 9),
        .started_us = maybe_at(r->stmt, 10),
        .ended_us = maybe_at(r->stmt, 11),
        .latency_us = maybe_at(r->stmt, 12),
        .status = maybe_at(r->stmt, 13),
        .input_chars = maybe_at(r->stmt, 14),
        .output_chars = maybe_at(r->stmt, 15),
    };
    return OK;
}

static enum err read_branch(struct stored_records *r, struct error *err)
{
    struct branch_record *out = batch_add_branch(r->batch);

    (void)err;
    if (!out)
        return OK;
    *out = (struct branch_record){
        .id = own_identity(r),
        .source = source_of(r, sqlite3_column_int64(r->stmt, 2)),
        .line = sqlite3_column_int64(r->stmt, 3),
        .request_id = id_at(r, r->stmt, 4),
        .trace_id = id_at(r, r->stmt, 5),
        .from_node = text_at(r, r->stmt, 6),
        .to_node = text_at(r, r->stmt, 7),
        .condition = text_at(r, r->stmt, 8),
        .result = maybe_at(r->stmt, 9),
        .decided_us = maybe_at(r->stmt, 10),
        .context = text_at(r, r->stmt, 11),
    };
    return OK;
}

static enum err read_score(struct stored_records *r, struct error *err)
{
    struct score_record *out = batch_add_score(r->batch);

    (void)err;
    if (!out)
        return OK;
    *out = (struct score_record){
        .id = own_identity(r),
        .source = source_of(r, sqlite3_column_int64(r->stmt, 2)),
        .line = sqlite3_column_int64(r->stmt, 3),
        .call = reference_at(r->stmt, 4),
        .target = (enum score_target)number_at(r, r->stmt, 5, TARGET_CASE),
        .target_id = id_at(r, r->stmt, 6),
        .name = text_at(r, r->stmt, 7),
        .scorer = text_at(r, r->stmt, 8),
        .label = text_at(r, r->stmt, 9),
        .value = real_at(r->stmt, 10),
        .passed = maybe_at(r->stmt, 11),
        .at_us = maybe_at(r->stmt, 12),
        .weight = real_at(r->stmt, 13),
        .run = text_at(r, r->stmt, 14),
        .cluster = text_at(r, r->stmt, 15),
        .judge_model = text_at(r, r->stmt, 16),
    };
    return OK;
}

static const float *read_vector(struct stored_records *r, int column, uint32_t dim)
{
    struct sv bytes = bytes_at(r, r->stmt, column);
    float *out = arena_alloc(&r->batch->arena, (dim ? dim : 1) * sizeof(*out));

    r->batch->failed |= !out;
    if (bytes.n != (size_t)dim * 4 || !dim)
        r->bad = "a vector that is cut";
    for (uint32_t i = 0; out && bytes.n == (size_t)dim * 4 && i < dim; i++) {
        const unsigned char *p = (const unsigned char *)bytes.p + (size_t)i * 4;
        uint32_t bits = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

        memcpy(&out[i], &bits, sizeof(bits));
        if (!isfinite(out[i]))
            r->bad = "a vector with values that are no numbers";
    }
    return out;
}

static enum err read_embedding(struct stored_records *r, struct error *err)
{
    struct embedding_record *out = batch_add_embedding(r->batch);
    uint32_t dim = (uint32_t)number_at(r, r->stmt, 7, EMBEDDING_DIM_MAX);

    (void)err;
    if (!out)
        return OK;
    *out = (struct embedding_record){
        .id = own_identity(r),
        .source = source_of(r, sqlite3_column_int64(r->stmt, 2)),
        .line = sqlite3_column_int64(r->stmt, 3),
        .call = reference_at(r->stmt, 4),
        .role = (enum embedding_role)number_at(r, r->stmt, 5, EMBEDDING_INPUT),
        .model = text_at(r, r->stmt, 6),
        .dim = dim,
        .vector = read_vector(r, 8, dim),
    };
    return OK;
}

static enum err read_finding(struct stored_records *r, struct error *err)
{
    struct finding_record *out = batch_add_finding(r->batch);

    (void)err;
    if (!out)
        return OK;
    *out = (struct finding_record){
        .call = reference_at(r->stmt, 0),
        .source = source_of(r, sqlite3_column_int64(r->stmt, 1)),
        .line = sqlite3_column_int64(r->stmt, 2),
        .kind = text_at(r, r->stmt, 3),
        .output = number_at(r, r->stmt, 4, 1) != 0,
        .n = number_at(r, r->stmt, 5, INT64_MAX),
    };
    return OK;
}

/* What was made unreadable in the text of this key. */
static enum err read_redactions(struct stored_records *r, int64_t key, struct text_record *out,
                                struct error *err)
{
    struct beside *x = &r->redactions;
    struct buf list = {0};
    enum err rc = beside_seek(r, x, key, err);

    while (!rc && x->row == key) {
        struct redaction one = {text_at(r, x->stmt, 1), number_at(r, x->stmt, 2, INT64_MAX)};

        out->redacted = true;
        if (one.n)
            buf_add(&list, &one, sizeof(one));
        rc = beside_next(r, x, err);
    }
    out->n_redactions = list.n / sizeof(*out->redactions);
    if (list.n) {
        void *copy = arena_alloc(&r->batch->arena, list.n);

        r->batch->failed |= list.failed || !copy;
        if (copy)
            memcpy(copy, list.p, list.n);
        out->redactions = copy;
    }
    buf_release(&list);
    return rc;
}

static enum err read_text(struct stored_records *r, struct error *err)
{
    struct text_record *out = batch_add_text(r->batch);
    int64_t key = sqlite3_column_int64(r->stmt, 3), side = key % 4;
    bool known = side >= 0 && side < TEXT_SIDES;

    if (!out)
        return OK;
    *out = (struct text_record){
        .call = reference_at(r->stmt, 0),
        .source = source_of(r, sqlite3_column_int64(r->stmt, 1)),
        .line = sqlite3_column_int64(r->stmt, 2),
        .side = known ? (enum text_side)side : TEXT_OUTPUT,
        .text = text_at(r, r->stmt, 4),
        .chars = number_at(r, r->stmt, 5, INT64_MAX),
        .cut = number_at(r, r->stmt, 6, 1) != 0,
    };
    if (!known)
        r->bad = "a side that there is none of";
    if (sqlite3_column_bytes(r->stmt, 7) == TEXT_RANK_BYTES)
        memcpy(out->rank, sqlite3_column_blob(r->stmt, 7), TEXT_RANK_BYTES);
    else
        r->bad = "a rank of a text that is cut";
    return read_redactions(r, key, out, err);
}

static enum quarantine_reason reason_of(struct stored_records *r, struct sv text)
{
    for (enum quarantine_reason i = Q_NOT_JSON; i <= Q_BAD_VALUE; i++)
        if (sv_is(text, quarantine_reason_name(i)))
            return i;
    r->bad = "an unknown reason of quarantine";
    return Q_BAD_VALUE;
}

static enum err read_quarantine(struct stored_records *r, struct error *err)
{
    struct quarantine_record *out = batch_add_quarantine(r->batch);

    (void)err;
    if (!out)
        return OK;
    *out = (struct quarantine_record){
        .id = stored_identity(r->stmt, 0, SV_NONE),
        .source = source_of(r, sqlite3_column_int64(r->stmt, 1)),
        .line = sqlite3_column_int64(r->stmt, 2),
        .offset = sqlite3_column_int64(r->stmt, 3),
        .length = sqlite3_column_int64(r->stmt, 4),
        .reason = reason_of(r, text_at(r, r->stmt, 6)),
        .field = text_at(r, r->stmt, 7),
    };
    if (sqlite3_column_bytes(r->stmt, 5) == sizeof(out->sha256))
        memcpy(out->sha256, sqlite3_column_blob(r->stmt, 5), sizeof(out->sha256));
    else
        r->bad = "a hash of a line that is cut";
    return OK;
}

/* ---- all of them -------------------------------------------------------------------------- */

/* Calls first, so that what refers to them finds them; what stands in a batch is a part of it. */
static const struct {
    const char *name;
    const unsigned char *sql;
    enum err (*read)(struct stored_records *r, struct error *err);
} kinds[] = {
    {"a call",               sql_queries_stored_calls,      read_call      },
    {"a span",               sql_queries_stored_spans,      read_span      },
    {"a tool call",          sql_queries_stored_tools,      read_tool      },
    {"a decision",           sql_queries_stored_branches,   read_branch    },
    {"a score",              sql_queries_stored_scores,     read_score     },
    {"an embedding",         sql_queries_stored_embeddings, read_embedding },
    {"a finding",            sql_queries_stored_findings,   read_finding   },
    {"a text",               sql_queries_stored_texts,      read_text      },
    {"a line in quarantine", sql_queries_stored_quarantine, read_quarantine},
};

static enum err open_all(struct stored_records *r, struct error *err)
{
    enum err rc = OK;

    for (int f = 0; !rc && f < F_DIM_COUNT; f++)
        if (store_dimension_count(r->from, f, err) < 0)
            rc = err ? err->code : ERR_DB;
    if (!rc)
        rc = beside_open(r, sql_queries_stored_versions, 1, &r->versions, err);
    if (!rc)
        rc = beside_open(r, sql_queries_stored_guardrails, 0, &r->guardrails, err);
    if (!rc)
        rc = beside_open(r, sql_queries_redactions, 0, &r->redactions, err);
    return rc ? rc
              : beside_open(r, sql_queries_stored_span_guardrails, 0, &r->span_guardrails, err);
}

enum err stored_records_open(struct store *from, const uint32_t *source_of, size_t n,
                             struct stored_records **out, struct error *err)
{
    struct stored_records *r = calloc(1, sizeof(*r));
    enum err rc;

    if (!r)
        return error_set(err, ERR_NOMEM, "%s: out of memory", store_path(from));
    r->from = from;
    r->source_of = source_of;
    r->n_sources = n;
    rc = store_exec(from, "BEGIN", err);
    r->reading = !rc;
    if (!rc)
        rc = open_all(r, err);
    if (!rc) {
        *out = r;
        r = NULL;
    }
    stored_records_close(r);
    return rc;
}

static size_t filled(const struct batch *b)
{
    return batch_size(b) + b->n_findings + b->n_texts;
}

enum err stored_records_next(struct stored_records *r, struct batch *b, bool *more,
                             struct error *err)
{
    enum err rc = OK;

    r->batch = b;
    r->bytes = 0;
    r->bad = NULL;
    while (!rc && r->kind < ARRAY_LEN(kinds) && filled(b) < RECORDS_AT_ONCE &&
           r->bytes < BYTES_AT_ONCE) {
        bool row = false;

        if (!r->stmt)
            rc = store_statement(r->from, kinds[r->kind].sql, &r->stmt, err);
        if (!rc)
            rc = store_step(r->from, r->stmt, &row, err);
        if (!rc && row)
            rc = kinds[r->kind].read(r, err);
        if (!rc && r->bad)
            rc = error_set(err, ERR_DB, "%s: damaged: %s has %s", store_path(r->from),
                           kinds[r->kind].name, r->bad);
        if (!rc && b->failed)
            rc = error_set(err, ERR_NOMEM, "out of memory for a batch of records");
        if (!row) { /* the next kind */
            r->stmt = NULL;
            r->kind++;
        }
    }
    *more = filled(b) > 0;
    return rc;
}

void stored_records_close(struct stored_records *r)
{
    if (!r)
        return;
    sqlite3_reset(r->stmt); /* accepts NULL */
    sqlite3_reset(r->versions.stmt);
    sqlite3_reset(r->guardrails.stmt);
    sqlite3_reset(r->span_guardrails.stmt);
    sqlite3_reset(r->redactions.stmt);
    if (r->reading)
        sqlite3_exec(r->from->db, "ROLLBACK", NULL, NULL, NULL);
    free(r);
}
