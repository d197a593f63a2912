/* duplicates: requests that were made again, and what a cache would have saved. */
#include "report/step_views.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/hash.h"
#include "base/time_text.h"
#include "report/head.h"
#include "report/numbers.h"
#include "report/run.h"
#include "report/top.h"
#include "base/banned.h"

/* A call whose input may be there again. */
struct again {
    uint64_t hash;
    uint32_t group;
    int64_t started_us, cost_nusd, latency_us; /* CALL_MISSING where unknown */
};

struct collector { /* of one thread */
    struct again *v;
    size_t n, cap;
    int64_t *hashed; /* by group, calls with a hash */
    uint32_t groups;
    int64_t *room;
};

/* What is told of an input, or of a group. */
struct sum {
    uint32_t group; /* a scan's */
    uint64_t name;  /* of the group, by the codes of its dimensions */
    uint64_t hash;
    int64_t calls, repeats, priced; /* priced: of the repeats */
    i128 cost, saved;
    i128 latency;              /* of the repeats */
    int64_t first_us, last_us; /* CALL_MISSING */
};

enum { FILTER_BITS_LEAST = 16, FILTER_BITS_MOST = 27 };

struct finder {
    struct store *s;
    const struct report_spec *spec;
    struct table *t;
    struct scan *scan;
    const char **by; /* the spec's, and the model where it is none of them */
    size_t n_by;
    atomic_uchar *once, *twice; /* bit sets over mixed hashes */
    uint64_t mask;
    struct collector *threads;
    int n_threads;
    bool collecting;
    struct again *v;
    size_t n;
    struct sum *sums;
    size_t n_sums;
    int64_t hashed;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the repeated inputs");
}

/* ---- which may be there twice --------------------------------------------------------------- */

static bool set_bit(atomic_uchar *set, uint64_t bit)
{
    unsigned char mask = (unsigned char)(1 << (bit & 7));

    return atomic_fetch_or_explicit(&set[bit >> 3], mask, memory_order_relaxed) & mask;
}

static bool has_bit(const atomic_uchar *set, uint64_t bit)
{
    return atomic_load_explicit(&set[bit >> 3], memory_order_relaxed) >> (bit & 7) & 1;
}

static uint64_t bit_of(const struct finder *f, int64_t hash, uint32_t group)
{
    return hash_mix((uint64_t)hash + hash_mix(group)) & f->mask;
}

static bool grow_groups(struct collector *c, uint32_t groups)
{
    int64_t *bigger;

    if (groups <= c->groups)
        return true;
    bigger = realloc(c->hashed, groups * sizeof(*bigger));
    if (!bigger)
        return false;
    memset(bigger + c->groups, 0, (groups - c->groups) * sizeof(*bigger));
    c->hashed = bigger;
    c->groups = groups;
    return true;
}

static bool note(struct finder *f, struct collector *c, const struct slice *slice)
{
    const int64_t *hash = slice->cols[F_INPUT_HASH];

    if (!grow_groups(c, slice->groups))
        return false;
    for (int64_t i = 0; i < slice->rows; i++) {
        uint64_t bit;

        if (slice->group[i] == SCAN_OUT || hash[i] == CALL_MISSING)
            continue;
        bit = bit_of(f, hash[i], slice->group[i]);
        c->hashed[slice->group[i]]++;
        if (set_bit(f->once, bit))
            set_bit(f->twice, bit);
    }
    return true;
}

static bool keep(struct collector *c, const struct again *x)
{
    if (c->n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 1024;
        struct again *bigger = realloc(c->v, cap * sizeof(*bigger));

        if (!bigger)
            return false;
        c->v = bigger;
        c->cap = cap;
    }
    c->v[c->n++] = *x;
    return true;
}

static bool collect(const struct finder *f, struct collector *c, const struct slice *slice)
{
    const int64_t *hash = slice->cols[F_INPUT_HASH];
    const int64_t *cost = call_values(V_COST_NUSD, (enum cost_choice)f->spec->cost, slice->cols,
                                      slice->rows, c->room);

    for (int64_t i = 0; i < slice->rows; i++) {
        struct again x = {(uint64_t)hash[i], slice->group[i], slice->cols[F_STARTED_US][i], cost[i],
                          slice->cols[F_LATENCY_US][i]};

        if (x.group == SCAN_OUT || hash[i] == CALL_MISSING ||
            !has_bit(f->twice, bit_of(f, hash[i], x.group)))
            continue;
        if (!keep(c, &x))
            return false;
    }
    return true;
}

