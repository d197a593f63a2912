/* quarantine: the lines that could not be read, and what can be done about them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "bad_lines.h"
#include "base/time_text.h"
#include "commands.h"
#include "format/format.h"
#include "ingest/hashed_users.h"
#include "ingest/retry.h"
#include "inputs.h"
#include "output.h"
#include "prices.h"
#include "scanners.h"
#include "signals.h"
#include "base/banned.h"

struct quarantine_cli {
    const char *from, *map, *assume_tz; /* NULL: as ingest does without */
    const char *salt_file; /* NULL: none */
    struct text_list set, drop_attr;
    int64_t max_line;
    bool hash_users, dry_run, yes;
};

static const struct quarantine_cli quarantine_defaults = {.max_line = INPUTS_MAX_LINE};

static const char *format_name(size_t i)
{
    return formats[i] ? formats[i]->name : NULL;
}

/* clang-format off */
static const struct opt quarantine_rows[] = {
    OPT_TEXT  ( 0 , "map",       "FILE",              quarantine_cli, map,         "retry: a mapping, see llmobs ingest --map"),
    OPT_CHOICE( 0 , "from",      "NAME", format_name, quarantine_cli, from,        "retry: the log format of the lines"),
    OPT_TEXT  ( 0 , "assume-tz", "TZ",                quarantine_cli, assume_tz,   "retry: zone of times that have none"),
    OPT_LIST  ( 0 , "set",       "KEY=VAL",           quarantine_cli, set,         "retry: give calls that lack KEY this value"),
    OPT_LIST  ( 0 , "drop-attr", "GLOB",              quarantine_cli, drop_attr,   "retry: read members and attributes of this name as null"),
    OPT_FLAG  ( 0 , "hash-users",                     quarantine_cli, hash_users,  "retry: keep a hash in place of each user's id (as the database has it, if it has hashes)"),
    OPT_TEXT  ( 0 , "salt-file", "FILE",              quarantine_cli, salt_file,   "retry: the key of these hashes, as given to ingest"),
    OPT_SIZE  ( 0 , "max-line",  "SIZE",              quarantine_cli, max_line, 1, "longest line that is read again (default: 16M)"),
    OPT_FLAG  ( 0 , "dry-run",                        quarantine_cli, dry_run,     "drop: say what would be dropped"),
    OPT_FLAG  ('y', "yes",                            quarantine_cli, yes,         "drop: do not ask"),
    OPT_END,
};
/* clang-format on */

/* ---- rows --------------------------------------------------------------------------------- */

/* A row with texts of its own. */
struct entry {
    int64_t id, source, line, offset, length;
    const char *path, *reason, *field, *sha256; /* field NULL: the line as a whole */
};

/* Which rows are wanted, and what was found. */
struct entries {
    struct arena *arena;
    const int64_t *ids; /* ascending */
    size_t n_ids;       /* 0: all */
    struct entry *v;
    size_t n, cap;
};

static bool is_wanted(const struct entries *e, int64_t id)
{
    for (size_t i = 0; i < e->n_ids; i++)
        if (e->ids[i] == id)
            return true;
    return e->n_ids == 0;
}

static enum err keep_entry(void *ctx, const struct quarantine_row *row)
{
    struct entries *e = ctx;
    struct entry *to;

    if (!is_wanted(e, row->id))
        return OK;
    if (e->n == e->cap) {
        size_t cap = e->cap ? 2 * e->cap : 64;
        struct entry *v = arena_zalloc(e->arena, cap, sizeof(*v));

        if (!v)
            return ERR_NOMEM;
        if (e->n)
            memcpy(v, e->v, e->n * sizeof(*v));
        e->v = v;
        e->cap = cap;
    }
    to = &e->v[e->n];
    *to = (struct entry){
        .id = row->id,
        .source = row->source,
        .line = row->line,
        .offset = row->offset,
        .length = row->length,
        .path = text_copy(e->arena, row->path),
        .reason = text_copy(e->arena, row->reason),
        .field = row->field.n ? text_copy(e->arena, row->field) : NULL,
        .sha256 = text_copy(e->arena, row->sha256),
    };
    if (!to->path || !to->reason || !to->sha256)
        return ERR_NOMEM;
    e->n++;
    return OK;
}

