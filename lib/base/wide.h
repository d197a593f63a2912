/* wide: sums in 128 bits, and the one division at their end. */
#ifndef LLMOBS_BASE_WIDE_H
#define LLMOBS_BASE_WIDE_H

#include <stdint.h>

__extension__ typedef __int128 i128;

/* a / b for b > 0, rounded half to even; clamped to int64. */
int64_t divide_half_even(i128 a, int64_t b);

/* a / b for b > 0 as the double that is nearest or next to it, however large a and b are. */
double divide_real(i128 a, i128 b);

#endif
