/* trace_view: one trace as a table whose rows are a tree. */
#ifndef LLMOBS_REPORT_TRACE_VIEW_H
#define LLMOBS_REPORT_TRACE_VIEW_H

#include "base/zone.h"
#include "query/trace_load.h"
#include "report/peers.h"
#include "table/table.h"

struct trace_view_spec {
    const struct zone *zone;
    int64_t depth;           /* levels shown below the roots; -1: all */
    int64_t min_duration_us; /* shorter steps are left out; 0: none is */
    int64_t limit;           /* rows; 0: all */
    bool no_cost;
    bool ids; /* show ids and source lines to people, too */
    bool content; /* the stored texts of calls, too, in columns context, input and output */
    enum cost_choice cost;
};

/*
 * The tree into *out (zeroed by the caller; table_release() it, also after an error). Notes below
 * it say the critical path, the gap, and what is odd: orphans, missing parents, spans outside of
 * their parent, calls without a price.
 */
NODISCARD enum err trace_view(struct store *s, const struct trace_tree *t,
                              const struct trace_view_spec *spec, struct table *out,
                              struct error *err);

/* Paths of the sources by id, in the arena; store_sources() once for many rows. */
struct source_paths {
    const char **of;
    int64_t n; /* ids below it */
};
NODISCARD enum err source_paths_load(struct store *s, struct arena *a, struct source_paths *out,
                                     struct error *err);
struct sv source_path(const struct source_paths *p, int64_t id);

#endif
