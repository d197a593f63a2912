/* ngram_vector: see the header. */
#include "stats/ngram_vector.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

#define SHORTEST 3
#define LONGEST 5

/* FNV-1a's parameters for 64 bits (Fowler, Noll, Vo). */
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* The last step of MurmurHash3's x64 variant (Appleby): FNV-1a alone leaves the high bits poor. */
static uint64_t finish(uint64_t h)
{
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

static uint64_t fnv_add(uint64_t h, char c)
{
    return (h ^ (unsigned char)c) * FNV_PRIME;
}

uint64_t ngram_hash(const char *p, size_t n)
{
    uint64_t h = FNV_BASIS;

    for (size_t i = 0; i < n; i++)
        h = fnv_add(h, p[i]);
    return finish(h);
}

/* Into out (text.n + 2 bytes); returns the length, 0 when nothing but space is there. */
static size_t normalise(struct sv text, char *out)
{
    size_t n = 0;

    out[n++] = ' ';
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c == ' ' || (c >= 9 && c <= 13))
            c = ' ';
        else if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != ' ' || out[n - 1] != ' ')
            out[n++] = c;
    }
    if (n == 1)
        return 0;
    if (out[n - 1] != ' ')
        out[n++] = ' ';
    return n;
}

static int compare_hash(const void *a, const void *b)
{
    uint64_t x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return (x > y) - (x < y);
}

/* All n-grams' hashes, of which there are fewer than 3n. */
static size_t hash_all(const char *p, size_t n, uint64_t *hashes)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        uint64_t h = FNV_BASIS;

        for (size_t k = 0; k < LONGEST && i + k < n; k++) {
            h = fnv_add(h, p[i + k]);
            if (k + 1 >= SHORTEST)
                hashes[count++] = finish(h);
        }
    }
    return count;
}

/* Adds the weights of the runs of equal hashes; returns the squared length. */
static double weigh(const uint64_t *sorted, size_t n, size_t dim, double *out)
{
    double squares = 0;

    for (size_t i = 0; i < n;) {
        size_t j = i;
        double weight;

        while (j < n && sorted[j] == sorted[i])
            j++;
        weight = 1 + log((double)(j - i));
        out[sorted[i] % dim] += sorted[i] >> 63 ? weight : -weight;
        i = j;
    }
    for (size_t k = 0; k < dim; k++)
        squares += out[k] * out[k];
    return squares;
}

enum err ngram_vector(struct sv text, size_t dim, double *out, struct error *err)
{
    char *clean = malloc(text.n + 2);
    uint64_t *hashes = malloc((3 * text.n + 6) * sizeof(*hashes));
    enum err rc = OK;
    double squares;
    size_t n;

    assert(dim > 0);
    if (!clean || !hashes) {
        rc = error_set(err, ERR_NOMEM, "out of memory for a text of %zu bytes", text.n);
        goto done;
    }
    n = hash_all(clean, normalise(text, clean), hashes);
    qsort(hashes, n, sizeof(*hashes), compare_hash);
    for (size_t k = 0; k < dim; k++)
        out[k] = 0;
    squares = weigh(hashes, n, dim, out);
    if (!(squares > 0)) {
        rc = error_set(err, ERR_EMPTY, "a text without words has no vector");
        goto done;
    }
    for (size_t k = 0; k < dim; k++)
        out[k] /= sqrt(squares);
done:
    free(clean);
    free(hashes);
    return rc;
}