static enum err read_entries(struct store *s, struct entries *e, struct error *err)
{
    enum err rc = store_quarantine(s, 1, keep_entry, e, err);

    if (rc == ERR_NOMEM)
        return error_set(err, rc, "out of memory reading the quarantine");
    return rc;
}

/* ---- the source again --------------------------------------------------------------------- */

static struct revisit_place place_of(const struct entry *e)
{
    return (struct revisit_place){e->path, e->offset, e->length, e->sha256};
}

static int64_t max_line(const struct invocation *inv)
{
    const struct quarantine_cli *o = inv->options;

    return o->max_line;
}

/* ---- list and show ------------------------------------------------------------------------ */

/* clang-format off */
static const struct {
    const char *key, *title;
    enum unit unit;
    bool in_text;
} columns[] = {
    {"id",           "id",     UNIT_COUNT, true },
    {"file",         "file",   UNIT_NONE,  true },
    {"line",         "line",   UNIT_COUNT, true },
    {"offset",       "offset", UNIT_COUNT, false},
    {"length",       "bytes",  UNIT_COUNT, true },
    {"reason",       "reason", UNIT_NONE,  true },
    {"field",        "field",  UNIT_NONE,  true },
    {"sha256",       "sha256", UNIT_NONE,  false},
    {"source_state", "source", UNIT_NONE,  false}, /* show only */
};
/* clang-format on */

/* The columns of one table, by index, in order. */
struct choice {
    size_t at[ARRAY_LEN(columns)];
    size_t n;
    bool chosen; /* by --columns: then all of them are shown to people, too */
};

static enum err choose_columns(const struct text_list *wanted, size_t n_columns, struct choice *out,
                               struct error *err)
{
    *out = (struct choice){.chosen = wanted->n > 0};
    for (size_t i = 0; i < n_columns && !out->chosen; i++)
        out->at[out->n++] = i;
    for (size_t i = 0; i < wanted->n; i++) {
        size_t c = 0;

        while (c < n_columns && strcmp(columns[c].key, wanted->v[i]) != 0 &&
               strcmp(columns[c].title, wanted->v[i]) != 0)
            c++;
        if (c == n_columns)
            return error_set(err, ERR_USAGE, "--columns: there is no column \"%s\"", wanted->v[i]);
        if (out->n < ARRAY_LEN(out->at))
            out->at[out->n++] = c;
    }
    return OK;
}

static void fill_row(const struct choice *choice, const struct entry *e, const char *state,
                     struct row *row)
{
    const struct cell all[ARRAY_LEN(columns)] = {
        cell_int(e->id),
        cell_text(sv_from(e->path)),
        cell_int(e->line),
        cell_int(e->offset),
        cell_int(e->length),
        cell_text(sv_from(e->reason)),
        cell_text(sv_from(e->field)),
        cell_text(sv_from(e->sha256)),
        cell_text(sv_from(state)),
    };

    for (size_t i = 0; i < choice->n; i++)
        row->cells[i] = all[choice->at[i]];
}

