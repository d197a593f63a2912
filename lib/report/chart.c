/* chart: what a chart says beside its bars: time without calls, which a table does not show. */
#include "report/run.h"

#include <inttypes.h>
#include <stdio.h>
#include "base/time_text.h"
#include "query/call_gaps.h"
#include "report/numbers.h"
#include "base/banned.h"

enum {
    BUSY_MEDIAN = 10, /* calls an hour from which an hour without any is a gap, as for doctor */
    GAPS_NAMED = 2,   /* of a day */
};

/* The only dimension is a line of time in its own order. */
static bool is_time_line(const struct run *r, enum bucket *kind)
{
    const struct dimension *dim = scan_axis(r->scan, 0)->dim;

    *kind = dim->kind == DIMENSION_TIME ? (enum bucket)dim->which : BUCKET_WEEKDAY;
    return r->n_by == 1 && r->sort.by == SORT_DEFAULT && *kind != BUCKET_WEEKDAY;
}

/* ---- buckets without calls ------------------------------------------------------------------ */

static int64_t next_bucket(const struct zone *z, enum bucket kind, int64_t number)
{
    struct bucketer b;

    if (kind >= BUCKET_DAY)
        return number + 1;
    bucketer_init(&b, z, kind);
    bucket_number(&b, number * US_PER_S);
    return bucket_number(&b, b.until_us);
}

/* "no calls", "no calls for 3 days" */
static const char *no_calls(struct table *t, enum bucket kind, int64_t from, int64_t until)
{
    static const char *const words[] = {
        [BUCKET_DAY] = "day", [BUCKET_WEEK] = "week", [BUCKET_MONTH] = "month"};
    char text[64] = "no calls";
    int64_t minutes = (until - from) / 60;

    if (kind >= BUCKET_DAY && until - from > 1)
        snprintf(text, sizeof(text), "no calls for %" PRId64 " %ss", until - from, words[kind]);
    else if (kind < BUCKET_DAY && minutes % 60 == 0)
        snprintf(text, sizeof(text), "no calls for %" PRId64 " h", minutes / 60);
    else if (kind < BUCKET_DAY)
        snprintf(text, sizeof(text), "no calls for %" PRId64 " min", minutes);
    return arena_text(&t->arena, text);
}

/* A row for the buckets [from, until). */
static bool gap_row(struct run *r, enum bucket kind, int64_t from, int64_t until, struct row *out)
{
    struct table *t = r->table;
    char label[40];
    size_t n = bucket_label(r->spec->zone, kind, from, label);

    *out = (struct row){.kind = ROW_GAP,
                        .cells = arena_zalloc(&t->arena, t->n_columns, sizeof(*out->cells)),
                        .remark = no_calls(t, kind, from, until)};
    if (!out->cells || !out->remark)
        return false;
    out->cells[0] = cell_text(arena_copy(&t->arena, (struct sv){label, n}));
    return out->cells[0].type == CELL_TEXT;
}

static bool number_of_row(const struct run *r, size_t i, int64_t *out)
{
    return i < r->ranking.shown && joined_value(&r->groups, r->ranking.order[i], 0, out);
}

/* The rows with a row for each stretch between two of them. */
static bool add_gap_rows(struct run *r, enum bucket kind)
{
    struct table *t = r->table;
    struct row *rows = arena_zalloc(&t->arena, 2 * t->n_rows + 1, sizeof(*rows));
    int64_t wanted = 0, number;
    size_t n = 0;

    if (!rows)
        return false;
    for (size_t i = 0; i < t->n_rows; i++) {
        bool timed = number_of_row(r, i, &number);

        if (timed && i > 0 && wanted < number && !gap_row(r, kind, wanted, number, &rows[n++]))
            return false;
        rows[n++] = t->rows[i];
        if (timed)
            wanted = next_bucket(r->spec->zone, kind, number);
    }
    t->rows = rows;
    t->cap_rows = 2 * t->n_rows + 1;
    t->n_rows = n;
    return true;
}

/* ---- hours without calls -------------------------------------------------------------------- */

static void add_clock(const struct zone *z, int64_t us, char out[8])
{
    int64_t minutes = (us + zone_offset_s(z, us) * US_PER_S) / (60 * US_PER_S);

    snprintf(out, 8, "%02d:%02d", (int)(minutes / 60 % 24), (int)(minutes % 60));
}

/* "gap 02:00-05:00", as far as it lies in [from, until); false when it does not, or is all of it.
 */
static bool gap_words(const struct zone *z, const struct call_gap *gap, int64_t from, int64_t until,
                      char out[32])
{
    int64_t first = gap->from_us > from ? gap->from_us : from;
    int64_t last = gap->until_us < until ? gap->until_us : until;
    char begin[8], end[8];

    if (first >= last || (first == from && last == until))
        return false;
    add_clock(z, first, begin);
    add_clock(z, last, end);
    snprintf(out, 32, "gap %s-%s", begin, last == until ? "24:00" : end);
    return true;
}

static bool remark_day(struct run *r, struct row *row, int64_t day, const struct call_gaps *gaps)
{
    const struct zone *z = r->spec->zone;
    int64_t from = zone_day_start_us(z, day), until = zone_day_start_us(z, day + 1);
    char text[128] = "", words[32];
    int named = 0;

    for (size_t g = 0; g < gaps->n && named < GAPS_NAMED; g++)
        if (gap_words(z, &gaps->gaps[g], from, until, words)) {
            size_t n = strlen(text);

            snprintf(text + n, sizeof(text) - n, "%s%s", n ? ", " : "", words);
            named++;
        }
    if (named)
        row->remark = arena_text(&r->table->arena, text);
    return !named || row->remark;
}

static enum err remark_days(struct run *r, struct error *err)
{
    struct call_gaps gaps = {0};
    enum err rc =
        call_gaps_read(r->store, r->spec->jobs, BUSY_MEDIAN, &r->table->arena, &gaps, err);

    for (size_t i = 0; !rc && i < r->table->n_rows; i++) {
        int64_t day;

        if (number_of_row(r, i, &day) && !remark_day(r, &r->table->rows[i], day, &gaps))
            rc = run_no_memory(err);
    }
    return rc;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void find_columns(const struct run *r, struct chart *c)
{
    for (size_t i = 0; i < r->columns.n; i++) {
        enum period p = r->columns.list[i].period;
        size_t at = r->n_by + i;

        c->column = p == PERIOD_NOW ? at : c->column;
        c->before = p == PERIOD_BEFORE ? at : c->before;
        c->change_rate = p == PERIOD_CHANGE_RATE ? at : c->change_rate;
    }
    c->compared = c->before && c->change_rate;
}

enum err run_chart(struct run *r, struct error *err)
{
    struct chart *c = arena_zalloc(&r->table->arena, 1, sizeof(*c));
    enum bucket kind;
    enum err rc = OK;

    if (!c)
        return run_no_memory(err);
    find_columns(r, c);
    r->table->chart = c;
    if (!is_time_line(r, &kind))
        return OK;
    if (kind == BUCKET_DAY)
        rc = remark_days(r, err);
    if (!rc && !add_gap_rows(r, kind))
        rc = run_no_memory(err);
    return rc;
}
