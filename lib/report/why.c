/* why: gathers what the answer needs, and puts its rows together. See the headers. */
#include "report/why.h"

#include <stdio.h>
#include <stdlib.h>
#include "report/why_rows.h"
#include "report/words.h"
#include "base/banned.h"

enum {
    STANDS_OUT = 3,  /* times the median */
    LEAST_PEERS = 5, /* values that a median needs before anything is far from it */
};

/* clang-format off */
static const struct {
    const char *key, *also_key, *title;
    enum unit unit;
    bool in_text, in_data, dimension, money;
} columns[WHY_COLUMNS] = {
    [WHY_SECTION]      = {"section", NULL, "", UNIT_NONE, false, true, true, false},
    [WHY_ITEM]         = {"item", NULL, "", UNIT_NONE, true, true, false, false},
    [WHY_DEPTH]        = {"depth", NULL, "", UNIT_COUNT, false, true, false, false},
    [WHY_SHOWN]        = {"shown", NULL, "", UNIT_NONE, true, false, false, false},
    [WHY_VALUE]        = {"value", NULL, "", UNIT_NONE, false, true, false, false},
    [WHY_UNIT]         = {"unit", NULL, "", UNIT_NONE, false, true, false, false},
    [WHY_TOKENS]       = {"tokens", NULL, "", UNIT_TOKENS, false, true, false, false},
    [WHY_PRICE]        = {"usd_per_mtok", "nusd_per_mtok", "", UNIT_NUSD, false, true, false, true},
    [WHY_COST]         = {"cost_usd", "cost_nusd", "", UNIT_NUSD, false, true, false, true},
    [WHY_SHARE]        = {"share", NULL, "share", UNIT_RATE, true, true, false, false},
    [WHY_MEDIAN_SHOWN] = {"median", NULL, "median", UNIT_NONE, true, false, false, false},
    [WHY_MEDIAN]       = {"p50", NULL, "", UNIT_REAL, false, true, false, false},
    [WHY_N]            = {"peers_n", NULL, "n", UNIT_COUNT, true, true, false, false},
    [WHY_RANK]         = {"rank", NULL, "", UNIT_COUNT, false, true, false, false},
    [WHY_TIMES]        = {"times_p50", NULL, "", UNIT_REAL, false, true, false, false},
    [WHY_PEERS]        = {"peers", NULL, "", UNIT_NONE, false, true, false, false},
    [WHY_ORIGIN]       = {"origin", NULL, "", UNIT_NONE, false, true, false, false},
    [WHY_NOTE]         = {"note", NULL, "", UNIT_NONE, true, true, false, false},
};
/* clang-format on */

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the answer");
}

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

/* ---- rows --------------------------------------------------------------------------------- */

struct row *why_row(struct why *w, const char *section, uint32_t depth, struct sv item)
{
    struct row *row = table_add_row(w->out);
    struct cell *c = row ? row->cells : NULL;
    static const enum why_column seen[] = {WHY_SHOWN, WHY_SHARE, WHY_MEDIAN_SHOWN, WHY_N};

    if (!row)
        return NULL;
    row->depth = depth;
    c[WHY_SECTION] = cell_text(sv_from(section));
    c[WHY_ITEM] = cell_text(arena_copy(&w->out->arena, item));
    c[WHY_DEPTH] = cell_int(depth);
    for (size_t i = 0; i < ARRAY_LEN(seen); i++)
        c[seen[i]].text = SV(""); /* most rows have none of these: that is nothing to point at */
    w->text.n = 0;
    return c[WHY_ITEM].text.p ? row : NULL;
}

enum err why_end(struct why *w, struct row *row, struct error *err)
{
    if (row)
        row->cells[WHY_NOTE] = cell_text(words_take(&w->text, &w->out->arena));
    return row && !w->text.failed ? OK : no_memory(err);
}

static struct sv unit_name(enum unit unit)
{
    static const char *const names[] = {
        [UNIT_COUNT] = "count", [UNIT_TOKENS] = "tokens", [UNIT_US] = "us", [UNIT_NUSD] = "nusd"};

    return unit < ARRAY_LEN(names) ? sv_from(names[unit]) : SV_NONE;
}

static void add_figure(struct buf *b, enum unit unit, int64_t v)
{
    if (unit == UNIT_US)
        words_duration(b, v);
    else if (unit == UNIT_NUSD)
        words_money(b, v);
    else
        words_count(b, v);
    buf_str(b, unit == UNIT_TOKENS ? " tok" : "");
}

