#include "stats/ngram_vector.h"

#include "base/arena.h"
#include "stats/test_golden.h"

/* The published value of FNV-1a for "abc" is e71fa2190541574b, to which finish() is applied; by a
 * program in Python. */
Test(ngram_vector, hash)
{
    cr_expect_eq(ngram_hash("abc", 3), UINT64_C(0x33ebaf9927cbc5bd));
}

/* " a " has one 3-gram: a coordinate of 1 or -1, by the hash's last bit 63. */
Test(ngram_vector, shortest)
{
    double v[7] = {0};
    struct error err = {0};
    uint64_t h = ngram_hash(" a ", 3);

    cr_expect_eq(ngram_vector(SV(""), 7, v, &err), ERR_EMPTY);
    cr_expect_eq(ngram_vector(SV_NONE, 7, v, &err), ERR_EMPTY);
    cr_expect_eq(ngram_vector(SV(" \t\r\n"), 7, v, &err), ERR_EMPTY);
    cr_expect_str_eq(err.msg, "a text without words has no vector");
    cr_assert_eq(ngram_vector(SV("a"), 7, v, NULL), OK);
    for (size_t k = 0; k < 7; k++)
        cr_expect_eq(v[k], k == h % 7 ? (h >> 63 ? 1 : -1) : 0, "%zu", k);
}

Test(ngram_vector, the_same_words_are_the_same)
{
    double a[NGRAM_VECTOR_DIM], b[NGRAM_VECTOR_DIM], length = 0;

    cr_assert_eq(ngram_vector(SV("Hello  WORLD\n"), NGRAM_VECTOR_DIM, a, NULL), OK);
    cr_assert_eq(ngram_vector(SV("\v hello world"), NGRAM_VECTOR_DIM, b, NULL), OK);
    for (size_t k = 0; k < NGRAM_VECTOR_DIM; k++) {
        cr_expect_eq(a[k], b[k]);
        length += a[k] * a[k];
    }
    cr_expect_float_eq(length, 1, 1e-14);
    cr_expect_eq(ngram_vector(SV("\0\xff\0\xfe"), NGRAM_VECTOR_DIM, a, NULL), OK,
                 "bytes are bytes");
}

/* A program in Python with numpy 1.24. */
Test(ngram_vector, golden)
{
    struct golden g = {0};
    struct arena arena = {0};

    GOLDEN_OPEN(&g, "golden/text_hash_embedding.json");
    while (golden_next(&g)) {
        struct sv text = json_text(&g.doc, golden_ref(&g, "input"), &arena);
        size_t dim = (size_t)golden_number(&g, "params/d");
        double v[64];

        if (!golden_missing(&g, "expect/mixed_hex")) {
            char hex[17];

            snprintf(hex, sizeof(hex), "%016llx", (unsigned long long)ngram_hash(text.p, text.n));
            cr_expect(sv_is(json_raw(&g.doc, golden_ref(&g, "expect/mixed_hex")), hex), "%s", hex);
        } else if (golden_missing(&g, "expect")) {
            cr_expect_eq(ngram_vector(text, dim, v, NULL), ERR_EMPTY, "%s", golden_name(&g));
        } else {
            cr_assert_eq(ngram_vector(text, dim, v, NULL), OK, "%s", golden_name(&g));
            golden_check_array(&g, "expect", v, dim);
        }
    }
    cr_expect_gt(g.n, 10);
    arena_release(&arena);
    golden_close(&g);
}
