/* report: one pass adds up by group, further ones select quantiles; then the table is filled. */
#include "report/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/time_text.h"
#include "query/scan.h"
#include "report/columns.h"
#include "report/money.h"
#include "report/numbers.h"
#include "report/pool.h"
#include "report/ranking.h"
#include "report/sums.h"
#include "base/banned.h"

_Static_assert((int)COST_BEST == (int)COST_OF_LOG_OR_PRICES &&
                   (int)COST_GIVEN == (int)COST_OF_LOG && (int)COST_COMPUTED == (int)COST_OF_PRICES,
               "the two enumerations are one");

/* Figures of a call that are made and not read: each thread has room for them. */
#define DERIVED_MAX 4

struct thread_state {
    struct sums sums;
    struct money_sources money;
    int64_t *rooms[DERIVED_MAX + 1]; /* the last one for what a pool or a filter makes */
    unsigned char *succeeded;        /* CHUNK_ROWS, or NULL */
    struct bucketer memos[POOL_COUNT];
};

struct run {
    const struct report_spec *spec;
    struct store *store;
    struct table *table;
    const char *const *by; /* the spec's, or the view's own */
    size_t n_by;
    struct chosen_columns columns;
    struct sort_key sort;
    uint32_t tallies, pool_ids; /* bits: what the columns need */
    bool shows_money;

    struct scan *scan;
    struct where **successes; /* what a call must fulfil to count in T_OUTCOMES */
    size_t n_successes;
    struct thread_state *threads;
    int n_threads;
    struct pool pools[POOL_COUNT];

    struct money_sources money;
    struct sums sums; /* by group; then "(other)" and the total, two more */
    struct ranking ranking;
    i128 *running; /* sums of cost down to each row; NULL: not needed */
    struct joined groups;
    struct run *before;      /* the first walk over the other window, or NULL */
    struct sums sums_before; /* of it, as sums */
    struct pool_result results[POOL_COUNT]; /* by row */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the report");
}

/* ---- what is needed ------------------------------------------------------------------------- */

static void need(struct run *r, size_t m)
{
    const struct measure *x = &measures[m];

    if (x->kind == MEASURE_QUANTILE || x->kind == MEASURE_DISTINCT)
        r->pool_ids |= UINT32_C(1) << x->pool;
    else
        r->tallies |= UINT32_C(1) << x->a | UINT32_C(1) << x->b;
}

/* The column to sort by, or NULL for the default order. */
static const char *sort_name(const struct run *r)
{
    const struct report_spec *spec = r->spec;

    if (spec->sort || spec->cumulative != CUMULATIVE_SORTED || spec->no_cost)
        return spec->sort;
    for (size_t d = 0; d < r->n_by; d++) {
        const struct dimension *dim = dimension_find(sv_from(r->by[d]));

        if (dim && dim->kind == DIMENSION_TIME)
            return NULL;
    }
    return "cost_usd";
}

static enum err choose(struct run *r, struct error *err)
{
    static const char *const errors_by[] = {"status", "error_kind"};
    const struct report_spec *spec = r->spec;
    enum err rc = choose_columns(spec, &r->columns, err);

    if (rc)
        return rc;
    r->by = spec->by;
    r->n_by = spec->n_by;
    if (!r->n_by && spec->n_views == 1 && strcmp(spec->views[0], "errors") == 0) {
        r->by = errors_by;
        r->n_by = ARRAY_LEN(errors_by);
    }
    rc = choose_sort(sort_name(r), spec->versus, r->by, r->n_by, &r->sort, err);
    if (rc)
        return rc;
    r->tallies = UINT32_C(1) << T_CALLS | UINT32_C(1) << T_UNPRICED;
    for (size_t i = 0; i < r->columns.n; i++) {
        need(r, r->columns.list[i].measure);
        r->shows_money |= measures[r->columns.list[i].measure].money;
    }
    if (r->sort.by == SORT_MEASURE)
        need(r, r->sort.index);
    return OK;
}

static enum err open_scan(struct run *r, struct error *err)
{
    const struct report_spec *spec = r->spec;
    struct scan_spec scan = {.by = r->by,
                             .n_by = r->n_by,
                             .where = spec->where,
                             .n_where = spec->n_where,
                             .since_known = spec->since_known,
                             .until_known = spec->until_known,
                             .since_us = spec->since_us,
                             .until_us = spec->until_us,
                             .zone = spec->zone,
                             .cost = (enum cost_choice)spec->cost,
                             .drop_degenerate_ttft = !spec->keep_degenerate_ttft,
                             .jobs = spec->jobs};

    return scan_open(r->store, &scan, &r->scan, err);
}

/* ---- first walk ----------------------------------------------------------------------------- */

static bool pool_needed(const struct run *r, enum pool_id p)
{
    return r->pool_ids >> p & 1;
}

static enum err open_pools(struct run *r, struct error *err)
{
    enum err rc = OK;

    for (enum pool_id p = 0; p < POOL_COUNT && !rc; p++)
        if (pool_needed(r, p))
            rc = pool_open(&r->pools[p], p, r->scan, err);
    return rc;
}

/* "success: column 3: ...", which a filter says of itself as "where: ...". */
static enum err bad_success(struct error *err, enum err rc, const struct error *found)
{
    const char *msg = found->msg;

    if (strncmp(msg, "where: ", strlen("where: ")) == 0)
        msg += strlen("where: ");
    return error_set(err, rc, "success: %s", msg);
}

static enum err open_successes(struct run *r, struct error *err)
{
    static const char *const usual[] = {"status=ok"};
    const char *const *list = r->spec->n_success ? r->spec->success : usual;
    size_t n = r->spec->n_success ? r->spec->n_success : ARRAY_LEN(usual);
    struct error found;

