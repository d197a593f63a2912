/* Tests of severity. Wanted values follow from the rules as statistics texts put them: worked by
 * hand. */
#include "stats/severity.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "base/error.h"
#include "base/banned.h"

enum family { LATENCY, COST, QUALITY };

static const struct {
    const char *name;
    struct incident_member m[3];
    size_t n;
    enum severity want;
} incidents[] = {
    {"a P0 alone is one",              {{SEVERITY_P0, LATENCY, 1}},                         1, SEVERITY_P0},
    {"a P1 alone is one",              {{SEVERITY_P1, LATENCY, 1}},                         1, SEVERITY_P1},
    {"a P2 alone is shown as P3",      {{SEVERITY_P2, LATENCY, 1}},                         1, SEVERITY_P3},
    {"until it lasts",                 {{SEVERITY_P2, LATENCY, 2}},                         1, SEVERITY_P2},
    {"a P3 that lasts stays one",      {{SEVERITY_P3, LATENCY, 3}},                         1, SEVERITY_P3},
    {"two P2 of one family are alone",
     {{SEVERITY_P2, LATENCY, 1}, {SEVERITY_P2, LATENCY, 1}},
     2,                                                                                        SEVERITY_P3},
    {"a second family joins",          {{SEVERITY_P2, LATENCY, 1}, {SEVERITY_P3, COST, 1}}, 2, SEVERITY_P2},
    {"P3 of two families stay P3",
     {{SEVERITY_P3, LATENCY, 1}, {SEVERITY_P3, COST, 1}},
     2,                                                                                        SEVERITY_P3},
    {"three families are a P1",
     {{SEVERITY_P3, LATENCY, 1}, {SEVERITY_P2, COST, 1}, {SEVERITY_P3, QUALITY, 1}},
     3,                                                                                        SEVERITY_P1},
    {"and no less than a P0",
     {{SEVERITY_P0, LATENCY, 1}, {SEVERITY_P2, COST, 1}, {SEVERITY_P3, QUALITY, 1}},
     3,                                                                                        SEVERITY_P0},
};

Test(severity, incidents)
{
    for (size_t i = 0; i < ARRAY_LEN(incidents); i++)
        cr_expect(eq(int, incident_severity(incidents[i].m, incidents[i].n), incidents[i].want),
                  "%s", incidents[i].name);
}

Test(severity, level)
{
    cr_expect(epsilon_eq(dbl, hysteresis_level(10, 4), 7, 0));
    cr_expect(epsilon_eq(dbl, hysteresis_level(4, 10), 7, 0));
    cr_expect(epsilon_eq(dbl, hysteresis_level(10, 10), 10, 0));
}

/* b beyond, c back, . neither; wanted: F fires. */
static const struct {
    const char *name, *checks, *want;
} courses[] = {
    {"it fires at once",             "b",     "F"    },
    {"what never fired is calm",     "c.c",   "   "  },
    {"one calm check is not enough", "bc",    "FF"   },
    {"two are",                      "bcc",   "FF "  },
    {"not with one between",         "bc.cc", "FFFF "},
    {"nor with another alarm",       "bcbcc", "FFFF "},
    {"between the levels it stays",  "b....", "FFFFF"},
    {"and it fires again",           "bccb",  "FF F" },
};

Test(severity, hysteresis)
{
    for (size_t i = 0; i < ARRAY_LEN(courses); i++) {
        struct hysteresis h = {0};

        for (size_t k = 0; courses[i].checks[k]; k++) {
            bool fires =
                hysteresis_step(&h, courses[i].checks[k] == 'b', courses[i].checks[k] == 'c');

            cr_expect(eq(int, fires, courses[i].want[k] == 'F'), "%s, check %zu", courses[i].name,
                      k);
        }
    }
}
