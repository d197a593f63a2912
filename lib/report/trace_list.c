/* trace_list: see the header. */
#include "report/trace_list.h"

#include <stdlib.h>
#include "base/hash.h"
#include "query/keymap.h"
#include "query/trace_load.h"
#include "report/head.h"
#include "report/top.h"
#include "report/words.h"
#include "base/banned.h"

struct trace_sum {
    struct sv id;   /* packed */
    struct sv name; /* of its first root */
    int64_t name_us;
    int64_t started_us, ended_us;           /* over everything */
    int64_t root_started_us, root_ended_us; /* of the only root */
    int64_t spans, roots, errors;
    int64_t first_us; /* start of the call that user and feature are from */
    int64_t user, feature, model;
    struct trace_sums sums;
    bool fits;
};

enum list_column {
    L_TRACE,
    L_STARTED,
    L_NAME,
    L_DURATION,
    L_COST,
    L_CALLS,
    L_SPANS,
    L_INPUT,
    L_OUTPUT,
    L_ERRORS,
    L_MODEL,
    L_USER,
    L_FEATURE,
    L_STARTED_US,
    L_COLUMNS,
};

/* clang-format off */
static const struct {
    const char *key, *also_key, *title;
    enum unit unit;
    bool in_text, in_data, sorts;
    int drop;
} columns[L_COLUMNS] = {
    [L_TRACE]      = {"trace_id", NULL, "trace", UNIT_NONE, true, true, false, 0},
    [L_STARTED]    = {"started", NULL, "started", UNIT_NONE, true, true, true, 3},
    [L_NAME]       = {"name", NULL, "name", UNIT_NONE, true, true, false, 2},
    [L_DURATION]   = {"duration_us", NULL, "duration", UNIT_US, true, true, true, 0},
    [L_COST]       = {"cost_usd", "cost_nusd", "cost", UNIT_NUSD, true, true, true, 0},
    [L_CALLS]      = {"calls", NULL, "calls", UNIT_COUNT, true, true, true, 0},
    [L_SPANS]      = {"spans", NULL, "spans", UNIT_COUNT, true, true, true, 5},
    [L_INPUT]      = {"input_tokens", NULL, "in", UNIT_TOKENS, true, true, true, 4},
    [L_OUTPUT]     = {"output_tokens", NULL, "out", UNIT_TOKENS, true, true, true, 4},
    [L_ERRORS]     = {"errors", NULL, "errors", UNIT_COUNT, true, true, true, 0},
    [L_MODEL]      = {"model", NULL, "model", UNIT_NONE, true, true, false, 6},
    [L_USER]       = {"user", NULL, "user", UNIT_NONE, true, true, false, 8},
    [L_FEATURE]    = {"feature", NULL, "feature", UNIT_NONE, true, true, false, 7},
    [L_STARTED_US] = {"started_us", NULL, "", UNIT_US, false, true, false, 0},
};
/* clang-format on */

struct listing {
    struct store *s;
    const struct trace_list_spec *spec;
    struct arena arena;
    struct keymap keys; /* hash of a packed id, or the next free one, to its place */
    struct trace_sum *v;
    uint32_t cap;
    int64_t without_trace;
    bool selecting; /* the calls that come now only say which traces fit */
    bool failed;
};

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the list of traces");
}

/* ---- traces ------------------------------------------------------------------------------- */

static bool grow(struct listing *l, uint32_t place)
{
    uint32_t cap = l->cap ? 2 * l->cap : 256;
    struct trace_sum *grown;

    if (place < l->cap)
        return true;
    grown = cap > l->cap ? realloc(l->v, cap * sizeof(*grown)) : NULL;
    if (!grown)
        return false;
    l->v = grown;
    l->cap = cap;
    return true;
}

/* The trace of a packed id, a new one when it was not met; NULL when out of memory. */
static struct trace_sum *trace_of(struct listing *l, struct sv id)
{
    for (uint64_t key = hash64(id.p, id.n, 0);; key++) {
        uint32_t before = l->keys.n, place = keymap_add(&l->keys, key);

        if (place == KEYMAP_NONE || !grow(l, place))
            return NULL;
        if (place < before) {
            if (sv_eq(l->v[place].id, id))
                return &l->v[place];
            continue;
        }
        l->v[place] = (struct trace_sum){
            .id = arena_copy(&l->arena, id),
            .name_us = CALL_MISSING,
            .started_us = CALL_MISSING,
            .ended_us = CALL_MISSING,
            .root_started_us = CALL_MISSING,
            .root_ended_us = CALL_MISSING,
            .first_us = CALL_MISSING,
            .user = CALL_MISSING,
            .feature = CALL_MISSING,
            .model = CALL_MISSING,
        };
        return l->v[place].id.p ? &l->v[place] : NULL;
    }
}

