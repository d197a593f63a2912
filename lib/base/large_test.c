/* large_test: what is given can be used to its end, and sizes that cannot be are refused. */
#include "base/large.h"
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

Test(large, sizes)
{
    static const size_t sizes[] = {0, 1, 2 << 20, (2 << 20) + 1, 5 << 20};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        unsigned char *p = large_alloc(sizes[i]);

        cr_assert(p, "%zu", sizes[i]);
        cr_expect((uintptr_t)p % (2 << 20) == 0);
        memset(p, 7, sizes[i]);
        cr_expect(!sizes[i] || p[sizes[i] - 1] == 7);
        free(p);
    }
    cr_expect(!large_alloc(SIZE_MAX));
}
