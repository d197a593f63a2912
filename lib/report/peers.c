/* peers: see the header. */
#include "report/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include "query/span_facts.h"
#include "stats/quantile.h"
#include "base/banned.h"

enum { MOST_GROUPS = 16, SPANS_AROUND = 5000, GROUP_NAME = 256 };

/* Values of one measure, and what comes of them. */
struct values {
    int64_t *v;
    size_t n, cap;
    struct peer_median result;
};

struct call_group {
    int column; /* F_FEATURE, F_REQUEST_MODEL or F_RESPONSE_MODEL */
    int64_t id;
    char name[GROUP_NAME];
    struct values values[PEER_DOCS];
};

struct span_group {
    struct sv name; /* of a node: lives as long as the tree */
    struct values values[PEER_MEASURES - PEER_DOCS];
};

struct peers {
    struct call_group calls[MOST_GROUPS];
    struct span_group spans[MOST_GROUPS];
    size_t n_calls, n_spans;
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

    v->result.n = (int64_t)v->n;
    if (v->n)
        quantiles(v->v, v->n, &half, 1, &v->result.median);
    free(v->v);
    v->v = NULL;
}

/* ---- calls -------------------------------------------------------------------------------- */

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

static void add_call_group(struct store *s, struct peers *p, const struct call_entry *c)
{
    int column = grouping_column(c);
    struct call_group *g = &p->calls[p->n_calls];

    if (column < 0 || p->n_calls == MOST_GROUPS || group_of(p, c))
        return;
    g->column = column;
    g->id = c->v[column];
    struct sv name = store_dimension_text(s, (enum call_field)column, g->id);
    snprintf(g->name, sizeof(g->name), "%s %.*s", column == F_FEATURE ? "feature" : "model",
             SV_FMT(name));
    p->n_calls++;
}

#define PEER_COLUMNS                                                                               \
    (COLUMN(F_FEATURE) | COLUMN(F_REQUEST_MODEL) | COLUMN(F_RESPONSE_MODEL) | COLUMN(C_SHADOWED) | \
     COLUMN(F_INPUT_TOKENS) | COLUMN(F_LATENCY_US))

static bool add_row(struct call_group *g, const int64_t *const *cols, const int64_t *costs,
                    int64_t i)
{
    return cols[C_SHADOWED][i] != CALL_MISSING || cols[g->column][i] != g->id ||
           (add_value(&g->values[PEER_INPUT_TOKENS], cols[F_INPUT_TOKENS][i]) &&
            add_value(&g->values[PEER_LATENCY_US], cols[F_LATENCY_US][i]) &&
            add_value(&g->values[PEER_COST_NUSD], costs[i]));
}

static enum err read_chunk(struct store *s, struct peers *p, const struct chunk_info *chunk,
                           enum cost_choice cost, struct error *err)
{
    uint64_t mask = PEER_COLUMNS | call_value_columns(V_COST_NUSD);
    int64_t *all = malloc(sizeof(*all) * CHUNK_ROWS * (C_COUNT + 1));
    int64_t *cols[C_COUNT];
    const int64_t *read[C_COUNT];
    enum err rc;

    if (!all)
        return no_memory(err);
    for (int c = 0; c < C_COUNT; c++)
        read[c] = cols[c] = all + (size_t)c * CHUNK_ROWS;
    rc = store_read_columns(s, chunk, mask, cols, err);
    if (!rc) {
        const int64_t *costs =
            call_values(V_COST_NUSD, cost, read, chunk->rows, all + (size_t)C_COUNT * CHUNK_ROWS);

        for (size_t g = 0; g < p->n_calls && !rc; g++)
            for (int64_t i = 0; i < chunk->rows && !rc; i++)
                rc = add_row(&p->calls[g], read, costs, i) ? OK : no_memory(err);
    }
    free(all);
    return rc;
}

/* The chunk that holds the trace's last call, and the ones before it until there are enough. */
static enum err read_chunks(struct store *s, struct peers *p, int64_t call_id,
                            enum cost_choice cost, struct error *err)
{
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    int64_t rows = 0;
    enum err rc = store_chunks(s, &chunks, &n, err);

