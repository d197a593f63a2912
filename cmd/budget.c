/* budget: what was spent of limits, and whether the rest of the period will exceed them. */
#include "report/budget.h"

#include <math.h>
#include <string.h>
#include "base/time_text.h"
#include "commands.h"
#include "inputs.h"
#include "output.h"
#include "reading.h"
#include "render/number_text.h"
#include "zone_load.h"
#include "base/banned.h"

enum { WARN_AT = 80 };

/* The season before the first period and its lead day, and the longest period behind now. */
#define ZONE_BEFORE_US ((INT64_C(31) + FORECAST_SEASON_DAYS + 4) * US_PER_DAY)
#define ZONE_BEHIND_US (INT64_C(34) * US_PER_DAY)

struct budget_cli {
    struct text_list by;
    const char *max, *period, *unit;
    bool forecast;
    const char *fail_on;
    int64_t warn_at; /* WARN_NOT_GIVEN: as the limit says, else WARN_AT */
};

enum { WARN_NOT_GIVEN = -1 };

static const struct budget_cli budget_defaults = {.warn_at = WARN_NOT_GIVEN};

static const char *period_word(size_t i)
{
    return i < PERIOD_COUNT ? period_names[i] : NULL;
}

static const char *dimension_word(size_t i)
{
    return dimension_names()[i];
}

OPT_WORDS(unit_words, "usd", "tokens", "calls")
OPT_WORDS(fail_words, "spent", "forecast")

/* clang-format off */
static const struct opt budget_rows[] = {
    OPT_TEXT  (0, "max",      "X",                        budget_cli, max,      "the limit: dollars, or tokens or calls by --unit (500k, 2.5M)"),
    OPT_CHOICE(0, "period",   "PERIOD", period_word,      budget_cli, period,   "over which time: hour, day, week or month of the calendar (default: month), or the last 24h, 7d or 30d"),
    OPT_CHOICE(0, "unit",     "UNIT", unit_words,         budget_cli, unit,     "what is limited: usd (default), tokens or calls"),
    OPT_COMMAS(0, "by",       "DIM[,DIM]", dimension_word, budget_cli, by,      "the limit holds for each team, user, feature and so on (default: for all calls together)"),
    OPT_FLAG  (0, "forecast",                             budget_cli, forecast, "say what will have been spent when the period ends, and on which day the limit is reached"),
    OPT_CHOICE(0, "fail-on",  "WHAT", fail_words,         budget_cli, fail_on,  "exit 1 when more than the limit was spent (default), or forecast: also when it will be"),
    OPT_INT   (0, "warn-at",  "PERCENT",                  budget_cli, warn_at, 0, "warn from this part of a limit on, 0: never (default: 80, or what the configuration says)"),
    OPT_END,
};
/* clang-format on */

/* ---- limits ------------------------------------------------------------------------------- */

/* "1500", "$0.5"; tokens and calls also "500k", "2.5M". */
static enum err read_max(const char *text, enum spending_unit unit, int64_t *out, struct error *err)
{
    static const char *const what[] = {
        [SPENDING_NUSD] = "dollars, up to 9 billion and with at most 9 decimals",
        [SPENDING_TOKENS] = "a whole number of tokens (500000, 500k, 2.5M)",
        [SPENDING_CALLS] = "a whole number of calls (500000, 500k, 2.5M)",
    };
    struct sv digits = sv_from(text);
    int scale = 0;
    enum err rc;

    if (unit == SPENDING_NUSD) {
        scale = 9;
        if (sv_starts(digits, "$"))
            digits = (struct sv){digits.p + 1, digits.n - 1};
    } else if (sv_ends(digits, "k") || sv_ends(digits, "M")) {
        scale = sv_ends(digits, "k") ? 3 : 6;
        digits.n--;
    }
    rc = decimal_exact(digits, scale, out);
    if (rc || *out < 0)
        return error_set(err, ERR_USAGE, "--max: expected %s, found \"%s\"", what[unit], text);
    return OK;
}

/* Index of a word that an option has checked; none when it was not given. */
static size_t word_index(word_list *words, const char *word, size_t none)
{
    for (size_t i = 0; word && words(i); i++)
        if (strcmp(words(i), word) == 0)
            return i;
    return none;
}

/* The limit of --max. */
static enum err limit_of_flags(struct invocation *inv, struct budget_limit *out, struct error *err)
{
    const struct budget_cli *o = inv->options;

    *out = (struct budget_limit){
        .by = o->by.v,
        .n_by = o->by.n,
        .unit = (enum spending_unit)word_index(unit_words, o->unit, SPENDING_NUSD),
        .period = (enum period)word_index(period_word, o->period, PERIOD_MONTH),
        .warn_at_percent = o->warn_at == WARN_NOT_GIVEN ? WARN_AT : (int)o->warn_at,
    };
    return read_max(o->max, out->unit, &out->max, err);
}

