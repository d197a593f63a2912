/* sample: the calls that a judge is to look at. */
#include "report/sampling.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/time_text.h"
#include "commands.h"
#include "inputs.h"
#include "output.h"
#include "reading.h"
#include "base/banned.h"

struct sample_cli {
    const char *rate, *always;
    int64_t n; /* 0: not given */
    bool exclude_scored;
    struct text_list fields, truncate;
};

/* clang-format off */
static const struct opt sample_options[] = {
    OPT_TEXT  (0, "rate",     "R",      sample_cli, rate,     "the share of calls: 0.05 or 5% (default: 1, all)"),
    OPT_TEXT  (0, "always",   "EXPR",   sample_cli, always,   "take all calls of these: guardrail_triggered, or a filter as for --where"),
    OPT_INT   (0, "n",        "N",      sample_cli, n, 1,     "at most N calls beside those of --always"),
    OPT_FLAG  (0, "exclude-scored",     sample_cli, exclude_scored, "leave out calls that have a score"),
    OPT_COMMAS(0, "fields",   "F[,F]", sampling_field, sample_cli, fields, "what is written (default: request_id,input,output,context,weight)"),
    OPT_COMMAS(0, "truncate", "T=N[,T=N]", NULL, sample_cli, truncate, "cut texts to N characters: context=500,input=300,output=1000"),
    OPT_END,
};
/* clang-format on */

/* "input=300" */
static enum err read_truncate(const struct text_list *list, int64_t chars[TEXT_SIDES],
                              struct error *err)
{
    static const char *const names[] = {
        [TEXT_CONTEXT] = "context=", [TEXT_INPUT] = "input=", [TEXT_OUTPUT] = "output="};

    for (size_t i = 0; i < list->n; i++) {
        struct sv text = sv_from(list->v[i]);
        bool found = false;

        for (size_t side = 0; side < ARRAY_LEN(names); side++) {
            size_t n = strlen(names[side]);

            if (sv_starts(text, names[side]) &&
                !decimal_scaled((struct sv){text.p + n, text.n - n}, 0, &chars[side]) &&
                chars[side] > 0)
                found = true;
        }
        if (!found)
            return error_set(err, ERR_USAGE,
                             "--truncate: expected context=N, input=N or output=N, found \"%s\"",
                             list->v[i]);
    }
    return OK;
}

/* What the records stand for, beside them: they are for a machine. */
static void say(const struct invocation *inv, const struct sampled *n)
{
    const struct sample_cli *o = inv->options;
    FILE *to = inv->shared.output ? stdout : stderr;

    if (n->without_text)
        fprintf(stderr,
                "llmobs: %" PRId64 " of these calls have no stored text; "
                "ingest --store-content keeps it\n",
                n->without_text);
    if (inv->shared.quiet)
        return;
    fprintf(to, "%" PRId64 " of %" PRId64 " calls: ", n->always_taken + n->others_taken,
            n->always + n->others);
    if (o->always)
        fprintf(to, "%" PRId64 " of %" PRId64 " with %s (weight 1), ", n->always_taken, n->always,
                o->always);
    fprintf(to, "%" PRId64 " of %" PRId64 "%s (weight %.6g)\n", n->others_taken, n->others,
            o->always ? " others" : "", n->weight);
}

/* One JSON object a line, unless another form was asked for. */
static void choose_format(struct shared_options *o)
{
    if (!o->format && !(o->output && renderer_for_file(o->output)))
        o->format = "jsonl";
}

static enum err sample_run(struct invocation *inv, struct error *err)
{
    const struct sample_cli *o = inv->options;
    struct sampling_spec spec = {.always = o->always,
                                 .most = o->n,
                                 .exclude_scored = o->exclude_scored,
                                 .fields = o->fields.v,
                                 .n_fields = o->fields.n};
    struct reading_window window;
    struct store *s = NULL;
    struct table t = {0};
    struct sampled counts;
    enum err rc = inputs_rate("--rate", o->rate ? o->rate : "1", true, &spec.rate_ppb, err);

    choose_format(&inv->shared);
    inv->keep_texts = true;
    if (!rc)
        rc = read_truncate(&o->truncate, spec.chars, err);
    if (!rc)
        rc = reading_open(inv, &inv->args, 1, &s, &window, err);
    if (!rc) {
        spec.calls = reading_calls(inv, &window);
        spec.calls.jobs = 1; /* it keeps one list of candidates */
        rc = sampling_table(s, &spec, &t, &counts, err);
    }
    if (!rc)
        rc = output_table(inv, &t, true, err);
    if (!rc)
        rc = output_flush(err);
    if (!rc)
        say(inv, &counts);
    table_release(&t);
    store_close(s);
    return rc;
}

static const struct example sample_examples[] = {
    {"llmobs sample --rate 0.05 --always guardrail_triggered -o judge.jsonl",
     "5 % of the calls, and all that met a guardrail"                             },
    {"llmobs sample --n 200 --exclude-scored --since 7d -o judge.jsonl",
     "200 of last week that nobody has judged"                                    },
    {"llmobs sample logs.jsonl --rate 5% --truncate input=300,output=1000",
     "straight from a log, cut for a judge's prompt"                              },
    {NULL,                                                                    NULL},
};

const struct command sample_command = {
    .name = "sample",
    .group = "watch",
    .summary = "draws calls for a judge, the same ones each time, with weights",
    .synopsis = "[FILE]...",
    .options = sample_options,
    .options_size = sizeof(struct sample_cli),
    .shared = (const struct opt *const[]){shared_select, shared_window, shared_output, shared_db,
                                          shared_quiet, NULL},
    .takes_files = true,
    .examples = sample_examples,
    .run = sample_run,
};
