/* drift: see the header. */
#include "report/drift.h"

#include <math.h>
#include <stdlib.h>
#include "base/time_text.h"
#include "report/compared_text.h"
#include "report/drift_embedding.h"
#include "report/head.h"
#include "report/side_fields.h"
#include "report/words.h"
#include "stats/drift_verdict.h"
#include "stats/multiple.h"
#include "store/trace_rows.h"
#include "base/banned.h"

/* Calls whose sessions are looked at for how alike calls of one are. */
#define CLUSTER_SAMPLE 100000

/* With more, most have too few calls, and each field has a row for each. */
#define MOST_SEGMENTS 10000

/* A row before it is one. */
struct judged {
    const char *field;
    enum drift_kind kind;
    enum unit unit;
    uint32_t group; /* SIDE_ALL: all calls */
    size_t place;   /* in the order of the fields */
    struct sv segment, category;
    struct drift_figures f;
    int64_t missing[2];
    double p_adjusted;
    enum drift_verdict verdict;
    bool judged_by_effect; /* the method has no p */
};

struct drift {
    const struct drift_spec *spec;
    struct store *store;
    struct table *t;
    struct scan *scan;
    struct side_values *values;
    uint32_t groups;
    struct judged *v;
    size_t n, cap;
    struct embedding_figures embeddings; /* of all calls */
    bool has_embeddings;
    struct buf text;
};

static const char *const verdict_names[] = {
    [DRIFT_NONE] = "none",
    [DRIFT_SMALL] = "real but small",
    [DRIFT_YES] = "drift",
    [DRIFT_INSUFFICIENT] = "insufficient data",
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory comparing two windows");
}

static bool by_segment(const struct drift *d)
{
    return d->spec->calls.n_by > 0;
}

/* ---- rows --------------------------------------------------------------------------------- */

/* "feature=chat, model=m" in the table's arena. */
static enum err name_segment(struct drift *d, uint32_t group, struct sv *out, struct error *err)
{
    *out = SV_NONE;
    for (size_t i = 0; group != SIDE_ALL && i < d->spec->calls.n_by; i++) {
        struct sv text =
            axis_text(scan_axis(d->scan, i), scan_code(d->scan, group, i), &d->t->arena);

        buf_printf(&d->text, "%s%s=", i ? ", " : "", d->spec->calls.by[i]);
        buf_sv(&d->text, text.p ? text : SV("(none)"));
    }
    *out = words_take(&d->text, &d->t->arena);
    return d->text.failed ? no_memory(err) : OK;
}

static enum err add_judged(struct drift *d, const struct judged *row, struct error *err)
{
    if (d->n == d->cap) {
        size_t cap = d->cap ? d->cap * 2 : 64;
        struct judged *bigger = realloc(d->v, cap * sizeof(*bigger));

        if (!bigger)
            return no_memory(err);
        d->v = bigger;
        d->cap = cap;
    }
    d->v[d->n] = *row;
    d->v[d->n].place = d->n;
    return name_segment(d, row->group, &d->v[d->n++].segment, err);
}

static bool enough(const struct drift *d, const struct drift_figures *f)
{
    return f->n[0] >= d->spec->min_n && f->n[1] >= d->spec->min_n;
}

/* A field of one group, or of all; the share of zeros as a row of its own. */
static enum err judge_sample(struct drift *d, const struct compared_field *field, uint32_t group,
                             const struct side_sample sides[2], struct error *err)
{
    struct drift_sample s = {
        {sides[0].v, sides[1].v},
        {sides[0].n, sides[1].n},
        {1,          1         }
    };
    struct judged row = {
        .field = field->name,
        .kind = field->kind,
        .unit = field->kind == DRIFT_CATEGORY ? UNIT_RATE : field->unit,
        .group = group,
        .missing = {sides[0].missing, sides[1].missing}
    };
    bool zeros = field->kind == DRIFT_NUMBER && drift_method_fits(d->spec->method, DRIFT_RATE) &&
                 sides[0].n && sides[1].n && sides[0].v[0] >= 0 && sides[1].v[0] >= 0;
    enum err rc = compared_field_effects(field, d->values, group, s.deff, err);

    if (!rc)
        rc = drift_measure(&s, field->kind, d->spec->method, d->spec->threshold, &row.f, err);
    if (!rc && row.f.category >= 0 && (size_t)row.f.category < field->n_texts) {
        row.category = arena_copy(&d->t->arena, field->texts[(size_t)row.f.category]);
        rc = row.category.p ? OK : no_memory(err);
    }
    if (!rc)
        rc = add_judged(d, &row, err);
    if (rc || !zeros || d->spec->method != METHOD_DEFAULT ||
        !drift_zeros(&s, d->spec->threshold, &row.f))
        return rc;
    buf_printf(&d->text, "%s_zeros", field->name);
    buf_char(&d->text, '\0');
    row.field = words_take(&d->text, &d->t->arena).p;
    row.kind = DRIFT_RATE;
    row.unit = UNIT_RATE;
    return row.field ? add_judged(d, &row, err) : no_memory(err);
}

