/* config: shows, checks and changes what configuration files say. */
#include "config_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "commands.h"
#include "inputs.h"
#include "json/document.h"
#include "json/json_pointer.h"
#include "output.h"
#include "schema.h"
#include "base/banned.h"

struct config_cli {
    bool origin;
};

/* clang-format off */
static const struct opt config_rows[] = {
    OPT_FLAG(0, "origin", config_cli, origin, "show: say where each value comes from"),
    OPT_END,
};
/* clang-format on */

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the configuration");
}

/* ---- tables of texts ---------------------------------------------------------------------- */

struct title {
    const char *key;
    bool shown;
};

static enum err begin_table(const struct invocation *inv, struct table *t,
                            const struct title *titles, size_t n, struct error *err)
{
    t->verb = inv->command->name;
    t->tz = "UTC";
    for (size_t i = 0; i < n; i++) {
        struct column *c =
            titles[i].shown ? table_add_column(t, titles[i].key, titles[i].key, UNIT_NONE) : NULL;

        if (titles[i].shown && !c)
            return no_memory(err);
        if (c)
            c->in_text = c->in_data = true;
    }
    return OK;
}

enum { MAX_COLUMNS = 3 };

/* A row of as many texts as the table has columns, copied; NULL is missing. */
static enum err add_row(struct table *t, const char *const texts[MAX_COLUMNS], struct error *err)
{
    struct row *row = table_add_row(t);

    if (!row)
        return no_memory(err);
    for (size_t i = 0; i < t->n_columns && i < MAX_COLUMNS; i++) {
        struct sv text = texts[i] ? arena_copy(&t->arena, sv_from(texts[i])) : SV_NONE;

        if (texts[i] && !text.p)
            return no_memory(err);
        if (texts[i])
            row->cells[i] = cell_text(text);
    }
    return OK;
}

/* ---- show --------------------------------------------------------------------------------- */

/* The table being made, its column `origin` filled but shown only when asked for. */
struct showing {
    struct invocation *inv;
    struct table t;
    struct config config;
    struct error *err;
};

static enum err show(struct showing *s, const char *key, const char *value, const char *origin)
{
    const char *const texts[MAX_COLUMNS] = {key, value, origin};

    return add_row(&s->t, texts, s->err);
}

/* One table of options: what the environment gives, then what the files give. */
static enum err show_options(struct showing *s, const struct opt *rows)
{
    struct shared_options values = shared_defaults;
    struct opt_table table = {rows, &values, 0};
    struct arena *arena = &s->inv->arena;
    char key[64], variable[80];
    uint64_t from_environment;
    enum err rc = opt_environment(&table, arena, s->err);

    from_environment = table.seen;
    if (!rc)
        rc = opt_config(&table, &s->config, arena, s->err);
    for (size_t i = 0; rows[i].type != OPT_TYPE_END && !rc; i++) {
        bool known = table.seen >> i & 1, in_environment = from_environment >> i & 1;
        const struct config_setting *setting;
        struct buf value = {0};

        opt_key(&rows[i], key, sizeof(key));
        opt_variable(&rows[i], variable, sizeof(variable));
        setting = config_setting(&s->config, key);
        if (known)
            opt_show(&table, &rows[i], &value);
        rc = value.failed ? no_memory(s->err)
                          : show(s, key, known ? value.p : NULL,
                                 in_environment     ? variable
                                 : known && setting ? setting->file
                                                    : "built-in");
        buf_release(&value);
    }
    return rc;
}

/* Whom a price is for. */
static enum err show_price(struct showing *s, const struct config_price *p)
{
    struct sv provider = p->is_discount ? p->discount.provider : p->row.provider;
    struct sv model = p->is_discount ? p->discount.match : p->row.model;
    struct buf text = {0};
    enum err rc;

    buf_sv(&text, provider);
    buf_str(&text, provider.n ? " " : "");
    buf_sv(&text, model);
    rc = text.failed ? no_memory(s->err) : show(s, p->pointer, text.p, p->file);
    buf_release(&text);
    return rc;
}

