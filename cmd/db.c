/* db: the database itself: what is in it, what goes out of it, and whether it is whole. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/time_text.h"
#include "commands.h"
#include "ingest/hashed_users.h"
#include "ingest/redactor.h"
#include "inputs.h"
#include "output.h"
#include "prices.h"
#include "report/store_tables.h"
#include "store/removal.h"
#include "store/residue.h"
#include "store/space.h"
#include "zone_load.h"
#include "base/banned.h"

/* Rows that a SELECT may give unless --all: each costs memory. */
enum { MOST_ROWS = 100000 };

struct db_cli {
    struct when content, raw, rows;
    const char *user;
    bool dry_run, yes, all;
};

/* clang-format off */
static const struct opt db_options[] = {
    OPT_TIME(0, "content", "AGE", db_cli, content, "prune: delete the texts of calls from before AGE (3d, or a date)"),
    OPT_TIME(0, "raw",  "AGE", db_cli, raw,  "prune: delete the spans, tool calls, decisions and merged records of calls from before AGE (30d, or a date)"),
    OPT_TIME(0, "rows", "AGE", db_cli, rows, "prune, archive: delete calls from before AGE with all that belongs to them"),
    OPT_TEXT(0, "user", "ID",  db_cli, user, "forget: whom"),
    OPT_FLAG(0, "all",         db_cli, all,     "sql: all rows, however many (default: 100,000)"),
    OPT_FLAG(0, "dry-run",     db_cli, dry_run, "say what would be deleted or taken in; change nothing"),
    OPT_FLAG('y', "yes",          db_cli, yes,     "do not ask"),
    OPT_END,
};
/* clang-format on */

/* ---- looking ------------------------------------------------------------------------------ */

/* A table that fill() makes of the database. */
static enum err show(struct invocation *inv,
                     enum err (*fill)(struct store *s, struct table *out, struct error *err),
                     struct error *err)
{
    struct store *s = NULL;
    struct table t = {0};
    enum err rc = shared_open_db(&inv->shared, STORE_READ, &s, err);

    if (!rc)
        rc = fill(s, &t, err);
    t.db = shared_db_path(&inv->shared);
    if (!rc)
        rc = output_table(inv, &t, true, err);
    table_release(&t);
    store_close(s);
    return rc;
}

static enum err info(struct invocation *inv, struct error *err)
{
    return show(inv, space_table, err);
}

static enum err verify(struct invocation *inv, struct error *err)
{
    struct store *s = NULL;
    struct table t = {0};
    int64_t bad = 0;
    enum err rc = shared_open_db(&inv->shared, STORE_READ, &s, err);

    if (!rc)
        rc = verify_table(s, &t, &bad, err);
    t.db = shared_db_path(&inv->shared);
    if (!rc)
        rc = output_table(inv, &t, true, err);
    inv->found = bad > 0;
    table_release(&t);
    store_close(s);
    return rc;
}

static enum err select_rows(struct invocation *inv, struct error *err)
{
    struct store *s = NULL;
    struct table t = {0};
    const struct db_cli *o = inv->options;
    enum err rc;

    if (inv->args.n != 2)
        return error_set(err, ERR_USAGE, "db sql: expected one SELECT in quotes, found %zu words",
                         inv->args.n - 1);
    rc = shared_open_db(&inv->shared, STORE_READ, &s, err);
    if (!rc)
        rc = select_table(s, sv_from(inv->args.v[1]), o->all ? 0 : MOST_ROWS, &t, err);
    if (!rc)
        rc = output_table(inv, &t, true, err);
    if (!rc && t.n_warnings && !output_for_people(&inv->shared)) /* a part must not look whole */
        fprintf(stderr, "llmobs: %s\n", t.warnings[0]);
    table_release(&t);
    store_close(s);
    return rc;
}

/* The views as the files that define them, each with what it says of itself. */
static enum err schema_text(struct invocation *inv, struct error *err)
{
    struct buf text = {0};
    enum err rc;

    for (size_t i = 0; store_view_name(i); i++) {
        if (i)
            buf_char(&text, '\n');
        buf_sv(&text, store_view_sql(i));
    }
    rc = output_text(inv, &text, err);
    buf_release(&text);
    return rc;
}

static enum err schema(struct invocation *inv, struct error *err)
{
    struct table t = {0};
    enum err rc;

    if (strcmp(output_renderer(&inv->shared)->name, "table") == 0)
        return schema_text(inv, err);
    rc = schema_table(&t, err);
    if (!rc)
        rc = output_table(inv, &t, true, err);
    table_release(&t);
    return rc;
}

