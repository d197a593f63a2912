/* doctor: says how far the figures from the database can be trusted. */
#include "report/doctor.h"

#include <string.h>
#include <unistd.h>
#include "commands.h"
#include "inputs.h"
#include "output.h"
#include "render/number_text.h"
#include "render/safe_text.h"
#include "render/text_cells.h"
#include "report/report.h"
#include "terminal.h"
#include "zone_load.h"
#include "base/banned.h"

enum {
    MERGED_FOR_PEOPLE = 20,
    ITEMS_FOR_PEOPLE = 5, /* of one list; machine formats have all */
    NAME_WIDTH = 12,
};

struct doctor_cli {
    bool dups, coverage, identities, cron;
};

/* clang-format off */
static const struct opt doctor_rows[] = {
    OPT_FLAG(0, "dups",       doctor_cli, dups,       "the records of calls that were logged more than once"),
    OPT_FLAG(0, "coverage",   doctor_cli, coverage,   "which source says what: a row each, a column for each field"),
    OPT_FLAG(0, "identities", doctor_cli, identities, "which token counts contradict each other"),
    OPT_FLAG(0, "cron",       doctor_cli, cron,       "only what is wrong; nothing when nothing is"),
    OPT_END,
};
/* clang-format on */

/* ---- text --------------------------------------------------------------------------------- */

/* The checks on their way to people: a line for each DOCTOR_LINE. */
struct page {
    const struct table *t;
    struct buf out;
    struct buf segments; /* of the line being made */
    bool color, only_bad;
};

static struct sv text_of(const struct row *r, enum doctor_column c)
{
    return r->cells[c].type == CELL_TEXT ? r->cells[c].text : SV_NONE;
}

static bool is_form(const struct row *r, enum doctor_form form)
{
    return r->cells[DOCTOR_FORM].i == form;
}

static void add_count(struct buf *b, const struct cell *c)
{
    const struct number_style style = number_style_for(UNIT_COUNT, &(struct number_range){0});

    number_text(b, &style, false, c);
}

/* Not "100.0 %" unless all, not "0.0 %" unless none. */
static void add_percent(struct buf *b, const struct row *r)
{
    int64_t n = r->cells[DOCTOR_N].i, of = r->cells[DOCTOR_OF].i;
    double percent = 100 * r->cells[DOCTOR_SHARE].r;

    if (n > 0 && percent < 0.05)
        buf_str(b, "<0.1 %");
    else if (n < of && percent >= 99.95)
        buf_str(b, "99.9 %");
    else
        buf_printf(b, "%.1f %%", percent);
}

static void add_words(struct buf *b, struct sv text)
{
    safe_text(b, text, 0, true);
}

/* What one row says; nothing when there is nothing to say. */
static void add_segment(struct buf *b, const struct row *r)
{
    struct sv label = text_of(r, DOCTOR_LABEL);
    bool some = r->cells[DOCTOR_N].i != 0, of_some = r->cells[DOCTOR_SHARE].type == CELL_REAL;

    if ((is_form(r, DOCTOR_FORM_FAULT) && !some) || (is_form(r, DOCTOR_FORM_SHARE) && !of_some))
        return;
    buf_str(b, b->n ? "   " : "");
    switch ((enum doctor_form)r->cells[DOCTOR_FORM].i) {
    case DOCTOR_FORM_SHARE:
        add_words(b, label);
        buf_str(b, label.p ? " " : "");
        add_percent(b, r);
        if (!label.p) {
            buf_str(b, " of ");
            add_count(b, &r->cells[DOCTOR_OF]);
        }
        break;
    case DOCTOR_FORM_FAULT:
        add_words(b, label);
        buf_char(b, ' ');
        add_count(b, &r->cells[DOCTOR_N]);
        buf_str(b, " (");
        add_percent(b, r);
        buf_char(b, ')');
        break;
    case DOCTOR_FORM_ITEM:
        add_words(b, text_of(r, DOCTOR_VALUE));
        buf_str(b, "   ");
        /* fall through */
    case DOCTOR_FORM_COUNT:
        add_count(b, &r->cells[DOCTOR_N]);
        buf_char(b, ' ');
        add_words(b, label);
        break;
    }
}

