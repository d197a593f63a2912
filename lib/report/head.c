/* head: what the envelope of a table says of the calls that were read. */
#include "report/head.h"

#include "base/banned.h"

static const char **copy_list(struct table *t, const char *const *list, size_t n)
{
    const char **copy = arena_zalloc(&t->arena, n + 1, sizeof(*copy));

    for (size_t i = 0; copy && i < n; i++) {
        copy[i] = arena_text(&t->arena, list[i]);
        if (!copy[i])
            return NULL;
    }
    return copy;
}

enum err head_fill(struct table *t, const struct store *s, struct scan_counts n,
                   const struct scan_spec *spec, struct error *err)
{
    bool timed = n.first_us <= n.last_us;
    char days[96];

    t->total_calls = n.calls;
    t->db = strcmp(store_path(s), ":memory:") ? arena_text(&t->arena, store_path(s)) : NULL;
    t->tz = arena_text(&t->arena, spec->zone->name ? spec->zone->name : "UTC");
    t->since_known = spec->since_known || timed;
    t->until_known = spec->until_known || timed;
    t->since_us = spec->since_known ? spec->since_us : n.first_us;
    t->until_us = spec->until_known ? spec->until_us : n.last_us + (n.last_us < INT64_MAX);
    if (timed) {
        bucket_days_label(spec->zone, n.first_us, n.last_us, days);
        t->window_text = arena_text(&t->arena, days);
    }
    t->filters = copy_list(t, spec->where, spec->n_where);
    t->n_filters = spec->n_where;
    t->by = copy_list(t, spec->by, spec->n_by);
    t->n_by = spec->n_by;
    return t->tz && t->filters && t->by && (!timed || t->window_text)
               ? OK
               : error_set(err, ERR_NOMEM, "out of memory for a table");
}

bool head_fill_list(struct table *t, const struct store *s, const char *verb,
                    const struct scan_spec *spec, struct scan_counts n)
{
    struct error err;

    t->verb = verb;
    return head_fill(t, s, n, spec, &err) == OK && table_add_fact(t, "calls", cell_int(n.calls)) &&
           table_add_fact(t, "calls_without_time", cell_int(n.calls_without_time)) &&
           (!n.calls_without_time || (!spec->since_known && !spec->until_known) ||
            table_warn(t, "%lld call%s without a time are in no window",
                       (long long)n.calls_without_time, n.calls_without_time == 1 ? "" : "s"));
}