static void stretch(struct trace_sum *t, int64_t from, int64_t until)
{
    until = known(until) ? until : from;
    if (known(from) && (!known(t->started_us) || from < t->started_us))
        t->started_us = from;
    if (known(until) && (!known(t->ended_us) || until > t->ended_us))
        t->ended_us = until;
}

/* ---- spans -------------------------------------------------------------------------------- */

static bool add_span(void *ctx, const struct span_brief *span)
{
    struct listing *l = ctx;
    struct trace_sum *t = trace_of(l, span->trace);

    if (!t)
        return false;
    t->spans++;
    t->errors += span->status == STATUS_ERROR;
    stretch(t, span->started_us, span->ended_us);
    if (!span->root)
        return true;
    t->roots++;
    t->root_started_us = span->started_us;
    t->root_ended_us = span->ended_us;
    if (t->name.p && known(t->name_us) &&
        (!known(span->started_us) || span->started_us >= t->name_us))
        return true;
    t->name_us = span->started_us;
    t->name = arena_copy(&l->arena, span->name.p ? span->name : SV(""));
    return t->name.p != NULL;
}

/* ---- calls -------------------------------------------------------------------------------- */

struct calls_of_slice {
    struct listing *l;
    const struct slice *slice;
};

static void add_call(struct trace_sum *t, const struct calls_of_slice *c, int64_t i)
{
    const int64_t *const *cols = c->slice->cols;
    struct call_entry call;
    struct trace_sums sums;
    int64_t at = cols[F_STARTED_US][i], latency = cols[F_LATENCY_US][i], end = CALL_MISSING;

    for (int k = 0; k < C_COUNT; k++)
        call.v[k] = cols[k] ? cols[k][i] : CALL_MISSING;
    sums = call_entry_sums(&call, c->l->spec->calls.cost);
    trace_sums_add(&t->sums, &sums);
    if (!t->spans) /* else its span was counted */
        t->errors += cols[F_STATUS][i] == STATUS_ERROR;
    if (known(at) && known(latency) && __builtin_add_overflow(at, latency, &end))
        end = CALL_MISSING;
    stretch(t, at, end);
    if (known(t->first_us) && (!known(at) || at >= t->first_us))
        return;
    t->first_us = known(at) ? at : t->first_us;
    t->user = known(cols[F_USER][i]) ? cols[F_USER][i] : t->user;
    t->feature = known(cols[F_FEATURE][i]) ? cols[F_FEATURE][i] : t->feature;
    t->model = known(cols[F_REQUEST_MODEL][i]) ? cols[F_REQUEST_MODEL][i] : t->model;
}

static bool see_call(void *ctx, int64_t place, const struct call_belongs *to)
{
    const struct calls_of_slice *c = ctx;
    struct trace_sum *t;

    if (c->slice->group[place] == SCAN_OUT)
        return true;
    if (!to->trace.p) {
        c->l->without_trace += c->l->selecting || !c->l->spec->calls.n_where;
        return true;
    }
    t = trace_of(c->l, to->trace);
    if (!t)
        return false;
    if (c->l->selecting)
        t->fits = true;
    else
        add_call(t, c, place);
    return true;
}

static bool see_slice(void *ctx, const struct slice *slice)
{
    struct listing *l = ctx;
    struct calls_of_slice c = {l, slice};

    l->failed = l->failed || store_each_trace(l->s, slice->chunk, see_call, &c, NULL) != OK;
    return !l->failed;
}

/* Goes through the calls that spec lets through. */
static enum err read_calls(struct listing *l, const struct scan_spec *spec,
                           struct scan_counts *counts, struct error *err)
{
    uint64_t mask = COLUMN(F_STARTED_US) | COLUMN(F_LATENCY_US) | COLUMN(F_STATUS) |
                    COLUMN(F_USER) | COLUMN(F_FEATURE) | COLUMN(F_REQUEST_MODEL) |
                    UNPRICED_COLUMNS | call_value_columns(V_COST_NUSD);
    struct scan_spec one = *spec;
    struct scan *scan = NULL;
    enum err rc;

    one.jobs = 1; /* its visitor goes back to the store */
    one.by = NULL;
    one.n_by = 0;
    rc = scan_open(l->s, &one, &scan, err);
    if (!rc)
        rc = scan_walk(scan, mask, see_slice, l, err);
    if (!rc)
        *counts = scan_counts(scan);
    scan_close(scan);
    return rc;
}

