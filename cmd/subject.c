/* subject: see the header. */
#include "subject.h"

#include <stdio.h>
#include <unistd.h>
#include "base/banned.h"

enum err subject_arguments(struct invocation *inv, const char **id, struct text_list *files,
                           struct error *err)
{
    size_t i = 0;

    *id = NULL;
    if (inv->args.n && strcmp(inv->args.v[0], "-") != 0 && access(inv->args.v[0], F_OK) != 0)
        *id = inv->args.v[i++];
    for (; i < inv->args.n; i++)
        if (!text_list_add(files, inv->args.v[i], &inv->arena))
            return error_set(err, ERR_NOMEM, "out of memory");
    return OK;
}

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
