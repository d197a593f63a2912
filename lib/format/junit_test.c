#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/format_testing.h"
#include "format/junit.h"

static enum err read_text(struct batch *b, const char *text, size_t n, struct error *err)
{
    struct line_context c = {.out = b, .source = 7, .line = 1, .line_hash = hash128(text, n, 0)};
    char *copy = malloc(n ? n : 1); /* exactly as long: the sanitizer sees who reads on */
    enum err rc;

    cr_assert(copy != NULL);
    memcpy(copy, text, n);
    rc = junit_read(copy, n, &c, err);
    free(copy);
    return rc;
}

#define SUITE(inside) "<testsuite name=\"s\">" inside "</testsuite>"

/* clang-format off */
static const struct {
    const char *name, *text;
    const char *id; /* of the first test; NULL: there is none */
    int passed;     /* -1: neither */
    const char *label;
    int64_t at_us; /* 0: none */
    int64_t line;
} good[] = {
    {"passed", SUITE("<testcase classname=\"a.b\" name=\"t\" time=\"1.5\"/>"), "a.b::t", 1, "", 0,
     1},
    {"failed",
     SUITE("<testcase classname='a' name='t'><failure message=\"no &lt;4&gt;\">"
           "got <b>5</b> &#x35;</failure></testcase>"),
     "a::t", 0, "", 0, 1},
    {"broken is neither", SUITE("<testcase classname='a' name='t'><error/></testcase>"), "a::t", -1,
     "error", 0, 1},
    {"skipped is neither", SUITE("<testcase name='t'><skipped message=''/></testcase>"), "t", -1,
     "skipped", 0, 1},
    {"the first verdict counts", SUITE("<testcase name='t'><failure/><error/></testcase>"), "t", 0,
     "", 0, 1},
    {"a failure that was mended by another try is none",
     SUITE("<testcase name='t'><flakyFailure/></testcase>"), "t", 1, "", 0, 1},
    {"a failure further inside is none",
     SUITE("<testcase name='t'><system-out><failure/></system-out></testcase>"), "t", 1, "", 0, 1},
    {"in suites, with everything around",
     "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a > b -->\n<testsuites>\n"
     "<testsuite timestamp=\"2026-03-01T08:00:00\" >\n<properties><property name='x' value='y'/>"
     "</properties>\n<testcase\n name=\"t\" ></testcase >\n<system-out><![CDATA[<x>&y;]]>"
     "</system-out></testsuite></testsuites>\n",
     "t", 1, "", 1772352000000000, 6},
    {"a suite in a suite has its own time",
     "<testsuite timestamp='2026-03-01T08:00:00Z'><testsuite timestamp='2026-03-01T08:00:01Z'>"
     "<testcase name='t'/></testsuite></testsuite>",
     "t", 1, "", 1772352001000000, 1},
    {"a time that is none is missing",
     "<testsuite timestamp='yesterday'><testcase name='t'/></testsuite>", "t", 1, "", 0, 1},
    {"entities", SUITE("<testcase name=\"&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#xe9;&#128512;\"/>"),
     "<>&\"'AB\xC3\xA9\xF0\x9F\x98\x80", 1, "", 0, 1},
    {"blanks in a value", SUITE("<testcase name=\"a\n\tb\"/>"), "a  b", 1, "", 0, 1},
    {"a test without name", SUITE("<testcase classname='a'/>"), "a::", 1, "", 0, 1},
    {"no tests", "<testsuites/>", NULL, 0, "", 0, 0},
};
/* clang-format on */

Test(junit, reports)
{
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct batch b = {0};
        struct error err = {0};
        const struct score_record *s = NULL;

        cr_expect(read_text(&b, good[i].text, strlen(good[i].text), &err) == OK, "%s: %s",
                  good[i].name, err.msg);
        cr_expect(b.n_scores == (good[i].id != NULL), "%s", good[i].name);
        if (b.n_scores) {
            s = &b.scores[0];
            cr_expect(text_is(s->target_id, good[i].id), "%s: %.*s", good[i].name,
                      SV_FMT(s->target_id));
            cr_expect(s->target == TARGET_CASE && text_is(s->name, "passed"));
            cr_expect(s->passed.known == (good[i].passed >= 0) && s->value.known == s->passed.known,
                      "%s", good[i].name);
            cr_expect(good[i].passed < 0 ||
                          (s->passed.v == good[i].passed && s->value.v == good[i].passed),
                      "%s", good[i].name);
            cr_expect(text_is(s->label, good[i].label), "%s", good[i].name);
            cr_expect(s->at_us.known == (good[i].at_us != 0) &&
                          (!s->at_us.known || s->at_us.v == good[i].at_us),
                      "%s", good[i].name);
            cr_expect(s->line == good[i].line && s->source == 7, "%s: line %lld", good[i].name,
                      (long long)s->line);
        }
        batch_release(&b);
    }
}

