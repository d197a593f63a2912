/* completion: scripts that let a shell complete llmobs, made of the tables. */
#include <string.h>
#include "commands.h"
#include "output.h"
#include "base/banned.h"

/* Words for one context, separated by blanks. */
static void add_words(struct buf *out, word_list *words)
{
    const char *word;

    for (size_t i = 0; words && (word = words(i)); i++)
        buf_printf(out, "%s%s", i ? " " : "", word);
}

static void add_option_words(struct buf *out, const struct command *c)
{
    const struct opt *rows;
    const char *gap = "";

    for (size_t i = 0; (rows = command_options(c, i)); i++) {
        for (; rows->type != OPT_TYPE_END; rows++) {
            if (!rows->help)
                continue;
            if (rows->letter)
                buf_printf(out, "%s-%c", gap, rows->letter);
            gap = rows->letter ? " " : gap;
            if (rows->name)
                buf_printf(out, "%s--%s", gap, rows->name);
            gap = " ";
        }
    }
}

/* Options whose value is a file; the shells complete them with file names. */
static bool wants_file(const struct opt *row)
{
    return row->value && strcmp(row->value, "FILE") == 0;
}

/* Calls each(out, command, row) for every option that help shows. */
static void each_option(struct buf *out, void (*each)(struct buf *out, const struct command *c,
                                                      const struct opt *row))
{
    const struct opt *rows;

    for (size_t c = 0; commands[c]; c++)
        for (size_t i = 0; (rows = command_options(commands[c], i)); i++)
            for (; rows->type != OPT_TYPE_END; rows++)
                if (rows->help)
                    each(out, commands[c], rows);
}

/* ---- bash --------------------------------------------------------------------------------- */

/* "report:--by|report:-b" */
static void bash_pattern(struct buf *out, const struct command *c, const struct opt *row)
{
    buf_str(out, "    ");
    if (row->letter)
        buf_printf(out, "%s:-%c", c->name, row->letter);
    if (row->letter && row->name)
        buf_char(out, '|');
    if (row->name)
        buf_printf(out, "%s:--%s", c->name, row->name);
    buf_str(out, ") ");
}

static void bash_value(struct buf *out, const struct command *c, const struct opt *row)
{
    if (!row->value)
        return;
    bash_pattern(out, c, row);
    if (row->words) {
        buf_printf(out, "_llmobs_%s '", row->type == OPT_TYPE_COMMAS ? "list" : "words");
        add_words(out, row->words);
        buf_str(out, "'");
    } else {
        buf_str(out, wants_file(row) ? "_llmobs_files" : "COMPREPLY=()");
    }
    buf_str(out, " ;;\n");
}

static void bash(struct buf *out)
{
    buf_str(out,
            "# bash completion of llmobs; made by: llmobs completion bash\n"
            "_llmobs_words() { COMPREPLY=($(compgen -W \"$1\" -- \"$cur\")); }\n"
            "_llmobs_files() { compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")); }\n"
            "# the last part of a comma-separated list\n"
            "_llmobs_list() {\n"
            "    local done=\"\"\n"
            "    [[ $cur == *,* ]] && done=\"${cur%,*},\"\n"
            "    compopt -o nospace\n"
            "    COMPREPLY=($(compgen -P \"$done\" -W \"$1\" -- \"${cur##*,}\"))\n"
            "}\n"
            "# completes the value of an option; fails when it takes none\n"
            "_llmobs_value() {\n"
            "    case $1 in\n");
    each_option(out, bash_value);
    buf_str(out, "    *) return 1 ;;\n"
                 "    esac\n"
                 "    return 0\n"
                 "}\n"
                 "_llmobs() {\n"
                 "    local cur=${COMP_WORDS[COMP_CWORD]} prev=\"\" verb=\"\" first=1 i\n"
                 "    COMPREPLY=()\n"
                 "    ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "    # bash hands out --name=value in three words\n"
                 "    [[ $cur == = ]] && cur=\"\"\n"
                 "    [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
                 "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                 "        [[ ${COMP_WORDS[i]} == -* ]] && continue\n"
                 "        _llmobs_value \"$verb:${COMP_WORDS[i-1]}\" && continue\n"
                 "        if [[ -z $verb ]]; then verb=${COMP_WORDS[i]}; else first=0; fi\n"
                 "    done\n"
                 "    if [[ -z $verb ]]; then\n"
                 "        _llmobs_words '");
    add_words(out, command_word);
    buf_str(out, " --help --version'\n        return\n    fi\n"
                 "    _llmobs_value \"$verb:$prev\" && return\n"
                 "    COMPREPLY=()\n"
                 "    if [[ $cur == -* ]]; then\n        case $verb in\n");
    for (size_t c = 0; commands[c]; c++) {
        buf_printf(out, "        %s) _llmobs_words '", commands[c]->name);
        add_option_words(out, commands[c]);
        buf_str(out, "' ;;\n");
    }
    buf_str(out, "        esac\n        return\n    fi\n    case $verb:$first in\n");
    for (size_t c = 0; commands[c]; c++) {
        const struct command *command = commands[c];

        if (command->words) {
            buf_printf(out, "        %s:1) _llmobs_words '", command->name);
            add_words(out, command->words);
            buf_str(out,
                    command->takes_files
                        ? "'; compopt -o filenames; COMPREPLY+=($(compgen -f -- \"$cur\")) ;;\n"
                        : "' ;;\n");
        }
        if (command->takes_files)
            buf_printf(out, "        %s:*) _llmobs_files ;;\n", command->name);
    }
    buf_str(out, "    esac\n}\ncomplete -F _llmobs llmobs\n");
}

