/* input_parts: see the header. */
#include "query/input_parts.h"

#include "query/span_facts.h"
#include "base/banned.h"

const char *const input_part_names[PART_COUNT] = {
    [PART_SYSTEM] = "system", [PART_HISTORY] = "history", [PART_RETRIEVAL] = "retrieval",
    [PART_TOOLS] = "tools",   [PART_USER] = "user",
};

static bool add(int64_t *sum, int64_t v)
{
    return !__builtin_add_overflow(*sum, v, sum);
}

/* Takes what is not known yet; retrieval once more, if it is to be added. True: of retrieval. */
static bool take(struct input_parts *out, const struct span_facts *f, uint32_t node, bool adds)
{
    const struct maybe_i64 said[PART_COUNT] = {
        [PART_SYSTEM] = f->system_tokens,  [PART_HISTORY] = f->history_tokens,
        [PART_RETRIEVAL] = f->docs_tokens, [PART_TOOLS] = f->tools_tokens,
        [PART_USER] = f->user_tokens,
    };

    for (int p = 0; p < PART_COUNT; p++) {
        struct maybe_i64 *have = &out->tokens[p];

        if (!said[p].known)
            continue;
        if (!have->known) {
            *have = said[p];
            out->node[p] = node;
        } else if (adds && p == PART_RETRIEVAL && !add(&have->v, said[p].v)) {
            have->v = INT64_MAX;
        }
    }
    return said[PART_RETRIEVAL].known;
}

static bool holds_one_call(const struct trace_node *n)
{
    return n->all.calls == 1;
}

/* The highest node above that has no other call below it. */
static uint32_t scope_of(const struct trace_tree *t, uint32_t node)
{
    while (t->nodes[node].parent != TRACE_NONE && holds_one_call(&t->nodes[t->nodes[node].parent]))
        node = t->nodes[node].parent;
    return node;
}

static bool begins_later(const struct trace_node *n, const struct trace_node *call)
{
    return n->started_us != CALL_MISSING && call->started_us != CALL_MISSING &&
           n->started_us > call->started_us;
}

/* From the node on through everything below it; what is below a retrieval repeats it. */
static void look_around(const struct trace_tree *t, uint32_t top, uint32_t node, struct arena *a,
                        struct input_parts *out)
{
    const struct trace_node *call = &t->nodes[node];
    bool had_docs = out->tokens[PART_RETRIEVAL].known;
    uint32_t at = top;

    while (at != TRACE_NONE) {
        const struct trace_node *n = &t->nodes[at];
        bool docs = false;

        if (at != node && !begins_later(n, call)) {
            struct span_facts f = span_facts_of(n->attributes, a);

            docs = take(out, &f, at, !had_docs);
        }
        if (n->first_child != TRACE_NONE && !docs) {
            at = n->first_child;
            continue;
        }
        while (at != top && t->nodes[at].next_sibling == TRACE_NONE)
            at = t->nodes[at].parent;
        at = at == top ? TRACE_NONE : t->nodes[at].next_sibling;
    }
}

void input_parts_of(const struct trace_tree *t, uint32_t node, struct sv meta, struct arena *a,
                    struct input_parts *out)
{
    struct span_facts f = span_facts_of(meta, a);

    *out = (struct input_parts){.sum = 0};
    take(out, &f, node, false);
    f = span_facts_of(t->nodes[node].attributes, a);
    take(out, &f, node, false);
    if (holds_one_call(&t->nodes[node]))
        look_around(t, scope_of(t, node), node, a, out);
    for (int p = 0; p < PART_COUNT; p++) {
        out->known += out->tokens[p].known;
        if (out->tokens[p].known && !add(&out->sum, out->tokens[p].v))
            out->sum = INT64_MAX;
    }
}
