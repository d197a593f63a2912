/* help: what -h, --help, `help` and the manual pages say, all from the tables. */
#include "help.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "output.h"
#include "base/banned.h"

enum { WIDTH = 80, NAMES = 26 /* columns for names before their explanation */ };

/* Appends text broken at blanks; *column is where the line stands. */
static void wrap(struct buf *out, size_t *column, size_t indent, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, " ");

        if (*column > indent && *column + 1 + n > WIDTH) {
            buf_printf(out, "\n%*s", (int)indent, "");
            *column = indent;
        } else if (*column > indent) {
            buf_char(out, ' ');
            (*column)++;
        }
        buf_add(out, text, n);
        *column += n;
        text += n + (text[n] == ' ');
    }
}

/* A name, and behind column NAMES what it is. */
static void explain(struct buf *out, const char *name, const char *what)
{
    size_t column = NAMES;

    buf_printf(out, "  %-*s", NAMES - 2, name);
    if (strlen(name) > NAMES - 4)
        buf_printf(out, "\n%*s", NAMES, "");
    wrap(out, &column, NAMES, what);
    buf_char(out, '\n');
}

/* "-f, --format FORMAT" */
static void option_name(const struct opt *row, char *out, size_t out_size)
{
    char letter[3] = {'-', row->letter, '\0'};

    snprintf(out, out_size, "%s%s%s%s%s%s", row->letter ? letter : "",
             row->letter && row->name ? ", " : "", row->name ? "--" : "",
             row->name ? row->name : "", row->value ? " " : "", row->value ? row->value : "");
}

static void explain_options(struct buf *out, const struct opt *rows)
{
    char name[64];

    for (; rows->type != OPT_TYPE_END; rows++) {
        if (!rows->help)
            continue;
        option_name(rows, name, sizeof(name));
        explain(out, name, rows->help);
    }
}

static void usage(struct buf *out, const struct command *c)
{
    buf_printf(out, "usage: llmobs %s [options]%s%s\n%s\n", c->name, *c->synopsis ? " " : "",
               c->synopsis, c->summary);
}

void help_overview(struct buf *out)
{
    const char *group = "";

    buf_str(out, "llmobs: what LLM calls cost, how long they took and what went wrong, from their "
                 "logs\n\nusage: llmobs COMMAND [options] [argument...]\n");
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(group, commands[i]->group) != 0)
            buf_printf(out, "\n%s\n", commands[i]->group);
        group = commands[i]->group;
        buf_printf(out, "  %-12s%s\n", commands[i]->name, commands[i]->summary);
    }
    buf_str(out, "\nbegin with\n"
                 "  llmobs ingest logs.jsonl\n"
                 "  llmobs report --by feature\n"
                 "\nllmobs COMMAND -h fits one screen, llmobs help COMMAND says everything.\n");
}

/* The names of a table's options in one wrapped run: "-f --format -o --output". */
static void name_options(struct buf *out, size_t *column, const struct opt *rows)
{
    char name[40];

    for (; rows->type != OPT_TYPE_END; rows++) {
        if (!rows->help || !rows->name)
            continue;
        snprintf(name, sizeof(name), "--%s", rows->name);
        wrap(out, column, 2, name);
    }
}

/* The names of a list, at most so many lines of them. */
static void name_words(struct buf *out, const struct name_list *list, size_t lines)
{
    size_t column = 2;
    const char *name;

    buf_printf(out, "%s\n  ", list->title);
    for (size_t i = 0; (name = list->name(i)); i++) {
        size_t before = column;

        if (lines == 1 && column + sizeof(" ...") + strlen(name) > WIDTH && list->name(i + 1)) {
            buf_str(out, " ...");
            break;
        }
        wrap(out, &column, 2, name);
        lines -= column < before && lines > 1;
    }
    buf_char(out, '\n');
}

