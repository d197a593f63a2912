/* report: one pass adds up by group, further ones select quantiles; then the table is filled. */
#include "report/report.h"

#include <stdlib.h>
#include "report/run.h"
#include "report/step_views.h"
#include "store/scores.h"
#include "store/texts.h"
#include "base/banned.h"

_Static_assert((int)COST_BEST == (int)COST_OF_LOG_OR_PRICES &&
                   (int)COST_GIVEN == (int)COST_OF_LOG && (int)COST_COMPUTED == (int)COST_OF_PRICES,
               "the two enumerations are one");

enum err run_no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the report");
}

/* ---- what is needed ------------------------------------------------------------------------- */

static void need(struct run *r, size_t m)
{
    const struct measure *x = &measures[m];

    r->needs_scores |= measure_is_score(m);
    if (x->kind == MEASURE_SCORE)
        return;
    if (x->kind == MEASURE_QUANTILE || x->kind == MEASURE_DISTINCT)
        r->pool_ids |= UINT32_C(1) << x->pool;
    else
        r->tallies |= UINT64_C(1) << x->a | UINT64_C(1) << x->b;
}

/* The column to sort by, or NULL for the default order. */
static const char *sort_name(const struct run *r)
{
    const struct report_spec *spec = r->spec;

    if (spec->sort || spec->cumulative != CUMULATIVE_SORTED || spec->no_cost)
        return spec->sort;
    for (size_t d = 0; d < r->n_by; d++)
        if (report_dimension_is_time(r->by[d]))
            return NULL;
    return "cost_usd";
}

static bool has_tags(const struct run *r)
{
    for (size_t d = 0; d < r->n_by; d++) {
        const struct dimension *dim = dimension_find(sv_from(r->by[d]));

        if (dim && dim->kind == DIMENSION_TAGS)
            return true;
    }
    return false;
}

static bool is_pooled(size_t measure)
{
    const struct measure *m = &measures[measure];

    return m->kind == MEASURE_QUANTILE || m->kind == MEASURE_DISTINCT ||
           m->kind == MEASURE_SCORE || m->kind == MEASURE_REFUSAL;
}

static void drop_columns(struct chosen_columns *c, bool (*drops)(size_t measure))
{
    size_t kept = 0;

    for (size_t i = 0; i < c->n; i++)
        if (!drops(c->list[i].measure))
            c->list[kept++] = c->list[i];
    c->n = kept;
}

/* An overview of calls that nobody judged says nothing of scores. */
static enum err drop_scores(struct run *r, struct error *err)
{
    struct score_counts n = {0};
    enum err rc;

    for (size_t i = 0; i < r->spec->n_views; i++)
        if (strcmp(r->spec->views[i], "quality") == 0 || strcmp(r->spec->views[i], "feedback") == 0)
            return OK;
    rc = store_count_scores(r->store, INT64_MAX, &n, err);
    if (!rc && !n.last)
        drop_columns(&r->columns, measure_is_score);
    return rc;
}

/* Where no stored text was looked through, nothing was made unreadable. */
static enum err drop_redactions(struct run *r, struct error *err)
{
    bool wanted = false, any = false;
    enum err rc = OK;

    for (size_t i = 0; i < r->columns.n; i++)
        wanted |= measure_is_redaction(r->columns.list[i].measure);
    if (wanted)
        rc = store_has_redactions(r->store, &any, err);
    if (!rc && !any)
        drop_columns(&r->columns, measure_is_redaction);
    return rc;
}

/* Columns that are not named, and of which this database has nothing. */
static enum err drop_idle(struct run *r, struct error *err)
{
    enum err rc = r->spec->n_columns ? OK : drop_scores(r, err);

    return rc || r->spec->n_columns ? rc : drop_redactions(r, err);
}

/* A call is in one group of a pool, but may have several tags. */
static void drop_pooled(struct run *r)
{
    size_t n = r->columns.n;

    drop_columns(&r->columns, is_pooled);
    r->dropped_pooled = r->columns.n < n;
}

static enum err choose(struct run *r, struct error *err)
{
    static const char *const errors_by[] = {"status", "error_kind"}, *const days[] = {"day"};
    const struct report_spec *spec = r->spec;
    enum err rc = choose_columns(spec, &r->columns, err);

