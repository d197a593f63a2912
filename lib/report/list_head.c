/* list_head: see the header. */
#include "report/list_head.h"

#include "query/bucket.h"
#include "base/banned.h"

static const char *copy(struct table *t, const char *text)
{
    struct sv s = arena_copy(&t->arena, (struct sv){text, strlen(text) + 1});

    return s.p;
}

bool list_head_fill(struct table *t, struct store *s, const char *verb,
                    const struct scan_spec *spec, const struct scan_counts *n)
{
    bool timed = n->first_us <= n->last_us;
    char days[96];

    t->verb = verb;
    t->total_calls = n->calls;
    t->db = strcmp(store_path(s), ":memory:") ? copy(t, store_path(s)) : NULL;
    t->tz = spec->zone->name ? copy(t, spec->zone->name) : "UTC";
    t->since_known = spec->since_known || timed;
    t->until_known = spec->until_known || timed;
    t->since_us = spec->since_known ? spec->since_us : n->first_us;
    t->until_us = spec->until_known ? spec->until_us : n->last_us + (n->last_us < INT64_MAX);
    if (timed) {
        bucket_days_label(spec->zone, n->first_us, n->last_us, days);
        t->window_text = copy(t, days);
    }
    t->filters = arena_zalloc(&t->arena, spec->n_where + 1, sizeof(*t->filters));
    for (size_t i = 0; t->filters && i < spec->n_where; i++)
        t->filters[i] = copy(t, spec->where[i]);
    t->n_filters = t->filters ? spec->n_where : 0;
    return t->filters && t->tz && table_add_fact(t, "calls", cell_int(n->calls)) &&
           table_add_fact(t, "calls_without_time", cell_int(n->calls_without_time)) &&
           (!n->calls_without_time || (!spec->since_known && !spec->until_known) ||
            table_warn(t, "%lld call%s without a time are in no window",
                       (long long)n->calls_without_time, n->calls_without_time == 1 ? "" : "s"));
}
