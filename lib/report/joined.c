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

/* The group in the scan that knows it. */
static const struct scan *scan_of(const struct joined *j, uint32_t *group)
{
    if (*group < j->n_now)
        return j->now;
    *group = j->vanished[*group - j->n_now];
    return j->before;
}

/* Of a group of one of the scans. Both see the same dictionaries, so that codes are the same but
 * for those that are numbered from the calls that a scan sees. */
static bool value_in(const struct joined *j, const struct scan *s, uint32_t group, size_t d,
                     int64_t *out)
{
    const struct axis *x = scan_axis(s, d);
    int64_t code = scan_code(s, group, d);

    *out = code;
    if (!code)
        return false;
    if (x->dim->kind == DIMENSION_SESSION)
        *out = (int64_t)x->by_key.keys[code - 1];
    if (x->dim->kind != DIMENSION_TIME)
        return true;
    *out = bucket_of_code(x, code);
    if (s == j->before)
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
    const struct scan *s = scan_of(j, &group);

    return value_in(j, s, group, d, out);
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
    const struct scan *s = scan_of(j, &group);
    const struct axis *x = scan_axis(s, d);
    int64_t value;
    char label[40];
    size_t n;

    if (s == j->before && x->dim->kind == DIMENSION_TIME && value_in(j, s, group, d, &value) &&
        in_window(j, (enum bucket)x->dim->which, value)) {
        n = bucket_label(j->zone, (enum bucket)x->dim->which, value, label);
        return arena_copy(a, (struct sv){label, n});
    }
    return axis_text(x, scan_code(s, group, d), a);
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

static bool same(const struct joined *j, uint32_t group, uint32_t of_before)
{
    for (size_t d = 0; d < j->n_by; d++) {
        int64_t a, b;
        bool known = joined_value(j, group, d, &a);

        if (known != value_in(j, j->before, of_before, d, &b) || (known && a != b))
            return false;
    }
    return true;
}

static uint64_t hash_in(const struct joined *j, const struct scan *s, uint32_t group)
{
    uint64_t hash = 0;

    for (size_t d = 0; d < j->n_by; d++) {
        int64_t value;
        bool known = value_in(j, s, group, d, &value);

        hash = hash_mix(hash + (known ? (uint64_t)value * 2 + 1 : 0));
    }
    return hash;
}

/* Adds a group under the first free hash; those of the window reported all differ. */
static bool add_now(struct joined *j, struct keymap *map, uint32_t group)
{
    uint64_t hash = hash_in(j, j->now, group);

    while (keymap_find(map, hash) != KEYMAP_NONE)
        hash++;
    return keymap_add(map, hash) != KEYMAP_NONE; /* its number is the group's */
}

/* Finds the group's place, a new one at the end if it must be. */
static bool add_before(struct joined *j, struct keymap *map, uint32_t group)
{
    uint64_t hash = hash_in(j, j->before, group);
    uint32_t at;

    for (; (at = keymap_find(map, hash)) != KEYMAP_NONE; hash++)
        if (same(j, at, group)) {
            j->of_before[group] = at;
            return true;
        }
    if (keymap_add(map, hash) == KEYMAP_NONE)
        return false;
    j->of_before[group] = j->n;
    j->vanished[j->n - j->n_now] = group;
    j->n++;
    return true;
}

enum err joined_find(struct joined *j, struct error *err)
{
    struct keymap map = {0};
    uint32_t n_before;
    bool ok;

    j->n = j->n_now = scan_groups(j->now);
    if (!j->before)
        return OK;
    n_before = scan_groups(j->before);
    j->of_before = calloc((size_t)n_before + 1, sizeof(*j->of_before));
    j->vanished = calloc((size_t)n_before + 1, sizeof(*j->vanished));
    ok = j->of_before && j->vanished && n_before < UINT32_MAX - 2 - j->n_now;
    for (uint32_t g = 0; ok && g < j->n_now; g++)
        ok = add_now(j, &map, g);
    for (uint32_t g = 0; ok && g < n_before; g++)
        ok = add_before(j, &map, g);
    keymap_release(&map);
    return ok ? OK : no_memory(err);
}

void joined_release(struct joined *j)
{
    free(j->of_before);
    free(j->vanished);
    *j = (struct joined){0};
}
