/* peers: what is usual for the calls and steps that are like those of one trace. */
#ifndef LLMOBS_REPORT_PEERS_H
#define LLMOBS_REPORT_PEERS_H

#include "query/trace_load.h"

enum peer_measure {
    PEER_INPUT_TOKENS, /* of calls: of the same feature, else of the same model */
    PEER_LATENCY_US,
    PEER_COST_NUSD,
    PEER_DOCS, /* of spans: of the same name */
    PEER_DOCS_TOKENS,
    PEER_CONTEXT_TOKENS,
    PEER_MEASURES,
};

struct peer_median {
    int64_t n; /* values it is the median of; 0: there are none, median is then undefined */
    double median;
};

struct peers;

/*
 * Looks at the 65,536 calls that came in with those of the trace, or before, and at 10,000 spans
 * around each kind of step with documents or prompts: enough for a median, and as fast in a large
 * database as in a small one. At most 16 groups of calls and 16 names of spans are told apart.
 */
NODISCARD enum err peers_load(struct store *s, const struct trace_tree *t, enum cost_choice cost,
                              struct peers **out, struct error *err);
void peers_free(struct peers *p); /* accepts NULL */

/* The median for what is like this node. */
struct peer_median peers_of(const struct peers *p, const struct trace_node *n, enum peer_measure m);

/* What a call's peers have in common: "feature support"; SV_NONE: nothing is known of it. */
struct sv peers_group(const struct peers *p, const struct trace_node *n);

#endif
