/* alert_head: see the header. */
#include "alert_head.h"

#include <inttypes.h>
#include <string.h>
#include "alert/alert_table.h"
#include "base/time_text.h"
#include "report/report.h"
#include "report/words.h"
#include "base/banned.h"

#define STALE_US (60 * 60 * US_PER_S)

/* A log that ends long ago can hide anything. */
static enum err warn_stale(struct store *store, const struct alert_head *h, struct table *t,
                           struct error *err)
{
    int64_t first_us, last_us, late = h->period && strcmp(h->period, "day") == 0 ? 24 : 1;
    struct buf b = {0};
    bool ok = true;
    enum err rc = report_time_range(store, &first_us, &last_us, err);

    if (rc)
        return rc;
    if (first_us > last_us) {
        ok = table_warn(t, "there are no calls with a start time: nothing can be judged");
    } else if (h->now_us - last_us > late * STALE_US) {
        words_time(&b, h->zone, last_us);
        ok = !b.failed && table_warn(t, "no call since %.*s: are logs missing?", (int)b.n, b.p);
    }
    buf_release(&b);
    return ok ? OK : error_set(err, ERR_NOMEM, "out of memory");
}

/* "3 anomalies, 1 to watch" */
static bool count_findings(struct table *t, const struct verdicts *v, struct buf *out)
{
    int64_t n[VERDICT_OK + 1] = {0};

    for (size_t i = 0; i < v->n; i++)
        n[v->v[i].state]++;
    buf_printf(out, "%" PRId64 " anomal%s", n[VERDICT_FIRING],
               n[VERDICT_FIRING] == 1 ? "y" : "ies");
    if (n[VERDICT_PENDING])
        buf_printf(out, ", %" PRId64 " to watch", n[VERDICT_PENDING]);
    buf_printf(out, " in %zu figures", v->n);
    if (n[VERDICT_SKIPPED])
        buf_printf(out, ", %" PRId64 " without enough data", n[VERDICT_SKIPPED]);
    return table_add_fact(t, "charts", cell_int((int64_t)v->n)) &&
           table_add_fact(t, "charts_firing", cell_int(n[VERDICT_FIRING])) &&
           table_add_fact(t, "charts_watch", cell_int(n[VERDICT_PENDING])) &&
           table_add_fact(t, "charts_skipped", cell_int(n[VERDICT_SKIPPED]));
}

/* "2026-11-21 10:50:00 (UTC)   s001: 5 rules: 1 firing, 4 ok   db: llmobs.db" */
static bool fill(const struct invocation *inv, const struct store *store,
                 const struct alert_head *h, struct table *t)
{
    struct buf b = {0};
    bool file = strcmp(store_path(store), ":memory:") != 0, ok;

    words_time(&b, h->zone, h->now_us);
    t->tz = text_copy(&t->arena, sv_from(h->zone->name ? h->zone->name : "UTC"));
    t->db = file ? text_copy(&t->arena, sv_from(store_path(store))) : NULL;
    buf_printf(&b, " (%s)   ", t->tz ? t->tz : "");
    if (h->rules) {
        buf_printf(&b, "%s: ", h->rules->name);
        ok = alert_table_count(t, h->rules, h->verdicts, &b);
    } else {
        buf_printf(&b, "by %s: ", h->period);
        ok = count_findings(t, h->verdicts, &b);
    }
    if (t->db)
        buf_printf(&b, "   db: %s", t->db);
    t->head = b.failed ? NULL : text_copy(&t->arena, (struct sv){b.p, b.n});
    t->until_known = true;
    t->until_us = h->now_us;
    t->filters = inv->shared.where.v;
    t->n_filters = inv->shared.where.n;
    t->by = inv->shared.by.v;
    t->n_by = inv->shared.by.n;
    buf_release(&b);
    return ok && t->head && t->tz;
}

enum err alert_head_fill(const struct invocation *inv, struct store *store,
                         const struct alert_head *h, struct table *t, struct error *err)
{
    if (!fill(inv, store, h, t))
        return error_set(err, ERR_NOMEM, "out of memory");
    return warn_stale(store, h, t, err);
}
