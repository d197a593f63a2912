/* take_in: see the header. */
#include "store/take_in.h"

#include <stdlib.h>
#include "sql.h"
#include "store/annotations.h"
#include "store/baselines.h"
#include "store/prices.h"
#include "store/stored_records.h"
#include "store/writer_internal.h"

#include "base/banned.h"

struct taking {
    struct writer *w;
    struct store *from;
    struct taken_in *out;
    struct arena arena;
    uint32_t *source_of; /* by their ids; n_sources of them */
    bool *theirs;        /* their state holds: it is new or went further */
    size_t n_sources;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for what another database holds");
}

/* ---- sources ------------------------------------------------------------------------------ */

static bool same_hash(struct hash128 a, struct hash128 b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

static bool same_state(const struct source_state *a, const struct source_state *b)
{
    return a->offset == b->offset && same_hash(a->prefix, b->prefix) && same_hash(a->tail, b->tail);
}

/* What was no file cannot grow: only the same bytes are the same input. */
static bool same_source(const struct source_state *a, const struct source_state *b)
{
    return strcmp(a->path, b->path) == 0 && a->dev == b->dev && a->ino == b->ino &&
           same_hash(a->head, b->head) && (a->ino || same_state(a, b));
}

/* The one of ours that is x, best in the same state; NULL: there is none, or it is another's. */
static struct source_state *find_source(struct source_state *ours, size_t n, const bool *taken,
                                        const struct source_state *x)
{
    struct source_state *found = NULL;

    for (size_t i = 0; i < n; i++) {
        if (taken[i] || !same_source(&ours[i], x))
            continue;
        if (same_state(&ours[i], x))
            return &ours[i];
        found = &ours[i];
    }
    return found;
}

/* A source that ours do not have, under the next number; those it refers to have smaller ones. */
static bool new_source(const struct taking *t, const struct source_state *x, int64_t id,
                       struct source_state *out)
{
    *out = *x;
    out->id = id;
    if (x->lineage <= 0 || x->lineage > x->id || x->copy_of < 0 || x->copy_of >= x->id)
        return false;
    out->lineage =
        x->lineage == x->id ? id : lineages_of(&t->w->lineages, t->source_of[x->lineage]);
    out->copy_of = x->copy_of ? t->source_of[x->copy_of] : 0;
    return out->lineage > 0;
}

static enum err put_state(struct taking *t, const struct source_state *x, struct error *err)
{
    const struct batch nothing = {0};

    return writer_add(t->w, &nothing, x, 1, err);
}

static enum err take_source(struct taking *t, struct source_state *ours, size_t n, bool *taken,
                            int64_t *last, const struct source_state *x, struct error *err)
{
    struct source_state *known = find_source(ours, n, taken, x), state;
    enum err rc = OK;

    if (known) {
        taken[known - ours] = true;
        t->source_of[x->id] = (uint32_t)known->id;
        if (x->offset <= known->offset)
            return OK;
        t->theirs[x->id] = true;
        state = *x;
        state.id = known->id;
        state.lineage = known->lineage;
        state.copy_of = known->copy_of;
        state.copy_line = known->copy_line;
        return put_state(t, &state, err);
    }
    if (*last >= INT32_MAX || !new_source(t, x, *last + 1, &state))
        return error_set(err, ERR_DB, "%s: damaged: source %lld belongs to none",
                         store_path(t->from), (long long)x->id);
    rc = put_state(t, &state, err);
    *last += 1;
    t->source_of[x->id] = (uint32_t)*last;
    t->theirs[x->id] = true;
    t->out->sources++;
    return rc;
}

static enum err take_sources(struct taking *t, struct error *err)
{
    struct source_state *ours = NULL, *theirs = NULL;
    size_t n_ours = 0, n_theirs = 0;
    bool *taken = NULL;
    int64_t last = 0;
    enum err rc = store_sources(t->w->store, &t->arena, &ours, &n_ours, err);

    if (!rc)
        rc = store_sources(t->from, &t->arena, &theirs, &n_theirs, err);
    if (rc)
        return rc;
    t->n_sources = n_theirs + 1;
    t->source_of = arena_zalloc(&t->arena, t->n_sources, sizeof(*t->source_of));
    t->theirs = arena_zalloc(&t->arena, t->n_sources, sizeof(*t->theirs));
    taken = arena_zalloc(&t->arena, n_ours + 1, sizeof(*taken));
    if (!t->source_of || !t->theirs || !taken)
        return no_memory(err);
    if (n_ours)
        last = ours[n_ours - 1].id;
    for (size_t i = 0; !rc && i < n_theirs; i++) {
        if (theirs[i].id != (int64_t)i + 1)
            return error_set(err, ERR_DB, "%s: damaged: source %zu is missing", store_path(t->from),
                             i + 1);
        rc = take_source(t, ours, n_ours, taken, &last, &theirs[i], err);
    }
    return rc;
}

/* Which of their lines were sampled. */
static enum err take_samples(struct taking *t, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    struct query q;
    bool row = true;
    enum err rc = store_statement(t->from, sql_queries_stored_samples, &stmt, err);

    while (!rc && !(rc = store_step(t->from, stmt, &row, err)) && row) {
        int64_t source = sqlite3_column_int64(stmt, 0);

        if (source <= 0 || (size_t)source >= t->n_sources || !t->theirs[source])
            continue;
        rc = query_begin(t->w, W_SOURCE_SAMPLE_PUT, &q, err);
        if (rc)
            break;
        query_i64(&q, t->source_of[source]);
        for (int c = 1; c <= 5; c++)
            query_i64(&q, sqlite3_column_int64(stmt, c));
        rc = query_run(t->w, &q, err);
    }
    if (rc)
        sqlite3_reset(stmt); /* accepts NULL */
    return rc;
}

/* ---- records ------------------------------------------------------------------------------ */

static enum err take_records(struct taking *t, struct error *err)
{
    struct stored_records *r = NULL;
    struct batch b = {0};
    bool more = true;
    enum err rc = stored_records_open(t->from, t->source_of, t->n_sources, &r, err);

    while (!rc && more) {
        batch_reset(&b);
        rc = stored_records_next(r, &b, &more, err);
        if (!rc && more)
            rc = writer_add(t->w, &b, NULL, 0, err);
    }
    stored_records_close(r);
    batch_release(&b);
    return rc;
}

/* Behind the records, for writing these notes sightings itself. */
static enum err take_sightings(struct taking *t, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum err rc = store_statement(t->from, sql_queries_stored_sightings, &stmt, err);

    while (!rc && !(rc = store_step(t->from, stmt, &row, err)) && row) {
        int64_t lineage = sqlite3_column_int64(stmt, 0);
        uint32_t source = lineage > 0 && (size_t)lineage < t->n_sources ? t->source_of[lineage] : 0;

        rc = source ? writer_sighting(t->w, lineages_of(&t->w->lineages, source),
                                      sqlite3_column_int64(stmt, 1), err)
                    : error_set(err, ERR_DB, "%s: damaged: a sighting of no source",
                                store_path(t->from));
    }
    if (!rc)
        return OK;
    sqlite3_reset(stmt); /* accepts NULL */
    return rc;
}

/* ---- marks -------------------------------------------------------------------------------- */

static enum err take_annotation(void *ctx, const struct annotation *a, struct error *err)
{
    struct taking *t = ctx;
    struct store *into = t->w->store;
    sqlite3_stmt *stmt = NULL;
    enum err rc = store_statement(into, sql_queries_annotation_adopt, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, a->at_us);
    sqlite3_bind_text64(stmt, 2, a->kind.p, a->kind.n, SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_text64(stmt, 3, a->text.p, a->text.n, SQLITE_STATIC, SQLITE_UTF8);
    rc = store_run(into, stmt, err);
    sqlite3_clear_bindings(stmt);
    t->out->annotations += rc ? 0 : sqlite3_changes(into->db);
    return rc;
}

/* ---- prices ------------------------------------------------------------------------------- */

struct taken_price {
    struct price_row row;
    bool active;
};

struct price_list {
    struct arena *arena;
    struct taken_price *rows;
    size_t n, cap;
};

static bool keep_text(struct arena *a, struct sv *text)
{
    if (!text->p)
        return true;
    *text = arena_copy(a, *text);
    return text->p != NULL;
}

/* What somebody set, whether it holds or was retired, in memory. Other rows come anew with the
 * calls that are priced by them. */
static enum err list_price(void *ctx, int64_t id, bool active, const struct price_row *row,
                           struct error *err)
{
    struct price_list *l = ctx;

    (void)id;
    if (!active && row->origin != PRICE_USER && row->origin != PRICE_IMPORTED)
        return OK;
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 16;
        struct taken_price *rows = arena_alloc(l->arena, cap * sizeof(*rows));

        if (!rows)
            return no_memory(err);
        if (l->n)
            memcpy(rows, l->rows, l->n * sizeof(*rows));
        l->rows = rows;
        l->cap = cap;
    }
    l->rows[l->n] = (struct taken_price){*row, active};
    struct price_row *kept = &l->rows[l->n++].row;
    struct sv *const texts[] = {&kept->provider,     &kept->model,   &kept->match,
                                &kept->service_tier, &kept->sources, &kept->note};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (!keep_text(l->arena, texts[i]))
            return no_memory(err);
    return OK;
}

static enum err take_price(struct taking *t, const struct taken_price *price, struct error *err)
{
    struct store *into = t->w->store;
    sqlite3_stmt *stmt = NULL;
    int64_t id;
    enum err rc = store_price_put(into, &price->row, false, &id, err);

    if (!rc && !price->active)
        return OK;
    if (!rc)
        rc = store_statement(into, sql_queries_price_adopt, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, id);
    rc = store_run(into, stmt, err);
    t->out->prices += rc ? 0 : sqlite3_changes(into->db);
    return rc;
}

/* The oldest first: the latest is what counts, there and here. */
static enum err take_prices(struct taking *t, struct error *err)
{
    struct price_list list = {.arena = &t->arena};
    enum err rc = store_price_rows(t->from, list_price, &list, err);

    for (size_t i = list.n; !rc && i > 0; i--)
        rc = take_price(t, &list.rows[i - 1], err);
    return rc;
}

/* ---- baselines ---------------------------------------------------------------------------- */

struct baseline_list {
    struct arena *arena;
    struct baseline *v; /* by name and age */
    size_t n, cap;
};

static enum err list_baseline(void *ctx, const struct baseline *b, struct error *err)
{
    struct baseline_list *l = ctx;

    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 16;
        struct baseline *v = arena_alloc(l->arena, cap * sizeof(*v));

        if (!v)
            return no_memory(err);
        if (l->n)
            memcpy(v, l->v, l->n * sizeof(*v));
        l->v = v;
        l->cap = cap;
    }
    struct baseline *kept = &l->v[l->n++];
    *kept = *b;
    struct sv *const texts[] = {&kept->name, &kept->commit, &kept->source, &kept->run};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (!keep_text(l->arena, texts[i]))
            return no_memory(err);
    return OK;
}

