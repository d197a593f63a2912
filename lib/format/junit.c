/* junit: test reports in JUnit's XML, as evaluation tools write them for build servers. */
#include "format/junit.h"

#include "base/time_text.h"
#include "base/utf8.h"
#include "format/evals.h"

#include "base/banned.h"

/* What a test case came to. The first that is told counts. */
enum verdict { PASSED, FAILED, BROKEN, SKIPPED };

/* An element that is open, and what its attributes said. */
struct element {
    struct sv name;
    struct sv classname, title; /* of a test case; decoded */
    struct maybe_i64 at_us;     /* of the innermost test suite with a time */
    int64_t line;
    enum verdict verdict;
};

struct xml {
    struct reading r; /* bad_field is not used */
    const char *p, *end;
    const char *counted; /* lines are counted up to here */
    int64_t line;
    size_t depth;
    bool had_root;
    uint64_t cases;
    struct element open[JUNIT_MAX_DEPTH];
};

static int64_t line_of(struct xml *x)
{
    for (; x->counted < x->p; x->counted++)
        x->line += *x->counted == '\n';
    return x->line;
}

static enum err expected(struct xml *x, const char *what)
{
    int64_t line = line_of(x);
    enum err rc = OK;

    if (x->p < x->end)
        rc = error_set(x->r.err, ERR_PARSE, "line %lld: expected %s, found '%c'", (long long)line,
                       what, *x->p);
    else
        rc = error_set(x->r.err, ERR_PARSE, "line %lld: expected %s, found the end",
                       (long long)line, what);
    return rc;
}

static bool no_memory(struct xml *x)
{
    x->r.c->out->failed = true;
    error_set(x->r.err, ERR_NOMEM, "out of memory for a test report");
    return false;
}

/* --- the letters of XML; on failure x->p stands at what was not expected --- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct xml *x)
{
    while (x->p < x->end && is_blank(*x->p))
        x->p++;
}

static bool starts(const struct xml *x, struct sv text)
{
    return (size_t)(x->end - x->p) >= text.n && memcmp(x->p, text.p, text.n) == 0;
}

static bool take(struct xml *x, char c, const char *what)
{
    if (x->p == x->end || *x->p != c)
        return expected(x, what), false;
    x->p++;
    return true;
}

/* Moves behind the next `text`. */
static bool skip_behind(struct xml *x, struct sv text)
{
    ptrdiff_t at = sv_find((struct sv){x->p, (size_t)(x->end - x->p)}, text);

    if (at < 0) {
        x->p = x->end;
        return expected(x, text.p), false;
    }
    x->p += (size_t)at + text.n;
    return true;
}

static bool is_name_byte(char c, bool first)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
                  (unsigned char)c >= 0x80;

    return letter || (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
}

static bool read_name(struct xml *x, struct sv *out)
{
    const char *from = x->p;

    while (x->p < x->end && is_name_byte(*x->p, x->p == from))
        x->p++;
    if (x->p == from)
        return expected(x, "a name"), false;
    *out = (struct sv){from, (size_t)(x->p - from)};
    return true;
}

/* Characters that XML allows, in UTF-8. */
static bool is_allowed(uint32_t code)
{
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xD800) ||
           (code >= 0xE000 && code < 0xFFFE) || (code >= 0x10000 && code <= 0x10FFFF);
}

/* "#38;" or "#x26;" behind the ampersand. */
static bool read_numbered(struct xml *x, uint32_t *out)
{
    uint32_t code = 0, base = 10, digits = 0;

    x->p++;
    if (x->p < x->end && *x->p == 'x') {
        base = 16;
        x->p++;
    }
    for (; x->p < x->end && *x->p != ';'; x->p++, digits++) {
        char lower = (char)(*x->p | 0x20);
        uint32_t digit = 99;

        if (*x->p >= '0' && *x->p <= '9')
            digit = (uint32_t)(*x->p - '0');
        else if (lower >= 'a' && lower <= 'f')
            digit = (uint32_t)(lower - 'a') + 10;
        if (digit >= base)
            return expected(x, "a digit"), false;
        code = code * base + digit;
        if (code > 0x10FFFF)
            return expected(x, "a character"), false;
    }
    if (!digits || !is_allowed(code))
        return expected(x, "a character"), false;
    *out = code;
    return take(x, ';', "';'");
}

/* A reference behind its ampersand: one of XML's five, or a number. There are no others, for there
 * is no document type that could make some. */
static bool read_reference(struct xml *x, uint32_t *out)
{
    static const struct {
        struct sv name;
        char means;
    } entities[] = {
        {SV_INIT("lt;"),   '<' },
        {SV_INIT("gt;"),   '>' },
        {SV_INIT("amp;"),  '&' },
        {SV_INIT("quot;"), '"' },
        {SV_INIT("apos;"), '\''},
    };

    if (x->p < x->end && *x->p == '#')
        return read_numbered(x, out);
    for (size_t i = 0; i < ARRAY_LEN(entities); i++)
        if (starts(x, entities[i].name)) {
            x->p += entities[i].name.n;
            *out = (uint32_t)entities[i].means;
            return true;
        }
    return expected(x, "an entity that XML has itself"), false;
}