    if (!rc && spec->chart)
        rc = choose_drawn(spec, &r->columns, err);
    if (!rc)
        rc = drop_idle(r, err);
    if (rc)
        return rc;
    r->by = spec->by;
    r->n_by = spec->n_by;
    if (!r->n_by && spec->chart) {
        r->by = days;
        r->n_by = ARRAY_LEN(days);
    } else if (!r->n_by && spec->n_views == 1 && strcmp(spec->views[0], "errors") == 0) {
        r->by = errors_by;
        r->n_by = ARRAY_LEN(errors_by);
    }
    r->by_tags = has_tags(r);
    if (r->by_tags)
        drop_pooled(r);
    rc = choose_sort(sort_name(r), spec->versus, r->by, r->n_by, &r->sort, err);
    if (rc)
        return rc;
    if (r->by_tags && r->sort.by == SORT_MEASURE && is_pooled(r->sort.index))
        return error_set(err, ERR_USAGE, "sort: there is no %s of a tag",
                         measures[r->sort.index].key);
    r->tallies = UINT64_C(1) << T_CALLS | UINT64_C(1) << T_UNPRICED;
    if (r->by_tags)
        r->tallies |= UINT64_C(1) << T_CALLS_WHOLE | UINT64_C(1) << T_UNPRICED_WHOLE;
    for (size_t v = 0; v < spec->n_views; v++)
        if (strcmp(spec->views[v], "safety") == 0) /* for its notes */
            r->tallies |= UINT64_C(1) << T_FINISHED | UINT64_C(1) << T_DECLINED_LOGGED |
                          UINT64_C(1) << T_SCANNED;
    if (spec->narrate)
        r->tallies |= UINT64_C(1) << T_COST;
    for (size_t i = 0; i < r->columns.n; i++) {
        need(r, r->columns.list[i].measure);
        r->shows_money |= measures[r->columns.list[i].measure].money;
    }
    if (r->sort.by == SORT_MEASURE)
        need(r, r->sort.index);
    return OK;
}

struct scan_spec report_scan_spec(const struct report_spec *spec)
{
    return (struct scan_spec){.by = spec->by,
                              .n_by = spec->n_by,
                              .where = spec->where,
                              .n_where = spec->n_where,
                              .since_known = spec->since_known,
                              .until_known = spec->until_known,
                              .since_us = spec->since_us,
                              .until_us = spec->until_us,
                              .zone = spec->zone,
                              .cost = (enum cost_choice)spec->cost,
                              .drop_degenerate_ttft = !spec->keep_degenerate_ttft,
                              .jobs = spec->jobs};
}

enum err run_stands_alone(const struct report_spec *spec, const char *view, const char *rows,
                          struct error *err)
{
    if (spec->n_views > 1)
        return error_set(err, ERR_USAGE, "the view %s stands alone: its rows are %s, not calls",
                         view, rows);
    if (spec->versus || spec->chart || spec->narrate || spec->per_outcome ||
        spec->cumulative == CUMULATIVE_SORTED)
        return error_set(err, ERR_USAGE, "%s goes with views of calls, not with %s",
                         spec->versus        ? "--vs"
                         : spec->chart       ? "--chart"
                         : spec->narrate     ? "--narrate"
                         : spec->per_outcome ? "--per"
                                             : "--cumulative",
                         view);
    return OK;
}

static enum err open_scan(struct run *r, struct error *err)
{
    struct scan_spec scan = report_scan_spec(r->spec);

    scan.by = r->by;
    scan.n_by = r->n_by;
    return scan_open(r->store, &scan, &r->scan, err);
}

/* ---- first walk ----------------------------------------------------------------------------- */

static bool pool_needed(const struct run *r, enum pool_id p)
{
    return r->pool_ids >> p & 1;
}

static enum err open_pools(struct run *r, struct error *err)
{
    enum err rc = OK;

    for (enum pool_id p = 0; p < POOL_COUNT && !rc; p++)
        if (pool_needed(r, p))
            rc = pool_open(&r->pools[p], p, r->scan, err);
    return rc;
}

