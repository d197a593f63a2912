/* peers: see the header. */
#include "report/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/large.h"
#include "query/span_facts.h"
#include "stats/quantile.h"
#include "base/banned.h"

enum { SPANS_AROUND = 5000, GROUP_NAME = 256 };

/* Values of one measure, and their median once all are read. */
struct values {
    int64_t *v;
    size_t n, cap;
    double median;
};

struct call_group {
    int column; /* F_FEATURE, F_REQUEST_MODEL or F_RESPONSE_MODEL */
    int64_t id;
    char name[GROUP_NAME];
    struct values values[PEER_DURATION_US];
};

struct span_group {
    struct sv name; /* of a node: lives as long as the tree */
    int64_t row;    /* of the span that was wanted */
    bool facts;     /* its attributes have figures */
    struct values values[PEER_MEASURES - PEER_DURATION_US];
};

struct peers {
    struct call_group calls[PEER_GROUPS];
    struct span_group spans[PEER_GROUPS];
    size_t n_calls, n_spans;
    int64_t last_call;  /* the latest of those wanted */
    struct arena arena; /* of one span */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory comparing a trace with others");
}

static bool add_value(struct values *v, int64_t x)
{
    if (x == CALL_MISSING)
        return true;
    if (v->n == v->cap) {
        size_t cap = v->cap ? 2 * v->cap : 256;
        int64_t *grown = realloc(v->v, cap * sizeof(*grown));

        if (!grown)
            return false;
        v->v = grown;
        v->cap = cap;
    }
    v->v[v->n++] = x;
    return true;
}

static void settle(struct values *v)
{
    static const double half = 0.5;

    if (v->n)
        quantiles(v->v, v->n, &half, 1, &v->median);
}

/* ---- what is wanted ----------------------------------------------------------------------- */

/* What groups a call: its feature, else its model. -1: neither is known. */
static int grouping_column(const struct call_entry *c)
{
    static const int columns[] = {F_FEATURE, F_REQUEST_MODEL, F_RESPONSE_MODEL};

    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        if (c->v[columns[i]] != CALL_MISSING)
            return columns[i];
    return -1;
}

static const struct call_group *group_of(const struct peers *p, const struct call_entry *c)
{
    int column = c ? grouping_column(c) : -1;

    for (size_t g = 0; g < p->n_calls && column >= 0; g++)
        if (p->calls[g].column == column && p->calls[g].id == c->v[column])
            return &p->calls[g];
    return NULL;
}

static void want_call(struct store *s, struct peers *p, const struct call_entry *c)
{
    int column = grouping_column(c);
    struct call_group *g = &p->calls[p->n_calls];

    p->last_call = c->id > p->last_call ? c->id : p->last_call;
    if (column < 0 || p->n_calls == PEER_GROUPS || group_of(p, c))
        return;
    g->column = column;
    g->id = c->v[column];
    struct sv name = store_dimension_text(s, (enum call_field)column, g->id);
    snprintf(g->name, sizeof(g->name), "%s %.*s", column == F_FEATURE ? "feature" : "model",
             SV_FMT(name));
    p->n_calls++;
}

static struct span_group *span_group_of(struct peers *p, struct sv name)
{
    for (size_t g = 0; g < p->n_spans; g++)
        if (sv_eq(p->spans[g].name, name))
            return &p->spans[g];
    return NULL;
}

static bool has_figures(struct peers *p, struct sv attributes)
{
    struct span_facts f = span_facts_of(attributes, &p->arena);

    arena_reset(&p->arena);
    return f.docs.known || f.docs_tokens.known || f.context_tokens.known || f.history_tokens.known;
}

static void want_span(struct peers *p, const struct trace_node *n)
{
    struct span_group *g = span_group_of(p, n->name);

    if (!g && p->n_spans < PEER_GROUPS) {
        g = &p->spans[p->n_spans++];
        g->name = n->name;
        g->row = n->span_row;
    }
    if (g && !g->facts)
        g->facts = has_figures(p, n->attributes);
}

void peers_want(struct peers *p, struct store *s, const struct trace_node *n)
{
    if (n->call && !n->shadowed)
        want_call(s, p, n->call);
    if (n->kind == NODE_SPAN && n->name.n)
        want_span(p, n);
}

