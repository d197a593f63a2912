/* session_list: see the header. */
#include "report/session_list.h"

#include <stdlib.h>
#include "base/time_text.h"
#include "query/bucket.h"
#include "report/head.h"
#include "report/top.h"
#include "report/words.h"
#include "stats/quantile.h"
#include "base/banned.h"

enum { OUTLIER = 3, LEAST_SESSIONS = 5, MOST_MODELS = 3 };

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the sessions");
}

static struct cell cell_known(int64_t v)
{
    return known(v) ? cell_int(v) : (struct cell){0};
}

static struct cell sum_cell(int64_t v, int64_t n, bool less)
{
    struct cell c = n ? cell_int(v) : (struct cell){0};

    c.lower_bound = n && less;
    return c;
}

/* ---- gathering ---------------------------------------------------------------------------- */

struct session_sum {
    struct trace_sums sums;
    int64_t errors, first_us, last_us; /* start of the first call, end of the last */
    int64_t most_input;
    int64_t models[MOST_MODELS]; /* ids, the ones that were met first; 0: none */
    bool more_models;
};

struct turn {
    uint32_t session;
    int64_t started_us; /* CALL_MISSING comes last */
    int64_t input, cost;
};

struct thread_sums {
    struct session_sum *v;
    uint32_t n, cap;
    struct turn *turns;
    size_t n_turns, cap_turns;
    int64_t *costs; /* room */
};

struct gathering {
    struct store *s;
    const struct session_list_spec *spec;
    struct scan *scan;
    struct thread_sums *threads;
    int n_threads;
    bool turns; /* keep the single calls, too */
    struct session_sum *all;
    uint32_t n;
    uint32_t none; /* group of the calls without a session; UINT32_MAX: there are none */
};

static const struct session_sum empty_sum = {
    .first_us = CALL_MISSING, .last_us = CALL_MISSING, .most_input = CALL_MISSING};

static bool grow_sums(struct thread_sums *t, uint32_t n)
{
    uint32_t cap = t->cap ? t->cap : 256;
    struct session_sum *grown;

    while (cap < n)
        cap = cap > UINT32_MAX / 2 ? UINT32_MAX : cap * 2;
    if (cap > t->cap) {
        grown = realloc(t->v, cap * sizeof(*grown));
        if (!grown)
            return false;
        t->v = grown;
        t->cap = cap;
    }
    for (; t->n < n; t->n++)
        t->v[t->n] = empty_sum;
    return true;
}

static void add_model(struct session_sum *s, int64_t model)
{
    for (int i = 0; i < MOST_MODELS; i++) {
        if (s->models[i] == model)
            return;
        if (!s->models[i]) {
            s->models[i] = model;
            return;
        }
    }
    s->more_models = true;
}

static void add_call(struct session_sum *sum, const int64_t *const *cols, int64_t i, int64_t nusd)
{
    int64_t in = cols[F_INPUT_TOKENS][i], out = cols[F_OUTPUT_TOKENS][i];
    int64_t at = cols[F_STARTED_US][i], latency = cols[F_LATENCY_US][i], end = at;
    int64_t model = cols[F_REQUEST_MODEL][i];
    struct trace_sums one = {
        .calls = 1,
        .unpriced = !known(nusd) && call_unpriced(cols, i),
        .cost_nusd = known(nusd) ? nusd : 0,
        .cost_n = known(nusd),
        .input_tokens = known(in) ? in : 0,
        .input_n = known(in),
        .output_tokens = known(out) ? out : 0,
        .output_n = known(out),
    };

    trace_sums_add(&sum->sums, &one);
    sum->errors += cols[F_STATUS][i] == STATUS_ERROR;
    if (known(in) && (!known(sum->most_input) || in > sum->most_input))
        sum->most_input = in;
    if (known(model))
        add_model(sum, model);
    if (!known(at))
        return;
    if (known(latency) && __builtin_add_overflow(at, latency, &end))
        end = at;
    if (!known(sum->first_us) || at < sum->first_us)
        sum->first_us = at;
    if (!known(sum->last_us) || end > sum->last_us)
        sum->last_us = end;
}

static bool add_turn(struct thread_sums *t, struct turn turn)
{
    if (t->n_turns == t->cap_turns) {
        size_t cap = t->cap_turns ? 2 * t->cap_turns : 1024;
        struct turn *grown = realloc(t->turns, cap * sizeof(*grown));

        if (!grown)
            return false;
        t->turns = grown;
        t->cap_turns = cap;
    }
    t->turns[t->n_turns++] = turn;
    return true;
}

