/* audit_map: see the header. */
#include "ingest/audit_map.h"

#include <inttypes.h>
#include "base/buf.h"
#include "format/call_rules.h"
#include "base/banned.h"

/* ,"source":"app.jsonl", ... and the end of the line: the same for all calls of a line. */
static void add_place(struct buf *out, const struct line *line, const char *path)
{
    unsigned char digest[32];
    char hex[65];

    buf_str(out, ",\"source\":");
    buf_json_string(out, sv_from(path));
    buf_printf(out, ",\"line\":%" PRId64, line->number);
    if (!line->bytes.p) {
        buf_str(out, ",\"offset\":null,\"length\":null,\"sha256\":null}\n");
        return;
    }
    sha256_of(line->bytes.p, line->bytes.n, digest);
    hex_encode(digest, sizeof(digest), hex);
    buf_printf(out, ",\"offset\":%" PRId64 ",\"length\":%" PRId64 ",\"sha256\":\"%s\"}\n",
               line->offset, line->length, hex);
}

static void add_id(struct buf *out, struct sv id)
{
    if (id.n)
        buf_json_string(out, id);
    else
        buf_str(out, "null");
}

void audit_map_add(const struct audit_sink *to, const struct line_context *c,
                   const struct line *line, const char *path, size_t first)
{
    const struct reading r = {.c = c};
    struct batch *b = c->out;
    struct buf place = {0}, out = {0};

    if (!to->write || first == b->n_calls)
        return;
    add_place(&place, line, path);
    for (size_t i = first; i < b->n_calls; i++) {
        buf_reset(&out);
        buf_str(&out, "{\"request_id\":");
        add_id(&out, b->calls[i].request_id);
        buf_str(&out, ",\"identity\":");
        add_id(&out, identity_text(&r, &b->calls[i].id));
        buf_sv(&out, (struct sv){place.p, place.n});
        b->failed |= place.failed || out.failed;
        if (!b->failed)
            to->write(to->ctx, out.p, out.n);
    }
    buf_release(&place);
    buf_release(&out);
}
