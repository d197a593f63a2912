/* trace_view: see the header. */
#include "report/trace_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include "query/span_facts.h"
#include "report/words.h"
#include "store/texts.h"
#include "base/banned.h"

enum {
    STANDS_OUT = 3,  /* times the median */
    LEAST_PEERS = 5, /* values that a median needs before anything is far from it */
    PATH_STEPS = 8,  /* of the critical path that are named */
    PATH_SHARE = 20, /* one in so many of the whole time is worth naming */
};

/* ---- columns ------------------------------------------------------------------------------ */

enum trace_column {
    T_SPAN,
    T_DURATION,
    T_SHARE,
    T_ALL_COST,
    T_COST,
    T_ALL_INPUT,
    T_ALL_OUTPUT,
    T_WHAT,
    T_STANDS_OUT,
    T_SPAN_ID,
    T_SOURCE_FILE,
    T_SOURCE_LINE,
    T_DEPTH,
    T_NODE,
    T_NAME,
    T_KIND,
    T_MODEL,
    T_PROVIDER,
    T_TRACE_ID,
    T_PARENT_ID,
    T_REQUEST_ID,
    T_SESSION,
    T_USER,
    T_FEATURE,
    T_SERVICE,
    T_SCOPE,
    T_STARTED,
    T_ENDED,
    T_UNCOVERED,
    T_CRITICAL,
    T_SKEW,
    T_ORPHAN,
    T_SHADOWED,
    T_STATUS,
    T_ERROR_KIND,
    T_FINISH_REASON,
    T_TTFT,
    T_INPUT,
    T_OUTPUT,
    T_CACHE_READ,
    T_REASONING,
    T_ALL_CALLS,
    T_DOCS,
    T_DOCS_MEDIAN,
    T_DOCS_TOKENS,
    T_CONTEXT_TOKENS,
    T_HISTORY_TOKENS,
    T_PEERS,
    T_PEERS_N,
    T_INPUT_MEDIAN,
    T_LATENCY_MEDIAN,
    T_COST_MEDIAN,
    T_ATTRIBUTES,
    T_CONTEXT_TEXT, /* these four, as enum text_side has them, with spec.content alone */
    T_INPUT_TEXT,
    T_OUTPUT_TEXT,
    T_REASONING_TEXT,
    T_COLUMNS,
};

