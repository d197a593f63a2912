/* paths: the ways that requests took through the nodes of their workflow. */
#include "report/step_table.h"
#include "report/step_views.h"

#include "base/banned.h"

/* clang-format off */
static const struct step_figure figures[] = {
    {.key = "requests", .title = "requests", .unit = UNIT_COUNT, .kind = FIGURE_STEPS, .in_text = true, .compared = true},
    {.key = "requests_share", .title = "share", .unit = UNIT_RATE, .kind = FIGURE_SHARE, .in_text = true, .compared = true},
    {.key = "success_rate", .title = "ok", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_SUCCEEDED, .in_text = true},
    {.key = "failed", .title = "failed", .unit = UNIT_COUNT, .kind = FIGURE_COUNT, .column = STEP_FAILED, .in_text = true, .drop = 30},
    {.key = "review_rate", .title = "human", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_REVIEW},
    {.key = "latency_n", .title = "n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_RUN_US},
    {.key = "latency_p50_us", .title = "p50", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = STEP_RUN_US, .percent = 50, .in_text = true},
    {.key = "latency_p95_us", .title = "p95", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = STEP_RUN_US, .percent = 95, .in_text = true},
    {.key = "model_calls", .title = "calls", .unit = UNIT_COUNT, .kind = FIGURE_COUNT, .column = STEP_RUN_CALLS, .in_text = true, .drop = 25},
    {.key = "cost_usd", .also_key = "cost_nusd", .title = "cost", .unit = UNIT_NUSD, .kind = FIGURE_SUM, .column = STEP_RUN_NUSD, .in_text = true, .money = true},
    {.key = "cost_share", .title = "cost share", .unit = UNIT_RATE, .kind = FIGURE_SUM_SHARE, .column = STEP_RUN_NUSD, .in_text = true, .money = true, .drop = 20},
    {.key = "cost_per_request_usd", .also_key = "cost_per_request_nusd", .title = "cost/request", .unit = UNIT_NUSD, .kind = FIGURE_MEAN, .column = STEP_RUN_NUSD, .in_text = true, .money = true, .drop = 10},
    {.key = "cost_n", .title = "cost n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_RUN_NUSD, .money = true},
};
/* clang-format on */

enum err paths_view(struct store *s, const struct report_spec *spec, struct table *out,
                    struct error *err)
{
    static const char *const by[] = {"path"};
    static const struct step_view view = {
        .name = "paths",
        .of = STEPS_REQUESTS,
        .one = "request",
        .many = "requests",
        .nothing = "no request with a decision fits: logs tell of them as rows with from_node and "
                   "to_node",
        .by = by,
        .n_by = ARRAY_LEN(by),
        .figures = figures,
        .n = ARRAY_LEN(figures),
    };

    return spec->graph ? edges_view(s, spec, out, err)
                       : step_table_run(s, spec, &view, NULL, out, err);
}
