#include <criterion/criterion.h>
#include "base/error.h"
#include "report/top.h"

Test(top, order)
{
    static const struct {
        const char *name;
        size_t most;
        bool ascending;
        uint64_t want[5];
        size_t n;
    } cases[] = {
        {"all, largest first",  0, false, {3, 1, 4, 0, 2}, 5},
        {"all, smallest first", 0, true,  {0, 1, 4, 3, 2}, 5},
        {"the first two",       2, false, {3, 1},          2},
        {"more than there are", 9, false, {3, 1, 4, 0, 2}, 5},
    };
    static const int64_t keys[] = {-5, 7, TOP_MISSING, 9, 7};

    for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
        struct top t = {.most = cases[c].most, .ascending = cases[c].ascending};

        for (uint64_t i = 0; i < ARRAY_LEN(keys); i++)
            cr_assert(top_add(&t, keys[i], i));
        top_finish(&t);
        cr_assert(t.n == cases[c].n && t.seen == 5, "%s", cases[c].name);
        for (size_t i = 0; i < t.n; i++)
            cr_expect(t.v[i].item == cases[c].want[i], "%s: %zu", cases[c].name, i);
        top_release(&t);
    }
}

Test(top, keeps_no_more_than_it_needs)
{
    struct top t = {.most = 3};

    for (uint64_t i = 0; i < 100000; i++)
        cr_assert(top_add(&t, (int64_t)(i * 7919 % 100003), i));
    cr_expect(t.cap < 4096);
    top_finish(&t);
    cr_expect(t.v[0].key == 100002 && t.v[1].key == 100001 && t.v[2].key == 100000);
    top_release(&t);
}
