/* peers: what is usual for the calls and steps that are like those of one trace. */
#ifndef LLMOBS_REPORT_PEERS_H
#define LLMOBS_REPORT_PEERS_H

#include "query/trace_load.h"

enum peer_measure {
    PEER_INPUT_TOKENS, /* of calls: of the same feature, else of the same model */
    PEER_OUTPUT_TOKENS,
    PEER_LATENCY_US,
    PEER_TTFT_US, /* degenerate ones left out: call_ttft_degenerate() */
    PEER_COST_NUSD,
    PEER_DURATION_US, /* of spans: of the same name */
    PEER_DOCS,
    PEER_DOCS_TOKENS,
    PEER_CONTEXT_TOKENS,
    PEER_HISTORY_TOKENS,
    PEER_MEASURES,
};

struct peer_median {
    int64_t n; /* values it is the median of; 0: there are none, median is then undefined */
    double median;
};

struct peers;

enum { PEER_GROUPS = 16 }; /* of calls, and names of spans, that are told apart */

NODISCARD enum err peers_new(struct peers **out, struct error *err);
void peers_free(struct peers *p); /* accepts NULL */

/* Wants the peers of a node's call and, if it is a span, of its name; before peers_read(). The
 * node's texts are borrowed. What does not fit into PEER_GROUPS has no peers. */
void peers_want(struct peers *p, struct store *s, const struct trace_node *n);

/*
 * Looks at the 65,536 calls that came in with those that are wanted, or before, and at 10,000 spans
 * around the wanted ones: enough for a median, and as fast in a large database as in a small one.
 */
NODISCARD enum err peers_read(struct peers *p, struct store *s, enum cost_choice cost,
                              struct error *err);

/* The median for what is like this node. */
struct peer_median peers_of(const struct peers *p, const struct trace_node *n, enum peer_measure m);

/* How many of these have more than `value`. */
int64_t peers_above(const struct peers *p, const struct trace_node *n, enum peer_measure m,
                    int64_t value);

/* What a call's peers have in common: "feature support"; SV_NONE: nothing is known of it. */
struct sv peers_group(const struct peers *p, const struct trace_node *n);

#endif
