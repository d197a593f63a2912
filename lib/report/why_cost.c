/* why_cost: the bill of a request: by call, and by part of its tokens. */
#include "report/why_rows.h"

#include <stdlib.h>
#include "base/wide.h"
#include "report/words.h"
#include "store/pricing.h"
#include "base/banned.h"

static const char section[] = "cost";

/* Where the cost of a call comes from. */
struct money {
    int64_t cost, given; /* as it counts; as the log says; CALL_MISSING */
    bool cached;         /* a proxy's cache answered */
    bool itemised;       /* bill holds; it may come to something else than cost */
    struct bill bill;
    const struct price_row *row; /* NULL: none */
    int64_t price_id;
};

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

static struct money money_of(struct why *w, const struct trace_node *n)
{
    const int64_t *cols[C_COUNT];
    struct call_biller biller;
    struct money m = {.cost = call_entry_cost(n->call, COST_OF_LOG_OR_PRICES),
                      .given = n->call->v[F_COST_GIVEN_NUSD],
                      .price_id = n->call->v[C_PRICE_ID]};
    int64_t flags = n->call->v[F_FLAGS];

    for (int c = 0; c < C_COUNT; c++)
        cols[c] = &n->call->v[c];
    call_biller_init(&biller, w->bills);
    m.cached = known(flags) && flags & FLAG_FROM_CACHE;
    m.row = known(m.price_id) ? call_bills_row(w->bills, m.price_id) : NULL;
    m.itemised = m.row && call_bill(&biller, cols, 0, &m.bill);
    return m;
}

/* ---- decimals ----------------------------------------------------------------------------- */

/* All amounts have so many, that they add up as they are read. */
struct decimals {
    int n;
};

static void need(struct decimals *d, int64_t nusd)
{
    int64_t unit = 1;

    for (int i = 9; i > d->n; i--, unit *= 10)
        if (nusd / unit % 10) {
            d->n = i;
            return;
        }
}

/* ---- lines -------------------------------------------------------------------------------- */

/* A line of the bill: some tokens and what they cost. */
struct line {
    const char *item;
    int64_t tokens, price, nusd; /* CALL_MISSING: not known */
};

static struct row *add_line(struct why *w, uint32_t depth, const struct line *l, int64_t whole,
                            int decimals)
{
    struct row *row = why_row(w, section, depth, sv_from(l->item));

    if (!row)
        return NULL;
    if (known(l->nusd)) {
        why_money(w, row, l->nusd, decimals);
        why_share(row, l->nusd, whole);
    }
    if (known(l->tokens))
        row->cells[WHY_TOKENS] = cell_int(l->tokens);
    if (known(l->price))
        row->cells[WHY_PRICE] = cell_int(l->price);
    return row;
}

/* What the line is made of; behind what stands out. */
static void say_line(struct why *w, const struct line *l)
{
    if (!known(l->tokens))
        return;
    why_separate(w);
    words_count(&w->text, l->tokens);
    buf_str(&w->text, " tok");
    if (!known(l->price))
        return;
    buf_str(&w->text, " x ");
    words_money(&w->text, l->price);
    buf_str(&w->text, "/M");
}

/* Amounts of parts of a line's tokens, in proportion: rounded down, and what is left goes to the
 * largest remainders, so that they add up to the line. */
static void divide(int64_t amount, const int64_t *tokens, size_t n, int64_t *out)
{
    int64_t rest[PART_COUNT + 1], left = amount;
    i128 all = 0;

    for (size_t i = 0; i < n; i++)
        all += tokens[i];
    for (size_t i = 0; i < n; i++) {
        i128 exact = (i128)amount * tokens[i];

        out[i] = all ? (int64_t)(exact / all) : 0;
        rest[i] = all ? (int64_t)(exact % all) : 0;
        left -= out[i];
    }
    for (; left > 0 && all; left--) {
        size_t most = 0;

        for (size_t i = 1; i < n; i++)
            most = rest[i] > rest[most] ? i : most;
        out[most]++;
        rest[most] = -1;
    }
}

/* ---- parts of the input ------------------------------------------------------------------- */

