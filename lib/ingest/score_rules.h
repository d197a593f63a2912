/* score_rules: what the user says about scores whose lines do not say it themselves. */
#ifndef LLMOBS_INGEST_SCORE_RULES_H
#define LLMOBS_INGEST_SCORE_RULES_H

#include "record/record.h"

enum score_test { SCORE_TEST_NONE, SCORE_AT_LEAST, SCORE_ABOVE, SCORE_AT_MOST, SCORE_BELOW };

/* Zeroed: nothing is said. Texts are borrowed and outlive the batches. */
struct score_rules {
    struct sv name, scorer, judge_model; /* the latter of judges, and of who is not told either */
    bool has_range;
    double low, high; /* these become 0 and 1; a value outside is unreadable */
    enum score_test test;
    double limit; /* what passes, on the scale of the log */
};

/* "0..1", "1..5". ERR_USAGE says what was expected. */
NODISCARD enum err score_rules_range(struct score_rules *r, const char *text, struct error *err);

/* ">=0.7", "<0.1". */
NODISCARD enum err score_rules_pass(struct score_rules *r, const char *text, struct error *err);

/* Completes a score; one without any name is a "quality". Verdicts keep the value that they have. */
void score_rules_apply(const struct score_rules *r, struct score_record *s);

#endif
