/* score_rules: see the header. */
#include "ingest/score_rules.h"

#include "base/time_text.h"
#include "base/banned.h"

static bool number(struct sv text, double *out)
{
    int64_t billionths;

    if (decimal_scaled(text, 9, &billionths))
        return false;
    *out = (double)billionths / 1e9;
    return true;
}

enum err score_rules_range(struct score_rules *r, const char *text, struct error *err)
{
    const char *dots = strstr(text, "..");

    if (!dots || !number((struct sv){text, (size_t)(dots - text)}, &r->low) ||
        !number(sv_from(dots + 2), &r->high) || r->low >= r->high)
        return error_set(err, ERR_USAGE,
                         "--score-range %s: expected the worst and the best value, as in 0..1 or "
                         "1..5",
                         text);
    r->has_range = true;
    return OK;
}

enum err score_rules_pass(struct score_rules *r, const char *text, struct error *err)
{
    static const struct {
        const char *sign;
        enum score_test test;
    } signs[] = {
        {">=", SCORE_AT_LEAST},
        {"<=", SCORE_AT_MOST },
        {">",  SCORE_ABOVE   },
        {"<",  SCORE_BELOW   },
    };

    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        size_t n = strlen(signs[i].sign);

        if (strncmp(text, signs[i].sign, n) != 0)
            continue;
        if (!number(sv_from(text + n), &r->limit))
            break;
        r->test = signs[i].test;
        return OK;
    }
    return error_set(err, ERR_USAGE, "--score-pass %s: expected a comparison, as in '>=0.7'", text);
}

static bool passes(const struct score_rules *r, double value)
{
    switch (r->test) {
    case SCORE_AT_LEAST:
        return value >= r->limit;
    case SCORE_ABOVE:
        return value > r->limit;
    case SCORE_AT_MOST:
        return value <= r->limit;
    default:
        return value < r->limit;
    }
}

void score_rules_apply(const struct score_rules *r, struct score_record *s)
{
    bool verdict = s->passed.known && s->value.known && s->value.v == (double)s->passed.v;

    if (!s->name.n)
        s->name = r->name.n ? r->name : SV("quality");
    if (!s->scorer.n)
        s->scorer = r->scorer;
    if (r->judge_model.n && !s->judge_model.n && (!s->scorer.n || sv_is(s->scorer, "judge"))) {
        s->scorer = SV("judge");
        s->judge_model = r->judge_model;
    }
    if (!s->value.known || verdict)
        return;
    if (r->has_range && (s->value.v < r->low || s->value.v > r->high)) {
        s->value = (struct maybe_f64){0, false};
        return;
    }
    if (r->test && !s->passed.known)
        s->passed = (struct maybe_i64){passes(r, s->value.v), true};
    if (r->has_range)
        s->value.v = (s->value.v - r->low) / (r->high - r->low);
}
