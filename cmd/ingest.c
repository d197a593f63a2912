/* ingest: logs into the database. */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "bad_lines.h"
#include "commands.h"
#include "format/format.h"
#include "inputs.h"
#include "output.h"
#include "prices.h"
#include "render/number_text.h"
#include "scanners.h"
#include "signals.h"
#include "base/time_text.h"
#include "base/banned.h"

struct ingest_cli {
    const char *from; /* NULL, "auto": recognise */
    const char *map, *assume_tz; /* NULL: none */
    int64_t max_line;
    int64_t jobs; /* 0: as many as help */
    bool dry_run;
    bool follow;
    struct text_list set, drop_attr;
    const char *store_content, *salt_file; /* NULL: none */
    int64_t preview; /* 0: not given */
    bool redact, hash_users, no_hash_texts;
    const char *audit_map; /* NULL: none */
    /* NULL: nothing is said */
    const char *score_name, *score_source, *score_judge, *score_range, *score_pass;
};

static const struct ingest_cli ingest_defaults = {.max_line = INPUTS_MAX_LINE};

/* "auto", "list", then the formats. */
static const char *from_word(size_t i)
{
    static const char *const first[] = {"auto", "list"};

    if (i < ARRAY_LEN(first))
        return first[i];
    i -= ARRAY_LEN(first);
    return formats[i] ? formats[i]->name : NULL;
}

OPT_WORDS(store_words, "none", "preview", "full")
OPT_WORDS(scorer_words, "human", "judge", "rule", "user", "eval")

static const char *format_name(size_t i)
{
    return formats[i] ? formats[i]->name : NULL;
}

static const char *format_summary(size_t i)
{
    return formats[i]->summary;
}

/* clang-format off */
static const struct opt ingest_rows[] = {
    OPT_CHOICE(0, "from",     "NAME", from_word, ingest_cli, from, "the log format: auto (line by line), list shows all"),
    OPT_TEXT  (0, "map",       "FILE",      ingest_cli, map,         "JSON file: where fields stand in lines nobody knows"),
    OPT_TEXT  (0, "assume-tz", "TZ",        ingest_cli, assume_tz,   "zone of times that have none (default: UTC)"),
    OPT_LIST  (0, "set",      "KEY=VAL",    ingest_cli, set,         "give calls that lack KEY this value: environment=production"),
    OPT_TEXT  (0, "score-name", "NAME",     ingest_cli, score_name,  "what scores are about that do not say it"),
    OPT_CHOICE(0, "score-source", "WHO", scorer_words, ingest_cli, score_source, "who gave scores that do not say it: human, judge, rule, user or eval"),
    OPT_TEXT  (0, "score-judge", "MODEL",   ingest_cli, score_judge, "the model of judges whose lines do not name it"),
    OPT_TEXT  (0, "score-range", "A..B",    ingest_cli, score_range, "the worst and best value of scores that are not in 0..1: 1..5"),
    OPT_TEXT  (0, "score-pass", "TEST",     ingest_cli, score_pass,  "which values pass, where the line has no verdict: '>=0.7'"),
    OPT_CHOICE(0, "store-content", "WHAT", store_words, ingest_cli, store_content, "keep texts of prompts and answers: none (default), preview or full"),
    OPT_INT   (0, "preview",  "N",          ingest_cli, preview, 1,  "characters of a preview (default: 200)"),
    OPT_FLAG  (0, "redact",                 ingest_cli, redact,      "personal data and secrets in kept texts become [email] and the like"),
    OPT_FLAG  (0, "no-hash-texts",          ingest_cli, no_hash_texts, "keep no hashes and lengths of texts but those that the log has"),
    OPT_LIST  (0, "drop-attr", "GLOB",      ingest_cli, drop_attr,   "read members and attributes of this name as null: llm.prompts*"),
    OPT_FLAG  (0, "hash-users",             ingest_cli, hash_users,  "keep a hash in place of each user's id"),
    OPT_TEXT  (0, "salt-file", "FILE",      ingest_cli, salt_file,   "the key of these hashes, 16 bytes at least (sets --hash-users)"),
    OPT_TEXT  (0, "audit-map", "FILE",      ingest_cli, audit_map,   "write where the record of each call stands: its ids, file, line, bytes and their SHA-256"),
    OPT_SIZE  (0, "max-line", "SIZE",       ingest_cli, max_line, 1, "longest line that is read (default: 16M)"),
    OPT_INT   (0, "jobs",     "N",          ingest_cli, jobs, 1,     "threads: 1, or 2 to read and write side by side"),
    OPT_FLAG  (0, "dry-run",                ingest_cli, dry_run,     "say what would be new, merged or updated; store nothing"),
    OPT_FLAG  (0, "follow",                 ingest_cli, follow,      "go on with what is written until interrupted"),
    OPT_END,
};
/* clang-format on */

