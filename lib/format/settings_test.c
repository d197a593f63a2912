#include "format/format_testing.h"
#include "format/settings.h"

#include <criterion/criterion.h>

/* Each by the field names that the format's own documentation gives; samples show that they reach
 * the calls. */
static const struct {
    const char *parameters, *want;
} cases[] = {
    {"{\"temperature\":0.2,\"top_p\":0.9,\"max_tokens\":512}",
     "{\"max_tokens\":512,\"temperature\":0.2,\"top_p\":0.9}"                                       },
    {"{\"maxTokens\":7,\"topP\":1}",                           "{\"max_tokens\":7,\"top_p\":1}"     },
    {"{\"max_completion_tokens\":9}",                          "{\"max_tokens\":9}"                 },
    {"{\"max_tokens\":1,\"max_output_tokens\":2}",             "{\"max_tokens\":1}"                 },
    {"{\"ls_temperature\":0}",                                 "{\"temperature\":0}"                },
    {"\"{\\\"temperature\\\": 1e-1}\"",                        "{\"temperature\":1e-1}"             },
    {"{\"temperature\":\"hot\",\"max_tokens\":\"inf\"}",       NULL                                 },
    {"{\"temperature\":null,\"top_p\":[1],\"stop\":[\"x\"]}",  NULL                                 },
    {"{\"messages\":[{\"temperature\":1}]}",                   NULL                                 },
    {"\"{broken\"",                                            NULL                                 },
    {"\"\"",                                                   NULL                                 },
    {"null",                                                   NULL                                 },
    {"[0.2]",                                                  NULL                                 },
};

Test(settings, of_parameters)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct json_doc doc = {0}, inner = {0};
        struct batch batch = {0};
        struct line_context context = {.doc = &doc, .out = &batch};
        struct reading r = {.c = &context};
        struct leftovers kept = {0};
        struct sv got;

        cr_assert(json_parse(&doc, cases[i].parameters, strlen(cases[i].parameters), NULL) == OK);
        settings_add(&kept, &r, &inner, &doc, 0);
        got = leftover_json(&r, &kept);
        cr_expect(cases[i].want ? sv_is(got, cases[i].want) : got.p == NULL, "%s gives %.*s",
                  cases[i].parameters, SV_FMT(got));
        json_release(&doc);
        json_release(&inner);
        batch_release(&batch);
    }
}