static enum err show_names(struct showing *s, const char *key, const struct config_name *names,
                           size_t n)
{
    enum err rc = OK;

    for (size_t i = 0; i < n && !rc; i++) {
        struct buf at = {0};

        buf_str(&at, key);
        json_pointer_add_step(&at, sv_from(names[i].name));
        rc = at.failed ? no_memory(s->err) : show(s, at.p, names[i].is, names[i].file);
        buf_release(&at);
    }
    return rc;
}

static enum err show_lists(struct showing *s)
{
    const struct config *c = &s->config;
    enum err rc = OK;

    if (c->success)
        rc = show(s, "success", c->success, c->success_file);
    if (!rc && c->capacity_tps.known) {
        char text[24];

        snprintf(text, sizeof(text), "%" PRId64, c->capacity_tps.v);
        rc = show(s, "capacity_tps", text, c->capacity_tps_file);
    }
    for (size_t i = 0; i < c->n_prices && !rc; i++)
        rc = show_price(s, &c->prices[i]);
    if (!rc)
        rc = show_names(s, "/aliases", c->aliases, c->n_aliases);
    if (!rc)
        rc = show_names(s, "/phases", c->phases, c->n_phases);
    for (size_t i = 0; i < c->n_budgets && !rc; i++)
        rc = show(s, c->budgets[i].pointer, c->budgets[i].name, c->budgets[i].file);
    return rc;
}

static enum err show_config(struct invocation *inv, struct error *err)
{
    const struct config_cli *o = inv->options;
    struct showing s = {.inv = inv, .err = err};
    const struct title titles[] = {
        {"key",    true     },
        {"value",  true     },
        {"origin", o->origin}
    };
    const struct opt *rows;
    enum err rc = config_load(&inv->shared, &inv->arena, &s.config, err);

    if (!rc)
        rc = begin_table(inv, &s.t, titles, ARRAY_LEN(titles), err);
    for (size_t i = 0; (rows = shared_settings(i)) && !rc; i++)
        rc = show_options(&s, rows);
    if (!rc)
        rc = show_lists(&s);
    if (!rc)
        rc = output_table(inv, &s.t, true, err);
    table_release(&s.t);
    return rc;
}

/* ---- path and schema ---------------------------------------------------------------------- */

static enum err show_paths(struct invocation *inv, struct error *err)
{
    static const struct title titles[] = {
        {"source", true},
        {"file",   true},
        {"state",  true}
    };
    const char *paths[CONFIG_SOURCES];
    struct table t = {0};
    enum err rc = config_paths(&inv->shared, &inv->arena, paths, err);

    if (!rc)
        rc = begin_table(inv, &t, titles, ARRAY_LEN(titles), err);
    for (size_t i = 0; i < CONFIG_SOURCES && !rc; i++) {
        struct stat st;
        const char *const texts[MAX_COLUMNS] = {config_source_names[i], paths[i],
                                     !paths[i]                  ? NULL
                                     : stat(paths[i], &st) == 0 ? "read"
                                     : errno == ENOENT          ? "does not exist"
                                                                : strerror(errno)};

        rc = add_row(&t, texts, err);
    }
    if (!rc)
        rc = output_table(inv, &t, true, err);
    table_release(&t);
    return rc;
}

static enum err show_schema(struct invocation *inv, struct error *err)
{
    struct buf text = {0};
    enum err rc;

    buf_str(&text, (const char *)schema_config_schema);
    rc = output_text(inv, &text, err);
    buf_release(&text);
    return rc;
}

/* ---- get ---------------------------------------------------------------------------------- */

