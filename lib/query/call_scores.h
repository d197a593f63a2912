/* call_scores: which scores belong to which calls, and so to which groups of a scan. */
#ifndef LLMOBS_QUERY_CALL_SCORES_H
#define LLMOBS_QUERY_CALL_SCORES_H

#include "query/scan.h"
#include "record/checks.h"
#include "store/scores.h"

/* What many scores have in common. */
struct score_kind {
    uint32_t word[SCORE_WORDS]; /* of those below, from 1; 0: the log does not say */
    enum check check;
    int passed; /* -1: unknown */
    double weight;
};

/* One score on one call. A score of a trace or a session is on each of its calls. */
struct call_score {
    uint64_t of;    /* what was judged: equal for equal calls, traces, sessions */
    double value;   /* NaN: unreadable; 1 or 0 where there is a verdict alone */
    uint32_t score; /* number in the order of ids: the same where it is on several calls */
    uint32_t call;  /* chunk * CHUNK_ROWS + row of the chunk's columns */
    uint32_t group; /* of the scan; SCAN_OUT until call_scores_mark() has seen the call */
    uint32_t kind;  /* of the list below */
};

/* 32 bytes a score. */
struct call_scores {
    struct call_score *v; /* by call */
    size_t n, cap;
    struct score_kind *kinds;
    size_t n_kinds, cap_kinds;
    bool of_others; /* some are of traces or sessions */
    struct arena arena;
    struct sv *words[SCORE_WORDS]; /* of number i + 1 */
    size_t n_words[SCORE_WORDS];
};

/* All of them, from what the open scan sees. ERR_DB, ERR_NOMEM. Release them in either case. */
NODISCARD enum err call_scores_load(struct store *s, struct call_scores *out, struct error *err);
void call_scores_release(struct call_scores *c); /* accepts a zeroed one */

/* It was said of the call's trace or session. */
bool call_score_is_of_others(const struct call_score *score);

/* Those of a slice's calls: [*first, *end). */
void call_scores_of(const struct call_scores *c, const struct slice *slice,
                    const struct call_score **first, const struct call_score **end);

static inline const struct score_kind *call_score_kind(const struct call_scores *c,
                                                       const struct call_score *s)
{
    return &c->kinds[s->kind];
}

/* Notes the groups of a slice's calls; from several threads, as slices have different calls. */
void call_scores_mark(struct call_scores *c, const struct slice *slice);

#endif
