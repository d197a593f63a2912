/* trace_load: see the header. */
#include "query/trace_load.h"

#include <stdlib.h>
#include "base/hash.h"
#include "query/keymap.h"
#include "query/trace_shape.h"
#include "base/banned.h"

/* The tree while it grows. */
struct loading {
    struct store *s;
    struct trace_tree *t;
    enum cost_choice cost;
    struct keymap spans; /* hash of a span's id to its place in span_node */
    uint32_t *span_node;
    uint32_t cap_span_node;
    struct keymap calls; /* call_id to its place in call_node: no call comes twice */
    uint32_t *call_node;
    uint32_t cap_call_node;
    struct keymap requests; /* hashes of request ids that were asked for steps */
    struct step_list steps;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for a trace");
}

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

/* ---- calls -------------------------------------------------------------------------------- */

int64_t call_entry_cost(const struct call_entry *c, enum cost_choice cost)
{
    int64_t room[1];
    const int64_t *cols[C_COUNT];

    for (int i = 0; i < C_COUNT; i++)
        cols[i] = &c->v[i];
    return call_values(V_COST_NUSD, cost, cols, 1, room)[0];
}

static bool unpriced(const struct call_entry *c)
{
    const int64_t *cols[C_COUNT];

    for (int i = 0; i < C_COUNT; i++)
        cols[i] = &c->v[i];
    return call_unpriced(cols, 0);
}

struct trace_sums call_entry_sums(const struct call_entry *c, enum cost_choice cost)
{
    int64_t nusd = call_entry_cost(c, cost);
    int64_t in = c->v[F_INPUT_TOKENS], out = c->v[F_OUTPUT_TOKENS];

    return (struct trace_sums){
        .calls = 1,
        .unpriced = !known(nusd) && unpriced(c),
        .cost_nusd = known(nusd) ? nusd : 0,
        .cost_n = known(nusd),
        .input_tokens = known(in) ? in : 0,
        .input_n = known(in),
        .output_tokens = known(out) ? out : 0,
        .output_n = known(out),
    };
}

/* ---- nodes -------------------------------------------------------------------------------- */

static struct trace_node *add_node(struct loading *l, enum trace_kind kind, uint32_t *index)
{
    struct trace_tree *t = l->t;

    if (t->n == t->cap) {
        uint32_t cap = t->cap ? 2 * t->cap : 64;
        struct trace_node *grown =
            cap > t->cap && cap < TRACE_NONE / 2 ? realloc(t->nodes, cap * sizeof(*grown)) : NULL;

        if (!grown)
            return NULL;
        t->nodes = grown;
        t->cap = cap;
    }
    *index = t->n;
    t->nodes[t->n] = (struct trace_node){
        .kind = kind,
        .started_us = CALL_MISSING,
        .ended_us = CALL_MISSING,
        .duration_us = CALL_MISSING,
        .status = CALL_MISSING,
        .parent = TRACE_NONE,
        .first_child = TRACE_NONE,
        .next_sibling = TRACE_NONE,
        .uncovered_us = CALL_MISSING,
        .critical_us = CALL_MISSING,
    };
    return &t->nodes[t->n++];
}

/* Notes that key stands for a node; a key that is there keeps its first one. */
static bool note(struct keymap *map, uint32_t **nodes, uint32_t *cap, uint64_t key, uint32_t node)
{
    uint32_t before = map->n, place = keymap_add(map, key);

    if (place == KEYMAP_NONE)
        return false;
    if (place < before)
        return true;
    if (place >= *cap) {
        uint32_t wanted = *cap ? 2 * *cap : 64;
        uint32_t *grown = realloc(*nodes, wanted * sizeof(*grown));

        if (!grown)
            return false;
        *nodes = grown;
        *cap = wanted;
    }
    (*nodes)[place] = node;
    return true;
}

static uint64_t id_key(struct sv id)
{
    return hash64(id.p, id.n, 0);
}

static uint32_t node_of_span(const struct loading *l, struct sv id)
{
    uint32_t place = id.n ? keymap_find(&l->spans, id_key(id)) : KEYMAP_NONE;

    if (place == KEYMAP_NONE || !sv_eq(l->t->nodes[l->span_node[place]].id, id))
        return TRACE_NONE;
    return l->span_node[place];
}

static uint32_t node_of_call(const struct loading *l, int64_t call_id)
{
    uint32_t place = known(call_id) ? keymap_find(&l->calls, (uint64_t)call_id) : KEYMAP_NONE;

    return place == KEYMAP_NONE ? TRACE_NONE : l->call_node[place];
}

