/* scan: what texts hold, counted without storing anything. */
#include "ingest/scan_files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "commands.h"
#include "inputs.h"
#include "output.h"
#include "scanners.h"
#include "base/banned.h"

enum { MOST_SHOWN = 100000, MOST_BYTES_SHOWN = 200 };

struct scan_cli {
    bool pii, secrets, injection, refusals, quality, show;
    struct text_list fail_on;
    int64_t max_line;
};

static const struct scan_cli scan_defaults = {.max_line = INPUTS_MAX_LINE};

static const char *family_name(size_t i)
{
    return i < DETECT_FAMILIES ? detect_families[i] : NULL;
}

static const char *family_what(size_t i)
{
    static const char *const what[DETECT_FAMILIES] = {
        [DETECT_PII] = "personal data: addresses, phone, card, account and national numbers",
        [DETECT_SECRETS] = "keys, tokens, passwords",
        [DETECT_INJECTION] = "inputs that want to take the model over",
        [DETECT_REFUSALS] = "answers in which a model declines",
        [DETECT_QUALITY] = "answers that are empty, repeat themselves, or are no JSON though asked",
    };

    return what[i];
}

/* clang-format off */
static const struct opt scan_rows[] = {
    OPT_FLAG  (0, "pii",       scan_cli, pii,       "look for personal data"),
    OPT_FLAG  (0, "secrets",   scan_cli, secrets,   "look for keys, tokens and passwords"),
    OPT_FLAG  (0, "injection", scan_cli, injection, "look for prompt injection"),
    OPT_FLAG  (0, "refusals",  scan_cli, refusals,  "look for refusals"),
    OPT_FLAG  (0, "quality",   scan_cli, quality,   "look for answers that are none"),
    OPT_COMMAS(0, "fail-on", "KIND", family_name, scan_cli, fail_on, "exit 1 when one of these kinds or families was found: email, secrets"),
    OPT_FLAG  (0, "show",      scan_cli, show,      "list every find with its place and its text"),
    OPT_SIZE  (0, "max-line", "SIZE", scan_cli, max_line, 1, "longest line that is read (default: 16M)"),
    OPT_END,
};
/* clang-format on */

struct scan_run {
    struct invocation *inv;
    struct detector *detector;
    struct table *table;
    int64_t *finds, *pieces; /* 3 * kind + side */
    const char **last_path;  /* of each: where it was found last */
    int64_t *last_line;
    int64_t shown, passed; /* with --show: rows, and finds for which there was no more room */
    struct scan_files_counts counts;
    bool failed; /* out of memory for a row */
};

enum side { SIDE_INPUT, SIDE_OUTPUT, SIDE_UNKNOWN, SIDES };

static struct cell side_cell(enum side side)
{
    static const struct sv names[SIDES] = {
        SV_INIT("input"), SV_INIT("output"), {NULL, 0}
    };

    return cell_text(names[side]);
}

static enum side side_of(const struct scanned *x)
{
    return x->input && x->output ? SIDE_UNKNOWN : x->output ? SIDE_OUTPUT : SIDE_INPUT;
}

static void set_kind(const struct scan_run *r, struct row *row, unsigned kind, enum side side)
{
    row->cells[0] = cell_text(sv_from(detect_families[detector_family(r->detector, kind)]));
    row->cells[1] = cell_text(detector_kind(r->detector, kind));
    row->cells[2] = side_cell(side);
}

static void show(struct scan_run *r, const struct file_find *f)
{
    struct row *row;
    struct sv text = f->what->text;

    if (r->shown == MOST_SHOWN) {
        r->passed++;
        return;
    }
    if (text.n > MOST_BYTES_SHOWN)
        text.n = MOST_BYTES_SHOWN;
    row = table_add_row(r->table);
    text = arena_copy(&r->table->arena, text);
    if (!row || !text.p) {
        r->failed = true;
        return;
    }
    set_kind(r, row, f->what->kind, side_of(f->what));
    row->cells[3] = cell_text(sv_from(f->path));
    row->cells[4] = cell_int(f->line);
    row->cells[5] = cell_text(text);
    r->shown++;
}

