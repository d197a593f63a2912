/* side_fields: see the header. */
#include "report/side_fields.h"

#include <math.h>
#include <stdlib.h>
#include "base/buf.h"
#include "report/drift_embedding.h"
#include "stats/design_effect.h"
#include "stats/sample.h"
#include "base/banned.h"

/* clang-format off */
static const struct compared_field calls_fields[] = {
    {.name = "latency",           .kind = DRIFT_NUMBER,   .unit = UNIT_US,     .worse = 1, .usual = true,  .source = FROM_VALUE, .which = V_LATENCY_US},
    {.name = "ttft",              .kind = DRIFT_NUMBER,   .unit = UNIT_US,     .worse = 1, .usual = true,  .source = FROM_VALUE, .which = V_TIME_TO_FIRST_TOKEN_US},
    {.name = "tpot",              .kind = DRIFT_NUMBER,   .unit = UNIT_US,     .worse = 1, .usual = false, .source = FROM_VALUE, .which = V_TIME_PER_OUTPUT_TOKEN_US},
    {.name = "tokens_per_second", .kind = DRIFT_NUMBER,   .unit = UNIT_REAL,   .worse = -1,.usual = false, .source = FROM_VALUE, .which = V_TOKENS_PER_SECOND},
    {.name = "input_tokens",      .kind = DRIFT_NUMBER,   .unit = UNIT_TOKENS, .worse = 1, .usual = true,  .source = FROM_VALUE, .which = V_INPUT_TOKENS},
    {.name = "output_tokens",     .kind = DRIFT_NUMBER,   .unit = UNIT_TOKENS, .worse = 1, .usual = true,  .source = FROM_VALUE, .which = V_OUTPUT_TOKENS},
    {.name = "total_tokens",      .kind = DRIFT_NUMBER,   .unit = UNIT_TOKENS, .worse = 1, .usual = false, .source = FROM_VALUE, .which = V_TOTAL_TOKENS},
    {.name = "reasoning_tokens",  .kind = DRIFT_NUMBER,   .unit = UNIT_TOKENS, .worse = 1, .usual = true,  .source = FROM_VALUE, .which = V_REASONING_TOKENS},
    {.name = "cache_read_tokens", .kind = DRIFT_NUMBER,   .unit = UNIT_TOKENS, .worse = -1,.usual = true,  .source = FROM_VALUE, .which = V_CACHE_READ_TOKENS},
    {.name = "cost",              .kind = DRIFT_NUMBER,   .unit = UNIT_NUSD,   .worse = 1, .usual = true,  .source = FROM_VALUE, .which = V_COST_NUSD},
    {.name = "error_rate",        .kind = DRIFT_RATE,     .unit = UNIT_RATE,   .worse = 1, .usual = true,  .source = FROM_ERROR},
    {.name = "finish_reason",     .kind = DRIFT_CATEGORY, .usual = true,  .source = FROM_DIMENSION},
    {.name = "feature",           .kind = DRIFT_CATEGORY, .usual = true,  .source = FROM_DIMENSION},
    {.name = "model",             .kind = DRIFT_CATEGORY, .usual = true,  .source = FROM_DIMENSION},
    {.name = "provider",          .kind = DRIFT_CATEGORY, .usual = true,  .source = FROM_DIMENSION},
    {.name = "operation",         .kind = DRIFT_CATEGORY, .usual = true,  .source = FROM_DIMENSION},
    {.name = "prompt",            .kind = DRIFT_CATEGORY, .usual = true,  .source = FROM_DIMENSION},
    {.name = "prompt_version",    .kind = DRIFT_CATEGORY, .usual = true,  .source = FROM_DIMENSION},
    {.name = "error_kind",        .kind = DRIFT_CATEGORY, .usual = true,  .source = FROM_DIMENSION},
    {.name = "response_model",    .kind = DRIFT_CATEGORY, .usual = false, .source = FROM_DIMENSION},
    {.name = "agent",             .kind = DRIFT_CATEGORY, .usual = false, .source = FROM_DIMENSION},
    {.name = "service",           .kind = DRIFT_CATEGORY, .usual = false, .source = FROM_DIMENSION},
    {.name = "tier",              .kind = DRIFT_CATEGORY, .usual = true,  .source = FROM_DIMENSION},
    {.name = "status",            .kind = DRIFT_CATEGORY, .usual = false, .source = FROM_DIMENSION},
    {.name = "embedding",         .kind = DRIFT_EMBEDDING, .usual = true, .which = VECTORS_OUTPUT},
    {.name = "input_embedding",   .kind = DRIFT_EMBEDDING, .usual = true, .which = VECTORS_INPUT},
    {.name = "wording",           .kind = DRIFT_EMBEDDING, .usual = true, .which = VECTORS_OUTPUT_TEXT},
    {.name = "input_wording",     .kind = DRIFT_EMBEDDING, .usual = true, .which = VECTORS_INPUT_TEXT},
};
/* clang-format on */

