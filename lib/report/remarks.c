/* remarks: what to know about the figures of a report: coverage, warnings and notes. */
#include "report/run.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/time_text.h"
#include "report/numbers.h"
#include "base/banned.h"

/* Fields and session ids that at least one counted call has. */
static bool note_known(void *ctx, const struct slice *slice)
{
    _Atomic uint64_t *known = ctx;
    uint64_t found = 0;

    for (int c = 0; c < C_COUNT; c++) {
        if (c >= F_DIM_COUNT && c != C_SESSION_KEY)
            continue;
        for (int64_t i = 0; i < slice->rows; i++)
            if (slice->cols[c][i] != CALL_MISSING && slice->group[i] != SCAN_OUT) {
                found |= COLUMN(c);
                break;
            }
    }
    atomic_fetch_or(known, found);
    return true;
}

static bool has_values(const struct dimension *d, uint64_t known)
{
    switch (d->kind) {
    case DIMENSION_TEXT: /* the model is enough */
        return d->which != F_REQUEST_MODEL && d->which != F_RESPONSE_MODEL &&
               known & COLUMN(d->which);
    case DIMENSION_MODEL:
        return known & (COLUMN(F_REQUEST_MODEL) | COLUMN(F_RESPONSE_MODEL));
    case DIMENSION_SESSION:
        return known & COLUMN(C_SESSION_KEY);
    default:
        return false;
    }
}

static enum err warn_empty_dimension(struct run *r, size_t d, struct error *err)
{
    uint64_t mask = COLUMN(C_SESSION_KEY) | (COLUMN(F_DIM_COUNT) - 1);
    _Atomic uint64_t known = 0;
    char list[512] = "";
    size_t n = 0;
    enum err rc = scan_walk(r->scan, mask, note_known, &known, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < dimension_count; i++)
        if (has_values(&dimensions[i], known)) {
            int more =
                snprintf(list + n, sizeof(list) - n, "%s%s", n ? ", " : "", dimensions[i].name);
            n += more > 0 ? (size_t)more : 0;
        }
    return table_warn(r->table, "no call has a value for %s%s%s", r->by[d],
                      n ? "; there are values for: " : "", list)
               ? OK
               : run_no_memory(err);
}

static bool all_missing(const struct run *r, size_t d)
{
    int64_t value;

    for (uint32_t g = 0; g < r->groups.n; g++)
        if (joined_value(&r->groups, g, d, &value))
            return false;
    return scan_groups(r->scan) > 0;
}

/* Some figure is made from times to first token. */
static bool uses_ttft(const struct run *r)
{
    const uint64_t tallies = UINT64_C(1) << T_TTFT | UINT64_C(1) << T_TPOT | UINT64_C(1) << T_SPEED;
    const uint32_t pool_ids =
        UINT32_C(1) << POOL_TTFT | UINT32_C(1) << POOL_TPOT | UINT32_C(1) << POOL_SPEED;

    return (r->tallies & tallies) || (r->pool_ids & pool_ids);
}

/* Appends "search, support/gpt-4o". */
static void add_name(struct run *r, uint32_t group, struct buf *b)
{
    for (size_t d = 0; d < r->n_by; d++) {
        struct sv text = joined_text(&r->groups, group, d, &r->table->arena);

        buf_str(b, d ? "/" : "");
        buf_sv(b, text.p ? text : SV("(none)"));
    }
}

static i128 lonely_weight(const struct run *r, const struct sums *s, uint32_t group)
{
    return r->shows_money ? sums_sum(s, T_COST, group) : sums_n(s, T_CALLS, group);
}

/* Dearer, or the same and first by name. */
static bool goes_before(const struct run *r, const struct sums *s, uint32_t a, uint32_t b)
{
    i128 x = lonely_weight(r, s, a), y = lonely_weight(r, s, b);

    return x > y || (x == y && joined_compare(&r->groups, a, b, &r->table->arena) < 0);
}