static void found(void *ctx, const struct file_find *f)
{
    struct scan_run *r = ctx;
    const struct scan_cli *o = r->inv->options;
    size_t at = SIDES * f->what->kind + side_of(f->what);

    r->finds[at]++;
    r->pieces[at] += r->last_path[at] != f->path || r->last_line[at] != f->line;
    r->last_path[at] = f->path;
    r->last_line[at] = f->line;
    if (o->show)
        show(r, f);
}

/* ---- the answer --------------------------------------------------------------------------------
 */

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory");
}

static enum err add_columns(struct scan_run *r, struct error *err)
{
    static const struct {
        const char *key;
        enum unit unit;
    } counted[] =
        {
            {"family", UNIT_NONE },
            {"kind",   UNIT_NONE },
            {"side",   UNIT_NONE },
            {"finds",  UNIT_COUNT},
            {"lines",  UNIT_COUNT}
    },
      listed[] = {{"family", UNIT_NONE}, {"kind", UNIT_NONE},  {"side", UNIT_NONE},
                  {"file", UNIT_NONE},   {"line", UNIT_COUNT}, {"text", UNIT_NONE}};
    const struct scan_cli *o = r->inv->options;
    size_t n = o->show ? ARRAY_LEN(listed) : ARRAY_LEN(counted);

    for (size_t i = 0; i < n; i++) {
        const char *key = o->show ? listed[i].key : counted[i].key;
        enum unit unit = o->show ? listed[i].unit : counted[i].unit;
        struct column *c = table_add_column(r->table, key, key, unit);

        if (!c)
            return no_memory(err);
        c->in_text = c->in_data = true;
        c->dimension = unit == UNIT_NONE;
    }
    return OK;
}

static enum err add_counts(struct scan_run *r, struct error *err)
{
    for (unsigned kind = 0; kind < detector_kinds(r->detector); kind++)
        for (enum side side = 0; side < SIDES; side++) {
            size_t at = SIDES * kind + side;
            struct row *row = r->finds[at] ? table_add_row(r->table) : NULL;

            if (!r->finds[at])
                continue;
            if (!row)
                return no_memory(err);
            set_kind(r, row, kind, side);
            row->cells[3] = cell_int(r->finds[at]);
            row->cells[4] = cell_int(r->pieces[at]);
        }
    return OK;
}

static enum err finish(struct scan_run *r, struct error *err)
{
    const struct scan_cli *o = r->inv->options;
    uint64_t given_up = detector_work(r->detector)->given_up;
    bool ok = true;
    char *head = arena_alloc(&r->table->arena, 80);

    if (!head)
        return no_memory(err);
    snprintf(head, 80, "%" PRId64 " %s scanned", r->counts.pieces,
             r->counts.pieces == 1 ? "line" : "lines");
    r->table->head = head;
    r->table->verb = "scan";
    ok = table_add_fact(r->table, "lines", cell_int(r->counts.pieces)) &&
         table_add_fact(r->table, "bytes", cell_int(r->counts.bytes));
    if (r->counts.too_long)
        ok &= table_warn(r->table, "%" PRId64 " %s longer than --max-line not scanned",
                         r->counts.too_long, r->counts.too_long == 1 ? "line" : "lines");
    if (given_up)
        ok &= table_warn(
            r->table, "%" PRIu64 " times a pattern was given up: it tries too many ways", given_up);
    if (r->passed)
        ok &= table_warn(r->table,
                         "%" PRId64 " more finds not listed; look for less, or in fewer files",
                         r->passed);
    if (!ok || r->failed)
        return no_memory(err);
    return o->show ? OK : add_counts(r, err);
}

/* ---- options -----------------------------------------------------------------------------------
 */

static unsigned families_of(const struct scan_cli *o)
{
    return (unsigned)o->pii << DETECT_PII | (unsigned)o->secrets << DETECT_SECRETS |
           (unsigned)o->injection << DETECT_INJECTION | (unsigned)o->refusals << DETECT_REFUSALS |
           (unsigned)o->quality << DETECT_QUALITY;
}

/* Whether what --fail-on names was found; ERR_USAGE when there is nothing of that name to find. */
static enum err fails_on(const struct scan_run *r, const char *name, bool *fails, struct error *err)
{
    enum detect_family family = detect_family_of(sv_from(name));
    int kind = detector_find_kind(r->detector, sv_from(name));