/* What is made in a buffer of its own, since the note is being made in w->text. */
static void show(struct why *w, struct row *row, enum why_column c, struct buf *b)
{
    row->cells[c] = cell_text(words_take(b, &w->out->arena));
    w->text.failed = w->text.failed || b->failed;
    buf_release(b);
}

void why_value(struct why *w, struct row *row, enum unit unit, int64_t v)
{
    struct buf b = {0};

    if (!row)
        return;
    add_figure(&b, unit, v);
    show(w, row, WHY_SHOWN, &b);
    row->cells[WHY_VALUE] = cell_int(v);
    row->cells[WHY_UNIT] = cell_text(unit_name(unit));
}

void why_money(struct why *w, struct row *row, int64_t nusd, int decimals)
{
    uint64_t size = nusd < 0 ? -(uint64_t)nusd : (uint64_t)nusd, unit = 1;
    struct buf b = {0};
    char digits[24];

    if (!row)
        return;
    for (int i = decimals; i < 9; i++)
        unit *= 10;
    snprintf(digits, sizeof(digits), "%010llu", (unsigned long long)(size / unit));
    buf_str(&b, nusd < 0 ? "-$" : "$");
    words_count(&b, (int64_t)(size / 1000000000));
    buf_char(&b, '.');
    buf_add(&b, digits + strlen(digits) - (size_t)decimals, (size_t)decimals);
    show(w, row, WHY_SHOWN, &b);
    row->cells[WHY_VALUE] = row->cells[WHY_COST] = cell_int(nusd);
    row->cells[WHY_UNIT] = cell_text(unit_name(UNIT_NUSD));
}

void why_mark(struct row *row, const char *origin)
{
    if (row)
        row->cells[WHY_SHOWN] = row->cells[WHY_ORIGIN] = cell_text(sv_from(origin));
}

void why_share(struct row *row, int64_t part, int64_t whole)
{
    if (row && known(part) && known(whole) && whole > 0)
        row->cells[WHY_SHARE] = cell_real((double)part / (double)whole);
}

void why_separate(struct why *w)
{
    buf_str(&w->text, w->text.n ? " \xC2\xB7 " : "");
}

/* ---- peers -------------------------------------------------------------------------------- */

void why_times(struct buf *b, double times)
{
    int decimals = times < 0.995 ? 2 : times < 9.95 ? 1 : 0;

    buf_printf(b, "%.*f x", decimals, times);
}

/* The nearest whole number to one >= 0 that may be the largest there is. */
static int64_t whole(double v)
{
    return v >= 9.2e18 ? INT64_MAX : (int64_t)(v + 0.5);
}

static struct sv name_of_peers(const struct why *w, const struct trace_node *n, enum peer_measure m)
{
    return m < PEER_DURATION_US ? peers_group(w->peers, n) : n->name;
}

void why_compare(struct why *w, struct row *row, const struct trace_node *n, enum peer_measure m,
                 enum unit unit, int64_t value, bool loud)
{
    struct peer_median median = peers_of(w->peers, n, m);
    struct sv peers = name_of_peers(w, n, m);
    double times = median.median > 0 ? (double)value / median.median : 0;
    int64_t rank = 1 + peers_above(w->peers, n, m, value);
    bool far = median.n >= LEAST_PEERS && times > STANDS_OUT;
    struct buf b = {0};

    if (!row || !known(value) || median.n < 2) /* it is its own peer */
        return;
    add_figure(&b, unit, whole(median.median));
    show(w, row, WHY_MEDIAN_SHOWN, &b);
    row->cells[WHY_MEDIAN] = cell_real(median.median);
    row->cells[WHY_N] = cell_int(median.n);
    row->cells[WHY_RANK] = cell_int(rank);
    row->cells[WHY_TIMES] = times > 0 ? cell_real(times) : (struct cell){0};
    row->cells[WHY_PEERS] = cell_text(arena_copy(&w->out->arena, peers));
    w->stands_out = w->stands_out || far;
    if (!far && !loud)
        return;
    why_separate(w);
    buf_str(&w->text, far ? "! " : "");
    if (times > 0)
        why_times(&w->text, times);
    if (!loud)
        return;
    buf_str(&w->text, times > 0 ? " the median of " : "among ");
    buf_sv(&w->text, peers);
    buf_str(&w->text, ", rank ");
    words_count(&w->text, rank);
}

/* ---- names -------------------------------------------------------------------------------- */

