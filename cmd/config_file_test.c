#include "config_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "inputs.h"
#include "json/document.h"

/* ---- where -------------------------------------------------------------------------------- */

static char folder[] = "/tmp/llmobs-config-XXXXXX";

static void enter(void)
{
    cr_assert(mkdtemp(folder));
    cr_assert(chdir(folder) == 0);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("HOME");
}

static void leave(void)
{
    char command[64];

    cr_assert(chdir("/") == 0);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_assert(system(command) == 0);
}

static void touch(const char *path)
{
    FILE *f = fopen(path, "w");

    cr_assert(f);
    fputs("{}", f);
    fclose(f);
}

static const char *path_of(enum config_source source, const char *config, bool no_config)
{
    static char out[256];
    struct shared_options o = {.config = config, .no_config = no_config};
    const char *paths[CONFIG_SOURCES];
    struct arena arena = {0};

    cr_assert(config_paths(&o, &arena, paths, NULL) == OK);
    snprintf(out, sizeof(out), "%s", paths[source] ? paths[source] : "none");
    arena_release(&arena);
    return out;
}

Test(config_file, project_is_found_up_to_the_repository, .init = enter, .fini = leave)
{
    touch(".llmobs.json");
    cr_assert(mkdir("repository", 0700) == 0 && mkdir("repository/sub", 0700) == 0);
    cr_expect_str_eq(path_of(CONFIG_PROJECT, NULL, false), ".llmobs.json");
    cr_assert(chdir("repository/sub") == 0);
    /* No repository: what stands above belongs to nobody knows whom. */
    cr_expect_str_eq(path_of(CONFIG_PROJECT, NULL, false), "none");
    cr_assert(mkdir("../.git", 0700) == 0);
    cr_expect_str_eq(path_of(CONFIG_PROJECT, NULL, false), "none");
    touch("../.llmobs.json");
    cr_expect_str_eq(path_of(CONFIG_PROJECT, NULL, false), "../.llmobs.json");
    cr_expect_str_eq(path_of(CONFIG_PROJECT, NULL, true), "none");
    cr_expect_str_eq(path_of(CONFIG_PROJECT, "../.llmobs.json", false), "none");
    cr_expect_str_eq(path_of(CONFIG_GIVEN, "../.llmobs.json", true), "../.llmobs.json");
    touch(".llmobs.json");
    cr_expect_str_eq(path_of(CONFIG_PROJECT, NULL, false), ".llmobs.json");
    /* A worktree's .git is a file. */
    cr_assert(unlink(".llmobs.json") == 0);
    touch(".git");
    cr_expect_str_eq(path_of(CONFIG_PROJECT, NULL, false), "none");
    /* Nothing that could be waited for. */
    cr_assert(mkfifo(".llmobs.json", 0600) == 0);
    cr_expect_str_eq(path_of(CONFIG_PROJECT, NULL, false), "none");
}

Test(config_file, own_file_is_below_home, .init = enter, .fini = leave)
{
    cr_expect_str_eq(path_of(CONFIG_USER, NULL, false), "none");
    setenv("HOME", "/home/a", 1);
    cr_expect_str_eq(path_of(CONFIG_USER, NULL, false), "/home/a/.config/llmobs/config.json");
    setenv("XDG_CONFIG_HOME", "relative", 1);
    cr_expect_str_eq(path_of(CONFIG_USER, NULL, false), "/home/a/.config/llmobs/config.json");
    setenv("XDG_CONFIG_HOME", "/x", 1);
    cr_expect_str_eq(path_of(CONFIG_USER, NULL, false), "/x/llmobs/config.json");
    cr_expect_str_eq(path_of(CONFIG_USER, NULL, true), "none");
    cr_expect_str_eq(path_of(CONFIG_SYSTEM, NULL, false), "/etc/llmobs/config.json");
}

/* ---- what --------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    bool project;
    const char *message; /* NULL: valid */
} checked[] = {
    {"{\"db\":\"x\",\"output\":\"y\"}",                false, NULL                                                   },
    {"{\"limit\":5,\"format\":\"csv\",\"prices\":[]}", true,  NULL                                                   },
    {"{\"db\":\"x\"}",                                 true,
     "/db: a project's file may not name files or commands; your own may, and --db"                                  },
    {"{\"output\":\"x\"}",                             true,
     "/output: a project's file may not name files or commands; your own may, and --output"                          },
    {"{\"config\":\"x\"}",                             false, "/config: unknown key; known are"                      },
    {"{\"help\":true}",                                false, "/help: unknown key; known are"                        },
    {"{\"no-cost\":true}",                             false, "/no-cost: unknown key; did you mean \"no_cost\"?"     },
    {"{\"limit\":0}",                                  false, "/limit: expected 1 or more, found 0"                  },
    {"{\"exit_code\":256}",                            false, "/exit_code: expected 255 or less, found 256"          },
    {"{\"progress\":\"always\"}",                      false, "/progress: no \"always\"; expected one of auto, never"},
};

Test(config_file, checks_settings_whatever_command_takes_them)
{
    for (size_t i = 0; i < ARRAY_LEN(checked); i++) {
        struct arena arena = {0};
        struct config c;
        struct error err = {0};
        enum err rc =
            config_check(sv_from(checked[i].text), "f", checked[i].project, &arena, &c, &err);

        cr_expect_eq(rc == OK, !checked[i].message, "%s: %s", checked[i].text, err.msg);
        if (checked[i].message) {
            cr_expect(strncmp(err.msg, checked[i].message, strlen(checked[i].message)) == 0, "%s",
                      err.msg);
            cr_expect_str_eq(err.file, "f");
        }
        arena_release(&arena);
    }
    cr_expect(config_is_project("../.llmobs.json") && config_is_project(".llmobs.json"));
    cr_expect(!config_is_project("x.llmobs.json") && !config_is_project(".llmobs.json/x"));
}

/* schemas/config.schema.json knows every setting, and nothing else beside config's own keys. */
Test(config_file, schema_and_options_agree)
{
    struct buf text = {0};
    struct error err = {0};
    struct cJSON *d = NULL;
    const struct cJSON *properties;
    size_t n = 0;

    cr_assert(inputs_small_file("schemas/config.schema.json", 1 << 20, &text, &err) == OK);
    cr_assert(document_parse((struct sv){text.p, text.n}, NULL, &d, NULL) == OK);
    properties = document_get(d, "properties");
    for (; config_setting_name(n); n++)
        cr_expect(document_get(properties, config_setting_name(n)), "%s", config_setting_name(n));
    for (size_t i = 0; config_own_keys[i]; i++)
        n++;
    cr_expect_eq(document_size(properties), n);
    document_free(d);
    buf_release(&text);
}
