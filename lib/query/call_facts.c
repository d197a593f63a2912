/* call_facts: see the header. */
#include "query/call_facts.h"

#include <stdlib.h>
#include "query/scan.h"
#include "base/banned.h"

#define FACT_COLUMNS                                                                               \
    (DEGENERATE_TTFT_COLUMNS | UNPRICED_COLUMNS | COLUMN(F_STARTED_US) |                           \
     COLUMN(F_TIME_PER_OUTPUT_TOKEN_US) | COLUMN(F_CACHE_READ_TOKENS) |                            \
     COLUMN(F_CACHE_WRITE_TOKENS) | COLUMN(F_CACHE_WRITE_5M_TOKENS) |                              \
     COLUMN(F_CACHE_WRITE_1H_TOKENS) | COLUMN(F_REASONING_TOKENS) | COLUMN(F_COST_GIVEN_NUSD) |    \
     COLUMN(C_COST_COMPUTED_NUSD) | COLUMN(F_FLAGS) | COLUMN(F_FINISH_REASON) | COLUMN(F_USER) |   \
     COLUMN(C_SESSION_KEY) | COLUMN(F_FEATURE) | COLUMN(F_REQUEST_MODEL) |                         \
     COLUMN(F_RESPONSE_MODEL))

/* Facts that are no more than "the column has a value". */
static const struct {
    enum call_fact fact;
    int column;
} presences[] = {
    {FACT_STARTED,       F_STARTED_US            },
    {FACT_LATENCY,       F_LATENCY_US            },
    {FACT_TTFT,          F_TIME_TO_FIRST_TOKEN_US},
    {FACT_INPUT,         F_INPUT_TOKENS          },
    {FACT_OUTPUT,        F_OUTPUT_TOKENS         },
    {FACT_CACHE_READ,    F_CACHE_READ_TOKENS     },
    {FACT_STATUS,        F_STATUS                },
    {FACT_FINISH_REASON, F_FINISH_REASON         },
    {FACT_USER,          F_USER                  },
    {FACT_SESSION,       C_SESSION_KEY           },
    {FACT_FEATURE,       F_FEATURE               },
};

struct reading {
    struct thread_facts {
        struct call_facts *groups;
        uint32_t cap;
    } * threads;
};

void call_facts_add(struct call_facts *a, const struct call_facts *b)
{
    for (int f = 0; f < FACT_COUNT; f++)
        if (__builtin_add_overflow(a->n[f], b->n[f], &a->n[f]))
            a->n[f] = INT64_MAX; /* only tokens can come so far */
    a->first_us = b->first_us < a->first_us ? b->first_us : a->first_us;
    a->last_us = b->last_us > a->last_us ? b->last_us : a->last_us;
}

/* ---- one call ------------------------------------------------------------------------------- */

/* One row of a slice. */
struct call_at {
    const int64_t *const *cols;
    int64_t i;
};

static int64_t value(struct call_at c, int column)
{
    return c.cols[column][c.i];
}

static bool has(struct call_at c, int column)
{
    return value(c, column) != CALL_MISSING;
}

static bool has_flag(struct call_at c, enum call_flag flag)
{
    return has(c, F_FLAGS) && value(c, F_FLAGS) & flag;
}

static int64_t sum(int64_t a, int64_t b)
{
    return __builtin_add_overflow(a, b, &a) ? INT64_MAX : a;
}

/* Sum of those that are known. */
static int64_t known_sum(struct call_at c, int a, int b)
{
    return sum(has(c, a) ? value(c, a) : 0, has(c, b) ? value(c, b) : 0);
}

