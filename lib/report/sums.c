/* sums: a table says what each tally adds up; one loop over the rows for each. */
#include "report/sums.h"

#include <stdlib.h>
#include "base/banned.h"

enum action {
    COUNT_ROWS,
    COUNT_ERRORS,
    COUNT_OUTCOMES,
    COUNT_CACHE_KNOWN,
    COUNT_CACHE_HITS,
    COUNT_FINISHED,
    COUNT_REFUSED,
    COUNT_FLAGGED,
    COUNT_UNPRICED,
    COUNT_VALUE, /* calls that have it */
    ADD_VALUE,
    ADD_VALUE_WITH, /* where `with` is known, too */
    KEEP_LEAST,
    KEEP_LARGEST,
    ADD_WEIGHTED, /* value by weight `with` */
};

static const struct {
    enum action action;
    enum call_value value, with;
    /* COUNT_FLAGGED: calls with one of `set` where the log knows (one of `known`), else with one of
     * `found`. */
    int64_t known, set, found;
} tallies[T_COUNT] = {
    [T_CALLS] = {.action = COUNT_ROWS                                     },
    [T_CALLS_WHOLE] = {                                                .action = COUNT_ROWS                                                        },
    [T_ERRORS] = {                           .action = COUNT_ERRORS                                 },
    [T_OUTCOMES] = {                         .action = COUNT_OUTCOMES                                                        },
    [T_CACHE_KNOWN] = {                                              .action = COUNT_CACHE_KNOWN                                 },
    [T_CACHE_HITS] = {                         .action = COUNT_CACHE_HITS                                                        },
    [T_FINISHED] = {                         .action = COUNT_FINISHED                                                        },
    [T_REFUSED] = {                                                                                 .action = COUNT_REFUSED                                                        },
    [T_UNPRICED] = {                                                                                      .action = COUNT_UNPRICED,                                                         .value = V_COST_NUSD},
    [T_UNPRICED_WHOLE] = {                                                                                      .action = COUNT_UNPRICED,                                                         .value = V_COST_NUSD},
    [T_INPUT] = {                                                                                      .action = ADD_VALUE,                                                         .value = V_INPUT_TOKENS},
    [T_OUTPUT] = {                                                                                      .action = ADD_VALUE,                                                         .value = V_OUTPUT_TOKENS},
    [T_CACHE_READ] = {                                                                                      .action = ADD_VALUE,                                                         .value = V_CACHE_READ_TOKENS},
    [T_CACHE_WRITE] = {                                                                                      .action = ADD_VALUE,                                                         .value = V_CACHE_WRITE_TOKENS},
    [T_REASONING] = {                                                                                      .action = ADD_VALUE,                                                         .value = V_REASONING_TOKENS},
    [T_TOTAL] = {                                                                                      .action = ADD_VALUE,                                                         .value = V_TOTAL_TOKENS},
    [T_COST] = {                                                                                      .action = ADD_VALUE,                                                         .value = V_COST_NUSD},
    [T_SAVINGS] = {                                                                                    .action = ADD_VALUE,                                                         .value = V_CACHE_SAVINGS_NUSD},
    [T_LATENCY] = {                                                                                    .action = ADD_VALUE,                                                         .value = V_LATENCY_US},
    [T_TTFT] = {                                                                                    .action = COUNT_VALUE,                                                         .value = V_TIME_TO_FIRST_TOKEN_US},
    [T_TPOT] = {                                                                                   .action = COUNT_VALUE,                                                         .value = V_TIME_PER_OUTPUT_TOKEN_US},
    [T_SPEED] = {                                                                                     .action = COUNT_VALUE,                                                         .value = V_TOKENS_PER_SECOND},
    [T_LATENCY_MAX] = {                                                                                   .action = KEEP_LARGEST,                                                         .value = V_LATENCY_US},
    [T_FIRST] = {                                                                                 .action = KEEP_LEAST,                                   .value = V_STARTED_US},
    [T_LAST] = {                                                                                  .action = KEEP_LARGEST,                                   .value = V_STARTED_US},
    [T_CONTEXT] = {.action = COUNT_VALUE, .value = V_CONTEXT_UTILIZATION},
    [T_REDACTIONS] = {.action = ADD_VALUE, .value = V_REDACTIONS},
    [T_HIT_READ] = {                                                                                .action = ADD_VALUE_WITH,                                    .value = V_CACHE_READ_TOKENS, .with = V_INPUT_TOKENS},
    [T_HIT_INPUT] = {                                 .action = ADD_VALUE_WITH,
                 .value = V_INPUT_TOKENS,
                 .with = V_CACHE_READ_TOKENS},
    [T_WEIGHTED] = {                                                                                  .action = ADD_WEIGHTED,                              .value = V_LATENCY_US, .with = V_OUTPUT_TOKENS},
    [T_PII] = {                                                                                   .action = COUNT_FLAGGED,
                 .known = FLAG_LOGGED_PII,
                 .set = FLAG_LOGGED_PII_FOUND,
                 .found = FLAG_PII_OUTPUT},
    [T_PII_KNOWN] = {                                                   .action = COUNT_FLAGGED,
                 .found = FLAG_LOGGED_PII | FLAG_SCANNED(FLAG_PII_OUTPUT)},
    [T_PII_INPUT] = {                         .action = COUNT_FLAGGED,                                   .found = FLAG_PII_INPUT},
    [T_SECRETS] = { .action = COUNT_FLAGGED,                                   .found = FLAG_SECRET_INPUT | FLAG_SECRET_OUTPUT},
    [T_SCANNED] = {           .action = COUNT_FLAGGED,                                   .found = FLAG_SCANNED(FLAG_FOUND_ALL)},
    [T_PII_INPUT_KNOWN] = {           .action = COUNT_FLAGGED,                                   .found = FLAG_SCANNED(FLAG_PII_INPUT)},
    [T_SECRETS_KNOWN] = {                                              .action = COUNT_FLAGGED,
                 .found = FLAG_SCANNED(FLAG_SECRET_INPUT | FLAG_SECRET_OUTPUT)},
    [T_INJECTED_KNOWN] = {           .action = COUNT_FLAGGED,                                   .found = FLAG_SCANNED(FLAG_INJECTION)},
    [T_INJECTED] = {                         .action = COUNT_FLAGGED,                                   .found = FLAG_INJECTION},
    [T_DECLINED_LOGGED] = {                                                .action = COUNT_FLAGGED,                             .found = FLAG_LOGGED_REFUSAL},
    [T_BAD_ANSWERS] = {                                                .action = COUNT_FLAGGED,                                 .found = FLAG_BAD_ANSWER},
    [T_BAD_ANSWERS_KNOWN] = {                                                .action = COUNT_FLAGGED,                   .found = FLAG_SCANNED(FLAG_BAD_ANSWER)},
    [T_GUARDED] = {                                                .action = COUNT_FLAGGED,                                  .found = FLAG_GUARDRAIL},
};

