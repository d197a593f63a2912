/* trace_find: see the header. */
#include "query/trace_find.h"

#include "base/banned.h"

static struct trace_subject subject_of(const struct found_id *f)
{
    if (f->kind == FOUND_SESSION)
        return (struct trace_subject){SUBJECT_SESSION, f->id};
    if (f->trace.n)
        return (struct trace_subject){SUBJECT_TRACE, f->trace};
    return (struct trace_subject){SUBJECT_REQUEST, f->id};
}

static bool same_subject(struct trace_subject a, struct trace_subject b)
{
    return a.kind == b.kind && sv_eq(a.id, b.id);
}

/* What was typed in full, and first as a trace, then as a span, a request and a session. */
static size_t exact_ones(const struct found_ids *all, struct sv text)
{
    size_t n = 0;

    while (n < all->n && all->v[n].kind == all->v[0].kind && sv_eq(all->v[n].id, text))
        n++;
    return n ? n : all->n;
}

static enum err say_several(struct sv text, const struct found_ids *all, struct error *err)
{
    return error_set(err, ERR_USAGE, "%.*s may be any of %s%zu ids", SV_FMT(text),
                     all->more ? "more than " : "", all->n);
}

enum err trace_find(struct store *s, struct sv text, struct arena *a, struct trace_subject *out,
                    struct found_ids *candidates, struct error *err)
{
    enum err rc = store_find(s, text, a, candidates, err);
    size_t n;

    if (rc)
        return rc;
    if (!candidates->n)
        return error_set(err, ERR_NOT_FOUND,
                         "no trace, span, request or session has an id that begins with %.*s",
                         SV_FMT(text));
    n = exact_ones(candidates, text);
    *out = subject_of(&candidates->v[0]);
    for (size_t i = 1; i < n; i++)
        if (!same_subject(*out, subject_of(&candidates->v[i])))
            return say_several(text, candidates, err);
    return OK;
}

enum err trace_find_one(struct store *s, struct sv text, struct arena *a, struct trace_subject *out,
                        struct found_id *found, struct found_ids *candidates, struct error *err)
{
    enum err rc = trace_find(s, text, a, out, candidates, err);
    size_t n = rc ? 0 : exact_ones(candidates, text);

    for (size_t i = 1; i < n; i++)
        if (!sv_eq(candidates->v[i].id, candidates->v[0].id))
            return say_several(text, candidates, err);
    if (!rc)
        *found = candidates->v[0];
    return rc;
}

/* ---- the node ----------------------------------------------------------------------------- */

static bool has_id(const struct trace_node *n, const struct found_id *f)
{
    if (f->kind == FOUND_SPAN)
        return sv_eq(n->id, f->id);
    return n->call && !n->shadowed &&
           (sv_eq(n->call->request, f->id) || (n->call->own.n && sv_eq(n->call->own, f->id)));
}

/* The lowest node that both are at or below. */
static uint32_t common(const struct trace_tree *t, uint32_t a, uint32_t b)
{
    while (a != b && a != TRACE_NONE && b != TRACE_NONE) {
        uint32_t *deeper = t->nodes[a].depth >= t->nodes[b].depth ? &a : &b;

        *deeper = t->nodes[*deeper].parent;
    }
    return a == b ? a : TRACE_NONE;
}

uint32_t trace_find_node(const struct trace_tree *t, const struct found_id *found)
{
    uint32_t node = TRACE_NONE;
    int64_t calls = 0;

    if (found->kind != FOUND_SPAN && found->kind != FOUND_REQUEST)
        return TRACE_NONE;
    for (uint32_t i = 0; i < t->n; i++) {
        if (!has_id(&t->nodes[i], found))
            continue;
        if (found->kind == FOUND_SPAN)
            return i;
        node = calls++ ? common(t, node, i) : i;
        if (node == TRACE_NONE)
            break;
    }
    return calls == t->sums.calls ? TRACE_NONE : node;
}
