/* suggest: edit distance with swaps of neighbours (optimal string alignment). */
#include "base/suggest.h"

#include "base/banned.h"

#define LONGEST 40

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* a.n and b.n at most LONGEST. */
static unsigned edits(struct sv a, struct sv b)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];

    for (unsigned j = 0; j <= b.n; j++)
        last[j] = j;
    for (unsigned i = 1; i <= a.n; i++) {
        unsigned *oldest = before;

        now[0] = i;
        for (unsigned j = 1; j <= b.n; j++) {
            unsigned replaced = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);

            now[j] = least(least(last[j], now[j - 1]) + 1, replaced);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        before = last;
        last = now;
        now = oldest;
    }
    return last[b.n];
}

const char *suggest(struct sv word, const char *const *names)
{
    const char *best = NULL;
    unsigned best_edits = LONGEST;

    if (!word.n || word.n > LONGEST)
        return NULL;
    for (; *names; names++) {
        struct sv name = sv_from(*names);
        unsigned n;

        if (name.n > LONGEST)
            continue;
        n = word.n >= 3 && name.n >= word.n && memcmp(name.p, word.p, word.n) == 0
                ? 1
                : edits(word, name);
        if (n < best_edits && 3 * n <= word.n + 1) {
            best = *names;
            best_edits = n;
        }
    }
    return best;
}
