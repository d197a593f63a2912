/* pool: see the header. The result does not depend on which thread counts or collects what. */
#include "report/pool.h"

#include <stdatomic.h>
#include <stdlib.h>
#include "stats/quantile.h"
#include "base/banned.h"

/* Whole values below 64 have a bucket each; from there each octave has 32. */
#define BUCKETS (64 + 57 * 32)
/* Groups up to which buckets are counted: 2 MiB for each thread and pool. */
#define BUCKET_GROUPS_MAX 256
/* Reals: octaves from 2^-16 on, the rest in the first and the last bucket. */
#define REAL_FIRST ((INT64_C(1023) - 16) * 32)

/* counts[(group + 1) * buckets + bucket]; the first `buckets` take what is not counted. */
struct pool_counts {
    uint32_t *counts;
    uint32_t cap; /* groups that counts has room for, and one */
    uint32_t buckets; /* BUCKETS, or 1 once there are too many groups */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the values of the report");
}

static const struct {
    bool distinct;
    enum call_value value;
    const char *axis;
} pools[POOL_COUNT] = {
    [POOL_LATENCY] = {false, V_LATENCY_US, NULL},
    [POOL_TTFT] = {false, V_TIME_TO_FIRST_TOKEN_US, NULL},
    [POOL_TPOT] = {false, V_TIME_PER_OUTPUT_TOKEN_US, NULL},
    [POOL_SPEED] = {false, V_TOKENS_PER_SECOND, NULL},
    [POOL_CONTEXT] = {false, V_CONTEXT_UTILIZATION, NULL},
    [POOL_SESSIONS] = {true, 0, "session"},
    [POOL_USERS] = {true, 0, "user"},
};

enum err pool_open(struct pool *p, enum pool_id id, const struct scan *scan, struct error *err)
{
    enum err rc = OK;

    *p = (struct pool){.id = id, .distinct = pools[id].distinct, .value = pools[id].value};
    p->threads = scan_threads(scan);
    p->counts = calloc((size_t)p->threads, sizeof(*p->counts));
    if (!p->counts)
        return no_memory(err);
    for (int t = 0; t < p->threads; t++)
        p->counts[t].buckets = p->distinct ? 1 : BUCKETS;
    if (p->distinct)
        rc = scan_open_axis(scan, sv_from(pools[id].axis), &p->axis, err);
    p->columns = p->distinct ? p->axis.columns : call_value_columns(p->value);
    return rc;
}

void pool_release(struct pool *p)
{
    for (int t = 0; t < p->threads; t++)
        free(p->counts[t].counts);
    free(p->counts);
    axis_release(&p->axis);
    *p = (struct pool){0};
}

const int64_t *pool_values(const struct pool *p, struct bucketer *memo, const struct slice *slice,
                           int64_t *room)
{
    if (p->bills)
        return call_context_use(p->bills, slice->cols, slice->rows, room);
    if (!p->distinct)
        return call_values(p->value, COST_OF_LOG_OR_PRICES, slice->cols, slice->rows, room);
    axis_codes(&p->axis, memo, slice->cols, slice->rows, room);
    for (int64_t i = 0; i < slice->rows; i++)
        if (!room[i])
            room[i] = CALL_MISSING;
    return room;
}

/* ---- first walk ----------------------------------------------------------------------------- */

static uint32_t bucket_of_whole(int64_t v)
{
    uint64_t u = v > 0 ? (uint64_t)v : 0;
    uint32_t shift = 58 - (uint32_t)__builtin_clzll(u | 63); /* leaves the upper six bits */

    return shift * 32 + (uint32_t)(u >> shift);
}

static uint32_t bucket_of_real(int64_t key)
{
    int64_t b = (key >> 47) - REAL_FIRST;

    if (b < 0)
        return 0;
    return b < BUCKETS ? (uint32_t)b : BUCKETS - 1;
}

/* Buckets rise with the values: what selection relies on. */
static uint32_t bucket_of(int64_t v, bool real, uint32_t buckets)
{
    if (buckets == 1)
        return 0;
    return real ? bucket_of_real(v) : bucket_of_whole(v);
}

_Static_assert(SCAN_OUT + 1u == 0, "rows that are out go to the first cells");

/* Where a value is counted; without a branch, for missing values come at random. */
static size_t cell_of(uint32_t group, int64_t v, bool real, uint32_t buckets)
{
    size_t cell = (size_t)(group + 1) * buckets + bucket_of(v, real, buckets);

    return cell & -(size_t)(v != CALL_MISSING);
}

