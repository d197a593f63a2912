/* branches: what workflows decided: how often which way and why, and what waits for a person. */
#include "report/step_table.h"
#include "report/step_views.h"

#include <stdlib.h>
#include <string.h>
#include "report/numbers.h"
#include "report/words.h"
#include "stats/homogeneity.h"
#include "stats/proportion.h"
#include "base/banned.h"

/* clang-format off */
#define FIGURES(hitl) { \
    {.key = "decisions", .title = "decisions", .unit = UNIT_COUNT, .kind = FIGURE_STEPS, .in_text = true, .compared = true, .in_graph = true}, \
    {.key = "decisions_share", .title = "share", .unit = UNIT_RATE, .kind = FIGURE_SHARE, .in_text = true, .compared = true}, \
    {.key = "fulfilled_rate", .title = "true", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_FULFILLED, .drop = 40}, \
    {.key = "review_rate", .title = "human", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_REVIEW, .in_text = true, .drop = 15, .compared = true}, \
    {.key = "review_rate_n", .title = "human n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_REVIEW}, \
    {.key = "auto_rate", .title = "auto", .unit = UNIT_RATE, .kind = FIGURE_RATE, .column = STEP_AUTO, .in_text = (hitl)}, \
    {.key = "pending", .title = "pending", .unit = UNIT_COUNT, .kind = FIGURE_SUM, .column = STEP_PENDING, .in_text = (hitl)}, \
    {.key = "wait_n", .title = "wait n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_WAIT_US, .in_text = (hitl), .drop = 30}, \
    {.key = "wait_p50_us", .title = "wait p50", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = STEP_WAIT_US, .percent = 50, .in_text = (hitl)}, \
    {.key = "wait_p95_us", .title = "wait p95", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = STEP_WAIT_US, .percent = 95, .in_text = (hitl)}, \
    {.key = "latency_n", .title = "n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_RUN_US}, \
    {.key = "latency_p50_us", .title = "p50", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = STEP_RUN_US, .percent = 50, .in_text = true, .drop = 10}, \
    {.key = "latency_p95_us", .title = "p95", .unit = UNIT_US, .kind = FIGURE_QUANTILE, .column = STEP_RUN_US, .percent = 95, .in_text = true, .in_graph = true}, \
    {.key = "cost_per_request_usd", .also_key = "cost_per_request_nusd", .title = "cost/request", .unit = UNIT_NUSD, .kind = FIGURE_MEAN, .column = STEP_RUN_NUSD, .in_text = true, .money = true, .in_graph = true}, \
    {.key = "cost_n", .title = "cost n", .unit = UNIT_COUNT, .kind = FIGURE_N, .column = STEP_RUN_NUSD, .money = true}, \
}
static const struct step_figure figures[] = FIGURES(false);
static const struct step_figure hitl_figures[] = FIGURES(true);
/* clang-format on */

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the report");
}

/* ---- people ------------------------------------------------------------------------------- */

static bool add_facts(struct step_table *t, const struct step_sum *review,
                      const struct step_sum *pending, struct cell p50, struct cell p95)
{
    double rate = (double)review->sum / (double)review->n;
    struct interval ci = {0};

    (void)!wilson_interval((int64_t)review->sum, review->n, 0.95, &ci);
    return table_add_fact(t->out, "human_review_rate", cell_real(rate)) &&
           table_add_fact(t->out, "human_review_rate_low", cell_real(ci.low)) &&
           table_add_fact(t->out, "human_review_rate_high", cell_real(ci.high)) &&
           table_add_fact(t->out, "human_review_rate_n", cell_int(review->n)) &&
           table_add_fact(t->out, "auto_approval_rate", cell_real(1 - rate)) &&
           table_add_fact(t->out, "pending_approvals", cell_int((int64_t)pending->sum)) &&
           table_add_fact(t->out, "wait_p50_us", p50) && table_add_fact(t->out, "wait_p95_us", p95);
}

/* "a person was asked in 10 of 40 decisions (25 %, 95 % CI 14..40 %): 2 wait, ..." */
static enum err tell_people(struct step_table *t, struct error *err)
{
    const struct step_sum *review = step_table_total(t, STEP_REVIEW);
    const struct step_sum *pending = step_table_total(t, STEP_PENDING);
    const struct step_sum *wait = step_table_total(t, STEP_WAIT_US);
    struct cell p50 = step_table_quantile(t, STEP_WAIT_US, 50);
    struct cell p95 = step_table_quantile(t, STEP_WAIT_US, 95);
    struct interval ci = {0};
    struct buf text = {0};
    bool ok;

