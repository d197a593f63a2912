/* prompt_list: the report by template and version, ranked and cut. */
#include "report/prompt_list.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include "stats/multiple.h"
#include "stats/proportion.h"
#include "stats/shrink.h"
#include "stats/two_sample.h"
#include "base/banned.h"

/* Columns of the report, in the order in which they are shown. */
static const char *const measure_keys[] = {
    "calls",         "quality_mean",   "quality_low",       "quality_high", "quality_n",
    "quality_sd",    "error_rate",     "errors",            "latency_p95_us", "latency_n",
    "cost_usd",      "cost_per_call_usd", "cost_n",         "input_tokens_mean",
    "output_tokens_mean", "first_call", "last_call",
};
/* Of these what people see. */
static const char *const seen_keys[] = {"calls",      "quality_mean",   "quality_low",
                                        "quality_high", "quality_n",    "error_rate",
                                        "latency_p95_us", "cost_per_call_usd"};

enum { NAMES = 3 }; /* template, prompt, prompt_version */
static const char *const names_by[NAMES] = {"template", "prompt", "prompt_version"};

struct listing {
    const struct prompt_list_spec *spec;
    struct table *t;
    size_t n_by;
    double *value, *p; /* by row: what is ranked, how sure it is that it differs from the others */
    int64_t *n;        /* what it is made of */
    bool differ;       /* segments differ at all */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the prompts");
}

static size_t column_of(const struct table *t, const char *key)
{
    size_t c = 0;

    while (c < t->n_columns && strcmp(t->columns[c].key, key) != 0)
        c++;
    return c;
}

static struct cell cell_of(const struct listing *l, const struct row *row, const char *key)
{
    size_t c = column_of(l->t, key);

    return c < l->t->n_columns ? row->cells[c] : (struct cell){0};
}

static double real_of(struct cell c)
{
    return c.type == CELL_REAL ? c.r : c.type == CELL_INT ? (double)c.i : NAN;
}

static int64_t count_of(const struct listing *l, const struct row *row, const char *key)
{
    struct cell c = cell_of(l, row, key);

    return c.type == CELL_INT ? c.i : 0;
}

/* ---- rows that belong ----------------------------------------------------------------------- */

static bool is_named(const struct listing *l, const struct row *row)
{
    for (size_t d = 0; d < l->n_by; d++)
        if (row->cells[d].type == CELL_TEXT)
            return true;
    return false;
}

static void keep_rows(struct listing *l, bool (*wanted)(const struct listing *l,
                                                        const struct row *row))
{
    size_t kept = 0;

    for (size_t i = 0; i < l->t->n_rows; i++)
        if (wanted(l, &l->t->rows[i]))
            l->t->rows[kept++] = l->t->rows[i];
    l->t->n_rows = kept;
}

/* Calls that name no template are told of, and are no row. */
static bool drop_nameless(struct listing *l)
{
    int64_t calls = 0;

    for (size_t i = 0; i < l->t->n_rows; i++)
        if (!is_named(l, &l->t->rows[i]))
            calls += count_of(l, &l->t->rows[i], "calls");
    keep_rows(l, is_named);
    return table_add_fact(l->t, "calls_without_prompt", cell_int(calls)) &&
           (!calls || table_note(l->t, "%" PRId64 " call%s name%s no prompt (--mine finds the "
                                       "templates of rendered prompts in files)",
                                 calls, calls == 1 ? "" : "s", calls == 1 ? "s" : ""));
}

/* ---- one prompt ------------------------------------------------------------------------------ */

static struct sv text_at(const struct row *row, size_t d)
{
    return row->cells[d].type == CELL_TEXT ? row->cells[d].text : SV_NONE;
}

/* The row is called so: by its hash, its name, or the beginning of its hash. */
static bool is_called(const struct row *row, struct sv name, bool prefix)
{
    struct sv hash = text_at(row, 0);

    if (prefix)
        return hash.n > name.n && memcmp(hash.p, name.p, name.n) == 0;
    return (hash.p && sv_eq(hash, name)) || (text_at(row, 1).p && sv_eq(text_at(row, 1), name));
}

static bool has_called(const struct table *t, struct sv name, bool prefix)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (is_called(&t->rows[i], name, prefix))
            return true;
    return false;
}

/* Of rows whose hash begins so, another hash than the first one's; SV_NONE: there is none. */
static struct sv other_hash(const struct table *t, struct sv name, struct sv *first)
{
    *first = SV_NONE;
    for (size_t i = 0; i < t->n_rows; i++) {
        if (!is_called(&t->rows[i], name, true))
            continue;
        if (!first->p)
            *first = text_at(&t->rows[i], 0);
        else if (!sv_eq(*first, text_at(&t->rows[i], 0)))
            return text_at(&t->rows[i], 0);
    }
    return SV_NONE;
}

