/* invoice: the lines of a bill, read from CSV. */
#ifndef LLMOBS_INVOICE_H
#define LLMOBS_INVOICE_H

#include "base/arena.h"
#include "base/error.h"
#include "report/reconcile.h"
#include "text.h"

/*
 * Reads a CSV file whose header has a column for each name of `by`, and one of dollars: cost_usd, amount_usd,
 * cost, amount or total, the first of these that is there. Upper and lower case are the same, a
 * leading $ and commas in an amount are passed over. Lines and values live in the arena.
 * ERR_IO, ERR_NOMEM; ERR_PARSE with file and line for what is no such table, or a row without an
 * amount.
 */
NODISCARD enum err invoice_read(const char *path, const char *const *by, size_t n_by,
                                struct arena *arena, struct invoice_line **out, size_t *n,
                                struct error *err);

#endif
