/* guardrail_list: guardrails by rule and action. */
#include "report/guardrail_list.h"

#include <math.h>
#include <stdlib.h>

#include "base/time_text.h"
#include "report/list_head.h"
#include "store/guardrails.h"

#include "base/banned.h"

#define WINDOW_US (UINT64_C(15) * 60 * 1000000)
#define CALL_BIT_STARTED (UINT64_C(1) << F_STARTED_US)

struct named {
    struct sv rule, action;
};

/* A trigger as stored. */
struct event {
    int64_t key; /* of the call */
    uint32_t group;
};

/* A trigger in a call that counts. */
struct hit {
    uint32_t group;
    int64_t started_us; /* CALL_MISSING: unknown */
};

struct group {
    struct named name;
    int64_t calls, timed, peak, since;
    int64_t first_us, last_us; /* when timed */
};

struct list {
    const struct guardrail_spec *spec;
    struct table *t;
    struct named *names; /* of the events, while they are loaded */
    struct event *events;
    struct hit *hits;
    struct group *groups;
    size_t n_events, n_hits, n_groups;
    int64_t calls, timed;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for guardrails");
}

/* Room for one more element of an array of n, which grows when n is a power of two. */
static void *grow(void *array, size_t n, size_t size)
{
    if (n && (n & (n - 1)))
        return array;
    return realloc(array, (n ? 2 * n : 1) * size);
}

/* ---- events ------------------------------------------------------------------------------------
 */

static bool load_event(void *ctx, int64_t key, struct sv rule, struct sv action)
{
    struct list *l = ctx;
    struct named *names = grow(l->names, l->n_events, sizeof(*names));
    struct event *events;

    if (!names)
        return false;
    l->names = names;
    events = grow(l->events, l->n_events, sizeof(*events));
    if (!events)
        return false;
    l->events = events;
    names[l->n_events] =
        (struct named){l->spec->by_rule ? arena_copy(&l->t->arena, rule) : SV(""),
                       l->spec->by_action ? arena_copy(&l->t->arena, action) : SV("")};
    events[l->n_events] = (struct event){key, (uint32_t)l->n_events};
    return names[l->n_events].rule.p && names[l->n_events++].action.p;
}

static int compare_names(const void *a, const void *b)
{
    const struct named *x = &((const struct group *)a)->name, *y = &((const struct group *)b)->name;
    int cmp = sv_cmp(x->rule, y->rule);

    return cmp ? cmp : sv_cmp(x->action, y->action);
}

static int compare_events(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->group < y->group ? -1 : x->group > y->group;
}

/* The different names, sorted; group 0 is that of calls without any. */
static enum err find_groups(struct list *l, struct error *err)
{
    size_t n = 1;

    l->groups = calloc(l->n_events + 1, sizeof(*l->groups));
    if (!l->groups)
        return no_memory(err);
    l->groups[0].name = (struct named){SV(""), SV("")};
    for (size_t i = 0; i < l->n_events; i++)
        l->groups[i + 1].name = l->names[i];
    qsort(l->groups, l->n_events + 1, sizeof(*l->groups), compare_names);
    for (size_t i = 1; i <= l->n_events; i++)
        if (compare_names(&l->groups[n - 1], &l->groups[i]) != 0)
            l->groups[n++] = l->groups[i];
    l->n_groups = n;
    for (size_t i = 0; i < l->n_events; i++) {
        const struct group wanted = {.name = l->names[l->events[i].group]};
        const struct group *g = bsearch(&wanted, l->groups, n, sizeof(*l->groups), compare_names);

        l->events[i].group = (uint32_t)(g - l->groups);
    }
    if (l->n_events)
        qsort(l->events, l->n_events, sizeof(*l->events), compare_events);
    return OK;
}

/* ---- calls -------------------------------------------------------------------------------------
 */

static bool add_hit(struct list *l, uint32_t group, int64_t started_us)
{
    struct hit *hits = grow(l->hits, l->n_hits, sizeof(*hits));

    if (!hits)
        return false;
    l->hits = hits;
    hits[l->n_hits++] = (struct hit){group, started_us};
    return true;
}

