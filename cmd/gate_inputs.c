/* gate_inputs: see the header. */
#include "gate_inputs.h"

#include <pthread.h>
#include <stdio.h>
#include "bad_lines.h"
#include "inputs.h"
#include "base/banned.h"

/* ---- reading ------------------------------------------------------------------------------ */

/* What both sides write to. */
struct together {
    pthread_mutex_t lock;
    struct case_runs *runs;
    struct bad_lines bad;
    bool quiet;
};

struct side {
    struct together *together;
    const struct ingest_options *like;
    struct path_list paths;
    int number;
    int64_t unreadable;
    enum err rc;
    struct error error;
};

static void bad_line(void *ctx, const char *path, int64_t line, const char *reason)
{
    struct side *s = ctx;

    pthread_mutex_lock(&s->together->lock);
    if (!s->together->quiet)
        bad_lines_say(&s->together->bad, path, line, reason);
    pthread_mutex_unlock(&s->together->lock);
}

static enum err add_batch(void *ctx, const struct batch *b, struct error *err)
{
    struct side *s = ctx;
    enum err rc;

    pthread_mutex_lock(&s->together->lock);
    rc = case_runs_add(s->together->runs, s->number, b, err);
    pthread_mutex_unlock(&s->together->lock);
    return rc;
}

static void *read_side(void *ctx)
{
    struct side *s = ctx;
    struct ingest_options o = *s->like;

    o.events = (struct ingest_events){.ctx = s, .bad_line = bad_line};
    for (size_t i = 0; i < s->paths.n && !s->rc; i++) {
        struct collected c = {0};

        s->rc = collect_file(s->paths.paths[i], &o, add_batch, s, &c, &s->error);
        if (s->rc && !s->error.file[0])
            error_at(&s->error, s->paths.paths[i], 0);
        s->unreadable += c.unreadable;
    }
    return NULL;
}

static enum err find_paths(struct invocation *inv, const struct gate_source *source,
                           struct path_list *out, struct error *err)
{
    const char *path = source->path;
    struct text_list one = {&path, 1, 1};
    int64_t missing = 0;
    enum err rc;

    if (!source->path)
        return OK;
    rc = inputs_expand(&one, &inv->arena, out, &missing, err);
    if (!rc && missing)
        rc = error_set(err, ERR_NOT_FOUND, "%s %s cannot be read", source->option, source->path);
    return rc;
}

static void read_sides(struct side sides[2])
{
    pthread_t other;

    /* Which side is first decides nothing: cases and metrics come in the baseline's own order. */
    if (inputs_processors() > 1 && sides[0].paths.n && sides[1].paths.n &&
        pthread_create(&other, NULL, read_side, &sides[1]) == 0) {
        read_side(&sides[0]);
        pthread_join(other, NULL);
        return;
    }
    read_side(&sides[0]);
    if (!sides[0].rc)
        read_side(&sides[1]);
}

enum err gate_read(struct invocation *inv, const struct gate_source sources[2],
                   const struct ingest_options *like, struct case_runs *runs, int64_t *unreadable,
                   struct error *err)
{
    struct together together = {.runs = runs, .quiet = inv->shared.quiet};
    struct side sides[2] = {
        {.together = &together, .like = like, .number = 0},
        {.together = &together, .like = like, .number = 1}
    };
    enum err rc = OK;

    for (int i = 0; i < 2 && !rc; i++)
        rc = find_paths(inv, &sources[i], &sides[i].paths, err);
    if (rc)
        return rc;
    pthread_mutex_init(&together.lock, NULL);
    read_sides(sides);
    pthread_mutex_destroy(&together.lock);
    bad_lines_done(&together.bad);
    for (int i = 0; i < 2; i++) {
        *unreadable += sides[i].unreadable;
        if (!rc && sides[i].rc) {
            rc = sides[i].rc;
            *err = sides[i].error;
        }
    }
    return rc;
}

/* ---- choosing ----------------------------------------------------------------------------- */

enum { RUNS_LISTED = 20 };

static enum err list_runs(const struct case_runs *runs, int side, const struct gate_source *source,
                          const char *what, struct error *err)
{
    struct buf names = {0};
    size_t n = 0;

    for (size_t i = 0; i < runs->n_runs; i++) {
        struct sv name = runs->runs[i]->name;

        if (runs->runs[i]->side != side)
            continue;
        if (n++ < RUNS_LISTED) {
            buf_str(&names, n > 1 ? ", " : "");
            buf_sv(&names, name.n ? name : SV("(without name)"));
        }
    }
    if (n > RUNS_LISTED)
        buf_printf(&names, " and %zu more", n - RUNS_LISTED);
    error_set(err, ERR_USAGE, "%s %s: %s; choose with %s-run: %s", source->option,
              source->path ? source->path : "", what, source->option, names.p ? names.p : "");
    buf_release(&names);
    return ERR_USAGE;
}

/* Calls on lines of their own belong to the run, where there is but one. */
static void take_loose(struct case_runs *runs, int side, struct case_run *run)
{
    struct run_usage *loose = &runs->loose[side];

    if (!run->usage.calls) {
        run->usage = *loose;
        *loose = (struct run_usage){0};
    }
}

enum err gate_choose_run(struct case_runs *runs, int side, const struct gate_source *source,
                         struct case_run **out, struct error *err)
{
    struct case_run *only = NULL;
    size_t n = 0;

    for (size_t i = 0; i < runs->n_runs; i++)
        if (runs->runs[i]->side == side) {
            only = runs->runs[i];
            n++;
        }
    if (!n)
        return error_set(err, ERR_NOT_FOUND, "%s %s: no results of cases in it", source->option,
                         source->path ? source->path : "");
    if (n == 1)
        take_loose(runs, side, only);
    *out = source->run ? case_run_find(runs, side, sv_from(source->run)) : n == 1 ? only : NULL;
    if (*out)
        return OK;
    return list_runs(runs, side, source,
                     source->run ? "no run of that name" : "several runs are in it", err);
}
