/* Tests of hook: what a command gets, and that nothing of the data is run. */
#include "hook.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/banned.h"

/* Runs the command on a table with one text; what is then in the file "out" of an own folder. */
static void run_on(const char *command, const char *text, char *out, size_t out_size)
{
    char folder[] = "/tmp/llmobs-hook-XXXXXX";
    struct invocation inv = {.now_us = 0};
    struct table t = {.verb = "check"};
    FILE *f;
    size_t n = 0;

    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    cr_assert(eq(int, chdir(folder), 0));
    signal(SIGPIPE, SIG_IGN);
    table_add_column(&t, "rule", "rule", UNIT_NONE)->in_data = true;
    table_add_row(&t)->cells[0] = cell_text(sv_from(text));
    hook_run(&inv, command, &t);
    f = fopen("out", "r");
    if (f) {
        n = fread(out, 1, out_size - 1, f);
        (void)fclose(f);
    }
    out[n] = '\0';
    cr_expect(ne(int, access("owned", F_OK), 0), "the data was run");
    unlink("out");
    rmdir(folder);
    table_release(&t);
}

static const struct {
    const char *name, *command, *text, *want; /* want: part of "out", "": it is empty */
} cases[] = {
    {"the answer comes as JSON",             "cat >out",                     "spike",                                        "\"rule\":\"spike\""},
    {"it is one document",                   "tail -c 2 >out",               "spike",                                        "}"                 },
    {"quotes and commands stay data",        "cat >out",                     "'; touch owned; $(touch owned) `touch owned`",
     "'; touch owned; $(touch owned) `touch owned`"                                                                                              },
    {"a command is for the shell",           "head -c 1 | tr '{' x >out",    "a",                                            "x"                 },
    {"one that reads nothing is no trouble", "echo done >out",               "a",                                            "done"              },
    {"one that fails is no trouble",         "echo failed >out; exit 3",     "a",                                            "failed"            },
    {"nor one that is killed",               "echo killed >out; kill -9 $$", "a",                                            "killed"            },
    {"nor one that there is not",            "./no-such-command",            "a",                                            ""                  },
    {"broken pipes are deadly again",        "yes | head -n 1 >out",         "a",                                            "y"                 },
};

Test(hook, commands)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[4096];

        run_on(cases[i].command, cases[i].text, out, sizeof(out));
        cr_expect(ne(ptr, strstr(out, cases[i].want), NULL), "%s: %s", cases[i].name, out);
        if (!*cases[i].want)
            cr_expect(eq(str, out, ""), "%s", cases[i].name);
    }
}

/* More than a pipe holds, for a command that does not read it. */
Test(hook, long_answers)
{
    size_t n = 1 << 20;
    char *text = calloc(n + 1, 1), out[16];

    memset(text, 'x', n);
    run_on("exec <&-; sleep 0.1; echo ok >out", text, out, sizeof(out));
    cr_expect(eq(str, out, "ok\n"));
    run_on("wc -c | sed 's/.*[1-9].*/much/' >out", text, out, sizeof(out));
    cr_expect(eq(str, out, "much\n"));
    free(text);
}
