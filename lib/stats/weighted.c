/* weighted: see the header. */
#include "stats/weighted.h"

#include "base/banned.h"

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
