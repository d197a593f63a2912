/* call_gaps: calls are counted by hour; what lies between two hours with calls is a gap. */
#include "query/call_gaps.h"

#include <stdlib.h>
#include "base/time_text.h"
#include "query/scan.h"
#include "base/banned.h"

#define S_PER_HOUR INT64_C(3600)

struct hour {
    int64_t start_s; /* UTC */
    int64_t calls;
};

struct counting {
    struct thread_counts {
        int64_t *calls; /* by group */
        uint32_t cap;
    } * threads;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory looking for gaps in time");
}

static bool count_slice(void *ctx, const struct slice *slice)
{
    struct thread_counts *t = &((struct counting *)ctx)->threads[slice->thread];

    if (slice->groups > t->cap) {
        size_t cap = (size_t)slice->groups * 2;
        int64_t *bigger = cap <= UINT32_MAX ? realloc(t->calls, cap * sizeof(*bigger)) : NULL;

        if (!bigger)
            return false;
        memset(bigger + t->cap, 0, (cap - t->cap) * sizeof(*bigger));
        t->calls = bigger;
        t->cap = (uint32_t)cap;
    }
    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] != SCAN_OUT)
            t->calls[slice->group[i]]++;
    return true;
}

static int compare_starts(const void *left, const void *right)
{
    const struct hour *a = left, *b = right;

    return (a->start_s > b->start_s) - (a->start_s < b->start_s);
}

static int compare_calls(const void *left, const void *right)
{
    const struct hour *a = left, *b = right;

    return (a->calls > b->calls) - (a->calls < b->calls);
}

static int compare_gaps(const void *left, const void *right)
{
    const struct call_gap *a = left, *b = right;
    int64_t longer = (b->until_us - b->from_us) - (a->until_us - a->from_us);

    if (longer)
        return longer < 0 ? -1 : 1;
    return (a->from_us > b->from_us) - (a->from_us < b->from_us);
}

/* Calls of the hour at `rank` when all hours are sorted by them: the empty ones come first. */
static int64_t calls_at(const struct hour *by_calls, int64_t empty, int64_t rank)
{
    return rank < empty ? 0 : by_calls[rank - empty].calls;
}

static double median_of(const struct hour *by_calls, size_t n, int64_t empty)
{
    int64_t all = (int64_t)n + empty;

    return ((double)calls_at(by_calls, empty, (all - 1) / 2) +
            (double)calls_at(by_calls, empty, all / 2)) /
           2;
}

/* hours: n of them with calls, in any order. */
static enum err find_gaps(struct hour *hours, size_t n, double min_median, struct arena *a,
                          struct call_gaps *out, struct error *err)
{
    int64_t span;

    *out = (struct call_gaps){0};
    if (!n)
        return OK;
    qsort(hours, n, sizeof(*hours), compare_starts);
    span = (hours[n - 1].start_s - hours[0].start_s) / S_PER_HOUR + 1;
    out->gaps = arena_zalloc(a, n, sizeof(*out->gaps));
    if (!out->gaps)
        return no_memory(err);
    for (size_t i = 1; i < n; i++)
        if (hours[i].start_s - hours[i - 1].start_s > S_PER_HOUR)
            out->gaps[out->n++] = (struct call_gap){(hours[i - 1].start_s + S_PER_HOUR) * US_PER_S,
                                                    hours[i].start_s * US_PER_S};
    qsort(hours, n, sizeof(*hours), compare_calls);
    out->median = median_of(hours, n, span - (int64_t)n);
    if (out->median < min_median)
        out->n = 0;
    qsort(out->gaps, out->n, sizeof(*out->gaps), compare_gaps);
    return OK;
}

/* The hours with calls, in the arena. */
static enum err collect(struct scan *scan, const struct counting *c, struct arena *a,
                        struct hour **out, size_t *n, struct error *err)
{
    const struct axis *x = scan_axis(scan, 0);
    uint32_t groups = scan_groups(scan);

    *n = 0;
    *out = arena_zalloc(a, groups + (size_t)1, sizeof(**out));
    if (!*out)
        return no_memory(err);
    for (uint32_t g = 0; g < groups; g++) {
        int64_t code = scan_code(scan, g, 0);
        struct hour *h = &(*out)[*n];

        if (!code)
            continue; /* calls without a start */
        h->start_s = x->base + (code - 1) * x->step;
        for (int t = 0; t < scan_threads(scan); t++)
            h->calls += g < c->threads[t].cap ? c->threads[t].calls[g] : 0;
        ++*n;
    }
    return OK;
}

enum err call_gaps_read(struct store *s, int jobs, double min_median, struct arena *a,
                        struct call_gaps *out, struct error *err)
{
    static const char *const by[] = {"hour"};
    static const struct zone utc = {.name = "UTC"};
    struct scan_spec spec = {.by = by, .n_by = ARRAY_LEN(by), .zone = &utc, .jobs = jobs};
    struct counting c = {0};
    struct hour *hours = NULL;
    struct scan *scan = NULL;
    size_t n = 0;
    enum err rc = scan_open(s, &spec, &scan, err);

    if (rc)
        return rc;
    c.threads = calloc((size_t)scan_threads(scan), sizeof(*c.threads));
    if (!c.threads) {
        rc = no_memory(err);
        goto done;
    }
    rc = scan_walk(scan, 0, count_slice, &c, err);
    if (!rc)
        rc = collect(scan, &c, a, &hours, &n, err);
    if (!rc)
        rc = find_gaps(hours, n, min_median, a, out, err);
    for (int t = 0; t < scan_threads(scan); t++)
        free(c.threads[t].calls);
done:
    free(c.threads);
    scan_close(scan);
    return rc;
}
