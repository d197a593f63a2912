/* subject: see the header. */
#include "subject.h"

#include <stdio.h>
#include "base/banned.h"

static void list_candidates(const struct found_ids *all)
{
    static const char *const kinds[] = {[FOUND_TRACE] = "trace",
                                        [FOUND_SPAN] = "span",
                                        [FOUND_REQUEST] = "request",
                                        [FOUND_SESSION] = "session"};
    struct error shown; /* its text is safe to show */

    for (size_t i = 0; i < all->n; i++) {
        const struct found_id *f = &all->v[i];

        error_set(&shown, OK, "  %-8s %.*s%s%.*s", kinds[f->kind], SV_FMT(f->id),
                  f->kind != FOUND_TRACE && f->trace.n ? " in trace " : "",
                  f->kind != FOUND_TRACE ? (int)(f->trace.n > 200 ? 200 : f->trace.n) : 0,
                  f->trace.p ? f->trace.p : "");
        fprintf(stderr, "%s\n", shown.msg);
    }
}

enum err subject_find(struct invocation *inv, struct store *s, const char *id,
                      struct trace_subject *out, struct error *err)
{
    struct found_ids candidates;
    enum err rc = trace_find(s, sv_from(id), &inv->arena, out, &candidates, err);

    if (rc == ERR_USAGE)
        list_candidates(&candidates);
    return rc;
}

enum err subject_find_one(struct invocation *inv, struct store *s, const char *id,
                          struct trace_subject *out, struct found_id *found, struct error *err)
{
    struct found_ids candidates;
    enum err rc = trace_find_one(s, sv_from(id), &inv->arena, out, found, &candidates, err);

    if (rc == ERR_USAGE)
        list_candidates(&candidates);
    return rc;
}