static bool see_slice(void *ctx, const struct slice *slice)
{
    struct gathering *g = ctx;
    struct thread_sums *t = &g->threads[slice->thread];
    const int64_t *costs;

    if (!t->costs)
        t->costs = malloc(sizeof(*t->costs) * CHUNK_ROWS);
    if (!t->costs || !grow_sums(t, slice->groups))
        return false;
    costs = call_values(V_COST_NUSD, g->spec->calls.cost, slice->cols, slice->rows, t->costs);
    for (int64_t i = 0; i < slice->rows; i++) {
        uint32_t group = slice->group[i];

        if (group == SCAN_OUT)
            continue;
        add_call(&t->v[group], slice->cols, i, costs[i]);
        if (g->turns && !add_turn(t, (struct turn){group, slice->cols[F_STARTED_US][i],
                                                   slice->cols[F_INPUT_TOKENS][i], costs[i]}))
            return false;
    }
    return true;
}

static void merge(struct session_sum *into, const struct session_sum *from)
{
    trace_sums_add(&into->sums, &from->sums);
    into->errors += from->errors;
    if (known(from->most_input) &&
        (!known(into->most_input) || from->most_input > into->most_input))
        into->most_input = from->most_input;
    if (known(from->first_us) && (!known(into->first_us) || from->first_us < into->first_us))
        into->first_us = from->first_us;
    if (known(from->last_us) && (!known(into->last_us) || from->last_us > into->last_us))
        into->last_us = from->last_us;
    for (int i = 0; i < MOST_MODELS && from->models[i]; i++)
        add_model(into, from->models[i]);
    into->more_models = into->more_models || from->more_models;
}

static enum err merge_all(struct gathering *g, struct error *err)
{
    g->n = scan_groups(g->scan);
    g->none = UINT32_MAX;
    g->all = calloc(g->n + (size_t)1, sizeof(*g->all));
    if (!g->all)
        return no_memory(err);
    for (uint32_t i = 0; i < g->n; i++) {
        g->all[i] = empty_sum;
        if (!scan_code(g->scan, i, 0))
            g->none = i;
        for (int t = 0; t < g->n_threads; t++)
            if (i < g->threads[t].n)
                merge(&g->all[i], &g->threads[t].v[i]);
    }
    return OK;
}

static enum err gather(struct gathering *g, struct error *err)
{
    static const char *const by[] = {"session"};
    uint64_t mask = COLUMN(F_STARTED_US) | COLUMN(F_LATENCY_US) | COLUMN(F_REQUEST_MODEL) |
                    UNPRICED_COLUMNS | call_value_columns(V_COST_NUSD);
    struct scan_spec spec = g->spec->calls;
    enum err rc;

    spec.by = by;
    spec.n_by = 1;
    rc = scan_open(g->s, &spec, &g->scan, err);
    if (rc)
        return rc;
    g->n_threads = scan_threads(g->scan);
    g->threads = calloc((size_t)g->n_threads, sizeof(*g->threads));
    rc = g->threads ? scan_walk(g->scan, mask, see_slice, g, err) : no_memory(err);
    return rc ? rc : merge_all(g, err);
}

static void gathering_release(struct gathering *g)
{
    for (int t = 0; g->threads && t < g->n_threads; t++) {
        free(g->threads[t].v);
        free(g->threads[t].turns);
        free(g->threads[t].costs);
    }
    free(g->threads);
    free(g->all);
    scan_close(g->scan);
}

static int64_t duration_of(const struct session_sum *s)
{
    int64_t d;

    if (!known(s->first_us) || !known(s->last_us) ||
        __builtin_sub_overflow(s->last_us, s->first_us, &d))
        return CALL_MISSING;
    return d;
}

/* ---- the list ----------------------------------------------------------------------------- */

enum list_column {
    S_SESSION,
    S_STARTED,
    S_TURNS,
    S_DURATION,
    S_COST,
    S_INPUT,
    S_OUTPUT,
    S_CONTEXT,
    S_ERRORS,
    S_MODELS,
    S_OUTLIER,
    S_STARTED_US,
    S_COLUMNS,
};