/* Where a part is measured by its step, that step's peers are its. */
static void compare_part(struct why *w, struct row *row, int part)
{
    const struct trace_node *n = &w->t->nodes[w->parts.node[part]];
    int64_t tokens = w->parts.tokens[part].v;

    if (part == PART_RETRIEVAL)
        why_compare(w, row, n, PEER_DOCS_TOKENS, UNIT_TOKENS, tokens, false);
    if (part == PART_HISTORY)
        why_compare(w, row, n, PEER_HISTORY_TOKENS, UNIT_TOKENS, tokens, false);
}

/* "system, tools or user": what may be in the rest; nothing when all parts are known. */
static void say_rest(struct why *w)
{
    int left = PART_COUNT - w->parts.known;

    why_separate(w);
    buf_str(&w->text, left ? "" : "none of the parts that the log counts");
    for (int p = 0; p < PART_COUNT; p++) {
        if (w->parts.tokens[p].known)
            continue;
        buf_str(&w->text, input_part_names[p]);
        left--;
        buf_str(&w->text, left > 1 ? ", " : left == 1 ? " or " : "");
    }
}

static enum err say_missing_parts(struct why *w, uint32_t depth, bool too_many, int64_t input,
                                  struct error *err)
{
    struct row *row = why_row(w, section, depth, SV("its parts"));

    why_mark(row, "missing");
    if (too_many) {
        buf_str(&w->text, "the parts that the log counts are more than the input: ");
        words_count(&w->text, w->parts.sum);
        buf_str(&w->text, " of ");
        words_count(&w->text, input);
        buf_str(&w->text, " tok");
    } else {
        buf_str(&w->text,
                "the log does not count system, history, retrieval, tools and user apart");
    }
    return why_end(w, row, err);
}

/* The parts below the input's row. line: their tokens, price and amount, if all cost the same. */
static enum err add_parts(struct why *w, uint32_t depth, int64_t input, const struct line *line,
                          int64_t whole, int decimals, struct error *err)
{
    int64_t tokens[PART_COUNT + 1], amounts[PART_COUNT + 1];
    int order[PART_COUNT + 1];
    size_t n = 0;
    enum err rc = OK;

    if (!w->parts.known || w->parts.sum > input)
        return say_missing_parts(w, depth, w->parts.known > 0, input, err);
    for (int p = 0; p < PART_COUNT; p++)
        if (w->parts.tokens[p].known) {
            order[n] = p;
            tokens[n++] = w->parts.tokens[p].v;
        }
    if (input > w->parts.sum) {
        order[n] = PART_COUNT;
        tokens[n++] = input - w->parts.sum;
    }
    if (line)
        divide(line->nusd, tokens, n, amounts);
    for (size_t i = 0; i < n && !rc; i++) {
        bool rest = order[i] == PART_COUNT;
        struct line part = {rest ? "the rest" : input_part_names[order[i]], tokens[i],
                            line ? line->price : CALL_MISSING, line ? amounts[i] : CALL_MISSING};
        struct row *row = add_line(w, depth, &part, whole, decimals);

        if (row && !rest)
            compare_part(w, row, order[i]);
        say_line(w, &part);
        if (rest)
            say_rest(w);
        rc = why_end(w, row, err);
    }
    return rc;
}

/* ---- one call ----------------------------------------------------------------------------- */

/* Input or output: a row, and below it the classes of tokens that have a price of their own. */
struct side {
    const char *item;
    enum bill_part first, last;
    enum peer_measure measure;
    int64_t tokens; /* as logged */
};

static int classes_of(const struct bill *b, const struct side *s)
{
    int n = 0;

    for (int l = s->first; l <= (int)s->last; l++)
        n += b->lines[l].tokens != 0;
    return n;
}

static enum err add_classes(struct why *w, uint32_t depth, const struct side *s,
                            const struct bill *b, int64_t whole, int decimals, struct error *err)
{
    enum err rc = OK;

    for (int l = s->first; l <= (int)s->last && !rc; l++) {
        const struct bill_line *line = &b->lines[l];
        struct line shown = {l == BILL_INPUT ? "not cached" : bill_part_names[l], line->tokens,
                             line->nusd_per_mtok, line->amount_nusd};

        if (line->tokens) {
            struct row *row = add_line(w, depth, &shown, whole, decimals);

            say_line(w, &shown);
            rc = why_end(w, row, err);
        }
    }
    return rc;
}

