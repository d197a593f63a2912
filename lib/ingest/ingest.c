/* ingest: from inputs to the store. One thread reads and parses, the caller's thread writes;
 * batches go from one to the other in order, so the result does not depend on scheduling. */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/draw.h"
#include "ingest/hashed_users.h"
#include "ingest/opened.h"
#include "ingest/reader.h"
#include "ingest/sources.h"
#include "store/writer.h"
#include "base/banned.h"

enum { JOBS = 4 }; /* batches in flight: writing comes in bursts, at flushes and commits */

/* An input that came to its end while a job was filled. */
struct finished {
    const char *path;
    const int64_t *sources; /* that were read of it; of a database one for each table */
    size_t n_sources;
    struct reader_counts counts;
    const char *note;
    bool failed, no_log;
};

/* The same with its counts as text. It is told at the end of the run, when all spans of its traces
 * are in and it is known which of them are calls. */
struct told {
    struct ingest_file file;
    const int64_t *sources;
    size_t n_sources;
};

/* What the reading side hands to the writing side. */
struct job {
    struct batch batch;
    struct arena arena; /* of states' and finished's texts that do not live longer */
    struct source_state *states;
    size_t n_states, cap_states;
    struct finished *finished;
    size_t n_finished, cap_finished;
    const char *path; /* being read when the job was closed */
    int64_t consumed_bytes;
    bool last;
    enum err rc; /* the reading side failed; `error` says how */
    struct error error;
};

struct run {
    struct store *store;
    const struct ingest_options *options;
    const char *const *paths;
    size_t n_paths;
    struct sources sources;
    struct input_stat own; /* of the database that is written to; not regular: it is in memory */
    struct reader reader;
    struct writer *writer;
    struct ingest_totals *totals;
    int64_t total_bytes;
    int64_t consumed_before; /* bytes of the inputs that are done */
    int64_t records;
    struct arena told_arena;
    struct told *told;
    size_t n_told, cap_told;
    struct job jobs[JOBS];
    struct job *filling;
    /* Side by side: jobs[head .. tail) are full, in a ring. */
    bool threaded;
    pthread_mutex_t lock;
    pthread_cond_t full, empty;
    uint64_t head, tail;
    atomic_bool stop;
};

/* ---- the writing side ----------------------------------------------------------------------- */

static void add_format(struct buf *out, const char *name, int64_t lines, bool alone)
{
    if (!lines)
        return;
    buf_printf(out, "%s%s", out->n ? ", " : "", name);
    if (!alone)
        buf_printf(out, " %" PRId64, lines);
}

static void formats_text(const struct reader_counts *c, struct buf *out)
{
    size_t kinds = c->by_map > 0;

    for (size_t i = 0; formats[i] && i < READER_MAX_FORMATS; i++)
        kinds += c->by_format[i] > 0;
    add_format(out, MAPPING_FORMAT, c->by_map, kinds == 1);
    for (size_t i = 0; formats[i] && i < READER_MAX_FORMATS; i++)
        add_format(out, formats[i]->name, c->by_format[i], kinds == 1);
    if (!kinds)
        buf_str(out, "-");
}

/* Kinds are what logs call them, so error_set() escapes them. */
static void kinds_text(const struct reader_counts *c, struct buf *out)
{
    for (size_t i = 0; i < c->n_kinds; i++) {
        struct error shown;
        error_set(&shown, OK, "%s%" PRId64 " %s", i ? ", " : "", c->kinds[i].lines,
                  c->kinds[i].name);
        buf_str(out, shown.msg);
    }
    if (c->kinds_other)
        buf_printf(out, "%s%" PRId64 " other", c->n_kinds ? ", " : "", c->kinds_other);
}

static void totals_add(struct ingest_totals *t, const struct ingest_file *f)
{
    t->files++;
    t->files_failed += f->failed;
    t->files_no_log += f->no_log;
    t->lines += f->lines;
    t->left_out += f->left_out;
    t->skipped += f->skipped;
    t->waiting += f->waiting;
    t->calls_new += f->calls_new;
    t->calls_merged += f->calls_merged;
    t->calls_updated += f->calls_updated;
    t->spans += f->spans;
    t->tool_calls += f->tool_calls;
    t->branch_decisions += f->branch_decisions;
    t->scores += f->scores;
    t->scores_conflicting += f->scores_conflicting;
    t->quarantined += f->quarantined;
    if (f->first_us <= f->last_us) {
        t->first_us = f->first_us < t->first_us ? f->first_us : t->first_us;
        t->last_us = f->last_us > t->last_us ? f->last_us : t->last_us;
    }
}

