/* guardrail_list: guardrails by rule and action. */
#include "report/guardrail_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/time_text.h"
#include "report/head.h"
#include "report/list_words.h"
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
    uint32_t name;
};

/* A trigger in a call that counts. */
struct hit {
    uint32_t name, of;  /* of: the group of the scan */
    int64_t started_us; /* CALL_MISSING: unknown */
};

/* All calls of a group of the scan. */
struct share {
    int64_t calls, timed;
};

struct group {
    struct named name;
    uint32_t of;
    int64_t when;           /* what a leading time dimension says */
    const struct sv *words; /* what the dimensions of the scan say */
    int64_t calls, timed, peak, since;
    int64_t first_us, last_us; /* when timed */
};

struct list {
    const struct guardrail_spec *spec;
    struct table *t;
    struct scan *scan;
    struct list_words words;
    bool by_rule, by_action;
    struct named *names; /* of the events; then the different ones, sorted: 0 says nothing */
    struct event *events;
    struct hit *hits;
    struct group *groups;
    struct share *shares; /* by groups of the scan */
    size_t n_names, n_events, n_hits, n_groups, n_shares;
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
        (struct named){l->by_rule ? arena_copy(&l->t->arena, rule) : SV(""),
                       l->by_action ? arena_copy(&l->t->arena, action) : SV("")};
    events[l->n_events] = (struct event){key, (uint32_t)l->n_events};
    return names[l->n_events].rule.p && names[l->n_events++].action.p;
}

static int compare_names(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int cmp = sv_cmp(x->rule, y->rule);

    return cmp ? cmp : sv_cmp(x->action, y->action);
}

