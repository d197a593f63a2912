/* repricing: one walk; each thread adds up by group, then the groups become rows. */
#include "report/repricing.h"

#include <stdlib.h>
#include "base/wide.h"
#include "report/head.h"
#include "store/pricing.h"
#include "base/banned.h"

struct tally {
    int64_t calls, n_before, n_after, both, changed, gained, lost, unpriced, unpriced_after,
        no_cost;                                 /* neither a price nor a cost in the log */
    i128 before, after, both_before, both_after; /* the last two of calls that have both */
};

struct thread_state {
    struct pricing pricing;
    struct tally *groups;
    uint32_t n_groups;
    int64_t lacks[LACK_COUNT];
    int64_t logged; /* calls that cost what their log says */
    int64_t *costs; /* room for those of a slice */
    struct error error;
};

struct run {
    const struct repricing_spec *spec;
    struct scan *scan;
    struct thread_state *threads;
    int n_threads;
    const struct price_row *to; /* with `to`: its row */
    struct tally *groups;       /* of all threads; then the total */
    uint32_t n_groups;
    int64_t lacks[LACK_COUNT], logged;
};

#define COLUMNS                                                                                    \
    (PRICING_COLUMNS | COLUMN(F_COST_GIVEN_NUSD) | COLUMN(C_COST_COMPUTED_NUSD) | UNPRICED_COLUMNS)

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the prices of groups");
}

/* ---- the walk ----------------------------------------------------------------------------- */

static void scale(struct maybe_i64 *tokens, int64_t ppm)
{
    if (tokens->known)
        tokens->v = divide_half_even((i128)tokens->v * ppm, REPRICING_WHOLE);
}

static void scale_usage(struct price_usage *u, const struct repricing_spec *spec)
{
    struct maybe_i64 *const input[] = {&u->input,          &u->cache_read,     &u->cache_write,
                                       &u->cache_write_5m, &u->cache_write_1h, &u->audio_input};
    struct maybe_i64 *const output[] = {&u->output, &u->reasoning, &u->audio_output};

    for (size_t i = 0; i < ARRAY_LEN(input) && spec->input_ppm != REPRICING_WHOLE; i++)
        scale(input[i], spec->input_ppm);
    for (size_t i = 0; i < ARRAY_LEN(output) && spec->output_ppm != REPRICING_WHOLE; i++)
        scale(output[i], spec->output_ppm);
}

/* What a call would cost. */
static enum err price(const struct run *r, struct thread_state *t, const int64_t *values,
                      struct priced *out, struct error *err)
{
    const struct repricing_spec *spec = r->spec;
    bool same = spec->input_ppm == REPRICING_WHOLE && spec->output_ppm == REPRICING_WHOLE;
    struct price_usage usage;
    enum err rc = OK;

    out->row = r->to;
    out->lack = PRICED;
    if (!spec->to)
        rc = pricing_call(&t->pricing, values, out, err);
    if (rc || !out->row || (same && !spec->to))
        return rc;
    usage = pricing_usage(&t->pricing, values);
    scale_usage(&usage, spec);
    out->lack = price_bill(out->row, &usage, &out->cost_nusd, NULL);
    return OK;
}

static void count(struct tally *g, int64_t before, const struct priced *after, bool given,
                  bool payable)
{
    bool had = before != CALL_MISSING, has = !after->lack;

    g->calls++;
    g->n_before += had;
    g->n_after += has;
    g->before += had ? before : 0;
    g->after += has ? after->cost_nusd : 0;
    g->unpriced += !had && payable;
    g->unpriced_after += !has && payable;
    g->no_cost += !given && !has && payable;
    g->gained += !had && has;
    g->lost += had && !has;
    g->changed += had != has || (had && before != after->cost_nusd);
    if (had && has) {
        g->both++;
        g->both_before += before;
        g->both_after += after->cost_nusd;
    }
}

static bool grow(struct thread_state *t, uint32_t groups)
{
    struct tally *bigger;

    if (groups <= t->n_groups)
        return true;
    groups = groups < 16 ? 16 : groups > UINT32_MAX / 2 ? groups : 2 * groups;
    bigger = realloc(t->groups, groups * sizeof(*bigger));
    if (!bigger)
        return false;
    memset(bigger + t->n_groups, 0, (groups - t->n_groups) * sizeof(*bigger));
    t->groups = bigger;
    t->n_groups = groups;
    return true;
}

