/* case_runs: see the header. */
#include "query/case_runs.h"

#include <math.h>
#include <stdlib.h>
#include "base/hash.h"
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the cases of an evaluation");
}

/* Room for element `at` of an array of zeroed elements. */
static bool grow(void **array, uint32_t *cap, uint32_t at, size_t size)
{
    uint32_t bigger = *cap ? *cap : 64;
    void *p;

    if (at < *cap)
        return true;
    while (bigger <= at) {
        if (bigger > UINT32_MAX / 2)
            return false;
        bigger += bigger / 2;
    }
    p = realloc(*array, (size_t)bigger * size);
    if (!p)
        return false;
    memset((char *)p + (size_t)*cap * size, 0, (size_t)(bigger - *cap) * size);
    *array = p;
    *cap = bigger;
    return true;
}

static void usage_release(struct run_usage *u)
{
    free(u->latency_us);
    *u = (struct run_usage){0};
}

static void run_free(struct case_run *run)
{
    for (size_t m = 0; m < CASE_METRICS_MAX; m++) {
        free(run->results[m].v);
        free(run->results[m].passes);
    }
    free(run->order);
    free(run->seen);
    usage_release(&run->usage);
    free(run);
}

void case_runs_release(struct case_runs *r)
{
    for (size_t i = 0; i < r->n_runs; i++)
        run_free(r->runs[i]);
    free(r->runs);
    free(r->texts);
    free(r->clusters);
    keymap_release(&r->cases);
    keymap_release(&r->cluster_keys);
    usage_release(&r->loose[0]);
    usage_release(&r->loose[1]);
    arena_release(&r->arena);
    *r = (struct case_runs){0};
}

/* ---- cases -------------------------------------------------------------------------------- */

/* "task/sample/filter/epoch" (format/evals.h) without the epoch, which is a number if there is one.
 * What has fewer parts, as names of tests have, is whole. */
static struct sv without_repeat(struct sv text)
{
    size_t slashes = 0, last = 0;

    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '/') {
            slashes++;
            last = i;
        }
    if (slashes < 3)
        return text;
    for (size_t i = last + 1; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return text;
    return (struct sv){text.p, last};
}

struct sv case_label(struct sv text)
{
    while (text.n && text.p[0] == '/')
        text = (struct sv){text.p + 1, text.n - 1};
    while (text.n && text.p[text.n - 1] == '/')
        text.n--;
    return text;
}

/* Its number, or KEYMAP_NONE. */
static uint32_t case_number(struct case_runs *r, struct sv text)
{
    struct sv label = case_label(text);
    uint32_t before = r->cases.n;
    uint32_t number = keymap_add(&r->cases, hash64(label.p, label.n, 0));

    if (number == KEYMAP_NONE || number < before)
        return number;
    if (!grow((void **)&r->texts, &r->cap_texts, number, sizeof(*r->texts)) ||
        !grow((void **)&r->clusters, &r->cap_clusters, number, sizeof(*r->clusters)))
        return KEYMAP_NONE;
    r->texts[number] = arena_copy(&r->arena, text);
    return r->texts[number].p ? number : KEYMAP_NONE;
}

static bool set_cluster_key(struct case_runs *r, int side, uint32_t number, uint64_t key)
{
    uint32_t of;

    if (r->clusters[number].of[side])
        return true;
    of = keymap_add(&r->cluster_keys, key);
    if (of == KEYMAP_NONE)
        return false;
    r->clusters[number].of[side] = of + 1;
    return true;
}

static bool set_cluster(struct case_runs *r, int side, uint32_t number, struct sv cluster)
{
    return !cluster.n || set_cluster_key(r, side, number, hash64(cluster.p, cluster.n, 0));
}

uint32_t case_cluster_number(const struct case_runs *r, uint32_t number)
{
    const uint32_t *of = number < r->cap_clusters ? r->clusters[number].of : NULL;

    return !of ? 0 : of[0] ? of[0] : of[1];
}

struct maybe_i64 case_cluster_key(const struct case_runs *r, uint32_t number)
{
    uint32_t of = case_cluster_number(r, number);

    return of ? (struct maybe_i64){(int64_t)r->cluster_keys.keys[of - 1], true}
              : (struct maybe_i64){0, false};
}

/* ---- runs and metrics --------------------------------------------------------------------- */

