/* spending: a walk over groups and days adds up; a second one looks closer at a few groups. */
#include "report/spending.h"

#include <stdlib.h>
#include "base/time_text.h"
#include "report/sums.h"
#include "base/banned.h"

#define NO_QUESTION UINT32_MAX

static const char *const contributors[] = {"feature", "user", "model"};
enum { CONTRIBUTORS = sizeof(contributors) / sizeof(contributors[0]) };

/* What is added up for each group of dimensions and day. */
enum part {
    PART_SPAN,    /* calls in the span */
    PART_UNKNOWN, /* those of them whose tokens are not known */
    PART_WHOLE,   /* calls of the days before today */
    PART_REST,    /* those of them in the hours that are still to come today */
    PART_COUNT,
};

struct thread_state {
    struct sums sums[PART_COUNT];
    uint32_t *group; /* of each row; SCAN_OUT: not of this part */
    int64_t *room;
};

/* A group of the dimensions: its days stand one behind the other in spending.order. */
struct entity {
    size_t first, n;
    struct spending_group sum;
};

struct spending {
    const struct spending_spec *spec;
    const char **by; /* of the spec, then the day */
    struct scan *scan;
    struct thread_state *threads;
    int n_threads;
    struct sums sums[PART_COUNT];
    uint32_t *order; /* groups of the scan, by entity and day */
    struct entity *entities;
    size_t n_entities;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory adding up what was spent");
}

/* ---- first walk ----------------------------------------------------------------------------- */

/* The value that is added up. */
static enum call_value value_of(enum spending_unit unit)
{
    return unit == SPENDING_NUSD ? V_COST_NUSD : V_TOTAL_TOKENS;
}

static enum tally tally_of(enum spending_unit unit)
{
    return unit == SPENDING_NUSD ? T_COST : unit == SPENDING_TOKENS ? T_TOTAL : T_CALLS;
}

static bool part_needed(const struct spending *s, enum part part)
{
    switch (part) {
    case PART_UNKNOWN:
        return s->spec->unit == SPENDING_TOKENS;
    case PART_WHOLE:
    case PART_REST:
        return s->spec->history;
    default:
        return true;
    }
}

/* The tallies of a part; none of one that is not needed. */
static uint64_t needs_of(const struct spending *s, enum part part)
{
    enum spending_unit unit = s->spec->unit;
    uint64_t calls = UINT64_C(1) << T_CALLS, amount = UINT64_C(1) << tally_of(unit);

    if (!part_needed(s, part))
        return 0;
    if (part == PART_UNKNOWN)
        return calls;
    if (part == PART_SPAN && unit == SPENDING_NUSD)
        return calls | amount | UINT64_C(1) << T_UNPRICED;
    return part == PART_SPAN ? calls | amount : amount;
}

/* What a group used. */
static i128 amount(const struct spending *s, enum part part, uint32_t group)
{
    enum tally t = tally_of(s->spec->unit);

    return t == T_CALLS ? sums_n(&s->sums[part], t, group) : sums_sum(&s->sums[part], t, group);
}

static bool in_span(const struct spending *s, int64_t us)
{
    return us >= s->spec->span.from_us && us < s->spec->span.until_us;
}

/* Of a day in the past, in hours that are still to come today. */
static bool in_rest(const struct spending_spec *spec, int64_t us)
{
    int64_t local = us + zone_offset_s(spec->zone, us) * US_PER_S;
    int64_t of_day = (local % US_PER_DAY + US_PER_DAY) % US_PER_DAY;

    return of_day >= spec->rest_from_us && of_day < spec->rest_until_us;
}

static bool of_part(const struct spending *s, enum part part, const struct slice *slice, int64_t i,
                    const int64_t *v, int64_t today_us)
{
    int64_t us = slice->cols[F_STARTED_US][i];

    switch (part) {
    case PART_UNKNOWN:
        return in_span(s, us) && v[i] == CALL_MISSING && slice->cols[F_STATUS][i] != STATUS_ERROR;
    case PART_WHOLE:
        return us < today_us;
    case PART_REST:
        return us < today_us && in_rest(s->spec, us);
    default:
        return in_span(s, us);
    }
}