/* ---- zsh ---------------------------------------------------------------------------------- */

/* Help inside an _arguments specification in single quotes. */
static void zsh_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_str(out, "'\\''");
        else if (strchr("[]:\\", *text))
            buf_printf(out, "\\%c", *text);
        else
            buf_char(out, *text);
    }
}

static void zsh_option(struct buf *out, const struct opt *row, const char *dashes, const char *name)
{
    buf_printf(out, "            '*%s%s%s[", dashes, name,
               row->value ? (*dashes && dashes[1] ? "=" : "+") : "");
    zsh_text(out, row->help);
    buf_char(out, ']');
    if (row->value) {
        buf_char(out, ':');
        zsh_text(out, row->value);
        buf_char(out, ':');
        if (row->words) {
            buf_str(out, row->type == OPT_TYPE_COMMAS ? "_values -s , word " : "(");
            add_words(out, row->words);
            buf_str(out, row->type == OPT_TYPE_COMMAS ? "" : ")");
        } else if (wants_file(row)) {
            buf_str(out, "_files");
        }
    }
    buf_str(out, "' \\\n");
}

static void zsh_command(struct buf *out, const struct command *c)
{
    const struct opt *rows;

    buf_printf(out, "        %s)\n        _arguments -s \\\n", c->name);
    for (size_t i = 0; (rows = command_options(c, i)); i++) {
        for (; rows->type != OPT_TYPE_END; rows++) {
            const char letter[] = {rows->letter, '\0'};

            if (!rows->help)
                continue;
            if (rows->letter)
                zsh_option(out, rows, "-", letter);
            if (rows->name)
                zsh_option(out, rows, "--", rows->name);
        }
    }
    if (c->words) {
        buf_str(out, c->takes_files ? "            '1:first:{_alternative \"words:word:("
                                    : "            '1:first:(");
        add_words(out, c->words);
        buf_str(out, c->takes_files ? ")\" \"files:file:_files\"}' \\\n" : ")' \\\n");
    }
    buf_printf(out, "            '*:%s' ;;\n", c->takes_files ? "file:_files" : "argument: ");
}

static void zsh(struct buf *out)
{
    buf_str(out, "#compdef llmobs\n# zsh completion of llmobs; made by: llmobs completion zsh\n"
                 "_llmobs() {\n"
                 "    local line state\n"
                 "    _arguments -C '--help[all help]' '--version[versions]' \\\n"
                 "        '1:command:->command' '*::argument:->argument'\n"
                 "    case $state in\n"
                 "    command)\n        local -a verbs\n        verbs=(\n");
    for (size_t c = 0; commands[c]; c++) {
        buf_printf(out, "            '%s:", commands[c]->name);
        zsh_text(out, commands[c]->summary);
        buf_str(out, "'\n");
    }
    buf_str(out, "        )\n        _describe command verbs ;;\n"
                 "    argument)\n        case $line[1] in\n");
    for (size_t c = 0; commands[c]; c++)
        zsh_command(out, commands[c]);
    buf_str(out, "        esac ;;\n    esac\n}\n"
                 "if [ \"$funcstack[1]\" = _llmobs ]; then _llmobs \"$@\"; "
                 "else compdef _llmobs llmobs; fi\n");
}