/* clang-format off */
static const struct {
    const char *key, *also_key, *title;
    enum unit unit;
    bool in_text, in_data, sorts, measured; /* measured: may be an outlier */
    int drop;
} columns[S_COLUMNS] = {
    [S_SESSION]    = {"session", NULL, "session", UNIT_NONE, true, true, false, false, 0},
    [S_STARTED]    = {"started", NULL, "started", UNIT_NONE, true, true, true, false, 3},
    [S_TURNS]      = {"turns", NULL, "turns", UNIT_COUNT, true, true, true, true, 0},
    [S_DURATION]   = {"duration_us", NULL, "duration", UNIT_US, true, true, true, true, 0},
    [S_COST]       = {"cost_usd", "cost_nusd", "cost", UNIT_NUSD, true, true, true, true, 0},
    [S_INPUT]      = {"input_tokens", NULL, "in", UNIT_TOKENS, true, true, true, true, 4},
    [S_OUTPUT]     = {"output_tokens", NULL, "out", UNIT_TOKENS, true, true, true, true, 5},
    [S_CONTEXT]    = {"context_max_tokens", NULL, "context", UNIT_TOKENS, true, true, true, true, 6},
    [S_ERRORS]     = {"errors", NULL, "errors", UNIT_COUNT, true, true, true, false, 0},
    [S_MODELS]     = {"models", NULL, "models", UNIT_NONE, true, true, false, false, 7},
    [S_OUTLIER]    = {"outlier", NULL, "", UNIT_NONE, true, true, false, false, 0},
    [S_STARTED_US] = {"started_us", NULL, "", UNIT_US, false, true, false, false, 0},
};
/* clang-format on */

static struct cell figure(const struct session_sum *s, enum list_column c)
{
    const struct trace_sums *t = &s->sums;

    switch (c) {
    case S_STARTED:
    case S_STARTED_US:
        return cell_known(s->first_us);
    case S_TURNS:
        return cell_int(t->calls);
    case S_DURATION:
        return cell_known(duration_of(s));
    case S_COST:
        return sum_cell(t->cost_nusd, t->cost_n, t->unpriced);
    case S_INPUT:
        return sum_cell(t->input_tokens, t->input_n, t->input_n < t->calls);
    case S_OUTPUT:
        return sum_cell(t->output_tokens, t->output_n, t->output_n < t->calls);
    case S_CONTEXT:
        return cell_known(s->most_input);
    case S_ERRORS:
        return cell_int(s->errors);
    default:
        return (struct cell){0};
    }
}

struct medians {
    double of[S_COLUMNS]; /* 0: none */
};

static enum err find_medians(const struct gathering *g, struct medians *m, struct error *err)
{
    static const double half = 0.5;
    int64_t *v = malloc((g->n + (size_t)1) * sizeof(*v));

    *m = (struct medians){{0}};
    if (!v)
        return no_memory(err);
    for (int c = 0; c < S_COLUMNS; c++) {
        size_t n = 0;

        for (uint32_t i = 0; i < g->n && columns[c].measured; i++) {
            struct cell cell = figure(&g->all[i], (enum list_column)c);

            if (i != g->none && cell.type == CELL_INT)
                v[n++] = cell.i;
        }
        if (n >= LEAST_SESSIONS)
            quantiles(v, n, &half, 1, &m->of[c]);
    }
    free(v);
    return OK;
}

static void say_outlier(struct buf *b, const struct row *row, const struct medians *m,
                        const struct session_list_spec *spec)
{
    for (int c = 0; c < S_COLUMNS; c++) {
        if (m->of[c] <= 0 || row->cells[c].type != CELL_INT || (c == S_COST && spec->no_cost) ||
            (double)row->cells[c].i <= OUTLIER * m->of[c])
            continue;
        buf_str(b, b->n ? " \xC2\xB7 ! " : "! ");
        buf_str(b, columns[c].title);
        buf_str(b, " p50 ");
        if (c == S_COST)
            words_money(b, (int64_t)(m->of[c] + 0.5));
        else if (c == S_DURATION)
            words_duration(b, (int64_t)(m->of[c] + 0.5));
        else
            words_count(b, (int64_t)(m->of[c] + 0.5));
    }
}

static void say_models(struct gathering *g, struct buf *b, const struct session_sum *s)
{
    for (int i = 0; i < MOST_MODELS && s->models[i]; i++) {
        buf_str(b, i ? ", " : "");
        buf_sv(b, store_dimension_text(g->s, F_REQUEST_MODEL, s->models[i]));
    }
    buf_str(b, s->more_models ? ", ..." : "");
}

