/* walk: expands the arguments of a command line to input files. */
#include "input/walk.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/banned.h"

/* Directories that are still to be read: a stack of ours, so that depth costs no C stack. */
struct pending {
    const char **dirs;
    size_t n, cap;
};

struct walk {
    struct path_list *list;
    struct arena *arena;
    struct pending pending;
    struct error trouble; /* the first directory that could not be read */
};

static enum err out_of_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory listing the inputs");
}

static enum err fail(struct error *err, enum err code, const char *path, const char *what)
{
    error_set(err, code, "%s", what);
    return err ? error_at(err, path, 0) : code;
}

/* Room for one more pointer in an array of the arena; the old array stays behind in it. */
static bool reserve(struct arena *arena, const char ***items, size_t n, size_t *cap)
{
    if (n < *cap)
        return true;
    size_t more = *cap ? 2 * *cap : 16;
    const char **p = arena_zalloc(arena, more, sizeof(*p));
    if (!p)
        return false;
    if (n)
        memcpy(p, *items, n * sizeof(*p));
    *items = p;
    *cap = more;
    return true;
}

/* The slot that holds path, or the free one where it belongs. */
static const char **slot_of(const char **slots, size_t slot_count, const char *path)
{
    size_t at = hash64(path, strlen(path), 0) & (slot_count - 1);

    while (slots[at] && strcmp(slots[at], path) != 0)
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static bool reserve_slot(struct path_list *list, struct arena *arena)
{
    if (2 * (list->n + 1) <= list->slot_count)
        return true;
    size_t more = list->slot_count ? 2 * list->slot_count : 64;
    const char **slots = arena_zalloc(arena, more, sizeof(*slots));
    if (!slots)
        return false;
    for (size_t i = 0; i < list->n; i++)
        *slot_of(slots, more, list->paths[i]) = list->paths[i];
    list->slots = slots;
    list->slot_count = more;
    return true;
}

/* Adds path unless it is there already. */
static bool add_path(struct walk *w, const char *path)
{
    struct path_list *list = w->list;

    if (!reserve_slot(list, w->arena) || !reserve(w->arena, &list->paths, list->n, &list->cap))
        return false;
    const char **slot = slot_of(list->slots, list->slot_count, path);
    if (*slot)
        return true;
    const char *copy = arena_text(w->arena, path);
    if (!copy)
        return false;
    *slot = copy;
    list->paths[list->n++] = copy;
    return true;
}

/* "a" and "b" is "a/b", "a/" and "b" too. */
static const char *join(struct arena *arena, const char *dir, const char *name)
{
    size_t n = strlen(dir), m = strlen(name);
    size_t slash = n && dir[n - 1] == '/' ? 0 : 1;
    char *p = arena_alloc(arena, n + slash + m + 1);

    if (!p)
        return NULL;
    memcpy(p, dir, n);
    if (slash)
        p[n] = '/';
    memcpy(p + n + slash, name, m + 1);
    return p;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of name without a number or date at its end and the "." or "-" before it. */
static size_t without_number(struct sv name)
{
    size_t n = name.n;

    if (!n || !is_digit(name.p[n - 1]))
        return n;
    while (n && (is_digit(name.p[n - 1]) || name.p[n - 1] == '-'))
        n--;
    if (name.p[n] == '-')
        return n;
    return n && name.p[n - 1] == '.' ? n - 1 : name.n;
}

/* name without what rotation puts behind it: ".gz", ".zst", ".1", "-20261120", ".2026-11-20". */
static struct sv without_rotation(struct sv name)
{
    for (;;) {
        size_t n = sv_ends(name, ".gz")    ? name.n - 3
                   : sv_ends(name, ".zst") ? name.n - 4
                                           : without_number(name);
        if (n == name.n)
            return name;
        name.n = n;
    }
}

static bool is_log_name(const char *name)
{
    static const char *const suffixes[] = {
        ".jsonl", ".ndjson", ".json", ".log", ".txt", ".csv", ".traj", ".eval",
    };
    struct sv stem = without_rotation(sv_from(name));

    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
        if (sv_ends(stem, suffixes[i]))
            return true;
    return false;
}

enum entry_type { ENTRY_OTHER, ENTRY_FILE, ENTRY_DIRECTORY };

/* A symbolic link to a file is a file, one to a directory is left out. */
static enum entry_type entry_type(const struct dirent *e, const char *path)
{
    struct stat st;

    if (e->d_type == DT_REG)
        return ENTRY_FILE;
    if (e->d_type == DT_DIR)
        return ENTRY_DIRECTORY;
    if (e->d_type != DT_LNK && e->d_type != DT_UNKNOWN)
        return ENTRY_OTHER;
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return ENTRY_DIRECTORY;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? ENTRY_FILE : ENTRY_OTHER;
}

static bool add_entry(struct walk *w, const char *dir, const struct dirent *e)
{
    if (e->d_name[0] == '.')
        return true;
    bool is_log = is_log_name(e->d_name);
    if (!is_log && e->d_type == DT_REG)
        return true;
    const char *path = join(w->arena, dir, e->d_name);
    if (!path)
        return false;
    switch (entry_type(e, path)) {
    case ENTRY_FILE:
        return !is_log || add_path(w, path);
    case ENTRY_DIRECTORY:
        if (!reserve(w->arena, &w->pending.dirs, w->pending.n, &w->pending.cap))
            return false;
        w->pending.dirs[w->pending.n++] = path;
        return true;
    default:
        return true;
    }
}

static void note_trouble(struct walk *w, const char *dir, int why)
{
    if (w->trouble.code)
        return;
    error_set(&w->trouble, ERR_IO, "directory cannot be read: %s", strerror(why));
    error_at(&w->trouble, dir, 0);
}

static bool read_directory(struct walk *w, const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    bool ok = true;

    if (!d) {
        note_trouble(w, dir, errno);
        return true;
    }
    for (errno = 0; ok && (e = readdir(d)) != NULL; errno = 0)
        ok = add_entry(w, dir, e);
    if (ok && errno)
        note_trouble(w, dir, errno);
    closedir(d);
    return ok;
}

static bool walk_directory(struct walk *w, const char *dir)
{
    w->pending.n = 0;
    if (!read_directory(w, dir))
        return false;
    while (w->pending.n)
        if (!read_directory(w, w->pending.dirs[--w->pending.n]))
            return false;
    return true;
}

/* A directory's files, or the path itself; opening it tells what is wrong with it. */
static bool add_path_or_walk(struct walk *w, const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? walk_directory(w, path)
                                                       : add_path(w, path);
}

static enum err add_pattern(struct walk *w, const char *pattern, struct error *err)
{
    glob_t found = {0};
    enum err rc = OK;

    /* Without GLOB_ERR: what may not be read matches nothing, as in a shell. */
    switch (glob(pattern, GLOB_NOSORT, NULL, &found)) {
    case 0:
        for (size_t i = 0; !rc && i < found.gl_pathc; i++)
            if (!add_path_or_walk(w, found.gl_pathv[i]))
                rc = out_of_memory(err);
        break;
    case GLOB_NOSPACE:
        rc = out_of_memory(err);
        break;
    default:
        rc = fail(err, ERR_NOT_FOUND, pattern, "no file matches");
    }
    globfree(&found);
    return rc;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum err path_list_add(struct path_list *list, const char *arg, struct arena *arena,
                       struct error *err)
{
    struct walk w = {.list = list, .arena = arena};
    struct stat st;
    size_t n_before = list->n;
    enum err rc = OK;

    if (strcmp(arg, "-") == 0)
        return add_path(&w, arg) ? OK : out_of_memory(err);
    if (stat(arg, &st) == 0) {
        if (!add_path_or_walk(&w, arg))
            rc = out_of_memory(err);
    } else if (errno != ENOENT && errno != ENOTDIR) {
        return fail(err, ERR_IO, arg, strerror(errno));
    } else if (strpbrk(arg, "*?[")) {
        rc = add_pattern(&w, arg, err);
    } else {
        return fail(err, ERR_NOT_FOUND, arg, "no such file or directory");
    }
    if (list->n > n_before)
        qsort(list->paths + n_before, list->n - n_before, sizeof(*list->paths), compare_paths);
    if (!rc && w.trouble.code) {
        rc = w.trouble.code;
        if (err)
            *err = w.trouble;
    }
    return rc;
}
