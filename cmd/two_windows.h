/* two_windows: --baseline and --current: two stretches of time that are compared. */
#ifndef LLMOBS_TWO_WINDOWS_H
#define LLMOBS_TWO_WINDOWS_H

#include "commands.h"
#include "reading.h"

/* One of them as typed: a duration, or FROM..TO. */
struct typed_window {
    const char *option, *text;
    bool is_range;
    struct when since, until; /* of a range; else since is the duration */
};

/* ERR_USAGE names the option. Texts are copied. */
NODISCARD enum err typed_window_parse(struct invocation *inv, const char *option, const char *text,
                                      struct typed_window *out, struct error *err);

struct two_windows {
    struct zone zone; /* over both */
    struct window before, now;
    int64_t since_us, until_us; /* from the first instant to the last of both */
};

/*
 * Pins both: a duration of the current one ends at --until or now, one of the baseline where the
 * current one begins; --since and --until cut them. ERR_USAGE when one is empty or they overlap.
 */
NODISCARD enum err two_windows_pin(struct invocation *inv, const struct typed_window *baseline,
                                   const struct typed_window *current,
                                   const struct reading_window *window, struct two_windows *out,
                                   struct error *err);

#endif