static enum err add_row(struct gathering *g, struct table *out, uint32_t session,
                        const struct medians *m, struct error *err)
{
    const struct session_sum *s = &g->all[session];
    struct row *row = table_add_row(out);
    struct buf text = {0};
    struct sv id;
    enum err rc = OK;

    if (!row)
        return no_memory(err);
    for (int c = 0; c < S_COLUMNS; c++)
        row->cells[c] = figure(s, (enum list_column)c);
    row->lower_bound = row->cells[S_COST].lower_bound;
    say_outlier(&text, row, m, g->spec);
    row->cells[S_OUTLIER] = cell_text(words_take(&text, &out->arena));
    say_models(g, &text, s);
    row->cells[S_MODELS] = cell_text(words_take(&text, &out->arena));
    if (known(s->first_us))
        words_time(&text, g->spec->calls.zone, s->first_us);
    row->cells[S_STARTED] = cell_text(words_take(&text, &out->arena));
    id = axis_text(scan_axis(g->scan, 0), scan_code(g->scan, session, 0), &out->arena);
    row->cells[S_SESSION] = cell_text(id);
    if (text.failed)
        rc = no_memory(err);
    buf_release(&text);
    return rc;
}

static enum err add_columns(const struct gathering *g, struct table *out, struct error *err)
{
    for (int i = 0; i < S_COLUMNS; i++) {
        struct column *c = table_add_column(out, columns[i].key, columns[i].title, columns[i].unit);
        bool money = i == S_COST && g->spec->no_cost;

        if (!c)
            return no_memory(err);
        c->also_key = columns[i].also_key;
        c->dimension = i == S_SESSION;
        c->in_text = columns[i].in_text && !money;
        c->in_data = columns[i].in_data && !money;
        c->drop = columns[i].drop;
    }
    return OK;
}

static enum err find_sort(const struct session_list_spec *spec, enum list_column *out,
                          struct error *err)
{
    *out = S_STARTED;
    if (!spec->sort)
        return OK;
    for (int i = 0; i < S_COLUMNS; i++)
        if (columns[i].sorts && (strcmp(columns[i].key, spec->sort) == 0 ||
                                 strcmp(columns[i].title, spec->sort) == 0)) {
            *out = (enum list_column)i;
            return OK;
        }
    return error_set(err, ERR_USAGE,
                     "--sort: sessions have no number '%s'; there are: started turns duration cost "
                     "in out context errors",
                     spec->sort);
}

static enum err finish(struct gathering *g, struct table *out, int64_t left, struct error *err)
{
    struct scan_counts counts = scan_counts(g->scan);
    int64_t without = g->none < g->n ? g->all[g->none].sums.calls : 0;
    struct buf text = {0};
    bool ok = head_fill_list(out, g->s, "sessions", &g->spec->calls, counts);

    if (left > 0) {
        words_count(&text, left);
        ok = ok && !text.failed &&
             table_note(out, left == 1 ? "%s more session (--all)" : "%s more sessions (--all)",
                        text.p);
        text.n = 0;
    }
    if (without) {
        words_count(&text, without);
        ok = ok && !text.failed &&
             table_note(out,
                        without == 1 ? "%s call is in no session" : "%s calls are in no session",
                        text.p);
    }
    buf_release(&text);
    ok = ok && table_add_fact(out, "calls_without_session", cell_int(without)) &&
         table_add_fact(out, "sessions", cell_int((int64_t)g->n - (g->none < g->n)));
    return ok ? table_choose(out, g->spec->columns, g->spec->n_columns, err) : no_memory(err);
}

static enum err list(struct gathering *g, struct table *out, struct error *err)
{
    struct top top = {.most = (size_t)g->spec->limit, .ascending = g->spec->ascending};
    struct medians medians;
    enum list_column sort;
    bool outliers = false;
    enum err rc = find_sort(g->spec, &sort, err);

    if (!rc)
        rc = find_medians(g, &medians, err);
    for (uint32_t i = 0; i < g->n && !rc; i++) {
        struct cell key = figure(&g->all[i], sort);

        /* The number of a group differs from run to run; its first start does not, often. */
        if (i != g->none && !top_add(&top, key.type == CELL_INT ? key.i : TOP_MISSING,
                                     (uint64_t)scan_code(g->scan, i, 0) << 32 | i))
            rc = no_memory(err);
    }
    top_finish(&top);
    if (!rc)
        rc = add_columns(g, out, err);
    for (size_t i = 0; i < top.n && !rc; i++) {
        rc = add_row(g, out, (uint32_t)top.v[i].item, &medians, err);
        if (!rc)
            outliers = outliers || out->rows[i].cells[S_OUTLIER].type == CELL_TEXT;
    }
    if (!rc && outliers &&
        !table_note(out, "! more than %d times the median (p50) of all", OUTLIER))
        rc = no_memory(err);
    if (!rc)
        rc = finish(g, out, top.seen - (int64_t)top.n, err);
    top_release(&top);
    return rc;
}

