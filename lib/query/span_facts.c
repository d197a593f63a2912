/* span_facts: see the header. */
#include "query/span_facts.h"

#include <stddef.h>
#include "base/time_text.h"
#include "query/json_real.h"
#include "base/banned.h"

#define FACT(member) offsetof(struct span_facts, member)

/* The names that a fact has; of several in one span the first row counts. */
static const struct {
    const char *key;
    size_t number, text; /* where it goes: one of the two */
} facts[] = {
    {"docs.count",                      FACT(docs),           0            },
    {"retrieval.docs.count",            FACT(docs),           0            },
    {"retrieval.documents.count",       FACT(docs),           0            },
    {"retrieval.document_count",        FACT(docs),           0            },
    {"gen_ai.retrieval.document_count", FACT(docs),           0            },
    {"documents.count",                 FACT(docs),           0            },
    {"retrieval_docs",                  FACT(docs),           0            },
    {"docs.total_tokens",               FACT(docs_tokens),    0            },
    {"docs.tokens",                     FACT(docs_tokens),    0            },
    {"retrieval.total_tokens",          FACT(docs_tokens),    0            },
    {"prompt.tokens",                   FACT(context_tokens), 0            },
    {"context.tokens",                  FACT(context_tokens), 0            },
    {"prompt_tokens",                   FACT(context_tokens), 0            },
    {"tokens.retrieval",                FACT(docs_tokens),    0            },
    {"retrieval_tokens",                FACT(docs_tokens),    0            },
    {"retrieval.tokens",                FACT(docs_tokens),    0            },
    {"docs_total_tokens",               FACT(docs_tokens),    0            },
    {"history.tokens",                  FACT(history_tokens), 0            },
    {"history_tokens",                  FACT(history_tokens), 0            },
    {"tokens.history",                  FACT(history_tokens), 0            },
    {"history.total_tokens",            FACT(history_tokens), 0            },
    {"chat_history_tokens",             FACT(history_tokens), 0            },
    {"system.tokens",                   FACT(system_tokens),  0            },
    {"system_tokens",                   FACT(system_tokens),  0            },
    {"tokens.system",                   FACT(system_tokens),  0            },
    {"system_prompt_tokens",            FACT(system_tokens),  0            },
    {"tools.tokens",                    FACT(tools_tokens),   0            },
    {"tools_tokens",                    FACT(tools_tokens),   0            },
    {"tokens.tools",                    FACT(tools_tokens),   0            },
    {"tool_definition_tokens",          FACT(tools_tokens),   0            },
    {"user.tokens",                     FACT(user_tokens),    0            },
    {"user_tokens",                     FACT(user_tokens),    0            },
    {"tokens.user",                     FACT(user_tokens),    0            },
    {"user_message_tokens",             FACT(user_tokens),    0            },
    {"query_tokens",                    FACT(user_tokens),    0            },
    {"guardrail.passed",                FACT(passed),         0            },
    {"guardrail.triggered_rules",       0,                    FACT(rules)  },
    {"user.id",                         0,                    FACT(user)   },
    {"enduser.id",                      0,                    FACT(user)   },
    {"feature",                         0,                    FACT(feature)},
    {"app.feature",                     0,                    FACT(feature)},
};

static struct maybe_i64 number_of(const struct json_doc *d, json_ref at)
{
    int64_t v = 0;

    switch (json_type(d, at)) {
    case JSON_TRUE:
    case JSON_FALSE:
        return (struct maybe_i64){json_type(d, at) == JSON_TRUE, true};
    case JSON_NUMBER:
    case JSON_STRING:
        if (decimal_scaled(json_raw(d, at), 0, &v) == OK && v >= 0)
            return (struct maybe_i64){v, true};
        return (struct maybe_i64){0, false};
    default:
        return (struct maybe_i64){0, false};
    }
}

static void take_number(struct span_facts *f, size_t offset, struct maybe_i64 v)
{
    struct maybe_i64 have;

    memcpy(&have, (const char *)f + offset, sizeof(have));
    if (v.known && !have.known)
        memcpy((char *)f + offset, &v, sizeof(v));
}

static void take_text(struct span_facts *f, size_t offset, struct sv v)
{
    struct sv have;

    memcpy(&have, (const char *)f + offset, sizeof(have));
    if (v.n && !have.n)
        memcpy((char *)f + offset, &v, sizeof(v));
}

static struct maybe_f64 score_of(const struct json_doc *d)
{
    static const char *const keys[] = {
        "retrieval.score",      "retrieval.top_score",
        "retrieval.mean_score", "docs.score",
        "docs.top_score",       "docs.mean_score",
        "similarity_score",     "retrieval.documents.0.document.score"};
    struct maybe_f64 score = {0, false};

    for (size_t i = 0; i < ARRAY_LEN(keys) && !score.known; i++)
        score = json_real(d, json_get(d, 0, keys[i]));
    return score;
}

struct span_facts span_facts_of(struct sv attributes, struct arena *a)
{
    struct span_facts f = {.rules = SV_NONE};
    struct json_doc d = {0};

    if (!attributes.n || json_parse(&d, attributes.p, attributes.n, NULL)) {
        json_release(&d);
        return f;
    }
    for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
        json_ref at = json_get(&d, 0, facts[i].key);

        if (at == JSON_END)
            continue;
        if (facts[i].text)
            take_text(&f, facts[i].text, arena_copy(a, json_text(&d, at, a)));
        else
            take_number(&f, facts[i].number, number_of(&d, at));
    }
    f.score = score_of(&d);
    json_release(&d);
    return f;
}