/* Reads a call into the arena; *out stays NULL when it is gone. */
static enum err read_call(struct loading *l, int64_t call_id, const struct call_entry **out,
                          struct error *err)
{
    struct call_entry *call = arena_zalloc(&l->t->arena, 1, sizeof(*call));
    enum err rc = call ? store_call(l->s, call_id, &l->t->arena, call, err) : no_memory(err);

    if (!rc)
        *out = call;
    return rc == ERR_NOT_FOUND ? OK : rc; /* a span may point to a call that is gone */
}

/* Hangs a call on a node. */
static enum err attach_call(struct loading *l, uint32_t index, const struct call_entry *call,
                            struct error *err)
{
    struct trace_node *n = &l->t->nodes[index];

    if (!note(&l->calls, &l->call_node, &l->cap_call_node, (uint64_t)call->id, index))
        return no_memory(err);
    n->call = call;
    n->shadowed = known(call->v[C_SHADOWED]);
    if (!n->shadowed)
        n->own = call_entry_sums(call, l->cost);
    return OK;
}

/* The span that a call has under its own id: some sources give both, and neither says so. */
static uint32_t span_of_call(const struct loading *l, const struct call_entry *call)
{
    uint32_t node = node_of_span(l, call->span);

    if (node == TRACE_NONE)
        node = node_of_span(l, call->own);
    return node == TRACE_NONE || l->t->nodes[node].call ? TRACE_NONE : node;
}

static enum err add_call_node(struct loading *l, const struct call_entry *call, struct error *err)
{
    const int64_t *v = call->v;
    uint32_t index;
    struct trace_node *n = add_node(l, NODE_CALL, &index);

    if (!n)
        return no_memory(err);
    n->id = call->span;
    n->parent_id = call->parent;
    n->name = store_dimension_text(l->s, F_OPERATION, v[F_OPERATION]);
    n->service = store_dimension_text(l->s, F_SERVICE, v[F_SERVICE]);
    n->error_kind = store_dimension_text(l->s, F_ERROR_KIND, v[F_ERROR_KIND]);
    n->span_kind = SV("llm");
    n->started_us = v[F_STARTED_US];
    n->duration_us = v[F_LATENCY_US];
    if (known(n->started_us) && known(n->duration_us) &&
        __builtin_add_overflow(n->started_us, n->duration_us, &n->ended_us))
        n->ended_us = CALL_MISSING;
    n->status = v[F_STATUS];
    n->source_id = v[C_SOURCE_ID];
    n->source_line = v[C_SOURCE_LINE];
    n->failed = n->status == STATUS_ERROR;
    if (n->id.n && !note(&l->spans, &l->span_node, &l->cap_span_node, id_key(n->id), index))
        return no_memory(err);
    return attach_call(l, index, call, err);
}

static enum err add_call(struct loading *l, int64_t call_id, struct error *err)
{
    const struct call_entry *call = NULL;
    uint32_t span;
    enum err rc;

    if (node_of_call(l, call_id) != TRACE_NONE)
        return OK;
    rc = read_call(l, call_id, &call, err);
    if (rc || !call)
        return rc;
    span = span_of_call(l, call);
    return span == TRACE_NONE ? add_call_node(l, call, err) : attach_call(l, span, call, err);
}

static enum err add_span(struct loading *l, const struct span_row *row, struct error *err)
{
    uint32_t index;
    struct trace_node *n = add_node(l, NODE_SPAN, &index);

    if (!n)
        return no_memory(err);
    n->id = row->span;
    n->parent_id = row->parent;
    n->name = row->name;
    n->span_kind = row->kind;
    n->service = row->service;
    n->scope = row->scope;
    n->error_kind = row->error_type;
    n->attributes = row->attributes;
    n->started_us = row->started_us;
    n->ended_us = row->ended_us;
    n->status = row->status;
    n->source_id = row->source_id;
    n->source_line = row->source_line;
    n->span_row = row->row;
    n->failed = row->status == STATUS_ERROR;
    if (n->id.n && !note(&l->spans, &l->span_node, &l->cap_span_node, id_key(n->id), index))
        return no_memory(err);
    if (known(row->call_id)) {
        const struct call_entry *call = NULL;
        enum err rc = read_call(l, row->call_id, &call, err);

        return rc || !call ? rc : attach_call(l, index, call, err);
    }
    return OK;
}

/* ---- what to load ------------------------------------------------------------------------- */

