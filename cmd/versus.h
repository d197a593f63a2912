/* versus: the window that a report is compared with. */
#ifndef LLMOBS_VERSUS_H
#define LLMOBS_VERSUS_H

#include "base/arena.h"
#include "when.h"

enum versus_kind {
    VERSUS_NONE,     /* not given */
    VERSUS_PREVIOUS, /* the window of the same length that ends where the reported one begins */
    VERSUS_AGO,      /* the reported window, so much earlier */
    VERSUS_WINDOW,   /* a window of its own */
};

/* As typed, understood but not yet pinned to a zone and to now. */
struct versus {
    enum versus_kind kind;
    const char *text;
    struct when since, until; /* VERSUS_WINDOW */
    int64_t ago_us;           /* VERSUS_AGO */
    bool ago_days;            /* by the calendar: days stay days when clocks change */
};

/* Names the forms that versus_parse() takes, for messages and help. */
#define VERSUS_FORMS "previous, 7d or 2026-09-01..2026-09-07"

/* previous; a duration; FROM..TO, where a date includes its day; a single date, yesterday,
 * last-week, last-month. Texts are copied into the arena. ERR_USAGE with a message that names
 * --vs. */
NODISCARD enum err versus_parse(const char *text, struct arena *a, struct versus *out,
                                struct error *err);

/* A window [since, until) in UTC. */
struct window {
    int64_t since_us, until_us;
};

/*
 * The window before `reported`, which --since asked for as `since` says. For VERSUS_PREVIOUS
 *   - whole months, or a month until now: as many months earlier; a day that the month does not
 *     have is its last one;
 *   - since a week's beginning, if asked for as a week: as many weeks earlier;
 *   - since a day's beginning: as many days earlier as it touches, at the same time of day;
 *   - otherwise as much time earlier as it is long.
 * ERR_USAGE when FROM is not before TO.
 */
NODISCARD enum err versus_window(const struct versus *v, const struct when *since,
                                 struct window reported, const struct zone *z, int64_t now_us,
                                 struct window *out, struct error *err);

#endif
