/* rule: alert rules as data, and the JSON documents that hold them (schemas/rules.schema.json). */
#ifndef LLMOBS_ALERT_RULE_H
#define LLMOBS_ALERT_RULE_H

#include "alert/metric.h"
#include "stats/severity.h"

enum rule_kind {
    RULE_VALUE,    /* the figure against a number */
    RULE_OUTSIDE,  /* not between two numbers */
    RULE_TIMES,    /* against so many times the baseline's */
    RULE_POINTS,   /* away from the baseline's by so much */
    RULE_PERCENT,  /* away from it by so many percent */
    RULE_SIGMAS,   /* standard deviations of the baseline's windows away from their mean */
    RULE_SURPRISE, /* a rate: its probability under the beta-binomial chart of these windows */
    RULE_OF,       /* so many of other rules */
};

enum rule_op { OP_ABOVE, OP_AT_LEAST, OP_BELOW, OP_AT_MOST, OP_EITHER_WAY };

struct rule {
    const char *name;
    enum severity severity;
    struct metric metric;
    const char *const *by, *const *where;
    size_t n_by, n_where;
    int64_t window_us;
    int64_t and_window_us; /* it has to be beyond in this shorter window, too; 0: there is none */
    double objective; /* of a share of good calls: told as the rate at which errors are used up */
    int64_t per_us;   /* sums are told for so much time; 0: for the window */
    double capacity;  /* as a part of so much in that time; 0: as they are */
    enum rule_kind kind;
    enum rule_op op;
    double value;          /* in the metric's unit; times, points, percent, sigmas, p */
    double high;           /* RULE_OUTSIDE: value .. high is fine */
    int64_t baseline_us;   /* the time before the window */
    int64_t history_us;    /* how much of it there has to be in the log */
    double least;          /* sigmas: how far beyond the mean it has to be at least; 0: any */
    double alpha;          /* the difference has to be significant; 0: it need not */
    int64_t for_us;        /* how long it has to last before it fires */
    int64_t min_n;         /* values in the window, and in the baseline */
    int64_t cooldown_us;   /* after it was told, nothing is told again for so long */
    const char *unless;    /* the rule that explains it, NULL: none */
    const char *const *of; /* RULE_OF: names of rules, at_least of which fire */
    size_t n_of;
    int64_t at_least;
    const char *why; /* for --explain: what the source says and what was decided; or NULL */
};

struct rule_set {
    const char *name; /* its own, else the file's */
    bool escalate;    /* what fires in one group is one incident: severities by stats/severity.h */
    struct rule *rules;
    size_t n;
};

enum { RULES_MAX = 500 };

/*
 * Reads a document; everything lives in the arena, file is borrowed and only named in messages.
 * ERR_PARSE, ERR_RANGE: "FILE: /rules/0/window: expected a time like 5m, 1h or 7d, found \"5\"";
 * ERR_USAGE for an unknown metric; ERR_NOMEM. *out is untouched on error.
 */
NODISCARD enum err rules_read(struct sv text, const char *file, struct arena *arena,
                              struct rule_set *out, struct error *err);

/* The embedded sets by name, NULL: none; names as a list, NULL at the end. */
const char *rules_builtin(const char *name);
extern const char *const rules_builtin_names[];

/* P0 .. P3, then critical, warning and info, as rules may say it; NULL at the end. What they mean.
 */
extern const char *const rule_severities[];
extern const enum severity rule_severity_of[];

/* By name, NULL: none. */
const struct rule *rules_find(const struct rule_set *set, const char *name);

/* A duration as rules write it, up to 400 days: "30s", "5m", "1h", "7d". False when it is none. */
bool rule_read_duration(const char *text, int64_t *out);
void rule_duration(struct buf *b, int64_t us);

/* What it compares, in words: "latency_p95_us > 10.0 s over 5m by model, for 2m, n >= 20". */
void rule_words(struct buf *b, const struct rule *rule);

#endif
