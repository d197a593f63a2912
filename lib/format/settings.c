/* settings: see the header. */
#include "format/settings.h"

#include "format/pick.h"
#include "format/scalar.h"
#include "base/banned.h"

static const struct {
    const char *name, *kept;
} names[] = {
    {"temperature",           "temperature"},
    {"ls_temperature",        "temperature"},
    {"top_p",                 "top_p"      },
    {"topP",                  "top_p"      },
    {"max_tokens",            "max_tokens" },
    {"maxTokens",             "max_tokens" },
    {"max_output_tokens",     "max_tokens" },
    {"maxOutputTokens",       "max_tokens" },
    {"max_completion_tokens", "max_tokens" },
    {"ls_max_tokens",         "max_tokens" },
};

static struct sv kept_name(struct sv name)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_is(name, names[i].name))
            return sv_from(names[i].kept);
    return SV_NONE;
}

static void add_members(struct leftovers *l, const struct json_doc *d, json_ref object)
{
    for (struct member m = member_first(d, object); m.key != JSON_END;
         m = member_next(d, object, m)) {
        struct sv kept = kept_name(json_raw(d, m.key));

        if (kept.p && json_type(d, m.value) == JSON_NUMBER)
            leftover_add(l, kept, d, m.value, LEFTOVER_WEAK);
    }
}

void settings_add(struct leftovers *l, const struct reading *r, struct json_doc *inner,
                  const struct json_doc *d, json_ref parameters)
{
    struct sv text = scalar_text(r, d, parameters);

    if (json_type(d, parameters) == JSON_OBJECT)
        add_members(l, d, parameters);
    else if (text.n && text.p[0] == '{' && json_parse(inner, text.p, text.n, NULL) == OK)
        add_members(l, inner, 0);
}

void settings_add_attributes(struct leftovers *l, const struct leftovers *attributes)
{
    static const char *const prefixes[] = {"gen_ai.request.", "llm.request.", "llm."};

    for (size_t i = 0; i < attributes->n; i++) {
        const struct leftover *item = &attributes->item[i];
        struct sv kept = SV_NONE;

        for (size_t p = 0; p < ARRAY_LEN(prefixes) && !kept.p; p++)
            if (sv_starts(item->key, prefixes[p]))
                kept = kept_name((struct sv){item->key.p + strlen(prefixes[p]),
                                             item->key.n - strlen(prefixes[p])});
        if (kept.p && !item->written.p)
            leftover_add(l, kept, item->doc, item->at,
                         LEFTOVER_WEAK | (item->bare ? LEFTOVER_INTEGER : LEFTOVER_PLAIN));
    }
}
