/* man: the manual pages in mdoc(7), made of the tables and of man/NAME.1.in. */
#include <ctype.h>
#include <string.h>
#include "help.h"
#include "base/banned.h"

/* Text as an argument or a line of mdoc: what would be an escape or a request is masked. */
static void add_part(struct buf *out, const char *text, size_t n)
{
    bool line_start = out->n == 0 || out->p[out->n - 1] == '\n';

    if (line_start && n && (*text == '.' || *text == '\''))
        buf_str(out, "\\&");
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\\')
            buf_str(out, "\\e");
        else if (text[i] == '-')
            buf_str(out, "\\-");
        else if (text[i] == '"')
            buf_str(out, "\\(dq");
        else
            buf_char(out, text[i]);
    }
}

static void add_text(struct buf *out, const char *text)
{
    add_part(out, text, strlen(text));
}

/* Text on lines of its own, broken at blanks as mandoc's lint wants it. */
static void add_line(struct buf *out, const char *text)
{
    enum { WIDTH = 78 };
    size_t column = 0;

    while (*text) {
        size_t n = strcspn(text, " ");

        if (column)
            buf_char(out, column + 1 + n > WIDTH ? '\n' : ' ');
        column = column + 1 + n > WIDTH ? n : column + 1 + n;
        add_part(out, text, n);
        text += n + (text[n] == ' ');
    }
    buf_char(out, '\n');
}

static void add_option(struct buf *out, const struct opt *row)
{
    buf_str(out, ".It");
    if (row->letter)
        buf_printf(out, " Fl %c", row->letter);
    if (row->letter && row->name)
        buf_str(out, " ,");
    if (row->name) {
        buf_str(out, " Fl \\-");
        add_text(out, row->name);
    }
    if (row->value) {
        buf_str(out, " Ar ");
        add_text(out, row->value);
    }
    buf_char(out, '\n');
    add_line(out, row->help);
}

static void add_options(struct buf *out, const struct command *c)
{
    const struct opt *rows;

    buf_str(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; (rows = c ? command_options(c, i) : shared_tables[i]); i++)
        for (; rows->type != OPT_TYPE_END; rows++)
            if (rows->help)
                add_option(out, rows);
    buf_str(out, ".El\n");
}

static void add_lists(struct buf *out, const struct command *c)
{
    const char *name;

    for (const struct name_list *list = c ? c->lists : NULL; list && list->title; list++) {
        buf_printf(out, ".Ss %c", list->title[0]);
        for (const char *letter = list->title + 1; *letter; letter++)
            buf_char(out, (char)tolower((unsigned char)*letter));
        buf_char(out, '\n');
        if (list->what)
            buf_str(out, ".Bl -tag -width Ds\n");
        for (size_t i = 0; (name = list->name(i)); i++) {
            buf_str(out, list->what ? ".It Cm " : "");
            add_line(out, name);
            if (list->what)
                add_line(out, list->what(i));
        }
        if (list->what)
            buf_str(out, ".El\n");
    }
}

static void add_examples(struct buf *out, const struct command *c)
{
    for (const struct example *e = c ? c->examples : NULL; e && e->line; e++) {
        buf_printf(out, "%c", toupper((unsigned char)e->what[0]));
        add_text(out, e->what + 1);
        buf_str(out, ":\n.Bd -literal -offset indent\n$ ");
        add_text(out, e->line);
        buf_str(out, "\n.Ed\n");
        if (e[1].line)
            buf_str(out, ".Pp\n");
    }
}

static void add_commands(struct buf *out, const struct command *c)
{
    (void)c;
    buf_str(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; commands[i]; i++) {
        buf_printf(out, ".It Xr llmobs-%s 1\n", commands[i]->name);
        add_line(out, commands[i]->summary);
    }
    buf_str(out, ".El\n");
}

static void add_environment(struct buf *out, const struct command *c)
{
    char variable[80];

    (void)c;
    for (size_t t = 0; shared_tables[t]; t++) {
        for (const struct opt *row = shared_tables[t]; row->type != OPT_TYPE_END; row++) {
            if (shared_tables[t] == shared_always || !row->name)
                continue;
            opt_variable(row, variable, sizeof(variable));
            buf_printf(out, ".It Ev %s\nas\n.Fl \\-", variable);
            add_line(out, row->name);
        }
    }
}

static const struct {
    const char *mark;
    void (*add)(struct buf *out, const struct command *c);
} parts[] = {
    {"@OPTIONS@",     add_options    },
    {"@LISTS@",       add_lists      },
    {"@EXAMPLES@",    add_examples   },
    {"@COMMANDS@",    add_commands   },
    {"@ENVIRONMENT@", add_environment},
};

/* The synopsis as macros: "[FILE]..." is an optional argument, "FILE" a wanted one. */
static void add_synopsis(struct buf *out, const char *synopsis)
{
    while (*synopsis) {
        size_t n = strcspn(synopsis, " "), inside = n;
        char word[80];

        while (*synopsis == '[' && inside > 1 && synopsis[inside - 1] != ']')
            inside--;
        if (n < sizeof(word)) {
            memcpy(word, synopsis, n);
            word[n] = '\0';
            if (*word == '[')
                word[inside - 1] = '\0';
            buf_str(out, *word == '[' ? ".Op Ar " : ".Ar ");
            add_text(out, *word == '[' ? word + 1 : word);
            buf_printf(out, "%s%s\n", inside < n ? " " : "", inside < n ? word + inside : "");
        }
        synopsis += n + (synopsis[n] == ' ');
    }
}

static void add_head(struct buf *out, const struct command *c)
{
    buf_printf(out, ".Dd %s\n.Dt LLMOBS", LLMOBS_RELEASED);
    if (c)
        buf_char(out, '-');
    for (const char *letter = c ? c->name : ""; *letter; letter++)
        buf_char(out, (char)toupper((unsigned char)*letter));
    buf_printf(out, " 1\n.Os\n.Sh NAME\n.Nm llmobs%s%s\n.Nd ", c ? "-" : "", c ? c->name : "");
    add_line(out, c ? c->summary : "what LLM calls cost, how long they took and what went wrong");
    buf_printf(out, ".Sh SYNOPSIS\n.Nm llmobs\n.%s %s\n.Op Ar options\n", c ? "Cm" : "Ar",
               c ? c->name : "COMMAND");
    add_synopsis(out, c ? c->synopsis : "[argument...]");
}

void man_page(const struct command *c, struct sv prose, struct buf *out)
{
    add_head(out, c);
    while (prose.n) {
        ptrdiff_t end = sv_find(prose, SV("\n"));
        size_t n = end < 0 ? prose.n : (size_t)end;
        struct sv line = {prose.p, n};
        bool replaced = false;

        for (size_t i = 0; i < ARRAY_LEN(parts) && !replaced; i++) {
            replaced = sv_is(line, parts[i].mark);
            if (replaced)
                parts[i].add(out, c);
        }
        if (!replaced) {
            buf_sv(out, line);
            buf_char(out, '\n');
        }
        n += end >= 0;
        prose = (struct sv){prose.p + n, prose.n - n};
    }
}
