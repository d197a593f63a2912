/* numbers: figures inside sentences, and sums wider than a cell. */
#ifndef LLMOBS_REPORT_NUMBERS_H
#define LLMOBS_REPORT_NUMBERS_H

#include "base/buf.h"
#include "base/wide.h"
#include "table/table.h"

/* 14,046 */
void number_count(struct buf *b, i128 v);

/* Nano-dollars as $1,204.10, to the cent from a dollar on, below to two digits: $0.023, $0.00046.
 * Rounded half to even. */
void number_money(struct buf *b, i128 nusd);

/* A whole number, clamped to int64; above that it is a lower bound. */
struct cell cell_wide(i128 v);

/* "" or "s" */
const char *plural(int64_t n);

#endif
