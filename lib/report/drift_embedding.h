/* drift_embedding: how far the embeddings of two windows of calls differ, or the wording of their
 * texts, whose vectors are hashed character n-grams. */
#ifndef LLMOBS_REPORT_DRIFT_EMBEDDING_H
#define LLMOBS_REPORT_DRIFT_EMBEDDING_H

#include "query/side_values.h"
#include "report/drift_measure.h"
#include "stats/centroid.h"
#include "stats/mmd.h"

/* What the vectors are of. */
enum vector_source {
    VECTORS_OUTPUT = EMBEDDING_OUTPUT,
    VECTORS_INPUT = EMBEDDING_INPUT,
    VECTORS_OUTPUT_TEXT, /* stored texts: wording, not meaning */
    VECTORS_INPUT_TEXT,
};

static inline bool vectors_are_lexical(enum vector_source source)
{
    return source == VECTORS_OUTPUT_TEXT || source == VECTORS_INPUT_TEXT;
}

struct embedding_choice {
    enum vector_source source;
    const char *model; /* NULL: whichever there is */
    int64_t dim;       /* 0: whichever there is */
    size_t permutations;
    uint64_t seed;
};

struct embedding_set;

/*
 * Loads the vectors of both sides, at most about 64 MiB for each: a seeded sample where there are
 * more. *out NULL: no call on either side has one. ERR_USAGE names models and dimensions where
 * there are several and none was chosen.
 */
NODISCARD enum err embedding_set_open(struct side_values *values, struct store *s,
                                      const struct embedding_choice *choice,
                                      struct embedding_set **out, struct error *err);
void embedding_set_close(struct embedding_set *s); /* accepts NULL */

#define TYPICAL_CALLS 5

struct embedding_figures {
    bool has_centroid, has_mmd, has_pairs;
    struct centroid_drift centroid;
    struct mmd mmd;
    size_t pairs;
    size_t dim;
    bool lexical;
    int64_t zero; /* vectors of length 0, in no figure */
    bool sampled; /* not all vectors are in the centroid's figures */
    int64_t loaded[2];
    int64_t fresh[TYPICAL_CALLS], gone[TYPICAL_CALLS]; /* calls, the most typical first */
    double fresh_score[TYPICAL_CALLS], gone_score[TYPICAL_CALLS];
    size_t n_fresh, n_gone;
};

/* What the method is called: "mmd", "lexical centroid". */
const char *embedding_method(enum vector_source source, enum drift_method m);

/* Of one group, or of SIDE_ALL. more: what belongs to one comparison alone, or NULL. ERR_NOMEM. */
NODISCARD enum err embedding_measure(const struct embedding_set *s, uint32_t group,
                                     enum drift_method m, double threshold, int64_t n_min,
                                     struct drift_figures *out, struct embedding_figures *more,
                                     struct error *err);

#endif