static const int64_t *copy_sources(struct arena *a, const struct finished *x)
{
    int64_t *ids = arena_alloc(a, x->n_sources * sizeof(*ids));

    if (ids && x->n_sources)
        memcpy(ids, x->sources, x->n_sources * sizeof(*ids));
    return ids;
}

/* Keeps what there is to tell of an input that is done. */
static enum err keep_finished(struct run *r, const struct finished *x, struct error *err)
{
    struct buf names = {0}, kinds = {0};
    struct sv note = {x->note, x->note ? strlen(x->note) + 1 : 0};
    enum err rc = OK;

    if (r->n_told == r->cap_told) {
        size_t cap = r->cap_told ? 2 * r->cap_told : 64;
        struct told *p = realloc(r->told, cap * sizeof(*p));
        if (!p)
            return error_set(err, ERR_NOMEM, "out of memory");
        r->told = p;
        r->cap_told = cap;
    }
    formats_text(&x->counts, &names);
    kinds_text(&x->counts, &kinds);
    struct told *t = &r->told[r->n_told];
    *t = (struct told){
        .sources = copy_sources(&r->told_arena, x),
        .n_sources = x->n_sources,
        .file = {.path = x->path,
                 .formats = arena_copy(&r->told_arena, (struct sv){names.p, names.n + 1}).p,
                 .lines = x->counts.lines,
                 .left_out = x->counts.left_out,
                 .skipped = x->counts.skipped,
                 .skipped_kinds =
                     kinds.n ? arena_copy(&r->told_arena, (struct sv){kinds.p, kinds.n + 1}).p
                             : "",
                 .waiting = x->counts.waiting,
                 .note = note.n ? arena_copy(&r->told_arena, note).p : NULL,
                 .failed = x->failed,
                 .no_log = x->no_log},
    };
    if (names.failed || kinds.failed || !t->sources || !t->file.formats || !t->file.skipped_kinds)
        rc = error_set(err, ERR_NOMEM, "out of memory");
    else
        r->n_told++;
    buf_release(&names);
    buf_release(&kinds);
    return rc;
}

static void file_add(struct ingest_file *f, struct source_tally t)
{
    f->calls_new += t.calls_new;
    f->calls_merged += t.calls_merged;
    f->calls_updated += t.calls_updated;
    f->spans += t.spans;
    f->tool_calls += t.tool_calls;
    f->branch_decisions += t.branch_decisions;
    f->scores += t.scores;
    f->scores_conflicting += t.scores_conflicting;
    f->quarantined += t.quarantined;
    f->first_us = t.first_us < f->first_us ? t.first_us : f->first_us;
    f->last_us = t.last_us > f->last_us ? t.last_us : f->last_us;
}

static void tell_files(struct run *r)
{
    for (size_t i = 0; i < r->n_told; i++) {
        struct ingest_file *f = &r->told[i].file;
        f->first_us = INT64_MAX;
        f->last_us = INT64_MIN;
        for (size_t k = 0; k < r->told[i].n_sources && r->writer; k++)
            file_add(f, writer_tally(r->writer, r->told[i].sources[k]));
        totals_add(r->totals, f);
        if (r->options->events.file_done)
            r->options->events.file_done(r->options->events.ctx, f);
    }
}

/* Writes one job. */
static enum err consume(struct run *r, struct job *job, struct error *err)
{
    const struct ingest_events *e = &r->options->events;
    enum err rc = job->rc;

    if (rc) {
        *err = job->error;
        return rc;
    }
    bool anything = batch_size(&job->batch) || job->batch.n_quarantined || job->n_states;
    if (anything && !r->writer) /* not before it is needed: it loads what identifies the calls */
        rc = writer_open(r->store, r->options->hash_seed, r->options->prices, &r->writer,
                         err);
    if (!rc && anything)
        rc = writer_add(r->writer, &job->batch, job->states, job->n_states, err);
    for (size_t i = 0; !rc && i < job->n_finished; i++)
        rc = keep_finished(r, &job->finished[i], err);
    if (rc)
        return rc;
    r->records += (int64_t)batch_size(&job->batch);
    if (e->progress && job->path)
        e->progress(e->ctx, job->path, job->consumed_bytes, r->total_bytes, r->records);
    if (e->stop && e->stop(e->ctx))
        atomic_store(&r->stop, true);
    return OK;
}

