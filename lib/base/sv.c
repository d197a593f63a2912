/* sv: a borrowed piece of text with its length. */
#include "base/sv.h"

#include "base/banned.h"

int sv_cmp(struct sv a, struct sv b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;

    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool sv_eq_nocase(struct sv a, struct sv b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

ptrdiff_t sv_find(struct sv a, struct sv needle)
{
    const char *hit;

    if (needle.n == 0)
        return 0;
    if (needle.n > a.n)
        return -1;
    hit = memmem(a.p, a.n, needle.p, needle.n);
    return hit ? hit - a.p : -1;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct sv sv_trim(struct sv a)
{
    while (a.n && is_space(a.p[0])) {
        a.p++;
        a.n--;
    }
    while (a.n && is_space(a.p[a.n - 1]))
        a.n--;
    return a;
}

/* After a mismatch only the last * needs to take one byte more: an earlier one could not do what
 * the last one cannot. */
bool sv_glob(struct sv glob, struct sv a)
{
    size_t g = 0;
    size_t i = 0;
    size_t star = 0; /* position behind the last * */
    size_t star_i = 0;
    bool starred = false;

    while (i < a.n || g < glob.n) {
        if (g < glob.n && glob.p[g] == '*') {
            star = ++g;
            star_i = i;
            starred = true;
            continue;
        }
        if (g < glob.n && i < a.n) {
            bool quoted = glob.p[g] == '\\' && g + 1 < glob.n;
            char c = glob.p[g + quoted];
            if (c == a.p[i] || (c == '?' && !quoted)) {
                g += 1u + quoted;
                i++;
                continue;
            }
        }
        if (!starred || star_i >= a.n)
            return false;
        g = star;
        i = ++star_i;
    }
    return true;
}