    if (!(r->tallies >> T_OUTCOMES & 1))
        return OK;
    r->successes = calloc(n, sizeof(struct where *));
    if (!r->successes)
        return no_memory(err);
    while (r->n_successes < n) {
        enum err rc = scan_open_where(r->scan, sv_from(list[r->n_successes]),
                                      &r->successes[r->n_successes], &found);
        if (rc)
            return bad_success(err, rc, &found);
        r->n_successes++;
    }
    return OK;
}

static enum err open_threads(struct run *r, struct error *err)
{
    r->n_threads = scan_threads(r->scan);
    r->threads = calloc((size_t)r->n_threads, sizeof(*r->threads));
    if (!r->threads)
        return no_memory(err);
    for (int t = 0; t < r->n_threads; t++) {
        struct thread_state *state = &r->threads[t];

        state->sums.needs = r->tallies;
        for (size_t i = 0; i < ARRAY_LEN(state->rooms); i++) {
            state->rooms[i] = malloc(CHUNK_ROWS * sizeof(int64_t));
            if (!state->rooms[i])
                return no_memory(err);
        }
        state->succeeded = r->n_successes ? malloc(CHUNK_ROWS) : NULL;
        if (r->n_successes && !state->succeeded)
            return no_memory(err);
        for (enum pool_id p = 0; p < POOL_COUNT; p++)
            if (pool_needed(r, p) && r->pools[p].distinct)
                state->memos[p] = axis_memo(&r->pools[p].axis);
    }
    return OK;
}

/* Values that sums and pools want, each made once. */
static void make_values(const struct run *r, const struct slice *slice, struct slice_values *out)
{
    uint32_t wanted = sums_values(r->tallies);
    int64_t *const *rooms = r->threads[slice->thread].rooms;
    size_t room = 0;

    for (enum pool_id p = 0; p < POOL_COUNT; p++)
        if (pool_needed(r, p) && !r->pools[p].distinct)
            wanted |= UINT32_C(1) << r->pools[p].value;
    for (enum call_value v = 0; v < V_COUNT; v++)
        if (wanted >> v & 1) {
            out->values[v] = call_values(v, (enum cost_choice)r->spec->cost, slice->cols,
                                         slice->rows, rooms[room]);
            room += out->values[v] == rooms[room];
        }
}

/* Which rows are successes. */
static void find_outcomes(const struct run *r, const struct slice *slice, struct slice_values *out)
{
    const struct thread_state *state = &r->threads[slice->thread];

    if (!r->n_successes)
        return;
    memset(state->succeeded, 1, (size_t)slice->rows);
    for (size_t i = 0; i < r->n_successes; i++)
        where_apply(r->successes[i], slice->cols, slice->rows, state->rooms[DERIVED_MAX],
                    state->succeeded);
    out->succeeded = state->succeeded;
}

static bool add_slice(void *ctx, const struct slice *slice)
{
    struct run *r = ctx;
    struct thread_state *state = &r->threads[slice->thread];
    struct slice_values values = {0};

    make_values(r, slice, &values);
    find_outcomes(r, slice, &values);
    if (!sums_add(&state->sums, slice, &values))
        return false;
    if (r->shows_money)
        money_count(&state->money, (enum cost_choice)r->spec->cost, slice);
    for (enum pool_id p = 0; p < POOL_COUNT; p++) {
        const struct pool *pool = &r->pools[p];
        const int64_t *v;

        if (!pool_needed(r, p))
            continue;
        v = pool->distinct ? pool_values(pool, &state->memos[p], slice, state->rooms[DERIVED_MAX])
                           : values.values[pool->value];
        if (!pool_count(&r->pools[p], slice, v))
            return false;
    }
    return true;
}

/* Adds the threads of a walk up into sums; place: of each of its groups, NULL: as numbered. Then
 * the total, behind the room for "(other)". */
static enum err add_up(struct run *walked, const uint32_t *place, uint32_t groups,
                       struct sums *sums, struct error *err)
{
    sums->needs = walked->tallies;
    if (groups > UINT32_MAX - 2 || !sums_grow(sums, groups + 2))
        return no_memory(err);
    for (int t = 0; t < walked->n_threads; t++) {
        struct sums *from = &walked->threads[t].sums;

        for (uint32_t g = 0; g < from->groups; g++)
            sums_merge(sums, place ? place[g] : g, from, g);
        sums_release(from);
        money_merge(&walked->money, &walked->threads[t].money);
    }
    for (uint32_t g = 0; g < groups; g++)
        sums_merge(sums, groups + 1, sums, g);
    return OK;
}

static enum err merge(struct run *r, struct error *err)
{
    uint32_t groups = r->groups.n;
    enum err rc = add_up(r, NULL, groups, &r->sums, err);

    if (!rc && r->before)
        rc = add_up(r->before, r->groups.of_before, groups, &r->sums_before, err);
    for (enum pool_id p = 0; p < POOL_COUNT && !rc; p++)
        if (pool_needed(r, p) && !pool_merge(&r->pools[p], groups))
            rc = no_memory(err);
    return rc;
}

static enum err first_walk(struct run *r, struct error *err)
{
    uint64_t columns = sums_columns(r->tallies);
    enum err rc = open_pools(r, err);

    if (!rc)
        rc = open_successes(r, err);
    if (!rc)
        rc = open_threads(r, err);
    for (enum pool_id p = 0; p < POOL_COUNT; p++)
        columns |= r->pools[p].columns;
    for (size_t i = 0; i < r->n_successes; i++)
        columns |= where_columns(r->successes[i]);
    return rc ? rc : scan_walk(r->scan, columns, add_slice, r, err);
}

/* The same over the other window, for what is compared alone. Both scans stay open until all is
 * done, so that they see one state of the database. */
static enum err walk_before(struct run *r, struct report_spec *spec, struct error *err)
{
    enum err rc;

