/* step_runs: see the header. */
#include "query/step_runs.h"

#include <stdlib.h>
#include "base/hash.h"
#include "query/scan.h"
#include "base/banned.h"

enum id_kind_of_run { RUN_BY_TRACE = 1, RUN_BY_REQUEST, RUN_BY_SESSION };

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for what belongs to a request");
}

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

/* The array with room for one more element behind n; NULL when out of memory: it is as before. */
static void *grown(void *array, uint32_t n, uint32_t *cap, size_t size)
{
    uint32_t wanted = *cap ? *cap * 2 : 256;
    void *bigger;

    if (n < *cap)
        return array;
    bigger = wanted > *cap ? realloc(array, wanted * size) : NULL;
    *cap = bigger ? wanted : *cap;
    return bigger;
}

/* ---- ids ---------------------------------------------------------------------------------- */

/* Number of an id among those met, or KEYMAP_NONE. */
static uint32_t find_id(const struct step_runs *r, enum id_kind_of_run kind, struct sv id)
{
    for (uint64_t key = hash64(id.p, id.n, kind);; key++) {
        uint32_t place = keymap_find(&r->keys, key);

        if (place == KEYMAP_NONE || sv_eq(r->ids[place], id))
            return place;
    }
}

/* Lets an id that is not there find run. */
static bool add_id(struct step_runs *r, enum id_kind_of_run kind, struct sv id, uint32_t run)
{
    uint64_t key = hash64(id.p, id.n, kind);
    uint32_t n = r->keys.n, cap = r->cap_ids;
    struct sv *ids = grown(r->ids, n, &cap, sizeof(*ids));
    uint32_t *run_of;

    if (!ids)
        return false;
    r->ids = ids;
    run_of = grown(r->run_of, n, &r->cap_ids, sizeof(*run_of));
    if (!run_of)
        return false;
    r->run_of = run_of;
    id = arena_copy(&r->arena, id);
    while (keymap_find(&r->keys, key) != KEYMAP_NONE)
        key++;
    if (!id.p || keymap_add(&r->keys, key) == KEYMAP_NONE)
        return false;
    r->ids[n] = id;
    r->run_of[n] = run;
    return true;
}

bool step_runs_find(struct step_runs *r, const struct step_brief *step, uint32_t *out)
{
    bool in_session = !step->trace.p && !step->request.p && known(step->session_key);
    const struct sv ids[] = {
        [RUN_BY_TRACE] = step->trace,
        [RUN_BY_REQUEST] = step->request,
        [RUN_BY_SESSION] =
            in_session ? (struct sv){(const char *)&step->session_key, sizeof(step->session_key)}
                       : SV_NONE,
    };
    uint32_t places[ARRAY_LEN(ids)], run = RUN_NONE;
    bool any = false;

    for (size_t k = RUN_BY_TRACE; k < ARRAY_LEN(ids); k++) {
        places[k] = ids[k].p ? find_id(r, (enum id_kind_of_run)k, ids[k]) : KEYMAP_NONE;
        any |= ids[k].p != NULL;
        if (places[k] != KEYMAP_NONE && run == RUN_NONE)
            run = r->run_of[places[k]];
    }
    *out = RUN_NONE;
    if (!any)
        return true;
    if (run == RUN_NONE) {
        struct run *runs = grown(r->runs, r->n, &r->cap, sizeof(*runs));

        if (!runs)
            return false;
        r->runs = runs;
        run = r->n++;
        r->runs[run] =
            (struct run){.call_id = CALL_MISSING, .first_us = INT64_MAX, .last_us = INT64_MIN};
    }
    for (size_t k = RUN_BY_TRACE; k < ARRAY_LEN(ids); k++)
        if (ids[k].p && places[k] == KEYMAP_NONE && !add_id(r, (enum id_kind_of_run)k, ids[k], run))
            return false;
    *out = run;
    return true;
}

bool step_runs_add(struct step_runs *r, const struct run_item *item)
{
    struct run_item *items = grown(r->items, r->n_items, &r->cap_items, sizeof(*items));

    if (!items)
        return false;
    r->items = items;
    r->items[r->n_items++] = *item;
    return true;
}