/* clang-format off */
static const struct {
    const char *key, *also_key, *title;
    enum unit unit;
    bool in_text, in_data, money, in_graph;
    int drop;
} columns[T_COLUMNS] = {
    [T_SPAN]           = {"span", NULL, "span", UNIT_NONE, true, false, false, false, 0},
    [T_DURATION]       = {"duration_us", NULL, "time", UNIT_US, true, true, false, true, 0},
    [T_SHARE]          = {"share", NULL, "share", UNIT_RATE, true, true, false, false, 1},
    [T_ALL_COST]       = {"total_cost_usd", "total_cost_nusd", "cost", UNIT_NUSD, true, true, true, true, 0},
    [T_COST]           = {"cost_usd", "cost_nusd", "own cost", UNIT_NUSD, false, true, true, false, 5},
    [T_ALL_INPUT]      = {"total_input_tokens", NULL, "in", UNIT_TOKENS, true, true, false, false, 9},
    [T_ALL_OUTPUT]     = {"total_output_tokens", NULL, "out", UNIT_TOKENS, true, true, false, false, 9},
    [T_WHAT]           = {"what", NULL, "", UNIT_NONE, true, false, false, true, 0},
    [T_STANDS_OUT]     = {"stands_out", NULL, "", UNIT_NONE, true, true, false, false, 0},
    [T_SPAN_ID]        = {"span_id", NULL, "id", UNIT_NONE, false, true, false, false, 6},
    [T_SOURCE_FILE]    = {"source_file", NULL, "file", UNIT_NONE, false, true, false, false, 7},
    [T_SOURCE_LINE]    = {"source_line", NULL, "line", UNIT_COUNT, false, true, false, false, 7},
    [T_DEPTH]          = {"depth", NULL, "", UNIT_COUNT, false, true, false, false, 0},
    [T_NODE]           = {"node", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_NAME]           = {"name", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_KIND]           = {"kind", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_MODEL]          = {"model", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_PROVIDER]       = {"provider", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_TRACE_ID]       = {"trace_id", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_PARENT_ID]      = {"parent_span_id", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_REQUEST_ID]     = {"request_id", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_SESSION]        = {"session", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_USER]           = {"user", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_FEATURE]        = {"feature", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_SERVICE]        = {"service", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_SCOPE]          = {"scope", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_STARTED]        = {"started_us", NULL, "", UNIT_US, false, true, false, false, 0},
    [T_ENDED]          = {"ended_us", NULL, "", UNIT_US, false, true, false, false, 0},
    [T_UNCOVERED]      = {"uncovered_us", NULL, "", UNIT_US, false, true, false, false, 0},
    [T_CRITICAL]       = {"critical_us", NULL, "", UNIT_US, false, true, false, false, 0},
    [T_SKEW]           = {"skew_us", NULL, "", UNIT_US, false, true, false, false, 0},
    [T_ORPHAN]         = {"orphan", NULL, "", UNIT_COUNT, false, true, false, false, 0},
    [T_SHADOWED]       = {"shadowed", NULL, "", UNIT_COUNT, false, true, false, false, 0},
    [T_STATUS]         = {"status", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_ERROR_KIND]     = {"error_kind", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_FINISH_REASON]  = {"finish_reason", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_TTFT]           = {"ttft_us", NULL, "", UNIT_US, false, true, false, false, 0},
    [T_INPUT]          = {"input_tokens", NULL, "", UNIT_TOKENS, false, true, false, false, 0},
    [T_OUTPUT]         = {"output_tokens", NULL, "", UNIT_TOKENS, false, true, false, false, 0},
    [T_CACHE_READ]     = {"cache_read_tokens", NULL, "", UNIT_TOKENS, false, true, false, false, 0},
    [T_REASONING]      = {"reasoning_tokens", NULL, "", UNIT_TOKENS, false, true, false, false, 0},
    [T_ALL_CALLS]      = {"total_calls", NULL, "", UNIT_COUNT, false, true, false, false, 0},
    [T_DOCS]           = {"docs", NULL, "", UNIT_COUNT, false, true, false, false, 0},
    [T_DOCS_MEDIAN]    = {"docs_p50", NULL, "", UNIT_REAL, false, true, false, false, 0},
    [T_DOCS_TOKENS]    = {"docs_tokens", NULL, "", UNIT_TOKENS, false, true, false, false, 0},
    [T_CONTEXT_TOKENS] = {"context_tokens", NULL, "", UNIT_TOKENS, false, true, false, false, 0},
    [T_HISTORY_TOKENS] = {"history_tokens", NULL, "", UNIT_TOKENS, false, true, false, false, 0},
    [T_PEERS]          = {"peers", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_PEERS_N]        = {"peers_n", NULL, "", UNIT_COUNT, false, true, false, false, 0},
    [T_INPUT_MEDIAN]   = {"input_tokens_p50", NULL, "", UNIT_REAL, false, true, false, false, 0},
    [T_LATENCY_MEDIAN] = {"latency_p50_us", NULL, "", UNIT_US, false, true, false, false, 0},
    [T_COST_MEDIAN]    = {"cost_p50_usd", "cost_p50_nusd", "", UNIT_NUSD, false, true, true, false, 0},
    [T_ATTRIBUTES]     = {"attributes", NULL, "", UNIT_NONE, false, true, false, false, 0},
    [T_CONTEXT_TEXT]   = {"context", NULL, "context", UNIT_NONE, false, false, false, false, 0},
    [T_INPUT_TEXT]     = {"input", NULL, "input", UNIT_NONE, false, false, false, false, 0},
    [T_OUTPUT_TEXT]    = {"output", NULL, "output", UNIT_NONE, false, false, false, false, 0},
    [T_REASONING_TEXT] = {"reasoning", NULL, "reasoning", UNIT_NONE, false, false, false, false, 0},
};
/* clang-format on */

/* ---- sources ------------------------------------------------------------------------------ */

enum err source_paths_load(struct store *s, struct arena *a, struct source_paths *out,
                           struct error *err)
{
    struct source_state *all;
    size_t n;
    enum err rc = store_sources(s, a, &all, &n, err);

    if (rc)
        return rc;
    out->n = n ? all[n - 1].id + 1 : 0; /* they come by id */
    out->of = out->n < 0 || out->n > INT32_MAX
                  ? NULL
                  : arena_zalloc(a, (size_t)out->n + 1, sizeof(*out->of));
    if (!out->of)
        return error_set(err, ERR_NOMEM, "out of memory for the names of the sources");
    for (size_t i = 0; i < n; i++)
        if (all[i].id >= 0)
            out->of[all[i].id] = all[i].path;
    return OK;
}

struct sv source_path(const struct source_paths *p, int64_t id)
{
    return id >= 0 && id < p->n ? sv_from(p->of[id]) : SV_NONE;
}

/* ---- the view ----------------------------------------------------------------------------- */

struct view {
    struct store *s;
    const struct trace_tree *t;
    const struct trace_view_spec *spec;
    struct table *out;
    struct peers *peers;
    struct source_paths sources;
    struct arena arena; /* of one row */
    struct buf text;
    struct sv user, feature; /* of the whole */
    bool *shown;
    int64_t hidden_deep, hidden_short, hidden_limit;
    bool stands_out;
    bool own_differs; /* some node has a cost of its own and calls below it */
};

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the rows of a trace");
}

