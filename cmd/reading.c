/* reading: what the verbs that show calls read, and over which time. */
#include "reading.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include "bad_lines.h"
#include "base/time_text.h"
#include "inputs.h"
#include "prices.h"
#include "report/report.h"
#include "scanners.h"
#include "zone_load.h"
#include "base/banned.h"

/* ---- files -------------------------------------------------------------------------------- */

struct reading {
    struct bad_lines bad;
    const struct shared_options *shared;
};

static void bad_line(void *ctx, const char *path, int64_t line, const char *reason)
{
    struct reading *r = ctx;

    if (!r->shared->quiet)
        bad_lines_say(&r->bad, path, line, reason);
}

static void file_done(void *ctx, const struct ingest_file *f)
{
    struct reading *r = ctx;
    struct error shown; /* its text is safe to show */

    if (f->failed || f->no_log)
        error_set(&shown, OK, "%s: %s", f->path, f->note ? f->note : "could not be read");
    else if (f->waiting && !r->shared->quiet)
        error_set(&shown, OK, "%s: its last line is not finished and is left out", f->path);
    else if (r->shared->verbose)
        error_set(&shown, OK, "%s: %s, %" PRId64 " lines, %" PRId64 " calls", f->path, f->formats,
                  f->lines, f->calls_new);
    else
        return;
    fprintf(stderr, "llmobs: %s\n", shown.msg);
}

static void no_progress(void *ctx, const char *path, int64_t consumed_bytes, int64_t total_bytes,
                        int64_t records)
{
    (void)ctx, (void)path, (void)consumed_bytes, (void)total_bytes, (void)records;
}

static bool never_stop(void *ctx)
{
    (void)ctx;
    return false;
}

/* A database in memory that holds what the files say. */
static enum err read_files(struct invocation *inv, const struct text_list *files, int jobs,
                           const struct ingest_templates *templates, struct store **out,
                           struct error *err)
{
    enum keep_texts texts = inv->keep_texts || inv->keep_answers ? KEEP_WHOLE : KEEP_NO_TEXT;
    struct reading reading = {.shared = &inv->shared};
    struct ingest_options options = {
        .max_line = INPUTS_MAX_LINE,
        .jobs = jobs < 2 ? jobs : 2,
        .hash_seed = inputs_seed(),
        .calls_only = inv->calls_only,
        .templates = *templates,
        .keep = {.texts = texts, .answers_only = !inv->keep_texts, .hash_texts = true},
        .events = { &reading, bad_line,                          file_done,         no_progress, never_stop},
    };
    struct ingest_totals totals = {0};
    struct path_list paths = {0};
    struct store *store = NULL;
    struct detect_options scan;
    int64_t missing = 0;
    enum err rc = inputs_expand(files, &inv->arena, &paths, &missing, err);

    if (!rc && missing)
        rc = error_set(err, ERR_NOT_FOUND, "not all of that can be read, so no figures are shown");
    if (!rc && inv->scans && !inv->shared.no_scan) {
        rc = scanners_choose(&inv->shared, &inv->arena, &scan, err);
        options.scan = &scan;
    }
    if (!rc)
        rc = store_open(":memory:", STORE_WRITE, &store, err);
    if (!rc)
        rc = prices_open(inv, NULL, &options.prices, err);
    if (!rc)
        rc = ingest_run(store, paths.paths, paths.n, &options, &totals, err);
    price_book_free(options.prices);
    bad_lines_done(&reading.bad);
    if (!rc && totals.files_failed)
        rc = error_set(err, ERR_IO, "not all of that can be read, so no figures are shown");
    if (!rc) {
        *out = store;
        store = NULL;
    }
    store_close(store);
    return rc;
}

/* ---- the window --------------------------------------------------------------------------- */

static void stretch(int64_t us, int64_t *first, int64_t *last)
{
    *first = us < *first ? us : *first;
    *last = us > *last ? us : *last;
}

/* The windows in w's zone. */
static enum err windows_in_zone(const struct invocation *inv, const struct versus *versus,
                                struct reading_window *w, struct error *err)
{
    const struct shared_options *o = &inv->shared;

    w->since_known = o->since.kind != WHEN_NONE;
    w->until_known = o->until.kind != WHEN_NONE;
    w->since_us = when_since_us(&o->since, &w->zone, inv->now_us);
    w->until_us = when_until_us(&o->until, &w->zone, inv->now_us);
    if (versus->kind != VERSUS_NONE && !w->until_known) {
        w->until_known = true;
        w->until_us = inv->now_us;
    }
    if (w->since_known && w->until_known && w->since_us >= w->until_us)
        return error_set(err, ERR_USAGE, "--since %s is not before %s%s", o->since.text,
                         o->until.text ? "--until " : "now", o->until.text ? o->until.text : "");
    if (versus->kind == VERSUS_NONE)
        return OK;
    return versus_window(versus, &o->since, (struct window){w->since_us, w->until_us}, &w->zone,
                         inv->now_us, &w->before, err);
}

