#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include "store/find_ids.h"
#include "store/id_gather.h"
#include "store/id_runs.h"
#include "store/packed_id.h"

static struct store *s;

static void setup(void)
{
    struct error err = {0};

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
}

static void teardown(void)
{
    store_close(s);
}

TestSuite(id_runs, .init = setup, .fini = teardown);

static void exec_ok(const char *sql)
{
    struct error err = {0};

    cr_assert(store_exec(s, sql, &err) == OK, "%s: %s", sql, err.msg);
}

static enum err begin(void *ctx, struct error *err)
{
    (void)ctx, (void)err;
    return OK;
}

static int64_t number(const char *sql)
{
    sqlite3_stmt *stmt;
    int64_t v;

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s", sql);
    cr_assert(sqlite3_step(stmt) == SQLITE_ROW);
    v = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return v;
}

enum { LAST = RUN_LARGE_ROWS + 2 * RUN_SMALL_ROWS + 3 };

/* What a large run is of, two small ones, and three calls more. Call i has the request "r<i>", a
 * trace of 32 digits that all calls of a thousand share, and as its span i * 2654435761 in 16
 * digits (Knuth's multiplier: no two are alike below 2^32). */
static void bind_id(sqlite3_stmt *stmt, int place, const char *text)
{
    unsigned char packed[64];

    sqlite3_bind_blob(stmt, place, packed, (int)packed_id_pack(sv_from(text), packed),
                      SQLITE_TRANSIENT);
}

static void fill(void)
{
    sqlite3_stmt *stmt;
    char text[64];

    cr_assert(sqlite3_prepare_v2(s->db,
                                 "INSERT INTO call_identity (call_id, kind, request, trace, span)"
                                 " VALUES (?, 1, ?, ?, ?)",
                                 -1, &stmt, NULL) == SQLITE_OK);
    exec_ok("BEGIN");
    for (int64_t i = 1; i <= LAST; i++) {
        sqlite3_bind_int64(stmt, 1, i);
        snprintf(text, sizeof(text), i == LAST ? "last-one" : "r%lld", (long long)i);
        bind_id(stmt, 2, text);
        snprintf(text, sizeof(text), "%08llx%024d", 2882343476 + (unsigned long long)i / 1000, 7);
        bind_id(stmt, 3, text);
        snprintf(text, sizeof(text), "%016llx",
                 72057594037927936 + (unsigned long long)i * 2654435761);
        bind_id(stmt, 4, text);
        cr_assert(sqlite3_step(stmt) == SQLITE_DONE);
        sqlite3_reset(stmt);
    }
    exec_ok("COMMIT");
    sqlite3_finalize(stmt);
}

static size_t calls_of(enum found_kind kind, const char *id)
{
    struct error err = {0};
    int64_t *calls = NULL;
    size_t n = 0;

    cr_assert(store_calls_of(s, kind, sv_from(id), &calls, &n, &err) == OK, "%s", err.msg);
    free(calls);
    return n;
}

static struct found_ids found(const char *text, struct arena *a)
{
    struct found_ids all;
    struct error err = {0};

    cr_assert(store_find(s, sv_from(text), a, &all, &err) == OK, "%s", err.msg);
    return all;
}

static void look(const char *when)
{
    struct arena a = {0};
    struct found_ids all;
    /* 60000 * 2654435761 + 2^56 in digits, by Python. */
    const char *span = "010090da0a096c60";

    cr_expect(calls_of(FOUND_REQUEST, "r60000") == 1, "%s", when);
    cr_expect(calls_of(FOUND_REQUEST, "last-one") == 1, "%s: behind the last run", when);
    cr_expect(calls_of(FOUND_REQUEST, "r73732") == 0, "%s", when);
    cr_expect(calls_of(FOUND_TRACE, "abcd1270000000000000000000000007") == 1000, "%s", when);
    all = found(span, &a);
    cr_expect(all.n == 1 && all.v[0].kind == FOUND_SPAN && all.v[0].call_id == 60000, "%s", when);
    all = found("abcd1270", &a);
    cr_expect(all.n == 1 && all.v[0].kind == FOUND_TRACE, "%s", when);
    all = found("abcd12", &a);
    cr_expect(all.n == FOUND_MOST && all.more, "%s", when);
    all = found("last-", &a);
    cr_expect(all.n == 1 && all.v[0].call_id == LAST, "%s: the beginning of a text", when);
    all = found("r59999", &a);
    cr_expect(all.n == 1 && all.v[0].call_id == 59999, "%s: what is exact comes alone", when);
    arena_release(&a);
}