    *spec = *r->spec;
    spec->since_known = spec->until_known = true;
    spec->since_us = spec->versus_since_us;
    spec->until_us = spec->versus_until_us;
    r->before = calloc(1, sizeof(*r->before));
    if (!r->before)
        return no_memory(err);
    r->before->spec = spec;
    r->before->store = r->store;
    r->before->by = r->by;
    r->before->n_by = r->n_by;
    r->before->tallies = r->tallies & (UINT32_C(1) << T_CALLS | UINT32_C(1) << T_UNPRICED |
                                       UINT32_C(1) << T_COST);
    rc = open_scan(r->before, err);
    return rc ? rc : first_walk(r->before, err);
}

static enum err join_groups(struct run *r, struct error *err)
{
    r->groups = (struct joined){.n_by = r->n_by,
                                .now = r->scan,
                                .before = r->before ? r->before->scan : NULL,
                                .zone = r->spec->zone,
                                .since_us = r->spec->since_us,
                                .until_us = r->spec->until_us,
                                .before_since_us = r->spec->versus_since_us};
    return joined_find(&r->groups, err);
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* A row of the report: where its sums and its pool results are. */
struct place {
    uint32_t sums, result;
};

/* Rounded half to even. */
static struct cell cell_rounded(double x)
{
    return cell_int(x >= 0x1p63 ? INT64_MAX : x < -0x1p63 ? INT64_MIN : (int64_t)llrint(x));
}

static struct cell time_cell(const struct run *r, int64_t us)
{
    char text[40];
    const struct zone *z = r->spec->zone;
    size_t n = time_format_offset(us, zone_offset_s(z, us), z->n <= 1, text);

    return cell_text(arena_copy(&r->table->arena, (struct sv){text, n}));
}

static struct cell quantile_cell(const struct run *r, const struct measure *m, uint32_t result)
{
    const struct pool_result *p = &r->results[m->pool];
    struct cell c;
    size_t q = 0;

    if (!p->n[result])
        return (struct cell){0};
    while (report_percents[q] != m->percent)
        q++;
    c = m->unit == UNIT_US ? cell_rounded(p->quantiles[result][q])
                           : cell_real(p->quantiles[result][q]);
    /* p99 of 50 values is the largest in disguise. */
    c.small_n = p->n[result] * (100 - m->percent) < 100 && m->percent > 50;
    return c;
}

static struct cell ratio_cell(i128 a, i128 b)
{
    return b > 0 ? cell_real(divide_real(a, b)) : (struct cell){0};
}

static bool is_sum(const struct measure *m)
{
    return m->kind == MEASURE_SUM || m->kind == MEASURE_SUM_SHARE || m->kind == MEASURE_TIME;
}

/* s: those of the window; only what is made from sums can come from those of the one before. */
static struct cell measure_cell(const struct run *r, const struct sums *s, size_t measure,
                                struct place at)
{
    const struct measure *m = &measures[measure];
    uint32_t g = at.sums, total = r->groups.n + 1;
    struct cell c = {0};
    double mean;

    switch (m->kind) {
    case MEASURE_N:
        c = cell_int(sums_n(s, m->a, g));
        break;
    case MEASURE_N_SHARE:
        c = ratio_cell(sums_n(s, m->a, g), sums_n(s, m->a, total));
        break;
    case MEASURE_N_RATE:
        c = ratio_cell(sums_n(s, m->a, g), sums_n(s, m->b, g));
        break;
    case MEASURE_SUM:
        c = cell_wide(sums_sum(s, m->a, g));
        break;
    case MEASURE_SUM_SHARE:
        c = ratio_cell(sums_sum(s, m->a, g), sums_sum(s, m->a, total));
        break;
    case MEASURE_CUMULATIVE:
        c = ratio_cell(r->running[at.result], sums_sum(s, m->a, total));
        break;
    case MEASURE_SUM_RATE:
        c = ratio_cell(sums_sum(s, m->a, g), sums_sum(s, m->b, g));
        break;
    case MEASURE_MEAN:
        if (sums_n(s, m->a, g))
            c = cell_int(divide_half_even(sums_sum(s, m->a, g), sums_n(s, m->a, g)));
        break;
    case MEASURE_PER_N:
        if (sums_n(s, m->a, g) && sums_n(s, m->b, g))
            c = cell_int(divide_half_even(sums_sum(s, m->a, g), sums_n(s, m->b, g)));
        break;
    case MEASURE_REAL_MEAN:
        c = ratio_cell(sums_sum(s, m->a, g), sums_n(s, m->a, g));
        break;
    case MEASURE_TIME:
        c = time_cell(r, (int64_t)sums_sum(s, m->a, g));
        break;
    case MEASURE_WEIGHTED:
        if (weighted_mean(sums_weighted(s, g), &mean))
            c = cell_rounded(mean);
        break;
    case MEASURE_QUANTILE:
        c = quantile_cell(r, m, at.result);
        break;
    case MEASURE_DISTINCT:
        if (r->results[m->pool].n[at.result])
            c = cell_int(r->results[m->pool].distinct[at.result]);
        break;
    }
    if (is_sum(m) && !sums_n(s, m->a, g)) /* the sum of nothing known is not known ... */
        c = (struct cell){0};
    if (r->before && m->compared && m->kind == MEASURE_SUM && !sums_n(s, T_CALLS, g))
        c = cell_int(0); /* ... but no calls at all, where others are, cost nothing */
    if ((m->kind == MEASURE_SUM || m->kind == MEASURE_PER_N) && m->a == T_COST &&
        c.type != CELL_MISSING && sums_n(s, T_UNPRICED, g))
        c.lower_bound = true;
    return c;
}

/* What is missing in the later figure alone makes the change a lower bound; missing in the earlier
 * one it makes the change look larger than it is. */
static void mark_bounds(struct cell *c, struct cell before, struct cell now)
{
    c->estimate = before.lower_bound;
    c->lower_bound = now.lower_bound && !before.lower_bound;
}

static struct cell change_cell(struct cell before, struct cell now)
{
    struct cell c;

