/* why_latency: where the time of a request went. */
#include "report/why_rows.h"

#include "query/span_facts.h"
#include "report/words.h"
#include "base/banned.h"

static const char section[] = "latency";

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

/* ---- inside the calls --------------------------------------------------------------------- */

/* What the calls say of their own time, and how many say it. */
struct inside {
    int64_t queue_us, first_us, generation_us;
    int64_t queue_n, first_n;
    bool before; /* each queue was waited in before the first token, and counts in its time */
};

static int64_t sum(int64_t a, int64_t b)
{
    return __builtin_add_overflow(a, b, &a) ? INT64_MAX : a;
}

static struct inside look_inside(const struct why *w)
{
    struct inside in = {.before = true};

    for (size_t i = 0; i < w->n_calls; i++) {
        const int64_t *c = w->t->nodes[w->calls[i]].call->v;
        int64_t latency = c[F_LATENCY_US], first = c[F_TIME_TO_FIRST_TOKEN_US];
        int64_t queue = c[F_QUEUE_US];

        if (known(queue)) {
            in.queue_us = sum(in.queue_us, queue);
            in.queue_n++;
            in.before = in.before && known(first) && queue <= first;
        }
        if (!known(first) || !known(latency) || first > latency)
            continue;
        in.first_us = sum(in.first_us, first);
        in.generation_us = sum(in.generation_us, latency - first);
        in.first_n++;
    }
    return in;
}

/* first_token: the row is compared with the times to the first token of other calls. */
static enum err add_inside_row(struct why *w, uint32_t depth, const char *item, int64_t us,
                               int64_t n, bool first_token, struct error *err)
{
    struct row *row;

    if (!n)
        return OK;
    row = why_row(w, section, depth, sv_from(item));
    why_value(w, row, UNIT_US, us);
    if (first_token && w->n_calls == 1)
        why_compare(w, row, &w->t->nodes[w->calls[0]], PEER_TTFT_US, UNIT_US, us, false);
    if (w->n_calls > 1) {
        words_count(&w->text, n);
        buf_str(&w->text, " of ");
        words_count(&w->text, (int64_t)w->n_calls);
        buf_str(&w->text, " calls say it");
    }
    return why_end(w, row, err);
}

static enum err add_inside(struct why *w, struct error *err)
{
    struct inside in = look_inside(w);
    bool before = in.before && in.first_n;
    enum err rc = add_inside_row(w, 2, "to the first token", in.first_us, in.first_n, true, err);

    if (!rc)
        rc = add_inside_row(w, before ? 3 : 2, before ? "of this in a queue" : "in a queue",
                            in.queue_us, in.queue_n, false, err);
    return rc ? rc : add_inside_row(w, 2, "generation", in.generation_us, in.first_n, false, err);
}

/* ---- what measures a step ----------------------------------------------------------------- */

static enum err add_fact(struct why *w, const struct trace_node *n, const char *item,
                         struct maybe_i64 v, enum unit unit, enum peer_measure m, struct error *err)
{
    struct row *row;

    if (!v.known)
        return OK;
    row = why_row(w, section, 2, sv_from(item));
    why_value(w, row, unit, v.v);
    why_compare(w, row, n, m, unit, v.v, false);
    return why_end(w, row, err);
}

static enum err add_facts(struct why *w, enum phase phase, struct error *err)
{
    uint32_t longest = w->times.of[phase].longest;
    const struct trace_node *n = longest == TRACE_NONE ? NULL : &w->t->nodes[longest];
    struct span_facts f = n ? span_facts_of(n->attributes, &w->arena) : (struct span_facts){0};
    enum err rc = OK;

    if (phase == PHASE_MODEL_CALL) {
        rc = add_inside(w, err);
        if (rc || !n || w->n_calls != 1 || !w->meta.n)
            return rc;
        f = span_facts_of(w->meta, &w->arena); /* of a call that has no steps in the log */
    }
    if (!n)
        return OK;
    if (!rc)
        rc = add_fact(w, n, "documents", f.docs, UNIT_COUNT, PEER_DOCS, err);
    if (!rc)
        rc = add_fact(w, n, "of these tokens", f.docs_tokens, UNIT_TOKENS, PEER_DOCS_TOKENS, err);
    if (!rc)
        rc = add_fact(w, n, "tokens in the prompt", f.context_tokens, UNIT_TOKENS,
                      PEER_CONTEXT_TOKENS, err);
    return rc;
}

/* ---- phases ------------------------------------------------------------------------------- */

static void say_guardrail(struct why *w, const struct trace_node *n)
{
    struct span_facts f = span_facts_of(n->attributes, &w->arena);

    if (f.passed.known) {
        why_separate(w);
        buf_str(&w->text, f.passed.v ? "passed" : "not passed");
    }
    if (f.rules.n) {
        why_separate(w);
        buf_str(&w->text, "rules ");
        buf_sv(&w->text, f.rules);
    }
}