static bool add_slice(void *ctx, const struct slice *slice)
{
    struct run *r = ctx;
    struct thread_state *t = &r->threads[slice->thread];
    const int64_t *before =
        call_values(V_COST_NUSD, r->spec->scan->cost, slice->cols, slice->rows, t->costs);
    int64_t values[C_COUNT];

    uint8_t of[C_COUNT]; /* the columns, told once for all rows */
    size_t n = 0;

    for (uint64_t left = PRICING_COLUMNS; left; left &= left - 1)
        of[n++] = (uint8_t)__builtin_ctzll(left);
    if (t->error.code || !grow(t, slice->groups))
        return false;
    for (int64_t i = 0; i < slice->rows; i++) {
        struct priced priced;

        if (slice->group[i] == SCAN_OUT)
            continue;
        for (size_t k = 0; k < n; k++)
            values[of[k]] = slice->cols[of[k]][i];
        if (values[F_FLAGS] != CALL_MISSING && values[F_FLAGS] & FLAG_FROM_CACHE)
            priced = (struct priced){.lack = PRICED}; /* costs nothing whatever the price */
        else if (price(r, t, values, &priced, &t->error))
            return false;
        t->logged += r->spec->scan->cost != COST_OF_PRICES &&
                     slice->cols[F_COST_GIVEN_NUSD][i] != CALL_MISSING;
        t->lacks[priced.lack] += call_unpriced(slice->cols, i);
        count(&t->groups[slice->group[i]], before[i], &priced,
              slice->cols[F_COST_GIVEN_NUSD][i] != CALL_MISSING, call_unpriced(slice->cols, i));
    }
    return true;
}

static void add_tally(struct tally *into, const struct tally *from)
{
    into->calls += from->calls;
    into->n_before += from->n_before;
    into->n_after += from->n_after;
    into->both += from->both;
    into->changed += from->changed;
    into->gained += from->gained;
    into->lost += from->lost;
    into->unpriced += from->unpriced;
    into->unpriced_after += from->unpriced_after;
    into->no_cost += from->no_cost;
    into->before += from->before;
    into->after += from->after;
    into->both_before += from->both_before;
    into->both_after += from->both_after;
}

static enum err walk(struct run *r, struct error *err)
{
    enum err rc = scan_walk_blocks(r->scan, COLUMNS, add_slice, r, err);

    for (int t = 0; rc && t < r->n_threads; t++)
        if (r->threads[t].error.code) {
            *err = r->threads[t].error;
            return err->code;
        }
    if (rc)
        return rc;
    r->n_groups = scan_groups(r->scan);
    r->groups = calloc((size_t)r->n_groups + 1, sizeof(*r->groups));
    if (!r->groups)
        return no_memory(err);
    for (int t = 0; t < r->n_threads; t++) {
        const struct thread_state *from = &r->threads[t];

        for (uint32_t g = 0; g < r->n_groups && g < from->n_groups; g++) {
            add_tally(&r->groups[g], &from->groups[g]);
            add_tally(&r->groups[r->n_groups], &from->groups[g]);
        }
        r->logged += from->logged;
        for (int l = 0; l < LACK_COUNT; l++)
            r->lacks[l] += from->lacks[l];
    }
    return OK;
}

/* ---- the table ---------------------------------------------------------------------------- */

enum {
    CELL_CALLS,
    CELL_COST,
    CELL_UNPRICED,
    CELL_NEW_COST,
    CELL_NEW_UNPRICED,
    CELL_CHANGE,
    CELL_CHANGE_RATE,
    CELL_CHANGED,
    CELL_COUNT,
};

static const struct {
    const char *key, *also_key, *title;
    enum unit unit;
    int drop;
} heads[CELL_COUNT] = {
    [CELL_CALLS] = {"calls",              NULL,            "calls",         UNIT_COUNT, 0 },
    [CELL_COST] = {"cost_usd",           "cost_nusd",     "cost",          UNIT_NUSD,  0 },
    [CELL_UNPRICED] = {"unpriced_calls",     NULL,            "unpriced",      UNIT_COUNT, 20},
    [CELL_NEW_COST] = {"new_cost_usd",       "new_cost_nusd", "new cost",      UNIT_NUSD,  0 },
    [CELL_NEW_UNPRICED] = {"new_unpriced_calls", NULL,            "unpriced then", UNIT_COUNT, 21},
    [CELL_CHANGE] = {"change_usd",         "change_nusd",   "change",        UNIT_NUSD,  5 },
    [CELL_CHANGE_RATE] = {"change_rate",        NULL,            "change",        UNIT_RATE,  0 },
    [CELL_CHANGED] = {"changed_calls",      NULL,            "calls changed", UNIT_COUNT, 30},
};

