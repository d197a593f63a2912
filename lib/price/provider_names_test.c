#include "price/provider_names.h"

#include <criterion/criterion.h>
#include "base/error.h"

/* Names from OpenTelemetry's registry, LiteLLM and LangSmith. */
static const struct {
    const char *name, *first, *second;
} cases[] = {
    {"aws.bedrock",       "aws-bedrock",   "amazon"       },
    {"Amazon_Bedrock",    "aws-bedrock",   "amazon"       },
    {"AZURE",             "azure",         NULL           },
    {"gcp.vertex_ai",     "google-vertex", "google"       },
    {"vertex_ai",         "google-vertex", "google"       },
    {"gcp.gen_ai",        "google",        "google-vertex"},
    {"mistral_ai",        "mistral",       NULL           },
    {"openai",            NULL,            NULL           },
    {"azure.ai",          NULL,            NULL           },
    {"azure.ai.openai.x", NULL,            NULL           },
    {"",                  NULL,            NULL           },
};

Test(provider_names, meaning)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *const *m = provider_meaning(sv_from(cases[i].name));
        const char *want[] = {cases[i].first, cases[i].second};

        for (size_t k = 0; k < 2; k++) {
            if (!want[k]) {
                cr_expect_null(m[k], "%s", cases[i].name);
                break;
            }
            cr_expect_str_eq(m[k], want[k], "%s", cases[i].name);
        }
    }
}

Test(provider_names, prefix)
{
    cr_expect(sv_is(provider_prefix(SV("google-vertex")), "vertex_ai"));
    cr_expect(sv_is(provider_prefix(SV("groq")), "groq"));
}