static int by_first_call(const void *a, const void *b, size_t column)
{
    const struct row *x = a, *y = b;
    int d = sv_cmp(x->cells[column].text, y->cells[column].text);

    for (size_t c = 0; !d && c < NAMES; c++)
        d = sv_cmp(text_at(x, c), text_at(y, c));
    return d;
}

/* Few rows: the versions of one prompt. */
static void sort_by_first_call(struct listing *l)
{
    size_t column = column_of(l->t, "first_call");
    struct row *v = l->t->rows;

    for (size_t i = 1; i < l->t->n_rows; i++)
        for (size_t k = i; k > 0 && by_first_call(&v[k - 1], &v[k], column) > 0; k--) {
            struct row kept = v[k];

            v[k] = v[k - 1];
            v[k - 1] = kept;
        }
}

/* Leaves the rows of the prompt that was asked for: all versions of its name, if it has one. */
static enum err choose_prompt(struct listing *l, struct error *err)
{
    struct table *t = l->t;
    struct sv name = sv_from(l->spec->prompt), first, other;
    bool prefix = !has_called(t, name, false);
    size_t kept = 0;

    if (prefix) {
        other = other_hash(t, name, &first);
        if (!first.p)
            return error_set(err, ERR_NOT_FOUND, "no prompt of these calls is called %s",
                             l->spec->prompt);
        if (other.p)
            return error_set(err, ERR_USAGE, "%s may be several prompts, among them %.*s and %.*s",
                             l->spec->prompt, SV_FMT(first), SV_FMT(other));
        name = first;
    }
    for (size_t i = 0; i < t->n_rows; i++) { /* a hash stands for the name it goes by */
        if (is_called(&t->rows[i], name, false) && text_at(&t->rows[i], 1).p) {
            name = text_at(&t->rows[i], 1);
            break;
        }
    }
    for (size_t i = 0; i < t->n_rows; i++)
        if (is_called(&t->rows[i], name, false))
            t->rows[kept++] = t->rows[i];
    t->n_rows = kept;
    sort_by_first_call(l);
    return OK;
}

/* ---- what is ranked --------------------------------------------------------------------------- */

static const char *n_key(enum prompt_rank rank)
{
    switch (rank) {
    case PROMPTS_BY_QUALITY:
    case PROMPTS_BY_BOUND:
        return "quality_n";
    case PROMPTS_BY_LATENCY:
        return "latency_n";
    case PROMPTS_BY_COST:
        return "cost_n";
    default:
        return "calls";
    }
}

static const char *n_word(enum prompt_rank rank)
{
    return rank == PROMPTS_BY_QUALITY || rank == PROMPTS_BY_BOUND ? "scores"
           : rank == PROMPTS_BY_LATENCY                           ? "latencies"
           : rank == PROMPTS_BY_COST                              ? "priced calls"
                                                                  : "calls";
}

/* Shrunken means, and Welch's p of each prompt against all others. */
static bool rank_quality(struct listing *l)
{
    size_t rows = l->t->n_rows;
    double *mean = calloc(2 * rows + 1, sizeof(*mean)), *sd;
    struct shrink_means all = {0};
    struct moments whole = {0};

    if (!mean)
        return false;
    sd = mean + rows;
    for (size_t i = 0; i < rows; i++) {
        const struct row *row = &l->t->rows[i];
        double s = real_of(cell_of(l, row, "quality_sd"));

        mean[i] = l->n[i] ? real_of(cell_of(l, row, "quality_mean")) : 0;
        sd[i] = isnan(s) ? 0 : s;
        whole = moments_merged(whole, moments_from(l->n[i], mean[i], sd[i]));
    }
    if (!shrink_means(mean, sd, l->n, rows, &all, l->value))
        for (size_t i = 0; i < rows; i++)
            l->value[i] = NAN;
    l->differ = all.tau2 > 0;
    for (size_t i = 0; i < rows; i++) {
        struct moments own = moments_from(l->n[i], mean[i], sd[i]);
        struct moments others = moments_without(whole, own);
        struct mean_test test;

        l->p[i] = l->n[i] && welch_of_moments(&own, &others, &test) ? test.p : NAN;
    }
    free(mean);
    return true;
}

