/* trace_shape: see the header. */
#include "query/trace_shape.h"

#include <stdlib.h>
#include "base/banned.h"

static enum err no_memory(const struct trace_tree *t, struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for a trace of %u spans", t->n);
}

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

static int64_t sum(int64_t a, int64_t b)
{
    return __builtin_add_overflow(a, b, &a) ? INT64_MAX : a;
}

/* b - a, both known; what does not fit is as long as can be said. */
static int64_t between(int64_t a, int64_t b)
{
    int64_t d;

    return __builtin_sub_overflow(b, a, &d) ? INT64_MAX : d;
}

void trace_sums_add(struct trace_sums *a, const struct trace_sums *b)
{
    a->calls += b->calls;
    a->unpriced += b->unpriced;
    a->cost_n += b->cost_n;
    a->input_n += b->input_n;
    a->output_n += b->output_n;
    a->cost_nusd = sum(a->cost_nusd, b->cost_nusd);
    a->input_tokens = sum(a->input_tokens, b->input_tokens);
    a->output_tokens = sum(a->output_tokens, b->output_tokens);
}

/* ---- the tree ----------------------------------------------------------------------------- */

enum { NEW, OPEN, DONE };

/* Walks up from each node to one that is done; a way that meets itself is cut. */
static bool cut_circles(struct trace_tree *t)
{
    unsigned char *state = calloc(t->n + (size_t)1, 1);

    for (uint32_t i = 0; state && i < t->n; i++) {
        uint32_t at = i, last = TRACE_NONE;

        while (at != TRACE_NONE && state[at] == NEW) {
            state[at] = OPEN;
            last = at;
            at = t->nodes[at].parent;
        }
        if (at != TRACE_NONE && state[at] == OPEN) {
            t->nodes[last].parent = TRACE_NONE;
            t->nodes[last].orphan = true;
        }
        for (at = i; at != TRACE_NONE && state[at] == OPEN; at = t->nodes[at].parent)
            state[at] = DONE;
    }
    free(state);
    return state != NULL;
}

struct by_start {
    const struct trace_node *nodes;
};

static int compare_starts(const void *a, const void *b, void *context)
{
    const struct trace_node *nodes = ((const struct by_start *)context)->nodes;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int64_t at_x = nodes[x].started_us, at_y = nodes[y].started_us;

    if (known(at_x) != known(at_y))
        return known(at_x) ? -1 : 1;
    if (at_x != at_y)
        return at_x < at_y ? -1 : 1;
    return (x > y) - (x < y);
}

/* Links children in order of start, and lists the roots. */
static bool link_children(struct trace_tree *t)
{
    struct by_start context = {t->nodes};
    uint32_t *sorted = malloc((t->n + (size_t)1) * sizeof(*sorted));
    uint32_t *last = malloc((t->n + (size_t)1) * sizeof(*last));

    if (sorted && last) {
        for (uint32_t i = 0; i < t->n; i++) {
            sorted[i] = i;
            t->nodes[i].first_child = t->nodes[i].next_sibling = TRACE_NONE;
        }
        qsort_r(sorted, t->n, sizeof(*sorted), compare_starts, &context);
        for (uint32_t k = 0; k < t->n; k++) {
            uint32_t i = sorted[k], up = t->nodes[i].parent;

            if (up == TRACE_NONE)
                t->roots[t->n_roots++] = i;
            else if (t->nodes[up].first_child == TRACE_NONE)
                t->nodes[up].first_child = i;
            else
                t->nodes[last[up]].next_sibling = i;
            if (up != TRACE_NONE)
                last[up] = i;
        }
    }
    free(sorted);
    free(last);
    return sorted && last;
}

static void put_in_order(struct trace_tree *t)
{
    uint32_t done = 0;

    for (uint32_t r = 0; r < t->n_roots; r++) {
        uint32_t at = t->roots[r];

        t->nodes[at].depth = 0;
        while (at != TRACE_NONE) {
            struct trace_node *n = &t->nodes[at];

            t->order[done++] = at;
            if (n->first_child != TRACE_NONE) {
                t->nodes[n->first_child].depth = n->depth + 1;
                at = n->first_child;
                continue;
            }
            while (at != t->roots[r] && t->nodes[at].next_sibling == TRACE_NONE)
                at = t->nodes[at].parent;
            if (at == t->roots[r])
                break;
            t->nodes[t->nodes[at].next_sibling].depth = t->nodes[at].depth;
            at = t->nodes[at].next_sibling;
        }
    }
}

