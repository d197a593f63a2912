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
 * The critical path below one node of a shaped tree, or of the whole (TRACE_NONE): for each node what
 * the path spends in it and in none of its children, CALL_MISSING off the path. They add up to the
 * node's duration; of the whole what no node covers is missing in the sum. out: t->n. ERR_NOMEM.
 */
NODISCARD enum err trace_critical(const struct trace_tree *t, uint32_t top, int64_t *out,
                                  struct error *err);

#endif