static void collapse(struct pool_counts *c)
{
    for (uint32_t g = 0; g < c->cap; g++) {
        uint32_t n = 0;

        for (uint32_t b = 0; b < c->buckets; b++)
            n += c->counts[(size_t)g * c->buckets + b];
        c->counts[g] = n; /* never beyond what was read */
    }
    c->buckets = 1;
}

static bool grow(struct pool_counts *c, uint32_t groups)
{
    uint32_t cap = c->cap ? c->cap : 8;
    uint32_t *bigger;

    if (groups == UINT32_MAX)
        return false;
    if (groups > BUCKET_GROUPS_MAX && c->buckets > 1)
        collapse(c);
    if (groups < c->cap)
        return true;
    while (cap < groups + 1)
        cap = cap > UINT32_MAX / 2 ? UINT32_MAX : cap * 2;
    bigger = realloc(c->counts, (size_t)cap * c->buckets * sizeof(*bigger));
    if (!bigger)
        return false;
    memset(bigger + (size_t)c->cap * c->buckets, 0,
           (size_t)(cap - c->cap) * c->buckets * sizeof(*bigger));
    c->counts = bigger;
    c->cap = cap;
    return true;
}

bool pool_count(struct pool *p, const struct slice *slice, const int64_t *values)
{
    struct pool_counts *c = &p->counts[slice->thread];
    bool real = !p->distinct && call_value_is_real(p->value);
    uint32_t buckets;

    if (!grow(c, slice->groups))
        return false;
    buckets = c->buckets;
    for (int64_t i = 0; i < slice->rows; i++)
        c->counts[cell_of(slice->group[i], values[i], real, buckets)]++;
    return true;
}

bool pool_merge(struct pool *p, uint32_t groups)
{
    struct pool_counts *into = &p->counts[0];

    for (int t = 0; t < p->threads; t++)
        if (!grow(&p->counts[t], groups))
            return false;
    for (int t = 1; t < p->threads; t++) {
        struct pool_counts *from = &p->counts[t];

        for (size_t i = into->buckets; i < ((size_t)groups + 1) * into->buckets; i++)
            into->counts[i] += from->counts[i];
        free(from->counts);
        *from = (struct pool_counts){.buckets = 1};
    }
    return true;
}

/* ---- plan ----------------------------------------------------------------------------------- */

/* Where the wanted values stand in one row of the report. */
struct wanted {
    uint64_t n;
    struct {
        uint64_t rank;   /* in the row */
        uint32_t bucket;
        uint64_t within; /* rank inside the bucket */
    } at[2 * QUANTILE_COUNT]; /* ascending ranks */
    size_t n_at;
};

struct collection {
    struct pool *pool;
    const struct pool_rows *rows;
    uint32_t buckets;
    bool real;
    struct wanted *wanted;     /* by row */
    uint64_t *row_counts;      /* room for one row's counts by bucket */
    unsigned char *collected;  /* [(group + 1) * buckets + bucket]: values are wanted */
    _Atomic uint64_t *cursor;  /* the same: next place */
    uint64_t *start;           /* [position in order * buckets + bucket]: first place */
    uint64_t total;
    int64_t *values;
    int64_t **rooms; /* by thread */
    struct bucketer *memos;
};

static size_t cell_at(const struct collection *c, uint32_t group, uint32_t bucket)
{
    return ((size_t)group + 1) * c->buckets + bucket;
}

static uint32_t count_of(const struct collection *c, uint32_t group, uint32_t bucket)
{
    return c->pool->counts[0].counts[cell_at(c, group, bucket)];
}

/* Positions in order that row r of the report covers: [*from, *until). */
static void row_span(const struct pool_rows *rows, uint32_t r, uint32_t *from, uint32_t *until)
{
    *from = r < rows->shown ? r : r == rows->shown ? rows->shown : 0;
    *until = r < rows->shown ? r + 1 : rows->groups;
}

static void want_rank(struct wanted *w, uint64_t rank)
{
    size_t i = w->n_at;

    for (; i > 0 && w->at[i - 1].rank >= rank; i--)
        if (w->at[i - 1].rank == rank)
            return;
    memmove(&w->at[i + 1], &w->at[i], (w->n_at - i) * sizeof(w->at[0]));
    w->at[i].rank = rank;
    w->n_at++;
}

