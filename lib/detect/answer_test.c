#include "detect/answer.h"

#include <criterion/criterion.h>

#include "base/buf.h"

static const struct {
    const char *name, *once, *before, *after;
    int times;
    bool want;
} repetitions[] = {
    {"a sentence, again and again", "I will do it. ",                                         "Well. ",    "",                 12,  true },
    {"cut off within",              "I will do it. ",                                         "Well. ",    "I wi",             12,  true },
    {"too short",                   "I will do it. ",                                         "Well. ",    "",                 11,  false}, /* 154 */
    {"a word",                      "the ",                                                   "",          "",                 41,  true },
    {"laughing",                    "ha ",                                                    "",          "",                 20,  false},
    {"a rule",                      "-",                                                      "Text\n",    "",                 200, false},
    {"dots",                        ". ",                                                     "and so on", "",                 200, false},
    {"it goes on otherwise",        "I will do it. ",                                         "",          "And that was it.", 12,  false},
    {"Chinese",                     "\xE5\xA5\xBD\xE7\x9A\x84",                               "",          "",                 40,  true },
    {"five times",                  "A sentence of more than thirty bytes, said once more. ", "",          "",                 5,   false},
    {"six times",                   "A sentence of more than thirty bytes, said once more. ", "",          "",                 6,   true },
    {"nothing",                     "",                                                       "",          "",                 1,   false},
};

Test(answer, repetition)
{
    for (size_t i = 0; i < sizeof(repetitions) / sizeof(repetitions[0]); i++) {
        struct buf text = {0};

        buf_str(&text, repetitions[i].before);
        for (int k = 0; k < repetitions[i].times; k++)
            buf_str(&text, repetitions[i].once);
        buf_str(&text, repetitions[i].after);
        cr_expect_eq(answer_repeats((struct sv){text.p, text.n}), repetitions[i].want, "%s",
                     repetitions[i].name);
        buf_release(&text);
    }
}

Test(answer, empty)
{
    cr_expect(answer_is_empty(SV("")));
    cr_expect(answer_is_empty(SV_NONE));
    cr_expect(answer_is_empty(SV(" \n\t")));
    cr_expect_not(answer_is_empty(SV(" .")));
}
