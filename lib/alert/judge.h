/* judge: what rules say of the calls up to an instant. */
#ifndef LLMOBS_ALERT_JUDGE_H
#define LLMOBS_ALERT_JUDGE_H

#include "alert/rule.h"
#include "query/keymap.h"

enum verdict_state {
    VERDICT_FIRING,
    VERDICT_PENDING,    /* beyond, but not yet for as long as the rule wants */
    VERDICT_SUPPRESSED, /* explained by another one that fires */
    VERDICT_SKIPPED,    /* no data, or not enough: `reason` says which */
    VERDICT_OK,
};

extern const char *const verdict_states[]; /* "firing", by enum verdict_state */

/* Between low and high, as far as there are such, all is well. */
struct limits {
    bool has_low, has_high;
    bool inclusive; /* the limits themselves are beyond */
    double low, high;
    bool has_normal;
    double normal; /* the baseline's */
};

bool limits_exceeded(const struct limits *l, double v);

/* The limit that v exceeds, else the nearer one. False: there is none. */
bool limits_threshold(const struct limits *l, double v, double *out);

struct verdict {
    const struct rule *rule;
    enum verdict_state state;
    enum severity severity;
    struct sv group, *values; /* of reading; SV_NONE: all calls */
    bool known;               /* the value */
    double value;             /* for rule->per_us, where that is set */
    bool lower_bound;
    struct limits limits;
    int64_t n, baseline_n;
    double p; /* of the test, where there is one: p_known */
    bool p_known;
    bool insignificant; /* beyond the limits, but that may be chance: VERDICT_OK */
    bool since_known;
    int64_t since_us;      /* it has been beyond since then, or for longer */
    const char *note;      /* what people see in place of value and limits; or NULL */
    const char *reason;    /* why it is skipped or suppressed; in the arena or static */
    struct sv contributor; /* "feature=support": what carries most of it; SV_NONE: nobody says */
    double share;          /* its part */
};

struct verdicts {
    struct verdict *v;
    size_t n, cap;
};

struct judge_spec {
    const struct rule_set *rules;
    const char *const *where; /* for all rules, beside their own */
    size_t n_where;
    const struct zone *zone;
    int64_t now_us;
    int jobs;
    /* A verdict is wanted of this group whatever it is; NULL: of none. */
    bool (*is_watched)(const void *ctx, const struct rule *rule, struct sv group);
    const void *watch;
    struct window_cache *cache; /* of one rule at several instants; NULL: none */
};

/* Figures of a rule's windows, by their ends, in the arena of judge_rule(); zeroed storage is
 * empty. */
struct window_cache {
    struct keymap ends;
    struct readings *v; /* by number in ends */
    size_t cap;
};
void window_cache_release(struct window_cache *c);

/*
 * At least one verdict for each rule, in their order: one for each group that is beyond its limits;
 * else the one that comes nearest to them, or why there is none. Everything in the arena. ERR_USAGE
 * for bad expressions and dimensions, with the rule's name.
 */
NODISCARD enum err judge_run(struct store *s, const struct judge_spec *spec, struct arena *a,
                             struct verdicts *out, struct error *err);

/* The same for one rule that is no composite, without `unless` and contributors. */
NODISCARD enum err judge_rule(struct store *s, const struct judge_spec *spec,
                              const struct rule *rule, struct arena *a, struct verdicts *out,
                              struct error *err);

/* Tells whether a rule that is skipped without data has none in its window or in all of the log, in
 * the verdict's reason; other verdicts stay as they are. O(calls). */
NODISCARD enum err judge_missing(struct store *s, const struct judge_spec *spec, struct arena *a,
                                 struct verdict *v, struct error *err);

/* Behind rules that have been judged: composites, `unless` and, if the set wants it, severities of
 * incidents. */
NODISCARD enum err judge_together(const struct rule_set *rules, int64_t now_us, struct arena *a,
                                  struct verdicts *v, struct error *err);

/* Room for one more; NULL: out of memory. */
struct verdict *verdicts_add(struct verdicts *out, struct arena *a);

/* The worst severity of what fires; SEVERITY_COUNT: nothing does. */
enum severity judge_worst(const struct verdicts *v);

#endif