static bool has_filter(const struct scan_spec *spec)
{
    return spec->n_where || spec->since_known || spec->until_known;
}

static enum err read_all(struct listing *l, struct scan_counts *counts, struct error *err)
{
    const struct scan_spec *spec = &l->spec->calls;
    struct scan_spec all = {.zone = spec->zone, .cost = spec->cost};
    struct scan_counts ignored;
    enum err rc;

    l->selecting = has_filter(spec);
    rc = l->selecting ? read_calls(l, spec, counts, err) : OK;
    l->selecting = false;
    if (!rc)
        rc = store_each_span(l->s, add_span, l, err);
    if (!rc)
        rc = read_calls(l, &all, has_filter(spec) ? &ignored : counts, err);
    return rc;
}

/* ---- rows --------------------------------------------------------------------------------- */

static bool is_listed(const struct listing *l, const struct trace_sum *t)
{
    const struct scan_spec *spec = &l->spec->calls;
    bool inside = known(t->started_us) && (!spec->since_known || t->started_us >= spec->since_us) &&
                  (!spec->until_known || t->started_us < spec->until_us);

    if (l->spec->failed && !t->errors)
        return false;
    if (!has_filter(spec) || t->fits)
        return true;
    return !spec->n_where && !t->sums.calls && inside;
}

static int64_t duration_of(const struct trace_sum *t)
{
    bool one = t->roots == 1;
    int64_t from = one ? t->root_started_us : t->started_us, d;
    int64_t until = one ? t->root_ended_us : t->ended_us;

    if (!known(from) || !known(until) || until < from || __builtin_sub_overflow(until, from, &d))
        return CALL_MISSING;
    return d;
}

static struct cell cell_known(int64_t v)
{
    return known(v) ? cell_int(v) : (struct cell){0};
}

/* A figure of a trace; texts are made only for the rows that are shown. */
static struct cell figure(const struct trace_sum *t, enum list_column c)
{
    const struct trace_sums *s = &t->sums;
    struct cell cell = {0};

    switch (c) {
    case L_STARTED:
    case L_STARTED_US:
        return cell_known(t->started_us);
    case L_DURATION:
        return cell_known(duration_of(t));
    case L_COST:
        cell = s->cost_n ? cell_int(s->cost_nusd) : cell;
        cell.lower_bound = s->cost_n && s->unpriced;
        return cell;
    case L_CALLS:
        return cell_int(s->calls);
    case L_SPANS:
        return cell_int(t->spans);
    case L_INPUT:
        cell = s->input_n ? cell_int(s->input_tokens) : cell;
        cell.lower_bound = s->input_n && s->input_n < s->calls;
        return cell;
    case L_OUTPUT:
        cell = s->output_n ? cell_int(s->output_tokens) : cell;
        cell.lower_bound = s->output_n && s->output_n < s->calls;
        return cell;
    case L_ERRORS:
        return cell_int(t->errors);
    default:
        return cell;
    }
}

static enum err find_sort(const struct trace_list_spec *spec, enum list_column *out,
                          struct error *err)
{
    const char *name = spec->sort;

    *out = spec->failed ? L_STARTED : L_DURATION;
    if (!name)
        return OK;
    if (strcmp(name, "latency") == 0)
        name = "duration";
    for (int i = 0; i < L_COLUMNS; i++)
        if (columns[i].sorts &&
            (strcmp(columns[i].key, name) == 0 || strcmp(columns[i].title, name) == 0)) {
            *out = (enum list_column)i;
            return OK;
        }
    return error_set(err, ERR_USAGE,
                     "--sort: no column '%s' of numbers; there are: duration cost calls spans in "
                     "out errors started",
                     name);
}

static struct cell dimension(const struct listing *l, enum call_field f, int64_t id)
{
    return known(id) ? cell_text(store_dimension_text(l->s, f, id)) : (struct cell){0};
}

static enum err add_row(struct listing *l, struct table *out, const struct trace_sum *t,
                        struct error *err)
{
    struct row *row = table_add_row(out);
    struct buf text = {0};

