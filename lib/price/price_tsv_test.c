#include "price/price_tsv.h"

#include <criterion/criterion.h>
#include "price/price_book.h"

static enum err keep_last(void *ctx, const struct price_row *row, struct error *err)
{
    (void)err;
    *(struct price_row *)ctx = *row;
    return OK;
}

Test(price_tsv, a_row)
{
    static const char text[] =
        "# as of: 2026-01-02\n"
        "provider\tmodel\tmatch\tnamed_only\tmode\tinput\toutput\tcache_read\ttiers\tfrom\tnote\n"
        "acme\tm-1\tm-1|m1\tyes\tchat\t0.15\t1e1\t\t1000 0.3/2///;2000 1/////\t2026-02-03\thi\n";
    struct price_row row = {0};
    struct error err = {0};

    cr_assert_eq(price_tsv_read(sv_from(text), keep_last, &row, &err), OK, "%s", err.msg);
    cr_expect(sv_is(row.provider, "acme"));
    cr_expect(sv_is(row.match, "m-1|m1"));
    cr_expect(row.named_only);
    cr_expect_not(row.embedding);
    cr_expect_eq(row.price[PRICE_INPUT].v, 150000000);
    cr_expect_eq(row.price[PRICE_OUTPUT].v, INT64_C(10000000000));
    cr_expect_not(row.price[PRICE_CACHE_READ].known, "empty is unknown, not 0");
    cr_expect_eq(row.n_tiers, 2);
    cr_expect_eq(row.tiers[0].above_tokens, 1000);
    cr_expect_eq(row.tiers[0].price[PRICE_OUTPUT].v, INT64_C(2000000000));
    cr_expect_not(row.tiers[0].price[PRICE_CACHE_READ].known);
    cr_expect_not(row.tiers[1].price[PRICE_OUTPUT].known);
    cr_expect_eq(row.from_us.v, INT64_C(1770076800000000), "2026-02-03T00:00:00Z by date(1)");
    cr_expect_not(row.until_us.known);
    cr_expect(sv_is(price_tsv_head(sv_from(text), "as of"), "2026-01-02"));
    cr_expect_null(price_tsv_head(sv_from(text), "of").p);
}

static const struct {
    const char *name, *text, *want;
} bad[] = {
    {"unknown column",           "model\tcolour\nm\tred\n",         "line 1: unknown column 'colour'"   },
    {"no number",                "model\tinput\nm\tcheap\n",        "line 2: input: cannot be 'cheap'"  },
    {"finer than a nano-dollar", "model\tinput\nm\t0.0000000004\n",
     "line 2: input: cannot be '0.0000000004'"                                                          },
    {"below nothing",            "model\tinput\nm\t-1\n",           "line 2: input: cannot be '-1'"     },
    {"too dear",                 "model\tinput\nm\t1000001\n",      "line 2: input: cannot be '1000001'"},
    {"mode",                     "model\tmode\nm\timage\n",         "line 2: mode: cannot be 'image'"   },
    {"tiers",                    "model\ttiers\nm\t5 a/b\n",        "line 2: tiers: cannot be '5 a/b'"  },
    {"day",                      "model\tfrom\nm\tsoon\n",          "line 2: from: cannot be 'soon'"    },
    {"named",                    "model\tnamed_only\nm\tno\n",      "line 2: named_only: cannot be 'no'"},
    {"tokens",                   "model\tmax_output\nm\t-3\n",      "line 2: max_output: cannot be '-3'"},
};

Test(price_tsv, messages)
{
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct price_row row;
        struct error err = {0};

        cr_expect_eq(price_tsv_read(sv_from(bad[i].text), keep_last, &row, &err), ERR_PARSE, "%s",
                     bad[i].name);
        cr_expect_str_eq(err.msg, bad[i].want, "%s", bad[i].name);
    }
}

Test(price_tsv, the_head_and_the_program_name_one_date)
{
    struct sv date = price_tsv_head(price_tsv_built_in(), "as of");

    cr_expect(sv_is(date, price_built_in_date()), "%.*s", SV_FMT(date));
}

Test(price_tsv, tiers_and_back)
{
    static const char text[] = "1000 0.3/2///;2000 1///0.000000001/7";
    struct price_row row = {0};
    struct buf out = {0};

    cr_assert(price_parse_tiers(sv_from(text), &row));
    price_format_tiers(&row, &out);
    cr_expect_str_eq(out.p, text);
    buf_release(&out);
    cr_expect_not(price_parse_tiers(SV("1 1////;2 1////;3 1////;4 1////;5 1////;6 1////;7 1////;"
                                       "8 1////;9 1////"),
                                    &row),
                  "more than there is room for");
}
