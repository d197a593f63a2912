/* sampling: which calls a judge gets to see, reproducibly, and what they stand for. */
#ifndef LLMOBS_REPORT_SAMPLING_H
#define LLMOBS_REPORT_SAMPLING_H

#include "query/scan.h"
#include "store/texts.h"
#include "table/table.h"

struct sampling_spec {
    struct scan_spec calls;
    int64_t rate_ppb;   /* of the others: parts per billion, 0..10^9 */
    const char *always; /* calls that are all taken: guardrail_triggered, or a filter; NULL: none */
    int64_t most;       /* of the others at most that many; 0: any number */
    bool exclude_scored;       /* calls that have a score are not looked at */
    const char *const *fields; /* columns, in order; none: request_id input output context weight */
    size_t n_fields;
    int64_t chars[TEXT_SIDES]; /* texts are cut to that many characters; 0: not at all */
};

struct sampled {
    int64_t always, always_taken;
    int64_t others, others_taken;
    double weight;        /* of each of the others that was taken: how many it stands for */
    int64_t without_text; /* taken, and no text of them is stored */
};

/* Names of the columns that fields may ask for; NULL behind the last. */
const char *sampling_field(size_t i);

/*
 * Of the calls that `calls` lets through all of `always` are taken, and of the others those whose
 * id is drawn (base/draw.h): the request id, or the span's or the log's own id where there is none.
 * With `most` those with the smallest hashes are. Rows come in the order of the hashes. ERR_USAGE
 * for a filter or field that is none. 24 bytes of memory a call.
 */
NODISCARD enum err sampling_table(struct store *s, const struct sampling_spec *spec,
                                  struct table *out, struct sampled *counts, struct error *err);

#endif