/* ---- time --------------------------------------------------------------------------------- */

/*
 * What happened within what. It is the tree, but for the steps of a call: the model asks for a
 * tool, and is done when the tool runs, so that a step happens in what the call happens in.
 */
struct times {
    uint32_t *first, *next; /* children by start */
    uint32_t roots;         /* the first one, the others are next to it */
};

static bool is_step(const struct trace_node *n)
{
    return n->kind == NODE_TOOL || n->kind == NODE_BRANCH;
}

static uint32_t within(const struct trace_tree *t, uint32_t i)
{
    uint32_t up = t->nodes[i].parent;

    return up != TRACE_NONE && is_step(&t->nodes[i]) && t->nodes[up].call ? t->nodes[up].parent
                                                                          : up;
}

static bool has_time(const struct trace_node *n)
{
    return known(n->started_us) && known(n->ended_us) && n->ended_us >= n->started_us;
}

static void times_release(struct times *x)
{
    free(x->first);
    free(x->next);
}

/* Only nodes that have both ends. */
static bool times_build(const struct trace_tree *t, struct times *x)
{
    struct by_start context = {t->nodes};
    uint32_t *sorted = malloc((t->n + (size_t)1) * sizeof(*sorted)), n = 0;

    x->first = malloc((t->n + (size_t)1) * sizeof(*x->first));
    x->next = malloc((t->n + (size_t)1) * sizeof(*x->next));
    x->roots = TRACE_NONE;
    if (!sorted || !x->first || !x->next) {
        free(sorted);
        return false;
    }
    for (uint32_t i = 0; i < t->n; i++) {
        x->first[i] = TRACE_NONE;
        if (has_time(&t->nodes[i]))
            sorted[n++] = i;
    }
    qsort_r(sorted, n, sizeof(*sorted), compare_starts, &context);
    while (n) { /* from the last one, so that each goes in front of its list */
        uint32_t i = sorted[--n], up = within(t, i);
        uint32_t *list = up == TRACE_NONE ? &x->roots : &x->first[up];

        x->next[i] = *list;
        *list = i;
    }
    free(sorted);
    return true;
}

/* ---- figures ------------------------------------------------------------------------------ */

/* Stretches a time to hold another one. */
static void widen(struct trace_node *group, const struct trace_node *n)
{
    int64_t end = known(n->ended_us) ? n->ended_us : n->started_us;

    if (known(n->started_us) && (!known(group->started_us) || n->started_us < group->started_us))
        group->started_us = n->started_us;
    if (known(end) && (!known(group->ended_us) || end > group->ended_us))
        group->ended_us = end;
}

static void set_duration(struct trace_node *n)
{
    if (known(n->duration_us) || !known(n->started_us) || !known(n->ended_us))
        return;
    if (n->ended_us >= n->started_us)
        n->duration_us = between(n->started_us, n->ended_us);
}

static void roll_up(struct trace_tree *t)
{
    for (uint32_t k = t->n; k-- > 0;) {
        struct trace_node *n = &t->nodes[t->order[k]];

        trace_sums_add(&n->all, &n->own);
        if (n->parent == TRACE_NONE)
            continue;
        struct trace_node *up = &t->nodes[n->parent];
        trace_sums_add(&up->all, &n->all);
        up->descendants += 1 + n->descendants;
    }
}

/* A group lasts from the first start to the last end of everything; it is above everything. */
static void time_group(struct trace_tree *t)
{
    struct trace_node *group = t->n_roots ? &t->nodes[t->roots[0]] : NULL;

    if (!group || group->kind != NODE_GROUP)
        return;
    for (uint32_t i = 0; i < t->n; i++)
        widen(group, &t->nodes[i]);
    set_duration(group);
}

static void find_skew(struct trace_tree *t)
{
    for (uint32_t i = 0; i < t->n; i++) {
        struct trace_node *n = &t->nodes[i];
        const struct trace_node *up = n->parent == TRACE_NONE ? NULL : &t->nodes[n->parent];

        if (!up || up->kind == NODE_GROUP || is_step(n) || !known(n->started_us) ||
            !known(up->started_us) || !known(up->ended_us))
            continue;
        if (n->started_us < up->started_us)
            n->skew_us = -between(n->started_us, up->started_us);
        else if (n->kind == NODE_SPAN && known(n->ended_us) && n->ended_us > up->ended_us)
            n->skew_us = between(up->ended_us, n->ended_us);
    }
}

