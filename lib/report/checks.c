/* checks: scores by what they are about, by who gave them and by which model, one row for each. */
#include "report/step_views.h"

#include <stdlib.h>
#include "query/call_scores.h"
#include "report/format_remarks.h"
#include "report/head.h"
#include "report/judged.h"
#include "report/list_words.h"
#include "report/run.h"
#include "base/banned.h"

struct counter { /* of one thread: calls by group */
    int64_t *calls;
    uint32_t groups;
};

/* One row: a group, and a check, a scorer and a judge's model; what rows are not made by is 0. */
struct kind {
    uint32_t group, word[SCORE_WORDS];
    size_t first, n;        /* of the judged ones */
    const struct sv *words; /* of the group */
    int64_t when;           /* where the group is of a time first, else 0 */
};

struct checker {
    struct store *s;
    const struct report_spec *spec;
    struct table *t;
    struct scan_spec calls;
    struct list_words words;
    bool by_word[SCORE_WORDS];
    struct scan *scan;
    struct call_scores scores;
    struct format_checks format;
    struct counter *threads;
    int n_threads;
    struct keymap rows;
    struct kind *kinds;
    size_t cap_kinds;
    bool no_memory;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the checks");
}

/* What of scores a dimension is; SCORE_WORDS: it is one of calls. */
static enum score_words word_of(const char *dimension)
{
    static const struct {
        const char *name;
        enum score_words word;
    } names[] = {
        {"check",       SCORE_NAMES       },
        {"category",    SCORE_NAMES       },
        {"scorer",      SCORE_SCORERS     },
        {"judge_model", SCORE_JUDGE_MODELS},
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(dimension, names[i].name) == 0)
            return names[i].word;
    return SCORE_WORDS;
}

/* ---- the walk -------------------------------------------------------------------------------- */

static bool visit(void *ctx, const struct slice *slice)
{
    struct checker *c = ctx;
    struct counter *t = &c->threads[slice->thread];

    if (slice->groups > t->groups) {
        int64_t *bigger = realloc(t->calls, slice->groups * sizeof(*bigger));

        if (!bigger)
            return false;
        memset(bigger + t->groups, 0, (slice->groups - t->groups) * sizeof(*bigger));
        t->calls = bigger;
        t->groups = slice->groups;
    }
    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] != SCAN_OUT)
            t->calls[slice->group[i]]++;
    call_scores_mark(&c->scores, slice);
    return true;
}

static enum err walk(struct checker *c, struct error *err)
{
    const struct report_spec *spec = c->spec;
    const char **by = arena_zalloc(&c->t->arena, spec->n_by + 1, sizeof(*by));
    enum err rc;