struct sv why_dimension(const struct why *w, const struct trace_node *n, enum call_field f)
{
    return n->call && known(n->call->v[f]) ? store_dimension_text(w->s, f, n->call->v[f]) : SV_NONE;
}

void why_name(struct why *w, const struct trace_node *n)
{
    struct sv model = n->shadowed ? SV_NONE : why_dimension(w, n, F_REQUEST_MODEL);

    if (!model.p && !n->shadowed)
        model = why_dimension(w, n, F_RESPONSE_MODEL);
    buf_sv(&w->text, n->name.n ? n->name : n->call ? SV("call") : SV("(no name)"));
    if (model.n && sv_find(n->name, model) < 0) {
        buf_char(&w->text, ' ');
        buf_sv(&w->text, model);
    }
}

const struct trace_node *why_subject(const struct why *w)
{
    return w->top != TRACE_NONE ? &w->t->nodes[w->top] : NULL;
}

/* ---- what is needed ----------------------------------------------------------------------- */

/* Counts the calls at or below the top, into out where that is not NULL. */
static size_t list_calls(const struct why *w, uint32_t *out)
{
    const struct trace_tree *t = w->t;
    bool inside = false;
    size_t n = 0;

    for (uint32_t k = 0; k < t->n; k++) {
        uint32_t i = t->order[k];
        const struct trace_node *node = &t->nodes[i];

        inside =
            w->top == TRACE_NONE || i == w->top || (inside && node->depth > t->nodes[w->top].depth);
        if (!inside || !node->call || node->shadowed)
            continue;
        if (out)
            out[n] = i;
        n++;
    }
    return n;
}

/* The dearest first, then those with most tokens. */
static int compare_calls(const void *a, const void *b, void *context)
{
    const struct trace_node *nodes = ((const struct trace_tree *)context)->nodes;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    const struct trace_sums *x = &nodes[i].own, *y = &nodes[k].own;

    if (x->cost_nusd != y->cost_nusd)
        return x->cost_nusd > y->cost_nusd ? -1 : 1;
    if (x->input_tokens != y->input_tokens)
        return x->input_tokens > y->input_tokens ? -1 : 1;
    return (i > k) - (i < k);
}

static enum err find_calls(struct why *w, struct error *err)
{
    w->n_calls = list_calls(w, NULL);
    w->calls = arena_zalloc(&w->arena, w->n_calls + 1, sizeof(*w->calls));
    if (!w->calls)
        return no_memory(err);
    list_calls(w, w->calls);
    qsort_r(w->calls, w->n_calls, sizeof(*w->calls), compare_calls, (void *)w->t);
    for (size_t i = 0; i < w->n_calls; i++)
        trace_sums_add(&w->sums, &w->t->nodes[w->calls[i]].own);
    if (!w->n_calls)
        return OK;
    const struct call_entry *first = w->t->nodes[w->calls[0]].call;
    if (known(first->v[C_META_ID]))
        w->meta = store_meta_text(w->s, first->v[C_META_ID], &w->arena);
    input_parts_of(w->t, w->calls[0], w->meta, &w->arena, &w->parts);
    return OK;
}

/* The peers of all nodes whose figures are shown. */
static enum err find_peers(struct why *w, struct error *err)
{
    const struct trace_node *nodes = w->t->nodes;
    enum err rc = peers_new(&w->peers, err);

    if (rc)
        return rc;
    if (why_subject(w))
        peers_want(w->peers, w->s, why_subject(w));
    if (w->n_calls)
        peers_want(w->peers, w->s, &nodes[w->calls[0]]);
    for (int p = 0; p < PART_COUNT; p++)
        if (w->parts.tokens[p].known)
            peers_want(w->peers, w->s, &nodes[w->parts.node[p]]);
    for (int p = 0; p < PHASE_COUNT; p++)
        if (w->times.of[p].longest != TRACE_NONE)
            peers_want(w->peers, w->s, &nodes[w->times.of[p].longest]);
    return peers_read(w->peers, w->s, COST_OF_LOG_OR_PRICES, err);
}

/* ---- around the rows ---------------------------------------------------------------------- */

static enum err add_columns(struct why *w, struct error *err)
{
    for (int i = 0; i < WHY_COLUMNS; i++) {
        struct column *c =
            table_add_column(w->out, columns[i].key, columns[i].title, columns[i].unit);
        bool money = columns[i].money && w->spec->no_cost;

        if (!c)
            return no_memory(err);
        c->also_key = columns[i].also_key;
        c->dimension = columns[i].dimension;
        c->in_text = columns[i].in_text;
        c->in_data = columns[i].in_data && !money;
        c->tree = i == WHY_ITEM;
    }
    return OK;
}

