/* writer_plan: traces that begin in a batch are decided before their calls are stored, so that no
 * row has to be read and written once more for it. */
#include <stdlib.h>
#include "store/trace_calls.h"
#include "store/writer_internal.h"

#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the traces of a batch");
}

/* Formats put a span's call behind the span, sharing its ids, so both are walked side by side. A
 * span whose call is not found there is left to writer_decide_traces(), and so are those behind. */
static void link_calls(struct plan *p, const struct batch *b)
{
    size_t at = 0;

    for (size_t i = 0; i < b->n_spans && at < b->n_calls; i++) {
        const char *id = b->spans[i].span_id.p;
        if (!b->spans[i].has_usage)
            continue;
        while (at < b->n_calls &&
               (b->calls[at].id.kind != ID_SPAN || b->calls[at].id.span_id.p != id))
            at++;
        if (at < b->n_calls)
            p->spans[i].call = (uint32_t)++at;
    }
}

/* What a span says of the calls below it, as ids. */
static enum err context_ids(struct writer *w, const struct span_context *c,
                            const struct inheritance **out, struct error *err)
{
    struct inheritance *own = arena_zalloc(&w->plan.arena, 1, sizeof(*own));
    int64_t id;
    bool known;
    enum err rc = own ? OK : no_memory(err);

    for (int i = 0; i < CONTEXT_DIMS && !rc; i++) {
        if (!c->dim[i].n)
            continue;
        id = writer_value(w, span_context_fields[i], c->dim[i], err);
        if (id < 0)
            return err ? err->code : ERR_DB;
        inheritance_set(own, span_context_fields[i], id);
    }
    if (!rc && c->session_id.n) {
        rc = writer_key(w, &w->sessions, c->session_id, true, &id, &known, err);
        if (!rc)
            inheritance_set(own, C_SESSION_KEY, id);
    }
    if (!rc)
        *out = own;
    return rc;
}

/* Gives each span the key of its trace, and its context. A trace that was not stored before has no
 * other spans. */
static enum err find_traces(struct writer *w, struct plan *p, const struct batch *b,
                            struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; !rc && i < b->n_spans; i++) {
        size_t before = w->traces.added;
        bool known;
        p->spans[i].record = &b->spans[i];
        if (b->spans[i].context)
            rc = context_ids(w, b->spans[i].context, &p->spans[i].context, err);
        if (rc)
            break;
        if (i > 0 && sv_eq(b->spans[i].trace_id, b->spans[i - 1].trace_id)) {
            p->spans[i].trace_key = p->spans[i - 1].trace_key;
            continue;
        }
        rc = writer_key(w, &w->traces, b->spans[i].trace_id, true, &p->spans[i].trace_key, &known,
                        err);
        p->spans[i].begins = w->traces.added != before;
    }
    return rc;
}

static int compare_spans(const void *a, const void *b)
{
    const struct planned_span *x = a, *y = b;

    if (x->trace_key != y->trace_key)
        return x->trace_key > y->trace_key ? 1 : -1;
    return (x->record > y->record) - (x->record < y->record);
}

