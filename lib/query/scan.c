/* scan: threads take chunks one by one; a row's group is found once and kept. */
#include "query/scan.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "base/banned.h"

/* Combinations up to which a thread finds groups in an array and not in a hash table: 1 MiB. */
#define DIRECT_MAX (INT64_C(1) << 18)

struct scan {
    struct scan_spec spec;
    struct store *store;
    struct axis_source source;
    struct chunk_info *chunks;
    size_t n_chunks;
    bool reading; /* store_chunks() has begun the read transaction */

    struct axis *axes; /* of spec.by */
    size_t n_axes;
    int64_t *strides; /* a group's key is the sum of code * stride over the axes */
    int64_t n_keys;
    struct where **wheres;
    size_t n_wheres;
    uint64_t filter_columns, group_columns;
    struct stored_columns *stored; /* by thread; kept from walk to walk */
    int n_stored;

    bool walked;         /* the first walk is done: */
    struct kept *kept;   /* by chunk */
    struct keymap groups;   /* key to group, for all threads */
    pthread_mutex_t lock;   /* of groups */
    struct scan_counts counts;
};

/* The groups of a chunk's rows, one more each, as narrow as they are; 0: the row is not counted. */
struct kept {
    void *rows;     /* NULL: all rows have `all` */
    uint32_t all;
    unsigned width; /* bytes of a row: 1, 2 or 4 */
};

/* One thread of one walk. */
struct worker {
    struct scan *scan;
    int thread;
    uint64_t mask;      /* what the visitor sees */
    int64_t block;      /* rows that go by together */
    bool (*visit)(void *ctx, const struct slice *slice);
    void *ctx;
    atomic_size_t *next; /* chunk */
    atomic_bool *stop;
    struct stored_columns *stored;
    int64_t *cols[C_COUNT]; /* of a block, as these: */
    int64_t *room, *codes;
    unsigned char *keep;
    uint32_t *group; /* of the chunk in the first walk, later of a block */
    struct bucketer *memos; /* by axis */
    uint32_t *direct;       /* key to group + 1, when there are few keys */
    struct keymap known;    /* key to place in known_group, when there are many */
    uint32_t *known_group;
    uint32_t cap_known;
    struct scan_counts counts;
    enum err rc;
    struct error err;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory reading the calls");
}

/* ---- opening -------------------------------------------------------------------------------- */

static bool has_window(const struct scan_spec *spec)
{
    return spec->since_known || spec->until_known;
}

/* Some counted row of the chunk may lie in the window, or has no start and is to be told of. */
static bool chunk_matters(const struct scan_spec *spec, const struct chunk_info *c)
{
    if (!c->rows)
        return false;
    if (c->untimed || !has_window(spec))
        return true;
    return c->min_started_us <= c->max_started_us &&
           !(spec->since_known && c->max_started_us < spec->since_us) &&
           !(spec->until_known && c->min_started_us >= spec->until_us);
}

/* Drops the chunks that do not matter, and finds the range of starts of the others. */
static void choose_chunks(struct scan *s)
{
    size_t n = 0;
    int64_t first = INT64_MAX, last = INT64_MIN;

    for (size_t i = 0; i < s->n_chunks; i++) {
        const struct chunk_info *c = &s->chunks[i];

        if (!chunk_matters(&s->spec, c))
            continue;
        if (c->min_started_us <= c->max_started_us) {
            first = c->min_started_us < first ? c->min_started_us : first;
            last = c->max_started_us > last ? c->max_started_us : last;
        }
        s->chunks[n++] = *c;
    }
    s->n_chunks = n;
    if (s->spec.since_known && first < s->spec.since_us)
        first = s->spec.since_us;
    if (s->spec.until_known && last >= s->spec.until_us)
        last = s->spec.until_us > INT64_MIN ? s->spec.until_us - 1 : INT64_MIN;
    s->source = (struct axis_source){.store = s->store,
                                     .zone = s->spec.zone,
                                     .chunks = s->chunks,
                                     .n_chunks = n,
                                     .first_us = first,
                                     .last_us = last};
}

static enum err open_axes(struct scan *s, struct error *err)
{
    enum err rc;

