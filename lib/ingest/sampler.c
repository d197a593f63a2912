/* sampler: of what a line tells, the calls that are drawn stay. */
#include "ingest/sampler.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/draw.h"
#include "base/banned.h"

/* The line at hand. */
struct line_sample {
    struct sampler *s;
    struct batch *b;
    struct batch_mark from;
};

void sampler_release(struct sampler *s)
{
    free(s->gone.v);
    free(s->guarded.v);
    *s = (struct sampler){0};
}

/* ---- keys --------------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static bool keys_reserve(struct sampler_keys *k, size_t n)
{
    uint64_t *grown;

    k->n = 0;
    if (n <= k->cap)
        return true;
    grown = realloc(k->v, 2 * n * sizeof(*grown));
    if (!grown)
        return false;
    k->v = grown;
    k->cap = 2 * n;
    return true;
}

static void keys_sort(struct sampler_keys *k)
{
    if (k->n)
        qsort(k->v, k->n, sizeof(*k->v), compare_keys);
}

static bool keys_have(const struct sampler_keys *k, uint64_t key)
{
    return k->n && bsearch(&key, k->v, k->n, sizeof(key), compare_keys);
}

/* ---- what is drawn ------------------------------------------------------------------------ */

static bool draws(const struct line_sample *x, struct sv id)
{
    return draw_takes(draw_hash(id), x->s->rate_ppb);
}

static uint64_t trace_hash(struct sv trace_id)
{
    return hash64(trace_id.p, trace_id.n, 0);
}

static bool trace_is_guarded(const struct line_sample *x, struct sv trace_id)
{
    return x->s->guarded.n && keys_have(&x->s->guarded, trace_hash(trace_id));
}

static void find_guarded(struct line_sample *x)
{
    struct sampler_keys *k = &x->s->guarded;

    for (size_t i = x->from.n_spans; i < x->b->n_spans; i++)
        if (x->b->spans[i].guardrails.n)
            k->v[k->n++] = trace_hash(x->b->spans[i].trace_id);
    keys_sort(k);
}

static bool call_is_drawn(const struct line_sample *x, const struct call_record *c)
{
    char line[48];
    int n;

    if (c->request_id.n)
        return draws(x, c->request_id);
    if (c->id.kind == ID_SPAN)
        return draws(x, c->id.trace_id);
    if (c->span_id.n)
        return draws(x, c->span_id);
    if (c->id.kind == ID_OWN)
        return draws(x, c->id.own);
    n = snprintf(line, sizeof(line), "line:%016llx%016llx:0", (unsigned long long)c->id.line.hi,
                 (unsigned long long)c->id.line.lo);
    return draws(x, (struct sv){line, (size_t)n});
}

static bool call_stays(const struct line_sample *x, const struct call_record *c)
{
    if (record_has(c, F_FLAGS) && record_num(c, F_FLAGS) & FLAG_GUARDRAIL)
        return true;
    return call_is_drawn(x, c) ||
           (c->id.kind == ID_SPAN && trace_is_guarded(x, c->id.trace_id));
}

static bool trace_stays(const struct line_sample *x, struct sv trace_id)
{
    return draws(x, trace_id) || trace_is_guarded(x, trace_id);
}

/* ---- what goes with a call ---------------------------------------------------------------- */

static bool is_gone(const struct line_sample *x, const struct identity *id)
{
    return keys_have(&x->s->gone, identity_key(id));
}

static struct identity span_identity(const struct span_record *s)
{
    return (struct identity){.kind = ID_SPAN, .trace_id = s->trace_id, .span_id = s->span_id};
}

/* Calls that stay move together; the keys of the others are noted. */
static void leave_calls(struct line_sample *x)
{
    struct batch *b = x->b;
    struct sampler_keys *gone = &x->s->gone;
    size_t kept = x->from.n_calls;

    for (size_t i = x->from.n_calls; i < b->n_calls; i++) {
        if (call_stays(x, &b->calls[i]))
            b->calls[kept++] = b->calls[i];
        else
            gone->v[gone->n++] = identity_key(&b->calls[i].id);
    }
    x->s->kept += (int64_t)(kept - x->from.n_calls);
    x->s->left_out += (int64_t)(b->n_calls - kept);
    b->n_calls = kept;
    keys_sort(gone);
}

static void leave_spans(struct line_sample *x)
{
    struct batch *b = x->b;
    struct sampler_keys *gone = &x->s->gone;
    size_t kept = x->from.n_spans, n = gone->n; /* what is added is no key yet */

    for (size_t i = x->from.n_spans; i < b->n_spans; i++) {
        struct span_record *s = &b->spans[i];
        const struct identity id = span_identity(s);
        bool is_call = s->has_usage && !is_gone(x, &id);

        if (!is_call && !trace_stays(x, s->trace_id)) {
            gone->v[n++] = identity_key(&id);
            continue;
        }
        s->has_usage = is_call;
        b->spans[kept++] = *s;
    }
    b->n_spans = kept;
    gone->n = n;
    keys_sort(gone);
}

static void leave_steps(const struct line_sample *x)
{
    struct batch *b = x->b;
    size_t kept = x->from.n_tools;

    for (size_t i = kept; i < b->n_tools; i++) {
        const struct tool_record *t = &b->tools[i];
        const struct identity request = {
            .kind = ID_OWN, .family = SV("request"), .own = t->request_id};

        if (!is_gone(x, &t->id) && !is_gone(x, t->has_call ? &t->call : &request))
            b->tools[kept++] = *t;
    }
    b->n_tools = kept;
    kept = x->from.n_branches;
    for (size_t i = kept; i < b->n_branches; i++) {
        const struct identity request = {
            .kind = ID_OWN, .family = SV("request"), .own = b->branches[i].request_id};

        if (!is_gone(x, &request))
            b->branches[kept++] = b->branches[i];
    }
    b->n_branches = kept;
}

static void leave_scores(const struct line_sample *x)
{
    struct batch *b = x->b;
    size_t kept = x->from.n_scores;

    for (size_t i = kept; i < b->n_scores; i++) {
        const struct score_record *s = &b->scores[i];
        bool gone = s->target == TARGET_CALL    ? is_gone(x, &s->call)
                    : s->target == TARGET_TRACE ? !trace_stays(x, s->target_id)
                                                : false;

        if (!gone)
            b->scores[kept++] = *s;
    }
    b->n_scores = kept;
    kept = x->from.n_embeddings;
    for (size_t i = kept; i < b->n_embeddings; i++)
        if (!is_gone(x, &b->embeddings[i].call))
            b->embeddings[kept++] = b->embeddings[i];
    b->n_embeddings = kept;
}

void sampler_line(struct sampler *s, struct batch *b, struct batch_mark from)
{
    struct line_sample x = {s, b, from};
    size_t most = b->n_calls - from.n_calls + b->n_spans - from.n_spans;

    if (s->rate_ppb >= DRAW_ALL || !most || b->failed)
        return;
    if (!keys_reserve(&s->gone, most) || !keys_reserve(&s->guarded, most)) {
        b->failed = true;
        return;
    }
    find_guarded(&x);
    leave_calls(&x);
    leave_spans(&x);
    if (!s->gone.n)
        return;
    leave_steps(&x);
    leave_scores(&x);
}
