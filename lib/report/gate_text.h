/* gate_text: what a gate found, in the words that all its outputs share. */
#ifndef LLMOBS_REPORT_GATE_TEXT_H
#define LLMOBS_REPORT_GATE_TEXT_H

#include "base/buf.h"
#include "report/gate.h"

/* Text of logs among it is as the logs have it: the caller makes it harmless. */

void gate_level(struct buf *b, const struct gate_row *row, double v);      /* 92.5 %, 0.172 */
void gate_difference(struct buf *b, const struct gate_row *row, double d); /* -6.5 pt, -0.015 */
void gate_interval(struct buf *b, const struct gate_row *row, struct interval i);

/* "FAIL  passed 92.5 % -> 86.0 % (-6.5 pt, 95 % CI ..., McNemar exact p 0.011, 200 cases)"; of
 * several metrics how many came to what. */
void gate_sentence(struct buf *b, const struct gate_result *g);

/* "92.5 % -> 86.0 % (-6.5 pt, 95 % CI -11.1 .. -1.9, McNemar exact p 0.011, 200 paired cases)" */
void gate_row_sentence(struct buf *b, const struct gate_row *row);

/* "18 pass->fail   5 fail->pass   177 same" */
void gate_counts(struct buf *b, const struct gate_row *row);

/* Why the row's verdict is what it is, and what would decide: a sentence, or nothing. */
void gate_reason(struct buf *b, const struct gate_row *row);

/* "max-cost +10%: $1.20 against at most $1.10" */
void gate_limit_sentence(struct buf *b, const struct gate_limit_row *limit);

/* "cost +4 %   p95 latency -2 %", nothing where the runs do not say. */
void gate_usage_changes(struct buf *b, const struct gate_result *g);

#endif
