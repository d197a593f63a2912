#include <criterion/criterion.h>

#include "format/format_testing.h"
#include "format/scalar.h"

/* One value, wrapped so that the parser takes it. */
struct value {
    struct json_doc doc;
    struct batch batch;
    struct line_context c;
    struct sv bad_field;
    struct error err;
    struct reading r;
    struct place place;
};

static void value_init(struct value *v, const char *json)
{
    *v = (struct value){0};
    cr_assert(json_parse(&v->doc, json, strlen(json), NULL) == OK, "%s", json);
    v->c = (struct line_context){.doc = &v->doc, .out = &v->batch};
    v->r = (struct reading){&v->c, &v->bad_field, &v->err};
    v->place = (struct place){&v->doc, "x", 0};
}

static void value_release(struct value *v)
{
    json_release(&v->doc);
    batch_release(&v->batch);
}

#define UNKNOWN INT64_MIN /* no value, and no error */
#define BAD INT64_MAX     /* an error */

static int64_t outcome(bool ok, struct maybe_i64 v)
{
    return !ok ? BAD : v.known ? v.v : UNKNOWN;
}

static const struct {
    const char *json;
    int64_t count, us_of_ms, us_of_s, us_of_ns, unclear, nusd;
} numbers[] = {
    /* worked by hand: ms have 3 digits after the point, s 6, dollars 9; ns are floored */
    {"22", 22, 22000, 22000000, 0, UNKNOWN, 22000000000},
    {"22.0", 22, 22000, 22000000, 0, 22000000, 22000000000},
    {"2.2e1", 22, 22000, 22000000, 0, 22000000, 22000000000},
    {"\"396\"", 396, 396000, 396000000, 0, UNKNOWN, 396000000000},
    {"\" 7 \"", 7, 7000, 7000000, 0, UNKNOWN, 7000000000},
    {"7403.112", BAD, 7403112, 7403112000, 7, UNKNOWN, 7403112000000},
    {"999.5", BAD, 999500, 999500000, 1, UNKNOWN, 999500000000},
    {"998.5", BAD, 998500, 998500000, 0, 998500000, 998500000000},
    {"1999", 1999, 1999000, 1999000000, 1, UNKNOWN, 1999000000000},
    {"0", 0, 0, 0, 0, UNKNOWN, 0},
    {"-0.0", 0, 0, 0, 0, 0, 0},
    {"-5", BAD, BAD, BAD, BAD, BAD, -5000000000},
    {"22.0000001", BAD, 22000, 22000000, 0, 22000000, 22000000100},
    {"0.00022500000000000002", BAD, 0, 225, 0, 225, 225000},
    {"9223372036854775808", BAD, BAD, BAD, BAD, BAD, BAD},
    {"1e30", BAD, BAD, BAD, BAD, BAD, BAD},
    {"\"12a\"", BAD, BAD, BAD, BAD, BAD, BAD},
    {"\"  \"", BAD, BAD, BAD, BAD, BAD, BAD},
    {"true", BAD, BAD, BAD, BAD, BAD, BAD},
    {"[1]", BAD, BAD, BAD, BAD, BAD, BAD},
    {"{}", BAD, BAD, BAD, BAD, BAD, BAD},
    {"null", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN},
    {"NaN", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN},
    {"\"\"", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN},
    {"\"None\"", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN},
    {"\"NaN\"", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN},
};

static int64_t duration(struct value *v, enum unit unit)
{
    struct maybe_i64 out = {0, false};

    return outcome(scalar_duration(&v->r, v->place, unit, &out), out);
}

