/* checks: the things that answers are judged by, under the names that logs give them. */
#ifndef LLMOBS_RECORD_CHECKS_H
#define LLMOBS_RECORD_CHECKS_H

#include "base/sv.h"

/* Scores of a check lie in 0 .. 1. */
enum check {
    CHECK_QUALITY,       /* 1 is best */
    CHECK_HALLUCINATION, /* 0 grounded, 1 hallucinated */
    CHECK_RELEVANCE,     /* 1 is best */
    CHECK_TOXICITY,      /* 1 is worst */
    CHECK_REFUSAL,       /* 1: refused */
    CHECK_FORMAT,        /* 1: the answer has the form that was asked for */
    CHECK_FEEDBACK,      /* of a user: 1 thumbs up, 0 thumbs down or escalated */
    CHECK_COUNT,
};

/* What a score of this name is about; CHECK_COUNT for a name that stands for itself. Upper case,
 * blanks and '-' in place of '_' make no difference. */
enum check check_of(struct sv score_name);

/* A value says that it happened: hallucinated, toxic or refused above 0.5; relevant, in the right
 * form, liked, good from 0.5 on. An undecided 0.5 accuses nobody. */
bool check_event(enum check c, double value);

/* A thumb up or down: 1, 0 and -1 are verdicts, not places on a scale. */
bool check_is_thumb(struct sv score_name);

/* High values are bad ones. */
bool check_is_bad(enum check c);

#endif
