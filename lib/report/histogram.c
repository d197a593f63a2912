/* histogram: see the header. */
#include "report/histogram.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include "base/buf.h"
#include "report/head.h"
#include "report/numbers.h"
#include "report/side_fields.h"
#include "stats/moments.h"
#include "stats/sample.h"
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for a histogram");
}

/* ---- edges -------------------------------------------------------------------------------- */

/* m times 10^exponent, exact where the decimal is as near as a double comes: 3 / 10, not 3 * 0.1.
 */
static double decimal(double m, int exponent)
{
    double x = exponent < 0 ? m / pow(10, -exponent) : m * pow(10, exponent);

    return fmax(-DBL_MAX, fmin(x, DBL_MAX));
}

/* The power of ten below x > 0, where 10 to it and its inverse are doubles. */
static int power_below(double x)
{
    return (int)fmax(floor(log10(fmin(x, DBL_MAX))), -300);
}

static size_t tenths(double *edges)
{
    for (int i = 0; i <= 10; i++)
        edges[i] = decimal(i, -1);
    return 11;
}

/* 0, then 1, 2, 5, 10 ... from below the smallest value above 0 to above the largest; at most 15
 * powers of ten down from the largest one. */
static size_t growing(double least, double most, double *edges)
{
    static const int steps[] = {1, 2, 5};
    int exponent = power_below(fmax(least, most / 1e15));
    size_t n = 0;

    edges[n++] = 0;
    for (; n == 1 || edges[n - 1] < most; exponent++)
        for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
            double edge = decimal(steps[i], exponent);

            if (n > 1 && edges[n - 1] >= most)
                break;
            if (n == 2 && edge <= least)
                n = 1; /* nothing is below it */
            edges[n++] = edge;
        }
    return n;
}

static size_t equal_widths(double least, double most, double *edges)
{
    static const int steps[] = {1, 2, 5, 10};
    double span = fmin(most - least, DBL_MAX), first;
    int exponent = span > 0 ? power_below(span / 10) : 0, step = 1;
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        step = steps[i];
        if (span / decimal(step, exponent) <= 10)
            break;
    }
    first = floor(least / decimal(step, exponent));
    do
        edges[n] = decimal((first + (double)n) * step, exponent);
    while (n++ < HISTOGRAM_BINS_MAX && (n < 2 || edges[n - 1] < most));
    return n;
}

size_t histogram_edges(const double *sorted, size_t n, double edges[HISTOGRAM_BINS_MAX + 1])
{
    double least = sorted[0], most = sorted[n - 1], median = sample_quantile(sorted, n, 0.5);
    size_t zeros = 0;

    if (least >= 0 && most <= 1)
        return tenths(edges);
    if (least < 0 || median <= 0 || most <= 20 * median)
        return equal_widths(least, most, edges);
    while (sorted[zeros] == 0)
        zeros++;
    return growing(sorted[zeros], most, edges);
}

/* ---- the table ---------------------------------------------------------------------------- */

struct histogram {
    struct store *store;
    const char *name;
    struct compared_field *field;
    struct table *t;
    struct scan *scan;
    struct side_values *values;
};

static struct cell value_cell(enum unit unit, double v)
{
    bool whole = unit == UNIT_US || unit == UNIT_NUSD || unit == UNIT_TOKENS || unit == UNIT_COUNT;

    return whole ? cell_int((int64_t)fmax(-9e18, fmin(rint(v), 9e18))) : cell_real(v);
}

/* 0.3, 1.5 s, $0.002 */
static void put_value(struct buf *b, enum unit unit, double v)
{
    if (unit == UNIT_US)
        buf_printf(b, "%.10g s", v / 1e6);
    else if (unit == UNIT_NUSD)
        buf_printf(b, "$%.10g", v / 1e9);
    else
        buf_printf(b, "%.10g", v);
}

static struct cell range_cell(struct histogram *h, double from, double to)
{
    struct buf text = {0};
    struct sv copy = SV_NONE;

    put_value(&text, h->field->unit, from);
    buf_str(&text, " .. ");
    put_value(&text, h->field->unit, to);
    if (!text.failed)
        copy = arena_copy(&h->t->arena, (struct sv){text.p, text.n});
    buf_release(&text);
    return cell_text(copy);
}

static enum err add_columns(struct histogram *h, struct error *err)
{
    const struct {
        const char *key, *title;
        enum unit unit;
        bool in_text, in_data;
    } heads[] = {
        {"range",      h->name,      UNIT_NONE,      true,  false},
        {"from",       "from",       h->field->unit, false, true },
        {"to",         "to",         h->field->unit, false, true },
        {"n",          "n",          UNIT_COUNT,     true,  true },
        {"share",      "share",      UNIT_RATE,      true,  true },
        {"cumulative", "cumulative", UNIT_RATE,      true,  true },
    };

    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        struct column *c = table_add_column(h->t, heads[i].key, heads[i].title, heads[i].unit);

        if (!c)
            return no_memory(err);
        c->dimension = i == 0;
        c->in_text = heads[i].in_text;
        c->in_data = heads[i].in_data;
        if (heads[i].unit == UNIT_NUSD)
            c->also_key = i == 1 ? "from_nusd" : "to_nusd";
    }
    return OK;
}

static enum err add_bins(struct histogram *h, const struct side_sample *x, struct error *err)
{
    double edges[HISTOGRAM_BINS_MAX + 1];
    size_t n = x->n ? histogram_edges(x->v, x->n, edges) : 0, at = 0;

