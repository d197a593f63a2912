/* kind_list: what scanning found in the texts of calls, by kind, and how much of each kind was made
 * unreadable in the texts that are stored. */
#ifndef LLMOBS_REPORT_KIND_LIST_H
#define LLMOBS_REPORT_KIND_LIST_H

#include "query/scan.h"
#include "table/table.h"

struct kind_spec {
    struct scan_spec calls; /* by: the dimensions of `by` but kind */
    const char *const *by;  /* in the order of the columns; kind is among them */
    size_t n_by;
    int64_t limit;                 /* rows; 0: all */
    const char *const *unreadable; /* n_unreadable kinds that redaction looks for */
    size_t n_unreadable;
};

/*
 * A row for each kind, and for each group of the other dimensions: time first, then most calls,
 * most redactions, and by name. What was found is of the texts as they were logged, what was made
 * unreadable of those that are stored, so that neither number is a part of the other: texts that
 * are not kept have finds alone, and texts that were not scanned may have been made unreadable.
 * Columns:
 *   calls, output_calls   in whose texts, in whose answer it was found
 *   found                 places in them
 *   scanned_n             calls of the group whose texts were scanned; where it is 0 nothing is
 *                         known of the figures above
 *   redactions            places in stored texts that were made unreadable; missing for kinds that
 *                         redaction does not look for, and where it looked at no text
 *   redactions_n          calls of the group of which a text was looked through for it
 * Memory: 24 B for each find and redaction of a call. ERR_NOMEM, ERR_USAGE for tags, and as
 * scan_open().
 */
NODISCARD enum err kind_list(struct store *s, const struct kind_spec *spec, struct table *out,
                             struct error *err);

#endif
