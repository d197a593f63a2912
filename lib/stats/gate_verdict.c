/* gate_verdict: see the header. */
#include "stats/gate_verdict.h"

#include "base/banned.h"

enum gate_verdict gate_verdict(const struct paired *p, double p_worse, double margin, double alpha)
{
    double low;

    if (p->clusters < 2)
        return GATE_INCONCLUSIVE;
    if (p_worse <= alpha && -p->mean > margin)
        return GATE_FAIL;
    low = paired_interval(p, 1 - 2 * alpha).low;
    return low > 0 ? GATE_IMPROVED : low > -margin ? GATE_PASS : GATE_INCONCLUSIVE;
}

enum gate_verdict gate_overall(const enum gate_verdict *v, size_t n)
{
    enum gate_verdict worst = n ? GATE_IMPROVED : GATE_INCONCLUSIVE;

    for (size_t i = 0; i < n; i++)
        if (v[i] > worst)
            worst = v[i];
    return worst;
}