/* clang-format off */
static const struct {
    const char *name, *text, *msg;
} bad[] = {
    {"nothing", "", "line 1: expected testsuites or testsuite, found the end"},
    {"blanks", " \n ", "line 2: expected testsuites or testsuite, found the end"},
    {"no XML", "{\"a\":1}", "line 1: expected '<', found '{'"},
    {"another root", "<html></html>", "line 1: expected testsuites or testsuite, found '>'"},
    {"two roots", "<testsuite/><testsuite/>", "line 1: expected one report, found '/'"},
    {"text behind the root", "<testsuite/>x", "line 1: expected '<', found 'x'"},
    {"a document type", "<!DOCTYPE x [<!ENTITY a \"b\">]><testsuite/>",
     "line 1: expected no document type, found '!'"},
    {"a document type inside", SUITE("<!ENTITY a 'b'>"),
     "line 1: expected no document type, found '!'"},
    {"an entity of one's own", SUITE("\n&lol;"),
     "line 2: expected an entity that XML has itself, found 'l'"},
    {"an entity in a value", SUITE("<testcase name='&lol;'/>"),
     "line 1: expected an entity that XML has itself, found 'l'"},
    {"no number", SUITE("&#;"), "line 1: expected a character, found ';'"},
    {"no digit", SUITE("&#12a;"), "line 1: expected a digit, found 'a'"},
    {"NUL by number", SUITE("&#0;"), "line 1: expected a character, found ';'"},
    {"a surrogate by number", SUITE("&#xD800;"), "line 1: expected a character, found ';'"},
    {"beyond Unicode", SUITE("&#x110000;"), "line 1: expected a character, found '0'"},
    {"an endless number", SUITE("&#99999999999999999999;"),
     "line 1: expected a character, found '9'"},
    {"a reference without end", SUITE("&#65 "), "line 1: expected a digit, found ' '"},
    {"a test outside of a suite", "<testcase name='t'/>",
     "line 1: expected testsuites or testsuite, found ' '"},
    {"a test in a test", SUITE("<testcase><testcase/></testcase>"),
     "line 1: expected a testcase in a testsuite only, found '/'"},
    {"no value", SUITE("<testcase name/>"), "line 1: expected '=', found '/'"},
    {"no quote", SUITE("<testcase name=t/>"), "line 1: expected a quote, found 't'"},
    {"a value without end", "<testsuite name='a", "line 1: expected a quote, found the end"},
    {"a tag in a value", SUITE("<testcase name='<'/>"),
     "line 1: expected no '<' in a value, found '<'"},
    {"a name twice", SUITE("<testcase name='a' name='b'/>"),
     "line 1: expected an attribute only once, found '='"},
    {"values without blank", SUITE("<testcase a='a'b='b'/>"),
     "line 1: expected a blank, '/' or '>', found 'b'"},
    {"no name", SUITE("< testcase/>"), "line 1: expected a name, found ' '"},
    {"a digit first", SUITE("<1/>"), "line 1: expected a name, found '1'"},
    {"another end", "<testsuite></testsuites>",
     "line 1: expected the end tag of the element that is open, found '>'"},
    {"an end too many", "<testsuite/></testsuite>", "line 1: expected no end tag, found 't'"},
    {"an end with more", "<testsuite></testsuite x>", "line 1: expected '>', found 'x'"},
    {"no end", "<testsuite>\n\n", "line 3: expected an end tag, found the end"},
    {"half a tag", "<testsuite", "line 1: expected a blank, '/' or '>', found the end"},
    {"half an empty tag", "<testsuite/", "line 1: expected '>', found the end"},
    {"a lone bracket", "<", "line 1: expected a name, found the end"},
    {"an endless comment", "<!-- ", "line 1: expected -->, found the end"},
    {"endless text", SUITE("<![CDATA["), "line 1: expected ]]>, found the end"},
    {"CDATA outside", "<![CDATA[x]]>", "line 1: expected no document type, found '!'"},
    {"bad UTF-8", SUITE("\n\xFF"), "line 2: expected UTF-8, found '\\xff'"},
    {"a control byte", SUITE("\x01"), "line 1: expected no control byte, found '\\x01'"},
};
/* clang-format on */

