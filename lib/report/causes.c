/* causes: see the header. */
#include "report/causes.h"

#include <math.h>
#include <stdlib.h>
#include "base/wide.h"
#include "base/banned.h"

#define LEAST_EXCESS 0.10
#define FINE 1000000000.0 /* reals are added up in billionths: whole, so in any order */

/* What is added up for one value of a dimension. */
struct part {
    int64_t n[2];
    i128 sum[2], tokens[2];
};

/* One walk: sums by code of an axis, by thread. */
struct parts {
    const struct sides *sides;
    const struct side_field *field; /* NULL: the cost, with tokens */
    struct axis axis;
    struct part_thread {
        struct part *v;
        int64_t without[2];
        int64_t *room, *values, *codes;
        unsigned char *keep, *side;
        struct bucketer memo;
    } * threads;
    int n_threads;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory looking for causes");
}

/* ---- sums --------------------------------------------------------------------------------- */

static uint64_t columns_of(const struct parts *p)
{
    uint64_t columns = p->sides->columns | p->axis.columns;

    if (!p->field)
        return columns | call_value_columns(V_COST_NUSD) | call_value_columns(V_TOTAL_TOKENS);
    if (p->field->source == FROM_VALUE)
        return columns | call_value_columns(p->field->value);
    if (p->field->source == FROM_ERROR)
        return columns | COLUMN(F_STATUS);
    return p->field->source == FROM_DIMENSION ? columns | p->field->axis->columns : columns;
}

static int64_t billionths(double v)
{
    double fine = rint(v * FINE);

    return fabs(fine) < 9e18 ? (int64_t)fine : CALL_MISSING;
}

/* Whole values of the rows, those of reals in billionths. */
static const int64_t *whole_values(const struct parts *p, struct part_thread *t,
                                   const struct slice *slice)
{
    const struct side_field *f = p->field;
    const int64_t *v = t->values, *status = slice->cols[F_STATUS];
    bool real = false;

    if (!f)
        return call_values(V_COST_NUSD, COST_OF_LOG_OR_PRICES, slice->cols, slice->rows, t->values);
    if (f->source == FROM_VALUE) {
        v = call_values(f->value, f->cost, slice->cols, slice->rows, t->values);
        real = call_value_is_real(f->value);
    } else if (f->source == FROM_ERROR) {
        for (int64_t i = 0; i < slice->rows; i++)
            t->values[i] = status[i] == CALL_MISSING ? CALL_MISSING : status[i] == STATUS_ERROR;
    } else if (f->source == FROM_ITEMS) {
        call_items_slice(f->items, slice, t->values);
        real = true;
    } else {
        struct bucketer memo = axis_memo(f->axis);

        axis_codes(f->axis, &memo, slice->cols, slice->rows, t->values);
        for (int64_t i = 0; i < slice->rows; i++)
            t->values[i] = t->values[i] ? billionths(f->of_code[t->values[i]]) : CALL_MISSING;
    }
    for (int64_t i = 0; i < slice->rows && real; i++)
        t->values[i] = v[i] == CALL_MISSING ? CALL_MISSING : billionths(key_to_real(v[i]));
    return real ? t->values : v;
}

static bool see_slice(void *ctx, const struct slice *slice)
{
    struct parts *p = ctx;
    struct part_thread *t = &p->threads[slice->thread];
    const int64_t *values, *tokens = NULL;
    int64_t both;

    sides_find(p->sides, slice, t->room, t->keep, t->side, &both);
    values = whole_values(p, t, slice);
    axis_codes(&p->axis, &t->memo, slice->cols, slice->rows, t->codes);
    if (!p->field)
        tokens =
            call_values(V_TOTAL_TOKENS, COST_OF_LOG_OR_PRICES, slice->cols, slice->rows, t->room);
    for (int64_t i = 0; i < slice->rows; i++) {
        struct part *part = &t->v[t->codes[i]];
        int side = t->side[i];

        if (side == SIDE_NONE)
            continue;
        if (values[i] == CALL_MISSING) {
            t->without[side]++;
            continue;
        }
        part->n[side]++;
        part->sum[side] += values[i];
        if (tokens && tokens[i] != CALL_MISSING)
            part->tokens[side] += tokens[i];
    }
    return true;
}