static void job_reset(struct job *job)
{
    batch_reset(&job->batch);
    arena_reset(&job->arena);
    job->n_states = job->n_finished = 0;
    job->path = NULL;
    job->last = false;
    job->rc = OK;
}

/* ---- the reading side ----------------------------------------------------------------------- */

/* Hands the job that is being filled over and takes an empty one. On one thread it is written at
 * once. */
static enum err hand_over(struct run *r, bool last, struct error *err)
{
    r->filling->last = last;
    if (!r->threaded) {
        enum err rc = consume(r, r->filling, err);
        job_reset(r->filling);
        return rc;
    }
    pthread_mutex_lock(&r->lock);
    r->tail++;
    pthread_cond_signal(&r->full);
    while (!last && r->tail - r->head == JOBS)
        pthread_cond_wait(&r->empty, &r->lock);
    r->filling = &r->jobs[r->tail % JOBS];
    pthread_mutex_unlock(&r->lock);
    return OK;
}

static enum err add_state(struct run *r, const struct source_state *x, struct error *err)
{
    struct job *job = r->filling;

    if (job->n_states == job->cap_states) {
        size_t cap = job->cap_states ? 2 * job->cap_states : 16;
        struct source_state *p = realloc(job->states, cap * sizeof(*p));
        if (!p)
            return error_set(err, ERR_NOMEM, "out of memory");
        job->states = p;
        job->cap_states = cap;
    }
    job->states[job->n_states++] = *x;
    return OK;
}

static enum err add_finished(struct run *r, const struct finished *x, struct error *err)
{
    struct job *job = r->filling;

    if (job->n_finished == job->cap_finished) {
        size_t cap = job->cap_finished ? 2 * job->cap_finished : 16;
        struct finished *p = realloc(job->finished, cap * sizeof(*p));
        if (!p)
            return error_set(err, ERR_NOMEM, "out of memory");
        job->finished = p;
        job->cap_finished = cap;
    }
    job->finished[job->n_finished] = *x;
    job->finished[job->n_finished].sources = copy_sources(&job->arena, x);
    if (!job->finished[job->n_finished].sources)
        return error_set(err, ERR_NOMEM, "out of memory");
    job->n_finished++;
    return OK;
}

/* The input cannot be read on; the first reason counts. */
static void fail(struct run *r, struct finished *f, const struct error *why)
{
    if (!f->failed)
        f->note = arena_text(&r->sources.arena, why->msg);
    f->failed = true;
}

/* An input while it is read. */
struct open_input {
    struct opened o;
    const char *name; /* of the file or the table */
    int64_t source;
};

static void state_advance(struct source_state *x, const struct open_input *i)
{
    struct input_mark m;

    if (elements_kind(i->o.pieces) == ELEMENTS_XML)
        input_get_mark(i->o.in, &m);
    else
        elements_get_mark(i->o.pieces, &m);
    x->offset = m.offset;
    x->lines = m.lines;
    x->prefix = m.prefix;
    x->tail = m.tail;
}

/* What was kept of the lines of this run; before: the counts when they began. */
static void state_sample(const struct run *r, struct source_state *x, int64_t first_line,
                         const struct reader_counts *before, const struct reader_counts *now)
{
    x->sample.rate_ppb = r->options->sample_ppb < DRAW_ALL ? r->options->sample_ppb : 0;
    x->sample.first_line = first_line;
    x->sample.kept = now->kept - before->kept;
    x->sample.left_out = now->left_out - before->left_out;
}

/* Reads a resolved input to its end; f says how that went. *again: it has to be opened and read
 * once more, without probing. */
static enum err read_input(struct run *r, const struct open_input *i, bool probe,
                           struct finished *f, bool *again, struct error *err)
{
    bool growing = input_stat(i->o.in)->regular;
    const struct reader_counts before = f->counts; /* of a database's tables that were read */
    int64_t first_line = r->sources.items[i->source - 1].lines + 1;
    struct source_state *x;
    enum reader_end end = READER_MORE;
    struct error trouble = {0};
    enum err rc = OK;

