/* alert_table: see the header. */
#include "alert/alert_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/time_text.h"
#include "report/words.h"
#include "base/banned.h"

static const char *const severity_names[SEVERITY_COUNT] = {"P0", "P1", "P2", "P3"};

/* clang-format off */
static const struct {
    const char *key, *title;
    enum unit unit;
    int drop;
} columns[ALERT_COLUMNS] = {
    [ALERT_RULE]           = {"rule",                   NULL,       UNIT_NONE,  0},
    [ALERT_SEVERITY]       = {"severity",               NULL,       UNIT_NONE,  0},
    [ALERT_STATE]          = {"state",                  NULL,       UNIT_NONE,  0},
    [ALERT_GROUP]          = {"group",                  NULL,       UNIT_NONE,  0},
    [ALERT_VALUE]          = {"value",                  NULL,       UNIT_REAL,  0},
    [ALERT_THRESHOLD]      = {"threshold",              NULL,       UNIT_REAL,  0},
    [ALERT_N]              = {"n",                      NULL,       UNIT_COUNT, 0},
    [ALERT_SINCE]          = {"since",                  NULL,       UNIT_NONE,  0},
    [ALERT_MAIN]           = {"main_contributor",       NULL,       UNIT_NONE,  0},
    [ALERT_MAIN_SHARE]     = {"main_contributor_share", NULL,       UNIT_RATE,  0},
    [ALERT_BASELINE]       = {"baseline",               NULL,       UNIT_REAL,  0},
    [ALERT_BASELINE_N]     = {"baseline_n",             NULL,       UNIT_COUNT, 0},
    [ALERT_P]              = {"p",                      NULL,       UNIT_REAL,  0},
    [ALERT_METRIC]         = {"metric",                 NULL,       UNIT_NONE,  0},
    [ALERT_REASON]         = {"reason",                 NULL,       UNIT_NONE,  0},
    [ALERT_SHOWN_SEVERITY] = {"shown_severity",         "severity", UNIT_NONE,  0},
    [ALERT_SHOWN_STATE]    = {"shown_state",            "state",    UNIT_NONE,  0},
    [ALERT_SHOWN_RULE]     = {"shown_rule",             "rule",     UNIT_NONE,  0},
    [ALERT_SHOWN_METRIC]   = {"shown_metric",           "metric",   UNIT_NONE,  0},
    [ALERT_SHOWN_GROUP]    = {"shown_group",            "group",    UNIT_NONE,  0},
    [ALERT_SHOWN_FIGURE]   = {"shown_figure",           "figure",   UNIT_NONE,  0},
    [ALERT_SHOWN_NORMAL]   = {"shown_normal",           "normal",   UNIT_NONE,  15},
    [ALERT_SHOWN_N]        = {"shown_n",                "n",        UNIT_COUNT, 10},
    [ALERT_SHOWN_SINCE]    = {"shown_since",            "since",    UNIT_NONE,  20},
    [ALERT_SHOWN_MAIN]     = {"shown_main",             "mainly",   UNIT_NONE,  0},
};
/* clang-format on */

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the alerts");
}

enum err alert_table_begin(struct table *t, const struct alert_table_options *o, struct error *err)
{
    t->verb = o->verb;
    for (size_t c = 0; c < ALERT_COLUMNS; c++) {
        struct column *column =
            table_add_column(t, columns[c].key, columns[c].title, columns[c].unit);

        if (!column)
            return no_memory(err);
        column->in_text = columns[c].title != NULL;
        column->in_data = !column->in_text;
        column->drop = columns[c].drop;
    }
    return OK;
}

static struct cell text(struct table *t, struct sv s)
{
    return cell_text(s.p ? arena_copy(&t->arena, s) : SV_NONE);
}

static struct sv time_text(struct table *t, const struct zone *z, int64_t us)
{
    char out[40];
    size_t n = time_format_offset(us, zone_offset_s(z, us), z->n <= 1, out);

    return arena_copy(&t->arena, (struct sv){out, n});
}

static struct sv take(struct buf *b, struct table *t)
{
    struct sv out = words_take(b, &t->arena);

    buf_release(b);
    return out;
}

/* "$80.10/h" */
static void add_figure(struct buf *b, const struct verdict *v, double value)
{
    struct buf per = {0};

    metric_text(b, &v->rule->metric, value);
    if (!v->rule->per_us || v->rule->capacity > 0)
        return;
    rule_duration(&per, v->rule->per_us);
    buf_char(b, '/');
    buf_str(b, !per.p ? "" : per.p[0] == '1' && per.n == 2 ? per.p + 1 : per.p); /* "/h" for 1h */
    buf_release(&per);
}

