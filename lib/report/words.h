/* words: figures inside sentences and cells of text. */
#ifndef LLMOBS_REPORT_WORDS_H
#define LLMOBS_REPORT_WORDS_H

#include "base/arena.h"
#include "base/buf.h"

/* 44,120 */
void words_count(struct buf *b, int64_t v);

/* 8.02 s, 52 ms, 310 us; minutes and more as 3 min 20 s, 2 h 5 min, 3 d 4 h */
void words_duration(struct buf *b, int64_t us);

/* $0.5012: as many decimals as say something, two at least and nine at most */
void words_money(struct buf *b, int64_t nusd);

/* 70 %; <1 % for what is not nothing */
void words_share(struct buf *b, double share);

/* The first digits of the microsecond's date and time in a zone: 2026-11-19 14:02:11. */
struct zone;
void words_time(struct buf *b, const struct zone *zone, int64_t us);

/* The buffer's text in the arena, after which the buffer is empty; SV_NONE when it is empty or out
 * of memory (b->failed is set then). */
struct sv words_take(struct buf *b, struct arena *a);

#endif
