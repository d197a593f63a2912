/* step_runs: the requests (traces, or sessions where nothing else is known) that steps belong to,
 * with what happened in each of them in order. */
#ifndef LLMOBS_QUERY_STEP_RUNS_H
#define LLMOBS_QUERY_STEP_RUNS_H

#include "query/call_values.h"
#include "query/keymap.h"
#include "store/step_each.h"
#include "store/trace_each.h"

enum run_item_kind { ITEM_CALL, ITEM_TOOL, ITEM_DECISION, ITEM_SPAN };

enum run_item_flag {
    ITEM_FAILED = 1,
    ITEM_HUMAN = 2,    /* a person does it, or is asked to */
    ITEM_UNPRICED = 4, /* a call without a price */
    ITEM_OPEN = 32,    /* neither its outcome nor how long it took is known */
    /* Found out by step_runs_settle(): */
    ITEM_RETRY = 8,
    ITEM_ANSWERED = 16, /* of a decision for a person */
};

/* 40 bytes for each step, and for each call of a request that has steps. */
struct run_item {
    uint32_t run; /* RUN_NONE: of no known request */
    unsigned char kind, flags;
    uint32_t name, from; /* codes of the texts that steps go by */
    int64_t at_us, latency_us;
    int64_t value; /* a call's cost; found out by step_runs_settle(): of a tool call the cost of the
                    * call after it, of a decision for a person the time until the answer */
};

#define RUN_NONE UINT32_MAX

struct run {
    int64_t call_id, call_us;  /* its first call and when that began; CALL_MISSING: none */
    int64_t first_us, last_us; /* first > last: unknown */
    int64_t cost_nusd, priced, unpriced; /* priced, unpriced: calls with a cost, and without */
    int64_t calls, failed;               /* failed: steps, calls included */
    uint32_t first, n;                   /* its items: order[first .. first + n) */
    bool human;                          /* a decision asks a person */
};

struct scan;

/* Zeroed storage is empty. */
struct step_runs {
    struct arena arena;
    struct keymap keys; /* hash of an id, or the next free one, to its number */
    struct sv *ids;     /* by number */
    uint32_t *run_of;   /* by number */
    uint32_t cap_ids;
    struct run *runs;
    uint32_t n, cap;
    struct run_item *items; /* in the order they were added */
    uint32_t n_items, cap_items;
    uint32_t *order;   /* of the items: by run, then time, then as they were added */
    struct scan *scan; /* of the calls; open, so that the database keeps its state */
};

/* The request of a step, a new one when it was not met: by its trace, else its request, else its
 * session. Where it names both of the first two, each finds it from now on. *out RUN_NONE when it
 * names none. False when out of memory. */
bool step_runs_find(struct step_runs *r, const struct step_brief *step, uint32_t *out);

/* False when out of memory. */
bool step_runs_add(struct step_runs *r, const struct run_item *item);

/* Adds the store's calls, shadowed ones aside, to the requests that there are. Reads each call and
 * its ids once. */
NODISCARD enum err step_runs_add_calls(struct step_runs *r, struct store *s, enum cost_choice cost,
                                       struct error *err);

/*
 * Puts the items in order, adds the requests up and finds out what follows what:
 *   - a tool call is a retry when the one before it of the same tool in the request failed;
 *   - the call after a tool call is the first that starts when it has ended, or later;
 *   - a decision for a person is answered by the next tool call behind it that a person does, and
 *     that took as long as the answer, or by the next decision of the node that was chosen,
 *     whichever comes first; a tool call answers one decision. One of which neither the time nor
 *     the outcome is known is not done yet.
 * O(n log n) for n steps, all of which one request may have.
 * ERR_NOMEM.
 */
NODISCARD enum err step_runs_settle(struct step_runs *r, struct error *err);

void step_runs_release(struct step_runs *r);

#endif