static struct cell cell_sum(i128 sum, int64_t n, int64_t missing)
{
    struct cell c = cell_int(sum > INT64_MAX   ? INT64_MAX
                             : sum < INT64_MIN ? INT64_MIN
                                               : (int64_t)sum);

    if (!n)
        return (struct cell){0};
    c.lower_bound = missing > 0;
    return c;
}

static void fill(struct row *row, size_t n_by, const struct tally *g)
{
    struct cell *cells = row->cells + n_by;
    i128 change = g->both_after - g->both_before;

    cells[CELL_CALLS] = cell_int(g->calls);
    cells[CELL_COST] = cell_sum(g->before, g->n_before, g->unpriced);
    cells[CELL_UNPRICED] = cell_int(g->unpriced);
    cells[CELL_NEW_COST] = cell_sum(g->after, g->n_after, g->unpriced_after);
    cells[CELL_NEW_UNPRICED] = cell_int(g->unpriced_after);
    cells[CELL_CHANGE] = cell_sum(change, g->both, 0);
    if (g->both_before > 0)
        cells[CELL_CHANGE_RATE] = cell_real(divide_real(change, g->both_before));
    cells[CELL_CHANGED] = cell_int(g->changed);
    row->lower_bound = g->unpriced || g->unpriced_after;
}

static enum err add_columns(const struct run *r, struct table *t, struct error *err)
{
    const struct scan_spec *scan = r->spec->scan;

    for (size_t d = 0; d < scan->n_by; d++) {
        const char *name = scan_axis(r->scan, d)->name;
        struct column *c = table_add_column(t, name, name, UNIT_NONE);

        if (!c)
            return no_memory(err);
        c->dimension = c->in_text = c->in_data = true;
    }
    for (size_t i = 0; i < CELL_COUNT; i++) {
        struct column *c = table_add_column(t, heads[i].key, heads[i].title, heads[i].unit);

        if (!c)
            return no_memory(err);
        c->also_key = heads[i].also_key;
        c->drop = heads[i].drop;
        c->in_text = c->in_data = true;
    }
    return OK;
}

struct order {
    const struct run *run;
    struct arena *arena;
};

/* The dearest first, then by calls and by number of the group's values: no two are equal. */
static int compare_groups(const void *pa, const void *pb, void *ctx)
{
    const struct run *r = ((const struct order *)ctx)->run;
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    const struct tally *x = &r->groups[a], *y = &r->groups[b];

    if (x->before != y->before)
        return x->before < y->before ? 1 : -1;
    if (x->calls != y->calls)
        return x->calls < y->calls ? 1 : -1;
    for (size_t d = 0; d < r->spec->scan->n_by; d++) {
        struct arena *arena = ((const struct order *)ctx)->arena;
        const struct axis *axis = scan_axis(r->scan, d);
        int order = sv_cmp(axis_text(axis, scan_code(r->scan, a, d), arena),
                           axis_text(axis, scan_code(r->scan, b, d), arena));
        if (order)
            return order;
    }
    return 0;
}

static enum err add_rows(const struct run *r, struct table *t, struct error *err)
{
    size_t n_by = r->spec->scan->n_by;
    uint32_t *order = calloc((size_t)r->n_groups + 1, sizeof(*order));
    enum err rc = OK;

    if (!order)
        return no_memory(err);
    for (uint32_t g = 0; g < r->n_groups; g++)
        order[g] = g;
    qsort_r(order, r->n_groups, sizeof(*order), compare_groups, &(struct order){r, &t->arena});
    for (uint32_t i = 0; i < r->n_groups && !rc; i++) {
        struct row *row = table_add_row(t);

        if (!row) {
            rc = no_memory(err);
            break;
        }
        for (size_t d = 0; d < n_by; d++) {
            struct sv text =
                axis_text(scan_axis(r->scan, d), scan_code(r->scan, order[i], d), &t->arena);
            row->cells[d] = cell_text(text.p ? arena_copy(&t->arena, text) : text);
        }
        fill(row, n_by, &r->groups[order[i]]);
    }
    free(order);
    t->totals.cells = arena_zalloc(&t->arena, t->n_columns + 1, sizeof(*t->totals.cells));
    if (!rc && !t->totals.cells)
        rc = no_memory(err);
    if (!rc)
        fill(&t->totals, n_by, &r->groups[r->n_groups]);
    return rc;
}

