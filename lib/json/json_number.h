/* json_number: what the text of a number says, exactly: no digit is rounded away. */
#ifndef LLMOBS_JSON_JSON_NUMBER_H
#define LLMOBS_JSON_JSON_NUMBER_H

#include <stdint.h>
#include "base/sv.h"

/* 0.DIGITS * 10^exponent. 1, 1.0 and 10e-1 are the same number; -0 is 0. */
struct json_number {
    struct sv digits; /* of the text, from the first to the last one that is not 0; with the point
                       * where it stands among them; empty: 0 */
    int64_t n;        /* digits without the point */
    int64_t
        exponent; /* 0 of 0; what is written as exponent counts as +-JSON_EXPONENT_MAX at most */
    bool negative;
};

#define JSON_EXPONENT_MAX INT64_C(100000000000000000)

/* Of a text that the grammar takes: a JSON_NUMBER. O(bytes). */
struct json_number json_number_of(struct sv text);

/* < 0, 0, > 0. O(digits that are the same). */
int json_number_compare(const struct json_number *a, const struct json_number *b);

/* Equal for equal numbers. */
uint64_t json_number_hash(const struct json_number *a);

/* Without a fraction, as 1.0 and 1e3. */
bool json_number_is_whole(const struct json_number *a);

/* A whole number from 0 on as an integer, INT64_MAX where it is larger; false: it is none. */
bool json_number_count(const struct json_number *a, int64_t *out);

/* Whether a is a whole multiple of b, which is above 0 and has at most JSON_DIVISOR_DIGITS digits
 * from the first to the last one that is not 0. O(digits of a). */
#define JSON_DIVISOR_DIGITS 18
bool json_number_is_multiple(const struct json_number *a, const struct json_number *b);

#endif