/* ---- fish --------------------------------------------------------------------------------- */

static void fish_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_char(out, '\\');
        buf_char(out, *text);
    }
}

static void fish_option(struct buf *out, const struct command *c, const struct opt *row)
{
    buf_printf(out, "complete -c llmobs -n '__fish_seen_subcommand_from %s'", c->name);
    if (row->letter)
        buf_printf(out, " -s %c", row->letter);
    if (row->name)
        buf_printf(out, " -l %s", row->name);
    if (row->value)
        buf_str(out, wants_file(row) ? " -r -F" : " -x");
    if (row->words && row->type == OPT_TYPE_COMMAS)
        buf_str(out, " -a \"(__fish_append , (string split ' ' -- '");
    else if (row->words)
        buf_str(out, " -a '");
    add_words(out, row->words);
    if (row->words)
        buf_str(out, row->type == OPT_TYPE_COMMAS ? "'))\"" : "'");
    buf_str(out, " -d '");
    fish_text(out, row->help);
    buf_str(out, "'\n");
}

static void fish(struct buf *out)
{
    buf_str(out, "# fish completion of llmobs; made by: llmobs completion fish\n"
                 "complete -c llmobs -n __fish_use_subcommand -f\n"
                 "complete -c llmobs -n __fish_use_subcommand -l help -d 'all help'\n"
                 "complete -c llmobs -n __fish_use_subcommand -l version -d 'versions'\n");
    for (size_t c = 0; commands[c]; c++) {
        const struct command *command = commands[c];

        buf_printf(out, "complete -c llmobs -n __fish_use_subcommand -a %s -d '", command->name);
        fish_text(out, command->summary);
        buf_str(out, "'\n");
        if (!command->takes_files)
            buf_printf(out, "complete -c llmobs -n '__fish_seen_subcommand_from %s' -f\n",
                       command->name);
        if (command->words) {
            buf_printf(out, "complete -c llmobs -n '__fish_seen_subcommand_from %s' -a '",
                       command->name);
            add_words(out, command->words);
            buf_str(out, "'\n");
        }
    }
    each_option(out, fish_option);
}

/* ---- the command -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*write)(struct buf *out);
} shells[] = {
    {"bash", bash},
    {"zsh",  zsh },
    {"fish", fish}
};

static const char *shell_name(size_t i)
{
    return i < ARRAY_LEN(shells) ? shells[i].name : NULL;
}

static enum err completion_run(struct invocation *inv, struct error *err)
{
    const char *wanted = inv->args.n == 1 ? inv->args.v[0] : NULL;
    struct buf out = {0};
    enum err rc;

    for (size_t i = 0; wanted && i < ARRAY_LEN(shells); i++)
        if (strcmp(shells[i].name, wanted) == 0)
            shells[i].write(&out);
    if (!out.n && !out.failed)
        return error_set(err, ERR_USAGE, "completion wants the name of a shell: bash, zsh or fish");
    rc = output_text(inv, &out, err);
    buf_release(&out);
    return rc;
}

static const struct example completion_examples[] = {
    {"llmobs completion bash > llmobs.bash",
     "for ~/.local/share/bash-completion/completions/llmobs"                  },
    {"llmobs completion zsh > _llmobs",      "for a folder of $fpath"         },
    {"llmobs completion fish > llmobs.fish", "for ~/.config/fish/completions/"},
    {NULL,                                   NULL                             },
};

const struct command completion_command = {
    .name = "completion",
    .group = "more",
    .summary = "writes a script that lets the shell complete commands and options",
    .synopsis = "bash|zsh|fish",
    .shared = (const struct opt *const[]){NULL},
    .words = shell_name,
    .examples = completion_examples,
    .run = completion_run,
};
