/* cost_parts: each thread adds up the lines of bills by group; then the groups become rows. */
#include "report/cost_parts.h"

#include <stdlib.h>
#include "base/wide.h"
#include "query/call_bills.h"
#include "report/head.h"
#include "base/banned.h"

/* Parts of a cost: the lines of a bill, then what has none. */
enum { PART_LOGGED = BILL_COUNT, PART_FROM_CACHE, PART_COUNT };

struct part {
    int64_t calls;
    i128 tokens, nusd;
    int64_t price;    /* of the first line */
    bool many_prices; /* others have another one */
};

struct group {
    struct part parts[PART_COUNT];
};

struct thread_state {
    struct call_biller biller;
    struct group *groups;
    uint32_t n;
    int64_t *costs; /* room for those of a slice */
    int64_t unpriced;
};

struct run {
    const struct scan_spec *spec;
    struct scan *scan;
    struct call_bills *bills;
    struct thread_state *threads;
    int n_threads;
    struct group *groups;
    uint32_t n_groups;
    int64_t unpriced;
    struct table *table;
};

#define COLUMNS                                                                                    \
    (CALL_BILL_COLUMNS | COLUMN(F_COST_GIVEN_NUSD) | COLUMN(C_COST_COMPUTED_NUSD) |                \
     UNPRICED_COLUMNS)

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the parts of costs");
}

/* ---- the walk ----------------------------------------------------------------------------- */

static bool grow(struct thread_state *t, uint32_t groups)
{
    struct group *bigger;

    if (groups <= t->n)
        return true;
    groups = groups < 16 ? 16 : groups > UINT32_MAX / 2 ? groups : 2 * groups;
    bigger = realloc(t->groups, groups * sizeof(*bigger));
    if (!bigger)
        return false;
    memset(bigger + t->n, 0, (groups - t->n) * sizeof(*bigger));
    t->groups = bigger;
    t->n = groups;
    return true;
}

static void add_line(struct part *p, int64_t tokens, int64_t price, int64_t nusd)
{
    p->many_prices |= p->calls && p->price != price;
    p->price = price;
    p->calls++;
    p->tokens += tokens;
    p->nusd += nusd;
}

/* Adds a call whose cost is `cost`. A bill that does not come to it (its price row was changed by
 * hand) is no bill of it. */
static void add_call(const struct run *r, struct thread_state *t, const struct slice *slice,
                     int64_t i, int64_t cost)
{
    struct part *parts = t->groups[slice->group[i]].parts;
    int64_t flags = slice->cols[F_FLAGS][i];
    bool given =
        r->spec->cost != COST_OF_PRICES && slice->cols[F_COST_GIVEN_NUSD][i] != CALL_MISSING;
    struct bill bill;

    if (flags != CALL_MISSING && flags & FLAG_FROM_CACHE) {
        add_line(&parts[PART_FROM_CACHE], 0, 0, 0);
    } else if (given || !call_bill(&t->biller, slice->cols, i, &bill) || bill.cost_nusd != cost) {
        add_line(&parts[PART_LOGGED], 0, 0, cost);
    } else {
        for (int l = 0; l < BILL_COUNT; l++)
            if (bill.lines[l].tokens)
                add_line(&parts[l], bill.lines[l].tokens, bill.lines[l].nusd_per_mtok,
                         bill.lines[l].amount_nusd);
    }
}

static bool add_slice(void *ctx, const struct slice *slice)
{
    struct run *r = ctx;
    struct thread_state *t = &r->threads[slice->thread];
    const int64_t *costs =
        call_values(V_COST_NUSD, r->spec->cost, slice->cols, slice->rows, t->costs);

    if (!grow(t, slice->groups))
        return false;
    for (int64_t i = 0; i < slice->rows; i++) {
        if (slice->group[i] == SCAN_OUT)
            continue;
        if (costs[i] != CALL_MISSING)
            add_call(r, t, slice, i, costs[i]);
        else
            t->unpriced += call_unpriced(slice->cols, i);
    }
    return true;
}