static void plan_row(struct collection *c, uint32_t r)
{
    struct wanted *w = &c->wanted[r];
    uint64_t below = 0;
    uint32_t from, until, bucket = 0;

    row_span(c->rows, r, &from, &until);
    memset(c->row_counts, 0, c->buckets * sizeof(*c->row_counts));
    for (uint32_t i = from; i < until; i++)
        for (uint32_t b = 0; b < c->buckets; b++)
            c->row_counts[b] += count_of(c, c->rows->order[i], b);
    for (uint32_t b = 0; b < c->buckets; b++)
        w->n += c->row_counts[b];
    for (size_t q = 0; q < QUANTILE_COUNT && w->n; q++) {
        struct quantile_place place = quantile_place(report_quantiles[q], w->n);

        want_rank(w, place.low);
        want_rank(w, place.high);
    }
    for (size_t k = 0; k < w->n_at; k++) {
        while (below + c->row_counts[bucket] <= w->at[k].rank)
            below += c->row_counts[bucket++];
        w->at[k].bucket = bucket;
        w->at[k].within = w->at[k].rank - below;
        for (uint32_t i = from; i < until; i++)
            c->collected[cell_at(c, c->rows->order[i], bucket)] = 1;
    }
}

/* Lays the wanted buckets out one behind the other, inside a bucket the groups in order: so each
 * row of the report finds its part of a bucket in one piece. */
static void lay_out(struct collection *c)
{
    for (uint32_t b = 0; b < c->buckets; b++)
        for (uint32_t i = 0; i < c->rows->groups; i++) {
            uint32_t group = c->rows->order[i];
            size_t cell = cell_at(c, group, b);

            if (!c->collected[cell])
                continue;
            atomic_init(&c->cursor[cell], c->total);
            c->start[(size_t)i * c->buckets + b] = c->total;
            c->total += count_of(c, group, b);
        }
}

static enum err plan(struct collection *c, struct error *err)
{
    uint32_t n_rows = c->rows->shown + 2;
    size_t cells = ((size_t)c->rows->groups + 1) * c->buckets;

    c->wanted = calloc(n_rows, sizeof(*c->wanted));
    c->row_counts = calloc(c->buckets, sizeof(*c->row_counts));
    c->collected = calloc(cells, 1);
    c->cursor = calloc(cells, sizeof(*c->cursor));
    c->start = calloc(cells, sizeof(*c->start));
    if (!c->wanted || !c->row_counts || !c->collected || !c->cursor || !c->start)
        return no_memory(err);
    /* Distinct values want all, even of groups without a row of their own. */
    if (c->pool->distinct)
        memset(c->collected + c->buckets, 1, cells - c->buckets);
    for (uint32_t r = 0; r < n_rows; r++)
        plan_row(c, r);
    lay_out(c);
    c->values = malloc((size_t)c->total * sizeof(*c->values) + 1);
    return c->values ? OK : no_memory(err);
}

/* ---- second walk ---------------------------------------------------------------------------- */

static bool collect(void *ctx, const struct slice *slice)
{
    struct collection *c = ctx;
    const int64_t *v = pool_values(c->pool, &c->memos[slice->thread], slice,
                                   c->rooms[slice->thread]);
    uint16_t rows[SCAN_BLOCK];
    size_t n = 0;

    /* First which rows, without a branch, for they come at random and are few. */
    for (int64_t i = 0; i < slice->rows; i++) {
        rows[n] = (uint16_t)i;
        n += c->collected[cell_of(slice->group[i], v[i], c->real, c->buckets)];
    }
    for (size_t k = 0; k < n; k++) {
        int64_t i = rows[k];
        size_t cell = cell_of(slice->group[i], v[i], c->real, c->buckets);

        c->values[atomic_fetch_add_explicit(&c->cursor[cell], 1, memory_order_relaxed)] = v[i];
    }
    return true;
}

static enum err walk(struct collection *c, struct scan *scan, struct error *err)
{
    int threads = scan_threads(scan);

    c->rooms = calloc((size_t)threads, sizeof(*c->rooms));
    c->memos = calloc((size_t)threads, sizeof(*c->memos));
    if (!c->rooms || !c->memos)
        return no_memory(err);
    for (int t = 0; t < threads; t++) {
        c->rooms[t] = malloc(SCAN_BLOCK * sizeof(**c->rooms));
        if (!c->rooms[t])
            return no_memory(err);
        if (c->pool->distinct)
            c->memos[t] = axis_memo(&c->pool->axis);
    }
    return scan_walk_blocks(scan, c->pool->columns, collect, c, err);
}

