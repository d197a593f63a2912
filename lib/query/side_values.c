/* side_values: see the header. */
#include "query/side_values.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include "base/hash.h"
#include "base/large.h"
#include "stats/sample.h"
#include "base/banned.h"

#define MANY_GROUPS 512

/* What a thread needs for a slice. */
struct side_thread {
    int64_t *room, *values; /* CHUNK_ROWS each */
    unsigned char *keep, *side;
    size_t *at; /* by region: how many values the slice has, then where the next one goes */
    struct side_member *members;
    size_t n_members, cap_members;
    struct side_row *rows;
    size_t n_rows, cap_rows;
    struct thing_call *things;
    size_t n_things, cap_things;
    struct bucketer memo;
    int64_t both, sessions, users;
    int64_t (*calls)[2]; /* by group, while they are counted */
    uint32_t cap_calls;
};

struct side_values {
    struct scan *scan;
    struct store *store;
    struct sides sides;
    uint32_t groups;
    int n_threads;
    struct side_thread *threads;
    pthread_mutex_t lock;
    bool lock_made;
    int64_t (*calls)[2]; /* by group */
    bool by_session, by_user;
    bool some_alone;   /* calls without a session, or user */
    uint64_t most_key; /* clusters whose hash is not above are looked at */

    struct call_scores scores; /* loaded when they are asked for the first time */
    bool scores_loaded;

    const struct side_field *field; /* being read */
    size_t *start, *n;              /* of each region: side * groups + group */
    double *v, *scratch;
    struct sorted_groups sorted[2];
    struct side_member *members;
    size_t n_members;
    int members_order; /* 0: as they came; 1: by group; 2: all together */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the values of the calls");
}

static void *list_of(size_t n, size_t size)
{
    return calloc(n + 1, size);
}

/* ---- counting ------------------------------------------------------------------------------ */

static bool grow_calls(struct side_thread *t, uint32_t groups)
{
    uint32_t cap = t->cap_calls ? t->cap_calls : 16;
    int64_t(*bigger)[2];

    if (groups <= t->cap_calls)
        return true;
    while (cap < groups)
        cap = cap > UINT32_MAX / 2 ? UINT32_MAX : cap * 2;
    bigger = realloc(t->calls, cap * sizeof(*bigger));
    if (!bigger)
        return false;
    memset(bigger + t->cap_calls, 0, (cap - t->cap_calls) * sizeof(*bigger));
    t->calls = bigger;
    t->cap_calls = cap;
    return true;
}

static bool count_slice(void *ctx, const struct slice *slice)
{
    struct side_values *s = ctx;
    struct side_thread *t = &s->threads[slice->thread];
    int64_t both;

    if (!grow_calls(t, slice->groups))
        return false;
    sides_find(&s->sides, slice, t->room, t->keep, t->side, &both);
    t->both += both;
    for (int64_t i = 0; i < slice->rows; i++) {
        if (t->side[i] == SIDE_NONE)
            continue;
        t->calls[slice->group[i]][t->side[i]]++;
        t->sessions += slice->cols[C_SESSION_KEY][i] != CALL_MISSING;
        t->users += slice->cols[F_USER][i] != CALL_MISSING;
    }
    return true;
}

static enum err make_threads(struct side_values *s, struct error *err)
{
    s->n_threads = scan_threads(s->scan);
    s->threads = list_of((size_t)s->n_threads, sizeof(*s->threads));
    for (int i = 0; s->threads && i < s->n_threads; i++) {
        struct side_thread *t = &s->threads[i];

        t->room = malloc(CHUNK_ROWS * sizeof(*t->room));
        t->values = malloc(CHUNK_ROWS * sizeof(*t->values));
        t->keep = malloc(CHUNK_ROWS);
        t->side = malloc(CHUNK_ROWS);
        if (!t->room || !t->values || !t->keep || !t->side)
            return no_memory(err);
    }
    return s->threads ? OK : no_memory(err);
}

/* Where each region's values go: there is room for a value of each call. */
static size_t lay_out(struct side_values *s)
{
    size_t at = 0;

    for (int side = SIDE_A; side <= SIDE_B; side++)
        for (uint32_t g = 0; g < s->groups; g++) {
            s->start[(size_t)side * s->groups + g] = at;
            at += (size_t)s->calls[g][side];
        }
    return at;
}