/* A pointer as it is, a key as the pointer to it: "no-cost" is /no_cost. NULL: out of memory. */
static const char *pointer_of(const char *key, struct arena *arena)
{
    struct buf pointer = {0};
    char *copy;

    if (*key == '/')
        return key;
    json_pointer_add_step(&pointer, sv_from(key));
    copy = pointer.failed ? NULL : text_copy(arena, (struct sv){pointer.p, pointer.n});
    buf_release(&pointer);
    for (char *c = copy; c && *c; c++)
        *c = (char)(*c == '-' ? '_' : *c);
    return copy;
}

/* An option's value as it is in force; *known false: no variable and no file has it. */
static enum err get_setting(struct invocation *inv, const char *key, struct buf *out,
                            bool *is_option, bool *known, struct error *err)
{
    struct config config;
    const struct opt *rows;
    char name[64];
    enum err rc = config_load(&inv->shared, &inv->arena, &config, err);

    for (size_t t = 0; (rows = shared_settings(t)) && !rc; t++) {
        struct shared_options values = shared_defaults;
        struct opt_table table = {rows, &values, 0};

        for (size_t i = 0; rows[i].type != OPT_TYPE_END && !*is_option; i++) {
            opt_key(&rows[i], name, sizeof(name));
            if (strcmp(name, key) != 0)
                continue;
            *is_option = true;
            rc = opt_environment(&table, &inv->arena, err);
            if (!rc)
                rc = opt_config(&table, &config, &inv->arena, err);
            *known = !rc && (table.seen >> i & 1);
            if (*known)
                opt_show(&table, &rows[i], out);
        }
    }
    return rc;
}

static enum err parse_file(const char *path, struct cJSON **out, struct error *err)
{
    struct buf text = {0};
    enum err rc = inputs_small_file(path, DOCUMENT_MAX_BYTES, &text, err);

    if (!rc)
        rc = document_parse((struct sv){text.n ? text.p : "", text.n}, path, out, err);
    buf_release(&text);
    return rc;
}

/* What the strongest file that has it says at a pointer. */
static enum err get_pointer(struct invocation *inv, const char *pointer, struct buf *out,
                            bool *known, struct error *err)
{
    const char *paths[CONFIG_SOURCES];
    enum err rc = config_paths(&inv->shared, &inv->arena, paths, err);

    for (size_t i = 0; i < CONFIG_SOURCES && !rc && !*known; i++) {
        struct cJSON *document = NULL;
        const struct cJSON *at = NULL;
        struct stat st;

        if (!paths[i] || stat(paths[i], &st) != 0)
            continue;
        rc = parse_file(paths[i], &document, err);
        if (!rc)
            rc = document_find(document, pointer, &at, err);
        *known = at != NULL;
        if (at && document_text(at))
            buf_printf(out, "%s", document_text(at));
        else if (at)
            document_write(at, out);
        document_free(document);
    }
    return rc;
}

static enum err get_value(struct invocation *inv, struct error *err)
{
    const char *pointer;
    struct buf out = {0};
    bool is_option = false, known = false;
    enum err rc;

    if (inv->args.n != 2)
        return error_set(err, ERR_USAGE, "config get wants one key: llmobs config get KEY");
    pointer = pointer_of(inv->args.v[1], &inv->arena);
    if (!pointer)
        return no_memory(err);
    rc = get_setting(inv, pointer + (*pointer == '/'), &out, &is_option, &known, err);
    if (!rc && !is_option)
        rc = get_pointer(inv, pointer, &out, &known, err);
    if (!rc && !known)
        rc = error_set(err, ERR_NOT_FOUND, "config: %s is not set", inv->args.v[1]);
    if (!rc && out.n && out.p[out.n - 1] != '\n')
        buf_char(&out, '\n');
    if (!rc)
        rc = output_text(inv, &out, err);
    buf_release(&out);
    return rc;
}

/* ---- set ---------------------------------------------------------------------------------- */

/* The file to change: the one that --config names, else the user's own. */
static enum err file_to_set(struct invocation *inv, const char **out, struct error *err)
{
    const char *paths[CONFIG_SOURCES];
    struct shared_options all = inv->shared;
    enum err rc;

