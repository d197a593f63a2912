/* trace_load: one trace, session or request as a tree of what happened in it, with its figures. */
#ifndef LLMOBS_QUERY_TRACE_LOAD_H
#define LLMOBS_QUERY_TRACE_LOAD_H

#include "query/call_values.h"
#include "store/annotations.h"
#include "store/find_ids.h"
#include "store/trace_each.h"
#include "store/trace_rows.h"

#define TRACE_NONE UINT32_MAX /* no node */

enum trace_kind {
    NODE_SPAN,   /* with usage it is a call, too */
    NODE_CALL,   /* a call without a span */
    NODE_TOOL,   /* a tool call without a span */
    NODE_BRANCH, /* a decision of a workflow */
    NODE_GROUP,  /* stands for a trace, session or request that has no span of its own */
};

/* Sums over calls; a call whose cost is not known and that had something to pay for makes them a
 * lower bound. */
struct trace_sums {
    int64_t calls, unpriced;
    int64_t cost_nusd, input_tokens, output_tokens;
    int64_t cost_n, input_n, output_n; /* calls that have the value */
};

/* Times are CALL_MISSING where unknown. Texts and calls live in the tree's arena. */
struct trace_node {
    enum trace_kind kind;
    struct sv id, parent_id; /* of spans; SV_NONE: none */
    struct sv name, span_kind, service, scope, error_kind, attributes;
    const struct call_entry *call; /* NULL: none */
    const struct step_row *step;   /* of a tool call or decision; also of a span that is one */
    int64_t started_us, ended_us, duration_us;
    int64_t status; /* enum call_status or CALL_MISSING */
    int64_t source_id, source_line;
    int64_t span_row; /* NODE_SPAN */

    uint32_t parent, first_child, next_sibling;
    uint32_t depth;
    uint32_t descendants;
    struct trace_sums own, all; /* of itself; with everything below it */
    int64_t uncovered_us; /* of its time, what no child covers; CALL_MISSING without children */
    int64_t critical_us;  /* what the critical path spends in it and in none of its children */
    int64_t skew_us; /* how far it reaches out of its parent: < 0 before its start, > 0 behind its
                      * end; 0: not at all */
    bool orphan;     /* its parent is not there */
    bool shadowed;   /* a call below it has its usage */
    bool failed;     /* status error */
};

enum subject_kind { SUBJECT_TRACE, SUBJECT_SESSION, SUBJECT_REQUEST };

struct trace_tree {
    struct arena arena;
    enum subject_kind subject;
    struct sv id;
    struct trace_node *nodes;
    uint32_t n, cap;
    uint32_t *order; /* nodes from top to bottom: each behind its parent, children by start */
    uint32_t *roots;
    uint32_t n_roots;
    struct trace_sums sums;
    int64_t started_us, ended_us, duration_us; /* over everything; CALL_MISSING: no times */
    int64_t uncovered_us; /* of the duration, what nothing below the roots covers; CALL_MISSING when
                           * there is nothing below */
    int64_t spans, orphans, missing_parents, skewed, failed;
};

/*
 * Loads the spans of a trace with their calls, the calls that only name the trace, session or
 * request, and the tool calls and decisions that belong to these. A call with calls below it is
 * counted once, at the bottom. cost: which cost counts. O(n log n) in the number of nodes, no
 * recursion. ERR_NOT_FOUND when there is nothing of that id.
 */
NODISCARD enum err trace_load(struct store *s, enum subject_kind kind, struct sv id,
                              enum cost_choice cost, struct trace_tree *out, struct error *err);
void trace_release(struct trace_tree *t); /* accepts a zeroed one */

/* Cost of one call as reports count it; CALL_MISSING: not known. */
int64_t call_entry_cost(const struct call_entry *c, enum cost_choice cost);

/* Adds b to a. */
void trace_sums_add(struct trace_sums *a, const struct trace_sums *b);

/* A call's share of sums. */
struct trace_sums call_entry_sums(const struct call_entry *c, enum cost_choice cost);

#endif
