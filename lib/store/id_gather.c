/* id_gather: see the header. */
#include "store/id_gather.h"

#include <stdlib.h>
#include "store/id_runs.h"
#include "base/banned.h"

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

/* Whether a row is the first one of a run. */
static bool begins(int64_t row, bool large)
{
    struct run r = run_of(RUN_CALLS, large, row);

    return run_first(&r) == row;
}

/* Stores the first n of the kept entries as the run that begins at r->first. */
static enum err write_run(struct gathered_run *g, struct store *s, enum id_run_kind kind,
                          bool large, size_t n, struct error *err)
{
    struct run r = run_of(kind, large, g->first);
    uint64_t *room = malloc((n + 1) * sizeof(*room));
    enum err rc = room ? OK : no_memory(s, err);

    if (!rc) {
        run_entries_sort(g->kept.v, n, room);
        rc = run_put(s, &r, g->kept.v, n, err);
    }
    free(room);
    if (rc)
        return rc;
    g->kept.n -= n;
    memmove(g->kept.v, g->kept.v + n, g->kept.n * sizeof(*g->kept.v));
    g->first += run_rows(&r);
    return OK;
}

/* How many of the kept entries are of rows before this one; they stand in the order of their rows.
 */
static size_t count_before(const struct gathered_run *g, int64_t row)
{
    size_t n = 0;

    if (begins(row, true))
        return g->kept.n; /* what is kept ends with its large run */
    while (n < g->kept.n && (g->kept.v[n] & (RUN_LARGE_ROWS - 1)) < run_place(row))
        n++;
    return n;
}

static enum err write_full_smalls(struct gathered_run *g, struct store *s, enum id_run_kind kind,
                                  struct error *err)
{
    enum err rc = OK;

    while (g->next - g->first >= RUN_SMALL_ROWS && !rc)
        rc = write_run(g, s, kind, false, count_before(g, g->first + RUN_SMALL_ROWS), err);
    return rc;
}

/* *wanted: the row's entries are to be kept. */
static void begin_row(struct gathered_run *g, int64_t row, bool *wanted)
{
    if (row != g->next) {
        g->kept.n = 0;
        g->next = 0;
    }
    if (!g->next && begins(row, false))
        g->first = g->next = row;
    *wanted = g->next != 0;
}

static enum err end_row(struct gathered_run *g, struct store *s, enum id_run_kind kind,
                        struct error *err)
{
    g->next++;
    if (begins(g->next, true) && begins(g->first, true))
        return write_run(g, s, kind, true, g->kept.n, err);
    if (begins(g->next, false) && !begins(g->first, true))
        return write_full_smalls(g, s, kind, err);
    return OK;
}

enum err id_gather_add(struct id_gather *g, struct store *s, enum id_run_kind kind, int64_t row,
                       const struct sv *ids, size_t n, struct error *err)
{
    struct gathered_run *r = &g->runs[kind];
    bool wanted;

    begin_row(r, row, &wanted);
    if (!wanted)
        return OK;
    for (size_t i = 0; i < n; i++)
        if (ids[i].p && ids[i].n && !run_entries_add(&r->kept, id_entry(ids[i]) | run_place(row)))
            return no_memory(s, err);
    return end_row(r, s, kind, err);
}

enum err id_gather_key(struct id_gather *g, struct store *s, int64_t row, uint64_t key,
                       struct error *err)
{
    struct gathered_run *r = &g->runs[RUN_KEYS];
    bool wanted;

    begin_row(r, row, &wanted);
    if (!wanted)
        return OK;
    if (!run_entries_add(&r->kept, key_entry(key) | run_place(row)))
        return no_memory(s, err);
    return end_row(r, s, RUN_KEYS, err);
}

enum err id_gather_forget(struct id_gather *g, struct store *s, enum id_run_kind kind, int64_t row,
                          struct error *err)
{
    struct gathered_run *r = &g->runs[kind];
    struct run small = run_of(kind, false, row);
    enum err rc = OK;

    if (r->next && row >= r->first) {
        rc = write_full_smalls(r, s, kind, err);
        if (!rc && row >= r->first) { /* in the one that is not full yet */
            r->next = 0;
            r->kept.n = 0;
            return OK;
        }
    }
    if (rc || r->forgotten == small.number + 1) /* changes often come several to a run */
        return rc;
    r->forgotten = small.number + 1;
    return id_runs_forget(s, kind, row, err);
}

bool id_gather_waits(const struct id_gather *g)
{
    bool waits = false;

    for (int kind = 0; kind < RUN_KINDS; kind++)
        waits = waits ||
                (g->runs[kind].next && g->runs[kind].next - g->runs[kind].first >= RUN_SMALL_ROWS);
    return waits;
}

enum err id_gather_finish(struct id_gather *g, struct store *s, struct error *err)
{
    enum err rc = OK;

    for (int kind = 0; kind < RUN_KINDS && !rc; kind++)
        if (g->runs[kind].next)
            rc = write_full_smalls(&g->runs[kind], s, (enum id_run_kind)kind, err);
    return rc;
}

void id_gather_release(struct id_gather *g)
{
    for (int kind = 0; kind < RUN_KINDS; kind++)
        run_entries_release(&g->runs[kind].kept);
    *g = (struct id_gather){0};
}