static struct cell cell_known(int64_t v)
{
    return known(v) ? cell_int(v) : (struct cell){0};
}

static struct sv dimension(const struct view *v, const struct trace_node *n, enum call_field f)
{
    return n->call && known(n->call->v[f]) ? store_dimension_text(v->s, f, n->call->v[f]) : SV_NONE;
}

static struct sv model_of(const struct view *v, const struct trace_node *n)
{
    struct sv model = dimension(v, n, F_REQUEST_MODEL);

    return model.p ? model : dimension(v, n, F_RESPONSE_MODEL);
}

/* ---- names and words ---------------------------------------------------------------------- */

static void separate(struct buf *b)
{
    buf_str(b, b->n ? " \xC2\xB7 " : "");
}

static void add_name(struct view *v, const struct trace_node *n)
{
    struct buf *b = &v->text;
    struct sv model = n->shadowed ? SV_NONE : model_of(v, n);

    if (n->kind == NODE_GROUP) {
        buf_sv(b, n->name);
        buf_char(b, ' ');
        buf_sv(b, v->t->id);
        return;
    }
    if (n->kind == NODE_BRANCH) {
        buf_str(b, "branch ");
        buf_sv(b, n->step->from.p ? n->step->from : SV("(none)"));
        buf_str(b, " -> ");
        buf_sv(b, n->name.p ? n->name : SV("(none)"));
        return;
    }
    if (n->kind == NODE_TOOL)
        buf_str(b, "tool ");
    buf_sv(b, n->name.n ? n->name : n->kind == NODE_CALL ? SV("call") : SV("(no name)"));
    if (model.n && sv_find(n->name, model) < 0) {
        buf_char(b, ' ');
        buf_sv(b, model);
    }
}

static void add_labelled(struct buf *b, const char *label, int64_t value)
{
    if (!known(value))
        return;
    buf_str(b, b->n && b->p[b->n - 1] != ' ' ? " " : "");
    buf_str(b, label);
    words_count(b, value);
}

static void add_call_words(struct view *v, const struct trace_node *n)
{
    const int64_t *c = n->call->v;
    struct buf *b = &v->text;
    struct sv finish = dimension(v, n, F_FINISH_REASON);

    if (n->shadowed) {
        separate(b);
        buf_str(b, "repeats what is below it");
        return;
    }
    if (known(c[F_INPUT_TOKENS]) || known(c[F_OUTPUT_TOKENS])) {
        separate(b);
        add_labelled(b, "in ", c[F_INPUT_TOKENS]);
        if (known(c[F_CACHE_READ_TOKENS])) {
            buf_str(b, " (cached ");
            words_count(b, c[F_CACHE_READ_TOKENS]);
            buf_char(b, ')');
        }
        add_labelled(b, "out ", c[F_OUTPUT_TOKENS]);
    }
    if (known(c[F_TIME_TO_FIRST_TOKEN_US])) {
        separate(b);
        buf_str(b, "ttft ");
        words_duration(b, c[F_TIME_TO_FIRST_TOKEN_US]);
    }
    if (known(c[F_QUEUE_US])) {
        separate(b);
        buf_str(b, "queue ");
        words_duration(b, c[F_QUEUE_US]);
    }
    if (finish.n) {
        separate(b);
        buf_sv(b, finish);
    }
}

static void add_fact_words(struct buf *b, const struct span_facts *f)
{
    if (f->docs.known) {
        separate(b);
        buf_str(b, "docs ");
        words_count(b, f->docs.v);
    }
    if (f->docs_tokens.known || f->context_tokens.known) {
        separate(b);
        words_count(b, f->docs_tokens.known ? f->docs_tokens.v : f->context_tokens.v);
        buf_str(b, " tok");
    }
    if (f->history_tokens.known) {
        separate(b);
        buf_str(b, "history ");
        words_count(b, f->history_tokens.v);
        buf_str(b, " tok");
    }
    if (f->passed.known) {
        separate(b);
        buf_str(b, f->passed.v ? "passed" : "not passed");
    }
    if (f->rules.n) {
        separate(b);
        buf_str(b, "rules ");
        buf_sv(b, f->rules);
    }
}

static void add_branch_words(struct buf *b, const struct step_row *step)
{
    if (step->condition.n)
        buf_sv(b, step->condition);
    if (known(step->result)) {
        buf_str(b, step->condition.n ? " is " : "");
        buf_str(b, step->result ? "true" : "false");
    }
    if (step->context.n > 2) { /* more than {} */
        separate(b);
        for (size_t i = 1; i + 1 < step->context.n; i++) {
            char c = step->context.p[i];

            if (c == ',')
                buf_str(b, ", ");
            else if (c != '"')
                buf_char(b, c == ':' ? ' ' : c);
        }
    }
}