/* "success: column 3: ...", which a filter says of itself as "where: ...". */
static enum err bad_success(struct error *err, enum err rc, const struct error *found)
{
    const char *msg = found->msg;

    if (strncmp(msg, "where: ", strlen("where: ")) == 0)
        msg += strlen("where: ");
    return error_set(err, rc, "success: %s", msg);
}

static enum err open_successes(struct run *r, struct error *err)
{
    static const char *const usual[] = {"status=ok"};
    const char *const *list = r->spec->n_success ? r->spec->success : usual;
    size_t n = r->spec->n_success ? r->spec->n_success : ARRAY_LEN(usual);
    struct error found;

    if (!(r->tallies >> T_OUTCOMES & 1))
        return OK;
    r->successes = calloc(n, sizeof(struct where *));
    if (!r->successes)
        return run_no_memory(err);
    while (r->n_successes < n) {
        enum err rc = scan_open_where(r->scan, sv_from(list[r->n_successes]),
                                      &r->successes[r->n_successes], &found);
        if (rc)
            return bad_success(err, rc, &found);
        r->n_successes++;
    }
    return OK;
}

static enum err open_threads(struct run *r, struct error *err)
{
    r->n_threads = scan_threads(r->scan);
    r->threads = calloc((size_t)r->n_threads, sizeof(*r->threads));
    if (!r->threads)
        return run_no_memory(err);
    for (int t = 0; t < r->n_threads; t++) {
        struct thread_state *state = &r->threads[t];

        state->sums.needs = r->tallies;
        if (r->bills)
            call_biller_init(&state->biller, r->bills);
        for (size_t i = 0; i < ARRAY_LEN(state->rooms); i++) {
            state->rooms[i] = malloc(SCAN_BLOCK * sizeof(int64_t));
            if (!state->rooms[i])
                return run_no_memory(err);
        }
        state->succeeded = r->n_successes ? malloc(SCAN_BLOCK) : NULL;
        if (r->n_successes && !state->succeeded)
            return run_no_memory(err);
        for (enum pool_id p = 0; p < POOL_COUNT; p++)
            if (pool_needed(r, p) && r->pools[p].distinct)
                state->memos[p] = axis_memo(&r->pools[p].axis);
    }
    return OK;
}

/* Values that sums and pools want, each made once. */
static void make_values(const struct run *r, const struct slice *slice, struct slice_values *out)
{
    uint32_t wanted = sums_values(r->tallies);
    struct thread_state *state = &r->threads[slice->thread];
    size_t room = 0;

    for (enum pool_id p = 0; p < POOL_COUNT; p++)
        if (pool_needed(r, p) && !r->pools[p].distinct)
            wanted |= UINT32_C(1) << r->pools[p].value;
    for (enum call_value v = 0; v < V_COUNT; v++)
        if (wanted >> v & 1) {
            int64_t *into = state->rooms[room];

            if (v == V_CACHE_SAVINGS_NUSD)
                out->values[v] = call_savings(&state->biller, slice->cols, slice->rows, into);
            else if (v == V_CONTEXT_UTILIZATION)
                out->values[v] = call_context_use(r->bills, slice->cols, slice->rows, into);
            else if (v == V_REDACTIONS)
                out->values[v] = call_redactions_of(&r->redactions, slice, into);
            else
                out->values[v] = call_values(v, (enum cost_choice)r->spec->cost, slice->cols,
                                             slice->rows, into);
            room += out->values[v] == into;
        }
}

/* Which rows are successes. */
static void find_outcomes(const struct run *r, const struct slice *slice, struct slice_values *out)
{
    const struct thread_state *state = &r->threads[slice->thread];

    if (!r->n_successes)
        return;
    memset(state->succeeded, 1, (size_t)slice->rows);
    for (size_t i = 0; i < r->n_successes; i++)
        where_apply(r->successes[i], slice->cols, slice->rows, state->rooms[DERIVED_MAX],
                    state->succeeded);
    out->succeeded = state->succeeded;
}

