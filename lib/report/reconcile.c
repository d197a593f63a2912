/* reconcile: both sides sorted by their names, then one walk along both. */
#include "report/reconcile.h"

#include <math.h>
#include <stdlib.h>
#include "base/wide.h"
#include "base/banned.h"

/* A group of either side. */
struct side {
    const struct sv *values;
    size_t n_values;
    i128 nusd;
    bool lower_bound;
    bool unknown; /* nothing of it has a cost */
};

enum state { DIFFERS, LOG_ONLY, INVOICE_ONLY, MATCHED };

static const char *const state_names[] = {
    [DIFFERS] = "differs",
    [LOG_ONLY] = "log only",
    [INVOICE_ONLY] = "invoice only",
    [MATCHED] = "matched",
};

enum { CELL_COST, CELL_INVOICE, CELL_DIFFERENCE, CELL_RATE, CELL_STATE, CELL_COUNT };

static const struct column heads[CELL_COUNT] = {
    [CELL_COST] = {.key = "cost_usd",          .also_key = "cost_nusd", .title = "log", .unit = UNIT_NUSD},
    [CELL_INVOICE] = {.key = "invoice_usd",
                   .also_key = "invoice_nusd",
                   .title = "invoice",
                   .unit = UNIT_NUSD},
    [CELL_DIFFERENCE] = {.key = "difference_usd",
                   .also_key = "difference_nusd",
                   .title = "difference",
                   .unit = UNIT_NUSD},
    [CELL_RATE] = {.key = "difference_rate",                          .title = "difference",                           .unit = UNIT_RATE, .drop = 5},
    [CELL_STATE] = {.key = "state",      .title = "state"                                  },
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the invoice");
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
}