static bool visit(void *ctx, const struct slice *slice)
{
    struct finder *f = ctx;
    struct collector *c = &f->threads[slice->thread];

    return f->collecting ? collect(f, c, slice) : note(f, c, slice);
}

static enum err open_scan(struct finder *f, struct error *err)
{
    struct scan_spec calls = report_scan_spec(f->spec);
    bool by_model = false;
    enum err rc;

    f->by = arena_zalloc(&f->t->arena, calls.n_by + 1, sizeof(*f->by));
    if (!f->by)
        return no_memory(err);
    for (size_t d = 0; d < calls.n_by; d++) {
        f->by[f->n_by++] = calls.by[d];
        by_model |= strcmp(calls.by[d], "model") == 0;
    }
    if (!by_model)
        f->by[f->n_by++] = "model";
    calls.by = f->by;
    calls.n_by = f->n_by;
    rc = scan_refuse_tags(&calls, err);
    return rc ? rc : scan_open(f->s, &calls, &f->scan, err);
}

static enum err open_sets(struct finder *f, struct error *err)
{
    struct store_counts n;
    int bits = FILTER_BITS_LEAST;
    enum err rc = store_count(f->s, &n, err);

    while (!rc && bits < FILTER_BITS_MOST && INT64_C(1) << bits < 8 * n.calls)
        bits++;
    f->mask = (UINT64_C(1) << bits) - 1;
    f->n_threads = scan_threads(f->scan);
    f->once = calloc((size_t)1 << (bits - 3), 1);
    f->twice = calloc((size_t)1 << (bits - 3), 1);
    f->threads = calloc((size_t)f->n_threads, sizeof(*f->threads));
    if (!rc && (!f->once || !f->twice || !f->threads))
        rc = no_memory(err);
    for (int i = 0; i < f->n_threads && !rc; i++) {
        f->threads[i].room = malloc(CHUNK_ROWS * sizeof(int64_t));
        if (!f->threads[i].room)
            rc = no_memory(err);
    }
    return rc;
}

static enum err walk(struct finder *f, struct error *err)
{
    uint64_t columns = COLUMN(F_INPUT_HASH);
    enum err rc = scan_walk(f->scan, columns, visit, f, err);

    f->collecting = true;
    columns |= COLUMN(F_STARTED_US) | COLUMN(F_LATENCY_US) | call_value_columns(V_COST_NUSD);
    return rc ? rc : scan_walk(f->scan, columns, visit, f, err);
}

/* ---- sums ------------------------------------------------------------------------------------ */

