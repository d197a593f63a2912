/* where: filter expressions, FIELD OP VALUE. */
#ifndef LLMOBS_QUERY_WHERE_H
#define LLMOBS_QUERY_WHERE_H

#include "query/call_values.h"
#include "query/dimensions.h"

/*
 *   text       model=gpt-*  model!=a|b  model~^gpt-[45]  model!~mini     every dimension, meta.KEY
 *   time       day>=2026-11-16  weekday<6  hour=2026-11-16T0*            by the bucket's label
 *   durations  latency>2s  latency<=500ms  latency_us=1500  ttft_ms>300
 *   numbers    input_tokens>10k  http_status=429  tokens_per_second<5
 *   money      cost>0.5 (dollars, as cost_usd)  cost_nusd>=1000
 *   flags      guardrail=1
 *   missing    user=null  latency!=null
 *   of steps   tool=search*  branch=human_review  context.confidence<0.7
 * = and != on text take * ? and several values with | between them; \ takes the meaning from the
 * next byte. ~ searches for a regular expression. A call without the value fulfils = null, != and
 * !~, nothing else.
 */
struct where;

/*
 * Reads the expression and decides each value of its dimension once. ERR_USAGE when it cannot be
 * understood: "where: column 6: expected ..., found ... in "EXPRESSION"" (columns count bytes from
 * 1). The text is copied, what source points to is borrowed.
 */
NODISCARD enum err where_open(const struct axis_source *source, enum cost_choice cost,
                              struct sv text, struct where **out, struct error *err);
void where_close(struct where *w); /* accepts NULL */

/* Columns of the store that where_apply() looks at. */
uint64_t where_columns(const struct where *w);

/* Clears keep[i] for rows that do not fulfil it. room: CHUNK_ROWS values, overwritten. Safe from
 * several threads with a room each. */
void where_apply(const struct where *w, const int64_t *const *cols, int64_t rows, int64_t *room,
                 unsigned char *keep);

/* Names of the fields that are no dimensions ("latency", "cost", ...); NULL at the end. */
const char *const *where_field_names(void);

#endif
