/* utf8: what is well-formed UTF-8. */
#include "base/utf8.h"

#include "base/banned.h"

size_t utf8_put(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

static bool begins(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

int64_t utf8_chars(const char *text, size_t n)
{
    int64_t chars = 0;

    for (size_t i = 0; i < n; i++)
        chars += begins(text[i]);
    return chars;
}

size_t utf8_prefix(const char *text, size_t n, int64_t chars)
{
    for (size_t i = 0; i < n; i++)
        if (begins(text[i]) && chars-- == 0)
            return i;
    return n;
}