/* Scores of which less is better. */
static const char *const bad_scores[] = {"hallucination", "refusal",   "toxicity",
                                         "injection",     "pii",       "guardrail",
                                         "secret",        "violation", NULL};

#define BRANCH_PREFIX "branch."
#define META_PREFIX "meta."

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the fields that are compared");
}

static struct compared_field *add_field(struct compared_fields *fields, struct arena *a)
{
    if (fields->n == fields->cap) {
        size_t cap = fields->cap ? fields->cap * 2 : 64;
        struct compared_field *bigger = arena_zalloc(a, cap, sizeof(*bigger));

        if (!bigger)
            return NULL;
        if (fields->n)
            memcpy(bigger, fields->v, fields->n * sizeof(*bigger));
        fields->v = bigger;
        fields->cap = cap;
    }
    fields->v[fields->n] = (struct compared_field){0};
    return &fields->v[fields->n++];
}

/* prefix and text as a string in the arena; NULL when out of memory. */
static const char *joined(struct arena *a, const char *prefix, struct sv text)
{
    struct buf b = {0};
    struct sv copy;

    buf_str(&b, prefix);
    buf_sv(&b, text);
    buf_char(&b, '\0');
    copy = b.failed ? SV_NONE : arena_copy(a, (struct sv){b.p, b.n});
    buf_release(&b);
    return copy.p;
}

static struct compared_field *named(struct compared_fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->n; i++)
        if (strcmp(fields->v[i].name, name) == 0)
            return &fields->v[i];
    return NULL;
}

static bool is_bad_score(struct sv name)
{
    for (size_t i = 0; bad_scores[i]; i++)
        if (sv_is(name, bad_scores[i]))
            return true;
    return false;
}

/* A score that is called like a field of calls goes by score.NAME. */
static enum err add_facts(struct compared_fields *fields, struct store *s, enum fact_kind kind,
                          struct arena *a, struct error *err)
{
    struct fact_name *names = NULL;
    size_t n = 0;
    enum err rc = store_fact_names(s, kind, a, &names, &n, err);

    for (size_t i = 0; i < n && !rc; i++) {
        const char *prefix = kind == FACT_BRANCH ? BRANCH_PREFIX : "";
        const char *name = joined(a, prefix, names[i].text);
        struct compared_field *f;

        if (name && named(fields, name))
            name = joined(a, "score.", names[i].text);
        f = name ? add_field(fields, a) : NULL;
        if (!f)
            return no_memory(err);
        *f = (struct compared_field){.name = name,
                                     .kind = kind == FACT_BRANCH ? DRIFT_RATE : DRIFT_SCORE,
                                     .unit = kind == FACT_BRANCH ? UNIT_RATE : UNIT_REAL,
                                     .worse = kind == FACT_BRANCH           ? 0
                                              : is_bad_score(names[i].text) ? 1
                                                                            : -1,
                                     .usual = true,
                                     .source = FROM_ITEMS,
                                     .fact = kind,
                                     .fact_name = names[i].id};
    }
    return rc;
}

/* A scalar beside calls that workflows decide by. */
#define CONFIDENCE "confidence"

static enum err stop_at_first(void *ctx, int64_t meta_id, struct sv value)
{
    (void)ctx, (void)meta_id, (void)value;
    return ERR_EMPTY;
}

static enum err add_confidence(struct compared_fields *fields, struct store *s, struct arena *a,
                               struct error *err)
{
    enum err rc = store_meta_values(s, CONFIDENCE, stop_at_first, NULL, err);
    struct compared_field *f = rc == ERR_EMPTY ? add_field(fields, a) : NULL;

    if (rc != ERR_EMPTY)
        return rc;
    if (!f)
        return no_memory(err);
    *f = (struct compared_field){.name = META_PREFIX CONFIDENCE,
                                 .kind = DRIFT_SCORE,
                                 .unit = UNIT_REAL,
                                 .worse = -1,
                                 .usual = true,
                                 .source = FROM_DIMENSION,
                                 .meta = true};
    return OK;
}

enum err compared_fields_list(struct store *s, struct arena *a, struct compared_fields *out,
                              struct error *err)
{
    enum err rc;

