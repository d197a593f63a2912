/* quarantine: the lines that could not be read, and whether they still stand where they stood. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/hash.h"
#include "base/time_text.h"
#include "commands.h"
#include "input/input.h"
#include "inputs.h"
#include "output.h"
#include "base/banned.h"

struct quarantine_cli {
    bool dry_run, yes;
};

/* clang-format off */
static const struct opt quarantine_rows[] = {
    OPT_FLAG( 0 , "dry-run", quarantine_cli, dry_run, "drop: say what would be dropped"),
    OPT_FLAG('y', "yes",     quarantine_cli, yes,     "drop: do not ask"),
    OPT_END,
};
/* clang-format on */

/* ---- rows --------------------------------------------------------------------------------- */

/* A row with texts of its own. */
struct entry {
    int64_t id, line, offset, length;
    const char *path, *reason, *field, *sha256; /* field NULL: the line as a whole */
};

/* Which rows are wanted, and what was found. */
struct entries {
    struct arena *arena;
    const int64_t *ids; /* ascending */
    size_t n_ids;       /* 0: all */
    struct entry *v;
    size_t n, cap;
};

static bool is_wanted(const struct entries *e, int64_t id)
{
    for (size_t i = 0; i < e->n_ids; i++)
        if (e->ids[i] == id)
            return true;
    return e->n_ids == 0;
}

static enum err keep_entry(void *ctx, const struct quarantine_row *row)
{
    struct entries *e = ctx;
    struct entry *to;

    if (!is_wanted(e, row->id))
        return OK;
    if (e->n == e->cap) {
        size_t cap = e->cap ? 2 * e->cap : 64;
        struct entry *v = arena_zalloc(e->arena, cap, sizeof(*v));

        if (!v)
            return ERR_NOMEM;
        if (e->n)
            memcpy(v, e->v, e->n * sizeof(*v));
        e->v = v;
        e->cap = cap;
    }
    to = &e->v[e->n];
    *to = (struct entry){
        .id = row->id,
        .line = row->line,
        .offset = row->offset,
        .length = row->length,
        .path = text_copy(e->arena, row->path),
        .reason = text_copy(e->arena, row->reason),
        .field = row->field.n ? text_copy(e->arena, row->field) : NULL,
        .sha256 = text_copy(e->arena, row->sha256),
    };
    if (!to->path || !to->reason || !to->sha256)
        return ERR_NOMEM;
    e->n++;
    return OK;
}

static enum err read_entries(struct store *s, struct entries *e, struct error *err)
{
    enum err rc = store_quarantine(s, 1, keep_entry, e, err);

    if (rc == ERR_NOMEM)
        return error_set(err, rc, "out of memory reading the quarantine");
    return rc;
}

/* ---- the source again --------------------------------------------------------------------- */

/* Called for a line that is still what it was; text is whole unless the line is very long. */
typedef enum err line_visit(void *ctx, struct sv text, struct error *err);

static bool same_bytes(const struct line *line, const struct entry *e)
{
    unsigned char digest[32];
    char hex[65];

    if (line->length != e->length)
        return false;
    if (line->kind == LINE_TOO_LONG)
        memcpy(digest, line->sha256, sizeof(digest));
    else
        sha256_of(line->text.p, line->text.n, digest);
    hex_encode(digest, sizeof(digest), hex);
    return strcmp(hex, e->sha256) == 0;
}

/*
 * Reads the source up to the entry's offset. Puts into *state what stands there now, in words.
 * visit may be NULL. Errors are only those of visit.
 */
static enum err look_again(const struct entry *e, struct arena *arena, const char **state,
                           line_visit *visit, void *ctx, struct error *err)
{
    struct error inner = {0};
    struct input *in = NULL;
    struct line line;
    enum err rc = OK;

    if (strcmp(e->path, "-") == 0) {
        *state = "gone: it came from standard input";
        return OK;
    }
    if (input_open(e->path, INPUTS_MAX_LINE, &in, &inner)) {
        const char *why = text_copy(arena, sv_from(inner.msg));
        struct buf text = {0};

        buf_printf(&text, "gone: %s", why ? why : "cannot be opened");
        why = text.p ? text_copy(arena, (struct sv){text.p, text.n}) : NULL;
        *state = why ? why : "gone";
        buf_release(&text);
        return OK;
    }
    *state = "changed: another line stands there now";
    while (!rc && input_next(in, &line, &inner) == OK && line.offset <= e->offset) {
        if (line.offset != e->offset || !same_bytes(&line, e))
            continue;
        *state = line.kind == LINE_TOO_LONG ? "unchanged, too long to read"
                                            : "unchanged: the line still stands there";
        if (visit && line.kind != LINE_TOO_LONG)
            rc = visit(ctx, line.text, err);
        break;
    }
    input_close(in);
    return rc;
}

