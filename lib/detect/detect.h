/* detect: what a text holds: personal data, secrets, attempts to take a model over, refusals. */
#ifndef LLMOBS_DETECT_DETECT_H
#define LLMOBS_DETECT_DETECT_H

#include <stdint.h>
#include "detect/patterns.h"

struct detector;

struct detect_options {
    unsigned families;       /* bit f: look for family f (enum detect_family); 0: for all */
    const struct sv *tables; /* of the user, read behind the program's own; borrowed as long as the
                              * detector lives */
    size_t n_tables;
};

/* Which texts a text is: both for one of which nothing is known. */
enum detect_side { DETECT_INPUT = 1, DETECT_OUTPUT = 2 };

/* What was found in text[start .. end). */
struct detect_span {
    unsigned kind;
    size_t start, end;
};

/*
 * A detector for one thread. Patterns are compiled when their trigger first appears, so that
 * opening one takes some hundred microseconds.
 *
 *   o    may be NULL: everything, with the program's own patterns
 *   err  ERR_PARSE with the place in a user's table ("line 3: ..."); ERR_NOMEM
 */
NODISCARD enum err detector_open(const struct detect_options *o, struct detector **out,
                                 struct error *err);

/* Accepts NULL. */
void detector_close(struct detector *d);

/* Kinds are numbered from 0: the patterns' and, at the end, those of answers (answer.h). */
size_t detector_kinds(const struct detector *d);
struct sv detector_kind(const struct detector *d, unsigned kind); /* "email"; borrowed */
enum detect_family detector_family(const struct detector *d, unsigned kind);

/* The kind of that name, or -1. */
int detector_find_kind(const struct detector *d, struct sv name);

/*
 * Calls visit(ctx, span) for each find in text (any bytes), in order of their starts. Finds of one
 * family do not overlap, those of different ones may. A find is at most DETECT_SPAN_MAX long.
 *
 *   sides  or-ed enum detect_side
 *   err    ERR_NOMEM; ERR_PARSE for a user's pattern that does not compile
 *
 * O(n) whatever the text: each pattern tries each place at most once and with limits; what it gave
 * up is counted.
 */
#define DETECT_SPAN_MAX 8192
NODISCARD enum err detect_spans(struct detector *d, struct sv text, unsigned sides,
                                void (*visit)(void *ctx, const struct detect_span *span), void *ctx,
                                struct error *err);

/* What a detector has done so far. */
struct detect_work {
    uint64_t texts, bytes;
    uint64_t searches; /* runs of a pattern, each over few bytes */
    uint64_t given_up; /* of those: ran into the limits of lib/regex */
};
const struct detect_work *detector_work(const struct detector *d);

#endif
