/* backtest: see the header. */
#include "alert/backtest.h"

#include "alert/contributor.h"
#include "base/time_text.h"
#include "base/banned.h"

#define LEAST_STEP_US (300 * US_PER_S)

/* As far apart as windows are long, so that each is read once, as a baseline's, too. */
static int64_t step_of(const struct rule *rule)
{
    return rule->window_us < LEAST_STEP_US ? LEAST_STEP_US : rule->window_us;
}

/* A verdict out of an arena that is about to go. */
static bool keep(struct arena *a, struct verdict *v)
{
    struct sv *values = arena_zalloc(a, v->rule->n_by + 1, sizeof(*values));

    for (size_t d = 0; values && d < v->rule->n_by; d++)
        if (v->values && v->values[d].p)
            values[d] = arena_copy(a, v->values[d]);
    v->values = values;
    if (v->group.p)
        v->group = arena_copy(a, v->group);
    if (v->contributor.p)
        v->contributor = arena_copy(a, v->contributor);
    if (v->reason)
        v->reason = arena_text(a, v->reason);
    if (v->note)
        v->note = arena_text(a, v->note);
    return values != NULL;
}

static enum err first_firing(struct store *s, struct judge_spec spec, const struct rule *rule,
                             int64_t since_us, struct arena *a, struct verdict *out,
                             struct error *err)
{
    int64_t end_us = spec.now_us, step = step_of(rule);
    int64_t steps = (end_us - since_us) / step;
    struct arena rule_arena = {0};
    struct window_cache cache = {.v = NULL};
    enum err rc = OK;
    bool found = false;

    spec.cache = &cache;
    spec.jobs = 1; /* windows are short */
    for (int64_t i = steps; i >= 0 && !found && !rc; i--) {
        struct verdicts at = {NULL, 0, 0};

        spec.now_us = end_us - i * step;
        rc = judge_rule(s, &spec, rule, &rule_arena, &at, err);
        for (size_t k = 0; k < at.n && !rc && !found; k++)
            if (at.v[k].state == VERDICT_FIRING || (i == 0 && k == 0)) {
                found = true;
                *out = at.v[k];
                if (out->state == VERDICT_FIRING) {
                    rc = contributor_find(s, &spec, &rule_arena, out, err);
                    out->since_us = spec.now_us;
                }
                if (!rc && !keep(a, out))
                    rc = error_set(err, ERR_NOMEM, "out of memory for the rules");
            }
    }
    window_cache_release(&cache);
    arena_release(&rule_arena);
    return rc;
}

enum err backtest_rules(struct store *s, const struct judge_spec *spec, int64_t since_us,
                        struct arena *a, struct verdicts *out, struct error *err)
{
    enum err rc = OK;

    *out = (struct verdicts){NULL, 0, 0};
    for (size_t i = 0; i < spec->rules->n && !rc; i++) {
        const struct rule *rule = &spec->rules->rules[i];
        struct verdict *v;

        if (rule->kind == RULE_OF)
            continue;
        v = verdicts_add(out, a);
        if (!v)
            return error_set(err, ERR_NOMEM, "out of memory for the rules");
        rc = first_firing(s, *spec, rule, since_us, a, v, err);
    }
    return rc;
}