static bool is_unchanged(const char *state)
{
    return strncmp(state, "unchanged:", sizeof("unchanged:") - 1) == 0;
}

/* ---- list and show ------------------------------------------------------------------------ */

/* clang-format off */
static const struct {
    const char *key, *title;
    enum unit unit;
    bool in_text;
} columns[] = {
    {"id",           "id",     UNIT_COUNT, true },
    {"file",         "file",   UNIT_NONE,  true },
    {"line",         "line",   UNIT_COUNT, true },
    {"offset",       "offset", UNIT_COUNT, false},
    {"length",       "bytes",  UNIT_COUNT, true },
    {"reason",       "reason", UNIT_NONE,  true },
    {"field",        "field",  UNIT_NONE,  true },
    {"sha256",       "sha256", UNIT_NONE,  false},
    {"source_state", "source", UNIT_NONE,  false}, /* show only */
};
/* clang-format on */

/* The columns of one table, by index, in order. */
struct choice {
    size_t at[ARRAY_LEN(columns)];
    size_t n;
    bool chosen; /* by --columns: then all of them are shown to people, too */
};

static enum err choose_columns(const struct text_list *wanted, size_t n_columns, struct choice *out,
                               struct error *err)
{
    *out = (struct choice){.chosen = wanted->n > 0};
    for (size_t i = 0; i < n_columns && !out->chosen; i++)
        out->at[out->n++] = i;
    for (size_t i = 0; i < wanted->n; i++) {
        size_t c = 0;

        while (c < n_columns && strcmp(columns[c].key, wanted->v[i]) != 0 &&
               strcmp(columns[c].title, wanted->v[i]) != 0)
            c++;
        if (c == n_columns)
            return error_set(err, ERR_USAGE, "--columns: there is no column \"%s\"", wanted->v[i]);
        if (out->n < ARRAY_LEN(out->at))
            out->at[out->n++] = c;
    }
    return OK;
}

static void fill_row(const struct choice *choice, const struct entry *e, const char *state,
                     struct row *row)
{
    const struct cell all[ARRAY_LEN(columns)] = {
        cell_int(e->id),
        cell_text(sv_from(e->path)),
        cell_int(e->line),
        cell_int(e->offset),
        cell_int(e->length),
        cell_text(sv_from(e->reason)),
        cell_text(sv_from(e->field)),
        cell_text(sv_from(e->sha256)),
        cell_text(sv_from(state)),
    };

    for (size_t i = 0; i < choice->n; i++)
        row->cells[i] = all[choice->at[i]];
}

static enum err entries_table(const struct invocation *inv, const struct entries *e,
                              const char *state, struct table *t, struct error *err)
{
    struct choice choice;
    enum err rc =
        choose_columns(&inv->shared.columns, ARRAY_LEN(columns) - (state ? 0 : 1), &choice, err);

    if (rc)
        return rc;
    t->verb = inv->command->name;
    t->db = shared_db_path(&inv->shared);
    t->tz = "UTC";
    for (size_t i = 0; i < choice.n; i++) {
        size_t at = choice.at[i];
        struct column *c =
            table_add_column(t, columns[at].key, columns[at].title, columns[at].unit);

        if (!c)
            goto no_memory;
        c->in_text = columns[at].in_text || choice.chosen;
        c->in_data = true;
    }
    for (size_t i = 0; i < e->n; i++) {
        struct row *row = table_add_row(t);

        if (!row)
            goto no_memory;
        fill_row(&choice, &e->v[i], state, row);
    }
    return OK;
no_memory:
    return error_set(err, ERR_NOMEM, "out of memory listing the quarantine");
}

static enum err show_table(struct invocation *inv, const struct entries *e, const char *state,
                           struct error *err)
{
    struct table t = {0};
    enum err rc = entries_table(inv, e, state, &t, err);

    if (!rc)
        rc = output_table(inv, &t, true, err);
    table_release(&t);
    return rc;
}

static enum err list_entries(struct invocation *inv, struct store *s, struct entries *e,
                             struct error *err)
{
    enum err rc = read_entries(s, e, err);

