/* writer_internal: what the files of the writer share and nobody else sees. */
#ifndef LLMOBS_STORE_WRITER_INTERNAL_H
#define LLMOBS_STORE_WRITER_INTERNAL_H

#include "store/batch_table.h"
#include "store/id_gather.h"
#include "store/keyset.h"
#include "store/lineage.h"
#include "store/merge.h"
#include "store/open_chunk.h"
#include "store/prices.h"
#include "store/pricing.h"
#include "store/row_image.h"
#include "store/store_internal.h"
#include "store/stored_keys.h"
#include "store/writer.h"

/* ---- statements --------------------------------------------------------------------------- */

/* The writer's own statements, prepared at first use, finalized by writer_close(): some read tables
 * that live in its memory. */
enum writer_sql {
    W_CALL_REPLACE,
    W_IDENTITY_REPLACE,
    W_VERSIONS_INSERT,
    W_VERSION_DELETE,
    W_CALL,
    W_IDENTITY,
    W_VERSIONS,
    W_LAST_IDS,
    W_VALUES,
    W_VALUE_PUT,
    W_VALUE_TEXT,
    W_SESSION,
    W_SESSION_INSERT,
    W_TRACE,
    W_TRACE_INSERT,
    W_META,
    W_META_INSERT,
    W_SOURCE_PUT,
    W_SOURCE_SAMPLE_PUT,
    W_SIGHTING,
    W_SIGHTING_INSERT,
    W_SPAN_PUT,
    W_SPANS_INSERT,
    W_TRACE_SPANS,
    W_SPAN_GUARDRAIL_PUT,
    W_SPAN_GUARDRAIL_CALL,
    W_TRACE_GUARDRAILS,
    W_SPAN_LINK,
    W_CONTEXT,
    W_CONTEXT_PUT,
    W_TRACE_CONTEXTS,
    W_TOOL_FIND,
    W_TOOL_PUT,
    W_TOOL_MERGE,
    W_TOOL_WAITING,
    W_TOOL_JOIN,
    W_BRANCH_FIND,
    W_BRANCH_PUT,
    W_BRANCH_WAITING,
    W_BRANCH_JOIN,
    W_SCORE_FIND,
    W_SCORE_PUT,
    W_SCORE_WEIGHT,
    W_SCORE_CASE,
    W_SCORE_AGAIN,
    W_SCORE_WAITING,
    W_SCORE_JOIN,
    W_REQUEST_KEYS,
    W_REQUEST_IDS,
    W_REQUEST_PUT,
    W_REQUEST_JOIN,
    W_REQUEST_PART,
    W_REQUEST_DROP,
    W_EMBEDDING_FIND,
    W_EMBEDDING_PUT,
    W_EMBEDDING_WAITING,
    W_EMBEDDING_JOIN,
    W_FINDING_PUT,
    W_GUARDRAIL_PUT,
    W_TEXT_PUT,
    W_REDACTION_DROP,
    W_REDACTION_PUT,
    W_QUARANTINE_FIND,
    W_QUARANTINE_PUT,
    W_QUARANTINE_DELETE,
    W_SQL_COUNT,
};

/* A statement and its next parameter; parameters are bound in the order of their first use in the
 * SQL. What is bound is borrowed until the statement is run. */
struct query {
    sqlite3_stmt *stmt;
    int next;
};

NODISCARD enum err query_begin(struct writer *w, enum writer_sql which, struct query *q,
                               struct error *err);
void query_i64(struct query *q, int64_t v);
void query_maybe(struct query *q, struct maybe_i64 v);
void query_text(struct query *q, struct sv text);  /* .p NULL: NULL */
void query_blob(struct query *q, struct sv bytes); /* .p NULL: NULL */
NODISCARD enum err query_run(struct writer *w, struct query *q, struct error *err);
NODISCARD enum err query_step(struct writer *w, struct query *q, bool *row, struct error *err);
void query_end(struct query *q); /* after the last row that is wanted */

/* A column of the current row; borrowed until the next step. .p NULL: NULL. */
struct sv query_column(struct query *q, int column);

/* ---- values (writer_values.c) ------------------------------------------------------------- */

#define KEY_CACHE_SIZE 4096
#define META_CACHE_SIZE 32768
#define RECENT_VALUES 32 /* of each dictionary; texts that are longer than fits are looked up */

/* Ids of dictionary texts by their hashes; but for recent ones the texts are not kept. */
struct value_ids {
    struct keyset ids; /* of all dictionaries together: each has a seed of its own */
    uint64_t seeds[D_COUNT];
    int64_t last_ids[D_COUNT];
    struct recent_value {
        int64_t id;
        uint8_t length; /* 0: free */
        char text[47];
    } recent[D_COUNT][RECENT_VALUES];
};

