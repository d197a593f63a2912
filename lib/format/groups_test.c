#include <criterion/criterion.h>

#include "format/format_testing.h"
#include "format/groups.h"

struct fixture {
    struct json_doc doc;
    struct batch batch;
    struct line_context c;
    struct reading r;
    struct groups g;
};

/* Groups the elements of an array of objects by their "id". */
static void group(struct fixture *f, const char *text)
{
    cr_assert(json_parse(&f->doc, text, strlen(text), NULL) == OK, "%s", text);
    f->c = (struct line_context){.doc = &f->doc, .out = &f->batch};
    f->r = (struct reading){.c = &f->c};
    for (json_ref at = json_first(&f->doc, 0); at != JSON_END; at = json_next(&f->doc, 0, at))
        cr_assert(groups_add(&f->g, &f->r, json_raw(&f->doc, json_get(&f->doc, at, "id")), at,
                             JSON_END));
    groups_sort(&f->g);
}

static void release(struct fixture *f)
{
    groups_release(&f->g);
    json_release(&f->doc);
    batch_release(&f->batch);
}

Test(groups, the_last_that_says_something_counts)
{
    static const struct {
        const char *name, *text, *want; /* NULL: nothing */
    } cases[] = {
        {"one", "[{\"id\":\"b\",\"v\":1}]", "1"},
        {"a later one",
         "[{\"id\":\"b\",\"v\":1},{\"id\":\"a\",\"v\":9},{\"id\":\"b\",\"v\":2}]", "2"},
        {"null says nothing", "[{\"id\":\"b\",\"v\":1},{\"id\":\"b\",\"v\":null}]", "1"},
        {"an empty text says nothing", "[{\"id\":\"b\",\"v\":1},{\"id\":\"b\",\"v\":\"\"}]", "1"},
        {"an empty object says nothing", "[{\"id\":\"b\",\"v\":{\"x\":1}},{\"id\":\"b\",\"v\":{}}]",
         "{\"x\":1}"},
        {"an empty array says nothing", "[{\"id\":\"b\",\"v\":[0]},{\"id\":\"b\",\"v\":[]}]",
         "[0]"},
        {"false says something", "[{\"id\":\"b\",\"v\":1},{\"id\":\"b\",\"v\":false}]", "false"},
        {"not there", "[{\"id\":\"b\"}]", NULL},
        {"no such id", "[{\"id\":\"a\",\"v\":1},{\"id\":\"bb\",\"v\":1}]", NULL},
        {"nothing at all", "[]", NULL},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture f = {0};
        struct told told;
        struct sv got;

        group(&f, cases[i].text);
        told = groups_find(&f.g, &f.doc, SV("b"));
        got = json_raw(&f.doc, told_get(&told, "v"));
        cr_expect(cases[i].want ? got.p && sv_is(got, cases[i].want) : !got.p, "%s: %.*s",
                  cases[i].name, SV_FMT(got));
        release(&f);
    }
}

/* Asking many things for a trace that many objects tell of takes no time for each of them. */
Test(groups, of_many_only_the_last_are_asked)
{
    char text[4096] = "[{\"id\":\"a\"},{\"id\":\"b\",\"v\":1}";
    struct fixture f = {0};
    struct told told;
    size_t n = strlen(text);

    for (int i = 0; i < TOLD_MAX; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, ",{\"id\":\"b\",\"w\":%d}", i);
    snprintf(text + n, sizeof(text) - n, ",{\"id\":\"c\",\"v\":2}]");
    group(&f, text);
    told = groups_find(&f.g, &f.doc, SV("b"));
    cr_expect_eq(told.n, TOLD_MAX);
    cr_expect(told_get(&told, "v") == JSON_END);
    cr_expect(sv_is(json_raw(&f.doc, told_get(&told, "w")), "63"));
    told = groups_from(&f.g, &f.doc, 1);
    cr_expect_eq(told.n, TOLD_MAX + 1);
    cr_expect(told_get(&told, "v") == JSON_END);
    release(&f);
}

Test(groups, each_thing_once)
{
    struct fixture f = {0};
    size_t things = 0;

    group(&f, "[{\"id\":\"b\"},{\"id\":\"\"},{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"},{}]");
    for (size_t i = 0; i < f.g.n; things++)
        i += groups_from(&f.g, &f.doc, i).n;
    cr_expect_eq(things, 4);
    release(&f);
}
