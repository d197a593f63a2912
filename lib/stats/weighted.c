/* weighted: see the header. */
#include "stats/weighted.h"

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

void weighted_add(struct weighted *w, int64_t value, int64_t weight)
{
    i128 product = (i128)value * weight;

    w->overflow |= __builtin_add_overflow(w->product, product, &w->product);
    w->weight += weight; /* 2^63 terms of 2^63 fit */
    w->n++;
}

void weighted_merge(struct weighted *into, const struct weighted *from)
{
    into->overflow |= from->overflow;
    into->overflow |= __builtin_add_overflow(into->product, from->product, &into->product);
    into->weight += from->weight;
    into->n += from->n;
}

bool weighted_mean(const struct weighted *w, double *out)
{
    if (w->overflow || w->weight <= 0)
        return false;
    *out = divide_real(w->product, w->weight);
    return true;
}
