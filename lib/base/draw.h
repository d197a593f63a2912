/* draw: which of many things are in a sample, by their ids alone: the same ones each time, on every
 * machine, whatever else there is; a higher rate takes what a lower one took. */
#ifndef LLMOBS_BASE_DRAW_H
#define LLMOBS_BASE_DRAW_H

#include <stdbool.h>
#include <stdint.h>
#include "base/error.h"
#include "base/sv.h"

#define DRAW_ALL INT64_C(1000000000) /* a rate of 1, in parts per billion */

/* The first 64 bits of SHA-256 of the id, as a share of 2^64. */
uint64_t draw_hash(struct sv id);

/* Whether hash / 2^64 < rate / 10^9, exactly. rate: 0 .. DRAW_ALL */
bool draw_takes(uint64_t hash, int64_t rate_ppb);

/* "0.05" and "5%" in parts per billion; ERR_PARSE for what is no share from 0 to 1, without a
 * message. */
NODISCARD enum err draw_rate(struct sv text, int64_t *rate_ppb);

#endif