/* The side as one line; its price where all its tokens have the same. */
static struct line whole_side(const struct side *s, const struct money *m)
{
    struct line out = {s->item, s->tokens, CALL_MISSING, CALL_MISSING};

    if (!m->itemised || m->cached)
        return out;
    out.tokens = out.nusd = 0;
    for (int l = s->first; l <= (int)s->last; l++) {
        out.tokens += m->bill.lines[l].tokens;
        out.nusd += m->bill.lines[l].amount_nusd;
        if (m->bill.lines[l].tokens)
            out.price = m->bill.lines[l].nusd_per_mtok;
    }
    if (classes_of(&m->bill, s) > 1)
        out.price = CALL_MISSING;
    return out;
}

static void say_reasoning(struct why *w, const struct trace_node *n, const struct side *s)
{
    int64_t reasoning = n->call->v[F_REASONING_TOKENS];

    if (s->first != BILL_OUTPUT || !known(reasoning) || !reasoning)
        return;
    why_separate(w);
    buf_str(&w->text, "of these reasoning ");
    words_count(&w->text, reasoning);
}

static enum err add_side(struct why *w, uint32_t depth, const struct trace_node *n,
                         const struct side *s, const struct money *m, bool with_parts,
                         int64_t whole, int decimals, struct error *err)
{
    struct line line = whole_side(s, m);
    bool classes = m->itemised && !m->cached && classes_of(&m->bill, s) > 1;
    struct row *row;
    enum err rc;

    if (!known(line.tokens) || (!line.tokens && !with_parts))
        return OK;
    row = add_line(w, depth, &line, whole, decimals);
    why_compare(w, row, n, s->measure, UNIT_TOKENS, s->tokens, false);
    say_line(w, &line);
    say_reasoning(w, n, s);
    rc = why_end(w, row, err);
    if (!rc && classes)
        rc = add_classes(w, depth + 1, s, &m->bill, whole, decimals, err);
    if (!rc && with_parts && line.tokens)
        rc = add_parts(w, depth + 1, line.tokens, !classes && known(line.nusd) ? &line : NULL,
                       whole, decimals, err);
    return rc;
}

/* What the log says that a call cost, and the prices do not explain. */
static enum err add_difference(struct why *w, uint32_t depth, const struct money *m, int64_t whole,
                               int decimals, struct error *err)
{
    bool all = !m->itemised;
    struct line line = {all ? "as logged" : "not by these prices", CALL_MISSING, CALL_MISSING,
                        m->cost};
    struct row *row;

    if (m->cached || !known(m->cost))
        return OK;
    if (!all && __builtin_sub_overflow(m->cost, m->bill.cost_nusd, &line.nusd))
        line.nusd = m->cost < 0 ? -INT64_MAX : INT64_MAX;
    if (!line.nusd)
        return OK;
    row = add_line(w, depth, &line, whole, decimals);
    if (all) {
        buf_str(&w->text, m->row ? "the log gives the sum alone"
                                 : "the log gives the sum alone, and no price row is known for it");
    } else {
        buf_str(&w->text, "the log says ");
        words_money(&w->text, m->cost);
        buf_str(&w->text, ", the prices come to ");
        words_money(&w->text, m->bill.cost_nusd);
    }
    return why_end(w, row, err);
}

static enum err add_lines(struct why *w, uint32_t depth, const struct trace_node *n,
                          const struct money *m, int64_t whole, int decimals, struct error *err)
{
    const struct side sides[] = {
        {"input",  BILL_INPUT,  BILL_AUDIO_INPUT,  PEER_INPUT_TOKENS,  n->call->v[F_INPUT_TOKENS] },
        {"output", BILL_OUTPUT, BILL_AUDIO_OUTPUT, PEER_OUTPUT_TOKENS, n->call->v[F_OUTPUT_TOKENS]},
    };
    enum err rc = OK;

    for (size_t i = 0; i < ARRAY_LEN(sides) && !rc; i++)
        rc = add_side(w, depth, n, &sides[i], m, i == 0, whole, decimals, err);
    return rc ? rc : add_difference(w, depth, m, whole, decimals, err);
}

