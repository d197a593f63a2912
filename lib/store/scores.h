/* scores: what was said about calls, traces and sessions, row by row. */
#ifndef LLMOBS_STORE_SCORES_H
#define LLMOBS_STORE_SCORES_H

#include "store/store.h"

struct stored_score {
    int64_t id;
    int64_t call_id; /* CALL_MISSING: target says what it is about */
    enum score_target target;
    struct sv target_id;      /* packed: equal bytes are equal ids */
    int64_t name_id, scorer_id, judge_model_id; /* of store_score_words(); 0: nobody says */
    struct maybe_f64 value;   /* unknown: none, or unreadable */
    struct maybe_i64 passed;
    double weight;            /* 1 where none was given */
};

/* Calls visit for every score of a call that is here, of a trace or of a session, in the order in
 * which they came; target_id is borrowed for the call. false: out of memory. */
NODISCARD enum err store_each_score(struct store *s,
                                    bool (*visit)(void *ctx, const struct stored_score *score),
                                    void *ctx, struct error *err);

/* Names of scores, of who scored, or of judges' models, by id - 1; in the arena. */
enum score_words { SCORE_NAMES, SCORE_SCORERS, SCORE_JUDGE_MODELS, SCORE_WORDS };
NODISCARD enum err store_score_words(struct store *s, enum score_words which, struct arena *a,
                                     struct sv **out, size_t *n, struct error *err);

/* Turns numbers of calls of one chunk, ascending, into their rows in its columns; -1 for a call that
 * is not there. O(n), but all rows of the chunk are walked where somebody deleted some. */
NODISCARD enum err store_call_places(struct store *s, const struct chunk_info *chunk,
                                     int64_t *calls, size_t n, struct error *err);

/* What became of the scores that were stored behind `after`. */
struct score_counts {
    int64_t scores, matched, unmatched, of_traces, of_cases, unreadable;
    int64_t waiting; /* of all scores there are */
    int64_t last;    /* id of the latest one, 0: there is none */
};
NODISCARD enum err store_count_scores(struct store *s, int64_t after, struct score_counts *out,
                                      struct error *err);

#endif