static bool rank_errors(struct listing *l)
{
    size_t rows = l->t->n_rows;
    int64_t *errors = calloc(rows + 1, sizeof(*errors)), x = 0, n = 0;
    struct shrunk_rate *shrunk = calloc(rows + 1, sizeof(*shrunk));
    struct shrink_rates all = {0};
    bool ok = errors && shrunk;

    for (size_t i = 0; ok && i < rows; i++) {
        errors[i] = count_of(l, &l->t->rows[i], "errors");
        x += errors[i];
        n += l->n[i];
    }
    if (ok && shrink_rates(errors, l->n, rows, &all, shrunk))
        for (size_t i = 0; i < rows; i++) {
            struct proportion_change change;

            l->value[i] = shrunk[i].value;
            l->p[i] = proportion_compare(x - errors[i], n - l->n[i], errors[i], l->n[i], 0.95,
                                         &change)
                          ? change.p
                          : NAN;
        }
    l->differ = all.differ;
    free(errors);
    free(shrunk);
    return ok;
}

static void rank_plainly(struct listing *l)
{
    double cost = 0, calls = 0;

    for (size_t i = 0; i < l->t->n_rows; i++) {
        struct cell c = cell_of(l, &l->t->rows[i], "cost_usd");

        cost += c.type == CELL_INT ? (double)c.i : 0;
        calls += (double)count_of(l, &l->t->rows[i], "cost_n");
    }
    l->differ = true;
    for (size_t i = 0; i < l->t->n_rows; i++) {
        const struct row *row = &l->t->rows[i];
        double own = real_of(cell_of(l, row, "cost_usd"));

        l->p[i] = NAN;
        switch (l->spec->rank) {
        case PROMPTS_BY_BOUND:
            l->value[i] = real_of(cell_of(l, row, "quality_high"));
            break;
        case PROMPTS_BY_LATENCY:
            l->value[i] = real_of(cell_of(l, row, "latency_p95_us"));
            break;
        case PROMPTS_BY_COST:
            l->value[i] = calls > 0 ? own - (double)l->n[i] * cost / calls : NAN;
            break;
        default:
            l->value[i] = (double)l->n[i];
            break;
        }
    }
}

static enum err find_values(struct listing *l, struct error *err)
{
    size_t rows = l->t->n_rows;
    bool ok;

    l->value = calloc(2 * rows + 1, sizeof(*l->value));
    l->n = calloc(rows + 1, sizeof(*l->n));
    if (!l->value || !l->n)
        return no_memory(err);
    l->p = l->value + rows;
    for (size_t i = 0; i < rows; i++)
        l->n[i] = count_of(l, &l->t->rows[i], n_key(l->spec->rank));
    if (l->spec->rank == PROMPTS_BY_QUALITY) {
        ok = rank_quality(l);
    } else if (l->spec->rank == PROMPTS_BY_ERRORS) {
        ok = rank_errors(l);
    } else {
        rank_plainly(l);
        ok = true;
    }
    return ok ? OK : no_memory(err);
}

/* ---- the ranked table ------------------------------------------------------------------------- */

static const struct {
    const char *key, *also_key, *title;
    enum unit unit;
} ranked_columns[] = {
    [PROMPTS_BY_QUALITY] = {"quality_shrunk",       NULL,                "shrunk",   UNIT_REAL},
    [PROMPTS_BY_ERRORS] = {"error_rate_shrunk",     NULL,                "err shrunk", UNIT_RATE},
    [PROMPTS_BY_COST] = {"cost_excess_usd",         "cost_excess_nusd",  "excess",   UNIT_NUSD},
};

/* Moves the last column to place `to`. */
static void move_last(struct table *t, size_t to)
{
    size_t last = t->n_columns - 1;
    struct column column = t->columns[last];

    memmove(&t->columns[to + 1], &t->columns[to], (last - to) * sizeof(*t->columns));
    t->columns[to] = column;
    for (size_t i = 0; i <= t->n_rows; i++) {
        struct cell *cells = i < t->n_rows ? t->rows[i].cells : t->totals.cells, cell;

        if (!cells)
            continue;
        cell = cells[last];
        memmove(&cells[to + 1], &cells[to], (last - to) * sizeof(*cells));
        cells[to] = cell;
    }
}

static enum err add_ranked_column(struct listing *l, size_t behind, struct error *err)
{
    enum prompt_rank rank = l->spec->rank;
    struct column *c;

