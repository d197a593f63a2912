/* annotations: marks at points in time: a deploy, another prompt, a new model. */
#ifndef LLMOBS_STORE_ANNOTATIONS_H
#define LLMOBS_STORE_ANNOTATIONS_H

#include "store/store.h"

struct annotation {
    int64_t id, at_us;
    struct sv kind, text; /* kind: deploy prompt kb model note */
};

/* Adds one to a store opened for writing; *id: its number. */
NODISCARD enum err store_annotate(struct store *s, const struct annotation *a, int64_t *id,
                                  struct error *err);

/* Calls visit for those in [since_us, until_us) in order of time; texts are borrowed for the call.
 * Stops at the first error that visit returns and passes it on. */
NODISCARD enum err store_annotations(struct store *s, int64_t since_us, int64_t until_us,
                                     enum err (*visit)(void *ctx, const struct annotation *a,
                                                       struct error *err),
                                     void *ctx, struct error *err);

/* Takes one away. ERR_NOT_FOUND when there is none of that number. */
NODISCARD enum err store_annotation_drop(struct store *s, int64_t id, struct error *err);

#endif