static bool is_root(const struct trace_node *n)
{
    return n->parent == TRACE_NONE;
}

/* What the whole is about, said at its top. */
static void add_root_words(struct view *v, const struct trace_node *n)
{
    struct buf *b = &v->text;

    if (n != &v->t->nodes[v->t->roots[0]])
        return;
    if (v->user.n) {
        separate(b);
        buf_str(b, "user ");
        buf_sv(b, v->user);
    }
    if (v->feature.n) {
        separate(b);
        buf_str(b, "feature ");
        buf_sv(b, v->feature);
    }
}

static void add_words(struct view *v, const struct trace_node *n, const struct span_facts *f)
{
    struct buf *b = &v->text;

    if (is_root(n))
        add_root_words(v, n);
    if (n->kind == NODE_BRANCH)
        add_branch_words(b, n->step);
    if (n->call)
        add_call_words(v, n);
    add_fact_words(b, f);
    if (n->failed || n->status == STATUS_CANCELLED) {
        separate(b);
        buf_sv(b, call_status_name(n->status));
        if (n->error_kind.n) {
            buf_char(b, ' ');
            buf_sv(b, n->error_kind);
        }
    } else if (n->kind == NODE_TOOL && known(n->status)) {
        separate(b);
        buf_sv(b, call_status_name(n->status));
    }
}

/* ---- what stands out ---------------------------------------------------------------------- */

static bool far(int64_t value, struct peer_median m)
{
    return known(value) && m.n >= LEAST_PEERS && m.median > 0 &&
           (double)value > STANDS_OUT * m.median;
}

static void say_median(struct view *v, const char *what, int64_t value, struct peer_median m,
                       void (*say)(struct buf *b, int64_t value))
{
    if (!far(value, m))
        return;
    separate(&v->text);
    buf_str(&v->text, "! ");
    buf_str(&v->text, what);
    buf_str(&v->text, " p50 ");
    say(&v->text, (int64_t)(m.median + 0.5));
    v->stands_out = true;
}

static int64_t value_of(struct maybe_i64 m)
{
    return m.known ? m.v : CALL_MISSING;
}

static void add_oddities(struct view *v, const struct trace_node *n, const struct span_facts *f)
{
    struct buf *b = &v->text;

    say_median(v, "docs", value_of(f->docs), peers_of(v->peers, n, PEER_DOCS), words_count);
    say_median(v, "tok", value_of(f->docs_tokens), peers_of(v->peers, n, PEER_DOCS_TOKENS),
               words_count);
    say_median(v, "tok", value_of(f->context_tokens), peers_of(v->peers, n, PEER_CONTEXT_TOKENS),
               words_count);
    if (n->call && !n->shadowed) {
        say_median(v, "in", n->call->v[F_INPUT_TOKENS], peers_of(v->peers, n, PEER_INPUT_TOKENS),
                   words_count);
        say_median(v, "time", n->call->v[F_LATENCY_US], peers_of(v->peers, n, PEER_LATENCY_US),
                   words_duration);
        if (!v->spec->no_cost)
            say_median(v, "cost", call_entry_cost(n->call, v->spec->cost),
                       peers_of(v->peers, n, PEER_COST_NUSD), words_money);
        if (n->own.unpriced) {
            separate(b);
            buf_str(b, "? no price");
        }
    }
    if (n->orphan) {
        separate(b);
        buf_str(b, n->parent_id.n ? "? parent missing" : "? parents in a circle");
    }
    if (n->skew_us) {
        separate(b);
        buf_str(b, n->skew_us < 0 ? "? begins " : "? ends ");
        words_duration(b, n->skew_us < 0 ? -n->skew_us : n->skew_us);
        buf_str(b, n->skew_us < 0 ? " before its parent" : " after its parent");
    }
}

/* ---- rows --------------------------------------------------------------------------------- */

static struct cell share_of(const struct view *v, const struct trace_node *n)
{
    if (!known(n->duration_us) || !known(v->t->duration_us) || v->t->duration_us <= 0)
        return (struct cell){0};
    return cell_real((double)n->duration_us / (double)v->t->duration_us);
}

static struct cell money(int64_t nusd, int64_t n, int64_t unpriced)
{
    struct cell c = n ? cell_int(nusd) : (struct cell){0};

    c.lower_bound = n && unpriced;
    return c;
}

static struct cell some(int64_t v, int64_t n, int64_t calls)
{
    struct cell c = n ? cell_int(v) : (struct cell){0};

    c.lower_bound = n && n < calls;
    return c;
}