/* A table that gives unbounded texts (packed) a 64-bit key: their hash, or the next free one. */
struct key_table {
    enum writer_sql find, insert;
    size_t added; /* keys that were inserted */
    struct {
        uint64_t hash, check; /* of the same bytes with two seeds */
        int64_t key;
    } recent[KEY_CACHE_SIZE];
};

struct meta_cache {
    int64_t last_id;
    struct {
        struct hash128 hash;
        int64_t id; /* 0: free */
    } recent[META_CACHE_SIZE];
};

NODISCARD enum err writer_values_load(struct writer *w, struct error *err);

/* The id of a dictionary's text, given out when it is new; -1 with err filled on failure. */
int64_t writer_value(struct writer *w, int dictionary, struct sv text, struct error *err);

/* The same, or 0 when the dictionary does not have it. */
int64_t writer_value_find(const struct writer *w, int dictionary, struct sv text);

/* The key of an id; a new one is inserted when add is set, else *known says that there is none. */
NODISCARD enum err writer_key(struct writer *w, struct key_table *t, struct sv id, bool add,
                              int64_t *key, bool *known, struct error *err);

/* The row of a set of scalars: one of the n candidates or a recent one if it holds the same text,
 * else a new one. */
NODISCARD enum err writer_meta(struct writer *w, struct sv scalars, const int64_t *candidates,
                               size_t n, int64_t *id, struct error *err);

/* For merge_order.compare: ctx is the writer; orders ids by their texts. An error of the database
 * is kept in w->compare_error. */
int writer_compare_values(void *ctx, int column, int64_t a, int64_t b);

/* A stored row's ids, for its run: see id_gather_add(). */
NODISCARD enum err writer_gather_ids(struct writer *w, enum id_run_kind kind, int64_t row,
                                     const struct sv *ids, size_t n, struct error *err);

/* ---- ids of calls ------------------------------------------------------------------------- */

/* All ids of a call, packed; .p NULL: missing. `own` is always filled for ID_OWN and ID_LINE. */
struct call_ids {
    enum id_kind kind;
    int64_t family;
    struct sv own, request, trace, span, parent;
};

/* The packed form of an identity alone, in the writer's arena. family stays 0 when the dictionary
 * does not have it. */
NODISCARD enum err call_ids_of(struct writer *w, const struct identity *id, struct call_ids *out,
                               struct error *err);

/*
 * The stored or pending call with this identity: *call_id, 0 when there is none. *key starts as
 * identity_key() and becomes the key that the call has or will have: the first one, counted up,
 * that no other identity has taken. *found: its ids, when there is one.
 */
NODISCARD enum err writer_find_call(struct writer *w, const struct call_ids *ids, uint64_t *key,
                                    int64_t *call_id, struct call_ids *found, struct error *err);

/* The stored or pending call whose identity has this key, 0: none. The identity is still to be
 * compared. */
NODISCARD enum err writer_call_of_key(struct writer *w, uint64_t key, int64_t *call_id,
                                      struct error *err);

/* ---- lines without id --------------------------------------------------------------------- */

enum line_table {
    LINE_CALL,
    LINE_TOOL,
    LINE_BRANCH,
    LINE_SCORE,
    LINE_QUARANTINE,
    LINE_EMBEDDING,
};

#define ORDINAL_CACHE_SIZE 16384

/* Where counting equal lines goes on: everything below `next` was found to be seen. */
struct ordinal_cache {
    struct {
        uint64_t tag;
        uint32_t next;
    } recent[ORDINAL_CACHE_SIZE];
};

/* The first ordinal to try for a line, and the one to go on with after `used` was it. */
uint32_t writer_ordinal_first(struct writer *w, enum line_table t, int64_t source,
                              struct hash128 line);
void writer_ordinal_used(struct writer *w, enum line_table t, int64_t source, struct hash128 line,
                         uint32_t used);

/* Whether the record stored under key, brought in by line by_line of source `by`, lies in the
 * history of `source`. If not, it does from now on. */
NODISCARD enum err writer_seen(struct writer *w, enum line_table t, int64_t source, uint64_t key,
                               int64_t by, int64_t by_line, bool *seen, struct error *err);

/* A sighting as another database has it, of one of our lineages; known ones are passed over. */
NODISCARD enum err writer_sighting(struct writer *w, int64_t lineage, int64_t record_key,
                                   struct error *err);

/* ---- pending calls (writer_calls.c) ------------------------------------------------------- */