Test(junit, what_is_no_report_gives_nothing)
{
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct batch b = {0};
        struct error err = {0};

        cr_expect(read_text(&b, bad[i].text, strlen(bad[i].text), &err) == ERR_PARSE, "%s",
                  bad[i].name);
        cr_expect(strcmp(err.msg, bad[i].msg) == 0, "%s: %s", bad[i].name, err.msg);
        cr_expect(batch_size(&b) == 0, "%s", bad[i].name);
        batch_release(&b);
    }
}

Test(junit, tests_before_a_mistake_are_taken_back)
{
    static const char text[] = "<testsuite><testcase name='a'/><testcase name='b'/></oops>";
    struct batch b = {0};

    cr_expect(read_text(&b, text, strlen(text), NULL) == ERR_PARSE);
    cr_expect(b.n_scores == 0);
    batch_release(&b);
}

Test(junit, nul_bytes_are_no_text)
{
    static const char text[] = "<testsuite>\0</testsuite>";
    struct batch b = {0};

    cr_expect(read_text(&b, text, sizeof(text) - 1, NULL) == ERR_PARSE);
    batch_release(&b);
}

/* Every beginning of a report is refused, whatever it ends in. */
Test(junit, no_beginning_is_a_report)
{
    static const char text[] =
        "<?xml version='1.0'?><!--c--><testsuites a='&#65;'><testsuite timestamp='2026-03-01'>"
        "<testcase name='t'><failure>&lt;<![CDATA[x]]></failure></testcase></testsuite>"
        "</testsuites>";

    for (size_t n = 0; n < sizeof(text) - 1; n++) {
        struct batch b = {0};
        struct error err = {0};

        cr_expect(read_text(&b, text, n, &err) == ERR_PARSE && err.msg[0], "%zu bytes", n);
        batch_release(&b);
    }
}

Test(junit, depth_is_limited)
{
    for (int depth = JUNIT_MAX_DEPTH; depth <= JUNIT_MAX_DEPTH + 1; depth++) {
        struct buf text = {0};
        struct batch b = {0};
        struct error err = {0};
        enum err rc;

        for (int i = 0; i < depth; i++)
            buf_str(&text, "<testsuite>");
        for (int i = 0; i < depth; i++)
            buf_str(&text, "</testsuite>");
        rc = read_text(&b, text.p, text.n, &err);
        cr_expect(rc == (depth > JUNIT_MAX_DEPTH ? ERR_RANGE : OK), "%d: %s", depth, err.msg);
        cr_expect(!rc || strcmp(err.msg, "line 1: elements are more than 64 deep") == 0, "%s",
                  err.msg);
        buf_release(&text);
        batch_release(&b);
    }
}

/* Long names are stored as their hash; nothing that a failure says is stored at all. */
Test(junit, texts)
{
    struct buf text = {0};
    struct batch b = {0};

    buf_str(&text, "<testsuite><testcase name='");
    for (int i = 0; i < 201; i++)
        buf_char(&text, 'x');
    buf_str(&text, "'/><testcase name='t'><failure message='secret'>secret</failure></testcase>"
                   "<testcase name='t'/></testsuite>");
    cr_assert(read_text(&b, text.p, text.n, NULL) == OK && b.n_scores == 3);
    cr_expect(sv_starts(b.scores[0].target_id, "sha256:"));
    for (size_t i = 0; i < b.n_scores; i++) {
        cr_expect(sv_find(b.scores[i].target_id, SV("secret")) < 0 && !b.scores[i].label.n);
        for (size_t k = 0; k < i; k++)
            cr_expect(identity_key(&b.scores[i].id) != identity_key(&b.scores[k].id));
    }
    buf_release(&text);
    batch_release(&b);
}

/* Two hours ahead of UTC: 08:00 there is 06:00Z, 1772344800 by `date -d 2026-03-01T06:00Z +%s`. */
Test(junit, times_in_an_assumed_zone)
{
    static const struct zone_step steps[] = {
        {INT64_MIN, 7200}
    };
    static const struct zone zone = {"two hours ahead", steps, 1};
    static const char text[] = "<testsuite timestamp='2026-03-01T08:00:00'><testcase name='t'/>"
                               "</testsuite>";
    struct batch b = {0};
    struct line_context c = {.out = &b, .source = 1, .line = 1, .assume = &zone};
    struct error err = {0};

    cr_assert(junit_read(text, sizeof(text) - 1, &c, &err) == OK, "%s", err.msg);
    cr_assert_eq(b.n_scores, 1);
    cr_expect_eq(b.scores[0].at_us.v, 1772344800000000);
    batch_release(&b);
}
