/* drift: whether today's calls differ from those before: fields, categories, embeddings. */
#include "report/drift.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "base/time_text.h"
#include "commands.h"
#include "hook.h"
#include "inputs.h"
#include "output.h"
#include "query/dimensions.h"
#include "report/strict.h"
#include "stats/drift_verdict.h"
#include "two_windows.h"
#include "base/banned.h"

/* The least that can reach DRIFT_P_MAX, and enough to wait for. */
enum { PERMUTATIONS_MIN = 99, PERMUTATIONS_MAX = 1000000 };

struct drift_cli {
    const char *baseline, *current;
    struct text_list fields, by;
    const char *method, *threshold, *model, *inconclusive, *on_alert;
    int64_t min_n, permutations, seed, dim;
};

static const struct drift_cli drift_defaults = {
    .baseline = "30d", .current = "24h", .min_n = DRIFT_N_MIN};

static const char *method_word(size_t i)
{
    return drift_method_names[i + 1];
}

static const char *dimension_word(size_t i)
{
    return dimension_names()[i];
}

OPT_WORDS(inconclusive_words, "pass", "fail")

/* clang-format off */
static const struct opt drift_rows[] = {
    OPT_TEXT  (0, "baseline",     "WINDOW",                    drift_cli, baseline,     "what is compared with: so long before the current window (default: 30d), or FROM..TO"),
    OPT_TEXT  (0, "current",      "WINDOW",                    drift_cli, current,      "what is judged: so long until now or --until (default: 24h), or FROM..TO"),
    OPT_COMMAS(0, "field",        "FIELD[,FIELD]", NULL,       drift_cli, fields,       "only latency, ttft, input_tokens, output_tokens, cost, error_rate, finish_reason, model, embedding, wording, a score, meta.KEY (default: all that calls have)"),
    OPT_COMMAS(0, "by",           "DIM[,DIM]", dimension_word, drift_cli, by,           "judge each feature, model, user and so on as well"),
    OPT_CHOICE(0, "method",       "METHOD", method_word,       drift_cli, method,       "judge by one method, and leave out the fields it does not fit (default: by the kind of field)"),
    OPT_TEXT  (0, "threshold",    "X",                         drift_cli, threshold,    "the least effect that is drift (default: of each method its own)"),
    OPT_INT   (0, "min-n",        "N",                         drift_cli, min_n, 2,     "values in each window that a verdict needs (default: 30)"),
    OPT_INT   (0, "permutations", "N",                         drift_cli, permutations, PERMUTATIONS_MIN, "random permutations of embeddings, 99 to 1000000 (default: 999, and 9999 where these see something)"),
    OPT_INT   (0, "seed",         "N",                         drift_cli, seed, 0,      "of samples and permutations (default: 0)"),
    OPT_TEXT  (0, "model",        "NAME",                      drift_cli, model,        "embeddings that this model made, where there are several"),
    OPT_INT   (0, "dim",          "N",                         drift_cli, dim, 1,       "embeddings of this dimension, where there are several"),
    OPT_CHOICE(0, "inconclusive", "WHAT", inconclusive_words,  drift_cli, inconclusive, "too little data is no drift (pass, default), or exit 1 (fail)"),
    OPT_TEXT  (0, "on-alert",     "CMD",                       drift_cli, on_alert,     "run CMD with the answer as JSON on its standard input when there is drift"),
    OPT_END,
};
/* clang-format on */

static enum err read_threshold(const char *text, double *out, struct error *err)
{
    int64_t billionths;

    *out = NAN;
    if (!text)
        return OK;
    if (decimal_scaled(sv_from(text), 9, &billionths) || billionths < 0)
        return error_set(err, ERR_USAGE, "--threshold: expected a number like 0.15, found \"%s\"",
                         text);
    *out = (double)billionths / 1e9;
    return OK;
}

static struct drift_spec spec_of(const struct invocation *inv)
{
    const struct drift_cli *own = inv->options;
    const struct shared_options *o = &inv->shared;
    struct drift_spec spec = {
        .calls = {.by = own->by.v,
                  .n_by = own->by.n,
                  .where = o->where.v,
                  .n_where = o->where.n,
                  .drop_degenerate_ttft = true,
                  .jobs = inputs_processors()},
        .fields = own->fields.v,
        .n_fields = own->fields.n,
        .min_n = own->min_n,
        .embedding_model = own->model,
        .embedding_dim = own->dim,
        .permutations = (size_t)own->permutations,
        .seed = (uint64_t)own->seed,
        .quiet_segments = output_for_people(o) && !o->all,
        .limit = o->limit != LIMIT_DEFAULT && !o->all ? o->limit : 0,
        .no_cost = o->no_cost,
    };