    if (rank != PROMPTS_BY_QUALITY && rank != PROMPTS_BY_ERRORS && rank != PROMPTS_BY_COST)
        return OK;
    c = table_extend(l->t, ranked_columns[rank].key, ranked_columns[rank].title,
                     ranked_columns[rank].unit);
    if (!c)
        return no_memory(err);
    c->also_key = ranked_columns[rank].also_key;
    c->in_text = c->in_data = true;
    for (size_t i = 0; i < l->t->n_rows; i++) {
        struct cell *cell = &l->t->rows[i].cells[l->t->n_columns - 1];

        if (isnan(l->value[i]))
            continue;
        *cell = rank == PROMPTS_BY_COST ? cell_int((int64_t)llrint(l->value[i]))
                                        : cell_real(l->value[i]);
    }
    move_last(l->t, behind + 1);
    return OK;
}

/* A mark behind what differs from all others for sure, and the p that says so; "*" is taken by
 * figures of too few values. */
static enum err add_marks(struct listing *l, size_t behind, struct error *err)
{
    size_t rows = l->t->n_rows;
    double *adjusted = calloc(rows + 1, sizeof(*adjusted));
    struct column *mark;
    enum err rc = adjusted ? adjust_bh(l->p, rows, adjusted, err) : no_memory(err);

    if (!rc && !table_extend(l->t, "p_adjusted", "p adj", UNIT_REAL))
        rc = no_memory(err);
    for (size_t i = 0; i < rows && !rc; i++)
        if (!isnan(adjusted[i]))
            l->t->rows[i].cells[l->t->n_columns - 1] = cell_real(adjusted[i]);
    if (!rc) {
        l->t->columns[l->t->n_columns - 1].in_data = true;
        mark = table_extend(l->t, "differs", "", UNIT_NONE);
        if (!mark)
            rc = no_memory(err);
        else
            mark->in_text = true;
    }
    for (size_t i = 0; i < rows && !rc; i++)
        if (!isnan(adjusted[i]) && adjusted[i] <= 0.05)
            l->t->rows[i].cells[l->t->n_columns - 1] = cell_text(SV("!="));
    if (!rc)
        move_last(l->t, behind + 1);
    free(adjusted);
    return rc;
}

/* The column whose figure is ranked. */
static const char *ranked_key(enum prompt_rank rank)
{
    switch (rank) {
    case PROMPTS_BY_ERRORS:
        return "error_rate";
    case PROMPTS_BY_LATENCY:
        return "latency_p95_us";
    case PROMPTS_BY_COST:
        return "cost_per_call_usd";
    default:
        return "quality_mean";
    }
}

static enum err mark_rows(struct listing *l, struct error *err)
{
    size_t at = column_of(l->t, ranked_key(l->spec->rank));
    enum err rc = OK;

    if (l->spec->rank == PROMPTS_BY_QUALITY || l->spec->rank == PROMPTS_BY_ERRORS)
        rc = add_marks(l, at, err);
    return rc ? rc : add_ranked_column(l, at, err);
}

/* "2 more templates have fewer than 5 scores, 4 have none (--all)" */
static bool tell_left(struct listing *l, int64_t few, int64_t none, int64_t beyond)
{
    const char *word = n_word(l->spec->rank);
    struct table *t = l->t;
    bool ok = table_add_fact(t, "few", cell_int(few)) && table_add_fact(t, "none", cell_int(none));

    if (beyond)
        ok &= table_note(t, "%" PRId64 " more (--all, --limit)", beyond);
    if (l->spec->all || (!few && !none))
        return ok;
    if (!few)
        return ok && table_note(t, "%" PRId64 " more template%s no %s (--all)", none,
                                none == 1 ? " has" : "s have", word);
    if (!none)
        return ok && table_note(t, "%" PRId64 " more template%s fewer than %" PRId64 " %s (--all)",
                                few, few == 1 ? " has" : "s have", l->spec->min_n, word);
    return ok && table_note(t, "%" PRId64 " more template%s fewer than %" PRId64 " %s, %" PRId64
                               " ha%s none (--all)",
                            few, few == 1 ? " has" : "s have", l->spec->min_n, word, none,
                            none == 1 ? "s" : "ve");
}

static const char *const rank_words[] = {
    [PROMPTS_BY_QUALITY] =
        "ranked by shrunken (empirical-Bayes) mean; --rank bound|errors|latency|cost",
    [PROMPTS_BY_BOUND] = "ranked by the upper end of the mean's 95 % interval",
    [PROMPTS_BY_ERRORS] = "ranked by shrunken (empirical-Bayes) error rate",
    [PROMPTS_BY_LATENCY] = "ranked by p95 latency",
    [PROMPTS_BY_COST] = "ranked by cost above that of as many mean calls",
};

