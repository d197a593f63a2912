/* memory: what the formats of session files keep of an input's earlier lines. */
#ifndef LLMOBS_FORMAT_MEMORY_H
#define LLMOBS_FORMAT_MEMORY_H

#include "format/scalar.h"
#include "record/privacy.h"

/* A text as it may be stored, outside any arena. */
struct kept_text {
    uint8_t n;
    char p[PRIVACY_MAX_TEXT];
};

/* What the lines of a session do not repeat. */
struct session_memory {
    struct kept_text session, provider, model, project, agent;
};

enum codex_count {
    CODEX_INPUT,
    CODEX_CACHE_READ,
    CODEX_CACHE_WRITE,
    CODEX_OUTPUT,
    CODEX_REASONING,
    CODEX_TOTAL,
    CODEX_COUNTS,
};

struct codex_memory {
    struct session_memory own;
    struct kept_text thread;               /* the file's own */
    struct kept_text root;                 /* the thread whose counts go on here */
    struct maybe_i64 started_us;           /* when the file's own thread began */
    bool replaying;                        /* the root's history comes first */
    struct maybe_i64 totals[CODEX_COUNTS]; /* of the count before */
};

/* What the first line of an OpenAI evals record says of all others. */
struct evals_memory {
    struct kept_text run, model, judge;
};

/* Of one input. Zeroed storage is the beginning; nothing to release. One slot for each stateful
 * format, so that lines of several in one input do not disturb each other. */
struct format_memory {
    struct codex_memory codex;
    struct session_memory pi, gemini_cli, codex_exec;
    struct evals_memory openai_evals;
};

/* Remembers a text that went through keep_id(); an absent one leaves what was known. */
static inline void remember(struct kept_text *to, struct sv text)
{
    if (!text.n || text.n > sizeof(to->p))
        return;
    memcpy(to->p, text.p, text.n);
    to->n = (uint8_t)text.n;
}

/* Borrowed from the memory: for comparisons. */
static inline struct sv remembered(const struct kept_text *t)
{
    return t->n ? (struct sv){t->p, t->n} : SV_NONE;
}

/* The same, living as long as the batch. */
static inline struct sv recall(const struct reading *r, const struct kept_text *t)
{
    return keep_id(r, remembered(t));
}

#endif