static void need_lines(struct decimals *d, const struct why *w, const struct money *m)
{
    int64_t tokens[PART_COUNT + 1], amounts[PART_COUNT + 1];
    const struct bill_line *input = &m->bill.lines[BILL_INPUT];
    size_t n = 0;

    if (known(m->cost))
        need(d, m->cost);
    for (int l = 0; l < BILL_COUNT && m->itemised; l++)
        need(d, m->bill.lines[l].amount_nusd);
    if (!m->itemised || w->parts.sum > input->tokens)
        return;
    for (int p = 0; p < PART_COUNT; p++)
        if (w->parts.tokens[p].known)
            tokens[n++] = w->parts.tokens[p].v;
    tokens[n++] = input->tokens - w->parts.sum;
    divide(input->amount_nusd, tokens, n, amounts);
    for (size_t i = 0; i < n; i++)
        need(d, amounts[i]);
}

/* ---- several calls ------------------------------------------------------------------------ */

static enum err add_call(struct why *w, uint32_t node, bool open, int decimals, struct error *err)
{
    const struct trace_node *n = &w->t->nodes[node];
    struct money m = money_of(w, n);
    struct row *row;
    enum err rc;

    row = why_row(w, section, 1, n->name.n ? n->name : SV("call"));
    if (row && known(m.cost)) {
        why_money(w, row, m.cost, decimals);
        why_share(row, m.cost, w->sums.cost_nusd);
        why_compare(w, row, n, PEER_COST_NUSD, UNIT_NUSD, m.cost, false);
    } else if (row) {
        why_mark(row, "missing");
    }
    why_separate(w);
    why_name(w, n);
    rc = why_end(w, row, err);
    return rc || !open ? rc : add_lines(w, 2, n, &m, w->sums.cost_nusd, decimals, err);
}

static enum err add_other_calls(struct why *w, size_t from, int decimals, struct error *err)
{
    struct trace_sums rest = {0};
    struct row *row = why_row(w, section, 1, SV("other calls"));

    for (size_t i = from; i < w->n_calls; i++)
        trace_sums_add(&rest, &w->t->nodes[w->calls[i]].own);
    if (row && rest.cost_n) {
        why_money(w, row, rest.cost_nusd, decimals);
        why_share(row, rest.cost_nusd, w->sums.cost_nusd);
    }
    words_count(&w->text, rest.calls);
    buf_str(&w->text, " calls (--all)");
    return why_end(w, row, err);
}

static enum err add_calls(struct why *w, int decimals, struct error *err)
{
    size_t most = (size_t)w->spec->calls;
    size_t shown = most && w->n_calls > most ? most : w->n_calls;
    enum err rc = OK;

    for (size_t i = 0; i < shown && !rc; i++)
        rc = add_call(w, w->calls[i], i == 0, decimals, err);
    return rc || shown == w->n_calls ? rc : add_other_calls(w, shown, decimals, err);
}

/* ---- the price ---------------------------------------------------------------------------- */

static void add_price(struct why *w, const char *name, struct maybe_i64 nusd)
{
    if (!nusd.known)
        return;
    why_separate(w);
    buf_printf(&w->text, "%s ", name);
    words_money(&w->text, nusd.v);
}

static enum err add_price_row(struct why *w, const struct money *m, struct error *err)
{
    const struct price_row *p = m->row;
    struct row *row;

    if (!p)
        return OK;
    row = why_row(w, section, 1, SV("price row"));
    why_mark(row, "derived");
    if (row)
        row->cells[WHY_VALUE] = cell_int(m->price_id);
    buf_sv(&w->text, p->provider);
    buf_str(&w->text, p->provider.n ? " " : "");
    buf_sv(&w->text, p->model);
    if (p->service_tier.n)
        buf_printf(&w->text, " (%.*s)", SV_FMT(p->service_tier));
    buf_printf(&w->text, ", %s", price_origin_names[p->origin]);
    if (p->from_us.known) {
        buf_str(&w->text, ", from ");
        words_time(&w->text, w->spec->zone, p->from_us.v);
    }
    if (p->until_us.known) {
        buf_str(&w->text, ", until ");
        words_time(&w->text, w->spec->zone, p->until_us.v);
    }
    if (m->itemised && m->bill.above_tokens) {
        buf_str(&w->text, ", for requests above ");
        words_count(&w->text, m->bill.above_tokens);
        buf_str(&w->text, " tok");
    }
    buf_str(&w->text, " \xC2\xB7 per million tokens");
    add_price(w, "input", p->price[PRICE_INPUT]);
    add_price(w, "output", p->price[PRICE_OUTPUT]);
    add_price(w, "cache read", p->price[PRICE_CACHE_READ]);
    return why_end(w, row, err);
}

