/* reading: what the verbs that show calls read, and over which time. */
#include "reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "bad_lines.h"
#include "base/time_text.h"
#include "inputs.h"
#include "prices.h"
#include "report/report.h"
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
                           struct store **out, struct error *err)
{
    struct reading reading = {.shared = &inv->shared};
    struct ingest_options options = {
        .max_line = INPUTS_MAX_LINE,
        .jobs = jobs < 2 ? jobs : 2,
        .hash_seed = inputs_seed(),
        .events = {&reading, bad_line, file_done, no_progress, never_stop},
    };
    struct ingest_totals totals = {0};
    struct path_list paths = {0};
    struct store *store = NULL;
    int64_t missing = 0;
    enum err rc = inputs_expand(files, &inv->arena, &paths, &missing, err);

    if (!rc && missing)
        rc = error_set(err, ERR_NOT_FOUND, "not all of that can be read, so no figures are shown");
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

/*
 * Loads the zone over the data and the window, then pins the window. The window's days depend on
 * the zone and the zone's range on the window, so the window is first taken in UTC; no zone is more
 * than a day away from it.
 */
static enum err pin_window(struct invocation *inv, struct store *store,
                           const struct zone_choice *choice, struct reading_window *w,
                           struct error *err)
{
    const struct shared_options *o = &inv->shared;
    int64_t first, last;
    enum err rc = report_time_range(store, &first, &last, err);

    if (rc)
        return rc;
    if (first > last)
        first = last = inv->now_us;
    stretch(inv->now_us, &first, &last);
    w->since_known = o->since.kind != WHEN_NONE;
    w->until_known = o->until.kind != WHEN_NONE;
    if (w->since_known)
        stretch(when_since_us(&o->since, &w->zone, inv->now_us), &first, &last);
    if (w->until_known)
        stretch(when_until_us(&o->until, &w->zone, inv->now_us), &first, &last);
    rc = zone_load(choice, first - 2 * US_PER_DAY, last + 2 * US_PER_DAY, &inv->arena, &w->zone, err);
    if (rc)
        return rc;
    w->since_us = when_since_us(&o->since, &w->zone, inv->now_us);
    w->until_us = when_until_us(&o->until, &w->zone, inv->now_us);
    if (w->since_known && w->until_known && w->since_us >= w->until_us)
        return error_set(err, ERR_USAGE, "--since %s is not before --until %s", o->since.text,
                         o->until.text);
    return OK;
}

enum err reading_open(struct invocation *inv, const struct text_list *files, int jobs,
                      struct store **out, struct reading_window *window, struct error *err)
{
    struct zone_choice choice;
    struct store *s = NULL;
    struct reading_window w = {.zone.name = "UTC"};
    enum err rc = zone_choose(inv->shared.tz, &inv->arena, &choice, err);

    if (!rc)
        rc = files->n ? read_files(inv, files, jobs, &s, err)
                      : shared_open_db(&inv->shared, STORE_READ, &s, err);
    if (!rc)
        rc = pin_window(inv, s, &choice, &w, err);
    if (rc) {
        store_close(s);
        return rc;
    }
    *out = s;
    *window = w;
    return OK;
}