static enum err load_spans(struct loading *l, struct error *err)
{
    struct span_row *rows;
    int64_t key;
    size_t n;
    bool there;
    enum err rc = store_trace_key(l->s, l->t->id, &key, &there, err);

    if (rc || !there)
        return rc;
    rc = store_trace_spans(l->s, key, &l->t->arena, &rows, &n, err);
    for (size_t i = 0; i < n && !rc; i++)
        rc = add_span(l, &rows[i], err);
    return rc;
}

static enum err load_calls_of(struct loading *l, enum found_kind kind, struct error *err)
{
    int64_t *calls = NULL;
    size_t n = 0;
    enum err rc = store_calls_of(l->s, kind, l->t->id, &calls, &n, err);

    for (size_t i = 0; i < n && !rc; i++)
        rc = add_call(l, calls[i], err);
    free(calls);
    return rc;
}

/* Calls of a session: from the column of its keys. */
static enum err load_session(struct loading *l, struct error *err)
{
    int64_t *ids = NULL;
    size_t n = 0;
    int64_t key;
    bool there;
    enum err rc = store_session_key(l->s, l->t->id, &key, &there, err);

    if (!rc && there)
        rc = store_calls_of_session(l->s, key, &ids, &n, err);
    for (size_t i = 0; i < n && !rc; i++)
        rc = add_call(l, ids[i], err);
    free(ids);
    return rc;
}

static enum err load_steps(struct loading *l, struct error *err)
{
    struct trace_tree *t = l->t;
    struct sv trace = t->subject == SUBJECT_TRACE ? t->id : SV_NONE;
    struct sv request = t->subject == SUBJECT_REQUEST ? t->id : SV_NONE;
    enum err rc = store_steps(l->s, CALL_MISSING, request, trace, &t->arena, &l->steps, err);

    if (request.n && keymap_add(&l->requests, id_key(request)) == KEYMAP_NONE)
        return no_memory(err);
    for (uint32_t i = 0; i < t->n && !rc; i++) {
        const struct call_entry *call = t->nodes[i].call;
        struct sv asked = SV_NONE;

        if (!call)
            continue;
        if (call->request.n) { /* once for each request, however many calls it made */
            uint32_t before = l->requests.n;

            if (keymap_add(&l->requests, id_key(call->request)) == KEYMAP_NONE)
                return no_memory(err);
            asked = l->requests.n > before ? call->request : SV_NONE;
        }
        rc = store_steps(l->s, call->id, asked, SV_NONE, &t->arena, &l->steps, err);
    }
    return rc;
}

/* A tool call that was logged as a span, too: its identity ends in the span's id. */
static uint32_t span_of_step(const struct loading *l, const struct step_row *step)
{
    struct sv id = step->identity;

    for (size_t i = id.n; i-- > 0;)
        if (id.p[i] == ':')
            return node_of_span(l, (struct sv){id.p + i + 1, id.n - i - 1});
    return TRACE_NONE;
}

static enum err add_step(struct loading *l, const struct step_row *step, struct error *err)
{
    uint32_t index = step->branch ? TRACE_NONE : span_of_step(l, step);
    struct trace_node *n;

    if (index != TRACE_NONE) {
        l->t->nodes[index].step = step;
        return OK;
    }
    n = add_node(l, step->branch ? NODE_BRANCH : NODE_TOOL, &index);
    if (!n)
        return no_memory(err);
    n->step = step;
    n->name = step->name;
    n->span_kind = step->branch ? SV("branch") : SV("tool");
    n->error_kind = step->error_kind;
    n->started_us = step->started_us;
    n->ended_us = step->ended_us;
    n->duration_us = step->latency_us;
    if (!known(n->ended_us) && known(n->started_us) && known(n->duration_us) &&
        __builtin_add_overflow(n->started_us, n->duration_us, &n->ended_us))
        n->ended_us = CALL_MISSING;
    n->status = step->status;
    n->failed = step->status == STATUS_ERROR;
    n->source_id = step->source_id;
    n->source_line = step->source_line;
    n->parent = node_of_call(l, step->call_id);
    return OK;
}

/* Whole rows may come by several ways: once is enough. */
static enum err add_steps(struct loading *l, struct error *err)
{
    struct keymap seen = {0};
    enum err rc = OK;

    for (size_t i = 0; i < l->steps.n && !rc; i++) {
        const struct step_row *step = &l->steps.v[i];
        uint32_t before = seen.n;

        if (keymap_add(&seen, (uint64_t)step->id * 2 + step->branch) == KEYMAP_NONE)
            rc = no_memory(err);
        else if (seen.n > before)
            rc = add_step(l, step, err);
    }
    keymap_release(&seen);
    return rc;
}