/* What goes with --max makes no sense without it, nor does nothing at all. */
static enum err no_limit(const struct budget_cli *o, struct error *err)
{
    const char *given = o->by.n ? "--by" : o->period ? "--period" : o->unit ? "--unit" : NULL;

    if (given)
        return error_set(err, ERR_USAGE, "budget: %s is of a limit that is given with --max",
                         given);
    return error_set(err, ERR_USAGE,
                     "budget: no limit: give one, for example --max 100 --period month, or budgets "
                     "in a configuration file (man llmobs-config)");
}

_Static_assert((int)CONFIG_USD == (int)SPENDING_NUSD &&
                   (int)CONFIG_TOKENS == (int)SPENDING_TOKENS &&
                   (int)CONFIG_CALLS == (int)SPENDING_CALLS,
               "the units are one");
_Static_assert((int)CONFIG_HOUR == (int)PERIOD_HOUR && (int)CONFIG_MONTH == (int)PERIOD_MONTH &&
                   (int)CONFIG_LAST_24H == (int)PERIOD_LAST_24H &&
                   (int)CONFIG_LAST_30D == (int)PERIOD_LAST_30D,
               "the periods are one");

/* The limit that a configuration file sets; what it points to stays the configuration's. */
static enum err limit_of_config(struct invocation *inv, const struct config_budget *c,
                                struct budget_limit *out, struct error *err)
{
    const struct budget_cli *o = inv->options;
    struct buf place = {0};
    const char *copy;

    buf_printf(&place, "%s: %s", c->file, c->pointer);
    copy = place.failed ? NULL : text_copy(&inv->arena, (struct sv){place.p, place.n});
    buf_release(&place);
    if (!copy)
        return error_set(err, ERR_NOMEM, "out of memory");
    *out = (struct budget_limit){
        .name = c->name,
        .place = copy,
        .by = c->by.v,
        .n_by = c->by.n,
        .match = c->match.n ? c->match.v : NULL,
        .where = c->where.v,
        .n_where = c->where.n,
        .max = c->max,
        .unit = (enum spending_unit)c->unit,
        .period = (enum period)c->period,
        .warn_at_percent = o->warn_at != WARN_NOT_GIVEN ? (int)o->warn_at
                           : c->warn_at_percent.known   ? (int)c->warn_at_percent.v
                                                        : WARN_AT,
    };
    return OK;
}

/* That of --max, else those of the configuration. */
static enum err find_limits(struct invocation *inv, struct budget_spec *spec, struct error *err)
{
    const struct budget_cli *o = inv->options;
    const struct config *config = &inv->config;
    size_t n = o->max ? 1 : config->n_budgets;
    struct budget_limit *limits = arena_zalloc(&inv->arena, n + 1, sizeof(*limits));
    enum err rc = OK;

    if (!limits)
        return error_set(err, ERR_NOMEM, "out of memory");
    spec->limits = limits;
    spec->n_limits = n;
    if (o->warn_at > 100)
        return error_set(err, ERR_USAGE, "--warn-at: expected 100 or less");
    if (o->max)
        return limit_of_flags(inv, limits, err);
    if (!n || o->by.n || o->period || o->unit)
        return no_limit(o, err);
    for (size_t i = 0; i < n && !rc; i++)
        rc = limit_of_config(inv, &config->budgets[i], &limits[i], err);
    return rc;
}

/* ---- what people see ---------------------------------------------------------------------- */

/* How amounts of a unit are written: limits, and what was and will be spent; each the same way in
 * the whole table. */
struct amounts {
    struct number_style limits[SPENDING_CALLS + 1], spent[SPENDING_CALLS + 1];
};

static enum unit number_unit(enum spending_unit unit)
{
    return unit == SPENDING_NUSD ? UNIT_NUSD : unit == SPENDING_TOKENS ? UNIT_TOKENS : UNIT_COUNT;
}

static const struct cell *cell_at(const struct table *t, const struct row *row,
                                  enum budget_column c)
{
    return &row->cells[budget_first_column(t) + c];
}

static enum spending_unit unit_of(const struct table *t, const struct row *row)
{
    struct sv name = cell_at(t, row, BUDGET_C_UNIT)->text;

    for (size_t i = 0; unit_words(i); i++)
        if (sv_is(name, unit_words(i)))
            return (enum spending_unit)i;
    return SPENDING_NUSD;
}

/* The cell's amount as its number unit has it: dollars become nano-dollars again. */
static struct cell amount_of(const struct table *t, const struct row *row, enum budget_column c)
{
    struct cell cell = *cell_at(t, row, c);

    if (cell.type == CELL_REAL && unit_of(t, row) == SPENDING_NUSD)
        cell.r *= 1e9;
    return cell;
}

