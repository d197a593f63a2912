/* compared_text: levels of compared fields and their changes, as people read them. */
#ifndef LLMOBS_REPORT_COMPARED_TEXT_H
#define LLMOBS_REPORT_COMPARED_TEXT_H

#include "base/buf.h"
#include "table/table.h"

/* A level in its unit: 2.41 s, 1,004, $0.0021, 12.5 %, 0.81; "-" where it is not known. */
void compared_level(struct buf *b, enum unit unit, double v);

/* A ratio as a change: +40 %, x 2.1; a difference in the unit, of rates in points: +15.1 pt. */
void compared_ratio(struct buf *b, double ratio);
void compared_difference(struct buf *b, enum unit unit, double d);

/* 0.012, <1e-6 */
void compared_p(struct buf *b, double p);

/* n, and in brackets what it is worth: 1,470 (eff 512) */
void compared_n(struct buf *b, int64_t n, double effective);

/* How machines call the unit: us, tokens, usd, rate, score. */
const char *compared_unit(enum unit unit);

/* The level as machines read it, dollars in place of nano-dollars; missing where not known. */
struct cell compared_cell(enum unit unit, double v);

#endif
