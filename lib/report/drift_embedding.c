/* drift_embedding: see the header. */
#include "report/drift_embedding.h"

#include <math.h>
#include <stdlib.h>
#include "base/buf.h"
#include "stats/drift_verdict.h"
#include "stats/ngram_vector.h"
#include "stats/paired_cosine.h"
#include "stats/random.h"
#include "stats/two_sample.h"
#include "store/texts.h"
#include "base/banned.h"

#define MOST_VALUES ((size_t)8 << 20) /* of the vectors of a side: 64 MiB of doubles */
#define CONFIDENCE 0.95

struct embedding_set {
    const struct embedding_choice *choice;
    size_t dim;
    struct side_row *rows; /* those with a vector, ordered by side, start and identity */
    size_t n[2];           /* rows of each side */
    int64_t all[2];        /* before sampling, zero vectors included */
    int64_t *calls;        /* of the rows */
    double *vectors;       /* dim of each row */
    int64_t zero;
    bool clustered;
};

/* An embedding as it is listed, before its side is known. */
struct listed {
    int64_t id, call_id;
    uint32_t kind; /* place in kinds */
};

struct listing {
    struct arena arena;
    struct {
        struct sv model;
        uint32_t dim;
        int64_t n;
    } kinds[16];
    uint32_t n_kinds;
    bool too_many; /* kinds, of which those beyond are not told */
    struct listed *v;
    size_t n, cap;
    const struct embedding_choice *choice;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the embeddings");
}

/* ---- which ones --------------------------------------------------------------------------- */

static bool wanted(const struct embedding_choice *c, const struct embedding_brief *e)
{
    return (!c->model || (e->model.p && sv_is(e->model, c->model))) &&
           (!c->dim || (int64_t)e->dim == c->dim);
}

/* The place of its model and dimension; n_kinds where there is no room for more. */
static uint32_t kind_of(struct listing *l, const struct embedding_brief *e)
{
    uint32_t k = 0;

    while (k < l->n_kinds && (l->kinds[k].dim != e->dim || !l->kinds[k].model.p != !e->model.p ||
                              !sv_eq(l->kinds[k].model, e->model)))
        k++;
    if (k < l->n_kinds || k == ARRAY_LEN(l->kinds))
        return k;
    l->kinds[k].model = e->model.p ? arena_copy(&l->arena, e->model) : SV_NONE;
    l->kinds[k].dim = e->dim;
    l->kinds[k].n = 0;
    return l->n_kinds++;
}

static bool add_listed(struct listing *l, const struct listed *x)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 1024;
        struct listed *bigger = realloc(l->v, cap * sizeof(*bigger));

        if (!bigger)
            return false;
        l->v = bigger;
        l->cap = cap;
    }
    l->v[l->n++] = *x;
    return true;
}

static bool list_one(void *ctx, const struct embedding_brief *e)
{
    struct listing *l = ctx;
    uint32_t kind;

    if (!wanted(l->choice, e))
        return true;
    kind = kind_of(l, e);
    if (kind == ARRAY_LEN(l->kinds)) {
        l->too_many = true;
        return true;
    }
    return add_listed(l, &(struct listed){e->id, e->call_id, kind});
}

static bool list_text(void *ctx, int64_t call_id)
{
    return add_listed(ctx, &(struct listed){call_id, call_id, 0});
}

static enum text_side side_of(const struct embedding_choice *c)
{
    return c->source == VECTORS_INPUT_TEXT ? TEXT_INPUT : TEXT_OUTPUT;
}

static enum err list_vectors(struct listing *l, struct store *store, struct error *err)
{
    if (!vectors_are_lexical(l->choice->source))
        return store_each_embedding(store, (enum embedding_role)l->choice->source, list_one, l, err);
    l->kinds[0].dim = NGRAM_VECTOR_DIM;
    l->n_kinds = 1;
    return store_each_text(store, side_of(l->choice), list_text, l, err);
}

/* Two models or dimensions do not compare. */
static enum err several_kinds(const struct listing *l, struct error *err)
{
    struct buf names = {0};

    for (uint32_t k = 0; k < l->n_kinds; k++)
        if (l->kinds[k].n)
            buf_printf(&names, "%s%.*s dimension %u (%lld)", names.n ? ", " : "",
                       l->kinds[k].model.p ? (int)l->kinds[k].model.n : 7,
                       l->kinds[k].model.p ? l->kinds[k].model.p : "unnamed", l->kinds[k].dim,
                       (long long)l->kinds[k].n);
    if (!names.failed)
        buf_char(&names, '\0');
    (void)error_set(err, ERR_USAGE,
                    "embeddings of several models or dimensions do not compare; choose with "
                    "--model or --dim: %s%s",
                    names.failed ? "" : names.p, l->too_many ? ", and more" : "");
    buf_release(&names);
    return ERR_USAGE;
}

