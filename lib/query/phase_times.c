/* phase_times: see the header. */
#include "query/phase_times.h"

#include <stdlib.h>
#include "query/trace_shape.h"
#include "base/banned.h"

/* What the node itself says. */
static enum phase phase_alone(const struct phase_table *own, const struct trace_node *n)
{
    enum phase p = n->kind == NODE_CALL   ? PHASE_MODEL_CALL
                   : n->kind == NODE_TOOL ? PHASE_TOOLS
                   : n->kind == NODE_SPAN ? phase_of(own, n->name, n->span_kind)
                                          : PHASE_NONE;

    return p == PHASE_NONE && n->call && !n->shadowed ? PHASE_MODEL_CALL : p;
}

static int64_t sum(int64_t a, int64_t b)
{
    return __builtin_add_overflow(a, b, &a) ? INT64_MAX : a;
}

static void add_step(const struct trace_tree *t, uint32_t node, int64_t spent_us,
                     struct phase_time *out)
{
    const struct trace_node *n = &t->nodes[node];

    out->us = sum(out->us, spent_us == CALL_MISSING ? 0 : spent_us);
    out->steps++;
    out->failed += n->failed;
    if (n->duration_us != CALL_MISSING &&
        (out->longest == TRACE_NONE || n->duration_us > t->nodes[out->longest].duration_us))
        out->longest = node;
}

/* The nodes from top on in order; phases are found from above. */
static void add_up(const struct trace_tree *t, const struct phase_table *own, uint32_t top,
                   const int64_t *spent_us, enum phase *phases, struct phase_times *out)
{
    bool inside = top == TRACE_NONE;
    int64_t covered = 0;

    for (uint32_t k = 0; k < t->n; k++) {
        uint32_t i = t->order[k];
        const struct trace_node *n = &t->nodes[i];
        enum phase alone = phase_alone(own, n);

        phases[i] = alone == PHASE_NONE && n->parent != TRACE_NONE ? phases[n->parent] : alone;
        inside = top == TRACE_NONE || i == top || (inside && n->depth > t->nodes[top].depth);
        if (!inside || n->kind == NODE_GROUP)
            continue;
        if (spent_us[i] != CALL_MISSING)
            covered = sum(covered, spent_us[i]);
        if (i == top && phases[i] == PHASE_NONE)
            covered -= spent_us[i] == CALL_MISSING ? 0 : spent_us[i];
        else
            add_step(t, i, spent_us[i], &out->of[phases[i]]);
    }
    if (out->total_us != CALL_MISSING)
        out->top_us = out->total_us - covered;
}

enum err phase_times_of(const struct trace_tree *t, const struct phase_table *own, uint32_t top,
                        struct phase_times *out, struct error *err)
{
    int64_t *spent_us = malloc((t->n + (size_t)1) * sizeof(*spent_us));
    enum phase *phases = malloc((t->n + (size_t)1) * sizeof(*phases));
    enum err rc = spent_us && phases ? trace_spent(t, top, spent_us, err)
                                     : error_set(err, ERR_NOMEM, "out of memory for a trace");

    if (!rc) {
        *out = (struct phase_times){.total_us = top == TRACE_NONE ? t->duration_us
                                                                  : t->nodes[top].duration_us};
        for (int p = 0; p < PHASE_COUNT; p++)
            out->of[p].longest = TRACE_NONE;
        if (top != TRACE_NONE && spent_us[top] == CALL_MISSING)
            spent_us[top] = out->total_us; /* it has a duration at best, and no place in time */
        add_up(t, own, top, spent_us, phases, out);
    }
    free(spent_us);
    free(phases);
    return rc;
}
