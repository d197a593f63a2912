#include "format/content.h"

#include <criterion/criterion.h>

#include "base/buf.h"

static void note(void *ctx, const struct content_text *t)
{
    static const char *const sides[] = {"?", "sys", "in", "out", "any"};
    struct buf *b = ctx;

    if (t->json)
        return;
    buf_printf(b, "%s%s:%.*s", b->n ? " " : "", t->reasoning ? "think" : sides[t->side],
               SV_FMT(t->text));
}

/* What a person who reads the line would say: which texts went in, which came out. */
static const struct {
    const char *name, *line, *want;
} lines[] = {
    {"prompt and response",
     "{\"model\":\"m\",\"prompt\":\"a b\",\"response\":\"c "
     "d\",\"user_id\":\"u\",\"status\":\"ok\"}",                                                                            "in:a b out:c d"            },
    {"nothing",                                  "{\"model\":\"m\",\"input_tokens\":12345678,\"output_hash\":\"ab\"}",      ""                          },
    {"an empty answer",                          "{\"prompt\":\"a\",\"completion\":\"\"}",                                  "in:a out:"                 },
    {"escapes",                                  "{\"prompt\":\"a\\n\\u00e9\"}",                                            "in:a\n\xC3\xA9"            },
    {"messages by role",
     "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"},"
     "{\"role\":\"assistant\",\"content\":\"h\"},{\"role\":\"user\",\"content\":\"v\"}],"
     "\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"o\"},\"finish_reason\":"
     "\"stop\"}]}",                                                                                                         "sys:s in:u in:h in:v out:o"},
    {"a conversation that ends with the answer",
     "{\"messages\":[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":"
     "\"o\"}]}",                                                                                                            "in:u out:o"                },
    {"a message of its own role",
     "{\"type\":\"assistant\",\"message\":{\"role\":\"assistant\",\"content\":[{\"type\":\"text\","
     "\"text\":"
     "\"o\"},{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"Read\",\"input\":{\"path\":\"p\"}"
     "}]}}",                                                                                                                "out:o out:p"               },
    {"a tool's result goes in",
     "{\"message\":{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"content\":\"r\"}]},"
     "\"toolUseResult\":{\"stdout\":\"s\"}}",                                                                               "in:r in:s"                 },
    {"an answer's body",
     "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":"
     "\"text\","
     "\"text\":\"o\"}],\"stop_reason\":\"end_turn\"}",                                                                      "out:o"                     },
    {"a body in another's field",
     "{\"request\":{\"body\":{\"prompt\":\"a\"}},\"response\":{\"choices\":[{\"text\":\"b\"}],"
     "\"model\":\"m\"}}",                                                                                                   "in:a out:b"                },
    {"JSON in a text",
     "{\"gen_ai.input.messages\":\"[{\\\"role\\\":\\\"user\\\",\\\"parts\\\":[{\\\"type\\\":"
     "\\\"text\\\","
     "\\\"content\\\":\\\"a\\\\nb\\\"}]}]\"}",                                                                              "in:a\nb"                   },
    {"attributes that name what they hold",
     "{\"attributes\":[{\"key\":\"gen_ai.prompt.0.content\",\"value\":{\"stringValue\":\"a\"}},"
     "{\"key\":\"gen_ai.completion.0.content\",\"value\":{\"stringValue\":\"b\"}},"
     "{\"key\":\"gen_ai.response.model\",\"value\":{\"stringValue\":\"m\"}}]}",                                             "in:a out:b"                },
    {"numbers that could be somebody's",         "{\"prompt\":{\"card\":4111111111111111,\"n\":7}}",
     "in:4111111111111111"                                                                                                                              },
    {"what is wished for is no answer",          "{\"input\":\"a\",\"expected\":\"b\",\"output\":\"c\"}",
     "in:a out:c"                                                                                                                                       },
    {"pictures",
     "{\"prompt\":[{\"image_url\":\"data:image/png;base64,AAAA\"},{\"data\":\"AAAA\"}]}",                                   ""                          },
    {"camel case",                               "{\"systemInstruction\":\"s\",\"userInput\":\"a\",\"modelOutput\":\"b\"}",
     "sys:s in:a out:b"                                                                                                                                 },
};