    all.no_config = false;
    rc = config_paths(&all, &inv->arena, paths, err);
    if (rc)
        return rc;
    *out = paths[CONFIG_GIVEN] ? paths[CONFIG_GIVEN] : paths[CONFIG_USER];
    return *out ? OK
                : error_set(err, ERR_NOT_FOUND,
                            "config set: there is no home directory; name a file with --config");
}

/* Makes the folders that a file wants to be in, for their owner only. */
static enum err make_folders(const char *path, struct arena *arena, struct error *err)
{
    char *copy = text_copy(arena, sv_from(path));

    if (!copy)
        return no_memory(err);
    for (char *c = copy + 1; *copy && (c = strchr(c, '/')); c++) {
        *c = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST)
            return error_set(err, ERR_IO, "%s: %s", copy, strerror(errno));
        *c = '/';
    }
    return OK;
}

/* Whether the patterns of its prices can be compiled, too, which other verbs do when they need
 * them. */
static enum err check_prices(const struct config *c, struct error *err)
{
    struct price_book *book = NULL;
    enum err rc = price_book_new(&book, err);

    if (!rc)
        rc = config_add_prices(c, book, err);
    price_book_free(book);
    return rc;
}

/* JSON, or else a text; null takes the value away. */
static enum err value_from(const char *text, struct cJSON **out, struct error *err)
{
    enum err rc = document_parse(sv_from(text), NULL, out, err);

    if (rc == ERR_PARSE) {
        *out = document_string(text);
        return *out ? OK : no_memory(err);
    }
    if (!rc && document_type(*out) == JSON_NULL) {
        document_free(*out);
        *out = NULL;
    }
    return rc;
}

static enum err write_file(const char *path, const struct buf *text, struct arena *arena,
                           struct error *err)
{
    struct output out;
    enum err rc = make_folders(path, arena, err);

    if (!rc)
        rc = output_open(path, &out, err);
    if (rc)
        return rc;
    output_write(&out, text->p, text->n);
    return output_close(&out, err);
}

static enum err set_value(struct invocation *inv, struct error *err)
{
    const char *path = NULL, *pointer;
    struct cJSON *document = NULL, *value = NULL;
    struct buf text = {0};
    struct config checked;
    struct stat st;
    enum err rc;

    if (inv->args.n != 3)
        return error_set(err, ERR_USAGE,
                         "config set wants a key and a value: llmobs config set KEY VALUE");
    pointer = pointer_of(inv->args.v[1], &inv->arena);
    if (!pointer)
        return no_memory(err);
    rc = file_to_set(inv, &path, err);
    if (!rc)
        rc = stat(path, &st) == 0 ? parse_file(path, &document, err)
                                  : document_parse(SV("{}"), path, &document, err);
    if (!rc)
        rc = value_from(inv->args.v[2], &value, err);
    if (!rc)
        rc = document_put(document, pointer, value, err);
    if (!rc) {
        document_write(document, &text);
        rc = text.failed ? no_memory(err) : OK;
    }
    if (!rc) /* nothing is written that would not be read again */
        rc = config_check((struct sv){text.p, text.n}, path, config_is_project(path), &inv->arena,
                          &checked, err);
    if (!rc)
        rc = check_prices(&checked, err);
    if (!rc)
        rc = write_file(path, &text, &inv->arena, err);
    buf_release(&text);
    document_free(document);
    return rc;
}

/* ---- check -------------------------------------------------------------------------------- */

static enum err check_files(struct invocation *inv, struct error *err)
{
    const char *paths[CONFIG_SOURCES] = {NULL};
    bool one = inv->args.n == 2;
    struct buf out = {0};
    enum err rc = OK;

