/* patterns: what is looked for in texts, as tables of tab-separated values say it. */
#ifndef LLMOBS_DETECT_PATTERNS_H
#define LLMOBS_DETECT_PATTERNS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/sv.h"

enum detect_family {
    DETECT_PII,
    DETECT_SECRETS,
    DETECT_INJECTION,
    DETECT_REFUSALS,
    DETECT_QUALITY, /* answers that are nothing: no patterns, but the checks of answer.h */
    DETECT_FAMILIES,
};

/* "pii", "secrets", ... */
extern const char *const detect_families[DETECT_FAMILIES];

/* The family of that name, or DETECT_FAMILIES. */
enum detect_family detect_family_of(struct sv name);

/* Where a pattern is looked for. */
enum pattern_where {
    WHERE_ANY,
    WHERE_INPUT,
    WHERE_OUTPUT,
    WHERE_HEAD, /* in the first bytes of an output: an answer that refuses does so at once */
};

/* Whether a find in text[start .. *end) is what it looks like: check digits, ranges, entropy. It
 * may move the end back. */
typedef bool (*detect_check)(struct sv text, size_t start, size_t *end);

#define PATTERN_BACK_MAX 128

struct pattern {
    enum detect_family family;
    struct sv kind;
    enum pattern_where where;
    size_t back;        /* a match begins at most so many bytes before its trigger */
    struct sv triggers; /* separated by '|', see schemas/detect; empty: looked for everywhere */
    struct sv regex;    /* PCRE2, of bytes */
    detect_check check; /* NULL: none */
    struct sv matches, passes; /* an example of what is found, and of what is not; may be empty */
};

/*
 * Calls visit(ctx, pattern) for each row of a table as schemas/detect/pii.tsv explains it. Texts
 * are borrowed from `text`. ERR_PARSE with line and column name where the table is none, and what
 * visit returns.
 */
NODISCARD enum err patterns_read(struct sv text,
                                 enum err (*visit)(void *ctx, const struct pattern *p,
                                                   struct error *err),
                                 void *ctx, struct error *err);

/* Table i of the program's own, SV_NONE behind the last. */
struct sv patterns_built_in(size_t i);

/* An example as text: "\n" stands for a new line, and a broken bar is taken out. Examples of
 * secrets hold one, so that no scanner of source code takes them for real. SV_NONE: out of memory.
 */
struct sv pattern_example(struct sv cell, struct arena *a);

#endif
