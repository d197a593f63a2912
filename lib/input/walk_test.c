/* Tests of input/walk. */
#include "input/walk.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include "input/test_files.h"

/* A fresh directory that is the working directory, so that wanted paths are relative. */
static struct temp_file enter_dir(void)
{
    struct temp_file t;
    snprintf(t.path, sizeof(t.path), "%s/llmobs-walk-XXXXXX", temp_dir());
    cr_assert(mkdtemp(t.path) != NULL && chdir(t.path) == 0);
    return t;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void leave_dir(const struct temp_file *t)
{
    cr_assert(chdir("/") == 0);
    cr_expect(nftw(t->path, remove_entry, 32, FTW_DEPTH | FTW_PHYS) == 0);
}

static void touch(const char *path)
{
    char dir[512];
    for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
        snprintf(dir, sizeof(dir), "%.*s", (int)(p - path), path);
        mkdir(dir, 0777);
    }
    temp_write(path, "wb", "", 0);
}

/* Compares with the wanted paths, up to NULL. */
static void expect_paths(const struct path_list *list, const char *const *want, const char *name)
{
    size_t n = 0;
    for (; want[n]; n++)
        cr_expect(n < list->n && strcmp(list->paths[n], want[n]) == 0, "%s: %zu: %s, not %s", name,
                  n, want[n], n < list->n ? list->paths[n] : "nothing");
    cr_expect(list->n == n, "%s: %zu paths, not %zu", name, list->n, n);
}

Test(walk, arguments)
{
    static const char *const files[] = {
        "logs/b.jsonl",       "logs/a.jsonl",   "logs/sub/deep/c.log",
        "logs/sub.log",       "logs/sub-1.txt", "logs/x.db",
        "logs/.hidden/h.log", "logs/.h.log",    "logs/README",
        "logs/d.log/e.csv",   "odd.name",       "other/a.jsonl",
        "a*b/x.log",          "a*b.log",        "acb.log",
    };
    static const struct {
        const char *args[4];
        const char *want[12];
    } cases[] = {
        {{"-"}, {"-"}},
        {{"odd.name"}, {"odd.name"}},
        {{"logs/x.db", "logs/.h.log"}, {"logs/x.db", "logs/.h.log"}},
        {{"logs"},
         {"logs/a.jsonl", "logs/b.jsonl", "logs/d.log/e.csv", "logs/sub-1.txt", "logs/sub.log",
          "logs/sub/deep/c.log"}},
        {{"logs/sub/"}, {"logs/sub/deep/c.log"}},
        {{"logs/.hidden"}, {"logs/.hidden/h.log"}},
        {{"other", "logs/b.jsonl", "other/a.jsonl", "-"}, {"other/a.jsonl", "logs/b.jsonl", "-"}},
        {{"logs/b.jsonl", "logs/*.jsonl"}, {"logs/b.jsonl", "logs/a.jsonl"}},
        {{"*/a.jsonl"}, {"logs/a.jsonl", "other/a.jsonl"}},
        {{"l?gs/s*"}, {"logs/sub-1.txt", "logs/sub.log", "logs/sub/deep/c.log"}},
        {{"logs/[ab].jsonl"}, {"logs/a.jsonl", "logs/b.jsonl"}},
        {{"oth*"}, {"other/a.jsonl"}},
        {{"o*"}, {"odd.name", "other/a.jsonl"}},
        {{"a*b.log"}, {"a*b.log"}}, /* a file of that name goes first */
        {{"a\\*b.log"}, {"a*b.log"}},
        {{"a?b.log"}, {"a*b.log", "acb.log"}},
        {{"a*b"}, {"a*b/x.log"}},
    };
    struct temp_file dir = enter_dir();

    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        touch(files[i]);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena arena = {0};
        struct path_list list = {0};
        struct error err = {0};

        for (size_t k = 0; k < ARRAY_LEN(cases[i].args) && cases[i].args[k]; k++)
            cr_expect(path_list_add(&list, cases[i].args[k], &arena, &err) == OK, "%s: %s",
                      cases[i].args[k], err.msg);
        expect_paths(&list, cases[i].want, cases[i].args[0]);
        arena_release(&arena);
    }
    leave_dir(&dir);
}

