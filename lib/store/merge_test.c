/* merge_test: rank and fold, worked by hand from the rule; order must not matter. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "store/merge.h"

#define NONE INT64_MIN

/* Ids stand for texts in reverse: id 9 is "a", id 1 is "i". */
static int compare_reversed(void *ctx, int column, int64_t a, int64_t b)
{
    (void)ctx;
    (void)column;
    return a < b ? 1 : -(a > b);
}

static const struct merge_order order = {compare_reversed, NULL};

struct fields {
    int64_t output, started, input, feature, flags;
};

static struct call_row row_of(const struct fields *f)
{
    static const int columns[] = {F_OUTPUT_TOKENS, F_STARTED_US, F_INPUT_TOKENS, F_FEATURE,
                                  F_FLAGS};
    const int64_t values[] = {f->output, f->started, f->input, f->feature, f->flags};
    struct call_row row = {0};

    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        if (values[i] != NONE)
            call_row_set(&row, columns[i], values[i]);
    return row;
}

static int64_t value(const struct call_row *row, int column)
{
    return call_row_has(row, column) ? row->v[column] : NONE;
}

/* The first of each pair wins. */
static const struct {
    const char *name;
    struct fields winner, loser;
} ranks[] = {
    {"more output tokens",        {20, 1, NONE, NONE, NONE},  {10, 9, 5, 1, 1}      },
    {"zero output beats missing", {0, 1, NONE, NONE, NONE},   {NONE, 9, 5, 1, 1}    },
    {"then the later start",      {10, 2, NONE, NONE, NONE},  {10, 1, 5, 1, 1}      },
    {"a start beats none",        {10, -5, NONE, NONE, NONE}, {10, NONE, 5, 1, 1}   },
    {"then the smaller text",     {10, 1, NONE, 9, NONE},     {10, 1, 7, 1, NONE}   },
    {"a text beats none",         {10, 1, NONE, 1, NONE},     {10, 1, 7, NONE, NONE}},
    {"then the larger number",    {10, 1, 8, 1, NONE},        {10, 1, 7, 1, NONE}   },
    {"a flag beats none",         {10, 1, 8, 1, 1},           {10, 1, 8, 1, NONE}   },
};

Test(merge, rank)
{
    for (size_t i = 0; i < ARRAY_LEN(ranks); i++) {
        struct call_row a = row_of(&ranks[i].winner), b = row_of(&ranks[i].loser);

        cr_expect(merge_rank(&a, &b, &order) < 0, "%s", ranks[i].name);
        cr_expect(merge_rank(&b, &a, &order) > 0, "%s, the other way round", ranks[i].name);
        cr_expect(merge_rank(&a, &a, &order) == 0, "%s, itself", ranks[i].name);
        cr_expect(merge_same(&a, &b) == false, "%s", ranks[i].name);
    }
}

Test(merge, same_looks_at_what_logs_fill_only)
{
    struct call_row a = row_of(&(struct fields){1, 2, 3, 4, 5}), b = a;

    call_row_set(&b, C_SOURCE_LINE, 7);
    call_row_set(&b, C_SHADOWED, 1);
    cr_expect(merge_same(&a, &b));
    call_row_set(&b, C_SESSION_KEY, 7);
    cr_expect(merge_same(&a, &b) == false);
    call_row_set(&a, C_SESSION_KEY, 8);
    cr_expect(merge_same(&a, &b) == false);
}

Test(merge, fold_completes_the_winner)
{
    struct call_row rows[] = {
        row_of(&(struct fields){10, 5, 100, 3, 1}),
        row_of(&(struct fields){20, NONE, NONE, NONE, 4}),
        row_of(&(struct fields){20, 7, NONE, 2, NONE}),
    };
    struct call_row *sorted[] = {&rows[0], &rows[1], &rows[2]};
    struct call_row out;

    merge_sort(sorted, 3, &order);
    cr_expect(sorted[0] == &rows[2] && sorted[1] == &rows[1] && sorted[2] == &rows[0]);
    merge_fold(sorted, 3, &out);
    cr_expect(eq(i64, value(&out, F_OUTPUT_TOKENS), 20));
    cr_expect(eq(i64, value(&out, F_STARTED_US), 7));
    cr_expect(eq(i64, value(&out, F_INPUT_TOKENS), 100));
    cr_expect(eq(i64, value(&out, F_FEATURE), 2));
    cr_expect(eq(i64, value(&out, F_FLAGS), 5), "flags are or-ed");
    cr_expect(eq(i64, value(&out, F_LATENCY_US), NONE));
    cr_expect(merge_useless(sorted, 0) == false);
    cr_expect(merge_useless(sorted, 1), "its one field is the winner's, flags apart");
    cr_expect(merge_useless(sorted, 2) == false, "it alone has the input tokens");
}

Test(merge, fold_of_one_and_without_flags)
{
    struct call_row row = row_of(&(struct fields){NONE, NONE, 3, NONE, NONE}), out;
    struct call_row *sorted[] = {&row};

    merge_sort(sorted, 1, &order);
    merge_fold(sorted, 1, &out);
    cr_expect(merge_same(&row, &out));
    cr_expect(eq(i64, value(&out, F_FLAGS), NONE));
    cr_expect(merge_useless(sorted, 0) == false, "the winner stays even when it is empty");
}

/* All orders of four random rows, dropping useless ones on the way or not, give one fold. */
Test(merge, order_does_not_matter)
{
    uint64_t random = 1;

    for (int round = 0; round < 500; round++) {
        struct call_row rows[4], want, out;
        struct call_row *sorted[4];
        for (int i = 0; i < 4; i++) {
            int64_t v[5];
            for (int k = 0; k < 5; k++) {
                random = hash_mix(random + 0x9e3779b97f4a7c15);
                v[k] = random % 4 ? (int64_t)(random >> 8 & 3) : NONE;
            }
            rows[i] = row_of(&(struct fields){v[0], v[1], v[2], v[3], NONE});
        }
        for (int p = 0; p < 24; p++) {
            int left[4] = {0, 1, 2, 3}, n = 4, code = p;
            for (int i = 0; i < 4; i++) {
                int at = code % n;
                code /= n;
                sorted[i] = &rows[left[at]];
                left[at] = left[--n];
            }
            /* As records arrive: sort what is there, drop what gives nothing. */
            struct call_row *kept[4];
            size_t n_kept = 0;
            for (int i = 0; i < 4; i++) {
                kept[n_kept++] = sorted[i];
                merge_sort(kept, n_kept, &order);
                for (size_t k = n_kept; k-- > 1;)
                    if (merge_useless(kept, k))
                        memmove(&kept[k], &kept[k + 1], (--n_kept - k) * sizeof(*kept));
            }
            merge_fold(kept, n_kept, &out);
            if (p == 0)
                want = out;
            cr_assert(merge_same(&want, &out), "round %d, order %d", round, p);
            merge_sort(sorted, 4, &order);
            merge_fold(sorted, 4, &out);
            cr_assert(merge_same(&want, &out), "round %d, order %d, nothing dropped", round, p);
        }
    }
}