    *out = (struct compared_fields){0};
    for (size_t i = 0; i < ARRAY_LEN(calls_fields); i++) {
        struct compared_field *f = add_field(out, a);

        if (!f)
            return no_memory(err);
        *f = calls_fields[i];
    }
    rc = add_facts(out, s, FACT_SCORE, a, err);
    if (!rc)
        rc = add_facts(out, s, FACT_BRANCH, a, err);
    return rc ? rc : add_confidence(out, s, a, err);
}

static struct compared_field *add_meta(struct compared_fields *fields, const char *name,
                                       struct arena *a, struct error *err)
{
    struct compared_field *f = add_field(fields, a);

    if (!f) {
        (void)no_memory(err);
        return NULL;
    }
    *f = (struct compared_field){.name = name,
                                 .kind = DRIFT_CATEGORY,
                                 .unit = UNIT_REAL,
                                 .source = FROM_DIMENSION,
                                 .meta = true};
    return f;
}

struct compared_field *compared_field_find(struct compared_fields *fields, const struct scan *scan,
                                           const char *name, struct arena *a, struct error *err)
{
    struct compared_field *f = named(fields, name);
    const char *meta = joined(a, META_PREFIX, sv_from(name)), **names;
    struct axis axis = {0};
    bool some;

    if (f)
        return f;
    if (sv_starts(sv_from(name), META_PREFIX))
        return add_meta(fields, name, a, err);
    f = meta ? named(fields, meta) : NULL;
    if (f)
        return f;
    names = arena_zalloc(a, fields->n + 1, sizeof(*names));
    if (!meta || !names) {
        (void)no_memory(err);
        return NULL;
    }
    if (scan_open_axis(scan, sv_from(meta), &axis, err))
        return NULL;
    some = axis.n_codes > 1;
    axis_release(&axis);
    if (some)
        return add_meta(fields, meta, a, err);
    for (size_t i = 0; i < fields->n; i++)
        names[i] = fields->v[i].name;
    (void)unknown_name(err, "field", sv_from(name), names);
    return NULL;
}

/* ---- opening ------------------------------------------------------------------------------ */

struct labelled {
    struct sv text;
    int64_t code;
};

static int compare_labels(const void *a, const void *b)
{
    const struct labelled *x = a, *y = b;

    return sv_cmp(x->text, y->text);
}

/* The number that the text is as a whole; NaN: it is none. */
static double number_of(struct sv text)
{
    char copy[64], *end;
    double v;

    if (!text.n || text.n >= sizeof(copy) || !memchr("-.0123456789", text.p[0], 12))
        return NAN;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    v = strtod(copy, &end);
    return end == copy + text.n && isfinite(v) && !memchr(copy, 'x', text.n) ? v : NAN;
}

/* Categories are numbered by their texts' order, which is the same in every database. */
static enum err number_codes(struct compared_field *f, struct error *err)
{
    size_t n = (size_t)f->axis.n_codes;
    struct labelled *labels = calloc(n + 1, sizeof(*labels));
    bool numbers = f->meta;

    f->kind = f->meta ? DRIFT_CATEGORY : f->kind;

    f->of_code = calloc(n + 1, sizeof(*f->of_code));
    f->texts = arena_zalloc(&f->arena, n + 1, sizeof(*f->texts));
    if (!labels || !f->of_code || !f->texts) {
        free(labels);
        return no_memory(err);
    }
    f->n_texts = n - 1;
    for (size_t c = 1; c < n; c++) {
        struct sv text = axis_text(&f->axis, (int64_t)c, &f->arena);

        labels[c - 1] = (struct labelled){text, (int64_t)c};
        f->of_code[c] = number_of(text);
        numbers &= !isnan(f->of_code[c]);
    }
    if (numbers && n > 1) {
        f->kind = DRIFT_SCORE;
        free(labels);
        return OK;
    }
    qsort(labels, f->n_texts, sizeof(*labels), compare_labels);
    for (size_t i = 0; i < f->n_texts; i++) {
        f->texts[i] = labels[i].text;
        f->of_code[labels[i].code] = (double)i;
    }
    free(labels);
    return OK;
}

enum err compared_field_open(struct compared_field *f, const struct scan *scan, struct store *s,
                             struct side_values *values, struct error *err)
{
    enum err rc = OK;