static enum err entries_table(const struct invocation *inv, const struct entries *e,
                              const char *state, struct table *t, struct error *err)
{
    struct choice choice;
    enum err rc =
        choose_columns(&inv->shared.columns, ARRAY_LEN(columns) - (state ? 0 : 1), &choice, err);

    if (rc)
        return rc;
    t->verb = inv->command->name;
    t->db = shared_db_path(&inv->shared);
    t->tz = "UTC";
    for (size_t i = 0; i < choice.n; i++) {
        size_t at = choice.at[i];
        struct column *c =
            table_add_column(t, columns[at].key, columns[at].title, columns[at].unit);

        if (!c)
            goto no_memory;
        c->in_text = columns[at].in_text || choice.chosen;
        c->in_data = true;
    }
    for (size_t i = 0; i < e->n; i++) {
        struct row *row = table_add_row(t);

        if (!row)
            goto no_memory;
        fill_row(&choice, &e->v[i], state, row);
    }
    return OK;
no_memory:
    return error_set(err, ERR_NOMEM, "out of memory listing the quarantine");
}

static enum err show_table(struct invocation *inv, const struct entries *e, const char *state,
                           struct error *err)
{
    struct table t = {0};
    enum err rc = entries_table(inv, e, state, &t, err);

    if (!rc)
        rc = output_table(inv, &t, true, err);
    table_release(&t);
    return rc;
}

static enum err list_entries(struct invocation *inv, struct store *s, struct entries *e,
                             struct error *err)
{
    enum err rc = read_entries(s, e, err);

    if (rc)
        return rc;
    inv->found = inv->shared.strict && e->n > 0;
    if (e->n || strcmp(output_renderer(&inv->shared)->name, "table") != 0)
        return show_table(inv, e, NULL, err);
    if (!inv->shared.quiet)
        puts("no lines in quarantine");
    return OK;
}

/* What stands at one place now. */
struct seen_again {
    enum revisit_state state;
    char words[480];
};

static enum err see(void *ctx, size_t i, enum revisit_state state, const struct line *line,
                    const char *why, struct error *err)
{
    struct seen_again *seen = ctx;

    (void)i;
    (void)line;
    (void)err;
    seen->state = state;
    revisit_words(state, why, seen->words, sizeof(seen->words));
    return OK;
}

static enum err show_text(const struct invocation *inv, const struct entry *e,
                          const struct seen_again *seen, struct error *err)
{
    struct error place, reason; /* their texts are safe to show */
    struct buf out = {0};
    enum err rc;

    error_set(&place, OK, "%s:%" PRId64, e->path, e->line);
    error_set(&reason, OK, "%s%s%s", e->reason, e->field ? ": " : "", e->field ? e->field : "");
    buf_printf(&out,
               "id       %" PRId64 "\n"
               "place    %s\n"
               "offset   %" PRId64 ", %" PRId64 " bytes\n"
               "sha256   %s\n"
               "reason   %s\n"
               "source   %s\n"
               "No bytes of the line are kept.",
               e->id, place.msg, e->offset, e->length, e->sha256, reason.msg, seen->words);
    if (seen->state == REVISIT_SAME)
        buf_printf(&out, " llmobs quarantine export %" PRId64 " reads it again.", e->id);
    buf_char(&out, '\n');
    rc = output_text(inv, &out, err);
    buf_release(&out);
    return rc;
}

static enum err show_entry(struct invocation *inv, struct store *s, struct entries *e,
                           struct error *err)
{
    struct seen_again seen;
    const struct revisit_events events = {.ctx = &seen, .place = see};
    struct revisit_place place;
    enum err rc;

    if (e->n_ids != 1)
        return error_set(err, ERR_USAGE, "show wants one id: llmobs quarantine show ID");
    rc = read_entries(s, e, err);
    if (rc)
        return rc;
    place = place_of(&e->v[0]);
    rc = revisit(&place, 1, max_line(inv), &events, err);
    if (rc)
        return rc;
    if (strcmp(output_renderer(&inv->shared)->name, "table") == 0)
        return show_text(inv, &e->v[0], &seen, err);
    return show_table(inv, e, seen.words, err);
}

/* ---- export and drop ---------------------------------------------------------------------- */

struct exporting {
    const struct entries *e;
    struct output out;
};

