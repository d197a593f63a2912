/* prompts: templates and their versions: which are used, which are worst, and how they changed. */
#include "report/prompt_list.h"

#include <string.h>
#include "commands.h"
#include "inputs.h"
#include "mined.h"
#include "output.h"
#include "reading.h"
#include "subject.h"
#include "base/banned.h"

enum { WORST_SHOWN = 10, SCORES_AT_LEAST = 5 };

struct prompts_cli {
    bool worst, mine;
    const char *rank, *by;
    int64_t min_scores;
};

static const struct prompts_cli prompts_defaults = {.min_scores = SCORES_AT_LEAST};

OPT_WORDS(rank_words, "quality", "bound", "errors", "latency", "cost")
OPT_WORDS(by_words, "version", "name")

/* clang-format off */
static const struct opt prompts_rows[] = {
    OPT_FLAG  (0, "worst", prompts_cli, worst,                    "the ten with the lowest quality first, as far as scores can tell"),
    OPT_CHOICE(0, "rank", "WHAT", rank_words, prompts_cli, rank,  "worst by: quality (shrunken mean), bound (sure to be bad), errors, latency (p95) or cost (above the mean); implies --worst"),
    OPT_CHOICE(0, "by", "WHAT", by_words, prompts_cli, by,        "a row for each version of a template (default), or for each name"),
    OPT_FLAG  (0, "mine", prompts_cli, mine,                      "find the templates of rendered prompts in files that name none"),
    OPT_INT   (0, "min-scores", "N", prompts_cli, min_scores, 1,  "values that a ranked figure is made of, at least (default: 5)"),
    OPT_END,
};
/* clang-format on */

static enum prompt_rank rank_of(const struct prompts_cli *o)
{
    static const enum prompt_rank ranks[] = {PROMPTS_BY_QUALITY, PROMPTS_BY_BOUND,
                                             PROMPTS_BY_ERRORS, PROMPTS_BY_LATENCY,
                                             PROMPTS_BY_COST};

    for (size_t i = 0; o->rank && rank_words(i); i++)
        if (strcmp(o->rank, rank_words(i)) == 0)
            return ranks[i];
    return o->worst ? PROMPTS_BY_QUALITY : PROMPTS_BY_CALLS;
}

static enum err check_options(const struct invocation *inv, const char *prompt, struct error *err)
{
    const struct prompts_cli *o = inv->options;

    if (prompt && (o->worst || o->rank || o->by))
        return error_set(err, ERR_USAGE,
                         "%s: no such file; --worst, --rank and --by are about all prompts, not "
                         "one",
                         prompt);
    if (o->rank && strcmp(o->rank, "cost") == 0 && inv->shared.no_cost)
        return error_set(err, ERR_USAGE, "--rank cost needs what --no-cost leaves out");
    return OK;
}

/* What the found templates look like, behind their names. */
static enum err show_patterns(const struct mined *m, struct table *t, struct error *err)
{
    struct column *c;
    bool some = false;

    if (!m)
        return OK;
    c = table_extend(t, "pattern", "pattern", UNIT_NONE);
    if (!c)
        return error_set(err, ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < t->n_rows; i++) {
        struct cell *name = &t->rows[i].cells[0];
        struct sv text = name->type == CELL_TEXT ? mined_pattern(m, name->text) : SV_NONE;

        if (text.p)
            t->rows[i].cells[t->n_columns - 1] = cell_text(arena_copy(&t->arena, text));
        some |= text.p != NULL;
    }
    c->in_data = true;
    c->in_text = some;
    c->drop = 1;
    return OK;
}

/* Only where the mark is seen. */
static enum err explain_mark(struct table *t, struct error *err)
{
    bool seen = false;

    for (size_t c = 0; c < t->n_columns; c++)
        for (size_t i = 0; i < t->n_rows && strcmp(t->columns[c].key, "differs") == 0; i++)
            seen |= t->columns[c].in_text && t->rows[i].cells[c].type == CELL_TEXT;
    if (seen && !table_note(t, "!= differs from all others together (adjusted p <= 0.05)"))
        return error_set(err, ERR_NOMEM, "out of memory");
    return OK;
}

