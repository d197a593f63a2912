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

/* Edges from node to node, for drawings: paths_view() with spec->graph. */
NODISCARD enum err edges_view(struct store *s, const struct report_spec *spec, struct table *out,
                              struct error *err);

#endif
