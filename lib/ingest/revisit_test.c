/* revisit_test: what is said of places in files that stay, change, go and are packed. Hashes by
 * sha256sum of the lines. */
#include "ingest/revisit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

/* "a", "bb", and a line that is not there */
#define SHA_A "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
#define SHA_BB "3b64db95cb55c763391c707108489ae18b4112d783300de38e033b4c98c3deaf"

static char dir[64];

static void begin(void)
{
    snprintf(dir, sizeof(dir), "/tmp/llmobs-revisit-XXXXXX");
    cr_assert(mkdtemp(dir) != NULL && chdir(dir) == 0);
}

static void end(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_assert(system(command) == 0);
}

TestSuite(revisit, .init = begin, .fini = end);

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    cr_assert(f != NULL);
    fputs(text, f);
    fclose(f);
}

/* What was said, in order: "0 same a;", "(file)", "-passed". */
struct said {
    char text[512];
    size_t stop_at; /* the place after which an error comes; 0: none */
};

static void add(struct said *s, const char *text, size_t n)
{
    size_t at = strlen(s->text);

    snprintf(s->text + at, sizeof(s->text) - at, "%.*s", (int)n, text);
}

static void on_begin(void *ctx, const char *path, struct sv columns)
{
    (void)columns;
    add(ctx, "(", 1);
    add(ctx, path, strlen(path));
    add(ctx, ")", 1);
}

static void on_pass(void *ctx, const struct line *line)
{
    add(ctx, "-", 1);
    add(ctx, line->text.p, line->text.n);
}

static enum err on_place(void *ctx, size_t i, enum revisit_state state, const struct line *line,
                         const char *why, struct error *err)
{
    static const char *const names[] = {"same", "long", "changed", "gone", "stdin"};
    struct said *s = ctx;
    char text[64];

    snprintf(text, sizeof(text), "%zu %s%s", i, names[state], line ? " " : "");
    add(s, text, strlen(text));
    if (line)
        add(s, line->text.p, line->text.n);
    add(s, ";", 1);
    cr_expect((state == REVISIT_GONE) == (why != NULL));
    return s->stop_at && s->stop_at == i ? error_set(err, ERR_STOPPED, "enough") : OK;
}

static enum err look(const struct revisit_place *places, size_t n, int64_t max_line, struct said *s)
{
    const struct revisit_events events = {s, on_begin, on_pass, on_place};
    struct error err = {0};

    s->text[0] = '\0';
    return revisit(places, n, max_line, &events, &err);
}

Test(revisit, each_place_once_and_each_input_in_one_pass)
{
    const struct revisit_place places[] = {
        {"y", 0, 1, SHA_A }, /* whole and last line */
        {"x", 4, 2, SHA_BB},
        {"x", 0, 1, SHA_A },
        {"x", 4, 1, SHA_A }, /* another line stands there: another length */
        {"x", 4, 2, SHA_A }, /* the same length */
        {"x", 3, 2, SHA_BB}, /* no line begins there */
        {"x", 99, 1, SHA_A},
        {"z", 0, 1, SHA_A },
        {"-", 0, 1, SHA_A },
    };
    struct said s = {0};

    put("x", "a\nc\nbb\nd\n");
    put("y", "a");
    cr_expect_eq(look(places, ARRAY_LEN(places), 100, &s), OK);
    cr_expect_str_eq(s.text, "8 stdin;(x)2 same a;-c5 changed;1 same bb;3 changed;4 changed;-d"
                             "6 changed;(y)0 same a;7 gone;");
    cr_expect_eq(look(places, 0, 100, &s), OK);
    cr_expect_str_eq(s.text, "");
}

Test(revisit, an_error_ends_it)
{
    const struct revisit_place places[] = {
        {"x", 0, 1, SHA_A },
        {"x", 2, 2, SHA_BB},
        {"x", 5, 1, SHA_A },
    };
    struct said s = {.stop_at = 1};

    put("x", "a\nbb\na\n");
    cr_expect_eq(look(places, 3, 100, &s), ERR_STOPPED);
    cr_expect_str_eq(s.text, "(x)0 same a;1 same bb;");
}

Test(revisit, packed_inputs_and_pieces)
{
    const struct revisit_place places[] = {
        {"x.gz", 2, 2, SHA_BB},
        {"doc.json", 5, 8, SHA_A},
        {"dir", 0, 1, SHA_A},
    };
    struct said s = {0};
    gzFile f = gzopen("x.gz", "wb");

    cr_assert(f != NULL);
    gzputs(f, "a\nbb\n");
    gzclose(f);
    put("doc.json", "[{\n}\n,{\"a\":\n1}]\n"); /* the second element is another one */
    cr_expect_eq(look(places, 3, 100, &s), OK);
    cr_expect(strstr(s.text, "(x.gz)-a0 same bb;") != NULL, "%s", s.text);
    cr_expect(strstr(s.text, "1 changed;") != NULL, "%s", s.text);
    cr_expect(strstr(s.text, "2 gone;") != NULL, "%s", s.text);
}

/* An element of an array is found by its bytes; the hash is of the text that was handed out. */
Test(revisit, element_of_an_array)
{
    struct said s = {0};
    unsigned char digest[32];
    char hex[65];

    sha256_of("{\"b\":2}", 7, digest);
    hex_encode(digest, 32, hex);
    const struct revisit_place place = {"doc.json", 9, 7, hex};
    put("doc.json", "[{\"a\":1},{\"b\":2}]\n");
    cr_expect_eq(look(&place, 1, 100, &s), OK);
    cr_expect_str_eq(s.text, "(doc.json)-{\"a\":1}0 same {\"b\":2};");
}

Test(revisit, long_lines)
{
    const struct revisit_place place = {"x", 0, 2, SHA_BB};
    struct said s = {0};

    put("x", "bb\n");
    cr_expect_eq(look(&place, 1, 1, &s), OK);
    cr_expect_str_eq(s.text, "(x)0 long bb;");
}

Test(revisit, words)
{
    char out[64];

    revisit_words(REVISIT_GONE, "No such file", out, sizeof(out));
    cr_expect_str_eq(out, "gone: No such file");
    revisit_words(REVISIT_CHANGED, NULL, out, sizeof(out));
    cr_expect_str_eq(out, "changed: another line stands there now");
}