/* Whether the field can be judged by the method; ERR_USAGE when it was named and cannot. */
static enum err check_method(const struct drift *d, const struct compared_field *field, bool named,
                             bool *fits, struct error *err)
{
    enum drift_method m = d->spec->method;

    *fits = drift_method_fits(m, field->kind);
    return *fits || !named ? OK
                           : error_set(err, ERR_USAGE, "--method %s does not fit %s",
                                       drift_method_names[m], field->name);
}

static enum err judge_field(struct drift *d, struct compared_field *field, bool named,
                            struct error *err)
{
    struct side_sample sides[2];
    size_t seen[2] = {0, 0};
    bool fits = false;
    enum err rc = compared_field_open(field, d->scan, d->store, d->values, err);

    if (!rc)
        rc = check_method(d, field, named, &fits, err);
    if (rc || !fits)
        goto done;
    rc = side_values_read(d->values, &field->field, err);
    if (!rc)
        compared_field_settle(field, d->values, d->groups);
    for (uint32_t g = 0; g < d->groups && !rc; g++) {
        for (int side = SIDE_A; side <= SIDE_B; side++) {
            sides[side] = side_values_get(d->values, g, side);
            seen[side] += sides[side].n;
        }
        if (by_segment(d) && (sides[0].n || sides[1].n))
            rc = judge_sample(d, field, g, sides, err);
    }
    if (!rc && (named || seen[0] || seen[1])) {
        for (int side = SIDE_A; side <= SIDE_B; side++)
            sides[side] = side_values_all(d->values, side);
        rc = judge_sample(d, field, SIDE_ALL, sides, err);
    }
done:
    compared_field_close(field);
    return rc;
}

static enum err judge_vectors(struct drift *d, const struct compared_field *field,
                              const struct embedding_set *set, uint32_t group, struct error *err)
{
    struct judged row = {.field = field->name,
                         .kind = DRIFT_EMBEDDING,
                         .unit = UNIT_NONE,
                         .group = group,
                         .judged_by_effect = d->spec->method == METHOD_CENTROID ||
                                             d->spec->method == METHOD_PAIRED_COSINE};
    struct embedding_figures *more =
        group == SIDE_ALL && !d->has_embeddings ? &d->embeddings : NULL;
    enum err rc = embedding_measure(set, group, d->spec->method, d->spec->threshold, d->spec->min_n,
                                    &row.f, more, err);

    for (int side = SIDE_A; side <= SIDE_B; side++)
        row.missing[side] = side_values_calls(d->values, group, side) - row.f.n[side];
    d->has_embeddings |= more != NULL;
    if (!rc && group != SIDE_ALL && !row.f.n[0] && !row.f.n[1])
        return OK;
    return rc ? rc : add_judged(d, &row, err);
}

static enum err judge_embedding(struct drift *d, const struct compared_field *field, bool named,
                                struct error *err)
{
    const struct embedding_choice choice = {.source = (enum vector_source)field->which,
                                            .model = d->spec->embedding_model,
                                            .dim = d->spec->embedding_dim,
                                            .permutations = d->spec->permutations,
                                            .seed = d->spec->seed};
    struct embedding_set *set = NULL;
    struct error several;
    bool fits;
    enum err rc = check_method(d, field, named, &fits, err);

