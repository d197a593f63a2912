/* provider: what the APIs of model providers answer, wherever in a log such a body stands. */
#ifndef LLMOBS_FORMAT_PROVIDER_H
#define LLMOBS_FORMAT_PROVIDER_H

#include "format/call_rules.h"

enum answer_kind {
    ANSWER_NONE,
    ANSWER_OPENAI_CHAT,
    ANSWER_OPENAI_CHUNK, /* of a chat's stream */
    ANSWER_OPENAI_TEXT,
    ANSWER_OPENAI_RESPONSE,
    ANSWER_OPENAI_EMBEDDINGS,
    ANSWER_OPENAI_ERROR, /* and of the many who answer like OpenAI */
    ANSWER_ANTHROPIC,
    ANSWER_ANTHROPIC_ERROR,
    ANSWER_GEMINI,
    ANSWER_GEMINI_ERROR,
    ANSWER_BEDROCK_CONVERSE,
    ANSWER_BEDROCK_TITAN,
    ANSWER_BEDROCK_LLAMA,
    ANSWER_COHERE,
    ANSWER_COHERE_GENERATE,
    ANSWER_OLLAMA,
    ANSWER_OLLAMA_CHUNK,
    ANSWER_OLLAMA_ERROR,
    ANSWER_KINDS,
};

/* Whose body the value is, by its keys and types. O(members). */
enum answer_kind answer_kind(const struct json_doc *d, json_ref at);

/* The name of the format whose bodies are of this kind; NULL for ANSWER_NONE. */
const char *answer_format(enum answer_kind kind);

bool answer_is_error(enum answer_kind kind);

/* Why a body is no call yet, or NULL: of a stream's parts only one that has the usage is one, and a
 * response that is queued or being written will be told of again. */
const char *answer_unfinished(const struct json_doc *d, json_ref at);

/*
 * Reads a body into a call: models, tokens, finish reason, tier, times, status and error. Counts
 * and finish reason replace what the call has; the other fields stay where they are known already.
 * To be followed by call_settle(). A body of no kind changes nothing. false: *r->err says what is
 * unreadable.
 *
 *   d, at  the body; d may be another document than the line's, and must live as long as the call
 *          is being read
 */
bool answer_read(const struct reading *r, const struct json_doc *d, json_ref at,
                 struct call_record *call);

/* <format>:<the body's id>, else the line's, different for each `at` of a document. */
struct identity answer_identity(const struct reading *r, const struct json_doc *d, json_ref at);

/* Adds the tool calls that the body asks for, on the call whose identity is given. false: out of
 * memory. */
bool answer_add_tools(const struct reading *r, const struct json_doc *d, json_ref at,
                      const struct identity *call);

/* Adds the call of a body with all that the above gives, settled, and its tool calls. NULL: *r->err
 * says what is unreadable, or out of memory; what was added before is the caller's to rewind. */
struct call_record *answer_add(const struct reading *r, const struct json_doc *d, json_ref at,
                               const char *format);

/*
 * Reads a usage object alone, of whichever provider its keys say: token counts, cached ones
 * included in the input as in answer_read().
 */
bool usage_read(const struct reading *r, const struct json_doc *d, json_ref usage,
                struct call_record *call);

#endif