/* What the events need. */
struct run {
    const struct shared_options *shared;
    bool only_news; /* following: inputs without anything new are not worth a line */
    struct bad_lines bad;
    size_t path_width;
    bool progress_shown; /* a progress line stands on the terminal */
    bool progress;
};

static void add_number(struct buf *b, int64_t n)
{
    struct cell cell = cell_int(n);
    struct number_range range = {0};
    struct number_style style = number_style_for(UNIT_COUNT, &range);

    number_text(b, &style, false, &cell);
}

static void add_count(struct buf *b, int64_t n, const char *what)
{
    add_number(b, n);
    buf_printf(b, " %s", what);
}

/* As above, the numbers of several lines under each other. */
static void add_column(struct buf *b, int64_t n, const char *what)
{
    enum { DIGITS = 11 };
    struct buf number = {0};

    add_number(&number, n);
    buf_printf(b, "%*s %s", DIGITS, number.p ? number.p : "", what);
    buf_release(&number);
}

static void add_some(struct buf *b, int64_t n, const char *what)
{
    if (!n)
        return;
    buf_str(b, "  ");
    add_count(b, n, what);
}

static void clear_progress(struct run *run)
{
    if (run->progress_shown)
        fputs("\r\x1b[K", stderr);
    run->progress_shown = false;
}

static void bad_line(void *ctx, const char *path, int64_t line, const char *reason)
{
    struct run *run = ctx;

    bad_lines_say(&run->bad, path, line, reason);
}

static void file_done(void *ctx, const struct ingest_file *f)
{
    struct run *run = ctx;
    struct error path, note; /* their texts are safe to show */
    struct buf line = {0};

    if (run->only_news && !f->lines)
        return;
    clear_progress(run);
    error_set(&path, OK, "%s", f->path);
    error_set(&note, OK, "%s", f->note ? f->note : "could not be read");
    if (f->failed || f->no_log)
        fprintf(stderr, "llmobs: %s: %s\n", path.msg, note.msg);
    if (run->shared->quiet)
        return;
    buf_printf(&line, "%-*s  ", (int)run->path_width, path.msg);
    if (f->note && !f->lines) {
        buf_printf(&line, "(%s)", note.msg);
    } else {
        buf_printf(&line, "%-12s", f->formats);
        add_column(&line, f->lines, "lines");
        add_column(&line, f->calls_new, "calls");
        add_some(&line, f->calls_merged, "merged");
        add_some(&line, f->calls_updated, "updated");
        add_some(&line, f->spans, "spans");
        add_some(&line, f->tool_calls, "tool calls");
        add_some(&line, f->branch_decisions, "branch decisions");
        add_some(&line, f->scores, "scores");
        add_some(&line, f->left_out, "left out");
        add_some(&line, f->skipped, "skipped");
        add_some(&line, f->quarantined, "quarantined");
        if (f->waiting)
            buf_str(&line, "  last line unfinished");
        if (run->shared->verbose && f->skipped && *f->skipped_kinds)
            buf_printf(&line, "  (skipped: %s)", f->skipped_kinds);
    }
    if (!line.failed)
        printf("%s\n", line.p);
    buf_release(&line);
}

static void show_progress(void *ctx, const char *path, int64_t consumed_bytes, int64_t total_bytes,
                          int64_t records)
{
    struct run *run = ctx;
    struct error shown;

    if (!run->progress)
        return;
    error_set(&shown, OK, "%.40s", path);
    fprintf(stderr, "\r\x1b[K%s  %" PRId64 " MB", shown.msg, consumed_bytes / 1000000);
    if (total_bytes > 0)
        fprintf(stderr, " of %" PRId64 " MB", total_bytes / 1000000);
    fprintf(stderr, "  %" PRId64 " records", records);
    fflush(stderr);
    run->progress_shown = true;
}

