/* quality: what was said about the calls of each row of a report. */
#ifndef LLMOBS_REPORT_QUALITY_H
#define LLMOBS_REPORT_QUALITY_H

#include "query/call_scores.h"
#include "report/judged.h"
#include "report/pool.h"

/* The figures of check c in row r: v[r * CHECK_COUNT + c]; the shown groups in order, "(other)", the
 * total. */
struct quality_rows {
    struct judged_figures *v;
    size_t rows;
};

/* After the first walk, in which call_scores_mark() saw every slice. Of the checks that everybody
 * knows; a trace's or session's score counts once in each row that has calls of it. ERR_NOMEM. */
NODISCARD enum err quality_finish(const struct call_scores *scores, const struct pool_rows *rows,
                                  struct quality_rows *out, struct error *err);
void quality_rows_release(struct quality_rows *q); /* accepts a zeroed one */

/* Who scored: all of a scorer, or one of its models. Numbers of words of struct call_scores. */
struct judge {
    uint32_t scorer, model; /* model 0: all of them, or there is none */
};

/* Two judges, or people and a judge, who scored the same things. */
struct judge_pair {
    uint32_t name;              /* what they judged */
    struct judge first, second; /* by their names */
    int64_t counts[4];          /* cohen_kappa() with k = 2: 1 is check_event() */
};

/*
 * All pairs that have something in common, by names; free() the list. First those of scorers, the
 * mean of all that a scorer said of a thing, whichever model did; then, where a scorer has several
 * models for a check, those of each of its models with each other and with the other scorers.
 * Scores outside of the scan are left out. ERR_NOMEM.
 */
NODISCARD enum err quality_pairs(const struct call_scores *scores, struct judge_pair **out,
                                 size_t *n, struct error *err);

#endif
