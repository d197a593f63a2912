/* spike: see the header. */
#include "stats/spike.h"

#include <math.h>
#include "base/banned.h"

static double mean_or_zero(struct spike_window w)
{
    return w.n > 0 ? w.sum / w.n : 0;
}

bool spike_of_mean(struct spike_window recent, struct spike_window history, double factor)
{
    return spike_of_mean_from_zero(recent, history.n > 0 ? history : recent, factor);
}

bool spike_of_mean_from_zero(struct spike_window recent, struct spike_window history, double factor)
{
    return mean_or_zero(recent) > factor * mean_or_zero(history);
}

bool spike_of_sum(double recent, double history, double history_hours, double factor)
{
    return recent > factor * history / history_hours;
}

bool rate_moved(double recent, double history, double threshold)
{
    return fabs(recent - history) > threshold;
}

bool increase_percent(double recent, double history, double *out)
{
    double percent = (recent - history) / history * 100;

    if (!isfinite(percent))
        return false;
    *out = percent;
    return true;
}
