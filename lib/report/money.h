/* money: where the cost of calls comes from, how far log and prices agree, and what has no price.
 */
#ifndef LLMOBS_REPORT_MONEY_H
#define LLMOBS_REPORT_MONEY_H

#include "query/scan.h"
#include "base/wide.h"
#include "table/table.h"

/* Which cost the counted calls went by; zeroed storage has counted none. */
struct money_sources {
    int64_t given, computed; /* calls */
    int64_t free;            /* calls answered from a proxy's cache, which cost nothing */
    int64_t both;            /* of the others, calls with a cost in the log and one from prices */
    i128 both_given_nusd, both_computed_nusd; /* the sums of these */
};

/* Counts a slice that has the columns of V_COST_NUSD. */
void money_count(struct money_sources *m, enum cost_choice choice, const struct slice *slice);
void money_merge(struct money_sources *into, const struct money_sources *from);

/* A model of calls without a price. */
struct unpriced_model {
    struct sv model; /* as prices are looked up: response model, else request model; or SV_NONE */
    int64_t calls;
    i128 tokens; /* input and output, as far as known */
};

/* All of them, most tokens first; texts and the array live in the arena. One more walk. */
NODISCARD enum err money_unpriced(struct scan *scan, enum cost_choice choice, struct arena *a,
                                  struct unpriced_model **out, size_t *n, struct error *err);

/* Adds what the above say to the coverage, and below text tables the sources (noted), what has no
 * price and the command that sets one. False when out of memory. */
bool money_tell_sources(struct table *t, const struct money_sources *m, bool noted);
bool money_tell_unpriced(struct table *t, const struct unpriced_model *models, size_t n,
                         enum cost_choice choice, bool any_cost_known);

#endif
