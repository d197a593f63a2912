/* kind_list: see the header. */
#include "report/kind_list.h"

#include <stdlib.h>
#include <string.h>

#include "query/call_places.h"
#include "query/text_set.h"
#include "report/head.h"
#include "report/list_words.h"
#include "store/findings.h"
#include "store/texts.h"

#include "base/banned.h"

enum what { FOUND_IN_INPUT, FOUND_IN_OUTPUT, REDACTED };

/* n places of a kind in a call. */
struct event {
    int64_t n;
    uint32_t call; /* a place of call_places() */
    uint32_t kind; /* of list.kinds; 0: there was nothing */
    enum what what;
};

struct events {
    struct event *v;
    size_t n, cap;
};

/* All calls of a group of the scan. */
struct share {
    int64_t scanned;
    int64_t looked; /* of which some text was looked through for what is made unreadable */
};

struct group {
    uint32_t of, kind;
    int64_t when;           /* what a leading time dimension says */
    const struct sv *words; /* what the dimensions of the scan say */
    int64_t calls, output_calls, found, redactions;
};

struct list {
    const struct kind_spec *spec;
    struct table *t;
    struct scan *scan;
    struct list_words words;
    struct text_set kinds;
    struct events events; /* by call, then by kind */
    struct keymap by_group_and_kind;
    struct group *groups; /* by its numbers */
    size_t cap_groups;
    struct share *shares; /* by groups of the scan */
    size_t n_shares;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for what was found in texts");
}

/* ---- events ------------------------------------------------------------------------------------
 */

static bool add_event(struct list *l, int64_t call_id, struct sv kind, enum what what, int64_t n)
{
    struct events *e = &l->events;
    int64_t code = n ? text_set_code(&l->kinds, kind) : 0;

    if (!call_has_place(call_id))
        return true;
    if (n && !code)
        return false;
    if (e->n == e->cap) {
        size_t cap = e->cap ? 2 * e->cap : 256;
        struct event *bigger = realloc(e->v, cap * sizeof(*bigger));

        if (!bigger)
            return false;
        e->v = bigger;
        e->cap = cap;
    }
    e->v[e->n++] = (struct event){n, (uint32_t)(call_id - 1), (uint32_t)code, what};
    return true;
}

static bool add_finding(void *ctx, int64_t call_id, struct sv kind, bool output, int64_t n)
{
    return add_event(ctx, call_id, kind, output ? FOUND_IN_OUTPUT : FOUND_IN_INPUT, n);
}

static bool add_redaction(void *ctx, int64_t call_id, struct sv kind, int64_t n)
{
    return add_event(ctx, call_id, kind, REDACTED, n);
}

static int compare_events(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    if (x->call != y->call)
        return x->call < y->call ? -1 : 1;
    return x->kind < y->kind ? -1 : x->kind > y->kind;
}

/* Those of calls that are gone are last. */
static enum err load_events(struct store *s, struct list *l, struct error *err)
{
    struct events *e = &l->events;
    size_t found;
    enum err rc = store_each_finding(s, add_finding, l, err);

    found = e->n;
    if (!rc)
        rc = store_each_redaction(s, add_redaction, l, err);
    if (!rc && found)
        rc = call_places(s, &e->v->call, sizeof(*e->v), found, err);
    if (!rc && e->n > found)
        rc = call_places(s, &e->v[found].call, sizeof(*e->v), e->n - found, err);
    if (!rc && e->n)
        qsort(e->v, e->n, sizeof(*e->v), compare_events);
    return rc;
}

/* ---- calls -------------------------------------------------------------------------------------
 */

static bool reserve_shares(struct list *l, size_t n)
{
    struct share *shares;

    if (n <= l->n_shares)
        return true;
    n = n < 2 * l->n_shares ? 2 * l->n_shares : n;
    shares = realloc(l->shares, n * sizeof(*shares));
    if (!shares)
        return false;
    memset(shares + l->n_shares, 0, (n - l->n_shares) * sizeof(*shares));
    l->shares = shares;
    l->n_shares = n;
    return true;
}