void alert_figure(struct buf *b, const struct verdict *v)
{
    double threshold;
    bool beyond, high;

    if (v->reason || v->note) {
        buf_str(b, v->reason ? v->reason : v->note);
        return;
    }
    if (v->rule->kind == RULE_OF) {
        buf_printf(b, "%.0f of %zu rules, needs %" PRId64, v->value, v->rule->n_of,
                   v->rule->at_least);
        return;
    }
    if (v->lower_bound)
        buf_str(b, "\xE2\x89\xA5 ");
    add_figure(b, v, v->value);
    if (limits_threshold(&v->limits, v->value, &threshold)) {
        beyond = limits_exceeded(&v->limits, v->value);
        high = v->limits.has_high && !(threshold < v->limits.high);
        buf_str(b, !beyond               ? ", limit "
                   : v->limits.inclusive ? (high ? " >= " : " <= ")
                                         : (high ? " > " : " < "));
        add_figure(b, v, threshold);
    }
    if (v->insignificant)
        buf_str(b, ", not significant");
}

static struct sv figure_text(struct table *t, const struct verdict *v)
{
    struct buf b = {0};

    alert_figure(&b, v);
    return take(&b, t);
}

static struct sv normal_text(struct table *t, const struct verdict *v)
{
    struct buf b = {0};

    if (!v->limits.has_normal || v->reason)
        return SV_NONE;
    add_figure(&b, v, v->limits.normal);
    return take(&b, t);
}

static struct sv main_text(struct table *t, const struct verdict *v)
{
    struct buf b = {0};

    if (!v->contributor.p)
        return SV_NONE;
    buf_sv(&b, v->contributor);
    buf_str(&b, " (");
    words_share(&b, v->share);
    buf_char(&b, ')');
    return take(&b, t);
}

static struct cell number(bool known, double v)
{
    return known && isfinite(v) ? cell_real(v) : (struct cell){0};
}

/* A figure for machines: money in dollars. */
static struct cell figure(const struct verdict *v, bool known, double value)
{
    return number(known, v->rule->metric.unit == UNIT_NUSD ? value / 1e9 : value);
}

static enum err add_row(struct table *t, const struct alert_table_options *o,
                        const struct verdict *v, struct error *err)
{
    struct row *row = table_add_row(t);
    struct cell *c;
    double threshold = 0;
    bool limited = limits_threshold(&v->limits, v->value, &threshold) && !v->reason;

    if (!row)
        return no_memory(err);
    c = row->cells;
    c[ALERT_RULE] = text(t, sv_from(v->rule->name));
    c[ALERT_SEVERITY] = text(t, sv_from(severity_names[v->severity]));
    c[ALERT_STATE] = text(t, sv_from(verdict_states[v->state]));
    c[ALERT_GROUP] = text(t, v->group);
    c[ALERT_VALUE] = figure(v, v->known, v->value);
    c[ALERT_VALUE].lower_bound = v->lower_bound;
    row->lower_bound = v->lower_bound;
    c[ALERT_THRESHOLD] = figure(v, limited, threshold);
    c[ALERT_N] = cell_int(v->n);
    if (v->since_known)
        c[ALERT_SINCE] = cell_text(time_text(t, o->zone, v->since_us));
    c[ALERT_MAIN] = text(t, v->contributor);
    c[ALERT_MAIN_SHARE] = number(v->contributor.p != NULL, v->share);
    c[ALERT_BASELINE] = figure(v, v->limits.has_normal && !v->reason, v->limits.normal);
    if (v->baseline_n)
        c[ALERT_BASELINE_N] = cell_int(v->baseline_n);
    c[ALERT_P] = number(v->p_known, v->p);
    c[ALERT_METRIC] = text(t, sv_from(v->rule->metric.name));
    c[ALERT_REASON] = text(t, sv_from(v->reason));
    c[ALERT_SHOWN_SEVERITY] = c[ALERT_SEVERITY];
    c[ALERT_SHOWN_STATE] =
        text(t, v->state == VERDICT_FIRING ? SV("FIRING") : sv_from(verdict_states[v->state]));
    c[ALERT_SHOWN_RULE] = c[ALERT_RULE];
    c[ALERT_SHOWN_METRIC] = c[ALERT_METRIC];
    c[ALERT_SHOWN_GROUP] = c[ALERT_GROUP];
    c[ALERT_SHOWN_FIGURE] = cell_text(figure_text(t, v));
    c[ALERT_SHOWN_NORMAL] = cell_text(normal_text(t, v));
    c[ALERT_SHOWN_N] = c[ALERT_N];
    if (v->since_known) {
        struct buf b = {0};

        words_time(&b, o->zone, v->since_us);
        c[ALERT_SHOWN_SINCE] = cell_text(take(&b, t));
    }
    c[ALERT_SHOWN_MAIN] = cell_text(main_text(t, v));
    return c[ALERT_RULE].text.p && c[ALERT_SHOWN_FIGURE].text.p ? OK : no_memory(err);
}