static int severity(const struct row *r)
{
    struct sv verdict = text_of(r, DOCTOR_VERDICT);

    return sv_is(verdict, "bad") ? 2 : sv_is(verdict, "warn") ? 1 : 0;
}

/* Hints of the rows, each said once. */
static void add_hints(struct buf *b, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct sv hint = text_of(&rows[i], DOCTOR_HINT);
        bool said = i && sv_eq(hint, text_of(&rows[i - 1], DOCTOR_HINT));

        if (!hint.p || said)
            continue;
        buf_str(b, "   -> ");
        add_words(b, hint);
    }
}

/* One line of n rows; named: the first of its name. */
static void add_line(struct page *p, const struct row *rows, size_t n, bool named)
{
    static const char marks[] = " ?!";
    static const char *const colors[] = {"", "\x1b[33m", "\x1b[31m"};
    struct sv name = named ? text_of(rows, DOCTOR_LINE) : SV("");
    int worst = 0;
    bool checked = false;

    p->segments.n = 0;
    for (size_t i = 0; i < n; i++) {
        worst = severity(&rows[i]) > worst ? severity(&rows[i]) : worst;
        checked = checked || rows[i].cells[DOCTOR_OF].i > 0;
        add_segment(&p->segments, &rows[i]);
    }
    if ((p->only_bad && worst < 2) || (!p->segments.n && !checked))
        return;
    buf_str(&p->out, p->color ? colors[worst] : "");
    buf_printf(&p->out, "%c %-*.*s ", marks[worst], NAME_WIDTH, SV_FMT(name));
    buf_sv(&p->out, p->segments.n ? (struct sv){p->segments.p, p->segments.n} : SV("fine"));
    add_hints(&p->out, rows, n);
    buf_str(&p->out, p->color && worst ? "\x1b[0m\n" : "\n");
}

static bool same_line(const struct row *a, const struct row *b)
{
    return sv_eq(text_of(a, DOCTOR_LINE), text_of(b, DOCTOR_LINE));
}

/* A list: a line for each item, the first ones. */
static void add_items(struct page *p, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n && i < ITEMS_FOR_PEOPLE; i++)
        add_line(p, &rows[i], 1, i == 0);
    if (n > ITEMS_FOR_PEOPLE && !(p->only_bad && severity(rows) < 2))
        buf_printf(&p->out, "  %-*s %zu more (-f csv has all)\n", NAME_WIDTH, "",
                   n - ITEMS_FOR_PEOPLE);
}

static void add_lines(struct page *p)
{
    const struct row *rows = p->t->rows;
    size_t n = p->t->n_rows;

    for (size_t i = 0, until; i < n; i = until) {
        for (until = i + 1; until < n && same_line(&rows[i], &rows[until]);)
            until++;
        if (!text_of(&rows[i], DOCTOR_LINE).p)
            continue;
        if (is_form(&rows[i], DOCTOR_FORM_ITEM))
            add_items(p, &rows[i], until - i);
        else
            add_line(p, &rows[i], until - i, true);
    }
}

static int64_t fact_of(const struct table *t, const char *key)
{
    for (size_t i = 0; i < t->n_coverage; i++)
        if (strcmp(t->coverage[i].key, key) == 0)
            return t->coverage[i].value.i;
    return 0;
}

static enum err write_text(const struct invocation *inv, const struct table *t, bool only_bad,
                           struct error *err)
{
    const struct shared_options *o = &inv->shared;
    bool to_stdout = !o->output || strcmp(o->output, "-") == 0;
    struct page p = {.t = t,
                     .color = terminal_color(o->color, to_stdout && isatty(STDOUT_FILENO)),
                     .only_bad = only_bad};
    enum err rc;

    if (!o->quiet) {
        text_head(&p.out, t);
        buf_char(&p.out, '\n');
    }
    add_lines(&p);
    if (!o->quiet && !only_bad && fact_of(t, "bad") + fact_of(t, "warn") > 0)
        buf_str(&p.out, "! makes figures wrong   ? limits what they say\n");
    p.out.failed = p.out.failed || p.segments.failed;
    rc = output_text(inv, &p.out, err);
    buf_release(&p.segments);
    buf_release(&p.out);
    return rc;
}

