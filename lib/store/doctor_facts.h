/* doctor_facts: what the database says about itself, beside the columns of the calls. */
#ifndef LLMOBS_STORE_DOCTOR_FACTS_H
#define LLMOBS_STORE_DOCTOR_FACTS_H

#include "store/store.h"

struct waiting_count {
    int64_t rows, waiting; /* waiting: for a call that is known by name and was not met yet */
};

struct doctor_facts {
    int64_t spans;
    int64_t orphans;          /* spans with a parent that is not there */
    int64_t backwards;        /* spans that end before they start */
    int64_t traces, rootless; /* rootless: each span has a parent */
    struct waiting_count scores, tool_calls, decisions;
    int64_t merged_calls, records; /* calls made from several differing records, and these */
    int64_t sources, unread;       /* unread: a rest of the source was not read */
};

/* Cost: a look-up for each span and for each merged record. */
NODISCARD enum err store_doctor_facts(struct store *s, struct doctor_facts *out, struct error *err);

/* Calls visit(ctx, reason, field, lines) for each reason and field of the lines in quarantine, the
 * most frequent first; texts borrowed for the call, field SV_NONE for the line as a whole. Stops at
 * the first error that visit returns and passes it on. */
NODISCARD enum err store_quarantine_reasons(struct store *s,
                                            enum err (*visit)(void *ctx, struct sv reason,
                                                              struct sv field, int64_t lines),
                                            void *ctx, struct error *err);

/* One of the differing records that a call was made from. */
struct merged_record {
    struct sv path; /* SV_NONE: its source is gone */
    int64_t line;
    bool won;
    struct maybe_i64 input_tokens, output_tokens;
};

struct merged_call {
    struct sv identity;            /* as v_calls has it */
    struct merged_record *records; /* the winner first */
    size_t n_records;
};

/* The calls made from the most differing records, most first, `limit` of them (-1: all); all of it
 * lives in the arena. */
NODISCARD enum err store_merged_calls(struct store *s, int64_t limit, struct arena *a,
                                      struct merged_call **out, size_t *n, struct error *err);

#endif