    s->n_keys = 1;
    s->axes = calloc(s->spec.n_by + 1, sizeof(*s->axes));
    s->strides = calloc(s->spec.n_by + 1, sizeof(*s->strides));
    if (!s->axes || !s->strides)
        return no_memory(err);
    while (s->n_axes < s->spec.n_by) {
        struct axis *x = &s->axes[s->n_axes];

        for (size_t d = 0; d < s->n_axes; d++)
            if (strcmp(s->spec.by[d], s->spec.by[s->n_axes]) == 0)
                return error_set(err, ERR_USAGE, "by: %s is named twice", s->spec.by[d]);
        rc = axis_open(&s->source, sv_from(s->spec.by[s->n_axes]), x, err);
        if (rc)
            return rc;
        s->strides[s->n_axes++] = s->n_keys;
        s->group_columns |= x->columns;
        if (__builtin_mul_overflow(s->n_keys, x->n_codes, &s->n_keys))
            return error_set(err, ERR_USAGE, "by: too many combinations; name fewer dimensions");
    }
    return OK;
}

static enum err open_wheres(struct scan *s, struct error *err)
{
    enum err rc;

    s->wheres = calloc(s->spec.n_where + 1, sizeof(struct where *));
    if (!s->wheres)
        return no_memory(err);
    for (size_t i = 0; i < s->spec.n_where; i++) {
        rc = where_open(&s->source, s->spec.cost, sv_from(s->spec.where[i]), &s->wheres[i], err);
        if (rc)
            return rc;
        s->n_wheres++;
        s->filter_columns |= where_columns(s->wheres[i]);
    }
    return OK;
}

enum err scan_open(struct store *store, const struct scan_spec *spec, struct scan **out,
                   struct error *err)
{
    struct scan *s = calloc(1, sizeof(*s));
    enum err rc;

    if (!s)
        return no_memory(err);
    s->spec = *spec;
    s->store = store;
    s->counts = (struct scan_counts){.first_us = INT64_MAX, .last_us = INT64_MIN};
    pthread_mutex_init(&s->lock, NULL);
    s->filter_columns = COLUMN(C_SHADOWED) | COLUMN(F_FLAGS);
    rc = store_chunks(store, &s->chunks, &s->n_chunks, err);
    if (rc)
        goto done;
    s->reading = true;
    choose_chunks(s);
    rc = open_axes(s, err);
    if (rc)
        goto done;
    rc = open_wheres(s, err);
    if (rc)
        goto done;
    s->kept = calloc(s->n_chunks + 1, sizeof(*s->kept));
    s->stored = calloc((size_t)scan_threads(s), sizeof(*s->stored));
    s->n_stored = scan_threads(s);
    if (!s->kept || !s->stored) {
        rc = no_memory(err);
        goto done;
    }
    *out = s;
    s = NULL;
done:
    scan_close(s);
    return rc;
}

void scan_close(struct scan *s)
{
    if (!s)
        return;
    if (s->reading)
        store_read_done(s->store);
    for (size_t i = 0; s->kept && i < s->n_chunks; i++)
        free(s->kept[i].rows);
    free(s->kept);
    for (int t = 0; s->stored && t < s->n_stored; t++)
        stored_columns_release(&s->stored[t]);
    free(s->stored);
    for (size_t i = 0; i < s->n_wheres; i++)
        where_close(s->wheres[i]);
    free(s->wheres);
    for (size_t i = 0; i < s->n_axes; i++)
        axis_release(&s->axes[i]);
    free(s->axes);
    free(s->strides);
    keymap_release(&s->groups);
    pthread_mutex_destroy(&s->lock);
    free(s->chunks);
    free(s);
}

/* ---- one block ------------------------------------------------------------------------------ */

/* Rows of the chunk that stand in the worker's columns from `at` on. */
struct part {
    int64_t first, rows, at;
};

static void read_part(struct worker *w, uint64_t mask, const struct part *part)
{
    int64_t *cols[C_COUNT];

    for (int c = 0; c < C_COUNT; c++)
        cols[c] = w->cols[c] ? w->cols[c] + part->at : NULL;
    stored_columns_read(w->stored, mask, (size_t)part->first, (size_t)part->rows, cols);
}

/* The columns as the part has them. Those that were not read are not to be looked at. */
static void point_at(const struct worker *w, const struct part *part, const int64_t *cols[C_COUNT])
{
    for (int c = 0; c < C_COUNT; c++)
        cols[c] = w->cols[c] ? w->cols[c] + part->at : NULL;
}

/* Every row of the chunk that is no shadowed one is counted, and its info says when the first and the
 * last of them started: the starts need not be looked at. */