static bool add_slice(void *ctx, const struct slice *slice)
{
    struct run *r = ctx;
    struct thread_state *state = &r->threads[slice->thread];
    struct slice_values values = {0};

    values.refusal = r->refusal;
    make_values(r, slice, &values);
    find_outcomes(r, slice, &values);
    if (!sums_add(&state->sums, slice, &values))
        return false;
    if (r->needs_scores)
        call_scores_mark(&r->scores, slice);
    if (r->shows_money)
        money_count(&state->money, (enum cost_choice)r->spec->cost, slice);
    for (enum pool_id p = 0; p < POOL_COUNT; p++) {
        const struct pool *pool = &r->pools[p];
        const int64_t *v;

        if (!pool_needed(r, p))
            continue;
        v = pool->distinct ? pool_values(pool, &state->memos[p], slice, state->rooms[DERIVED_MAX])
                           : values.values[pool->value];
        if (!pool_count(&r->pools[p], slice, v))
            return false;
    }
    return true;
}

/* A group of a scan into its groups, or into shares of them. */
static void add_parts(const struct run *r, const struct places *p, struct sums *to,
                      const struct sums *from, uint32_t group)
{
    uint32_t first = p->start[group], n = p->start[group + 1] - first;

    for (uint32_t i = 0; i < n; i++) {
        if (n > 1 && r->spec->tags == TAGS_SPLIT)
            sums_share(to, p->list[first + i], from, group, i, n);
        else
            sums_merge(to, p->list[first + i], from, group);
    }
}

/* Adds the threads of a walk up into sums, by the groups that p says. Then the total, behind the
 * room for "(other)". */
static enum err add_up(const struct run *r, struct run *walked, const struct places *p,
                       struct sums *sums, struct error *err)
{
    uint32_t groups = r->groups.n, walked_groups = scan_groups(walked->scan);
    struct sums by_scan = {.needs = walked->tallies};
    struct sums *direct = p->start ? &by_scan : sums; /* what is cut is added up first */

    sums->needs = walked->tallies;
    if (groups > UINT32_MAX - 2 || !sums_grow(sums, groups + 2) ||
        (p->start && !sums_grow(&by_scan, walked_groups))) {
        sums_release(&by_scan);
        return run_no_memory(err);
    }
    for (int t = 0; t < walked->n_threads; t++) {
        struct sums *from = &walked->threads[t].sums;

        for (uint32_t g = 0; g < from->groups; g++)
            sums_merge(direct, g, from, g);
        sums_release(from);
        money_merge(&walked->money, &walked->threads[t].money);
    }
    for (uint32_t g = 0; g < walked_groups; g++) {
        sums_merge(sums, groups + 1, direct, g);
        if (p->start)
            add_parts(r, p, sums, direct, g);
    }
    sums_release(&by_scan);
    return OK;
}

static enum err merge(struct run *r, struct error *err)
{
    uint32_t groups = r->groups.n;
    enum err rc = add_up(r, r, &r->groups.of_now, &r->sums, err);

    if (!rc && r->before)
        rc = add_up(r, r->before, &r->groups.of_before, &r->sums_before, err);
    for (enum pool_id p = 0; p < POOL_COUNT && !rc; p++)
        if (pool_needed(r, p) && !pool_merge(&r->pools[p], groups))
            rc = run_no_memory(err);
    return rc;
}

/* The scores, and which finish reason is a refusal. */
static enum err open_scores(struct run *r, struct error *err)
{
    int64_t n = store_dimension_count(r->store, F_FINISH_REASON, err);

    if (n < 0)
        return err ? err->code : ERR_DB;
    for (int64_t id = 1; id <= n; id++)
        if (sv_is(store_dimension_text(r->store, F_FINISH_REASON, id), "refusal"))
            r->refusal = id;
    return call_scores_load(r->store, false, r->spec->format ? r->spec->format->name : NULL,
                            &r->scores, err);
}

static enum err first_walk(struct run *r, struct error *err)
{
    uint64_t columns = sums_columns(r->tallies);
    enum err rc = open_pools(r, err);