static bool stop(void *ctx)
{
    (void)ctx;
    return signals_caught() != 0;
}

static enum err list_formats(struct invocation *inv, struct error *err)
{
    struct buf out = {0};
    enum err rc;

    for (size_t i = 0; formats[i]; i++)
        buf_printf(&out, "%-20s %s\n", formats[i]->name, formats[i]->summary);
    rc = output_text(inv, &out, err);
    buf_release(&out);
    return rc;
}

/* "15 scores new: 10 matched, 2 unmatched (wait for their call), 3 of traces and sessions" */
static void add_scores(struct buf *out, const struct ingest_totals *t)
{
    const struct {
        int64_t n;
        const char *what;
    } parts[] = {
        {t->scored.unmatched,   "unmatched (wait for their call)"},
        {t->scored.of_traces,   "of traces and sessions"         },
        {t->scored.of_cases,    "of cases"                       },
        {t->scored.unreadable,  "unreadable (count as missing)"  },
        {t->scores_conflicting, "conflicting"                    },
        {t->scores_late,        "had waited for their call"      },
    };

    if (!t->scored.scores && !t->scores_conflicting && !t->scores_late)
        return;
    add_count(out, t->scored.scores, t->scored.scores == 1 ? "score new: " : "scores new: ");
    add_count(out, t->scored.matched, "matched");
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (parts[i].n) {
            buf_str(out, ", ");
            add_count(out, parts[i].n, parts[i].what);
        }
    buf_char(out, '\n');
}

static void show_totals(const struct ingest_totals *t, const char *db, bool dry_run,
                        const char *sample, int64_t elapsed_ms)
{
    struct buf out = {0};
    char first[40], last[40];

    add_count(&out, t->calls_new, "calls new, ");
    add_count(&out, t->calls_updated, "updated");
    if (t->first_us <= t->last_us) {
        time_format_utc(t->first_us, first);
        time_format_utc(t->last_us, last);
        buf_printf(&out, "   %.10s .. %.10s UTC", first, last);
    }
    buf_printf(&out, dry_run ? "   dry run, nothing stored in %s" : "   db: %s", db);
    if (isatty(STDOUT_FILENO))
        buf_printf(&out, "   %" PRId64 ".%02" PRId64 " s", elapsed_ms / 1000,
                   elapsed_ms % 1000 / 10);
    buf_char(&out, '\n');
    if (t->left_out) {
        add_count(&out, t->left_out, t->left_out == 1 ? "record of a call" : "records of calls");
        buf_printf(&out, " left out (--sample %s)\n", sample);
    }
    add_scores(&out, t);
    if (t->quarantined && !dry_run) {
        add_count(&out, t->quarantined, t->quarantined == 1 ? "line" : "lines");
        buf_str(&out, " quarantined: llmobs quarantine\n");
    }
    if (!out.failed)
        fputs(out.p, stdout);
    buf_release(&out);
}

static int64_t monotonic_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static size_t widest(const struct path_list *paths)
{
    enum { AT_MOST = 40 };
    size_t width = 0;

    for (size_t i = 0; i < paths->n; i++) {
        size_t n = strlen(paths->paths[i]);
        width = n > width ? n : width;
    }
    return width < AT_MOST ? width : AT_MOST;
}

/*
 * Runs again and again until a signal comes: what is unchanged is not even opened, so a round costs
 * little. The arguments are expanded anew each time, for files that appear; every round commits.
 */
