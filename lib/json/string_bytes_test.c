/* Tests of string_bytes: each way of this machine against one byte after the other. */
#include "json/string_bytes.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static bool is_utf8(const char *p, size_t n)
{
    for (size_t i = 0, length; i < n; i += length) {
        length = utf8_length(p + i, n - i);
        if (!length)
            return false;
    }
    return true;
}

/* What find_stops() is to say, from its description; p[0 .. n) is copied to be of its size. */
static void expect_stops(const struct string_bytes *way, const char *p, size_t n)
{
    static uint64_t stops[STRING_BYTES_WORDS];
    bool high_stops = !way->checks_utf8 || !is_utf8(p, n);
    char *copy = malloc(n);
    size_t i = 0;

    cr_assert_not_null(copy);
    memcpy(copy, p, n);
    memset(stops, 0xA5, sizeof(stops));
    way->find_stops(copy, n, stops);
    for (; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        bool wanted = c == '"' || c == '\\' || c < 0x20 || (c >= 0x80 && high_stops);

        if ((stops[i / 64] >> i % 64 & 1) != wanted)
            break;
    }
    cr_expect_eq(i, n, "%s: byte %zu of %zu, 0x%02x", way->name, i, n, (unsigned char)p[i % n]);
    cr_expect_eq(stops[n / 64] >> n % 64, 1, "%s: the end of %zu", way->name, n);
    free(copy);
}

static void expect_each_way(const char *p, size_t n)
{
    for (size_t i = 0; i < string_bytes_n; i++)
        if (string_bytes_ways[i].runs_here())
            expect_stops(&string_bytes_ways[i], p, n);
}

Test(string_bytes, last_way_runs_everywhere)
{
    cr_expect(string_bytes_ways[string_bytes_n - 1].runs_here());
    cr_expect_not_null(string_bytes_best());
}

/* All byte values, at each place of two blocks and of a rest. */
Test(string_bytes, each_byte_at_each_place)
{
    char text[150];

    for (int c = 0; c < 256; c++)
        for (size_t at = 0; at < sizeof(text); at++) {
            memset(text, 'x', sizeof(text));
            text[at] = (char)c;
            expect_each_way(text, sizeof(text));
        }
}

Test(string_bytes, each_length)
{
    static char text[STRING_BYTES_MAX];

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = "plain \"\\\n\xC3\xA4"[i % 11];
    for (size_t n = 1; n <= sizeof(text); n += n < 300 || n > sizeof(text) - 100 ? 1 : 37)
        expect_each_way(text, n);
}

/* Four bytes of those at which the ranges of Table 3-7 of the Unicode standard begin and end, each
 * four at one of the places where vectors and blocks meet, among characters. */
Test(string_bytes, utf8)
{
    static const unsigned char edges[] = {
        0x00, 0x22, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
        0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    };
    static const size_t places[] = {0, 13, 29, 30, 31, 61, 62, 63, 64, 66, 93, 124, 126};
    const size_t n_edges = sizeof(edges);
    char text[130];

    for (size_t i = 0; i < n_edges * n_edges * n_edges * n_edges; i++) {
        size_t at = places[i % 13];
        size_t which = i;

        memset(text, 'x', sizeof(text));
        for (size_t k = 0; k < 4; k++, which /= n_edges)
            text[at + k] = (char)edges[which % n_edges];
        expect_each_way(text, sizeof(text));
        expect_each_way(text, at + 4);
    }
}
