/* provider_names: what logs and ids call those who send the bill. */
#ifndef LLMOBS_PRICE_PROVIDER_NAMES_H
#define LLMOBS_PRICE_PROVIDER_NAMES_H

#include "base/sv.h"

/*
 * The providers of the price table that a name of a log can mean, best first ("gcp.vertex_ai" is
 * google-vertex, then google); NULL at the end. Upper and lower case, "_" and "-" are the same.
 * Names in no list mean themselves, which the caller has to try.
 */
const char *const *provider_meaning(struct sv name);

/* What stands before the bare ids of a provider of the table where logs spell them in full: "groq"
 * in groq/llama-3.3, "vertex_ai" in vertex_ai/claude-opus-5. */
struct sv provider_prefix(struct sv provider);

#endif