enum err session_list(struct store *s, const struct session_list_spec *spec, struct table *out,
                      struct error *err)
{
    struct gathering g = {.s = s, .spec = spec};
    enum err rc = gather(&g, err);

    if (!rc)
        rc = list(&g, out, err);
    gathering_release(&g);
    return rc;
}

/* ---- one session -------------------------------------------------------------------------- */

static struct column *add_column(struct table *out, const char *key, const char *title,
                                 enum unit unit)
{
    struct column *c = table_add_column(out, key, title, unit);

    if (c)
        c->in_text = c->in_data = true;
    return c;
}

static int64_t less(int64_t a, int64_t b)
{
    int64_t d;

    return !known(a) || !known(b) || __builtin_sub_overflow(a, b, &d) ? CALL_MISSING : d;
}

enum turn_column {
    U_TURN,
    U_STARTED,
    U_MODEL,
    U_LATENCY,
    U_CONTEXT,
    U_GROWTH,
    U_CACHED,
    U_OUTPUT,
    U_COST,
    U_RUNNING,
    U_TOOLS,
    U_STATUS,
    U_ID,
    U_STARTED_US,
    U_COLUMNS,
};

static enum err add_turn_columns(struct table *out, bool no_cost, struct error *err)
{
    /* clang-format off */
    static const struct {
        const char *key, *also_key, *title;
        enum unit unit;
        bool hidden;
        int drop;
    } all[U_COLUMNS] = {
        {"turn", NULL, "turn", UNIT_COUNT, false, 0},
        {"started", NULL, "started", UNIT_NONE, false, 5},
        {"model", NULL, "model", UNIT_NONE, false, 4},
        {"latency_us", NULL, "latency", UNIT_US, false, 6},
        {"input_tokens", NULL, "context", UNIT_TOKENS, false, 0},
        {"context_growth_tokens", NULL, "growth", UNIT_TOKENS, false, 0},
        {"cache_read_tokens", NULL, "cached", UNIT_TOKENS, false, 7},
        {"output_tokens", NULL, "out", UNIT_TOKENS, false, 3},
        {"cost_usd", "cost_nusd", "cost", UNIT_NUSD, false, 0},
        {"running_cost_usd", "running_cost_nusd", "running", UNIT_NUSD, false, 0},
        {"tools", NULL, "tools", UNIT_COUNT, false, 2},
        {"status", NULL, "status", UNIT_NONE, false, 1},
        {"id", NULL, "", UNIT_NONE, true, 0},
        {"started_us", NULL, "", UNIT_US, true, 0},
    };
    /* clang-format on */

    for (int i = 0; i < U_COLUMNS; i++) {
        struct column *c = add_column(out, all[i].key, all[i].title, all[i].unit);
        bool money = (i == U_COST || i == U_RUNNING) && no_cost;

        if (!c)
            return no_memory(err);
        c->also_key = all[i].also_key;
        c->in_text = !all[i].hidden && !money;
        c->in_data = !money;
        c->drop = all[i].drop;
    }
    return OK;
}

static int64_t tools_below(const struct trace_tree *t, const struct trace_node *n)
{
    int64_t tools = 0;

    for (uint32_t k = n->first_child; k != TRACE_NONE; k = t->nodes[k].next_sibling)
        tools += t->nodes[k].kind == NODE_TOOL;
    return tools;
}

static enum err add_turn_row(struct store *s, const struct trace_tree *t,
                             const struct session_list_spec *spec, const struct trace_node *n,
                             const struct trace_sums *running, int64_t last_context,
                             struct table *out, struct error *err)
{
    const int64_t *v = n->call->v;
    struct row *row = table_add_row(out);
    int64_t model = known(v[F_REQUEST_MODEL]) ? v[F_REQUEST_MODEL] : v[F_RESPONSE_MODEL];
    struct buf text = {0};
    struct cell *c;

