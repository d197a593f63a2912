/* utf8: what is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, up to U+10FFFF). */
#ifndef LLMOBS_BASE_UTF8_H
#define LLMOBS_BASE_UTF8_H

#include <stdint.h>
#include "base/sv.h"

/* Bytes of the well-formed character at text (1 to 4); 0 when there is none, or n is 0.
 * Table 3-7 of the Unicode standard: the second byte's range depends on the first byte. */
static inline size_t utf8_length(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t length;

    if (n == 0)
        return 0;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 0;
    length = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (p[0] == 0xE0)
        low = 0xA0;
    else if (p[0] == 0xED)
        high = 0x9F;
    else if (p[0] == 0xF0)
        low = 0x90;
    else if (p[0] == 0xF4)
        high = 0x8F;
    if (n < length || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

/* Writes a code point (0 to 0x10FFFF, no surrogate) to out, which has room for 4 bytes; returns
 * how many it took. */
size_t utf8_put(uint32_t code, char *out);

/* Characters in n bytes: those that begin one are counted, whatever follows. */
int64_t utf8_chars(const char *text, size_t n);

/* Bytes of the first `chars` characters of n bytes; n when there are no more. */
size_t utf8_prefix(const char *text, size_t n, int64_t chars);

#endif
