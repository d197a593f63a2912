/* distribution: see the header. */
#include "stats/distribution.h"

#include <math.h>
#include "stats/special.h"
#include "base/banned.h"

double normal_upper(double z)
{
    return 0.5 * erfc(z * M_SQRT1_2);
}

double normal_lower(double z)
{
    return normal_upper(-z);
}

/* c[0] + c[1] x + ... + c[7] x^7 */
static double polynomial(const double c[8], double x)
{
    double sum = c[7];

    for (int i = 6; i >= 0; i--)
        sum = sum * x + c[i];
    return sum;
}

/* Wichura's rational functions: of the middle, of the tails, of the far tails. */
static const double as241[3][2][8] = {
    {{3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
      45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727},
     {1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867,
      39307.89580009271061, 28729.085735721942674, 5226.495278852545925}},
    {{1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
      1.27045825245236838258, .24178072517745061177, .0227238449892691845833,
      7.7454501427834140764e-4},
     {1, 2.05319162663775882187, 1.6763848301838038494, .68976733498510000455,
      .14810397642748007459, .0151986665636164571966, 5.475938084995344946e-4,
      1.05075007164441684324e-9}                                        },
    {{6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, .29656057182850489123,
      .026532189526576123093, .0012426609473880784386, 2.71155556874348757815e-5,
      2.01033439929228813265e-7},
     {1, .59983220655588793769, .13692988092273580531, .0148753612908506148525,
      7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7,
      2.04426310338993978564e-15}                                       },
};

static double rational(int piece, double x)
{
    return polynomial(as241[piece][0], x) / polynomial(as241[piece][1], x);
}

double normal_quantile(double p)
{
    double q = p - 0.5, tail = p < 0.5 ? p : 1 - p, r, z, density;

    if (!(p > 0 && p < 1))
        return NAN;
    if (fabs(q) <= 0.425)
        return q * rational(0, 0.180625 - q * q);
    r = sqrt(-log(tail));
    z = r <= 5 ? rational(1, r - 1.6) : rational(2, r - 5);
    density = exp(-0.5 * z * z) / sqrt(2 * M_PI);
    if (density > 0)
        z += (normal_upper(z) - tail) / density;
    return q < 0 ? -z : z;
}

double t_upper(double t, double df)
{
    double square = t * t, tail;

    if (isnan(t) || !(df > 0))
        return NAN;
    if (isinf(square))
        tail = 0; /* beyond 1e154; a df below 2 would still give 1e-154 */
    else
        tail = 0.5 * beta_tails(0.5 * df, 0.5, df / (df + square), square / (df + square)).lower;
    return t < 0 ? 1 - tail : tail;
}

double t_critical(double upper, double df)
{
    double low = 0, high = 1;

    if (!(upper > 0 && upper <= 0.5) || !(df > 0))
        return NAN;
    while (t_upper(high, df) > upper && high < 1e150) {
        low = high;
        high *= 2;
    }
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high);

        if (middle <= low || middle >= high)
            break;
        if (t_upper(middle, df) > upper)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double chi_square_upper(double x, double df)
{
    return gamma_tails(0.5 * df, 0.5 * x).upper;
}

double f_upper(double f, double df1, double df2)
{
    double x = df1 * f, sum = x + df2;

    if (!(f >= 0))
        return NAN;
    if (isinf(sum))
        return 0;
    return beta_tails(0.5 * df1, 0.5 * df2, x / sum, df2 / sum).upper;
}

double beta_lower(double x, double a, double b)
{
    return beta_tails(a, b, x, 1 - x).lower;
}

double beta_quantile(double p, double a, double b)
{
    double low = 0, high = 1;

    if (!(p >= 0 && p <= 1) || isnan(beta_lower(0.5, a, b)))
        return NAN;
    if (p == 0 || p == 1)
        return p;
    for (int i = 0; i < 1100; i++) { /* 1074 halvings reach the smallest number there is */
        double middle = 0.5 * (low + high);

        if (middle <= low || middle >= high)
            break;
        if (beta_lower(middle, a, b) < p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double binomial_density(int64_t k, int64_t n, double p)
{
    double x = (double)k, m = (double)n, y = m - x, q = 1 - p;

    if (!(p >= 0 && p <= 1) || n < 0)
        return NAN;
    if (k < 0 || k > n)
        return 0;
    if (p == 0 || p == 1)
        return k == (p > 0 ? n : 0);
    if (k == 0)
        return exp(m * log1p(-p));
    if (k == n)
        return exp(m * log(p));
    return exp(stirling_rest(m) - stirling_rest(x) - stirling_rest(y) - deviance(x, m * p) -
               deviance(y, m * q)) *
           sqrt(m / (2 * M_PI * x * y));
}

double binomial_upper(int64_t k, int64_t n, double p)
{
    if (!(p >= 0 && p <= 1) || n < 0)
        return NAN;
    if (k <= 0)
        return 1;
    if (k > n)
        return 0;
    return beta_tails((double)k, (double)(n - k + 1), p, 1 - p).lower;
}

double binomial_lower(int64_t k, int64_t n, double p)
{
    if (!(p >= 0 && p <= 1) || n < 0)
        return NAN;
    if (k < 0)
        return 0;
    if (k >= n)
        return 1;
    return beta_tails((double)(k + 1), (double)(n - k), p, 1 - p).upper;
}

int64_t binomial_quantile(double probability, int64_t n, double p)
{
    int64_t low = -1, high = n; /* P(X <= low) < probability <= P(X <= high) */

    probability *= 1 - 1e-13; /* where both are equal, rounding shall not decide */
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;

        if (binomial_lower(middle, n, p) < probability)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double kolmogorov_upper(double lambda)
{
    double sum = 0;

    if (isnan(lambda))
        return NAN;
    if (lambda <= 0.04) /* the complement is below 1e-300 */
        return 1;
    if (lambda < 1.18) {
        for (int k = 1; k <= 15; k += 2)
            sum += exp(-k * k * M_PI * M_PI / (8 * lambda * lambda));
        return 1 - sqrt(2 * M_PI) / lambda * sum;
    }
    for (int k = 4; k >= 1; k--) /* smallest first; the fifth is below 1e-30 of the first */
        sum = exp(-2 * k * k * lambda * lambda) - sum;
    return 2 * sum;
}
