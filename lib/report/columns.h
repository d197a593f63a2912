/* columns: which figures a report shows, from its views and --columns. */
#ifndef LLMOBS_REPORT_COLUMNS_H
#define LLMOBS_REPORT_COLUMNS_H

#include "report/measures.h"
#include "report/report.h"

#define COLUMNS_MAX 128

/* Of which window a column is, or what became of it from one to the other. */
enum period { PERIOD_NOW, PERIOD_BEFORE, PERIOD_CHANGE, PERIOD_CHANGE_RATE, PERIOD_COUNT };

struct chosen_column {
    size_t measure;
    bool in_text, in_data;
    enum period period;
};

/* Behind a measure's key: "", "_previous", "_change", "_change_rate". */
extern const char *const period_suffixes[PERIOD_COUNT];

struct chosen_columns {
    struct chosen_column list[COLUMNS_MAX];
    size_t n;
};

/* ERR_USAGE for a view or column that does not exist. --columns chooses from all measures and
 * leaves out nothing it names but money under --no-cost. */
NODISCARD enum err choose_columns(const struct report_spec *spec, struct chosen_columns *out,
                                  struct error *err);

/* Leaves the column that is drawn, with its other periods; only it is shown. ERR_USAGE when nothing
 * can be drawn. */
NODISCARD enum err choose_drawn(const struct report_spec *spec, struct chosen_columns *c,
                                struct error *err);

/* What --sort names. */
struct sort_key {
    enum { SORT_DEFAULT, SORT_MEASURE, SORT_DIMENSION } by;
    size_t index; /* of measures[], or into the dimensions of --by */
    enum period period;
};

/* versus: columns of the window before exist, too. by: the dimensions of the report. ERR_USAGE when it is neither one of them nor a column. */
NODISCARD enum err choose_sort(const char *sort, bool versus, const char *const *by, size_t n_by,
                               struct sort_key *out, struct error *err);

#endif