struct result_copy {
    struct store *into;
    const struct baseline *b;
    int64_t row;
};

static enum err copy_result(void *ctx, const struct baseline_result *r, struct error *err)
{
    struct result_copy *c = ctx;

    return store_baseline_add(c->into, c->b, c->row++, r, err);
}

static enum err adopt_baseline(struct taking *t, const struct baseline *theirs,
                               struct baseline *ours, bool *added, struct error *err)
{
    struct baseline_metric *metrics = NULL;
    struct arena arena = {0};
    size_t n = 0;
    enum err rc = store_baseline_metrics(t->from, theirs->id, &arena, &metrics, &n, err);

    *ours = *theirs;
    *added = false;
    if (!rc)
        rc = store_baseline_adopt(t->w->store, ours, metrics, n, added, err);
    t->out->baselines += *added;
    arena_release(&arena);
    return rc;
}

/* The newest of theirs, which has results, came in as `b`: they are what counts if it is the newest
 * here, too. */
static enum err take_results(struct taking *t, const struct baseline *theirs,
                             const struct baseline *b, struct error *err)
{
    struct store *into = t->w->store;
    struct result_copy copy = {into, b, 0};
    struct baseline newest = {0};
    char *name = arena_zalloc(&t->arena, b->name.n + 1, 1);
    enum err rc;

    if (!name)
        return no_memory(err);
    memcpy(name, b->name.p, b->name.n);
    rc = store_baseline_find(into, name, &t->arena, &newest, err);
    if (rc || newest.id != b->id)
        return rc;
    rc = store_baseline_results(t->from, theirs->id, copy_result, &copy, err);
    return rc ? rc : store_baseline_replace(into, b, err);
}