/* Runs are told by their directories, block 0 of 1,024; large ones have an odd number above. */
#define SMALL_ONES "SELECT count(*) FROM id_run WHERE key % 1024 = 0 AND key >> 40 & 1 = 0"
#define LARGE_ONES "SELECT count(*) FROM id_run WHERE key % 1024 = 0 AND key >> 40 & 1 = 1"

static void build(void)
{
    struct error err = {0};

    cr_assert(id_runs_build(s, begin, NULL, &err) == OK, "%s", err.msg);
}

static void forget(int64_t row)
{
    struct error err = {0};

    cr_assert(id_runs_forget(s, RUN_CALLS, row, &err) == OK, "%s", err.msg);
}

static int64_t bad_runs(int64_t *checked)
{
    struct error err = {0};
    int64_t bad;

    cr_assert(id_runs_verify(s, checked, &bad, &err) == OK, "%s", err.msg);
    return bad;
}

Test(id_runs, find_the_same_with_and_without)
{
    int64_t checked;

    fill();
    look("without runs");
    build();
    cr_expect(number(LARGE_ONES) == 1 && number(SMALL_ONES) == 2, "of full ones only");
    cr_expect(bad_runs(&checked) == 0 && checked == 3);
    look("with runs");
    forget(4096);
    cr_expect(number(LARGE_ONES) == 0 && number(SMALL_ONES) == 17, "taken apart, but for one");
    cr_expect(number("SELECT min(key) FROM id_run") == 1024, "row 4,096 is the last of the first");
    forget(60000);
    forget(LAST - 3);
    cr_expect(number(SMALL_ONES) == 15);
    cr_expect(bad_runs(&checked) == 0 && checked == 15);
    look("with some of them");
    build();
    cr_expect(number(LARGE_ONES) == 1 && number(SMALL_ONES) == 2, "put together again");
    cr_expect(bad_runs(&checked) == 0 && checked == 3);
    look("put together from what was left and from rows");
    exec_ok("UPDATE id_run SET data = x'00' WHERE key % 1024 = 0");
    cr_expect(bad_runs(&checked) == 0 && checked == 0, "without its directory it is none");
    look("damaged: the rows are searched");
}

/* A block that cannot be read is said, not passed over. */
Test(id_runs, damaged_blocks)
{
    struct error err = {0};
    int64_t checked, *calls = NULL;
    size_t n = 0;

    fill();
    build();
    exec_ok("UPDATE id_run SET data = x'00' WHERE key % 1024 = 1");
    cr_expect(bad_runs(&checked) == 3 && checked == 3);
    cr_expect(store_calls_of(s, FOUND_REQUEST, SV("r1"), &calls, &n, &err) == OK ||
              err.code == ERR_DB);
    free(calls);
    forget(1);
    cr_expect(number(LARGE_ONES) == 0 && number(SMALL_ONES) == 2, "nothing can be taken of it");
    exec_ok("DELETE FROM id_run");
    build();
    cr_expect(bad_runs(&checked) == 0 && checked == 3);
}

/* Adds the rows from `first` on as if they were being written; forgets row `changed` behind row
 * `at`, 0: never. */
static void gather(int64_t first, int64_t at, int64_t changed)
{
    struct id_gather g = {0};
    struct error err = {0};
    sqlite3_stmt *stmt;

    exec_ok("DELETE FROM id_run");
    cr_assert(sqlite3_prepare_v2(s->db,
                                 "SELECT call_id, request, trace, span FROM call_identity"
                                 " WHERE call_id >= ?",
                                 -1, &stmt, NULL) == SQLITE_OK);
    sqlite3_bind_int64(stmt, 1, first);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        int64_t row = sqlite3_column_int64(stmt, 0);
        struct sv ids[4] = {{0}}; /* the last one is missing */

        for (int i = 0; i < 3; i++)
            ids[i] = (struct sv){sqlite3_column_blob(stmt, 1 + i),
                                 (size_t)sqlite3_column_bytes(stmt, 1 + i)};
        cr_assert(id_gather_add(&g, s, RUN_CALLS, row, ids, 4, &err) == OK, "%s", err.msg);
        if (row == at)
            cr_assert(id_gather_forget(&g, s, RUN_CALLS, changed, &err) == OK, "%s", err.msg);
    }
    sqlite3_finalize(stmt);
    cr_assert(id_gather_finish(&g, s, &err) == OK, "%s", err.msg);
    cr_expect(!id_gather_waits(&g));
    id_gather_release(&g);
}