/* Writes a line that still stands where it stood, and names another. */
static enum err export_line(void *ctx, size_t i, enum revisit_state state, const struct line *line,
                            const char *why, struct error *err)
{
    struct exporting *x = ctx;
    const struct entry *e = &x->e->v[i];
    char words[480];
    struct error shown;

    if (state == REVISIT_SAME) {
        if (output_write(&x->out, line->text.p, line->text.n) && output_write(&x->out, "\n", 1))
            return OK;
        return error_set(err, ERR_IO, "cannot write");
    }
    revisit_words(state, why, words, sizeof(words));
    error_set(&shown, OK, "%s:%" PRId64 ": %s", e->path, e->line, words);
    fprintf(stderr, "%s\n", shown.msg);
    return OK;
}

static enum err export_entries(struct invocation *inv, struct store *s, struct entries *e,
                               struct error *err)
{
    struct exporting x = {.e = e};
    const struct revisit_events events = {.ctx = &x, .place = export_line};
    struct revisit_place *places;
    enum err rc = read_entries(s, e, err);

    if (rc)
        return rc;
    places = arena_zalloc(&inv->arena, e->n, sizeof(*places));
    if (!places)
        return error_set(err, ERR_NOMEM, "out of memory listing the quarantine");
    for (size_t i = 0; i < e->n; i++)
        places[i] = place_of(&e->v[i]);
    rc = output_open(inv->shared.output, &x.out, err);
    if (rc)
        return rc;
    rc = revisit(places, e->n, max_line(inv), &events, err);
    if (rc == OK || rc == ERR_IO) /* closing knows the system's words, and closed pipes */
        rc = output_close(&x.out, err);
    output_discard(&x.out);
    return rc;
}

/* "1 line", "2 lines" */
static const char *counted(int64_t n, char *out, size_t out_size)
{
    snprintf(out, out_size, "%" PRId64 " line%s", n, n == 1 ? "" : "s");
    return out;
}

