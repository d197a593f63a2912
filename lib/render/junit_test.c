#include "render/junit.h"

#include <criterion/criterion.h>

/* Wanted by hand, from what Jenkins' and GitLab's readers take: attributes escaped, counts right.
 */
Test(junit, document)
{
    const struct junit_test tests[] = {
        {SV("g"), SV("a<b>&\"c\""), JUNIT_FAILED,  SV("down 5 %"), SV("x\ny]]>")},
        {SV("g"), SV("b"),          JUNIT_PASSED,  SV("fine"),     SV_NONE      },
        {SV("g"), SV("c"),          JUNIT_SKIPPED, SV("too few"),  SV_NONE      },
    };
    struct buf b = {0};

    junit_write(&b, SV("s"), tests, 3);
    cr_expect_str_eq(
        b.p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<testsuites name=\"s\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\">\n"
             "  <testsuite name=\"s\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\">\n"
             "    <testcase classname=\"g\" name=\"a&lt;b&gt;&amp;&quot;c&quot;\">\n"
             "      <failure message=\"down 5 %\">x&#10;y]]&gt;</failure>\n"
             "    </testcase>\n"
             "    <testcase classname=\"g\" name=\"b\">\n"
             "      <system-out>fine</system-out>\n"
             "    </testcase>\n"
             "    <testcase classname=\"g\" name=\"c\">\n"
             "      <skipped message=\"too few\"></skipped>\n"
             "    </testcase>\n"
             "  </testsuite>\n"
             "</testsuites>\n");
    buf_release(&b);
}

/* What XML does not allow never comes out: control bytes, bytes that are no UTF-8, U+FFFE. */
Test(junit, what_xml_does_not_allow)
{
    const struct junit_test t = {
        SV("g"), {"\x1b[31m\0\xff", 7},
         JUNIT_FAILED, SV("\x01"), SV("\x7f")
    };
    struct buf b = {0};

    junit_write(&b, SV("s"), &t, 1);
    for (size_t i = 0; i < b.n; i++)
        cr_expect(b.p[i] == '\n' || (unsigned char)b.p[i] >= 0x20, "byte %zu is %d", i, b.p[i]);
    cr_expect(strstr(b.p, "name=\"\\x1b[31m\\x00\\xff\""), "%s", b.p);
    buf_release(&b);
}

Test(junit, nothing)
{
    struct buf b = {0};

    junit_write(&b, SV(""), NULL, 0);
    cr_expect(strstr(b.p, "tests=\"0\""));
    buf_release(&b);
}