static bool counts_all(const struct scan *s, const struct chunk_info *c)
{
    const struct scan_spec *spec = &s->spec;

    return !s->n_wheres && !c->untimed &&
           !(spec->since_known && c->min_started_us < spec->since_us) &&
           !(spec->until_known && c->max_started_us >= spec->until_us);
}

/* The flags of all rows of the worker's chunk are the same. */
static bool same_flags(const struct worker *w, int64_t *flags)
{
    return stored_columns_constant(w->stored, F_FLAGS, flags);
}

static int64_t count_zoneless(const struct worker *w, int64_t rows)
{
    const int64_t *flags = w->cols[F_FLAGS];
    int64_t n = 0, same;

    if (same_flags(w, &same))
        return same & FLAG_ZONELESS ? rows : 0; /* CALL_MISSING has no flag */
    for (int64_t i = 0; i < rows; i++)
        n += (flags[i] & FLAG_ZONELESS) != 0;
    return n;
}

static void count_all(struct worker *w, const struct chunk_info *c, int64_t rows)
{
    struct scan_counts *n = &w->counts;

    memset(w->keep, 1, (size_t)rows);
    n->calls += rows;
    n->zoneless_calls += count_zoneless(w, rows);
    n->first_us = c->min_started_us < n->first_us ? c->min_started_us : n->first_us;
    n->last_us = c->max_started_us > n->last_us ? c->max_started_us : n->last_us;
}

/* What a block's rows are counted by; the rest of the columns follows when some are. */
static uint64_t counting_columns(const struct worker *w, bool all)
{
    int64_t same;

    if (!all)
        return w->scan->filter_columns | COLUMN(F_STARTED_US);
    return same_flags(w, &same) ? 0 : COLUMN(F_FLAGS);
}

/* Clears keep for rows outside of the window, and counts the others; without branches, since this
 * is done for each call there is. */
static void apply_window(struct worker *w, const int64_t *const *cols, int64_t rows)
{
    const struct scan_spec *spec = &w->scan->spec;
    const int64_t *started = cols[F_STARTED_US], *flags = cols[F_FLAGS];
    int64_t since = spec->since_known ? spec->since_us : INT64_MIN;
    bool open_end = !spec->until_known, unbounded = !has_window(spec);
    struct scan_counts n = w->counts;

    for (int64_t i = 0; i < rows; i++) {
        int64_t us = started[i];
        bool timed = us != CALL_MISSING, kept = w->keep[i];
        bool inside = (us >= since) & (open_end | (us < spec->until_us));

        n.calls_without_time += kept & !timed;
        kept &= timed ? inside : unbounded;
        w->keep[i] = kept;
        n.calls += kept;
        n.zoneless_calls += kept & (flags[i] != CALL_MISSING) & ((flags[i] & FLAG_ZONELESS) != 0);
        n.first_us = (kept & timed & (us < n.first_us)) ? us : n.first_us;
        n.last_us = (kept & timed & (us > n.last_us)) ? us : n.last_us;
    }
    w->counts = n;
}

static int64_t filter(struct worker *w, const int64_t *const *cols, int64_t rows)
{
    const int64_t *shadowed = cols[C_SHADOWED];
    int64_t before = w->counts.calls;

    for (int64_t i = 0; i < rows; i++)
        w->keep[i] = shadowed[i] == CALL_MISSING;
    for (size_t f = 0; f < w->scan->n_wheres; f++)
        where_apply(w->scan->wheres[f], cols, rows, w->room, w->keep);
    apply_window(w, cols, rows);
    return w->counts.calls - before;
}

/* Each row's key into room. */
static void make_keys(struct worker *w, const int64_t *const *cols, int64_t rows)
{
    const struct scan *s = w->scan;

    if (!s->n_axes)
        memset(w->room, 0, (size_t)rows * sizeof(*w->room));
    else /* the first stride is 1 */
        axis_codes(&s->axes[0], &w->memos[0], cols, rows, w->room);
    for (size_t d = 1; d < s->n_axes; d++) {
        int64_t stride = s->strides[d];

        axis_codes(&s->axes[d], &w->memos[d], cols, rows, w->codes);
        for (int64_t i = 0; i < rows; i++)
            w->room[i] += w->codes[i] * stride;
    }
}