    if (before.type != CELL_INT || now.type != CELL_INT)
        return (struct cell){0};
    c = cell_wide((i128)now.i - before.i);
    mark_bounds(&c, before, now);
    return c;
}

static struct cell change_rate_cell(struct cell before, struct cell now, bool appeared)
{
    struct cell c = {0};

    if (before.type == CELL_INT && now.type == CELL_INT && before.i > 0) {
        c = cell_real(divide_real((i128)now.i - before.i, before.i));
        mark_bounds(&c, before, now);
    } else if (appeared && before.type == CELL_INT) {
        c.text = SV("new");
    }
    return c;
}

static struct cell period_cell(const struct run *r, size_t measure, enum period period,
                               struct place at)
{
    struct cell now = {0}, before = {0};

    if (period != PERIOD_BEFORE)
        now = measure_cell(r, &r->sums, measure, at);
    if (period == PERIOD_NOW)
        return now;
    before = measure_cell(r, &r->sums_before, measure, at);
    if (period == PERIOD_BEFORE)
        return before;
    if (period == PERIOD_CHANGE)
        return change_cell(before, now);
    return change_rate_cell(before, now,
                            sums_n(&r->sums, T_CALLS, at.sums) &&
                                !sums_n(&r->sums_before, T_CALLS, at.sums));
}

/* ---- order ---------------------------------------------------------------------------------- */

static enum err finish_pool(struct run *r, enum pool_id p, struct error *err)
{
    struct pool_rows rows = {r->ranking.order, r->ranking.groups, r->ranking.shown};

    pool_result_release(&r->results[p]);
    return pool_finish(&r->pools[p], r->scan, &rows, &r->results[p], err);
}

static bool is_pooled(const struct measure *m)
{
    return m->kind == MEASURE_QUANTILE || m->kind == MEASURE_DISTINCT;
}

/* What the groups are sorted by, in order of their numbers. */
static struct cell sort_cell(struct run *r, uint32_t group)
{
    if (r->sort.by == SORT_MEASURE) {
        const struct measure *m = &measures[r->sort.index];

        if (m->kind == MEASURE_CUMULATIVE) /* what is above a row is not known yet */
            return sums_n(&r->sums, m->a, group) ? ratio_cell(sums_sum(&r->sums, m->a, group), 1)
                                                 : (struct cell){0};
        if (m->kind == MEASURE_TIME)
            return sums_n(&r->sums, m->a, group)
                       ? cell_int((int64_t)sums_sum(&r->sums, m->a, group))
                       : (struct cell){0};
        return period_cell(r, r->sort.index, r->sort.period, (struct place){group, group});
    }
    if (joined_is_time(&r->groups, r->sort.index)) {
        int64_t number;

        return joined_value(&r->groups, group, r->sort.index, &number) ? cell_int(number)
                                                                       : (struct cell){0};
    }
    return cell_text(joined_text(&r->groups, group, r->sort.index, &r->table->arena));
}

static enum err sort_cells(struct run *r, struct cell **out, struct error *err)
{
    uint32_t groups = r->groups.n;
    enum err rc = OK;

    *out = calloc((size_t)groups + 1, sizeof(**out));
    r->ranking.order = calloc((size_t)groups + 1, sizeof(*r->ranking.order));
    if (!*out || !r->ranking.order)
        return no_memory(err);
    /* Pooled figures of all groups, in a first order that only serves to get them. */
    for (uint32_t g = 0; g < groups; g++)
        r->ranking.order[g] = g;
    r->ranking.groups = r->ranking.shown = groups;
    if (r->sort.by == SORT_MEASURE && is_pooled(&measures[r->sort.index]))
        rc = finish_pool(r, measures[r->sort.index].pool, err);
    for (uint32_t g = 0; g < groups && !rc; g++)
        (*out)[g] = sort_cell(r, g);
    ranking_release(&r->ranking);
    return rc;
}

static bool shows_kind(const struct run *r, enum measure_kind kind)
{
    for (size_t i = 0; i < r->columns.n; i++)
        if (measures[r->columns.list[i].measure].kind == kind)
            return true;
    return false;
}

/* The cost of each row and of those above it; "(other)" and the total hold all. */
static enum err add_up_rows(struct run *r, struct error *err)
{
    const struct ranking *k = &r->ranking;
    i128 sum = 0;

    if (!shows_kind(r, MEASURE_CUMULATIVE))
        return OK;
    r->running = calloc((size_t)k->shown + 2, sizeof(*r->running));
    if (!r->running)
        return no_memory(err);
    for (uint32_t i = 0; i < k->shown; i++)
        r->running[i] = sum += sums_sum(&r->sums, T_COST, k->order[i]);
    r->running[k->shown] = r->running[k->shown + 1] = sums_sum(&r->sums, T_COST, k->groups + 1);
    return OK;
}

static enum err order(struct run *r, struct error *err)
{
    struct ranking_spec spec = {.n_by = r->n_by,
                                .calls = r->sums.n[T_CALLS] + 1, /* group 0's */
                                .calls_before =
                                    r->before ? r->sums_before.n[T_CALLS] + 1 : NULL,
                                .ascending = r->spec->ascending,
                                .limit = r->n_by ? r->spec->limit : 0,
                                .min_n = r->n_by ? r->spec->min_n : 0};
    struct cell *keys = NULL;
    enum err rc = OK;