static enum err set_head(struct why *w, struct error *err)
{
    static const char *const words[] = {
        [SUBJECT_TRACE] = "trace", [SUBJECT_SESSION] = "session", [SUBJECT_REQUEST] = "request"};
    const struct trace_tree *t = w->t;
    const struct trace_node *n = why_subject(w);
    int64_t at = n && known(n->started_us) ? n->started_us : t->started_us;
    struct table *out = w->out;
    struct sv text;

    out->verb = "why";
    out->db = store_path(w->s);
    out->tz = w->spec->zone->name;
    out->total_calls = (int64_t)w->n_calls;
    w->text.n = 0;
    if (w->top != TRACE_NONE && n->parent != TRACE_NONE) {
        why_name(w, n);
        buf_str(&w->text, " in ");
    }
    buf_printf(&w->text, "%s %.*s", words[t->subject], SV_FMT(t->id));
    if (known(at)) {
        buf_str(&w->text, "   ");
        words_time(&w->text, w->spec->zone, at);
        out->since_known = out->until_known = at < INT64_MAX;
        out->since_us = at;
        out->until_us = at < INT64_MAX ? at + 1 : at;
    }
    buf_char(&w->text, '\0');
    text = words_take(&w->text, &out->arena);
    out->window_text = text.p;
    return text.p ? OK : no_memory(err);
}

/* Figures stand below each other with their last digits; all of them are ASCII. */
static enum err align(struct why *w, struct error *err)
{
    size_t width = 0;

    for (size_t r = 0; r < w->out->n_rows; r++) {
        const struct cell *c = w->out->rows[r].cells;

        if (c[WHY_VALUE].type == CELL_INT && c[WHY_ORIGIN].type == CELL_MISSING)
            width = c[WHY_SHOWN].text.n > width ? c[WHY_SHOWN].text.n : width;
    }
    for (size_t r = 0; r < w->out->n_rows; r++) {
        struct cell *c = w->out->rows[r].cells;
        char *room;

        if (c[WHY_VALUE].type != CELL_INT || c[WHY_ORIGIN].type != CELL_MISSING)
            continue;
        room = arena_alloc(&w->out->arena, width);
        if (!room)
            return no_memory(err);
        memset(room, ' ', width);
        memcpy(room + width - c[WHY_SHOWN].text.n, c[WHY_SHOWN].text.p, c[WHY_SHOWN].text.n);
        c[WHY_SHOWN].text = (struct sv){room, width};
    }
    return OK;
}

static enum err add_notes(struct why *w, struct error *err)
{
    const char *median = "! more than %d times the median of its like";

    return !w->stands_out || table_note(w->out, median, STANDS_OUT) ? OK : no_memory(err);
}

static enum err add_sections(struct why *w, struct error *err)
{
    bool both = w->spec->cost == w->spec->latency;
    enum err rc = OK;

    if ((both || w->spec->cost) && !w->spec->no_cost)
        rc = why_add_cost(w, err);
    if (!rc && (both || w->spec->latency))
        rc = why_add_latency(w, err);
    if (!rc && both)
        rc = why_add_record(w, err);
    return rc;
}

enum err why_table(struct store *s, const struct trace_tree *t, uint32_t top,
                   const struct why_spec *spec, struct table *out, struct error *err)
{
    bool one = top == TRACE_NONE && t->n_roots == 1;
    struct why w = {.s = s, .t = t, .top = one ? t->roots[0] : top, .spec = spec, .out = out};
    enum err rc = find_calls(&w, err);

    if (!rc)
        rc = phase_times_of(t, spec->phases, w.top, &w.times, err);
    if (!rc)
        rc = find_peers(&w, err);
    if (!rc)
        rc = call_bills_open(s, &w.bills, err);
    if (!rc)
        rc = add_columns(&w, err);
    if (!rc)
        rc = set_head(&w, err);
    if (!rc)
        rc = add_sections(&w, err);
    if (!rc)
        rc = why_answer(&w, err);
    if (!rc)
        rc = align(&w, err);
    if (!rc)
        rc = add_notes(&w, err);
    call_bills_close(w.bills);
    peers_free(w.peers);
    buf_release(&w.text);
    arena_release(&w.arena);
    return rc;
}
