/* wide: see the header. */
#include "base/wide.h"

#include "base/banned.h"

int64_t divide_half_even(i128 a, int64_t b)
{
    i128 quotient = a / b, rest = a % b;

    if (rest < 0) { /* floor division: 0 <= rest < b */
        quotient--;
        rest += b;
    }
    if (2 * rest > b || (2 * rest == b && quotient % 2 != 0))
        quotient++;
    if (quotient > INT64_MAX)
        return INT64_MAX;
    return quotient < INT64_MIN ? INT64_MIN : (int64_t)quotient;
}

double divide_real(i128 a, i128 b)
{
    /* Whole and broken part apart: both conversions are then exact where it matters. */
    return (double)(a / b) + (double)(a % b) / (double)b;
}