/* Behind the first walk: what was counted, and room for as many values. */
static enum err take_counts(struct side_values *s, size_t cluster_sample, struct error *err)
{
    int64_t both = 0, sessions = 0, users = 0;
    size_t calls;

    s->groups = scan_groups(s->scan);
    s->calls = list_of(s->groups, sizeof(*s->calls));
    s->start = list_of((size_t)s->groups * 2, sizeof(*s->start));
    s->n = list_of((size_t)s->groups * 2, sizeof(*s->n));
    if (!s->calls || !s->start || !s->n)
        return no_memory(err);
    for (int i = 0; i < s->n_threads; i++) {
        struct side_thread *t = &s->threads[i];

        both += t->both;
        sessions += t->sessions;
        users += t->users;
        for (uint32_t g = 0; g < s->groups && g < t->cap_calls; g++)
            for (int side = SIDE_A; side <= SIDE_B; side++)
                s->calls[g][side] += t->calls[g][side];
        t->at = list_of((size_t)s->groups * 2, sizeof(*t->at));
        if (!t->at)
            return no_memory(err);
    }
    if (both)
        return error_set(err, ERR_USAGE,
                         "%lld call%s on both sides; what is compared must not overlap",
                         (long long)both, both == 1 ? " is" : "s are");
    calls = lay_out(s);
    s->v = large_alloc((calls + 1) * sizeof(*s->v));
    s->scratch = large_alloc((calls + 1) * sizeof(*s->scratch));
    s->by_session = sessions > 0;
    s->by_user = !sessions && users > 0;
    s->some_alone = (size_t)(sessions ? sessions : users) < calls;
    s->most_key = UINT64_MAX;
    if (calls > cluster_sample)
        s->most_key = (uint64_t)((double)cluster_sample / (double)calls * 0x1p64);
    return s->v && s->scratch ? OK : no_memory(err);
}

enum err side_values_open(struct scan *scan, struct store *store, const struct side_spec *spec,
                          size_t cluster_sample, struct side_values **out, struct error *err)
{
    struct side_values *s = calloc(1, sizeof(*s));
    enum err rc;

    if (!s)
        return no_memory(err);
    s->scan = scan;
    s->store = store;
    s->lock_made = pthread_mutex_init(&s->lock, NULL) == 0;
    rc = s->lock_made ? sides_open(&s->sides, scan, spec, err) : no_memory(err);
    if (!rc)
        rc = make_threads(s, err);
    if (store_dimension_count(store, F_USER, err) < 0) /* read before there are threads */
        rc = ERR_DB;
    if (!rc)
        rc = scan_walk_blocks(scan, s->sides.columns | COLUMN(C_SESSION_KEY) | COLUMN(F_USER),
                              count_slice, s, err);
    if (!rc)
        rc = take_counts(s, cluster_sample, err);
    if (rc) {
        side_values_close(s);
        return rc;
    }
    *out = s;
    return OK;
}

void side_values_close(struct side_values *s)
{
    if (!s)
        return;
    for (int i = 0; s->threads && i < s->n_threads; i++) {
        struct side_thread *t = &s->threads[i];

        free(t->room);
        free(t->values);
        free(t->keep);
        free(t->side);
        free(t->at);
        free(t->members);
        free(t->rows);
        free(t->things);
        free(t->calls);
    }
    free(s->threads);
    free(s->calls);
    free(s->start);
    free(s->n);
    free(s->v);
    free(s->scratch);
    free(s->members);
    call_scores_release(&s->scores);
    if (s->sides.spec)
        sides_release(&s->sides);
    if (s->lock_made)
        pthread_mutex_destroy(&s->lock);
    free(s);
}

int64_t side_values_calls(const struct side_values *s, uint32_t group, int side)
{
    int64_t n = 0;

    if (group != SIDE_ALL)
        return s->calls[group][side];
    for (uint32_t g = 0; g < s->groups; g++)
        n += s->calls[g][side];
    return n;
}

bool side_values_clustered(const struct side_values *s)
{
    return s->by_session || s->by_user;
}

/* ---- reading ------------------------------------------------------------------------------- */

