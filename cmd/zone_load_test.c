#include "zone_load.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/time_text.h"

#define US(second) (INT64_C(second) * US_PER_S)

/* 2026-01-01 to 2027-01-01 UTC */
#define FROM US(1767225600)
#define TO US(1798761600)

static void need_zones(void)
{
    if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0)
        cr_skip_test("no time zones on this machine");
    unsetenv("TZ");
    unsetenv("TZDIR");
}

/* Offsets and changes from Python's zoneinfo. */
static const struct {
    const char *wanted;
    size_t n;
    struct zone_step steps[4];
} zones[] = {
    {"UTC",                              0, {{0, 0}}                                                                 },
    {"Europe/Berlin",                    3, {{INT64_MIN, 3600}, {US(1774746000), 7200}, {US(1792890000), 3600}}      },
    {"America/New_York",
     3,                                     {{INT64_MIN, -18000}, {US(1772953200), -14400}, {US(1793512800), -18000}}},
    {"Asia/Kolkata",                     1, {{INT64_MIN, 19800}}                                                     },
    {"Australia/Lord_Howe",              /* goes forward by half an hour */
     3,          {{INT64_MIN, 39600}, {US(1775314800), 37800}, {US(1791041400), 39600}}   },
    {"/usr/share/zoneinfo/Asia/Kolkata", 1, {{INT64_MIN, 19800}}                                                     },
};

Test(zone_load, offsets_over_a_year)
{
    struct arena arena = {0};

    need_zones();
    for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
        struct error err = {0};
        struct zone_choice choice;
        struct zone z;

        cr_assert(zone_choose(zones[i].wanted, &arena, &choice, &err) == OK, "%s", err.msg);
        cr_assert(zone_load(&choice, FROM, TO, &arena, &z, &err) == OK, "%s", err.msg);
        cr_expect(z.n == zones[i].n, "%s: %zu", zones[i].wanted, z.n);
        for (size_t k = 0; k < z.n && k < zones[i].n; k++) {
            cr_expect(z.steps[k].from_us == zones[i].steps[k].from_us, "%s step %zu: %lld",
                      zones[i].wanted, k, (long long)(z.steps[k].from_us / US_PER_S));
            cr_expect(z.steps[k].offset_s == zones[i].steps[k].offset_s, "%s step %zu: %d",
                      zones[i].wanted, k, (int)z.steps[k].offset_s);
        }
    }
    arena_release(&arena);
}

Test(zone_load, leaves_the_environment_as_it_was)
{
    struct arena arena = {0};
    struct error err = {0};
    struct zone_choice choice;
    struct zone z;

    need_zones();
    setenv("TZ", "Asia/Kolkata", 1);
    cr_assert(zone_choose("Europe/Berlin", &arena, &choice, &err) == OK);
    cr_assert(zone_load(&choice, FROM, TO, &arena, &z, &err) == OK);
    cr_expect(strcmp(getenv("TZ"), "Asia/Kolkata") == 0);
    unsetenv("TZ");
    cr_assert(zone_load(&choice, FROM, TO, &arena, &z, &err) == OK);
    cr_expect(getenv("TZ") == NULL);
    arena_release(&arena);
}

/* A year 9999 in a log must not cost a minute. */
Test(zone_load, clamps_the_range, .timeout = 20)
{
    struct arena arena = {0};
    struct error err = {0};
    struct zone_choice choice;
    struct zone z;

    need_zones();
    cr_assert(zone_choose("Europe/Berlin", &arena, &choice, &err) == OK);
    cr_assert(zone_load(&choice, INT64_MIN, INT64_MAX, &arena, &z, &err) == OK);
    cr_expect(zone_offset_s(&z, US(1790000000)) == 7200);
    cr_expect(zone_offset_s(&z, INT64_MAX) == 3600);
    arena_release(&arena);
}

static const struct {
    const char *tz, *want;
} locals[] = {
    {"Europe/Berlin",                     "Europe/Berlin"             },
    {":Europe/Berlin",                    "Europe/Berlin"             },
    {"/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"             },
    {"",                                  "UTC"                       },
    {"UTC",                               "UTC"                       },
    {"UTC0",                              "UTC"                       },
    {"Etc/GMT+5",                         "Etc/GMT+5"                 },
    {"CET-1CEST,M3.5.0,M10.5.0/3",        "CET-1CEST,M3.5.0,M10.5.0/3"},
    {"<-03>3",                            "<-03>3"                    },
};

Test(zone_load, local_is_what_tz_says)
{
    struct arena arena = {0};

    need_zones();
    for (size_t i = 0; i < ARRAY_LEN(locals); i++) {
        struct error err = {0};
        struct zone_choice choice;

        setenv("TZ", locals[i].tz, 1);
        cr_assert(zone_choose(NULL, &arena, &choice, &err) == OK, "%s: %s", locals[i].tz, err.msg);
        cr_expect(strcmp(choice.name, locals[i].want) == 0, "%s: %s", locals[i].tz, choice.name);
    }
    arena_release(&arena);
}

Test(zone_load, a_rule_in_tz_is_followed)
{
    struct arena arena = {0};
    struct error err = {0};
    struct zone_choice choice;
    struct zone z;

    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    cr_assert(zone_choose("local", &arena, &choice, &err) == OK);
    cr_assert(zone_load(&choice, FROM, TO, &arena, &z, &err) == OK);
    cr_expect(z.n == 3);
    cr_expect(zone_offset_s(&z, US(1774746000)) == 7200);
    cr_expect(zone_offset_s(&z, US(1774746000) - 1) == 3600);
    arena_release(&arena);
}

static const char *const strangers[] = {
    "",
    "Europe",
    "Europe/Berlni",
    "zone.tab",
    "../../../etc/localtime",
    "/etc/localtime",
    "Europe/../UTC",
    "-Europe/Berlin",
    "Europe/Berlin ",
    "CET-1CEST",
    "./UTC",
};

Test(zone_load, unknown_names_are_errors)
{
    struct arena arena = {0};

    need_zones();
    for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
        struct error err = {0};
        struct zone_choice choice = {.name = "untouched"};

        cr_expect(zone_choose(strangers[i], &arena, &choice, &err) == ERR_NOT_FOUND, "%s",
                  strangers[i]);
        cr_expect(strstr(err.msg, "unknown time zone"), "%s", err.msg);
        cr_expect(strstr(err.msg, strangers[i]), "%s", err.msg);
        cr_expect(strcmp(choice.name, "untouched") == 0);
    }
    setenv("TZ", "Europe/Berlni", 1);
    cr_expect(zone_choose(NULL, &arena, &(struct zone_choice){0}, NULL) == ERR_NOT_FOUND);
    arena_release(&arena);
}

Test(zone_load, without_any_zones_the_package_is_named)
{
    struct arena arena = {0};
    struct error err = {0};
    struct zone_choice choice;

    setenv("TZDIR", "/nowhere/zoneinfo", 1);
    cr_expect(zone_choose("Europe/Berlin", &arena, &choice, &err) == ERR_NOT_FOUND);
    cr_expect(strstr(err.msg, "package tzdata"), "%s", err.msg);
    cr_expect(zone_choose("UTC", &arena, &choice, &err) == OK);
    arena_release(&arena);
}
