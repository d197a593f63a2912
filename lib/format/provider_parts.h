/* provider_parts: what the files about the single providers share. */
#ifndef LLMOBS_FORMAT_PROVIDER_PARTS_H
#define LLMOBS_FORMAT_PROVIDER_PARTS_H

#include "format/aliases.h"
#include "format/pick.h"
#include "format/provider.h"

/* A body that is being read into a call. */
struct answer {
    struct reading r;
    const struct json_doc *d;
    json_ref at;
    struct call_record *call;
};

/* A count in an object, or one object deeper when `inner` is there. */
struct counted {
    const char *key, *inner;
    const char *place; /* the name for a complaint */
    enum call_field field;
};

/* Reads the rows into the call; where two rows speak for one field, the later one counts. */
bool answer_counts(const struct answer *a, json_ref object, const struct counted *rows, size_t n);

/* Adds the cached parts to the input, for providers that count them apart. */
bool answer_add_cached(const struct answer *a);

/* Sets a dimension that the call does not have yet. */
void answer_dim(const struct answer *a, enum call_field field, struct sv text);

/* A member's text as it may be stored. */
struct sv answer_text(const struct answer *a, json_ref object, const char *key);

/* A duration, or the start, that the call does not have yet. */
bool answer_duration(const struct answer *a, json_ref at, const char *place, enum unit unit,
                     enum call_field field);
bool answer_started(const struct answer *a, json_ref at, const char *place);

void answer_finish(const struct answer *a, json_ref reason);
void answer_status(const struct answer *a, enum call_status status); /* where there is none yet */
void answer_tier(const struct answer *a, json_ref tier);

/* Adds a tool call. `item` tells those without an id apart. */
bool answer_add_tool(const struct answer *a, struct sv id, struct sv name, json_ref item);

/* Each element of an array. */
#define EACH(d, array, v)                                                                          \
    for (json_ref v = json_type(d, array) == JSON_ARRAY ? json_first(d, array) : JSON_END;         \
         v != JSON_END; v = json_next(d, array, v))

/* The error body's object or text into status and kind. */
bool error_body_read(const struct answer *a);
void error_read(const struct answer *a, json_ref error);

/* Of each kind: the fields, the tool calls. */
bool openai_chat_read(const struct answer *a);
bool openai_chat_tools(const struct answer *a);
bool openai_text_read(const struct answer *a);
bool openai_response_read(const struct answer *a);
bool openai_response_tools(const struct answer *a);
bool openai_embeddings_read(const struct answer *a);
bool openai_usage(const struct answer *a, json_ref usage);
bool anthropic_read(const struct answer *a);
bool anthropic_tools(const struct answer *a);
bool anthropic_counts(const struct answer *a, json_ref usage); /* without answer_add_cached() */
bool gemini_read(const struct answer *a);
bool gemini_tools(const struct answer *a);
bool gemini_usage(const struct answer *a, json_ref usage);
bool converse_read(const struct answer *a);
bool converse_tools(const struct answer *a);
bool converse_usage(const struct answer *a, json_ref usage);
bool titan_read(const struct answer *a);
bool llama_read(const struct answer *a);
bool cohere_read(const struct answer *a);
bool cohere_tools(const struct answer *a);
bool cohere_generate_read(const struct answer *a);
bool ollama_read(const struct answer *a);
bool ollama_tools(const struct answer *a);

/* The tool calls in OpenAI's spelling, with or without ids. */
bool function_tools(const struct answer *a, json_ref tool_calls);

/* Of a format whose lines are bodies: is this line one of its own? */
bool answer_claimed(const struct json_doc *doc, const struct seen *seen, const char *format);

/* Reads a line that is a body. */
enum line_outcome answer_read_line(const struct line_context *c, const char *format,
                                   struct sv *skipped_kind, struct sv *bad_field,
                                   struct error *err);

#endif
