/* call_texts: the texts of the calls of a line, gone through once for all who look at them. */
#include "ingest/call_texts.h"

#include "base/banned.h"

struct watchers {
    struct scanning *scanning;
    struct keeping *keeping;
};

static void show(void *ctx, const struct content_text *text)
{
    const struct watchers *w = ctx;

    if (w->scanning)
        scanning_see(w->scanning, text);
    if (w->keeping)
        keeping_see(w->keeping, text);
}

static bool visit(struct content_walk *w, const struct json_doc *d, const struct call_record *call,
                  bool alone)
{
    w->wants_json = w->has_tools = false;
    return (!call->input || content_visit(w, d, call->input, CONTENT_INPUT)) &&
           (!call->output || content_visit(w, d, call->output, CONTENT_OUTPUT)) &&
           (!(call->value || (alone && !call->input && !call->output)) ||
            content_visit(w, d, call->value, CONTENT_NONE));
}

void call_texts_show(struct content_walk *w, const struct json_doc *d, struct scanning *scanning,
                     struct keeping *keeping, struct batch *b, size_t first)
{
    struct watchers watchers = {scanning, keeping};
    bool alone = b->n_calls - first == 1;

    w->visit = show;
    w->ctx = &watchers;
    for (size_t i = first; i < b->n_calls && !b->failed; i++) {
        struct call_record *call = &b->calls[i];

        if (scanning)
            scanning_begin(scanning);
        if (keeping)
            keeping_begin(keeping, call);
        b->failed |= !visit(w, d, call, alone);
        if (scanning)
            scanning_end(scanning, w, call, b);
        if (keeping)
            keeping_end(keeping, call, b);
    }
    w->ctx = NULL;
}