static uint32_t shared_group(struct scan *s, int64_t key)
{
    uint32_t group;

    pthread_mutex_lock(&s->lock);
    group = keymap_add(&s->groups, (uint64_t)key);
    pthread_mutex_unlock(&s->lock);
    return group;
}

static uint32_t hashed_group(struct worker *w, int64_t key)
{
    uint32_t place = keymap_find(&w->known, (uint64_t)key);

    if (place != KEYMAP_NONE)
        return w->known_group[place];
    if (w->known.n == w->cap_known) {
        uint32_t cap = w->cap_known ? w->cap_known * 2 : 1024;
        uint32_t *bigger =
            cap > w->cap_known ? realloc(w->known_group, cap * sizeof(*bigger)) : NULL;

        if (!bigger)
            return KEYMAP_NONE;
        w->known_group = bigger;
        w->cap_known = cap;
    }
    place = keymap_add(&w->known, (uint64_t)key);
    if (place == KEYMAP_NONE)
        return KEYMAP_NONE;
    w->known_group[place] = shared_group(w->scan, key);
    return w->known_group[place];
}

/* Groups of the keys in room, by the array that has them; false when it lacks one. */
static bool known_groups(const struct worker *w, const unsigned char *kept, int64_t rows,
                         uint32_t *group)
{
    uint32_t least = UINT32_MAX;

    for (int64_t i = 0; i < rows; i++) {
        uint32_t keep = 0 - (uint32_t)kept[i], found = w->direct[w->room[i]];

        least = (found | ~keep) < least ? found | ~keep : least;
        group[i] = (found & keep) - 1;
    }
    return least > 0;
}

/* The same, and those that it lacks are added. False when out of memory. */
static bool direct_groups(struct worker *w, const unsigned char *kept, int64_t rows,
                          uint32_t *group)
{
    if (known_groups(w, kept, rows, group))
        return true;
    for (int64_t i = 0; i < rows; i++) {
        uint32_t *found = &w->direct[w->room[i]];

        if (!*found && kept[i]) {
            *found = shared_group(w->scan, w->room[i]) + 1; /* KEYMAP_NONE + 1 is 0 */
            if (!*found)
                return false;
        }
    }
    return known_groups(w, kept, rows, group);
}

static bool hashed_groups(struct worker *w, const unsigned char *kept, int64_t rows,
                          uint32_t *group)
{
    int64_t last_key = -1;
    uint32_t last = SCAN_OUT;

    for (int64_t i = 0; i < rows; i++) {
        group[i] = SCAN_OUT;
        if (!kept[i])
            continue;
        if (w->room[i] != last_key) {
            last_key = w->room[i];
            last = hashed_group(w, last_key);
            if (last == KEYMAP_NONE)
                return false;
        }
        group[i] = last;
    }
    return true;
}

/* Each row's group, where kept says that it is counted. False when out of memory. */
static bool find_groups(struct worker *w, const int64_t *const *cols, const unsigned char *kept,
                        int64_t rows, uint32_t *group)
{
    make_keys(w, cols, rows);
    return w->direct ? direct_groups(w, kept, rows, group) : hashed_groups(w, kept, rows, group);
}

static bool reads_ttft(const struct worker *w)
{
    return w->mask & COLUMN(F_TIME_TO_FIRST_TOKEN_US);
}

/* Counts the counted rows' degenerate times to first token in the first walk; takes them out of
 * the thread's own copy of the column when that is asked for. */
static void treat_degenerate_ttft(struct worker *w, int64_t *ttft, const struct slice *slice)
{
    const int64_t *const *cols = slice->cols;
    bool drop = w->scan->spec.drop_degenerate_ttft;
    int64_t n = 0;

    for (int64_t i = 0; i < slice->rows; i++) {
        bool degenerate = call_ttft_degenerate(cols, i);

        n += degenerate & (slice->group[i] != SCAN_OUT);
        ttft[i] = (degenerate & drop) ? CALL_MISSING : ttft[i];
    }
    w->counts.degenerate_ttft += n;
}

/* Moves the part's ends to counted rows, of which there are some. */
static void narrow(const unsigned char *kept, struct part *part)
{
    while (!kept[part->at]) {
        part->at++;
        part->first++;
        part->rows--;
    }
    while (!kept[part->at + part->rows - 1])
        part->rows--;
}

static bool by_blocks(const struct worker *w)
{
    return w->block < CHUNK_ROWS;
}

