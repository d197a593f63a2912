/* config_file: where configuration files are, and what may stand in which. */
#include "config_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "inputs.h"
#include "json/document.h"
#include "query/dimensions.h"
#include "query/phases.h"
#include "base/banned.h"

const char *const config_source_names[CONFIG_SOURCES] = {"given", "project", "user", "system"};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the configuration");
}

/* ---- where -------------------------------------------------------------------------------- */

/* A NUL-terminated copy of a finished text; NULL when out of memory. */
static const char *take(struct buf *text, struct arena *arena)
{
    const char *copy = text->failed ? NULL : text_copy(arena, (struct sv){text->p, text->n});

    buf_release(text);
    return copy;
}

/* So many folders up: "", "../", "../../". */
static const char *upwards(size_t levels, const char *name, struct arena *arena)
{
    struct buf path = {0};

    for (size_t i = 0; i < levels; i++)
        buf_str(&path, "../");
    buf_str(&path, name);
    return take(&path, arena);
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* How far up the repository's folder is; 0 when there is none, too. */
static enum err repository_levels(struct arena *arena, size_t *out, struct error *err)
{
    enum { MAX_LEVELS = 128 };

    *out = 0;
    for (size_t i = 0; i < MAX_LEVELS; i++) {
        const char *git = upwards(i, ".git", arena), *here = upwards(i, ".", arena);
        const char *above = upwards(i + 1, ".", arena);
        struct stat st;

        if (!git || !here || !above)
            return no_memory(err);
        if (stat(git, &st) == 0) {
            *out = i;
            return OK;
        }
        if (same_file(here, above))
            return OK;
    }
    return OK;
}

static enum err find_project(struct arena *arena, const char **out, struct error *err)
{
    size_t levels;
    enum err rc = repository_levels(arena, &levels, err);

    for (size_t i = 0; i <= levels && !rc && !*out; i++) {
        const char *path = upwards(i, CONFIG_PROJECT_FILE, arena);
        struct stat st;

        if (!path)
            rc = no_memory(err);
        else if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) /* a pipe could wait for ever */
            *out = path;
    }
    return rc;
}

/* Below XDG_CONFIG_HOME when that is absolute, as its specification wants, else below HOME. */
static enum err user_path(struct arena *arena, const char **out, struct error *err)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    struct buf path = {0};

    if (xdg && *xdg == '/')
        buf_printf(&path, "%s/llmobs/config.json", xdg);
    else if (home && *home)
        buf_printf(&path, "%s/.config/llmobs/config.json", home);
    else
        return OK;
    *out = take(&path, arena);
    return *out ? OK : no_memory(err);
}

enum err config_paths(const struct shared_options *o, struct arena *arena,
                      const char *out[CONFIG_SOURCES], struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; i < CONFIG_SOURCES; i++)
        out[i] = NULL;
    if (o->config && *o->config)
        out[CONFIG_GIVEN] = o->config;
    if (o->no_config)
        return OK;
    rc = find_project(arena, &out[CONFIG_PROJECT], err);
    if (!rc)
        rc = user_path(arena, &out[CONFIG_USER], err);
    out[CONFIG_SYSTEM] = CONFIG_SYSTEM_FILE;
    for (size_t i = CONFIG_PROJECT; i < CONFIG_SOURCES && out[CONFIG_GIVEN]; i++)
        if (out[i] && same_file(out[i], out[CONFIG_GIVEN]))
            out[i] = NULL;
    return rc;
}

bool config_is_project(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strcmp(slash ? slash + 1 : path, CONFIG_PROJECT_FILE) == 0;
}

/* ---- what --------------------------------------------------------------------------------- */

enum { MAX_SETTINGS = 64, MAX_KEY = 40 };

const struct config_names *config_names(void)
{
    static char keys[MAX_SETTINGS][MAX_KEY];
    static const char *settings[MAX_SETTINGS + 1];
    static const char *phases[PHASE_COUNT + 1];
    static struct config_names names;
    const struct opt *rows;
    size_t n = 0;

    if (names.settings)
        return &names;
    for (size_t t = 0; (rows = shared_settings(t)); t++) {
        for (; rows->type != OPT_TYPE_END && n < MAX_SETTINGS; rows++, n++) {
            opt_key(rows, keys[n], MAX_KEY);
            settings[n] = keys[n];
        }
    }
    memcpy(phases, phase_names, sizeof(phase_names));
    names = (struct config_names){settings, dimension_names(), phases};
    return &names;
}

