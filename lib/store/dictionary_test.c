#include "store/dictionary.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include "base/error.h"

Test(dictionary, empty)
{
    struct dictionary d = {0};

    cr_expect(dictionary_text(&d, 0).p == NULL);
    cr_expect(dictionary_text(&d, 1).p == NULL);
    dictionary_release(&d);
}

/* Ten thousand texts, so that the array grows several times; early texts stay where they were. */
Test(dictionary, many)
{
    struct dictionary d = {0};
    char text[32];
    struct sv first;

    cr_assert(dictionary_add(&d, SV("t0")));
    first = dictionary_text(&d, 1);
    for (int i = 1; i < 10000; i++) {
        int n = snprintf(text, sizeof(text), "t%d", i);

        cr_assert(dictionary_add(&d, (struct sv){text, (size_t)n}), "%s", text);
    }
    for (int i = 0; i < 10000; i++) {
        int n = snprintf(text, sizeof(text), "t%d", i);

        cr_assert(sv_eq(dictionary_text(&d, i + 1), (struct sv){text, (size_t)n}), "%s", text);
    }
    cr_expect(dictionary_text(&d, 1).p == first.p, "a text handed out moved");
    cr_expect(dictionary_text(&d, 10001).p == NULL);
    cr_expect(dictionary_text(&d, -1).p == NULL);
    cr_expect(dictionary_text(&d, INT64_MIN).p == NULL);
    dictionary_release(&d);
    cr_expect(dictionary_text(&d, 1).p == NULL, "released is empty");
}

Test(dictionary, odd_texts)
{
    static const struct sv texts[] = {
        {"",     0},
        {"a",    1},
        {"a\0",  2},
        {"a\0b", 3},
        {"\xff", 1}
    };
    struct dictionary d = {0};

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        cr_assert(dictionary_add(&d, texts[i]));
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct sv got = dictionary_text(&d, (int64_t)i + 1);

        cr_expect(got.p && sv_eq(got, texts[i]), "text %zu", i);
    }
    dictionary_release(&d);
}
