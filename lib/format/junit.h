/* junit: test reports in JUnit's XML, as evaluation tools write them for build servers. */
#ifndef LLMOBS_FORMAT_JUNIT_H
#define LLMOBS_FORMAT_JUNIT_H

#include "format/format.h"

#define JUNIT_MAX_DEPTH 64 /* elements inside each other */

/*
 * Reads one report (root element testsuites or testsuite) and adds a score for each test case:
 * name "passed", case "classname::name", value and passed 1 or 0. A case with an error or one that
 * was skipped has neither, but the label "error" or "skipped".
 *
 *   text, n  the bytes of the whole file, UTF-8; a byte order mark is allowed. Borrowed.
 *   c        as for any format, without doc; c->line is the line in which text begins
 *   err      ERR_PARSE with the line and what was expected; ERR_RANGE when elements nest deeper
 * than JUNIT_MAX_DEPTH; ERR_NOMEM. Nothing was added then.
 *
 * Not XML at large: no document type, so no entities but the five that XML has and numbered ones,
 * and nothing is ever fetched. No recursion, O(n).
 */
NODISCARD enum err junit_read(const char *text, size_t n, const struct line_context *c,
                              struct error *err);

#endif
