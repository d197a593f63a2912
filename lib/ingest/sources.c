/* sources: recognising inputs that were read before. */
#include "ingest/sources.h"

#include <stdlib.h>

#include "base/banned.h"

enum { BY_PATH, BY_FILE, BY_HEAD, TABLES };

static uint64_t path_hash(const char *path)
{
    return hash64(path, strlen(path), 1);
}

static uint64_t file_hash(uint64_t dev, uint64_t ino)
{
    return hash_mix(dev ^ hash_mix(ino));
}

static uint64_t state_hash(const struct source_state *x, int table)
{
    switch (table) {
    case BY_PATH:
        return path_hash(x->path);
    case BY_FILE:
        return file_hash(x->dev, x->ino);
    default:
        return x->head.lo;
    }
}

static void slot_put(struct sources *s, int table, uint32_t item)
{
    size_t mask = s->slot_count - 1;
    uint32_t *slots = s->slots + (size_t)table * s->slot_count;
    size_t i = state_hash(&s->items[item], table) & mask;

    while (slots[i])
        i = (i + 1) & mask;
    slots[i] = item + 1;
}

/* Walks the items whose hash may be h, oldest first; *at starts at h and is moved on. */
static struct source_state *slot_next(const struct sources *s, int table, uint64_t *at)
{
    size_t mask = s->slot_count - 1;

    if (!s->slot_count)
        return NULL;
    uint32_t item = s->slots[(size_t)table * s->slot_count + (*at & mask)];
    if (!item)
        return NULL;
    (*at)++;
    return &s->items[item - 1];
}

/* All tables anew, at most half full. */
static enum err slots_rebuild(struct sources *s, size_t slot_count, struct error *err)
{
    uint32_t *slots = calloc((size_t)TABLES * slot_count, sizeof(*slots));

    if (!slots)
        return error_set(err, ERR_NOMEM, "out of memory for the list of inputs");
    free(s->slots);
    s->slots = slots;
    s->slot_count = slot_count;
    for (int t = 0; t < TABLES; t++)
        for (uint32_t i = 0; i < s->n; i++)
            slot_put(s, t, i);
    return OK;
}

static enum err source_add(struct sources *s, const struct source_state *x,
                           struct source_state **out, struct error *err)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 64;
        struct source_state *items = realloc(s->items, cap * sizeof(*items));
        if (!items)
            return error_set(err, ERR_NOMEM, "out of memory for the list of inputs");
        s->items = items;
        s->cap = cap;
    }
    s->items[s->n] = *x;
    s->items[s->n].id = (int64_t)s->n + 1;
    *out = &s->items[s->n++];
    if (2 * s->n > s->slot_count)
        return slots_rebuild(s, s->slot_count ? 2 * s->slot_count : 256, err);
    for (int t = 0; t < TABLES; t++)
        slot_put(s, t, (uint32_t)s->n - 1);
    return OK;
}

enum err sources_load(struct sources *s, struct store *store, struct error *err)
{
    struct source_state *stored = NULL, *added;
    size_t n = 0;
    enum err rc = store_sources(store, &s->arena, &stored, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        if (stored[i].id != (int64_t)i + 1)
            return error_set(err, ERR_DB, "%s: source %lld is missing", store_path(store),
                             (long long)i + 1);
        rc = source_add(s, &stored[i], &added, err);
    }
    return rc;
}

void sources_release(struct sources *s)
{
    free(s->items);
    free(s->slots);
    arena_release(&s->arena);
    *s = (struct sources){0};
}

static struct source_state *last_at(const struct sources *s, const char *path)
{
    uint64_t at = path_hash(path);
    struct source_state *x, *last = NULL;

    while ((x = slot_next(s, BY_PATH, &at)) != NULL)
        if (strcmp(x->path, path) == 0)
            last = x;
    return last;
}