const char *config_setting_name(size_t i)
{
    return config_names()->settings[i];
}

/* What names a file or a command is not for a file to set that came with somebody's code. */
static bool is_private(const struct opt *row)
{
    return row->value && (strcmp(row->value, "FILE") == 0 || strcmp(row->value, "CMD") == 0);
}

static enum err check_private(const struct config *c, const char *path, struct error *err)
{
    const struct opt *rows;
    char key[MAX_KEY];

    for (size_t t = 0; (rows = shared_settings(t)); t++) {
        for (; rows->type != OPT_TYPE_END; rows++) {
            opt_key(rows, key, sizeof(key));
            if (!is_private(rows) || !config_setting(c, key))
                continue;
            error_set(err, ERR_USAGE,
                      "/%s: a project's file may not name files or commands; your own may, and "
                      "--%s",
                      key, rows->name);
            return error_at(err, path, 0);
        }
    }
    return OK;
}

/* All settings against their options, whichever of them the command takes. */
static enum err check_settings(const struct config *c, struct arena *arena, struct error *err)
{
    enum err rc = OK;
    const struct opt *rows;

    for (size_t t = 0; (rows = shared_settings(t)) && !rc; t++) {
        struct shared_options scratch = shared_defaults;
        struct opt_table table = {rows, &scratch, 0};

        rc = opt_config(&table, c, arena, err);
        if (!rc && scratch.exit_code > SHARED_MAX_EXIT_CODE) {
            const struct config_setting *s = config_setting(c, "exit_code");

            error_set(err, ERR_USAGE, "/exit_code: expected %d or less, found %s",
                      SHARED_MAX_EXIT_CODE, s->texts[0]);
            rc = error_at(err, s->file, 0);
        }
    }
    return rc;
}

enum err config_check(struct sv text, const char *path, bool project, struct arena *arena,
                      struct config *out, struct error *err)
{
    struct config c = {0};
    enum err rc = config_read(text, path, config_names(), arena, &c, err);

    if (!rc && project)
        rc = check_private(&c, path, err);
    if (!rc)
        rc = check_settings(&c, arena, err);
    if (!rc)
        *out = c;
    return rc;
}

enum err config_open(const char *path, bool project, struct arena *arena, struct config *out,
                     bool *found, struct error *err)
{
    struct error inner = {0};
    struct buf text = {0};
    struct stat st;
    enum err rc = OK;

    *out = (struct config){0};
    *found = stat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
    if (*found) {
        rc = inputs_small_file(path, DOCUMENT_MAX_BYTES, &text, &inner);
        if (!rc)
            rc = config_check((struct sv){text.n ? text.p : "", text.n}, path, project, arena, out,
                              &inner);
    }
    buf_release(&text);
    if (rc)
        *err = inner;
    return rc;
}

/* NO_COLOR and its kin are closer than a file. */
static void drop_color(struct config *c)
{
    static const char *const variables[] = {"NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR"};
    bool set = false;
    size_t kept = 0;

    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        const char *value = getenv(variables[i]);

        set = set || (value && *value);
    }
    for (size_t i = 0; i < c->n_settings && set; i++)
        if (strcmp(c->settings[i].key, "color") != 0)
            c->settings[kept++] = c->settings[i];
    c->n_settings = set ? kept : c->n_settings;
}

enum err config_load(const struct shared_options *o, struct arena *arena, struct config *out,
                     struct error *err)
{
    const char *paths[CONFIG_SOURCES];
    struct config all = {0};
    enum err rc = config_paths(o, arena, paths, err);

    for (size_t i = 0; i < CONFIG_SOURCES && !rc; i++) {
        struct config one;
        bool found = false;

        if (!paths[i])
            continue;
        rc = config_open(paths[i], i == CONFIG_PROJECT, arena, &one, &found, err);
        if (!rc && !found && i == CONFIG_GIVEN) {
            error_set(err, ERR_NOT_FOUND, "no such configuration file");
            rc = error_at(err, paths[i], 0);
        }
        if (!rc && found)
            rc = config_add(&all, &one, arena, err);
    }
    if (rc)
        return rc;
    drop_color(&all);
    *out = all;
    return OK;
}
