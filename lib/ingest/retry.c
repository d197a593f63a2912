/* retry: quarantined lines read again, and what can be read now is stored. */
#include "ingest/retry.h"

#include <stdlib.h>

#include "ingest/hashed_users.h"
#include "ingest/reader.h"
#include "store/writer.h"
#include "base/banned.h"

enum { BATCH_LINES = 2048, BATCH_TEXT_BYTES = 4 << 20 };

struct retry {
    const struct retry_line *lines;
    const struct ingest_options *options;
    struct reader reader;
    struct reader_counts counts;
    struct writer *writer;
    struct batch batch;
    int64_t done[BATCH_LINES]; /* rows of the lines that are in the batch */
    size_t n_done;
    struct retry_totals *totals;
};

/* Stores what is in the batch; its lines leave the quarantine first, see writer_drop_quarantine(). */
static enum err flush(struct retry *r, struct error *err)
{
    const struct ingest_events *e = &r->options->events;
    enum err rc = OK;

    for (size_t i = 0; !rc && i < r->n_done; i++)
        rc = writer_drop_quarantine(r->writer, r->done[i], err);
    if (!rc && r->n_done)
        rc = writer_add(r->writer, &r->batch, NULL, 0, err);
    batch_reset(&r->batch);
    r->n_done = 0;
    if (!rc && e->stop && e->stop(e->ctx))
        rc = error_set(err, ERR_STOPPED, "stopped");
    return rc;
}

static void begin(void *ctx, const char *path, struct sv columns)
{
    struct retry *r = ctx;

    reader_begin(&r->reader, path, columns, 0, false);
}

static void pass(void *ctx, const struct line *line)
{
    struct retry *r = ctx;

    reader_pass(&r->reader, line);
}

static void tell_stays(struct retry *r, const struct retry_line *l, enum revisit_state state,
                       const char *why)
{
    const struct ingest_events *e = &r->options->events;
    char words[480];

    r->totals->missing++;
    revisit_words(state, why, words, sizeof(words));
    if (e->bad_line)
        e->bad_line(e->ctx, l->place.path, l->line, words);
}

static enum err place(void *ctx, size_t i, enum revisit_state state, const struct line *line,
                      const char *why, struct error *err)
{
    struct retry *r = ctx;
    const struct retry_line *l = &r->lines[i];
    struct line again;

    if (state != REVISIT_SAME) {
        tell_stays(r, l, state, why);
        return OK;
    }
    again = *line;
    again.number = l->line; /* as its source has it, should a copy stand there */
    if (!reader_line(&r->reader, &again, l->place.path, (uint32_t)l->source, &r->batch, &r->counts,
                     err)) {
        r->totals->unreadable++;
        return r->batch.failed ? error_set(err, ERR_NOMEM, "out of memory reading %s", l->place.path)
                               : OK;
    }
    if (r->batch.failed)
        return error_set(err, ERR_NOMEM, "out of memory reading %s", l->place.path);
    r->totals->read++;
    r->done[r->n_done++] = l->id;
    if (r->n_done < BATCH_LINES && batch_size(&r->batch) < BATCH_LINES &&
        r->batch.arena.used_bytes < BATCH_TEXT_BYTES)
        return OK;
    return flush(r, err);
}

/* Each source once: the tallies are of whole sources. */
static int by_source(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static enum err add_tallies(struct retry *r, size_t n, struct error *err)
{
    struct retry_totals *t = r->totals;
    int64_t *sources = calloc(n + 1, sizeof(*sources));

    if (!sources)
        return error_set(err, ERR_NOMEM, "out of memory for the list of inputs");
    for (size_t i = 0; i < n; i++)
        sources[i] = r->lines[i].source;
    qsort(sources, n, sizeof(*sources), by_source);
    for (size_t i = 0; i < n; i++) {
        struct source_tally x;
        if (i && sources[i] == sources[i - 1])
            continue;
        x = writer_tally(r->writer, sources[i]);
        t->calls_new += x.calls_new;
        t->calls_merged += x.calls_merged;
        t->calls_updated += x.calls_updated;
        t->spans += x.spans;
        t->tool_calls += x.tool_calls;
        t->branch_decisions += x.branch_decisions;
        t->scores += x.scores;
    }
    free(sources);
    return OK;
}

static enum err read_places(struct retry *r, size_t n, struct error *err)
{
    const struct revisit_events events = {r, begin, pass, place};
    struct revisit_place *places = calloc(n + 1, sizeof(*places));
    enum err rc;

    if (!places)
        return error_set(err, ERR_NOMEM, "out of memory for the places of lines");
    for (size_t i = 0; i < n; i++)
        places[i] = r->lines[i].place;
    rc = revisit(places, n, r->options->max_line, &events, err);
    free(places);
    return rc ? rc : flush(r, err);
}

enum err retry_run(struct store *s, const struct retry_line *lines, size_t n,
                   const struct ingest_options *o, struct retry_totals *totals, struct error *err)
{
    struct retry *r = calloc(1, sizeof(*r));
    enum err rc, finish_rc;

    *totals = (struct retry_totals){0};
    if (!r)
        return error_set(err, ERR_NOMEM, "out of memory reading the quarantine");
    r->lines = lines;
    r->options = o;
    r->totals = totals;
    rc = reader_init(&r->reader, o, err);
    if (!rc)
        rc = hashed_users_note(s, &o->keep, err);
    if (!rc)
        rc = writer_open(s, o->hash_seed, o->prices, &r->writer, err);
    if (!rc)
        rc = read_places(r, n, err);
    if (!rc || rc == ERR_STOPPED) {
        struct error trouble = {0};
        finish_rc = writer_finish(r->writer, &trouble);
        if (!finish_rc)
            finish_rc = add_tallies(r, n, &trouble);
        if (finish_rc) {
            *err = trouble;
            rc = finish_rc;
        }
    }
    totals->skipped = r->counts.skipped;
    writer_close(r->writer);
    batch_release(&r->batch);
    reader_release(&r->reader);
    free(r);
    return rc;
}