static bool wants(uint64_t needs, enum tally t)
{
    return needs >> t & 1;
}

static bool has_sum(enum tally t)
{
    return tallies[t].action >= ADD_VALUE && tallies[t].action <= KEEP_LARGEST;
}

static bool has_value(enum tally t)
{
    return tallies[t].action >= COUNT_UNPRICED;
}

static bool has_with(enum tally t)
{
    return tallies[t].action == ADD_VALUE_WITH || tallies[t].action == ADD_WEIGHTED;
}

uint32_t sums_values(uint64_t needs)
{
    uint32_t values = 0;

    for (enum tally t = 0; t < T_COUNT; t++) {
        if (wants(needs, t) && has_value(t))
            values |= UINT32_C(1) << tallies[t].value;
        if (wants(needs, t) && has_with(t))
            values |= UINT32_C(1) << tallies[t].with;
    }
    return values;
}

uint64_t sums_columns(uint64_t needs)
{
    uint64_t columns = 0;

    for (enum call_value v = 0; v < V_COUNT; v++)
        if (sums_values(needs) >> v & 1)
            columns |= call_value_columns(v);
    if (wants(needs, T_UNPRICED) || wants(needs, T_UNPRICED_WHOLE))
        columns |= UNPRICED_COLUMNS;
    if (wants(needs, T_CACHE_KNOWN) || wants(needs, T_CACHE_HITS))
        columns |= COLUMN(F_CACHE_READ_TOKENS) | COLUMN(F_FLAGS);
    if (wants(needs, T_FINISHED) || wants(needs, T_REFUSED))
        columns |= COLUMN(F_FINISH_REASON) | COLUMN(F_FLAGS);
    if (wants(needs, T_ERRORS))
        columns |= COLUMN(F_STATUS);
    for (enum tally t = 0; t < T_COUNT; t++)
        if (wants(needs, t) && tallies[t].action == COUNT_FLAGGED)
            columns |= COLUMN(F_FLAGS);
    return columns;
}

