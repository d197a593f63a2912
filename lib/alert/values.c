/* values: see the header. */
#include "alert/values.h"

#include <pthread.h>
#include <stdlib.h>
#include "base/buf.h"
#include "query/scan.h"
#include "report/measures.h"
#include "stats/sample.h"
#include "base/banned.h"

struct collector {
    enum call_value value;
    pthread_mutex_t lock; /* of out and the rooms */
    int64_t *room;
    struct sample_of_calls out;
    size_t cap;
};

static enum call_value value_of(const struct metric *m)
{
    static const enum call_value values[] = {[POOL_LATENCY] = V_LATENCY_US,
                                             [POOL_TTFT] = V_TIME_TO_FIRST_TOKEN_US,
                                             [POOL_TPOT] = V_TIME_PER_OUTPUT_TOKEN_US,
                                             [POOL_SPEED] = V_TOKENS_PER_SECOND};

    return values[measures[measure_find(m->key)].pool];
}

static bool grow(struct collector *c, size_t more)
{
    size_t cap = c->cap ? c->cap : 1024;
    double *v;

    while (cap < c->out.n + more)
        cap *= 2;
    if (cap == c->cap)
        return true;
    v = realloc(c->out.v, cap * sizeof(*v));
    if (!v)
        return false;
    c->out.v = v;
    c->cap = cap;
    return true;
}

static bool add_slice(void *ctx, const struct slice *slice)
{
    struct collector *c = ctx;
    bool real = call_value_is_real(c->value), ok;
    const int64_t *v;

    pthread_mutex_lock(&c->lock);
    ok = grow(c, (size_t)slice->rows);
    v = call_values(c->value, COST_OF_LOG_OR_PRICES, slice->cols, slice->rows, c->room);
    for (int64_t i = 0; i < slice->rows && ok; i++)
        if (slice->group[i] != SCAN_OUT && v[i] != CALL_MISSING)
            c->out.v[c->out.n++] = real ? key_to_real(v[i]) : (double)v[i];
    pthread_mutex_unlock(&c->lock);
    return ok;
}

static enum err collect(struct store *s, const struct metric_window *w, struct collector *c,
                        struct error *err)
{
    struct scan_spec spec = {.where = w->where,
                             .n_where = w->n_where,
                             .since_known = true,
                             .until_known = true,
                             .since_us = w->since_us,
                             .until_us = w->until_us,
                             .zone = w->zone,
                             .drop_degenerate_ttft = true,
                             .jobs = w->jobs};
    struct scan *scan = NULL;
    enum err rc = scan_open(s, &spec, &scan, err);

    if (!rc)
        rc = scan_walk_blocks(scan, call_value_columns(c->value), add_slice, c, err);
    scan_close(scan);
    return rc;
}

enum err values_read(struct store *s, const struct metric *m, const struct metric_window *w,
                     struct sample_of_calls *out, struct error *err)
{
    struct collector c = {.value = value_of(m), .room = malloc(CHUNK_ROWS * sizeof(int64_t))};
    enum err rc = ERR_NOMEM;

    pthread_mutex_init(&c.lock, NULL);
    if (c.room)
        rc = collect(s, w, &c, err);
    else
        error_set(err, rc, "out of memory for the figures");
    pthread_mutex_destroy(&c.lock);
    free(c.room);
    if (rc) {
        free(c.out.v);
        return rc;
    }
    if (c.out.n)
        sample_sort(c.out.v, c.out.n, NULL);
    *out = c.out;
    return OK;
}

const char *values_filter(struct arena *a, const char *dimension, struct sv value)
{
    struct buf b = {0};
    const char *out;

    buf_printf(&b, "%s=", dimension);
    if (!value.p)
        buf_str(&b, "null");
    for (size_t i = 0; i < value.n; i++) {
        if (strchr("*?|\\", value.p[i]) || (i == 0 && sv_is(value, "null")))
            buf_char(&b, '\\');
        buf_char(&b, value.p[i]);
    }
    out = b.failed ? NULL : arena_copy(a, (struct sv){b.p, b.n + 1}).p;
    buf_release(&b);
    return out;
}
