/* answer: answers that are none: empty, going round in circles, or not the JSON that was asked for.
 */
#ifndef LLMOBS_DETECT_ANSWER_H
#define LLMOBS_DETECT_ANSWER_H

#include "base/sv.h"

enum answer_fault {
    ANSWER_EMPTY,
    ANSWER_REPETITION,
    ANSWER_INVALID_JSON,
    ANSWER_FAULTS,
};

/* "empty_answer", "repetition", "invalid_json" */
extern const char *const answer_fault_names[ANSWER_FAULTS];

/* Nothing but white space. */
bool answer_is_empty(struct sv text);

/*
 * Whether the text ends in the same words again and again, as a model does that found no end: the
 * same run of at most REPETITION_PERIOD bytes, six times and for 160 bytes at least. Rules, dots
 * and other runs without a letter or digit are not meant. O(1): the end of the text is looked at.
 */
#define REPETITION_PERIOD 256
bool answer_repeats(struct sv text);

#endif