    if (!review->n)
        return OK;
    (void)!wilson_interval((int64_t)review->sum, review->n, 0.95, &ci);
    number_count(&text, review->sum);
    buf_str(&text, " of ");
    number_count(&text, review->n);
    buf_printf(&text, " decisions asked a person (%.1f %%, 95 %% CI %.1f..%.1f %%)",
               100.0 * (double)review->sum / (double)review->n, 100 * ci.low, 100 * ci.high);
    if (pending->sum > 0) {
        buf_str(&text, "; ");
        number_count(&text, pending->sum);
        buf_str(&text, pending->sum == 1 ? " is not answered" : " are not answered");
    }
    if (wait->n) {
        buf_str(&text, "; answers took ");
        words_duration(&text, p50.i);
        buf_str(&text, " (p50), ");
        words_duration(&text, p95.i);
        buf_str(&text, " (p95), n ");
        number_count(&text, wait->n);
    }
    ok =
        !text.failed && table_note(t->out, "%s", text.p) && add_facts(t, review, pending, p50, p95);
    buf_release(&text);
    return ok ? OK : no_memory(err);
}

/* ---- the shift ---------------------------------------------------------------------------- */

struct node_counts {
    int64_t *now, *before; /* by branch */
    size_t branches;
};

static bool tell_shift(struct step_table *t, int64_t from, const struct node_counts *c)
{
    const struct axis *nodes = steps_axis(t->steps, step_table_dimension(t, "from_node"));
    struct homogeneity h;
    struct sv name = axis_text(nodes, from, &t->out->arena);
    int64_t n = 0, n_before = 0;

    if (!homogeneity_test(c->before, c->now, c->branches, 1, &h))
        return true;
    for (size_t b = 0; b < c->branches; b++) {
        n += c->now[b];
        n_before += c->before[b];
    }
    return table_note(t->out,
                      "%.*s: %s (chi-square %.2f, df %zu, p %.2g, Cramer's V %.2f, n %lld and "
                      "%lld%s)",
                      SV_FMT(name.p ? name : SV("(none)")),
                      h.p < 0.05 ? "the shares have changed" : "no change of the shares is shown",
                      h.chi_square, h.df, h.p, h.cramers_v, (long long)n_before, (long long)n,
                      h.least_expected < 5 ? "; some expected counts are below 5" : "");
}

/* Whether a node decides otherwise than before. */
static enum err tell_shifts(struct step_table *t, struct error *err)
{
    size_t f = step_table_dimension(t, "from_node"), b = step_table_dimension(t, "branch");
    struct node_counts c = {0};
    int64_t froms;
    bool ok = true;

    if (!t->spec->versus || f == t->n_by || b == t->n_by)
        return OK;
    froms = steps_axis(t->steps, f)->n_codes;
    c.branches = (size_t)steps_axis(t->steps, b)->n_codes;
    c.now = calloc(c.branches, sizeof(*c.now));
    c.before = calloc(c.branches, sizeof(*c.before));
    ok = c.now && c.before;
    for (int64_t from = 0; from < froms && ok; from++) {
        memset(c.now, 0, c.branches * sizeof(*c.now));
        memset(c.before, 0, c.branches * sizeof(*c.before));
        for (uint32_t g = 0; g < t->n_groups; g++)
            if (steps_code(t->steps, g, f) == from) {
                c.now[steps_code(t->steps, g, b)] += t->groups[g].steps;
                c.before[steps_code(t->steps, g, b)] += t->groups[g].before;
            }
        ok = tell_shift(t, from, &c);
    }
    free(c.now);
    free(c.before);
    return ok ? OK : no_memory(err);
}

/* ---- what if ------------------------------------------------------------------------------ */

/* Decisions that know what the other condition asks about. */
struct whatif {
    struct where *asks, *knows;
    int64_t *room;
    unsigned char *keep, *known;
    int64_t n, now, then; /* decisions; those that ask a person now, and would */
    i128 cost[2];         /* of requests, without and with a person */
    int64_t priced[2];
};

static bool count_whatif(void *ctx, const struct step_slice *slice)
{
    struct whatif *w = ctx;
    const int64_t *review = slice->cols[STEP_REVIEW], *nusd = slice->cols[STEP_RUN_NUSD];

    memset(w->keep, 1, (size_t)slice->rows);
    memset(w->known, 1, (size_t)slice->rows);
    where_apply(w->asks, slice->cols, slice->rows, w->room, w->keep);
    where_apply(w->knows, slice->cols, slice->rows, w->room, w->known);
    for (int64_t i = 0; i < slice->rows; i++) {
        if (slice->group[i] == SCAN_OUT || review[i] == CALL_MISSING || !w->known[i])
            continue;
        w->n++;
        w->now += review[i];
        w->then += w->keep[i];
        if (nusd[i] == CALL_MISSING)
            continue;
        w->cost[review[i]] += nusd[i];
        w->priced[review[i]]++;
    }
    return true;
}

/* What a request costs at this rate of reviews, as those with and without a person cost now. */
static int64_t cost_at(const struct whatif *w, int64_t reviews)
{
    i128 with = divide_half_even(w->cost[1], w->priced[1]);
    i128 without = divide_half_even(w->cost[0], w->priced[0]);

    return divide_half_even(with * reviews + without * (w->n - reviews), w->n);
}

static enum err say_whatif(struct step_table *t, const struct whatif *w, struct error *err)
{
    bool priced = w->priced[0] && w->priced[1] && w->n && !t->spec->no_cost;
    struct buf text = {0};
    bool ok;