    if (rc)
        return rc;
    inv->found = inv->shared.strict && e->n > 0;
    if (e->n || strcmp(output_renderer(&inv->shared)->name, "table") != 0)
        return show_table(inv, e, NULL, err);
    if (!inv->shared.quiet)
        puts("no lines in quarantine");
    return OK;
}

static enum err show_text(const struct invocation *inv, const struct entry *e, const char *state,
                          struct error *err)
{
    struct error place, reason; /* their texts are safe to show */
    struct buf out = {0};
    enum err rc;

    error_set(&place, OK, "%s:%" PRId64, e->path, e->line);
    error_set(&reason, OK, "%s%s%s", e->reason, e->field ? ": " : "", e->field ? e->field : "");
    buf_printf(&out,
               "id       %" PRId64 "\n"
               "place    %s\n"
               "offset   %" PRId64 ", %" PRId64 " bytes\n"
               "sha256   %s\n"
               "reason   %s\n"
               "source   %s\n"
               "No bytes of the line are kept.",
               e->id, place.msg, e->offset, e->length, e->sha256, reason.msg, state);
    if (is_unchanged(state))
        buf_printf(&out, " llmobs quarantine export %" PRId64 " reads it again.", e->id);
    buf_char(&out, '\n');
    rc = output_text(inv, &out, err);
    buf_release(&out);
    return rc;
}

static enum err show_entry(struct invocation *inv, struct store *s, struct entries *e,
                           struct error *err)
{
    const char *state = NULL;
    enum err rc;

    if (e->n_ids != 1)
        return error_set(err, ERR_USAGE, "show wants one id: llmobs quarantine show ID");
    rc = read_entries(s, e, err);
    if (!rc)
        rc = look_again(&e->v[0], &inv->arena, &state, NULL, NULL, err);
    if (rc)
        return rc;
    if (strcmp(output_renderer(&inv->shared)->name, "table") == 0)
        return show_text(inv, &e->v[0], state, err);
    return show_table(inv, e, state, err);
}

/* ---- export and drop ---------------------------------------------------------------------- */

static enum err write_line(void *ctx, struct sv text, struct error *err)
{
    struct output *out = ctx;

    if (output_write(out, text.p, text.n) && output_write(out, "\n", 1))
        return OK;
    return error_set(err, ERR_IO, "cannot write");
}

/* Writes the lines that still stand where they stood, and names the others. */
static enum err export_entries(struct invocation *inv, struct store *s, struct entries *e,
                               struct error *err)
{
    struct output out;
    struct error shown;
    enum err rc = read_entries(s, e, err);

    if (rc)
        return rc;
    rc = output_open(inv->shared.output, &out, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < e->n && !rc; i++) {
        const char *state = NULL;

        rc = look_again(&e->v[i], &inv->arena, &state, write_line, &out, err);
        if (rc || is_unchanged(state))
            continue;
        error_set(&shown, OK, "%s:%" PRId64 ": %s", e->v[i].path, e->v[i].line, state);
        fprintf(stderr, "%s\n", shown.msg);
    }
    if (rc == OK || rc == ERR_IO) /* closing knows the system's words, and closed pipes */
        rc = output_close(&out, err);
    output_discard(&out);
    return rc;
}

/* "1 line", "2 lines" */
static const char *counted(int64_t n, char *out, size_t out_size)
{
    snprintf(out, out_size, "%" PRId64 " line%s", n, n == 1 ? "" : "s");
    return out;
}