static bool add_slice(void *ctx, const struct slice *slice)
{
    struct spending *s = ctx;
    struct thread_state *state = &s->threads[slice->thread];
    int64_t today_us = s->spec->history ? zone_day_start_us(s->spec->zone, s->spec->today) : 0;
    struct slice_values values = {0};
    struct slice part_slice = *slice;
    enum call_value wanted = value_of(s->spec->unit);
    const int64_t *v = NULL;

    if (s->spec->unit != SPENDING_CALLS)
        v = values.values[wanted] =
            call_values(wanted, COST_OF_LOG_OR_PRICES, slice->cols, slice->rows, state->room);
    part_slice.group = state->group;
    for (enum part p = 0; p < PART_COUNT; p++) {
        if (!part_needed(s, p))
            continue;
        for (int64_t i = 0; i < slice->rows; i++)
            state->group[i] = slice->group[i] != SCAN_OUT && of_part(s, p, slice, i, v, today_us)
                                  ? slice->group[i]
                                  : SCAN_OUT;
        if (!sums_add(&state->sums[p], &part_slice, &values))
            return false;
    }
    return true;
}

/* The columns that amounts are made from, and those that say when. */
static uint64_t columns_of(const struct spending *s)
{
    uint64_t columns = COLUMN(F_STARTED_US) | COLUMN(F_STATUS);

    for (enum part p = 0; p < PART_COUNT; p++)
        columns |= sums_columns(needs_of(s, p));
    return columns;
}

static enum err open_threads(struct spending *s, struct error *err)
{
    s->n_threads = scan_threads(s->scan);
    s->threads = calloc((size_t)s->n_threads, sizeof(*s->threads));
    if (!s->threads)
        return no_memory(err);
    for (int t = 0; t < s->n_threads; t++) {
        struct thread_state *state = &s->threads[t];

        for (enum part p = 0; p < PART_COUNT; p++)
            state->sums[p].needs = needs_of(s, p);
        state->group = malloc(CHUNK_ROWS * sizeof(*state->group));
        state->room = malloc(CHUNK_ROWS * sizeof(*state->room));
        if (!state->group || !state->room)
            return no_memory(err);
    }
    return OK;
}

static enum err merge(struct spending *s, struct error *err)
{
    uint32_t groups = scan_groups(s->scan);

    for (enum part p = 0; p < PART_COUNT; p++) {
        s->sums[p].needs = needs_of(s, p);
        if (!sums_grow(&s->sums[p], groups + 1))
            return no_memory(err);
        for (int t = 0; t < s->n_threads; t++) {
            struct sums *from = &s->threads[t].sums[p];

            for (uint32_t g = 0; g < from->groups; g++)
                sums_merge(&s->sums[p], g, from, g);
            sums_release(from);
        }
    }
    return OK;
}

/* ---- groups and their days ------------------------------------------------------------------ */

/* Civil day of a group. */
static int64_t day_of(const struct spending *s, uint32_t group)
{
    const struct axis *x = scan_axis(s->scan, s->spec->n_by);

    return x->base + (scan_code(s->scan, group, s->spec->n_by) - 1) * x->step;
}

/* A group without its day as one number; the scan has checked that this can be. */
static int64_t entity_key(const struct spending *s, uint32_t group)
{
    int64_t key = 0, stride = 1;

    for (size_t d = 0; d < s->spec->n_by; d++) {
        key += scan_code(s->scan, group, d) * stride;
        stride *= scan_axis(s->scan, d)->n_codes;
    }
    return key;
}

/* A group on its way into order. */
struct placed {
    int64_t key, day;
    uint32_t group;
};

