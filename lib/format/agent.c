/* agent: what the session files of agent programs have in common. */
#include "format/agent.h"

#include "record/privacy.h"

#include "base/banned.h"

#define KIND_MAX 40 /* bytes of a line type that a summary shows */

/* Of a path of either kind of system. */
static struct sv last_component(struct sv path)
{
    while (path.n && (path.p[path.n - 1] == '/' || path.p[path.n - 1] == '\\'))
        path.n--;
    for (size_t i = path.n; i > 0; i--)
        if (path.p[i - 1] == '/' || path.p[i - 1] == '\\')
            return (struct sv){path.p + i, path.n - i};
    return path;
}

struct sv agent_project(const struct reading *r, const struct json_doc *d, json_ref path)
{
    return keep_id(r, last_component(scalar_text(r, d, path)));
}

struct call_record *agent_add_call(const struct reading *r, const char *format)
{
    struct call_record *call = batch_add_call(r->c->out);

    if (!call)
        return NULL;
    call->source = r->c->source;
    call->line = r->c->line;
    record_set_dim(call, F_SOURCE_FORMAT, sv_from(format));
    return call;
}

struct tool_record *agent_add_tool(const struct reading *r, struct sv id, uint64_t n)
{
    struct tool_record *tool = batch_add_tool(r->c->out);

    if (!tool)
        return NULL;
    tool->id = line_identity(r->c, n);
    if (id.n)
        tool->id = (struct identity){.kind = ID_OWN, .family = SV("tool"), .own = id};
    tool->source = r->c->source;
    tool->line = r->c->line;
    return tool;
}

struct sv agent_line_kind(const struct reading *r, json_ref type)
{
    struct sv text = scalar_text(r, r->c->doc, type);

    if (text.n > KIND_MAX)
        text.n = KIND_MAX;
    return privacy_is_error_type(text) ? keep_id(r, text) : SV("other");
}

struct sv agent_join_id(const struct reading *r, struct sv a, struct sv b)
{
    size_t n = a.n + 1 + b.n;
    char *p = NULL;
    struct sv id;

    if (!a.n)
        return keep_id(r, b);
    p = keep_room(r, n);
    if (!p)
        return SV_NONE;
    memcpy(p, a.p, a.n);
    p[a.n] = ':';
    if (b.n)
        memcpy(p + a.n + 1, b.p, b.n);
    id = privacy_id((struct sv){p, n}, &r->c->out->arena);
    r->c->out->failed |= !id.p;
    return id;
}