/* ---- vacuum ------------------------------------------------------------------------------- */

static enum err file_bytes(struct store *s, int64_t *bytes, struct error *err)
{
    struct arena arena = {0};
    struct space space = {0};
    enum err rc = store_space(s, &arena, &space, err);

    *bytes = space.file_bytes;
    arena_release(&arena);
    return rc;
}

static enum err vacuum(struct invocation *inv, struct error *err)
{
    struct store *s = NULL;
    struct buf text = {0};
    int64_t before = 0, after = 0;
    enum err rc = shared_open_db(&inv->shared, STORE_WRITE, &s, err);

    if (!rc)
        rc = file_bytes(s, &before, err);
    if (!rc)
        rc = store_vacuum(s, err);
    if (!rc)
        rc = file_bytes(s, &after, err);
    store_close(s);
    if (!rc && !inv->shared.quiet) {
        buf_printf(&text, "%s: %" PRId64 " bytes, %" PRId64 " before\n",
                   shared_db_path(&inv->shared), after, before);
        rc = output_text(inv, &text, err);
    }
    buf_release(&text);
    return rc;
}

/* ---- deleting ----------------------------------------------------------------------------- */

static const struct db_cli *own(const struct invocation *inv)
{
    return inv->options;
}

/* What was typed after --rows and the like as an instant. */
static enum err instant_of(struct invocation *inv, const struct when *w, int64_t *us,
                           struct error *err)
{
    const int64_t first = days_from_civil(1990, 1, 1) * US_PER_DAY;
    struct zone_choice choice;
    struct zone zone = {.name = "UTC"};
    enum err rc = zone_choose(inv->shared.tz, &inv->arena, &choice, err);

    if (!rc)
        rc = zone_load(&choice, first, inv->now_us + 366 * US_PER_DAY, &inv->arena, &zone, err);
    if (!rc)
        *us = when_since_us(w, &zone, inv->now_us);
    return rc;
}

/* A dry run works on a copy of its own. */
static enum err open_to_delete(struct invocation *inv, struct store **out, struct error *err)
{
    struct store *s = NULL;
    enum err rc;

    if (!own(inv)->dry_run)
        return shared_open_db(&inv->shared, STORE_WRITE, out, err);
    rc = shared_open_db(&inv->shared, STORE_READ, &s, err);
    store_close(s);
    return rc ? rc : store_open_copy(shared_db_path(&inv->shared), out, err);
}