/* array[n] of `size` bytes each, zeroed from `used` on. */
static bool grow_array(void *array, uint32_t used, uint32_t n, size_t size)
{
    void *old, *bigger;

    memcpy(&old, array, sizeof(old));
    bigger = realloc(old, n * size);
    if (!bigger)
        return false;
    memset((char *)bigger + used * size, 0, (n - used) * size);
    memcpy(array, &bigger, sizeof(bigger));
    return true;
}

bool sums_grow(struct sums *s, uint32_t n)
{
    uint32_t cap = s->cap ? s->cap : 16;

    if (n == UINT32_MAX)
        return false;
    while (cap < n + 1)
        cap = cap > UINT32_MAX / 2 ? UINT32_MAX : cap * 2;
    for (enum tally t = 0; cap > s->cap && t < T_COUNT; t++) {
        if (!wants(s->needs, t))
            continue;
        if (t == T_WEIGHTED && !grow_array(&s->weighted, s->cap, cap, sizeof(*s->weighted)))
            return false;
        if (t != T_WEIGHTED && !grow_array(&s->n[t], s->cap, cap, sizeof(*s->n[t])))
            return false;
        if (has_sum(t) && !grow_array(&s->sum[t], s->cap, cap, sizeof(*s->sum[t])))
            return false;
    }
    s->cap = cap;
    s->groups = n > s->groups ? n : s->groups;
    return true;
}

_Static_assert(SCAN_OUT + 1u == 0, "rows that are out go to element 0");

/* Element of row i; 0 unless `counts`. */
static size_t element(const struct slice *slice, int64_t i, bool counts)
{
    return (size_t)(slice->group[i] + 1) & -(size_t)counts;
}

/* ---- few groups ----------------------------------------------------------------------------- */

/* Groups up to which the rows of a block are put in order of their groups first: then all that is
 * added up of a group's stays in registers, while element for element each row would wait for the
 * one before. */
#define FEW_GROUPS 255

struct sorted_rows {
    uint32_t start[FEW_GROUPS + 2]; /* by element; rows[start[e] .. start[e + 1]) are its */
    uint16_t rows[SCAN_BLOCK];
};

/* A slice while it is added. */
struct adding {
    struct sums *s;
    const struct slice *slice;
    bool few;
    struct sorted_rows sorted; /* where there are few groups */
};

static bool can_sort(const struct sums *s, const struct slice *slice)
{
    return s->groups <= FEW_GROUPS && slice->rows <= SCAN_BLOCK;
}

/* A counting sort. Both halves of the rows go at once, each with its own counts, for neighbours are
 * often of one group. */
static void sort_rows(const struct slice *slice, uint32_t groups, struct sorted_rows *out)
{
    size_t half = (size_t)slice->rows / 2, n = (size_t)slice->rows;
    uint32_t next[2][FEW_GROUPS + 1] = {{0}};
    const uint32_t *group = slice->group;
    uint32_t at = 0;

    for (size_t i = 0; i < half; i++) {
        next[0][group[i] + 1]++;
        next[1][group[i + half] + 1]++;
    }
    if (n % 2)
        next[1][group[n - 1] + 1]++;
    for (uint32_t e = 0; e <= groups; e++) {
        uint32_t first = next[0][e], second = next[1][e];

        out->start[e] = next[0][e] = at;
        next[1][e] = at + first;
        at += first + second;
    }
    out->start[groups + 1] = at;
    for (size_t i = 0; i < half; i++) {
        out->rows[next[0][group[i] + 1]++] = (uint16_t)i;
        out->rows[next[1][group[i + half] + 1]++] = (uint16_t)(i + half);
    }
    if (n % 2)
        out->rows[next[1][group[n - 1] + 1]] = (uint16_t)(n - 1);
}