Test(scalar, numbers)
{
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct maybe_i64 count = {0, false}, money = {0, false};
        const char *name = numbers[i].json;
        struct value v;

        value_init(&v, name);
        cr_expect_eq(outcome(scalar_count(&v.r, v.place, &count), count), numbers[i].count, "%s",
                     name);
        cr_expect_eq(outcome(scalar_money(&v.r, v.place, &money), money), numbers[i].nusd, "%s",
                     name);
        cr_expect_eq(duration(&v, UNIT_MS), numbers[i].us_of_ms, "%s ms", name);
        cr_expect_eq(duration(&v, UNIT_S), numbers[i].us_of_s, "%s s", name);
        cr_expect_eq(duration(&v, UNIT_NS), numbers[i].us_of_ns, "%s ns", name);
        cr_expect_eq(duration(&v, UNIT_UNCLEAR), numbers[i].unclear, "%s unclear", name);
        value_release(&v);
    }
}

Test(scalar, the_largest_count_is_one)
{
    struct maybe_i64 out = {0, false};
    struct value v;

    value_init(&v, "9223372036854775807");
    cr_expect(scalar_count(&v.r, v.place, &out) && out.known && out.v == INT64_MAX);
    cr_expect_eq(duration(&v, UNIT_NS), INT64_C(9223372036854775));
    value_release(&v);
}

Test(scalar, times)
{
    static const struct {
        const char *json;
        int64_t us, ns_us;
        bool zoneless;
    } cases[] = {
        {"\"2026-03-05T08:00:00.304763\"", 1772697600304763, BAD, true},
        {"\"2026-03-05T08:00:00Z\"", 1772697600000000, BAD, false},
        {"\"2026-03-05 09:00:00,250+01:00\"", 1772697600250000, BAD, false},
        {"1772697600.25", 1772697600250000, 1772697, false},
        {"\"1772697600886901999\"", 1772697600886901, 1772697600886901, false},
        {"1772697600886901999", 1772697600886901, 1772697600886901, false},
        {"0", 0, UNKNOWN, false},
        {"\"yesterday\"", BAD, BAD, false},
        {"true", BAD, BAD, false},
        {"null", UNKNOWN, UNKNOWN, false},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct maybe_i64 time = {0, false}, nano = {0, false};
        bool zoneless = false;
        struct value v;

        value_init(&v, cases[i].json);
        cr_expect_eq(outcome(scalar_time(&v.r, v.place, &time, &zoneless), time), cases[i].us, "%s",
                     cases[i].json);
        cr_expect_eq(zoneless, cases[i].zoneless, "%s", cases[i].json);
        cr_expect_eq(outcome(scalar_unix_nano(&v.r, v.place, &nano), nano), cases[i].ns_us, "%s",
                     cases[i].json);
        value_release(&v);
    }
}

/* In a zone two hours ahead: only what has no zone moves. */
Test(scalar, times_in_an_assumed_zone)
{
    static const struct zone_step steps[] = {
        {INT64_MIN, 7200}
    };
    static const struct zone zone = {"two hours ahead", steps, 1};
    static const struct {
        const char *json;
        int64_t us;
        bool zoneless;
    } cases[] = {
        {"\"2026-09-07T08:00:00\"",       1788760800000000, true },
        {"\"2026-09-07T08:00:00Z\"",      1788768000000000, false},
        {"\"2026-09-07T08:00:00+02:00\"", 1788760800000000, false},
        {"1788768000",                    1788768000000000, false},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct maybe_i64 time = {0, false};
        bool zoneless = !cases[i].zoneless;
        struct value v;

        value_init(&v, cases[i].json);
        v.c.assume = &zone;
        cr_expect(scalar_time(&v.r, v.place, &time, &zoneless) && time.v == cases[i].us, "%s",
                  cases[i].json);
        cr_expect_eq(zoneless, cases[i].zoneless, "%s", cases[i].json);
        cr_expect(scalar_time(&v.r, v.place, &time, NULL) && time.v == cases[i].us);
        value_release(&v);
    }
}