static void add_part(struct part *into, const struct part *from)
{
    if (!from->calls)
        return;
    into->many_prices |= from->many_prices || (into->calls && into->price != from->price);
    into->price = from->price;
    into->calls += from->calls;
    into->tokens += from->tokens;
    into->nusd += from->nusd;
}

static enum err walk(struct run *r, struct error *err)
{
    enum err rc = scan_walk(r->scan, COLUMNS, add_slice, r, err);

    if (rc)
        return rc;
    r->n_groups = scan_groups(r->scan);
    r->groups = calloc((size_t)r->n_groups + 1, sizeof(*r->groups));
    if (!r->groups)
        return no_memory(err);
    for (int t = 0; t < r->n_threads; t++) {
        r->unpriced += r->threads[t].unpriced;
        for (uint32_t g = 0; g < r->n_groups && g < r->threads[t].n; g++)
            for (int p = 0; p < PART_COUNT; p++) {
                add_part(&r->groups[g].parts[p], &r->threads[t].groups[g].parts[p]);
                add_part(&r->groups[r->n_groups].parts[p], &r->threads[t].groups[g].parts[p]);
            }
    }
    return OK;
}

/* ---- the table ---------------------------------------------------------------------------- */

enum { CELL_PART, CELL_CALLS, CELL_TOKENS, CELL_PRICE, CELL_COST, CELL_COUNT };

static const struct column heads[CELL_COUNT] = {
    [CELL_PART] = {.key = "part",            .title = "part",     .unit = UNIT_NONE,  .dimension = true   },
    [CELL_CALLS] = {.key = "calls",           .title = "calls",    .unit = UNIT_COUNT},
    [CELL_TOKENS] = {.key = "tokens",       .title = "tokens", .unit = UNIT_TOKENS                  },
    [CELL_PRICE] = {.key = "usd_per_mtok",
                   .also_key = "nusd_per_mtok",
                   .title = "per million",
                   .unit = UNIT_NUSD,
                   .drop = 5},
    [CELL_COST] = {.key = "cost_usd", .also_key = "cost_nusd",     .title = "cost",  .unit = UNIT_NUSD},
};

static struct cell cell_wide_sum(i128 v)
{
    return cell_int(v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v);
}

static const char *part_name(int p)
{
    return p == PART_LOGGED       ? "as logged"
           : p == PART_FROM_CACHE ? "from a cache"
                                  : bill_part_names[p];
}

static enum err add_columns(const struct run *r, struct error *err)
{
    for (size_t i = 0; i < r->spec->n_by + CELL_COUNT; i++) {
        const char *name = i < r->spec->n_by ? scan_axis(r->scan, i)->name : NULL;
        const struct column *head = name ? NULL : &heads[i - r->spec->n_by];
        struct column *c = name ? table_add_column(r->table, name, name, UNIT_NONE)
                                : table_add_column(r->table, head->key, head->title, head->unit);

        if (!c)
            return no_memory(err);
        c->dimension = name || head->dimension;
        c->also_key = head ? head->also_key : NULL;
        c->drop = head ? head->drop : 0;
        c->in_text = c->in_data = true;
    }
    return OK;
}

static enum err add_part_row(struct run *r, uint32_t group, int p, struct error *err)
{
    const struct part *part = &r->groups[group].parts[p];
    struct row *row = table_add_row(r->table);
    struct cell *cells;

    if (!row)
        return no_memory(err);
    for (size_t d = 0; d < r->spec->n_by; d++) {
        struct sv text =
            axis_text(scan_axis(r->scan, d), scan_code(r->scan, group, d), &r->table->arena);
        row->cells[d] = cell_text(text.p ? arena_copy(&r->table->arena, text) : text);
    }
    cells = row->cells + r->spec->n_by;
    cells[CELL_PART] = cell_text(sv_from(part_name(p)));
    cells[CELL_CALLS] = cell_int(part->calls);
    if (p < BILL_COUNT) {
        cells[CELL_TOKENS] = cell_wide_sum(part->tokens);
        if (!part->many_prices)
            cells[CELL_PRICE] = cell_int(part->price);
    }
    cells[CELL_COST] = cell_wide_sum(part->nusd);
    return OK;
}

