/* opt: the options of a command as rows of a table over a plain struct. */
#ifndef LLMOBS_OPT_H
#define LLMOBS_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/error.h"
#include "config/config.h"
#include "nearest.h"
#include "text.h"
#include "when.h"

enum opt_type {
    OPT_TYPE_END = 0,
    OPT_TYPE_FLAG,   /* bool: true; --no-NAME gives false */
    OPT_TYPE_CLEAR,  /* bool: false */
    OPT_TYPE_TEXT,   /* const char * */
    OPT_TYPE_CHOICE, /* const char *, one of the words; the pointer is the list's own */
    OPT_TYPE_LIST,   /* struct text_list, one more each time */
    OPT_TYPE_COMMAS, /* struct text_list, separated by commas; empty parts are left out */
    OPT_TYPE_INT,    /* int64_t, not below min */
    OPT_TYPE_SIZE,   /* int64_t of bytes: 512, 64k, 16M, 1G (powers of 1024), not below min */
    OPT_TYPE_TIME,   /* struct when */
};

struct opt {
    enum opt_type type;
    char letter;       /* -l, 0: none */
    const char *name;  /* --name, NULL: none */
    const char *value; /* how help calls the value: "FILE"; NULL: takes none */
    word_list *words;  /* what a CHOICE may be; for the others what completion offers; or NULL */
    size_t offset;     /* of the field */
    int64_t min;
    const char *help; /* one line, no full stop */
};

/* The field's offset; a field of another type than the row's does not compile. */
#define OPT_FIELD(s, field, type) _Generic(((struct s *)0)->field, type : offsetof(struct s, field))

#define OPT_FLAG(letter, name, s, f, help)                                                         \
    {                                                                                              \
        OPT_TYPE_FLAG, letter, name, NULL, NULL, OPT_FIELD(s, f, bool), 0, help                    \
    }
#define OPT_CLEAR(letter, name, s, f, help)                                                        \
    {                                                                                              \
        OPT_TYPE_CLEAR, letter, name, NULL, NULL, OPT_FIELD(s, f, bool), 0, help                   \
    }
#define OPT_TEXT(letter, name, value, s, f, help)                                                  \
    {                                                                                              \
        OPT_TYPE_TEXT, letter, name, value, NULL, OPT_FIELD(s, f, const char *), 0, help           \
    }
#define OPT_CHOICE(letter, name, value, words, s, f, help)                                         \
    {                                                                                              \
        OPT_TYPE_CHOICE, letter, name, value, words, OPT_FIELD(s, f, const char *), 0, help        \
    }
#define OPT_LIST(letter, name, value, s, f, help)                                                  \
    {                                                                                              \
        OPT_TYPE_LIST, letter, name, value, NULL, OPT_FIELD(s, f, struct text_list), 0, help       \
    }
#define OPT_COMMAS(letter, name, value, words, s, f, help)                                         \
    {                                                                                              \
        OPT_TYPE_COMMAS, letter, name, value, words, OPT_FIELD(s, f, struct text_list), 0, help    \
    }
#define OPT_INT(letter, name, value, s, f, min, help)                                              \
    {                                                                                              \
        OPT_TYPE_INT, letter, name, value, NULL, OPT_FIELD(s, f, int64_t), min, help               \
    }
#define OPT_SIZE(letter, name, value, s, f, min, help)                                             \
    {                                                                                              \
        OPT_TYPE_SIZE, letter, name, value, NULL, OPT_FIELD(s, f, int64_t), min, help              \
    }
#define OPT_TIME(letter, name, value, s, f, help)                                                  \
    {                                                                                              \
        OPT_TYPE_TIME, letter, name, value, NULL, OPT_FIELD(s, f, struct when), 0, help            \
    }
#define OPT_END                                                                                    \
    {                                                                                              \
        OPT_TYPE_END, 0, NULL, NULL, NULL, 0, 0, NULL                                              \
    }

/* Defines a word_list of the texts given. */
#define OPT_WORDS(function, ...)                                                                   \
    static const char *function(size_t i)                                                          \
    {                                                                                              \
        static const char *const words[] = {__VA_ARGS__};                                          \
        return i < ARRAY_LEN(words) ? words[i] : NULL;                                             \
    }

enum { OPT_MAX_ROWS = 64 }; /* of one table */

/* A table at work: its rows and the struct they fill. */
struct opt_table {
    const struct opt *rows;
    void *values;  /* holds the defaults before, what was given after */
    uint64_t seen; /* bit i: row i has its value from the command line, or from what was asked
                    * next: the environment, then the configuration */
};

/*
 * Reads the words of a command line: --name=value, --name value, -nvalue, -n value, -qv for two
 * flags, --no-name, and -- to end the options. Everything else (a lone - too) is added to *rest in
 * order. A value given twice: the last one counts; lists grow. Only checks and stores.
 * ERR_USAGE with a message that names the option and what was expected.
 */
NODISCARD enum err opt_parse(struct opt_table *tables, size_t n_tables, const char *const *words,
                             size_t n_words, struct arena *arena, struct text_list *rest,
                             struct error *err);

/*
 * After opt_parse(): fills rows that were not given, from the variables LLMOBS_<NAME> (--min-n:
 * LLMOBS_MIN_N), where set and not empty. Flags take 1/true/yes/on and 0/false/no/off. Rows without
 * a name, and those whose field (a text or a time) has a value already, are left alone.
 */
NODISCARD enum err opt_environment(struct opt_table *table, struct arena *arena, struct error *err);

/* Name of a row's variable into out: "LLMOBS_MIN_N". */
void opt_variable(const struct opt *row, char *out, size_t out_size);

/*
 * After opt_environment(): fills rows that still have no value from the settings of configuration
 * files, --min-n from "min_n". A flag wants true or false, a number a number, a list a text or a
 * list of texts, all others a text. ERR_USAGE: "FILE: /limit: expected ...".
 */
NODISCARD enum err opt_config(struct opt_table *table, const struct config *config,
                              struct arena *arena, struct error *err);

/* A row's key in configuration files into out: "min_n". */
void opt_key(const struct opt *row, char *out, size_t out_size);

/* What a row that has a value holds, as one would write it: "20", "true", "feature,model". */
void opt_show(const struct opt_table *table, const struct opt *row, struct buf *out);

/* Whether the word is an option whose value is the word behind it ("--db", "-qf"). */
bool opt_takes_next(const struct opt *const *tables, const char *word);

#endif
