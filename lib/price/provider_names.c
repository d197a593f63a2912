/* provider_names: OpenTelemetry's names (gen_ai.provider.name, and gen_ai.system before it), those
 * of gateways (LiteLLM's custom_llm_provider, LangSmith's ls_provider), and prefixes of model ids.
 */
#include "price/provider_names.h"

#include "base/error.h"
#include "base/banned.h"

#define MEANINGS_MAX 3

static const struct {
    const char *name;
    const char *meaning[MEANINGS_MAX];
} names[] = {
    {"aws.bedrock",        {"aws-bedrock", "amazon"}  },
    {"aws-bedrock",        {"aws-bedrock", "amazon"}  },
    {"bedrock",            {"aws-bedrock", "amazon"}  },
    {"bedrock-converse",   {"aws-bedrock", "amazon"}  },
    {"amazon-bedrock",     {"aws-bedrock", "amazon"}  },
    {"aws",                {"aws-bedrock", "amazon"}  },
    {"azure",              {"azure"}                  },
    {"azure-openai",       {"azure"}                  },
    {"azure-ai",           {"azure"}                  },
    {"az.ai.openai",       {"azure"}                  },
    {"az.ai.inference",    {"azure"}                  },
    {"azure.ai.openai",    {"azure"}                  },
    {"azure.ai.inference", {"azure"}                  },
    {"claude",             {"anthropic"}              },
    {"dashscope",          {"alibaba"}                },
    {"qwen",               {"alibaba"}                },
    {"fireworks-ai",       {"fireworks"}              },
    {"gemini",             {"google", "google-vertex"}},
    {"google",             {"google", "google-vertex"}},
    {"google-genai",       {"google", "google-vertex"}},
    {"google-ai-studio",   {"google", "google-vertex"}},
    {"googleai",           {"google", "google-vertex"}},
    {"gcp.gemini",         {"google", "google-vertex"}},
    {"gcp.gen-ai",         {"google", "google-vertex"}},
    {"gcp.vertex-ai",      {"google-vertex", "google"}},
    {"google-vertex",      {"google-vertex", "google"}},
    {"google-vertexai",    {"google-vertex", "google"}},
    {"google-vertex-ai",   {"google-vertex", "google"}},
    {"vertex-ai",          {"google-vertex", "google"}},
    {"vertexai",           {"google-vertex", "google"}},
    {"vertex",             {"google-vertex", "google"}},
    {"mistral-ai",         {"mistral"}                },
    {"mistralai",          {"mistral"}                },
    {"moonshotai",         {"moonshot"}               },
    {"together-ai",        {"together"}               },
    {"togetherai",         {"together"}               },
    {"voyageai",           {"voyage"}                 },
    {"xai",                {"x-ai"}                   },
    {"z-ai",               {"zai"}                    },
    {"zhipuai",            {"zai"}                    },
};

static bool same_name(struct sv a, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < a.n && i < n; i++) {
        char c = a.p[i] == '_' || a.p[i] == ' ' ? '-' : a.p[i];

        if ((c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c) != name[i])
            return false;
    }
    return a.n == n;
}

const char *const *provider_meaning(struct sv name)
{
    static const char *const none[] = {NULL};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (same_name(name, names[i].name))
            return names[i].meaning;
    return none;
}

struct sv provider_prefix(struct sv provider)
{
    if (sv_is(provider, "google-vertex"))
        return SV("vertex_ai");
    return sv_is(provider, "fireworks") ? SV("accounts/fireworks/models") : provider;
}