/* A value between quotes into the batch's arena, or only checked when out is NULL. */
static bool read_value(struct xml *x, struct sv *out)
{
    char quote = x->p < x->end ? *x->p : '\0', *text = NULL;
    const char *close = NULL;
    size_t n = 0;

    if (quote != '"' && quote != '\'')
        return expected(x, "a quote"), false;
    x->p++;
    close = memchr(x->p, quote, (size_t)(x->end - x->p));
    if (!close) {
        x->p = x->end;
        return expected(x, "a quote"), false;
    }
    if (out) { /* a reference is never shorter than what it stands for */
        text = arena_alloc(&x->r.c->out->arena, (size_t)(close - x->p));
        if (!text)
            return no_memory(x);
    }
    while (x->p < close) {
        uint32_t code = (unsigned char)*x->p;
        char bytes[4] = {*x->p, 0, 0, 0};
        size_t size = 1;

        if (*x->p == '<')
            return expected(x, "no '<' in a value"), false;
        x->p++;
        if (code == '&') {
            if (!read_reference(x, &code))
                return false;
            size = utf8_put(code, bytes);
        } else if (is_blank(bytes[0])) {
            bytes[0] = ' ';
        }
        if (text)
            memcpy(text + n, bytes, size);
        n += size;
    }
    x->p = close + 1;
    if (out)
        *out = (struct sv){text, n};
    return true;
}

/* --- elements --- */

static struct element *innermost(struct xml *x)
{
    return x->depth ? &x->open[x->depth - 1] : NULL;
}

/* The attributes of a start tag, up to its '>' or '/>'. */
static bool read_attributes(struct xml *x, struct element *e)
{
    bool is_case = sv_is(e->name, "testcase"), is_suite = sv_is(e->name, "testsuite");
    bool seen_class = false, seen_name = false, seen_time = false, zoneless = false;
    int64_t us = 0;

    for (;;) {
        const char *before = x->p;
        struct sv name, value = SV_NONE;
        bool *seen = NULL;

        skip_blanks(x);
        if (x->p < x->end && (*x->p == '>' || *x->p == '/'))
            return true;
        if (x->p == before)
            return expected(x, "a blank, '/' or '>'"), false;
        if (!read_name(x, &name))
            return false;
        if (is_case && sv_is(name, "classname"))
            seen = &seen_class;
        else if (is_case && sv_is(name, "name"))
            seen = &seen_name;
        else if (is_suite && sv_is(name, "timestamp"))
            seen = &seen_time;
        if (seen && *seen)
            return expected(x, "an attribute only once"), false;
        skip_blanks(x);
        if (!take(x, '=', "'='"))
            return false;
        skip_blanks(x);
        if (!read_value(x, seen ? &value : NULL))
            return false;
        if (!seen)
            continue;
        *seen = true;
        if (seen == &seen_class)
            e->classname = value;
        else if (seen == &seen_name)
            e->title = value;
        else if (time_parse(value, &us, &zoneless) == OK)
            e->at_us = (struct maybe_i64){zoneless ? assumed_utc(x->r.c, us) : us, true};
    }
}

/* What an element directly in a test case says of it. */
static void note_verdict(struct element *test, struct sv name)
{
    if (!test || !sv_is(test->name, "testcase") || test->verdict != PASSED)
        return;
    if (sv_is(name, "failure"))
        test->verdict = FAILED;
    else if (sv_is(name, "error"))
        test->verdict = BROKEN;
    else if (sv_is(name, "skipped"))
        test->verdict = SKIPPED;
}

/* "classname::name", or the name alone. */
static struct sv test_id(struct xml *x, const struct element *e)
{
    size_t n = e->classname.n + 2 + e->title.n;
    char *text = NULL;

    if (!e->classname.n)
        return keep_id(&x->r, e->title);
    text = keep_room(&x->r, n);
    if (!text)
        return SV_NONE;
    memcpy(text, e->classname.p, e->classname.n);
    text[e->classname.n] = text[e->classname.n + 1] = ':';
    if (e->title.n)
        memcpy(text + e->classname.n + 2, e->title.p, e->title.n);
    return keep_id(&x->r, (struct sv){text, n});
}

static bool add_case(struct xml *x, const struct element *e)
{
    struct identity id = line_identity(x->r.c, ++x->cases);
    struct score_record *s = add_case_score(&x->r, &id, test_id(x, e), SV("passed"));

    if (!s || x->r.c->out->failed)
        return no_memory(x);
    s->line = e->line;
    s->at_us = e->at_us;
    if (e->verdict == BROKEN)
        s->label = SV("error");
    else if (e->verdict == SKIPPED)
        s->label = SV("skipped");
    else
        score_set_verdict(s, (struct maybe_i64){e->verdict == PASSED, true});
    return true;
}

