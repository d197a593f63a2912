/* run: one report on its way from a spec to a table; shared by the files that make it. */
#ifndef LLMOBS_REPORT_RUN_H
#define LLMOBS_REPORT_RUN_H

#include "query/call_bills.h"
#include "query/call_redactions.h"
#include "query/format_checks.h"
#include "query/scan.h"
#include "report/columns.h"
#include "report/joined.h"
#include "report/money.h"
#include "report/pool.h"
#include "report/quality.h"
#include "report/ranking.h"
#include "report/report.h"
#include "report/sums.h"

/* Figures of a call that are made and not read: each thread has room for them. */
#define DERIVED_MAX 7

struct thread_state {
    struct sums sums;
    struct money_sources money;
    int64_t *rooms[DERIVED_MAX + 1]; /* the last one for what a pool or a filter makes */
    unsigned char *succeeded;        /* SCAN_BLOCK, or NULL */
    struct bucketer memos[POOL_COUNT];
    struct call_biller biller; /* where what caches saved is asked for */
};

struct run {
    const struct report_spec *spec;
    struct store *store;
    struct table *table;
    const char *const *by; /* the spec's, or the view's own */
    size_t n_by;
    struct chosen_columns columns;
    struct sort_key sort;
    uint64_t tallies; /* bits: what the columns need */
    uint32_t pool_ids;
    bool shows_money, needs_scores;
    bool by_tags, dropped_pooled; /* columns that there are not by tag */

    struct scan *scan;
    struct where **successes; /* what a call must fulfil to count in T_OUTCOMES */
    size_t n_successes;
    struct call_bills *bills; /* where what caches saved is asked for, else NULL */
    struct thread_state *threads;
    int n_threads;
    struct pool pools[POOL_COUNT];

    struct money_sources money;
    struct sums sums; /* by group; then "(other)" and the total, two more */
    struct ranking ranking;
    i128 *running; /* sums of cost down to each row; NULL: not needed */
    struct joined groups;
    struct run *before;      /* the first walk over the other window, or NULL */
    struct sums sums_before; /* of it, as sums */
    struct pool_result results[POOL_COUNT]; /* by row */
    struct call_redactions redactions; /* where these are asked for */
    struct call_scores scores;   /* where figures of scores are asked for */
    struct format_checks format; /* where answers are held against a schema */
    struct quality_rows quality; /* the same by row */
    struct quality_rows quality_before;
    int64_t refusal;             /* of struct slice_values */
};

/* A row of the report: where its sums and its pool results are. */
struct place {
    uint32_t sums, result;
};

enum err run_no_memory(struct error *err);

/* ERR_USAGE when a view whose rows are `rows` and not groups of calls is asked for together with others,
 * or for what only groups of calls have. */
NODISCARD enum err run_stands_alone(const struct report_spec *spec, const char *view,
                                    const char *rows, struct error *err);

/* figures.c: a measure in one place, of the window reported or of what it is compared with. */
struct cell run_figure(const struct run *r, size_t measure, enum period period, struct place at);
struct cell run_ratio(i128 a, i128 b); /* missing unless b > 0 */

/* Refusals were judged; else they are those that finish reasons tell of. */
bool run_judges_refusals(const struct run *r);

/* The group has calls, a part of one at least. s: of either window. */
bool run_has_calls(const struct run *r, const struct sums *s, uint32_t group);

/* fill.c: head, columns and rows of the table. */
NODISCARD enum err run_fill(struct run *r, struct error *err);

/* chart.c: gaps in time as rows and remarks, and what is to be drawn. */
NODISCARD enum err run_chart(struct run *r, struct error *err);

/* remarks.c: coverage, warnings and notes. */
NODISCARD enum err run_remark(struct run *r, struct error *err);

/* score_remarks.c: notes, warnings and coverage of scores. */
NODISCARD enum err run_remark_scores(struct run *r, struct error *err);

/* How far judges agree who scored the same things, of the calls that call_scores_mark() has seen.
 */
NODISCARD enum err run_remark_agreement(struct table *t, const struct call_scores *scores,
                                        struct error *err);

/* narrate.c: the table's sentence. */
NODISCARD enum err run_narrate(struct run *r, struct error *err);

#endif