/* ---- calls -------------------------------------------------------------------------------- */

struct calls_of_slice {
    struct step_runs *r;
    const struct slice *slice;
    const int64_t *costs;
    int64_t *room;
    enum cost_choice cost;
    struct store *s;
    bool failed;
};

static bool add_to_run(struct step_runs *r, uint32_t run, int64_t call_id, struct run_item item)
{
    struct run *to = &r->runs[run];

    if (!known(to->call_id) || (known(item.at_us) && item.at_us < to->call_us)) {
        to->call_id = call_id;
        to->call_us = known(item.at_us) ? item.at_us : INT64_MAX;
    }
    item.run = run;
    return step_runs_add(r, &item);
}

static bool see_call(void *ctx, int64_t place, const struct call_belongs *to)
{
    const struct calls_of_slice *c = ctx;
    const int64_t *const *cols = c->slice->cols;
    const struct sv ids[] = {
        [RUN_BY_TRACE] = to->trace,
        [RUN_BY_REQUEST] = to->request,
        [RUN_BY_SESSION] = {(const char *)&cols[C_SESSION_KEY][place], sizeof(int64_t)},
    };
    uint32_t runs[ARRAY_LEN(ids)];
    struct run_item item = {.kind = ITEM_CALL,
                            .at_us = cols[F_STARTED_US][place],
                            .latency_us = cols[F_LATENCY_US][place],
                            .value = c->costs[place]};

    if (c->slice->group[place] == SCAN_OUT)
        return true;
    item.flags |= cols[F_STATUS][place] == STATUS_ERROR ? ITEM_FAILED : 0;
    if (!known(item.value) && call_unpriced(cols, place))
        item.flags |= ITEM_UNPRICED;
    for (size_t k = RUN_BY_TRACE; k < ARRAY_LEN(ids); k++) {
        uint32_t id = ids[k].p && (k != RUN_BY_SESSION || known(cols[C_SESSION_KEY][place]))
                          ? find_id(c->r, (enum id_kind_of_run)k, ids[k])
                          : KEYMAP_NONE;
        bool twice = false;

        runs[k] = id == KEYMAP_NONE ? RUN_NONE : c->r->run_of[id];
        for (size_t j = RUN_BY_TRACE; j < k; j++)
            twice |= runs[j] == runs[k];
        if (runs[k] != RUN_NONE && !twice && !add_to_run(c->r, runs[k], to->call_id, item))
            return false;
    }
    return true;
}

static bool see_slice(void *ctx, const struct slice *slice)
{
    struct calls_of_slice *c = ctx;

    c->slice = slice;
    c->costs = call_values(V_COST_NUSD, c->cost, slice->cols, slice->rows, c->room);
    c->failed = c->failed || store_each_trace(c->s, slice->chunk, see_call, c, NULL) != OK;
    return !c->failed;
}

enum err step_runs_add_calls(struct step_runs *r, struct store *s, enum cost_choice cost,
                             struct error *err)
{
    static const struct zone utc = {.name = "UTC"};
    struct scan_spec spec = {.zone = &utc, .cost = cost, .jobs = 1}; /* it goes back to the store */
    struct calls_of_slice c = {.r = r, .cost = cost, .s = s};
    enum err rc;

    if (!r->n)
        return OK;
    c.room = malloc(CHUNK_ROWS * sizeof(*c.room));
    if (!c.room)
        return no_memory(err);
    rc = scan_open(s, &spec, &r->scan, err);
    if (!rc)
        rc = scan_walk(r->scan,
                       COLUMN(F_STARTED_US) | COLUMN(F_LATENCY_US) | COLUMN(F_STATUS) |
                           COLUMN(C_SESSION_KEY) | UNPRICED_COLUMNS |
                           call_value_columns(V_COST_NUSD),
                       see_slice, &c, err);
    free(c.room);
    return rc;
}

/* ---- what follows what -------------------------------------------------------------------- */

static int64_t end_of(const struct run_item *item)
{
    int64_t end = item->at_us;

    if (known(end) && known(item->latency_us) &&
        __builtin_add_overflow(end, item->latency_us, &end))
        return CALL_MISSING;
    return end;
}