    if (r->sort.by != SORT_DEFAULT)
        rc = sort_cells(r, &keys, err);
    spec.keys = keys;
    if (!rc)
        rc = rank_groups(&r->groups, &spec, &r->ranking, err);
    free(keys);
    if (rc)
        return rc;
    for (uint32_t i = r->ranking.shown; i < r->ranking.groups; i++) {
        sums_merge(&r->sums, r->ranking.groups, &r->sums, r->ranking.order[i]);
        if (r->before)
            sums_merge(&r->sums_before, r->ranking.groups, &r->sums_before, r->ranking.order[i]);
    }
    for (enum pool_id p = 0; p < POOL_COUNT && !rc; p++)
        if (pool_needed(r, p))
            rc = finish_pool(r, p, err);
    return rc ? rc : add_up_rows(r, err);
}

/* ---- the table ------------------------------------------------------------------------------ */

static const char *copy_text(struct table *t, const char *text)
{
    char *copy = arena_alloc(&t->arena, strlen(text) + 1);

    if (copy)
        memcpy(copy, text, strlen(text) + 1);
    return copy;
}

static const char **copy_list(struct table *t, const char *const *list, size_t n)
{
    const char **copy = arena_zalloc(&t->arena, n + 1, sizeof(*copy));

    for (size_t i = 0; copy && i < n; i++) {
        copy[i] = copy_text(t, list[i]);
        if (!copy[i])
            return NULL;
    }
    return copy;
}

/* "tokens,cost" */
static const char *join(struct table *t, const char *const *list, size_t n)
{
    size_t length = 1;
    char *text, *end;

    for (size_t i = 0; i < n; i++)
        length += strlen(list[i]) + 1;
    text = end = arena_zalloc(&t->arena, 1, length);
    for (size_t i = 0; text && i < n; i++) {
        if (i)
            *end++ = ',';
        memcpy(end, list[i], strlen(list[i]));
        end += strlen(list[i]);
    }
    return text;
}

/* key and suffix, NULL for a NULL key; false when out of memory. */
static bool join_key(struct table *t, const char *key, const char *suffix, const char **out)
{
    size_t n = key ? strlen(key) : 0, more = strlen(suffix);
    char *text;

    *out = key;
    if (!key || !more)
        return true;
    text = arena_alloc(&t->arena, n + more + 1);
    if (!text)
        return false;
    memcpy(text, key, n);
    memcpy(text + n, suffix, more + 1);
    *out = text;
    return true;
}

static bool add_column(struct table *t, const struct chosen_column *chosen)
{
    static const struct {
        const char *title;
        int drop; /* earlier than the measure itself, unless it is the cost */
    } looks[PERIOD_COUNT] = {{NULL, 0}, {"before", 20}, {"change", 0}, {"change", 10}};
    const struct measure *m = &measures[chosen->measure];
    enum period p = chosen->period;
    bool rate = p == PERIOD_CHANGE_RATE, sum = m->kind == MEASURE_SUM;
    struct column *c;
    const char *key, *also_key;

    if (!join_key(t, m->key, period_suffixes[p], &key) ||
        !join_key(t, rate ? NULL : m->also_key, period_suffixes[p], &also_key))
        return false;
    c = table_add_column(t, key, p ? looks[p].title : m->title, rate ? UNIT_RATE : m->unit);
    if (!c)
        return false;
    c->also_key = also_key;
    c->drop = sum ? m->drop : m->drop + looks[p].drop;
    c->change = p == PERIOD_CHANGE || rate;
    c->in_text = chosen->in_text;
    c->in_data = chosen->in_data;
    return true;
}

/* A last column that machines get: is the group new? */
static bool shows_status(const struct run *r)
{
    return r->before && r->n_by && !r->spec->n_columns;
}

static enum err add_columns(struct run *r, struct error *err)
{
    struct table *t = r->table;

    for (size_t d = 0; d < r->n_by; d++) {
        struct column *c = table_add_column(t, t->by[d], t->by[d], UNIT_NONE);

        if (!c)
            return no_memory(err);
        c->dimension = c->in_text = c->in_data = true;
    }
    for (size_t i = 0; i < r->columns.n; i++)
        if (!add_column(t, &r->columns.list[i]))
            return no_memory(err);
    if (shows_status(r)) {
        struct column *c = table_add_column(t, "group_status", "group", UNIT_NONE);

        if (!c)
            return no_memory(err);
        c->in_data = true; /* people see "new" in place of a percentage, and rows without calls */
    }
    return OK;
}

static void fill_measures(struct run *r, struct row *row, struct place at)
{
    for (size_t i = 0; i < r->columns.n; i++) {
        struct cell *c = &row->cells[r->n_by + i];

        *c = period_cell(r, r->columns.list[i].measure, r->columns.list[i].period, at);
        if (r->columns.list[i].period == PERIOD_BEFORE)
            row->lower_bound_previous |= c->lower_bound;
        else
            row->lower_bound |= c->lower_bound;
    }
}

static struct cell status_cell(const struct run *r, uint32_t group)
{
    bool now = sums_n(&r->sums, T_CALLS, group), then = sums_n(&r->sums_before, T_CALLS, group);

    return cell_text(!then ? SV("new") : now ? SV("both") : SV("vanished"));
}

static enum err add_group(struct run *r, uint32_t position, struct error *err)
{
    uint32_t group = r->ranking.order[position];
    struct row *row = table_add_row(r->table);

    if (!row)
        return no_memory(err);
    for (size_t d = 0; d < r->n_by; d++) {
        struct sv text = joined_text(&r->groups, group, d, &r->table->arena);

        if (text.p)
            text = arena_copy(&r->table->arena, text);
        row->cells[d] = cell_text(text);
    }
    fill_measures(r, row, (struct place){group, position});
    if (shows_status(r))
        row->cells[r->n_by + r->columns.n] = status_cell(r, group);
    return OK;
}

static enum err add_rows(struct run *r, struct error *err)
{
    const struct ranking *k = &r->ranking;
    struct table *t = r->table;
    struct row *row;
    enum err rc = OK;

