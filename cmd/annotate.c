/* annotate: marks when something was changed, so that reports by time show it. */
#include "report/marks.h"

#include <stdio.h>
#include <string.h>
#include "base/time_text.h"
#include "commands.h"
#include "output.h"
#include "store/annotations.h"
#include "when.h"
#include "zone_load.h"
#include "base/banned.h"

enum { MOST_TEXT = 200 }; /* bytes of a mark: a line in a table */

struct annotate_cli {
    struct when at;
    const char *kind;
};

OPT_WORDS(kind_words, "deploy", "prompt", "kb", "model", "note")
OPT_WORDS(action_words, "list", "drop")

/* clang-format off */
static const struct opt annotate_rows[] = {
    OPT_TIME  (0, "at",   "TIME",             annotate_cli, at,   "when it was: " WHEN_FORMS),
    OPT_CHOICE(0, "kind", "KIND", kind_words, annotate_cli, kind, "deploy, prompt, kb, model or note (default: note)"),
    OPT_END,
};
/* clang-format on */

/* The zone over now and everything a mark may be put to. */
static enum err load_zone(struct invocation *inv, struct zone *zone, struct error *err)
{
    const int64_t first = days_from_civil(2000, 1, 1) * US_PER_DAY;
    struct zone_choice choice;
    enum err rc = zone_choose(inv->shared.tz, &inv->arena, &choice, err);

    *zone = (struct zone){.name = "UTC"};
    return rc ? rc
              : zone_load(&choice, first, inv->now_us + 366 * US_PER_DAY, &inv->arena, zone, err);
}

static enum err check_text(const char *text, struct error *err)
{
    size_t n = strlen(text);

    if (n == 0 || n > MOST_TEXT)
        return error_set(err, ERR_USAGE,
                         "annotate: the text of a mark has 1 to %d bytes, this one %zu", MOST_TEXT,
                         n);
    return OK;
}

static enum err add(struct invocation *inv, const struct zone *zone, struct error *err)
{
    const struct annotate_cli *o = inv->options;
    struct annotation a = {.kind = sv_from(o->kind ? o->kind : "note"),
                           .text = sv_from(inv->args.v[0])};
    struct store *s = NULL;
    struct buf line = {0};
    int64_t id = 0;
    enum err rc = check_text(inv->args.v[0], err);

    a.at_us = o->at.kind == WHEN_NONE ? inv->now_us : when_since_us(&o->at, zone, inv->now_us);
    if (!rc)
        rc = shared_open_db(&inv->shared, STORE_WRITE, &s, err);
    if (!rc)
        rc = store_annotate(s, &a, &id, err);
    store_close(s);
    if (!rc && !inv->shared.quiet) {
        char at[40];

        time_format_offset(a.at_us, zone_offset_s(zone, a.at_us), true, at);
        buf_printf(&line, "mark %lld: %.*s at %s\n", (long long)id, SV_FMT(a.kind), at);
        rc = output_text(inv, &line, err);
    }
    buf_release(&line);
    return rc;
}

static enum err list(struct invocation *inv, const struct zone *zone, struct error *err)
{
    const struct shared_options *o = &inv->shared;
    bool since = o->since.kind != WHEN_NONE, until = o->until.kind != WHEN_NONE;
    struct store *s = NULL;
    struct table t = {0};
    enum err rc = shared_open_db(o, STORE_READ, &s, err);

    if (!rc)
        rc = marks_list(s, zone, since ? when_since_us(&o->since, zone, inv->now_us) : INT64_MIN,
                        until ? when_until_us(&o->until, zone, inv->now_us) : INT64_MAX, &t, err);
    if (!rc)
        rc = output_table(inv, &t, true, err);
    table_release(&t);
    store_close(s);
    return rc;
}

static enum err drop(struct invocation *inv, struct error *err)
{
    struct store *s = NULL;
    int64_t id = 0;
    enum err rc = OK;

    if (decimal_scaled(sv_from(inv->args.v[1]), 0, &id))
        rc = error_set(err, ERR_USAGE, "annotate drop: expected the number of a mark, found \"%s\"",
                       inv->args.v[1]);
    if (!rc)
        rc = shared_open_db(&inv->shared, STORE_WRITE, &s, err);
    if (!rc)
        rc = store_annotation_drop(s, id, err);
    store_close(s);
    return rc;
}

static enum err annotate_command_run(struct invocation *inv, struct error *err)
{
    const struct annotate_cli *o = inv->options;
    bool marks = o->at.kind != WHEN_NONE || o->kind; /* then the word is a text */
    const char *word = inv->args.n ? inv->args.v[0] : NULL;
    struct zone zone;
    enum err rc = load_zone(inv, &zone, err);

    if (rc)
        return rc;
    if (!word)
        return error_set(err, ERR_USAGE, "annotate: expected a text, list or drop NUMBER");
    if (!marks && strcmp(word, "list") == 0 && inv->args.n == 1)
        return list(inv, &zone, err);
    if (!marks && strcmp(word, "drop") == 0 && inv->args.n == 2)
        return drop(inv, err);
    if (inv->args.n > 1)
        return error_set(err, ERR_USAGE,
                         "annotate: expected one text, found %zu words; put it in quotes",
                         inv->args.n);
    return add(inv, &zone, err);
}

static const struct example annotate_examples[] = {
    {"llmobs annotate \"prompt v7\" --at 2026-11-18T14:00:00Z --kind prompt",
     "marks when the prompt was changed"                                                                },
    {"llmobs annotate list",                                                  "all marks"               },
    {"llmobs report cost --by day",                                           "a report that shows them"},
    {"llmobs annotate drop 1",                                                "takes one away"          },
    {NULL,                                                                    NULL                      },
};

const struct command annotate_command = {
    .name = "annotate",
    .group = "bring in",
    .summary = "marks when something was changed",
    .synopsis = "TEXT | list | drop NUMBER",
    .options = annotate_rows,
    .options_size = sizeof(struct annotate_cli),
    .shared =
        (const struct opt *const[]){shared_window, shared_output, shared_db, shared_quiet, NULL},
    .words = action_words,
    .examples = annotate_examples,
    .run = annotate_command_run,
};