static void see_amount(struct number_range *ranges, const struct table *t, const struct row *row,
                       enum budget_column c)
{
    struct cell cell = amount_of(t, row, c);

    number_range_add(&ranges[unit_of(t, row)], &cell);
}

static struct amounts amounts_of(const struct table *t)
{
    struct number_range limits[SPENDING_CALLS + 1] = {{0}}, spent[SPENDING_CALLS + 1] = {{0}};
    struct amounts a;

    for (size_t i = 0; i < t->n_rows; i++) {
        see_amount(limits, t, &t->rows[i], BUDGET_C_LIMIT);
        see_amount(spent, t, &t->rows[i], BUDGET_C_SPENT);
        see_amount(spent, t, &t->rows[i], BUDGET_C_FORECAST);
    }
    for (enum spending_unit u = 0; u <= SPENDING_CALLS; u++) {
        a.limits[u] = number_style_for(number_unit(u), &limits[u]);
        a.spent[u] = number_style_for(number_unit(u), &spent[u]);
    }
    return a;
}

static void add_amount(struct buf *b, const struct number_style *styles, const struct table *t,
                       const struct row *row, enum budget_column column)
{
    enum spending_unit unit = unit_of(t, row);
    struct cell c = amount_of(t, row, column);

    if (!number_text(b, &styles[unit], unit == SPENDING_NUSD, &c))
        buf_char(b, '-');
}

/* A forecast is no more exact than its interval; whole units are enough. */
static void add_estimate(struct buf *b, const struct amounts *a, const struct table *t,
                         const struct row *row, enum budget_column column)
{
    enum spending_unit unit = unit_of(t, row);
    struct number_style style = a->spent[unit];
    struct cell c = amount_of(t, row, column);

    if (unit == SPENDING_NUSD && fabs(amount_of(t, row, BUDGET_C_FORECAST).r) >= 100e9)
        style.decimals = 0;
    number_text(b, &style, unit == SPENDING_NUSD, &c);
}

/* The text that was written as the cell of a column for people. */
static bool set_text(struct table *t, struct row *row, enum budget_column column, struct buf *text,
                     bool lower_bound)
{
    struct cell *c = &row->cells[budget_first_column(t) + column];
    struct sv copy = arena_copy(&t->arena, (struct sv){text->p ? text->p : "", text->n});

    *c = cell_text(copy);
    c->lower_bound = lower_bound;
    text->n = 0;
    return copy.p && !text->failed;
}

/* "$1,500.00/month", "500,000 tok/day" */
static bool set_limit(struct table *t, struct row *row, const struct amounts *a, struct buf *b)
{
    enum spending_unit unit = unit_of(t, row);

    bool one = cell_at(t, row, BUDGET_C_LIMIT)->r == 1;

    add_amount(b, a->limits, t, row, BUDGET_C_LIMIT);
    buf_str(b, unit == SPENDING_TOKENS ? " tok/"
               : unit == SPENDING_NUSD ? "/"
               : one                   ? " call/"
                                       : " calls/");
    buf_sv(b, cell_at(t, row, BUDGET_C_PERIOD)->text);
    return set_text(t, row, BUDGET_C_SHOWN_LIMIT, b, false);
}

/* "$1,812 ($1,690..$1,950)"; "too few days" */
static bool set_forecast(struct table *t, struct row *row, const struct amounts *a, struct buf *b)
{
    const struct cell *days = cell_at(t, row, BUDGET_C_DAYS);
    bool bound = cell_at(t, row, BUDGET_C_UNKNOWN)->i > 0;

    if (cell_at(t, row, BUDGET_C_FORECAST)->type == CELL_MISSING) {
        if (days->type == CELL_MISSING || days->i >= FORECAST_LEAST_DAYS)
            return true; /* no forecast was asked for, or it is money that is not to be seen */
        buf_str(b, "too few days");
        return set_text(t, row, BUDGET_C_SHOWN_FORECAST, b, false);
    }
    add_estimate(b, a, t, row, BUDGET_C_FORECAST);
    buf_str(b, " (");
    add_estimate(b, a, t, row, BUDGET_C_LOW);
    buf_str(b, "..");
    add_estimate(b, a, t, row, BUDGET_C_HIGH);
    buf_char(b, ')');
    return set_text(t, row, BUDGET_C_SHOWN_FORECAST, b, bound);
}

static enum err fill_for_people(struct table *t, struct error *err)
{
    struct amounts a = amounts_of(t);
    struct buf b = {0};
    bool ok = true;

