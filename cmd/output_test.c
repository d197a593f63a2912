#include "output.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each test runs in a folder of its own. */
static char folder[] = "/tmp/llmobs-output-XXXXXX";

static void enter(void)
{
    cr_assert(mkdtemp(folder));
    cr_assert(chdir(folder) == 0);
}

/* Names in the folder; takes them away when told. */
static int entries(bool take_away)
{
    DIR *dir = opendir(folder);
    struct dirent *e;
    int n = 0;

    cr_assert(dir);
    while ((e = readdir(dir))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        n++;
        if (take_away)
            unlink(e->d_name);
    }
    closedir(dir);
    return n;
}

static void leave(void)
{
    entries(true);
    cr_assert(chdir("/") == 0 && rmdir(folder) == 0, "something was left in %s", folder);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    cr_assert(f);
    fputs(text, f);
    fclose(f);
}

static const char *content(const char *path)
{
    static char text[200];
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

    text[n] = '\0';
    if (f)
        fclose(f);
    return f ? text : NULL;
}

static enum err write_all(const char *path, const char *text, struct error *err)
{
    struct output out;
    enum err rc = output_open(path, &out, err);

    if (rc)
        return rc;
    output_write(&out, text, strlen(text));
    return output_close(&out, err);
}

TestSuite(output, .init = enter, .fini = leave);

Test(output, a_new_file_is_private)
{
    struct error err = {0};
    struct stat st;

    cr_expect(write_all("new", "hello", &err) == OK, "%s", err.msg);
    cr_expect_str_eq(content("new"), "hello");
    cr_expect(stat("new", &st) == 0 && (st.st_mode & 07777) == 0600);
    cr_expect(entries(false) == 1);
}

Test(output, an_old_file_stays_until_the_end)
{
    struct error err = {0};
    struct output out;

    put("old", "before");
    cr_assert(output_open("old", &out, &err) == OK);
    cr_assert(output_write(&out, "after", 5));
    fflush(out.stream);
    cr_expect_str_eq(content("old"), "before");
    cr_expect(output_close(&out, &err) == OK);
    cr_expect_str_eq(content("old"), "after");
    output_discard(&out);
    cr_expect_str_eq(content("old"), "after");
    cr_expect(entries(false) == 1);
}

Test(output, discarded_output_leaves_nothing)
{
    struct error err = {0};
    struct output out;

    put("old", "before");
    cr_assert(output_open("old", &out, &err) == OK);
    cr_assert(output_write(&out, "after", 5));
    output_discard(&out);
    cr_expect_str_eq(content("old"), "before");
    cr_assert(output_open("none", &out, &err) == OK);
    output_discard(&out);
    cr_expect(content("none") == NULL);
    cr_expect(entries(false) == 1);
}

Test(output, the_target_of_a_link_is_replaced)
{
    struct error err = {0};
    struct stat st;

    put("target", "before");
    cr_assert(symlink("target", "link") == 0);
    cr_expect(write_all("link", "after", &err) == OK);
    cr_expect_str_eq(content("target"), "after");
    cr_expect(lstat("link", &st) == 0 && S_ISLNK(st.st_mode));
}

static const struct {
    const char *path, *want;
} bad[] = {
    {"missing/file", "missing/file: No such file or directory"},
    {".",            ".: Is a directory"                      },
    {"/dev/full",    "/dev/full: No space left on device"     },
};

Test(output, says_what_went_wrong)
{
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct error err = {0};

        cr_expect(write_all(bad[i].path, "hello", &err) == ERR_IO, "%s", bad[i].path);
        cr_expect_str_eq(err.msg, bad[i].want, "%s: %s", bad[i].path, err.msg);
    }
    cr_expect(entries(false) == 0);
}

static const struct {
    const char *format, *output, *want;
} choices[] = {
    {NULL,   NULL,     "table"},
    {"csv",  NULL,     "csv"  },
    {NULL,   "r.json", "json" },
    {NULL,   "r.csv",  "csv"  },
    {"json", "r.csv",  "json" },
    {NULL,   "r",      "table"},
    {NULL,   "-",      "table"},
};

Test(output, format_by_option_or_suffix)
{
    for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
        struct shared_options o = {.format = choices[i].format, .output = choices[i].output};

        cr_expect_str_eq(output_renderer(&o)->name, choices[i].want, "row %zu", i);
    }
}
