/* why_rows: what the sections of `why` are put together from. For lib/report/why*.c only. */
#ifndef LLMOBS_REPORT_WHY_ROWS_H
#define LLMOBS_REPORT_WHY_ROWS_H

#include "base/buf.h"
#include "query/call_bills.h"
#include "query/input_parts.h"
#include "query/phase_times.h"
#include "report/peers.h"
#include "report/why.h"

enum why_column {
    WHY_SECTION,
    WHY_ITEM,
    WHY_DEPTH,
    WHY_SHOWN, /* the value for people */
    WHY_VALUE,
    WHY_UNIT,
    WHY_TOKENS,
    WHY_PRICE,
    WHY_COST,
    WHY_SHARE,
    WHY_MEDIAN_SHOWN,
    WHY_MEDIAN, /* in the row's unit */
    WHY_N,
    WHY_RANK,
    WHY_TIMES,
    WHY_PEERS,
    WHY_ORIGIN,
    WHY_NOTE,
    WHY_COLUMNS,
};

/* One answer on its way. */
struct why {
    struct store *s;
    const struct trace_tree *t;
    uint32_t top; /* the only root where all of it is asked for; TRACE_NONE: there are several */
    const struct why_spec *spec;
    struct table *out;
    uint32_t *calls; /* nodes of the calls in question, the dearest first */
    size_t n_calls;
    struct trace_sums sums;   /* of these */
    struct sv meta;           /* leftover scalars of the first one; SV_NONE: none */
    struct input_parts parts; /* of its input */
    struct phase_times times;
    struct peers *peers;
    struct call_bills *bills;
    struct buf text;    /* the words of the row that is being made */
    struct arena arena; /* for as long as the answer is made */
    bool stands_out;    /* some row is marked with "!" */
};

/* The node that the answer is about; NULL: there are several. */
const struct trace_node *why_subject(const struct why *w);

/* A new row; item is copied. NULL: out of memory. Its note is w->text as it is when why_end() is
 * called, which also says whether all went well. */
struct row *why_row(struct why *w, const char *section, uint32_t depth, struct sv item);
NODISCARD enum err why_end(struct why *w, struct row *row, struct error *err);

/* The row's figure in a unit, for people and machines; money with its decimals. */
void why_value(struct why *w, struct row *row, enum unit unit, int64_t v);
void why_money(struct why *w, struct row *row, int64_t nusd, int decimals);

/* A word in place of a figure: "missing". */
void why_mark(struct row *row, const char *origin);

/* Share of a whole; none where there is no whole. */
void why_share(struct row *row, int64_t part, int64_t whole);

/*
 * Puts a figure of the node beside those of its peers: median, n, rank and how many times the
 * median it is, marked where that is far. loud: the note says it in any case. With a row that has
 * no figure, or without peers, nothing happens.
 */
void why_compare(struct why *w, struct row *row, const struct trace_node *n, enum peer_measure m,
                 enum unit unit, int64_t value, bool loud);

/* 24 x; 1.3 x; 0.87 x */
void why_times(struct buf *b, double times);

/* " · " between the pieces of a note. */
void why_separate(struct why *w);

/* A dimension's text of a call; SV_NONE: not known. */
struct sv why_dimension(const struct why *w, const struct trace_node *n, enum call_field f);

/* What people call a node: "model_call gpt-5.6-sol". */
void why_name(struct why *w, const struct trace_node *n);

NODISCARD enum err why_add_cost(struct why *w, struct error *err);
NODISCARD enum err why_add_latency(struct why *w, struct error *err);
NODISCARD enum err why_add_record(struct why *w, struct error *err);

/* The narrative of the table, when its rows are there: a line for the cost, one for the time. */
NODISCARD enum err why_answer(struct why *w, struct error *err);

#endif