static void add_up(struct run *run, const struct run_item *item)
{
    int64_t end = end_of(item);

    if (known(item->at_us) && item->at_us < run->first_us)
        run->first_us = item->at_us;
    if (known(end) && end > run->last_us)
        run->last_us = end;
    run->failed += (item->flags & ITEM_FAILED) != 0;
    run->human |= item->kind == ITEM_DECISION && item->flags & ITEM_HUMAN;
    if (item->kind != ITEM_CALL)
        return;
    run->calls++;
    run->unpriced += (item->flags & ITEM_UNPRICED) != 0;
    if (!known(item->value))
        return;
    run->priced++;
    if (__builtin_add_overflow(run->cost_nusd, item->value, &run->cost_nusd))
        run->cost_nusd = INT64_MAX;
}

/* Where in the request at hand a name was met; those of other requests do not count. */
struct met {
    uint32_t run; /* + 1 */
    uint32_t at;  /* in the order of its items */
};

/* Items of one request in order. Each of its steps looks at a few others, however many there are: a
 * log may hold a million in one. */
struct stretch {
    struct step_runs *r;
    uint32_t run, n;
    const uint32_t *order;
    uint32_t *calls, n_calls;  /* where the calls with a time are */
    uint32_t *decided;         /* where the node that a decision chose decides next; n: nowhere */
    struct met *tools, *nodes; /* by code of a name: room for all requests */
};

static struct run_item *at(const struct stretch *s, uint32_t i)
{
    return &s->r->items[s->order[i]];
}

static bool met(const struct stretch *s, const struct met *names, uint32_t name, uint32_t *where)
{
    *where = names[name].at;
    return names[name].run == s->run + 1;
}

static void meet(const struct stretch *s, struct met *names, uint32_t name, uint32_t where)
{
    names[name] = (struct met){s->run + 1, where};
}

/* The cost of the first call behind place i that begins at `end` or later; missing when there is
 * none. */
static int64_t cost_after(const struct stretch *s, uint32_t i, int64_t end)
{
    uint32_t low = 0, high = s->n_calls;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2, k = s->calls[middle];

        if (k > i && at(s, k)->at_us >= end)
            high = middle;
        else
            low = middle + 1;
    }
    return low < s->n_calls ? at(s, s->calls[low])->value : CALL_MISSING;
}

static void settle_tools(struct stretch *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (at(s, i)->kind == ITEM_CALL && known(at(s, i)->at_us))
            s->calls[s->n_calls++] = i;
    for (uint32_t i = 0; i < s->n; i++) {
        struct run_item *tool = at(s, i);
        int64_t end = end_of(tool);
        uint32_t last;

        if (tool->kind != ITEM_TOOL)
            continue;
        if (met(s, s->tools, tool->name, &last) && at(s, last)->flags & ITEM_FAILED)
            tool->flags |= ITEM_RETRY;
        meet(s, s->tools, tool->name, i);
        tool->value = known(end) ? cost_after(s, i, end) : CALL_MISSING;
    }
}

static bool asks(const struct run_item *item)
{
    return item->kind == ITEM_DECISION && item->flags & ITEM_HUMAN;
}

static bool answers(const struct run_item *item)
{
    return item->kind == ITEM_TOOL && item->flags & ITEM_HUMAN;
}

/* From the end on, so that the next decision of a node is the one that was met last. */
static void find_next_decisions(struct stretch *s)
{
    for (uint32_t i = s->n; i-- > 0;) {
        const struct run_item *item = at(s, i);

        if (item->kind != ITEM_DECISION)
            continue;
        if (!met(s, s->nodes, item->name, &s->decided[i]))
            s->decided[i] = s->n;
        meet(s, s->nodes, item->from, i);
    }
}

static void answer_by_tool(struct run_item *asked, const struct run_item *tool)
{
    asked->value = tool->latency_us;
    asked->flags |= tool->flags & ITEM_OPEN ? 0 : ITEM_ANSWERED;
}

