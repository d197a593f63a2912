/* series: see the header. */
#include "alert/series.h"

#include <math.h>
#include <stdlib.h>
#include "base/time_text.h"
#include "base/banned.h"

/* A series while its periods come in. */
struct filling {
    struct series *out;
    const struct series_spec *spec;
    struct arena *arena;
    size_t cap, at; /* at: the period that was met last */
    const char **labels;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the series");
}

/* The start of the period in which an instant is. */
static int64_t start_of(const struct series_spec *spec, int64_t us)
{
    struct bucketer b;

    bucketer_init(&b, spec->zone, spec->period);
    if (spec->period == BUCKET_DAY)
        return zone_day_start_us(spec->zone, bucket_number(&b, us));
    return bucket_number(&b, us) * US_PER_S;
}

/* The last period that is over, and those before it. */
static enum err find_periods(struct filling *f, struct error *err)
{
    const struct series_spec *spec = f->spec;
    struct series *out = f->out;
    int64_t end = start_of(spec, spec->until_us);

    out->periods = spec->periods;
    out->start_us = arena_zalloc(f->arena, out->periods + 1, sizeof(*out->start_us));
    f->labels = arena_zalloc(f->arena, out->periods + 1, sizeof(*f->labels));
    if (!out->start_us || !f->labels)
        return no_memory(err);
    for (size_t i = out->periods + 1; i-- > 0; end = start_of(spec, end - 1)) {
        struct bucketer b;
        char label[40];
        size_t n;

        out->start_us[i] = end;
        bucketer_init(&b, spec->zone, spec->period);
        n = bucket_label(spec->zone, spec->period, bucket_number(&b, end), label);
        f->labels[i] = arena_copy(f->arena, (struct sv){label, n + 1}).p;
        if (!f->labels[i])
            return no_memory(err);
    }
    return OK;
}

static struct series_group *find_group(struct filling *f, const struct reading *r)
{
    struct series *out = f->out;
    struct series_group *g;

    for (size_t i = 0; i < out->n; i++)
        if (!r->group.p || sv_eq(out->v[i].group, r->group))
            return &out->v[i];
    if (out->n == f->cap) {
        size_t cap = f->cap ? 2 * f->cap : 16;
        struct series_group *v = arena_zalloc(f->arena, cap, sizeof(*v));

        if (!v)
            return NULL;
        if (out->n)
            memcpy(v, out->v, out->n * sizeof(*v));
        out->v = v;
        f->cap = cap;
    }
    g = &out->v[out->n];
    *g = (struct series_group){.group = r->group, .values = r->values};
    g->value = arena_alloc(f->arena, (out->periods + 1) * sizeof(*g->value));
    g->n = arena_zalloc(f->arena, out->periods + 1, sizeof(*g->n));
    if (!g->value || !g->n)
        return NULL;
    for (size_t i = 0; i < out->periods; i++)
        g->value[i] = NAN;
    out->n++;
    return g;
}

static enum err add_period(void *ctx, struct sv label, int64_t number, const struct reading *r,
                           struct error *err)
{
    struct filling *f = ctx;
    struct series_group *g;
    size_t at = label.p ? f->at : (size_t)number;

    while (label.p && at < f->out->periods && !sv_is(label, f->labels[at]))
        at++;
    if (at >= f->out->periods || !r->known)
        return OK;
    f->at = label.p ? at : f->at;
    g = find_group(f, r);
    if (!g)
        return no_memory(err);
    g->value[at] = r->value;
    g->n[at] = r->n;
    g->total += r->n;
    return OK;
}

static int compare(const void *a, const void *b)
{
    const struct series_group *x = a, *y = b;

    if (x->total != y->total)
        return x->total > y->total ? -1 : 1;
    return sv_cmp(x->group, y->group);
}

enum err series_read(struct store *s, const struct metric *m, const struct series_spec *spec,
                     struct arena *a, struct series *out, struct error *err)
{
    struct filling f = {.out = out, .spec = spec, .arena = a};
    struct metric_window w = {.by = spec->by,
                              .n_by = spec->n_by,
                              .where = spec->where,
                              .n_where = spec->n_where,
                              .zone = spec->zone,
                              .jobs = spec->jobs};
    enum err rc;

    *out = (struct series){.periods = 0};
    rc = find_periods(&f, err);
    if (rc)
        return rc;
    w.since_us = out->start_us[0];
    w.until_us = out->start_us[out->periods];
    rc = metric_read_periods(s, m, &w, spec->period == BUCKET_DAY ? "day" : "hour",
                             spec->period == BUCKET_DAY ? US_PER_DAY : 3600 * US_PER_S, a,
                             add_period, &f, err);
    if (!rc && out->n)
        qsort(out->v, out->n, sizeof(*out->v), compare);
    return rc;
}
