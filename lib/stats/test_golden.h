/* test_golden: reference values in JSON: {"cases": [{name, input, params, expect, tol}]}. */
#ifndef LLMOBS_STATS_TEST_GOLDEN_H
#define LLMOBS_STATS_TEST_GOLDEN_H

#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "json/json.h"

struct golden {
    struct json_doc doc;
    char *text;
    json_ref root; /* the case at hand, or the document before the first golden_next() */
    json_ref cases;
    int n; /* cases visited */
};

/* Zeroed storage; false when the file is not there. */
static inline bool golden_open(struct golden *g, const char *name)
{
    char path[256];
    long size;
    FILE *f;

    snprintf(path, sizeof(path), "../shared/corpus/%s", name);
    f = fopen(path, "rb");
    if (!f)
        return false;
    fseek(f, 0, SEEK_END);
    size = ftell(f);
    rewind(f);
    g->text = malloc((size_t)size + 1);
    cr_assert_eq(fread(g->text, 1, (size_t)size, f), (size_t)size);
    g->text[size] = '\0';
    fclose(f);
    cr_assert_eq(json_parse(&g->doc, g->text, (size_t)size, NULL), OK);
    g->cases = json_get(&g->doc, 0, "cases");
    return true;
}

#define GOLDEN_OPEN(g, name)                                                                       \
    do {                                                                                           \
        if (!golden_open(g, name))                                                                 \
            cr_skip_test("../shared/corpus is not here");                                          \
    } while (0)

static inline bool golden_next(struct golden *g)
{
    g->root = g->n ? json_next(&g->doc, g->cases, g->root) : json_first(&g->doc, g->cases);
    g->n += g->root != JSON_END;
    return g->root != JSON_END;
}

static inline void golden_close(struct golden *g)
{
    json_release(&g->doc);
    free(g->text);
}

/* The value under "a.b.c" of an object (keys of this corpus hold dots only as "0.5": write '/'). */
static inline json_ref golden_at(const struct golden *g, json_ref from, const char *path)
{
    while (*path && from != JSON_END) {
        char key[64];
        size_t n = strcspn(path, "/");

        snprintf(key, sizeof(key), "%.*s", (int)n, path);
        from = json_get(&g->doc, from, key);
        path += n + (path[n] == '/');
    }
    return from;
}

static inline json_ref golden_ref(const struct golden *g, const char *path)
{
    return golden_at(g, g->root, path);
}

static inline double golden_value(const struct golden *g, json_ref r)
{
    switch (json_type(&g->doc, r)) {
    case JSON_TRUE:
        return 1;
    case JSON_FALSE:
        return 0;
    case JSON_NUMBER:
        return strtod(json_raw(&g->doc, r).p, NULL);
    default:
        return NAN;
    }
}

/* NaN for null and what is not there; true and false are 1 and 0. */
static inline double golden_number(const struct golden *g, const char *path)
{
    return golden_value(g, golden_ref(g, path));
}

static inline bool golden_missing(const struct golden *g, const char *path)
{
    return json_missing(&g->doc, golden_ref(g, path));
}

static inline const char *golden_name(const struct golden *g)
{
    static char name[128];
    struct sv s = json_raw(&g->doc, golden_ref(g, "name"));

    snprintf(name, sizeof(name), "%.*s", SV_FMT(s));
    return name;
}

static inline size_t golden_count(const struct golden *g, json_ref array)
{
    size_t n = 0;

    for (json_ref r = json_first(&g->doc, array); r != JSON_END; r = json_next(&g->doc, array, r))
        n++;
    return n;
}

/* The numbers of an array, nulls as NaN; of an array of arrays: row after row. Free it. Never
 * NULL. */
static inline double *golden_array_at(const struct golden *g, json_ref array, size_t *n)
{
    size_t cap = 16;
    double *x = malloc(cap * sizeof(*x));

    *n = 0;
    for (json_ref r = json_first(&g->doc, array); r != JSON_END; r = json_next(&g->doc, array, r)) {
        bool row = json_type(&g->doc, r) == JSON_ARRAY;
        json_ref c = row ? json_first(&g->doc, r) : r;

        for (; c != JSON_END; c = row ? json_next(&g->doc, r, c) : JSON_END) {
            if (*n == cap)
                x = realloc(x, (cap *= 2) * sizeof(*x));
            x[(*n)++] = golden_value(g, c);
        }
    }
    return x;
}

static inline double *golden_array(const struct golden *g, const char *path, size_t *n)
{
    return golden_array_at(g, golden_ref(g, path), n);
}

static inline size_t *golden_indices(const struct golden *g, const char *path, size_t *n)
{
    double *x = golden_array(g, path, n);
    size_t *v = malloc((*n + 1) * sizeof(*v));

    for (size_t i = 0; i < *n; i++)
        v[i] = (size_t)x[i];
    free(x);
    return v;
}

static inline bool golden_near(const struct golden *g, double got, double want)
{
    double rel = golden_number(g, "tol/rel"), abs = golden_number(g, "tol/abs");

    return fabs(got - want) <= abs + rel * fabs(want);
}

/* `got` against the number at path, within the case's tolerance; null wants known = false. */
static inline void golden_check(const struct golden *g, const char *path, bool known, double got)
{
    double want = golden_number(g, path);

    cr_expect(golden_ref(g, path) != JSON_END, "%s: no %s", golden_name(g), path);
    if (isnan(want))
        cr_expect(!known, "%s: %s is %.17g, not undefined", golden_name(g), path, got);
    else
        cr_expect(known && golden_near(g, got, want), "%s: %s is %.17g (known %d), not %.17g",
                  golden_name(g), path, got, known, want);
}

static inline void golden_check_array(const struct golden *g, const char *path, const double *got,
                                      size_t n)
{
    size_t n_want;
    double *want = golden_array(g, path, &n_want);

    cr_expect_eq(n, n_want, "%s: %s has %zu values, not %zu", golden_name(g), path, n, n_want);
    for (size_t i = 0; i < n && i < n_want; i++)
        cr_expect(golden_near(g, got[i], want[i]), "%s: %s[%zu] is %.17g, not %.17g",
                  golden_name(g), path, i, got[i], want[i]);
    free(want);
}

/* Within a relative tolerance; exact zeros must be hit. */
static inline bool near_rel(double got, double want, double rel)
{
    return fabs(got - want) <= rel * fabs(want);
}

#endif