    if (!rc)
        rc = open_successes(r, err);
    if (!rc && (r->tallies >> T_SAVINGS & 1 || r->tallies >> T_CONTEXT & 1 ||
                pool_needed(r, POOL_CONTEXT)))
        rc = call_bills_open(r->store, &r->bills, err);
    r->pools[POOL_CONTEXT].bills = r->bills;
    if (!rc)
        rc = open_threads(r, err);
    if (!rc && r->needs_scores)
        rc = open_scores(r, err);
    if (!rc && r->tallies >> T_REDACTIONS & 1)
        rc = call_redactions_load(r->store, &r->redactions, err);
    for (enum pool_id p = 0; p < POOL_COUNT; p++)
        columns |= r->pools[p].columns;
    for (size_t i = 0; i < r->n_successes; i++)
        columns |= where_columns(r->successes[i]);
    if (!rc)
        rc = scan_walk_blocks(r->scan, columns, add_slice, r, err);
    if (!rc && r->needs_scores && r->spec->format)
        rc = format_checks_run(r->store, r->spec->format, &r->scores, &r->format, err);
    return rc;
}

/* The same over the other window, for what is compared alone. Both scans stay open until all is
 * done, so that they see one state of the database. */
static enum err walk_before(struct run *r, struct report_spec *spec, struct error *err)
{
    enum err rc;

    *spec = *r->spec;
    spec->since_known = spec->until_known = true;
    spec->since_us = spec->versus_since_us;
    spec->until_us = spec->versus_until_us;
    r->before = calloc(1, sizeof(*r->before));
    if (!r->before)
        return run_no_memory(err);
    r->before->spec = spec;
    r->before->store = r->store;
    r->before->by = r->by;
    r->before->n_by = r->n_by;
    r->before->tallies =
        r->tallies &
        (UINT64_C(1) << T_CALLS | UINT64_C(1) << T_UNPRICED | UINT64_C(1) << T_CALLS_WHOLE |
         UINT64_C(1) << T_UNPRICED_WHOLE | UINT64_C(1) << T_COST | UINT64_C(1) << T_REFUSED |
         UINT64_C(1) << T_FINISHED);
    r->before->needs_scores = r->needs_scores;
    rc = open_scan(r->before, err);
    return rc ? rc : first_walk(r->before, err);
}

/* The scores of the window before, which know the groups of its scan, in those of the report. */
static void move_scores(struct run *r)
{
    const struct places *p = &r->groups.of_before; /* without tags, with which there are no scores,
                                                    * a group has one place */
    struct call_scores *scores = &r->before->scores;

    for (size_t i = 0; i < scores->n && p->start; i++) {
        uint32_t group = call_score_group(scores->v[i]);

        if (group != SCAN_OUT)
            call_score_set_group(&scores->v[i], p->list[p->start[group]]);
    }
    for (size_t i = 0; i < scores->n_others && p->start; i++) {
        uint32_t *group = &scores->others[i].group;

        if (*group != SCAN_OUT)
            *group = p->list[p->start[*group]];
    }
}

static enum err join_groups(struct run *r, struct error *err)
{
    r->groups = (struct joined){.n_by = r->n_by,
                                .now = r->scan,
                                .before = r->before ? r->before->scan : NULL,
                                .zone = r->spec->zone,
                                .since_us = r->spec->since_us,
                                .until_us = r->spec->until_us,
                                .before_since_us = r->spec->versus_since_us,
                                .first_tag = r->spec->tags == TAGS_FIRST};
    enum err rc = joined_find(&r->groups, err);

    if (!rc && r->before && !r->by_tags)
        move_scores(r);
    return rc;
}

/* ---- order ---------------------------------------------------------------------------------- */

static enum err finish_pool(struct run *r, enum pool_id p, struct error *err)
{
    struct pool_rows rows = {r->ranking.order, r->ranking.groups, r->ranking.shown};

    pool_result_release(&r->results[p]);
    return pool_finish(&r->pools[p], r->scan, &rows, &r->results[p], err);
}

static enum err finish_scores(struct run *r, struct error *err)
{
    struct pool_rows rows = {r->ranking.order, r->ranking.groups, r->ranking.shown};

    enum err rc;

    quality_rows_release(&r->quality);
    quality_rows_release(&r->quality_before);
    rc = quality_finish(&r->scores, &rows, &r->quality, err);
    if (!rc && r->before)
        rc = quality_finish(&r->before->scores, &rows, &r->quality_before, err);
    return rc;
}