    /* Wording says less than meaning: unasked it speaks where there are no embeddings. */
    if (!rc && !named && vectors_are_lexical(choice.source) && d->has_embeddings &&
        !d->embeddings.lexical)
        fits = false;
    if (rc || !fits)
        return rc;
    rc = embedding_set_open(d->values, d->store, &choice, &set, &several);
    if (rc == ERR_USAGE && !named)
        return table_warn(d->t, "%s: %s", field->name, several.msg) ? OK : no_memory(err);
    if (rc && err)
        *err = several;
    if (!rc && !set && named) {
        struct judged none = {.field = field->name, .kind = DRIFT_EMBEDDING, .group = SIDE_ALL};

        none.f = (struct drift_figures){
            .method = embedding_method(choice.source, d->spec->method),
            .effect_kind = "kernel_auc",
            .category = DRIFT_UNKNOWN,
            .effect = NAN,
            .p = NAN,
            .min_effect = DRIFT_AUC_MIN,
            .changed = NAN,
            .low = NAN,
            .high = NAN,
            .noise = NAN,
            .reverse = NAN,
            .level = {NAN, NAN}
        };
        rc = add_judged(d, &none, err);
        if (!rc && vectors_are_lexical(choice.source) &&
            !table_note(d->t, "%s: no texts are stored; ingest --store-content keeps them, and files "
                              "are read with theirs", field->name))
            rc = no_memory(err);
    }
    if (!rc && set)
        rc = judge_vectors(d, field, set, SIDE_ALL, err);
    for (uint32_t g = 0; g < d->groups && !rc && set && by_segment(d); g++)
        rc = judge_vectors(d, field, set, g, err);
    embedding_set_close(set);
    return rc;
}

/* ---- verdicts ----------------------------------------------------------------------------- */

/* One family of tests: fields over all calls, or fields of segments. */
static enum err adjust_family(struct drift *d, bool segments, struct error *err)
{
    double *p = malloc((2 * d->n + 1) * sizeof(*p)), *q;
    size_t n = 0;
    enum err rc;

    if (!p)
        return no_memory(err);
    q = p + d->n;
    for (size_t i = 0; i < d->n; i++)
        if ((d->v[i].group != SIDE_ALL) == segments)
            p[n++] = enough(d, &d->v[i].f) ? d->v[i].f.p : NAN;
    rc = adjust_bh(p, n, q, err);
    n = 0;
    for (size_t i = 0; i < d->n && !rc; i++)
        if ((d->v[i].group != SIDE_ALL) == segments)
            d->v[i].p_adjusted = q[n++];
    free(p);
    return rc;
}

static enum drift_verdict verdict_of(const struct drift *d, const struct judged *row)
{
    const struct drift_figures *f = &row->f;

    if (row->judged_by_effect && enough(d, f) && !isnan(f->effect))
        return f->effect > f->min_effect ? DRIFT_YES : DRIFT_NONE;
    /* One value alone, the same in both windows, has no test and no difference. */
    if (enough(d, f) && isnan(f->p) && f->effect <= 0)
        return DRIFT_NONE;
    return drift_verdict(f->n[0], f->n[1], d->spec->min_n, row->p_adjusted, f->effect,
                         f->min_effect);
}

static enum drift_answer judge_all(struct drift *d)
{
    bool some = false, drift = false;

    for (size_t i = 0; i < d->n; i++) {
        d->v[i].verdict = verdict_of(d, &d->v[i]);
        some |= d->v[i].verdict != DRIFT_INSUFFICIENT;
        drift |= d->v[i].verdict == DRIFT_YES;
    }
    return drift ? DRIFT_ANSWER_DRIFT : some ? DRIFT_ANSWER_NONE : DRIFT_ANSWER_INSUFFICIENT;
}