static uint64_t columns_of(const struct side_values *s)
{
    const struct side_field *f = s->field;
    uint64_t columns = s->sides.columns;

    if (side_values_clustered(s))
        columns |= COLUMN(s->by_session ? (int)C_SESSION_KEY : (int)F_USER) |
                   (s->some_alone ? COLUMN(C_IDENTITY_KEY) : 0);
    switch (f->source) {
    case FROM_VALUE:
        return columns | call_value_columns(f->value);
    case FROM_DIMENSION:
        return columns | f->axis->columns;
    case FROM_ERROR:
        return columns | COLUMN(F_STATUS);
    default:
        return columns;
    }
}

/* The field's value in each row, CALL_MISSING where there is none; *real: as real_to_key(). */
static const int64_t *field_values(const struct side_values *s, struct side_thread *t,
                                   const struct slice *slice, bool *real)
{
    const struct side_field *f = s->field;
    const int64_t *status = slice->cols[F_STATUS];

    *real = f->source == FROM_ITEMS || f->of_code ||
            (f->source == FROM_VALUE && call_value_is_real(f->value));
    switch (f->source) {
    case FROM_VALUE:
        return call_values(f->value, f->cost, slice->cols, slice->rows, t->values);
    case FROM_DIMENSION:
        axis_codes(f->axis, &t->memo, slice->cols, slice->rows, t->values);
        for (int64_t i = 0; i < slice->rows; i++)
            t->values[i] = !t->values[i] ? CALL_MISSING
                           : f->of_code  ? real_to_key(f->of_code[t->values[i]])
                                         : t->values[i];
        return t->values;
    case FROM_ERROR:
        for (int64_t i = 0; i < slice->rows; i++)
            t->values[i] = status[i] == CALL_MISSING ? CALL_MISSING : status[i] == STATUS_ERROR;
        return t->values;
    default:
        call_items_slice(f->items, slice, t->values);
        return t->values;
    }
}

static bool add_member(struct side_thread *t, struct side_member m)
{
    if (t->n_members == t->cap_members) {
        size_t cap = t->cap_members ? t->cap_members * 2 : 1024;
        struct side_member *bigger = realloc(t->members, cap * sizeof(*bigger));

        if (!bigger)
            return false;
        t->members = bigger;
        t->cap_members = cap;
    }
    t->members[t->n_members++] = m;
    return true;
}

/* The cluster of a row, the same in every database; rows that have none get one of their own by
 * their identity. */
static uint64_t cluster_of(const struct side_values *s, const struct slice *slice, int64_t i)
{
    int64_t key = slice->cols[s->by_session ? (int)C_SESSION_KEY : (int)F_USER][i];
    struct sv user;

    if (key == CALL_MISSING)
        return hash_mix((uint64_t)slice->cols[C_IDENTITY_KEY][i] ^ 1);
    if (s->by_session)
        return hash_mix((uint64_t)key);
    user = store_dimension_text(s->store, F_USER, key);
    return hash64(user.p, user.n, 0);
}

static size_t region(const struct side_values *s, uint32_t group, int side)
{
    return (size_t)side * s->groups + group;
}

/* Where the slice's values go: the place of each region's next one. */
static void reserve(struct side_values *s, struct side_thread *t)
{
    pthread_mutex_lock(&s->lock);
    for (size_t r = 0; r < (size_t)s->groups * 2; r++) {
        size_t n = t->at[r];

        t->at[r] = s->start[r] + s->n[r];
        s->n[r] += n;
    }
    pthread_mutex_unlock(&s->lock);
}

static bool read_slice(void *ctx, const struct slice *slice)
{
    struct side_values *s = ctx;
    struct side_thread *t = &s->threads[slice->thread];
    bool real, clustered = side_values_clustered(s);
    const int64_t *values;
    int64_t both;

    sides_find(&s->sides, slice, t->room, t->keep, t->side, &both);
    values = field_values(s, t, slice, &real);
    memset(t->at, 0, (size_t)s->groups * 2 * sizeof(*t->at));
    for (int64_t i = 0; i < slice->rows; i++) {
        if (values[i] == CALL_MISSING)
            t->side[i] = SIDE_NONE;
        if (t->side[i] != SIDE_NONE)
            t->at[region(s, slice->group[i], t->side[i])]++;
    }
    reserve(s, t);
    for (int64_t i = 0; i < slice->rows; i++) {
        struct side_member m;

        if (t->side[i] == SIDE_NONE)
            continue;
        m = (struct side_member){.value = real ? key_to_real(values[i]) : (double)values[i],
                                 .group = slice->group[i],
                                 .side = t->side[i]};
        s->v[t->at[region(s, m.group, t->side[i])]++] = m.value;
        if (!clustered)
            continue;
        m.cluster = cluster_of(s, slice, i);
        if (m.cluster <= s->most_key && !add_member(t, m))
            return false;
    }
    return true;
}