#define PENDING_CALLS 1024 /* rows in memory before they are stored together */
#define IMAGE_ROWS 256     /* from so many on, making pages of them costs less than an INSERT */
#define MAX_VERSIONS 48   /* differing records kept of a call; beyond it only useful ones are */

struct call_source { /* rows of table batch_call */
    const struct call_row *rows;
    int64_t first_id;
};

struct identity_source { /* rows of table batch_identity */
    const struct call_ids *rows;
    int64_t first_id;
};

struct call_version {
    int64_t call_id;
    uint32_t next; /* the next one of the same call + 1, 0: none */
    bool dropped;
    struct call_row row;
};

struct pending {
    int64_t first_id; /* call_id of rows[0] */
    size_t n;
    struct call_row rows[PENDING_CALLS]; /* rows[n]: the record that is being added */
    struct call_ids ids[PENDING_CALLS];
    uint32_t versions_of[PENDING_CALLS]; /* first version + 1, 0: none */
    struct call_version *versions;
    size_t n_versions, cap_versions;
};

/* The record that is being merged with others of its call. */
struct merging {
    struct call_row base; /* the call's row as it is */
    struct call_row raw;  /* without what it inherited */
    size_t n;
    struct call_row rows[MAX_VERSIONS + 2];
    int64_t places[MAX_VERSIONS + 2]; /* stored: version_id; pending: index; -1: not kept yet */
};

/* A value of such a table; what is missing becomes NULL. */
void writer_result_text(sqlite3_context *out, struct sv text);
void writer_result_blob(sqlite3_context *out, struct sv bytes);
void writer_result_maybe(sqlite3_context *out, struct maybe_i64 v);

NODISCARD enum err writer_calls_open(struct writer *w, struct error *err);
NODISCARD enum err writer_add_calls(struct writer *w, const struct batch *b, struct error *err);
NODISCARD enum err writer_flush_calls(struct writer *w, struct error *err);
void writer_calls_close(struct writer *w);

/* The columns of a row of call or call_version, which begin at column `first` of the statement. */
void writer_read_row(sqlite3_stmt *stmt, int first, struct call_row *out);

NODISCARD enum err writer_load_call(struct writer *w, int64_t call_id, struct call_row *out,
                                    struct error *err);
NODISCARD enum err writer_change_call(struct writer *w, int64_t call_id, const struct call_row *row,
                                      struct error *err);

/* The ordinal of the call that stands on this line of the batch, 0 when there is none. */
uint32_t writer_line_call(const struct writer *w, struct hash128 line, uint32_t source,
                          int64_t source_line);

/* ---- prices (writer_prices.c) ------------------------------------------------------------- */

/* Fills C_COST_COMPUTED_NUSD and C_PRICE_ID, or leaves them missing where there is no price. */
NODISCARD enum err writer_price(struct writer *w, struct call_row *row, struct error *err);

/* ---- traces that begin in a batch (writer_plan.c) ----------------------------------------- */

/* What becomes of a call of the batch. */
struct planned_call {
    bool planned;
    bool shadowed;
    bool first;     /* of its trace */
    uint32_t next;  /* of its trace + 1, 0: none */
    uint32_t above; /* what is above it: place in plan.giving + 1, 0: nothing */
    uint32_t gives; /* a shadow's own place there + 1 */
    int64_t call_id; /* once it was added as a new one */
};

/* A span that gives the calls below it what they lack. */
struct giving_span {
    uint32_t above;                /* the next one above it: place + 1, 0: none */
    const struct inheritance *own; /* of a span without usage; NULL: a shadow's row says it */
    const struct inheritance *all; /* with what is above it; NULL: not known yet */
};

struct planned_span {
    const struct span_record *record;
    int64_t trace_key;
    uint32_t call; /* in the batch + 1, 0: none */
    const struct inheritance *context; /* of a span without usage; NULL: it says nothing */
    bool begins;   /* its trace was not stored before this span */
    bool planned;  /* it and its trace's other spans are no repeats */
};

/* Of one batch. calls and order are NULL when it has no spans. */
struct plan {
    struct arena arena;
    struct planned_call *calls; /* as in the batch */
    uint32_t *order;            /* in which to add the calls */
    struct planned_span *spans; /* those of a trace together */
    size_t n_spans;
    struct giving_span *giving; /* room for one of each span */
    uint32_t n_giving;
};

/* Inserts the traces of the batch's spans and plans those that begin in it: what
 * writer_decide_traces() would find when nothing else of them came. */
NODISCARD enum err writer_plan(struct writer *w, const struct batch *b, struct error *err);

/* Makes the row of a new planned call what the plan says. */
NODISCARD enum err writer_plan_apply(struct writer *w, struct planned_call *call,
                                     struct call_row *row, struct error *err);