static enum err add_facts(const struct run *r, struct table *t, struct error *err)
{
    static const char *const keys[LACK_COUNT] = {
        [LACK_MODEL] = "lack_model",          [LACK_PERIOD] = "lack_period",
        [LACK_SERVICE] = "lack_service_tier", [LACK_TOKENS] = "lack_tokens",
        [LACK_PRICE] = "lack_price",
    };
    const struct tally *all = &r->groups[r->n_groups];
    bool ok = table_add_fact(t, "changed_calls", cell_int(all->changed)) &&
              table_add_fact(t, "calls_newly_priced", cell_int(all->gained)) &&
              table_add_fact(t, "calls_no_longer_priced", cell_int(all->lost)) &&
              table_add_fact(t, "calls_without_cost", cell_int(all->no_cost)) &&
              table_add_fact(t, "calls_with_logged_cost", cell_int(r->logged));

    for (int l = LACK_MODEL; l < LACK_COUNT && ok; l++) {
        ok = table_add_fact(t, keys[l], cell_int(r->lacks[l]));
        if (ok && r->lacks[l])
            ok = table_note(t, "%lld call%s: %s", (long long)r->lacks[l],
                            r->lacks[l] == 1 ? "" : "s", price_lack_words[l]);
    }
    return ok ? OK : no_memory(err);
}

/* ---- opening ------------------------------------------------------------------------------ */

/* What threads read of dictionaries has to be there before they start. */
static enum err load_names(struct store *s, struct error *err)
{
    static const enum call_field dims[] = {F_PROVIDER, F_REQUEST_MODEL, F_RESPONSE_MODEL, F_TIER};

    for (size_t i = 0; i < ARRAY_LEN(dims); i++)
        if (store_dimension_count(s, dims[i], err) < 0)
            return err->code;
    return OK;
}

static enum err find_target(struct run *r, struct error *err)
{
    const struct repricing_spec *spec = r->spec;
    const struct price_match *match;
    enum price_lack lack;
    enum err rc;

    if (!spec->to)
        return OK;
    rc = price_book_match(spec->book, spec->to, &match, err);
    if (rc)
        return rc;
    lack = price_choose(match, (struct maybe_i64){spec->to_us, true}, SV_NONE, &r->to);
    return lack ? error_set(err, ERR_NOT_FOUND, "%.*s: %s", SV_FMT(spec->to->response_model),
                            price_lack_words[lack])
                : OK;
}

static enum err open_threads(struct run *r, struct store *s, struct error *err)
{
    r->n_threads = scan_threads(r->scan);
    r->threads = calloc((size_t)r->n_threads, sizeof(*r->threads));
    for (int t = 0; r->threads && t < r->n_threads; t++) {
        pricing_init(&r->threads[t].pricing, s, r->spec->book);
        r->threads[t].costs = malloc(CHUNK_ROWS * sizeof(int64_t));
        if (!r->threads[t].costs)
            return no_memory(err);
    }
    return r->threads ? OK : no_memory(err);
}

static void release(struct run *r)
{
    for (int t = 0; r->threads && t < r->n_threads; t++) {
        free(r->threads[t].groups);
        free(r->threads[t].costs);
    }
    free(r->threads);
    free(r->groups);
    scan_close(r->scan);
}

enum err repricing_run(struct store *s, const struct repricing_spec *spec, struct table *out,
                       struct error *err)
{
    struct run r = {.spec = spec};
    enum err rc = scan_refuse_tags(spec->scan, err);

    if (!rc)
        rc = find_target(&r, err);
    if (!rc)
        rc = load_names(s, err);
    if (!rc)
        rc = scan_open(s, spec->scan, &r.scan, err);
    if (!rc)
        rc = open_threads(&r, s, err);
    if (!rc)
        rc = walk(&r, err);
    if (!rc)
        rc = add_columns(&r, out, err);
    if (!rc)
        rc = add_rows(&r, out, err);
    if (!rc)
        rc = add_facts(&r, out, err);
    if (!rc)
        rc = head_fill(out, s, scan_counts(r.scan), spec->scan, err);
    release(&r);
    return rc;
}