static int order_i64(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

/* Calls of one input together, the first in time first; those without a time behind. */
static int by_input(const void *a, const void *b)
{
    const struct again *x = a, *y = b;
    bool x_timed = x->started_us != CALL_MISSING, y_timed = y->started_us != CALL_MISSING;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    if (x_timed != y_timed)
        return x_timed ? -1 : 1;
    if (x->started_us != y->started_us)
        return order_i64(x->started_us, y->started_us);
    return order_i64(x->cost_nusd, y->cost_nusd); /* the cheapest first: nothing is promised */
}

static struct sum sum_of(const struct again *v, size_t n)
{
    struct sum s = {.group = v->group,
                    .hash = v->hash,
                    .calls = (int64_t)n,
                    .repeats = (int64_t)n - 1,
                    .first_us = v[0].started_us,
                    .last_us = CALL_MISSING};

    for (size_t i = 0; i < n; i++) {
        bool priced = v[i].cost_nusd != CALL_MISSING;

        s.cost += priced ? v[i].cost_nusd : 0;
        s.last_us = v[i].started_us > s.last_us ? v[i].started_us : s.last_us;
        if (!i)
            continue;
        s.priced += priced;
        s.saved += priced ? v[i].cost_nusd : 0;
        s.latency += v[i].latency_us != CALL_MISSING ? v[i].latency_us : 0;
    }
    return s;
}

static enum err add_up(struct finder *f, struct error *err)
{
    for (int t = 0; t < f->n_threads; t++) {
        f->n += f->threads[t].n;
        for (uint32_t g = 0; g < f->threads[t].groups; g++)
            f->hashed += f->threads[t].hashed[g];
    }
    f->v = malloc((f->n + 1) * sizeof(*f->v));
    f->sums = malloc((f->n / 2 + 1) * sizeof(*f->sums));
    if (!f->v || !f->sums)
        return no_memory(err);
    f->n = 0;
    for (int t = 0; t < f->n_threads; t++) {
        if (f->threads[t].n)
            memcpy(f->v + f->n, f->threads[t].v, f->threads[t].n * sizeof(*f->v));
        f->n += f->threads[t].n;
        free(f->threads[t].v);
        f->threads[t].v = NULL;
    }
    if (f->n)
        qsort(f->v, f->n, sizeof(*f->v), by_input);
    for (size_t i = 0, next; i < f->n; i = next) {
        for (next = i + 1;
             next < f->n && f->v[next].group == f->v[i].group && f->v[next].hash == f->v[i].hash;)
            next++;
        if (next - i > 1)
            f->sums[f->n_sums++] = sum_of(f->v + i, next - i);
    }
    return OK;
}

static void merge(struct sum *into, const struct sum *from)
{
    into->calls += from->calls;
    into->repeats += from->repeats;
    into->priced += from->priced;
    into->cost += from->cost;
    into->saved += from->saved;
    into->latency += from->latency;
}

/* The first n dimensions of a group as a number. */
static uint64_t name_of(const struct finder *f, uint32_t group, size_t n)
{
    uint64_t name = 0;

    for (size_t d = 0; d < n; d++)
        name = name * (uint64_t)scan_axis(f->scan, d)->n_codes +
               (uint64_t)scan_code(f->scan, group, d);
    return name;
}

/* One sum for each group of the spec, however many models it has; calls are those with a hash. */
static enum err by_groups(struct finder *f, struct error *err)
{
    uint32_t groups = scan_groups(f->scan);
    struct keymap keys = {0};
    uint32_t *place = malloc(((size_t)groups + 1) * sizeof(*place));
    struct sum *v = calloc((size_t)groups + 1, sizeof(*v));
    bool ok = place && v;

    for (uint32_t g = 0; g < groups && ok; g++) {
        uint64_t name = name_of(f, g, f->spec->n_by);

        place[g] = keymap_add(&keys, name);
        ok = place[g] != KEYMAP_NONE;
        if (!ok)
            break;
        v[place[g]].group = g; /* any of them has the names */
        v[place[g]].name = name;
        for (int t = 0; ok && t < f->n_threads; t++)
            if (g < f->threads[t].groups)
                v[place[g]].calls += f->threads[t].hashed[g];
    }
    for (size_t i = 0; i < f->n_sums && ok; i++) {
        struct sum *to = &v[place[f->sums[i].group]];
        int64_t calls = to->calls;

        merge(to, &f->sums[i]);
        to->calls = calls;
    }
    free(place);
    if (ok) {
        free(f->sums);
        f->sums = v;
        f->n_sums = keys.n;
    } else {
        free(v);
    }
    keymap_release(&keys);
    return ok ? OK : no_memory(err);
}

/* ---- the table ------------------------------------------------------------------------------- */

enum list_column {
    L_CALLS,
    L_REPEATS,
    L_RATE,
    L_COST,
    L_SAVED,
    L_LATENCY,
    L_FIRST,
    L_LAST,
    L_COUNT
};

/* clang-format off */
static const struct {
    const char *key, *also_key, *title;
    enum unit unit;
    int drop;
    bool money, of_inputs, of_groups;
} columns[L_COUNT] = {
    [L_CALLS]   = {"calls",                NULL,                  "calls",      UNIT_COUNT, 0, false, true,  true },
    [L_REPEATS] = {"repeats",              NULL,                  "repeats",    UNIT_COUNT, 0, false, true,  true },
    [L_RATE]    = {"repeat_rate",          NULL,                  "repeated",   UNIT_RATE,  2, false, false, true },
    [L_COST]    = {"cost_usd",             "cost_nusd",           "cost",       UNIT_NUSD,  4, true,  true,  false},
    [L_SAVED]   = {"duplicate_cost_usd",   "duplicate_cost_nusd", "would save", UNIT_NUSD,  0, true,  true,  true },
    [L_LATENCY] = {"duplicate_latency_us", NULL,                  "time",       UNIT_US,    3, false, true,  true },
    [L_FIRST]   = {"first_call",           NULL,                  "first",      UNIT_NONE,  6, false, true,  false},
    [L_LAST]    = {"last_call",            NULL,                  "last",       UNIT_NONE,  5, false, true,  false},
};
/* clang-format on */

static bool grouped(const struct finder *f)
{
    return f->spec->n_by > 0;
}

static struct cell time_cell(const struct finder *f, int64_t us)
{
    const struct zone *z = f->spec->zone;
    char text[40];

    if (us == CALL_MISSING)
        return (struct cell){0};
    return cell_text(arena_copy(
        &f->t->arena,
        (struct sv){text, time_format_offset(us, zone_offset_s(z, us), z->n <= 1, text)}));
}

static struct cell money_cell(i128 nusd, const struct sum *s)
{
    struct cell c = cell_wide(nusd);

    c.lower_bound = s->priced < s->repeats;
    return s->priced || !s->repeats ? c : (struct cell){0};
}

static struct cell cell_at(const struct finder *f, const struct sum *s, enum list_column c)
{
    switch (c) {
    case L_CALLS:
        return cell_int(s->calls);
    case L_REPEATS:
        return cell_int(s->repeats);
    case L_RATE:
        return s->calls ? cell_real((double)s->repeats / (double)s->calls) : (struct cell){0};
    case L_COST:
        return money_cell(s->cost, s);
    case L_SAVED:
        return money_cell(s->saved, s);
    case L_LATENCY:
        return cell_wide(s->latency);
    case L_FIRST:
        return time_cell(f, s->first_us);
    case L_LAST:
        return time_cell(f, s->last_us);
    case L_COUNT:
        break;
    }
    return (struct cell){0};
}

static bool is_shown(const struct finder *f, enum list_column c)
{
    return (grouped(f) ? columns[c].of_groups : columns[c].of_inputs) &&
           !(columns[c].money && f->spec->no_cost);
}

static enum err find_sort(const struct finder *f, enum list_column *out, struct error *err)
{
    const char *names[L_COUNT + 1] = {0};
    size_t n = 0;

    *out = f->spec->no_cost ? L_REPEATS : L_SAVED;
    if (!f->spec->sort)
        return OK;
    for (enum list_column c = 0; c < L_FIRST; c++) {
        if (!is_shown(f, c))
            continue;
        names[n++] = columns[c].key;
        if (strcmp(columns[c].key, f->spec->sort) == 0 ||
            strcmp(columns[c].title, f->spec->sort) == 0) {
            *out = c;
            return OK;
        }
    }
    return unknown_name(err, "column", sv_from(f->spec->sort), names);
}

static size_t names_shown(const struct finder *f)
{
    return grouped(f) ? f->spec->n_by : 2;
}

static enum err add_columns(struct finder *f, struct error *err)
{
    static const char *const of_inputs[] = {"input_hash", "model"};
    const char *const *names = grouped(f) ? f->by : of_inputs;

    for (size_t d = 0; d < names_shown(f); d++) {
        struct column *c = table_add_column(f->t, names[d], names[d], UNIT_NONE);

        if (!c)
            return no_memory(err);
        c->dimension = c->in_text = c->in_data = true;
    }
    for (enum list_column i = 0; i < L_COUNT; i++) {
        struct column *c;

        if (!is_shown(f, i))
            continue;
        c = table_add_column(f->t, columns[i].key, columns[i].title, columns[i].unit);
        if (!c)
            return no_memory(err);
        c->also_key = columns[i].also_key;
        c->drop = columns[i].drop;
        c->in_text = c->in_data = true;
    }
    return OK;
}

static void fill(const struct finder *f, const struct sum *s, struct cell *cells)
{
    size_t at = names_shown(f);

    for (enum list_column c = 0; c < L_COUNT; c++)
        if (is_shown(f, c))
            cells[at++] = cell_at(f, s, c);
}

static struct cell name_cell(const struct finder *f, const struct sum *s, size_t d)
{
    char hex[17];
    size_t axis = grouped(f) ? d : 0; /* of inputs: the model alone */
    struct sv text;

    if (!grouped(f) && d == 0) {
        snprintf(hex, sizeof(hex), "%016" PRIx64, s->hash);
        return cell_text(arena_copy(&f->t->arena, (struct sv){hex, 16}));
    }
    text = axis_text(scan_axis(f->scan, axis), scan_code(f->scan, s->group, axis), &f->t->arena);
    return text.p ? cell_text(arena_copy(&f->t->arena, text)) : (struct cell){0};
}

/* Time goes on from row to row, unless another order is asked for. */
static bool in_time(const struct finder *f)
{
    const struct dimension *d = grouped(f) ? dimension_find(sv_from(f->by[0])) : NULL;

    return !f->spec->sort && d && d->kind == DIMENSION_TIME;
}

static enum err add_rows(struct finder *f, enum list_column sort, struct error *err)
{
    bool timed = in_time(f);
    struct top top = {.most = (size_t)f->spec->limit, .ascending = f->spec->ascending || timed};
    struct sum total = {.calls = 0};
    enum err rc = OK;

    for (size_t i = 0; i < f->n_sums; i++) {
        struct cell c = cell_at(f, &f->sums[i], sort);
        int64_t key = timed                 ? (int64_t)i /* they are in order */
                      : c.type == CELL_REAL ? real_to_key(c.r)
                      : c.type == CELL_INT  ? c.i
                                            : INT64_MIN;

        merge(&total, &f->sums[i]);
        if (!rc && !top_add(&top, key, i))
            rc = no_memory(err);
    }
    top_finish(&top);
    for (size_t i = 0; i < top.n && !rc; i++) {
        const struct sum *s = &f->sums[top.v[i].item];
        struct row *row = table_add_row(f->t);

        if (!row) {
            rc = no_memory(err);
            break;
        }
        for (size_t d = 0; d < names_shown(f); d++)
            row->cells[d] = name_cell(f, s, d);
        fill(f, s, row->cells);
    }
    if (!rc && f->n_sums > top.n &&
        !table_note(f->t, "%zu more (--all, --limit)", f->n_sums - top.n))
        rc = no_memory(err);
    top_release(&top);
    total.first_us = total.last_us = CALL_MISSING;
    f->t->totals.cells = arena_zalloc(&f->t->arena, f->t->n_columns + 1, sizeof(struct cell));
    if (!rc && !f->t->totals.cells)
        rc = no_memory(err);
    if (!rc)
        fill(f, &total, f->t->totals.cells);
    return rc;
}

/* An order that does not depend on the walk, which equal figures keep. */
static int by_name(const void *a, const void *b)
{
    const struct sum *x = a, *y = b;

    if (x->name != y->name)
        return x->name < y->name ? -1 : 1;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

static enum err finish(struct finder *f, struct error *err)
{
    struct scan_counts counts = scan_counts(f->scan);
    struct scan_spec calls = report_scan_spec(f->spec);
    enum list_column sort;
    enum err rc = find_sort(f, &sort, err);

    if (!rc)
        rc = add_columns(f, err);
    for (size_t i = 0; i < f->n_sums && !grouped(f); i++)
        f->sums[i].name = name_of(f, f->sums[i].group, 1);
    if (!rc && f->n_sums)
        qsort(f->sums, f->n_sums, sizeof(*f->sums), by_name);
    if (!rc)
        rc = add_rows(f, sort, err);
    if (rc)
        return rc;
    f->t->view = "duplicates";
    f->t->by = f->by;
    f->t->n_by = f->spec->n_by;
    if (!head_fill_list(f->t, f->s, "report", &calls, counts) ||
        !table_add_fact(f->t, "calls_with_input_hash", cell_int(f->hashed)) ||
        (counts.calls > f->hashed &&
         !table_note(f->t, "%" PRId64 " of %" PRId64 " calls have no input hash",
                     counts.calls - f->hashed, counts.calls)) ||
        !table_note(f->t, "repeats: the same input to the same model once more%s",
                    grouped(f) ? " in the same row" : ""))
        return no_memory(err);
    return table_choose(f->t, f->spec->columns, f->spec->n_columns, err);
}

static void release(struct finder *f)
{
    for (int t = 0; f->threads && t < f->n_threads; t++) {
        free(f->threads[t].v);
        free(f->threads[t].hashed);
        free(f->threads[t].room);
    }
    free(f->threads);
    free(f->once);
    free(f->twice);
    free(f->v);
    free(f->sums);
    scan_close(f->scan);
}

enum err duplicates_view(struct store *s, const struct report_spec *spec, struct table *out,
                         struct error *err)
{
    struct finder f = {.s = s, .spec = spec, .t = out};
    enum err rc = run_stands_alone(spec, "duplicates", "inputs", err);

    if (!rc)
        rc = open_scan(&f, err);
    if (!rc)
        rc = open_sets(&f, err);
    if (!rc)
        rc = walk(&f, err);
    if (!rc)
        rc = add_up(&f, err);
    if (!rc && grouped(&f))
        rc = by_groups(&f, err);
    if (!rc)
        rc = finish(&f, err);
    release(&f);
    return rc;
}
