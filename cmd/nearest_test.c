#include "nearest.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <string.h>
#include "base/error.h"

/* Distances counted by hand. */
static const struct {
    const char *a, *b;
    unsigned want;
} distances[] = {
    {"",        "",        0},
    {"",        "abc",     3},
    {"abc",     "",        3},
    {"report",  "report",  0},
    {"Report",  "report",  0},
    {"reprot",  "report",  1},
    {"repor",   "report",  1},
    {"rreport", "report",  1},
    {"xeport",  "report",  1},
    {"kitten",  "sitting", 3},
    {"ca",      "abc",     3}, /* optimal string alignment: no edit inside a transposition */
};

Test(nearest, distance)
{
    char big[65];

    for (size_t i = 0; i < ARRAY_LEN(distances); i++)
        cr_expect(edit_distance(distances[i].a, distances[i].b) == distances[i].want, "%s %s: %u",
                  distances[i].a, distances[i].b, edit_distance(distances[i].a, distances[i].b));
    memset(big, 'a', 64);
    big[64] = '\0';
    cr_expect(edit_distance(big, big) == UINT_MAX);
    big[63] = '\0';
    cr_expect(edit_distance(big, big) == 0);
}

static const char *words(size_t i)
{
    static const char *const list[] = {"ingest", "report", "cost", "hour", "five-words-long"};
    return i < ARRAY_LEN(list) ? list[i] : NULL;
}

static const struct {
    const char *wanted, *want;
} guesses[] = {
    {"reprot", "report"         },
    {"igest",  "ingest"         },
    {"cots",   "cost"           },
    {"hou",    "hour"           },
    {"five",   "five-words-long"},
    {"fi",     NULL             }, /* too short to be taken for a beginning */
    {"tacos",  NULL             },
    {"",       NULL             },
};

Test(nearest, guess)
{
    for (size_t i = 0; i < ARRAY_LEN(guesses); i++) {
        const char *got = nearest_of(guesses[i].wanted, words);
        cr_expect(guesses[i].want ? got && !strcmp(got, guesses[i].want) : !got, "%s: %s",
                  guesses[i].wanted, got ? got : "(none)");
    }
}
