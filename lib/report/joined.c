/* joined: see the header. */
#include "report/joined.h"

#include <stdlib.h>
#include "base/hash.h"
#include "report/align.h"
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory joining the groups");
}

static int64_t bucket_of_code(const struct axis *x, int64_t code)
{
    return x->base + (code - 1) * x->step;
}

/* A group of a scan, or the part of it that has a tag. */
struct group_source {
    const struct scan *scan;
    uint32_t group;
    int64_t tag; /* place in the axis' texts + 1; 0: no tag */
};

static struct group_source source_of(const struct joined *j, uint32_t group)
{
    return j->sources ? j->sources[group] : (struct group_source){j->now, group, 0};
}

/* Of a group of one of the scans. Both see the same dictionaries, so that codes are the same but
 * for those that are numbered from the calls that a scan sees. */
static bool value_in(const struct joined *j, struct group_source g, size_t d, int64_t *out)
{
    const struct axis *x = scan_axis(g.scan, d);
    int64_t code = d == j->tags ? g.tag : scan_code(g.scan, g.group, d);

    *out = code;
    if (!code)
        return false;
    if (x->dim->kind == DIMENSION_SESSION)
        *out = (int64_t)x->by_key.keys[code - 1];
    if (x->dim->kind != DIMENSION_TIME)
        return true;
    *out = bucket_of_code(x, code);
    if (g.scan == j->before)
        *out = align_bucket(j->zone, (enum bucket)x->dim->which, *out, j->before_since_us,
                            j->since_us);
    return true;
}

bool joined_is_time(const struct joined *j, size_t d)
{
    return scan_axis(j->now, d)->dim->kind == DIMENSION_TIME;
}

bool joined_value(const struct joined *j, uint32_t group, size_t d, int64_t *out)
{
    return value_in(j, source_of(j, group), d, out);
}

/* The bucket is one of the window reported. */
static bool in_window(const struct joined *j, enum bucket kind, int64_t number)
{
    struct bucketer b;

    bucketer_init(&b, j->zone, kind);
    return kind == BUCKET_WEEKDAY || (number >= bucket_number(&b, j->since_us) &&
                                      number <= bucket_number(&b, j->until_us - 1));
}

struct sv joined_text(const struct joined *j, uint32_t group, size_t d, struct arena *a)
{
    struct group_source g = source_of(j, group);
    const struct axis *x = scan_axis(g.scan, d);
    int64_t value;
    char label[40];
    size_t n;

    if (d == j->tags)
        return g.tag ? x->texts.v[g.tag - 1] : SV_NONE;
    if (g.scan == j->before && x->dim->kind == DIMENSION_TIME && value_in(j, g, d, &value) &&
        in_window(j, (enum bucket)x->dim->which, value)) {
        n = bucket_label(j->zone, (enum bucket)x->dim->which, value, label);
        return arena_copy(a, (struct sv){label, n});
    }
    return axis_text(x, scan_code(g.scan, g.group, d), a);
}

int joined_compare(const struct joined *j, uint32_t a, uint32_t b, struct arena *scratch)
{
    int order = 0;

    for (size_t d = 0; d < j->n_by && !order; d++) {
        struct sv x = joined_text(j, a, d, scratch), y = joined_text(j, b, d, scratch);

        order = x.p && y.p ? sv_cmp(x, y) : !x.p - !y.p;
    }
    return order;
}

/* ---- joining -------------------------------------------------------------------------------- */

struct joining {
    struct joined *j;
    struct keymap map; /* hash of a group's values to its number */
    uint32_t cap;      /* of j->sources */
    uint32_t cap_list;
};

static bool same(const struct joined *j, uint32_t group, struct group_source g)
{
    for (size_t d = 0; d < j->n_by; d++) {
        int64_t a, b;
        bool known = joined_value(j, group, d, &a);

        if (known != value_in(j, g, d, &b) || (known && a != b))
            return false;
    }
    return true;
}

static uint64_t hash_of(const struct joined *j, struct group_source g)
{
    uint64_t hash = 0;

    for (size_t d = 0; d < j->n_by; d++) {
        int64_t value;
        bool known = value_in(j, g, d, &value);

        hash = hash_mix(hash + (known ? (uint64_t)value * 2 + 1 : 0));
    }
    return hash;
}