    if (inv->args.n > 2)
        return error_set(err, ERR_USAGE, "config check takes one file: llmobs config check FILE");
    if (one)
        paths[0] = inv->args.v[1];
    else
        rc = config_paths(&inv->shared, &inv->arena, paths, err);
    for (size_t i = 0; i < CONFIG_SOURCES && !rc; i++) {
        struct config c;
        bool found = false;

        if (!paths[i])
            continue;
        rc = config_open(paths[i], one ? config_is_project(paths[i]) : i == CONFIG_PROJECT,
                         &inv->arena, &c, &found, err);
        if (!rc && !found && i == 0)
            rc = (error_set(err, ERR_NOT_FOUND, "no such configuration file"),
                  error_at(err, paths[i], 0));
        if (!rc)
            rc = check_prices(&c, err);
        if (!rc && found && !inv->shared.quiet)
            buf_printf(&out, "%s: valid\n", paths[i]);
    }
    if (!rc)
        rc = output_text(inv, &out, err);
    buf_release(&out);
    return rc;
}

/* ---- the command -------------------------------------------------------------------------- */

static const struct {
    const char *name, *what;
    enum err (*run)(struct invocation *inv, struct error *err);
} actions[] = {
    {"show",   "all settings as they are in force (the default)",                              show_config},
    {"get",    "one value: of a setting in force, or at a JSON Pointer like /prices/0/model",
     get_value                                                                                            },
    {"set",    "write one value to your own file, or to that of --config; null takes it away",
     set_value                                                                                            },
    {"path",   "where the files are, the strongest first",                                     show_paths },
    {"schema", "the JSON Schema of such a file, for editors",                                  show_schema},
    {"check",  "whether a file, or all that are found, can be read",                           check_files},
};

static const char *action_name(size_t i)
{
    return i < ARRAY_LEN(actions) ? actions[i].name : NULL;
}

static const char *action_what(size_t i)
{
    return actions[i].what;
}

static enum err config_run(struct invocation *inv, struct error *err)
{
    const char *name = inv->args.n ? inv->args.v[0] : "show";
    const char *near = nearest_of(name, action_name);
    bool alone =
        strcmp(name, "show") == 0 || strcmp(name, "path") == 0 || strcmp(name, "schema") == 0;

    if (alone && inv->args.n > 1)
        return error_set(err, ERR_USAGE, "config %s takes no argument, found \"%s\"", name,
                         inv->args.v[1]);
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].run(inv, err);
    if (near)
        return error_set(err, ERR_USAGE, "config: no \"%s\"; did you mean %s?", name, near);
    return error_set(err, ERR_USAGE,
                     "config: no \"%s\"; expected show, get, set, path, schema or check", name);
}

static const struct name_list config_lists[] = {
    {"ACTIONS",  action_name,         action_what, false},
    {"SETTINGS", config_setting_name, NULL,        false},
    {NULL,       NULL,                NULL,        false},
};

static const struct example config_examples[] = {
    {"llmobs config show --origin",                                                            "every setting and where it comes from"     },
    {"llmobs config set tz Europe/Berlin",                                                     "days are those of Berlin from now on"      },
    {"llmobs config set /aliases/prod-chat gpt-5.6-sol",                                       "a deployment is priced as its model"       },
    {"llmobs config set /budgets/- '{\"by\": \"team\", \"max\": 500, \"period\": \"month\"}'",
     "500 dollars a month for each team"                                                                                                   },
    {"llmobs config get /budgets/0/max",                                                       "one value, for scripts"                    },
    {"llmobs config schema > config.schema.json",                                              "so that the editor completes and checks it"},
    {NULL,                                                                                     NULL                                        },
};

const struct command config_command = {
    .name = "config",
    .group = "keep",
    .summary = "shows, checks and changes the configuration",
    .synopsis = "[ACTION] [KEY] [VALUE]",
    .options = config_rows,
    .options_size = sizeof(struct config_cli),
    .shared = (const struct opt *const[]){shared_output, shared_quiet, NULL},
    .no_settings = true,
    .lists = config_lists,
    .words = action_name,
    .examples = config_examples,
    .run = config_run,
};