/* All calls first, in the order of the fields; then segments by name. */
static int compare_judged(const void *a, const void *b)
{
    const struct judged *x = a, *y = b;
    bool all_x = x->group == SIDE_ALL, all_y = y->group == SIDE_ALL;
    int order;

    if (all_x != all_y)
        return all_x ? -1 : 1;
    order = all_x ? 0 : sv_cmp(x->segment, y->segment);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* ---- the table ---------------------------------------------------------------------------- */

enum {
    C_FIELD,
    C_SEGMENT,
    C_VERDICT,
    C_METHOD,
    C_N_BASELINE,
    C_N_CURRENT,
    C_N_EFF_BASELINE,
    C_N_EFF_CURRENT,
    C_MISSING_BASELINE,
    C_MISSING_CURRENT,
    C_UNIT,
    C_BASELINE,
    C_CURRENT,
    C_CATEGORY,
    C_CHANGE_KIND,
    C_CHANGE,
    C_LOW,
    C_HIGH,
    C_EFFECT,
    C_EFFECT_KIND,
    C_MIN_EFFECT,
    C_P,
    C_P_ADJUSTED,
    C_NOISE,
    C_REVERSE,
    C_SHOWN_BASELINE,
    C_SHOWN_CURRENT,
    C_SHOWN_CHANGE,
    C_SHOWN_INTERVAL,
    C_SHOWN_EFFECT,
    C_SHOWN_P,
    C_SHOWN_N,
    C_SHOWN_METHOD,
    C_COLUMNS,
};

/* clang-format off */
static const struct {
    const char *key, *title;
    enum unit unit;
    bool text, data;
    int drop;
} columns[C_COLUMNS] = {
    [C_FIELD]            = {"field",            "field",         UNIT_NONE,  true,  true,  0},
    [C_SEGMENT]          = {"segment",          "segment",       UNIT_NONE,  false, true,  0},
    [C_VERDICT]          = {"verdict",          "verdict",       UNIT_NONE,  true,  true,  0},
    [C_METHOD]           = {"method",           "method",        UNIT_NONE,  false, true,  0},
    [C_N_BASELINE]       = {"n_baseline",       "n before",      UNIT_COUNT, false, true,  0},
    [C_N_CURRENT]        = {"n_current",        "n now",         UNIT_COUNT, false, true,  0},
    [C_N_EFF_BASELINE]   = {"n_eff_baseline",   "eff n before",  UNIT_REAL,  false, true,  0},
    [C_N_EFF_CURRENT]    = {"n_eff_current",    "eff n now",     UNIT_REAL,  false, true,  0},
    [C_MISSING_BASELINE] = {"missing_baseline", "missing before", UNIT_COUNT, false, true, 0},
    [C_MISSING_CURRENT]  = {"missing_current",  "missing now",   UNIT_COUNT, false, true,  0},
    [C_UNIT]             = {"unit",             "unit",          UNIT_NONE,  false, true,  0},
    [C_BASELINE]         = {"baseline",         "",              UNIT_REAL,  false, true,  0},
    [C_CURRENT]          = {"current",          "",              UNIT_REAL,  false, true,  0},
    [C_CATEGORY]         = {"category",         "category",      UNIT_NONE,  false, true,  0},
    [C_CHANGE_KIND]      = {"change_kind",      "change kind",   UNIT_NONE,  false, true,  0},
    [C_CHANGE]           = {"change",           "",              UNIT_REAL,  false, true,  0},
    [C_LOW]              = {"ci95_low",         "low",           UNIT_REAL,  false, true,  0},
    [C_HIGH]             = {"ci95_high",        "high",          UNIT_REAL,  false, true,  0},
    [C_EFFECT]           = {"effect",           "",              UNIT_REAL,  false, true,  0},
    [C_EFFECT_KIND]      = {"effect_kind",      "effect kind",   UNIT_NONE,  false, true,  0},
    [C_MIN_EFFECT]       = {"min_effect",       "least effect",  UNIT_REAL,  false, true,  0},
    [C_P]                = {"p",                "p",             UNIT_REAL,  false, true,  0},
    [C_P_ADJUSTED]       = {"p_adjusted",       "",              UNIT_REAL,  false, true,  0},
    [C_NOISE]            = {"psi_noise",        "noise",         UNIT_REAL,  false, false, 0},
    [C_REVERSE]          = {"kl_reverse",       "reverse",       UNIT_REAL,  false, false, 0},
    [C_SHOWN_BASELINE]   = {"shown_baseline",   "baseline",      UNIT_NONE,  true,  false, 6},
    [C_SHOWN_CURRENT]    = {"shown_current",    "current",       UNIT_NONE,  true,  false, 5},
    [C_SHOWN_CHANGE]     = {"shown_change",     "change",        UNIT_NONE,  true,  false, 0},
    [C_SHOWN_INTERVAL]   = {"shown_interval",   "95 % CI",       UNIT_NONE,  true,  false, 4},
    [C_SHOWN_EFFECT]     = {"shown_effect",     "effect",        UNIT_NONE,  true,  false, 0},
    [C_SHOWN_P]          = {"shown_p",          "p adj",         UNIT_NONE,  true,  false, 0},
    [C_SHOWN_N]          = {"shown_n",          "n",             UNIT_NONE,  true,  false, 3},
    [C_SHOWN_METHOD]     = {"shown_method",     "method",        UNIT_NONE,  true,  false, 7},
};
/* clang-format on */

static const char *const change_names[] = {
    [CHANGE_NONE] = NULL,
    [CHANGE_RATIO] = "ratio",
    [CHANGE_DIFFERENCE] = "difference",
    [CHANGE_AUC] = "auc",
};

static enum err add_columns(struct drift *d, struct error *err)
{
    for (int i = 0; i < C_COLUMNS; i++) {
        struct column *c =
            table_add_column(d->t, columns[i].key, columns[i].title, columns[i].unit);

        if (!c)
            return no_memory(err);
        c->in_text = columns[i].text || (i == C_SEGMENT && by_segment(d));
        c->in_data = columns[i].data || (i == C_NOISE && d->spec->method == METHOD_PSI) ||
                     (i == C_REVERSE && d->spec->method == METHOD_KL);
        c->drop = columns[i].drop;
        c->dimension = i == C_FIELD || i == C_SEGMENT;
    }
    d->t->columns[C_LOW].pair = "ci95";
    return OK;
}

static struct cell real(double v)
{
    return isfinite(v) ? cell_real(v) : (struct cell){0};
}

static struct cell text(const char *s)
{
    return s ? cell_text(sv_from(s)) : (struct cell){0};
}

static void add_change(struct buf *b, const struct judged *row, double v)
{
    switch (row->f.change) {
    case CHANGE_RATIO:
        compared_ratio(b, v);
        break;
    case CHANGE_DIFFERENCE:
        compared_difference(b, row->kind == DRIFT_EMBEDDING ? UNIT_REAL : row->unit, v);
        break;
    case CHANGE_AUC:
        buf_printf(b, "auc %.3f", v);
        break;
    case CHANGE_NONE:
        buf_char(b, '-');
        break;
    }
}

static void add_effect(struct buf *b, const struct judged *row)
{
    const struct drift_figures *f = &row->f;

    if (isnan(f->effect)) {
        buf_char(b, '-');
        return;
    }
    buf_printf(b, "%.3g %s %.3g", f->effect,
               row->verdict == DRIFT_YES   ? (row->judged_by_effect ? ">" : ">=")
               : f->effect < f->min_effect ? "<"
                                           : "of",
               f->min_effect);
    if (!isnan(f->noise))
        buf_printf(b, " (noise %.2g)", f->noise);
    if (!isnan(f->reverse))
        buf_printf(b, " (reverse %.3g)", f->reverse);
}

/* What people see; the category that changed most stands in front of its shares. */
static void fill_shown(struct drift *d, const struct judged *row, struct cell *cells)
{
    const struct drift_figures *f = &row->f;
    struct arena *a = &d->t->arena;
    struct buf *b = &d->text;

    if (row->category.p) {
        buf_sv(b, row->category);
        buf_char(b, ' ');
    }
    compared_level(b, row->unit, f->level[0]);
    cells[C_SHOWN_BASELINE] = cell_text(words_take(b, a));
    compared_level(b, row->unit, f->level[1]);
    cells[C_SHOWN_CURRENT] = cell_text(words_take(b, a));
    add_change(b, row, f->changed);
    cells[C_SHOWN_CHANGE] = cell_text(words_take(b, a));
    if (isfinite(f->low) && isfinite(f->high)) {
        add_change(b, row, f->low);
        buf_str(b, " .. ");
        add_change(b, row, f->high);
    } else {
        buf_char(b, '-');
    }
    cells[C_SHOWN_INTERVAL] = cell_text(words_take(b, a));
    add_effect(b, row);
    cells[C_SHOWN_EFFECT] = cell_text(words_take(b, a));
    compared_p(b, row->p_adjusted);
    cells[C_SHOWN_P] = cell_text(words_take(b, a));
    compared_n(b, f->n[0], f->n_eff[0]);
    buf_str(b, " / ");
    compared_n(b, f->n[1], f->n_eff[1]);
    cells[C_SHOWN_N] = cell_text(words_take(b, a));
    cells[C_SHOWN_METHOD] = text(f->method);
}

static void fill_row(struct drift *d, const struct judged *row, struct cell *cells)
{
    const struct drift_figures *f = &row->f;
    double scale = row->unit == UNIT_NUSD && f->change == CHANGE_DIFFERENCE ? 1e-9 : 1;

    cells[C_FIELD] = text(row->field);
    cells[C_SEGMENT] = cell_text(row->segment);
    if (!row->segment.p)
        cells[C_SEGMENT].text = SV("all");
    cells[C_VERDICT] = text(verdict_names[row->verdict]);
    cells[C_METHOD] = text(f->method);
    cells[C_N_BASELINE] = cell_int(f->n[0]);
    cells[C_N_CURRENT] = cell_int(f->n[1]);
    cells[C_N_EFF_BASELINE] = real(f->n_eff[0]);
    cells[C_N_EFF_CURRENT] = real(f->n_eff[1]);
    cells[C_MISSING_BASELINE] = cell_int(row->missing[0]);
    cells[C_MISSING_CURRENT] = cell_int(row->missing[1]);
    cells[C_UNIT] = text(row->kind == DRIFT_EMBEDDING ? NULL : compared_unit(row->unit));
    cells[C_BASELINE] = compared_cell(row->unit, f->level[0]);
    cells[C_CURRENT] = compared_cell(row->unit, f->level[1]);
    cells[C_CATEGORY] = cell_text(row->category);
    cells[C_CHANGE_KIND] = text(change_names[f->change]);
    cells[C_CHANGE] = real(f->changed * scale);
    cells[C_LOW] = real(f->low * scale);
    cells[C_HIGH] = real(f->high * scale);
    cells[C_EFFECT] = real(f->effect);
    cells[C_EFFECT_KIND] = text(f->effect_kind);
    cells[C_MIN_EFFECT] = real(f->min_effect);
    cells[C_P] = real(f->p);
    cells[C_P_ADJUSTED] = real(row->p_adjusted);
    cells[C_NOISE] = real(f->noise);
    cells[C_REVERSE] = real(f->reverse);
    fill_shown(d, row, cells);
}

static bool is_shown(const struct drift *d, const struct judged *row)
{
    return row->group == SIDE_ALL || !d->spec->quiet_segments || row->verdict == DRIFT_YES ||
           row->verdict == DRIFT_SMALL;
}

static enum err add_rows(struct drift *d, struct error *err)
{
    int64_t quiet = 0, beyond = 0;

    for (size_t i = 0; i < d->n; i++) {
        struct row *row;

        if (!is_shown(d, &d->v[i])) {
            quiet++;
            continue;
        }
        if (d->spec->limit && (int64_t)d->t->n_rows >= d->spec->limit) {
            beyond++;
            continue;
        }
        row = table_add_row(d->t);
        if (!row)
            return no_memory(err);
        fill_row(d, &d->v[i], row->cells);
    }
    if (quiet && !table_note(d->t, "%lld pairs of a field and a segment without drift (--all)",
                             (long long)quiet))
        return no_memory(err);
    if (beyond && !table_note(d->t, "%lld more rows (--all)", (long long)beyond))
        return no_memory(err);
    return d->text.failed ? no_memory(err) : OK;
}

/* ---- what stands beside the rows ---------------------------------------------------------- */

static enum err add_window(struct drift *d, const char *key, const struct drift_window *w,
                           struct error *err)
{
    static const char *const keys[] = {"since", "until"};
    struct cell *cells = table_answer_list(d->t, key, keys, ARRAY_LEN(keys), 1, true);
    char instant[40];

    if (!cells)
        return no_memory(err);
    for (int i = 0; i < 2; i++) {
        size_t n = time_format_utc(i ? w->until_us : w->from_us, instant);
        struct sv copy = arena_copy(&d->t->arena, (struct sv){instant, n});

        if (!copy.p)
            return no_memory(err);
        cells[i] = cell_text(copy);
    }
    return OK;
}

/* What a call can be found by. */
static enum err call_name(struct drift *d, int64_t call_id, struct sv *out, struct error *err)
{
    struct call_entry c;
    enum err rc = store_call(d->store, call_id, &d->t->arena, &c, err);

    if (!rc)
        *out = c.request.n ? c.request : c.span.n ? c.span : c.own;
    return rc;
}

static enum err add_typical(struct drift *d, const char *key, const char *words,
                            const int64_t *calls, const double *scores, size_t n, struct error *err)
{
    static const char *const keys[] = {"id", "score"};
    struct cell *cells = table_answer_list(d->t, key, keys, ARRAY_LEN(keys), n, false);
    enum err rc = cells ? OK : no_memory(err);
    struct sv line;

    buf_str(&d->text, words);
    for (size_t i = 0; i < n && !rc; i++) {
        struct sv name;

        rc = call_name(d, calls[i], &name, err);
        if (rc)
            break;
        cells[2 * i] = cell_text(name);
        cells[2 * i + 1] = real(scores[i]);
        buf_str(&d->text, i ? ", " : " ");
        buf_sv(&d->text, name.p ? name : SV("(a call without id)"));
    }
    line = words_take(&d->text, &d->t->arena);
    if (rc)
        return rc;
    return line.p && table_note(d->t, "%.*s", SV_FMT(line)) ? OK : no_memory(err);
}

static enum err add_embedding_facts(struct drift *d, struct error *err)
{
    static const char *const keys[] = {
        "dim",           "centroid_score", "centroid_distance", "baseline_spread", "current_spread",
        "spread_change", "mmd2",           "permutations",      "kernel_auc",      "energy_h",
        "pairs",         "zero_vectors"};
    const struct embedding_figures *e = &d->embeddings;
    const struct centroid_drift *c = &e->centroid;
    const char *what = e->lexical ? "wording" : "embedding";
    struct cell *cells = table_answer_list(d->t, "embedding", keys, ARRAY_LEN(keys), 1, true);
    double unknown = NAN;
    enum err rc = OK;

    if (!cells)
        return no_memory(err);
    cells[0] = cell_int((int64_t)e->dim);
    cells[1] = real(e->has_centroid ? c->score : unknown);
    cells[2] = real(e->has_centroid ? c->distance : unknown);
    cells[3] = real(e->has_centroid ? c->baseline_spread : unknown);
    cells[4] = real(e->has_centroid ? c->current_spread : unknown);
    cells[5] = real(e->has_centroid ? c->spread_change : unknown);
    cells[6] = real(e->has_mmd ? e->mmd.mmd2 : unknown);
    cells[7] = e->has_mmd ? cell_int((int64_t)e->mmd.permutations) : (struct cell){0};
    cells[8] = real(e->has_mmd ? e->mmd.kernel_auc : unknown);
    cells[9] = real(e->has_mmd && e->mmd.has_energy_h ? e->mmd.energy_h : unknown);
    cells[10] = e->has_pairs ? cell_int((int64_t)e->pairs) : (struct cell){0};
    cells[11] = cell_int(e->zero);
    if (e->lexical && !table_note(d->t, "lexical: vectors of hashed character n-grams tell how "
                                        "texts are worded, not what they mean"))
        return no_memory(err);
    if (e->has_centroid &&
        !table_note(d->t,
                    "%s: centroid distance %.4f x 0.7 + spread change %.4f x 0.3 = %.4f "
                    "(spread %.4f -> %.4f), dim %zu",
                    what, c->distance, c->spread_change, c->score, c->baseline_spread, c->current_spread,
                    e->dim))
        return no_memory(err);
    if (e->has_mmd &&
        !table_note(d->t, "%s: MMD by %zu permutations of at most %d vectors a side", what,
                    e->mmd.permutations, MMD_VECTORS_MAX))
        return no_memory(err);
    if (e->zero &&
        !table_warn(d->t, "%lld %s of length 0 are left out", (long long)e->zero,
                    e->lexical ? "vectors of texts" : "embeddings"))
        return no_memory(err);
    if (e->has_mmd)
        rc = add_typical(d, "typical_new", "most typical new calls:", e->fresh, e->fresh_score,
                         e->n_fresh, err);
    if (!rc && e->has_mmd)
        rc = add_typical(d, "typical_vanished", "most typical vanished calls:", e->gone,
                         e->gone_score, e->n_gone, err);
    return rc;
}

static const char *const answer_names[] = {
    [DRIFT_ANSWER_NONE] = "none",
    [DRIFT_ANSWER_DRIFT] = "drift",
    [DRIFT_ANSWER_INSUFFICIENT] = "insufficient data",
};

/* "drift in 3 of 11 fields: ..." above the table. */
static enum err add_head(struct drift *d, enum drift_answer answer, struct error *err)
{
    const struct drift_spec *spec = d->spec;
    const struct drift_window *w[2] = {&spec->baseline, &spec->current};
    struct buf *b = &d->text;
    struct sv head;

    buf_str(b, answer_names[answer]);
    for (int side = 0; side < 2; side++) {
        buf_str(b, side ? "   current " : "   baseline ");
        words_time(b, spec->calls.zone, w[side]->from_us);
        buf_str(b, " .. ");
        words_time(b, spec->calls.zone, w[side]->until_us);
        buf_str(b, " (");
        words_count(b, side_values_calls(d->values, SIDE_ALL, side));
        buf_str(b, " calls)");
    }
    buf_str(b, "   ");
    buf_str(b, d->t->tz);
    buf_char(b, '\0');
    head = words_take(b, &d->t->arena);
    d->t->head = head.p;
    return head.p ? OK : no_memory(err);
}

/* What makes a drift, unless each method has an own rule. */
static enum err note_rule(struct drift *d, struct error *err)
{
    size_t tests = 0;

    for (size_t i = 0; i < d->n; i++)
        tests += isnan(d->v[i].p_adjusted) ? 0 : 1;
    if (tests &&
        !table_note(d->t,
                    "drift: p <= %g after correction for %zu test%s (Benjamini-Hochberg), "
                    "and an effect that matters; seed %llu",
                    DRIFT_P_MAX, tests, tests == 1 ? "" : "s", (unsigned long long)d->spec->seed))
        return no_memory(err);
    return OK;
}

static enum err add_answers(struct drift *d, enum drift_answer answer, struct error *err)
{
    struct scan_counts n = scan_counts(d->scan);
    struct scan_spec spec = d->spec->calls;
    enum err rc;

    if (!head_fill_list(d->t, d->store, "drift", &spec, n) ||
        !table_answer(d->t, "verdict", text(answer_names[answer])) ||
        !table_add_fact(d->t, "calls_baseline",
                        cell_int(side_values_calls(d->values, SIDE_ALL, SIDE_A))) ||
        !table_add_fact(d->t, "calls_current",
                        cell_int(side_values_calls(d->values, SIDE_ALL, SIDE_B))) ||
        !table_add_fact(d->t, "seed", cell_int((int64_t)d->spec->seed)))
        return no_memory(err);
    rc = add_window(d, "baseline_window", &d->spec->baseline, err);
    if (!rc)
        rc = add_window(d, "current_window", &d->spec->current, err);
    if (!rc)
        rc = add_head(d, answer, err);
    if (!rc && d->has_embeddings)
        rc = add_embedding_facts(d, err);
    return rc ? rc : note_rule(d, err);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static enum err judge_fields(struct drift *d, struct error *err)
{
    const struct drift_spec *spec = d->spec;
    struct compared_fields fields;
    size_t n = spec->n_fields;
    enum err rc = compared_fields_list(d->store, &d->t->arena, &fields, err);

    for (size_t i = 0; !rc && i < (n ? n : fields.n); i++) {
        struct compared_field *f =
            n ? compared_field_find(&fields, d->scan, spec->fields[i], &d->t->arena, err)
              : &fields.v[i];

        if (!f)
            return err ? err->code : ERR_USAGE;
        if (!n && (!f->usual || (spec->no_cost && f->unit == UNIT_NUSD)))
            continue;
        rc = f->kind == DRIFT_EMBEDDING ? judge_embedding(d, f, n > 0, err)
                                        : judge_field(d, f, n > 0, err);
    }
    return rc;
}

enum err drift_run(struct store *store, const struct drift_spec *spec, struct table *out,
                   enum drift_answer *answer, struct error *err)
{
    struct drift d = {.spec = spec, .store = store, .t = out};
    const struct side_spec sides = {
        .by_time = true,
        .from_us = {spec->baseline.from_us,  spec->current.from_us },
        .until_us = {spec->baseline.until_us, spec->current.until_us},
    };
    enum err rc = scan_refuse_tags(&spec->calls, err);

    if (!rc)
        rc = scan_open(store, &spec->calls, &d.scan, err);
    if (!rc)
        rc = side_values_open(d.scan, store, &sides, CLUSTER_SAMPLE, &d.values, err);
    if (!rc) {
        d.groups = scan_groups(d.scan);
        if (d.groups > MOST_SEGMENTS)
            rc = error_set(err, ERR_USAGE, "by: %u segments are too many to be judged (most: %d)",
                           d.groups, MOST_SEGMENTS);
    }
    if (!rc) {
        rc = judge_fields(&d, err);
    }
    if (!rc)
        rc = adjust_family(&d, false, err);
    if (!rc)
        rc = adjust_family(&d, true, err);
    if (!rc) {
        *answer = judge_all(&d);
        if (d.n)
            qsort(d.v, d.n, sizeof(*d.v), compare_judged);
        rc = add_columns(&d, err);
    }
    if (!rc)
        rc = add_rows(&d, err);
    if (!rc)
        rc = add_answers(&d, *answer, err);
    free(d.v);
    buf_release(&d.text);
    side_values_close(d.values);
    scan_close(d.scan);
    return rc;
}
