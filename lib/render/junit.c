/* junit: see the header. */
#include "render/junit.h"

#include "render/safe_text.h"
#include "base/banned.h"

/* Markup escaped; control bytes and what is not UTF-8 become visible before. Line ends stay. */
static void add_xml(struct buf *b, struct sv text)
{
    struct buf safe = {0};

    while (text.n) {
        const char *end = memchr(text.p, '\n', text.n);
        struct sv line = {text.p, end ? (size_t)(end - text.p) : text.n};

        if (line.n)
            safe_text(&safe, line, 0, true);
        if (end)
            buf_char(&safe, '\n');
        text = (struct sv){text.p + line.n + (end != NULL), text.n - line.n - (end != NULL)};
    }
    for (size_t i = 0; i < safe.n; i++)
        switch (safe.p[i]) {
        case '&':
            buf_str(b, "&amp;");
            break;
        case '<':
            buf_str(b, "&lt;");
            break;
        case '>':
            buf_str(b, "&gt;");
            break;
        case '"':
            buf_str(b, "&quot;");
            break;
        case '\n':
            buf_str(b, "&#10;");
            break;
        default:
            buf_char(b, safe.p[i]);
            break;
        }
    b->failed |= safe.failed;
    buf_release(&safe);
}

static void add_attribute(struct buf *b, const char *name, struct sv value)
{
    buf_printf(b, " %s=\"", name);
    add_xml(b, value);
    buf_char(b, '"');
}

static size_t count(const struct junit_test *tests, size_t n, enum junit_outcome outcome)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += tests[i].outcome == outcome;
    return found;
}

static void add_counts(struct buf *b, const char *element, struct sv suite,
                       const struct junit_test *tests, size_t n)
{
    buf_printf(b, "<%s", element);
    add_attribute(b, "name", suite);
    buf_printf(b, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", n,
               count(tests, n, JUNIT_FAILED), count(tests, n, JUNIT_SKIPPED));
}

static void add_test(struct buf *b, const struct junit_test *t)
{
    buf_str(b, "    <testcase");
    add_attribute(b, "classname", t->group);
    add_attribute(b, "name", t->name);
    buf_str(b, ">\n");
    if (t->outcome == JUNIT_PASSED) {
        buf_str(b, "      <system-out>");
        add_xml(b, t->message);
        buf_str(b, "</system-out>\n");
    } else {
        const char *element = t->outcome == JUNIT_FAILED ? "failure" : "skipped";

        buf_printf(b, "      <%s", element);
        add_attribute(b, "message", t->message);
        buf_char(b, '>');
        add_xml(b, t->detail);
        buf_printf(b, "</%s>\n", element);
    }
    buf_str(b, "    </testcase>\n");
}

void junit_write(struct buf *b, struct sv suite, const struct junit_test *tests, size_t n)
{
    buf_str(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    add_counts(b, "testsuites", suite, tests, n);
    buf_str(b, "  ");
    add_counts(b, "testsuite", suite, tests, n);
    for (size_t i = 0; i < n; i++)
        add_test(b, &tests[i]);
    buf_str(b, "  </testsuite>\n</testsuites>\n");
}
