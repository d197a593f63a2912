#include "store/packed_id.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include "base/error.h"

/* Wanted bytes written by hand from the forms in packed_id.h. */
static const struct {
    const char *name;
    struct sv text;
    size_t n;
    unsigned char first; /* the form */
    unsigned char last;
} cases[] = {
    {"empty text",                     {"", 0},                                      1,  PACKED_TEXT, PACKED_TEXT},
    {"one letter",                     {"a", 1},                                     2,  PACKED_TEXT, 'a'        },
    {"two digits",                     {"a7", 2},                                    2,  PACKED_HEX,  0xa7       },
    {"odd number of digits",           {"a7f", 3},                                   4,  PACKED_TEXT, 'f'        },
    {"upper case would not come back", {"A7", 2},                                    3,  PACKED_TEXT, '7'        },
    {"not a digit: g",                 {"ag", 2},                                    3,  PACKED_TEXT, 'g'        },
    {"span id",                        {"00f067aa0ba902b7", 16},                     9,  PACKED_HEX,  0xb7       },
    {"trace id",                       {"4bf92f3577b34da6a3ce929d0e0e4736", 32},     17, PACKED_HEX,  0x36       },
    {"UUID",                           {"5c3902b3-0f8e-4a55-9c7d-0123456789ab", 36}, 17, PACKED_UUID, 0xab       },
    {"UUID in upper case",             {"5C3902B3-0F8E-4A55-9C7D-0123456789AB", 36}, 37, PACKED_TEXT, 'B'        },
    {"misplaced hyphen",               {"5c3902b30-f8e-4a55-9c7d-0123456789ab", 36}, 37, PACKED_TEXT, 'b'        },
    {"36 digits",                      {"5c3902b300f8e04a5509c7d00123456789ab", 36}, 19, PACKED_HEX,  0xab       },
    {"UUID cut short",                 {"5c3902b3-0f8e-4a55-9c7d-0123456789a", 35},  36, PACKED_TEXT, 'a'        },
    {"text with NUL",                  {"a\0b", 3},                                  4,  PACKED_TEXT, 'b'        },
    {"provider's id",                  {"msg_01XFDUDYJgAACzvnptvVoYEL", 28},         29, PACKED_TEXT, 'L'        },
    {"not ASCII",                      {"\xc3\xa4", 2},                              3,  PACKED_TEXT, 0xa4       },
};

Test(packed_id, there_and_back)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        unsigned char packed[PACKED_ID_ROOM(64)];
        char text[PACKED_ID_TEXT_ROOM(PACKED_ID_ROOM(64))];
        size_t n = packed_id_pack(cases[i].text, packed);
        struct sv back = packed_id_unpack(packed, n, text);

        cr_expect(n == cases[i].n, "%s: %zu bytes, wanted %zu", cases[i].name, n, cases[i].n);
        cr_expect(packed[0] == cases[i].first, "%s: form %d", cases[i].name, packed[0]);
        cr_expect(packed[n - 1] == cases[i].last, "%s: last byte", cases[i].name);
        cr_expect(sv_eq(back, cases[i].text) && back.p, "%s: back as \"%.*s\"", cases[i].name,
                  SV_FMT(back));
    }
}

/* Room is promised for the longest of each form: exact-sized heap blocks let a sanitizer see. */
Test(packed_id, room)
{
    for (size_t n = 0; n <= 200; n++) {
        for (int hex = 0; hex <= 1; hex++) {
            char *text = malloc(n + 1);
            unsigned char *packed = malloc(PACKED_ID_ROOM(n));
            size_t size;
            char *back;
            struct sv got;

            memset(text, hex ? 'c' : 'x', n);
            size = packed_id_pack((struct sv){text, n}, packed);
            back = malloc(PACKED_ID_TEXT_ROOM(size));
            got = packed_id_unpack(packed, size, back);
            cr_expect(got.n == n && memcmp(got.p, text, n) == 0, "%zu bytes", n);
            free(back);
            free(packed);
            free(text);
        }
    }
}

Test(packed_id, damaged)
{
    char out[64];

    cr_expect(packed_id_unpack("", 0, out).p == NULL, "nothing");
    cr_expect(packed_id_unpack("\3abc", 4, out).p == NULL, "an unknown form");
    cr_expect(packed_id_unpack("\1abc", 4, out).p == NULL, "a short UUID");
    cr_expect(packed_id_unpack("\1aaaaaaaaaaaaaaaaa", 18, out).p == NULL, "a long UUID");
    cr_expect(packed_id_unpack("\2", 1, out).n == 0, "no digits");
}
