/* call_redactions: see the header. */
#include "query/call_redactions.h"

#include <stdlib.h>
#include "query/call_places.h"
#include "store/texts.h"
#include "base/banned.h"

static bool visit(void *ctx, int64_t call_id, struct sv kind, int64_t n)
{
    struct call_redactions *c = ctx;
    uint32_t call = (uint32_t)(call_id - 1);

    (void)kind;
    if (!call_has_place(call_id))
        return true;
    if (c->n && c->v[c->n - 1].call == call) {
        c->v[c->n - 1].n += n;
        return true;
    }
    if (c->n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 256;
        struct call_redaction *bigger = realloc(c->v, cap * sizeof(*bigger));

        if (!bigger)
            return false;
        c->v = bigger;
        c->cap = cap;
    }
    c->v[c->n++] = (struct call_redaction){call, n};
    return true;
}

enum err call_redactions_load(struct store *s, struct call_redactions *out, struct error *err)
{
    size_t kept = 0;
    enum err rc = store_each_redaction(s, visit, out, err);

    if (!rc && out->n)
        rc = call_places(s, &out->v->call, sizeof(*out->v), out->n, err);
    for (size_t i = 0; i < out->n && !rc; i++)
        if (out->v[i].call != CALL_GONE)
            out->v[kept++] = out->v[i];
    out->n = rc ? out->n : kept;
    return rc;
}

void call_redactions_release(struct call_redactions *c)
{
    free(c->v);
    *c = (struct call_redactions){0};
}

const int64_t *call_redactions_of(const struct call_redactions *c, const struct slice *slice,
                                  int64_t *room)
{
    int64_t at = call_place_first(slice);
    size_t i = c->n ? call_places_before(&c->v->call, sizeof(*c->v), c->n, at) : 0;

    for (int64_t row = 0; row < slice->rows; row++)
        room[row] = CALL_MISSING;
    for (; i < c->n && c->v[i].call < at + slice->rows; i++)
        room[c->v[i].call - at] = c->v[i].n;
    return room;
}
