/* lineage: which lines count as seen in the history of an input. Pure. */
#ifndef LLMOBS_STORE_LINEAGE_H
#define LLMOBS_STORE_LINEAGE_H

#include "store/store.h"

/* What of a source decides where its lines belong. */
struct lineage_source {
    int64_t lineage; /* 0: no such source */
    int64_t copy_of, copy_line;
    uint32_t next_copy;  /* the next source of its lineage that is a copy, 0: none */
    uint32_t first_copy; /* of the lineage whose number is this one's index */
};

/* By source id. Zeroed storage has no sources. */
struct lineages {
    struct lineage_source *items;
    size_t n;
};

/* Takes over what a state says, new or again. ERR_RANGE when its id or lineage makes no sense. */
NODISCARD enum err lineages_put(struct lineages *l, const struct source_state *x,
                                struct error *err);

/* The lineage of a source, 0 for an unknown one. */
int64_t lineages_of(const struct lineages *l, int64_t source);

/*
 * True when line `line` of source `by` lies in the history of `source`: both are of one lineage, or
 * a source of that lineage began as a copy of `by` that goes that far, or of what came before `by`
 * was copied, and so on from copy to copy. Lines that `source` merely repeats are not in it.
 */
bool lineages_include(const struct lineages *l, int64_t source, int64_t by, int64_t line);

void lineages_release(struct lineages *l);

#endif
