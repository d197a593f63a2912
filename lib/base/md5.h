/* md5: the digest that some logs name prompt templates by. Not for secrets or for what anybody could
 * gain from forging: MD5 is broken there. */
#ifndef LLMOBS_BASE_MD5_H
#define LLMOBS_BASE_MD5_H

#include <stddef.h>

/* RFC 1321. p may be NULL when n is 0. */
void md5_of(const void *p, size_t n, unsigned char out[16]);

#endif
