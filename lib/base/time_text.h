/* time_text: instants as text and back. Integer microseconds since 1970-01-01 UTC throughout. */
#ifndef LLMOBS_BASE_TIME_TEXT_H
#define LLMOBS_BASE_TIME_TEXT_H

#include <stdint.h>
#include "base/error.h"
#include "base/sv.h"

#define US_PER_S INT64_C(1000000)
#define US_PER_DAY (INT64_C(86400) * US_PER_S)

/* Days since 1970-01-01 of a proleptic Gregorian date, and back. Exact for years 1 to 9999. */
int64_t days_from_civil(int64_t year, int month, int day);
void civil_from_days(int64_t days, int64_t *year, int *month, int *day);

/*
 * Reads an instant as logs write it:
 *   2026-03-05T08:00:00.304763Z, +02:00, +0200, +02, a blank instead of T, 0 to 9 digits of
 *   fraction after . or , (floored to microseconds), seconds missing (08:00), date alone
 *   (midnight); a leap second (:60) is the second after it;
 *   no zone: read as UTC and *zoneless set (may be NULL);
 *   a number, also as text: < 1e11 seconds, < 1e14 milliseconds, < 1e17 microseconds, else
 *   nanoseconds; a fraction is kept to the microsecond by floor, never through double.
 * ERR_PARSE with *out untouched when it is none of these, ERR_RANGE outside years 1 to 9999.
 * No error text: the caller knows the field.
 */
NODISCARD enum err time_parse(struct sv text, int64_t *out_us, bool *zoneless);

/* RFC 3339 in UTC with microseconds only when not whole: 2026-03-05T08:00:00Z,
 * 2026-03-05T08:00:00.304763Z. out needs 40 bytes. Returns the length. */
size_t time_format_utc(int64_t us, char *out);

/* RFC 3339 at an offset in seconds, whole seconds: 2026-03-05T10:00:00+02:00 (Z when utc_z and
 * the offset is 0). out needs 40 bytes. */
size_t time_format_offset(int64_t us, int offset_s, bool utc_z, char *out);

/*
 * Decimal text to a scaled integer without going through double: "7403.112" with
 * scale_digits 3 is 7403112. Accepts sign, fraction, exponent
 * of any size, leading zeros, ".5" and "5."; digits beyond the scale are
 * rounded half to even over all given digits. ERR_PARSE if it is no decimal number, ERR_RANGE if
 * the result leaves int64. out untouched on error.
 */
NODISCARD enum err decimal_scaled(struct sv text, int scale_digits, int64_t *out);

/* The same without rounding: ERR_RANGE also when a digit beyond the scale is not 0. */
NODISCARD enum err decimal_exact(struct sv text, int scale_digits, int64_t *out);

/* nano-dollars as exact decimal dollars, trailing zeros trimmed: 2000000 -> "0.002", 0 -> "0".
 * out needs 32 bytes. Returns the length. */
size_t money_format(int64_t nusd, char *out);

#endif