static enum err make_threads(struct parts *p, struct error *err)
{
    p->threads = calloc((size_t)p->n_threads, sizeof(*p->threads));
    for (int i = 0; p->threads && i < p->n_threads; i++) {
        struct part_thread *t = &p->threads[i];

        t->v = calloc((size_t)p->axis.n_codes + 1, sizeof(*t->v));
        t->room = malloc(CHUNK_ROWS * sizeof(*t->room));
        t->values = malloc(CHUNK_ROWS * sizeof(*t->values));
        t->codes = malloc(CHUNK_ROWS * sizeof(*t->codes));
        t->keep = malloc(CHUNK_ROWS);
        t->side = malloc(CHUNK_ROWS);
        t->memo = axis_memo(&p->axis);
        if (!t->v || !t->room || !t->values || !t->codes || !t->keep || !t->side)
            return no_memory(err);
    }
    return p->threads ? OK : no_memory(err);
}

/* Adds everything to the first thread's sums. */
static void add_up(struct parts *p)
{
    for (int i = 1; i < p->n_threads; i++)
        for (int side = SIDE_A; side <= SIDE_B; side++) {
            p->threads[0].without[side] += p->threads[i].without[side];
            for (int64_t c = 0; c < p->axis.n_codes; c++) {
                struct part *to = &p->threads[0].v[c], *from = &p->threads[i].v[c];

                to->n[side] += from->n[side];
                to->sum[side] += from->sum[side];
                to->tokens[side] += from->tokens[side];
            }
        }
}

static void parts_release(struct parts *p)
{
    for (int i = 0; p->threads && i < p->n_threads; i++) {
        struct part_thread *t = &p->threads[i];

        free(t->v);
        free(t->room);
        free(t->values);
        free(t->codes);
        free(t->keep);
        free(t->side);
    }
    free(p->threads);
    axis_release(&p->axis);
}

/* Release it when OK. */
static enum err parts_read(struct parts *p, struct scan *scan, const struct sides *sides,
                           const struct side_field *field, const char *dimension, struct error *err)
{
    enum err rc;

    *p = (struct parts){.sides = sides, .field = field, .n_threads = scan_threads(scan)};
    rc = scan_open_axis(scan, sv_from(dimension), &p->axis, err);
    if (rc)
        return rc;
    rc = make_threads(p, err);
    if (!rc)
        rc = scan_walk(scan, columns_of(p), see_slice, p, err);
    if (rc)
        parts_release(p);
    else
        add_up(p);
    return rc;
}

/* Codes in the order of their texts, which is the same in every database. */
struct code_text {
    struct sv text;
    int64_t code;
};

static int compare_texts(const void *a, const void *b)
{
    const struct code_text *x = a, *y = b;

    return !x->text.p != !y->text.p ? (x->text.p ? -1 : 1) : sv_cmp(x->text, y->text);
}

/* free() the array. */
static enum err codes_in_order(const struct parts *p, struct arena *a, struct code_text **out,
                               struct error *err)
{
    struct code_text *codes = calloc((size_t)p->axis.n_codes + 1, sizeof(*codes));

    if (!codes)
        return no_memory(err);
    for (int64_t c = 0; c < p->axis.n_codes; c++)
        codes[c] = (struct code_text){axis_text(&p->axis, c, a), c};
    qsort(codes, (size_t)p->axis.n_codes, sizeof(*codes), compare_texts);
    *out = codes;
    return OK;
}

/* ---- causes ------------------------------------------------------------------------------- */

static bool is_skipped(const char *dimension, const char *const *skip)
{
    for (; skip && *skip; skip++)
        if (strcmp(*skip, dimension) == 0)
            return true;
    return false;
}

/* Texts are shared by few calls each: a session or user with one call explains nothing. */
static bool is_candidate(const struct dimension *d, const char *const *skip)
{
    return (d->kind == DIMENSION_TEXT || d->kind == DIMENSION_MODEL ||
            d->kind == DIMENSION_STATUS) &&
           !is_skipped(d->name, skip);
}