static enum err take_baselines(struct taking *t, struct error *err)
{
    struct baseline_list list = {.arena = &t->arena};
    enum err rc = store_baselines(t->from, NULL, list_baseline, &list, err);

    for (size_t i = 0; i < list.n && !rc; i++) {
        bool last = i + 1 == list.n || !sv_eq(list.v[i].name, list.v[i + 1].name);
        struct baseline ours;
        bool added;

        rc = adopt_baseline(t, &list.v[i], &ours, &added, err);
        if (!rc && added && last)
            rc = take_results(t, &list.v[i], &ours, err);
    }
    return rc;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static struct source_tally total(const struct writer *w)
{
    struct source_tally sum = {0};

    for (size_t i = 0; i < w->n_tallies; i++) {
        const struct source_tally *x = &w->tallies[i];

        sum.calls_new += x->calls_new;
        sum.calls_merged += x->calls_merged;
        sum.calls_updated += x->calls_updated;
        sum.spans += x->spans;
        sum.tool_calls += x->tool_calls;
        sum.branch_decisions += x->branch_decisions;
        sum.scores += x->scores;
        sum.scores_conflicting += x->scores_conflicting;
        sum.repeated += x->repeated;
        sum.quarantined += x->quarantined;
    }
    return sum;
}

static struct source_tally difference(struct source_tally after, struct source_tally before)
{
    return (struct source_tally){
        .calls_new = after.calls_new - before.calls_new,
        .calls_merged = after.calls_merged - before.calls_merged,
        .calls_updated = after.calls_updated - before.calls_updated,
        .spans = after.spans - before.spans,
        .tool_calls = after.tool_calls - before.tool_calls,
        .branch_decisions = after.branch_decisions - before.branch_decisions,
        .scores = after.scores - before.scores,
        .scores_conflicting = after.scores_conflicting - before.scores_conflicting,
        .repeated = after.repeated - before.repeated,
        .quarantined = after.quarantined - before.quarantined,
    };
}

enum err store_take_in(struct writer *w, struct store *from, struct taken_in *out,
                       struct error *err)
{
    struct taking t = {.w = w, .from = from, .out = out};
    struct source_tally before = total(w);
    enum err rc = writer_begin(w, err);

    *out = (struct taken_in){0};
    if (!rc)
        rc = take_sources(&t, err);
    if (!rc)
        rc = take_samples(&t, err);
    if (!rc)
        rc = take_records(&t, err);
    if (!rc)
        rc = take_sightings(&t, err);
    if (!rc)
        rc = store_annotations(from, INT64_MIN, INT64_MAX, take_annotation, &t, err);
    if (!rc)
        rc = take_prices(&t, err);
    if (!rc)
        rc = take_baselines(&t, err);
    if (!rc) /* which spans are calls: before the next database, for the counts */
        rc = writer_decide_traces(w, err);
    w->transaction_first_id = w->last_call_id + 1; /* those before are decided */
    out->records = difference(total(w), before);
    arena_release(&t.arena);
    return rc;
}