static enum err follow(struct invocation *inv, struct store *store,
                       const struct ingest_options *options, struct run *run, struct output *audit,
                       struct ingest_totals *totals, struct error *err)
{
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 500000000};
    enum err rc = OK;

    run->only_news = true;
    while (!rc && !signals_caught()) {
        struct ingest_totals round = {0};
        struct path_list paths = {0};
        struct arena arena = {0};
        int64_t missing = 0;

        if (!run->shared->quiet)
            fflush(stdout);
        if (audit->stream)
            rc = output_pass_on(audit, err);
        nanosleep(&pause, NULL);
        if (rc || signals_caught())
            break;
        rc = inputs_expand(&inv->args, &arena, &paths, &missing, err);
        if (!rc && paths.n)
            rc = ingest_run(store, paths.paths, paths.n, options, &round, err);
        totals->calls_new += round.calls_new;
        totals->calls_updated += round.calls_updated;
        totals->left_out += round.left_out;
        totals->quarantined += round.quarantined;
        if (round.calls_new && round.first_us < totals->first_us)
            totals->first_us = round.first_us;
        if (round.calls_new && round.last_us > totals->last_us)
            totals->last_us = round.last_us;
        arena_release(&arena);
    }
    return rc == ERR_STOPPED ? OK : rc;
}

static enum err read_score_rules(const struct ingest_cli *o, struct score_rules *out,
                                 struct error *err)
{
    enum err rc = OK;

    if (o->score_name)
        out->name = sv_from(o->score_name);
    if (o->score_source)
        out->scorer = sv_from(o->score_source);
    if (o->score_judge)
        out->judge_model = sv_from(o->score_judge);
    if (o->score_range)
        rc = score_rules_range(out, o->score_range, err);
    if (!rc && o->score_pass)
        rc = score_rules_pass(out, o->score_pass, err);
    return rc;
}

/* What may be kept of texts and names. */
static enum err keep_of(const struct ingest_cli *o, struct arena *arena, struct keep_options *out,
                        struct error *err)
{
    enum { PREVIEW_CHARS = 200 };
    const char *store = o->store_content ? o->store_content : "none";

    *out = (struct keep_options){
        .texts = strcmp(store, "full") == 0      ? KEEP_WHOLE
                 : strcmp(store, "preview") == 0 ? KEEP_PREVIEW
                                                 : KEEP_NO_TEXT,
        .preview_chars = o->preview ? o->preview : PREVIEW_CHARS,
        .redact = o->redact,
        .hash_texts = !o->no_hash_texts,
        .hash_users = o->hash_users || o->salt_file,
        .drop = o->drop_attr.v,
        .n_drop = o->drop_attr.n,
    };
    if (o->redact && !out->texts)
        return error_set(err, ERR_USAGE, "--redact: no texts are kept; add --store-content preview "
                                         "or full");
    if (o->preview && out->texts != KEEP_PREVIEW)
        return error_set(err, ERR_USAGE, "--preview: add --store-content preview");
    return inputs_salt(o->salt_file, arena, &out->salt, err);
}

/* Of a run that was stopped, too: what is in the map is stored, or the next run reads it again. */
static enum err close_audit_map(struct output *audit, enum err rc, struct error *err)
{
    struct error trouble;
    enum err closed = output_close(audit, &trouble);

    if (closed)
        *err = trouble;
    return closed ? closed : rc;
}

static enum err ingest_command_run(struct invocation *inv, struct error *err)
{
    const struct ingest_cli *o = inv->options;
    const struct shared_options *shared = &inv->shared;
    const char *db = shared_db_path(shared);
    bool recognise = !o->from || strcmp(o->from, "auto") == 0;
    struct run run = {.shared = shared};
    struct ingest_options options = {
        .from = recognise ? NULL : o->from,
        .max_line = o->max_line,
        .jobs = o->jobs                   ? (int)(o->jobs < 2 ? o->jobs : 2)
                : inputs_processors() > 1 ? 2
                                          : 1,
        .hash_seed = inputs_seed(),
        .set = o->set.v,
        .n_set = o->set.n,
        .events = {&run, bad_line, file_done, show_progress, stop},
    };
    struct path_list paths = {0};
    struct ingest_totals totals = {0};
    struct store *store = NULL;
    struct mapping *map = NULL;
    struct output audit = {0};
    struct detect_options scan;
    int64_t began_ms = monotonic_ms(), missing = 0;
    enum err rc;

    if (o->from && strcmp(o->from, "list") == 0)
        return list_formats(inv, err);
    if (inv->args.n == 0)
        return error_set(err, ERR_USAGE,
                         "nothing to read: name files, directories, or - for standard input");
    rc = inputs_assume(o->assume_tz, &inv->arena, &options.assume, err);
    if (!rc)
        rc = inputs_expand(&inv->args, &inv->arena, &paths, &missing, err);
    if (!rc)
        rc = scanners_choose(shared, &inv->arena, &scan, err);
    if (!rc)
        rc = keep_of(o, &inv->arena, &options.keep, err);
    if (!rc && shared->sample)
        rc = inputs_rate("--sample", shared->sample, false, &options.sample_ppb, err);