/* ---- spans (writer_spans.c) --------------------------------------------------------------- */

struct touched {
    int64_t *keys; /* of table trace */
    size_t n, cap;
};

NODISCARD enum err writer_spans_open(struct writer *w, struct error *err);
void writer_spans_close(struct writer *w);
NODISCARD enum err writer_touch_trace(struct writer *w, int64_t key, struct error *err);

/* Stores the spans of the planned batch, whose calls were added. */
NODISCARD enum err writer_add_spans(struct writer *w, struct error *err);

/* Decides which spans of the touched traces are calls. */
NODISCARD enum err writer_decide_traces(struct writer *w, struct error *err);

/* ---- tool calls, decisions, scores, quarantine (writer_facts.c) --------------------------- */

/* The tool calls of the batch that is being added. */
struct tools {
    struct batch_table table;
    struct tool_row *rows;
    struct keyset keys; /* identity_key of a new one to its place in rows + 1 */
};

NODISCARD enum err writer_facts_open(struct writer *w, struct error *err);
void writer_facts_close(struct writer *w);
NODISCARD enum err writer_add_facts(struct writer *w, const struct batch *b, struct error *err);

/* Calls put(ctx, rule, action), ids of dictionaries or 0, for each guardrail of a record's list. */
NODISCARD enum err writer_each_guardrail(struct writer *w, struct sv list,
                                         enum err (*put)(struct writer *w, const void *ctx,
                                                         int64_t rule, int64_t action,
                                                         struct error *err),
                                         const void *ctx, struct error *err);

/* Joins those that waited for their call. */
NODISCARD enum err writer_join_waiting(struct writer *w, struct error *err);

/* ---- scores of requests (writer_requests.c) ----------------------------------------------- */

/*
 * Joins scores that name a request with the one call that carries its id beside an identity of its
 * own, whichever came first; where several carry it they wait. A call whose identity is the request
 * goes before. Everything else is committed. One pass over the ids of the calls of this run, or of
 * all where new scores wait, for each 256 Ki requests that are waited for.
 */
NODISCARD enum err writer_join_requests(struct writer *w, struct error *err);

/* ---- the writer --------------------------------------------------------------------------- */

struct writer {
    struct store *store;
    uint64_t seed;
    bool in_transaction, failed;
    size_t uncommitted; /* records in the open transaction */
    bool holds;         /* and it stays open until writer_finish() */
    sqlite3_stmt *stmts[W_SQL_COUNT];
    struct arena arena; /* of one writer_add() */

    struct value_ids values;
    struct key_table sessions, traces;
    struct meta_cache meta;
    struct error compare_error;

    struct lineages lineages;
    struct ordinal_cache ordinals;
    struct source_tally *tallies; /* by source id */
    size_t n_tallies;

    struct keyset calls; /* identity_key to call_id, of those that no run covered at the start */
    struct stored_keys stored; /* and of the others */
    int64_t last_call_id;
    int64_t requests_from; /* calls from here on, ids may be new: of new calls, and of merged ones */
    int64_t last_score_id; /* before this run */
    int64_t run_first_id;         /* calls from here on are new in this run */
    int64_t transaction_first_id; /* and from here on in this transaction */
    uint64_t *keys;               /* of the batch's calls */
    size_t cap_keys;
    struct keyset line_calls; /* ordinals of the batch's calls without id, where others may ask */
    bool line_calls_wanted;
    struct pending pending;
    struct merging merging;
    struct open_chunk open;
    struct id_gather runs;
    bool keeps_runs; /* in memory they are not worth their making: there is one question to answer */
    struct row_image *call_image, *identity_image;
    uint8_t call_places[C_COUNT]; /* the column at each place of table call, call_id apart */
    struct batch_table call_table, identity_table, version_table;
    struct call_source call_source;
    struct identity_source identity_source;
    const struct call_version *version_source;

    struct price_book *prices; /* NULL: none */
    struct pricing pricing;
    struct keyset price_ids; /* rows of the book (their addresses) to rows of table price */

    struct plan plan;
    bool has_guardrails; /* some span tells of a triggered guardrail */
    bool has_contexts; /* some span says something of the calls below it */
    struct batch_table span_table;
    const struct span_row *span_source;
    struct tools tools;
    struct touched touched; /* traces to be decided before the commit */
    struct touched planned; /* traces that were planned since the last one */
};

/* Opens the transaction when none is open. */
NODISCARD enum err writer_begin(struct writer *w, struct error *err);

/* The tally of a source that lineages knows. */
struct source_tally *writer_tally_of(struct writer *w, int64_t source);

#endif
