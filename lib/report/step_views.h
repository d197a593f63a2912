/* step_views: the views of report whose rows are no calls. Each fills *out as report_run() does. */
#ifndef LLMOBS_REPORT_STEP_VIEWS_H
#define LLMOBS_REPORT_STEP_VIEWS_H

#include "report/report.h"

NODISCARD enum err tools_view(struct store *s, const struct report_spec *spec, struct table *out,
                              struct error *err);
NODISCARD enum err branches_view(struct store *s, const struct report_spec *spec, struct table *out,
                                 struct error *err);
NODISCARD enum err paths_view(struct store *s, const struct report_spec *spec, struct table *out,
                              struct error *err);
NODISCARD enum err retrieval_view(struct store *s, const struct report_spec *spec,
                                  struct table *out, struct error *err);

/* Latency by the parts of requests; asked for by spec->phases or by the dimension. */
NODISCARD enum err phases_view(struct store *s, const struct report_spec *spec, struct table *out,
                               struct error *err);
bool phases_asked(const struct report_spec *spec);

/*
 * Requests that were made again: same input, same model, and what answering them from a cache would
 * have saved. With spec->by rows are groups, and an input is repeated when its group has it again;
 * without they are inputs. The first call of an input in time is the one that a cache could not have
 * answered. Two walks: the first finds out which hashes may be there twice, in at most 32 MiB; the
 * second keeps 40 bytes for each call that has one of these.
 */
NODISCARD enum err duplicates_view(struct store *s, const struct report_spec *spec,
                                   struct table *out, struct error *err);

/* Scores by what they are about and who gave them, 170 bytes a score: the view quality by "check",
 * "category" (the same as judges of safety call it) or "scorer", with other dimensions or without. */
NODISCARD enum err checks_view(struct store *s, const struct report_spec *spec, struct table *out,
                               struct error *err);
bool checks_asked(const struct report_spec *spec);

/* Edges from node to node, for drawings: paths_view() with spec->graph. */
NODISCARD enum err edges_view(struct store *s, const struct report_spec *spec, struct table *out,
                              struct error *err);

#endif