static bool confirmed(void)
{
    char answer[8];

    fprintf(stderr, "delete this? [y/N] ");
    return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

/* Shows what is deleted and ends the transaction: *done when it is committed. */
static enum err settle(struct invocation *inv, struct store *s, const struct removed *removed,
                       bool *done, struct error *err)
{
    struct table t = {0};
    bool may = own(inv)->yes || own(inv)->dry_run;
    enum err rc = removed_table(removed, &t, err);

    t.db = shared_db_path(&inv->shared);
    if (!rc && removed->untimed_kept && !own(inv)->user &&
        !table_warn(&t, "calls without a start, which stay: %" PRId64, removed->untimed_kept))
        rc = error_set(err, ERR_NOMEM, "out of memory for the table");
    if (!rc && own(inv)->dry_run && !table_warn(&t, "dry run, nothing is deleted"))
        rc = error_set(err, ERR_NOMEM, "out of memory for the table");
    if (!rc && !may && !isatty(STDIN_FILENO))
        rc = error_set(err, ERR_USAGE,
                       "%" PRId64 " calls and what belongs to them would be deleted; add --yes to "
                       "do it, --dry-run to see it",
                       removed->calls);
    if (!rc && (!inv->shared.quiet || own(inv)->dry_run))
        rc = output_table(inv, &t, true, err);
    if (!rc && !may) {
        rc = output_flush(err);
        may = !rc && confirmed();
    }
    *done = !rc && may && !own(inv)->dry_run;
    struct error end_error;
    enum err end_rc = removal_end(s, *done, &end_error);
    if (end_rc && !rc) {
        rc = end_rc;
        *err = end_error;
        *done = false;
    }
    table_release(&t);
    return rc;
}

static enum err remove_before(struct invocation *inv, struct store *s, enum removal_level level,
                              const struct when *age, struct removed *removed, struct error *err)
{
    int64_t before_us = 0;
    enum err rc;

    if (age->kind == WHEN_NONE)
        return OK;
    rc = instant_of(inv, age, &before_us, err);
    return rc ? rc : removal_between(s, level, INT64_MIN, before_us, false, removed, err);
}

static enum err prune(struct invocation *inv, struct error *err)
{
    const struct db_cli *o = own(inv);
    struct removed removed = {0};
    struct store *s = NULL;
    bool done = false;
    enum err rc;

    if (o->content.kind == WHEN_NONE && o->raw.kind == WHEN_NONE && o->rows.kind == WHEN_NONE)
        return error_set(err, ERR_USAGE,
                         "db prune: expected --content AGE, --raw AGE or --rows AGE: "
                         "what is to be deleted");
    rc = open_to_delete(inv, &s, err);
    if (!rc)
        rc = removal_begin(s, err);
    if (!rc)
        rc = remove_before(inv, s, REMOVE_ROWS, &o->rows, &removed, err);
    if (!rc)
        rc = remove_before(inv, s, REMOVE_RAW, &o->raw, &removed, err);
    if (!rc)
        rc = remove_before(inv, s, REMOVE_TEXTS, &o->content, &removed, err);
    if (!rc)
        rc = settle(inv, s, &removed, &done, err);
    store_close(s);
    return rc;
}

/* ---- forgetting --------------------------------------------------------------------------- */

/* Says whether anything is left of the id, and where. */
static enum err prove(struct invocation *inv, struct sv user, const struct residue *left, size_t n,
                      struct error *err)
{
    const char *path = shared_db_path(&inv->shared);
    int64_t found = 0, bytes = 0;
    struct buf text = {0};
    enum err rc = store_count_bytes(path, user, &found, &bytes, err);

    if (rc)
        return rc;
    buf_printf(&text, "%s: %" PRId64 " bytes looked through for \"%.*s\": ", path, bytes,
               SV_FMT(user));
    if (!found)
        buf_str(&text, "not there any more");
    else if (!n)
        buf_printf(&text,
                   "no text or id has it; bytes like it inside longer words and numbers: "
                   "%" PRId64,
                   found);
    else
        buf_str(&text, "still in");
    for (size_t i = 0; i < n; i++)
        buf_printf(&text, "%s %s (%" PRId64 " rows)", i ? "," : "", left[i].table, left[i].rows);
    buf_char(&text, '\n');
    inv->found = n > 0;
    if (!inv->shared.quiet || n)
        fputs(text.failed ? "" : text.p, n ? stderr : stdout);
    buf_release(&text);
    return OK;
}

static enum err forget(struct invocation *inv, struct error *err)
{
    struct sv user = sv_from(own(inv)->user);
    struct residue left[RESIDUE_MOST];
    struct removed removed = {0};
    struct store *s = NULL;
    size_t n = 0;
    bool done = false;
    enum err rc;

    if (!user.n)
        return error_set(err, ERR_USAGE, "db forget: expected --user ID");
    rc = open_to_delete(inv, &s, err);
    if (!rc)
        rc = removal_begin(s, err);
    if (!rc)
        rc = removal_of_user(s, user, &removed, err);
    if (!rc)
        rc = settle(inv, s, &removed, &done, err);
    if (!rc && done)
        rc = store_vacuum(s, err);
    if (!rc && done)
        rc = store_residue(s, user, left, &n, err);
    store_close(s);
    return rc || !done ? rc : prove(inv, user, left, n, err);
}

/* ---- redacting ---------------------------------------------------------------------------- */

/* "3 places in 2 texts (2 email, 1 card)" */
static void add_redacted(struct buf *b, const struct redacted *r)
{
    buf_printf(b, "%" PRId64 " place%s in %" PRId64 " text%s", r->places, r->places == 1 ? "" : "s",
               r->texts, r->texts == 1 ? "" : "s");
    for (size_t i = 0; i < r->n_kinds; i++)
        buf_printf(b, "%s%" PRId64 " %.*s", i ? ", " : " (", r->kinds[i].n,
                   SV_FMT(r->kinds[i].kind));
    if (r->n_kinds)
        buf_char(b, ')');
}

static enum err redact(struct invocation *inv, struct error *err)
{
    const struct db_cli *o = own(inv);
    struct redacted redacted = {0};
    struct buf words = {0};
    struct store *s = NULL;
    enum err rc = open_to_delete(inv, &s, err);

    if (!rc)
        rc = redact_stored(s, o->yes && !o->dry_run, &inv->arena, &redacted, err);
    add_redacted(&words, &redacted);
    if (!rc && words.failed)
        rc = error_set(err, ERR_NOMEM, "out of memory");
    if (!rc && redacted.places && !o->yes && !o->dry_run)
        rc = error_set(err, ERR_USAGE, "%s would be made unreadable; add --yes to do it", words.p);
    if (!rc && redacted.places && !o->dry_run)
        rc = store_vacuum(s, err);
    store_close(s);
    if (!rc && !inv->shared.quiet)
        printf("%s %s\n", words.p, o->dry_run ? "would be made unreadable" : "made unreadable");
    buf_release(&words);
    return rc;
}

/* ---- archive ------------------------------------------------------------------------------ */

/* The copy keeps what the original is about to lose. */
static enum err keep_before(const char *path, int64_t before_us, struct error *err)
{
    struct removed removed = {0};
    struct store *s = NULL;
    enum err rc = store_open(path, STORE_WRITE, &s, err);

    if (!rc)
        rc = removal_begin(s, err);
    if (!rc)
        rc = removal_between(s, REMOVE_ROWS, before_us, INT64_MAX, true, &removed, err);
    if (!rc)
        rc = removal_end(s, true, err);
    if (!rc)
        rc = store_vacuum(s, err);
    store_close(s);
    return rc;
}

static enum err archive(struct invocation *inv, struct error *err)
{
    const struct db_cli *o = own(inv);
    struct removed removed = {0};
    struct store *s = NULL;
    int64_t before_us = 0;
    bool made = false, done = false;
    enum err rc;

    if (inv->args.n != 2 || o->rows.kind == WHEN_NONE)
        return error_set(err, ERR_USAGE,
                         "db archive: expected FILE --rows AGE: the calls from "
                         "before AGE move to a new database FILE");
    rc = instant_of(inv, &o->rows, &before_us, err);
    if (!rc)
        rc = open_to_delete(inv, &s, err);
    if (!rc && !o->dry_run) {
        rc = store_vacuum_into(s, inv->args.v[1], err);
        made = !rc;
    }
    if (made)
        rc = keep_before(inv->args.v[1], before_us, err);
    if (!rc)
        rc = removal_begin(s, err);
    if (!rc)
        rc = removal_between(s, REMOVE_ROWS, INT64_MIN, before_us, false, &removed, err);
    if (!rc)
        rc = settle(inv, s, &removed, &done, err);
    store_close(s);
    if (made && !done)
        (void)unlink(inv->args.v[1]);
    return rc;
}

/* ---- merge -------------------------------------------------------------------------------- */

/* The databases to take in, opened before anything is written. */
struct others {
    const char *const *paths;
    struct store **stores;
    struct taken_in *taken;
    size_t n;
};

static enum err open_others(struct invocation *inv, struct others *o, struct error *err)
{
    const char *into = shared_db_path(&inv->shared);
    struct stat own_file, file;
    bool exists = stat(into, &own_file) == 0;
    enum err rc = OK;

    o->paths = inv->args.v + 1;
    o->stores = arena_zalloc(&inv->arena, inv->args.n - 1, sizeof(struct store *));
    o->taken = arena_zalloc(&inv->arena, inv->args.n - 1, sizeof(*o->taken));
    if (!o->stores || !o->taken)
        return error_set(err, ERR_NOMEM, "out of memory for the list of databases");
    for (size_t i = 0; !rc && i < inv->args.n - 1; i++) {
        if (exists && stat(o->paths[i], &file) == 0 && file.st_dev == own_file.st_dev &&
            file.st_ino == own_file.st_ino)
            return error_set(err, ERR_USAGE, "db merge: %s is the database that takes in",
                             o->paths[i]);
        rc = store_open(o->paths[i], STORE_READ, &o->stores[i], err);
        o->n += !rc;
    }
    return rc;
}

static enum err take_in(struct invocation *inv, struct store *s, struct others *o,
                        struct error *err)
{
    struct price_book *prices = NULL;
    struct writer *w = NULL;
    enum err rc = prices_open_all(inv, s, o->stores, o->n, &prices, err);

    if (!rc)
        rc = writer_open(s, inputs_seed(), prices, &w, err);
    if (!rc)
        writer_hold(w);
    for (size_t i = 0; !rc && i < o->n; i++) {
        rc = store_take_in(w, o->stores[i], &o->taken[i], err);
        if (!rc)
            rc = hashed_users_take_in(s, o->stores[i], err);
    }
    if (!rc)
        rc = writer_finish(w, err);
    writer_close(w);
    price_book_free(prices);
    return rc;
}

static enum err merge(struct invocation *inv, struct error *err)
{
    const char *path = shared_db_path(&inv->shared);
    bool dry_run = own(inv)->dry_run;
    struct others o = {0};
    struct store *s = NULL;
    struct table t = {0};
    enum err rc;

    if (inv->args.n < 2)
        return error_set(err, ERR_USAGE, "db merge: expected OTHER.db ...: the databases to take in");
    rc = open_others(inv, &o, err);
    if (!rc)
        rc = dry_run ? store_open_copy(path, &s, err) : store_open(path, STORE_WRITE, &s, err);
    if (!rc)
        rc = take_in(inv, s, &o, err);
    if (!rc)
        rc = taken_in_table(o.taken, o.paths, o.n, &t, err);
    t.db = path;
    if (!rc && dry_run && !table_warn(&t, "dry run, nothing is stored"))
        rc = error_set(err, ERR_NOMEM, "out of memory for the table");
    if (!rc && (!inv->shared.quiet || dry_run))
        rc = output_table(inv, &t, true, err);
    for (size_t i = 0; i < o.n; i++)
        store_close(o.stores[i]);
    store_close(s);
    table_release(&t);
    return rc;
}

/* ---- the command -------------------------------------------------------------------------- */

static const struct {
    const char *name, *what;
    enum err (*run)(struct invocation *inv, struct error *err);
    size_t words; /* behind its name at most */
} actions[] = {
    {"info",    "what its parts take on the disk, for each call too (the default)",     info,        0},
    {"sql",     "the answer to one SELECT over its views and tables, which only reads", select_rows, 9},
    {"schema",  "the views that there are, and what they hold",                         schema,      0},
    {"verify",  "whether it is whole; exit 1 when it is not",                           verify,      0},
    {"prune",   "delete what is older than --content, --raw, --rows",                   prune,       0},
    {"forget",  "delete everything about --user, and prove it",                         forget,      0},
    {"redact",  "make personal data and secrets in stored texts unreadable",            redact,      0},
    {"archive", "move the calls from before --rows to a new database FILE",             archive,     1},
    {"merge",   "take in what other databases hold, each call once",                    merge,       SIZE_MAX - 1},
    {"vacuum",  "give back the room of what was deleted",                               vacuum,      0},
};

static const char *action_name(size_t i)
{
    return i < ARRAY_LEN(actions) ? actions[i].name : NULL;
}

static const char *action_what(size_t i)
{
    return actions[i].what;
}

static enum err db_run(struct invocation *inv, struct error *err)
{
    const char *name = inv->args.n ? inv->args.v[0] : actions[0].name;
    const char *near = nearest_of(name, action_name);

    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return inv->args.n > 1 + actions[i].words
                       ? error_set(err, ERR_USAGE, "db %s: what is \"%s\" for?", name,
                                   inv->args.v[1 + actions[i].words])
                       : actions[i].run(inv, err);
    if (near)
        return error_set(err, ERR_USAGE, "db: no \"%s\"; did you mean %s?", name, near);
    return error_set(err, ERR_USAGE,
                     "db: no \"%s\"; expected info, sql, schema, verify, prune, forget, redact, "
                     "archive, merge or vacuum",
                     name);
}

static const struct name_list db_lists[] = {
    {"ACTIONS", action_name, action_what, false},
    {NULL,      NULL,        NULL,        false},
};

static const struct example db_examples[] = {
    {"llmobs db info",                                                     "what takes the room"                  },
    {"llmobs db sql 'SELECT model, count(*) FROM v_calls GROUP BY model'",
     "a question of your own"                                                                                     },
    {"llmobs db schema",                                                   "what there is to ask"                 },
    {"llmobs db verify",                                                   "is it whole"                          },
    {"llmobs --db team.db db merge anna.db ben.db",                        "what two people have, each call once" },
    {"llmobs db prune --content 3d --rows 180d --dry-run",                 "what three days and half a year leave"},
    {NULL,                                                                 NULL                                   },
};

const struct command db_command = {
    .name = "db",
    .group = "keep",
    .summary = "looks into the database, deletes from it, merges others into it, and checks it",
    .synopsis = "[ACTION] [SELECT|FILE...]",
    .options = db_options,
    .options_size = sizeof(struct db_cli),
    .shared = (const struct opt *const[]){shared_output, shared_db, shared_quiet, NULL},
    .lists = db_lists,
    .words = action_name,
    .takes_files = true,
    .examples = db_examples,
    .run = db_run,
};