    if (!by)
        return no_memory(err);
    c->calls = report_scan_spec(spec);
    c->calls.by = by;
    c->calls.n_by = 0;
    for (size_t d = 0; d < spec->n_by; d++) {
        enum score_words word = word_of(spec->by[d]);

        if (word == SCORE_WORDS)
            by[c->calls.n_by++] = spec->by[d];
        else
            c->by_word[word] = true;
    }
    rc = scan_refuse_tags(&c->calls, err);
    if (!rc)
        rc = scan_open(c->s, &c->calls, &c->scan, err);
    if (!rc)
        rc = call_scores_load(c->s, false, spec->format ? spec->format->name : NULL, &c->scores,
                              err);
    if (rc)
        return rc;
    c->n_threads = scan_threads(c->scan);
    c->threads = calloc((size_t)c->n_threads, sizeof(*c->threads));
    if (!c->threads)
        return no_memory(err);
    rc = scan_walk(c->scan, COLUMN(F_STARTED_US), visit, c, err);
    if (!rc && c->spec->format)
        rc = format_checks_run(c->s, c->spec->format, &c->scores, &c->format, err);
    return rc;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static uint64_t key_of(const struct checker *c, const struct kind *k)
{
    uint64_t key = k->group;

    for (int w = 0; w < SCORE_WORDS; w++)
        key = key * (c->scores.n_words[w] + 1) + k->word[w];
    return key;
}

static bool place(void *ctx, struct judged *score)
{
    struct checker *c = ctx;
    const struct score_kind *kind = &c->scores.kinds[score->kind];
    struct kind k = {.group = score->group};

    for (int w = 0; w < SCORE_WORDS; w++)
        k.word[w] = c->by_word[w] ? kind->word[w] : 0;
    score->row = keymap_add(&c->rows, key_of(c, &k));
    if (score->row != KEYMAP_NONE && score->row >= c->cap_kinds) {
        size_t cap = c->cap_kinds ? 2 * c->cap_kinds : 64;
        struct kind *bigger = realloc(c->kinds, cap * sizeof(*bigger));

        if (bigger) {
            c->kinds = bigger;
            c->cap_kinds = cap;
        }
    }
    c->no_memory |= score->row >= c->cap_kinds;
    if (c->no_memory)
        return false;
    c->kinds[score->row] = k;
    score->check = c->by_word[SCORE_NAMES] ? 0 : kind->word[SCORE_NAMES];
    return true;
}

/* The scores become what was judged, in their own place. */
static enum err find_rows(struct checker *c, struct error *err)
{
    const struct judged_places places = {place, c};
    size_t room = c->scores.n + c->scores.n_others + 1, n = 0;
    struct key128 *v = realloc(c->scores.v, room * sizeof(*v));
    enum err rc;