/* The groups of one window only: how many, and those that cost most. now: of the later one. */
static void add_lonely(struct run *r, bool now, struct buf *b, int64_t *n)
{
    enum { NAMED = 3 };
    const struct sums *in = now ? &r->sums : &r->sums_before;
    const struct sums *out = now ? &r->sums_before : &r->sums;
    uint32_t most[NAMED];
    size_t kept = 0;

    *n = 0;
    for (uint32_t g = 0; g < r->groups.n; g++) {
        size_t at;

        if (!run_has_calls(r, in, g) || run_has_calls(r, out, g))
            continue;
        ++*n;
        for (at = kept; at > 0 && goes_before(r, in, g, most[at - 1]); at--)
            if (at < NAMED)
                most[at] = most[at - 1];
        if (at < NAMED)
            most[at] = g;
        kept += kept < NAMED;
    }
    if (!*n)
        return;
    buf_str(b, b->n ? "; " : "");
    number_count(b, *n);
    buf_printf(b, " group%s %s: ", plural(*n), now ? "new" : "vanished");
    for (size_t i = 0; i < kept; i++) {
        buf_str(b, i ? ", " : "");
        add_name(r, most[i], b);
        if (r->shows_money && (sums_n(in, T_COST, most[i]) || sums_sum(in, T_COST, most[i]))) {
            buf_str(b, sums_n(in, T_UNPRICED, most[i]) ? " (>= " : " (");
            number_money(b, sums_sum(in, T_COST, most[i]));
            buf_char(b, ')');
        }
    }
    if (*n > NAMED)
        buf_str(b, " ...");
}

/* "the windows differ in length: 1 day and 6" */
static bool note_lengths(struct run *r)
{
    const struct report_spec *spec = r->spec;
    int64_t now_us = spec->until_us - spec->since_us;
    int64_t before_us = spec->versus_until_us - spec->versus_since_us;
    int64_t hour_us = 3600 * US_PER_S, day_us = US_PER_DAY, unit = hour_us;

    if (llabs(now_us - before_us) < 2 * hour_us) /* clocks may change */
        return true;
    if (now_us % day_us == 0 && before_us % day_us == 0)
        unit = day_us;
    return table_note(r->table, "the windows differ in length: %.4g %s%s and %.4g",
                      (double)now_us / (double)unit, unit == day_us ? "day" : "hour",
                      plural(now_us / unit), (double)before_us / (double)unit);
}

/* What is to be known about the window before. */
static bool tell_before(struct run *r)
{
    int64_t appeared = 0, vanished = 0, unpriced;
    struct table *t = r->table;
    struct buf b = {0};
    bool ok = true, time = false;

    if (!r->before)
        return true;
    for (size_t d = 0; d < r->n_by; d++)
        time |= joined_is_time(&r->groups, d);
    if (r->n_by) {
        add_lonely(r, true, &b, &appeared);
        add_lonely(r, false, &b, &vanished);
    }
    unpriced = sums_n(&r->sums_before, T_UNPRICED, r->groups.n + 1);
    if (b.n && !time) /* days come and go */
        ok = table_note(t, "%s", b.p);
    ok &= note_lengths(r);
    if (unpriced && r->shows_money)
        ok &= table_note(t, "%" PRId64 " call%s of the window before %s no price", unpriced,
                         plural(unpriced), unpriced == 1 ? "has" : "have");
    ok &= !b.failed && table_add_fact(t, "calls_previous", cell_int(t->previous_calls)) &&
          table_add_fact(t, "unpriced_calls_previous", cell_int(unpriced)) &&
          table_add_fact(t, "groups_new", cell_int(appeared)) &&
          table_add_fact(t, "groups_vanished", cell_int(vanished));
    buf_release(&b);
    return ok;
}

static const char *const tag_notes[] = {
    [TAGS_SPLIT] = "a call with several tags is shared among them (--tags first, any)",
    [TAGS_FIRST] = "a call counts for its first tag alone (--tags split, any)",
    [TAGS_ANY] = "a call counts for each of its tags: the rows do not add up to the total",
};

static bool add_notes(struct run *r)
{
    int64_t degenerate = uses_ttft(r) ? scan_counts(r->scan).degenerate_ttft : 0;
    const struct ranking *k = &r->ranking;
    struct table *t = r->table;
    bool ok = true;

    if (r->by_tags && r->groups.tags < r->n_by)
        ok &= table_note(t, "%s", tag_notes[r->spec->tags]);
    if (r->dropped_pooled)
        ok &= table_note(t, "percentiles and counts of users and sessions are not made by tag");
    if (degenerate && !r->spec->keep_degenerate_ttft)
        ok &= table_note(t, "%" PRId64 " degenerate ttft left out (--degenerate keeps %s)",
                         degenerate, degenerate == 1 ? "it" : "them");
    if (k->below_min_n)
        ok &= table_note(t, "%" PRIu32 " group%s with fewer than %" PRId64 " calls in (other)",
                         k->below_min_n, plural(k->below_min_n), r->spec->min_n);
    if (k->beyond_limit)
        ok &= table_note(t, "%" PRIu32 " more group%s in (other)", k->beyond_limit,
                         plural(k->beyond_limit));
    return ok;
}

