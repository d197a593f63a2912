/* special: see the header. */
#include "stats/special.h"

#include <float.h>
#include <math.h>
#include "base/banned.h"

#define HALF_LN_2PI 0.918938533204672741780329736406

/* Enough for a or b of 1e9 (the fraction needs some sqrt(max(a, b)) steps). */
#define STEPS_MAX 200000

static double log_gamma(double x)
{
    int sign;

    return lgamma_r(x, &sign); /* lgamma() writes a global */
}

double stirling_rest(double x)
{
    double z = 1 / (x * x);

    if (x < 16)
        return log_gamma(x) - ((x - 0.5) * log(x) - x + HALF_LN_2PI);
    return (1.0 / 12 -
            z * (1.0 / 360 -
                 z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188 - z * 691.0 / 360360))))) /
           x;
}

double deviance(double x, double m)
{
    double v, term, sum;

    if (x <= 0)
        return m;
    if (fabs(x - m) >= 0.1 * (x + m))
        return x * log(x / m) + m - x;
    /* (x - m) v + 2x (v^3/3 + v^5/5 + ...) with v = (x - m)/(x + m) */
    v = (x - m) / (x + m);
    sum = (x - m) * v;
    term = 2 * x * v;
    for (int k = 3; k < 1000; k += 2) {
        double before = sum;

        term *= v * v;
        sum += term / k;
        if (sum == before)
            break;
    }
    return sum;
}

double log_beta(double a, double b)
{
    double small = a < b ? a : b, large = a < b ? b : a, sum = a + b;

    return HALF_LN_2PI + 0.5 * log(sum / (small * large)) + small * log(small / sum) +
           large * log1p(-small / sum) + stirling_rest(small) + stirling_rest(large) -
           stirling_rest(sum);
}

/* x^a e^-x / Γ(a) */
static double gamma_front(double a, double x)
{
    return exp(-deviance(a, x) - stirling_rest(a)) * sqrt(a / (2 * M_PI));
}

static double gamma_series(double a, double x)
{
    double term = 1 / a, sum = term;

    for (int i = 1; i < STEPS_MAX && term > sum * DBL_EPSILON / 4; i++) {
        term *= x / (a + i);
        sum += term;
    }
    return sum;
}

/* One step of Lentz's method for b + a/...; a zero on the way is moved off by a trifle. */
static double lentz_step(double a, double b, double *c, double *d)
{
    *d = b + a * *d;
    *d = 1 / (fabs(*d) < DBL_MIN ? DBL_MIN : *d);
    *c = b + a / *c;
    *c = fabs(*c) < DBL_MIN ? DBL_MIN : *c;
    return *c * *d;
}

static double gamma_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / DBL_MIN, d = 1 / b, h = d;

    for (int i = 1; i < STEPS_MAX; i++) {
        double change;

        b += 2;
        change = lentz_step(-i * (i - a), b, &c, &d);
        h *= change;
        if (fabs(change - 1) < DBL_EPSILON)
            break;
    }
    return h;
}

struct tails gamma_tails(double a, double x)
{
    struct tails t = {NAN, NAN};

    if (!(a > 0) || !(x >= 0) || isinf(a))
        return t;
    if (x == 0 || isinf(x)) {
        t.lower = x > 0;
        t.upper = x == 0;
    } else if (x < a + 1) {
        t.lower = gamma_front(a, x) * gamma_series(a, x);
        t.upper = 1 - t.lower;
    } else {
        t.upper = gamma_front(a, x) * gamma_fraction(a, x);
        t.lower = 1 - t.upper;
    }
    return t;
}

/* x^a y^b / B(a, b) */
static double beta_front(double a, double b, double x, double y)
{
    double n = a + b;

    return exp(stirling_rest(n) - stirling_rest(a) - stirling_rest(b) - deviance(a, n * x) -
               deviance(b, n * y)) *
           sqrt(a / n * b / (2 * M_PI));
}

/* x^a y^b / (B(a, b) I_x(a, b)). Where the terms of the classical fraction come close to -1, the
 * sums here are of positive terms as long as n < b. */
static double beta_fraction(double a, double b, double x, double y)
{
    double h = a * (a * y - b * x + 1) / (a + 1), c, d = 0;

    h = fabs(h) < DBL_MIN ? DBL_MIN : h;
    c = h;
    for (int n = 1; n < STEPS_MAX; n++) {
        double two = a + 2 * n - 1, shared = n * (b - n) * x / two, change;

        change = lentz_step((a + n - 1) / two * (a + b + n - 1) * x * shared,
                            n + shared + (a + n) * (a * y - b * x + 1 + n * (1 + y)) / (two + 2),
                            &c, &d);
        h *= change;
        if (fabs(change - 1) < DBL_EPSILON)
            break;
    }
    return h;
}

struct tails beta_tails(double a, double b, double x, double y)
{
    struct tails t = {NAN, NAN};

    if (!(a > 0) || !(b > 0) || isinf(a) || isinf(b) || !(x >= 0) || !(y >= 0))
        return t;
    if (x == 0 || y == 0) {
        t.lower = y == 0;
        t.upper = x == 0;
    } else if (x <= (a + 1) / (a + b + 2)) {
        t.lower = beta_front(a, b, x, y) / beta_fraction(a, b, x, y);
        t.upper = 1 - t.lower;
    } else {
        t.upper = beta_front(a, b, x, y) / beta_fraction(b, a, y, x);
        t.lower = 1 - t.upper;
    }
    return t;
}
