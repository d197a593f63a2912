/* phases: which part of a request a span is: its retrieval, its model call and so on. */
#ifndef LLMOBS_QUERY_PHASES_H
#define LLMOBS_QUERY_PHASES_H

#include "base/sv.h"

enum phase {
    PHASE_NONE, /* none of these: the request as a whole, an agent, something else */
    PHASE_RETRIEVAL,
    PHASE_PROMPT_ASSEMBLY,
    PHASE_MODEL_CALL,
    PHASE_GUARDRAILS,
    PHASE_TOOLS,
    PHASE_COUNT,
};

/* "retrieval" and so on, as reports and metrics spell it; of PHASE_NONE "other". */
extern const char *const phase_names[PHASE_COUNT];

/*
 * The phase of a span by its kind where that says it (llm, retriever, tool, guardrail ...), else by
 * its name, in whichever case and with '-', '.' or ' ' for '_': "Guardrail-Check". Either may be
 * SV_NONE.
 */
enum phase phase_of(struct sv name, struct sv kind);

#endif