static void answer_by_decision(struct run_item *asked, const struct run_item *decision)
{
    asked->flags |= ITEM_ANSWERED;
    if (known(asked->at_us) && known(decision->at_us))
        asked->value = decision->at_us - asked->at_us;
}

/* What a person did, each time for one decision, or what came of it, whichever is first. */
static void settle_decisions(struct stretch *s)
{
    uint32_t next = 0;

    find_next_decisions(s);
    for (uint32_t i = 0; i < s->n; i++) {
        struct run_item *item = at(s, i);

        if (item->kind != ITEM_DECISION)
            continue;
        item->value = CALL_MISSING;
        if (!asks(item))
            continue;
        for (next = next > i ? next : i + 1; next < s->n && !answers(at(s, next));)
            next++;
        if (next < s->decided[i])
            answer_by_tool(item, at(s, next++));
        else if (s->decided[i] < s->n)
            answer_by_decision(item, at(s, s->decided[i]));
    }
}

static void settle_run(struct stretch *s)
{
    struct run *run = &s->r->runs[s->run];

    run->first_us = INT64_MAX;
    run->last_us = INT64_MIN;
    for (uint32_t i = 0; i < s->n; i++)
        add_up(run, at(s, i));
    settle_tools(s);
    settle_decisions(s);
}

static enum err settle_runs(struct step_runs *r, struct error *err)
{
    uint32_t names = 1, most = 1;
    struct stretch s = {.r = r};
    enum err rc = OK;

    for (uint32_t i = 0; i < r->n_items; i++) {
        names = r->items[i].name >= names ? r->items[i].name + 1 : names;
        names = r->items[i].from >= names ? r->items[i].from + 1 : names;
    }
    for (uint32_t i = 0; i < r->n; i++)
        most = r->runs[i].n > most ? r->runs[i].n : most;
    s.calls = malloc(most * sizeof(*s.calls));
    s.decided = malloc(most * sizeof(*s.decided));
    s.tools = calloc(names, sizeof(*s.tools));
    s.nodes = calloc(names, sizeof(*s.nodes));
    if (!s.calls || !s.decided || !s.tools || !s.nodes)
        rc = no_memory(err);
    for (s.run = 0; s.run < r->n && !rc; s.run++) {
        s.n = r->runs[s.run].n;
        s.order = r->order + r->runs[s.run].first;
        s.n_calls = 0;
        settle_run(&s);
    }
    free(s.calls);
    free(s.decided);
    free(s.tools);
    free(s.nodes);
    return rc;
}

struct sort_entry {
    int64_t at_us;
    uint32_t run, item;
};

static int compare(const void *left, const void *right)
{
    const struct sort_entry *a = left, *b = right;
    int64_t at_a = known(a->at_us) ? a->at_us : INT64_MAX;
    int64_t at_b = known(b->at_us) ? b->at_us : INT64_MAX;

    if (a->run != b->run)
        return a->run < b->run ? -1 : 1;
    if (at_a != at_b)
        return at_a < at_b ? -1 : 1;
    return a->item < b->item ? -1 : a->item > b->item;
}

enum err step_runs_settle(struct step_runs *r, struct error *err)
{
    struct sort_entry *all = malloc((r->n_items + (size_t)1) * sizeof(*all));

    r->order = malloc((r->n_items + (size_t)1) * sizeof(*r->order));
    if (!all || !r->order) {
        free(all);
        return no_memory(err);
    }
    for (uint32_t i = 0; i < r->n_items; i++)
        all[i] = (struct sort_entry){r->items[i].at_us, r->items[i].run, i};
    qsort(all, r->n_items, sizeof(*all), compare);
    for (uint32_t i = 0; i < r->n_items; i++) {
        r->order[i] = all[i].item;
        if (all[i].run == RUN_NONE)
            continue;
        if (!r->runs[all[i].run].n++)
            r->runs[all[i].run].first = i;
    }
    free(all);
    return settle_runs(r, err);
}

void step_runs_release(struct step_runs *r)
{
    scan_close(r->scan);
    arena_release(&r->arena);
    keymap_release(&r->keys);
    free(r->ids);
    free(r->run_of);
    free(r->runs);
    free(r->items);
    free(r->order);
    *r = (struct step_runs){0};
}