    for (size_t i = n; i-- > 0 && rows < CHUNK_ROWS && !rc;) {
        if (chunks[i].number > (call_id - 1) / CHUNK_ROWS)
            continue;
        rc = read_chunk(s, p, &chunks[i], cost, err);
        rows += chunks[i].rows;
    }
    store_read_done(s);
    free(chunks);
    return rc;
}

/* ---- spans -------------------------------------------------------------------------------- */

static const struct span_group *span_group_of(const struct peers *p, struct sv name)
{
    for (size_t g = 0; g < p->n_spans; g++)
        if (sv_eq(p->spans[g].name, name))
            return &p->spans[g];
    return NULL;
}

struct span_reading {
    struct span_group *group;
    struct arena arena;
    bool failed;
};

static int64_t or_missing(struct maybe_i64 v)
{
    return v.known ? v.v : CALL_MISSING;
}

static void read_attributes(void *ctx, struct sv attributes)
{
    struct span_reading *r = ctx;
    struct span_facts f = span_facts_of(attributes, &r->arena);

    r->failed = r->failed || !add_value(&r->group->values[0], or_missing(f.docs)) ||
                !add_value(&r->group->values[1], or_missing(f.docs_tokens)) ||
                !add_value(&r->group->values[2], or_missing(f.context_tokens));
    arena_reset(&r->arena);
}

static enum err add_span_group(struct store *s, struct peers *p, const struct trace_node *n,
                               struct arena *a, struct error *err)
{
    struct span_facts f = span_facts_of(n->attributes, a);
    struct span_reading r = {0};
    enum err rc;

    if (p->n_spans == MOST_GROUPS || !n->name.n || span_group_of(p, n->name) ||
        (!f.docs.known && !f.docs_tokens.known && !f.context_tokens.known))
        return OK;
    r.group = &p->spans[p->n_spans++];
    r.group->name = n->name;
    rc = store_spans_near(s, n->span_row - SPANS_AROUND, n->span_row + SPANS_AROUND, n->name,
                          read_attributes, &r, err);
    arena_release(&r.arena);
    return rc || !r.failed ? rc : no_memory(err);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static enum err load(struct store *s, const struct trace_tree *t, enum cost_choice cost,
                     struct peers *p, struct arena *a, struct error *err)
{
    int64_t last = 0;
    enum err rc = OK;

    for (uint32_t i = 0; i < t->n && !rc; i++) {
        const struct trace_node *n = &t->nodes[i];

        if (n->call && !n->shadowed) {
            add_call_group(s, p, n->call);
            last = n->call->id > last ? n->call->id : last;
        }
        if (n->kind == NODE_SPAN && n->attributes.n && p->n_spans < MOST_GROUPS)
            rc = add_span_group(s, p, n, a, err);
        arena_reset(a);
    }
    if (!rc && p->n_calls)
        rc = read_chunks(s, p, last, cost, err);
    for (size_t g = 0; g < p->n_calls; g++)
        for (size_t m = 0; m < ARRAY_LEN(p->calls[g].values); m++)
            settle(&p->calls[g].values[m]);
    for (size_t g = 0; g < p->n_spans; g++)
        for (size_t m = 0; m < ARRAY_LEN(p->spans[g].values); m++)
            settle(&p->spans[g].values[m]);
    return rc;
}

enum err peers_load(struct store *s, const struct trace_tree *t, enum cost_choice cost,
                    struct peers **out, struct error *err)
{
    struct peers *p = calloc(1, sizeof(*p));
    struct arena a = {0};
    enum err rc = p ? load(s, t, cost, p, &a, err) : no_memory(err);

    arena_release(&a);
    if (rc)
        peers_free(p);
    else
        *out = p;
    return rc;
}

void peers_free(struct peers *p)
{
    free(p); /* the values went when they were settled */
}

struct peer_median peers_of(const struct peers *p, const struct trace_node *n, enum peer_measure m)
{
    if (m < PEER_DOCS) {
        const struct call_group *g = group_of(p, n->call);

        return g ? g->values[m].result : (struct peer_median){0};
    }
    const struct span_group *g = span_group_of(p, n->name);

    return g ? g->values[m - PEER_DOCS].result : (struct peer_median){0};
}

struct sv peers_group(const struct peers *p, const struct trace_node *n)
{
    const struct call_group *g = group_of(p, n->call);

    return g ? sv_from(g->name) : SV_NONE;
}