    if (!v)
        return no_memory(err);
    c->scores.v = v;
    rc = judged_spread(&c->scores, &places, v, &n, err);
    if (!rc && c->no_memory)
        rc = no_memory(err);
    for (size_t i = 0; i < n && !rc; i++) {
        struct kind *k = &c->kinds[judged_row(v[i])];

        if (!k->n++)
            k->first = i;
    }
    return rc;
}

static enum err name_groups(struct checker *c, struct error *err)
{
    c->words = (struct list_words){
        .t = c->t, .by = c->spec->by, .n_by = c->spec->n_by, .calls = &c->calls, .scan = c->scan};
    for (uint32_t i = 0; i < c->rows.n; i++) {
        struct kind *k = &c->kinds[i];

        k->words = list_words_of(&c->words, k->group, &k->when);
        if (!k->words)
            return no_memory(err);
    }
    return OK;
}

static int by_texts(struct sv a, struct sv b)
{
    if (!a.p || !b.p)
        return (a.p == NULL) - (b.p == NULL); /* missing ones last */
    return sv_cmp(a, b);
}

static struct sv word(const struct sv *words, uint32_t number)
{
    return number ? words[number - 1] : SV_NONE;
}

/* Groups of a time as it goes on, and by what they are called: codes and numbers of words depend on
 * what came into the database first. */
static int compare(const struct checker *c, const struct kind *a, const struct kind *b)
{
    int order = (a->when > b->when) - (a->when < b->when);

    if (!a->when || !b->when)
        order = -order; /* the missing time last, too */
    for (size_t d = 0; d < c->calls.n_by && !order; d++)
        order = by_texts(a->words[d], b->words[d]);
    for (int w = 0; w < SCORE_WORDS && !order; w++)
        order = by_texts(word(c->scores.words[w], a->word[w]), word(c->scores.words[w], b->word[w]));
    return order;
}

static void sort_rows(struct checker *c)
{
    for (uint32_t gap = c->rows.n / 2; gap > 0; gap /= 2) /* Shell's: qsort() hands no context on */
        for (uint32_t i = gap; i < c->rows.n; i++) {
            struct kind k = c->kinds[i];
            uint32_t at = i;

            for (; at >= gap && compare(c, &c->kinds[at - gap], &k) > 0; at -= gap)
                c->kinds[at] = c->kinds[at - gap];
            c->kinds[at] = k;
        }
}

/* ---- the table ------------------------------------------------------------------------------- */

enum list_column {
    L_N,
    L_SHARE,
    L_MEAN,
    L_LOW,
    L_HIGH,
    L_P10,
    L_P50,
    L_P90,
    L_RATE,
    L_RATE_LOW,
    L_RATE_HIGH,
    L_BELOW,
    L_PASSED,
    L_PASSED_N,
    L_UNREADABLE,
    L_COUNT
};

/* clang-format off */
static const struct {
    const char *key, *title;
    enum unit unit;
    int drop;
    bool in_text;
} columns[L_COUNT] = {
    [L_N]          = {"n",               "n",          UNIT_COUNT, 0,  true },
    [L_SHARE]      = {"judged_rate",     "judged",     UNIT_RATE,  9,  true },
    [L_MEAN]       = {"mean",            "mean",       UNIT_REAL,  0,  true },
    [L_LOW]        = {"mean_low",        "from",       UNIT_REAL,  3,  true },
    [L_HIGH]       = {"mean_high",       "to",         UNIT_REAL,  3,  true },
    [L_P10]        = {"p10",             "p10",        UNIT_REAL,  6,  true },
    [L_P50]        = {"p50",             "p50",        UNIT_REAL,  7,  true },
    [L_P90]        = {"p90",             "p90",        UNIT_REAL,  8,  true },
    [L_RATE]       = {"rate",            "rate",       UNIT_RATE,  1,  true },
    [L_RATE_LOW]   = {"rate_low",        "from",       UNIT_RATE,  4,  true },
    [L_RATE_HIGH]  = {"rate_high",       "to",         UNIT_RATE,  4,  true },
    [L_BELOW]      = {"below_half_rate", "< 0.5",      UNIT_RATE,  5,  true },
    [L_PASSED]     = {"passed_rate",     "passed",     UNIT_RATE,  2,  true },
    [L_PASSED_N]   = {"passed_n",        "passed n",   UNIT_COUNT, 10, false},
    [L_UNREADABLE] = {"unreadable",      "unreadable", UNIT_COUNT, 11, true },
};
/* clang-format on */

static struct cell cell_at(const struct judged_figures *f, int64_t calls, enum list_column c)
{
    const double figures[L_COUNT] = {
        [L_MEAN] = f->mean,
        [L_LOW] = f->interval.low,
        [L_HIGH] = f->interval.high,
        [L_P10] = f->p10,
        [L_P50] = f->p50,
        [L_P90] = f->p90,
        [L_RATE] = f->rate,
        [L_RATE_LOW] = f->rate_interval.low,
        [L_RATE_HIGH] = f->rate_interval.high,
        [L_BELOW] = f->below_half,
    };

    switch (c) {
    case L_N:
        return cell_int(f->n);
    case L_UNREADABLE:
        return cell_int(f->unreadable + f->outside);
    case L_PASSED_N:
        return cell_int(f->passed_n);
    case L_SHARE:
        return calls ? cell_real((double)f->n / (double)calls) : (struct cell){0};
    case L_PASSED:
        return f->passed_n ? cell_real((double)f->passed / (double)f->passed_n) : (struct cell){0};
    case L_LOW:
    case L_HIGH:
        return f->has_interval ? cell_real(figures[c]) : (struct cell){0};
    default:
        return f->n ? cell_real(figures[c]) : (struct cell){0};
    }
}

static enum err add_columns(struct checker *c, struct error *err)
{
    if (!list_words_add_columns(&c->words))
        return no_memory(err);
    for (int i = 0; i < L_COUNT; i++) {
        struct column *column =
            table_add_column(c->t, columns[i].key, columns[i].title, columns[i].unit);

        if (!column)
            return no_memory(err);
        column->drop = columns[i].drop;
        column->in_text = columns[i].in_text;
        column->in_data = true;
    }
    return OK;
}

static int64_t calls_of(const struct checker *c, uint32_t group)
{
    int64_t calls = 0;

    for (int t = 0; t < c->n_threads; t++)
        if (group < c->threads[t].groups)
            calls += c->threads[t].calls[group];
    return calls;
}

static struct cell name_at(struct checker *c, const struct kind *k, size_t d)
{
    enum score_words w = word_of(c->spec->by[d]);
    struct sv text;

