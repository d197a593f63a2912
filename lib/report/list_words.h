/* list_words: the dimensions of a list whose rows are not groups of calls alone: beside those of
 * the calls it has some of its own. */
#ifndef LLMOBS_REPORT_LIST_WORDS_H
#define LLMOBS_REPORT_LIST_WORDS_H

#include "query/scan.h"
#include "table/table.h"

struct list_words {
    struct table *t;
    const char *const *by; /* the columns, in order: those of the list and of the calls */
    size_t n_by;
    const struct scan_spec *calls;
    const struct scan *scan; /* of calls, walked; once words are asked for */
};

/* A column for each. False when out of memory. */
bool list_words_add_columns(const struct list_words *l);

/* What the dimensions of the calls say of a group of the scan, in the table's arena; NULL when out
 * of memory. *when: what a leading dimension of time says, else 0. */
const struct sv *list_words_of(const struct list_words *l, uint32_t group, int64_t *when);

/* The cell of column i, a dimension of the calls. */
struct cell list_words_cell(const struct list_words *l, const struct sv *words, size_t i);

#endif