    if (!row)
        return no_memory(err);
    c = row->cells;
    c[U_TURN] = cell_int((int64_t)out->n_rows);
    if (known(v[F_STARTED_US]))
        words_time(&text, spec->calls.zone, v[F_STARTED_US]);
    c[U_STARTED] = cell_text(words_take(&text, &out->arena));
    if (known(model))
        c[U_MODEL] = cell_text(store_dimension_text(
            s, known(v[F_REQUEST_MODEL]) ? F_REQUEST_MODEL : F_RESPONSE_MODEL, model));
    c[U_LATENCY] = cell_known(v[F_LATENCY_US]);
    c[U_CONTEXT] = cell_known(v[F_INPUT_TOKENS]);
    c[U_GROWTH] = cell_known(less(v[F_INPUT_TOKENS], last_context));
    c[U_CACHED] = cell_known(v[F_CACHE_READ_TOKENS]);
    c[U_OUTPUT] = cell_known(v[F_OUTPUT_TOKENS]);
    c[U_COST] = sum_cell(n->own.cost_nusd, n->own.cost_n, false);
    c[U_RUNNING] = sum_cell(running->cost_nusd, running->cost_n, running->unpriced);
    c[U_TOOLS] = cell_int(tools_below(t, n));
    c[U_STATUS] = cell_text(call_status_name(n->status));
    c[U_ID] = cell_text(n->call->request.n ? n->call->request : n->call->own);
    if (c[U_ID].type == CELL_TEXT)
        c[U_ID].text = arena_copy(&out->arena, c[U_ID].text);
    c[U_STARTED_US] = cell_known(v[F_STARTED_US]);
    row->lower_bound = c[U_RUNNING].lower_bound;
    buf_release(&text);
    return OK;
}

struct by_time {
    const struct trace_node *nodes;
};

static int compare_turns(const void *a, const void *b, void *context)
{
    const struct trace_node *nodes = ((const struct by_time *)context)->nodes;
    const struct trace_node *x = &nodes[*(const uint32_t *)a], *y = &nodes[*(const uint32_t *)b];

    if (known(x->started_us) != known(y->started_us))
        return known(x->started_us) ? -1 : 1;
    if (x->started_us != y->started_us)
        return x->started_us < y->started_us ? -1 : 1;
    return (x->call->id > y->call->id) - (x->call->id < y->call->id);
}

static enum err add_turns(struct store *s, const struct trace_tree *t,
                          const struct session_list_spec *spec, const uint32_t *turns, uint32_t n,
                          struct table *out, struct error *err)
{
    struct trace_sums running = {0};
    int64_t last_context = CALL_MISSING, shown = spec->limit && spec->limit < n ? spec->limit : n;
    enum err rc = OK;

    for (uint32_t i = 0; i < n && !rc; i++) {
        const struct trace_node *node = &t->nodes[turns[i]];

        trace_sums_add(&running, &node->own);
        if ((int64_t)i < shown)
            rc = add_turn_row(s, t, spec, node, &running, last_context, out, err);
        if (known(node->call->v[F_INPUT_TOKENS]) && node->call->v[F_INPUT_TOKENS] > 0)
            last_context = node->call->v[F_INPUT_TOKENS];
    }
    if (!rc && shown < (int64_t)n &&
        !table_note(out, "%lld more turns (--all)", (long long)n - shown))
        rc = no_memory(err);
    return rc;
}

enum err session_turns(struct store *s, const struct trace_tree *t,
                       const struct session_list_spec *spec, struct table *out, struct error *err)
{
    struct by_time context = {t->nodes};
    uint32_t *turns = malloc((t->n + (size_t)1) * sizeof(*turns)), n = 0;
    struct scan_counts counts = {
        .calls = t->sums.calls, .first_us = t->started_us, .last_us = t->ended_us};
    struct sv id = arena_copy(&out->arena, t->id);
    enum err rc = turns && id.p ? OK : no_memory(err);

    if (!known(t->started_us) || !known(t->ended_us)) {
        counts.first_us = INT64_MAX;
        counts.last_us = INT64_MIN;
    }
    for (uint32_t i = 0; i < t->n && !rc; i++)
        if (t->nodes[i].call && !t->nodes[i].shadowed)
            turns[n++] = i;
    if (!rc && n)
        qsort_r(turns, n, sizeof(*turns), compare_turns, &context);
    if (!rc)
        rc = add_turn_columns(out, spec->no_cost, err);
    if (!rc)
        rc = add_turns(s, t, spec, turns, n, out, err);
    free(turns);
    if (!rc && (!head_fill_list(out, s, "sessions", &spec->calls, counts) ||
                !table_add_fact(out, "session", cell_text(id)) ||
                !table_add_fact(out, "unpriced_calls", cell_int(t->sums.unpriced))))
        rc = no_memory(err);
    return rc ? rc : table_choose(out, spec->columns, spec->n_columns, err);
}

