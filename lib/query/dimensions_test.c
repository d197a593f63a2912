#include "query/dimensions.h"

#include <criterion/criterion.h>
#include "query/test_calls.h"

Test(dimensions, names_are_found)
{
    size_t n = 0;

    for (const char *const *name = dimension_names_all(); *name; name++, n++) {
        const struct dimension *d = dimension_find(sv_from(*name));

        cr_assert_not_null(d, "%s", *name);
        cr_expect_str_eq(d->name, *name);
    }
    cr_expect_eq(n, dimension_count + 2, "tag:PREFIX and meta.KEY beside the table");
    cr_expect_not_null(dimension_find(SV("tag:team")));
    cr_expect_null(dimension_find(SV("tag:")));
    cr_expect_not_null(dimension_find(SV("meta.a.b")));
    cr_expect_null(dimension_find(SV("meta.")));
    cr_expect_null(dimension_find(SV("meta")));
    cr_expect_null(dimension_find(SV("Feature")));
    cr_expect_null(dimension_find(SV("")));
    cr_expect_null(dimension_find(SV_NONE));
}

Test(dimensions, unknown_names)
{
    struct error err;

    cr_expect_eq(unknown_name(&err, "dimension", SV("modle"), dimension_names()), ERR_USAGE);
    cr_expect_eq(strstr(err.msg, "unknown dimension 'modle' (did you mean 'model'?); there are: "
                                 "feature model "), err.msg, "%s", err.msg);
    cr_expect_eq(unknown_name(NULL, "dimension", SV("x"), dimension_names()), ERR_USAGE);
}

static void open_axis(struct store *s, const char *name, struct axis *x)
{
    static struct step_fields steps = {.has = UINT32_MAX}; /* without any text */
    struct axis_source source = {.store = s, .zone = &test_utc, .first_us = 0,
                                 .last_us = INT64_C(86400000000) * 3, .steps = &steps};
    struct error err;

    cr_assert_eq(axis_open(&source, sv_from(name), x, &err), OK, "%s", err.msg);
}

/* What only steps have, calls do not. */
Test(dimensions, of_steps)
{
    struct store *s = test_calls();
    struct axis_source source = {.store = s, .zone = &test_utc};
    struct step_fields tools = {.has = 1U << (STEP_TOOL - C_COUNT)};
    struct error err;
    struct axis x;

    cr_expect_eq(axis_open(&source, SV("tool"), &x, &err), ERR_USAGE);
    cr_expect_str_eq(err.msg, "tool goes with another view: llmobs report tools");
    source.steps = &tools;
    cr_expect_eq(axis_open(&source, SV("branch"), &x, &err), ERR_USAGE);
    cr_expect_str_eq(err.msg, "branch goes with another view: llmobs report branches");
    cr_assert_eq(text_set_code(&tools.texts[STEP_TOOL - C_COUNT], SV("db")), 1);
    cr_assert_eq(axis_open(&source, SV("tool"), &x, &err), OK);
    cr_expect_eq(x.n_codes, 2);
    cr_expect(sv_is(axis_text(&x, 1, NULL), "db"));
    cr_expect(axis_text(&x, 2, NULL).p == NULL, "not outside");
    axis_release(&x);
    text_set_release(&tools.texts[STEP_TOOL - C_COUNT]);
    store_close(s);
}

/* Ids of both dictionaries that mean the same model have one code; request_model goes first. */
Test(dimensions, model)
{
    static const struct {
        int64_t request, response;
        const char *want;
    } rows[] = {
        {1,            2,            "gpt-5.6-sol"    },
        {1,            3,            "gpt-5.6-sol"    },
        {CALL_MISSING, 2,            "gpt-5.6-sol"    },
        {CALL_MISSING, 3,            "claude-sonnet-5"},
        {2,            CALL_MISSING, "claude-sonnet-5"},
        {CALL_MISSING, CALL_MISSING, NULL             },
        {0,            0,            NULL             },
        {4,            -1,           NULL             }, /* not in the dictionary */
        {INT64_MAX,    1,            "mini"           },
    };
    struct store *s = test_calls();
    struct axis x;
    int64_t same = 0;

    open_axis(s, "model", &x);
    cr_expect_eq(x.n_codes, 4);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const int64_t *cols[C_COUNT] = {0};
        struct bucketer memo = axis_memo(&x);
        int64_t code;
        struct sv text;

        cols[F_REQUEST_MODEL] = &rows[i].request;
        cols[F_RESPONSE_MODEL] = &rows[i].response;
        axis_codes(&x, &memo, cols, 1, &code);
        text = axis_text(&x, code, NULL);
        if (rows[i].want)
            cr_expect(sv_is(text, rows[i].want), "row %zu: %.*s", i, SV_FMT(text));
        else
            cr_expect_eq(code, 0, "row %zu", i);
        same = i == 0 ? code : same;
        if (i < 3)
            cr_expect_eq(code, same);
    }
    axis_release(&x);
    store_close(s);
}

Test(dimensions, codes_never_lead_outside)
{
    static const int64_t wild[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, 2, 3, 4, 5, 1000, INT64_MAX};
    enum { N = sizeof(wild) / sizeof(wild[0]) };
    struct store *s = test_calls();

    for (const char *const *name = dimension_names_all(); *name; name++) {
        const int64_t *cols[STEP_COUNT];
        struct bucketer memo;
        struct axis x;
        struct arena a = {0};
        int64_t codes[N];

        open_axis(s, *name, &x);
        for (int c = 0; c < STEP_COUNT; c++)
            cols[c] = wild;
        memo = axis_memo(&x);
        axis_codes(&x, &memo, cols, N, codes);
        cr_expect_eq(codes[0], 0, "%s: missing", *name);
        for (int i = 0; i < N; i++) {
            cr_expect(codes[i] >= 0 && codes[i] < x.n_codes, "%s of %lld: %lld", *name,
                      (long long)wild[i], (long long)codes[i]);
            axis_text(&x, codes[i], &a);
        }
        cr_expect_null(axis_text(&x, -1, &a).p);
        cr_expect_null(axis_text(&x, x.n_codes, &a).p);
        arena_release(&a);
        axis_release(&x);
    }
    store_close(s);
}

Test(dimensions, time)
{
    static const int64_t starts[] = {0, INT64_C(86399999999), INT64_C(86400000000), CALL_MISSING,
                                     INT64_C(259200000000), INT64_C(345600000000)};
    static const char *const want[] = {"1970-01-01", "1970-01-01", "1970-01-02", NULL, "1970-01-04",
                                       NULL}; /* the last one is outside of the source's range */
    struct store *s = test_store();
    struct axis x;
    struct bucketer memo;
    struct arena a = {0};
    const int64_t *cols[C_COUNT] = {0};
    int64_t codes[6];

    open_axis(s, "day", &x);
    cr_expect_eq(x.n_codes, 5);
    cols[F_STARTED_US] = starts;
    memo = axis_memo(&x);
    axis_codes(&x, &memo, cols, 6, codes);
    for (int i = 0; i < 6; i++) {
        struct sv text = axis_text(&x, codes[i], &a);

        cr_expect(want[i] ? sv_is(text, want[i]) : !text.p, "%d: %.*s", i, SV_FMT(text));
    }
    arena_release(&a);
    axis_release(&x);
    store_close(s);
}