/* ---- figures -------------------------------------------------------------------------------- */

/* Row r's part of a bucket in c->values. */
static int64_t *row_values(const struct collection *c, uint32_t r, uint32_t bucket, uint64_t *n)
{
    uint32_t from, until;
    uint64_t start;

    row_span(c->rows, r, &from, &until);
    *n = 0;
    if (from >= until)
        return c->values;
    start = c->start[(size_t)from * c->buckets + bucket];
    *n = c->start[(size_t)(until - 1) * c->buckets + bucket] +
         count_of(c, c->rows->order[until - 1], bucket) - start;
    return c->values + start;
}

static double as_real(const struct collection *c, int64_t v)
{
    return c->real ? key_to_real(v) : (double)v;
}

static void row_quantiles(const struct collection *c, uint32_t r, double *out)
{
    const struct wanted *w = &c->wanted[r];
    double found[2 * QUANTILE_COUNT] = {0};
    size_t k = 0;

    while (k < w->n_at) {
        size_t ranks[2 * QUANTILE_COUNT], first = k;
        uint64_t n;
        int64_t *v = row_values(c, r, w->at[k].bucket, &n);

        for (; k < w->n_at && w->at[k].bucket == w->at[first].bucket; k++)
            ranks[k - first] = w->at[k].within;
        select_ranks(v, n, ranks, k - first);
        for (size_t i = first; i < k; i++)
            found[i] = as_real(c, v[w->at[i].within]);
    }
    for (size_t q = 0; q < QUANTILE_COUNT && w->n; q++) {
        struct quantile_place place = quantile_place(report_quantiles[q], w->n);
        double low = 0, high = 0;

        for (size_t i = 0; i < w->n_at; i++) {
            low = w->at[i].rank == place.low ? found[i] : low;
            high = w->at[i].rank == place.high ? found[i] : high;
        }
        out[q] = quantile_between(low, high, place.fraction);
    }
}

/* How many values differ: each one is stamped with the row that met it last. */
static int64_t row_distinct(const struct collection *c, uint32_t r, uint32_t *stamps)
{
    uint64_t n;
    const int64_t *v = row_values(c, r, 0, &n);
    int64_t distinct = 0;

    for (uint64_t i = 0; i < n; i++) {
        distinct += stamps[v[i]] != r + 1;
        stamps[v[i]] = r + 1;
    }
    return distinct;
}

static enum err figures(struct collection *c, struct pool_result *out, struct error *err)
{
    uint32_t n_rows = c->rows->shown + 2;
    uint32_t *stamps = calloc((size_t)c->pool->axis.n_codes + 1, sizeof(*stamps));

    out->n = calloc(n_rows, sizeof(*out->n));
    out->quantiles = calloc(n_rows, sizeof(*out->quantiles));
    out->distinct = calloc(n_rows, sizeof(*out->distinct));
    if (!stamps || !out->n || !out->quantiles || !out->distinct) {
        free(stamps);
        return no_memory(err);
    }
    /* Selection reorders; the wider rows come later, when the narrow ones are done. */
    for (uint32_t r = 0; r < n_rows; r++) {
        out->n[r] = (int64_t)c->wanted[r].n;
        if (c->pool->distinct)
            out->distinct[r] = row_distinct(c, r, stamps);
        else
            row_quantiles(c, r, out->quantiles[r]);
    }
    free(stamps);
    return OK;
}

enum err pool_finish(struct pool *p, struct scan *scan, const struct pool_rows *rows,
                     struct pool_result *out, struct error *err)
{
    struct collection c = {.pool = p, .rows = rows, .buckets = p->counts[0].buckets,
                           .real = !p->distinct && call_value_is_real(p->value)};
    enum err rc = plan(&c, err);

    if (!rc)
        rc = walk(&c, scan, err);
    if (!rc)
        rc = figures(&c, out, err);
    for (int t = 0; c.rooms && t < p->threads; t++)
        free(c.rooms[t]);
    free(c.rooms);
    free(c.memos);
    free(c.wanted);
    free(c.row_counts);
    free(c.collected);
    free(c.cursor);
    free(c.start);
    free(c.values);
    return rc;
}

void pool_result_release(struct pool_result *r)
{
    free(r->n);
    free(r->quantiles);
    free(r->distinct);
    *r = (struct pool_result){0};
}