static void say_steps(struct why *w, const struct phase_time *p)
{
    const struct trace_node *n = p->longest == TRACE_NONE ? NULL : &w->t->nodes[p->longest];

    why_separate(w);
    if (p->steps > 1) {
        words_count(&w->text, p->steps);
        buf_str(&w->text, " steps");
    }
    if (p->steps > 1 && n) {
        buf_str(&w->text, ", the longest ");
        why_name(w, n);
        buf_char(&w->text, ' ');
        words_duration(&w->text, n->duration_us);
    } else if (n) {
        why_name(w, n);
    }
    if (p->failed) {
        why_separate(w);
        words_count(&w->text, p->failed);
        buf_str(&w->text, " failed");
    }
}

static enum err add_phase(struct why *w, enum phase phase, struct error *err)
{
    static const char *const names[PHASE_COUNT] = {[PHASE_NONE] = "other steps",
                                                   [PHASE_RETRIEVAL] = "retrieval",
                                                   [PHASE_PROMPT_ASSEMBLY] = "prompt assembly",
                                                   [PHASE_MODEL_CALL] = "model call",
                                                   [PHASE_GUARDRAILS] = "guardrails",
                                                   [PHASE_TOOLS] = "tools"};
    const struct phase_time *p = &w->times.of[phase];
    const struct trace_node *n = p->longest == TRACE_NONE ? NULL : &w->t->nodes[p->longest];
    struct row *row;
    enum err rc;

    if (!p->steps)
        return OK;
    row = why_row(w, section, 1, sv_from(names[phase]));
    if (known(w->times.total_us)) {
        why_value(w, row, UNIT_US, p->us);
        why_share(row, p->us, w->times.total_us);
    }
    if (n)
        why_compare(w, row, n, PEER_DURATION_US, UNIT_US, n->duration_us, false);
    say_steps(w, p);
    if (n && phase == PHASE_GUARDRAILS)
        say_guardrail(w, n);
    rc = why_end(w, row, err);
    return rc ? rc : add_facts(w, phase, err);
}

static enum err add_gap(struct why *w, struct error *err)
{
    struct row *row;

    if (!known(w->times.total_us) || w->times.top_us <= 0)
        return OK;
    row = why_row(w, section, 1, SV("between the steps"));
    why_value(w, row, UNIT_US, w->times.top_us);
    why_share(row, w->times.top_us, w->times.total_us);
    buf_str(&w->text, "no step of the log covers it");
    return why_end(w, row, err);
}

/* ---- what the log does not have ----------------------------------------------------------- */

static void lacks(struct why *w, const char *what)
{
    why_separate(w);
    buf_str(&w->text, what);
}

static bool has_spans(const struct why *w)
{
    for (uint32_t i = 0; i < w->t->n; i++)
        if (w->t->nodes[i].kind == NODE_SPAN)
            return true;
    return false;
}

static enum err add_missing(struct why *w, struct error *err)
{
    struct inside in = look_inside(w);
    struct row *row;

    if (has_spans(w) && in.queue_n && in.first_n)
        return OK;
    row = why_row(w, section, 1, SV("not in the log"));
    why_mark(row, "missing");
    if (w->n_calls && !in.queue_n)
        lacks(w, "time in a queue");
    if (w->n_calls && !in.first_n)
        lacks(w, "time to the first token");
    if (!has_spans(w))
        lacks(w, "spans: what happened around the call");
    if (!w->text.n) { /* spans of a trace without a call */
        w->out->n_rows -= row != NULL;
        return row ? OK : why_end(w, row, err);
    }
    return why_end(w, row, err);
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* Below the top of a trace: what part of it this is. */
static void say_part(struct why *w)
{
    const struct trace_tree *t = w->t;

    if (w->top == TRACE_NONE || t->nodes[w->top].parent == TRACE_NONE ||
        !known(w->times.total_us) || !known(t->duration_us) || t->duration_us <= 0)
        return;
    why_separate(w);
    words_share(&w->text, (double)w->times.total_us / (double)t->duration_us);
    buf_str(&w->text, " of the whole, ");
    words_duration(&w->text, t->duration_us);
}

static enum err add_first_row(struct why *w, struct error *err)
{
    const struct trace_node *n = why_subject(w);
    struct row *row = why_row(w, section, 0, SV("latency"));

    if (!row)
        return why_end(w, row, err);
    if (!known(w->times.total_us)) {
        why_mark(row, "missing");
        buf_str(&w->text, "the log does not say how long it took");
        return why_end(w, row, err);
    }
    why_value(w, row, UNIT_US, w->times.total_us);
    if (n && n->kind == NODE_SPAN)
        why_compare(w, row, n, PEER_DURATION_US, UNIT_US, w->times.total_us, true);
    else if (n && n->call)
        why_compare(w, row, n, PEER_LATENCY_US, UNIT_US, w->times.total_us, true);
    say_part(w);
    return why_end(w, row, err);
}

enum err why_add_latency(struct why *w, struct error *err)
{
    static const enum phase order[] = {PHASE_RETRIEVAL,  PHASE_PROMPT_ASSEMBLY, PHASE_MODEL_CALL,
                                       PHASE_GUARDRAILS, PHASE_TOOLS,           PHASE_NONE};
    enum err rc = add_first_row(w, err);

    for (size_t i = 0; i < ARRAY_LEN(order) && !rc; i++)
        rc = add_phase(w, order[i], err);
    if (!rc)
        rc = add_gap(w, err);
    return rc ? rc : add_missing(w, err);
}