/* Ranked ones in order; then those made of too little, most first; then those of nothing. */
static enum err rank_rows(struct listing *l, struct error *err)
{
    bool lowest = l->spec->rank == PROMPTS_BY_QUALITY || l->spec->rank == PROMPTS_BY_BOUND;
    size_t rows = l->t->n_rows, kept = 0, ranked = 0;
    size_t *order = calloc(rows + 1, sizeof(*order));
    struct row *sorted = arena_zalloc(&l->t->arena, rows + 1, sizeof(*sorted));
    int64_t few = 0, none = 0, limit = l->spec->limit;
    enum err rc = order && sorted ? shrink_order(l->value, l->n, rows, lowest, order, err)
                                  : no_memory(err);

    for (int pass = 0; pass < 3 && !rc; pass++)
        for (size_t i = 0; i < rows; i++) {
            int64_t n = l->n[order[i]];
            int group = !n || isnan(l->value[order[i]]) ? 2 : n < l->spec->min_n ? 1 : 0;

            if (group != pass)
                continue;
            few += group == 1;
            none += group == 2;
            ranked += group == 0;
            if (group && !l->spec->all)
                continue;
            if (group == 0 && limit && (int64_t)ranked > limit)
                continue;
            sorted[kept++] = l->t->rows[order[i]];
        }
    free(order);
    if (rc)
        return rc;
    l->t->rows = sorted;
    l->t->n_rows = kept;
    if (!tell_left(l, few, none,
                   limit && (int64_t)ranked > limit ? (int64_t)ranked - limit : 0) ||
        (!l->differ && ranked && !table_note(l->t, "the templates do not differ: everybody has "
                                                   "the pooled value")) ||
        !table_note(l->t, "%s", rank_words[l->spec->rank]))
        return no_memory(err);
    return OK;
}

static bool limit_rows(struct listing *l)
{
    size_t limit = l->spec->limit > 0 ? (size_t)l->spec->limit : l->t->n_rows;
    size_t left = l->t->n_rows > limit ? l->t->n_rows - limit : 0;

    l->t->n_rows -= left;
    return !left || table_note(l->t, "%zu more (--all, --limit)", left);
}

static void choose_seen(struct listing *l)
{
    for (size_t c = l->n_by; c < l->t->n_columns; c++) {
        bool seen = false;

        for (size_t i = 0; i < ARRAY_LEN(seen_keys); i++)
            seen |= strcmp(l->t->columns[c].key, seen_keys[i]) == 0;
        l->t->columns[c].in_text = seen;
    }
    /* A column of names that nobody has says nothing. */
    for (size_t d = 0; d < l->n_by; d++) {
        bool some = false;

        for (size_t i = 0; i < l->t->n_rows; i++)
            some |= l->t->rows[i].cells[d].type == CELL_TEXT;
        l->t->columns[d].in_text = some || !l->t->n_rows;
    }
}

/* That some of the three names is never given is no surprise here. */
static void drop_warnings(struct table *t)
{
    size_t kept = 0;

    for (size_t i = 0; i < t->n_warnings; i++)
        if (strncmp(t->warnings[i], "no call has a value for ", 24) != 0)
            t->warnings[kept++] = t->warnings[i];
    t->n_warnings = kept;
}

static enum err finish(struct listing *l, struct error *err)
{
    enum err rc;

    drop_warnings(l->t);

    l->t->verb = "prompts";
    l->t->view = NULL;
    choose_seen(l);
    if (l->spec->prompt) {
        keep_rows(l, is_named);
        l->t->totals.cells = NULL; /* that of all prompts */
        return choose_prompt(l, err);
    }
    if (!drop_nameless(l))
        return no_memory(err);
    if (l->spec->rank == PROMPTS_BY_CALLS)
        return limit_rows(l) ? OK : no_memory(err);
    rc = find_values(l, err);
    if (!rc)
        rc = mark_rows(l, err);
    return rc ? rc : rank_rows(l, err);
}

enum err prompt_list(struct store *s, const struct prompt_list_spec *spec, struct table *out,
                     struct error *err)
{
    static const char *const overview[] = {"overview"}, *const name_alone[] = {"prompt"};
    struct report_spec calls = spec->calls;
    struct listing l = {.spec = spec, .t = out};
    enum err rc;

    calls.views = overview;
    calls.n_views = 1;
    calls.by = spec->merge_versions ? name_alone : names_by;
    calls.n_by = l.n_by = spec->merge_versions ? 1 : NAMES;
    calls.columns = measure_keys;
    calls.n_columns = ARRAY_LEN(measure_keys);
    rc = report_run(s, &calls, out, err);
    if (!rc)
        rc = finish(&l, err);
    free(l.value);
    free(l.n);
    return rc;
}
