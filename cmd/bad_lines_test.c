#include "bad_lines.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What lands on standard error between the two calls. */
static FILE *caught;

static void catch_errors(void)
{
    caught = tmpfile();
    cr_assert(caught && dup2(fileno(caught), STDERR_FILENO) >= 0);
}

static const char *said(void)
{
    static char text[4000];
    size_t n;

    fflush(stderr);
    rewind(caught);
    n = fread(text, 1, sizeof(text) - 1, caught);
    text[n] = '\0';
    return text;
}

Test(bad_lines, ten_for_each_input_then_a_count)
{
    struct bad_lines b = {0};

    catch_errors();
    for (int line = 1; line <= 12; line++)
        bad_lines_say(&b, "a.jsonl", line, "not JSON");
    for (int line = 1; line <= 10; line++)
        bad_lines_say(&b, "b.jsonl", line, "too long");
    bad_lines_done(&b);
    cr_expect(strstr(said(), "a.jsonl:1: not JSON\n"));
    cr_expect(strstr(said(), "a.jsonl:10: not JSON\na.jsonl: 2 more lines could not be read\n"
                             "b.jsonl:1: too long\n"));
    cr_expect(strstr(said(), "b.jsonl:10: too long\n"));
    cr_expect(!strstr(said(), "a.jsonl:11"));
    cr_expect(!strstr(said(), "b.jsonl: "));
}

Test(bad_lines, nothing_for_nothing)
{
    struct bad_lines b = {0};

    catch_errors();
    bad_lines_done(&b);
    cr_expect_str_eq(said(), "");
}

Test(bad_lines, escapes_do_not_reach_the_terminal)
{
    struct bad_lines b = {0};

    catch_errors();
    bad_lines_say(&b, "a\x1b[31m", 1, "found \"\x1b]0;x\a\"");
    bad_lines_done(&b);
    cr_expect_str_eq(said(), "a\\x1b[31m:1: found \"\\x1b]0;x\\x07\"\n");
}
