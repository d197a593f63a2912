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

/* What users say that spans are whose names match a glob; the first that matches holds. */
struct phase_name {
    const char *glob;
    enum phase phase;
};

struct phase_table {
    const struct phase_name *v;
    size_t n;
};

/*
 * The phase of a span by the user's own table (NULL: there is none), else by its kind where that says
 * it (llm, retriever, tool, guardrail ...), else by its name, in whichever case and with '-', '.' or
 * ' ' for '_': "Guardrail-Check". Name and kind may be SV_NONE.
 */
enum phase phase_of(const struct phase_table *own, struct sv name, struct sv kind);

#endif
