/* scalars: the members of a JSON object of scalars, as meta and spans' attributes are stored. */
#ifndef LLMOBS_QUERY_SCALARS_H
#define LLMOBS_QUERY_SCALARS_H

#include "base/arena.h"

/*
 * Calls visit(ctx, key, value) for each member, in the order of the text: texts decoded, numbers as
 * they are spelled. Members that are null or no scalars are passed over. What is visited lives in
 * the arena or as long as object. False when visit returned false, which ends it, or when out of
 * memory; a missing or damaged object has no members.
 */
bool scalars_each(struct sv object, struct arena *a,
                  bool (*visit)(void *ctx, struct sv key, struct sv value), void *ctx);

#endif
