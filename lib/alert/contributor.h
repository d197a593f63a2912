/* contributor: which feature, user, model or prompt version carries what an alert is about. */
#ifndef LLMOBS_ALERT_CONTRIBUTOR_H
#define LLMOBS_ALERT_CONTRIBUTOR_H

#include "alert/judge.h"

/*
 * Fills contributor and share of a verdict that is beyond its limits: the value of a dimension
 * (feature, user, model, prompt_version; not those of the rule's groups, nor one with a single
 * value) that has the largest part: of the excess of cost, tokens, errors or calls over what the
 * baseline had in as much time, without a baseline of the whole; of times of the calls beyond the
 * threshold; of shares and counts of the calls that they are about. Left alone where nothing of
 * that makes sense.
 */
NODISCARD enum err contributor_find(struct store *s, const struct judge_spec *spec, struct arena *a,
                                    struct verdict *v, struct error *err);

#endif
