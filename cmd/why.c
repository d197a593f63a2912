/* why: what one request cost, how long it took, and why. */
#include "report/why.h"

#include "commands.h"
#include "output.h"
#include "own_phases.h"
#include "prices.h"
#include "reading.h"
#include "subject.h"
#include "base/banned.h"

enum { CALLS_FOR_PEOPLE = 8 };

struct why_cli {
    bool cost, latency;
};

/* clang-format off */
static const struct opt why_rows[] = {
    OPT_FLAG(0, "cost",    why_cli, cost,    "only the bill"),
    OPT_FLAG(0, "latency", why_cli, latency, "only where the time went"),
    OPT_END,
};
/* clang-format on */

static enum err check(const struct invocation *inv, struct error *err)
{
    const struct why_cli *o = inv->options;

    if (!inv->args.n || !*inv->args.v[0])
        return error_set(err, ERR_USAGE,
                         "why: expected an ID of a request, span or trace; llmobs calls and llmobs "
                         "trace list them");
    if (o->cost && !o->latency && inv->shared.no_cost)
        return error_set(err, ERR_USAGE, "why: --cost and --no-cost exclude each other");
    return OK;
}

/* The arguments behind the first one. */
static enum err files_of(struct invocation *inv, struct text_list *files, struct error *err)
{
    for (size_t i = 1; i < inv->args.n; i++)
        if (!text_list_add(files, inv->args.v[i], &inv->arena))
            return error_set(err, ERR_NOMEM, "out of memory");
    return OK;
}

static enum err refuse_session(const struct trace_subject *subject, struct error *err)
{
    return subject->kind != SUBJECT_SESSION
               ? OK
               : error_set(err, ERR_USAGE,
                           "%.*s is a session, and why answers for a single request; its turns: "
                           "llmobs sessions %.*s",
                           SV_FMT(subject->id), SV_FMT(subject->id));
}

static enum err answer(struct invocation *inv, struct store *s, struct trace_subject subject,
                       const struct found_id *found, const struct zone *zone, bool from_files,
                       struct error *err)
{
    const struct why_cli *o = inv->options;
    struct why_spec spec = {
        .zone = zone,
        .cost = o->cost,
        .latency = o->latency,
        .calls = output_row_limit(&inv->shared),
        .missing = inv->shared.all || !output_for_people(&inv->shared),
        .no_cost = inv->shared.no_cost,
    };
    struct phase_table phases;
    struct trace_tree tree = {0};
    struct table table = {0};
    enum err rc = own_phases(inv, &phases, err);

    spec.phases = &phases;
    if (spec.calls && inv->shared.limit == LIMIT_DEFAULT)
        spec.calls = CALLS_FOR_PEOPLE;
    if (!rc)
        rc = trace_load(s, subject.kind, subject.id, COST_OF_LOG_OR_PRICES, &tree, err);
    if (!rc && tree.sums.unpriced)
        rc = prices_open(inv, s, &spec.book, err);
    if (!rc)
        rc = why_table(s, &tree, trace_find_node(&tree, found), &spec, &table, err);
    if (!rc && from_files)
        table.db = NULL;
    if (!rc)
        rc = output_table(inv, &table, false, err);
    price_book_free(spec.book);
    table_release(&table);
    trace_release(&tree);
    return rc;
}

static enum err why_command_run(struct invocation *inv, struct error *err)
{
    struct reading_window window;
    struct text_list files = {0};
    struct trace_subject subject;
    struct found_id found;
    struct store *s = NULL;
    enum err rc = check(inv, err);

    if (!rc)
        rc = files_of(inv, &files, err);
    if (!rc)
        rc = reading_open(inv, &files, 1, &s, &window, err);
    if (rc)
        return rc;
    rc = subject_find_one(inv, s, inv->args.v[0], &subject, &found, err);
    if (!rc)
        rc = refuse_session(&subject, err);
    if (!rc)
        rc = answer(inv, s, subject, &found, &window.zone, files.n > 0, err);
    store_close(s);
    return rc;
}

static const struct example why_examples[] = {
    {"llmobs why 7f3a0007",
     "what the trace whose id begins with 7f3a0007 cost, and where its time went"                 },
    {"llmobs why 7f3a0007 --cost",     "its bill"                                                 },
    {"llmobs why 000000a000000104",    "a single span, or the call that it is"                    },
    {"llmobs why 7f3a0001 trace.json", "a trace that somebody sent, without a database"           },
    {"llmobs why 7f3a0007 -f json",    "for a program, with each field that the log does not have"},
    {NULL,                             NULL                                                       },
};

const struct command why_command = {
    .name = "why",
    .group = "look",
    .summary = "says why one request cost so much or took so long",
    .synopsis = "ID [FILE]...",
    .options = why_rows,
    .options_size = sizeof(struct why_cli),
    .shared = (const struct opt *const[]){shared_rows, shared_window, shared_output, shared_db,
                                          shared_quiet, shared_verbose, NULL},
    .takes_files = true,
    .examples = why_examples,
    .run = why_command_run,
};
