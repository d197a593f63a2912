#include <criterion/criterion.h>
#include "store/annotations.h"

static enum err count(void *ctx, const struct annotation *a, struct error *err)
{
    int64_t *seen = ctx;

    (void)err;
    seen[0]++;
    seen[1] = a->at_us;
    return sv_is(a->text, "stop") ? ERR_STOPPED : OK;
}

Test(annotations, in_order_and_half_open)
{
    static const struct {
        int64_t since, until, n, last;
    } cases[] = {
        {0,  100, 3, 30},
        {10, 20,  1, 10},
        {10, 21,  2, 20},
        {31, 100, 0, 0 }
    };
    static const int64_t at[] = {30, 10, 20};
    struct store *s = NULL;
    struct error err = {0};
    int64_t id = 0;

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK);
    for (size_t i = 0; i < ARRAY_LEN(at); i++) {
        struct annotation a = {.at_us = at[i], .kind = SV("deploy"), .text = SV("v7")};

        cr_assert(store_annotate(s, &a, &id, &err) == OK, "%s", err.msg);
        cr_expect(id == (int64_t)i + 1);
    }
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t seen[2] = {0, 0};

        cr_assert(store_annotations(s, cases[i].since, cases[i].until, count, seen, &err) == OK);
        cr_expect(seen[0] == cases[i].n && seen[1] == cases[i].last, "%zu", i);
    }
    cr_expect(store_annotation_drop(s, 2, &err) == OK);
    cr_expect(store_annotation_drop(s, 2, &err) == ERR_NOT_FOUND);
    cr_expect_str_eq(err.msg, "no mark has the number 2");
    store_close(s);
}

Test(annotations, kinds_are_checked_and_errors_passed_on)
{
    struct annotation a = {.at_us = 1, .kind = SV("party"), .text = SV("x")};
    struct store *s = NULL;
    struct error err = {0};
    int64_t id = 0, seen[2] = {0, 0};

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK);
    cr_expect(store_annotate(s, &a, &id, &err) == ERR_DB);
    a.kind = SV("note");
    a.text = SV("stop");
    cr_assert(store_annotate(s, &a, &id, &err) == OK);
    cr_expect(store_annotations(s, 0, 2, count, seen, &err) == ERR_STOPPED);
    store_close(s);
}