    for (int m = 1; own->method && m < METHOD_COUNT; m++)
        if (strcmp(own->method, drift_method_names[m]) == 0)
            spec.method = (enum drift_method)m;
    return spec;
}

static void set_windows(struct drift_spec *spec, const struct two_windows *w)
{
    spec->baseline = (struct drift_window){w->before.since_us, w->before.until_us};
    spec->current = (struct drift_window){w->now.since_us, w->now.until_us};
    spec->calls.zone = &w->zone;
    spec->calls.since_known = spec->calls.until_known = true;
    spec->calls.since_us = w->since_us;
    spec->calls.until_us = w->until_us;
}

/* The answer for the windows that were typed. */
static enum err judge(struct invocation *inv, struct drift_spec *spec, struct table *table,
                      enum drift_answer *answer, bool *lacking, struct error *err)
{
    const struct drift_cli *own = inv->options;
    struct typed_window baseline, current;
    struct reading_window window = {0};
    struct two_windows windows;
    struct store *store = NULL;
    enum err rc = typed_window_parse(inv, "--baseline", own->baseline, &baseline, err);

    if (!rc)
        rc = typed_window_parse(inv, "--current", own->current, &current, err);
    if (!rc)
        rc = reading_open(inv, &inv->args, spec->calls.jobs, &store, &window, err);
    if (!rc)
        rc = two_windows_pin(inv, &baseline, &current, &window, &windows, err);
    if (!rc) {
        set_windows(spec, &windows);
        rc = drift_run(store, spec, table, answer, err);
    }
    if (!rc && inv->shared.strict)
        rc = strict_check(store, &spec->calls, lacking, err);
    store_close(store);
    return rc;
}

static enum err drift_command_run(struct invocation *inv, struct error *err)
{
    const struct drift_cli *own = inv->options;
    bool fail_without = own->inconclusive && strcmp(own->inconclusive, "fail") == 0;
    struct drift_spec spec = spec_of(inv);
    enum drift_answer answer = DRIFT_ANSWER_NONE;
    struct table table = {0};
    bool lacking = false;
    enum err rc = read_threshold(own->threshold, &spec.threshold, err);

    if (!rc && own->permutations > PERMUTATIONS_MAX)
        rc = error_set(err, ERR_USAGE, "--permutations: expected %d or less, found %" PRId64,
                       PERMUTATIONS_MAX, own->permutations);
    for (size_t i = 0; i < own->fields.n; i++)
        inv->keep_texts |= strstr(own->fields.v[i], "wording") != NULL;
    if (!rc)
        rc = judge(inv, &spec, &table, &answer, &lacking, err);
    if (!rc) {
        inv->found = answer == DRIFT_ANSWER_DRIFT || lacking ||
                     (answer == DRIFT_ANSWER_INSUFFICIENT && fail_without);
        rc = output_table(inv, &table, false, err);
    }
    if (!rc && own->on_alert && answer == DRIFT_ANSWER_DRIFT)
        hook_run(inv, own->on_alert, &table);
    table_release(&table);
    return rc;
}

static const struct name_list drift_lists[] = {
    {"DIMENSIONS", dimension_word, NULL, false},
    {NULL,         NULL,           NULL, false},
};

static const struct example drift_examples[] = {
    {"llmobs drift",                                                        "the last 24 hours against the 30 days before, field by field"},
    {"llmobs drift --by feature --baseline 7d --current 7d",
     "this week against the last, each feature as well"                                                                                   },
    {"llmobs drift --field embedding --method centroid --threshold 0.15",
     "the drift score of mean and spread of the embeddings"                                                                               },
    {"llmobs drift --field output_tokens --method psi",                     "one field by one measure"                                    },
    {"llmobs drift --baseline 2026-11-01..2026-11-07 --current 7d -f json",
     "a window of one's own, for a program"                                                                                               },
    {"llmobs drift --on-alert ./safety-tests.sh",                           "run a command when there is drift"                           },
    {NULL,                                                                  NULL                                                          },
};

const struct command drift_command = {
    .name = "drift",
    .group = "what changed",
    .summary = "says which fields of the calls have changed, and exits 1 when one has",
    .synopsis = "[FILE]...",
    .options = drift_rows,
    .options_size = sizeof(struct drift_cli),
    .defaults = &drift_defaults,
    .shared =
        (const struct opt *const[]){shared_rows, shared_select, shared_window, shared_output,
                                    shared_db, shared_quiet, shared_verbose, shared_strict, NULL},
    .lists = drift_lists,
    .takes_files = true,
    .examples = drift_examples,
    .run = drift_command_run,
};