    for (uint32_t i = 0; i < k->shown && !rc; i++)
        rc = add_group(r, i, err);
    if (rc)
        return rc;
    if (k->shown < k->groups) {
        row = table_add_row(t);
        if (!row)
            return no_memory(err);
        row->kind = ROW_OTHER;
        fill_measures(r, row, (struct place){k->groups, k->shown});
    }
    t->totals.cells = arena_zalloc(&t->arena, t->n_columns + 1, sizeof(*t->totals.cells));
    if (!t->totals.cells)
        return no_memory(err);
    fill_measures(r, &t->totals, (struct place){k->groups + 1, k->shown + 1});
    if (!r->n_by && !k->groups) { /* nothing to group and nothing to count: still one row */
        row = table_add_row(t);
        if (!row)
            return no_memory(err);
        memcpy(row->cells, t->totals.cells, t->n_columns * sizeof(*row->cells));
    }
    return OK;
}

/* "2026-11-14 .. 2026-11-20", one day alone, in the report's zone. */
static const char *window_text(const struct run *r, int64_t first_us, int64_t last_us)
{
    char first[40], text[96];
    struct bucketer b;
    int64_t days[2];

    bucketer_init(&b, r->spec->zone, BUCKET_DAY);
    days[0] = bucket_number(&b, first_us);
    days[1] = bucket_number(&b, last_us);
    bucket_label(r->spec->zone, BUCKET_DAY, days[0], first);
    if (days[0] == days[1])
        return copy_text(r->table, first);
    snprintf(text, sizeof(text), "%s .. ", first);
    bucket_label(r->spec->zone, BUCKET_DAY, days[1], text + strlen(text));
    return copy_text(r->table, text);
}

static bool is_midnight(const struct zone *z, int64_t us)
{
    return zone_day_start_us(z, zone_day(z, us)) == us;
}

/* "2026-11-14 .. 2026-11-20" of whole days, else the two instants. */
static const char *bounds_text(const struct run *r, int64_t since_us, int64_t until_us)
{
    const struct zone *z = r->spec->zone;
    char text[96];
    size_t n;

    if (is_midnight(z, since_us) && is_midnight(z, until_us) && since_us < until_us)
        return window_text(r, since_us, until_us - 1);
    n = time_format_offset(since_us, zone_offset_s(z, since_us), z->n <= 1, text);
    memcpy(text + n, " .. ", 4);
    time_format_offset(until_us, zone_offset_s(z, until_us), z->n <= 1, text + n + 4);
    return copy_text(r->table, text);
}

static enum err fill_head(struct run *r, struct error *err)
{
    const struct report_spec *spec = r->spec;
    struct scan_counts n = scan_counts(r->scan);
    struct table *t = r->table;
    bool timed = n.first_us <= n.last_us;