    f->field = (struct side_field){.source = f->source};
    switch (f->source) {
    case FROM_VALUE:
        f->field.value = (enum call_value)f->which;
        break;
    case FROM_DIMENSION:
        rc = scan_open_axis(scan, sv_from(f->name), &f->axis, err);
        f->axis_open = rc == OK;
        if (!rc)
            rc = number_codes(f, err);
        f->field.axis = &f->axis;
        f->field.of_code = f->of_code;
        break;
    case FROM_ITEMS:
        rc = call_items_load(&f->items, s, f->fact, f->fact_name, err);
        if (!rc && f->fact == FACT_SCORE)
            rc = side_values_add_scores(values, f->fact_name, &f->items, err);
        if (!rc)
            rc = call_items_done(&f->items, s, f->fact, err);
        f->field.items = &f->items;
        break;
    case FROM_ERROR:
        break;
    }
    return rc;
}

void compared_field_close(struct compared_field *f)
{
    if (f->axis_open)
        axis_release(&f->axis);
    f->axis_open = false;
    free(f->of_code);
    f->of_code = NULL;
    call_items_release(&f->items);
    arena_release(&f->arena);
}

static bool binary(struct side_sample s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.v[i] < 0 || s.v[i] > 1 || (s.v[i] > 0 && s.v[i] < 1))
            return false;
    return true;
}

void compared_field_settle(struct compared_field *f, struct side_values *values, uint32_t groups)
{
    bool all = f->kind == DRIFT_SCORE;

    for (uint32_t g = 0; g < groups && all; g++)
        for (int side = SIDE_A; side <= SIDE_B && all; side++)
            all = binary(side_values_get(values, g, side));
    if (all) {
        f->kind = DRIFT_RATE;
        f->unit = UNIT_RATE;
    }
}

/* ---- calls of one conversation ------------------------------------------------------------ */

/* The clusters of n members of one side: their number of each member and their sizes. */
static size_t number_clusters(const struct side_member *m, size_t n, size_t *cluster, size_t *sizes)
{
    size_t clusters = 0;

    for (size_t i = 0; i < n; i++) {
        clusters += !i || m[i].cluster != m[i - 1].cluster;
        cluster[i] = clusters - 1;
        sizes[clusters - 1] = i && cluster[i] == cluster[i - 1] ? sizes[clusters - 1] + 1 : 1;
    }
    return clusters;
}

/* The value that most of n sorted ones have. */
static double most_frequent(const double *sorted, size_t n)
{
    double best = 0;
    size_t most = 0;

    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && sorted[next] <= sorted[i];)
            next++;
        if (next - i > most) {
            most = next - i;
            best = sorted[i];
        }
    }
    return best;
}

/* What the calls of a session are alike in: midranks of numbers; of categories whether it is the
 * most frequent one. x: n values; room: 2n. */
static void rank_values(const struct compared_field *f, double *x, size_t n, double *room)
{
    double *sorted = room, *rank = room + n, best;

    memcpy(sorted, x, n * sizeof(*sorted));
    sample_sort(sorted, n, rank);
    if (f->kind != DRIFT_CATEGORY) {
        sample_midranks(x, sorted, n, rank);
        memcpy(x, rank, n * sizeof(*x));
        return;
    }
    best = most_frequent(sorted, n);
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] <= best && x[i] >= best;
}

enum err compared_field_effects(const struct compared_field *f, struct side_values *values,
                                uint32_t group, double deff[2], struct error *err)
{
    const struct side_member *m;
    size_t n, n_a = 0, *cluster, *sizes, clusters;
    double *x, icc = 0;
    enum err rc = OK;

    deff[SIDE_A] = deff[SIDE_B] = 1;
    side_values_members(values, group, &m, &n);
    while (n_a < n && m[n_a].side == SIDE_A)
        n_a++;
    if (!n_a || n_a == n)
        return OK;
    cluster = malloc((2 * n + 1) * sizeof(*cluster));
    x = malloc((3 * n_a + 1) * sizeof(*x));
    if (!cluster || !x) {
        rc = no_memory(err);
        goto done;
    }
    sizes = cluster + n;
    clusters = number_clusters(m, n_a, cluster, sizes);
    for (size_t i = 0; i < n_a; i++)
        x[i] = m[i].value;
    rank_values(f, x, n_a, x + n_a);
    rc = intraclass_correlation(x, cluster, n_a, clusters, &icc, err);
    deff[SIDE_A] = design_effect(sizes, clusters, icc);
    clusters = number_clusters(m + n_a, n - n_a, cluster, sizes);
    deff[SIDE_B] = design_effect(sizes, clusters, icc);
done:
    free(cluster);
    free(x);
    return rc;
}
