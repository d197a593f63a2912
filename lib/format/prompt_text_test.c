#include <criterion/criterion.h>

#include "base/error.h"
#include "format/prompt_text.h"

/* NULL: there is none. */
static const struct {
    const char *line, *system, *prompt;
} cases[] = {
    {"{\"prompt\":\"a\\nb\"}",                                         NULL,                       "a\nb"                                },
    {"{\"input\":\"a\",\"prompt\":\"b\"}",                             NULL,                       "b"                                   },
    {"{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"},"
     "{\"role\":\"assistant\",\"content\":\"x\"},{\"role\":\"user\",\"content\":[{\"type\":"
     "\"text\","
     "\"text\":\"v\"},{\"type\":\"image\"},{\"text\":\"w\"}]}]}", "s",                        "v\nw"                                },
    {"{\"system\":\"s\",\"messages\":[{\"role\":\"developer\",\"content\":\"d\"},{\"role\":"
     "\"user\","
     "\"content\":\"u\"}]}",                                                                 "s\nd",                                                                       "u"                                      },
    {"{\"request\":{\"instructions\":\"s\",\"input\":[{\"role\":\"user\",\"content\":\"u\"}]}}",
     "s", "u"                                                                                                                                 },
    {"{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"u\"}]}],\"systemInstruction\":"
     "{\"parts\":[{\"text\":\"s\"}]}}",                                                                "s",                                                     "u"},
    {"{\"messages\":\"x\",\"prompt\":7,\"input\":{}}",                                                                NULL,                                           NULL                                                                                                                      },
    {"{\"messages\":[1,null,[],{\"role\":1},{\"role\":\"user\"}]}",                                                                NULL,                              NULL},
    {"{\"model\":\"m\"}",                                                                NULL,                                                                        NULL                                                                                                                                                                },
    {"[]",                                                                NULL,                                                                                       NULL},
};

static void expect(struct sv got, const char *want, const char *line)
{
    cr_expect(want ? sv_is(got, want) : !got.n, "%s: got %.*s", line, SV_FMT(got));
}

Test(prompt_text, of_lines)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_doc d = {0};
        struct arena a = {0};
        struct prompt_text got;

        cr_assert_eq(json_parse(&d, cases[i].line, strlen(cases[i].line), NULL), OK, "%s",
                     cases[i].line);
        got = prompt_text_of(&d, &a);
        expect(got.system, cases[i].system, cases[i].line);
        expect(got.prompt, cases[i].prompt, cases[i].line);
        json_release(&d);
        arena_release(&a);
    }
}