    t->verb = "report";
    t->view = join(t, spec->views, spec->n_views);
    t->total_calls = n.calls;
    t->db = strcmp(store_path(r->store), ":memory:") ? copy_text(t, store_path(r->store)) : NULL;
    t->tz = spec->zone->name ? copy_text(t, spec->zone->name) : "UTC";
    t->since_known = spec->since_known || timed;
    t->until_known = spec->until_known || timed;
    t->since_us = spec->since_known ? spec->since_us : n.first_us;
    t->until_us = spec->until_known ? spec->until_us : n.last_us + (n.last_us < INT64_MAX);
    if (spec->window_text)
        t->window_text = copy_text(t, spec->window_text);
    else if (timed)
        t->window_text = window_text(r, n.first_us, n.last_us);
    if (r->before) {
        t->has_previous = true;
        t->previous_since_us = spec->versus_since_us;
        t->previous_until_us = spec->versus_until_us;
        t->previous_calls = scan_counts(r->before->scan).calls;
        t->previous_text = bounds_text(r, spec->versus_since_us, spec->versus_until_us);
        if (!t->previous_text)
            return no_memory(err);
    }
    t->filters = copy_list(t, spec->where, spec->n_where);
    t->n_filters = spec->n_where;
    t->by = copy_list(t, r->by, r->n_by);
    t->n_by = r->n_by;
    return t->view && t->filters && t->by && t->tz ? OK : no_memory(err);
}

/* ---- what to know about the figures --------------------------------------------------------- */

/* Fields and session ids that at least one counted call has. */
static bool note_known(void *ctx, const struct slice *slice)
{
    _Atomic uint64_t *known = ctx;
    uint64_t found = 0;

    for (int c = 0; c < C_COUNT; c++) {
        if (c >= F_DIM_COUNT && c != C_SESSION_KEY)
            continue;
        for (int64_t i = 0; i < slice->rows; i++)
            if (slice->cols[c][i] != CALL_MISSING && slice->group[i] != SCAN_OUT) {
                found |= COLUMN(c);
                break;
            }
    }
    atomic_fetch_or(known, found);
    return true;
}

static bool has_values(const struct dimension *d, uint64_t known)
{
    switch (d->kind) {
    case DIMENSION_TEXT: /* the model is enough */
        return d->which != F_REQUEST_MODEL && d->which != F_RESPONSE_MODEL &&
               known & COLUMN(d->which);
    case DIMENSION_MODEL:
        return known & (COLUMN(F_REQUEST_MODEL) | COLUMN(F_RESPONSE_MODEL));
    case DIMENSION_SESSION:
        return known & COLUMN(C_SESSION_KEY);
    default:
        return false;
    }
}

static enum err warn_empty_dimension(struct run *r, size_t d, struct error *err)
{
    uint64_t mask = COLUMN(C_SESSION_KEY) | (COLUMN(F_DIM_COUNT) - 1);
    _Atomic uint64_t known = 0;
    char list[512] = "";
    size_t n = 0;
    enum err rc = scan_walk(r->scan, mask, note_known, &known, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < dimension_count; i++)
        if (has_values(&dimensions[i], known)) {
            int more =
                snprintf(list + n, sizeof(list) - n, "%s%s", n ? ", " : "", dimensions[i].name);
            n += more > 0 ? (size_t)more : 0;
        }
    return table_warn(r->table, "no call has a value for %s%s%s", r->by[d],
                      n ? "; there are values for: " : "", list)
               ? OK
               : no_memory(err);
}

static bool all_missing(const struct run *r, size_t d)
{
    int64_t value;

    for (uint32_t g = 0; g < r->groups.n; g++)
        if (joined_value(&r->groups, g, d, &value))
            return false;
    return scan_groups(r->scan) > 0;
}

/* Some figure is made from times to first token. */
static bool uses_ttft(const struct run *r)
{
    const uint32_t tallies = UINT32_C(1) << T_TTFT | UINT32_C(1) << T_TPOT | UINT32_C(1) << T_SPEED;
    const uint32_t pool_ids =
        UINT32_C(1) << POOL_TTFT | UINT32_C(1) << POOL_TPOT | UINT32_C(1) << POOL_SPEED;

    return (r->tallies & tallies) || (r->pool_ids & pool_ids);
}

/* Appends "search, support/gpt-4o". */
static void add_name(struct run *r, uint32_t group, struct buf *b)
{
    for (size_t d = 0; d < r->n_by; d++) {
        struct sv text = joined_text(&r->groups, group, d, &r->table->arena);

        buf_str(b, d ? "/" : "");
        buf_sv(b, text.p ? text : SV("(none)"));
    }
}

static i128 lonely_weight(const struct run *r, const struct sums *s, uint32_t group)
{
    return r->shows_money ? sums_sum(s, T_COST, group) : sums_n(s, T_CALLS, group);
}

/* The groups of one window only: how many, and those that cost most. now: of the later one. */
static void add_lonely(struct run *r, bool now, struct buf *b, int64_t *n)
{
    enum { NAMED = 3 };
    const struct sums *in = now ? &r->sums : &r->sums_before;
    const struct sums *out = now ? &r->sums_before : &r->sums;
    uint32_t most[NAMED];
    size_t kept = 0;

    *n = 0;
    for (uint32_t g = 0; g < r->groups.n; g++) {
        size_t at;

        if (!sums_n(in, T_CALLS, g) || sums_n(out, T_CALLS, g))
            continue;
        ++*n;
        for (at = kept; at > 0 && lonely_weight(r, in, g) > lonely_weight(r, in, most[at - 1]); at--)
            if (at < NAMED)
                most[at] = most[at - 1];
        if (at < NAMED)
            most[at] = g;
        kept += kept < NAMED;
    }
    if (!*n)
        return;
    buf_str(b, b->n ? "; " : "");
    number_count(b, *n);
    buf_printf(b, " group%s %s: ", plural(*n), now ? "new" : "vanished");
    for (size_t i = 0; i < kept; i++) {
        buf_str(b, i ? ", " : "");
        add_name(r, most[i], b);
        if (r->shows_money && sums_n(in, T_COST, most[i])) {
            buf_str(b, sums_n(in, T_UNPRICED, most[i]) ? " (>= " : " (");
            number_money(b, sums_sum(in, T_COST, most[i]));
            buf_char(b, ')');
        }
    }
    if (*n > NAMED)
        buf_str(b, " ...");
}

/* "the windows differ in length: 1 day and 6" */
static bool note_lengths(struct run *r)
{
    const struct report_spec *spec = r->spec;
    int64_t now_us = spec->until_us - spec->since_us;
    int64_t before_us = spec->versus_until_us - spec->versus_since_us;
    int64_t hour_us = 3600 * US_PER_S, day_us = US_PER_DAY, unit = hour_us;

    if (llabs(now_us - before_us) < 2 * hour_us) /* clocks may change */
        return true;
    if (now_us % day_us == 0 && before_us % day_us == 0)
        unit = day_us;
    return table_note(r->table, "the windows differ in length: %.4g %s%s and %.4g",
                      (double)now_us / (double)unit, unit == day_us ? "day" : "hour",
                      plural(now_us / unit), (double)before_us / (double)unit);
}

/* What is to be known about the window before. */
static bool tell_before(struct run *r)
{
    int64_t appeared = 0, vanished = 0, unpriced;
    struct table *t = r->table;
    struct buf b = {0};
    bool ok = true, time = false;

    if (!r->before)
        return true;
    for (size_t d = 0; d < r->n_by; d++)
        time |= joined_is_time(&r->groups, d);
    if (r->n_by) {
        add_lonely(r, true, &b, &appeared);
        add_lonely(r, false, &b, &vanished);
    }
    unpriced = sums_n(&r->sums_before, T_UNPRICED, r->groups.n + 1);
    if (b.n && !time) /* days come and go */
        ok = table_note(t, "%s", b.p);
    ok &= note_lengths(r);
    if (unpriced && r->shows_money)
        ok &= table_note(t, "%" PRId64 " call%s of the window before %s no price", unpriced,
                         plural(unpriced), unpriced == 1 ? "has" : "have");
    ok &= !b.failed && table_add_fact(t, "calls_previous", cell_int(t->previous_calls)) &&
          table_add_fact(t, "unpriced_calls_previous", cell_int(unpriced)) &&
          table_add_fact(t, "groups_new", cell_int(appeared)) &&
          table_add_fact(t, "groups_vanished", cell_int(vanished));
    buf_release(&b);
    return ok;
}

static bool add_notes(struct run *r)
{
    int64_t degenerate = uses_ttft(r) ? scan_counts(r->scan).degenerate_ttft : 0;
    const struct ranking *k = &r->ranking;
    struct table *t = r->table;
    bool ok = true;

    if (degenerate && !r->spec->keep_degenerate_ttft)
        ok &= table_note(t, "%" PRId64 " degenerate ttft left out (--degenerate keeps %s)",
                         degenerate, degenerate == 1 ? "it" : "them");
    if (k->below_min_n)
        ok &= table_note(t, "%" PRIu32 " group%s with fewer than %" PRId64 " calls in (other)",
                         k->below_min_n, plural(k->below_min_n), r->spec->min_n);
    if (k->beyond_limit)
        ok &= table_note(t, "%" PRIu32 " more group%s in (other)", k->beyond_limit,
                         plural(k->beyond_limit));
    return ok;
}

/* Where the cost comes from, and what it lacks. */
static enum err add_money(struct run *r, struct error *err)
{
    enum cost_choice choice = (enum cost_choice)r->spec->cost;
    uint32_t total = r->ranking.groups + 1;
    struct unpriced_model *models = NULL;
    size_t n = 0;
    enum err rc = OK;