    *again = false;
    reader_begin(&r->reader, i->name, i->o.columns, r->sources.items[i->source - 1].offset,
                 probe && growing);
    for (;;) {
        enum err read_rc;
        if (elements_kind(i->o.pieces) == ELEMENTS_XML) {
            read_rc = reader_xml(&r->reader, i->o.in, i->name, (uint32_t)i->source,
                                 &r->filling->batch, &f->counts, &trouble);
            end = READER_DONE;
        } else {
            read_rc = reader_fill(&r->reader, i->o.pieces, i->name, (uint32_t)i->source, growing,
                                  &r->filling->batch, &f->counts, &end, &trouble);
        }
        if (read_rc && read_rc != ERR_IO) {
            *err = trouble;
            return read_rc;
        }
        if (end == READER_AGAIN) {
            *again = true;
            f->counts = (struct reader_counts){0};
            return OK;
        }
        if (end == READER_NO_LOG) {
            f->note = r->reader.text_log ? r->reader.text_log : "no log: not one line could be read";
            f->no_log = true;
            f->n_sources = 0;
            f->counts = (struct reader_counts){0};
            return add_state(r, &r->sources.items[i->source - 1], err); /* its id is taken */
        }
        x = &r->sources.items[i->source - 1];
        state_advance(x, i);
        state_sample(r, x, first_line, &before, &f->counts);
        x->complete = !read_rc && end == READER_DONE && !f->counts.waiting;
        rc = add_state(r, x, err);
        if (rc)
            return rc;
        if (read_rc)
            fail(r, f, &trouble);
        if (read_rc || end == READER_DONE)
            return OK;
        r->filling->path = f->path;
        r->filling->consumed_bytes = r->consumed_before + input_consumed_bytes(i->o.in);
        rc = hand_over(r, false, err);
        if (rc)
            return rc;
        if (atomic_load(&r->stop))
            return error_set(err, ERR_STOPPED, "stopped");
    }
}

/* An input that cannot be read is told of and left; any other failure ends the run. */
static enum err leave(struct run *r, struct finished *f, const struct error *why, struct error *err)
{
    if (why->code != ERR_IO && why->code != ERR_NOT_FOUND) {
        *err = *why;
        return why->code;
    }
    fail(r, f, why);
    return OK;
}

/* Goes to where the last run stopped; i->source stays 0 when there is nothing in the input. */
static enum err resolve(struct run *r, struct open_input *i, struct finished *f, struct error *err)
{
    struct source_plan plan = {0};
    enum err rc = source_resolve(&r->sources, i->name, i->o.in, i->o.pieces, &plan, err);

    if (rc || !plan.state)
        return rc;
    i->source = plan.state->id;
    if (!f->note)
        f->note = plan.note;
    return OK;
}

static enum err read_file(struct run *r, struct open_input *i, struct finished *f,
                          struct error *err)
{
    struct error trouble = {0};
    bool again = false;
    enum err rc = resolve(r, i, f, &trouble);

    if (rc)
        return leave(r, f, &trouble, err);
    if (!i->source) {
        f->note = "empty";
        return OK;
    }
    f->sources = &i->source;
    f->n_sources = 1;
    rc = read_input(r, i, true, f, &again, err);
    if (!rc && again) {
        opened_close(&i->o);
        rc = opened_open(&i->o, i->name, r->options->max_line, err);
        if (!rc)
            rc = read_input(r, i, false, f, &again, err);
    }
    return rc;
}

/* Reads table t; its source is added to `sources`. *known is set when it is one of a log. */
static enum err read_table(struct run *r, struct foreign *database, size_t t,
                           const struct input_stat *st, int64_t *sources, struct finished *f,
                           bool *known, struct error *err)
{
    const char *table = foreign_table(database, t);
    struct open_input i = {.name = opened_table_name(&r->sources.arena, f->path, table)};
    struct error trouble = {0};
    bool is_log = false, again;
    enum err rc;

    if (!i.name)
        return error_set(err, ERR_NOMEM, "out of memory");
    rc = opened_table(&i.o, database, t, i.name, st, r->options->max_line, &trouble);
    if (!rc)
        rc = reader_look(&r->reader, i.o.columns, sv_from(table), i.o.pieces, &f->counts, &is_log,
                         &trouble);
    if (!rc && is_log)
        rc = input_rewind(i.o.in, &trouble);
    if (!rc && is_log)
        rc = resolve(r, &i, f, &trouble);
    *known |= is_log;
    if (rc) {
        rc = leave(r, f, &trouble, err);
    } else if (i.source) {
        sources[f->n_sources++] = i.source;
        rc = read_input(r, &i, false, f, &again, err);
    }
    opened_close(&i.o);
    return rc;
}

