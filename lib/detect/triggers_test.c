#include "detect/triggers.h"

#include <criterion/criterion.h>

static const char *const texts[] = {"ghp_", "ignore", "\xE5\xBF\xBD\xE7\x95\xA5", "sk-"};

static void fill(struct filter *f)
{
    *f = (struct filter){0};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        filter_add(f, sv_from(texts[i]), 2 + (unsigned)i, i == 0);
    filter_add_digits(f, 0);
    filter_add_at(f, 1);
}

/* Whatever the machine has gives what the plain loop gives: two blocks at once and one by one,
 * which different instructions look at. */
Test(triggers, same_as_portable)
{
    struct filter f;
    char bytes[4096 + FILTER_BLOCK + 3];
    uint64_t x = 1;

    fill(&f);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (char)(x >> 56);
    }
    memcpy(bytes + 100, "please IGNORE it, ghp_1", 23);
    for (size_t i = 0; i < FILTER_BLOCK; i++) {
        uint16_t got[254], single[254], want[254];

        filter_blocks(&f, bytes + 1 + i, 254, got);
        filter_blocks_portable(&f, bytes + 1 + i, 254, want);
        for (size_t b = 0; b < 254; b++)
            filter_blocks(&f, bytes + 1 + i + b * FILTER_BLOCK, 1, single + b);
        cr_assert_arr_eq(got, want, sizeof(got), "%zu", i);
        cr_assert_arr_eq(single, want, sizeof(single), "%zu", i);
    }
}

static const struct {
    const char *text; /* a byte before, 16 of a block, 3 behind it */
    unsigned want;
} blocks[] = {
    {" IGNORE          xyz",                   1      },
    {"xIGNORE          xyz",                   0      },
    {"\nIGNORE          xyz",                  1      },
    {"       \xE5\xBF\xBD\xE7\x95\xA5       ", 1 << 6 },
    {" xghp_            xyz",                  1 << 1 },
    {"        a@b         ",                   1 << 8 },
    {"              42    ",                   1 << 13},
    {"               sk-  ",                   1 << 14},
    {"                sk-a",                   1 << 15},
    {" a text of nothing -",                   0      },
};

Test(triggers, blocks)
{
    struct filter f;
    uint16_t passed;

    fill(&f);
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        filter_blocks(&f, blocks[i].text + 1, 1, &passed);
        cr_expect_eq(passed, blocks[i].want, "%s: %x", blocks[i].text, passed);
    }
}