    if (!r->shows_money)
        return OK;
    if (sums_n(&r->sums, T_UNPRICED, total))
        rc = money_unpriced(r->scan, choice, &r->table->arena, &models, &n, err);
    if (rc)
        return rc;
    return money_tell_unpriced(r->table, models, n, choice,
                               r->money.given + r->money.computed + r->money.free > 0) &&
                   money_tell_sources(r->table, &r->money)
               ? OK
               : no_memory(err);
}

static enum err add_coverage(struct run *r, struct error *err)
{
    struct scan_counts n = scan_counts(r->scan);
    int64_t unpriced = sums_n(&r->sums, T_UNPRICED, r->ranking.groups + 1);
    bool bounded = r->spec->since_known || r->spec->until_known;
    struct table *t = r->table;
    struct store_counts stored = {0};
    enum err rc = store_count(r->store, &stored, err);
    bool ok;

    if (rc)
        return rc;
    ok = table_add_fact(t, "calls", cell_int(n.calls)) &&
         table_add_fact(t, "calls_without_time", cell_int(n.calls_without_time)) &&
         table_add_fact(t, "zoneless_calls", cell_int(n.zoneless_calls)) &&
         table_add_fact(t, "unpriced_calls", cell_int(unpriced)) &&
         table_add_fact(t, "quarantined_lines", cell_int(stored.quarantined));
    if (uses_ttft(r))
        ok &= table_add_fact(t, "degenerate_ttft", cell_int(n.degenerate_ttft));
    if (n.calls_without_time && bounded)
        ok &= table_warn(t, "%" PRId64 " call%s without a start time %s outside of the window",
                         n.calls_without_time, plural(n.calls_without_time),
                         n.calls_without_time == 1 ? "is" : "are");
    if (r->spec->per_outcome && n.calls && !sums_n(&r->sums, T_OUTCOMES, r->ranking.groups + 1))
        ok &= table_warn(t, "no call succeeded, so there is no cost per outcome; --success says "
                            "what a success is (default: status=ok)");
    for (size_t d = 0; d < r->n_by && !rc; d++)
        if (all_missing(r, d))
            rc = warn_empty_dimension(r, d, err);
    if (rc)
        return rc;
    rc = add_money(r, err);
    if (rc)
        return rc;
    return ok && tell_before(r) && add_notes(r) ? OK : no_memory(err);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static enum err fill_table(struct run *r, struct error *err)
{
    enum err rc = fill_head(r, err);

    if (!rc)
        rc = add_columns(r, err);
    if (!rc)
        rc = add_rows(r, err);
    return rc ? rc : add_coverage(r, err);
}

static void release(struct run *r)
{
    for (int t = 0; r->threads && t < r->n_threads; t++) {
        sums_release(&r->threads[t].sums);
        for (size_t i = 0; i < ARRAY_LEN(r->threads[t].rooms); i++)
            free(r->threads[t].rooms[i]);
        free(r->threads[t].succeeded);
    }
    free(r->threads);
    for (enum pool_id p = 0; p < POOL_COUNT; p++) {
        pool_release(&r->pools[p]);
        pool_result_release(&r->results[p]);
    }
    sums_release(&r->sums_before);
    joined_release(&r->groups);
    for (size_t i = 0; i < r->n_successes; i++)
        where_close(r->successes[i]);
    free(r->successes);
    free(r->running);
    sums_release(&r->sums);
    ranking_release(&r->ranking);
    scan_close(r->scan);
}

enum err report_run(struct store *s, const struct report_spec *spec, struct table *out,
                    struct error *err)
{
    struct run r = {.spec = spec, .store = s, .table = out};
    struct report_spec spec_before;
    enum err rc = choose(&r, err);

    if (!rc)
        rc = open_scan(&r, err);
    if (!rc)
        rc = first_walk(&r, err);
    if (!rc && spec->versus)
        rc = walk_before(&r, &spec_before, err);
    if (!rc)
        rc = join_groups(&r, err);
    if (!rc)
        rc = merge(&r, err);
    if (!rc)
        rc = order(&r, err);
    if (!rc)
        rc = fill_table(&r, err);
    if (r.before)
        release(r.before);
    free(r.before);
    release(&r);
    return rc;
}

enum err report_time_range(struct store *s, int64_t *first_us, int64_t *last_us, struct error *err)
{
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    enum err rc = store_chunks(s, &chunks, &n, err);

    if (rc)
        return rc;
    store_read_done(s);
    *first_us = INT64_MAX;
    *last_us = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        if (chunks[i].min_started_us > chunks[i].max_started_us)
            continue;
        if (chunks[i].min_started_us < *first_us)
            *first_us = chunks[i].min_started_us;
        if (chunks[i].max_started_us > *last_us)
            *last_us = chunks[i].max_started_us;
    }
    free(chunks);
    return OK;
}

const char *const *report_dimension_names(void)
{
    return dimension_names();
}
