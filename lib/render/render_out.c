/* render_out: collects what a renderer writes and hands it to the sink in pieces. */
#include "render/render_out.h"

#include "base/banned.h"

#define PIECE_BYTES ((size_t)64 * 1024)

static bool usable(const struct render_out *o)
{
    return !o->refused && !o->buf.failed;
}

static void hand_on(struct render_out *o)
{
    if (!usable(o) || o->buf.n == 0)
        return;
    o->refused = !o->sink->write(o->sink->ctx, o->buf.p, o->buf.n);
    buf_reset(&o->buf);
}

bool render_out_more(struct render_out *o)
{
    if (o->buf.n >= PIECE_BYTES)
        hand_on(o);
    return usable(o);
}

enum err render_out_end(struct render_out *o, struct error *err)
{
    bool failed = o->buf.failed;

    hand_on(o);
    buf_release(&o->buf);
    if (o->refused)
        return error_set(err, ERR_IO, "the output takes no more");
    if (failed)
        return error_set(err, ERR_NOMEM, "out of memory writing the output");
    return OK;
}
