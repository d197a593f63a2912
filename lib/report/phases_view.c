/* phases_view: latency by the parts of requests: retrieval, prompt, model, guardrails, tools. */
#include "report/step_table.h"
#include "report/step_views.h"

#include <string.h>
#include "base/banned.h"

/* clang-format off */
static const struct step_figure figures[] = {
    {.key = "steps", .title = "n", .unit = UNIT_COUNT, .kind = FIGURE_STEPS, .in_text = true, .compared = true},
    {.key = "time_share", .title = "share", .unit = UNIT_RATE, .kind = FIGURE_SUM_SHARE, .column = STEP_WHOLE_US, .in_text = true},
    {.key = "latency_sum_us", .title = "all", .unit = UNIT_US, .kind = FIGURE_SUM, .column = F_LATENCY_US, .in_text = true, .drop = 10},
    {.key = "latency_n", .title = "known", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = F_LATENCY_US},
    {.key = "latency_mean_us", .title = "mean", .unit = UNIT_US, .kind = FIGURE_MEAN, .column = F_LATENCY_US, .in_text = true, .drop = 20},
    {.key = "latency_p50_us", .title = "p50", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = F_LATENCY_US, .percent = 50, .in_text = true},
    {.key = "latency_p95_us", .title = "p95", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = F_LATENCY_US, .percent = 95, .in_text = true},
    {.key = "latency_p99_us", .title = "p99", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = F_LATENCY_US, .percent = 99, .in_text = true, .drop = 15},
    {.key = "latency_max_us", .title = "max", .unit = UNIT_US, .kind = FIGURE_MAX, .column = F_LATENCY_US, .in_text = true, .drop = 25},
    {.key = "errors", .title = "errors", .unit = UNIT_COUNT, .kind = FIGURE_COUNT, .column = STEP_FAILED, .in_text = true, .drop = 30},
};
/* clang-format on */

static enum err remark(struct step_table *t, struct error *err)
{
    if (!t->counts.steps ||
        table_note(t->out, "first_token and generation are parts of model_call where the time to "
                           "first token is known, tool_retries of tools; queue lies before the "
                           "call"))
        return OK;
    return error_set(err, ERR_NOMEM, "out of memory for the report");
}

static bool names_phase(const struct report_spec *spec)
{
    for (size_t d = 0; d < spec->n_by; d++)
        if (strcmp(spec->by[d], "phase") == 0)
            return true;
    return false;
}

bool phases_asked(const struct report_spec *spec)
{
    return spec->phases || names_phase(spec);
}

enum err phases_view(struct store *s, const struct report_spec *spec, struct table *out,
                     struct error *err)
{
    static const char *const by[] = {"phase"};
    static const struct step_view view = {
        .name = "latency",
        .of = STEPS_PHASES,
        .one = "step",
        .many = "steps",
        .nothing = "no step with a phase fits",
        .by = by,
        .n_by = ARRAY_LEN(by),
        .sort = "latency_sum_us",
        .parts = true,
        .figures = figures,
        .n = ARRAY_LEN(figures),
    };
    struct report_spec phased = *spec;
    const char **dims = arena_zalloc(&out->arena, spec->n_by + 1, sizeof(*dims));

    if (!dims)
        return error_set(err, ERR_NOMEM, "out of memory for the report");
    if (!names_phase(spec)) { /* in front of what else is named */
        dims[0] = "phase";
        for (size_t d = 0; d < spec->n_by; d++)
            dims[d + 1] = spec->by[d];
        phased.by = dims;
        phased.n_by = spec->n_by + 1;
    }
    return step_table_run(s, &phased, &view, remark, out, err);
}