struct case_run *case_run_find(const struct case_runs *r, int side, struct sv name)
{
    for (size_t i = r->n_runs; i-- > 0;) /* the last one first: lines of a run stand together */
        if (r->runs[i]->side == side && sv_eq(r->runs[i]->name, name))
            return r->runs[i];
    return NULL;
}

static enum err find_run(struct case_runs *r, int side, struct sv name, struct case_run **out,
                         struct error *err)
{
    struct case_run *run = case_run_find(r, side, name);

    *out = run;
    if (run)
        return OK;
    if (r->n_runs == CASE_RUNS_MAX)
        return error_set(err, ERR_RANGE, "more than %d runs", CASE_RUNS_MAX);
    if (r->n_runs == r->cap_runs) {
        size_t cap = r->cap_runs ? 2 * r->cap_runs : 4;
        struct case_run **p = realloc(r->runs, cap * sizeof(struct case_run *));

        if (!p)
            return no_memory(err);
        r->runs = p;
        r->cap_runs = cap;
    }
    run = calloc(1, sizeof(*run));
    if (!run)
        return no_memory(err);
    run->side = side;
    run->name = arena_copy(&r->arena, name.p ? name : SV(""));
    if (!run->name.p) {
        free(run);
        return no_memory(err);
    }
    r->runs[r->n_runs++] = *out = run;
    return OK;
}

size_t case_metric(struct case_runs *r, struct sv name)
{
    for (size_t i = 0; i < r->n_metrics; i++)
        if (sv_eq(r->metrics[i], name))
            return i;
    if (r->n_metrics == CASE_METRICS_MAX)
        return CASE_METRICS_MAX;
    r->metrics[r->n_metrics] = arena_copy(&r->arena, name.p ? name : SV(""));
    return r->metrics[r->n_metrics].p ? r->n_metrics++ : CASE_METRICS_MAX;
}

struct case_result case_result_of(const struct case_results *r, uint32_t number)
{
    return number < r->cap ? r->v[number] : (struct case_result){0};
}

struct case_passes case_passes_of(const struct case_results *r, uint32_t number)
{
    return number < r->cap_passes ? r->passes[number] : (struct case_passes){0};
}

/* ---- results ------------------------------------------------------------------------------ */

static bool note_case(struct case_run *run, uint32_t number)
{
    if (!grow((void **)&run->seen, &run->cap_seen, number, 1))
        return false;
    if (run->seen[number])
        return true;
    if (!grow((void **)&run->order, &run->cap_order, run->n_cases, sizeof(*run->order)))
        return false;
    run->seen[number] = 1;
    run->order[run->n_cases++] = number;
    return true;
}

static void note_metric(struct case_run *run, size_t metric)
{
    for (size_t i = 0; i < run->n_metrics; i++)
        if (run->metrics[i] == metric)
            return;
    run->metrics[run->n_metrics++] = metric;
}

static bool add_result(struct case_results *of, uint32_t number, const struct score_record *s)
{
    bool has_passed = s->passed.known && (s->passed.v == 0 || s->passed.v == 1);
    bool has_value = s->value.known && isfinite(s->value.v);

    if (!grow((void **)&of->v, &of->cap, number, sizeof(*of->v)))
        return false;
    if (has_value || has_passed) {
        of->v[number].sum += has_value ? s->value.v : (double)s->passed.v;
        of->v[number].n++;
    } else {
        of->v[number].lost++;
    }
    if (!has_passed)
        return true;
    if (!grow((void **)&of->passes, &of->cap_passes, number, sizeof(*of->passes)))
        return false;
    of->passes[number].n++;
    of->passes[number].passed += s->passed.v == 1;
    of->differs |= has_value && s->value.v != (double)s->passed.v;
    return true;
}

static enum err add_score(struct case_runs *r, struct case_run *run, const struct score_record *s,
                          struct error *err)
{
    struct sv text = without_repeat(s->target_id);
    uint32_t number = case_number(r, text);
    size_t metric = case_metric(r, s->name);

    if (number == KEYMAP_NONE)
        return no_memory(err);
    if (metric == CASE_METRICS_MAX) {
        r->other_metrics++;
        return OK;
    }
    note_metric(run, metric);
    if (!set_cluster(r, run->side, number, s->cluster) || !note_case(run, number) ||
        !add_result(&run->results[metric], number, s))
        return no_memory(err);
    return OK;
}