static void set_sums(struct row *row, const struct trace_node *n)
{
    const struct trace_sums *all = &n->all, *own = &n->own;
    struct cell *c = row->cells;

    c[T_ALL_CALLS] = cell_int(all->calls);
    c[T_ALL_COST] = money(all->cost_nusd, all->cost_n, all->unpriced);
    c[T_ALL_INPUT] = some(all->input_tokens, all->input_n, all->calls);
    c[T_ALL_OUTPUT] = some(all->output_tokens, all->output_n, all->calls);
    c[T_COST] = money(own->cost_nusd, own->cost_n, own->unpriced);
    c[T_INPUT] = some(own->input_tokens, own->input_n, 0);
    c[T_OUTPUT] = some(own->output_tokens, own->output_n, 0);
    row->lower_bound = c[T_ALL_COST].lower_bound;
}

static void set_call(const struct view *v, struct row *row, const struct trace_node *n)
{
    struct cell *c = row->cells;

    if (!n->call)
        return;
    c[T_MODEL] = cell_text(model_of(v, n));
    c[T_PROVIDER] = cell_text(dimension(v, n, F_PROVIDER));
    c[T_USER] = cell_text(dimension(v, n, F_USER));
    c[T_FEATURE] = cell_text(dimension(v, n, F_FEATURE));
    c[T_FINISH_REASON] = cell_text(dimension(v, n, F_FINISH_REASON));
    c[T_REQUEST_ID] = cell_text(n->call->request);
    if (known(n->call->v[C_SESSION_KEY]))
        c[T_SESSION] =
            cell_text(store_session_text(v->s, n->call->v[C_SESSION_KEY], &v->out->arena));
    if (n->shadowed)
        return;
    c[T_TTFT] = cell_known(n->call->v[F_TIME_TO_FIRST_TOKEN_US]);
    c[T_CACHE_READ] = cell_known(n->call->v[F_CACHE_READ_TOKENS]);
    c[T_REASONING] = cell_known(n->call->v[F_REASONING_TOKENS]);
    struct peer_median in = peers_of(v->peers, n, PEER_INPUT_TOKENS);
    struct peer_median latency = peers_of(v->peers, n, PEER_LATENCY_US);
    struct peer_median cost = peers_of(v->peers, n, PEER_COST_NUSD);
    c[T_PEERS] = cell_text(peers_group(v->peers, n));
    if (c[T_PEERS].text.p)
        c[T_PEERS].text = arena_copy(&v->out->arena, c[T_PEERS].text);
    c[T_PEERS_N] = in.n ? cell_int(in.n) : (struct cell){0};
    c[T_INPUT_MEDIAN] = in.n ? cell_real(in.median) : (struct cell){0};
    c[T_LATENCY_MEDIAN] = latency.n ? cell_int((int64_t)(latency.median + 0.5)) : (struct cell){0};
    c[T_COST_MEDIAN] = cost.n ? cell_int((int64_t)(cost.median + 0.5)) : (struct cell){0};
}

static void set_facts(const struct view *v, struct row *row, const struct trace_node *n,
                      const struct span_facts *f)
{
    struct peer_median docs = peers_of(v->peers, n, PEER_DOCS);
    struct cell *c = row->cells;

    c[T_DOCS] = cell_known(value_of(f->docs));
    c[T_DOCS_TOKENS] = cell_known(value_of(f->docs_tokens));
    c[T_CONTEXT_TOKENS] = cell_known(value_of(f->context_tokens));
    c[T_HISTORY_TOKENS] = cell_known(value_of(f->history_tokens));
    if (f->docs.known && docs.n)
        c[T_DOCS_MEDIAN] = cell_real(docs.median);
}

static struct sv node_name(enum trace_kind k)
{
    static const char *const names[] = {[NODE_SPAN] = "span",
                                        [NODE_CALL] = "call",
                                        [NODE_TOOL] = "tool",
                                        [NODE_BRANCH] = "branch",
                                        [NODE_GROUP] = "group"};

    return sv_from(names[k]);
}

static void set_times(struct row *row, const struct view *v, const struct trace_node *n)
{
    struct cell *c = row->cells;

    c[T_DURATION] = cell_known(n->duration_us);
    c[T_SHARE] = share_of(v, n);
    c[T_STARTED] = cell_known(n->started_us);
    c[T_ENDED] = cell_known(n->ended_us);
    c[T_UNCOVERED] = cell_known(n->uncovered_us);
    c[T_CRITICAL] = cell_known(n->critical_us);
    c[T_SKEW] = n->skew_us ? cell_int(n->skew_us) : (struct cell){0};
}

static void set_ids(struct row *row, const struct view *v, const struct trace_node *n)
{
    struct cell *c = row->cells;

    c[T_SPAN_ID] = cell_text(n->id);
    c[T_PARENT_ID] = cell_text(n->parent_id);
    c[T_TRACE_ID] = v->t->subject == SUBJECT_TRACE ? cell_text(v->t->id) : (struct cell){0};
    if (n->kind != NODE_GROUP) {
        c[T_SOURCE_FILE] = cell_text(source_path(&v->sources, n->source_id));
        c[T_SOURCE_LINE] = n->source_line > 0 ? cell_int(n->source_line) : (struct cell){0};
    }
}

