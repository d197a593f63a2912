/* evals: what the results of evaluation tools have in common: scores that belong to a case. */
#ifndef LLMOBS_FORMAT_EVALS_H
#define LLMOBS_FORMAT_EVALS_H

#include "format/call_rules.h"

/*
 * What two runs of an evaluation have in common: their scores are paired where all four are equal.
 * Any of them may be empty. Texts are borrowed.
 */
struct case_key {
    struct sv task, sample;
    struct sv
        filter; /* what else tells results of one sample apart: answer filter, prompt, model */
    struct sv epoch;
};

/* "task/sample/filter/epoch" as it may be stored, in the batch's arena. */
struct sv case_id(const struct reading *r, const struct case_key *key);

/* Parts joined by '/', as they may be stored, in the batch's arena. */
struct sv join_ids(const struct reading *r, const struct sv *parts, size_t n);

/*
 * A score on a case. result is the identity of what was judged, of which the score's own is made,
 * and which differs between runs. NULL when out of memory.
 */
struct score_record *add_case_score(const struct reading *r, const struct identity *result,
                                    struct sv case_id, struct sv name);

/* What the context's cluster_key says of a case: a member of the object, or of its metadata or vars.
 * SV_NONE where there is no such member, or no such key. */
struct sv case_cluster(const struct reading *r, const struct json_doc *d, json_ref object);

/* A number, a boolean or the text of a number. Anything else is missing: an unreadable score is
 * nobody's failure. */
struct maybe_f64 score_value(const struct reading *r, const struct json_doc *d, json_ref at);

/* A verdict in words or as a boolean; unknown where it is none: "unclear" is not half of anything. */
struct maybe_i64 score_verdict(const struct reading *r, json_ref at);

/* The value of a score that has its name, or the verdict that stands there in words; 1, 0 and -1 of
 * feedback are verdicts. What cannot be read stays missing. */
void score_read(const struct reading *r, struct score_record *s, json_ref at);

/* What a boolean verdict says as value (1 or 0) and as passed. */
void score_set_verdict(struct score_record *s, struct maybe_i64 verdict);

/* The model that judges, by its name, as a member of the object or of its metadata says:
 * judge_model, grader_model, evaluator_model, evaluation_model or judge, a text or an object with a
 * model. */
struct sv judge_model(const struct reading *r, const struct json_doc *d, json_ref object);

/* A model gave the score, and so a judge did, unless the log says that it was a person or a rule.
 * SV_NONE: nobody knows. */
void score_set_judge(struct score_record *s, struct sv model);

/* A value of any size as 16 hex digits: equal for equal values, however they are spaced. SV_NONE
 * for a missing one. */
struct sv value_digest(const struct reading *r, const struct json_doc *d, json_ref at);

/* Shortest spelling of a small whole number, in the batch's arena. */
struct sv number_id(const struct reading *r, uint64_t v);

#endif
