/* steps: a filtered, grouped walk over tool calls, decisions, spans or whole requests, as scan does
 * it for calls. A step has the columns of the call it belongs to (its own, else the first one of
 * its request), of which its own time, latency, status and error kind take the place, and those of
 * step_fields.h. */
#ifndef LLMOBS_QUERY_STEPS_H
#define LLMOBS_QUERY_STEPS_H

#include "query/phases.h"
#include "query/scan.h"

enum steps_of {
    STEPS_TOOLS,
    STEPS_DECISIONS,
    STEPS_REQUESTS, /* those in which something was decided */
    STEPS_RETRIEVALS,
    STEPS_PHASES, /* spans, tool calls and calls, each with its phase */
};

struct steps;

/* Some steps as a visitor sees them. */
struct step_slice {
    int64_t rows;
    const int64_t *const *cols; /* columns of calls as far as asked for, and all STEP_... */
    const uint32_t *group;      /* of each row; SCAN_OUT: filtered away */
    uint32_t groups;            /* all groups so far are below */
};

/* What the filters let through. */
struct steps_counts {
    int64_t steps;
    int64_t without_time;      /* also those that a window on time leaves out */
    int64_t first_us, last_us; /* first > last: no step has a time */
};

/*
 * Reads the steps once to find out their requests, texts and times, and binds the dimensions and
 * filters of spec (its window aside, its jobs count as one). human: globs of nodes and tools that
 * are people, n of them. phases: the user's own, as for phase_of(). What is handed in is borrowed until steps_close(). ERR_USAGE for bad names
 * and expressions. Memory: about 200 bytes for
 * each request that has steps, and 60 for each step and each call of these.
 */
NODISCARD enum err steps_open(struct store *s, enum steps_of of, const struct scan_spec *spec,
                              const char *const *human, size_t n_human,
                              const struct phase_table *phases, struct steps **out,
                              struct error *err);
void steps_close(struct steps *s); /* accepts NULL */

/* Calls visit for the steps of a window in the order they came. Groups are numbered from 0 as they
 * are met, on over further walks. false from visit: out of memory. */
struct steps_window {
    bool since_known, until_known;
    int64_t since_us, until_us; /* [since, until) */
};
NODISCARD enum err steps_walk(struct steps *s, struct steps_window window,
                              bool (*visit)(void *ctx, const struct step_slice *slice), void *ctx,
                              struct steps_counts *counts, struct error *err);

/* The axis of dimension d of by, and a group's code on it. */
const struct axis *steps_axis(const struct steps *s, size_t d);
int64_t steps_code(const struct steps *s, uint32_t group, size_t d);

/* Opens a further filter on what these steps have. */
NODISCARD enum err steps_open_where(struct steps *s, struct sv text, struct where **out,
                                    struct error *err);

#endif