/* Drops the rows of all but the one kind that there is, and finds it. */
static enum err check_kinds(struct listing *l, const struct side_row *rows, size_t n, size_t *dim,
                            struct error *err)
{
    uint32_t kinds = 0;

    for (size_t i = 0; i < n; i++)
        l->kinds[l->v[rows[i].value].kind].n++;
    for (uint32_t k = 0; k < l->n_kinds; k++)
        if (l->kinds[k].n) {
            kinds++;
            *dim = l->kinds[k].dim;
        }
    return kinds > 1 || (n && l->too_many) ? several_kinds(l, err) : OK;
}

/* ---- loading ------------------------------------------------------------------------------ */

/* Keeps a seeded sample of a side's rows, in their order; returns how many. */
static size_t thin_out(struct side_row *rows, size_t n, size_t most, uint64_t seed, size_t *room)
{
    struct random random;

    if (n <= most)
        return n;
    random_init(&random, seed);
    random_sample(&random, n, most, room);
    for (size_t i = 0; i < most; i++)
        rows[i] = rows[room[i]];
    return most;
}

static enum err sample_sides(struct embedding_set *s, size_t n, struct error *err)
{
    size_t *room = malloc((n + 1) * sizeof(*room)), most = MOST_VALUES / s->dim, first = 0;

    if (!room)
        return no_memory(err);
    while (first < n && s->rows[first].side == SIDE_A)
        first++;
    s->all[SIDE_A] = (int64_t)first;
    s->all[SIDE_B] = (int64_t)(n - first);
    s->n[SIDE_A] = thin_out(s->rows, first, most, s->choice->seed, room);
    s->n[SIDE_B] = thin_out(s->rows + first, n - first, most, s->choice->seed, room);
    memmove(s->rows + s->n[SIDE_A], s->rows + first, s->n[SIDE_B] * sizeof(*s->rows));
    free(room);
    return OK;
}

static bool is_zero(const double *v, size_t dim)
{
    for (size_t i = 0; i < dim; i++)
        if (v[i] < 0 || v[i] > 0)
            return false;
    return true;
}

/* The vector of a call's wording; one of length 0 for a text too short to have any. */
static enum err read_wording(const struct embedding_set *s, struct store *store, int64_t call_id,
                             struct arena *a, double *to, struct error *err)
{
    struct stored_text texts[TEXT_SIDES];
    enum err rc = store_texts(store, call_id, a, texts, err);

    if (!rc)
        rc = ngram_vector(texts[side_of(s->choice)].text, s->dim, to, err);
    if (rc == ERR_EMPTY) {
        memset(to, 0, s->dim * sizeof(*to));
        rc = OK;
    }
    arena_reset(a);
    return rc;
}

/* Reads the rows' vectors; those of length 0 go. */
static enum err load_vectors(struct embedding_set *s, struct store *store, const struct listing *l,
                             struct error *err)
{
    size_t all = s->n[SIDE_A] + s->n[SIDE_B], kept = 0, kept_a = 0;
    struct arena arena = {0};
    enum err rc = OK;

    s->vectors = malloc((all * s->dim + 1) * sizeof(*s->vectors));
    s->calls = malloc((all + 1) * sizeof(*s->calls));
    if (!s->vectors || !s->calls)
        return no_memory(err);
    for (size_t i = 0; i < all && !rc; i++) {
        const struct listed *e = &l->v[s->rows[i].value];
        double *to = s->vectors + kept * s->dim;

        rc = vectors_are_lexical(s->choice->source)
                 ? read_wording(s, store, e->call_id, &arena, to, err)
                 : store_embedding(store, e->id, (uint32_t)s->dim, to, err);
        if (rc || is_zero(to, s->dim)) {
            s->zero += rc == OK;
            continue;
        }
        s->calls[kept] = e->call_id;
        s->rows[kept] = s->rows[i];
        kept_a += s->rows[i].side == SIDE_A;
        kept++;
    }
    s->n[SIDE_A] = kept_a;
    s->n[SIDE_B] = kept - kept_a;
    arena_release(&arena);
    return rc;
}

enum err embedding_set_open(struct side_values *values, struct store *store,
                            const struct embedding_choice *choice, struct embedding_set **out,
                            struct error *err)
{
    struct listing l = {.choice = choice};
    struct call_items items = {0};
    struct embedding_set *s = calloc(1, sizeof(*s));
    size_t n = 0;
    enum err rc = s ? list_vectors(&l, store, err) : no_memory(err);

