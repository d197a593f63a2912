#include "ingest/line_filter.h"

#include <criterion/criterion.h>

static const struct {
    const char *terms[2], *line;
    bool kept;
} cases[] = {
    {{"judge=gpt-4*"},  "{\"judge\":\"gpt-4o\"}",                                true },
    {{"judge=gpt-4*"},  "{\"judge\":\"claude\"}",                                false},
    {{"judge=gpt-4*"},  "{\"other\":\"gpt-4o\"}",                                false},
    {{"judge!=gpt-4*"}, "{\"judge\":\"claude\"}",                                true },
    {{"judge!=gpt-4*"}, "{\"other\":1}",                                         true },
    {{"judge!=gpt-4*"}, "{\"judge\":\"gpt-4\"}",                                 false},
    {{"split=dev"},     "{\"metadata\":{\"split\":\"dev\"}}",                    true },
    {{"split=dev"},     "{\"split\":\"test\",\"metadata\":{\"split\":\"dev\"}}", false},
    {{"n=3"},           "{\"n\":3}",                                             true },
    {{"n="},            "{\"n\":\"\"}",                                          true },
    {{"n=*"},           "{\"n\":[3]}",                                           false},
    {{"n=*"},           "{\"n\":null}",                                          true },
    {{"a=1", "b!=2"},   "{\"a\":1,\"b\":3}",                                     true },
    {{"a=1", "b!=2"},   "{\"a\":1,\"b\":2}",                                     false},
    {{"a=b=c"},         "{\"a\":\"b=c\"}",                                       true },
};

Test(line_filter, keeps)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct line_filter f = {0};
        struct json_doc doc = {0};

        for (size_t t = 0; t < 2 && cases[i].terms[t]; t++)
            cr_assert_eq(line_filter_add(&f, cases[i].terms[t], NULL), OK);
        cr_assert_eq(json_parse(&doc, cases[i].line, strlen(cases[i].line), NULL), OK);
        cr_expect_eq(line_filter_keeps(&f, &doc), cases[i].kept, "%s of %s", cases[i].terms[0],
                     cases[i].line);
        json_release(&doc);
    }
}

Test(line_filter, refuses)
{
    static const char *const bad[] = {"", "x", "=x", "!=x", "a>1"};
    struct line_filter f = {0};
    char name[80];

    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        cr_expect_eq(line_filter_add(&f, bad[i], NULL), ERR_USAGE, "%s", bad[i]);
    memset(name, 'a', sizeof(name));
    memcpy(name + 70, "=1", 3);
    cr_expect_eq(line_filter_add(&f, name, NULL), ERR_USAGE, "a name of 70 bytes");
    cr_expect_eq(f.n, 0);
    for (int i = 0; i < LINE_FILTER_MAX; i++)
        cr_expect_eq(line_filter_add(&f, "a=1", NULL), OK);
    cr_expect_eq(line_filter_add(&f, "a=1", NULL), ERR_USAGE, "too many");
}
