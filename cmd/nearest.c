/* nearest: "did you mean": the known word that is closest to a mistyped one. */
#include "nearest.h"

#include <limits.h>
#include <string.h>
#include <strings.h>
#include "base/banned.h"

enum { LONGEST = 63 };

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned edit_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];

    if (n > LONGEST || m > LONGEST)
        return UINT_MAX;
    for (size_t j = 0; j <= m; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned char x = lower(a[i - 1]);
        unsigned *spare = before;

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned char y = lower(b[j - 1]);

            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y)
                now[j] = least(now[j], before[j - 2] + 1);
        }
        before = last;
        last = now;
        now = spare;
    }
    return last[m];
}

void nearest_offer(struct nearest *n, const char *candidate)
{
    size_t length = strlen(n->wanted);
    unsigned reach = length < 6 ? 1 : length < 9 ? 2 : 3;
    unsigned distance = edit_distance(n->wanted, candidate);

    if (distance > reach && length >= 3 && strncasecmp(candidate, n->wanted, length) == 0)
        distance = reach;
    if (distance > reach || (n->word && distance >= n->distance))
        return;
    n->word = candidate;
    n->distance = distance;
}

const char *nearest_of(const char *wanted, word_list *words)
{
    struct nearest n = {.wanted = wanted};
    const char *word;

    for (size_t i = 0; (word = words(i)); i++)
        nearest_offer(&n, word);
    return n.word;
}