Test(content, texts)
{
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct json_doc doc = {0};
        struct buf got = {0};
        struct content_walk w = {.visit = note, .ctx = &got};

        cr_assert_eq(json_parse(&doc, lines[i].line, strlen(lines[i].line), NULL), OK, "%s",
                     lines[i].name);
        buf_str(&got, "");
        cr_expect(content_visit(&w, &doc, 0, CONTENT_NONE), "%s", lines[i].name);
        cr_expect_str_eq(got.p, lines[i].want, "%s: %s", lines[i].name, got.p);
        buf_release(&got);
        content_release(&w);
        json_release(&doc);
    }
}

/* Texts as they are to be kept: answers in JSON whole. */
static void note_whole(void *ctx, const struct content_text *t)
{
    struct content_text shown = *t;

    if (t->part || (t->json && !t->whole))
        return;
    shown.json = false;
    note(ctx, &shown);
}

/* What the model wrote, as it wrote it; what wrapped it is taken off. */
static const struct {
    const char *name, *line, *want;
} whole[] = {
    {"an answer in JSON",             "{\"response\":\"{\\\"label\\\":\\\"a\\\",\\\"n\\\":1}\"}",
     "out:{\"label\":\"a\",\"n\":1}"                                                                                                            },
    {"a list",                        "{\"completion\":\"[1, \\\"a\\\"]\"}",                         "out:[1, \"a\"]"                           },
    {"not JSON",                      "{\"response\":\"{\\\"label\\\":}\"}",                         "out:{\"label\":}"                         },
    {"in a message",
     "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"{\\\"a\\\":\\\"b\\\"}\"}}]}", "out:{\"a\":\"b\"}"                        },
    {"in a body that is a text",
     "{\"response\":\"{\\\"id\\\":\\\"c\\\",\\\"object\\\":\\\"chat.completion\\\",\\\"created\\\":"
     "1772323200,"
     "\\\"choices\\\":[{\\\"message\\\":{\\\"role\\\":\\\"assistant\\\",\\\"content\\\":\\\"{}\\\"}"
     "}]}\"}",                                                                                       "out:{}"                                   },
    {"messages that are a text",
     "{\"gen_ai.output.messages\":\"[{\\\"role\\\":\\\"assistant\\\",\\\"parts\\\":[{\\\"type\\\":"
     "\\\"text\\\","
     "\\\"content\\\":\\\"[true]\\\"}]}]\"}",                                                        "out:[true]"                               },
    {"fields of a form are no parts",
     "{\"response\":\"[{\\\"type\\\":\\\"text\\\",\\\"label\\\":\\\"l\\\"}]\"}",                     "out:[{\"type\":\"text\",\"label\":\"l\"}]"},
    {"an object",                     "{\"output\":{\"label\": \"a\",\"score\":0.5}}",
     "out:{\"label\": \"a\",\"score\":0.5}"                                                                                                     },
    {"an object with texts in it",    "{\"output\":{\"text\":\"a\",\"score\":0.5}}",                 "out:a"                                    },
    {"an object about an answer",
     "{\"response\":\"a\",\"response_json\":{\"finish_reason\":\"stop\",\"id\":1}}",                 "out:a"                                    },
    {"what is left of a body",
     "{\"response\":\"a\",\"response_json\":\"{\\\"finish_reason\\\":\\\"stop\\\"}\"}",              "out:a"                                    },
    {"what a tool is called with",
     "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\","
     "\"function\":{\"name\":\"f\","
     "\"arguments\":\"{\\\"a\\\":\\\"b\\\"}\"}}]}}]}",                                               "out:{\"a\":\"b\"}"                        },
    {"the same as an object",
     "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"name\":\"f\",\"input\":{\"a\":"
     "\"b\",\"n\":2}}]}",                                                                            "out:{\"a\":\"b\",\"n\":2}"                },
    {"Gemini's",
     "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":"
     "\"f\",\"args\":{\"n\":2}}}]}}]}",                                                              "out:{\"n\":2}"                            },
    {"what was thought before",
     "{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"t\",\"signature\":"
     "\"s\"},"
     "{\"type\":\"text\",\"text\":\"[1]\"}]}",                                                       "think:t out:[1]"                          },
    {"the same in a message",
     "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"reasoning_content\":\"t\",\"content\":"
     "\"a\"}}]}",                                                                                    "think:t out:a"                            },
    {"an item of a response",
     "{\"output\":[{\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"t\"}]"
     "},"
     "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":"
     "\"a\"}]}]}",                                                                                   "think:t out:a"                            },
    {"a thought of Gemini's",
     "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"thought\":true,\"text\":"
     "\"t\"},{\"text\":\"a\"}]}}]}",                                                                 "think:t out:a"                            },
    {"a field of an answer",
     "{\"response\":\"{\\\"reasoning\\\":\\\"t\\\",\\\"label\\\":\\\"a\\\"}\"}",                     "out:{\"reasoning\":\"t\",\"label\":\"a\"}"},
    {"the same as an object",         "{\"output\":{\"reasoning\":\"t\",\"label\":\"a\"}}",
     "out:{\"reasoning\":\"t\",\"label\":\"a\"}"                                                                                                },
    {"questions are gone through",    "{\"prompt\":\"{\\\"q\\\":\\\"a\\\"}\",\"response\":\"b\"}",
     "in:a out:b"                                                                                                                               },
};

Test(content, whole)
{
    for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
        struct json_doc doc = {0};
        struct buf got = {0};
        struct content_walk w = {.visit = note_whole, .ctx = &got};

        cr_assert_eq(json_parse(&doc, whole[i].line, strlen(whole[i].line), NULL), OK, "%s",
                     whole[i].name);
        buf_str(&got, "");
        cr_expect(content_visit(&w, &doc, 0, CONTENT_NONE), "%s", whole[i].name);
        cr_expect_str_eq(got.p, whole[i].want, "%s: %s", whole[i].name, got.p);
        buf_release(&got);
        content_release(&w);
        json_release(&doc);
    }
}

