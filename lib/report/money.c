/* money: see the header. */
#include "report/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "report/numbers.h"
#include "base/banned.h"

enum { MODELS_NAMED = 5 };

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the models without a price");
}

/* ---- sources -------------------------------------------------------------------------------- */

/* A sum in halves of 32 bits, neither of which can overflow within a slice: no carry on the way. */
struct halves {
    int64_t low, high;
};

static i128 whole(struct halves sum)
{
    return (i128)sum.high * (INT64_C(1) << 32) + sum.low;
}

void money_count(struct money_sources *m, enum cost_choice choice, const struct slice *slice)
{
    const int64_t *given = slice->cols[F_COST_GIVEN_NUSD], *flags = slice->cols[F_FLAGS];
    const int64_t *computed = slice->cols[C_COST_COMPUTED_NUSD];
    bool logs = choice != COST_OF_PRICES, prices = choice != COST_OF_LOG;
    struct money_sources n = *m;
    struct halves given_sum = {0}, computed_sum = {0};

    for (int64_t i = 0; i < slice->rows; i++) {
        bool in = slice->group[i] != SCAN_OUT;
        bool cached = (flags[i] != CALL_MISSING) & ((flags[i] & FLAG_FROM_CACHE) != 0);
        bool g = in & !cached & (given[i] != CALL_MISSING);
        bool c = in & !cached & (computed[i] != CALL_MISSING);
        int64_t both = 0 - (int64_t)(g & c);

        n.free += in & cached;
        n.given += logs & g;
        n.computed += prices & c & !(logs & g);
        n.both += g & c;
        given_sum.low += given[i] & both & UINT32_MAX;
        given_sum.high += (given[i] & both) >> 32;
        computed_sum.low += computed[i] & both & UINT32_MAX;
        computed_sum.high += (computed[i] & both) >> 32;
    }
    n.both_given_nusd += whole(given_sum);
    n.both_computed_nusd += whole(computed_sum);
    *m = n;
}

void money_merge(struct money_sources *into, const struct money_sources *from)
{
    into->given += from->given;
    into->computed += from->computed;
    into->free += from->free;
    into->both += from->both;
    into->both_given_nusd += from->both_given_nusd;
    into->both_computed_nusd += from->both_computed_nusd;
}

/* " (+4.2 %)" that `to` is above `from`; nothing where that makes no sense. */
static void add_difference(struct buf *b, i128 from, i128 to)
{
    if (from > 0)
        buf_printf(b, " (%+.1f %%)", divide_real(to - from, from) * 100);
}

static bool note_sources(struct table *t, const struct money_sources *m)
{
    struct buf b = {0};
    bool ok;

    if (!m->computed && !m->both)
        return true;
    buf_str(&b, "cost of ");
    if (m->given || !m->computed) {
        number_count(&b, m->given);
        buf_str(&b, m->given == 1 ? " call from the log" : " calls from the log");
        buf_str(&b, m->computed ? ", of " : "");
    }
    if (m->computed) {
        number_count(&b, m->computed);
        buf_str(&b, m->given           ? " from prices"
                    : m->computed == 1 ? " call from prices"
                                       : " calls from prices");
    }
    if (m->both) {
        buf_str(&b, "; where both are known (n ");
        number_count(&b, m->both);
        buf_str(&b, "): log ");
        number_money(&b, m->both_given_nusd);
        buf_str(&b, ", prices ");
        number_money(&b, m->both_computed_nusd);
        add_difference(&b, m->both_given_nusd, m->both_computed_nusd);
    }
    ok = !b.failed && table_note(t, "%s", b.p);
    buf_release(&b);
    return ok;
}

/* The sum of nothing is not known. */
static struct cell sum_cell(int64_t n, i128 sum)
{
    return n ? cell_wide(sum) : (struct cell){0};
}

bool money_tell_sources(struct table *t, const struct money_sources *m, bool noted)
{
    return table_add_fact(t, "cost_given_calls", cell_int(m->given)) &&
           table_add_fact(t, "cost_computed_calls", cell_int(m->computed)) &&
           table_add_fact(t, "cost_free_calls", cell_int(m->free)) &&
           table_add_fact(t, "cost_both_calls", cell_int(m->both)) &&
           table_add_money(t, "cost_both_given_usd", "cost_both_given_nusd",
                           sum_cell(m->both, m->both_given_nusd)) &&
           table_add_money(t, "cost_both_computed_usd", "cost_both_computed_nusd",
                           sum_cell(m->both, m->both_computed_nusd)) &&
           (!noted || note_sources(t, m));
}

/* ---- what has no price ---------------------------------------------------------------------- */

struct tally_of_model {
    int64_t calls;
    i128 tokens;
};

/* The walk: per thread a tally for each code of the response models, then each of the request
 * models (of calls that name no other). */
struct walk {
    enum cost_choice choice;
    struct axis response, request;
    struct bucketer memo;
    size_t n_tallies;
    struct thread {
        struct tally_of_model *tallies;
        int64_t *cost, *tokens, *response, *request; /* CHUNK_ROWS each */
    } * threads;
    int n_threads;
};

