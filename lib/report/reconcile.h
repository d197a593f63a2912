/* reconcile: an invoice held against the log. */
#ifndef LLMOBS_REPORT_RECONCILE_H
#define LLMOBS_REPORT_RECONCILE_H

#include "table/table.h"

/* A line of an invoice: the values of the dimensions that are compared, and what it asks for. */
struct invoice_line {
    const struct sv *values;
    int64_t nusd;
};

struct reconcile_spec {
    const char *const *by; /* the dimensions, at least one */
    size_t n_by;
    const struct invoice_line *lines;
    size_t n_lines;
    double tolerance; /* a part of the invoice's amount: up to it the two agree */
};

/*
 * Joins the groups of a report by the same dimensions (its first n_by columns, and "cost_usd") with
 * the invoice; lines with equal values are added up, upper and lower case are the same. Rows:
 * dimensions, cost_usd (of the log), invoice_usd, difference_usd (log - invoice), difference_rate,
 * state: "matched", "differs", "log only", "invoice only"; what differs first, the largest difference
 * before the others. A total, and the fact "differing" for the rows that are not matched. A group of
 * the log that costs nothing and is not on the invoice is matched.
 *   out   zeroed by the caller, who releases it, also after an error
 * ERR_NOMEM.
 */
NODISCARD enum err reconcile_run(const struct table *log, const struct reconcile_spec *spec,
                                 struct table *out, struct error *err);

#endif
