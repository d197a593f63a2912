/* terminal: what the place that output goes to can show. */
#ifndef LLMOBS_TERMINAL_H
#define LLMOBS_TERMINAL_H

#include <stdbool.h>

/*
 * Colour or not. wanted: "always", "never", "auto" or NULL. auto: NO_COLOR (not empty) says no,
 * CLICOLOR_FORCE or FORCE_COLOR (not empty, not 0) yes; else a terminal whose TERM is not dumb.
 */
bool terminal_color(const char *wanted, bool is_terminal);

/* Columns for tables: COLUMNS, else the terminal's; 0 (unlimited) when neither says. fd < 0: no
 * terminal. */
int terminal_width(int fd);

/* The locale (LC_ALL, LC_CTYPE, LANG, the first that is set) is a UTF-8 one. */
bool terminal_utf8(void);

#endif