static enum err collect_members(struct side_values *s, struct error *err)
{
    size_t n = 0;

    for (int i = 0; i < s->n_threads; i++)
        n += s->threads[i].n_members;
    free(s->members);
    s->members = malloc((n + 1) * sizeof(*s->members));
    if (!s->members)
        return no_memory(err);
    s->n_members = 0;
    s->members_order = 0;
    for (int i = 0; i < s->n_threads; i++) {
        struct side_thread *t = &s->threads[i];

        if (t->n_members)
            memcpy(s->members + s->n_members, t->members, t->n_members * sizeof(*s->members));
        s->n_members += t->n_members;
        t->n_members = 0;
    }
    return OK;
}

/* Of one side, by a thread. */
struct sorting {
    struct side_values *s;
    int side;
    bool done;
};

static void *sort_side(void *ctx)
{
    struct sorting *sorting = ctx;
    struct side_values *s = sorting->s;
    size_t first = region(s, 0, sorting->side);

    sorting->done =
        !s->groups || sample_sort_groups(s->v, s->scratch, s->start + first, s->n + first,
                                         s->groups, &s->sorted[sorting->side]);
    return NULL;
}

static bool sort_all(struct side_values *s)
{
    struct sorting a = {.s = s, .side = SIDE_A}, b = {.s = s, .side = SIDE_B};
    pthread_t other;
    bool apart = s->n_threads > 1 && pthread_create(&other, NULL, sort_side, &b) == 0;

    sort_side(&a);
    if (apart)
        pthread_join(other, NULL);
    else
        sort_side(&b);
    return a.done && b.done;
}

enum err side_values_read(struct side_values *s, const struct side_field *field, struct error *err)
{
    enum err rc;

    s->field = field;
    lay_out(s);
    memset(s->n, 0, (size_t)s->groups * 2 * sizeof(*s->n));
    for (int i = 0; i < s->n_threads && field->source == FROM_DIMENSION; i++)
        s->threads[i].memo = axis_memo(field->axis);
    /* Each slice looks at every region, so with many groups there should not be many slices. */
    rc = s->groups <= MANY_GROUPS ? scan_walk_blocks(s->scan, columns_of(s), read_slice, s, err)
                                  : scan_walk(s->scan, columns_of(s), read_slice, s, err);
    if (!rc)
        rc = collect_members(s, err);
    if (!rc && !sort_all(s))
        rc = no_memory(err);
    return rc;
}

struct side_sample side_values_get(struct side_values *s, uint32_t group, int side)
{
    size_t r = region(s, group, side);

    return (struct side_sample){s->sorted[side].of_group + s->start[r], s->n[r],
                                s->calls[group][side] - (int64_t)s->n[r]};
}

struct side_sample side_values_all(struct side_values *s, int side)
{
    struct side_sample all = {.missing = side_values_calls(s, SIDE_ALL, side)};

    for (uint32_t g = 0; g < s->groups; g++)
        all.n += s->n[region(s, g, side)];
    all.missing -= (int64_t)all.n;
    all.v = s->groups ? s->sorted[side].all + s->start[region(s, 0, side)] : s->v;
    return all;
}

/* ---- clusters ------------------------------------------------------------------------------ */