    if (w == SCORE_WORDS)
        return list_words_cell(&c->words, k->words, d);
    text = word(c->scores.words[w], k->word[w]);
    return text.p ? cell_text(arena_copy(&c->t->arena, text)) : (struct cell){0};
}

static enum err add_row(struct checker *c, const struct kind *k, struct error *err)
{
    struct row *row = table_add_row(c->t);
    uint32_t name = k->word[SCORE_NAMES];
    enum check check = name ? check_of(c->scores.words[SCORE_NAMES][name - 1]) : CHECK_COUNT;
    struct judged_figures f;
    size_t n_by = c->spec->n_by;
    enum err rc = row ? judged_figure(c->scores.v + k->first, k->n, c->scores.kinds, check, &f, err)
                      : no_memory(err);

    if (rc)
        return rc;
    for (size_t d = 0; d < n_by; d++)
        row->cells[d] = name_at(c, k, d);
    for (int i = 0; i < L_COUNT; i++)
        row->cells[n_by + (size_t)i] = cell_at(&f, calls_of(c, k->group), (enum list_column)i);
    return OK;
}

static enum err fill(struct checker *c, struct error *err)
{
    const struct scan_spec calls = report_scan_spec(c->spec);
    struct scan_counts counts = scan_counts(c->scan);
    size_t shown = c->rows.n;
    enum err rc = name_groups(c, err);

    if (!rc)
        rc = add_columns(c, err);
    if (rc)
        return rc;
    if (c->spec->limit > 0 && (int64_t)shown > c->spec->limit)
        shown = (size_t)c->spec->limit;
    sort_rows(c);
    for (size_t i = 0; i < shown && !rc; i++)
        rc = add_row(c, &c->kinds[i], err);
    if (rc)
        return rc;
    c->t->view = "quality";
    if (!head_fill_list(c->t, c->s, "report", &calls, counts) ||
        (c->rows.n > shown && !table_note(c->t, "%zu more (--all, --limit)", c->rows.n - shown)) ||
        !table_note(c->t,
                    "rate: hallucinated, toxic or refused above 0.5; of all other checks what "
                    "is 0.5 and more") ||
        (c->spec->format && !format_remarks_add(c->t, c->spec->format, &c->format, 0, true)))
        return no_memory(err);
    return table_choose(c->t, c->spec->columns, c->spec->n_columns, err);
}

bool checks_asked(const struct report_spec *spec)
{
    for (size_t d = 0; d < spec->n_by; d++)
        if (word_of(spec->by[d]) != SCORE_WORDS)
            return true;
    return false;
}

enum err checks_view(struct store *s, const struct report_spec *spec, struct table *out,
                     struct error *err)
{
    struct checker c = {.s = s, .spec = spec, .t = out};
    enum err rc = run_stands_alone(spec, "quality --by check", "scores", err);

    if (!rc && spec->sort)
        rc = error_set(err, ERR_USAGE,
                       "sort: rows of checks are in order of group, check and scorer");
    if (!rc)
        rc = walk(&c, err);
    if (!rc && (c.by_word[SCORE_SCORERS] || c.by_word[SCORE_JUDGE_MODELS]))
        rc = run_remark_agreement(out, &c.scores, err);
    if (!rc)
        rc = find_rows(&c, err);
    if (!rc)
        rc = fill(&c, err);
    for (int t = 0; c.threads && t < c.n_threads; t++)
        free(c.threads[t].calls);
    free(c.threads);
    free(c.kinds);
    keymap_release(&c.rows);
    call_scores_release(&c.scores);
    format_checks_release(&c.format);
    scan_close(c.scan);
    return rc;
}