static enum err set_texts(const struct view *v, struct row *row, const struct trace_node *n,
                          struct error *err)
{
    struct stored_text texts[TEXT_SIDES];
    enum err rc;

    if (!v->spec->content || !n->call)
        return OK;
    rc = store_texts(v->s, n->call->id, &v->out->arena, texts, err);
    for (int side = 0; side < TEXT_SIDES && !rc; side++)
        row->cells[T_CONTEXT_TEXT + side] = cell_text(texts[side].text);
    if (!rc && texts[TEXT_REASONING].text.p) /* few have any */
        v->out->columns[T_REASONING_TEXT].in_text = true;
    return rc;
}

static enum err add_row(struct view *v, const struct trace_node *n, uint32_t depth,
                        struct error *err)
{
    struct span_facts f = span_facts_of(n->attributes, &v->arena);
    struct row *row = table_add_row(v->out);
    struct arena *a = &v->out->arena;
    struct cell *c;

    if (!row)
        return no_memory(err);
    c = row->cells;
    row->depth = depth;
    add_name(v, n);
    c[T_SPAN] = cell_text(words_take(&v->text, a));
    add_words(v, n, &f);
    c[T_WHAT] = cell_text(words_take(&v->text, a));
    add_oddities(v, n, &f);
    c[T_STANDS_OUT] = cell_text(words_take(&v->text, a));
    c[T_DEPTH] = cell_int(n->depth);
    c[T_NODE] = cell_text(node_name(n->kind));
    c[T_NAME] = cell_text(n->name);
    c[T_KIND] = cell_text(n->span_kind);
    c[T_SERVICE] = cell_text(n->service);
    c[T_SCOPE] = cell_text(n->scope);
    c[T_STATUS] = cell_text(call_status_name(n->status));
    c[T_ERROR_KIND] = cell_text(n->error_kind);
    c[T_ORPHAN] = cell_int(n->orphan);
    c[T_SHADOWED] = cell_int(n->shadowed);
    c[T_ATTRIBUTES] = cell_text(n->attributes);
    set_times(row, v, n);
    set_sums(row, n);
    set_ids(row, v, n);
    set_call(v, row, n);
    set_facts(v, row, n, &f);
    arena_reset(&v->arena);
    return v->text.failed ? no_memory(err) : set_texts(v, row, n, err);
}

/* A step is shown when it or something below it lasts long enough. */
static void choose_rows(struct view *v)
{
    const struct trace_tree *t = v->t;
    int64_t least = v->spec->min_duration_us, deepest = v->spec->depth;

    for (uint32_t k = t->n; k-- > 0;) {
        const struct trace_node *n = &t->nodes[t->order[k]];
        bool *shown = &v->shown[t->order[k]];

        *shown = *shown || !least || (known(n->duration_us) && n->duration_us >= least);
        if (*shown && n->parent != TRACE_NONE)
            v->shown[n->parent] = true;
        v->hidden_short += !*shown;
        if (*shown && deepest >= 0 && n->depth > deepest) {
            *shown = false;
            v->hidden_deep++;
        }
        v->own_differs = v->own_differs || (n->own.cost_n && n->all.calls > n->own.calls);
    }
}

static enum err add_rows(struct view *v, struct error *err)
{
    const struct trace_tree *t = v->t;
    enum err rc = OK;

    for (uint32_t k = 0; k < t->n && !rc; k++) {
        const struct trace_node *n = &t->nodes[t->order[k]];

        if (!v->shown[t->order[k]])
            continue;
        if (v->spec->limit && (int64_t)v->out->n_rows >= v->spec->limit)
            v->hidden_limit++;
        else
            rc = add_row(v, n, n->depth, err);
    }
    return rc;
}

static enum err add_columns(struct view *v, struct error *err)
{
    for (int i = 0; i < T_COLUMNS; i++) {
        struct column *c =
            table_add_column(v->out, columns[i].key, columns[i].title, columns[i].unit);
        bool money = columns[i].money && v->spec->no_cost;

        if (!c)
            return no_memory(err);
        c->also_key = columns[i].also_key;
        c->in_text = columns[i].in_text && !money;
        c->in_data = columns[i].in_data && !money;
        c->in_graph = columns[i].in_graph && !money;
        c->drop = columns[i].drop;
        c->tree = i == T_SPAN;
    }
    if (v->own_differs && !v->spec->no_cost)
        v->out->columns[T_COST].in_text = true;
    for (int i = T_SPAN_ID; i <= T_SOURCE_LINE; i++)
        v->out->columns[i].in_text = v->spec->ids;
    for (int i = T_CONTEXT_TEXT; i <= T_REASONING_TEXT; i++)
        v->out->columns[i].in_text = v->out->columns[i].in_data = v->spec->content;
    v->out->columns[T_REASONING_TEXT].in_text = false;
    return OK;
}