/* ---- calls -------------------------------------------------------------------------------- */

#define PEER_COLUMNS                                                                               \
    (COLUMN(F_FEATURE) | COLUMN(F_REQUEST_MODEL) | COLUMN(F_RESPONSE_MODEL) | COLUMN(C_SHADOWED) | \
     COLUMN(F_INPUT_TOKENS) | COLUMN(F_LATENCY_US) | DEGENERATE_TTFT_COLUMNS)

static bool add_row(struct call_group *g, const int64_t *const *cols, const int64_t *costs,
                    int64_t i)
{
    int64_t ttft = call_ttft_degenerate(cols, i) ? CALL_MISSING : cols[F_TIME_TO_FIRST_TOKEN_US][i];

    return cols[C_SHADOWED][i] != CALL_MISSING || cols[g->column][i] != g->id ||
           (add_value(&g->values[PEER_INPUT_TOKENS], cols[F_INPUT_TOKENS][i]) &&
            add_value(&g->values[PEER_OUTPUT_TOKENS], cols[F_OUTPUT_TOKENS][i]) &&
            add_value(&g->values[PEER_LATENCY_US], cols[F_LATENCY_US][i]) &&
            add_value(&g->values[PEER_TTFT_US], ttft) &&
            add_value(&g->values[PEER_COST_NUSD], costs[i]));
}

static enum err read_chunk(struct store *s, struct peers *p, const struct chunk_info *chunk,
                           enum cost_choice cost, struct error *err)
{
    uint64_t mask = PEER_COLUMNS | call_value_columns(V_COST_NUSD);
    size_t n = (size_t)__builtin_popcountll(mask);
    int64_t *all = large_alloc(sizeof(*all) * CHUNK_ROWS * (n + 1));
    int64_t *next = all, *cols[C_COUNT] = {NULL};
    const int64_t *read[C_COUNT] = {NULL};
    enum err rc;

    if (!all)
        return no_memory(err);
    for (int c = 0; c < C_COUNT; c++)
        if (mask >> c & 1) {
            read[c] = cols[c] = next;
            next += CHUNK_ROWS;
        }
    rc = store_read_columns(s, chunk, mask, cols, err);
    if (!rc) {
        const int64_t *costs =
            call_values(V_COST_NUSD, cost, read, chunk->rows, next);

        for (size_t g = 0; g < p->n_calls && !rc; g++)
            for (int64_t i = 0; i < chunk->rows && !rc; i++)
                rc = add_row(&p->calls[g], read, costs, i) ? OK : no_memory(err);
    }
    free(all);
    return rc;
}

/* The chunk that holds the latest wanted call, and the ones before it until there are enough. */
static enum err read_calls(struct store *s, struct peers *p, enum cost_choice cost,
                           struct error *err)
{
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    int64_t rows = 0;
    enum err rc = store_chunks(s, &chunks, &n, err);

    for (size_t i = n; i-- > 0 && rows < CHUNK_ROWS && !rc;) {
        if (chunks[i].number > (p->last_call - 1) / CHUNK_ROWS)
            continue;
        rc = read_chunk(s, p, &chunks[i], cost, err);
        rows += chunks[i].rows;
    }
    store_read_done(s);
    free(chunks);
    return rc;
}

/* ---- spans -------------------------------------------------------------------------------- */

struct span_reading {
    struct peers *peers;
    bool failed;
};

static int64_t or_missing(struct maybe_i64 v)
{
    return v.known ? v.v : CALL_MISSING;
}

static int64_t duration_of(const struct near_span *span)
{
    int64_t us;

    return span->started_us == CALL_MISSING || span->ended_us < span->started_us ||
                   __builtin_sub_overflow(span->ended_us, span->started_us, &us)
               ? CALL_MISSING
               : us;
}