    if (!w->n)
        return table_note(t->out, "%s: no decision that could ask a person knows it",
                          t->spec->whatif)
                   ? OK
                   : no_memory(err);
    buf_printf(&text, "if %s asked a person: ", t->spec->whatif);
    number_count(&text, w->then);
    buf_str(&text, " of ");
    number_count(&text, w->n);
    buf_printf(&text, " decisions (%.1f %%) in place of ", 100.0 * (double)w->then / (double)w->n);
    number_count(&text, w->now);
    buf_printf(&text, " (%.1f %%)", 100.0 * (double)w->now / (double)w->n);
    if (priced) {
        buf_str(&text, ", about ");
        number_money(&text, cost_at(w, w->then));
        buf_str(&text, " a request in place of ");
        number_money(&text, cost_at(w, w->now));
    }
    ok =
        !text.failed && table_note(t->out, "%s", text.p) &&
        table_add_fact(t->out, "whatif_n", cell_int(w->n)) &&
        table_add_fact(t->out, "whatif_reviews", cell_int(w->then)) &&
        table_add_fact(t->out, "whatif_reviews_now", cell_int(w->now)) &&
        (!priced || table_add_money(t->out, "whatif_cost_per_request_usd",
                                    "whatif_cost_per_request_nusd", cell_int(cost_at(w, w->then))));
    buf_release(&text);
    return ok ? OK : no_memory(err);
}

/* The filter's field, with what makes it one of the context: "context.confidence". */
static enum err open_whatif(struct step_table *t, struct whatif *w, struct error *err)
{
    struct sv expr = sv_from(t->spec->whatif);
    struct buf text = {0};
    size_t name;
    enum err rc;

    buf_str(&text, sv_starts(expr, "context.") ? "" : "context.");
    name = text.n;
    buf_sv(&text, expr);
    rc = text.failed ? no_memory(err)
                     : steps_open_where(t->steps, (struct sv){text.p, text.n}, &w->asks, err);
    if (rc == ERR_USAGE)
        rc = error_set(err, ERR_USAGE,
                       "--whatif %s: expected a number of the decisions' context and a limit, for "
                       "example confidence<0.6",
                       t->spec->whatif);
    if (!rc) {
        text.n = name + strcspn(text.p + name, "=!<>~ \t");
        buf_str(&text, "!=null");
        rc = text.failed ? no_memory(err)
                         : steps_open_where(t->steps, (struct sv){text.p, text.n}, &w->knows, err);
    }
    buf_release(&text);
    return rc;
}

static enum err tell_whatif(struct step_table *t, struct error *err)
{
    struct steps_window window = {t->spec->since_known, t->spec->until_known, t->spec->since_us,
                                  t->spec->until_us};
    struct steps_counts counts;
    struct whatif w = {.room = malloc(CHUNK_ROWS * sizeof(int64_t)),
                       .keep = malloc(CHUNK_ROWS),
                       .known = malloc(CHUNK_ROWS)};
    enum err rc = w.room && w.keep && w.known ? open_whatif(t, &w, err) : no_memory(err);

    if (!rc)
        rc = steps_walk(t->steps, window, count_whatif, &w, &counts, err);
    if (!rc)
        rc = say_whatif(t, &w, err);
    where_close(w.asks);
    where_close(w.knows);
    free(w.room);
    free(w.keep);
    free(w.known);
    return rc;
}

/* ---- the view ----------------------------------------------------------------------------- */

static enum err remark(struct step_table *t, struct error *err)
{
    enum err rc = tell_people(t, err);

    if (t->n_by >= 2 && !strcmp(t->by[0], "from_node") && !strcmp(t->by[1], "branch"))
        t->out->graph = GRAPH_EDGES;
    if (!rc)
        rc = tell_shifts(t, err);
    return rc || !t->spec->whatif ? rc : tell_whatif(t, err);
}

static struct step_view view_of(const struct report_spec *spec)
{
    static const char *const by[] = {"from_node", "branch", "condition"};

    return (struct step_view){
        .name = "branches",
        .of = STEPS_DECISIONS,
        .one = "decision",
        .many = "decisions",
        .nothing = "no decision fits: logs tell of them as rows with from_node, to_node and "
                   "condition_result",
        .by = by,
        .n_by = ARRAY_LEN(by),
        .figures = spec->hitl ? hitl_figures : figures,
        .n = ARRAY_LEN(figures),
    };
}

enum err branches_view(struct store *s, const struct report_spec *spec, struct table *out,
                       struct error *err)
{
    struct step_view view = view_of(spec);

    return step_table_run(s, spec, &view, remark, out, err);
}

enum err edges_view(struct store *s, const struct report_spec *spec, struct table *out,
                    struct error *err)
{
    static const char *const by[] = {"from_node", "branch"};
    struct step_view view = view_of(spec);
    struct report_spec edges = *spec;

    view.name = "paths";
    edges.by = by;
    edges.n_by = ARRAY_LEN(by);
    return step_table_run(s, &edges, &view, remark, out, err);
}