    if (family == DETECT_FAMILIES && kind < 0)
        return error_set(
            err, ERR_USAGE,
            "--fail-on: expected a family (pii, secrets, injection, refusals, quality) "
            "or a kind that is looked for, found \"%s\"",
            name);
    for (unsigned k = 0; k < detector_kinds(r->detector); k++)
        for (size_t side = 0; side < SIDES; side++)
            *fails |= r->finds[SIDES * k + side] &&
                      ((int)k == kind || detector_family(r->detector, k) == family);
    return OK;
}

static enum err open_run(struct scan_run *r, struct error *err)
{
    struct arena *a = &r->inv->arena;
    size_t n = SIDES * (detector_kinds(r->detector) + 1);

    r->finds = arena_zalloc(a, n, sizeof(*r->finds));
    r->pieces = arena_zalloc(a, n, sizeof(*r->pieces));
    r->last_path = arena_zalloc(a, n, sizeof(*r->last_path));
    r->last_line = arena_zalloc(a, n, sizeof(*r->last_line));
    return r->finds && r->pieces && r->last_path && r->last_line ? add_columns(r, err)
                                                                 : no_memory(err);
}

static enum err scan_all(struct scan_run *r, struct scanning *s, struct error *err)
{
    const struct scan_cli *o = r->inv->options;
    struct path_list paths = {0};
    int64_t missing = 0;
    enum err rc = inputs_expand(&r->inv->args, &r->inv->arena, &paths, &missing, err);

    if (!rc && missing)
        rc = error_set(err, ERR_NOT_FOUND, "not all of that can be read");
    for (size_t i = 0; !rc && i < paths.n; i++)
        rc = scan_file(s, paths.paths[i], o->max_line, found, r, &r->counts, err);
    return rc;
}

static enum err scan_command_run(struct invocation *inv, struct error *err)
{
    const struct scan_cli *o = inv->options;
    struct detect_options options;
    struct table table = {0};
    struct scan_run run = {.inv = inv, .table = &table};
    struct scanning *s = NULL;
    enum err rc;

    if (inv->args.n == 0)
        return error_set(err, ERR_USAGE,
                         "nothing to read: name files, directories, or - for standard input");
    rc = scanners_choose(&inv->shared, &inv->arena, &options, err);
    if (!rc) {
        options.families = families_of(o);
        rc = scanning_open(&options, &s, err);
    }
    if (rc)
        return rc;
    run.detector = scanning_detector(s);
    rc = open_run(&run, err);
    for (size_t i = 0; !rc && i < o->fail_on.n; i++) /* before anything is read */
        rc = fails_on(&run, o->fail_on.v[i], &inv->found, err);
    if (!rc)
        rc = scan_all(&run, s, err);
    if (!rc)
        rc = finish(&run, err);
    for (size_t i = 0; !rc && i < o->fail_on.n; i++)
        rc = fails_on(&run, o->fail_on.v[i], &inv->found, err);
    if (!rc)
        rc = output_table(inv, &table, inv->shared.quiet, err);
    table_release(&table);
    scanning_close(s);
    return rc;
}

static const struct name_list scan_lists[] = {
    {"FAMILIES", family_name, family_what, false},
    {NULL,       NULL,        NULL,        false},
};

static const struct example scan_examples[] = {
    {"llmobs scan logs.jsonl",                        "what is in the texts of a log, by kind"   },
    {"llmobs scan --secrets --fail-on secrets logs/", "exit 1 when a log holds a key or password"},
    {"llmobs scan --pii --show notes.txt",            "every find in a text, with its line"      },
    {"llmobs scan --patterns staff.tsv logs.jsonl",   "patterns of one's own besides"            },
    {NULL,                                            NULL                                       },
};

const struct command scan_command = {
    .name = "scan",
    .group = "safety",
    .summary = "counts personal data, secrets, injections and refusals in texts",
    .synopsis = "[FILE|DIR|-]...",
    .options = scan_rows,
    .options_size = sizeof(struct scan_cli),
    .defaults = &scan_defaults,
    .shared = (const struct opt *const[]){shared_patterns, shared_output, shared_quiet,
                                          shared_strict, NULL},
    .lists = scan_lists,
    .takes_files = true,
    .examples = scan_examples,
    .run = scan_command_run,
};