static struct group *group_of(struct list *l, uint32_t of, uint32_t kind)
{
    uint32_t before = l->by_group_and_kind.n;
    uint32_t i = keymap_add(&l->by_group_and_kind, (uint64_t)of << 32 | kind);

    if (i == KEYMAP_NONE)
        return NULL;
    if (i == l->cap_groups) {
        size_t cap = l->cap_groups ? 2 * l->cap_groups : 64;
        struct group *bigger = realloc(l->groups, cap * sizeof(*bigger));

        if (!bigger)
            return NULL;
        l->groups = bigger;
        l->cap_groups = cap;
    }
    if (i == before)
        l->groups[i] = (struct group){.of = of, .kind = kind};
    return &l->groups[i];
}

/* n events of one call and kind. */
static bool add_kind(struct list *l, uint32_t of, const struct event *events, size_t n)
{
    struct group *g = events->kind ? group_of(l, of, events->kind) : NULL;
    bool found = false, output = false;

    if (!events->kind)
        return true;
    if (!g)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool redacted = events[i].what == REDACTED;

        found |= !redacted;
        output |= events[i].what == FOUND_IN_OUTPUT;
        *(redacted ? &g->redactions : &g->found) += events[i].n;
    }
    g->calls += found;
    g->output_calls += output;
    return true;
}

/* n events of one call. */
static bool add_call(struct list *l, uint32_t of, const struct event *events, size_t n)
{
    bool looked = false;

    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && events[end].kind == events[i].kind; end++)
            looked |= events[end].what == REDACTED;
        if (!add_kind(l, of, events + i, end - i))
            return false;
    }
    l->shares[of].looked += looked;
    return true;
}

static bool visit(void *ctx, const struct slice *slice)
{
    struct list *l = ctx;
    const int64_t *flags = slice->cols[F_FLAGS];
    const struct events *e = &l->events;
    int64_t at = call_place_first(slice);
    size_t first = e->n ? call_places_before(&e->v->call, sizeof(*e->v), e->n, at) : 0;

    if (!reserve_shares(l, slice->groups))
        return false;
    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] != SCAN_OUT && flags[i] != CALL_MISSING)
            l->shares[slice->group[i]].scanned += (flags[i] & FLAG_SCANNED(FLAG_FOUND_ALL)) != 0;
    for (size_t i = first, end; i < e->n && e->v[i].call < at + slice->rows; i = end) {
        uint32_t of = slice->group[e->v[i].call - at];

        for (end = i + 1; end < e->n && e->v[end].call == e->v[i].call;)
            end++;
        if (of != SCAN_OUT && !add_call(l, of, e->v + i, end - i))
            return false;
    }
    return true;
}

/* ---- the table ---------------------------------------------------------------------------------
 */

static enum err add_columns(struct list *l, struct error *err)
{
    static const struct {
        const char *key, *title;
        int drop;
    } heads[] = {
        {"calls",        "calls",      0},
        {"output_calls", "answers",    3},
        {"found",        "found",      0},
        {"scanned_n",    "scanned",    5},
        {"redactions",   "redacted",   0},
        {"redactions_n", "redacted n", 4},
    };

    if (!list_words_add_columns(&l->words))
        return no_memory(err);
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        struct column *c = table_add_column(l->t, heads[i].key, heads[i].title, UNIT_COUNT);

        if (!c)
            return no_memory(err);
        c->in_text = c->in_data = true;
        c->drop = heads[i].drop;
    }
    return OK;
}

static enum err find_words(struct list *l, struct error *err)
{
    l->words.scan = l->scan;
    for (size_t i = 0; i < l->by_group_and_kind.n; i++) {
        struct group *g = &l->groups[i];

        g->words = list_words_of(&l->words, g->of, &g->when);
        if (!g->words)
            return no_memory(err);
    }
    return OK;
}

