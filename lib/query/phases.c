/* phases: see the header. */
#include "query/phases.h"

#include "base/error.h"
#include "base/banned.h"

const char *const phase_names[PHASE_COUNT] = {
    [PHASE_NONE] = "other",
    [PHASE_RETRIEVAL] = "retrieval",
    [PHASE_PROMPT_ASSEMBLY] = "prompt_assembly",
    [PHASE_MODEL_CALL] = "model_call",
    [PHASE_GUARDRAILS] = "guardrails",
    [PHASE_TOOLS] = "tools",
};

struct word {
    const char *text;
    enum phase phase;
};

/* Kinds as lib/format spells them. A chain or an agent is a whole, not a part. */
static const struct word kinds[] = {
    {"llm",       PHASE_MODEL_CALL},
    {"retriever", PHASE_RETRIEVAL },
    {"reranker",  PHASE_RETRIEVAL },
    {"embedding", PHASE_RETRIEVAL },
    {"tool",      PHASE_TOOLS     },
    {"guardrail", PHASE_GUARDRAILS},
};

/* Names that people give to the steps of a chain that they trace by hand. */
static const struct word names[] = {
    {"retrieval",           PHASE_RETRIEVAL      },
    {"retrieve",            PHASE_RETRIEVAL      },
    {"retriever",           PHASE_RETRIEVAL      },
    {"retrieve_documents",  PHASE_RETRIEVAL      },
    {"document_retrieval",  PHASE_RETRIEVAL      },
    {"vector_search",       PHASE_RETRIEVAL      },
    {"similarity_search",   PHASE_RETRIEVAL      },
    {"hybrid_search",       PHASE_RETRIEVAL      },
    {"embed_query",         PHASE_RETRIEVAL      },
    {"query_embedding",     PHASE_RETRIEVAL      },
    {"rerank",              PHASE_RETRIEVAL      },
    {"reranking",           PHASE_RETRIEVAL      },
    {"prompt_assembly",     PHASE_PROMPT_ASSEMBLY},
    {"assemble_prompt",     PHASE_PROMPT_ASSEMBLY},
    {"prompt_construction", PHASE_PROMPT_ASSEMBLY},
    {"build_prompt",        PHASE_PROMPT_ASSEMBLY},
    {"prompt_building",     PHASE_PROMPT_ASSEMBLY},
    {"render_prompt",       PHASE_PROMPT_ASSEMBLY},
    {"prompt_template",     PHASE_PROMPT_ASSEMBLY},
    {"context_assembly",    PHASE_PROMPT_ASSEMBLY},
    {"model_call",          PHASE_MODEL_CALL     },
    {"call_model",          PHASE_MODEL_CALL     },
    {"llm_call",            PHASE_MODEL_CALL     },
    {"call_llm",            PHASE_MODEL_CALL     },
    {"llm",                 PHASE_MODEL_CALL     },
    {"generation",          PHASE_MODEL_CALL     },
    {"generate",            PHASE_MODEL_CALL     },
    {"completion",          PHASE_MODEL_CALL     },
    {"chat_completion",     PHASE_MODEL_CALL     },
    {"inference",           PHASE_MODEL_CALL     },
    {"guardrail_check",     PHASE_GUARDRAILS     },
    {"guardrail",           PHASE_GUARDRAILS     },
    {"guardrails",          PHASE_GUARDRAILS     },
    {"guardrails_check",    PHASE_GUARDRAILS     },
    {"input_guardrail",     PHASE_GUARDRAILS     },
    {"input_guardrails",    PHASE_GUARDRAILS     },
    {"output_guardrail",    PHASE_GUARDRAILS     },
    {"output_guardrails",   PHASE_GUARDRAILS     },
    {"moderation",          PHASE_GUARDRAILS     },
    {"safety_check",        PHASE_GUARDRAILS     },
    {"tool_call",           PHASE_TOOLS          },
    {"tool_calls",          PHASE_TOOLS          },
    {"tool_execution",      PHASE_TOOLS          },
    {"execute_tool",        PHASE_TOOLS          },
    {"call_tool",           PHASE_TOOLS          },
    {"tools",               PHASE_TOOLS          },
};

static bool is_joint(char c)
{
    return c == '_' || c == '-' || c == '.' || c == ' ';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* text is what a user's program wrote, word is ours. */
static bool is_word(struct sv text, const char *word)
{
    for (size_t i = 0; i < text.n; i++)
        if (!word[i] || (lower(text.p[i]) != word[i] && !(word[i] == '_' && is_joint(text.p[i]))))
            return false;
    return !word[text.n];
}

static enum phase find(const struct word *words, size_t n, struct sv text)
{
    for (size_t i = 0; i < n && text.n; i++)
        if (is_word(text, words[i].text))
            return words[i].phase;
    return PHASE_NONE;
}

enum phase phase_of(const struct phase_table *own, struct sv name, struct sv kind)
{
    enum phase by_kind = find(kinds, ARRAY_LEN(kinds), kind);

    for (size_t i = 0; own && name.n && i < own->n; i++)
        if (sv_glob(sv_from(own->v[i].glob), name))
            return own->v[i].phase;
    return by_kind != PHASE_NONE ? by_kind : find(names, ARRAY_LEN(names), name);
}
