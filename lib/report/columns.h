/* columns: which figures a report shows, from its views and --columns. */
#ifndef LLMOBS_REPORT_COLUMNS_H
#define LLMOBS_REPORT_COLUMNS_H

#include "report/measures.h"
#include "report/report.h"

#define COLUMNS_MAX 64

struct chosen_column {
    size_t measure;
    bool in_text, in_data;
};

struct chosen_columns {
    struct chosen_column list[COLUMNS_MAX];
    size_t n;
};

/* ERR_USAGE for a view or column that does not exist. --columns chooses from all measures and
 * leaves out nothing it names but money under --no-cost. */
NODISCARD enum err choose_columns(const struct report_spec *spec, struct chosen_columns *out,
                                  struct error *err);

/* What --sort names. */
struct sort_key {
    enum { SORT_DEFAULT, SORT_MEASURE, SORT_DIMENSION } by;
    size_t index; /* of measures[], or into the dimensions of --by */
};

/* by: the dimensions of the report. ERR_USAGE when it is neither one of them nor a column. */
NODISCARD enum err choose_sort(const char *sort, const char *const *by, size_t n_by,
                               struct sort_key *out, struct error *err);

#endif
