/* alert_state: what fired before, so that an alert is told once and is over only when it is. */
#ifndef LLMOBS_ALERT_ALERT_STATE_H
#define LLMOBS_ALERT_ALERT_STATE_H

#include "alert/judge.h"

/* An alert by rule and group. */
struct alert {
    struct sv rule, group; /* group SV_NONE: all calls */
    struct hysteresis course;
    int64_t since_us; /* it has been firing since */
    int64_t told_us;  /* when it was last told; 0: never */
    bool tell;        /* now */
    bool resolved;    /* now: it fired before and does no more */
};

struct alert_state {
    struct alert *v;
    size_t n, cap;
    bool told; /* alert_state_update() has something to tell */
};

/*
 * From the text of a state file, which somebody may have written; empty: nothing fired. Everything
 * in the arena. ERR_PARSE: "FILE: expected ...", ERR_RANGE, ERR_NOMEM.
 */
NODISCARD enum err alert_state_read(struct sv text, const char *file, struct arena *a,
                                    struct alert_state *out, struct error *err);

/* struct judge_spec's is_watched for ctx = an alert_state: what fired is to be looked at again. */
bool alert_state_watches(const void *state, const struct rule *rule, struct sv group);

/*
 * Puts the verdicts of now into the state. What fired and is not back behind half of its excess for
 * two checks goes on to fire, and its verdict becomes VERDICT_FIRING; what cannot be judged stays
 * as it was. An alert is told when it begins, at most once in its rule's cool-down, and again
 * whenever that has passed; when it is resolved, too. Rules that are no longer there are forgotten.
 */
NODISCARD enum err alert_state_update(struct alert_state *s, const struct rule_set *rules,
                                      int64_t now_us, struct verdicts *v, struct arena *a,
                                      struct error *err);

/* The text of the state, a JSON document. */
void alert_state_write(const struct alert_state *s, struct buf *out);

#endif
