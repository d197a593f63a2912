/* call_facts: how many calls have what, and how many contradict themselves, by source and model. */
#ifndef LLMOBS_QUERY_CALL_FACTS_H
#define LLMOBS_QUERY_CALL_FACTS_H

#include "query/call_values.h"
#include "store/doctor_facts.h"

/* Calls, if nothing else is said. */
enum call_fact {
    FACT_CALLS,
    FACT_STARTED,
    FACT_ZONELESS, /* the start had no zone and was read as UTC */
    FACT_LATENCY,
    FACT_ZERO_LATENCY,
    FACT_TTFT,
    FACT_STREAMED, /* known to be streamed */
    FACT_STREAMED_TTFT,
    FACT_DEGENERATE_TTFT, /* call_ttft_degenerate() */
    FACT_BATCH_TTFT,      /* in a batch, which is not streamed */
    FACT_TPOT,            /* time per output token, as logged or derived from a sound ttft */
    FACT_INPUT,
    FACT_OUTPUT,
    FACT_CACHE_READ,
    FACT_COST_GIVEN,
    FACT_COST_COMPUTED, /* not given */
    FACT_FREE,          /* neither, but answered from a cache or failed without tokens */
    FACT_UNPRICED,
    FACT_UNPRICED_TOKENS, /* tokens of these, input and output; at most INT64_MAX */
    FACT_STATUS,
    FACT_FINISH_REASON,
    FACT_USER,
    FACT_SESSION,
    FACT_FEATURE,
    FACT_MODEL,
    /* Token identities: calls that have what it takes to check, and those that fail. */
    FACT_CACHE_CHECKED,
    FACT_CACHE_BAD, /* cache read + cache write > input */
    FACT_REASONING_CHECKED,
    FACT_REASONING_BAD, /* reasoning > output */
    FACT_WRITES_CHECKED,
    FACT_WRITES_BAD, /* 5 minutes' + 1 hour's cache writes != cache write */
    FACT_TOTAL_CHECKED,
    FACT_TOTAL_BAD, /* input + output != total */
    FACT_COUNT,
};

struct call_facts {
    int64_t n[FACT_COUNT];
    int64_t first_us, last_us; /* first > last: no call has a start */
};

/* Adds b to a. An empty one is CALL_FACTS_NONE. */
#define CALL_FACTS_NONE ((struct call_facts){.first_us = INT64_MAX, .last_us = INT64_MIN})
void call_facts_add(struct call_facts *a, const struct call_facts *b);

struct call_facts_group {
    struct sv source, model; /* SV_NONE: the calls do not say */
    struct call_facts facts;
};

/* One group for each source and model, in order of their texts; they live in the arena. Shadowed
 * calls are left out. Reads each call once, on `jobs` threads. */
NODISCARD enum err call_facts_read(struct store *s, int jobs, struct arena *a,
                                   struct call_facts_group **out, size_t *n, struct error *err);

#endif