static int compare_ids(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static bool all_differ(struct plan *p, const struct trace_span *spans, size_t n, bool *failed)
{
    uint64_t *ids = arena_alloc(&p->arena, n * sizeof(*ids));

    *failed = !ids;
    if (!ids)
        return false;
    for (size_t i = 0; i < n; i++)
        ids[i] = spans[i].id;
    qsort(ids, n, sizeof(*ids), compare_ids);
    for (size_t i = 1; i < n; i++)
        if (ids[i] == ids[i - 1])
            return false;
    return true;
}

/* Puts the spans of each trace together. Nearly always they are: then there is nothing to move. */
static enum err group_traces(struct plan *p, struct error *err)
{
    uint64_t *runs = arena_alloc(&p->arena, p->n_spans * sizeof(*runs));
    size_t n = 0;
    bool together = true;

    if (!runs)
        return no_memory(err);
    for (size_t i = 0; i < p->n_spans; i++)
        if (i == 0 || p->spans[i].trace_key != p->spans[i - 1].trace_key)
            runs[n++] = (uint64_t)p->spans[i].trace_key;
    qsort(runs, n, sizeof(*runs), compare_ids);
    for (size_t i = 1; i < n; i++)
        together &= runs[i] != runs[i - 1];
    if (!together)
        qsort(p->spans, p->n_spans, sizeof(*p->spans), compare_spans);
    return OK;
}

/* The span as the tree sees it; *fits false when a stored call or a missing one makes it a case for
 * writer_decide_traces(). */
static enum err tree_span(struct writer *w, const struct planned_span *s, struct trace_span *out,
                          bool *fits, struct error *err)
{
    const struct span_record *r = s->record;
    const struct identity id = {.kind = ID_SPAN, .trace_id = r->trace_id, .span_id = r->span_id};
    int64_t call_id;

    *out = (struct trace_span){.id = hash64(r->span_id.p, r->span_id.n, w->seed),
                               .has_usage = s->call != 0};
    if (r->parent_span_id.n) {
        out->parent = hash64(r->parent_span_id.p, r->parent_span_id.n, w->seed);
        out->has_parent = true;
    }
    *fits = r->span_id.n && r->has_usage == (s->call != 0);
    if (!*fits)
        return OK;
    enum err rc = writer_call_of_key(w, identity_key(&id), &call_id, err);
    *fits = !rc && !call_id;
    return rc;
}

/* Decides the trace of spans [0, n); they are planned then. Its calls come into the order in which
 * they have to be added: each behind those above it. */
static enum err plan_trace(struct writer *w, struct plan *p, struct planned_span *spans, size_t n,
                           struct error *err)
{
    struct trace_span *tree = arena_alloc(&p->arena, n * sizeof(*tree));
    uint32_t *order = arena_alloc(&p->arena, 2 * n * sizeof(*order));
    uint32_t *below, last = 0; /* below: what gives to those under a span, as above */
    bool begins = false, failed = false;

    if (!tree || !order)
        return no_memory(err);
    below = order + n;
    for (size_t i = 0; i < n; i++)
        begins |= spans[i].begins;
    for (size_t i = 0; begins && i < n; i++) /* which call they are about is decided later */
        begins = !spans[i].record->guardrails.n;
    for (size_t i = 0; begins && i < n; i++) {
        enum err rc = tree_span(w, &spans[i], &tree[i], &begins, err);
        if (rc)
            return rc;
    }
    if (!begins || !all_differ(p, tree, n, &failed))
        return failed ? no_memory(err) : OK;
    enum err rc = trace_calls_arrange(tree, (uint32_t)n, order, err);
    for (size_t k = 0; !rc && k < n; k++) {
        const struct trace_span *s = &tree[order[k]];
        uint32_t call = spans[order[k]].call;
        const struct inheritance *own = call ? NULL : spans[order[k]].context;
        uint32_t above = s->above == TRACE_ROOT ? 0 : below[s->above];

        below[order[k]] = above;
        spans[order[k]].planned = true;
        if (own || s->shadowed) {
            p->giving[p->n_giving++] = (struct giving_span){.above = above, .own = own};
            below[order[k]] = p->n_giving;
        }
        if (!call)
            continue;
        p->calls[call - 1] = (struct planned_call){
            .planned = true, .shadowed = s->shadowed, .above = above, .gives = below[order[k]]};
        if (last)
            p->calls[last - 1].next = call;
        else
            p->calls[call - 1].first = true;
        last = call;
    }
    return rc;
}

/* The calls in the order of the batch, but those of a planned trace together where the first of
 * them in their own order stands. */
static void order_calls(struct plan *p, size_t n)
{
    uint32_t out = 0;

    for (size_t i = 0; i < n; i++) {
        if (!p->calls[i].planned)
            p->order[out++] = (uint32_t)i;
        else if (p->calls[i].first)
            for (uint32_t call = (uint32_t)i + 1; call; call = p->calls[call - 1].next)
                p->order[out++] = call - 1;
    }
}

enum err writer_plan(struct writer *w, const struct batch *b, struct error *err)
{
    struct plan *p = &w->plan;

    arena_reset(&p->arena);
    p->n_spans = b->n_spans;
    p->calls = NULL;
    p->order = NULL;
    if (!b->n_spans)
        return OK;
    p->spans = arena_zalloc(&p->arena, b->n_spans, sizeof(*p->spans));
    p->calls = arena_zalloc(&p->arena, b->n_calls + 1, sizeof(*p->calls));
    p->order = arena_zalloc(&p->arena, b->n_calls + 1, sizeof(*p->order));
    p->giving = arena_alloc(&p->arena, b->n_spans * sizeof(*p->giving));
    p->n_giving = 0;
    if (!p->spans || !p->calls || !p->order || !p->giving || b->n_calls >= UINT32_MAX ||
        b->n_spans > INT32_MAX)
        return no_memory(err);
    link_calls(p, b);
    enum err rc = find_traces(w, p, b, err);
    if (!rc)
        rc = group_traces(p, err);
    for (size_t i = 0, end; !rc && i < b->n_spans; i = end) {
        for (end = i + 1; end < b->n_spans && p->spans[end].trace_key == p->spans[i].trace_key;)
            end++;
        rc = plan_trace(w, p, &p->spans[i], end - i, err);
    }
    order_calls(p, b->n_calls);
    return rc;
}

/* What the giving span at a place + 1 gives, with what is above it; the shadows among these were
 * added before, or are no rows of this batch and give nothing. */
static enum err given(struct plan *p, uint32_t at, const struct inheritance **out,
                      struct error *err)
{
    uint32_t n = 0, *open; /* those whose own part has to be joined to what is above */

    for (uint32_t k = at; k && !p->giving[k - 1].all && p->giving[k - 1].own;
         k = p->giving[k - 1].above)
        n++;
    open = n ? arena_alloc(&p->arena, n * sizeof(*open)) : NULL;
    if (n && !open)
        return no_memory(err);
    for (uint32_t i = 0; i < n; i++, at = p->giving[at - 1].above)
        open[i] = at - 1;
    *out = at ? p->giving[at - 1].all : NULL;
    while (n--) {
        struct inheritance *all = arena_alloc(&p->arena, sizeof(*all));

        if (!all)
            return no_memory(err);
        inheritance_join(*out, p->giving[open[n]].own, all);
        *out = p->giving[open[n]].all = all;
    }
    return OK;
}

enum err writer_plan_apply(struct writer *w, struct planned_call *call, struct call_row *row,
                           struct error *err)
{
    struct plan *p = &w->plan;
    const struct inheritance *above = NULL;
    enum err rc = given(p, call->above, &above, err);

    if (rc)
        return rc;
    if (call->shadowed) {
        struct inheritance *all = arena_alloc(&p->arena, sizeof(*all));

        if (!all)
            return no_memory(err);
        inheritance_push(above, row, all);
        p->giving[call->gives - 1].all = all;
        call_row_set(row, C_SHADOWED, 1);
    } else if (above) {
        inheritance_fill(above, row);
    }
    return OK;
}
