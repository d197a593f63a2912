/* format_checks: stored answers against a JSON Schema, as scores of format compliance. */
#ifndef LLMOBS_QUERY_FORMAT_CHECKS_H
#define LLMOBS_QUERY_FORMAT_CHECKS_H

#include "query/call_scores.h"

struct json_schema;

/* What answers are held against. */
struct format_spec {
    struct json_schema *schema;
    const char *name; /* the file's: the scorer of the scores */
};

struct format_failure {
    uint32_t call;       /* as of struct other_score */
    const char *keyword; /* of struct json_schema_fault */
    struct sv pointer;   /* the same */
};

/* What became of the calls of a scan. */
struct format_checks {
    int64_t checked;   /* answers */
    int64_t changed;   /* not checked: cut or with redactions, so that they are not what the model
                          wrote */
    int64_t undecided; /* not checked: beyond the limits of json_schema_check() */
    struct error why;  /* of the first one of these */
    struct format_failure *failures; /* by call */
    size_t n, cap;
    struct arena arena;
};

/*
 * Gives the scores that call_scores_load() made for a checker their values, 1 and 0, where the walk
 * found them in the scan; those that cannot be checked go. What logs say of the format of a call
 * that was checked goes, too, and stays for all others. out  zeroed; format_checks_release() it in
 * either case ERR_DB, ERR_NOMEM. O(bytes of the answers) for a schema of some size.
 */
NODISCARD enum err format_checks_run(struct store *s, const struct format_spec *spec,
                                     struct call_scores *scores, struct format_checks *out,
                                     struct error *err);
void format_checks_release(struct format_checks *c); /* accepts a zeroed one */

/* The same for the calls of a scan alone, whose groups do not matter. */
NODISCARD enum err format_checks_scan(struct store *s, const struct scan_spec *calls,
                                      const struct format_spec *spec, struct format_checks *out,
                                      struct error *err);

/* The failure of a call, NULL: none. */
const struct format_failure *format_checks_find(const struct format_checks *c, uint32_t call);

#endif
