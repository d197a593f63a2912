/* gate_text: see the header. */
#include "report/gate_text.h"

#include <inttypes.h>
#include <math.h>
#include "base/time_text.h"
#include "report/compared_text.h"
#include "stats/quantile.h"
#include "base/banned.h"

/* ---- figures ------------------------------------------------------------------------------ */

/* Points with so many decimals that the interval's half width has a digit. */
static int point_decimals(const struct gate_row *row)
{
    double half = row->paired_known ? 100 * (row->ci95.high - row->ci95.low) / 2 : 1;

    return half > 0 && half < 0.05 ? 3 : half > 0 && half < 0.5 ? 2 : 1;
}

void gate_level(struct buf *b, const struct gate_row *row, double v)
{
    if (isnan(v))
        buf_char(b, '-');
    else if (row->binary || row->metric.verdicts)
        buf_printf(b, "%.*f %%", point_decimals(row), 100 * v);
    else
        buf_printf(b, "%.4g", v);
}

void gate_difference(struct buf *b, const struct gate_row *row, double d)
{
    if (isnan(d))
        buf_char(b, '-');
    else if (row->binary || row->metric.verdicts)
        buf_printf(b, "%+.*f pt", point_decimals(row), 100 * d);
    else
        buf_printf(b, "%+.4g", d);
}