static bool has_view(const struct run *r, const char *name)
{
    for (size_t i = 0; i < r->spec->n_views; i++)
        if (strcmp(r->spec->views[i], name) == 0)
            return true;
    return false;
}

/* Where the cost comes from, and what it lacks. */
static enum err add_money(struct run *r, struct error *err)
{
    enum cost_choice choice = (enum cost_choice)r->spec->cost;
    uint32_t total = r->ranking.groups + 1;
    struct unpriced_model *models = NULL;
    size_t n = 0;
    enum err rc = OK;

    if (!r->shows_money)
        return OK;
    if (sums_n(&r->sums, T_UNPRICED, total))
        rc = money_unpriced(r->scan, choice, &r->table->arena, &models, &n, err);
    if (rc)
        return rc;
    return money_tell_unpriced(r->table, models, n, choice,
                               r->money.given + r->money.computed + r->money.free > 0) &&
                   money_tell_sources(r->table, &r->money, has_view(r, "cost"))
               ? OK
               : run_no_memory(err);
}

/* Where safety is reported: how much of it is scanning's word and how much the log's own, and why there
 * may be none of the first. */
static bool tell_safety(struct run *r)
{
    uint32_t total = r->ranking.groups + 1;
    int64_t logged, known, scanned;

    if (!has_view(r, "safety"))
        return true;
    logged = sums_n(&r->sums, T_DECLINED_LOGGED, total);
    known = sums_n(&r->sums, T_FINISHED, total);
    scanned = sums_n(&r->sums, T_SCANNED, total);
    if (logged && !table_note(r->table,
                              "refusals: %" PRId64 " of %" PRId64 " calls by their log's own word, "
                              "the others by finish reason and scanning",
                              logged, known))
        return false;
    return scanned || !sums_n(&r->sums, T_CALLS, total) ||
           table_note(r->table, "no call was scanned: its log has no texts, or it was read with "
                                "--no-scan");
}

enum err run_remark(struct run *r, struct error *err)
{
    struct scan_counts n = scan_counts(r->scan);
    int64_t unpriced = sums_n(&r->sums, T_UNPRICED, r->ranking.groups + 1);
    bool bounded = r->spec->since_known || r->spec->until_known;
    struct table *t = r->table;
    int64_t quarantined = 0;
    enum err rc = store_count_quarantined(r->store, &quarantined, err);
    bool ok;

    if (rc)
        return rc;
    ok = table_add_fact(t, "calls", cell_int(n.calls)) &&
         table_add_fact(t, "calls_without_time", cell_int(n.calls_without_time)) &&
         table_add_fact(t, "zoneless_calls", cell_int(n.zoneless_calls)) &&
         table_add_fact(t, "unpriced_calls", cell_int(unpriced)) &&
         table_add_fact(t, "quarantined_lines", cell_int(quarantined));
    if (uses_ttft(r))
        ok &= table_add_fact(t, "degenerate_ttft", cell_int(n.degenerate_ttft));
    if (n.calls_without_time && bounded)
        ok &= table_warn(t, "%" PRId64 " call%s without a start time %s outside of the window",
                         n.calls_without_time, plural(n.calls_without_time),
                         n.calls_without_time == 1 ? "is" : "are");
    if (r->tallies >> T_OUTCOMES & 1 && n.calls && !sums_n(&r->sums, T_OUTCOMES, r->ranking.groups + 1))
        ok &= table_warn(t, "no call succeeded, so there is no cost per outcome; --success says "
                            "what a success is (default: status=ok)");
    for (size_t d = 0; d < r->n_by && !rc; d++)
        if (all_missing(r, d))
            rc = warn_empty_dimension(r, d, err);
    if (rc)
        return rc;
    rc = add_money(r, err);
    if (rc)
        return rc;
    return ok && tell_before(r) && tell_safety(r) && add_notes(r) ? OK : run_no_memory(err);
}