/* explained: the command's own options say what they do, else all are but named. */
static void brief(const struct command *c, bool explained, struct buf *out)
{
    enum { EXAMPLES_SHOWN = 3, NAME_LINES = 3 };
    const struct opt *rows;
    size_t column = 2;

    usage(out, c);
    for (const struct name_list *list = c->lists; list && list->title; list++)
        if (!list->full_only)
            name_words(out, list, NAME_LINES);
    buf_str(out, "OPTIONS\n");
    if (explained)
        explain_options(out, c->options);
    buf_str(out, "  ");
    for (size_t i = explained ? 1 : 0; (rows = command_options(c, i)); i++)
        name_options(out, &column, rows);
    buf_str(out, "\nEXAMPLES\n");
    for (size_t i = 0; i < EXAMPLES_SHOWN && c->examples[i].line; i++)
        buf_printf(out, "  %s\n", c->examples[i].line);
    buf_printf(out, "llmobs help %s says more.\n", c->name);
}

static size_t lines_of(const struct buf *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        n += b->p[i] == '\n';
    return n;
}

void help_brief(const struct command *c, struct buf *out)
{
    enum { SCREEN_LINES = 24 };
    size_t before = lines_of(out), bytes = out->n;

    brief(c, c->options != NULL, out);
    if (lines_of(out) - before > SCREEN_LINES) {
        out->n = bytes;
        brief(c, false, out);
    }
}

void help_full(const struct command *c, struct buf *out)
{
    const struct opt *rows;
    const char *name;

    usage(out, c);
    buf_str(out, "\nOPTIONS\n");
    for (size_t i = 0; (rows = command_options(c, i)); i++)
        explain_options(out, rows);
    for (const struct name_list *list = c->lists; list && list->title; list++) {
        buf_char(out, '\n');
        if (!list->what) {
            name_words(out, list, SIZE_MAX);
            continue;
        }
        buf_printf(out, "%s\n", list->title);
        for (size_t i = 0; (name = list->name(i)); i++)
            explain(out, name, list->what(i));
    }
    buf_str(out, "\nEXAMPLES\n");
    for (const struct example *e = c->examples; e->line; e++)
        buf_printf(out, "  %s\n      %s\n", e->line, e->what);
    buf_printf(out, "\nThe manual: man llmobs-%s\n", c->name);
}

/* ---- the command -------------------------------------------------------------------------- */

struct help_options {
    bool man;
};

static const struct opt help_rows[] = {
    /* For the build, so it has no help of its own. */
    OPT_FLAG(0, "man", help_options, man, NULL),
    OPT_END,
};

static enum err read_prose(struct buf *out, struct error *err)
{
    char block[4096];
    ssize_t n;

    while ((n = read(STDIN_FILENO, block, sizeof(block))) > 0)
        buf_add(out, block, (size_t)n);
    if (n < 0 || out->failed)
        return error_set(err, ERR_IO, "cannot read the manual's prose from standard input");
    return OK;
}

static enum err help_run(struct invocation *inv, struct error *err)
{
    const struct help_options *o = inv->options;
    const struct command *c = NULL;
    struct buf out = {0}, prose = {0};
    enum err rc = OK;

    if (inv->args.n > 1)
        return error_set(err, ERR_USAGE, "help takes one command; found \"%s\", too",
                         inv->args.v[1]);
    if (inv->args.n == 1) {
        c = command_find(inv->args.v[0]);
        if (!c)
            return command_unknown(inv->args.v[0], err);
    }
    if (o->man) {
        rc = read_prose(&prose, err);
        man_page(c, (struct sv){prose.p ? prose.p : "", prose.n}, &out);
    } else if (c) {
        help_full(c, &out);
    } else {
        help_overview(&out);
    }
    if (!rc)
        rc = output_text(inv, &out, err);
    buf_release(&out);
    buf_release(&prose);
    return rc;
}

static const struct example help_examples[] = {
    {"llmobs help",        "all commands"          },
    {"llmobs help report", "one command, all of it"},
    {NULL,                 NULL                    },
};

const struct command help_command = {
    .name = "help",
    .group = "more",
    .summary = "says what the commands do",
    .synopsis = "[COMMAND]",
    .options = help_rows,
    .options_size = sizeof(struct help_options),
    .shared = (const struct opt *const[]){NULL},
    .words = command_word,
    .examples = help_examples,
    .run = help_run,
};
