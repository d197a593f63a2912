/* selftest: whether each rule fires when what it is for happens, and only then. */
#ifndef LLMOBS_ALERT_SELFTEST_H
#define LLMOBS_ALERT_SELFTEST_H

#include "alert/judge.h"

enum selftest_result {
    SELFTEST_PASSED,  /* quiet on quiet calls, firing on the fault */
    SELFTEST_FAILED,  /* `problem` says how */
    SELFTEST_SKIPPED, /* `problem` says why such a fault cannot be made up */
};

struct selftest {
    const struct rule *rule;
    enum selftest_result result;
    const char *problem;  /* static; NULL when it passed */
    struct verdict fault; /* what it said of the fault */
};

/*
 * Makes up calls in a database in memory, twice for each rule: once as in its baseline, once with
 * the fault in its window (and for as long before as it has to last), and judges them. Composites
 * are put to the test with verdicts of their rules. *out: one for each rule, in the arena.
 * ERR_NOMEM, ERR_DB.
 */
NODISCARD enum err selftest_run(const struct rule_set *rules, const struct zone *zone,
                                int64_t now_us, struct arena *a, struct selftest **out,
                                struct error *err);

#endif
