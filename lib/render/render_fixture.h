/* render_fixture: tables and a sink for the tests of the renderers. */
#ifndef LLMOBS_RENDER_FIXTURE_H
#define LLMOBS_RENDER_FIXTURE_H

#include <criterion/criterion.h>

#include "render/render.h"

/* A sink that collects all and counts the pieces; it refuses to hold more than `limit` bytes (0: no
 * limit). */
struct collector {
    struct buf buf;
    size_t pieces;
    size_t limit;
};

__attribute__((unused)) static bool collect(void *ctx, const char *p, size_t n)
{
    struct collector *c = ctx;

    if (c->limit && c->buf.n + n > c->limit)
        return false;
    c->pieces++;
    buf_add(&c->buf, p, n);
    return true;
}

/* What the renderer of that name makes of the table; release it. */
__attribute__((unused)) static struct buf rendered(const char *name, const struct table *t,
                                                   struct render_options o)
{
    struct collector c = {0};
    struct sink sink = {collect, &c};
    struct error err = {0};
    enum err rc = renderer_find(name)->render(t, &o, &sink, &err);

    cr_assert(rc == OK, "%s: %s", name, err.msg);
    cr_assert(!c.buf.failed);
    buf_str(&c.buf, "");
    return c.buf;
}

__attribute__((unused)) static void expect_text(struct buf *got, const char *want, const char *what)
{
    cr_expect(got->n == strlen(want) && memcmp(got->p, want, got->n) == 0,
              "%s: wanted\n%s\ngot\n%s", what, want, got->p);
    buf_release(got);
}

__attribute__((unused)) static struct column *add_column(struct table *t, const char *key,
                                                         const char *title, enum unit unit)
{
    struct column *c = table_add_column(t, key, title, unit);

    cr_assert(c);
    c->in_text = c->in_data = true;
    return c;
}

__attribute__((unused)) static struct column *add_dimension(struct table *t, const char *key)
{
    struct column *c = add_column(t, key, key, UNIT_NONE);

    c->dimension = true;
    return c;
}

__attribute__((unused)) static void add_row(struct table *t, const struct cell *cells)
{
    struct row *r = table_add_row(t);

    cr_assert(r);
    memcpy(r->cells, cells, t->n_columns * sizeof(*cells));
}

/* One text column "name" with the given texts, one row each. */
__attribute__((unused)) static void names_table(struct table *t, const struct sv *names, size_t n)
{
    add_dimension(t, "name");
    for (size_t i = 0; i < n; i++)
        add_row(t, (struct cell[]){cell_text(names[i])});
}

__attribute__((unused)) static struct cell at_least(int64_t v)
{
    struct cell c = cell_int(v);

    c.lower_bound = true;
    return c;
}

__attribute__((unused)) static struct cell few_values(int64_t v)
{
    struct cell c = cell_int(v);

    c.small_n = true;
    return c;
}

/* A small report: two groups, one without a name, "(other)" and totals; missing values, lower
 * bounds and a figure of few values. */
__attribute__((unused)) static void sample_table(struct table *t)
{
    static const char *by[] = {"feature"};
    static const char *filters[] = {"status=ok"};
    const struct cell missing = {0};

    add_dimension(t, "feature");
    add_column(t, "calls", "calls", UNIT_COUNT);
    add_column(t, "error_rate", "err", UNIT_RATE)->drop = 1;
    add_column(t, "latency_p95_us", "p95", UNIT_US)->drop = 2;
    add_column(t, "input_tokens", "in", UNIT_TOKENS)->drop = 3;
    add_column(t, "cost_usd", "cost", UNIT_NUSD)->also_key = "cost_nusd";
    add_row(t, (struct cell[]){cell_text(SV("support")), cell_int(8112), cell_real(0.012),
                               cell_int(7900000), cell_int(41200000),
                               cell_int(INT64_C(182140000000))});
    add_row(t, (struct cell[]){missing, cell_int(964), cell_real(0.031), few_values(24100000),
                               cell_int(18300000), at_least(INT64_C(66400000001))});
    add_row(t, (struct cell[]){missing, cell_int(4970), cell_real(0.004), missing,
                               cell_int(9700000), cell_int(INT64_C(41020000000))});
    add_row(t, (struct cell[]){missing, cell_int(14046), cell_real(0.01), cell_int(8300000),
                               cell_int(69200000), at_least(INT64_C(289560000001))});
    t->rows[1].lower_bound = true;
    t->rows[2].kind = ROW_OTHER;
    t->totals = (struct row){.cells = t->rows[--t->n_rows].cells, .lower_bound = true};
    t->total_calls = 14046;
    t->verb = "report";
    t->view = "overview";
    t->db = "llmobs.db";
    t->tz = "Europe/Berlin";
    t->window_text = "2026-11-14 .. 2026-11-20";
    t->since_known = t->until_known = true;
    t->since_us = INT64_C(1794610800000000); /* date -d '2026-11-14 00:00 +01:00' +%s */
    t->until_us = INT64_C(1795215600000000); /* seven days on */
    t->by = by;
    t->n_by = 1;
    t->filters = filters;
    t->n_filters = 1;
    cr_assert(table_add_fact(t, "calls_without_time", cell_int(3)));
    cr_assert(table_warn(t, "112 calls of 1 model are unpriced"));
    cr_assert(table_note(t, "sorted by calls"));
}

/* clang-format off */
/* Texts that attack what reads the output. */
static const struct sv hostile_texts[] = {
    {"a\0b", 3},
    {"\x1b]0;title\x07\x1b[2J", 12},
    {"say \"hi\", \\ or 'x'", 18},
    {"\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80", 10}, /* overlong, surrogate, too high */
    {"line\nbreak\r\ttab", 15},
    {"\xc2\x9b" "31m", 5},                           /* C1: CSI */
    {"admin\xe2\x80\xae" "txt.exe", 15},              /* U+202E turns the direction */
    {"<script>alert(1)</script>&amp;|x|", 33},
    {"=cmd|' /C calc'!A0", 18},
    {"[x](http://example.com) `a` **b** _c_", 37},
    {"", 0},
    {"\xe2\x80", 2}, /* cut off */
};
/* clang-format on */

#endif