Test(scalar, floating_numbers_and_booleans)
{
    static const struct {
        const char *json;
        bool ok, known;
        double v;
        int boolean; /* -1: unknown */
    } cases[] = {
        {"0.13", true, true, 0.13, -1},      {"\"-2.5e-1\"", true, true, -0.25, -1},
        {"true", true, true, 1, 1},          {"false", true, true, 0, 0},
        {"1", true, true, 1, 1},             {"\"False\"", false, false, 0, 0},
        {"null", true, false, 0, -1},        {"\"0x10\"", false, false, 0, -1},
        {"\"inf\"", false, false, 0, -1},    {"1e999", false, false, 0, -1},
        {"\"1 2\"", false, false, 0, -1},    {"[]", false, false, 0, -1},
        {"\"\"", true, false, 0, -1},        {"\"nan\"", false, false, 0, -1},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct maybe_f64 out = {0, false};
        struct maybe_i64 boolean;
        struct value v;

        value_init(&v, cases[i].json);
        cr_expect_eq(scalar_number(&v.r, v.place, &out), cases[i].ok, "%s", cases[i].json);
        cr_expect(out.known == cases[i].known && out.v == cases[i].v, "%s: %g", cases[i].json,
                  out.v);
        boolean = scalar_bool(&v.doc, 0);
        cr_expect_eq(boolean.known ? (int)boolean.v : -1, cases[i].boolean, "%s", cases[i].json);
        value_release(&v);
    }
}

Test(scalar, complaints_name_the_place_and_shorten_what_was_found)
{
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"\"12a\"", "x: expected a whole number, found \"12a\""},
        {"22.5", "x: expected a whole number, found 22.5"},
        {"-1", "x: expected a whole number >= 0, found -1"},
        {"false", "x: expected a whole number, found false"},
        {"{\"a\":1}", "x: expected a whole number, found an object"},
        {"[]", "x: expected a whole number, found an array"},
        {"\"0123456789012345678901234567890123456789z\"",
         "x: expected a whole number, found \"0123456789012345678901234567890123456789...\""},
    };
    struct maybe_i64 out = {7, false};
    struct value v;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        value_init(&v, cases[i].json);
        cr_expect(!scalar_count(&v.r, v.place, &out));
        cr_expect_str_eq(v.err.msg, cases[i].message);
        cr_expect(sv_is(v.bad_field, "x"));
        cr_expect_eq(out.v, 7, "untouched");
        value_release(&v);
    }
    value_init(&v, "1");
    v.place.at = JSON_END;
    cr_expect(!complain(&v.r, v.place, "an id"));
    cr_expect_str_eq(v.err.msg, "x: expected an id, found nothing");
    value_release(&v);
}

Test(scalar, texts_that_may_be_kept)
{
    struct value v;
    struct sv got;

    value_init(&v, "\"a\\u0062c\"");
    cr_expect(sv_is(scalar_id(&v.r, &v.doc, 0), "abc"));
    value_release(&v);
    value_init(&v, "42");
    cr_expect(sv_is(scalar_id(&v.r, &v.doc, 0), "42"), "a number is an id too");
    value_release(&v);
    value_init(&v, "\"a\\u0000b\"");
    got = scalar_id(&v.r, &v.doc, 0);
    cr_expect(sv_starts(got, "sha256:"), "a NUL makes it a hash");
    value_release(&v);
    value_init(&v, "{}");
    cr_expect(scalar_id(&v.r, &v.doc, 0).p == NULL);
    got = keep_hex(&v.r, SV("4BF92F3577B34DA6"));
    cr_expect(sv_is(got, "4bf92f3577b34da6"));
    got = keep_hex(&v.r, SV("Run-A"));
    cr_expect(sv_is(got, "Run-A"), "only hex is spelled both ways");
    cr_expect(keep_hex(&v.r, SV_NONE).p == NULL);
    /* printf password | sha256sum: 5e884898da280471... */
    cr_expect_eq(text_hash(SV("password")), INT64_C(0x5e884898da280471));
    value_release(&v);
}