static int compare_events(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

/* Numbers the different names, and the events by them. */
static enum err find_names(struct list *l, struct error *err)
{
    struct named *sorted = malloc((l->n_events + 1) * sizeof(*sorted));
    size_t n = 1;

    if (!sorted)
        return no_memory(err);
    sorted[0] = (struct named){SV(""), SV("")};
    if (l->n_events)
        memcpy(sorted + 1, l->names, l->n_events * sizeof(*sorted));
    qsort(sorted, l->n_events + 1, sizeof(*sorted), compare_names);
    for (size_t i = 1; i <= l->n_events; i++)
        if (compare_names(&sorted[n - 1], &sorted[i]) != 0)
            sorted[n++] = sorted[i];
    for (size_t i = 0; i < l->n_events; i++) {
        const struct named *found =
            bsearch(&l->names[l->events[i].name], sorted, n, sizeof(*sorted), compare_names);

        l->events[i].name = (uint32_t)(found - sorted);
    }
    if (l->n_events)
        qsort(l->events, l->n_events, sizeof(*l->events), compare_events);
    free(l->names);
    l->names = sorted;
    l->n_names = n;
    return OK;
}

/* ---- calls -------------------------------------------------------------------------------------
 */

static bool add_hit(struct list *l, uint32_t name, uint32_t of, int64_t started_us)
{
    struct hit *hits = grow(l->hits, l->n_hits, sizeof(*hits));

    if (!hits)
        return false;
    l->hits = hits;
    hits[l->n_hits++] = (struct hit){name, of, started_us};
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

static bool add_call(struct list *l, int64_t key, uint32_t of, int64_t started_us)
{
    size_t i = events_of(l, key);
    uint32_t last = UINT32_MAX;

    if (i == l->n_events || l->events[i].key != key)
        return add_hit(l, 0, of, started_us);
    for (; i < l->n_events && l->events[i].key == key; i++) {
        if (l->events[i].name != last && !add_hit(l, l->events[i].name, of, started_us))
            return false;
        last = l->events[i].name;
    }
    return true;
}

static bool reserve_shares(struct list *l, size_t n)
{
    struct share *shares;

    if (n <= l->n_shares)
        return true;
    n = n < 2 * l->n_shares ? 2 * l->n_shares : n;
    shares = realloc(l->shares, n * sizeof(*shares));
    if (!shares)
        return false;
    memset(shares + l->n_shares, 0, (n - l->n_shares) * sizeof(*shares));
    l->shares = shares;
    l->n_shares = n;
    return true;
}

static bool visit_calls(void *ctx, const struct slice *slice)
{
    struct list *l = ctx;
    const int64_t *started = slice->cols[F_STARTED_US], *flags = slice->cols[F_FLAGS];

    if (!reserve_shares(l, slice->groups))
        return false;
    for (int64_t i = 0; i < slice->rows; i++) {
        uint32_t of = slice->group[i];

        if (of == SCAN_OUT)
            continue;
        l->shares[of].calls++;
        l->shares[of].timed += started[i] != CALL_MISSING;
        if (flags[i] != CALL_MISSING && flags[i] & FLAG_GUARDRAIL &&
            !add_call(l, slice->cols[C_IDENTITY_KEY][i], of, started[i]))
            return false;
    }
    return true;
}

static int compare_hits(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;

    if (x->of != y->of)
        return x->of < y->of ? -1 : 1;
    if (x->name != y->name)
        return x->name < y->name ? -1 : 1;
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

static bool same_group(const struct hit *a, const struct hit *b)
{
    return a->of == b->of && a->name == b->name;
}

/* n hits of one group, in order of time, those without one first. */
static struct group group_of(const struct list *l, const struct hit *hits, size_t n)
{
    struct group g = {.name = l->names[hits->name], .of = hits->of, .calls = (int64_t)n};
    size_t timed = 0;

    while (timed < n && hits[timed].started_us == CALL_MISSING)
        timed++;
    g.timed = (int64_t)(n - timed);
    if (g.timed) {
        g.first_us = hits[timed].started_us;
        g.last_us = hits[n - 1].started_us;
        g.peak = peak_of(hits + timed, n - timed);
    }
    return g;
}

static enum err sum_up(struct list *l, struct error *err)
{
    if (l->n_hits)
        qsort(l->hits, l->n_hits, sizeof(*l->hits), compare_hits);
    for (size_t i = 0, end; i < l->n_hits; i = end) {
        struct group *groups = grow(l->groups, l->n_groups, sizeof(*groups));

        if (!groups)
            return no_memory(err);
        l->groups = groups;
        for (end = i + 1; end < l->n_hits && same_group(&l->hits[i], &l->hits[end]);)
            end++;
        groups[l->n_groups++] = group_of(l, l->hits + i, end - i);
    }
    return OK;
}

static int latest_last(const void *a, const void *b)
{
    const struct group *x = *(struct group *const *)a, *y = *(struct group *const *)b;

    if (x->of != y->of)
        return x->of < y->of ? -1 : 1;
    return x->last_us < y->last_us ? -1 : x->last_us > y->last_us;
}

/* Calls after each group's last one. */
struct since {
    struct group **by_last; /* those with a time, in order of scan group and last */
    size_t *first;          /* of each scan group there; one more: their number */
    int64_t *after; /* [first[of] + of + i]: calls behind the last of i of them, and of no more */
    size_t n;
};

static bool visit_since(void *ctx, const struct slice *slice)
{
    struct since *x = ctx;
    const int64_t *started = slice->cols[F_STARTED_US];

    for (int64_t i = 0; i < slice->rows; i++) {
        uint32_t of = slice->group[i];
        size_t low, high;

        if (of == SCAN_OUT || started[i] == CALL_MISSING)
            continue;
        low = x->first[of];
        high = x->first[of + 1];
        while (low < high) {
            size_t mid = low + (high - low) / 2;

            if (x->by_last[mid]->last_us < started[i])
                low = mid + 1;
            else
                high = mid;
        }
        x->after[low + of]++;
    }
    return true;
}

static void order_by_last(struct list *l, struct since *x, uint32_t scan_groups)
{
    size_t i = 0;

    for (size_t k = 0; k < l->n_groups; k++)
        if (l->groups[k].timed)
            x->by_last[x->n++] = &l->groups[k];
    if (x->n)
        qsort(x->by_last, x->n, sizeof(*x->by_last), latest_last);
    for (uint32_t of = 0; of < scan_groups; of++) {
        x->first[of] = i;
        while (i < x->n && x->by_last[i]->of == of)
            i++;
    }
    x->first[scan_groups] = i;
}

static enum err count_since(struct list *l, struct error *err)
{
    uint32_t groups = scan_groups(l->scan);
    struct since x = {.by_last = calloc(l->n_groups + 1, sizeof(struct group *)),
                      .first = calloc((size_t)groups + 1, sizeof(size_t)),
                      .after = calloc(l->n_groups + groups + 1, sizeof(int64_t))};
    enum err rc = x.by_last && x.first && x.after ? OK : no_memory(err);

    if (!rc) {
        order_by_last(l, &x, groups);
        rc = scan_walk(l->scan, CALL_BIT_STARTED, visit_since, &x, err);
    }
    for (uint32_t of = 0; !rc && of < groups; of++) {
        int64_t sum = 0;

        for (size_t i = x.first[of + 1]; i > x.first[of]; i--) {
            sum += x.after[i + of];
            x.by_last[i - 1]->since = sum;
        }
    }
    free(x.by_last);
    free(x.first);
    free(x.after);
    return rc;
}

/* ---- the table ---------------------------------------------------------------------------------
 */

static double expected(const struct list *l, const struct group *g)
{
    return (double)g->timed * (double)g->since /
           (double)(l->shares[g->of].timed - g->since);
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

    if (!list_words_add_columns(&l->words))
        return no_memory(err);
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        struct column *c = table_add_column(l->t, heads[i].key, heads[i].title, heads[i].unit);

        if (!c)
            return no_memory(err);
        c->in_text = c->in_data = true;
        c->drop = heads[i].drop;
    }
    return OK;
}

/* What the dimensions of the scan say of each group. */
static enum err find_words(struct list *l, struct error *err)
{
    l->words.scan = l->scan;
    for (size_t i = 0; i < l->n_groups; i++) {
        struct group *g = &l->groups[i];

        g->words = list_words_of(&l->words, g->of, &g->when);
        if (!g->words)
            return no_memory(err);
    }
    return OK;
}

static int compare_rows(const void *a, const void *b, void *ctx)
{
    const struct list *l = ctx;
    const struct group *x = a, *y = b;
    int cmp;

    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    if (x->calls != y->calls)
        return x->calls > y->calls ? -1 : 1;
    cmp = compare_names(&x->name, &y->name);
    for (size_t d = 0; !cmp && d < l->spec->calls.n_by; d++)
        cmp = sv_cmp(x->words[d], y->words[d]);
    return cmp;
}

static struct cell word_cell(const struct list *l, const struct group *g, size_t column)
{
    const char *by = l->spec->by[column];

    if (strcmp(by, "rule") == 0)
        return name_cell(g->name.rule);
    if (strcmp(by, "action") == 0)
        return name_cell(g->name.action);
    return list_words_cell(&l->words, g->words, column);
}

static enum err add_rows(struct list *l, struct error *err)
{
    size_t rows = l->n_groups, shown;

    if (rows)
        qsort_r(l->groups, rows, sizeof(*l->groups), compare_rows, l);
    shown = l->spec->limit && (size_t)l->spec->limit < rows ? (size_t)l->spec->limit : rows;
    for (size_t i = 0; i < shown; i++) {
        const struct group *g = &l->groups[i];
        struct row *row = table_add_row(l->t);
        struct cell *c = row ? row->cells : NULL;

        if (!row)
            return no_memory(err);
        for (size_t k = 0; k < l->spec->n_by; k++)
            *c++ = word_cell(l, g, k);
        *c++ = cell_int(g->calls);
        *c++ = cell_real((double)g->calls / (double)l->shares[g->of].calls);
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

/* The scan stays open: its axes say what the rows are called. */
static enum err walk(struct store *s, struct list *l, struct error *err)
{
    const uint64_t columns =
        CALL_BIT_STARTED | UINT64_C(1) << F_FLAGS | UINT64_C(1) << C_IDENTITY_KEY;
    struct scan_spec calls = l->spec->calls;
    struct scan_counts counts;
    enum err rc = scan_refuse_tags(&calls, err);

    calls.jobs = 1; /* what is added up is shared */
    if (!rc)
        rc = scan_open(s, &calls, &l->scan, err);
    if (!rc)
        rc = scan_walk(l->scan, columns, visit_calls, l, err);
    if (!rc)
        rc = sum_up(l, err);
    if (!rc)
        rc = count_since(l, err);
    if (!rc) {
        counts = scan_counts(l->scan);
        rc = head_fill_list(l->t, s, "report", &calls, counts) ? OK : no_memory(err);
    }
    return rc ? rc : find_words(l, err);
}

enum err guardrail_list(struct store *s, const struct guardrail_spec *spec, struct table *out,
                        struct error *err)
{
    struct list l = {.spec = spec,
                     .t = out,
                     .words = {out, spec->by, spec->n_by, &spec->calls, NULL}};
    enum err rc;

    for (size_t i = 0; i < spec->n_by; i++) {
        l.by_rule |= strcmp(spec->by[i], "rule") == 0;
        l.by_action |= strcmp(spec->by[i], "action") == 0;
    }
    rc = store_each_guardrail(s, load_event, &l, err);
    if (!rc)
        rc = find_names(&l, err);
    if (!rc)
        rc = walk(s, &l, err);
    if (!rc)
        rc = add_columns(&l, err);
    if (!rc)
        rc = add_rows(&l, err);
    scan_close(l.scan);
    free(l.names);
    free(l.events);
    free(l.hits);
    free(l.groups);
    free(l.shares);
    return rc;
}