struct order {
    const struct run *run;
    struct arena *arena;
};

static i128 cost_of(const struct group *g)
{
    i128 sum = 0;

    for (int p = 0; p < PART_COUNT; p++)
        sum += g->parts[p].nusd;
    return sum;
}

/* The dearest first; equal ones by name. */
static int compare_groups(const void *pa, const void *pb, void *ctx)
{
    const struct order *o = ctx;
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    i128 x = cost_of(&o->run->groups[a]), y = cost_of(&o->run->groups[b]);
    int order = (x < y) - (x > y);

    for (size_t d = 0; d < o->run->spec->n_by && !order; d++) {
        const struct axis *axis = scan_axis(o->run->scan, d);

        order = sv_cmp(axis_text(axis, scan_code(o->run->scan, a, d), o->arena),
                       axis_text(axis, scan_code(o->run->scan, b, d), o->arena));
    }
    return order;
}

static enum err add_rows(struct run *r, struct error *err)
{
    uint32_t *order = calloc((size_t)r->n_groups + 1, sizeof(*order));
    struct table *t = r->table;
    enum err rc = order ? OK : no_memory(err);

    for (uint32_t g = 0; !rc && g < r->n_groups; g++)
        order[g] = g;
    if (!rc)
        qsort_r(order, r->n_groups, sizeof(*order), compare_groups, &(struct order){r, &t->arena});
    for (uint32_t g = 0; g < r->n_groups && !rc; g++)
        for (int p = 0; p < PART_COUNT && !rc; p++)
            if (r->groups[order[g]].parts[p].calls)
                rc = add_part_row(r, order[g], p, err);
    free(order);
    t->totals.cells = arena_zalloc(&t->arena, t->n_columns + 1, sizeof(*t->totals.cells));
    if (!rc && !t->totals.cells)
        rc = no_memory(err);
    if (rc)
        return rc;
    struct cell *cost = &t->totals.cells[r->spec->n_by + CELL_COST];
    *cost = cell_wide_sum(cost_of(&r->groups[r->n_groups]));
    t->totals.lower_bound = cost->lower_bound = r->unpriced > 0;
    return OK;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static enum err open_threads(struct run *r, struct error *err)
{
    r->n_threads = scan_threads(r->scan);
    r->threads = calloc((size_t)r->n_threads, sizeof(*r->threads));
    for (int t = 0; r->threads && t < r->n_threads; t++) {
        call_biller_init(&r->threads[t].biller, r->bills);
        r->threads[t].costs = malloc(CHUNK_ROWS * sizeof(int64_t));
        if (!r->threads[t].costs)
            return no_memory(err);
    }
    return r->threads ? OK : no_memory(err);
}

static bool explain(struct run *r)
{
    struct table *t = r->table;
    bool ok =
        table_add_fact(t, "unpriced_calls", cell_int(r->unpriced)) &&
        table_note(t, "cost of a call = sum of tokens x price / 1,000,000, rounded once to a "
                      "nano-dollar; \"as logged\": the log says what it cost (--cost computed "
                      "has the prices instead)");

    if (ok && r->unpriced)
        ok = table_note(t, "%lld call%s without a price: not in the sum, which is a lower bound",
                        (long long)r->unpriced, r->unpriced == 1 ? "" : "s");
    return ok;
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
    call_bills_close(r->bills);
}

enum err cost_parts_run(struct store *s, const struct scan_spec *spec, struct table *out,
                        struct error *err)
{
    struct run r = {.spec = spec, .table = out};
    enum err rc = scan_refuse_tags(spec, err);

    if (!rc)
        rc = call_bills_open(s, &r.bills, err);
    if (!rc)
        rc = scan_open(s, spec, &r.scan, err);
    if (!rc)
        rc = open_threads(&r, err);
    if (!rc)
        rc = walk(&r, err);
    if (!rc)
        rc = add_columns(&r, err);
    if (!rc)
        rc = add_rows(&r, err);
    if (!rc && !explain(&r))
        rc = no_memory(err);
    if (!rc)
        rc = head_fill(out, s, scan_counts(r.scan), spec, err);
    release(&r);
    return rc;
}