static struct sv kind_of(const struct list *l, const struct group *g)
{
    return l->kinds.v[g->kind - 1];
}

static int compare_rows(const void *a, const void *b, void *ctx)
{
    const struct list *l = ctx;
    const struct group *x = a, *y = b;
    int cmp;

    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    if (x->calls != y->calls)
        return x->calls > y->calls ? -1 : 1;
    if (x->redactions != y->redactions)
        return x->redactions > y->redactions ? -1 : 1;
    cmp = sv_cmp(kind_of(l, x), kind_of(l, y));
    for (size_t d = 0; !cmp && d < l->spec->calls.n_by; d++)
        cmp = sv_cmp(x->words[d], y->words[d]);
    return cmp;
}

static bool is_unreadable(const struct list *l, struct sv kind)
{
    for (size_t i = 0; i < l->spec->n_unreadable; i++)
        if (sv_is(kind, l->spec->unreadable[i]))
            return true;
    return false;
}

static struct cell known_cell(bool known, int64_t v)
{
    return known ? cell_int(v) : (struct cell){0};
}

static void fill_row(const struct list *l, const struct group *g, struct cell *c)
{
    const struct share *of = &l->shares[g->of];
    struct sv kind = kind_of(l, g);
    bool scanned = of->scanned > 0;
    bool looked = g->redactions || (of->looked && is_unreadable(l, kind));

    for (size_t i = 0; i < l->spec->n_by; i++)
        *c++ = strcmp(l->spec->by[i], "kind") ? list_words_cell(&l->words, g->words, i)
               : kind.n                       ? cell_text(arena_copy(&l->t->arena, kind))
                                              : (struct cell){0};
    *c++ = known_cell(scanned, g->calls);
    *c++ = known_cell(scanned, g->output_calls);
    *c++ = known_cell(scanned, g->found);
    *c++ = cell_int(of->scanned);
    *c++ = known_cell(looked, g->redactions);
    *c++ = cell_int(of->looked);
}

static enum err add_rows(struct list *l, struct error *err)
{
    size_t rows = l->by_group_and_kind.n, shown;

    if (rows)
        qsort_r(l->groups, rows, sizeof(*l->groups), compare_rows, l);
    shown = l->spec->limit && (size_t)l->spec->limit < rows ? (size_t)l->spec->limit : rows;
    for (size_t i = 0; i < shown; i++) {
        struct row *row = table_add_row(l->t);

        if (!row)
            return no_memory(err);
        fill_row(l, &l->groups[i], row->cells);
    }
    if (shown < rows && !table_note(l->t, "%zu more (--limit, --all)", rows - shown))
        return no_memory(err);
    return OK;
}

/* The scan stays open: its axes say what the rows are called. */
static enum err walk(struct store *s, struct list *l, struct error *err)
{
    struct scan_spec calls = l->spec->calls;
    enum err rc = scan_refuse_tags(&calls, err);

    calls.jobs = 1; /* what is added up is shared */
    if (!rc)
        rc = scan_open(s, &calls, &l->scan, err);
    if (!rc)
        rc = load_events(s, l, err);
    if (!rc)
        rc = scan_walk(l->scan, COLUMN(F_FLAGS), visit, l, err);
    if (!rc)
        rc = head_fill_list(l->t, s, "report", &calls, scan_counts(l->scan)) ? OK : no_memory(err);
    return rc ? rc : find_words(l, err);
}

enum err kind_list(struct store *s, const struct kind_spec *spec, struct table *out,
                   struct error *err)
{
    struct list l = {
        .spec = spec, .t = out, .words = {out, spec->by, spec->n_by, &spec->calls, NULL}
    };
    enum err rc = walk(s, &l, err);

    if (!rc)
        rc = add_columns(&l, err);
    if (!rc)
        rc = add_rows(&l, err);
    scan_close(l.scan);
    text_set_release(&l.kinds);
    keymap_release(&l.by_group_and_kind);
    free(l.events.v);
    free(l.groups);
    free(l.shares);
    return rc;
}