/* The same calls under another name: a model that is its response_model, too. */
static bool is_known(const struct cause_list *list, const struct cause *c)
{
    for (size_t i = 0; i < list->n; i++)
        if (sv_eq(list->v[i].value, c->value) &&
            fabs(list->v[i].contribution - c->contribution) <= 1e-12 * fabs(c->contribution))
            return true;
    return false;
}

static bool keep_cause(struct cause_list *list, size_t most, const struct cause *c, struct arena *a)
{
    size_t at;

    if (is_known(list, c))
        return true;
    if (list->n == most && !(c->excess > list->v[list->n - 1].excess + 1e-12))
        return true;
    if (!list->v)
        list->v = arena_zalloc(a, most + 1, sizeof(*list->v));
    if (!list->v)
        return false;
    at = list->n < most ? list->n++ : most - 1;
    for (; at && c->excess > list->v[at - 1].excess + 1e-12; at--)
        list->v[at] = list->v[at - 1];
    list->v[at] = *c;
    return true;
}

struct totals {
    double n[2], mean[2];
};

static struct totals totals_of(const struct parts *p, double unit)
{
    i128 sum[2] = {0, 0};
    struct totals t = {
        {0,   0  },
        {NAN, NAN}
    };

    for (int side = SIDE_A; side <= SIDE_B; side++) {
        for (int64_t c = 0; c < p->axis.n_codes; c++) {
            t.n[side] += (double)p->threads[0].v[c].n[side];
            sum[side] += p->threads[0].v[c].sum[side];
        }
        if (t.n[side] > 0)
            t.mean[side] = (double)sum[side] / t.n[side] / unit;
    }
    return t;
}

static struct cause cause_of(const struct part *part, const struct totals *t, double unit)
{
    double change = t->mean[SIDE_B] - t->mean[SIDE_A], sum[2];
    struct cause c = {0};

    for (int side = SIDE_A; side <= SIDE_B; side++)
        sum[side] =
            ((double)part->sum[side] / unit - (double)part->n[side] * t->mean[SIDE_A]) / t->n[side];
    c.contribution = sum[SIDE_B] - sum[SIDE_A];
    c.share = c.contribution / change;
    c.excess = c.share;
    if (t->mean[SIDE_A] > 0)
        c.excess -= (double)part->sum[SIDE_A] / unit / t->n[SIDE_A] / t->mean[SIDE_A];
    return c;
}

static enum err add_dimension(const struct parts *p, const char *dimension, double unit,
                              size_t most, struct arena *a, struct cause_list *out,
                              struct error *err)
{
    struct totals t = totals_of(p, unit);
    struct code_text *codes;
    enum err rc = codes_in_order(p, a, &codes, err);

    if (rc)
        return rc;
    out->before = t.mean[SIDE_A];
    out->after = t.mean[SIDE_B];
    for (int64_t i = 0; !rc && i < p->axis.n_codes; i++) {
        struct cause c = cause_of(&p->threads[0].v[codes[i].code], &t, unit);

        if (!(c.excess >= LEAST_EXCESS))
            continue;
        c.dimension = dimension;
        c.value = codes[i].text.p ? arena_copy(a, codes[i].text) : SV_NONE;
        if (!keep_cause(out, most, &c, a))
            rc = no_memory(err);
    }
    free(codes);
    return rc;
}

static bool field_is_real(const struct side_field *f)
{
    return f->source == FROM_ITEMS || f->source == FROM_DIMENSION ||
           (f->source == FROM_VALUE && call_value_is_real(f->value));
}

enum err causes_find(struct scan *scan, const struct sides *sides, const struct side_field *field,
                     const char *const *skip, size_t most, struct arena *a, struct cause_list *out,
                     struct error *err)
{
    double unit = field_is_real(field) ? FINE : 1;
    enum err rc = OK;

    *out = (struct cause_list){.before = NAN, .after = NAN};
    for (size_t d = 0; d < dimension_count && !rc; d++) {
        struct parts p;

        if (!is_candidate(&dimensions[d], skip))
            continue;
        rc = parts_read(&p, scan, sides, field, dimensions[d].name, err);
        if (rc)
            break;
        rc = add_dimension(&p, dimensions[d].name, unit, most, a, out, err);
        parts_release(&p);
    }
    return rc;
}