static bool confirmed(size_t n)
{
    char answer[8], lines[32];

    fprintf(stderr, "drop %s from quarantine? [y/N] ", counted((int64_t)n, lines, sizeof(lines)));
    return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static enum err drop_entries(struct invocation *inv, struct store *s, struct entries *e,
                             struct error *err)
{
    const struct quarantine_cli *o = inv->options;
    char lines[32];
    int64_t dropped = 0;
    enum err rc = read_entries(s, e, err);

    if (rc)
        return rc;
    if (o->dry_run) {
        printf("%s would be dropped\n", counted((int64_t)e->n, lines, sizeof(lines)));
        return OK;
    }
    if (e->n && !o->yes && !isatty(STDIN_FILENO))
        return error_set(err, ERR_USAGE, "%s would be dropped; add --yes to do it",
                         counted((int64_t)e->n, lines, sizeof(lines)));
    if (e->n && !o->yes && !confirmed(e->n))
        return OK;
    for (size_t i = 0; i < e->n && !rc; i++) {
        int64_t removed = 0;

        rc = store_quarantine_drop(s, e->v[i].id, &removed, err);
        dropped += removed;
    }
    if (!rc && !inv->shared.quiet)
        printf("%s dropped\n", counted(dropped, lines, sizeof(lines)));
    return rc;
}

/* ---- retry -------------------------------------------------------------------------------- */

static bool stop(void *ctx)
{
    (void)ctx;
    return signals_caught() != 0;
}

static void add_some(struct buf *b, int64_t n, const char *one, const char *several)
{
    if (n)
        buf_printf(b, ", %" PRId64 " %s", n, n == 1 ? one : several);
}

static void show_retried(const struct retry_totals *t)
{
    struct buf out = {0};
    char lines[32];

    buf_printf(&out, "%s read", counted(t->read, lines, sizeof(lines)));
    add_some(&out, t->calls_new, "call new", "calls new");
    add_some(&out, t->calls_merged, "merged", "merged");
    add_some(&out, t->spans, "span", "spans");
    add_some(&out, t->tool_calls, "tool call", "tool calls");
    add_some(&out, t->branch_decisions, "branch decision", "branch decisions");
    add_some(&out, t->scores, "score", "scores");
    add_some(&out, t->skipped, "skipped", "skipped");
    if (t->unreadable + t->missing)
        buf_printf(&out, "\n%s left in quarantine",
                   counted(t->unreadable + t->missing, lines, sizeof(lines)));
    buf_char(&out, '\n');
    if (!out.failed)
        fputs(out.p, stdout);
    buf_release(&out);
}

static struct retry_line *retry_lines(struct arena *arena, const struct entries *e)
{
    struct retry_line *lines = arena_zalloc(arena, e->n, sizeof(*lines));

    for (size_t i = 0; lines && i < e->n; i++)
        lines[i] =
            (struct retry_line){e->v[i].id, e->v[i].source, e->v[i].line, place_of(&e->v[i])};
    return lines;
}

static enum err retry_entries(struct invocation *inv, struct store *s, struct entries *e,
                              struct error *err)
{
    const struct quarantine_cli *o = inv->options;
    struct bad_lines bad = {0};
    struct ingest_options options = {
        .from = o->from,
        .max_line = o->max_line,
        .jobs = 1,
        .hash_seed = inputs_seed(),
        .set = o->set.v,
        .n_set = o->set.n,
        .keep = {.hash_texts = true,
                 .hash_users = o->hash_users || o->salt_file,
                 .drop = o->drop_attr.v,
                 .n_drop = o->drop_attr.n},
        .events = {.ctx = &bad, .bad_line = bad_lines_say, .stop = stop},
    };
    struct retry_totals totals;
    struct retry_line *lines;
    struct mapping *map = NULL;
    struct detect_options scan;
    enum err rc = inputs_assume(o->assume_tz, &inv->arena, &options.assume, err);

    if (!rc)
        rc = scanners_choose(&inv->shared, &inv->arena, &scan, err);
    options.scan = inv->shared.no_scan ? NULL : &scan;
    if (!rc)
        rc = inputs_salt(o->salt_file, &inv->arena, &options.keep.salt, err);
    if (!rc)
        rc = hashed_users_as_before(s, &options.keep, err);
    if (!rc)
        rc = inputs_mapping(o->map, &map, err);
    if (!rc)
        rc = prices_open(inv, s, &options.prices, err);
    if (!rc)
        rc = read_entries(s, e, err);
    if (rc)
        goto done;
    options.map = map;
    lines = retry_lines(&inv->arena, e);
    if (!lines) {
        rc = error_set(err, ERR_NOMEM, "out of memory listing the quarantine");
        goto done;
    }
    signals_catch();
    rc = retry_run(s, lines, e->n, &options, &totals, err);
    bad_lines_done(&bad);
    if (rc)
        goto done;
    if (!inv->shared.quiet)
        show_retried(&totals);
    inv->found = inv->shared.strict && totals.unreadable + totals.missing > 0;
done:
    price_book_free(options.prices);
    mapping_close(map);
    return rc;
}

/* ---- the command -------------------------------------------------------------------------- */

static const struct {
    const char *name, *what;
    enum store_mode mode;
    enum err (*run)(struct invocation *inv, struct store *s, struct entries *e, struct error *err);
} actions[] = {
    {"list",   "all of them (the default)",                              STORE_READ,  list_entries  },
    {"show",   "one of them, and whether its source still has the line", STORE_READ,  show_entry    },
    {"retry",  "read them again, with a mapping if need be; store what can be read now", STORE_WRITE, retry_entries},
    {"export", "the lines themselves, read again from their sources",    STORE_READ,  export_entries},
    {"drop",   "forget those with the ids given, or all",                STORE_WRITE, drop_entries  },
};

static const char *action_name(size_t i)
{
    return i < ARRAY_LEN(actions) ? actions[i].name : NULL;
}

static const char *action_what(size_t i)
{
    return actions[i].what;
}

static enum err find_action(const char *name, size_t *out, struct error *err)
{
    const char *near = nearest_of(name, action_name);

    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (strcmp(actions[i].name, name) == 0) {
            *out = i;
            return OK;
        }
    }
    if (near)
        return error_set(err, ERR_USAGE, "quarantine: no \"%s\"; did you mean %s?", name, near);
    return error_set(err, ERR_USAGE, "quarantine: no \"%s\"; expected list, show, retry, export or drop",
                     name);
}

