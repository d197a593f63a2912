/* retrieval: what was looked up: how much came back, how well it fits, how long it took. */
#include "report/step_table.h"
#include "report/step_views.h"

#include "base/banned.h"

/* clang-format off */
static const struct step_figure figures[] = {
    {.key = "retrievals", .title = "retrievals", .unit = UNIT_COUNT, .kind = FIGURE_STEPS, .in_text = true, .compared = true},
    {.key = "errors", .title = "errors", .unit = UNIT_COUNT, .kind = FIGURE_COUNT, .column = STEP_FAILED, .in_text = true, .drop = 20},
    {.key = "error_rate", .title = "err", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_FAILED, .compared = true},
    {.key = "docs_n", .title = "docs n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_DOCS},
    {.key = "docs_p50", .title = "docs p50", .unit = UNIT_COUNT, .kind = FIGURE_QUANTILE, .column = STEP_DOCS, .percent = 50, .in_text = true},
    {.key = "docs_p95", .title = "docs p95", .unit = UNIT_COUNT, .kind = FIGURE_QUANTILE, .column = STEP_DOCS, .percent = 95, .in_text = true, .drop = 25},
    {.key = "docs_max", .title = "docs max", .unit = UNIT_COUNT, .kind = FIGURE_MAX, .column = STEP_DOCS},
    {.key = "tokens", .title = "tok", .unit = UNIT_TOKENS, .kind = FIGURE_SUM, .column = STEP_DOC_TOKENS, .in_text = true, .drop = 30},
    {.key = "tokens_n", .title = "tok n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_DOC_TOKENS},
    {.key = "tokens_p50", .title = "tok p50", .unit = UNIT_TOKENS, .kind = FIGURE_QUANTILE, .column = STEP_DOC_TOKENS, .percent = 50, .in_text = true, .drop = 15},
    {.key = "tokens_p95", .title = "tok p95", .unit = UNIT_TOKENS, .kind = FIGURE_QUANTILE, .column = STEP_DOC_TOKENS, .percent = 95},
    {.key = "score_n", .title = "score n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_SCORE},
    {.key = "score_p50", .title = "score p50", .unit = UNIT_REAL, .kind = FIGURE_QUANTILE, .column = STEP_SCORE, .percent = 50, .in_text = true},
    {.key = "empty_rate", .title = "empty", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_EMPTY, .in_text = true, .compared = true},
    {.key = "fallback_rate", .title = "fallback", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_FALLBACK, .in_text = true, .drop = 10, .compared = true},
    {.key = "fallback_rate_n", .title = "fallback n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_FALLBACK},
    {.key = "latency_n", .title = "n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = F_LATENCY_US},
    {.key = "latency_p50_us", .title = "p50", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = F_LATENCY_US, .percent = 50, .in_text = true},
    {.key = "latency_p95_us", .title = "p95", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = F_LATENCY_US, .percent = 95, .in_text = true},
    {.key = "latency_p99_us", .title = "p99", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = F_LATENCY_US, .percent = 99, .in_text = true, .drop = 12},
};
/* clang-format on */

static enum err remark(struct step_table *t, struct error *err)
{
    const struct step_sum *fallback = step_table_total(t, STEP_FALLBACK);

    if (fallback->sum <= 0 ||
        table_note(t->out, "fallback: nothing came back, and the model was called all the same"))
        return OK;
    return error_set(err, ERR_NOMEM, "out of memory for the report");
}

enum err retrieval_view(struct store *s, const struct report_spec *spec, struct table *out,
                        struct error *err)
{
    static const char *const by[] = {"step"};
    static const struct step_view view = {
        .name = "retrieval",
        .of = STEPS_RETRIEVALS,
        .one = "retrieval",
        .many = "retrievals",
        .nothing = "no retrieval fits: logs tell of them as spans of kind retriever or reranker, "
                   "or that are called retrieval",
        .by = by,
        .n_by = ARRAY_LEN(by),
        .figures = figures,
        .n = ARRAY_LEN(figures),
    };

    return step_table_run(s, spec, &view, remark, out, err);
}
