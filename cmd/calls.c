/* calls: single calls, those first that were asked for. */
#include "report/call_list.h"

#include "answer_format.h"
#include "commands.h"
#include "inputs.h"
#include "output.h"
#include "reading.h"
#include "base/banned.h"

/* Rows in machine formats unless --all: each costs memory. */
enum { MOST_ROWS = 100000 };

struct calls_cli {
    bool ids;
    const char *check_format; /* NULL: none */
};

/* clang-format off */
static const struct opt calls_rows[] = {
    OPT_FLAG(0, "ids", calls_cli, ids, "show ids, session, and the file and line in the log, too"),
    OPT_TEXT(0, "check-format", "FILE", calls_cli, check_format, "only calls whose stored answers do not hold against this JSON Schema, and why"),
    OPT_END,
};
/* clang-format on */

static struct call_list_spec spec_of(const struct invocation *inv,
                                     const struct reading_window *window,
                                     const struct answer_format *format)
{
    const struct shared_options *o = &inv->shared;
    const struct calls_cli *own = inv->options;
    struct call_list_spec spec = {
        .calls = reading_calls(inv, window),
        .sort = o->sort,
        .ascending = o->ascending,
        .limit = output_row_limit(o),
        .no_cost = o->no_cost,
        .ids = own->ids,
        .format = own->check_format ? &format->spec : NULL,
        .columns = o->columns.v,
        .n_columns = o->columns.n,
    };

    if (!spec.limit && !o->all)
        spec.limit = MOST_ROWS;
    return spec;
}

static enum err calls_command_run(struct invocation *inv, struct error *err)
{
    const struct calls_cli *own = inv->options;
    struct answer_format format = {0};
    struct reading_window window;
    struct store *s = NULL;
    struct table table = {0};
    enum err rc = own->check_format ? answer_format_open(own->check_format, &format, err) : OK;

    inv->keep_answers = own->check_format != NULL;
    if (!rc)
        rc = reading_open(inv, &inv->args, inputs_processors(), &s, &window, err);
    if (!rc) {
        struct call_list_spec spec = spec_of(inv, &window, &format);

        rc = call_list(s, &spec, &table, err);
    }
    if (!rc)
        rc = output_table(inv, &table, false, err);
    table_release(&table);
    store_close(s);
    answer_format_release(&format);
    return rc;
}

static const struct example calls_examples[] = {
    {"llmobs calls --sort cost --limit 10",                             "the ten most expensive calls"                   },
    {"llmobs calls --where user=u_91 --where status=error",             "what went wrong for one user"                   },
    {"llmobs calls --sort context --ids --wide",                        "the longest prompts, and where they were logged"},
    {"llmobs calls --check-format schema.json --since 24h",
     "answers that do not have the form asked for"                                                                       },
    {"llmobs calls --since 1h -f csv --columns started,model,cost_usd",
     "the last hour for a spreadsheet"                                                                                   },
    {NULL,                                                              NULL                                             },
};

const struct command calls_command = {
    .name = "calls",
    .group = "look",
    .summary = "lists single calls: the latest, slowest, most expensive",
    .synopsis = "[FILE]...",
    .options = calls_rows,
    .options_size = sizeof(struct calls_cli),
    .shared =
        (const struct opt *const[]){shared_rows, shared_columns, shared_select, shared_window,
                                    shared_output, shared_db, shared_quiet, shared_verbose, NULL},
    .takes_files = true,
    .examples = calls_examples,
    .run = calls_command_run,
};