/* The first walk's part for one block: filter and group. *some: a row is counted. */
static enum err begin_block(struct worker *w, const struct chunk_info *info, bool all,
                            struct part *part, bool *some)
{
    uint64_t counting = counting_columns(w, all);
    const int64_t *cols[C_COUNT];
    uint32_t *group = w->group + part->first;

    point_at(w, part, cols);
    read_part(w, counting, part);
    *some = true;
    if (all)
        count_all(w, info, part->rows);
    else
        *some = filter(w, cols, part->rows) > 0;
    for (int64_t i = 0; i < part->rows && !all; i++)
        group[i] = SCAN_OUT;
    if (!*some)
        return OK;
    if (by_blocks(w))
        narrow(w->keep, part);
    point_at(w, part, cols);
    read_part(w, (w->mask | w->scan->group_columns) & ~counting, part);
    return find_groups(w, cols, w->keep + part->at, part->rows, w->group + part->first)
               ? OK
               : no_memory(&w->err);
}

/* Spreads the groups that the first walk kept of some rows. */
static void spread_groups(const struct kept *k, int64_t first, int64_t rows, uint32_t *out)
{
    const uint8_t *narrowest = k->rows;
    const uint16_t *middle = k->rows;
    const uint32_t *wide = k->rows;

    if (!k->rows)
        for (int64_t i = 0; i < rows; i++)
            out[i] = k->all - 1;
    else if (k->width == 1)
        for (int64_t i = 0; i < rows; i++)
            out[i] = narrowest[first + i] - 1U;
    else if (k->width == 2)
        for (int64_t i = 0; i < rows; i++)
            out[i] = middle[first + i] - 1U;
    else
        for (int64_t i = 0; i < rows; i++)
            out[i] = wide[first + i] - 1;
}

/* A further walk's part for one block. *some: a row is counted. */
static void continue_block(struct worker *w, const struct kept *kept, struct part *part, bool *some)
{
    int64_t first = 0, end = part->rows;

    spread_groups(kept, part->first, part->rows, w->group);
    while (first < end && w->group[first] == SCAN_OUT)
        first++;
    while (end > first && w->group[end - 1] == SCAN_OUT)
        end--;
    *some = first < end;
    if (by_blocks(w))
        *part = (struct part){part->first + first, end - first, first};
    if (*some)
        read_part(w, w->mask, part);
}

_Static_assert(SCAN_OUT + 1u == 0, "rows that are not counted are kept as 0");

/* Keeps what the first walk found of a chunk. */
static bool keep_groups(const struct worker *w, int64_t rows, struct kept *out)
{
    const uint32_t *group = w->group;
    uint32_t bits = 0, differences = 0;
    uint8_t *narrowest;
    uint16_t *middle;
    uint32_t *wide;

    for (int64_t i = 0; i < rows; i++) {
        bits |= group[i] + 1;
        differences |= group[i] ^ group[0];
    }
    *out = (struct kept){NULL, group[0] + 1, bits > UINT16_MAX ? 4 : bits > UINT8_MAX ? 2 : 1};
    if (!differences)
        return true;
    out->rows = malloc((size_t)rows * out->width);
    if (!out->rows)
        return false;
    narrowest = out->rows;
    middle = out->rows;
    wide = out->rows;
    if (out->width == 1)
        for (int64_t i = 0; i < rows; i++)
            narrowest[i] = (uint8_t)(group[i] + 1);
    else if (out->width == 2)
        for (int64_t i = 0; i < rows; i++)
            middle[i] = (uint16_t)(group[i] + 1);
    else
        for (int64_t i = 0; i < rows; i++)
            wide[i] = group[i] + 1;
    return true;
}

static uint32_t groups_so_far(struct scan *s)
{
    uint32_t n;

    if (s->walked)
        return s->groups.n;
    pthread_mutex_lock(&s->lock);
    n = s->groups.n;
    pthread_mutex_unlock(&s->lock);
    return n;
}

static enum err visit_part(struct worker *w, const struct chunk_info *info, const struct part *part)
{
    const int64_t *cols[C_COUNT];
    struct slice slice = {.thread = w->thread,
                          .chunk = info,
                          .first = part->first,
                          .rows = part->rows,
                          .cols = cols,
                          .group = w->group + (w->scan->walked ? part->at : part->first)};

