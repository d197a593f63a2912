/* gate_limits: see the header. */
#include "gate_limits.h"

#include <math.h>
#include "base/time_text.h"
#include "base/banned.h"

#define PARTS INT64_C(1000000000) /* of 1: nine decimals */

enum err gate_margin(const char *text, double *out, struct error *err)
{
    struct sv digits = sv_from(text);
    bool points = sv_ends(digits, "pt");
    int64_t parts = 0;

    if (!text)
        return OK;
    if (points)
        digits = sv_trim((struct sv){digits.p, digits.n - 2});
    if (decimal_exact(digits, points ? 7 : 9, &parts) || parts < 0)
        return error_set(err, ERR_USAGE,
                         "--margin: expected points (2pt) or a number of the metric's unit (0.02), "
                         "0 or more, found \"%s\"",
                         text);
    *out = (double)parts / (double)PARTS;
    return OK;
}

enum err gate_alpha(const char *text, double *out, struct error *err)
{
    int64_t parts = 0;

    if (!text)
        return OK;
    if (decimal_exact(sv_from(text), 9, &parts) || parts <= 0 || parts >= PARTS / 2)
        return error_set(err, ERR_USAGE,
                         "--alpha: expected a number above 0 and below 0.5, found \"%s\"", text);
    *out = (double)parts / (double)PARTS;
    return OK;
}

/* 8/10, 0.8, 80% */
static bool read_share(struct sv text, struct gate_limit *out)
{
    ptrdiff_t slash = sv_find(text, SV("/"));
    bool percent = sv_ends(text, "%");

    out->of = PARTS;
    if (slash >= 0) {
        struct sv below = {text.p + slash + 1, text.n - (size_t)slash - 1};

        if (decimal_exact((struct sv){text.p, (size_t)slash}, 0, &out->part) ||
            decimal_exact(below, 0, &out->of))
            return false;
    } else if (decimal_exact(percent ? (struct sv){text.p, text.n - 1} : text, percent ? 7 : 9,
                             &out->part)) {
        return false;
    }
    return out->of > 0 && out->part >= 0 && out->part <= out->of;
}

static bool read_number(struct sv text, double *out)
{
    int64_t parts;

    if (decimal_exact(text, 9, &parts) || parts < 0)
        return false;
    *out = (double)parts / (double)PARTS;
    return true;
}

/* "+10%" */
static bool read_growth(struct sv text, struct gate_limit *out)
{
    if (!sv_starts(text, "+") || !sv_ends(text, "%") ||
        !read_number((struct sv){text.p + 1, text.n - 2}, &out->most))
        return false;
    out->most /= 100;
    out->relative = true;
    return true;
}

static bool read_amount(enum gate_limit_kind kind, struct sv text, struct gate_limit *out)
{
    double unit = 1;

    if (read_growth(text, out))
        return true;
    if (kind == GATE_MAX_COST && sv_starts(text, "$")) {
        text = (struct sv){text.p + 1, text.n - 1};
    } else if (kind == GATE_MAX_TOKENS && (sv_ends(text, "k") || sv_ends(text, "M"))) {
        unit = sv_ends(text, "k") ? 1e3 : 1e6;
        text.n--;
    } else if (kind == GATE_MAX_LATENCY_P95) {
        if (!sv_ends(text, "s"))
            return false;
        unit = sv_ends(text, "ms") ? 1e-3 : 1;
        text.n -= sv_ends(text, "ms") ? 2 : 1;
    }
    if (!read_number(text, &out->most))
        return false;
    out->most *= unit;
    return true;
}

enum err gate_limit(enum gate_limit_kind kind, const char *text, struct gate_limit *out,
                    struct error *err)
{
    static const char *const expected[GATE_LIMITS] = {
        [GATE_PER_CASE] = "a share of passes for each case (>=8/10, >=0.8 or >=80%)",
        [GATE_MIN_PASS_RATE] = "a share (0.9, 90% or 9/10)",
        [GATE_MAX_COST] = "dollars of the run (5, $0.50) or growth over the baseline (+10%)",
        [GATE_MAX_TOKENS] = "tokens of the run (500k, 2.5M) or growth over the baseline (+10%)",
        [GATE_MAX_LATENCY_P95] = "a duration (2s, 1500ms) or growth over the baseline (+10%)",
    };
    struct sv value = sv_from(text);
    bool ok = true;

    if (!text)
        return OK;
    *out = (struct gate_limit){.known = true, .text = text};
    if (kind == GATE_PER_CASE) {
        ok = sv_starts(value, ">=");
        value = ok ? (struct sv){value.p + 2, value.n - 2} : value;
        ok = ok && read_share(value, out);
    } else if (kind == GATE_MIN_PASS_RATE) {
        ok = read_share(value, out);
    } else {
        ok = read_amount(kind, value, out);
    }
    if (ok)
        return OK;
    return error_set(err, ERR_USAGE, "--%s: expected %s, found \"%s\"", gate_limit_names[kind],
                     expected[kind], text);
}