static void note_times(int64_t *n, struct call_at c)
{
    bool degenerate = call_ttft_degenerate(c.cols, c.i);
    bool derived = has(c, F_TIME_TO_FIRST_TOKEN_US) && has(c, F_LATENCY_US) && !degenerate &&
                   value(c, F_OUTPUT_TOKENS) >= 2;

    n[FACT_ZONELESS] += has(c, F_STARTED_US) && has_flag(c, FLAG_ZONELESS);
    n[FACT_ZERO_LATENCY] += value(c, F_LATENCY_US) == 0;
    n[FACT_STREAMED] += has_flag(c, FLAG_STREAMING);
    n[FACT_STREAMED_TTFT] += has_flag(c, FLAG_STREAMING) && has(c, F_TIME_TO_FIRST_TOKEN_US);
    n[FACT_DEGENERATE_TTFT] += degenerate;
    n[FACT_BATCH_TTFT] += has_flag(c, FLAG_BATCH) && has(c, F_TIME_TO_FIRST_TOKEN_US);
    n[FACT_TPOT] += has(c, F_TIME_PER_OUTPUT_TOKEN_US) || derived;
}

static void note_cost(int64_t *n, struct call_at c)
{
    if (has(c, F_COST_GIVEN_NUSD)) {
        n[FACT_COST_GIVEN]++;
    } else if (has(c, C_COST_COMPUTED_NUSD)) {
        n[FACT_COST_COMPUTED]++;
    } else if (has_flag(c, FLAG_FROM_CACHE) || !call_unpriced(c.cols, c.i)) {
        n[FACT_FREE]++;
    } else {
        bool split = has(c, F_INPUT_TOKENS) || has(c, F_OUTPUT_TOKENS);
        int64_t total = has(c, F_TOTAL_TOKENS_GIVEN) ? value(c, F_TOTAL_TOKENS_GIVEN) : 0;
        int64_t tokens = split ? known_sum(c, F_INPUT_TOKENS, F_OUTPUT_TOKENS) : total;

        n[FACT_UNPRICED]++;
        n[FACT_UNPRICED_TOKENS] = sum(n[FACT_UNPRICED_TOKENS], tokens);
    }
}

static void note_identities(int64_t *n, struct call_at c)
{
    if (has(c, F_INPUT_TOKENS) && (has(c, F_CACHE_READ_TOKENS) || has(c, F_CACHE_WRITE_TOKENS))) {
        n[FACT_CACHE_CHECKED]++;
        n[FACT_CACHE_BAD] +=
            known_sum(c, F_CACHE_READ_TOKENS, F_CACHE_WRITE_TOKENS) > value(c, F_INPUT_TOKENS);
    }
    if (has(c, F_OUTPUT_TOKENS) && has(c, F_REASONING_TOKENS)) {
        n[FACT_REASONING_CHECKED]++;
        n[FACT_REASONING_BAD] += value(c, F_REASONING_TOKENS) > value(c, F_OUTPUT_TOKENS);
    }
    if (has(c, F_CACHE_WRITE_TOKENS) && has(c, F_CACHE_WRITE_5M_TOKENS) &&
        has(c, F_CACHE_WRITE_1H_TOKENS)) {
        n[FACT_WRITES_CHECKED]++;
        n[FACT_WRITES_BAD] += known_sum(c, F_CACHE_WRITE_5M_TOKENS, F_CACHE_WRITE_1H_TOKENS) !=
                              value(c, F_CACHE_WRITE_TOKENS);
    }
    if (has(c, F_INPUT_TOKENS) && has(c, F_OUTPUT_TOKENS) && has(c, F_TOTAL_TOKENS_GIVEN)) {
        n[FACT_TOTAL_CHECKED]++;
        n[FACT_TOTAL_BAD] +=
            known_sum(c, F_INPUT_TOKENS, F_OUTPUT_TOKENS) != value(c, F_TOTAL_TOKENS_GIVEN);
    }
}

static void note_call(struct call_facts *facts, struct call_at c)
{
    int64_t *n = facts->n, started = value(c, F_STARTED_US);

    n[FACT_CALLS]++;
    for (size_t p = 0; p < ARRAY_LEN(presences); p++)
        n[presences[p].fact] += has(c, presences[p].column);
    n[FACT_MODEL] += has(c, F_REQUEST_MODEL) || has(c, F_RESPONSE_MODEL);
    note_times(n, c);
    note_cost(n, c);
    note_identities(n, c);
    if (started == CALL_MISSING)
        return;
    facts->first_us = started < facts->first_us ? started : facts->first_us;
    facts->last_us = started > facts->last_us ? started : facts->last_us;
}