    point_at(w, part, cols);
    if (reads_ttft(w))
        treat_degenerate_ttft(w, w->cols[F_TIME_TO_FIRST_TOKEN_US] + part->at, &slice);
    slice.groups = groups_so_far(w->scan);
    return w->visit(w->ctx, &slice) ? OK : no_memory(&w->err);
}

/* What the first walk needs of a chunk; its starts only where they tell more than its info does.
 * *all: every row is counted. */
static enum err fetch_first(struct worker *w, const struct chunk_info *info, bool *all)
{
    struct scan *s = w->scan;
    uint64_t mask = w->mask | s->filter_columns | s->group_columns;
    bool sure = counts_all(s, info);
    enum err rc = store_fetch_columns(
        s->store, info, sure ? mask : mask | COLUMN(F_STARTED_US), w->stored, &w->err);

    *all = !rc && sure && !(w->stored->known & COLUMN(C_SHADOWED));
    if (!rc && sure && !*all)
        rc = store_fetch_columns(s->store, info, COLUMN(F_STARTED_US), w->stored, &w->err);
    return rc;
}

static enum err visit_chunk(struct worker *w, size_t chunk)
{
    struct scan *s = w->scan;
    const struct chunk_info *info = &s->chunks[chunk];
    struct kept *kept = &s->kept[chunk];
    bool all = false, some;
    enum err rc;

    if (s->walked && !kept->rows && !kept->all)
        return OK;
    rc = s->walked ? store_fetch_columns(s->store, info, w->mask, w->stored, &w->err)
                   : fetch_first(w, info, &all);
    for (int64_t first = 0; first < info->rows && !rc; first += w->block) {
        int64_t left = info->rows - first;
        struct part part = {first, left < w->block ? left : w->block, 0};

        if (s->walked)
            continue_block(w, kept, &part, &some);
        else
            rc = begin_block(w, info, all, &part, &some);
        if (!rc && some)
            rc = visit_part(w, info, &part);
    }
    if (!rc && !s->walked && !keep_groups(w, info->rows, kept))
        rc = no_memory(&w->err);
    return rc;
}

/* ---- threads -------------------------------------------------------------------------------- */

static void *work(void *arg)
{
    struct worker *w = arg;

    while (!w->rc && !atomic_load(w->stop)) {
        size_t chunk = atomic_fetch_add(w->next, 1);

        if (chunk >= w->scan->n_chunks)
            break;
        w->rc = visit_chunk(w, chunk);
    }
    if (w->rc)
        atomic_store(w->stop, true);
    return NULL;
}

/* Columns that a worker decodes. */
static uint64_t decoded_columns(const struct scan *s, uint64_t mask)
{
    if (!s->walked)
        mask |= s->filter_columns | s->group_columns | COLUMN(F_STARTED_US);
    return mask;
}

static enum err worker_init(struct worker *w, struct error *err)
{
    const struct scan *s = w->scan;
    bool first = !s->walked;
    size_t block = (size_t)w->block;

    for (uint64_t left = decoded_columns(s, w->mask); left; left &= left - 1) {
        int c = __builtin_ctzll(left);

        w->cols[c] = malloc(block * sizeof(int64_t));
        if (!w->cols[c])
            return no_memory(err);
    }
    w->group = malloc((first ? CHUNK_ROWS : block) * sizeof(*w->group));
    if (!w->group)
        return no_memory(err);
    if (!first)
        return OK;
    w->counts = s->counts;
    w->room = malloc(block * sizeof(*w->room));
    w->codes = malloc(block * sizeof(*w->codes));
    w->keep = malloc(block);
    w->memos = calloc(s->n_axes + 1, sizeof(*w->memos));
    if (s->n_keys <= DIRECT_MAX)
        w->direct = calloc((size_t)s->n_keys, sizeof(*w->direct));
    if (!w->room || !w->codes || !w->keep || !w->memos || (s->n_keys <= DIRECT_MAX && !w->direct))
        return no_memory(err);
    for (size_t d = 0; d < s->n_axes; d++)
        w->memos[d] = axis_memo(&s->axes[d]);
    return OK;
}

static void worker_release(struct worker *w)
{
    for (int c = 0; c < C_COUNT; c++)
        free(w->cols[c]);
    free(w->room);
    free(w->codes);
    free(w->keep);
    free(w->group);
    free(w->memos);
    free(w->direct);
    keymap_release(&w->known);
    free(w->known_group);
}