static enum err read_tables(struct run *r, struct foreign *database, const struct input_stat *st,
                            struct finished *f, struct error *err)
{
    int64_t *sources = arena_zalloc(&r->sources.arena, foreign_tables(database), sizeof(*sources));
    struct source_state *whole;
    bool known = false;
    enum err rc = OK;

    if (!sources)
        return error_set(err, ERR_NOMEM, "out of memory");
    f->sources = sources;
    for (size_t t = 0; !rc && t < foreign_tables(database); t++)
        rc = read_table(r, database, t, st, sources, f, &known, err);
    if (rc || f->failed)
        return rc;
    if (!known && f->counts.lines) {
        f->note = "no log: not one row could be read";
        f->no_log = true;
        f->counts = (struct reader_counts){0};
        return OK;
    }
    if (!f->n_sources) {
        f->note = "empty";
        return OK;
    }
    rc = source_of_database(&r->sources, f->path, st, &whole, err);
    if (rc)
        return rc;
    whole->complete = true;
    return add_state(r, whole, err);
}

/* i is the database as a file, which has to be closed before SQLite locks it: who closes a file
 * loses all locks that the process has on it. */
static enum err read_database(struct run *r, struct open_input *i, const struct input_stat *st,
                              struct finished *f, struct error *err)
{
    bool packed = input_kind(i->o.in) != INPUT_PLAIN;
    struct foreign *database = NULL;
    struct error trouble = {0};
    enum err rc;

    opened_close(&i->o);
    if (packed)
        rc = error_set(&trouble, ERR_IO, "a compressed SQLite database: unpack it first");
    else if (!st->regular)
        rc = error_set(&trouble, ERR_IO, "an SQLite database in a pipe: name its file instead");
    else
        rc = foreign_open(i->name, r->options->max_line, &database, &trouble);
    rc = rc ? leave(r, f, &trouble, err) : read_tables(r, database, st, f, err);
    foreign_close(database);
    return rc;
}

static bool is_own(const struct run *r, const struct input_stat *st)
{
    return r->own.regular && r->own.dev == st->dev && r->own.ino == st->ino;
}

static enum err read_path(struct run *r, const char *path, struct error *err)
{
    struct finished f = {.path = path};
    struct open_input i = {.name = path};
    struct input_stat st = {0};
    struct error trouble = {0};
    bool have_stat = opened_stat(path, &st);
    enum err rc = OK;

    if (have_stat && source_unchanged(&r->sources, path, &st)) {
        f.note = "unchanged";
    } else if (have_stat && is_own(r, &st)) {
        error_set(&trouble, ERR_IO, "the database that is written to, not a log");
        fail(r, &f, &trouble);
    } else if (opened_open(&i.o, path, r->options->max_line, &trouble) != OK) {
        rc = leave(r, &f, &trouble, err);
    } else if (elements_kind(i.o.pieces) == ELEMENTS_SQLITE) {
        rc = read_database(r, &i, &st, &f, err);
    } else if (elements_kind(i.o.pieces) == ELEMENTS_ZIP) {
        error_set(&trouble, ERR_IO, "a zip archive; of an Inspect log (.eval) that is no whole file "
                                    "`inspect log dump FILE` writes the JSON");
        fail(r, &f, &trouble);
    } else {
        rc = read_file(r, &i, &f, err);
    }
    if (!rc)
        rc = add_finished(r, &f, err);
    opened_close(&i.o);
    if (have_stat)
        r->consumed_before += st.regular ? st.size_bytes : 0;
    return rc;
}

/* Known files first: what is left of a rotated file comes before what follows it. */
static enum err read_all(struct run *r, struct error *err)
{
    enum err rc = OK;
    bool *known = calloc(r->n_paths + 1, sizeof(*known));

    if (!known)
        return error_set(err, ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < r->n_paths; i++) {
        struct input_stat st;
        if (!input_stat_path(r->paths[i], &st))
            continue;
        known[i] = source_knows_file(&r->sources, st.dev, st.ino);
        r->total_bytes += st.regular ? st.size_bytes : 0;
    }
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; !rc && i < r->n_paths; i++)
            if (known[i] == (pass == 0)) {
                rc = read_path(r, r->paths[i], err);
                if (!rc && batch_size(&r->filling->batch) >= 2048)
                    rc = hand_over(r, false, err);
                if (!rc && atomic_load(&r->stop))
                    rc = error_set(err, ERR_STOPPED, "stopped");
            }
    free(known);
    return rc;
}