/* What the groups are sorted by, in order of their numbers. */
static struct cell sort_cell(struct run *r, uint32_t group)
{
    if (r->sort.by == SORT_MEASURE) {
        const struct measure *m = &measures[r->sort.index];

        if (m->kind == MEASURE_CUMULATIVE) /* what is above a row is not known yet */
            return sums_n(&r->sums, m->a, group) ? run_ratio(sums_sum(&r->sums, m->a, group), 1)
                                                 : (struct cell){0};
        if (m->kind == MEASURE_TIME)
            return sums_n(&r->sums, m->a, group)
                       ? cell_int((int64_t)sums_sum(&r->sums, m->a, group))
                       : (struct cell){0};
        return run_figure(r, r->sort.index, r->sort.period, (struct place){group, group});
    }
    if (joined_is_time(&r->groups, r->sort.index)) {
        int64_t number;

        return joined_value(&r->groups, group, r->sort.index, &number) ? cell_int(number)
                                                                       : (struct cell){0};
    }
    return cell_text(joined_text(&r->groups, group, r->sort.index, &r->table->arena));
}

static enum err sort_cells(struct run *r, struct cell **out, struct error *err)
{
    uint32_t groups = r->groups.n;
    enum err rc = OK;

    *out = calloc((size_t)groups + 1, sizeof(**out));
    r->ranking.order = calloc((size_t)groups + 1, sizeof(*r->ranking.order));
    if (!*out || !r->ranking.order)
        return run_no_memory(err);
    /* Pooled figures of all groups, in a first order that only serves to get them. */
    for (uint32_t g = 0; g < groups; g++)
        r->ranking.order[g] = g;
    r->ranking.groups = r->ranking.shown = groups;
    if (r->sort.by == SORT_MEASURE && measure_is_score(r->sort.index))
        rc = finish_scores(r, err);
    else if (r->sort.by == SORT_MEASURE && is_pooled(r->sort.index))
        rc = finish_pool(r, measures[r->sort.index].pool, err);
    for (uint32_t g = 0; g < groups && !rc; g++)
        (*out)[g] = sort_cell(r, g);
    ranking_release(&r->ranking);
    return rc;
}

static bool shows_kind(const struct run *r, enum measure_kind kind)
{
    for (size_t i = 0; i < r->columns.n; i++)
        if (measures[r->columns.list[i].measure].kind == kind)
            return true;
    return false;
}

/* The cost of each row and of those above it; "(other)" and the total hold all. */
static enum err add_up_rows(struct run *r, struct error *err)
{
    const struct ranking *k = &r->ranking;
    i128 sum = 0;

    if (!shows_kind(r, MEASURE_CUMULATIVE))
        return OK;
    r->running = calloc((size_t)k->shown + 2, sizeof(*r->running));
    if (!r->running)
        return run_no_memory(err);
    for (uint32_t i = 0; i < k->shown; i++)
        r->running[i] = sum += sums_sum(&r->sums, T_COST, k->order[i]);
    r->running[k->shown] = r->running[k->shown + 1] = sums_sum(&r->sums, T_COST, k->groups + 1);
    return OK;
}

static enum err order(struct run *r, struct error *err)
{
    struct ranking_spec spec = {.n_by = r->n_by,
                                .calls = r->sums.n[T_CALLS] + 1, /* group 0's */
                                .calls_before = r->before ? r->sums_before.n[T_CALLS] + 1 : NULL,
                                .ascending = r->spec->ascending,
                                .limit = r->n_by ? r->spec->limit : 0,
                                .min_n = r->n_by ? r->spec->min_n : 0};
    struct cell *keys = NULL;
    enum err rc = OK;

