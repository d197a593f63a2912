/* sv: a borrowed piece of text with its length. It may hold NUL and is never freed. */
#ifndef LLMOBS_BASE_SV_H
#define LLMOBS_BASE_SV_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct sv {
    const char *p; /* NULL only when the text is absent; "" is present and empty */
    size_t n;
};

#define SV(literal) ((struct sv){(literal), sizeof(literal) - 1})
/* The same in the initialiser of a static table, where C wants a constant. */
/* clang-format off */
#define SV_INIT(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */
#define SV_NONE ((struct sv){NULL, 0})
#define SV_FMT(s) (int)((s).n > 200 ? 200 : (s).n), (s).p ? (s).p : "" /* for "%.*s" */

static inline struct sv sv_from(const char *s)
{
    return s ? (struct sv){s, strlen(s)} : SV_NONE;
}

static inline bool sv_eq(struct sv a, struct sv b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool sv_is(struct sv a, const char *s)
{
    return a.n == strlen(s) && (a.n == 0 || memcmp(a.p, s, a.n) == 0);
}

static inline bool sv_starts(struct sv a, const char *prefix)
{
    size_t n = strlen(prefix);
    return a.n >= n && (n == 0 || memcmp(a.p, prefix, n) == 0);
}

static inline bool sv_ends(struct sv a, const char *suffix)
{
    size_t n = strlen(suffix);
    return a.n >= n && (n == 0 || memcmp(a.p + a.n - n, suffix, n) == 0);
}

/* Bytewise order, shorter first when one is the beginning of the other: <0, 0, >0. */
int sv_cmp(struct sv a, struct sv b);

/* ASCII case-insensitive equality. */
bool sv_eq_nocase(struct sv a, struct sv b);

/* First occurrence of needle in a (bytes), or -1. */
ptrdiff_t sv_find(struct sv a, struct sv needle);

/* Without ASCII white space at both ends. */
struct sv sv_trim(struct sv a);

/* Shell-style match of the whole text: * any run, ? one byte, \ quotes. Linear in a.n * glob.n. */
bool sv_glob(struct sv glob, struct sv a);

#endif