Test(walk, names_in_a_directory)
{
    static const struct {
        const char *name;
        bool taken;
    } names[] = {
        {"a.jsonl", true},
        {"a.ndjson", true},
        {"a.json", true},
        {"a.log", true},
        {"a.txt", true},
        {"a.csv", true},
        {"a.traj", true},
        {"a.eval", true},
        {"a.jsonl.gz", true},
        {"a.log.zst", true},
        {"a.log.1", true},
        {"a.log.12.gz", true},
        {"a.jsonl.gz.1", true},
        {"a.log-20261120", true},
        {"a.log-20261120.gz", true},
        {"a.log.2026-11-20", true},
        {"a.log-2026-11-20.zst", true},
        {"a-20261120.log", true},
        {"a.b.log", true},
        {"a.db", false},
        {"a.db-wal", false},
        {"a.db-shm", false},
        {"a.log.db", false},
        {"a", false},
        {"log", false},
        {"a.logs", false},
        {"a.log.bak", false},
        {"a.gz", false},
        {"1", false},
        {"-1", false},
        {"20261120", false},
        {"a.log1", false},
        {"a.log-", false},
        {"a.log.", false},
        {"a.LOG", false},
        {"a.tar.gz", false},
    };
    struct temp_file dir = enter_dir();

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct arena arena = {0};
        struct path_list list = {0};
        char path[64];

        cr_assert(mkdir("d", 0777) == 0);
        snprintf(path, sizeof(path), "d/%s", names[i].name);
        touch(path);
        cr_expect(path_list_add(&list, "d", &arena, NULL) == OK);
        cr_expect(list.n == names[i].taken, "%s", names[i].name);
        cr_expect(unlink(path) == 0 && rmdir("d") == 0);
        arena_release(&arena);
    }
    leave_dir(&dir);
}

/* Links to files are files; links to directories, also circular ones, dangling links and pipes are
 * left out of a walk. An argument itself may be a link to a directory. */
Test(walk, links_and_pipes)
{
    struct temp_file dir = enter_dir();
    struct arena arena = {0};
    struct path_list list = {0};

    touch("real/r.log");
    touch("logs/a.log");
    cr_assert(symlink("../real/r.log", "logs/link.log") == 0);
    cr_assert(symlink("../real", "logs/dirlink.log") == 0);
    cr_assert(symlink("..", "logs/circle") == 0);
    cr_assert(symlink("nowhere", "logs/dangling.log") == 0);
    cr_assert(mkfifo("logs/pipe.log", 0600) == 0);
    cr_assert(symlink("real", "link") == 0);
    cr_expect(path_list_add(&list, "logs", &arena, NULL) == OK);
    cr_expect(path_list_add(&list, "link", &arena, NULL) == OK);
    cr_expect(path_list_add(&list, "logs/pipe.log", &arena, NULL) == OK);
    static const char *const want[] = {"logs/a.log", "logs/link.log", "link/r.log", "logs/pipe.log",
                                       NULL};
    expect_paths(&list, want, "links");
    arena_release(&arena);
    leave_dir(&dir);
}

Test(walk, what_is_not_there)
{
    static const struct {
        const char *arg, *msg;
        enum err rc;
    } cases[] = {
        {"missing", "no such file or directory", ERR_NOT_FOUND},
        {"", "no such file or directory", ERR_NOT_FOUND},
        {"file.log/x", "no such file or directory", ERR_NOT_FOUND},
        {"missing*", "no file matches", ERR_NOT_FOUND},
        {"*/missing", "no file matches", ERR_NOT_FOUND},
        {"loop", "Too many levels of symbolic links", ERR_IO},
    };
    struct temp_file dir = enter_dir();

    touch("file.log");
    cr_assert(symlink("loop", "loop") == 0);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena arena = {0};
        struct path_list list = {0};
        struct error err = {0};

        cr_expect(path_list_add(&list, cases[i].arg, &arena, &err) == cases[i].rc, "%s",
                  cases[i].arg);
        cr_expect_str_eq(err.msg, cases[i].msg);
        cr_expect_str_eq(err.file, cases[i].arg);
        cr_expect(path_list_add(&list, cases[i].arg, &arena, NULL) == cases[i].rc);
        cr_expect(list.n == 0);
        arena_release(&arena);
    }
    leave_dir(&dir);
}

