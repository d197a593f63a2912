/* sessions: conversations: all of them, the turns of one, turns by number, and how many at once. */
#include "query/trace_find.h"
#include "report/session_list.h"

#include <string.h>
#include "commands.h"
#include "inputs.h"
#include "output.h"
#include "reading.h"
#include "subject.h"
#include "base/banned.h"

struct sessions_cli {
    const char *by;
    bool concurrent;
};

OPT_WORDS(by_words, "turn")

/* clang-format off */
static const struct opt sessions_rows[] = {
    OPT_CHOICE(0, "by", "WHAT", by_words, sessions_cli, by,       "turn: what the first, second, third call of a session takes"),
    OPT_FLAG  (0, "concurrent", sessions_cli, concurrent,         "for each day, how many sessions ran at once"),
    OPT_END,
};
/* clang-format on */

static enum err split_arguments(struct invocation *inv, const char **id, struct text_list *files,
                                struct error *err)
{
    const struct sessions_cli *o = inv->options;
    enum err rc;

    if (o->by && o->concurrent)
        return error_set(err, ERR_USAGE, "sessions: --by and --concurrent go one at a time");
    rc = subject_arguments(inv, id, files, err);
    if (!rc && *id && (o->by || o->concurrent))
        rc = error_set(err, ERR_USAGE,
                       "%s: no such file; --by and --concurrent are about all sessions, not one",
                       *id);
    return rc;
}

/* The one session whose id is, or begins with, what was typed. */
static enum err show_one(struct invocation *inv, struct store *s, const char *id,
                         const struct session_list_spec *spec, struct table *table,
                         struct error *err)
{
    struct found_ids found;
    struct trace_tree tree = {0};
    const struct found_id *one = NULL;
    size_t n = 0;
    enum err rc = store_find(s, sv_from(id), &inv->arena, &found, err);

    for (size_t i = 0; i < found.n && !rc; i++)
        if (found.v[i].kind == FOUND_SESSION) {
            one = one ? one : &found.v[i];
            n++;
        }
    if (!rc && !n)
        rc = error_set(err, ERR_NOT_FOUND, "no session has an id that begins with %s", id);
    if (!rc && n > 1)
        rc = error_set(err, ERR_USAGE, "%s may be any of %zu sessions, among them %.*s and %.*s",
                       id, n, SV_FMT(one->id), SV_FMT(one[1].id));
    if (!rc)
        rc = trace_load(s, SUBJECT_SESSION, one->id, spec->calls.cost, &tree, err);
    if (!rc)
        rc = session_turns(s, &tree, spec, table, err);
    if (rc || output_table(inv, table, false, err))
        rc = rc ? rc : err->code;
    table_release(table); /* its texts are the tree's, too */
    trace_release(&tree);
    return rc;
}

static enum err show(struct invocation *inv, struct store *s, const char *id,
                     const struct reading_window *window, struct error *err)
{
    const struct sessions_cli *own = inv->options;
    const struct shared_options *o = &inv->shared;
    struct session_list_spec spec = {
        .calls = reading_calls(inv, window),
        .sort = o->sort,
        .ascending = o->ascending,
        .limit = output_row_limit(o),
        .no_cost = o->no_cost,
        .columns = o->columns.v,
        .n_columns = o->columns.n,
    };
    struct table table = {0};
    enum err rc;

    if (id)
        return show_one(inv, s, id, &spec, &table, err);
    rc = own->by           ? session_by_turn(s, &spec, &table, err)
         : own->concurrent ? session_concurrent(s, &spec, &table, err)
                           : session_list(s, &spec, &table, err);
    if (!rc)
        rc = output_table(inv, &table, false, err);
    table_release(&table);
    return rc;
}

static enum err sessions_command_run(struct invocation *inv, struct error *err)
{
    struct reading_window window;
    struct text_list files = {0};
    struct store *s = NULL;
    const char *id;
    enum err rc = split_arguments(inv, &id, &files, err);

    if (!rc)
        rc = reading_open(inv, &files, inputs_processors(), &s, &window, err);
    if (!rc)
        rc = show(inv, s, id, &window, err);
    store_close(s);
    return rc;
}

static const struct example sessions_examples[] = {
    {"llmobs sessions --sort cost",              "the most expensive conversations"                },
    {"llmobs sessions pi-1",                     "the turns of one, with running cost and growth"  },
    {"llmobs sessions --by turn",                "how input tokens and cost grow from turn to turn"},
    {"llmobs sessions --concurrent --since 30d", "how many ran at once, day by day"                },
    {NULL,                                       NULL                                              },
};

const struct command sessions_command = {
    .name = "sessions",
    .group = "look",
    .summary = "lists conversations, or the turns of one",
    .synopsis = "[ID] [FILE]...",
    .options = sessions_rows,
    .options_size = sizeof(struct sessions_cli),
    .shared =
        (const struct opt *const[]){shared_rows, shared_columns, shared_select, shared_window,
                                    shared_output, shared_db, shared_quiet, shared_verbose, NULL},
    .takes_files = true,
    .examples = sessions_examples,
    .run = sessions_command_run,
};