static int compare(const void *a, const void *b)
{
    const struct verdict *x = *(const struct verdict *const *)a;
    const struct verdict *y = *(const struct verdict *const *)b;

    if (x->state != y->state)
        return x->state < y->state ? -1 : 1;
    if (x->state == VERDICT_FIRING && x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    return x < y ? -1 : x > y; /* as they were judged */
}

/* Columns for people that would hold nothing but dashes. */
static void hide_empty(struct table *t)
{
    for (size_t c = ALERT_SHOWN_SEVERITY; c < ALERT_COLUMNS; c++) {
        bool any = false;

        for (size_t i = 0; i < t->n_rows; i++)
            any |= t->rows[i].cells[c].type != CELL_MISSING;
        t->columns[c].in_text = any && c != ALERT_SHOWN_METRIC;
    }
}

enum err alert_table_add(struct table *t, const struct alert_table_options *o,
                         const struct verdicts *v, struct error *err)
{
    const struct verdict **order = arena_zalloc(&t->arena, v->n + 1, sizeof(*order));
    enum err rc = order ? OK : no_memory(err);

    for (size_t i = 0; i < v->n && !rc; i++)
        order[i] = &v->v[i];
    if (!rc)
        qsort(order, v->n, sizeof(*order), compare);
    for (size_t i = 0; i < v->n && !rc; i++)
        if (!o->only_firing || order[i]->state == VERDICT_FIRING)
            rc = add_row(t, o, order[i], err);
    hide_empty(t);
    return rc;
}

enum err alert_table_resolved(struct table *t, const struct alert_table_options *o, struct sv rule,
                              struct sv group, int64_t since_us, struct error *err)
{
    struct row *row = table_add_row(t);
    struct buf b = {0};
    struct cell *c;

    if (!row)
        return no_memory(err);
    c = row->cells;
    c[ALERT_RULE] = c[ALERT_SHOWN_RULE] = text(t, rule);
    c[ALERT_STATE] = c[ALERT_SHOWN_STATE] = cell_text(SV(ALERT_RESOLVED));
    c[ALERT_GROUP] = c[ALERT_SHOWN_GROUP] = text(t, group);
    c[ALERT_SINCE] = cell_text(time_text(t, o->zone, since_us));
    words_time(&b, o->zone, since_us);
    c[ALERT_SHOWN_SINCE] = cell_text(take(&b, t));
    c[ALERT_SHOWN_FIGURE] = cell_text(SV("back to normal"));
    hide_empty(t);
    return c[ALERT_RULE].text.p && c[ALERT_SINCE].text.p ? OK : no_memory(err);
}

bool alert_table_count(struct table *t, const struct rule_set *rules, const struct verdicts *v,
                       struct buf *out)
{
    static const char *const words[] = {"firing", "pending", "suppressed", "without data", "ok"};
    static const char *const facts[] = {"rules_firing", "rules_pending", "rules_suppressed",
                                        "rules_skipped", "rules_ok"};
    int64_t n[ARRAY_LEN(words)] = {0};
    bool ok = table_add_fact(t, "rules", cell_int((int64_t)rules->n));

    for (size_t i = 0; i < rules->n; i++) {
        enum verdict_state state = VERDICT_OK;
        bool found = false;

        for (size_t k = 0; k < v->n; k++)
            if (v->v[k].rule == &rules->rules[i]) {
                state = !found || v->v[k].state < state ? v->v[k].state : state;
                found = true;
            }
        n[state]++;
    }
    buf_printf(out, "%zu rule%s", rules->n, rules->n == 1 ? "" : "s");
    for (size_t i = 0, said = 0; i < ARRAY_LEN(words); i++) {
        ok = ok && table_add_fact(t, facts[i], cell_int(n[i]));
        if (n[i])
            buf_printf(out, "%s%" PRId64 " %s", said++ ? ", " : ": ", n[i], words[i]);
    }
    return ok && !out->failed;
}