static enum err show(struct invocation *inv, struct store *s, const char *prompt, bool from_files,
                     const struct mined *m, const struct reading_window *window, struct error *err)
{
    const struct prompts_cli *own = inv->options;
    const struct shared_options *o = &inv->shared;
    enum prompt_rank rank = rank_of(own);
    struct prompt_list_spec spec = {
        .calls = {.where = o->where.v,
                  .n_where = o->where.n,
                  .since_known = window->since_known,
                  .until_known = window->until_known,
                  .since_us = window->since_us,
                  .until_us = window->until_us,
                  .zone = &window->zone,
                  .no_cost = o->no_cost,
                  .jobs = inputs_processors()},
        .rank = rank,
        .prompt = prompt,
        .merge_versions = own->by && strcmp(own->by, "name") == 0,
        .min_n = own->min_scores,
        .all = o->all,
        .limit = rank != PROMPTS_BY_CALLS && !o->all && o->limit == LIMIT_DEFAULT
                     ? WORST_SHOWN
                     : output_row_limit(o),
    };
    struct table table = {0};
    enum err rc = prompt_list(s, &spec, &table, err);

    if (from_files)
        table.db = NULL;
    if (!rc)
        rc = show_patterns(m, &table, err);
    if (!rc)
        rc = table_choose(&table, o->columns.v, o->columns.n, err);
    if (!rc)
        rc = explain_mark(&table, err);
    if (!rc)
        rc = output_table(inv, &table, false, err);
    table_release(&table);
    return rc;
}

static enum err prompts_command_run(struct invocation *inv, struct error *err)
{
    struct reading_window window;
    struct text_list files = {0};
    const struct prompts_cli *own = inv->options;
    struct store *s = NULL;
    struct mined *m = NULL;
    const char *prompt;
    enum err rc = subject_arguments(inv, &prompt, &files, err);

    if (!rc)
        rc = check_options(inv, prompt, err);
    if (!rc && own->mine && !files.n)
        rc = error_set(err, ERR_USAGE,
                       "--mine needs files: a database does not hold what prompts say");
    if (!rc && own->mine)
        rc = mined_learn(inv, &files, &m, err);
    if (!rc && m) {
        struct ingest_templates templates = mined_templates(m);

        rc = reading_open_templates(inv, &files, inputs_processors(), &templates, &s, &window, err);
    } else if (!rc) {
        rc = reading_open(inv, &files, inputs_processors(), &s, &window, err);
    }
    if (!rc)
        rc = show(inv, s, prompt, files.n > 0, m, &window, err);
    store_close(s);
    mined_free(m);
    return rc;
}

static const struct example prompts_examples[] = {
    {"llmobs prompts",                     "which templates and versions are used"   },
    {"llmobs prompts --worst --since 24h", "the ten worst of the last day"           },
    {"llmobs prompts --rank cost",         "where money goes beyond the mean call"   },
    {"llmobs prompts --mine logs.jsonl",   "templates of prompts that nobody named"  },
    {"llmobs prompts refund",              "the versions of one prompt, side by side"},
    {NULL,                                 NULL                                      },
};

const struct command prompts_command = {
    .name = "prompts",
    .group = "look",
    .summary = "lists prompt templates and their versions, the worst first if asked",
    .synopsis = "[HASH|NAME] [FILE]...",
    .options = prompts_rows,
    .options_size = sizeof(struct prompts_cli),
    .defaults = &prompts_defaults,
    .shared =
        (const struct opt *const[]){shared_rows, shared_columns, shared_select, shared_window,
                                    shared_output, shared_db, shared_quiet, shared_verbose, NULL},
    .takes_files = true,
    .examples = prompts_examples,
    .run = prompts_command_run,
};