static enum err put_score(struct case_runs *r, int side, const struct score_record *s,
                          struct error *err)
{
    struct case_run *run = NULL;
    enum err rc = find_run(r, side, s->run, &run, err);

    return rc ? rc : add_score(r, run, s, err);
}

enum err case_runs_restore(struct case_runs *r, int side, const struct kept_case *c,
                           struct error *err)
{
    struct case_run *run = NULL;
    struct case_results *of;
    size_t metric = case_metric(r, c->metric);
    uint32_t number;
    enum err rc = find_run(r, side, c->run, &run, err);

    if (rc)
        return rc;
    if (metric == CASE_METRICS_MAX)
        return error_set(err, ERR_RANGE, "more than %d metrics", CASE_METRICS_MAX);
    number = case_number(r, c->text);
    of = &run->results[metric];
    if (number == KEYMAP_NONE || !note_case(run, number) ||
        !grow((void **)&of->v, &of->cap, number, sizeof(*of->v)) ||
        !grow((void **)&of->passes, &of->cap_passes, number, sizeof(*of->passes)) ||
        (c->cluster.known && !set_cluster_key(r, run->side, number, (uint64_t)c->cluster.v)))
        return no_memory(err);
    note_metric(run, metric);
    of->v[number] = c->result;
    of->passes[number] = c->passes;
    of->differs |= c->passes.n && (double)c->passes.passed != c->result.sum;
    return OK;
}

/* ---- usage -------------------------------------------------------------------------------- */

static void add_known(const struct call_record *c, enum call_field f, int64_t *sum, int64_t *n)
{
    if (!record_has(c, f) || __builtin_add_overflow(*sum, record_num(c, f), sum))
        return;
    ++*n;
}

static bool add_latency(struct run_usage *u, int64_t us)
{
    if (u->latency_n == u->latency_cap) {
        size_t cap = u->latency_cap ? 2 * u->latency_cap : 256;
        int64_t *p = realloc(u->latency_us, cap * sizeof(*p));

        if (!p)
            return false;
        u->latency_us = p;
        u->latency_cap = cap;
    }
    u->latency_us[u->latency_n++] = us;
    return true;
}

/* What the log says, else what the price table does; an answer from a proxy's cache costs nothing.
 */
static enum err add_cost(struct case_runs *r, struct run_usage *u, const struct call_record *c,
                         struct error *err)
{
    bool from_cache = record_has(c, F_FLAGS) && (record_num(c, F_FLAGS) & FLAG_FROM_CACHE);
    struct maybe_i64 cost = {0, from_cache};
    enum err rc = OK;

    if (record_has(c, F_COST_GIVEN_NUSD))
        cost = (struct maybe_i64){record_num(c, F_COST_GIVEN_NUSD), true};
    else if (!from_cache && r->prices)
        rc = price_record(r->prices, c, &cost, err);
    if (!rc && cost.known && !__builtin_add_overflow(u->cost_nusd, cost.v, &u->cost_nusd))
        u->cost_n++;
    return rc;
}

static bool add_call(struct run_usage *u, const struct call_record *c)
{
    int64_t tokens = 0;

    u->calls++;
    add_known(c, F_INPUT_TOKENS, &u->input_tokens, &u->input_n);
    add_known(c, F_OUTPUT_TOKENS, &u->output_tokens, &u->output_n);
    if (record_has(c, F_INPUT_TOKENS) && record_has(c, F_OUTPUT_TOKENS) &&
        !__builtin_add_overflow(record_num(c, F_INPUT_TOKENS), record_num(c, F_OUTPUT_TOKENS),
                                &tokens) &&
        !__builtin_add_overflow(u->tokens, tokens, &u->tokens))
        u->tokens_n++;
    else if (record_has(c, F_TOTAL_TOKENS_GIVEN))
        add_known(c, F_TOTAL_TOKENS_GIVEN, &u->tokens, &u->tokens_n);
    return !record_has(c, F_LATENCY_US) || add_latency(u, record_num(c, F_LATENCY_US));
}