    if (!row)
        return no_memory(err);
    for (int c = 0; c < L_COLUMNS; c++)
        row->cells[c] = figure(t, (enum list_column)c);
    row->lower_bound = row->cells[L_COST].lower_bound;
    row->cells[L_TRACE] = cell_text(store_unpack(t->id, &out->arena));
    row->cells[L_STARTED] = (struct cell){0};
    if (known(t->started_us))
        words_time(&text, l->spec->calls.zone, t->started_us);
    row->cells[L_STARTED] = cell_text(words_take(&text, &out->arena));
    if (t->name.n)
        row->cells[L_NAME] = cell_text(arena_copy(&out->arena, t->name));
    row->cells[L_MODEL] = dimension(l, F_REQUEST_MODEL, t->model);
    row->cells[L_USER] = dimension(l, F_USER, t->user);
    row->cells[L_FEATURE] = dimension(l, F_FEATURE, t->feature);
    buf_release(&text);
    return row->cells[L_TRACE].type == CELL_TEXT ? OK : no_memory(err);
}

static enum err add_columns(const struct listing *l, struct table *out, struct error *err)
{
    for (int i = 0; i < L_COLUMNS; i++) {
        struct column *c = table_add_column(out, columns[i].key, columns[i].title, columns[i].unit);
        bool money = i == L_COST && l->spec->no_cost;

        if (!c)
            return no_memory(err);
        c->also_key = columns[i].also_key;
        c->dimension = i == L_TRACE;
        c->in_text = columns[i].in_text && !money;
        c->in_data = columns[i].in_data && !money;
        c->drop = columns[i].drop;
    }
    return OK;
}

/* Columns that no shown row fills say nothing to people. */
static void hide_empty(struct table *out)
{
    for (int c = L_NAME; c < L_COLUMNS; c++) {
        bool some = false;

        for (size_t i = 0; i < out->n_rows && !some; i++)
            some = out->rows[i].cells[c].type != CELL_MISSING;
        out->columns[c].in_text = out->columns[c].in_text && some;
    }
}

static enum err add_notes(const struct listing *l, struct table *out, int64_t listed,
                          struct error *err)
{
    struct buf text = {0};
    bool ok = true;

    if (!listed)
        ok = table_note(out, "no trace fits");
    if (listed > (int64_t)out->n_rows) {
        words_count(&text, listed - (int64_t)out->n_rows);
        ok = !text.failed && table_note(out,
                                        text.n == 1 && text.p[0] == '1' ? "%s more trace (--all)"
                                                                        : "%s more traces (--all)",
                                        text.p);
        text.n = 0;
    }
    if (l->without_trace) {
        words_count(&text, l->without_trace);
        ok = ok && !text.failed &&
             table_note(out,
                        l->without_trace == 1
                            ? "%s call names no trace: llmobs calls, llmobs sessions"
                            : "%s calls name no trace: llmobs calls, llmobs sessions",
                        text.p);
    }
    buf_release(&text);
    ok = ok && table_add_fact(out, "traces", cell_int(listed)) &&
         table_add_fact(out, "calls_without_trace", cell_int(l->without_trace));
    return ok ? OK : no_memory(err);
}

static enum err make_table(struct listing *l, const struct scan_counts *counts, struct table *out,
                           struct trace_list_found *found, struct error *err)
{
    struct top top = {.most = (size_t)l->spec->limit, .ascending = l->spec->ascending};
    enum list_column sort;
    enum err rc = find_sort(l->spec, &sort, err);

    for (uint32_t i = 0; i < l->keys.n && !rc; i++) {
        struct cell key;

        if (!is_listed(l, &l->v[i]))
            continue;
        key = figure(&l->v[i], sort);
        if (!top_add(&top, key.type == CELL_INT ? key.i : TOP_MISSING, i))
            rc = no_memory(err);
    }
    top_finish(&top);
    if (!rc)
        rc = add_columns(l, out, err);
    for (size_t i = 0; i < top.n && !rc; i++)
        rc = add_row(l, out, &l->v[top.v[i].item], err);
    if (!rc && !head_fill_list(out, l->s, "trace", &l->spec->calls, *counts))
        rc = no_memory(err);
    if (!rc)
        rc = add_notes(l, out, top.seen, err);
    if (!rc) {
        hide_empty(out);
        found->traces = top.seen;
        found->only = top.seen == 1 ? out->rows[0].cells[L_TRACE].text : SV_NONE;
        found->calls_without_trace = l->without_trace;
    }
    top_release(&top);
    return rc;
}

enum err trace_list(struct store *s, const struct trace_list_spec *spec, struct table *out,
                    struct trace_list_found *found, struct error *err)
{
    struct listing l = {.s = s, .spec = spec};
    struct scan_counts counts = {0};
    enum err rc = read_all(&l, &counts, err);

    if (!rc)
        rc = make_table(&l, &counts, out, found, err);
    keymap_release(&l.keys);
    free(l.v);
    arena_release(&l.arena);
    return rc;
}