void gate_interval(struct buf *b, const struct gate_row *row, struct interval i)
{
    if (!row->paired_known)
        buf_char(b, '-');
    else if (row->binary || row->metric.verdicts)
        buf_printf(b, "%+.*f .. %+.*f", point_decimals(row), 100 * i.low, point_decimals(row),
                   100 * i.high);
    else
        buf_printf(b, "%+.4g .. %+.4g", i.low, i.high);
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- sentences ---------------------------------------------------------------------------- */

static const char *test_name(const struct gate_row *row)
{
    return row->exact ? "McNemar exact" : row->clustered ? "clustered t" : "paired t";
}

void gate_row_sentence(struct buf *b, const struct gate_row *row)
{
    gate_level(b, row, row->baseline_mean);
    buf_str(b, " -> ");
    gate_level(b, row, row->candidate_mean);
    buf_str(b, " (");
    if (row->paired_known) {
        gate_difference(b, row, row->test.mean);
        buf_str(b, ", 95 % CI ");
        gate_interval(b, row, row->ci95);
        buf_printf(b, ", %s p ", test_name(row));
        compared_p(b, row->exact ? row->mcnemar.p : row->test.p);
        buf_str(b, ", ");
    }
    buf_printf(b, "%zu paired case%s", row->n_pairs, plural(row->n_pairs));
    if (row->clustered)
        buf_printf(b, " in %zu cluster%s", row->clusters, plural(row->clusters));
    buf_char(b, ')');
}

void gate_sentence(struct buf *b, const struct gate_result *g)
{
    size_t counts[GATE_FAIL + 1] = {0};
    const char *between = ": ";

    buf_printf(b, "%s  ", gate_verdict_names[g->verdict]);
    if (g->n_rows == 1) {
        buf_printf(b, "%s ", g->rows[0].metric.name);
        gate_row_sentence(b, &g->rows[0]);
    } else {
        for (size_t i = 0; i < g->n_rows; i++)
            counts[g->rows[i].verdict]++;
        buf_printf(b, "%zu metrics", g->n_rows);
        for (int v = GATE_FAIL; v >= GATE_IMPROVED; v--)
            if (counts[v]) {
                buf_printf(b, "%s%zu %s", between, counts[v], gate_verdict_names[v]);
                between = ", ";
            }
    }
    for (size_t i = 0; i < g->n_limits; i++)
        if (g->limits[i].verdict == GATE_FAIL)
            buf_printf(b, "; %s %s broken", gate_limit_names[g->limits[i].kind],
                       g->limits[i].limit);
}

void gate_counts(struct buf *b, const struct gate_row *row)
{
    size_t same = row->n_pairs - row->worse - row->better;

    if (row->binary)
        buf_printf(b, "%zu pass->fail   %zu fail->pass   %zu same", row->worse, row->better, same);
    else
        buf_printf(b, "%zu worse   %zu better   %zu same", row->worse, row->better, same);
}

/* A loss as people give margins. */
static void add_loss(struct buf *b, const struct gate_row *row, double loss)
{
    if (row->in_unit)
        buf_printf(b, 100 * loss >= 10 ? "%.0f pt" : "%.2g pt", 100 * loss);
    else
        buf_printf(b, "%.3g", loss);
}

static void add_missing(struct buf *b, const struct gate_row *row)
{
    size_t n = row->only_baseline;

    buf_printf(b, "%zu of the baseline's %zu case%s %s no result in the candidate", n,
               row->baseline_cases, plural(row->baseline_cases), n == 1 ? "has" : "have");
    if (row->lost)
        buf_printf(b, ", and %zu result%s of others no value", row->lost, plural(row->lost));
    buf_str(b, ": more than 1 % (--allow-missing)");
}

static void add_needed(struct buf *b, const struct gate_row *row)
{
    if (isnan(row->cases_needed))
        return;
    buf_str(b, "; a loss of ");
    add_loss(b, row, row->margin > 0 ? row->margin : 0.01);
    buf_printf(b, " needs about %.0f cases like these", row->cases_needed);
}

void gate_reason(struct buf *b, const struct gate_row *row)
{
    if (row->missing_too_many) {
        add_missing(b, row);
        return;
    }
    if (!row->paired_known) {
        buf_printf(b, "insufficient data: %zu paired case%s in %zu cluster%s, needs 2",
                   row->n_pairs, plural(row->n_pairs), row->clusters, plural(row->clusters));
        return;
    }
    if (row->unchanged) {
        buf_printf(b, "no case changed, and that many would not show a loss of ");
        add_loss(b, row, row->mde);
        if (row->margin == 0)
            buf_str(b, "; only with a --margin can that pass");
        if (row->verdict == GATE_INCONCLUSIVE)
            add_needed(b, row);
        return;
    }
    if (isnan(row->mde))
        return;
    buf_str(b, "would have seen a loss of ");
    add_loss(b, row, row->mde);
    if (row->verdict == GATE_INCONCLUSIVE)
        add_needed(b, row);
}

/* ---- limits ------------------------------------------------------------------------------- */

static void add_amount(struct buf *b, enum gate_limit_kind kind, double v)
{
    if (isnan(v))
        buf_str(b, "not known");
    else if (kind == GATE_MAX_COST)
        buf_printf(b, "$%.4g", v);
    else if (kind == GATE_MAX_TOKENS)
        buf_printf(b, "%.0f tokens", v);
    else if (kind == GATE_MAX_LATENCY_P95)
        buf_printf(b, "%.3g s", v);
    else
        buf_printf(b, "%.1f %%", 100 * v);
}

void gate_limit_sentence(struct buf *b, const struct gate_limit_row *limit)
{
    bool least = limit->kind == GATE_PER_CASE || limit->kind == GATE_MIN_PASS_RATE;

    buf_printf(b, "%s  %s %s: ", gate_verdict_names[limit->verdict], gate_limit_names[limit->kind],
               limit->limit);
    if (limit->kind == GATE_PER_CASE) {
        buf_printf(b, "%zu of %zu case%s below", limit->broken, limit->n, plural(limit->n));
        return;
    }
    buf_str(b, limit->lower_bound && !isnan(limit->value) ? "at least " : "");
    add_amount(b, limit->kind, limit->value);
    if (isnan(limit->threshold)) {
        buf_str(b, "; that of the baseline is not known");
        return;
    }
    buf_printf(b, ", at %s ", least ? "least" : "most");
    add_amount(b, limit->kind, limit->threshold);
}

static void add_change(struct buf *b, const char *what, double before, double after)
{
    if (!(before > 0) || isnan(after))
        return;
    buf_printf(b, "%s%s %+.0f %%", b->n ? "   " : "", what, 100 * (after / before - 1));
}

static double per_case(const struct gate_side *s, int64_t sum, int64_t n)
{
    return n && n == s->run->usage.calls && s->run->n_cases ? (double)sum / (double)s->run->n_cases
                                                            : NAN;
}

static double p95_of(const struct gate_side *s)
{
    const double q = 0.95;
    double out = NAN;

    if (s->latency_p95_us.known)
        return s->latency_p95_us.v;
    if (s->run->usage.latency_n)
        quantiles(s->run->usage.latency_us, s->run->usage.latency_n, &q, 1, &out);
    return out;
}

void gate_usage_changes(struct buf *b, const struct gate_result *g)
{
    const struct gate_side *x = &g->sides[0], *y = &g->sides[1];
    const struct run_usage *u = &x->run->usage, *v = &y->run->usage;

    add_change(b, "cost per case", per_case(x, u->cost_nusd, u->cost_n),
               per_case(y, v->cost_nusd, v->cost_n));
    add_change(b, "tokens per case", per_case(x, u->tokens, u->tokens_n),
               per_case(y, v->tokens, v->tokens_n));
    add_change(b, "p95 latency", p95_of(x), p95_of(y));
}
