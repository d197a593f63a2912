/* error: how the library reports what went wrong. */
#ifndef LLMOBS_BASE_ERROR_H
#define LLMOBS_BASE_ERROR_H

#include <stdint.h>

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

enum err {
    OK = 0,
    ERR_NOMEM,     /* an allocation failed */
    ERR_IO,        /* a file could not be opened, read or written */
    ERR_DB,        /* SQLite refused; the message holds its words */
    ERR_BUSY,      /* another process holds the database */
    ERR_PARSE,     /* text is not in the form that was asked for */
    ERR_RANGE,     /* a value is outside what can be held or makes sense */
    ERR_EMPTY,     /* nothing to compute from: an undefined figure, not a zero */
    ERR_NOT_FOUND, /* the thing named does not exist */
    ERR_USAGE,     /* the caller's request makes no sense as put */
    ERR_STOPPED,   /* asked to stop (signal); what was committed stays */
};

/* Holds its text itself, so that being out of memory can be reported too. */
struct error {
    enum err code;
    int64_t line;   /* 1-based line of the input, 0 when there is none */
    char file[128]; /* input's name, shortened in the middle; "" when there is none */
    char msg[384];
};

/*
 * Fills *err (may be NULL) and returns code. Control bytes that the arguments bring along are
 * escaped as \xNN, so that a message never carries a terminal escape; too long texts end in "...".
 */
enum err error_set(struct error *err, enum err code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Adds the place to an error that has none yet (err is not NULL; file may be); returns err->code.
 */
enum err error_at(struct error *err, const char *file, int64_t line);

/* "file:line: msg", "file: msg" or "msg" into out, always terminated. */
void error_text(const struct error *err, char *out, unsigned long out_size);

#endif