/* ---- the command -------------------------------------------------------------------------- */

static enum err choose_view(const struct doctor_cli *o, enum doctor_view *out, struct error *err)
{
    if (o->dups + o->coverage + o->identities + o->cron > 1)
        return error_set(err, ERR_USAGE,
                         "doctor: --dups, --coverage, --identities and --cron go one at a time");
    *out = o->dups         ? DOCTOR_MERGED
           : o->coverage   ? DOCTOR_COVERAGE
           : o->identities ? DOCTOR_IDENTITIES
                           : DOCTOR_CHECKS;
    return OK;
}

/* The zone over the time of the calls. */
static enum err load_zone(struct invocation *inv, struct store *s, struct zone *zone,
                          struct error *err)
{
    struct zone_choice choice;
    int64_t first, last;
    enum err rc = zone_choose(NULL, &inv->arena, &choice, err);

    if (!rc)
        rc = report_time_range(s, &first, &last, err);
    if (rc)
        return rc;
    if (first > last)
        first = last = inv->now_us;
    return zone_load(&choice, first, last, &inv->arena, zone, err);
}

static enum err show(const struct invocation *inv, const struct table *t, enum doctor_view view,
                     struct error *err)
{
    const struct doctor_cli *o = inv->options;
    bool as_text = strcmp(output_renderer(&inv->shared)->name, "table") == 0;

    if (o->cron && !fact_of(t, "bad"))
        return OK;
    if (as_text && view == DOCTOR_MERGED && !t->n_rows)
        return output_text(inv, &(struct buf){.p = "no call has records that differ\n", .n = 32},
                           err);
    if (as_text && view == DOCTOR_CHECKS)
        return write_text(inv, t, o->cron, err);
    return output_table(inv, t, false, err);
}

static enum err doctor_command_run(struct invocation *inv, struct error *err)
{
    bool for_people = strcmp(output_renderer(&inv->shared)->name, "table") == 0 ||
                      strcmp(output_renderer(&inv->shared)->name, "md") == 0;
    struct zone zone = {.name = "UTC"};
    struct doctor_spec spec = {.zone = &zone,
                               .now_us = inv->now_us,
                               .limit = for_people ? MERGED_FOR_PEOPLE : -1,
                               .jobs = inputs_processors()};
    struct store *s = NULL;
    struct table t = {0};
    enum err rc = choose_view(inv->options, &spec.view, err);

    if (!rc && inv->args.n)
        rc = error_set(err, ERR_USAGE,
                       "doctor looks at the database only; to read a file into it: "
                       "llmobs ingest %s",
                       inv->args.v[0]);
    if (!rc)
        rc = shared_open_db(&inv->shared, STORE_READ, &s, err);
    if (!rc)
        rc = load_zone(inv, s, &zone, err);
    if (!rc)
        rc = doctor_run(s, &spec, &t, err);
    if (!rc)
        rc = show(inv, &t, spec.view, err);
    inv->found = !rc && inv->shared.strict && fact_of(&t, "bad") > 0;
    table_release(&t);
    store_close(s);
    return rc;
}

static const struct example doctor_examples[] = {
    {"llmobs doctor",               "what is wrong, what is missing, and how much of it"  },
    {"llmobs doctor --coverage",    "which log says what"                                 },
    {"llmobs doctor --dups -f csv", "each record of the calls that were logged repeatedly"},
    {"llmobs doctor --cron",        "a mail only when something is wrong"                 },
    {NULL,                          NULL                                                  },
};

const struct command doctor_command = {
    .name = "doctor",
    .group = "bring in",
    .summary = "says how far the data can be trusted",
    .synopsis = "",
    .options = doctor_rows,
    .options_size = sizeof(struct doctor_cli),
    .shared =
        (const struct opt *const[]){shared_db, shared_output, shared_quiet, shared_strict, NULL},
    .examples = doctor_examples,
    .run = doctor_command_run,
};