/* ---- below the tree ----------------------------------------------------------------------- */

struct by_critical {
    const struct trace_node *nodes;
};

static int compare_critical(const void *a, const void *b, void *context)
{
    const struct trace_node *nodes = ((const struct by_critical *)context)->nodes;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    if (nodes[x].critical_us != nodes[y].critical_us)
        return nodes[x].critical_us > nodes[y].critical_us ? -1 : 1;
    return (x > y) - (x < y);
}

static int compare_places(const void *a, const void *b, void *context)
{
    const struct trace_node *nodes = ((const struct by_critical *)context)->nodes;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    if (nodes[x].started_us != nodes[y].started_us)
        return nodes[x].started_us < nodes[y].started_us ? -1 : 1;
    return (x > y) - (x < y);
}

/* The steps that the time goes to, those that matter most, in order of time. */
static enum err say_critical(struct view *v, struct error *err)
{
    const struct trace_tree *t = v->t;
    struct by_critical context = {t->nodes};
    uint32_t *path = malloc((t->n + (size_t)1) * sizeof(*path)), n = 0;
    int64_t least = t->duration_us / PATH_SHARE;

    if (!path)
        return no_memory(err);
    for (uint32_t i = 0; i < t->n; i++)
        if (known(t->nodes[i].critical_us) && t->nodes[i].critical_us >= least &&
            t->nodes[i].critical_us > 0 && t->nodes[i].parent != TRACE_NONE)
            path[n++] = i;
    qsort_r(path, n, sizeof(*path), compare_critical, &context);
    n = n < PATH_STEPS ? n : PATH_STEPS;
    qsort_r(path, n, sizeof(*path), compare_places, &context);
    if (n)
        buf_str(&v->text, "critical path: ");
    for (uint32_t i = 0; i < n; i++) {
        const struct trace_node *node = &t->nodes[path[i]];

        buf_str(&v->text, i ? " -> " : "");
        if (node->kind == NODE_CALL)
            add_name(v, node);
        else
            buf_sv(&v->text, node->name.n ? node->name : SV("(no name)"));
        buf_char(&v->text, ' ');
        words_duration(&v->text, node->critical_us);
    }
    free(path);
    return OK;
}

static enum err take_note(struct view *v, bool warning, struct error *err)
{
    bool ok = !v->text.failed;

    if (ok && v->text.n)
        ok = warning ? table_warn(v->out, "%s", v->text.p) : table_note(v->out, "%s", v->text.p);
    v->text.n = 0;
    return ok ? OK : no_memory(err);
}

static enum err say_path(struct view *v, struct error *err)
{
    const struct trace_tree *t = v->t;
    enum err rc = OK;

    if (!known(t->duration_us) || t->duration_us <= 0)
        return OK;
    rc = say_critical(v, err);
    if (!rc && known(t->uncovered_us)) {
        buf_str(&v->text, v->text.n ? "  \xC2\xB7  gap " : "gap ");
        words_duration(&v->text, t->uncovered_us);
        buf_str(&v->text, " (");
        words_share(&v->text, (double)t->uncovered_us / (double)t->duration_us);
        buf_str(&v->text, ") not covered by any span");
    }
    return rc ? rc : take_note(v, false, err);
}

static void say_number(struct view *v, int64_t n, const char *one, const char *many)
{
    if (!n)
        return;
    buf_str(&v->text, v->text.n ? "; " : "");
    words_count(&v->text, n);
    buf_char(&v->text, ' ');
    buf_str(&v->text, n == 1 ? one : many);
}

static enum err add_notes(struct view *v, struct error *err)
{
    const struct trace_tree *t = v->t;
    enum err rc = say_path(v, err);

    if (!rc && v->stands_out) {
        buf_printf(&v->text, "! more than %d times the median (p50) of its like", STANDS_OUT);
        rc = take_note(v, false, err);
    }
    if (rc)
        return rc;
    say_number(v, v->hidden_deep, "step is deeper (--depth)", "steps are deeper (--depth)");
    say_number(v, v->hidden_short, "step is shorter (--min-duration)",
               "steps are shorter (--min-duration)");
    say_number(v, v->hidden_limit, "more step (--all)", "more steps (--all)");
    rc = take_note(v, false, err);
    if (rc)
        return rc;
    say_number(v, t->orphans, "span has no place in the tree: its parent is not there",
               "spans have no place in the tree: their parents are not there");
    say_number(v, t->skewed,
               "span reaches out of its parent: the clocks differ, or it went on alone",
               "spans reach out of their parents: the clocks differ, or they went on alone");
    say_number(v, v->spec->no_cost ? 0 : t->sums.unpriced, "call has no price",
               "calls have no price");
    return take_note(v, true, err);
}

/* ---- head --------------------------------------------------------------------------------- */

