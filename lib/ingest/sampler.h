/* sampler: of what a line tells, the calls that are drawn stay, and all that met a guardrail. */
#ifndef LLMOBS_INGEST_SAMPLER_H
#define LLMOBS_INGEST_SAMPLER_H

#include "record/record.h"

/* A set of 64-bit keys, in order. */
struct sampler_keys {
    uint64_t *v;
    size_t n, cap;
};

/* Zeroed but for the rate. */
struct sampler {
    int64_t rate_ppb; /* of the calls that met no guardrail: 1 .. DRAW_ALL */
    int64_t kept, left_out; /* records of calls, so far */
    struct sampler_keys gone;    /* of the line: identities that go */
    struct sampler_keys guarded; /* and hashes of traces that tell of a guardrail */
};

void sampler_release(struct sampler *s);

/*
 * Leaves of the records behind `from`, which one line gave, those that are to stay. A call stays when
 * its guardrail flag is set, when a span of its trace in the line tells of a guardrail, or when its
 * id is drawn (base/draw.h): its request id; of a span without one that of its trace, so that a trace
 * stays or goes as a whole; else its own id, or the line's, equal lines having equal ones. What the
 * line says of a call goes with it; so does a span whose trace is not drawn and that is no call which
 * stays. Lines that tell of no call and no span are not looked at. Out of memory marks the batch as
 * failed.
 */
void sampler_line(struct sampler *s, struct batch *b, struct batch_mark from);

#endif