/*
 * Loads the zone over the data and the windows, then pins the windows. Their days depend on the
 * zone and the zone's range on them, so they are first taken in UTC; no zone is more than a day
 * away from it.
 */
static enum err pin_windows(struct invocation *inv, struct store *store,
                            const struct versus *versus, const struct zone_choice *choice,
                            struct reading_window *w, struct error *err)
{
    int64_t first, last;
    enum err rc = report_time_range(store, &first, &last, err);
    bool sound;

    if (rc)
        return rc;
    if (first > last)
        first = last = inv->now_us;
    stretch(inv->now_us, &first, &last);
    /* What is no window in UTC may be one in the zone: the second time counts. */
    sound = windows_in_zone(inv, versus, w, NULL) == OK;
    if (w->since_known)
        stretch(w->since_us, &first, &last);
    if (w->until_known)
        stretch(w->until_us, &first, &last);
    if (sound && versus->kind != VERSUS_NONE) {
        stretch(w->before.since_us, &first, &last);
        stretch(w->before.until_us, &first, &last);
    }
    rc = zone_load(choice, first - 2 * US_PER_DAY, last + 2 * US_PER_DAY, &inv->arena, &w->zone,
                   err);
    return rc ? rc : windows_in_zone(inv, versus, w, err);
}

/* "5%", "5% to 10%" */
static void add_shares(struct buf *b, const struct store_sampling *n)
{
    buf_printf(b, "%.6g%%", (double)n->least_ppb / 1e7);
    if (n->most_ppb != n->least_ppb)
        buf_printf(b, " to %.6g%%", (double)n->most_ppb / 1e7);
}

/* Whoever reads figures of a sampled database is told so, and which way they lean: nothing but scores
 * is weighted. */
static enum err note_sampling(struct invocation *inv, struct store *s, struct error *err)
{
    struct store_sampling n = {0};
    struct buf b = {0};
    enum err rc = store_sampling(s, &n, err);

    if (rc || !n.least_ppb)
        return rc;
    buf_printf(&b, "sampled at ingest (");
    add_shares(&b, &n);
    buf_printf(&b, " and all with a guardrail): %" PRId64 " of %" PRId64 " records of calls seen "
                   "were kept; totals and rates are of the kept calls, and those with a guardrail, "
                   "kept in full, weigh too much in them (scores are weighted)",
               n.kept, n.kept + n.left_out);
    inv->sampled = b.failed ? NULL : text_copy(&inv->arena, (struct sv){b.p, b.n});
    buf_release(&b);
    return inv->sampled ? OK : error_set(err, ERR_NOMEM, "out of memory");
}

static enum err open_all(struct invocation *inv, const struct text_list *files, int jobs,
                         const struct versus *versus, const struct ingest_templates *templates,
                         struct store **out, struct reading_window *window, struct error *err)
{
    struct zone_choice choice;
    struct store *s = NULL;
    struct reading_window w = {.zone.name = "UTC"};
    enum err rc = zone_choose(inv->shared.tz, &inv->arena, &choice, err);

    if (!rc)
        rc = files->n ? read_files(inv, files, jobs, templates, &s, err)
                      : shared_open_db(&inv->shared, STORE_READ, &s, err);
    if (!rc)
        rc = note_sampling(inv, s, err);
    if (!rc)
        rc = pin_windows(inv, s, versus, &choice, &w, err);
    if (rc) {
        store_close(s);
        return rc;
    }
    *out = s;
    *window = w;
    return OK;
}

enum err reading_open_versus(struct invocation *inv, const struct text_list *files, int jobs,
                             const struct versus *versus, struct store **out,
                             struct reading_window *window, struct error *err)
{
    return open_all(inv, files, jobs, versus, &(struct ingest_templates){0}, out, window, err);
}

enum err reading_open_templates(struct invocation *inv, const struct text_list *files, int jobs,
                                const struct ingest_templates *templates, struct store **out,
                                struct reading_window *window, struct error *err)
{
    return open_all(inv, files, jobs, &(struct versus){0}, templates, out, window, err);
}

enum err reading_open(struct invocation *inv, const struct text_list *files, int jobs,
                      struct store **out, struct reading_window *window, struct error *err)
{
    return reading_open_versus(inv, files, jobs, &(struct versus){0}, out, window, err);
}

struct scan_spec reading_calls(const struct invocation *inv, const struct reading_window *window)
{
    return (struct scan_spec){.where = inv->shared.where.v,
                              .n_where = inv->shared.where.n,
                              .since_known = window->since_known,
                              .until_known = window->until_known,
                              .since_us = window->since_us,
                              .until_us = window->until_us,
                              .zone = &window->zone,
                              .jobs = inputs_processors()};
}

void reading_often(void)
{
#ifdef M_TRIM_THRESHOLD
    enum { KEPT_BYTES = 64 << 20, LARGEST_BYTES = 8 << 20 }; /* in all; of one piece */

    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_MMAP_THRESHOLD, LARGEST_BYTES);
#endif
}
