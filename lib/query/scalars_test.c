#include <criterion/criterion.h>
#include "query/scalars.h"

#include "base/buf.h"

static bool add(void *ctx, struct sv key, struct sv value)
{
    struct buf *b = ctx;

    buf_sv(b, key);
    buf_char(b, '=');
    buf_sv(b, value);
    buf_char(b, ';');
    return !sv_is(key, "stop");
}

Test(scalars, each)
{
    static const struct {
        const char *name, *object, *want;
        bool goes_on;
    } cases[] = {
        {"texts, numbers, booleans", "{\"a\":\"x\",\"b\":1.50,\"c\":true}",     "a=x;b=1.50;c=true;",
         true                                                                                              },
        {"escapes are decoded",      "{\"k\\n\":\"\\u00e9\"}",                  "k\n=\xC3\xA9;",      true },
        {"no null, no containers",   "{\"a\":null,\"b\":[1],\"c\":{},\"d\":0}", "d=0;",               true },
        {"an empty text is one",     "{\"a\":\"\"}",                            "a=;",                true },
        {"the visitor ends it",      "{\"stop\":1,\"b\":2}",                    "stop=1;",            false},
        {"no members",               "{}",                                      "",                   true },
        {"no object",                "[1,2]",                                   "",                   true },
        {"damaged",                  "{\"a\":1",                                "",                   true },
        {"nothing",                  "",                                        "",                   true },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a = {0};
        struct buf got = {0};

        buf_str(&got, "");
        cr_expect(scalars_each(sv_from(cases[i].object), &a, add, &got) == cases[i].goes_on, "%s",
                  cases[i].name);
        cr_expect(sv_is((struct sv){got.p, got.n}, cases[i].want), "%s: %s", cases[i].name, got.p);
        buf_release(&got);
        arena_release(&a);
    }
    cr_expect(scalars_each(SV_NONE, NULL, add, NULL));
}