    for (size_t i = 0; i + 1 < n; i++) {
        struct row *row = table_add_row(h->t);
        size_t first = at;

        if (!row)
            return no_memory(err);
        while (at < x->n && (x->v[at] < edges[i + 1] || i + 2 == n))
            at++;
        row->cells[0] = range_cell(h, edges[i], edges[i + 1]);
        row->cells[1] = value_cell(h->field->unit, edges[i]);
        row->cells[2] = value_cell(h->field->unit, edges[i + 1]);
        row->cells[3] = cell_int((int64_t)(at - first));
        row->cells[4] = cell_real((double)(at - first) / (double)x->n);
        row->cells[5] = cell_real((double)at / (double)x->n);
        if (!row->cells[0].text.p)
            return no_memory(err);
    }
    return OK;
}

/* "n 412, 3 calls without; mean 0.71; p10 0.4, p25 0.6 ..." and the same beside the rows. */
static enum err add_figures(struct histogram *h, const struct side_sample *x, struct error *err)
{
    static const struct {
        const char *key;
        double q;
    } quantiles[] = {
        {"min", 0   },
        {"p10", 0.1 },
        {"p25", 0.25},
        {"p50", 0.5 },
        {"p75", 0.75},
        {"p90", 0.9 },
        {"p95", 0.95},
        {"p99", 0.99},
        {"max", 1   }
    };
    struct moments m = moments_of(x->v, x->n);
    struct buf text = {0};
    bool ok = table_answer(h->t, "field", cell_text(sv_from(h->name))) &&
              table_answer(h->t, "n", cell_int((int64_t)x->n)) &&
              table_answer(h->t, "missing", cell_int(x->missing)) &&
              table_answer(h->t, "mean", x->n ? cell_real(m.mean) : (struct cell){0});

    if (x->n) {
        buf_str(&text, "mean ");
        put_value(&text, h->field->unit, m.mean);
    }
    for (size_t i = 0; ok && i < ARRAY_LEN(quantiles); i++) {
        double v = x->n ? sample_quantile(x->v, x->n, quantiles[i].q) : 0;

        ok = table_answer(h->t, quantiles[i].key, x->n ? cell_real(v) : (struct cell){0});
        if (x->n) {
            buf_printf(&text, ", %s ", quantiles[i].key);
            put_value(&text, h->field->unit, v);
        }
    }
    ok = ok && !text.failed &&
         table_note(h->t, "%zu value%s, %" PRId64 " call%s without one", x->n,
                    plural((int64_t)x->n), x->missing, plural(x->missing)) &&
         (!x->n || table_note(h->t, "%s", text.p));
    buf_release(&text);
    return ok ? OK : no_memory(err);
}

static enum err refuse(const struct histogram *h, struct error *err)
{
    if (h->field->kind == DRIFT_EMBEDDING)
        return error_set(err, ERR_USAGE, "--hist %s: is a vector, no number", h->name);
    return error_set(err, ERR_USAGE,
                     "--hist %s: has no numbers; --by %s counts the calls of each value", h->name,
                     h->name);
}

static enum err read_field(struct histogram *h, struct error *err)
{
    struct compared_field *f = h->field;
    enum err rc = f->kind == DRIFT_EMBEDDING
                      ? refuse(h, err)
                      : compared_field_open(f, h->scan, h->store, h->values, err);

    if (!rc && f->kind == DRIFT_CATEGORY)
        rc = refuse(h, err);
    return rc ? rc : side_values_read(h->values, &f->field, err);
}

static enum err fill(struct histogram *h, const struct scan_spec *calls, struct error *err)
{
    struct scan_counts counts = scan_counts(h->scan);
    struct compared_fields fields;
    struct side_sample x;
    enum err rc = compared_fields_list(h->store, &h->t->arena, &fields, err);

    if (rc)
        return rc;
    h->field = compared_field_find(&fields, h->scan, h->name, &h->t->arena, err);
    if (!h->field)
        return err ? err->code : ERR_USAGE;
    rc = read_field(h, err);
    if (!rc) {
        x = side_values_all(h->values, SIDE_A);
        rc = head_fill_list(h->t, h->store, "report", calls, counts) ? OK : no_memory(err);
    }
    if (!rc)
        rc = add_columns(h, err);
    if (!rc)
        rc = add_bins(h, &x, err);
    if (!rc)
        rc = add_figures(h, &x, err);
    compared_field_close(h->field);
    return rc;
}

enum err histogram_run(struct store *s, const struct scan_spec *calls, const char *field,
                       bool chart, struct table *out, struct error *err)
{
    static const struct chart bars = {.column = 3};
    /* All calls are on one side, and none is on the other. */
    static const char *const none[] = {"status=ok", "status=error"};
    const struct side_spec sides = {
        .where = {NULL, none           },
          .n_where = {0,    ARRAY_LEN(none)}
    };
    struct histogram h = {.store = s, .name = field, .t = out};
    enum err rc = scan_open(s, calls, &h.scan, err);

    if (!rc)
        rc = side_values_open(h.scan, s, &sides, 0, &h.values, err);
    if (!rc)
        rc = fill(&h, calls, err);
    if (!rc && chart)
        out->chart = &bars;
    side_values_close(h.values);
    scan_close(h.scan);
    return rc;
}