/* The first event of the call. */
static size_t events_of(const struct list *l, int64_t key)
{
    size_t low = 0, high = l->n_events;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (l->events[mid].key < key)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool add_call(struct list *l, int64_t key, int64_t started_us)
{
    size_t i = events_of(l, key);
    uint32_t last = UINT32_MAX;

    if (i == l->n_events || l->events[i].key != key)
        return add_hit(l, 0, started_us);
    for (; i < l->n_events && l->events[i].key == key; i++) {
        if (l->events[i].group != last && !add_hit(l, l->events[i].group, started_us))
            return false;
        last = l->events[i].group;
    }
    return true;
}

static bool visit_calls(void *ctx, const struct slice *slice)
{
    struct list *l = ctx;
    const int64_t *started = slice->cols[F_STARTED_US], *flags = slice->cols[F_FLAGS];

    for (int64_t i = 0; i < slice->rows; i++) {
        if (slice->group[i] == SCAN_OUT)
            continue;
        l->calls++;
        l->timed += started[i] != CALL_MISSING;
        if (flags[i] != CALL_MISSING && flags[i] & FLAG_GUARDRAIL &&
            !add_call(l, slice->cols[C_IDENTITY_KEY][i], started[i]))
            return false;
    }
    return true;
}

static int compare_hits(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return x->started_us < y->started_us ? -1 : x->started_us > y->started_us;
}

/* The most of n sorted times within any WINDOW_US. */
static int64_t peak_of(const struct hit *hits, size_t n)
{
    size_t from = 0, most = 0;

    for (size_t i = 0; i < n; i++) {
        while ((uint64_t)hits[i].started_us - (uint64_t)hits[from].started_us >= WINDOW_US)
            from++;
        most = i + 1 - from > most ? i + 1 - from : most;
    }
    return (int64_t)most;
}

static void sum_up(struct list *l)
{
    size_t i = 0;

    if (l->n_hits)
        qsort(l->hits, l->n_hits, sizeof(*l->hits), compare_hits);
    while (i < l->n_hits) {
        struct group *g = &l->groups[l->hits[i].group];
        size_t end = i, timed;

        while (end < l->n_hits && l->hits[end].group == l->hits[i].group)
            end++;
        g->calls = (int64_t)(end - i);
        for (timed = i; timed < end && l->hits[timed].started_us == CALL_MISSING; timed++)
            continue;
        g->timed = (int64_t)(end - timed);
        if (g->timed) {
            g->first_us = l->hits[timed].started_us;
            g->last_us = l->hits[end - 1].started_us;
            g->peak = peak_of(l->hits + timed, end - timed);
        }
        i = end;
    }
}

static int latest_last(const void *a, const void *b)
{
    const struct group *x = *(struct group *const *)a, *y = *(struct group *const *)b;

    return x->last_us < y->last_us ? -1 : x->last_us > y->last_us;
}

/* Calls after each group's last one. */
struct since {
    struct group **by_last; /* those with a time, in order of their last */
    int64_t *after;         /* after[i]: calls behind the last of i of them, and of no more */
    size_t n;
};

static bool visit_since(void *ctx, const struct slice *slice)
{
    struct since *x = ctx;
    const int64_t *started = slice->cols[F_STARTED_US];

    for (int64_t i = 0; i < slice->rows; i++) {
        size_t low = 0, high = x->n;

        if (slice->group[i] == SCAN_OUT || started[i] == CALL_MISSING)
            continue;
        while (low < high) {
            size_t mid = low + (high - low) / 2;

            if (x->by_last[mid]->last_us < started[i])
                low = mid + 1;
            else
                high = mid;
        }
        x->after[low]++;
    }
    return true;
}

static enum err count_since(struct list *l, struct scan *scan, struct error *err)
{
    struct since x = {.by_last = calloc(l->n_groups + 1, sizeof(struct group *)),
                      .after = calloc(l->n_groups + 1, sizeof(int64_t))};
    enum err rc = x.by_last && x.after ? OK : no_memory(err);
    int64_t sum = 0;

    for (size_t i = 0; !rc && i < l->n_groups; i++)
        if (l->groups[i].timed)
            x.by_last[x.n++] = &l->groups[i];
    if (!rc && x.n)
        qsort(x.by_last, x.n, sizeof(*x.by_last), latest_last);
    if (!rc)
        rc = scan_walk(scan, CALL_BIT_STARTED, visit_since, &x, err);
    for (size_t i = x.n; !rc && i > 0; i--) {
        sum += x.after[i];
        x.by_last[i - 1]->since = sum;
    }
    free(x.by_last);
    free(x.after);
    return rc;
}

/* ---- the table ---------------------------------------------------------------------------------
 */

static double expected(const struct list *l, const struct group *g)
{
    return (double)g->timed * (double)g->since / (double)(l->timed - g->since);
}

static struct cell state_of(const struct list *l, const struct group *g)
{
    if (!g->timed)
        return (struct cell){0};
    if (exp(-expected(l, g)) < GUARDRAIL_SILENCE_P)
        return cell_text(SV("silent"));
    if (g->peak > GUARDRAIL_SURGE)
        return cell_text(SV("surge"));
    return cell_text(SV("ok"));
}

static struct cell time_cell(struct list *l, bool known, int64_t us)
{
    const struct zone *z = l->spec->calls.zone;
    char text[40];
    size_t n;

    if (!known)
        return (struct cell){0};
    n = time_format_offset(us, zone_offset_s(z, us), z->n <= 1, text);
    return cell_text(arena_copy(&l->t->arena, (struct sv){text, n}));
}

static struct cell name_cell(struct sv name)
{
    return cell_text(name.n ? name : SV_NONE);
}

static enum err add_columns(struct list *l, struct error *err)
{
    static const struct {
        const char *key, *title;
        enum unit unit;
        int drop;
    } heads[] = {
        {"calls",          "calls",       UNIT_COUNT, 0},
        {"guardrail_rate", "guardrail",   UNIT_RATE,  0},
        {"first",          "first",       UNIT_NONE,  9},
        {"last",           "last",        UNIT_NONE,  5},
        {"peak_15m",       "peak 15 min", UNIT_COUNT, 4},
        {"calls_since",    "calls since", UNIT_COUNT, 6},
        {"expected",       "expected",    UNIT_REAL,  3},
        {"state",          "state",       UNIT_NONE,  0},
    };
    const char *names[2] = {l->spec->by_rule ? "rule" : NULL, l->spec->by_action ? "action" : NULL};

    for (size_t i = 0; i < 2; i++) {
        struct column *c = names[i] ? table_add_column(l->t, names[i], names[i], UNIT_NONE) : NULL;

        if (names[i] && !c)
            return no_memory(err);
        if (c)
            c->dimension = c->in_text = c->in_data = true;
    }
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        struct column *c = table_add_column(l->t, heads[i].key, heads[i].title, heads[i].unit);

        if (!c)
            return no_memory(err);
        c->in_text = c->in_data = true;
        c->drop = heads[i].drop;
    }
    return OK;
}