/* What was struck out of a line still stands in its bytes. */
Test(content, struck_out)
{
    static const char line[] = "{\"output\":{\"label\":\"a\",\"secret\":\"b\"}}";
    struct json_doc doc = {0};
    struct buf got = {0};
    struct content_walk w = {.visit = note_whole, .ctx = &got, .no_objects = true};

    cr_assert_eq(json_parse(&doc, line, sizeof(line) - 1, NULL), OK);
    doc.tokens[json_path(&doc, 0, "output", "secret", NULL)].type = JSON_NULL;
    cr_expect(content_visit(&w, &doc, 0, CONTENT_NONE));
    cr_expect_str_eq(got.p, "out:a");
    buf_release(&got);
    content_release(&w);
    json_release(&doc);
}

static const struct {
    const char *line;
    bool wants_json, has_tools;
} signs[] = {
    {"{\"response_format\":{\"type\":\"json_object\"},\"response\":\"x\"}",              true,  false},
    {"{\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{}}}",              true,  false},
    {"{\"response_format\":{\"type\":\"text\"}}",                                        false, false},
    {"{\"generationConfig\":{\"responseMimeType\":\"application/json\"}}",               true,  false},
    {"{\"format\":\"json\"}",                                                            true,  false},
    {"{\"choices\":[{\"message\":{\"content\":\"\",\"tool_calls\":[{\"id\":\"1\"}]}}]}", false,
     true                                                                                            },
    {"{\"choices\":[{\"message\":{\"content\":\"\",\"tool_calls\":[]}}]}",               false, false},
};

Test(content, signs)
{
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        struct json_doc doc = {0};
        struct buf got = {0};
        struct content_walk w = {.visit = note, .ctx = &got};

        cr_assert_eq(json_parse(&doc, signs[i].line, strlen(signs[i].line), NULL), OK);
        cr_expect(content_visit(&w, &doc, 0, CONTENT_NONE));
        cr_expect_eq(w.wants_json, signs[i].wants_json, "%s", signs[i].line);
        cr_expect_eq(w.has_tools, signs[i].has_tools, "%s", signs[i].line);
        buf_release(&got);
        content_release(&w);
        json_release(&doc);
    }
}

/* Deeper than names are followed, and than any stack would bear. */
Test(content, depth)
{
    struct json_doc doc = {0};
    struct buf line = {0}, got = {0};
    struct content_walk w = {.visit = note, .ctx = &got};

    buf_str(&line, "{\"prompt\":");
    for (int i = 0; i < 100000; i++)
        buf_char(&line, '[');
    buf_str(&line, "\"deep\"");
    for (int i = 0; i < 100000; i++)
        buf_char(&line, ']');
    buf_char(&line, '}');
    cr_assert_eq(json_parse(&doc, line.p, line.n, NULL), OK);
    cr_expect(content_visit(&w, &doc, 0, CONTENT_NONE));
    cr_assert(got.p);
    cr_expect_str_eq(got.p, "in:deep");
    buf_release(&line);
    buf_release(&got);
    content_release(&w);
    json_release(&doc);
}
