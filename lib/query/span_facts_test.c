#include <criterion/criterion.h>
#include "query/span_facts.h"

Test(span_facts, numbers)
{
    static const struct {
        const char *attributes;
        int64_t docs, tokens; /* -1: not known */
    } cases[] = {
        {"{\"docs.count\":47,\"docs.total_tokens\":31900}",    47, 31900},
        {"{\"docs.count\":\"47\"}",                            47, -1   },
        {"{\"retrieval.documents.count\":3,\"docs.count\":4}", 4,  -1   }, /* the first row */
        {"{\"docs.count\":-1}",                                -1, -1   },
        {"{\"docs.count\":null,\"docs.total_tokens\":[1]}",    -1, -1   },
        {"{\"docs.count\":1e40}",                              -1, -1   },
        {"{\"docs_count\":5}",                                 -1, -1   },
        {"{\"docs.count\":5",                                  -1, -1   }, /* damaged */
        {"",                                                   -1, -1   },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a = {0};
        struct span_facts f = span_facts_of(sv_from(cases[i].attributes), &a);

        cr_expect((f.docs.known ? f.docs.v : -1) == cases[i].docs, "%s", cases[i].attributes);
        cr_expect((f.docs_tokens.known ? f.docs_tokens.v : -1) == cases[i].tokens, "%s",
                  cases[i].attributes);
        arena_release(&a);
    }
    cr_expect(!span_facts_of(SV_NONE, NULL).docs.known);
}

Test(span_facts, verdicts_and_texts)
{
    struct arena a = {0};
    struct span_facts f = span_facts_of(SV("{\"guardrail.passed\":false,\"guardrail.triggered_"
                                           "rules\":\"pii\",\"user.id\":\"u\\u00e9\","
                                           "\"prompt.tokens\":44120}"),
                                        &a);

    cr_expect(f.passed.known && f.passed.v == 0);
    cr_expect(sv_is(f.rules, "pii"));
    cr_expect(sv_is(f.user, "u\xC3\xA9"));
    cr_expect(f.context_tokens.known && f.context_tokens.v == 44120);
    cr_expect(f.feature.p == NULL);
    arena_release(&a);
}
