/* shared: the options that mean the same for every command that takes them. */
#include "shared.h"

#include <string.h>
#include <unistd.h>
#include "detect/patterns.h"
#include "render/render.h"
#include "report/report.h"
#include "base/banned.h"

#define DEFAULT_DB "llmobs.db"

OPT_WORDS(color_words, "auto", "always", "never")
OPT_WORDS(progress_words, "auto", "never")

static const char *format_word(size_t i)
{
    return i < renderer_count ? renderers[i].name : NULL;
}

static const char *family_word(size_t i)
{
    return i < DETECT_FAMILIES ? detect_families[i] : NULL;
}

static const char *dimension_word(size_t i)
{
    return report_dimension_names()[i];
}

const struct shared_options shared_defaults = {.limit = LIMIT_DEFAULT, .exit_code = 1};

/* clang-format off */
const struct opt shared_db[] = {
    OPT_TEXT  (0, "db", "FILE", shared_options, db, "the database (default: llmobs.db in the working directory)"),
    OPT_END,
};

const struct opt shared_output[] = {
    OPT_CHOICE('f', "format",  "FORMAT", format_word, shared_options, format, "how the answer is written (default: table)"),
    OPT_TEXT  ('o', "output",  "FILE",                shared_options, output, "write to FILE, whole or not at all; its suffix chooses the format"),
    OPT_CHOICE( 0 , "color",   "WHEN", color_words,   shared_options, color,  "colour in tables: auto, always or never"),
    OPT_FLAG  ( 0 , "compact",                        shared_options, compact, "as few columns as fit into 80 characters"),
    OPT_FLAG  ( 0 , "wide",                           shared_options, wide,    "all columns, however wide the table gets"),
    OPT_END,
};

const struct opt shared_window[] = {
    OPT_TIME  (0, "since", "TIME", shared_options, since, "calls that started at TIME or later: " WHEN_FORMS),
    OPT_TIME  (0, "until", "TIME", shared_options, until, "calls that started before TIME; a date includes its day"),
    OPT_TEXT  (0, "tz",    "ZONE", shared_options, tz,    "time zone of days and dates: an IANA name, local or UTC"),
    OPT_END,
};

const struct opt shared_select[] = {
    OPT_LIST  (0, "where", "EXPR", shared_options, where, "only calls for which EXPR holds: model=gpt-*, status!=ok; repeat for AND"),
    OPT_END,
};

const struct opt shared_group[] = {
    OPT_COMMAS(0, "by",      "DIM[,DIM]", dimension_word, shared_options, by, "group by feature, model, user, day, meta.KEY and so on"),
    OPT_INT   (0, "min-n",   "N",    shared_options, min_n, 0,  "put groups of fewer than N calls under (other)"),
    OPT_END,
};

const struct opt shared_rows[] = {
    OPT_TEXT  (0, "sort",    "COL",  shared_options, sort,      "order of the rows by a column's key or title, largest first"),
    OPT_FLAG  (0, "asc",             shared_options, ascending, "with --sort: smallest first"),
    OPT_CLEAR (0, "desc",            shared_options, ascending, "with --sort: largest first (default)"),
    OPT_INT   (0, "limit",   "N",    shared_options, limit, 1,  "rows shown (default: 20 in table and md); report adds the others up as (other)"),
    OPT_FLAG  (0, "all",             shared_options, all,       "show every row"),
    OPT_FLAG  (0, "no-cost",         shared_options, no_cost,   "leave out all money"),
    OPT_END,
};

const struct opt shared_columns[] = {
    OPT_COMMAS(0, "columns", "LIST", NULL, shared_options, columns, "columns to show, by key or title"),
    OPT_END,
};

const struct opt shared_scan[] = {
    OPT_COMMAS(0, "scan", "LIST", family_word, shared_options, scan, "what texts are scanned for: pii, secrets, injection, refusals, quality (default: all)"),
    OPT_FLAG  (0, "no-scan",                   shared_options, no_scan, "do not look at texts at all"),
    OPT_END,
};

const struct opt shared_patterns[] = {
    OPT_LIST  (0, "patterns", "FILE", shared_options, patterns, "patterns of one's own to scan for: a table, see llmobs-scan(1); repeat for more"),
    OPT_END,
};

const struct opt shared_sample[] = {
    OPT_TEXT  (0, "sample", "RATE", shared_options, sample, "keep this share of calls, 0.05 or 5%, and all that met a guardrail"),
    OPT_END,
};

const struct opt shared_quiet[] = {
    OPT_FLAG  ('q', "quiet", shared_options, quiet, "only the figures: no summary, head line or notes"),
    OPT_END,
};

const struct opt shared_verbose[] = {
    OPT_FLAG  ('v', "verbose", shared_options, verbose, "say more on standard error"),
    OPT_END,
};

const struct opt shared_progress[] = {
    OPT_CHOICE(0, "progress", "WHEN", progress_words, shared_options, progress, "auto: when standard error is a terminal; or never"),
    OPT_END,
};

const struct opt shared_strict[] = {
    OPT_FLAG  (0, "strict",         shared_options, strict,       "exit 1 when a line is in quarantine or, reading, a call has no price"),
    OPT_INT   (0, "exit-code", "N", shared_options, exit_code, 0, "exit N instead of 1 when something was found"),
    OPT_FLAG  (0, "exit-zero",      shared_options, exit_zero,    "exit 0 even when something was found"),
    OPT_END,
};

const struct opt shared_config[] = {
    OPT_TEXT  (0, "config", "FILE", shared_options, config,    "a configuration file that is stronger than those found by themselves"),
    OPT_FLAG  (0, "no-config",      shared_options, no_config, "read no configuration file but the one that --config names"),
    OPT_END,
};

const struct opt shared_always[] = {
    OPT_FLAG  ('h', NULL,      shared_options, brief_help, "help on one screen"),
    OPT_FLAG  ( 0 , "help",    shared_options, full_help,  "all help"),
    OPT_FLAG  ( 0 , "version", shared_options, version,    "versions of llmobs and of the libraries it runs with"),
    OPT_END,
};
/* clang-format on */

const struct opt *const shared_tables[] = {
    shared_db,     shared_output,  shared_window, shared_select,  shared_group,
    shared_rows,   shared_columns, shared_scan,   shared_patterns, shared_sample,
    shared_quiet,
    shared_verbose, shared_progress,
    shared_strict, shared_config,  shared_always, NULL,
};

const struct opt *shared_settings(size_t i)
{
    return shared_tables[i] == shared_config ? NULL : shared_tables[i];
}

const char *shared_db_path(const struct shared_options *o)
{
    return o->db && *o->db ? o->db : DEFAULT_DB;
}

enum err shared_open_db(const struct shared_options *o, enum store_mode mode, struct store **out,
                        struct error *err)
{
    const char *path = shared_db_path(o);
    bool usual = strcmp(path, DEFAULT_DB) == 0;
    enum err rc = ERR_NOT_FOUND;

    /* Opened for writing it would be made. */
    if (mode == STORE_READ || access(path, F_OK) == 0)
        rc = store_open(path, mode, out, err);
    if (rc != ERR_NOT_FOUND)
        return rc;
    return error_set(err, rc, "%s: no such database; make one with: llmobs ingest %s%s%sFILE", path,
                     usual ? "" : "--db ", usual ? "" : path, usual ? "" : " ");
}