static int compare_placed(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

static void add_entity(struct spending *s, const struct placed *at, size_t first, size_t n)
{
    struct entity e = {.first = first, .n = n};

    for (size_t i = 0; i < n; i++) {
        uint32_t g = at[i].group;

        s->order[first + i] = g;
        e.sum.calls += sums_n(&s->sums[PART_SPAN], T_CALLS, g);
        e.sum.used += amount(s, PART_SPAN, g);
        if (s->spec->unit == SPENDING_NUSD)
            e.sum.unknown += sums_n(&s->sums[PART_SPAN], T_UNPRICED, g);
        if (part_needed(s, PART_UNKNOWN))
            e.sum.unknown += sums_n(&s->sums[PART_UNKNOWN], T_CALLS, g);
    }
    if (e.sum.calls || s->spec->history)
        s->entities[s->n_entities++] = e;
}

static enum err find_entities(struct spending *s, struct error *err)
{
    uint32_t groups = scan_groups(s->scan);
    struct placed *placed = calloc((size_t)groups + 1, sizeof(*placed));

    s->order = calloc((size_t)groups + 1, sizeof(*s->order));
    s->entities = calloc((size_t)groups + 1, sizeof(*s->entities));
    if (!placed || !s->order || !s->entities) {
        free(placed);
        return no_memory(err);
    }
    for (uint32_t g = 0; g < groups; g++)
        placed[g] = (struct placed){entity_key(s, g), day_of(s, g), g};
    qsort(placed, groups, sizeof(*placed), compare_placed);
    for (size_t i = 0, n; i < groups; i += n) {
        for (n = 1; i + n < groups && placed[i + n].key == placed[i].key;)
            n++;
        add_entity(s, &placed[i], i, n);
    }
    free(placed);
    return OK;
}

/* ---- opening -------------------------------------------------------------------------------- */

static enum err open_scan(struct spending *s, struct store *store, struct error *err)
{
    const struct spending_spec *spec = s->spec;
    int64_t since = spec->span.from_us, before;
    struct scan_spec scan = {.n_by = spec->n_by + 1,
                             .where = spec->where,
                             .n_where = spec->n_where,
                             .since_known = true,
                             .until_known = true,
                             .until_us = spec->span.until_us,
                             .zone = spec->zone,
                             .jobs = spec->jobs};

    s->by = calloc(spec->n_by + 1, sizeof(*s->by));
    if (!s->by)
        return no_memory(err);
    for (size_t d = 0; d < spec->n_by; d++)
        s->by[d] = spec->by[d];
    s->by[spec->n_by] = "day";
    scan.by = s->by;
    /* One day more: who has a call on it was there before the days that count. */
    before = zone_day_start_us(spec->zone, spec->today - FORECAST_SEASON_DAYS - 1);
    if (spec->history && before < since)
        since = before;
    if (spec->since_known && spec->since_us > since)
        since = spec->since_us;
    scan.since_us = since;
    return scan_open(store, &scan, &s->scan, err);
}

enum err spending_open(struct store *store, const struct spending_spec *spec, struct spending **out,
                       struct error *err)
{
    struct spending *s = calloc(1, sizeof(*s));
    enum err rc;

    if (!s)
        return no_memory(err);
    s->spec = spec;
    rc = open_scan(s, store, err);
    if (!rc)
        rc = open_threads(s, err);
    if (!rc)
        rc = scan_walk(s->scan, columns_of(s), add_slice, s, err);
    if (!rc)
        rc = merge(s, err);
    if (!rc)
        rc = find_entities(s, err);
    if (!rc) {
        *out = s;
        s = NULL;
    }
    spending_close(s);
    return rc;
}

void spending_close(struct spending *s)
{
    if (!s)
        return;
    for (int t = 0; s->threads && t < s->n_threads; t++) {
        for (enum part p = 0; p < PART_COUNT; p++)
            sums_release(&s->threads[t].sums[p]);
        free(s->threads[t].group);
        free(s->threads[t].room);
    }
    free(s->threads);
    for (enum part p = 0; p < PART_COUNT; p++)
        sums_release(&s->sums[p]);
    free(s->order);
    free(s->entities);
    scan_close(s->scan);
    free(s->by);
    free(s);
}

/* ---- answers -------------------------------------------------------------------------------- */

size_t spending_count(const struct spending *s)
{
    return s->n_entities;
}

struct spending_group spending_get(const struct spending *s, size_t group)
{
    return s->entities[group].sum;
}

static enum err copy_axis_text(const struct axis *x, int64_t code, struct arena *arena,
                               struct sv *out, struct error *err)
{
    struct sv text = code ? axis_text(x, code, arena) : SV_NONE;

    if (text.p)
        text = arena_copy(arena, text);
    if (code && !text.p)
        return no_memory(err);
    *out = text;
    return OK;
}

enum err spending_name(const struct spending *s, size_t group, size_t d, struct arena *arena,
                       struct sv *out, struct error *err)
{
    uint32_t of_scan = s->order[s->entities[group].first];

    return copy_axis_text(scan_axis(s->scan, d), scan_code(s->scan, of_scan, d), arena, out, err);
}

size_t spending_days(const struct spending *s, size_t group, struct forecast_day *out)
{
    const struct entity *e = &s->entities[group];
    int64_t first = day_of(s, s->order[e->first]) + 1;
    size_t n;

    if (first < s->spec->today - FORECAST_SEASON_DAYS)
        first = s->spec->today - FORECAST_SEASON_DAYS;
    if (first >= s->spec->today)
        return 0;
    n = (size_t)(s->spec->today - first);
    memset(out, 0, n * sizeof(*out));
    for (size_t i = e->first; i < e->first + e->n; i++) {
        int64_t day = day_of(s, s->order[i]);

        if (day >= first && day < s->spec->today) {
            out[day - first].whole = (double)amount(s, PART_WHOLE, s->order[i]);
            out[day - first].rest = (double)amount(s, PART_REST, s->order[i]);
        }
    }
    return n;
}

/* ---- second walk ---------------------------------------------------------------------------- */

/* A call of the day on which the sum went above. */
struct moment {
    int64_t us, amount;
    uint32_t question;
};

/* What a thread finds: calls of those days, and sums by question and contributor. */
struct closer {
    struct moment *moments;
    size_t n, cap;
    struct keymap keys[CONTRIBUTORS];
    i128 *sums[CONTRIBUTORS]; /* by number of the key */
    uint32_t cap_sums[CONTRIBUTORS];
    struct bucketer memos[CONTRIBUTORS];
    int64_t *codes;
};

struct look {
    struct spending *s;
    struct spending_question *questions;
    size_t n;
    uint32_t *of_group; /* question of each group of the scan */
    bool *decisive;     /* by group of the scan: on its day the sum went above */
    i128 *before;       /* by question: the sum of the days before that one */
    struct axis axes[CONTRIBUTORS];
    bool open[CONTRIBUTORS];
    struct closer *threads;
};

static bool is_grouped_by(const struct spending_spec *spec, const char *name)
{
    for (size_t d = 0; d < spec->n_by; d++)
        if (strcmp(spec->by[d], name) == 0)
            return true;
    return false;
}

static bool add_moment(struct closer *c, struct moment m)
{
    if (c->n == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 256;
        struct moment *bigger = realloc(c->moments, cap * sizeof(*bigger));

        if (!bigger)
            return false;
        c->moments = bigger;
        c->cap = cap;
    }
    c->moments[c->n++] = m;
    return true;
}

static bool add_part(struct closer *c, size_t k, uint64_t key, i128 v)
{
    uint32_t at = keymap_add(&c->keys[k], key);

    if (at == KEYMAP_NONE)
        return false;
    if (at >= c->cap_sums[k]) {
        uint32_t cap = c->cap_sums[k] ? c->cap_sums[k] * 2 : 64;
        i128 *bigger = realloc(c->sums[k], cap * sizeof(*bigger));

        if (!bigger)
            return false;
        memset(bigger + c->cap_sums[k], 0, (cap - c->cap_sums[k]) * sizeof(*bigger));
        c->sums[k] = bigger;
        c->cap_sums[k] = cap;
    }
    c->sums[k][at] += v;
    return true;
}

/* Of a row that is asked about; 0 where it is not known. */
static int64_t row_amount(const int64_t *v, int64_t i)
{
    return !v ? 1 : v[i] == CALL_MISSING ? 0 : v[i];
}

/* The question that row i belongs to. */
static uint32_t question_of(const struct look *l, const struct slice *slice, int64_t i)
{
    if (slice->group[i] == SCAN_OUT || !in_span(l->s, slice->cols[F_STARTED_US][i]))
        return NO_QUESTION;
    return l->of_group[slice->group[i]];
}

static bool look_at_slice(void *ctx, const struct slice *slice)
{
    struct look *l = ctx;
    struct closer *c = &l->threads[slice->thread];
    enum spending_unit unit = l->s->spec->unit;
    const int64_t *v = NULL;

    if (unit != SPENDING_CALLS)
        v = call_values(value_of(unit), COST_OF_LOG_OR_PRICES, slice->cols, slice->rows,
                        l->s->threads[slice->thread].room);
    for (int64_t i = 0; i < slice->rows; i++) {
        uint32_t q = question_of(l, slice, i);

        if (q != NO_QUESTION && l->decisive[slice->group[i]] &&
            !add_moment(c, (struct moment){slice->cols[F_STARTED_US][i], row_amount(v, i), q}))
            return false;
    }
    for (size_t k = 0; k < CONTRIBUTORS; k++) {
        if (!l->open[k])
            continue;
        axis_codes(&l->axes[k], &c->memos[k], slice->cols, slice->rows, c->codes);
        for (int64_t i = 0; i < slice->rows; i++) {
            uint32_t q = question_of(l, slice, i);
            uint64_t key = (uint64_t)q * (uint64_t)l->axes[k].n_codes + (uint64_t)c->codes[i];

            if (q != NO_QUESTION && !add_part(c, k, key, row_amount(v, i)))
                return false;
        }
    }
    return true;
}

/* Marks the groups of the scan that a question is about, and its decisive day. */
static void mark(struct look *l, uint32_t q)
{
    const struct spending *s = l->s;
    const struct entity *e = &s->entities[l->questions[q].group];
    i128 sum = 0;
    bool found = false;

    for (size_t i = e->first; i < e->first + e->n; i++) {
        uint32_t g = s->order[i];
        i128 used = amount(s, PART_SPAN, g);

        l->of_group[g] = q;
        if (!found && sum + used > l->questions[q].above) {
            l->decisive[g] = found = true;
            l->before[q] = sum;
        }
        sum += used;
    }
}

static enum err look_open(struct look *l, struct error *err)
{
    struct spending *s = l->s;
    uint32_t groups = scan_groups(s->scan);
    enum err rc;

    l->of_group = malloc(((size_t)groups + 1) * sizeof(*l->of_group));
    l->decisive = calloc((size_t)groups + 1, sizeof(*l->decisive));
    l->before = calloc(l->n + 1, sizeof(*l->before));
    l->threads = calloc((size_t)s->n_threads, sizeof(*l->threads));
    if (!l->of_group || !l->decisive || !l->before || !l->threads)
        return no_memory(err);
    for (uint32_t g = 0; g < groups; g++)
        l->of_group[g] = NO_QUESTION;
    for (uint32_t q = 0; q < l->n; q++)
        mark(l, q);
    for (size_t k = 0; k < CONTRIBUTORS; k++) {
        if (is_grouped_by(s->spec, contributors[k]))
            continue;
        rc = scan_open_axis(s->scan, sv_from(contributors[k]), &l->axes[k], err);
        if (rc)
            return rc;
        l->open[k] = true;
    }
    for (int t = 0; t < s->n_threads; t++) {
        l->threads[t].codes = malloc(CHUNK_ROWS * sizeof(*l->threads[t].codes));
        if (!l->threads[t].codes)
            return no_memory(err);
        for (size_t k = 0; k < CONTRIBUTORS; k++)
            if (l->open[k])
                l->threads[t].memos[k] = axis_memo(&l->axes[k]);
    }
    return OK;
}

static void look_close(struct look *l)
{
    for (int t = 0; l->threads && t < l->s->n_threads; t++) {
        struct closer *c = &l->threads[t];

        free(c->moments);
        free(c->codes);
        for (size_t k = 0; k < CONTRIBUTORS; k++) {
            keymap_release(&c->keys[k]);
            free(c->sums[k]);
        }
    }
    for (size_t k = 0; k < CONTRIBUTORS; k++)
        if (l->open[k])
            axis_release(&l->axes[k]);
    free(l->threads);
    free(l->of_group);
    free(l->decisive);
    free(l->before);
}

/* The first thread takes over what the others have found. */
static bool gather(struct look *l)
{
    struct closer *all = &l->threads[0];

    for (int t = 1; t < l->s->n_threads; t++) {
        const struct closer *c = &l->threads[t];

        for (size_t i = 0; i < c->n; i++)
            if (!add_moment(all, c->moments[i]))
                return false;
        for (size_t k = 0; k < CONTRIBUTORS; k++)
            for (uint32_t i = 0; i < c->keys[k].n; i++)
                if (!add_part(all, k, c->keys[k].keys[i], c->sums[k][i]))
                    return false;
    }
    return true;
}

static int compare_moments(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;

    if (x->question != y->question)
        return x->question < y->question ? -1 : 1;
    return (x->us > y->us) - (x->us < y->us);
}

static void answer_since(struct look *l)
{
    struct closer *all = &l->threads[0];
    i128 sum = 0;

    if (all->n)
        qsort(all->moments, all->n, sizeof(*all->moments), compare_moments);
    for (size_t i = 0; i < all->n; i++) {
        const struct moment *m = &all->moments[i];
        struct spending_question *q = &l->questions[m->question];

        if (!i || m->question != all->moments[i - 1].question)
            sum = l->before[m->question];
        sum += m->amount;
        if (!q->since_known && sum > q->above) {
            q->since_known = true;
            q->since_us = m->us;
        }
    }
}

/* The largest part of each question by one dimension; best[q].value stays SV_NONE for a missing
 * one. */
struct largest {
    i128 sum;
    bool any;
    struct sv value;
};

/* By name; a missing one is the last. */
static bool comes_before(struct sv a, struct sv b)
{
    return a.p && (!b.p || sv_cmp(a, b) < 0);
}

static enum err find_largest(struct look *l, size_t k, struct largest *best, struct arena *arena,
                             struct error *err)
{
    const struct closer *all = &l->threads[0];
    const struct axis *x = &l->axes[k];

    memset(best, 0, l->n * sizeof(*best));
    for (uint32_t i = 0; i < all->keys[k].n; i++) {
        uint64_t key = all->keys[k].keys[i];
        struct largest *b = &best[key / (uint64_t)x->n_codes];
        struct sv value;
        enum err rc;

        if (b->any && all->sums[k][i] < b->sum)
            continue;
        rc = copy_axis_text(x, (int64_t)(key % (uint64_t)x->n_codes), arena, &value, err);
        if (rc)
            return rc;
        if (b->any && all->sums[k][i] == b->sum && !comes_before(value, b->value))
            continue;
        *b = (struct largest){all->sums[k][i], true, value};
    }
    return OK;
}

static enum err answer_contributors(struct look *l, struct arena *arena, struct error *err)
{
    struct largest *best = calloc(l->n + 1, sizeof(*best));
    enum err rc = best ? OK : no_memory(err);

    for (size_t k = 0; k < CONTRIBUTORS && !rc; k++) {
        if (!l->open[k])
            continue;
        rc = find_largest(l, k, best, arena, err);
        for (size_t i = 0; i < l->n && !rc; i++) {
            struct spending_question *q = &l->questions[i];
            i128 used = l->s->entities[q->group].sum.used;

            if (q->dimension || !best[i].value.p || used <= 0)
                continue;
            q->dimension = contributors[k];
            q->value = best[i].value;
            q->share = divide_real(best[i].sum, used);
        }
    }
    free(best);
    return rc;
}

enum err spending_ask(struct spending *s, struct spending_question *questions, size_t n,
                      struct arena *arena, struct error *err)
{
    struct look l = {.s = s, .questions = questions, .n = n};
    uint64_t columns = columns_of(s);
    enum err rc;

    if (!n)
        return OK;
    if (n >= NO_QUESTION)
        return no_memory(err);
    rc = look_open(&l, err);
    for (size_t k = 0; k < CONTRIBUTORS; k++)
        columns |= l.open[k] ? l.axes[k].columns : 0;
    if (!rc)
        rc = scan_walk(s->scan, columns, look_at_slice, &l, err);
    if (!rc && !gather(&l))
        rc = no_memory(err);
    if (!rc) {
        answer_since(&l);
        rc = answer_contributors(&l, arena, err);
    }
    look_close(&l);
    return rc;
}
