/* render_out: collects what a renderer writes and hands it to the sink in pieces. */
#ifndef LLMOBS_RENDER_RENDER_OUT_H
#define LLMOBS_RENDER_RENDER_OUT_H

#include "render/render.h"

/* Begin with {.sink = sink}; append to buf; call render_out_end() on every way out. */
struct render_out {
    struct buf buf;
    const struct sink *sink;
    bool refused; /* the sink takes no more */
};

/* To be called after each row: hands buf on when it holds a piece's worth (64 KiB). False: writing
 * on is pointless, render_out_end() will say why. */
bool render_out_more(struct render_out *o);

/* Hands on what is left and releases buf. ERR_IO when the sink refused, ERR_NOMEM when a buffer
 * could not grow; in the latter case the output ends early, never with a hole in it. */
NODISCARD enum err render_out_end(struct render_out *o, struct error *err);

#endif