/* ---- parents ------------------------------------------------------------------------------ */

static enum err count_missing(struct loading *l, struct keymap *missing, struct sv id,
                              struct error *err)
{
    if (keymap_add(missing, id_key(id)) == KEYMAP_NONE)
        return no_memory(err);
    l->t->missing_parents = missing->n;
    return OK;
}

static enum err find_parents(struct loading *l, struct error *err)
{
    struct trace_tree *t = l->t;
    struct keymap missing = {0};
    enum err rc = OK;

    for (uint32_t i = 0; i < t->n && !rc; i++) {
        struct trace_node *n = &t->nodes[i];

        if (!n->parent_id.n || n->parent != TRACE_NONE)
            continue;
        n->parent = node_of_span(l, n->parent_id);
        if (n->parent == i)
            n->parent = TRACE_NONE;
        n->orphan = n->parent == TRACE_NONE;
        if (n->orphan)
            rc = count_missing(l, &missing, n->parent_id, err);
    }
    keymap_release(&missing);
    return rc;
}

/* Without a parent and no span: it belongs to the request as a whole. */
static bool is_loose(const struct trace_node *n)
{
    return n->parent == TRACE_NONE && n->kind != NODE_SPAN;
}

/* What is loose goes below the only root span, or, where there is none, below a group. */
static enum err gather(struct loading *l, struct error *err)
{
    static const char *const names[] = {
        [SUBJECT_TRACE] = "trace", [SUBJECT_SESSION] = "session", [SUBJECT_REQUEST] = "request"};
    struct trace_tree *t = l->t;
    uint32_t loose = 0, orphans = 0, span_roots = 0, root = TRACE_NONE, last = t->n;
    bool steps = false; /* of a loose call: they happen beside it, not in it */

    for (uint32_t i = 0; i < last; i++) {
        const struct trace_node *n = &t->nodes[i];
        bool top = n->parent == TRACE_NONE && n->kind == NODE_SPAN;

        loose += is_loose(n);
        orphans += top && n->orphan;
        span_roots += top && !n->orphan;
        root = top && !n->orphan ? i : root;
        steps = steps || (n->step && n->parent != TRACE_NONE && is_loose(&t->nodes[n->parent]));
    }
    if (!loose || span_roots > 1 || (!span_roots && loose + orphans < 2 && !steps))
        return OK;
    if (!span_roots) {
        if (!add_node(l, NODE_GROUP, &root))
            return no_memory(err);
        t->nodes[root].name = sv_from(names[t->subject]);
    }
    for (uint32_t i = 0; i < last; i++)
        if (i != root &&
            (is_loose(&t->nodes[i]) || (!span_roots && t->nodes[i].parent == TRACE_NONE)))
            t->nodes[i].parent = root;
    return OK;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static enum err load(struct loading *l, struct error *err)
{
    struct trace_tree *t = l->t;
    enum err rc = OK;

    if (t->subject == SUBJECT_TRACE)
        rc = load_spans(l, err);
    if (!rc && t->subject == SUBJECT_SESSION)
        rc = load_session(l, err);
    else if (!rc)
        rc = load_calls_of(l, t->subject == SUBJECT_TRACE ? FOUND_TRACE : FOUND_REQUEST, err);
    if (!rc)
        rc = load_steps(l, err);
    if (!rc)
        rc = add_steps(l, err);
    if (rc)
        return rc;
    if (!t->n)
        return error_set(err, ERR_NOT_FOUND, "nothing has the id %.*s", SV_FMT(t->id));
    rc = find_parents(l, err);
    if (!rc)
        rc = gather(l, err);
    return rc ? rc : trace_shape(t, err);
}

enum err trace_load(struct store *s, enum subject_kind kind, struct sv id, enum cost_choice cost,
                    struct trace_tree *out, struct error *err)
{
    struct trace_tree t = {.subject = kind};
    struct loading l = {.s = s, .t = &t, .cost = cost};
    enum err rc;

    t.id = arena_copy(&t.arena, id);
    rc = t.id.p ? load(&l, err) : no_memory(err);
    keymap_release(&l.spans);
    keymap_release(&l.calls);
    keymap_release(&l.requests);
    free(l.span_node);
    free(l.call_node);
    if (rc)
        trace_release(&t);
    else
        *out = t;
    return rc;
}

void trace_release(struct trace_tree *t)
{
    free(t->nodes);
    arena_release(&t->arena);
    *t = (struct trace_tree){.n = 0};
}