/* ---- all of them ---------------------------------------------------------------------------- */

static bool grow(struct thread_facts *t, uint32_t groups)
{
    uint32_t cap = t->cap ? t->cap : 16;
    struct call_facts *bigger;

    if (groups <= t->cap)
        return true;
    while (cap < groups)
        cap = cap > UINT32_MAX / 2 ? UINT32_MAX : cap * 2;
    bigger = realloc(t->groups, cap * sizeof(*bigger));
    if (!bigger)
        return false;
    for (uint32_t g = t->cap; g < cap; g++)
        bigger[g] = CALL_FACTS_NONE;
    t->groups = bigger;
    t->cap = cap;
    return true;
}

static bool note_slice(void *ctx, const struct slice *slice)
{
    struct thread_facts *t = &((struct reading *)ctx)->threads[slice->thread];

    if (!grow(t, slice->groups))
        return false;
    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] != SCAN_OUT)
            note_call(&t->groups[slice->group[i]], (struct call_at){slice->cols, i});
    return true;
}

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory looking at the calls");
}

/* The text of a group on axis d, in the arena. False when out of memory. */
static bool group_text(struct scan *scan, uint32_t group, size_t d, struct arena *a, struct sv *out)
{
    struct sv text = axis_text(scan_axis(scan, d), scan_code(scan, group, d), a);

    *out = text.p ? arena_copy(a, text) : SV_NONE;
    return !text.p || out->p;
}

static int compare_groups(const void *left, const void *right)
{
    const struct call_facts_group *a = left, *b = right;
    int order = sv_cmp(a->source, b->source);

    return order ? order : sv_cmp(a->model, b->model);
}

static enum err collect(struct scan *scan, const struct reading *r, struct arena *a,
                        struct call_facts_group **out, size_t *n, struct error *err)
{
    uint32_t groups = scan_groups(scan);
    struct call_facts_group *all = arena_zalloc(a, groups + (size_t)1, sizeof(*all));

    if (!all)
        return no_memory(err);
    for (uint32_t g = 0; g < groups; g++) {
        if (!group_text(scan, g, 0, a, &all[g].source) || !group_text(scan, g, 1, a, &all[g].model))
            return no_memory(err);
        all[g].facts = CALL_FACTS_NONE;
        for (int t = 0; t < scan_threads(scan); t++)
            if (g < r->threads[t].cap)
                call_facts_add(&all[g].facts, &r->threads[t].groups[g]);
    }
    qsort(all, groups, sizeof(*all), compare_groups);
    *out = all;
    *n = groups;
    return OK;
}

enum err call_facts_read(struct store *s, int jobs, struct arena *a, struct call_facts_group **out,
                         size_t *n, struct error *err)
{
    static const char *const by[] = {"source", "model"};
    static const struct zone utc = {.name = "UTC"};
    struct scan_spec spec = {.by = by, .n_by = ARRAY_LEN(by), .zone = &utc, .jobs = jobs};
    struct reading r = {0};
    struct scan *scan = NULL;
    enum err rc = scan_open(s, &spec, &scan, err);

    if (rc)
        return rc;
    r.threads = calloc((size_t)scan_threads(scan), sizeof(*r.threads));
    if (!r.threads) {
        rc = no_memory(err);
        goto done;
    }
    rc = scan_walk(scan, FACT_COLUMNS, note_slice, &r, err);
    if (!rc)
        rc = collect(scan, &r, a, out, n, err);
    for (int t = 0; t < scan_threads(scan); t++)
        free(r.threads[t].groups);
done:
    free(r.threads);
    scan_close(scan);
    return rc;
}
