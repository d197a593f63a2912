#include <criterion/criterion.h>
#include "format/rule_list.h"

#include "base/buf.h"
#include "format/format_testing.h"

Test(rule_list, of_all_spellings)
{
    static const struct {
        const char *name, *json, *want;
    } cases[] = {
        {"a JSON array",                  "[\"pii\",\"secrets\"]",                        "pii|secrets|"  },
        {"OTLP's AnyValues",              "[{\"stringValue\":\"pii\"},{\"intValue\":1}]", "pii|"          },
        {"Python's list",                 "\"['pii', 'two words']\"",                     "pii|two words|"},
        {"Python's other quotes",         "\"['pii', \\\"it's\\\"]\"",                    "pii|it's|"     },
        {"a tuple, a set",                "\"('pii',)\"",                                 "pii|"          },
        {"JSON in a text",                "\"[\\\"pii\\\",\\\"x\\\"]\"",                  "pii|x|"        },
        {"commas",                        "\"pii, secrets,\"",                            "pii|secrets|"  },
        {"one name",                      "\"pii\"",                                      "pii|"          },
        {"no end to a quote",             "\"['pii', 'sec\"",                             "pii|sec|"      },
        {"a backslash at the end",        "\"['a\\\\\"",                                  "a\\|"          },
        {"none",                          "\"[]\"",                                       ""              },
        {"none, in Python",               "\"set()\"",                                    ""              },
        {"None",                          "\"None\"",                                     ""              },
        {"nothing",                       "null",                                         ""              },
        {"a number",                      "7",                                            ""              },
        {"a sentence is no name",         "[\"the user has asked for something\",\"x\"]", "x|"            },
        {"nor is what has control bytes", "[\"a\\u001bb\",\"x\"]",                        "x|"            },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct batch out = {0};
        struct json_doc d = {0};
        const struct line_context c = {.doc = &d, .out = &out};
        const struct reading r = {.c = &c};
        struct sv rules[RULES_MOST];
        struct buf got = {0};

        cr_assert(json_parse(&d, cases[i].json, strlen(cases[i].json), NULL) == OK, "%s",
                  cases[i].name);
        size_t n = rule_list(&r, &d, 0, rules);
        buf_str(&got, "");
        for (size_t k = 0; k < n; k++) {
            buf_sv(&got, rules[k]);
            buf_char(&got, '|');
        }
        cr_expect(sv_is((struct sv){got.p, got.n}, cases[i].want), "%s: %s", cases[i].name, got.p);
        buf_release(&got);
        json_release(&d);
        batch_release(&out);
    }
}

Test(rule_list, has_an_end)
{
    struct batch out = {0};
    struct json_doc d = {0};
    const struct line_context c = {.doc = &d, .out = &out};
    const struct reading r = {.c = &c};
    struct sv rules[RULES_MOST];
    struct buf text = {0};

    buf_char(&text, '[');
    for (int i = 0; i < 100; i++)
        buf_printf(&text, "%s\"r%d\"", i ? "," : "", i);
    buf_char(&text, ']');
    cr_assert(json_parse(&d, text.p, text.n, NULL) == OK);
    cr_expect(rule_list(&r, &d, 0, rules) == RULES_MOST);
    json_release(&d);
    buf_release(&text);
    batch_release(&out);
}
