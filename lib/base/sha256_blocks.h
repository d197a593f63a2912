/* sha256_blocks: the inner step of SHA-256, with the instructions that processors have for it. */
#ifndef LLMOBS_BASE_SHA256_BLOCKS_H
#define LLMOBS_BASE_SHA256_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

typedef void sha256_step(uint32_t state[8], const unsigned char *p, size_t blocks);

/* Takes blocks of 64 bytes each into the state, in the fastest way that this machine has. */
sha256_step sha256_blocks;

/* The same in plain C, and with SHA-NI; the latter NULL where the machine does not have it. */
sha256_step sha256_blocks_plain;
sha256_step *sha256_blocks_fast(void);

#endif
