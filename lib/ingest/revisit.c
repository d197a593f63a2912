/* revisit: lines that were met before, looked at again where they stood. */
#include "ingest/revisit.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/opened.h"
#include "base/banned.h"

void revisit_words(enum revisit_state state, const char *why, char *out, size_t out_size)
{
    static const char *const words[] = {
        [REVISIT_SAME] = "unchanged: the line still stands there",
        [REVISIT_TOO_LONG] = "unchanged, too long to read",
        [REVISIT_CHANGED] = "changed: another line stands there now",
        [REVISIT_GONE] = "gone",
        [REVISIT_STDIN] = "gone: it came from standard input",
    };

    snprintf(out, out_size, "%s%s%s", words[state], why ? ": " : "", why ? why : "");
}

/* The places of one input: order[from..behind), ascending offsets. */
struct visit {
    const struct revisit_place *places;
    const struct revisit_place **order;
    size_t from, behind;
    int64_t max_line;
    const struct revisit_events *events;
};

static int by_place(const void *a, const void *b)
{
    const struct revisit_place *x = *(const struct revisit_place *const *)a;
    const struct revisit_place *y = *(const struct revisit_place *const *)b;
    int paths = strcmp(x->path, y->path);

    if (paths)
        return paths;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x < y ? -1 : x > y; /* as given */
}

static bool same_bytes(const struct line *line, const struct revisit_place *p)
{
    unsigned char digest[32];
    char hex[65];

    if (line->length != p->length)
        return false;
    if (line->kind == LINE_TOO_LONG)
        memcpy(digest, line->sha256, sizeof(digest));
    else
        sha256_of(line->text.p, line->text.n, digest);
    hex_encode(digest, sizeof(digest), hex);
    return strcmp(hex, p->sha256) == 0;
}

static enum err tell(struct visit *v, enum revisit_state state, const struct line *line,
                     const char *why, struct error *err)
{
    size_t i = (size_t)(v->order[v->from++] - v->places);

    return v->events->place(v->events->ctx, i, state, line, why, err);
}

static enum err tell_rest(struct visit *v, enum revisit_state state, const char *why,
                          struct error *err)
{
    enum err rc = OK;

    while (!rc && v->from < v->behind)
        rc = tell(v, state, NULL, why, err);
    return rc;
}

/* Places at this line, and those before it at which no line begins any more. */
static enum err look_at(struct visit *v, const struct line *line, struct error *err)
{
    bool wanted = false;
    enum err rc = OK;

    while (!rc && v->from < v->behind && v->order[v->from]->offset <= line->offset) {
        const struct revisit_place *p = v->order[v->from];
        bool same = p->offset == line->offset && same_bytes(line, p);
        enum revisit_state state = !same                           ? REVISIT_CHANGED
                                   : line->kind == LINE_TOO_LONG ? REVISIT_TOO_LONG
                                                                   : REVISIT_SAME;
        wanted |= same;
        rc = tell(v, state, same ? line : NULL, NULL, err);
    }
    if (!rc && !wanted && v->events->pass)
        v->events->pass(v->events->ctx, line);
    return rc;
}

static enum err visit_input(struct visit *v, struct error *err)
{
    const char *path = v->order[v->from]->path;
    struct error trouble = {0};
    struct opened o = {0};
    struct line line;
    enum err rc = OK, read_rc;

    if (strcmp(path, "-") == 0)
        return tell_rest(v, REVISIT_STDIN, NULL, err);
    read_rc = opened_open(&o, path, v->max_line, &trouble);
    if (!read_rc && v->events->begin)
        v->events->begin(v->events->ctx, path, o.columns);
    while (!rc && !read_rc && v->from < v->behind) {
        read_rc = elements_next(o.pieces, &line, &trouble);
        if (!read_rc)
            rc = look_at(v, &line, err);
    }
    if (!rc && read_rc == ERR_NOMEM) {
        *err = trouble;
        rc = read_rc;
    }
    if (!rc)
        rc = tell_rest(v, read_rc && read_rc != ERR_EMPTY ? REVISIT_GONE : REVISIT_CHANGED,
                       read_rc && read_rc != ERR_EMPTY ? trouble.msg : NULL, err);
    opened_close(&o);
    return rc;
}

enum err revisit(const struct revisit_place *places, size_t n, int64_t max_line,
                 const struct revisit_events *events, struct error *err)
{
    struct visit v = {.places = places,
                      .order = calloc(n + 1, sizeof(*v.order)),
                      .max_line = max_line,
                      .events = events};
    enum err rc = OK;

    if (!v.order)
        return error_set(err, ERR_NOMEM, "out of memory for the places of lines");
    for (size_t i = 0; i < n; i++)
        v.order[i] = &places[i];
    qsort(v.order, n, sizeof(*v.order), by_place);
    while (!rc && v.from < n) {
        const char *path = v.order[v.from]->path;
        v.behind = v.from;
        while (v.behind < n && strcmp(v.order[v.behind]->path, path) == 0)
            v.behind++;
        rc = visit_input(&v, err);
    }
    free(v.order);
    return rc;
}