/* What a call of it says first, else its first span with such attributes. */
static void find_subject(struct view *v)
{
    const struct trace_tree *t = v->t;

    for (uint32_t k = 0; k < t->n && (!v->user.n || !v->feature.n); k++) {
        const struct trace_node *n = &t->nodes[t->order[k]];
        struct sv user = dimension(v, n, F_USER), feature = dimension(v, n, F_FEATURE);

        if (n->attributes.n && k < 64 && (!user.n || !feature.n)) {
            struct span_facts f = span_facts_of(n->attributes, &v->out->arena);

            user = user.n ? user : f.user;
            feature = feature.n ? feature : f.feature;
        }
        v->user = v->user.n ? v->user : user;
        v->feature = v->feature.n ? v->feature : feature;
    }
}

static enum err set_head(struct view *v, struct error *err)
{
    static const char *const words[] = {
        [SUBJECT_TRACE] = "trace", [SUBJECT_SESSION] = "session", [SUBJECT_REQUEST] = "request"};
    const struct trace_tree *t = v->t;
    struct table *out = v->out;
    struct sv text;

    out->verb = "trace";
    out->graph = GRAPH_TREE;
    out->db = store_path(v->s);
    out->tz = v->spec->zone->name;
    out->total_calls = t->sums.calls;
    buf_printf(&v->text, "%s %.*s", words[t->subject], SV_FMT(t->id));
    if (known(t->started_us)) {
        buf_str(&v->text, "   ");
        words_time(&v->text, v->spec->zone, t->started_us);
        out->since_known = true;
        out->since_us = t->started_us;
        out->until_known = known(t->ended_us) && t->ended_us < INT64_MAX;
        out->until_us = out->until_known ? t->ended_us + 1 : 0;
    }
    buf_char(&v->text, '\0');
    text = words_take(&v->text, &out->arena);
    out->window_text = text.p;
    return text.p && table_add_fact(out, "spans", cell_int(t->spans)) &&
                   table_add_fact(out, "orphans", cell_int(t->orphans)) &&
                   table_add_fact(out, "missing_parents", cell_int(t->missing_parents)) &&
                   table_add_fact(out, "outside_parent", cell_int(t->skewed)) &&
                   table_add_fact(out, "failed", cell_int(t->failed)) &&
                   table_add_fact(out, "roots", cell_int(t->n_roots)) &&
                   table_add_fact(out, "unpriced_calls", cell_int(t->sums.unpriced)) &&
                   table_add_fact(out, "uncovered_us", cell_known(t->uncovered_us)) &&
                   table_add_fact(out, "duration_us", cell_known(t->duration_us))
               ? OK
               : no_memory(err);
}

static enum err add_totals(struct view *v, struct error *err)
{
    struct trace_node all = {.own = v->t->sums, .all = v->t->sums};

    v->out->totals.cells = arena_zalloc(&v->out->arena, T_COLUMNS, sizeof(struct cell));
    if (!v->out->totals.cells)
        return no_memory(err);
    set_sums(&v->out->totals, &all);
    v->out->totals.cells[T_DURATION] = cell_known(v->t->duration_us);
    return OK;
}

/* Of the calls, and of the steps whose attributes have figures. */
static enum err load_peers(struct view *v, struct error *err)
{
    enum err rc = peers_new(&v->peers, err);

    for (uint32_t i = 0; i < v->t->n && !rc; i++) {
        const struct trace_node *n = &v->t->nodes[i];
        struct span_facts f = span_facts_of(n->attributes, &v->arena);

        if (n->call || f.docs.known || f.docs_tokens.known || f.context_tokens.known)
            peers_want(v->peers, v->s, n);
        arena_reset(&v->arena);
    }
    return rc ? rc : peers_read(v->peers, v->s, v->spec->cost, err);
}

enum err trace_view(struct store *s, const struct trace_tree *t, const struct trace_view_spec *spec,
                    struct table *out, struct error *err)
{
    struct view v = {.s = s, .t = t, .spec = spec, .out = out};
    enum err rc = OK;

    v.shown = calloc(t->n + (size_t)1, sizeof(*v.shown));
    if (!v.shown)
        rc = no_memory(err);
    if (!rc)
        rc = source_paths_load(s, &out->arena, &v.sources, err);
    if (!rc)
        rc = load_peers(&v, err);
    if (rc)
        goto done;
    find_subject(&v);
    choose_rows(&v);
    rc = add_columns(&v, err);
    if (!rc)
        rc = set_head(&v, err);
    if (!rc)
        rc = add_rows(&v, err);
    if (!rc)
        rc = add_totals(&v, err);
    if (!rc)
        rc = add_notes(&v, err);
done:
    peers_free(v.peers);
    free(v.shown);
    buf_release(&v.text);
    arena_release(&v.arena);
    return rc;
}
