/* json_number: what the text of a number says, exactly. */
#include "json/json_number.h"

#include "base/hash.h"
#include "base/wide.h"
#include "base/banned.h"

/* "+12", "-3", cut off at JSON_EXPONENT_MAX. */
static int64_t read_exponent(const char *p, const char *end)
{
    bool negative = p < end && *p == '-';
    int64_t e = 0;

    for (p += p < end && (*p == '-' || *p == '+'); p < end; p++)
        e = e < JSON_EXPONENT_MAX ? 10 * e + (*p - '0') : e;
    e = e < JSON_EXPONENT_MAX ? e : JSON_EXPONENT_MAX;
    return negative ? -e : e;
}

struct json_number json_number_of(struct sv text)
{
    const char *p = text.p, *end = text.p + text.n;
    const char *first = NULL, *last = NULL, *point = NULL, *mark;
    struct json_number out = {.digits = SV("")};

    out.negative = *p == '-';
    p += out.negative;
    for (mark = p; mark < end && *mark != 'e' && *mark != 'E'; mark++) {
        if (*mark == '.') {
            point = mark;
        } else if (*mark != '0') {
            first = first ? first : mark;
            last = mark;
        }
    }
    if (!first) {
        out.negative = false;
        return out;
    }
    point = point ? point : mark;
    out.digits = (struct sv){first, (size_t)(last + 1 - first)};
    out.n = (int64_t)out.digits.n - (first < point && point < last);
    out.exponent = first < point ? point - first : point + 1 - first;
    if (mark < end)
        out.exponent += read_exponent(mark + 1, end);
    return out;
}

int json_number_compare(const struct json_number *a, const struct json_number *b)
{
    const char *p = a->digits.p, *q = b->digits.p;
    const char *p_end = p + a->digits.n, *q_end = q + b->digits.n;
    int sign = a->negative ? -1 : 1;

    if (!a->n || !b->n)
        return b->n ? (b->negative ? 1 : -1) : a->n ? sign : 0;
    if (a->negative != b->negative)
        return sign;
    if (a->exponent != b->exponent)
        return a->exponent < b->exponent ? -sign : sign;
    for (; p < p_end && q < q_end; p++, q++) {
        p += *p == '.'; /* never the last byte */
        q += *q == '.';
        if (*p != *q)
            return *p < *q ? -sign : sign;
    }
    return p < p_end ? sign : q < q_end ? -sign : 0;
}

uint64_t json_number_hash(const struct json_number *a)
{
    uint64_t h = (uint64_t)a->exponent * 2 + a->negative;

    for (size_t i = 0; i < a->digits.n; i++)
        if (a->digits.p[i] != '.')
            h = hash_mix(h ^ (unsigned char)a->digits.p[i]);
    return hash_mix(h);
}

bool json_number_is_whole(const struct json_number *a)
{
    return a->n <= a->exponent || !a->n;
}

/* value * 10^times + what the digits say, below INT64_MAX; INT64_MAX where it is not. */
static int64_t whole_of(const struct json_number *a)
{
    int64_t v = 0, digits = 0;

    for (size_t i = 0; i < a->digits.n; i++) {
        if (a->digits.p[i] == '.')
            continue;
        v = 10 * v + (a->digits.p[i] - '0');
        digits++;
    }
    for (; digits < a->exponent; digits++)
        v *= 10;
    return v;
}

bool json_number_count(const struct json_number *a, int64_t *out)
{
    if (a->negative || !json_number_is_whole(a))
        return false;
    *out = a->exponent <= JSON_DIVISOR_DIGITS ? whole_of(a) : INT64_MAX;
    return true;
}

static uint64_t times_mod(uint64_t a, uint64_t b, uint64_t m)
{
    return (uint64_t)((i128)a * (i128)b % (i128)m);
}

/* 10^e mod m */
static uint64_t ten_to(int64_t e, uint64_t m)
{
    uint64_t power = 10 % m, out = 1 % m;

    for (; e; e >>= 1) {
        if (e & 1)
            out = times_mod(out, power, m);
        power = times_mod(power, power, m);
    }
    return out;
}

/* With the points behind the last digits, a = x * 10^i and b = y * 10^k; neither x nor y ends in 0.
 * Then x * 10^(i - k) / y must be whole, which with i < k it is not: x has no factor 10. */
bool json_number_is_multiple(const struct json_number *a, const struct json_number *b)
{
    int64_t shift = a->exponent - a->n - (b->exponent - b->n);
    struct json_number y = *b;
    uint64_t divisor, rest = 0;

    if (!a->n)
        return true;
    if (shift < 0)
        return false;
    y.exponent = y.n;
    divisor = (uint64_t)whole_of(&y);
    for (size_t i = 0; i < a->digits.n; i++)
        if (a->digits.p[i] != '.')
            rest = (uint64_t)(((i128)rest * 10 + (a->digits.p[i] - '0')) % (i128)divisor);
    return times_mod(rest, ten_to(shift, divisor), divisor) == 0;
}