static void read_span(void *ctx, const struct near_span *span)
{
    struct span_reading *r = ctx;
    struct span_group *g = span_group_of(r->peers, span->name);
    bool ok;

    if (!g || r->failed)
        return;
    ok = add_value(&g->values[0], duration_of(span));
    if (ok && g->facts) {
        struct span_facts f = span_facts_of(span->attributes, &r->peers->arena);
        const struct maybe_i64 figures[] = {f.docs, f.docs_tokens, f.context_tokens,
                                            f.history_tokens};

        for (size_t i = 0; i < ARRAY_LEN(figures) && ok; i++)
            ok = add_value(&g->values[PEER_DOCS - PEER_DURATION_US + i], or_missing(figures[i]));
        arena_reset(&r->peers->arena);
    }
    r->failed = !ok;
}

static int compare_rows(const void *a, const void *b)
{
    int64_t x = ((const struct span_group *)a)->row, y = ((const struct span_group *)b)->row;

    return (x > y) - (x < y);
}

/* Rows around each span that is wanted, each row once. */
static enum err read_spans(struct store *s, struct peers *p, struct error *err)
{
    struct span_reading r = {.peers = p};
    int64_t done = 0; /* rows that were read end here */
    enum err rc = OK;

    qsort(p->spans, p->n_spans, sizeof(*p->spans), compare_rows);
    for (size_t g = 0; g < p->n_spans && !rc && !r.failed; g++) {
        int64_t row = p->spans[g].row, first = row - SPANS_AROUND;

        if (row <= done)
            continue;
        first = first > done ? first : done + 1;
        done = row + SPANS_AROUND;
        rc = store_spans_near(s, first, done, read_span, &r, err);
    }
    return !rc && r.failed ? no_memory(err) : rc;
}

/* ---- all of it ---------------------------------------------------------------------------- */

enum err peers_new(struct peers **out, struct error *err)
{
    struct peers *p = calloc(1, sizeof(*p));

    if (!p)
        return no_memory(err);
    *out = p;
    return OK;
}

enum err peers_read(struct peers *p, struct store *s, enum cost_choice cost, struct error *err)
{
    enum err rc = p->n_calls ? read_calls(s, p, cost, err) : OK;

    if (!rc)
        rc = read_spans(s, p, err);
    for (size_t g = 0; g < p->n_calls; g++)
        for (size_t m = 0; m < ARRAY_LEN(p->calls[g].values); m++)
            settle(&p->calls[g].values[m]);
    for (size_t g = 0; g < p->n_spans; g++)
        for (size_t m = 0; m < ARRAY_LEN(p->spans[g].values); m++)
            settle(&p->spans[g].values[m]);
    return rc;
}

void peers_free(struct peers *p)
{
    if (!p)
        return;
    for (size_t g = 0; g < PEER_GROUPS; g++) {
        for (size_t m = 0; m < ARRAY_LEN(p->calls[g].values); m++)
            free(p->calls[g].values[m].v);
        for (size_t m = 0; m < ARRAY_LEN(p->spans[g].values); m++)
            free(p->spans[g].values[m].v);
    }
    arena_release(&p->arena);
    free(p);
}

/* NULL: it has no peers. */
static const struct values *values_of(const struct peers *p, const struct trace_node *n,
                                      enum peer_measure m)
{
    if (m < PEER_DURATION_US) {
        const struct call_group *g = group_of(p, n->call);

        return g ? &g->values[m] : NULL;
    }
    for (size_t g = 0; g < p->n_spans && n->kind == NODE_SPAN; g++)
        if (sv_eq(p->spans[g].name, n->name))
            return &p->spans[g].values[m - PEER_DURATION_US];
    return NULL;
}

struct peer_median peers_of(const struct peers *p, const struct trace_node *n, enum peer_measure m)
{
    const struct values *v = values_of(p, n, m);

    return v ? (struct peer_median){(int64_t)v->n, v->median} : (struct peer_median){0};
}

int64_t peers_above(const struct peers *p, const struct trace_node *n, enum peer_measure m,
                    int64_t value)
{
    const struct values *v = values_of(p, n, m);
    int64_t above = 0;

    for (size_t i = 0; v && i < v->n; i++)
        above += v->v[i] > value;
    return above;
}

struct sv peers_group(const struct peers *p, const struct trace_node *n)
{
    const struct call_group *g = group_of(p, n->call);

    return g ? sv_from(g->name) : SV_NONE;
}
