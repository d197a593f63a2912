/* scalars: see the header. */
#include "query/scalars.h"

#include "json/json.h"
#include "base/banned.h"

bool scalars_each(struct sv object, struct arena *a,
                  bool (*visit)(void *ctx, struct sv key, struct sv value), void *ctx)
{
    struct json_doc d = {0};
    bool go_on = true;
    json_ref key;

    if (!object.n || json_parse(&d, object.p, object.n, NULL) || json_type(&d, 0) != JSON_OBJECT) {
        json_release(&d);
        return true;
    }
    for (key = json_first(&d, 0); key != JSON_END && go_on;) {
        json_ref value = json_next(&d, 0, key);
        enum json_type type = json_type(&d, value);
        struct sv name, text;

        if (!json_missing(&d, value) && type != JSON_OBJECT && type != JSON_ARRAY) {
            name = json_text(&d, key, a);
            text = json_text(&d, value, a);
            go_on = name.p && text.p && visit(ctx, name, text);
        }
        key = json_next(&d, 0, value);
    }
    json_release(&d);
    return go_on;
}
