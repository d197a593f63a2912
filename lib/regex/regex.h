/* regex: PCRE2 patterns with limits, so that no pattern and no text can hold the program up. */
#ifndef LLMOBS_REGEX_REGEX_H
#define LLMOBS_REGEX_REGEX_H

#include "base/error.h"
#include "base/sv.h"

struct regex;

enum regex_flags {
    REGEX_NOCASE = 1,  /* upper and lower case are the same, also beyond ASCII */
    REGEX_WHOLE = 2,   /* the whole text has to match, not a part of it */
    REGEX_RARE = 4,    /* for a few texts: not JIT-compiled, which costs more than it gives then */
    REGEX_BYTES = 8,   /* sees bytes, not characters, and spends nothing on checking UTF-8 */
    REGEX_SCRIPT = 16, /* what JavaScript means where Perl means something else: $ is the very end,
                        * \u a code point */
};

#define REGEX_PATTERN_MAX_BYTES 65536
#define REGEX_STEPS_MAX 1000000u /* of backtracking, for one text: some milliseconds */
#define REGEX_HEAP_MAX_KIB 16384u

/*
 * Compiles a pattern in PCRE2's (Perl's) syntax; JIT-compiled where the machine allows it. A
 * pattern in UTF-8 sees characters, one that is not sees bytes. In a text that is not UTF-8 no
 * match goes over the broken bytes.
 *
 *   flags  REGEX_* or 0
 *   out    to be closed with regex_close()
 *   err    ERR_PARSE with the column, counted from 1 in characters, and what is wrong there;
 *          ERR_RANGE when the pattern is too long; ERR_NOMEM
 */
NODISCARD enum err regex_open(struct sv pattern, unsigned flags, struct regex **out,
                              struct error *err);

/*
 * Whether the pattern matches text (any bytes, NUL too). ERR_RANGE when the limits above were
 * reached, ERR_NOMEM; then *matches is untouched. One thread at a time per regex.
 */
NODISCARD enum err regex_matches(struct regex *re, struct sv text, bool *matches,
                                 struct error *err);

/*
 * The first match that begins at one of the bytes from .. last, wherever it ends; what stands before
 * `from` is seen by a look behind. Errors as above; then and when nothing is found *start and *end
 * are untouched.
 */
NODISCARD enum err regex_find(struct regex *re, struct sv text, size_t from, size_t last,
                              bool *found, size_t *start, size_t *end, struct error *err);

/* Accepts NULL. */
void regex_close(struct regex *re);

#endif