/* How much of [from, until) the nodes of the list, which are in order of start, leave uncovered. */
struct cover {
    int64_t from, until, reached, uncovered;
};

static void cover_with(struct cover *c, const struct trace_node *n)
{
    if (!known(n->started_us) || !known(n->ended_us) || n->ended_us < n->started_us)
        return;
    int64_t from = n->started_us < c->until ? n->started_us : c->until;
    if (from > c->reached)
        c->uncovered += between(c->reached, from);
    if (n->ended_us > c->reached)
        c->reached = n->ended_us < c->until ? n->ended_us : c->until;
    if (from > c->reached)
        c->reached = from;
}

static int64_t cover_end(const struct cover *c)
{
    return c->uncovered + (c->reached < c->until ? between(c->reached, c->until) : 0);
}

static int64_t uncovered_by(const struct trace_tree *t, const struct times *x, uint32_t first,
                            int64_t from, int64_t until)
{
    struct cover c = {from, until, from, 0};

    for (uint32_t k = first; k != TRACE_NONE; k = x->next[k])
        cover_with(&c, &t->nodes[k]);
    return cover_end(&c);
}

static void find_uncovered(struct trace_tree *t, const struct times *x)
{
    for (uint32_t i = 0; i < t->n; i++) {
        struct trace_node *n = &t->nodes[i];

        n->uncovered_us = CALL_MISSING;
        if (has_time(n) && x->first[i] != TRACE_NONE)
            n->uncovered_us = uncovered_by(t, x, x->first[i], n->started_us, n->ended_us);
    }
}

/* ---- the critical path -------------------------------------------------------------------- */

/* What is to be walked: a node, and what counts of its time. */
struct stretch {
    uint32_t node;
    int64_t from, until;
};

static int compare_ends(const void *a, const void *b, void *context)
{
    const struct trace_node *nodes = ((const struct by_start *)context)->nodes;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    if (nodes[x].ended_us != nodes[y].ended_us)
        return nodes[x].ended_us > nodes[y].ended_us ? -1 : 1;
    return (x > y) - (x < y);
}

/* The walk: what is still to be looked at, and room for one node's children. */
struct walk {
    const struct trace_tree *t;
    const struct times *times;
    bool beside; /* what ran beside something that was waited for counts, too, until that began */
    struct stretch *todo;
    uint32_t n_todo, *children;
};

/* Backwards through the time from `from` to `until`: what ended last before the point reached was
 * waited for, then what ended last before that began. Returns what is waited for nothing. */
static int64_t walk_back(struct walk *w, uint32_t first, int64_t from, int64_t until)
{
    struct by_start context = {w->t->nodes};
    int64_t reached = until, own = 0;
    uint32_t count = 0;

    for (uint32_t k = first; k != TRACE_NONE; k = w->times->next[k])
        w->children[count++] = k;
    qsort_r(w->children, count, sizeof(*w->children), compare_ends, &context);
    for (uint32_t k = 0; k < count && reached > from; k++) {
        const struct trace_node *child = &w->t->nodes[w->children[k]];
        int64_t end = child->ended_us < reached ? child->ended_us : reached;

        if (child->ended_us > reached && reached < until && !w->beside)
            continue;
        if (child->started_us >= end || end <= from)
            continue;
        own += between(end, reached);
        reached = child->started_us > from ? child->started_us : from;
        w->todo[w->n_todo++] = (struct stretch){w->children[k], reached, end};
    }
    return own + (reached > from ? between(from, reached) : 0);
}