static int compare_together(const void *a, const void *b)
{
    const struct side_member *x = a, *y = b;

    if (x->side != y->side)
        return x->side < y->side ? -1 : 1;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

static int compare_by_group(const void *a, const void *b)
{
    const struct side_member *x = a, *y = b;

    return x->group != y->group ? (x->group < y->group ? -1 : 1) : compare_together(a, b);
}

/* While members are ordered by group. */
static size_t first_of_group(const struct side_values *s, uint32_t group)
{
    size_t low = 0, n = s->n_members;

    while (n) {
        size_t half = n / 2;

        if (s->members[low + half].group < group) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

void side_values_members(struct side_values *s, uint32_t group, const struct side_member **out,
                         size_t *n)
{
    int order = group == SIDE_ALL ? 2 : 1;
    size_t first = 0, end = s->n_members;

    if (s->members_order != order && s->n_members)
        qsort(s->members, s->n_members, sizeof(*s->members),
              order == 2 ? compare_together : compare_by_group);
    s->members_order = order;
    if (group != SIDE_ALL) {
        first = first_of_group(s, group);
        end = first_of_group(s, group + 1);
    }
    *out = s->members + first;
    *n = end - first;
}

/* ---- scores of traces and sessions --------------------------------------------------------- */

/* A call that a score of its trace or session may count for. */
struct thing_call {
    uint64_t of; /* what was judged */
    uint64_t identity;
    int64_t started_us;
    const struct other_score *score;
    const struct chunk_info *chunk;
    uint32_t side;
};

static bool add_thing(struct side_thread *t, const struct thing_call *thing)
{
    if (t->n_things == t->cap_things) {
        size_t cap = t->cap_things ? t->cap_things * 2 : 256;
        struct thing_call *bigger = realloc(t->things, cap * sizeof(*bigger));

        if (!bigger)
            return false;
        t->things = bigger;
        t->cap_things = cap;
    }
    t->things[t->n_things++] = *thing;
    return true;
}

struct thing_visit {
    struct side_values *s;
    uint32_t name;
};

static bool see_things(void *ctx, const struct slice *slice)
{
    const struct thing_visit *v = ctx;
    struct side_thread *t = &v->s->threads[slice->thread];
    const struct other_score *score, *end;
    int64_t both;
    bool ok = true;

    sides_find(&v->s->sides, slice, t->room, t->keep, t->side, &both);
    call_scores_of(&v->s->scores, slice, &score, &end);
    for (; score < end && ok; score++) {
        int64_t i = score->call % CHUNK_ROWS - slice->first;

        if (v->s->scores.kinds[score->kind].word[SCORE_NAMES] == v->name && !isnan(score->value) &&
            t->side[i] != SIDE_NONE)
            ok = add_thing(
                t, &(struct thing_call){.of = score->of,
                                        .identity = (uint64_t)slice->cols[C_IDENTITY_KEY][i],
                                        .started_us = slice->cols[F_STARTED_US][i],
                                        .score = score,
                                        .chunk = slice->chunk,
                                        .side = t->side[i]});
    }
    return ok;
}

/* The calls of one thing on one side beside each other, the first one in front. */
static int compare_things(const void *a, const void *b)
{
    const struct thing_call *x = a, *y = b;

    if (x->of != y->of)
        return x->of < y->of ? -1 : 1;
    if (x->side != y->side)
        return x->side < y->side ? -1 : 1;
    if (x->started_us != y->started_us)
        return x->started_us < y->started_us ? -1 : 1;
    return (x->identity > y->identity) - (x->identity < y->identity);
}

static enum err add_first_calls(struct side_values *s, struct thing_call *v, size_t n,
                                struct call_items *items, struct error *err)
{
    enum err rc = OK;

    if (n)
        qsort(v, n, sizeof(*v), compare_things);
    for (size_t i = 0, first = 0; i < n && !rc; i++) {
        int64_t call_id = 0;

        if (v[i].of != v[first].of || v[i].side != v[first].side)
            first = i;
        if (compare_things(&v[i], &v[first]) != 0)
            continue; /* a later call */
        rc = store_call_at(s->store, v[i].chunk, v[i].score->call % CHUNK_ROWS, &call_id, err);
        if (!rc && !call_items_add(items, call_id, real_to_key(v[i].score->value)))
            rc = no_memory(err);
    }
    return rc;
}

/* What the threads saw, in one list; theirs are empty afterwards. */
static enum err collect_things(struct side_values *s, struct thing_call **out, size_t *n,
                               struct error *err)
{
    size_t total = 0;

    for (int i = 0; i < s->n_threads; i++)
        total += s->threads[i].n_things;
    *out = malloc((total + 1) * sizeof(**out));
    if (!*out)
        return no_memory(err);
    *n = 0;
    for (int i = 0; i < s->n_threads; i++) {
        struct side_thread *t = &s->threads[i];

        if (t->n_things)
            memcpy(*out + *n, t->things, t->n_things * sizeof(**out));
        *n += t->n_things;
        t->n_things = 0;
    }
    return OK;
}

enum err side_values_add_scores(struct side_values *s, int64_t name, struct call_items *items,
                                struct error *err)
{
    struct thing_visit visit = {s, (uint32_t)name};
    struct thing_call *things = NULL;
    size_t n = 0;
    enum err rc = OK;

    if (!s->scores_loaded)
        rc = call_scores_load(s->store, true, NULL, &s->scores, err);
    s->scores_loaded = !rc;
    if (rc || !s->scores.of_things)
        return rc;
    rc = scan_walk(s->scan, s->sides.columns | COLUMN(F_STARTED_US) | COLUMN(C_IDENTITY_KEY),
                   see_things, &visit, err);
    if (!rc)
        rc = collect_things(s, &things, &n, err);
    if (!rc)
        rc = add_first_calls(s, things, n, items, err);
    free(things);
    return rc;
}

/* ---- calls with something beside them ------------------------------------------------------ */

static bool add_row(struct side_thread *t, const struct side_row *row)
{
    if (t->n_rows == t->cap_rows) {
        size_t cap = t->cap_rows ? t->cap_rows * 2 : 1024;
        struct side_row *bigger = realloc(t->rows, cap * sizeof(*bigger));

        if (!bigger)
            return false;
        t->rows = bigger;
        t->cap_rows = cap;
    }
    t->rows[t->n_rows++] = *row;
    return true;
}

struct row_visit {
    struct side_values *s;
    const struct call_items *items;
};

static bool see_rows(void *ctx, const struct slice *slice)
{
    const struct row_visit *v = ctx;
    struct side_thread *t = &v->s->threads[slice->thread];
    int64_t both;
    bool ok = true;

    sides_find(&v->s->sides, slice, t->room, t->keep, t->side, &both);
    call_items_slice(v->items, slice, t->values);
    for (int64_t i = 0; i < slice->rows && ok; i++)
        if (t->side[i] != SIDE_NONE && t->values[i] != CALL_MISSING)
            ok = add_row(t, &(struct side_row){.started_us = slice->cols[F_STARTED_US][i],
                                               .identity = (uint64_t)slice->cols[C_IDENTITY_KEY][i],
                                               .cluster = cluster_of(v->s, slice, i),
                                               .input_hash = slice->cols[F_INPUT_HASH][i],
                                               .value = t->values[i],
                                               .group = slice->group[i],
                                               .side = t->side[i]});
    return ok;
}

static int compare_rows(const void *a, const void *b)
{
    const struct side_row *x = a, *y = b;

    if (x->side != y->side)
        return x->side < y->side ? -1 : 1;
    if (x->started_us != y->started_us)
        return x->started_us < y->started_us ? -1 : 1;
    return (x->identity > y->identity) - (x->identity < y->identity);
}

enum err side_values_rows(struct side_values *s, const struct call_items *items,
                          struct side_row **out, size_t *n, struct error *err)
{
    struct row_visit visit = {s, items};
    struct side_row *all;
    size_t total = 0;
    enum err rc = scan_walk(s->scan,
                            s->sides.columns | COLUMN(F_STARTED_US) | COLUMN(C_IDENTITY_KEY) |
                                COLUMN(C_SESSION_KEY) | COLUMN(F_USER) | COLUMN(F_INPUT_HASH),
                            see_rows, &visit, err);

    for (int i = 0; i < s->n_threads; i++)
        total += s->threads[i].n_rows;
    all = rc ? NULL : malloc((total + 1) * sizeof(*all));
    if (!rc && !all)
        rc = no_memory(err);
    total = 0;
    for (int i = 0; i < s->n_threads; i++) {
        struct side_thread *t = &s->threads[i];

        if (!rc && t->n_rows)
            memcpy(all + total, t->rows, t->n_rows * sizeof(*all));
        total += t->n_rows;
        t->n_rows = 0;
    }
    if (rc)
        return rc;
    if (total)
        qsort(all, total, sizeof(*all), compare_rows);
    *out = all;
    *n = total;
    return OK;
}
