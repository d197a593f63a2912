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
            return error_set(err, ERR_USAGE, "%.*s may be any of %s%zu ids", SV_FMT(text),
                             candidates->more ? "more than " : "", candidates->n);
    return OK;
}