static bool count_slice(void *ctx, const struct slice *slice)
{
    struct walk *w = ctx;
    struct thread *t = &w->threads[slice->thread];
    struct bucketer memo = w->memo;
    const int64_t *cost = call_values(V_COST_NUSD, w->choice, slice->cols, slice->rows, t->cost);
    const int64_t *tokens =
        call_values(V_TOTAL_TOKENS, w->choice, slice->cols, slice->rows, t->tokens);

    axis_codes(&w->response, &memo, slice->cols, slice->rows, t->response);
    axis_codes(&w->request, &memo, slice->cols, slice->rows, t->request);
    for (int64_t i = 0; i < slice->rows; i++) {
        size_t at = (size_t)t->response[i];

        if (cost[i] != CALL_MISSING || slice->group[i] == SCAN_OUT ||
            !call_unpriced(slice->cols, i))
            continue;
        if (!at && t->request[i])
            at = (size_t)(w->response.n_codes + t->request[i]);
        t->tallies[at].calls++;
        t->tallies[at].tokens += tokens[i] != CALL_MISSING ? tokens[i] : 0;
    }
    return true;
}

static enum err open_walk(struct walk *w, const struct scan *scan, struct error *err)
{
    enum err rc = scan_open_axis(scan, SV("response_model"), &w->response, err);

    if (!rc)
        rc = scan_open_axis(scan, SV("request_model"), &w->request, err);
    if (rc)
        return rc;
    w->memo = axis_memo(&w->response);
    w->n_tallies = (size_t)(w->response.n_codes + w->request.n_codes);
    w->n_threads = scan_threads(scan);
    w->threads = calloc((size_t)w->n_threads, sizeof(*w->threads));
    if (!w->threads)
        return no_memory(err);
    for (int i = 0; i < w->n_threads; i++) {
        struct thread *t = &w->threads[i];

        t->tallies = calloc(w->n_tallies, sizeof(*t->tallies));
        t->cost = malloc(CHUNK_ROWS * sizeof(*t->cost));
        t->tokens = malloc(CHUNK_ROWS * sizeof(*t->tokens));
        t->response = malloc(CHUNK_ROWS * sizeof(*t->response));
        t->request = malloc(CHUNK_ROWS * sizeof(*t->request));
        if (!t->tallies || !t->cost || !t->tokens || !t->response || !t->request)
            return no_memory(err);
    }
    return OK;
}

static void release_walk(struct walk *w)
{
    for (int i = 0; w->threads && i < w->n_threads; i++) {
        free(w->threads[i].tallies);
        free(w->threads[i].cost);
        free(w->threads[i].tokens);
        free(w->threads[i].response);
        free(w->threads[i].request);
    }
    free(w->threads);
    axis_release(&w->response);
    axis_release(&w->request);
}

static int by_text(const void *left, const void *right)
{
    const struct unpriced_model *a = left, *b = right;

    return a->model.p && b->model.p ? sv_cmp(a->model, b->model) : !a->model.p - !b->model.p;
}

static int by_tokens(const void *left, const void *right)
{
    const struct unpriced_model *a = left, *b = right;

    if (a->tokens != b->tokens)
        return a->tokens < b->tokens ? 1 : -1;
    if (a->calls != b->calls)
        return a->calls < b->calls ? 1 : -1;
    return by_text(left, right);
}

/* One element for each text: the same model may be a request's and another's response's. */
static size_t unite(struct unpriced_model *all, size_t n)
{
    size_t kept = 0;

    qsort(all, n, sizeof(*all), by_text);
    for (size_t i = 0; i < n; i++) {
        if (kept && by_text(&all[kept - 1], &all[i]) == 0) {
            all[kept - 1].calls += all[i].calls;
            all[kept - 1].tokens += all[i].tokens;
        } else {
            all[kept++] = all[i];
        }
    }
    qsort(all, kept, sizeof(*all), by_tokens);
    return kept;
}

static enum err list_models(const struct walk *w, struct arena *a, struct unpriced_model **out,
                            size_t *n, struct error *err)
{
    struct tally_of_model *sums = w->threads[0].tallies;
    size_t found = 0;

    for (size_t at = 0; at < w->n_tallies; at++) {
        for (int t = 1; t < w->n_threads; t++) {
            sums[at].calls += w->threads[t].tallies[at].calls;
            sums[at].tokens += w->threads[t].tallies[at].tokens;
        }
        found += sums[at].calls > 0;
    }
    *out = arena_zalloc(a, found + 1, sizeof(**out));
    if (!*out)
        return no_memory(err);
    *n = 0;
    for (size_t at = 0; at < w->n_tallies; at++) {
        int64_t code = (int64_t)at;
        bool request = code >= w->response.n_codes;
        struct sv text;

        if (!sums[at].calls)
            continue;
        text = axis_text(request ? &w->request : &w->response,
                         request ? code - w->response.n_codes : code, a);
        if (text.p) {
            text = arena_copy(a, text);
            if (!text.p)
                return no_memory(err);
        }
        (*out)[(*n)++] = (struct unpriced_model){text, sums[at].calls, sums[at].tokens};
    }
    *n = unite(*out, *n);
    return OK;
}