static void add_counts(struct scan_counts *into, const struct scan_counts *from)
{
    into->calls += from->calls;
    into->calls_without_time += from->calls_without_time;
    into->zoneless_calls += from->zoneless_calls;
    into->degenerate_ttft += from->degenerate_ttft;
    into->first_us = from->first_us < into->first_us ? from->first_us : into->first_us;
    into->last_us = from->last_us > into->last_us ? from->last_us : into->last_us;
}

enum err scan_refuse_tags(const struct scan_spec *spec, struct error *err)
{
    for (size_t d = 0; d < spec->n_by; d++) {
        const struct dimension *dim = dimension_find(sv_from(spec->by[d]));

        if (dim && dim->kind == DIMENSION_TAGS)
            return error_set(
                err, ERR_USAGE,
                "by: a call may have several tags, so that %s would count it more than "
                "once here; use --where tag=NAME",
                spec->by[d]);
    }
    return OK;
}

int scan_threads(const struct scan *s)
{
    int most = s->n_chunks < INT32_MAX ? (int)s->n_chunks : INT32_MAX;
    int n = s->spec.jobs < most ? s->spec.jobs : most;

    return n > 1 ? n : 1;
}

/* Runs the workers, the first one in this thread; one that cannot be started is done without. */
static void run(struct worker *workers, int n)
{
    pthread_t *threads = calloc((size_t)n, sizeof(*threads));
    int started = 1;

    if (threads)
        while (started < n && pthread_create(&threads[started], NULL, work, &workers[started]) == 0)
            started++;
    work(&workers[0]);
    for (int t = 1; t < started; t++)
        pthread_join(threads[t], NULL);
    free(threads);
}

static enum err walk(struct scan *s, uint64_t mask, int64_t block,
                     bool (*visit)(void *ctx, const struct slice *slice), void *ctx,
                     struct error *err)
{
    int n = scan_threads(s);
    struct worker *workers = calloc((size_t)n, sizeof(*workers));
    atomic_size_t next = 0;
    atomic_bool stop = false;
    enum err rc = workers ? OK : no_memory(err);

    if (mask & COLUMN(F_TIME_TO_FIRST_TOKEN_US))
        mask |= DEGENERATE_TTFT_COLUMNS;
    for (int t = 0; t < n && !rc; t++) {
        workers[t] = (struct worker){.scan = s,
                                     .thread = t,
                                     .mask = mask,
                                     .block = block,
                                     .stored = &s->stored[t],
                                     .visit = visit,
                                     .ctx = ctx,
                                     .next = &next,
                                     .stop = &stop};
        rc = worker_init(&workers[t], err);
    }
    if (!rc)
        run(workers, n);
    for (int t = 0; workers && t < n; t++) {
        if (workers[t].rc && !rc) {
            rc = workers[t].rc;
            if (err)
                *err = workers[t].err;
        }
        if (!s->walked && !rc)
            add_counts(&s->counts, &workers[t].counts);
        worker_release(&workers[t]);
    }
    free(workers);
    if (!rc)
        s->walked = true;
    return rc;
}

enum err scan_walk(struct scan *s, uint64_t mask,
                   bool (*visit)(void *ctx, const struct slice *slice), void *ctx,
                   struct error *err)
{
    return walk(s, mask, CHUNK_ROWS, visit, ctx, err);
}

enum err scan_walk_blocks(struct scan *s, uint64_t mask,
                          bool (*visit)(void *ctx, const struct slice *slice), void *ctx,
                          struct error *err)
{
    return walk(s, mask, SCAN_BLOCK, visit, ctx, err);
}

struct scan_counts scan_counts(const struct scan *s)
{
    return s->counts;
}

uint32_t scan_groups(const struct scan *s)
{
    return s->groups.n;
}

const struct axis *scan_axis(const struct scan *s, size_t d)
{
    return &s->axes[d];
}

int64_t scan_code(const struct scan *s, uint32_t group, size_t d)
{
    return (int64_t)s->groups.keys[group] / s->strides[d] % s->axes[d].n_codes;
}

enum err scan_open_axis(const struct scan *s, struct sv name, struct axis *out, struct error *err)
{
    return axis_open(&s->source, name, out, err);
}

enum err scan_open_where(const struct scan *s, struct sv text, struct where **out,
                         struct error *err)
{
    return where_open(&s->source, s->spec.cost, text, out, err);
}
