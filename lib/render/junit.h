/* junit: what a check found as a test report in JUnit's XML, which build servers read. */
#ifndef LLMOBS_RENDER_JUNIT_H
#define LLMOBS_RENDER_JUNIT_H

#include "base/buf.h"

enum junit_outcome { JUNIT_PASSED, JUNIT_FAILED, JUNIT_SKIPPED };

/* One test of a report. Texts may be anything: what XML does not allow is shown as \x1b. */
struct junit_test {
    struct sv group, name; /* classname and name */
    enum junit_outcome outcome;
    struct sv message; /* a line; of a test that passed it is its output */
    struct sv detail;  /* more lines below, or SV_NONE */
};

/* A whole document: one suite of n tests. */
void junit_write(struct buf *b, struct sv suite, const struct junit_test *tests, size_t n);

#endif