static bool close_element(struct xml *x)
{
    struct element *e = innermost(x);

    x->depth--;
    return !sv_is(e->name, "testcase") || add_case(x, e);
}

/* Where an element may stand: tests are in suites, and the root is one or holds them. */
static bool check_place(struct xml *x, struct sv name)
{
    const struct element *around = innermost(x);
    bool suites = around && (sv_is(around->name, "testsuites") || sv_is(around->name, "testsuite"));

    if (!around && (x->had_root || !(sv_is(name, "testsuites") || sv_is(name, "testsuite"))))
        return expected(x, x->had_root ? "one report" : "testsuites or testsuite"), false;
    if (!suites && sv_is(name, "testcase"))
        return expected(x, "a testcase in a testsuite only"), false;
    return true;
}

/* Behind '<'. */
static bool open_tag(struct xml *x)
{
    struct element *around = innermost(x);
    struct element e = {.line = line_of(x)};

    if (around)
        e.at_us = around->at_us;
    if (!read_name(x, &e.name) || !check_place(x, e.name) || !read_attributes(x, &e))
        return false;
    if (x->depth == JUNIT_MAX_DEPTH) {
        error_set(x->r.err, ERR_RANGE, "line %lld: elements are more than %d deep",
                  (long long)line_of(x), JUNIT_MAX_DEPTH);
        return false;
    }
    note_verdict(around, e.name);
    x->had_root = true;
    x->open[x->depth++] = e;
    if (*x->p == '>') {
        x->p++;
        return true;
    }
    x->p++;
    return take(x, '>', "'>'") && close_element(x);
}

/* Behind '</'. */
static bool close_tag(struct xml *x)
{
    const struct element *e = innermost(x);
    struct sv name;

    if (!e)
        return expected(x, "no end tag"), false;
    if (!read_name(x, &name))
        return false;
    if (!sv_eq(name, e->name))
        return expected(x, "the end tag of the element that is open"), false;
    skip_blanks(x);
    return take(x, '>', "'>'") && close_element(x);
}

/* Text outside of tags is checked and forgotten. */
static bool skip_text(struct xml *x)
{
    uint32_t code = 0;

    for (; x->p < x->end && *x->p != '<';) {
        if (!x->depth && !is_blank(*x->p))
            return expected(x, "'<'"), false;
        if (*x->p++ == '&' && !read_reference(x, &code))
            return false;
    }
    return true;
}

static bool read_markup(struct xml *x)
{
    static const struct {
        struct sv open, close;
        bool inside_only;
    } skipped[] = {
        {SV_INIT("<!--"),      SV_INIT("-->"), false},
        {SV_INIT("<![CDATA["), SV_INIT("]]>"), true },
        {SV_INIT("<?"),        SV_INIT("?>"),  false},
    };

    for (size_t i = 0; i < ARRAY_LEN(skipped); i++)
        if (starts(x, skipped[i].open) && (x->depth || !skipped[i].inside_only)) {
            x->p += skipped[i].open.n;
            return skip_behind(x, skipped[i].close);
        }
    x->p++;
    if (x->p < x->end && *x->p == '!')
        return expected(x, "no document type"), false;
    if (x->p < x->end && *x->p == '/') {
        x->p++;
        return close_tag(x);
    }
    return open_tag(x);
}

/* Well-formed UTF-8 without the control bytes that XML forbids. */
static bool check_bytes(struct xml *x)
{
    const char *start = x->p;

    while (x->p < x->end) {
        size_t n = utf8_length(x->p, (size_t)(x->end - x->p));

        if (!n || (n == 1 && (unsigned char)*x->p < 0x20 && !is_blank(*x->p)))
            return expected(x, n ? "no control byte" : "UTF-8"), false;
        x->p += n;
    }
    x->p = x->counted = start;
    x->line = x->r.c->line;
    return true;
}

enum err junit_read(const char *text, size_t n, const struct line_context *c, struct error *err)
{
    static const struct sv mark = {"\xEF\xBB\xBF", 3};
    struct error own = {0};
    struct sv no_field = SV_NONE;
    struct xml x = {
        .r = {c, &no_field, &own},
          .p = text, .end = text + n, .counted = text
    };
    struct batch_mark before = batch_mark(c->out);
    bool ok = true;

    x.line = c->line;
    if (starts(&x, mark))
        x.p = x.counted = text + mark.n;
    ok = check_bytes(&x);
    while (ok && x.p < x.end)
        ok = skip_text(&x) && (x.p == x.end || read_markup(&x));
    if (ok && (x.depth || !x.had_root))
        ok = (expected(&x, x.depth ? "an end tag" : "testsuites or testsuite"), false);
    if (ok)
        return OK;
    batch_rewind(c->out, before);
    if (err)
        *err = own;
    return own.code;
}
