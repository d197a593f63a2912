/* call_scores: which scores belong to which calls, and so to which groups of a scan. */
#ifndef LLMOBS_QUERY_CALL_SCORES_H
#define LLMOBS_QUERY_CALL_SCORES_H

#include "base/sort128.h"
#include "query/scan.h"
#include "record/checks.h"
#include "store/scores.h"

/* What many scores have in common. */
struct score_kind {
    uint32_t word[SCORE_WORDS]; /* of those below, from 1; 0: the log does not say */
    enum check check;
    int passed; /* -1: unknown */
    double weight;
    bool checked; /* nobody's word: the stored answer itself, see format_checks.h */
};

/*
 * A score of a call in 16 bytes. hi: the call, chunk * CHUNK_ROWS + row of the chunk's columns,
 * once it was seen its group; then marks and the number of the kind. lo: key_of_real() of the
 * value, which is NaN for an unreadable one, and 1 or 0 where there is a verdict alone.
 */
#define SCORE_FIRST (UINT64_C(1) << 31)  /* of its call */
#define SCORE_MARKED (UINT64_C(1) << 30) /* its group is known */
#define SCORE_KINDS_MAX (UINT64_C(1) << 30)

/* A score of a trace or a session, on one of its calls; or of a call, of which it is told beside. */
struct other_score {
    uint64_t of;    /* what was judged: equal for equal traces and sessions */
    double value;   /* as of a call's */
    uint32_t score; /* number in the order of ids: the same where it is on several calls */
    uint32_t call;  /* as of a call's */
    uint32_t group; /* of the scan; SCAN_OUT until call_scores_mark() has seen the call */
    uint32_t kind;
};

/* 16 bytes a score of a call; 32 for each call that a score of a trace or a session is on. */
struct call_scores {
    struct key128 *v; /* by call */
    size_t n, cap;
    size_t *starts; /* of those of each SCAN_BLOCK calls, and the end */
    size_t n_blocks;
    struct other_score *others; /* by call */
    size_t n_others, cap_others;
    bool of_things; /* some of these are of traces or sessions */
    struct score_kind *kinds;
    size_t n_kinds, cap_kinds;
    struct arena arena;
    struct sv *words[SCORE_WORDS]; /* of number i + 1 */
    size_t n_words[SCORE_WORDS];
};

/*
 * All of them, or those of traces and sessions alone, from what the open scan sees. With a checker's
 * name also one of format compliance, by it and without a value, for each call whose answer is
 * stored: format_checks_run() has the values; scores of calls that are about the format stand among
 * the others then, by call. ERR_DB, ERR_NOMEM. Release them in either case.
 */
NODISCARD enum err call_scores_load(struct store *s, bool others_alone, const char *checker,
                                    struct call_scores *out, struct error *err);
void call_scores_release(struct call_scores *c); /* accepts a zeroed one */

/* Those of traces and sessions on a slice's calls: [*first, *end). */
void call_scores_of(const struct call_scores *c, const struct slice *slice,
                    const struct other_score **first, const struct other_score **end);

/* Notes the groups of a slice's calls; from several threads, as long as one goes through the slices
 * of a chunk. */
void call_scores_mark(struct call_scores *c, const struct slice *slice);

/* Its number among the kinds. */
static inline uint32_t call_score_kind(struct key128 score)
{
    return (uint32_t)(score.hi & (SCORE_KINDS_MAX - 1));
}

/* SCAN_OUT: of a call that was not seen. */
static inline uint32_t call_score_group(struct key128 score)
{
    return score.hi & SCORE_MARKED ? (uint32_t)(score.hi >> 32) : SCAN_OUT;
}

static inline void call_score_set_group(struct key128 *score, uint32_t group)
{
    score->hi = (uint64_t)group << 32 | (uint32_t)score->hi | SCORE_MARKED;
}

static inline double call_score_value(struct key128 score)
{
    return real_of_key(score.lo);
}

/* Where the scores of the next call begin. */
static inline size_t call_scores_next(const struct call_scores *c, size_t i)
{
    for (i++; i < c->n && !(c->v[i].hi & SCORE_FIRST);)
        i++;
    return i;
}

#endif
