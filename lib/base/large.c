/* large: see the header. */
#include "base/large.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "base/banned.h"

#define LARGE_PAGE ((size_t)2 << 20)

void *large_alloc(size_t bytes)
{
    void *p;

    if (bytes > SIZE_MAX - LARGE_PAGE)
        return NULL;
    bytes = (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    p = aligned_alloc(LARGE_PAGE, bytes ? bytes : LARGE_PAGE);
#ifdef MADV_HUGEPAGE
    if (p)
        (void)madvise(p, bytes, MADV_HUGEPAGE); /* a wish */
#endif
    return p;
}
