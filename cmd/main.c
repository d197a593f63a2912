/* llmobs: finds the command, reads its options, runs it and says how it went. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/time_text.h"
#include "commands.h"
#include "config_file.h"
#include "help.h"
#include "output.h"
#include "signals.h"
#include "base/banned.h"

enum { EXIT_FINE = 0, EXIT_TROUBLE = 2, EXIT_SIGNAL = 128 };

/* The index of the command's name: the first word that is neither an option nor its value. */
static size_t find_command_word(const char *const *words, size_t n)
{
    size_t i = 0;

    while (i < n && words[i][0] == '-' && words[i][1])
        i += opt_takes_next(shared_tables, words[i]) ? 2 : 1;
    return i < n ? i : n;
}

/* The clock, or the instant that tests and reproducible builds fix. */
static enum err read_now(int64_t *out_us, struct error *err)
{
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    struct timespec now;
    int64_t seconds;

    if (!fixed || !*fixed) {
        clock_gettime(CLOCK_REALTIME, &now);
        *out_us = (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
        return OK;
    }
    if (fixed[strspn(fixed, "0123456789")] != '\0' || decimal_scaled(sv_from(fixed), 0, &seconds) ||
        __builtin_mul_overflow(seconds, US_PER_S, out_us))
        return error_set(err, ERR_USAGE,
                         "SOURCE_DATE_EPOCH: expected seconds since 1970, found \"%s\"", fixed);
    return OK;
}

static enum err say(const struct invocation *inv, struct buf *text, struct error *err)
{
    enum err rc = output_text(inv, text, err);

    buf_release(text);
    return rc;
}

/* Help and version come before any check of arguments. True when one was asked for. */
static bool answered(struct invocation *inv, enum err *rc, struct error *err)
{
    struct buf text = {0};
    const struct command *c = inv->command;

    if (!inv->shared.brief_help && !inv->shared.full_help && !inv->shared.version)
        return false;
    inv->shared.output = NULL;
    if (inv->shared.version) {
        *rc = version_command.run(inv, err);
        return true;
    }
    if (!c)
        help_overview(&text);
    else if (inv->shared.full_help)
        help_full(c, &text);
    else
        help_brief(c, &text);
    *rc = say(inv, &text, err);
    return true;
}

/* llmobs without a command: only --help and --version make sense. */
static enum err run_without_command(struct invocation *inv, const char *const *words, size_t n,
                                    struct error *err)
{
    struct opt_table table = {shared_always, &inv->shared, 0};
    struct text_list rest = {0};
    enum err rc = opt_parse(&table, 1, words, n, &inv->arena, &rest, err);

    if (rc || answered(inv, &rc, err))
        return rc;
    return error_set(err, ERR_USAGE, "no command given; llmobs help lists them");
}

/* The options of a command while their values come in. */
struct options_read {
    struct opt_table tables[COMMAND_MAX_TABLES];
    size_t n;
};

/* The command line and the environment into inv->options and inv->shared. */
static enum err read_options(struct invocation *inv, const char *const *words, size_t n,
                             struct options_read *o, struct error *err)
{
    const struct command *c = inv->command;
    const struct opt *rows;
    bool no_config;
    enum err rc;

    for (; o->n < COMMAND_MAX_TABLES && (rows = command_options(c, o->n)); o->n++)
        o->tables[o->n] =
            (struct opt_table){rows, rows == c->options ? inv->options : &inv->shared, 0};
    rc = opt_parse(o->tables, o->n, words, n, &inv->arena, &inv->args, err);
    if (rc)
        return rc;
    /* The suffix of an output that was named here is closer than a variable. */
    if (inv->shared.output && !inv->shared.format && renderer_for_file(inv->shared.output))
        inv->shared.format = renderer_for_file(inv->shared.output)->name;
    no_config = inv->shared.no_config && !inv->shared.config;
    for (size_t i = 0; i < o->n && !rc; i++)
        if (o->tables[i].rows != c->options && o->tables[i].rows != shared_always)
            rc = opt_environment(&o->tables[i], &inv->arena, err);
    if (no_config) /* said here, it is stronger than a file that a variable names */
        inv->shared.config = NULL;
    return rc;
}

/* What the configuration files say, into inv->config and the options that still have no value. */
static enum err read_config(struct invocation *inv, struct options_read *o, struct error *err)
{
    const struct command *c = inv->command;
    enum err rc = OK;

    if (c->no_settings || !c->shared[0])
        return OK;
    rc = config_load(&inv->shared, &inv->arena, &inv->config, err);
    for (size_t i = 0; i < o->n && !rc; i++)
        if (o->tables[i].rows != c->options)
            rc = opt_config(&o->tables[i], &inv->config, &inv->arena, err);
    return rc;
}

static enum err run_command(struct invocation *inv, const char *const *words, size_t n, size_t at,
                            struct error *err)
{
    const struct command *c = command_find(words[at]);
    struct options_read options = {.n = 0};
    const char **others;
    enum err rc;

    if (!c)
        return command_unknown(words[at], err);
    inv->command = c;
    inv->options = arena_zalloc(&inv->arena, 1, c->options_size ? c->options_size : 1);
    others = arena_zalloc(&inv->arena, n, sizeof(*others));
    if (!inv->options || !others)
        return error_set(err, ERR_NOMEM, "out of memory");
    if (c->defaults)
        memcpy(inv->options, c->defaults, c->options_size);
    for (size_t i = 0, k = 0; i < n; i++)
        if (i != at)
            others[k++] = words[i];
    rc = read_options(inv, others, n - 1, &options, err);
    if (rc || answered(inv, &rc, err))
        return rc;
    rc = read_config(inv, &options, err);
    if (!rc && inv->shared.exit_code > SHARED_MAX_EXIT_CODE)
        rc = error_set(err, ERR_USAGE, "--exit-code: expected %d or less", SHARED_MAX_EXIT_CODE);
    return rc ? rc : c->run(inv, err);
}

/* The one place where errors become exit codes. */
static int exit_code(const struct invocation *inv, enum err rc)
{
    if (rc == ERR_STOPPED && signals_caught())
        return EXIT_SIGNAL + signals_caught();
    if (rc)
        return EXIT_TROUBLE;
    return inv->found && !inv->shared.exit_zero ? (int)inv->shared.exit_code : EXIT_FINE;
}

int main(int argc, char **argv)
{
    struct invocation inv = {.shared = shared_defaults};
    const char *const *words = (const char *const *)argv + 1;
    size_t n = argc > 1 ? (size_t)argc - 1 : 0;
    struct error err = {0};
    char text[640];
    enum err rc = read_now(&inv.now_us, &err);

    /* A reader that goes away is noticed where we write, with the database in order. */
    signal(SIGPIPE, SIG_IGN);
    if (!rc) {
        size_t at = find_command_word(words, n);

        rc = at < n ? run_command(&inv, words, n, at, &err)
                    : run_without_command(&inv, words, n, &err);
    }
    if (rc) {
        error_text(&err, text, sizeof(text));
        fprintf(stderr, "llmobs: %s\n", text);
    }
    if (output_flush(&err) != OK && !rc) {
        rc = err.code;
        fprintf(stderr, "llmobs: %s\n", err.msg);
    }
    arena_release(&inv.arena);
    return exit_code(&inv, rc);
}
