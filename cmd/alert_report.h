/* alert_report: verdicts as build servers and people in a hurry read them. */
#ifndef LLMOBS_ALERT_REPORT_H
#define LLMOBS_ALERT_REPORT_H

#include "alert/judge.h"
#include "commands.h"

/* A table into a file of its own, in a format by name. As output_open(). */
NODISCARD enum err alert_report_file(const struct invocation *inv, const char *path,
                                     const char *format, const struct table *t, struct error *err);

/* The same as Markdown behind what the file holds that GITHUB_STEP_SUMMARY names; nothing where it
 * names none. */
NODISCARD enum err alert_report_summary(const struct invocation *inv, const struct table *t,
                                        struct error *err);

/* JUnit's XML into a file: a test case for each rule and group, a failure for what fires. */
NODISCARD enum err alert_report_junit(const char *path, const struct rule_set *rules,
                                      const struct table *t, struct error *err);

/* What a rule looks at, why it is as it is, and what it says now. */
void alert_report_explain(const struct rule *rule, const struct table *t, struct buf *out);

#endif