static int compare_rows(const void *a, const void *b)
{
    const struct group *x = a, *y = b;

    if (x->calls != y->calls)
        return x->calls > y->calls ? -1 : 1;
    return compare_names(a, b);
}

static enum err add_rows(struct list *l, struct error *err)
{
    size_t rows = 0, shown = 0;

    qsort(l->groups, l->n_groups, sizeof(*l->groups), compare_rows);
    while (rows < l->n_groups && l->groups[rows].calls)
        rows++;
    shown = l->spec->limit && (size_t)l->spec->limit < rows ? (size_t)l->spec->limit : rows;
    for (size_t i = 0; i < shown; i++) {
        const struct group *g = &l->groups[i];
        struct row *row = table_add_row(l->t);
        struct cell *c = row ? row->cells : NULL;

        if (!row)
            return no_memory(err);
        if (l->spec->by_rule)
            *c++ = name_cell(g->name.rule);
        if (l->spec->by_action)
            *c++ = name_cell(g->name.action);
        *c++ = cell_int(g->calls);
        *c++ = cell_real((double)g->calls / (double)l->calls);
        *c++ = time_cell(l, g->timed, g->first_us);
        *c++ = time_cell(l, g->timed, g->last_us);
        *c++ = g->timed ? cell_int(g->peak) : (struct cell){0};
        *c++ = g->timed ? cell_int(g->since) : (struct cell){0};
        *c++ = g->timed ? cell_real(expected(l, g)) : (struct cell){0};
        *c++ = state_of(l, g);
    }
    if (shown < rows && !table_note(l->t, "%zu more (--limit, --all)", rows - shown))
        return no_memory(err);
    return OK;
}

static enum err walk(struct store *s, struct list *l, struct error *err)
{
    const uint64_t columns =
        CALL_BIT_STARTED | UINT64_C(1) << F_FLAGS | UINT64_C(1) << C_IDENTITY_KEY;
    struct scan_spec calls = l->spec->calls;
    struct scan_counts counts;
    struct scan *scan = NULL;
    enum err rc;

    calls.jobs = 1; /* what is added up is shared */
    rc = scan_open(s, &calls, &scan, err);
    if (!rc)
        rc = scan_walk(scan, columns, visit_calls, l, err);
    if (!rc) {
        sum_up(l);
        rc = count_since(l, scan, err);
    }
    if (!rc) {
        counts = scan_counts(scan);
        rc = list_head_fill(l->t, s, "report", &calls, &counts) ? OK : no_memory(err);
    }
    scan_close(scan);
    return rc;
}

enum err guardrail_list(struct store *s, const struct guardrail_spec *spec, struct table *out,
                        struct error *err)
{
    struct list l = {.spec = spec, .t = out};
    enum err rc = store_each_guardrail(s, load_event, &l, err);

    if (!rc)
        rc = find_groups(&l, err);
    if (!rc)
        rc = walk(s, &l, err);
    if (!rc)
        rc = add_columns(&l, err);
    if (!rc)
        rc = add_rows(&l, err);
    free(l.names);
    free(l.events);
    free(l.hits);
    free(l.groups);
    return rc;
}
