/* gate_outputs: what a gate found for build servers and pull requests. */
#ifndef LLMOBS_GATE_OUTPUTS_H
#define LLMOBS_GATE_OUTPUTS_H

#include "base/buf.h"
#include "report/gate.h"

#define GATE_MARKDOWN_MAX ((size_t)65536) /* bytes: GitHub takes no longer comment */

/* A comment for a pull request: the verdict first, at most ten changed cases, at most
 * GATE_MARKDOWN_MAX bytes; in front a hidden marker by which the next one finds it. */
void gate_markdown(struct buf *b, const struct case_runs *runs, const struct gate_result *g);

/* A test for each metric and each limit. inconclusive_fails: of --inconclusive. */
void gate_junit(struct buf *b, const struct case_runs *runs, const struct gate_result *g,
                bool inconclusive_fails);

/* Workflow commands of GitHub that annotate the run: ::error, ::warning, ::notice. */
void gate_annotations(struct buf *b, const struct gate_result *g, bool inconclusive_fails);

#endif