/* The rows of element e: those of group e - 1. */
static const uint16_t *rows_of(const struct adding *a, size_t e, size_t *n)
{
    *n = a->sorted.start[e + 1] - a->sorted.start[e];
    return a->sorted.rows + a->sorted.start[e];
}

static void count_rows(const struct adding *a, enum tally t)
{
    const struct slice *slice = a->slice;
    int64_t *n = a->s->n[t];

    if (a->few)
        for (size_t e = 1; e <= a->s->groups; e++)
            n[e] += a->sorted.start[e + 1] - a->sorted.start[e];
    else
        for (int64_t i = 0; i < slice->rows; i++)
            n[element(slice, i, true)]++;
}

static void count_errors(int64_t *n, const struct slice *slice)
{
    const int64_t *status = slice->cols[F_STATUS];

    for (int64_t i = 0; i < slice->rows; i++)
        n[element(slice, i, status[i] == STATUS_ERROR)]++;
}

static void count_outcomes(int64_t *n, const struct slice *slice, const unsigned char *succeeded)
{
    for (int64_t i = 0; i < slice->rows; i++)
        n[element(slice, i, succeeded[i])]++;
}

/* hits: those that used a cache; else those of which it is known. */
static void count_cache(int64_t *n, const struct slice *slice, bool hits)
{
    const int64_t *read = slice->cols[F_CACHE_READ_TOKENS], *flags = slice->cols[F_FLAGS];

    for (int64_t i = 0; i < slice->rows; i++) {
        bool answered = flags[i] != CALL_MISSING && (flags[i] & FLAG_FROM_CACHE);
        bool known = read[i] != CALL_MISSING;

        n[element(slice, i, answered | (hits ? known & (read[i] > 0) : known))]++;
    }
}

static int64_t flags_of(const struct slice *slice, int64_t i)
{
    int64_t flags = slice->cols[F_FLAGS][i];

    return flags == CALL_MISSING ? 0 : flags;
}

/* Whether it refused is known by the reason of its end, by its log, or by scanning its answer. */
static void count_finished(int64_t *n, const struct slice *slice)
{
    const int64_t *reason = slice->cols[F_FINISH_REASON];

    for (int64_t i = 0; i < slice->rows; i++)
        n[element(slice, i,
                  reason[i] != CALL_MISSING ||
                      flags_of(slice, i) & (FLAG_LOGGED_REFUSAL | FLAG_SCANNED(FLAG_REFUSAL)))]++;
}

/* The log's word goes before what was found. */
static void count_refused(int64_t *n, const struct slice *slice, int64_t refusal)
{
    const int64_t *reason = slice->cols[F_FINISH_REASON];

    for (int64_t i = 0; i < slice->rows; i++) {
        int64_t f = flags_of(slice, i);
        bool refused = f & FLAG_LOGGED_REFUSAL ? f & FLAG_LOGGED_REFUSED
                                               : f & FLAG_REFUSAL || (reason[i] != CALL_MISSING &&
                                                                      reason[i] == refusal);

        n[element(slice, i, refused)]++;
    }
}

static void count_flagged(int64_t *n, const struct slice *slice, enum tally t)
{
    for (int64_t i = 0; i < slice->rows; i++) {
        int64_t f = flags_of(slice, i);
        int64_t wanted = f & tallies[t].known ? tallies[t].set : tallies[t].found;

        n[element(slice, i, (f & wanted) != 0)]++;
    }
}

static void count_unpriced(int64_t *n, const struct slice *slice, const int64_t *cost)
{
    for (int64_t i = 0; i < slice->rows; i++)
        if (cost[i] == CALL_MISSING)
            n[element(slice, i, call_unpriced(slice->cols, i))]++;
}

static void count_value(int64_t *n, const struct slice *slice, const int64_t *v)
{
    for (int64_t i = 0; i < slice->rows; i++)
        n[element(slice, i, v[i] != CALL_MISSING)]++;
}

static void add_sorted(const struct adding *a, enum tally t, const int64_t *v)
{
    for (size_t e = 1; e <= a->s->groups; e++) {
        size_t rows;
        const uint16_t *row = rows_of(a, e, &rows);
        int64_t n = 0;
        i128 sum = 0;

        for (size_t k = 0; k < rows; k++) {
            int64_t x = v[row[k]];
            int64_t known = x != CALL_MISSING;

            sum += x & -known;
            n += known;
        }
        a->s->sum[t][e] += sum;
        a->s->n[t][e] += n;
    }
}