static enum err read_ids(const struct text_list *args, struct arena *arena, struct entries *e,
                         struct error *err)
{
    int64_t *ids = arena_zalloc(arena, args->n, sizeof(*ids));

    if (!ids)
        return error_set(err, ERR_NOMEM, "out of memory");
    for (size_t i = 1; i < args->n; i++) {
        const char *text = args->v[i];

        if (!*text || text[strspn(text, "0123456789")] || decimal_scaled(sv_from(text), 0, &ids[i]))
            return error_set(err, ERR_USAGE, "quarantine: expected an id, found \"%s\"", text);
    }
    e->ids = ids + 1;
    e->n_ids = args->n - 1;
    return OK;
}

static enum err check_ids(struct store *s, const struct entries *e, struct error *err)
{
    struct entries found = {.arena = e->arena, .ids = e->ids, .n_ids = e->n_ids};
    enum err rc = e->n_ids ? read_entries(s, &found, err) : OK;

    for (size_t i = 0; i < e->n_ids && !rc; i++) {
        bool there = false;

        for (size_t k = 0; k < found.n; k++)
            there = there || found.v[k].id == e->ids[i];
        if (!there)
            rc =
                error_set(err, ERR_NOT_FOUND, "quarantine: no line has the id %" PRId64, e->ids[i]);
    }
    return rc;
}

static enum err quarantine_run(struct invocation *inv, struct error *err)
{
    struct entries e = {.arena = &inv->arena};
    struct store *s = NULL;
    size_t action = 0;
    enum err rc = OK;

    if (inv->args.n) {
        rc = find_action(inv->args.v[0], &action, err);
        if (!rc)
            rc = read_ids(&inv->args, &inv->arena, &e, err);
    }
    if (rc)
        return rc;
    rc = shared_open_db(&inv->shared, actions[action].mode, &s, err);
    if (!rc)
        rc = check_ids(s, &e, err);
    if (!rc)
        rc = actions[action].run(inv, s, &e, err);
    store_close(s);
    return rc;
}

static const struct name_list quarantine_lists[] = {
    {"ACTIONS", action_name, action_what, false},
    {NULL,      NULL,        NULL,        false},
};

static const struct example quarantine_examples[] = {
    {"llmobs quarantine",                     "which lines could not be read, and why"},
    {"llmobs quarantine show 1",              "where one of them stands"              },
    {"llmobs quarantine retry --set env=dev", "read them again, and store what can be read"},
    {"llmobs quarantine export -o bad.jsonl", "collect the lines to mend them"        },
    {"llmobs quarantine drop --yes",          "forget them all"                       },
    {NULL,                                    NULL                                    },
};

const struct command quarantine_command = {
    .name = "quarantine",
    .group = "bring in",
    .summary = "shows the lines that could not be read, and reads them again",
    .synopsis = "[ACTION] [ID]...",
    .options = quarantine_rows,
    .options_size = sizeof(struct quarantine_cli),
    .defaults = &quarantine_defaults,
    .shared = (const struct opt *const[]){shared_scan, shared_patterns, shared_db, shared_output,
                                          shared_columns, shared_quiet, shared_strict, NULL},
    .lists = quarantine_lists,
    .words = action_name,
    .examples = quarantine_examples,
    .run = quarantine_run,
};
