/* triggers: the places of a text at which something of a set of short texts may begin. */
#ifndef LLMOBS_DETECT_TRIGGERS_H
#define LLMOBS_DETECT_TRIGGERS_H

#include <stdint.h>
#include "base/sv.h"

/*
 * A filter over the first four bytes of each text, eight classes of texts at once: for each of the
 * four places two tables give, by the byte's halves, the classes that such a byte fits. Upper and
 * lower case are one (bit 0x20 is set in every byte). After "Teddy" in Hyperscan (Wang et al. 2019,
 * "Hyperscan: A Fast Multi-pattern Regex Matcher for Modern CPUs", section 4.2).
 */
struct filter {
    unsigned char low[4][16], high[4][16];
    unsigned char inside; /* classes whose texts may stand behind a letter or digit (ASCII) */
};

#define FILTER_BLOCK 16

/* Texts that begin like this one pass: its first four bytes; of a text of three, those. */
void filter_add(struct filter *f, struct sv text, unsigned class, bool inside);

/* Two digits one after the other pass, and an '@'. */
void filter_add_digits(struct filter *f, unsigned class);
void filter_add_at(struct filter *f, unsigned class);

/* Bit i of passed[b]: a text of the set may begin at p[16 b + i]. Reads from p[-1] to 3 bytes
 * behind the blocks. */
void filter_blocks(const struct filter *f, const char *p, size_t blocks, uint16_t *passed);

/* The same, byte by byte. For machines without vectors, and for the test. */
void filter_blocks_portable(const struct filter *f, const char *p, size_t blocks, uint16_t *passed);

#endif