/* No more files can be opened, so the directory cannot be read, whoever we are. */
Test(walk, directory_cannot_be_read)
{
    struct temp_file dir = enter_dir();
    struct arena arena = {0};
    struct path_list list = {0};
    struct error err = {0};
    struct rlimit old;

    touch("logs/a.log");
    cr_assert(getrlimit(RLIMIT_NOFILE, &old) == 0);
    struct rlimit none = {0, old.rlim_max};
    cr_assert(setrlimit(RLIMIT_NOFILE, &none) == 0);
    enum err rc = path_list_add(&list, "logs", &arena, &err);
    cr_assert(setrlimit(RLIMIT_NOFILE, &old) == 0);
    cr_expect(rc == ERR_IO);
    cr_expect_str_eq(err.msg, "directory cannot be read: Too many open files");
    cr_expect_str_eq(err.file, "logs");
    arena_release(&arena);
    leave_dir(&dir);
}

/* What can be read is there although a directory beside it cannot. */
Test(walk, goes_on_behind_an_unreadable_directory)
{
    static const char *const want[] = {"logs/a/a.log", "logs/c/c.log", NULL};
    struct temp_file dir = enter_dir();
    struct arena arena = {0};
    struct path_list list = {0};
    struct error err = {0};

    drop_privileges(dir.path);
    touch("logs/a/a.log");
    touch("logs/b/b.log");
    touch("logs/c/c.log");
    cr_assert(chmod("logs/b", 0) == 0);
    cr_expect(path_list_add(&list, "logs", &arena, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "directory cannot be read: Permission denied");
    cr_expect_str_eq(err.file, "logs/b");
    expect_paths(&list, want, "unreadable");
    cr_assert(chmod("logs/b", 0700) == 0);
    regain_privileges();
    arena_release(&arena);
    leave_dir(&dir);
}

/* Deeper than a path can be long: what lies within reach is taken, the rest is named. */
Test(walk, deep_directories)
{
    struct temp_file dir = enter_dir();
    struct arena arena = {0};
    struct path_list list = {0};
    struct error err = {0};
    char name[201];
    int top = open(".", O_RDONLY);

    memset(name, 'd', 200);
    name[200] = '\0';
    cr_assert(mkdir("deep", 0777) == 0 && chdir("deep") == 0);
    for (int i = 0; i < 30; i++) {
        touch("x.log");
        cr_assert(mkdir(name, 0777) == 0 && chdir(name) == 0);
    }
    cr_assert(fchdir(top) == 0);
    cr_expect(path_list_add(&list, "deep", &arena, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "directory cannot be read: File name too long");
    cr_expect(list.n == 21, "%zu", list.n); /* 4 + 20 * 201 + 6 < 4096 */
    arena_release(&arena);
    cr_assert(chdir("deep") == 0); /* nftw cannot go that deep either */
    for (int i = 0; i < 30; i++)
        cr_assert(chdir(name) == 0);
    for (int i = 0; i < 30; i++)
        cr_assert(chdir("..") == 0 && rmdir(name) == 0 && unlink("x.log") == 0);
    cr_assert(fchdir(top) == 0);
    close(top);
    leave_dir(&dir);
}

Test(walk, many_paths)
{
    struct arena arena = {0};
    struct path_list list = {0};
    char path[32];

    struct temp_file dir = enter_dir();
    cr_assert(mkdir("d", 0777) == 0);
    for (int i = 0; i < 2000; i++) {
        snprintf(path, sizeof(path), "d/%d.log", i);
        touch(path);
    }
    for (int round = 0; round < 2; round++) {
        cr_expect(path_list_add(&list, "d", &arena, NULL) == OK);
        for (int i = 0; i < 2000; i++) {
            snprintf(path, sizeof(path), "d/%d.log", i);
            cr_assert(path_list_add(&list, path, &arena, NULL) == OK);
        }
    }
    cr_expect(list.n == 2000);
    for (size_t i = 1; i < list.n; i++)
        cr_expect(strcmp(list.paths[i - 1], list.paths[i]) < 0);
    arena_release(&arena);
    leave_dir(&dir);
}