    for (size_t i = 0; i < t->n_rows && ok; i++) {
        struct row *row = &t->rows[i];

        ok = set_limit(t, row, &a, &b);
        if (ok) {
            add_amount(&b, a.spent, t, row, BUDGET_C_SPENT);
            ok = set_text(t, row, BUDGET_C_SHOWN_SPENT, &b,
                          cell_at(t, row, BUDGET_C_SPENT)->lower_bound) &&
                 set_forecast(t, row, &a, &b);
        }
    }
    buf_release(&b);
    return ok ? OK : error_set(err, ERR_NOMEM, "out of memory");
}

/* ---- the command -------------------------------------------------------------------------- */

/* What exit code 1 stands for here. */
static bool is_finding(const struct invocation *inv, const struct table *t)
{
    const struct budget_cli *o = inv->options;
    bool on_forecast = o->fail_on && strcmp(o->fail_on, "forecast") == 0;

    if (budget_worst(t) >= (on_forecast ? BUDGET_FORECAST_OVER : BUDGET_OVER))
        return true;
    return inv->shared.strict &&
           (table_fact(t, "unpriced_calls") > 0 || table_fact(t, "quarantined_lines") > 0);
}

/* The moment that --until puts an end to, when that is in the past; else now. */
static void set_moment(const struct invocation *inv, const struct reading_window *window,
                       struct budget_spec *spec)
{
    spec->until_known = window->until_known && window->until_us <= inv->now_us;
    spec->last_us = spec->until_known ? window->until_us - 1 : inv->now_us;
    spec->since_known = window->since_known;
    spec->since_us = window->since_us;
}

/* The zone also over the periods and the days before them, where there may be no data. */
static enum err load_zone(struct invocation *inv, const struct reading_window *window,
                          int64_t last_us, struct zone *zone, struct error *err)
{
    struct zone_choice choice;
    int64_t from_us = last_us - ZONE_BEFORE_US;
    enum err rc = zone_choose(inv->shared.tz, &inv->arena, &choice, err);

    *zone = window->zone;
    if (!rc)
        rc = zone_load(&choice, from_us, last_us + ZONE_BEHIND_US, &inv->arena, zone, err);
    return rc;
}

static struct budget_spec spec_of(const struct invocation *inv)
{
    const struct budget_cli *own = inv->options;
    const struct shared_options *o = &inv->shared;

    return (struct budget_spec){
        .where = o->where.v,
        .n_where = o->where.n,
        .forecast = own->forecast || (own->fail_on && strcmp(own->fail_on, "forecast") == 0),
        .sort = o->sort,
        .ascending = o->ascending,
        .limit = output_row_limit(o),
        .no_cost = o->no_cost,
        .jobs = inputs_processors(),
    };
}

static enum err budget_command_run(struct invocation *inv, struct error *err)
{
    struct budget_spec spec = spec_of(inv);
    struct reading_window window = {0};
    struct zone zone;
    struct store *store = NULL;
    struct table table = {0};
    enum err rc = find_limits(inv, &spec, err);

    if (!rc)
        rc = reading_open(inv, &inv->args, spec.jobs, &store, &window, err);
    if (rc)
        return rc;
    set_moment(inv, &window, &spec);
    rc = load_zone(inv, &window, spec.last_us, &zone, err);
    spec.zone = &zone;
    if (!rc)
        rc = budget_run(store, &spec, &table, err);
    if (!rc && output_for_people(&inv->shared))
        rc = fill_for_people(&table, err);
    if (!rc) {
        inv->found = is_finding(inv, &table);
        rc = output_table(inv, &table, false, err);
    }
    table_release(&table);
    store_close(store);
    return rc;
}

static const struct name_list budget_lists[] = {
    {"DIMENSIONS", dimension_word, NULL, false},
    {NULL,         NULL,           NULL, false},
};

static const struct example budget_examples[] = {
    {"llmobs budget --max 1000",                                                   "what was spent this month of 1000 dollars"},
    {"llmobs budget --max 400 --by feature --forecast",
     "the same for each feature, and how the month will end"                                                                  },
    {"llmobs budget --max 500k --unit tokens --by user --period day --warn-at 90",
     "the tokens of each user today"                                                                                          },
    {"llmobs budget --max 50 --period 24h --where feature=search -f json",
     "the last 24 hours of one feature, for a program"                                                                        },
    {"llmobs budget --max 900 --until 2026-10-31",                                 "how October ended"                        },
    {NULL,                                                                         NULL                                       },
};

const struct command budget_command = {
    .name = "budget",
    .group = "decide",
    .summary = "says what was spent of limits, and exits 1 when one is exceeded",
    .synopsis = "[FILE]...",
    .options = budget_rows,
    .options_size = sizeof(struct budget_cli),
    .defaults = &budget_defaults,
    .shared =
        (const struct opt *const[]){shared_rows, shared_select, shared_window, shared_output,
                                    shared_db, shared_quiet, shared_verbose, shared_strict, NULL},
    .lists = budget_lists,
    .takes_files = true,
    .examples = budget_examples,
    .run = budget_command_run,
};