    for (size_t i = 0; i < l.n && !rc; i++)
        if (!call_items_add(&items, l.v[i].call_id, (int64_t)i))
            rc = no_memory(err);
    if (!rc)
        rc = call_items_place(&items, store, NULL, err);
    if (!rc)
        rc = side_values_rows(values, &items, &s->rows, &n, err);
    if (!rc && n) {
        s->choice = choice;
        s->clustered = side_values_clustered(values);
        rc = check_kinds(&l, s->rows, n, &s->dim, err);
        if (!rc)
            rc = sample_sides(s, n, err);
        if (!rc)
            rc = load_vectors(s, store, &l, err);
    }
    call_items_release(&items);
    free(l.v);
    arena_release(&l.arena);
    if (rc || !n) {
        embedding_set_close(s);
        s = NULL;
    }
    if (!rc)
        *out = s;
    return rc;
}

void embedding_set_close(struct embedding_set *s)
{
    if (!s)
        return;
    free(s->rows);
    free(s->calls);
    free(s->vectors);
    free(s);
}

/* ---- one comparison ----------------------------------------------------------------------- */

/* Rows of a group on both sides, the first side's first. */
struct chosen {
    size_t *rows;
    size_t n[2];
};

static enum err choose_group(const struct embedding_set *s, uint32_t group, struct chosen *out,
                             struct error *err)
{
    size_t all = s->n[SIDE_A] + s->n[SIDE_B], n = 0;

    out->rows = malloc((all + 1) * sizeof(*out->rows));
    out->n[0] = out->n[1] = 0;
    if (!out->rows)
        return no_memory(err);
    for (size_t i = 0; i < all; i++)
        if (group == SIDE_ALL || s->rows[i].group == group) {
            out->rows[n++] = i;
            out->n[s->rows[i].side]++;
        }
    return OK;
}

/* At most `most` rows of each side. */
static enum err choose_some(const struct chosen *from, size_t most, uint64_t seed,
                            struct chosen *out, struct error *err)
{
    size_t at = 0;

    out->rows = malloc((from->n[0] + from->n[1] + 1) * sizeof(*out->rows));
    if (!out->rows)
        return no_memory(err);
    for (int side = 0; side < 2; side++) {
        struct random random;
        size_t first = side ? from->n[0] : 0, n = from->n[side] < most ? from->n[side] : most;

        random_init(&random, seed + (uint64_t)side);
        random_sample(&random, from->n[side], n, out->rows + at);
        for (size_t i = 0; i < n; i++)
            out->rows[at + i] = from->rows[first + out->rows[at + i]];
        out->n[side] = n;
        at += n;
    }
    return OK;
}

/* The vectors of chosen rows, one after the other; free() the first one's. */
static enum err gather(const struct embedding_set *s, const struct chosen *c, struct vectors v[2],
                       struct error *err)
{
    size_t n = c->n[0] + c->n[1];
    double *x = malloc((n * s->dim + 1) * sizeof(*x));

    if (!x)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        memcpy(x + i * s->dim, s->vectors + c->rows[i] * s->dim, s->dim * sizeof(*x));
    v[0] = (struct vectors){x, c->n[0], s->dim};
    v[1] = (struct vectors){x + c->n[0] * s->dim, c->n[1], s->dim};
    return OK;
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return (x > y) - (x < y);
}

/* Numbers the chosen rows' clusters from 0 on. */
static enum err number_clusters(const struct embedding_set *s, const struct chosen *c,
                                size_t *cluster, size_t *n_clusters, struct error *err)
{
    size_t n = c->n[0] + c->n[1], distinct = 0;
    uint64_t *keys = malloc((n + 1) * sizeof(*keys));

    if (!keys)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        keys[i] = s->rows[c->rows[i]].cluster;
    qsort(keys, n, sizeof(*keys), compare_keys);
    for (size_t i = 0; i < n; i++)
        if (!i || keys[i] != keys[i - 1])
            keys[distinct++] = keys[i];
    for (size_t i = 0; i < n; i++) {
        const uint64_t *at =
            bsearch(&s->rows[c->rows[i]].cluster, keys, distinct, sizeof(*keys), compare_keys);

        cluster[i] = (size_t)(at - keys);
    }
    *n_clusters = distinct;
    free(keys);
    return OK;
}

