/* trace_shape: the tree of a trace and the times in it. Pure. */
#ifndef LLMOBS_QUERY_TRACE_SHAPE_H
#define LLMOBS_QUERY_TRACE_SHAPE_H

#include "query/trace_load.h"

/*
 * Nodes with their parents (index or TRACE_NONE) and times become a tree: order, depth, children by
 * start (those without one last), durations, sums, uncovered time, skew and the critical path, and
 * the tree's figures. Where parents go round in a circle the circle is cut at the node that stands
 * first in the array. ERR_NOMEM.
 */
NODISCARD enum err trace_shape(struct trace_tree *t, struct error *err);

/*
 * How the time of one node of a shaped tree, or of the whole (TRACE_NONE), divides among what is
 * below it: for each node what it spends in none of its children, CALL_MISSING where that is
 * nothing of the time. Of steps at the same time the one counts that ended last, and before it
 * began the one that ended last of the others; so the sum is the node's duration, and of the whole
 * what any node covers. Unlike the critical path, which leaves out what ran beside something that
 * was waited for. out: t->n. ERR_NOMEM.
 */
NODISCARD enum err trace_spent(const struct trace_tree *t, uint32_t top, int64_t *out,
                               struct error *err);

#endif