/* The run of the scores that the line of a call has; calls and scores stand in order of lines. */
static struct run_usage *usage_of(struct case_runs *r, int side, const struct batch *b,
                                  const struct call_record *c, size_t *score)
{
    struct case_run *run = NULL;

    while (*score < b->n_scores && b->scores[*score].line < c->line)
        ++*score;
    for (size_t i = *score; i < b->n_scores && b->scores[i].line == c->line && !run; i++)
        if (b->scores[i].target == TARGET_CASE && b->scores[i].run.n)
            run = case_run_find(r, side, b->scores[i].run);
    return run ? &run->usage : &r->loose[side];
}

enum err case_runs_add(struct case_runs *r, int side, const struct batch *b, struct error *err)
{
    enum err rc = OK;
    size_t score = 0;

    for (size_t i = 0; i < b->n_scores && !rc; i++)
        if (b->scores[i].target == TARGET_CASE)
            rc = put_score(r, side, &b->scores[i], err);
    for (size_t i = 0; i < b->n_calls && !rc; i++) {
        struct run_usage *u = usage_of(r, side, b, &b->calls[i], &score);

        rc = add_cost(r, u, &b->calls[i], err);
        if (!rc && !add_call(u, &b->calls[i]))
            rc = no_memory(err);
    }
    return rc;
}

/* ---- pairing by less ---------------------------------------------------------------------- */

/* "task/sample" of "task/sample/filter"; all of what has no such parts. */
static struct sv without_filter(struct sv text)
{
    size_t slashes = 0;

    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '/' && ++slashes == 2)
            return (struct sv){text.p, i};
    return text;
}

/* What all cases of the run have behind that; .p NULL when they differ. */
static struct sv common_filter(const struct case_runs *r, const struct case_run *run)
{
    struct sv filter = SV_NONE;

    for (uint32_t i = 0; i < run->n_cases; i++) {
        struct sv text = r->texts[run->order[i]], head = without_filter(text);
        struct sv rest = {text.p + head.n, text.n - head.n};

        if (!filter.p)
            filter = rest;
        if (!sv_eq(filter, rest))
            return SV_NONE;
    }
    return filter;
}

static bool share_a_case(const struct case_run *a, const struct case_run *b)
{
    for (uint32_t i = 0; i < a->n_cases; i++)
        if (a->order[i] < b->cap_seen && b->seen[a->order[i]])
            return true;
    return false;
}

/* Moves what b has in one case to another number. */
static bool move_results(struct case_run *b, uint32_t from, uint32_t to)
{
    for (size_t m = 0; m < CASE_METRICS_MAX; m++) {
        struct case_results *of = &b->results[m];

        if (from < of->cap) {
            if (!grow((void **)&of->v, &of->cap, to, sizeof(*of->v)))
                return false;
            of->v[to] = of->v[from];
            of->v[from] = (struct case_result){0};
        }
        if (from < of->cap_passes) {
            if (!grow((void **)&of->passes, &of->cap_passes, to, sizeof(*of->passes)))
                return false;
            of->passes[to] = of->passes[from];
            of->passes[from] = (struct case_passes){0};
        }
    }
    return grow((void **)&b->seen, &b->cap_seen, to, 1);
}

enum err case_runs_join(struct case_runs *r, struct case_run *a, struct case_run *b, bool *dropped,
                        struct error *err)
{
    struct sv filters[2] = {common_filter(r, a), common_filter(r, b)};
    struct keymap heads = {0};
    enum err rc = OK;

    *dropped = false;
    if (a == b || !filters[0].p || !filters[1].p || sv_eq(filters[0], filters[1]) ||
        share_a_case(a, b))
        return OK;
    for (uint32_t i = 0; i < a->n_cases && !rc; i++) {
        struct sv head = without_filter(r->texts[a->order[i]]);

        if (keymap_add(&heads, hash64(head.p, head.n, 0)) == KEYMAP_NONE)
            rc = no_memory(err);
    }
    for (uint32_t i = 0; i < b->n_cases && !rc && heads.n == a->n_cases; i++) {
        struct sv head = without_filter(r->texts[b->order[i]]);
        uint32_t at = keymap_find(&heads, hash64(head.p, head.n, 0));

        if (at == KEYMAP_NONE)
            continue;
        if (!move_results(b, b->order[i], a->order[at])) {
            rc = no_memory(err);
            break;
        }
        b->seen[b->order[i]] = 0;
        b->seen[a->order[at]] = 1;
        b->order[i] = a->order[at];
        *dropped = true;
    }
    keymap_release(&heads);
    return rc;
}