/* ---- by turn ------------------------------------------------------------------------------ */

static int compare_in_session(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;

    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    if (known(x->started_us) != known(y->started_us))
        return known(x->started_us) ? -1 : 1;
    if (x->started_us != y->started_us)
        return x->started_us < y->started_us ? -1 : 1;
    if (x->input != y->input) /* whichever thread met it */
        return x->input < y->input ? -1 : 1;
    return (x->cost > y->cost) - (x->cost < y->cost);
}

/* Numbers the turns of each session in place of its group; returns how many the longest has. */
static uint32_t number_turns(struct turn *v, size_t n, uint32_t none)
{
    uint32_t session = UINT32_MAX, number = 0, most = 0;

    for (size_t i = 0; i < n; i++) {
        number = v[i].session == session ? number + 1 : 1;
        session = v[i].session;
        v[i].session = session == none ? 0 : number;
        most = v[i].session > most ? v[i].session : most;
    }
    return most;
}

static int compare_numbers(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;

    return (x->session > y->session) - (x->session < y->session);
}

/* Median and p95 of one value of the turns [from, until) into two cells, and how many have it. */
static int64_t quantile_cells(const struct turn *v, size_t n, bool cost, int64_t *room,
                              struct cell out[2])
{
    static const double q[] = {0.5, 0.95};
    double found[2];
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (known(cost ? v[i].cost : v[i].input))
            room[k++] = cost ? v[i].cost : v[i].input;
    if (!k)
        return 0;
    quantiles(room, k, q, 2, found);
    for (int i = 0; i < 2; i++)
        out[i] = cell_real(found[i]);
    return (int64_t)k;
}

static enum err add_turn_stats(struct gathering *g, struct turn *v, size_t n, struct table *out,
                               struct error *err)
{
    int64_t *room = malloc((n + 1) * sizeof(*room)), rows = 0, left = 0;
    enum err rc = room ? OK : no_memory(err);

    for (size_t from = 0, until; from < n && !rc; from = until) {
        struct row *row;
        struct cell cells[2] = {{0}, {0}};

        for (until = from + 1; until < n && v[until].session == v[from].session;)
            until++;
        if (!v[from].session)
            continue;
        if (g->spec->limit && rows >= g->spec->limit) {
            left++;
            continue;
        }
        row = table_add_row(out);
        if (!row) {
            rc = no_memory(err);
            break;
        }
        rows++;
        row->cells[0] = cell_int(v[from].session);
        row->cells[1] = cell_int((int64_t)(until - from));
        row->cells[4] = cell_int(quantile_cells(v + from, until - from, false, room, cells));
        row->cells[2] = cells[0];
        row->cells[3] = cells[1];
        cells[0] = cells[1] = (struct cell){0};
        row->cells[7] = cell_int(quantile_cells(v + from, until - from, true, room, cells));
        row->cells[5] = cells[0];
        row->cells[6] = cells[1];
    }
    free(room);
    if (!rc && left && !table_note(out, "%lld more turns (--all)", (long long)left))
        rc = no_memory(err);
    return rc;
}

static enum err add_stat_columns(struct table *out, bool no_cost, struct error *err)
{
    static const struct {
        const char *key, *also_key, *title;
        enum unit unit;
        bool n;
    } all[] = {
        {"turn",             NULL,            "turn",     UNIT_COUNT,  false},
        {"sessions",         NULL,            "sessions", UNIT_COUNT,  false},
        {"input_tokens_p50", NULL,            "in p50",   UNIT_TOKENS, false},
        {"input_tokens_p95", NULL,            "in p95",   UNIT_TOKENS, false},
        {"input_tokens_n",   NULL,            "",         UNIT_COUNT,  true },
        {"cost_p50_usd",     "cost_p50_nusd", "cost p50", UNIT_NUSD,   false},
        {"cost_p95_usd",     "cost_p95_nusd", "cost p95", UNIT_NUSD,   false},
        {"cost_n",           NULL,            "",         UNIT_COUNT,  true },
    };

    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        struct column *c = add_column(out, all[i].key, all[i].title, all[i].unit);
        bool money = i >= 5 && no_cost;

        if (!c)
            return no_memory(err);
        c->also_key = all[i].also_key;
        c->in_text = !all[i].n && !money;
        c->in_data = !money;
    }
    return OK;
}