/* ---- what a change of cost is made of ----------------------------------------------------- */

/* Cost and tokens per call, and cost per token, of one model. */
struct level {
    double cost, tokens, price;
};

static struct level level_of(const struct part *part, int side)
{
    double n = (double)part->n[side], tokens = (double)part->tokens[side];
    struct level l = {(double)part->sum[side] / n, tokens / n, 0};

    l.price = tokens > 0 ? (double)part->sum[side] / tokens : 0;
    return l;
}

/* The parts within one model; calls that have no tokens changed their price alone. */
static void split_model(const struct part *part, double *tokens, double *price)
{
    struct level a = level_of(part, SIDE_A), b = level_of(part, SIDE_B);
    double n = (double)part->n[SIDE_B];
    bool known = a.tokens > 0 && b.tokens > 0;

    *tokens += known ? n * (b.tokens - a.tokens) * a.price : 0;
    *price += known ? n * b.tokens * (b.price - a.price) : n * (b.cost - a.cost);
}

#define MOST 2e18 /* so that sums of all parts stay in range */

static int64_t whole(double v)
{
    return (int64_t)rint(v > MOST ? MOST : v < -MOST ? -MOST : v);
}

/* Rounding goes to the largest part, so that they add up. */
static void settle(struct cost_split *s)
{
    int64_t *parts[] = {&s->calls, &s->tokens_per_call, &s->price, &s->mix}, *largest = parts[0];
    i128 sum = 0;

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        sum += *parts[i];
        if (*parts[i] > 0 ? *parts[i] > llabs(*largest) : -*parts[i] > llabs(*largest))
            largest = parts[i];
    }
    *largest += (int64_t)(s->total - sum);
}

static bool fits(i128 v)
{
    return v <= INT64_MAX && v >= -(i128)INT64_MAX;
}

/* What the models' shares, tokens and prices changed, in a fixed order, for sums of reals have one.
 */
static void split_models(const struct parts *p, const struct code_text *codes,
                         struct cost_split *out)
{
    double tokens = 0, price = 0, mix = 0;
    double growth = (double)out->n[SIDE_B] / (double)out->n[SIDE_A];

    for (int64_t i = 0; i < p->axis.n_codes; i++) {
        const struct part *part = &p->threads[0].v[codes[i].code];
        int at = part->n[SIDE_A] ? SIDE_A : SIDE_B; /* a new model at the level it came with */

        if (!part->n[SIDE_A] && !part->n[SIDE_B])
            continue;
        mix +=
            ((double)part->n[SIDE_B] - (double)part->n[SIDE_A] * growth) * level_of(part, at).cost;
        if (part->n[SIDE_A] && part->n[SIDE_B])
            split_model(part, &tokens, &price);
    }
    out->tokens_per_call = whole(tokens);
    out->price = whole(price);
    out->mix = whole(mix);
}

enum err cost_split_find(struct scan *scan, const struct sides *sides, struct arena *a,
                         struct cost_split *out, bool *known, struct error *err)
{
    i128 cost[2] = {0, 0};
    struct code_text *codes;
    struct parts p;
    enum err rc = parts_read(&p, scan, sides, NULL, "model", err);

    if (rc)
        return rc;
    rc = codes_in_order(&p, a, &codes, err);
    if (rc) {
        parts_release(&p);
        return rc;
    }
    *out = (struct cost_split){0};
    for (int side = SIDE_A; side <= SIDE_B; side++) {
        out->without[side] = p.threads[0].without[side];
        for (int64_t c = 0; c < p.axis.n_codes; c++) {
            out->n[side] += p.threads[0].v[c].n[side];
            cost[side] += p.threads[0].v[c].sum[side];
        }
    }
    *known = out->n[SIDE_A] && out->n[SIDE_B] && fits(cost[SIDE_B] - cost[SIDE_A]);
    if (*known) {
        split_models(&p, codes, out);
        out->calls = whole((double)(out->n[SIDE_B] - out->n[SIDE_A]) * (double)cost[SIDE_A] /
                           (double)out->n[SIDE_A]);
        out->total = (int64_t)(cost[SIDE_B] - cost[SIDE_A]);
        settle(out);
    }
    free(codes);
    parts_release(&p);
    return OK;
}