static bool divide_time(const struct trace_tree *t, const struct times *times, bool beside,
                        uint32_t top, int64_t *out)
{
    struct walk w = {.t = t, .times = times, .beside = beside};
    bool all = top == TRACE_NONE;

    w.todo = malloc((t->n + (size_t)1) * sizeof(*w.todo));
    w.children = malloc((t->n + (size_t)1) * sizeof(*w.children));
    for (uint32_t i = 0; i < t->n; i++)
        out[i] = CALL_MISSING;
    if (w.todo && w.children) {
        if (!all && has_time(&t->nodes[top]))
            w.todo[w.n_todo++] =
                (struct stretch){top, t->nodes[top].started_us, t->nodes[top].ended_us};
        else if (all && known(t->started_us) && known(t->ended_us))
            walk_back(&w, times->roots, t->started_us, t->ended_us);
        while (w.n_todo) {
            struct stretch at = w.todo[--w.n_todo];

            out[at.node] = walk_back(&w, times->first[at.node], at.from, at.until);
        }
    }
    free(w.todo);
    free(w.children);
    return w.todo && w.children;
}

static bool set_critical(struct trace_tree *t, const struct times *times)
{
    int64_t *us = malloc((t->n + (size_t)1) * sizeof(*us));
    bool ok = us && divide_time(t, times, false, TRACE_NONE, us);

    for (uint32_t i = 0; i < t->n && ok; i++)
        t->nodes[i].critical_us = us[i];
    free(us);
    return ok;
}

enum err trace_spent(const struct trace_tree *t, uint32_t top, int64_t *out, struct error *err)
{
    struct times times = {0};
    bool ok = times_build(t, &times) && divide_time(t, &times, true, top, out);

    times_release(&times);
    return ok ? OK : no_memory(t, err);
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* The only one with its place known: it says itself how long all took, and neither a child of
 * another clock nor a span that lost its parent changes that. */
static uint32_t only_root(const struct trace_tree *t, const struct times *x)
{
    uint32_t found = TRACE_NONE;

    for (uint32_t k = x->roots; k != TRACE_NONE; k = x->next[k]) {
        if (t->nodes[k].orphan)
            continue;
        if (found != TRACE_NONE)
            return TRACE_NONE;
        found = k;
    }
    return found != TRACE_NONE ? found : x->next[x->roots] == TRACE_NONE ? x->roots : TRACE_NONE;
}

static void find_extent(struct trace_tree *t, const struct times *x)
{
    struct trace_node all = {
        .started_us = CALL_MISSING, .ended_us = CALL_MISSING, .duration_us = CALL_MISSING};

    for (uint32_t i = 0; i < t->n; i++)
        widen(&all, &t->nodes[i]);
    set_duration(&all);
    t->started_us = all.started_us;
    t->ended_us = all.ended_us;
    t->duration_us = all.duration_us;
    t->uncovered_us = CALL_MISSING;
    if (x->roots == TRACE_NONE)
        return;
    if (known(t->duration_us))
        t->uncovered_us = uncovered_by(t, x, x->roots, t->started_us, t->ended_us);
    uint32_t root = only_root(t, x);
    if (root == TRACE_NONE)
        return;
    t->started_us = t->nodes[root].started_us;
    t->ended_us = t->nodes[root].ended_us;
    t->duration_us = t->nodes[root].duration_us;
    t->uncovered_us = t->nodes[root].uncovered_us;
}

static void count(struct trace_tree *t)
{
    for (uint32_t i = 0; i < t->n; i++) {
        const struct trace_node *n = &t->nodes[i];

        t->spans += n->kind == NODE_SPAN;
        t->orphans += n->orphan;
        t->skewed += n->skew_us != 0;
        t->failed += n->failed;
        if (n->parent == TRACE_NONE)
            trace_sums_add(&t->sums, &n->all);
    }
}

enum err trace_shape(struct trace_tree *t, struct error *err)
{
    struct times times = {0};
    bool ok;

    t->order = arena_zalloc(&t->arena, t->n + (size_t)1, sizeof(*t->order));
    t->roots = arena_zalloc(&t->arena, t->n + (size_t)1, sizeof(*t->roots));
    if (!t->order || !t->roots || !cut_circles(t) || !link_children(t))
        return no_memory(t, err);
    put_in_order(t);
    for (uint32_t i = 0; i < t->n; i++)
        if (t->nodes[i].kind != NODE_GROUP)
            set_duration(&t->nodes[i]);
    roll_up(t);
    time_group(t);
    find_skew(t);
    ok = times_build(t, &times);
    if (ok) {
        find_uncovered(t, &times);
        find_extent(t, &times);
        ok = set_critical(t, &times);
    }
    times_release(&times);
    if (!ok)
        return no_memory(t, err);
    count(t);
    return OK;
}
