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

    bool walked;            /* the first walk is done: */
    struct counted {
        int64_t first, rows; /* of the chunk, that slices hold */
        uint32_t *group;     /* of each of these; NULL: no row is counted */
    } *counted;              /* by chunk */
    struct keymap groups;   /* key to group, for all threads */
    pthread_mutex_t lock;   /* of groups */
    struct scan_counts counts;
};

/* One thread of one walk. */
struct worker {
    struct scan *scan;
    int thread;
    uint64_t mask;
    bool (*visit)(void *ctx, const struct slice *slice);
    void *ctx;
    atomic_size_t *next; /* chunk */
    atomic_bool *stop;
    int64_t *cols[C_COUNT];
    int64_t *room, *codes; /* CHUNK_ROWS each */
    unsigned char *keep;
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
    s->filter_columns = COLUMN(C_SHADOWED) | COLUMN(F_STARTED_US) | COLUMN(F_FLAGS);
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
    s->counted = calloc(s->n_chunks + 1, sizeof(*s->counted));
    if (!s->counted) {
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
    for (size_t i = 0; s->counted && i < s->n_chunks; i++)
        free(s->counted[i].group);
    free(s->counted);
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

/* ---- one chunk ------------------------------------------------------------------------------ */

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

/* Groups of the keys in room, by the array that has them. False when out of memory. */
static bool direct_groups(struct worker *w, const struct counted *part, uint32_t *group)
{
    const unsigned char *keep = w->keep + part->first;

    for (int64_t i = 0; i < part->rows; i++) {
        uint32_t found = w->direct[w->room[i]];

        if (!found && keep[i]) {
            found = shared_group(w->scan, w->room[i]) + 1; /* KEYMAP_NONE + 1 is 0 */
            if (!found)
                return false;
            w->direct[w->room[i]] = found;
        }
        group[i] = keep[i] ? found - 1 : SCAN_OUT;
    }
    return true;
}

static bool hashed_groups(struct worker *w, const struct counted *part, uint32_t *group)
{
    const unsigned char *keep = w->keep + part->first;
    int64_t last_key = -1;
    uint32_t last = SCAN_OUT;

    for (int64_t i = 0; i < part->rows; i++) {
        group[i] = SCAN_OUT;
        if (!keep[i])
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

/* Each row's group. False when out of memory. */
static bool find_groups(struct worker *w, const int64_t *const *cols, struct counted *part)
{
    make_keys(w, cols, part->rows);
    return w->direct ? direct_groups(w, part, part->group) : hashed_groups(w, part, part->group);
}

static bool reads_ttft(const struct worker *w)
{
    return w->mask & COLUMN(F_TIME_TO_FIRST_TOKEN_US);
}

/* Counts the counted rows' degenerate times to first token in the first walk; takes them out of
 * the thread's own copy of the column when that is asked for. */
static void treat_degenerate_ttft(struct worker *w, const int64_t *const *cols,
                                  const struct slice *slice)
{
    int64_t *ttft = w->cols[F_TIME_TO_FIRST_TOKEN_US] + slice->first;
    bool drop = w->scan->spec.drop_degenerate_ttft;
    int64_t n = 0;

    for (int64_t i = 0; i < slice->rows; i++) {
        bool degenerate = call_ttft_degenerate(cols, i);

        n += degenerate & (slice->group[i] != SCAN_OUT);
        ttft[i] = (degenerate & drop) ? CALL_MISSING : ttft[i];
    }
    w->counts.degenerate_ttft += n;
}

/* The rows of a chunk that slices hold, when there is one that counts. */
static struct counted span_of(const struct worker *w, int64_t rows)
{
    int64_t first = 0, last = rows - 1;

    while (w->scan->spec.narrow && !w->keep[first])
        first++;
    while (w->scan->spec.narrow && !w->keep[last])
        last--;
    return (struct counted){.first = first, .rows = last - first + 1};
}

/* The columns from a row on. Those that were not read are not to be looked at. */
static void point_at(const struct worker *w, int64_t first, const int64_t *cols[C_COUNT])
{
    for (int c = 0; c < C_COUNT; c++)
        cols[c] = w->cols[c] ? w->cols[c] + first : NULL;
}

/* The first walk's part for one chunk: filter, read the rest of the columns, group, keep the
 * groups. */
static enum err begin_chunk(struct worker *w, size_t chunk)
{
    struct scan *s = w->scan;
    const struct chunk_info *info = &s->chunks[chunk];
    const int64_t *cols[C_COUNT];
    struct counted part;
    enum err rc = store_read_columns(s->store, info, s->filter_columns, w->cols, &w->err);

    if (rc)
        return rc;
    point_at(w, 0, cols);
    if (!filter(w, cols, info->rows))
        return OK;
    part = span_of(w, info->rows);
    rc = store_read_rows(s->store, info, part.first, part.rows, w->mask & ~s->filter_columns,
                         w->cols, &w->err);
    if (rc)
        return rc;
    point_at(w, part.first, cols);
    part.group = malloc((size_t)part.rows * sizeof(*part.group));
    if (!part.group || !find_groups(w, cols, &part)) {
        free(part.group);
        return no_memory(&w->err);
    }
    s->counted[chunk] = part;
    return OK;
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

static enum err visit_chunk(struct worker *w, size_t chunk)
{
    struct scan *s = w->scan;
    const struct counted *part = &s->counted[chunk];
    const int64_t *cols[C_COUNT];
    struct slice slice = {.thread = w->thread, .chunk = &s->chunks[chunk], .cols = cols};
    enum err rc = OK;

    if (!s->walked)
        rc = begin_chunk(w, chunk);
    else if (part->group)
        rc = store_read_rows(s->store, slice.chunk, part->first, part->rows, w->mask, w->cols,
                             &w->err);
    if (rc || !part->group)
        return rc;
    point_at(w, part->first, cols);
    slice.first = part->first;
    slice.rows = part->rows;
    slice.group = part->group;
    if (reads_ttft(w))
        treat_degenerate_ttft(w, cols, &slice);
    slice.groups = groups_so_far(s);
    return w->visit(w->ctx, &slice) ? OK : no_memory(&w->err);
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

static enum err worker_init(struct worker *w, struct error *err)
{
    const struct scan *s = w->scan;
    bool first = !s->walked;

    for (int c = 0; c < C_COUNT; c++)
        if (w->mask >> c & 1) {
            w->cols[c] = malloc(CHUNK_ROWS * sizeof(int64_t));
            if (!w->cols[c])
                return no_memory(err);
        }
    if (!first)
        return OK;
    w->counts = s->counts;
    w->room = malloc(CHUNK_ROWS * sizeof(*w->room));
    w->codes = malloc(CHUNK_ROWS * sizeof(*w->codes));
    w->keep = malloc(CHUNK_ROWS);
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

enum err scan_walk(struct scan *s, uint64_t mask,
                   bool (*visit)(void *ctx, const struct slice *slice), void *ctx,
                   struct error *err)
{
    int n = scan_threads(s);
    struct worker *workers = calloc((size_t)n, sizeof(*workers));
    atomic_size_t next = 0;
    atomic_bool stop = false;
    enum err rc = workers ? OK : no_memory(err);

    if (!s->walked)
        mask |= s->filter_columns | s->group_columns;
    if (mask & COLUMN(F_TIME_TO_FIRST_TOKEN_US))
        mask |= DEGENERATE_TTFT_COLUMNS;
    for (int t = 0; t < n && !rc; t++) {
        workers[t] = (struct worker){.scan = s,
                                     .thread = t,
                                     .mask = mask,
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
