/* prompt_text: see the header. */
#include "format/prompt_text.h"

#include "base/buf.h"
#include "format/pick.h"
#include "base/banned.h"

static const char *const lists[] = {"messages", "input", "contents", "prompt", "inputs"};
static const char *const systems[] = {"system", "instructions", "system_prompt",
                                      "systemInstruction", "system_instruction"};
static const char *const inside[] = {"request", "body",   "kwargs", "request_body",
                                     "input",   "inputs", "params", "payload"};

static bool is_system(struct sv role)
{
    return sv_is(role, "system") || sv_is(role, "developer");
}

static struct sv decoded(const struct json_doc *d, json_ref at, struct arena *a)
{
    return json_type(d, at) == JSON_STRING ? json_text(d, at, a) : SV_NONE;
}

/* "text", or [{"type":"text","text":"..."}], or {"parts":[{"text":"..."}]}. */
static struct sv content_of(const struct json_doc *d, json_ref at, struct arena *a)
{
    struct buf b = {0};
    struct sv out;

    if (json_type(d, at) == JSON_STRING)
        return decoded(d, at, a);
    if (json_type(d, at) == JSON_OBJECT) {
        json_ref inner = json_get(d, at, "parts");

        at = inner != JSON_END ? inner : json_get(d, at, "content");
        if (json_type(d, at) == JSON_STRING)
            return decoded(d, at, a);
    }
    if (json_type(d, at) != JSON_ARRAY)
        return SV_NONE;
    for (json_ref i = json_first(d, at); i != JSON_END; i = json_next(d, at, i)) {
        struct sv text = json_type(d, i) == JSON_OBJECT ? decoded(d, json_get(d, i, "text"), a)
                                                        : decoded(d, i, a);

        if (!text.n)
            continue;
        buf_str(&b, b.n ? "\n" : "");
        buf_sv(&b, text);
    }
    out = b.n && !b.failed ? arena_copy(a, (struct sv){b.p, b.n}) : SV_NONE;
    buf_release(&b);
    return out;
}

static struct sv join(struct sv x, struct sv y, struct arena *a)
{
    char *room;

    if (!x.n || !y.n)
        return x.n ? x : y;
    room = arena_alloc(a, x.n + y.n + 1);
    if (!room)
        return x;
    memcpy(room, x.p, x.n);
    room[x.n] = '\n';
    memcpy(room + x.n + 1, y.p, y.n);
    return (struct sv){room, x.n + y.n + 1};
}

static void take_messages(const struct json_doc *d, json_ref list, struct arena *a,
                          struct prompt_text *out)
{
    if (json_type(d, list) != JSON_ARRAY)
        return;
    for (json_ref i = json_first(d, list); i != JSON_END; i = json_next(d, list, i)) {
        struct sv role =
            json_type(d, i) == JSON_OBJECT ? decoded(d, json_get(d, i, "role"), a) : SV_NONE;
        struct sv text = role.n ? content_of(d, i, a) : SV_NONE;

        if (!text.n)
            continue;
        if (is_system(role))
            out->system = join(out->system, text, a);
        else if (sv_is(role, "user") || sv_is(role, "human"))
            out->prompt = text; /* the last one: those before are the conversation */
    }
}

static void take_object(const struct json_doc *d, json_ref object, struct arena *a,
                        struct prompt_text *out)
{
    static const char *const texts[] = {"prompt", "rendered_prompt", "input", "input_text"};

    for (size_t i = 0; i < ARRAY_LEN(systems) && !out->system.n; i++)
        out->system = content_of(d, json_get(d, object, systems[i]), a);
    for (size_t i = 0; i < ARRAY_LEN(lists) && !out->prompt.n; i++)
        take_messages(d, json_get(d, object, lists[i]), a, out);
    for (size_t i = 0; i < ARRAY_LEN(texts) && !out->prompt.n; i++)
        out->prompt = decoded(d, json_get(d, object, texts[i]), a);
}

static void take_systems(const struct json_doc *d, json_ref list, struct arena *a, struct sv *out)
{
    if (json_type(d, list) != JSON_ARRAY)
        return;
    for (json_ref i = json_first(d, list); i != JSON_END; i = json_next(d, list, i))
        if (json_type(d, i) == JSON_OBJECT && is_system(json_raw(d, json_get(d, i, "role"))))
            *out = join(*out, content_of(d, i, a), a);
}

static struct sv system_of(const struct json_doc *d, json_ref object, struct arena *a)
{
    struct sv out = SV_NONE;

    for (size_t i = 0; i < ARRAY_LEN(systems) && !out.n; i++)
        out = content_of(d, json_get(d, object, systems[i]), a);
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        take_systems(d, json_get(d, object, lists[i]), a, &out);
    return out;
}

struct sv prompt_system_of(const struct json_doc *d, struct arena *a)
{
    struct sv out = SV_NONE;

    if (json_type(d, 0) != JSON_OBJECT)
        return out;
    out = system_of(d, 0, a);
    for (size_t i = 0; i < ARRAY_LEN(inside) && !out.n; i++) {
        json_ref at = json_get(d, 0, inside[i]);

        if (json_type(d, at) == JSON_OBJECT)
            out = system_of(d, at, a);
    }
    return out;
}

struct prompt_text prompt_text_of(const struct json_doc *d, struct arena *a)
{
    struct prompt_text out = {SV_NONE, SV_NONE};

    if (json_type(d, 0) != JSON_OBJECT)
        return out;
    take_object(d, 0, a, &out);
    for (size_t i = 0; i < ARRAY_LEN(inside) && !out.prompt.n; i++) {
        json_ref at = json_get(d, 0, inside[i]);

        if (json_type(d, at) == JSON_OBJECT)
            take_object(d, at, a, &out);
    }
    return out;
}
