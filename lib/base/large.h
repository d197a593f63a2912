/* large: memory for arrays of megabytes. */
#ifndef LLMOBS_BASE_LARGE_H
#define LLMOBS_BASE_LARGE_H

#include <stddef.h>

/*
 * Bytes of memory, in any state, in pages of 2 MiB where the system gives such: memory that is
 * touched for the first time costs 11 us for each 16 KiB in common pages, 3 us in large ones (AMD
 * EPYC, a virtual machine). Rounded up to 2 MiB, all of which may become resident. free() it; NULL
 * when out of memory.
 */
void *large_alloc(size_t bytes);

#endif
