#include "detect/detect.h"

#include <criterion/criterion.h>

struct example {
    struct detector *d;
    struct arena arena;
    struct sv kind;
    size_t found;
};

static void count(void *ctx, const struct detect_span *span)
{
    struct example *x = ctx;

    x->found += sv_eq(detector_kind(x->d, span->kind), x->kind);
}

static size_t found_in(struct example *x, struct sv cell)
{
    struct error err = {0};

    x->found = 0;
    cr_assert_eq(detect_spans(x->d, pattern_example(cell, &x->arena), DETECT_INPUT | DETECT_OUTPUT,
                              count, x, &err),
                 OK, "%s", err.msg);
    return x->found;
}

static enum err try_row(void *ctx, const struct pattern *p, struct error *err)
{
    struct example *x = ctx;

    (void)err;
    x->kind = p->kind;
    cr_expect(p->matches.n && p->passes.n, "%.*s has examples", SV_FMT(p->kind));
    cr_expect(found_in(x, p->matches) > 0, "%.*s is found in: %.*s", SV_FMT(p->kind),
              SV_FMT(p->matches));
    cr_expect_eq(found_in(x, p->passes), 0, "%.*s is not found in: %.*s", SV_FMT(p->kind),
                 SV_FMT(p->passes));
    return OK;
}

/* The examples in schemas/detect: each row finds its own, and lets its near miss pass. */
Test(patterns, built_in_examples)
{
    struct example x = {.d = NULL};
    struct error err = {0};
    struct sv table;

    cr_assert_eq(detector_open(NULL, &x.d, &err), OK, "%s", err.msg);
    for (size_t i = 0; (table = patterns_built_in(i)).p; i++)
        cr_expect_eq(patterns_read(table, try_row, &x, &err), OK, "%s", err.msg);
    cr_expect_eq(detector_work(x.d)->given_up, 0);
    arena_release(&x.arena);
    detector_close(x.d);
}

static enum err ignore(void *ctx, const struct pattern *p, struct error *err)
{
    (void)ctx, (void)p, (void)err;
    return OK;
}

#define HEAD "family\tkind\tpattern\n"

static const struct {
    const char *name, *table, *message; /* NULL: read */
} tables[] = {
    {"nothing",             "",                                                 NULL                                                        },
    {"comments",            "# a\n\n# b\n",                                     NULL                                                        },
    {"one row",             HEAD "pii\tstaff_id\tE\\d{6}\n",                    NULL                                                        },
    {"no line end",         HEAD "pii\tstaff_id\tE\\d{6}",                      NULL                                                        },
    {"CR LF",               "family\tkind\tpattern\r\npii\ta\tb\r\n",           NULL                                                        },
    {"unknown column",      "family\tkind\tregex\n",                            "line 1: no column \"regex\""                               },
    {"missing column",      "family\tkind\n",                                   "line 1: column \"pattern\" is missing"                     },
    {"unknown family",      HEAD "pie\ta\tb\n",
     "line 2: family: expected pii, secrets, injection or refusals, found \"pie\""                                                          },
    {"a kind with a space", HEAD "pii\tstaff id\tb\n",
     "line 2: kind: expected at most 40 lower case letters, digits and _, found \"staff id\""                                               },
    {"no pattern",          HEAD "pii\ta\t\n",                                  "line 2: pattern: expected a regular expression, found \"\""},
    {"too many cells",      HEAD "pii\ta\tb\tc\n",                              "line 2: more cells than columns"                           },
    {"a short trigger",     "family\tkind\tpattern\ttriggers\npii\ta\tb\tab\n",
     "line 2: triggers: expected texts of 3 bytes and more, '@' or '#N', with '|' between, found "
     "\"ab\""                                                                                                                               },
    {"back too far",        "family\tkind\tpattern\tback\npii\ta\tb\t129\n",
     "line 2: back: expected a number of bytes up to 128, found \"129\""                                                                    },
    {"unknown check",       "family\tkind\tpattern\tcheck\npii\ta\tb\tmod7\n",
     "line 2: check: expected the name of a check, found \"mod7\""                                                                          },
};

Test(patterns, tables)
{
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        struct error err = {0};
        enum err rc = patterns_read(sv_from(tables[i].table), ignore, NULL, &err);

        cr_expect_eq(rc, tables[i].message ? ERR_PARSE : OK, "%s", tables[i].name);
        cr_expect_str_eq(err.msg, tables[i].message ? tables[i].message : "", "%s", tables[i].name);
    }
}