static void add_value(const struct adding *a, enum tally t, const int64_t *v)
{
    const struct slice *slice = a->slice;
    int64_t *n = a->s->n[t];
    i128 *sum = a->s->sum[t];

    if (a->few) {
        add_sorted(a, t, v);
        return;
    }
    for (int64_t i = 0; i < slice->rows; i++) {
        size_t at = element(slice, i, v[i] != CALL_MISSING);

        sum[at] += v[i];
        n[at]++;
    }
}

static void add_value_with(int64_t *n, i128 *sum, const struct slice *slice, const int64_t *v,
                           const int64_t *with)
{
    for (int64_t i = 0; i < slice->rows; i++) {
        size_t at = element(slice, i, (v[i] != CALL_MISSING) & (with[i] != CALL_MISSING));

        sum[at] += v[i];
        n[at]++;
    }
}

/* sign -1: the least. */
static void keep_extreme(int64_t *n, i128 *sum, i128 v, int sign)
{
    if (!*n || v * sign > *sum * sign)
        *sum = v;
}

static void keep_extremes(int64_t *n, i128 *sum, const struct slice *slice, const int64_t *v,
                          int sign)
{
    for (int64_t i = 0; i < slice->rows; i++) {
        size_t at = element(slice, i, v[i] != CALL_MISSING);

        keep_extreme(&n[at], &sum[at], v[i], sign);
        n[at]++;
    }
}

/* Weights of that many bits: their products with any values, of all rows of a block, fit into the sum. */
#define SMALL_WEIGHT (INT64_C(1) << 48)
_Static_assert(SCAN_BLOCK <= 1 << 15, "63 + 48 + 15 bits and a sign");

static void add_sorted_weighted(const struct adding *a, const int64_t *v, const int64_t *weight)
{
    for (size_t e = 1; e <= a->s->groups; e++) {
        size_t rows;
        const uint16_t *row = rows_of(a, e, &rows);
        struct weighted w = {0};
        int64_t bits = 0;

        for (size_t k = 0; k < rows; k++) {
            int64_t x = v[row[k]], y = weight[row[k]];
            int64_t known = (x != CALL_MISSING) & (y >= 0);

            y &= -known;
            bits |= y;
            w.product += (i128)x * (y & (SMALL_WEIGHT - 1));
            w.weight += y;
            w.n += known;
        }
        if (bits < SMALL_WEIGHT) {
            weighted_merge(&a->s->weighted[e], &w);
            continue;
        }
        for (size_t k = 0; k < rows; k++)
            if (v[row[k]] != CALL_MISSING && weight[row[k]] >= 0)
                weighted_add(&a->s->weighted[e], v[row[k]], weight[row[k]]);
    }
}

static void add_weighted(const struct adding *a, const int64_t *v, const int64_t *weight)
{
    const struct slice *slice = a->slice;

    if (a->few) {
        add_sorted_weighted(a, v, weight);
        return;
    }
    for (int64_t i = 0; i < slice->rows; i++)
        if (v[i] != CALL_MISSING && weight[i] >= 0)
            weighted_add(&a->s->weighted[element(slice, i, true)], v[i], weight[i]);
}

static void add_tally(struct adding *a, enum tally t, const struct slice_values *values)
{
    struct sums *s = a->s;
    const struct slice *slice = a->slice;
    const int64_t *v = values->values[tallies[t].value], *with = values->values[tallies[t].with];

    switch (tallies[t].action) {
    case COUNT_ROWS:
        count_rows(a, t);
        break;
    case COUNT_ERRORS:
        count_errors(s->n[t], slice);
        break;
    case COUNT_OUTCOMES:
        count_outcomes(s->n[t], slice, values->succeeded);
        break;
    case COUNT_CACHE_KNOWN:
        count_cache(s->n[t], slice, false);
        break;
    case COUNT_CACHE_HITS:
        count_cache(s->n[t], slice, true);
        break;
    case COUNT_FINISHED:
        count_finished(s->n[t], slice);
        break;
    case COUNT_REFUSED:
        count_refused(s->n[t], slice, values->refusal);
        break;
    case COUNT_FLAGGED:
        count_flagged(s->n[t], slice, t);
        break;
    case COUNT_UNPRICED:
        count_unpriced(s->n[t], slice, v);
        break;
    case COUNT_VALUE:
        count_value(s->n[t], slice, v);
        break;
    case ADD_VALUE:
        add_value(a, t, v);
        break;
    case ADD_VALUE_WITH:
        add_value_with(s->n[t], s->sum[t], slice, v, with);
        break;
    case KEEP_LEAST:
        keep_extremes(s->n[t], s->sum[t], slice, v, -1);
        break;
    case KEEP_LARGEST:
        keep_extremes(s->n[t], s->sum[t], slice, v, 1);
        break;
    case ADD_WEIGHTED:
        add_weighted(a, v, with);
        break;
    }
}

