/* call_redactions_test: which places belong to which rows of a scan, and where nothing is known. */
#include "query/call_redactions.h"
#include "query/call_places.h"
#include "query/test_calls.h"

static const int64_t *values;
static int64_t room[CHUNK_ROWS];

static bool visit(void *ctx, const struct slice *slice)
{
    values = call_redactions_of(ctx, slice, room);
    return true;
}

/* Of call 3 two texts, of call 5 one with nothing in it, of call 61 none is there; key = call * 4 +
 * side. */
Test(call_redactions, of_rows)
{
    struct store *s = test_calls();
    struct scan_spec spec = {.zone = &test_utc, .jobs = 1};
    struct call_redactions c = {0};
    struct scan *scan = NULL;
    struct error err;

    test_sql(s, "DELETE FROM call WHERE call_id = 4");
    test_sql(
        s,
        "INSERT INTO redaction VALUES (13,'card',1),(13,'email',2),(14,'email',4),(16,'email',9),"
        "(21,'',0),(244,'email',8),(-3,'email',1)");
    cr_assert_eq(scan_open(s, &spec, &scan, &err), OK, "%s", err.msg);
    cr_assert_eq(call_redactions_load(s, &c, &err), OK, "%s", err.msg);
    cr_expect_eq(c.n, 2, "%zu", c.n);
    cr_assert_eq(scan_walk(scan, COLUMN(F_STATUS), visit, &c, &err), OK);
    cr_expect_eq(values[1], CALL_MISSING);
    cr_expect_eq(values[2], 7);
    cr_expect_eq(values[3], 0, "call 5, behind the one that is gone");
    cr_expect_eq(values[4], CALL_MISSING);
    call_redactions_release(&c);
    scan_close(scan);
    store_close(s);
}

Test(call_places, before)
{
    const struct {
        int64_t other;
        uint32_t at;
    } v[] = {
        {0, 2},
        {0, 2},
        {0, 5}
    };
    static const struct {
        int64_t place;
        size_t want;
    } cases[] = {
        {0,                0},
        {2,                0},
        {3,                2},
        {5,                2},
        {6,                3},
        {INT64_C(1) << 40, 3}
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect_eq(call_places_before(&v->at, sizeof(*v), 3, cases[i].place), cases[i].want);
    cr_expect_eq(call_places_before(&v->at, sizeof(*v), 0, 9), 0);
}