/* The calls with the largest scores of the second side, and the smallest of the first. */
static void find_typical(const struct embedding_set *s, const struct chosen *c, const double *score,
                         struct embedding_figures *out)
{
    for (int side = 0; side < 2; side++) {
        size_t first = side ? c->n[0] : 0, n = 0;
        double sign = side ? 1 : -1, *best = side ? out->fresh_score : out->gone_score;
        int64_t *calls = side ? out->fresh : out->gone;

        for (size_t i = first; i < first + c->n[side]; i++) {
            size_t at;

            if (n == TYPICAL_CALLS && !(sign * score[i] > sign * best[n - 1]))
                continue;
            at = n < TYPICAL_CALLS ? n++ : n - 1;
            for (; at && sign * score[i] > sign * best[at - 1]; at--) {
                best[at] = best[at - 1];
                calls[at] = calls[at - 1];
            }
            best[at] = score[i];
            calls[at] = s->calls[c->rows[i]];
        }
        *(side ? &out->n_fresh : &out->n_gone) = n;
    }
}

static enum err measure_mmd(const struct embedding_set *s, const struct chosen *group,
                            struct drift_figures *out, struct embedding_figures *more,
                            struct error *err)
{
    struct vectors v[2] = {{0}};
    struct chosen c = {0};
    size_t *cluster = NULL, n_clusters = 0, n;
    double *score = NULL;
    struct interval interval;
    struct mmd mmd;
    enum err rc = choose_some(group, MMD_VECTORS_MAX, s->choice->seed, &c, err);

    if (!rc)
        rc = gather(s, &c, v, err);
    n = c.n[0] + c.n[1];
    cluster = malloc((n + 1) * sizeof(*cluster));
    score = malloc((n + 1) * sizeof(*score));
    if (!rc && (!cluster || !score))
        rc = no_memory(err);
    if (!rc && s->clustered)
        rc = number_clusters(s, &c, cluster, &n_clusters, err);
    if (!rc)
        rc = mmd_test(&v[0], &v[1], s->clustered ? cluster : NULL, n_clusters,
                      s->choice->permutations, s->choice->seed, &mmd, score, err);
    if (!rc) {
        out->p = mmd.p;
        out->effect = mmd.kernel_auc;
        interval = auc_interval(mmd.kernel_auc, (double)c.n[0], (double)c.n[1], CONFIDENCE);
        out->change = CHANGE_AUC;
        out->changed = mmd.kernel_auc;
        out->low = interval.low;
        out->high = interval.high;
    }
    if (!rc && more) {
        more->has_mmd = true;
        more->mmd = mmd;
        find_typical(s, &c, score, more);
    }
    free((void *)(uintptr_t)v[0].x);
    free(c.rows);
    free(cluster);
    free(score);
    return rc;
}

static enum err measure_centroid(const struct embedding_set *s, const struct chosen *group,
                                 struct centroid_drift *out, bool *known, struct error *err)
{
    struct vectors v[2] = {{0}};
    enum err rc = gather(s, group, v, err);

    if (!rc)
        rc = centroid_drift(&v[0], &v[1], out, err);
    *known = rc == OK;
    free((void *)(uintptr_t)v[0].x);
    return rc == ERR_EMPTY ? OK : rc; /* a mean of 0 has no direction: no score */
}

/* ---- the same inputs ---------------------------------------------------------------------- */

struct input {
    int64_t hash;
    size_t row, order;
};