enum err money_unpriced(struct scan *scan, enum cost_choice choice, struct arena *a,
                        struct unpriced_model **out, size_t *n, struct error *err)
{
    struct walk w = {.choice = choice};
    enum err rc = open_walk(&w, scan, err);

    if (!rc)
        rc = scan_walk(scan,
                       call_value_columns(V_COST_NUSD) | call_value_columns(V_TOTAL_TOKENS) |
                           UNPRICED_COLUMNS | w.response.columns | w.request.columns,
                       count_slice, &w, err);
    if (!rc)
        rc = list_models(&w, a, out, n, err);
    release_walk(&w);
    return rc;
}

/* ---- telling -------------------------------------------------------------------------------- */

static bool needs_no_quotes(struct sv text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "._:/@+-";

    for (size_t i = 0; i < text.n; i++)
        if (!memchr(plain, text.p[i], sizeof(plain) - 1))
            return false;
    return text.n > 0;
}

/* As one word of a shell. */
static void add_word(struct buf *b, struct sv text)
{
    if (needs_no_quotes(text)) {
        buf_sv(b, text);
        return;
    }
    buf_char(b, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            buf_str(b, "'\\''");
        else
            buf_char(b, text.p[i]);
    }
    buf_char(b, '\'');
}

/* "3 calls (1,200 tokens) of 2 models have no price, so the cost is a lower bound: a (2), b (1)" */
static void add_sentence(struct buf *b, const struct unpriced_model *models, size_t n,
                         const char *lack, bool any_cost_known)
{
    struct unpriced_model all = {0};
    size_t named = 0;

    for (size_t i = 0; i < n; i++) {
        named += models[i].model.p != NULL;
        all.calls += models[i].calls;
        all.tokens += models[i].tokens;
    }
    number_count(b, all.calls);
    buf_str(b, all.calls == 1 ? " call (" : " calls (");
    number_count(b, all.tokens);
    buf_str(b, all.tokens == 1 ? " token)" : " tokens)");
    if (named)
        buf_printf(b, " of %zu model%s", named, named == 1 ? "" : "s");
    buf_printf(b, " %s %s, so the cost is %s: ", all.calls == 1 ? "has" : "have", lack,
               any_cost_known ? "a lower bound" : "not known");
    for (size_t i = 0; i < n && i < MODELS_NAMED; i++) {
        buf_str(b, i ? ", " : "");
        buf_sv(b, models[i].model.p ? models[i].model : SV("(none)"));
        buf_str(b, " (");
        number_count(b, models[i].calls);
        buf_char(b, ')');
    }
    if (n > MODELS_NAMED)
        buf_printf(b, " and %zu more", n - MODELS_NAMED);
}

static bool note_unpriced(struct table *t, const struct unpriced_model *models, size_t n,
                          enum cost_choice choice, bool any_cost_known)
{
    bool logs_only = choice == COST_OF_LOG;
    struct buf b = {0};
    size_t named = 0;
    bool ok;

    add_sentence(&b, models, n, logs_only ? "no cost in the log" : "no price", any_cost_known);
    ok = !b.failed && table_note(t, "%s", b.p);
    while (named < n && !models[named].model.p)
        named++;
    buf_reset(&b);
    if (ok && named < n && !logs_only) {
        bool dash = sv_starts(models[named].model, "-"); /* would be taken for an option */

        buf_str(&b, dash ? "add a price: llmobs price add --in X --out Y -- "
                         : "add a price: llmobs price add ");
        add_word(&b, models[named].model);
        buf_str(&b, dash ? "" : " --in X --out Y");
        ok = !b.failed && table_note(t, "%s", b.p);
    }
    buf_release(&b);
    return ok;
}

bool money_tell_unpriced(struct table *t, const struct unpriced_model *models, size_t n,
                         enum cost_choice choice, bool any_cost_known)
{
    static const char *const keys[] = {"model", "calls", "tokens"};
    struct cell *cells;
    i128 tokens = 0;

    for (size_t i = 0; i < n; i++)
        tokens += models[i].tokens;
    if (!table_add_fact(t, "unpriced_tokens", cell_wide(tokens)))
        return false;
    cells = table_add_fact_list(t, "unpriced_models", keys, ARRAY_LEN(keys), n);
    if (!cells)
        return false;
    for (size_t i = 0; i < n; i++) {
        cells[i * ARRAY_LEN(keys)] = cell_text(models[i].model);
        cells[i * ARRAY_LEN(keys) + 1] = cell_int(models[i].calls);
        cells[i * ARRAY_LEN(keys) + 2] = cell_wide(models[i].tokens);
    }
    return !n || note_unpriced(t, models, n, choice, any_cost_known);
}