/* array[n + 1] of `size` bytes each, doubled; false when out of memory. */
static bool room_for_one(void *array, uint32_t n, uint32_t *cap, size_t size)
{
    uint32_t more = *cap ? *cap * 2 : 64;
    void *old, *bigger;

    if (n < *cap)
        return true;
    memcpy(&old, array, sizeof(old));
    bigger = more > *cap ? realloc(old, more * size) : NULL;
    if (!bigger)
        return false;
    memcpy(array, &bigger, sizeof(bigger));
    *cap = more;
    return true;
}

/* The number of a group, given out where it is new; two of one hash: the later goes by the next
 * free one. KEYMAP_NONE when out of memory. */
static uint32_t number_of(struct joining *n, struct group_source g)
{
    struct joined *j = n->j;
    uint64_t hash = hash_of(j, g);
    uint32_t at;

    for (; (at = keymap_find(&n->map, hash)) != KEYMAP_NONE; hash++)
        if (same(j, at, g))
            return at;
    if (j->n >= UINT32_MAX - 2 || !room_for_one(&j->sources, j->n, &n->cap, sizeof(*j->sources)) ||
        keymap_add(&n->map, hash) == KEYMAP_NONE)
        return KEYMAP_NONE;
    j->sources[j->n] = g;
    return j->n++;
}

/* Numbers a scan's group, or each of its tags. */
static bool place_group(struct joining *n, const struct scan *s, uint32_t group, struct places *p,
                        uint32_t *used)
{
    struct joined *j = n->j;
    struct tag_set set = {NULL, 0};
    uint32_t parts;

    if (j->tags < j->n_by)
        set = axis_tags(scan_axis(s, j->tags), scan_code(s, group, j->tags));
    parts = j->first_tag && set.n ? 1 : set.n;
    for (uint32_t i = 0; i < parts || i == 0; i++) {
        struct group_source g = {s, group, parts ? (int64_t)set.tags[i] + 1 : 0};
        uint32_t number = number_of(n, g);

        if (number == KEYMAP_NONE || *used == UINT32_MAX ||
            !room_for_one(&p->list, *used, &n->cap_list, sizeof(*p->list)))
            return false;
        p->list[(*used)++] = number;
    }
    return true;
}

static bool place_groups(struct joining *n, const struct scan *s, struct places *p)
{
    uint32_t groups = scan_groups(s), used = 0;

    n->cap_list = 0;
    p->start = calloc((size_t)groups + 1, sizeof(*p->start));
    if (!p->start)
        return false;
    for (uint32_t g = 0; g < groups; g++) {
        if (!place_group(n, s, g, p, &used))
            return false;
        p->start[g + 1] = used;
    }
    return true;
}

static enum err find_tags(struct joined *j, struct error *err)
{
    j->tags = j->n_by;
    for (size_t d = 0; d < j->n_by; d++) {
        if (scan_axis(j->now, d)->dim->kind != DIMENSION_TAGS)
            continue;
        if (j->tags < j->n_by)
            return error_set(err, ERR_USAGE, "by: %s and %s: one dimension of tags at a time",
                             scan_axis(j->now, j->tags)->name, scan_axis(j->now, d)->name);
        j->tags = d;
    }
    return OK;
}

enum err joined_find(struct joined *j, struct error *err)
{
    struct joining n = {.j = j};
    bool ok;
    enum err rc = find_tags(j, err);

    if (rc)
        return rc;
    if (!j->before && j->tags == j->n_by) {
        j->n = j->n_now = scan_groups(j->now);
        return OK;
    }
    ok = place_groups(&n, j->now, &j->of_now);
    j->n_now = j->n;
    ok = ok && (!j->before || place_groups(&n, j->before, &j->of_before));
    keymap_release(&n.map);
    return ok ? OK : no_memory(err);
}

void joined_release(struct joined *j)
{
    free(j->of_now.start);
    free(j->of_now.list);
    free(j->of_before.start);
    free(j->of_before.list);
    free(j->sources);
    *j = (struct joined){0};
}