static void *reading_thread(void *arg)
{
    struct run *r = arg;
    struct error err = {0};
    enum err rc = read_all(r, &err);

    if (rc) {
        r->filling->rc = rc;
        r->filling->error = err;
    }
    rc = hand_over(r, true, &err);
    return NULL;
}

/* The writing side of two threads: takes jobs in order until the last one. After a failure it goes
 * on taking them, without writing, until the reading side has noticed. */
static enum err consume_all(struct run *r, struct error *err)
{
    enum err rc = OK;
    bool last = false;

    while (!last) {
        pthread_mutex_lock(&r->lock);
        while (r->head == r->tail)
            pthread_cond_wait(&r->full, &r->lock);
        struct job *job = &r->jobs[r->head % JOBS];
        pthread_mutex_unlock(&r->lock);

        last = job->last;
        if (!rc) {
            rc = consume(r, job, err);
            if (rc)
                atomic_store(&r->stop, true);
        }
        pthread_mutex_lock(&r->lock);
        job_reset(job);
        r->head++;
        pthread_cond_signal(&r->empty);
        pthread_mutex_unlock(&r->lock);
    }
    return rc;
}

static enum err run_threads(struct run *r, struct error *err)
{
    pthread_t thread;

    if (r->options->jobs < 2 || pthread_create(&thread, NULL, reading_thread, r) != 0) {
        r->threaded = false;
        enum err rc = read_all(r, err);
        return rc ? rc : hand_over(r, true, err);
    }
    enum err rc = consume_all(r, err);
    pthread_join(thread, NULL);
    return rc;
}

static void run_release(struct run *r)
{
    writer_close(r->writer);
    for (size_t i = 0; i < JOBS; i++) {
        batch_release(&r->jobs[i].batch);
        arena_release(&r->jobs[i].arena);
        free(r->jobs[i].states);
        free(r->jobs[i].finished);
    }
    free(r->told);
    arena_release(&r->told_arena);
    reader_release(&r->reader);
    sources_release(&r->sources);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->full);
    pthread_cond_destroy(&r->empty);
}

/* What became of the scores that are new since `before`, and of those that waited. */
static enum err count_scores(struct run *r, const struct score_counts *before, struct error *err)
{
    struct score_counts *now = &r->totals->scored;
    enum err rc = store_count_scores(r->store, before->last, now, err);

    if (!rc && before->waiting + now->unmatched > now->waiting)
        r->totals->scores_late = before->waiting + now->unmatched - now->waiting;
    return rc;
}

enum err ingest_run(struct store *s, const char *const *paths, size_t n_paths,
                    const struct ingest_options *o, struct ingest_totals *totals,
                    struct error *err)
{
    struct run r = {.store = s,
                    .options = o,
                    .paths = paths,
                    .n_paths = n_paths,
                    .totals = totals,
                    .threaded = o->jobs > 1};

    struct score_counts before = {0};

    *totals = (struct ingest_totals){.first_us = INT64_MAX, .last_us = INT64_MIN};
    pthread_mutex_init(&r.lock, NULL);
    pthread_cond_init(&r.full, NULL);
    pthread_cond_init(&r.empty, NULL);
    r.filling = &r.jobs[0];
    enum err rc = reader_init(&r.reader, o, err);
    if (!rc)
        rc = sources_load(&r.sources, s, err);
    if (!rc)
        rc = store_count_scores(s, INT64_MAX, &before, err);
    input_stat_path(store_path(s), &r.own);
    if (!rc)
        rc = hashed_users_note(s, &o->keep, err);
    if (!rc)
        rc = run_threads(&r, err);
    if (!rc || rc == ERR_STOPPED) {
        struct error finish_error = {0};
        enum err finish_rc = r.writer ? writer_finish(r.writer, &finish_error) : OK;
        if (finish_rc) {
            rc = finish_rc;
            *err = finish_error;
        }
    }
    if (!rc || rc == ERR_STOPPED)
        tell_files(&r);
    if (!rc && r.writer)
        rc = count_scores(&r, &before, err);
    run_release(&r);
    return rc;
}