/* There are rows for 18 small runs, of which the first 16 make the large one. By hand: */
Test(id_runs, gathered_are_what_building_makes)
{
    static const struct {
        const char *name;
        int64_t first, at, changed;
        int64_t large, small;
    } cases[] = {
        {"all of them",                       1,                  0,      0,      1, 2 },
        {"one that was begun before is left", 2,                  0,      0,      0, 17},
        {"the next begins at its first row",  4097,               0,      0,      0, 17},
        {"the next large one as well",        RUN_LARGE_ROWS + 1, 0,      0,      0, 2 },
        {"a change of what is kept",          1,                  5000,   4096,   0, 17},
        {"a change of the one being made",    1,                  5000,   4097,   0, 17},
        {"a change where one has ended",      1,                  4096,   4096,   0, 17},
        {"a change of a large one",           1,                  65536,  65536,  0, 17},
        {"a change of what nobody gathers",   4097,               5000,   3,      0, 17},
    };
    int64_t checked;

    fill();
    build();
    exec_ok("CREATE TABLE built AS SELECT * FROM id_run");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        gather(cases[i].first, cases[i].at, cases[i].changed);
        cr_expect(number(LARGE_ONES) == cases[i].large && number(SMALL_ONES) == cases[i].small,
                  "%s: %lld, %lld", cases[i].name, (long long)number(LARGE_ONES),
                  (long long)number(SMALL_ONES));
        cr_expect(bad_runs(&checked) == 0 && checked == cases[i].large + cases[i].small, "%s",
                  cases[i].name);
        build();
        cr_expect(number("SELECT count(*) FROM id_run") == number("SELECT count(*) FROM built") &&
                      number("SELECT count(*) FROM id_run NATURAL JOIN built") ==
                          number("SELECT count(*) FROM built"),
                  "%s: building makes the others", cases[i].name);
    }
}

Test(id_runs, prefixes)
{
    static const struct {
        const char *text;
        size_t n; /* ranges */
    } cases[] = {
        {"7f3a",                 2},
        {"7f3",                  2}, /* half a byte */
        {"7f3a0000000000000000", 2},
        {"0123e4567-",           0}, /* no place for a hyphen */
        {"123e4567-e89b",        1}, /* only a UUID */
        {"00000000",             0}, /* hashed */
        {"7F3A",                 0}, /* a text */
        {"req",                  0},
        {"",                     0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct id_range ranges[ID_RANGES];
        size_t n;

        id_ranges_of_prefix(sv_from(cases[i].text), ranges, &n);
        cr_expect(n == cases[i].n, "%s: %zu", cases[i].text, n);
    }
}

/* An id lies in the range of each of its beginnings. */
Test(id_runs, ids_lie_in_the_ranges_of_their_beginnings)
{
    static const char *const ids[] = {"7f3a0000000000000000000000000001",
                                      "123e4567-e89b-12d3-a456-426614174000", "abcdef0123456789"};

    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        unsigned char packed[64];
        struct sv id = sv_from(ids[i]);
        struct id_range whole =
            id_range_of((struct sv){(char *)packed, packed_id_pack(id, packed)});

        for (size_t length = 1; length <= id.n; length++) {
            struct id_range ranges[ID_RANGES];
            size_t n, in = 0;

            id_ranges_of_prefix((struct sv){id.p, length}, ranges, &n);
            for (size_t r = 0; r < n; r++)
                in += ranges[r].first <= whole.first && ranges[r].last >= whole.last;
            cr_expect(in == 1, "%s, %zu digits", ids[i], length);
        }
    }
}
