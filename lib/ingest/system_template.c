/* system_template: a name for the template of calls that name none. */
#include "ingest/system_template.h"

#include <stdio.h>
#include "format/prompt_text.h"
#include "mine/templates.h"
#include "base/banned.h"

void system_template_release(struct system_template *x)
{
    content_release(&x->walk);
    arena_release(&x->arena);
    *x = (struct system_template){0};
}

static uint64_t masked_hash(struct system_template *x, struct sv text)
{
    struct hash128 raw = hash128(text.p, text.n, 0);
    size_t at = raw.hi % SYSTEMS_KEPT;

    if (x->recent[at].text.hi != raw.hi || x->recent[at].text.lo != raw.lo) {
        x->recent[at].text = raw;
        x->recent[at].masked = templates_masked_hash(text);
    }
    return x->recent[at].masked;
}

static void take(void *ctx, const struct content_text *text)
{
    struct system_template *x = ctx;

    if (text->side != CONTENT_SYSTEM || text->json || !text->text.n)
        return;
    x->hash = templates_masked_hash_on(x->hash, text->text);
    x->some = true;
}

/* Whether a value may have a system message: most spans have no texts, and looking through one costs
 * as much as reading it. */
static bool mentions_system(struct sv raw)
{
    static const char *const words[] = {"\"system\"", "\"system\\", "system_instr", "systemInstr",
                                        "\"developer"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (memmem(raw.p, raw.n, words[i], strlen(words[i])))
            return true;
    return false;
}

struct sv system_template_of(struct system_template *x, const struct json_doc *d,
                             const struct call_record *call, bool alone, struct batch *b)
{
    char name[24];
    struct sv kept, system = SV_NONE;
    int n;

    x->some = false;
    x->hash = 0;
    if (alone && !call->value) {
        system = prompt_system_of(d, &x->arena);
        if (system.n)
            x->hash = masked_hash(x, system);
        x->some = system.n > 0;
        arena_reset(&x->arena);
    } else if (call->value && mentions_system(json_raw(d, call->value))) {
        x->walk.visit = take;
        x->walk.ctx = x;
        b->failed |= !content_visit(&x->walk, d, call->value, CONTENT_NONE);
    }
    if (!x->some)
        return SV_NONE;
    n = snprintf(name, sizeof(name), "system-%08x", (unsigned)(x->hash >> 32));
    kept = arena_copy(&b->arena, (struct sv){name, (size_t)n});
    b->failed |= !kept.p;
    return kept;
}
