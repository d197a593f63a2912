/* contributor: see the header. */
#include "alert/contributor.h"

#include <inttypes.h>
#include <stdio.h>
#include "alert/values.h"
#include "base/buf.h"
#include "report/words.h"
#include "base/banned.h"

static const char *const dimensions_asked[] = {"feature", "user", "model", "prompt_version"};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for what contributes");
}

/* What is added up of each value; false when there is nothing of the kind. */
static bool weight_of(const struct verdict *v, struct arena *a, struct metric *out)
{
    static const struct {
        const char *key, *beyond; /* beyond: calls above the threshold, by this filter */
    } times[] = {
        {"latency", "latency_us"              },
        {"ttft",    "ttft_us"                 },
        {"tpot",    "time_per_output_token_us"},
    };
    const struct metric *m = &v->rule->metric;
    const char *name = m->key;
    char filter[80];

    if (m->source == METRIC_SHARE || m->source == METRIC_COUNT) {
        *out = (struct metric){
            .name = m->name, .source = METRIC_COUNT, .shape = METRIC_SUM, .argument = m->argument};
        return true;
    }
    if (m->source != METRIC_REPORT)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(times); i++)
        if (strncmp(name, times[i].key, strlen(times[i].key)) == 0 && v->limits.has_high) {
            snprintf(filter, sizeof(filter), "count:%s>%.0f", times[i].beyond, v->limits.high);
            name = arena_text(a, filter);
            return name && !metric_find(name, out, NULL);
        }
    if (m->family == FAMILY_COST)
        name = "cost_usd";
    else if (m->family == FAMILY_ERRORS)
        name = "errors";
    else if (m->shape != METRIC_SUM && strncmp(name, "input", 5) == 0)
        name = "input_tokens";
    else if (m->shape != METRIC_SUM && strncmp(name, "output", 6) == 0)
        name = "output_tokens";
    return !metric_find(name, out, NULL) && out->shape == METRIC_SUM && !out->divide;
}

static bool is_group(const struct rule *rule, const char *dimension)
{
    for (size_t d = 0; d < rule->n_by; d++)
        if (strcmp(rule->by[d], dimension) == 0)
            return true;
    return false;
}

/* The filters of the spec, the rule and the group. */
static enum err filters(const struct judge_spec *spec, const struct verdict *v, struct arena *a,
                        struct metric_window *w, struct error *err)
{
    const struct rule *rule = v->rule;
    const char **where =
        arena_zalloc(a, spec->n_where + rule->n_where + rule->n_by + 1, sizeof(*where));
    size_t n = 0;

    if (!where)
        return no_memory(err);
    for (size_t i = 0; i < spec->n_where; i++)
        where[n++] = spec->where[i];
    for (size_t i = 0; i < rule->n_where; i++)
        where[n++] = rule->where[i];
    for (size_t d = 0; d < rule->n_by; d++)
        if (!(where[n++] = values_filter(a, rule->by[d], v->values[d])))
            return no_memory(err);
    w->where = where;
    w->n_where = n;
    return OK;
}

/* The part of the excess that the largest value has. */
static enum err largest(struct store *s, const struct rule *rule, const struct metric *weight,
                        struct metric_window w, struct arena *a, struct sv *value, double *share,
                        struct error *err)
{
    struct readings now, before = {NULL, 0};
    double total = 0, most = 0, times = 1;
    enum err rc = metric_read(s, weight, &w, a, &now, err);

    if (!rc && rule->baseline_us && rule->kind < RULE_SIGMAS) {
        w.until_us = w.since_us;
        w.since_us -= rule->baseline_us;
        times = (double)rule->window_us / (double)rule->baseline_us;
        rc = metric_read(s, weight, &w, a, &before, err);
    }
    if (rc || now.n < 2)
        return rc;
    for (size_t i = 0; i < now.n; i++) {
        const struct reading *was = metric_of_group(&before, now.v[i].group);
        double excess = now.v[i].value - (was && was->known ? was->value * times : 0);

        if (!now.v[i].known || !(excess > 0))
            continue;
        total += excess;
        if (excess > most && now.v[i].values[0].p) {
            most = excess;
            *value = now.v[i].values[0];
        }
    }
    *share = total > 0 ? most / total : 0;
    return OK;
}

enum err contributor_find(struct store *s, const struct judge_spec *spec, struct arena *a,
                          struct verdict *v, struct error *err)
{
    const struct rule *rule = v->rule;
    struct metric_window w = {.n_by = 1,
                              .since_us = spec->now_us - rule->window_us,
                              .until_us = spec->now_us,
                              .zone = spec->zone,
                              .jobs = spec->jobs};
    struct metric weight;
    enum err rc;

    if (!limits_exceeded(&v->limits, v->value) ||
        (v->limits.has_low && v->value <= v->limits.low) || !weight_of(v, a, &weight))
        return OK;
    rc = filters(spec, v, a, &w, err);
    for (size_t i = 0; i < ARRAY_LEN(dimensions_asked) && !rc; i++) {
        struct sv value = SV_NONE;
        struct buf b = {0};
        double share = 0;

        if (is_group(rule, dimensions_asked[i]))
            continue;
        w.by = &dimensions_asked[i];
        rc = largest(s, rule, &weight, w, a, &value, &share, err);
        if (rc || !value.p || share <= v->share)
            continue;
        buf_printf(&b, "%s=", dimensions_asked[i]);
        buf_sv(&b, value);
        v->contributor = words_take(&b, a);
        v->share = share;
        rc = v->contributor.p ? OK : no_memory(err);
        buf_release(&b);
    }
    return rc;
}
