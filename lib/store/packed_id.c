/* packed_id: ids of requests, traces and spans in fewer bytes. */
#include "store/packed_id.h"
#include <stdint.h>
#include "base/hash.h"
#include "base/banned.h"

#define UUID_TEXT 36
#define UUID_BYTES 16

static const char digits[] = "0123456789abcdef";

static char *unpack_digits(const unsigned char *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        *out++ = digits[p[i] >> 4];
        *out++ = digits[p[i] & 15];
    }
    return out;
}

/* The groups of a UUID: where each stands in the text, and how many digits it has. */
static const struct {
    unsigned char at, digits;
} groups[] = {
    {0,  8 },
    {9,  4 },
    {14, 4 },
    {19, 4 },
    {24, 12}
};

static bool pack_uuid(const char *text, unsigned char *out)
{
    char joined[2 * UUID_BYTES];
    size_t n = 0;

    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
        if (g > 0 && text[groups[g].at - 1] != '-')
            return false;
        memcpy(joined + n, text + groups[g].at, groups[g].digits);
        n += groups[g].digits;
    }
    return hex_decode(joined, n, out);
}

static struct sv unpack_uuid(const unsigned char *p, char *out)
{
    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
        if (g > 0)
            out[groups[g].at - 1] = '-';
        unpack_digits(p, groups[g].digits / 2, out + groups[g].at);
        p += groups[g].digits / 2;
    }
    return (struct sv){out, UUID_TEXT};
}

size_t packed_id_pack(struct sv text, unsigned char *out)
{
    if (text.n == UUID_TEXT && pack_uuid(text.p, out + 1)) {
        out[0] = PACKED_UUID;
        return 1 + UUID_BYTES;
    }
    if (text.n && text.n % 2 == 0 && hex_decode(text.p, text.n, out + 1)) {
        out[0] = PACKED_HEX;
        return 1 + text.n / 2;
    }
    out[0] = PACKED_TEXT;
    if (text.n)
        memcpy(out + 1, text.p, text.n);
    return 1 + text.n;
}

struct sv packed_id_unpack(const void *packed, size_t n, char *out)
{
    const unsigned char *p = packed;

    if (!n)
        return SV_NONE;
    switch (p[0]) {
    case PACKED_TEXT:
        memcpy(out, p + 1, n - 1);
        return (struct sv){out, n - 1};
    case PACKED_UUID:
        return n == 1 + UUID_BYTES ? unpack_uuid(p + 1, out) : SV_NONE;
    case PACKED_HEX:
        return (struct sv){out, (size_t)(unpack_digits(p + 1, n - 1, out) - out)};
    default:
        return SV_NONE;
    }
}