    if (r->sort.by != SORT_DEFAULT)
        rc = sort_cells(r, &keys, err);
    spec.keys = keys;
    if (!rc)
        rc = rank_groups(&r->groups, &spec, &r->ranking, err);
    free(keys);
    if (rc)
        return rc;
    for (uint32_t i = r->ranking.shown; i < r->ranking.groups; i++) {
        sums_merge(&r->sums, r->ranking.groups, &r->sums, r->ranking.order[i]);
        if (r->before)
            sums_merge(&r->sums_before, r->ranking.groups, &r->sums_before, r->ranking.order[i]);
    }
    for (enum pool_id p = 0; p < POOL_COUNT && !rc; p++)
        if (pool_needed(r, p))
            rc = finish_pool(r, p, err);
    if (!rc && r->needs_scores)
        rc = finish_scores(r, err);
    return rc ? rc : add_up_rows(r, err);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void release(struct run *r)
{
    for (int t = 0; r->threads && t < r->n_threads; t++) {
        sums_release(&r->threads[t].sums);
        for (size_t i = 0; i < ARRAY_LEN(r->threads[t].rooms); i++)
            free(r->threads[t].rooms[i]);
        free(r->threads[t].succeeded);
    }
    free(r->threads);
    for (enum pool_id p = 0; p < POOL_COUNT; p++) {
        pool_release(&r->pools[p]);
        pool_result_release(&r->results[p]);
    }
    call_scores_release(&r->scores);
    format_checks_release(&r->format);
    call_redactions_release(&r->redactions);
    quality_rows_release(&r->quality);
    quality_rows_release(&r->quality_before);
    sums_release(&r->sums_before);
    joined_release(&r->groups);
    for (size_t i = 0; i < r->n_successes; i++)
        where_close(r->successes[i]);
    free(r->successes);
    free(r->running);
    sums_release(&r->sums);
    ranking_release(&r->ranking);
    scan_close(r->scan);
    call_bills_close(r->bills);
}

/* The first view whose rows are no calls, or NULL. */
static const struct view *view_of_steps(const struct report_spec *spec)
{
    static const struct view phases = {"latency", NULL, phases_view};
    static const struct view checks = {"quality", NULL, checks_view};

    for (size_t i = 0; i < spec->n_views; i++)
        for (size_t v = 0; v < report_view_count; v++)
            if (strcmp(report_views[v].name, spec->views[i]) == 0 && report_views[v].run)
                return &report_views[v];
    for (size_t i = 0; i < spec->n_views; i++)
        if (strcmp(spec->views[i], "latency") == 0 && phases_asked(spec))
            return &phases;
    for (size_t i = 0; i < spec->n_views; i++)
        if (strcmp(spec->views[i], "quality") == 0 && checks_asked(spec))
            return &checks;
    return NULL;
}

enum err report_run(struct store *s, const struct report_spec *spec, struct table *out,
                    struct error *err)
{
    struct run r = {.spec = spec, .store = s, .table = out};
    struct report_spec spec_before;
    const struct view *steps = view_of_steps(spec);
    enum err rc;

    if (steps)
        return steps->run(s, spec, out, err);
    rc = choose(&r, err);
    if (!rc)
        rc = open_scan(&r, err);
    if (!rc)
        rc = first_walk(&r, err);
    if (!rc && spec->versus)
        rc = walk_before(&r, &spec_before, err);
    if (!rc)
        rc = join_groups(&r, err);
    if (!rc)
        rc = merge(&r, err);
    if (!rc)
        rc = order(&r, err);
    if (!rc)
        rc = run_fill(&r, err);
    if (!rc && spec->chart)
        rc = run_chart(&r, err);
    if (!rc && !spec->figures_only)
        rc = run_remark(&r, err);
    if (!rc && r.needs_scores)
        rc = run_remark_scores(&r, err);
    if (!rc && spec->narrate)
        rc = run_narrate(&r, err);
    if (r.before)
        release(r.before);
    free(r.before);
    release(&r);
    return rc;
}

enum err report_time_range(struct store *s, int64_t *first_us, int64_t *last_us, struct error *err)
{
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    enum err rc = store_chunks(s, &chunks, &n, err);

    if (rc)
        return rc;
    store_read_done(s);
    *first_us = INT64_MAX;
    *last_us = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        if (chunks[i].min_started_us > chunks[i].max_started_us)
            continue;
        if (chunks[i].min_started_us < *first_us)
            *first_us = chunks[i].min_started_us;
        if (chunks[i].max_started_us > *last_us)
            *last_us = chunks[i].max_started_us;
    }
    free(chunks);
    return OK;
}

const char *const *report_dimension_names(void)
{
    return dimension_names_all();
}

bool report_dimension_is_time(const char *name)
{
    const struct dimension *dim = dimension_find(sv_from(name));

    return dim && dim->kind == DIMENSION_TIME;
}
