/* trace: what happened in one request, as a tree; or which traces are worth a look. */
#include "report/trace_list.h"
#include "report/trace_view.h"

#include <stdio.h>
#include <string.h>
#include "base/time_text.h"
#include "commands.h"
#include "inputs.h"
#include "output.h"
#include "reading.h"
#include "subject.h"
#include "base/banned.h"

enum { STEPS_FOR_PEOPLE = 500 };

struct trace_cli {
    int64_t depth;
    const char *min_duration;
    bool ids, failed, content;
};

static const struct trace_cli trace_defaults = {.depth = -1};

/* clang-format off */
static const struct opt trace_rows[] = {
    OPT_INT   (0, "depth", "N", trace_cli, depth, 0,                "levels shown below the root"),
    OPT_TEXT  (0, "min-duration", "TIME", trace_cli, min_duration,  "leave out steps that took less: 50ms, 1.5s"),
    OPT_FLAG  (0, "ids",        trace_cli, ids,                     "show the ids and the lines of the log, too"),
    OPT_FLAG  (0, "content",    trace_cli, content,                 "show the texts of calls, too: from files, or those that are stored"),
    OPT_FLAG  (0, "failed",     trace_cli, failed,                  "without ID: only traces with an error, the latest first"),
    OPT_END,
};
/* clang-format on */

/* "50ms" as microseconds; without a unit seconds, as people say them. */
static enum err duration_of(const char *text, int64_t *us, struct error *err)
{
    static const struct {
        const char *suffix;
        int digits; /* decimal places that the unit is above a microsecond */
    } units[] = {
        {"us", 0},
        {"ms", 3},
        {"s",  6}
    };
    struct sv number = sv_from(text);
    int digits = 6;

    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (sv_ends(number, units[i].suffix)) {
            number.n -= strlen(units[i].suffix);
            digits = units[i].digits;
            break;
        }
    if (decimal_scaled(number, digits, us) || *us < 0)
        return error_set(err, ERR_USAGE,
                         "--min-duration: expected a time like 50ms or 1.5s, found \"%s\"", text);
    return OK;
}

static enum err show_one(struct invocation *inv, struct store *s, struct trace_subject subject,
                         const struct reading_window *window, bool from_files, struct error *err)
{
    const struct trace_cli *o = inv->options;
    struct trace_view_spec spec = {
        .zone = &window->zone,
        .depth = o->depth,
        .no_cost = inv->shared.no_cost,
        .ids = o->ids,
        .content = o->content,
        .limit = output_row_limit(&inv->shared),
    };
    struct trace_tree tree = {0};
    struct table table = {0};
    enum err rc = OK;

    if (spec.limit && inv->shared.limit == LIMIT_DEFAULT)
        spec.limit = STEPS_FOR_PEOPLE;
    if (o->min_duration)
        rc = duration_of(o->min_duration, &spec.min_duration_us, err);
    if (!rc)
        rc = trace_load(s, subject.kind, subject.id, spec.cost, &tree, err);
    if (!rc)
        rc = trace_view(s, &tree, &spec, &table, err);
    if (!rc && from_files)
        table.db = NULL;
    if (!rc)
        rc = output_table(inv, &table, false, err);
    table_release(&table);
    trace_release(&tree);
    return rc;
}

/* The sessions are what there is where nothing names a trace: the only one is shown. */
static enum err only_session(struct invocation *inv, struct store *s, struct trace_subject *out,
                             bool *found, struct error *err)
{
    struct sv id = SV_NONE;
    enum err rc = store_only_session(s, &inv->arena, &id, err);

    *found = !rc && id.p;
    *out = (struct trace_subject){SUBJECT_SESSION, id};
    return rc;
}

static enum err list(struct invocation *inv, struct store *s, const struct reading_window *window,
                     bool from_files, struct error *err)
{
    const struct shared_options *o = &inv->shared;
    const struct trace_cli *own = inv->options;
    struct trace_list_spec spec = {
        .calls = reading_calls(inv, window),
        .sort = o->sort,
        .ascending = o->ascending,
        .limit = output_row_limit(o),
        .failed = own->failed,
        .no_cost = o->no_cost,
    };
    struct trace_list_found found;
    struct trace_subject subject;
    struct table table = {0};
    bool one = false;
    enum err rc = trace_list(s, &spec, &table, &found, err);

    /* A file that somebody sent: what is in it is meant. */
    if (!rc && from_files && found.only.p && !found.calls_without_trace) {
        subject = (struct trace_subject){SUBJECT_TRACE, found.only};
        one = true;
    } else if (!rc && from_files && !found.traces && found.calls_without_trace) {
        rc = only_session(inv, s, &subject, &one, err);
    }
    if (!rc)
        rc = one ? show_one(inv, s, subject, window, from_files, err)
                 : output_table(inv, &table, false, err);
    table_release(&table);
    return rc;
}

static enum err trace_command_run(struct invocation *inv, struct error *err)
{
    struct reading_window window;
    struct text_list files = {0};
    struct trace_subject subject;
    struct store *s = NULL;
    const char *id;
    enum err rc = subject_arguments(inv, &id, &files, err);

    inv->keep_texts = ((const struct trace_cli *)inv->options)->content;
    if (!rc)
        rc = reading_open(inv, &files, inputs_processors(), &s, &window, err);
    if (rc)
        return rc;
    if (id) {
        rc = subject_find(inv, s, id, &subject, err);
        if (!rc)
            rc = show_one(inv, s, subject, &window, files.n > 0, err);
    } else {
        rc = list(inv, s, &window, files.n > 0, err);
    }
    store_close(s);
    return rc;
}

static const struct example trace_examples[] = {
    {"llmobs trace 7f3a0007",                            "the trace whose id begins with 7f3a0007"       },
    {"llmobs trace trace.json",                          "a trace that somebody sent, without a database"},
    {"llmobs trace",                                     "the traces that took longest"                  },
    {"llmobs trace --sort cost --where feature=support", "the most expensive ones of a feature"          },
    {"llmobs trace --failed --since 24h",                "those that went wrong lately"                  },
    {NULL,                                               NULL                                            },
};

const struct command trace_command = {
    .name = "trace",
    .group = "look",
    .summary = "shows what happened in one request, step by step",
    .synopsis = "[ID] [FILE]...",
    .options = trace_rows,
    .options_size = sizeof(struct trace_cli),
    .defaults = &trace_defaults,
    .shared = (const struct opt *const[]){shared_rows, shared_select, shared_window, shared_output,
                                          shared_db, shared_quiet, shared_verbose, NULL},
    .takes_files = true,
    .examples = trace_examples,
    .run = trace_command_run,
};
