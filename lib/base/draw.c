/* draw: which of many things are in a sample, by their ids alone. */
#include "base/draw.h"

#include "base/hash.h"
#include "base/time_text.h"
#include "base/banned.h"

__extension__ typedef unsigned __int128 uint128;

uint64_t draw_hash(struct sv id)
{
    unsigned char digest[32];
    uint64_t v = 0;

    sha256_of(id.p, id.n, digest);
    for (int i = 0; i < 8; i++)
        v = v << 8 | digest[i];
    return v;
}

bool draw_takes(uint64_t hash, int64_t rate_ppb)
{
    return (uint128)hash * (uint64_t)DRAW_ALL < (uint128)rate_ppb << 64;
}

enum err draw_rate(struct sv text, int64_t *rate_ppb)
{
    int64_t v;
    int scale = 9;

    if (sv_ends(text, "%")) {
        scale = 7;
        text.n--;
    }
    if (decimal_scaled(text, scale, &v) || v < 0 || v > DRAW_ALL)
        return ERR_PARSE;
    *rate_ppb = v;
    return OK;
}
