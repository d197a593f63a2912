/* run_blocks_test: entries come back as they went in, whatever their distances. */
#include "store/run_blocks.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include "base/hash.h"

static struct store *s;

static void setup(void)
{
    struct error err = {0};

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
}

static void teardown(void)
{
    store_close(s);
}

TestSuite(run_blocks, .init = setup, .fini = teardown);

Test(run_blocks, rows_of_runs)
{
    static const struct {
        bool large;
        int64_t row, number, first;
    } cases[] = {
        {false, 1,      0,  1     },
        {false, 4096,   0,  1     },
        {false, 4097,   1,  4097  },
        {true,  65536,  0,  1     },
        {true,  65537,  1,  65537 },
        {false, 65537,  16, 65537 },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct run r = run_of(RUN_KEYS, cases[i].large, cases[i].row);

        cr_expect(r.number == cases[i].number && run_first(&r) == cases[i].first, "%zu", i);
        cr_expect(run_row(&r, UINT64_C(77) << RUN_LARGE_BITS | run_place(cases[i].row)) ==
                      cases[i].row,
                  "%zu", i);
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static int64_t rows_of_id_run(void)
{
    int64_t n = 0;
    struct error err = {0};

    cr_assert(store_pragma(s, "SELECT count(*) FROM id_run", &n, &err) == OK, "%s", err.msg);
    return n;
}

/* n entries, `bits` of which are drawn, sorted. */
static uint64_t *draw(size_t n, unsigned bits)
{
    uint64_t *v = malloc((n + 1) * sizeof(*v));

    for (size_t i = 0; i < n; i++)
        v[i] = bits ? hash_mix(i + bits) >> (64 - bits) : 0;
    qsort(v, n, sizeof(*v), compare);
    return v;
}

/* Blocks by hand: (16,300 - 9) bytes / width, for entries that are close enough for it. */
Test(run_blocks, come_back)
{
    static const struct {
        const char *name;
        size_t n;
        unsigned bits;
        int64_t blocks; /* the directory included; 0: depends on what was drawn */
    } cases[] = {
        {"none",                    0,       0,  1 },
        {"one",                     1,       64, 2 },
        {"all alike: a byte each",  40000,   0,  4 },
        {"two bytes each",          40000,   16, 0 },
        {"a full block of 8 bytes", 2036,    64, 2 },
        {"one more than fits",      2037,    64, 0 },
        {"keys of a large run",     262144,  46, 82}, /* 3,258 of 5 bytes in a block */
        {"the most there is",       1048576, 64, 0 },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct run r = run_of(RUN_CALLS, true, 1 + (int64_t)i * RUN_LARGE_ROWS);
        uint64_t *v = draw(cases[i].n, cases[i].bits);
        int64_t before = rows_of_id_run();
        struct run_entries back = {0};
        struct error err = {0};
        bool whole = false;

        cr_assert(run_put(s, &r, v, cases[i].n, &err) == OK, "%s: %s", cases[i].name, err.msg);
        cr_expect(!cases[i].blocks || rows_of_id_run() - before == cases[i].blocks, "%s: %lld",
                  cases[i].name, (long long)(rows_of_id_run() - before));
        cr_assert(run_read(s, &r, &back, &whole, &err) == OK, "%s: %s", cases[i].name, err.msg);
        cr_expect(whole && back.n == cases[i].n &&
                      (!back.n || memcmp(back.v, v, back.n * sizeof(*v)) == 0),
                  "%s", cases[i].name);
        run_entries_release(&back);
        free(v);
    }
}

Test(run_blocks, the_first_that_is_not_below)
{
    static const uint64_t v[] = {10, 20, 20, 30};
    struct run r = run_of(RUN_SPANS, false, 1);
    struct run_block b;
    struct error err = {0};

    cr_assert(run_put(s, &r, v, ARRAY_LEN(v), &err) == OK, "%s", err.msg);
    cr_assert(run_block_get(s, &r, 0, &b, &err) == OK, "%s", err.msg);
    cr_expect(run_block_from(&b, 0) == 0);
    cr_expect(run_block_from(&b, 11) == 1);
    cr_expect(run_block_from(&b, 20) == 1);
    cr_expect(run_block_from(&b, 30) == 3);
    cr_expect(run_block_from(&b, 31) == 4);
    /* 20 may stand at the end of the first block, too */
    cr_expect(run_directory_from((const uint64_t[]){10, 20, 30}, 3, 20) == 0);
    cr_expect(run_directory_from((const uint64_t[]){10, 20, 30}, 3, 21) == 1);
    cr_expect(run_directory_from((const uint64_t[]){10, 20, 30}, 3, 5) == 0);
    cr_expect(run_block_get(s, &r, 1, &b, &err) == ERR_DB, "there is no second one");
}

/* Sorting is by fingerprint alone and keeps the order of what is alike. */
Test(run_blocks, sorting)
{
    enum { N = 5000 };
    uint64_t *v = malloc(N * sizeof(*v)), *wanted = malloc(N * sizeof(*v));
    uint64_t *room = malloc(N * sizeof(*v));

    for (uint64_t i = 0; i < N; i++)
        v[i] = wanted[i] = hash_mix(i) >> 56 << 40 | i; /* places in order */
    qsort(wanted, N, sizeof(*wanted), compare);
    run_entries_sort(v, N, room);
    cr_expect(memcmp(v, wanted, N * sizeof(*v)) == 0);
    run_entries_sort(v, 0, room);
    free(v);
    free(wanted);
    free(room);
}