/* What a call without a cost lacks. */
static enum err add_lack(struct why *w, const struct trace_node *n, struct error *err)
{
    struct pricing *pricing;
    struct priced priced = {.lack = LACK_MODEL};
    struct row *row;
    enum err rc = OK;

    if (!w->spec->book)
        return OK;
    pricing = arena_alloc(&w->arena, sizeof(*pricing));
    if (!pricing)
        return error_set(err, ERR_NOMEM, "out of memory for the prices");
    pricing_init(pricing, w->s, w->spec->book);
    rc = pricing_call(pricing, n->call->v, &priced, err);
    if (rc)
        return rc;
    row = why_row(w, section, 1, SV("price row"));
    why_mark(row, "missing");
    if (priced.lack == PRICED)
        buf_str(&w->text, "there is one now: llmobs price recompute");
    else
        buf_printf(&w->text, "%s: llmobs price add", price_lack_words[priced.lack]);
    return why_end(w, row, err);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static void say_whole(struct why *w, const struct money *m)
{
    if (w->n_calls)
        why_separate(w);
    if (w->n_calls > 1) {
        words_count(&w->text, (int64_t)w->n_calls);
        buf_str(&w->text, " calls");
    }
    if (m->cached && w->n_calls == 1)
        buf_str(&w->text, "a cache answered: nothing to pay");
    else if (w->n_calls == 1 && known(m->given) && m->itemised && m->bill.cost_nusd == m->given)
        buf_str(&w->text, "as logged and by the prices");
    else if (w->n_calls == 1 && known(m->given))
        buf_str(&w->text, "as logged");
    else if (w->n_calls == 1 && known(m->cost))
        buf_str(&w->text, "by the prices; the log does not say");
    else if (w->n_calls == 1 && !w->sums.unpriced)
        buf_str(&w->text, "it failed, and the log counts no tokens");
    if (w->sums.unpriced) {
        why_separate(w);
        words_count(&w->text, w->sums.unpriced);
        buf_str(&w->text, w->sums.unpriced == 1 ? " call has no price" : " calls have no price");
    }
}

static enum err add_first_row(struct why *w, const struct money *m, int decimals, struct error *err)
{
    struct row *row = why_row(w, section, 0, SV("cost"));

    if (!row)
        return why_end(w, row, err);
    if (!w->n_calls)
        buf_str(&w->text, "no call with tokens in it: nothing to pay for");
    if (w->sums.cost_n)
        why_money(w, row, w->sums.cost_nusd, decimals);
    else
        why_mark(row, "missing");
    row->lower_bound = row->cells[WHY_COST].lower_bound = w->sums.cost_n && w->sums.unpriced;
    if (w->n_calls == 1)
        why_compare(w, row, &w->t->nodes[w->calls[0]], PEER_COST_NUSD, UNIT_NUSD, m->cost, true);
    say_whole(w, m);
    return why_end(w, row, err);
}

enum err why_add_cost(struct why *w, struct error *err)
{
    const struct trace_node *first = w->n_calls ? &w->t->nodes[w->calls[0]] : NULL;
    struct money m = first ? money_of(w, first) : (struct money){.cost = CALL_MISSING};
    struct decimals d = {2};
    enum err rc;

    need(&d, w->sums.cost_nusd);
    for (size_t i = 0; i < w->n_calls; i++)
        need(&d, w->t->nodes[w->calls[i]].own.cost_nusd);
    if (first)
        need_lines(&d, w, &m);
    rc = add_first_row(w, &m, d.n, err);
    if (!first)
        return rc;
    if (!rc)
        rc = w->n_calls == 1 ? add_lines(w, 1, first, &m, w->sums.cost_nusd, d.n, err)
                             : add_calls(w, d.n, err);
    if (!rc)
        rc = add_price_row(w, &m, err);
    if (!rc && first->own.unpriced)
        rc = add_lack(w, first, err);
    return rc;
}