bool sums_add(struct sums *s, const struct slice *slice, const struct slice_values *values)
{
    struct adding a; /* large, and not zeroed for that */

    if (!sums_grow(s, slice->groups))
        return false;
    a.s = s;
    a.slice = slice;
    a.few = can_sort(s, slice);
    if (a.few)
        sort_rows(slice, s->groups, &a.sorted);
    for (enum tally t = 0; t < T_COUNT; t++)
        if (wants(s->needs, t))
            add_tally(&a, t, values);
    return true;
}

void sums_merge(struct sums *a, uint32_t to, const struct sums *b, uint32_t from)
{
    for (enum tally t = 0; t < T_COUNT; t++) {
        if (!wants(a->needs, t))
            continue;
        if (t == T_WEIGHTED) {
            weighted_merge(&a->weighted[to + 1], &b->weighted[from + 1]);
            continue;
        }
        if (tallies[t].action == KEEP_LEAST || tallies[t].action == KEEP_LARGEST) {
            if (b->n[t][from + 1])
                keep_extreme(&a->n[t][to + 1], &a->sum[t][to + 1], b->sum[t][from + 1],
                             tallies[t].action == KEEP_LEAST ? -1 : 1);
        } else if (has_sum(t)) {
            a->sum[t][to + 1] += b->sum[t][from + 1];
        }
        a->n[t][to + 1] += b->n[t][from + 1];
    }
}

static i128 part_of(i128 v, uint32_t i, uint32_t n)
{
    i128 rest = v % n; /* of v's sign */

    return v / n + (rest > (i128)i) - (-rest > (i128)i);
}

void sums_share(struct sums *a, uint32_t to, const struct sums *b, uint32_t from, uint32_t i,
                uint32_t n)
{
    for (enum tally t = 0; t < T_COUNT; t++) {
        bool whole = t == T_CALLS_WHOLE || t == T_UNPRICED_WHOLE;
        bool extreme = tallies[t].action == KEEP_LEAST || tallies[t].action == KEEP_LARGEST;

        if (!wants(a->needs, t))
            continue;
        if (t == T_WEIGHTED) {
            weighted_merge(&a->weighted[to + 1], &b->weighted[from + 1]);
            continue;
        }
        if (extreme && b->n[t][from + 1])
            keep_extreme(&a->n[t][to + 1], &a->sum[t][to + 1], b->sum[t][from + 1],
                         tallies[t].action == KEEP_LEAST ? -1 : 1);
        else if (has_sum(t) && !extreme)
            a->sum[t][to + 1] += part_of(b->sum[t][from + 1], i, n);
        a->n[t][to + 1] +=
            extreme || whole ? b->n[t][from + 1] : (int64_t)part_of(b->n[t][from + 1], i, n);
    }
}

int64_t sums_n(const struct sums *s, enum tally t, uint32_t group)
{
    return t == T_WEIGHTED ? s->weighted[group + 1].n : s->n[t][group + 1];
}

i128 sums_sum(const struct sums *s, enum tally t, uint32_t group)
{
    return s->sum[t][group + 1];
}

const struct weighted *sums_weighted(const struct sums *s, uint32_t group)
{
    return &s->weighted[group + 1];
}

void sums_release(struct sums *s)
{
    for (enum tally t = 0; t < T_COUNT; t++) {
        free(s->n[t]);
        free(s->sum[t]);
    }
    free(s->weighted);
    *s = (struct sums){0};
}