    if (!rc)
        rc = inputs_mapping(o->map, &map, err);
    if (rc)
        return rc;
    options.map = map;
    rc = read_score_rules(o, &options.scores, err);
    if (rc) {
        mapping_close(map);
        return rc;
    }
    options.scan = shared->no_scan ? NULL : &scan;
    run.path_width = widest(&paths);
    run.progress = isatty(STDERR_FILENO) && !shared->quiet &&
                   !(shared->progress && strcmp(shared->progress, "never") == 0);
    signals_catch();
    if (paths.n)
        rc = o->dry_run ? store_open_copy(db, &store, err)
                        : store_open(db, STORE_WRITE, &store, err);
    if (!rc && store)
        rc = prices_open(inv, store, &options.prices, err);
    if (!rc && store && o->audit_map)
        rc = o->follow ? output_append(o->audit_map, &audit, err)
                       : output_open(o->audit_map, &audit, err);
    if (audit.stream)
        options.audit = (struct audit_sink){&audit, output_write};
    if (!rc && store)
        rc = ingest_run(store, paths.paths, paths.n, &options, &totals, err);
    if (!rc && store && o->follow)
        rc = follow(inv, store, &options, &run, &audit, &totals, err);
    if (audit.stream && (!rc || rc == ERR_STOPPED))
        rc = close_audit_map(&audit, rc, err);
    output_discard(&audit);
    price_book_free(options.prices);
    store_close(store);
    mapping_close(map);
    clear_progress(&run);
    bad_lines_done(&run.bad);
    if (rc)
        return rc;
    if (!shared->quiet && paths.n)
        show_totals(&totals, db, o->dry_run, shared->sample, monotonic_ms() - began_ms);
    if (o->follow && signals_caught())
        return error_set(err, ERR_STOPPED, "stopped");
    inv->found = shared->strict && (totals.quarantined > 0 || totals.files_no_log > 0);
    if (totals.files_no_log == (int64_t)paths.n)
        return error_set(err, ERR_IO, "nothing to read: no input is a log");
    missing += totals.files_failed;
    if (missing)
        return error_set(err, ERR_IO, "%" PRId64 " %s could not be read to the end", missing,
                         missing == 1 ? "input" : "inputs");
    return OK;
}

static const struct name_list ingest_lists[] = {
    {"FORMATS",             format_name,        format_summary,     false},
    {"FIELDS OF A MAPPING", mapping_field_name, mapping_field_help, true },
    {NULL,                  NULL,               NULL,               false},
};

static const struct example ingest_examples[] = {
    {"llmobs ingest logs.jsonl",                                  "read a file into llmobs.db"          },
    {"llmobs ingest logs/ --set environment=production",          "read a directory and stamp its calls"},
    {"zcat logs.jsonl.gz | llmobs ingest -",                      "read standard input"                 },
    {"llmobs ingest scores.jsonl --score-range 1..5",             "scores that people gave, 5 is best"  },
    {"llmobs ingest logs.jsonl --store-content preview --redact",
     "keep the beginnings of texts, without personal data"                                              },
    {"llmobs ingest logs.jsonl --audit-map map.jsonl",
     "and note where the line of each call stands"                                                      },
    {"llmobs ingest --from list",                                 "the log formats that are known"      },
    {NULL,                                                        NULL                                  },
};

const struct command ingest_command = {
    .name = "ingest",
    .group = "bring in",
    .summary = "reads logs into the database, each call once however often it is read",
    .synopsis = "[FILE|DIR|-]...",
    .options = ingest_rows,
    .options_size = sizeof(struct ingest_cli),
    .defaults = &ingest_defaults,
    .shared = (const struct opt *const[]){shared_scan, shared_patterns, shared_sample, shared_db, shared_quiet,
                                          shared_verbose, shared_progress, shared_strict, NULL},
    .lists = ingest_lists,
    .takes_files = true,
    .examples = ingest_examples,
    .run = ingest_command_run,
};