static int compare_text(struct sv a, struct sv b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return lower(a.p[i]) < lower(b.p[i]) ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

static int compare_sides(const void *pa, const void *pb)
{
    const struct side *a = pa, *b = pb;

    for (size_t d = 0; d < a->n_values; d++) {
        int order = compare_text(a->values[d], b->values[d]);

        if (order)
            return order;
    }
    return 0;
}

/* Sorts, and makes one of what has the same names. Returns how many are left. */
static size_t sort_and_add_up(struct side *sides, size_t n)
{
    size_t kept = 0;

    if (n)
        qsort(sides, n, sizeof(*sides), compare_sides);
    for (size_t i = 0; i < n; i++) {
        if (kept && compare_sides(&sides[kept - 1], &sides[i]) == 0) {
            sides[kept - 1].nusd += sides[i].nusd;
            sides[kept - 1].lower_bound |= sides[i].lower_bound;
            sides[kept - 1].unknown &= sides[i].unknown;
        } else {
            sides[kept++] = sides[i];
        }
    }
    return kept;
}

static size_t cost_column(const struct table *log)
{
    size_t c = 0;

    while (c < log->n_columns && strcmp(log->columns[c].key, "cost_usd") != 0)
        c++;
    return c;
}

static struct side *log_sides(const struct table *log, size_t n_by, struct arena *a, size_t *n)
{
    struct side *sides = arena_zalloc(a, log->n_rows + 1, sizeof(*sides));
    size_t cost = cost_column(log);

    *n = 0;
    for (size_t i = 0; sides && i < log->n_rows; i++) {
        struct sv *values = arena_zalloc(a, n_by, sizeof(*values));
        const struct cell *c = &log->rows[i].cells[cost];

        if (!values)
            return NULL;
        for (size_t d = 0; d < n_by; d++)
            values[d] = log->rows[i].cells[d].text;
        sides[(*n)++] = (struct side){values, n_by, c->type == CELL_INT ? c->i : 0,
                                      c->lower_bound || c->type != CELL_INT, c->type != CELL_INT};
    }
    return sides;
}

static struct side *invoice_sides(const struct reconcile_spec *spec, struct arena *a)
{
    struct side *sides = arena_zalloc(a, spec->n_lines + 1, sizeof(*sides));

    for (size_t i = 0; sides && i < spec->n_lines; i++)
        sides[i] =
            (struct side){spec->lines[i].values, spec->n_by, spec->lines[i].nusd, false, false};
    return sides;
}

static struct cell cell_wide_sum(i128 v)
{
    return cell_int(v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v);
}

static enum state state_of(const struct side *log, const struct side *invoice, double tolerance)
{
    double difference;

    if (!invoice)
        return log->nusd || log->lower_bound ? LOG_ONLY : MATCHED;
    if (!log)
        return INVOICE_ONLY;
    difference = fabs((double)(log->nusd - invoice->nusd));
    return difference <= tolerance * fabs((double)invoice->nusd) ? MATCHED : DIFFERS;
}

static void fill(struct row *row, size_t n_by, const struct side *log, const struct side *invoice,
                 enum state state)
{
    struct cell *cells = row->cells + n_by;
    i128 difference = (log ? log->nusd : 0) - (invoice ? invoice->nusd : 0);

    if (log && !log->unknown) {
        cells[CELL_COST] = cell_wide_sum(log->nusd);
        row->lower_bound = cells[CELL_COST].lower_bound = log->lower_bound;
    }
    if (invoice)
        cells[CELL_INVOICE] = cell_wide_sum(invoice->nusd);
    if (!log || !log->unknown)
        cells[CELL_DIFFERENCE] = cell_wide_sum(difference);
    cells[CELL_DIFFERENCE].lower_bound |= log && log->lower_bound;
    if (invoice && invoice->nusd > 0 && !(log && log->unknown))
        cells[CELL_RATE] = cell_real(divide_real(difference, invoice->nusd));
    cells[CELL_STATE] = cell_text(sv_from(state_names[state]));
}

static int state_rank(const struct cell *state)
{
    int s = 0;

    while (!sv_is(state->text, state_names[s]))
        s++;
    return s == MATCHED;
}

/* What is to be looked at first. n_by stands in ctx. */
static int compare_rows(const void *pa, const void *pb, void *ctx)
{
    size_t n_by = *(const size_t *)ctx;
    const struct cell *a = ((const struct row *)pa)->cells + n_by;
    const struct cell *b = ((const struct row *)pb)->cells + n_by;
    double x = fabs((double)a[CELL_DIFFERENCE].i), y = fabs((double)b[CELL_DIFFERENCE].i);
    int order = state_rank(&a[CELL_STATE]) - state_rank(&b[CELL_STATE]);

    if (!order)
        order = (x < y) - (x > y);
    for (size_t d = 0; d < n_by && !order; d++)
        order = compare_text(((const struct row *)pa)->cells[d].text,
                             ((const struct row *)pb)->cells[d].text);
    return order;
}

static enum err add_columns(const struct reconcile_spec *spec, struct table *t, struct error *err)
{
    for (size_t i = 0; i < spec->n_by + CELL_COUNT; i++) {
        const struct column *head = i < spec->n_by ? NULL : &heads[i - spec->n_by];
        struct column *c = head ? table_add_column(t, head->key, head->title, head->unit)
                                : table_add_column(t, spec->by[i], spec->by[i], UNIT_NONE);

        if (!c)
            return no_memory(err);
        c->dimension = !head;
        c->also_key = head ? head->also_key : NULL;
        c->drop = head ? head->drop : 0;
        c->in_text = c->in_data = true;
    }
    return OK;
}

static enum err add_row(struct table *t, const struct reconcile_spec *spec, const struct side *log,
                        const struct side *invoice, int64_t *differing, struct error *err)
{
    enum state state = state_of(log, invoice, spec->tolerance);
    const struct side *names = log ? log : invoice;
    struct row *row = table_add_row(t);

    if (!row)
        return no_memory(err);
    for (size_t d = 0; d < spec->n_by; d++)
        row->cells[d] =
            cell_text(names->values[d].n ? arena_copy(&t->arena, names->values[d]) : SV_NONE);
    fill(row, spec->n_by, log, invoice, state);
    *differing += state != MATCHED;
    return OK;
}

static struct side total_of(const struct side *sides, size_t n)
{
    struct side total = {0};

    for (size_t i = 0; i < n; i++) {
        total.nusd += sides[i].nusd;
        total.lower_bound |= sides[i].lower_bound;
    }
    return total;
}

enum err reconcile_run(const struct table *log, const struct reconcile_spec *spec,
                       struct table *out, struct error *err)
{
    size_t n_log, n_invoice, l = 0, i = 0;
    int64_t differing = 0;
    struct side *logs = log_sides(log, spec->n_by, &out->arena, &n_log);
    struct side *invoices = invoice_sides(spec, &out->arena);
    enum err rc = logs && invoices ? add_columns(spec, out, err) : no_memory(err);

    if (rc)
        return rc;
    n_log = sort_and_add_up(logs, n_log);
    n_invoice = sort_and_add_up(invoices, spec->n_lines);
    while ((l < n_log || i < n_invoice) && !rc) {
        int order = l == n_log ? 1 : i == n_invoice ? -1 : compare_sides(&logs[l], &invoices[i]);

        rc = add_row(out, spec, order <= 0 ? &logs[l] : NULL, order >= 0 ? &invoices[i] : NULL,
                     &differing, err);
        l += order <= 0;
        i += order >= 0;
    }
    if (rc)
        return rc;
    if (out->n_rows)
        qsort_r(out->rows, out->n_rows, sizeof(*out->rows), compare_rows,
                (void *)(uintptr_t)&spec->n_by);
    out->totals.cells = arena_zalloc(&out->arena, out->n_columns + 1, sizeof(*out->totals.cells));
    if (!out->totals.cells)
        return no_memory(err);
    struct side log_total = total_of(logs, n_log), invoice_total = total_of(invoices, n_invoice);
    fill(&out->totals, spec->n_by, &log_total, &invoice_total,
         state_of(&log_total, &invoice_total, spec->tolerance));
    return table_add_fact(out, "differing", cell_int(differing)) ? OK : no_memory(err);
}
