/* Tests of json_end: against a loop over single bytes, at every split. */
#include "input/json_end.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* The definition, byte by byte; n when there is no end. */
static size_t slow_end(const char *p, size_t n, bool *done)
{
    size_t depth = 0;
    bool in_string = false, escaped = false;

    *done = false;
    for (size_t i = 0; i < n && !*done; i++) {
        bool behind = escaped; /* a backslash: then a quote is no quote */
        escaped = p[i] == '\\' && !behind;
        if (p[i] == '"' && !behind) {
            in_string = !in_string;
            *done = p[0] == '"' && !in_string;
        } else if (!in_string && p[0] != '"') {
            depth += p[i] == '{' || p[i] == '[';
            depth -= p[i] == '}' || p[i] == ']';
            *done = depth == 0;
        }
        if (*done)
            return i + 1;
    }
    return n;
}

static const struct {
    const char *text;
    size_t end;
    bool done;
} ends[] = {
    {"{}",             2, true },
    {"{} ",            2, true },
    {"{",              1, false},
    {"[[]",            3, false},
    {"[\"]\"]x",       5, true },
    {"[\"\\\"]\"]x",   7, true },
    {"[\"\\\\\"]\"]x", 6, true },
    {"\"a\"b",         3, true },
    {"\"\\\"\"b",      4, true },
    {"\"\\\\\"b",      4, true },
    {"\"a\n",          3, false},
    {"12,3",           2, true },
    {"12",             2, false},
    {"true]",          4, true },
    {":",              0, true },
    {"[}",             2, true }, /* kinds of brackets are the parser's matter */
};

Test(json_end, finds_ends)
{
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct json_end e;
        json_end_begin(&e, ends[i].text[0]);
        size_t n = json_end_find(&e, ends[i].text, strlen(ends[i].text));
        cr_expect(n == ends[i].end && e.done == ends[i].done, "%s: %zu", ends[i].text, n);
    }
}

Test(json_end, equals_the_slow_way_at_every_split)
{
    static const char alphabet[] = "{{[[}}]]\"\"\"\\\\\\aaaaaaaa,: \n";
    char text[400];
    uint64_t x = 1;

    for (int round = 0; round < 3000; round++) {
        size_t n = 1 + (size_t)round % sizeof(text);
        for (size_t i = 0; i < n; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            text[i] = round % 2       ? alphabet[(x >> 33) % (sizeof(alphabet) - 1)]
                      : (x >> 33) % 9 ? '\\'
                                      : alphabet[(x >> 40) % 14];
        }
        text[0] = "{[\""[round % 3];
        bool done;
        size_t want = slow_end(text, n, &done);
        for (size_t split = 0; split <= n; split += 1 + split / 7) {
            struct json_end e;
            json_end_begin(&e, text[0]);
            size_t got = json_end_find(&e, text, split);
            if (!e.done)
                got += json_end_find(&e, text + split, n - split);
            cr_assert(got == want && e.done == done, "%d, split at %zu: %zu, not %zu: %.*s", round,
                      split, got, want, (int)n, text);
        }
    }
}

Test(json_end, goes_on_inside)
{
    struct json_end e;

    json_end_inside(&e, 3);
    cr_expect(json_end_find(&e, "1,\"]]]\",{}]}  ]x", 16) == 15 && e.done);
    json_end_line(&e);
    cr_expect(json_end_find(&e, "abc", 3) == 3 && !e.done);
    cr_expect(json_end_find(&e, "d\ne", 3) == 1 && e.done);
}

Test(json_end, any_depth)
{
    size_t n = 2000000;
    char *text = malloc(n);
    struct json_end e;

    memset(text, '[', n / 2);
    memset(text + n / 2, ']', n / 2);
    json_end_begin(&e, '[');
    cr_expect(json_end_find(&e, text, n - 1) == n - 1 && !e.done);
    cr_expect(json_end_find(&e, text + n - 1, 1) == 1 && e.done);
    free(text);
}
