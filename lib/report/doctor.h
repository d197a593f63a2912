/* doctor: how far the figures from a database can be trusted. */
#ifndef LLMOBS_REPORT_DOCTOR_H
#define LLMOBS_REPORT_DOCTOR_H

#include "base/zone.h"
#include "table/table.h"

struct store;

enum doctor_view {
    DOCTOR_CHECKS,     /* every check, for all calls and for each source */
    DOCTOR_IDENTITIES, /* only those of token counts */
    DOCTOR_COVERAGE,   /* a row for each source, a column for each field */
    DOCTOR_MERGED,     /* the records of calls that have more than one */
};

struct doctor_spec {
    enum doctor_view view;
    const struct zone *zone; /* for times in texts */
    int64_t now_us;
    int64_t limit; /* DOCTOR_MERGED: calls, those with the most records first; -1: all */
    int jobs;      /* threads, at least 1 */
};

/*
 * Columns of DOCTOR_CHECKS and DOCTOR_IDENTITIES. Share is n / of, missing where of is 0 or means
 * nothing. The last three are in no output: they say how people see it (cmd/doctor.c).
 */
enum doctor_column {
    DOCTOR_CHECK,
    DOCTOR_SOURCE, /* missing: all calls */
    DOCTOR_VALUE,  /* what is looked at: a model, a reason, a time; or missing */
    DOCTOR_N,
    DOCTOR_OF,
    DOCTOR_SHARE,
    DOCTOR_VERDICT, /* "ok", "warn", "bad" */
    DOCTOR_HINT,
    DOCTOR_LINE,  /* which line it belongs to; missing: it is not shown */
    DOCTOR_LABEL, /* "degenerate"; or missing */
    DOCTOR_FORM,  /* enum doctor_form */
    DOCTOR_COLUMNS,
};

enum doctor_form {
    DOCTOR_FORM_SHARE, /* n of `of` is good */
    DOCTOR_FORM_FAULT, /* n of `of` is a fault; nothing to say when there is none */
    DOCTOR_FORM_COUNT, /* n is a number of something */
    DOCTOR_FORM_ITEM,  /* value with its n, on a line of its own */
};

/*
 * Fills *out (zeroed by the caller; table_release() it, also after an error). Its facts "bad" and
 * "warn" are the numbers of rows with that verdict, those of single sources not counted. ERR_DB,
 * ERR_NOMEM. Bad is what makes figures wrong: counts that contradict themselves, lines not read,
 * calls without price. A warning is what limits them.
 */
NODISCARD enum err doctor_run(struct store *s, const struct doctor_spec *spec, struct table *out,
                              struct error *err);

#endif