const struct source_state *source_unchanged(const struct sources *s, const char *path,
                                            const struct input_stat *stat)
{
    const struct source_state *last = last_at(s, path);

    if (!last || !stat->regular || !last->complete || last->dev != stat->dev ||
        last->ino != stat->ino || last->size_bytes != stat->size_bytes ||
        last->mtime_ns != stat->mtime_ns)
        return NULL;
    return last;
}

bool source_knows_file(const struct sources *s, uint64_t dev, uint64_t ino)
{
    uint64_t at = file_hash(dev, ino);
    const struct source_state *x;

    while ((x = slot_next(s, BY_FILE, &at)) != NULL)
        if (x->dev == dev && x->ino == ino)
            return true;
    return false;
}

static struct input_mark mark_of(const struct source_state *x)
{
    return (struct input_mark){
        .offset = x->offset, .lines = x->lines, .prefix = x->prefix, .tail = x->tail};
}

static bool head_eq(struct hash128 a, struct hash128 b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

/* The sources that begin with the same first line, as marks to compare with. */
struct candidates {
    struct input_mark *marks;
    uint32_t *items;
    size_t n;
};

static enum err candidates_find(const struct sources *s, struct hash128 head,
                                struct candidates *c, struct arena *a, struct error *err)
{
    const struct source_state *x;
    size_t count = 0;

    for (uint64_t at = head.lo; (x = slot_next(s, BY_HEAD, &at)) != NULL;)
        count += head_eq(x->head, head);
    c->marks = arena_zalloc(a, count + 1, sizeof(*c->marks));
    c->items = arena_zalloc(a, count + 1, sizeof(*c->items));
    if (!c->marks || !c->items)
        return error_set(err, ERR_NOMEM, "out of memory comparing inputs");
    for (uint64_t at = head.lo; (x = slot_next(s, BY_HEAD, &at)) != NULL;) {
        if (!head_eq(x->head, head))
            continue;
        c->marks[c->n] = mark_of(x);
        c->items[c->n++] = (uint32_t)(x - s->items);
    }
    return OK;
}

/* Tries the sources that are this very file (device and inode), newest first. */
static enum err resume_same_file(struct sources *s, const struct input *in, struct elements *e,
                                 struct hash128 head, struct source_state **found,
                                 struct error *err)
{
    const struct input_stat *st = input_stat(in);
    struct source_state *x, *best = NULL;
    bool matches = false;

    *found = NULL;
    if (!st->regular)
        return OK;
    for (uint64_t at = file_hash(st->dev, st->ino); (x = slot_next(s, BY_FILE, &at)) != NULL;)
        if (x->dev == st->dev && x->ino == st->ino && head_eq(x->head, head) &&
            (!best || x->offset >= best->offset))
            best = x;
    if (!best)
        return OK;
    struct input_mark mark = mark_of(best);
    enum err rc = elements_resume(e, &mark, false, &matches, err);
    if (!rc && matches)
        *found = best;
    return rc;
}

static bool mark_eq(const struct input_mark *a, const struct input_mark *b)
{
    return a->offset == b->offset && head_eq(a->prefix, b->prefix) && head_eq(a->tail, b->tail);
}

/* Of the candidates with the content that `best` stands for the newest one that is this very file:
 * a copy of it may have been read meanwhile. `best` itself if there is none. */
static struct source_state *same_file_first(struct sources *s, const struct candidates *c,
                                            ptrdiff_t best, const struct input_stat *st)
{
    struct source_state *found = &s->items[c->items[best]];

    for (size_t i = 0; i < c->n; i++) {
        struct source_state *x = &s->items[c->items[i]];
        if (mark_eq(&c->marks[i], &c->marks[best]) && x->dev == st->dev && x->ino == st->ino)
            found = x;
    }
    return found;
}

static const char *note_text(struct arena *a, const char *what, const char *path)
{
    size_t n = strlen(what), m = strlen(path);
    char *p = arena_alloc(a, n + m + 1);

    if (!p)
        return what;
    memcpy(p, what, n);
    memcpy(p + n, path, m + 1);
    return p;
}

static void take_stat(struct source_state *x, const struct input_stat *st)
{
    x->dev = st->dev;
    x->ino = st->ino;
    x->size_bytes = st->size_bytes;
    x->mtime_ns = st->mtime_ns;
}

/* The file that this source was has been found under another name: it was moved away. */
static bool was_renamed(const struct sources *s, const struct source_state *old)
{
    const struct source_state *x;

    for (uint64_t at = file_hash(old->dev, old->ino); (x = slot_next(s, BY_FILE, &at)) != NULL;)
        if (x->dev == old->dev && x->ino == old->ino && x->lineage == old->lineage &&
            strcmp(x->path, old->path) != 0)
            return true;
    return false;
}

enum err source_resolve(struct sources *s, const char *path, struct input *in, struct elements *e,
                        struct source_plan *plan, struct error *err)
{
    bool head_complete = false, is_stdin = strcmp(path, "-") == 0;
    bool is_table = input_kind(in) == INPUT_MADE;
    struct hash128 head = input_head(in, &head_complete);
    struct source_state *match = NULL, *at_path = last_at(s, path);
    struct arena scratch = {0};
    struct candidates c = {0};
    ptrdiff_t best = -1;
    enum err rc = OK;

    *plan = (struct source_plan){0};
    if (!head.hi && !head.lo)
        return OK;
    if (!is_stdin) {
        rc = resume_same_file(s, in, e, head, &match, err);
        if (!rc && !match)
            rc = candidates_find(s, head, &c, &scratch, err);
        if (!rc && !match && c.n)
            rc = elements_match(e, c.marks, c.n, &best, err);
        if (rc)
            goto done;
        if (best >= 0)
            match = same_file_first(s, &c, best, input_stat(in));
    }
    if (match && strcmp(match->path, path) == 0) {
        take_stat(match, input_stat(in));
        match->complete = false;
        plan->state = match;
        goto done;
    }

    struct source_state fresh = {.head = head, .lineage = (int64_t)s->n + 1};
    fresh.path = arena_text(&s->arena, path);
    if (!fresh.path) {
        rc = error_set(err, ERR_NOMEM, "out of memory for the list of inputs");
        goto done;
    }
    take_stat(&fresh, input_stat(in));
    if (match) {
        bool same_file = match->dev == fresh.dev && match->ino == fresh.ino;
        fresh.offset = match->offset;
        fresh.lines = match->lines;
        fresh.prefix = match->prefix;
        fresh.tail = match->tail;
        if (same_file) {
            fresh.lineage = match->lineage;
        } else {
            fresh.copy_of = match->id;
            fresh.copy_line = match->lines;
        }
        plan->note =
            note_text(&s->arena, same_file ? "renamed from " : "copy of ", match->path);
    } else if (at_path && !is_stdin &&
               ((!is_table && !head_eq(at_path->head, head)) || was_renamed(s, at_path))) {
        fresh.lineage = at_path->lineage;
    }
    rc = source_add(s, &fresh, &plan->state, err);
done:
    arena_release(&scratch);
    return rc;
}

enum err source_of_database(struct sources *s, const char *path, const struct input_stat *stat,
                            struct source_state **out, struct error *err)
{
    struct source_state fresh = {.lineage = (int64_t)s->n + 1};
    struct source_state *known = last_at(s, path);

    if (known && !known->head.hi && !known->head.lo) { /* no log that stood there before */
        take_stat(known, stat);
        *out = known;
        return OK;
    }
    fresh.path = arena_text(&s->arena, path);
    if (!fresh.path)
        return error_set(err, ERR_NOMEM, "out of memory for the list of inputs");
    take_stat(&fresh, stat);
    return source_add(s, &fresh, out, err);
}