enum err session_by_turn(struct store *s, const struct session_list_spec *spec, struct table *out,
                         struct error *err)
{
    struct gathering g = {.s = s, .spec = spec, .turns = true};
    struct turn *all = NULL;
    size_t n = 0;
    enum err rc = gather(&g, err);

    for (int t = 0; t < g.n_threads && !rc; t++)
        n += g.threads[t].n_turns;
    if (!rc) {
        all = malloc((n + 1) * sizeof(*all));
        rc = all ? OK : no_memory(err);
    }
    n = 0;
    for (int t = 0; t < g.n_threads && !rc; t++) {
        if (g.threads[t].n_turns)
            memcpy(all + n, g.threads[t].turns, g.threads[t].n_turns * sizeof(*all));
        n += g.threads[t].n_turns;
    }
    if (!rc && n) {
        qsort(all, n, sizeof(*all), compare_in_session);
        number_turns(all, n, g.none);
        qsort(all, n, sizeof(*all), compare_numbers);
    }
    if (!rc)
        rc = add_stat_columns(out, spec->no_cost, err);
    if (!rc)
        rc = add_turn_stats(&g, all, n, out, err);
    if (!rc)
        rc = finish(&g, out, 0, err);
    free(all);
    gathering_release(&g);
    return rc;
}

/* ---- at once ------------------------------------------------------------------------------ */

/* A session begins (+1) or has ended (-1). */
struct change {
    int64_t at_us;
    int by;
};

static int compare_changes(const void *a, const void *b)
{
    const struct change *x = a, *y = b;

    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return x->by - y->by; /* what ended was gone when the next began */
}

static enum err add_day(struct table *out, const char *label, int64_t most, double sessions_us,
                        int64_t length_us, struct error *err)
{
    struct row *row = table_add_row(out);

    if (!row)
        return no_memory(err);
    row->cells[0] = cell_text(arena_copy(&out->arena, sv_from(label)));
    row->cells[1] = cell_int(most);
    row->cells[2] = cell_real(sessions_us / (double)length_us);
    return row->cells[0].text.p ? OK : no_memory(err);
}

/* Day by day through the changes. Days in which no session ran have no row. */
static enum err sweep(struct gathering *g, const struct change *v, size_t n, struct table *out,
                      struct error *err)
{
    const struct zone *zone = g->spec->calls.zone;
    int64_t running = 0;
    size_t i = 0;
    enum err rc = OK;

    while (i < n && !rc) {
        int64_t day = zone_day(zone, v[i].at_us);

        do { /* days that a session runs through follow each other */
            int64_t from = zone_day_start_us(zone, day), until = zone_day_start_us(zone, day + 1);
            int64_t reached = from, most = running;
            double sessions_us = 0;
            char label[40];

            for (; i < n && v[i].at_us < until; i++) {
                sessions_us += (double)running * (double)(v[i].at_us - reached);
                reached = v[i].at_us;
                running += v[i].by;
                most = running > most ? running : most;
            }
            sessions_us += (double)running * (double)(until - reached);
            bucket_label(zone, BUCKET_DAY, day, label);
            rc = add_day(out, label, most, sessions_us, until - from, err);
            day++;
        } while (running > 0 && !rc);
    }
    return rc;
}

enum err session_concurrent(struct store *s, const struct session_list_spec *spec,
                            struct table *out, struct error *err)
{
    struct gathering g = {.s = s, .spec = spec};
    struct change *v = NULL;
    struct column *day = NULL;
    size_t n = 0;
    enum err rc = gather(&g, err);

    if (!rc) {
        v = malloc((2 * (size_t)g.n + 1) * sizeof(*v));
        day = add_column(out, "day", "day", UNIT_NONE);
        rc = v && day && add_column(out, "sessions_max", "most", UNIT_COUNT) &&
                     add_column(out, "sessions_mean", "mean", UNIT_REAL)
                 ? OK
                 : no_memory(err);
    }
    if (!rc)
        out->columns[0].dimension = true;
    for (uint32_t i = 0; i < g.n && !rc; i++) {
        int64_t last = g.all[i].last_us;

        if (i == g.none || !known(g.all[i].first_us))
            continue;
        v[n++] = (struct change){g.all[i].first_us, 1};
        v[n++] = (struct change){last > g.all[i].first_us ? last : g.all[i].first_us + 1, -1};
    }
    if (!rc && n) {
        qsort(v, n, sizeof(*v), compare_changes);
        rc = sweep(&g, v, n, out, err);
    }
    if (!rc)
        rc = finish(&g, out, 0, err);
    free(v);
    gathering_release(&g);
    return rc;
}
