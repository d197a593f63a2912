/* prompt_text: what a line asked the model, for those who want to look at it and not keep it. */
#ifndef LLMOBS_FORMAT_PROMPT_TEXT_H
#define LLMOBS_FORMAT_PROMPT_TEXT_H

#include "base/arena.h"
#include "json/json.h"

struct prompt_text {
    struct sv system; /* system and developer messages, one behind the other; SV_NONE: none */
    struct sv prompt; /* the last message of a user, or the prompt as it is; SV_NONE: none */
};

/* From prompt, input, messages, contents and system, at the top or inside of request, body, kwargs and
 * the like. Texts live in the arena or are borrowed from the document. */
struct prompt_text prompt_text_of(const struct json_doc *d, struct arena *a);

/* The system messages alone, from the same places; costs less. */
struct sv prompt_system_of(const struct json_doc *d, struct arena *a);

#endif