static int compare_inputs(const void *a, const void *b)
{
    const struct input *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* The mean vector of the inputs of one hash. */
static void mean_vector(const struct embedding_set *s, const struct input *in, size_t n, double *to)
{
    for (size_t d = 0; d < s->dim; d++) {
        to[d] = 0;
        for (size_t i = 0; i < n; i++)
            to[d] += s->vectors[in[i].row * s->dim + d];
        to[d] /= (double)n;
    }
}

static size_t same_hash(const struct input *in, size_t from, size_t n)
{
    size_t end = from + 1;

    while (end < n && in[end].hash == in[from].hash)
        end++;
    return end;
}

static enum err measure_pairs(const struct embedding_set *s, const struct chosen *group,
                              struct drift_figures *out, struct embedding_figures *more,
                              struct error *err)
{
    size_t all = group->n[0] + group->n[1], n[2] = {0, 0}, pairs = 0, i = 0, j = 0;
    struct input *in = malloc((all + 1) * sizeof(*in)), *other;
    double *x = malloc((all * s->dim + 1) * sizeof(*x)),
           *y = malloc((all * s->dim + 1) * sizeof(*y));
    struct paired_cosine p;

    if (!in || !x || !y) {
        free(in);
        free(x);
        free(y);
        return no_memory(err);
    }
    for (size_t r = 0; r < all; r++) {
        size_t row = group->rows[r];

        if (s->rows[row].input_hash != CALL_MISSING)
            in[n[0] + n[1]] = (struct input){s->rows[row].input_hash, row, r},
                      n[s->rows[row].side]++;
    }
    other = in + n[0];
    qsort(in, n[0], sizeof(*in), compare_inputs);
    qsort(other, n[1], sizeof(*in), compare_inputs);
    while (i < n[0] && j < n[1]) {
        size_t i_end = same_hash(in, i, n[0]), j_end = same_hash(other, j, n[1]);

        if (in[i].hash == other[j].hash) {
            mean_vector(s, in + i, i_end - i, x + pairs * s->dim);
            mean_vector(s, other + j, j_end - j, y + pairs * s->dim);
            pairs++;
        }
        if (in[i].hash <= other[j].hash) {
            bool both = in[i].hash == other[j].hash;

            i = i_end;
            j = both ? j_end : j;
        } else {
            j = j_end;
        }
    }
    p = paired_cosine(&(struct vectors){x, pairs, s->dim}, &(struct vectors){y, pairs, s->dim},
                      CONFIDENCE);
    for (int side = 0; side < 2; side++) {
        out->n[side] = (int64_t)p.n;
        out->n_eff[side] = (double)p.n;
    }
    out->change = CHANGE_DIFFERENCE;
    if (p.has_value)
        out->effect = out->changed = p.score;
    if (p.has_interval) {
        out->low = p.interval.low;
        out->high = p.interval.high;
    }
    if (more) {
        more->has_pairs = p.has_value;
        more->pairs = p.n;
    }
    free(in);
    free(x);
    free(y);
    return OK;
}

const char *embedding_method(enum vector_source source, enum drift_method m)
{
    bool lexical = vectors_are_lexical(source);

    if (m == METHOD_CENTROID)
        return lexical ? "lexical centroid" : "centroid";
    if (m == METHOD_PAIRED_COSINE)
        return lexical ? "lexical paired-cosine" : "paired-cosine";
    return lexical ? "lexical mmd" : "mmd";
}

enum err embedding_measure(const struct embedding_set *s, uint32_t group, enum drift_method m,
                           double threshold, int64_t n_min, struct drift_figures *out,
                           struct embedding_figures *more, struct error *err)
{
    struct chosen c = {0};
    struct centroid_drift centroid;
    bool enough, known = false;
    enum err rc = choose_group(s, group, &c, err);

    *out = (struct drift_figures){
        .category = DRIFT_UNKNOWN,
        .effect = NAN,
        .p = NAN,
        .changed = NAN,
        .low = NAN,
        .high = NAN,
        .noise = NAN,
        .reverse = NAN,
        .level = {NAN, NAN}
    };
    for (int side = 0; side < 2; side++) {
        out->n[side] = (int64_t)c.n[side];
        out->n_eff[side] = (double)c.n[side];
    }
    enough = !rc && out->n[0] >= n_min && out->n[1] >= n_min && c.n[0] >= 2 && c.n[1] >= 2;
    out->method = embedding_method(s->choice->source, m);
    if (enough && (more || m == METHOD_CENTROID))
        rc = measure_centroid(s, &c, &centroid, &known, err);
    if (more) {
        *more = (struct embedding_figures){.dim = s->dim,
                                           .lexical = vectors_are_lexical(s->choice->source),
                                           .zero = s->zero,
                                           .has_centroid = known};
        more->sampled = s->all[0] + s->all[1] > (int64_t)(s->n[0] + s->n[1]) + s->zero;
        more->loaded[0] = s->all[0];
        more->loaded[1] = s->all[1];
        if (known)
            more->centroid = centroid;
    }
    if (m == METHOD_CENTROID) {
        out->effect_kind = "centroid_score";
        out->min_effect = isnan(threshold) ? CENTROID_ALERT : threshold;
        if (known)
            out->effect = centroid.score;
    } else if (m == METHOD_PAIRED_COSINE) {
        out->effect_kind = "paired_cosine";
        out->min_effect = isnan(threshold) ? CENTROID_ALERT : threshold;
        if (!rc)
            rc = measure_pairs(s, &c, out, more, err);
    } else {
        out->effect_kind = "kernel_auc";
        out->min_effect = isnan(threshold) ? DRIFT_AUC_MIN : threshold;
        if (!rc && enough)
            rc = measure_mmd(s, &c, out, more, err);
    }
    free(c.rows);
    return rc;
}
