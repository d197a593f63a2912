/* packed_id: ids of requests, traces and spans in fewer bytes: most are UUIDs or hex digits. */
#ifndef LLMOBS_STORE_PACKED_ID_H
#define LLMOBS_STORE_PACKED_ID_H

#include "base/sv.h"

/* The first byte says what follows. Equal texts pack to equal bytes, others to others. */
enum packed_form {
    PACKED_TEXT = 0, /* the text itself */
    PACKED_UUID = 1, /* 16 bytes of a lower-case UUID with its four hyphens */
    PACKED_HEX = 2,  /* an even number of lower-case hex digits, two a byte */
};

/* Bytes that packing a text of n bytes needs at most. */
#define PACKED_ID_ROOM(n) ((n) + 1)

/* Packs text into out (PACKED_ID_ROOM(text.n) bytes) and returns how many bytes that took, 1 at
 * least. O(n). */
size_t packed_id_pack(struct sv text, unsigned char *out);

/* Bytes of text that n packed bytes give at most. */
#define PACKED_ID_TEXT_ROOM(n) (2 * (n) + 4)

/* Unpacks n bytes into out (PACKED_ID_TEXT_ROOM(n) bytes, not terminated); returns the text in it.
 * SV_NONE for bytes that packed_id_pack() never makes: empty, an unknown form, a UUID of other than
 * 16 bytes. */
struct sv packed_id_unpack(const void *packed, size_t n, char *out);

#endif