static bool confirmed(size_t n)
{
    char answer[8], lines[32];

    fprintf(stderr, "drop %s from quarantine? [y/N] ", counted((int64_t)n, lines, sizeof(lines)));
    return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static enum err drop_entries(struct invocation *inv, struct store *s, struct entries *e,
                             struct error *err)
{
    const struct quarantine_cli *o = inv->options;
    char lines[32];
    int64_t dropped = 0;
    enum err rc = read_entries(s, e, err);

    if (rc)
        return rc;
    if (o->dry_run) {
        printf("%s would be dropped\n", counted((int64_t)e->n, lines, sizeof(lines)));
        return OK;
    }
    if (e->n && !o->yes && !isatty(STDIN_FILENO))
        return error_set(err, ERR_USAGE, "%s would be dropped; add --yes to do it",
                         counted((int64_t)e->n, lines, sizeof(lines)));
    if (e->n && !o->yes && !confirmed(e->n))
        return OK;
    for (size_t i = 0; i < e->n && !rc; i++) {
        int64_t removed = 0;

        rc = store_quarantine_drop(s, e->v[i].id, &removed, err);
        dropped += removed;
    }
    if (!rc && !inv->shared.quiet)
        printf("%s dropped\n", counted(dropped, lines, sizeof(lines)));
    return rc;
}

/* ---- the command -------------------------------------------------------------------------- */

static const struct {
    const char *name, *what;
    enum store_mode mode;
    enum err (*run)(struct invocation *inv, struct store *s, struct entries *e, struct error *err);
} actions[] = {
    {"list",   "all of them (the default)",                              STORE_READ,  list_entries  },
    {"show",   "one of them, and whether its source still has the line", STORE_READ,  show_entry    },
    {"export", "the lines themselves, read again from their sources",    STORE_READ,  export_entries},
    {"drop",   "forget those with the ids given, or all",                STORE_WRITE, drop_entries  },
};

static const char *action_name(size_t i)
{
    return i < ARRAY_LEN(actions) ? actions[i].name : NULL;
}

static const char *action_what(size_t i)
{
    return actions[i].what;
}

static enum err find_action(const char *name, size_t *out, struct error *err)
{
    const char *near = nearest_of(name, action_name);

    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (strcmp(actions[i].name, name) == 0) {
            *out = i;
            return OK;
        }
    }
    if (near)
        return error_set(err, ERR_USAGE, "quarantine: no \"%s\"; did you mean %s?", name, near);
    return error_set(err, ERR_USAGE, "quarantine: no \"%s\"; expected list, show, export or drop",
                     name);
}

static enum err read_ids(const struct text_list *args, struct arena *arena, struct entries *e,
                         struct error *err)
{
    int64_t *ids = arena_zalloc(arena, args->n, sizeof(*ids));

    if (!ids)
        return error_set(err, ERR_NOMEM, "out of memory");
    for (size_t i = 1; i < args->n; i++) {
        const char *text = args->v[i];

        if (!*text || text[strspn(text, "0123456789")] || decimal_scaled(sv_from(text), 0, &ids[i]))
            return error_set(err, ERR_USAGE, "quarantine: expected an id, found \"%s\"", text);
    }
    e->ids = ids + 1;
    e->n_ids = args->n - 1;
    return OK;
}

static enum err check_ids(struct store *s, const struct entries *e, struct error *err)
{
    struct entries found = {.arena = e->arena, .ids = e->ids, .n_ids = e->n_ids};
    enum err rc = e->n_ids ? read_entries(s, &found, err) : OK;

    for (size_t i = 0; i < e->n_ids && !rc; i++) {
        bool there = false;

        for (size_t k = 0; k < found.n; k++)
            there = there || found.v[k].id == e->ids[i];
        if (!there)
            rc =
                error_set(err, ERR_NOT_FOUND, "quarantine: no line has the id %" PRId64, e->ids[i]);
    }
    return rc;
}

static enum err quarantine_run(struct invocation *inv, struct error *err)
{
    struct entries e = {.arena = &inv->arena};
    struct store *s = NULL;
    size_t action = 0;
    enum err rc = OK;

    if (inv->args.n) {
        rc = find_action(inv->args.v[0], &action, err);
        if (!rc)
            rc = read_ids(&inv->args, &inv->arena, &e, err);
    }
    if (rc)
        return rc;
    rc = shared_open_db(&inv->shared, actions[action].mode, &s, err);
    if (!rc)
        rc = check_ids(s, &e, err);
    if (!rc)
        rc = actions[action].run(inv, s, &e, err);
    store_close(s);
    return rc;
}

static const struct name_list quarantine_lists[] = {
    {"ACTIONS", action_name, action_what},
    {NULL,      NULL,        NULL       },
};

static const struct example quarantine_examples[] = {
    {"llmobs quarantine",                     "which lines could not be read, and why"},
    {"llmobs quarantine show 1",              "where one of them stands"              },
    {"llmobs quarantine export -o bad.jsonl", "collect the lines to mend them"        },
    {"llmobs quarantine drop --yes",          "forget them all"                       },
    {NULL,                                    NULL                                    },
};

const struct command quarantine_command = {
    .name = "quarantine",
    .group = "bring in",
    .summary = "shows the lines that could not be read",
    .synopsis = "[ACTION] [ID]...",
    .options = quarantine_rows,
    .options_size = sizeof(struct quarantine_cli),
    .shared = (const struct opt *const[]){shared_db, shared_output, shared_columns, shared_quiet,
                                          shared_strict, NULL},
    .lists = quarantine_lists,
    .words = action_name,
    .examples = quarantine_examples,
    .run = quarantine_run,
};
