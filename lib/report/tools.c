/* tools: calls of tools: how many succeed, how long they take, what follows. */
#include "report/step_table.h"
#include "report/step_views.h"

#include "base/banned.h"

/* clang-format off */
static const struct step_figure figures[] = {
    {.key = "calls", .title = "calls", .unit = UNIT_COUNT, .kind = FIGURE_STEPS, .in_text = true, .compared = true},
    {.key = "calls_share", .title = "share", .unit = UNIT_RATE, .kind = FIGURE_SHARE, .drop = 50},
    {.key = "success_rate", .title = "ok", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_SUCCEEDED, .in_text = true, .compared = true},
    {.key = "outcome_n", .title = "ok n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_SUCCEEDED},
    {.key = "errors", .title = "errors", .unit = UNIT_COUNT, .kind = FIGURE_COUNT, .column = STEP_FAILED, .in_text = true, .drop = 20},
    {.key = "timeouts", .title = "timeouts", .unit = UNIT_COUNT, .kind = FIGURE_COUNT, .column = STEP_TIMED_OUT, .in_text = true, .drop = 30},
    {.key = "timeout_rate", .title = "timeout", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_TIMED_OUT},
    {.key = "retries", .title = "retries", .unit = UNIT_COUNT, .kind = FIGURE_COUNT, .column = STEP_RETRY, .in_text = true, .drop = 10},
    {.key = "retry_rate", .title = "retry", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_RETRY},
    {.key = "retry_us", .title = "in retries", .unit = UNIT_US, .kind = FIGURE_SUM, .column = STEP_RETRY_US},
    {.key = "latency_n", .title = "n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = F_LATENCY_US, .in_text = true, .drop = 40},
    {.key = "latency_mean_us", .title = "mean", .unit = UNIT_US, .kind = FIGURE_MEAN, .column = F_LATENCY_US},
    {.key = "latency_p50_us", .title = "p50", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = F_LATENCY_US, .percent = 50, .in_text = true},
    {.key = "latency_p95_us", .title = "p95", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = F_LATENCY_US, .percent = 95, .in_text = true},
    {.key = "latency_p99_us", .title = "p99", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = F_LATENCY_US, .percent = 99, .in_text = true, .drop = 15},
    {.key = "latency_max_us", .title = "max", .unit = UNIT_US, .kind = FIGURE_MAX, .column = F_LATENCY_US},
    {.key = "cost_after_usd", .also_key = "cost_after_nusd", .title = "cost after", .unit = UNIT_NUSD, .kind = FIGURE_SUM, .column = STEP_COST_AFTER_NUSD, .in_text = true, .money = true, .drop = 12},
    {.key = "cost_after_mean_usd", .also_key = "cost_after_mean_nusd", .title = "after/call", .unit = UNIT_NUSD, .kind = FIGURE_MEAN, .column = STEP_COST_AFTER_NUSD, .money = true},
    {.key = "cost_after_n", .title = "after n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_COST_AFTER_NUSD, .in_text = true, .money = true, .drop = 45},
};
/* clang-format on */

static enum err remark(struct step_table *t, struct error *err)
{
    const struct step_sum *after = step_table_total(t, STEP_COST_AFTER_NUSD);

    if (t->spec->no_cost || !after->n ||
        table_note(t->out, "cost after: of the next call of the same request, which reads the "
                           "result"))
        return OK;
    return error_set(err, ERR_NOMEM, "out of memory for the report");
}

enum err tools_view(struct store *s, const struct report_spec *spec, struct table *out,
                    struct error *err)
{
    static const char *const by[] = {"tool"};
    static const struct step_view view = {
        .name = "tools",
        .of = STEPS_TOOLS,
        .one = "tool call",
        .many = "tool calls",
        .nothing = "no tool call fits: logs tell of them as rows with tool_name, as spans of kind "
                   "tool, or inside the calls of agents",
        .by = by,
        .n_by = ARRAY_LEN(by),
        .figures = figures,
        .n = ARRAY_LEN(figures),
    };

    return step_table_run(s, spec, &view, remark, out, err);
}
