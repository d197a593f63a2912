/* removal_test: what is deleted, what stays, and that no table is left out. */
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "sql.h"
#include "store/removal.h"
#include "store/residue.h"
#include "store/store_internal.h"

static struct store *open_store(void)
{
    struct store *s = NULL;
    struct error err = {0};

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
    return s;
}

static void exec(struct store *s, const char *sql)
{
    char *words = NULL;

    cr_assert(sqlite3_exec(s->db, sql, NULL, NULL, &words) == SQLITE_OK, "%s: %s", sql, words);
}

static int64_t number(struct store *s, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t v = -1;

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", sql,
              sqlite3_errmsg(s->db));
    if (sqlite3_step(stmt) == SQLITE_ROW)
        v = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return v;
}

/* Whoever adds a table with rows of calls has to say how they go. */
Test(removal, every_table_of_calls_is_deleted_from)
{
    static const char sql[] = "SELECT t.name FROM pragma_table_list AS t, pragma_table_info(t.name) "
                              "AS c WHERE t.schema = 'main' AND t.type = 'table' "
                              "AND c.name = 'call_id' AND t.name <> 'call'";
    static const unsigned char *const deletes[] = {
        sql_queries_remove_tool_calls, sql_queries_remove_branch_decisions,
        sql_queries_remove_versions,   sql_queries_remove_spans,
        sql_queries_remove_scores,     sql_queries_remove_identities,
        sql_queries_remove_embeddings, sql_queries_remove_findings,
        sql_queries_remove_guardrails, sql_queries_remove_span_guardrails,
        sql_queries_remove_request_calls,
    };
    struct store *s = open_store();
    sqlite3_stmt *stmt = NULL;
    int tables = 0;

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        char wanted[100];
        bool found = false;

        snprintf(wanted, sizeof(wanted), "DELETE FROM %s\n", sqlite3_column_text(stmt, 0));
        for (size_t i = 0; i < ARRAY_LEN(deletes); i++)
            found = found || strstr((const char *)deletes[i], wanted);
        snprintf(wanted, sizeof(wanted), "DELETE FROM %s ", sqlite3_column_text(stmt, 0));
        for (size_t i = 0; i < ARRAY_LEN(deletes); i++)
            found = found || strstr((const char *)deletes[i], wanted);
        cr_expect(found, "no statement of removal.c has: %s", wanted);
        tables++;
    }
    cr_expect(tables >= 6, "%d", tables);
    sqlite3_finalize(stmt);
    store_close(s);
}

/* Columns that hold no text of a log: numbers, hashes, offsets, and what the program itself wrote. */
static bool holds_no_log_text(const char *table, const char *column)
{
    static const struct {
        const char *table, *column; /* column NULL: all */
    } none[] = {
        {"chunk_column", NULL  }, {"id_run",     NULL       }, {"price",      NULL  },
        {"setting",      NULL  }, {"source",     "head"     }, {"source",     "prefix"},
        {"source",       "tail"}, {"quarantine", "sha256"   }, {"quarantine", "reason"},
        {"dictionary",   "dimension"}, {"call_text", "rank"}, {"embedding", "vector"}, {"annotation", "kind"},
        {"redaction",    "kind"},
    };

    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        if (strcmp(none[i].table, table) == 0 &&
            (!none[i].column || strcmp(none[i].column, column) == 0))
            return true;
    return false;
}

Test(residue, every_text_of_a_log_is_looked_at)
{
    static const char sql[] =
        "SELECT t.name, c.name FROM pragma_table_list AS t, pragma_table_info(t.name) AS c "
        "WHERE t.schema = 'main' AND t.type = 'table' AND c.type IN ('TEXT', 'BLOB', 'ANY')";
    const char *query = (const char *)sql_queries_residue;
    struct store *s = open_store();
    sqlite3_stmt *stmt = NULL;

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(stmt, 0);
        const char *column = (const char *)sqlite3_column_text(stmt, 1);
        char from[100], look[100];
        const char *at, *end;

        if (strncmp(table, "sqlite_", 7) == 0 || holds_no_log_text(table, column))
            continue;
        snprintf(from, sizeof(from), "SELECT '%s'", table);
        snprintf(look, sizeof(look), "mentions(:word, %s)", column);
        at = strstr(query, from);
        cr_expect(at, "residue.sql does not look into %s", table);
        if (!at)
            continue;
        end = strstr(at, "UNION");
        at = strstr(at, look);
        cr_expect(at && (!end || at < end), "residue.sql does not look into %s.%s", table, column);
    }
    sqlite3_finalize(stmt);
    store_close(s);
}

/* Trace 02aa is of user u alone, trace 02bb of u and of w; both have spans; scores hang on a trace and on
 * a session. x'00..' are packed texts. */
static void fill(struct store *s)
{
    exec(s,
         "INSERT INTO source VALUES (1,'f',0,0,0,0,x'',0,0,x'',x'',1,0,0,1);"
         "INSERT INTO dictionary VALUES ('user',1,'u'),('user',2,'w'),('feature',1,'only u'),"
         "('feature',2,'both');"
         "INSERT INTO session VALUES (10, x'007375'), (11, x'007377');"
         "INSERT INTO meta VALUES (1,'{\"a\":\"u\"}'),(2,'{\"a\":2}');"
         "INSERT INTO trace VALUES (1,x'02aa'),(2,x'02bb');"
         "INSERT INTO call (call_id,user_id,feature_id,started_us,session_key,meta_id,identity_key,"
         "source_id,source_line) VALUES (1,1,1,100,10,1,101,1,1),(2,1,2,200,NULL,2,102,1,2),"
         "(3,2,2,300,11,2,103,1,3),(4,NULL,2,400,NULL,NULL,104,1,4),(5,NULL,2,NULL,NULL,NULL,105,1,5);"
         "INSERT INTO call_identity (call_id,kind,trace,span) VALUES (1,2,x'02aa',x'0201'),"
         "(2,2,x'02bb',x'0202'),(3,2,x'02bb',x'0203'),(4,2,x'02aa',x'0204'),(5,1,NULL,NULL);"
         "INSERT INTO span (span_row,trace_key,span,call_id,started_us,source_id,source_line) VALUES "
         "(1,1,x'0201',1,100,1,1),(2,2,x'0202',2,200,1,2),(3,2,x'0203',3,300,1,3),"
         "(4,1,x'0204',4,400,1,4),(5,1,x'0205',NULL,410,1,5),(6,2,x'0206',NULL,210,1,6);"
         "INSERT INTO tool_call (identity_key,identity,call_id,trace,source_id,source_line) VALUES "
         "(1,'t1',1,NULL,1,1),(2,'t2',NULL,x'02aa',1,1),(3,'t3',NULL,x'02bb',1,1);"
         "INSERT INTO score (identity_key,identity,target,target_id,call_id,source_id,source_line) "
         "VALUES (1,'s1',1,x'02aa',NULL,1,1),(2,'s2',1,x'02bb',NULL,1,1),"
         "(3,'s3',2,x'007375',NULL,1,1),(4,'s4',0,NULL,3,1,1);");
}

/* By hand from fill(): u has calls 1 and 2; call 4 has no user and is in trace 02aa with call 1. Trace 02bb
 * stays for w's call, and with it its spans but the one of call 2. */
Test(removal, of_a_user)
{
    struct store *s = open_store();
    struct error err = {0};
    struct removed r = {0};
    struct residue left[RESIDUE_MOST];
    size_t n;

    fill(s);
    cr_assert(removal_begin(s, &err) == OK, "%s", err.msg);
    cr_assert(removal_of_user(s, SV("u"), &r, &err) == OK, "%s", err.msg);
    cr_assert(removal_end(s, true, &err) == OK, "%s", err.msg);
    cr_expect_eq(r.calls, 3);
    cr_expect_eq(r.spans, 4, "%lld", (long long)r.spans);
    cr_expect_eq(r.tool_calls, 2);
    cr_expect_eq(r.scores, 2);
    cr_expect_eq(r.sessions, 1);
    cr_expect_eq(r.traces, 1);
    cr_expect_eq(r.scalars, 1);
    cr_expect_eq(r.values, 2);
    cr_expect_eq(number(s, "SELECT sum(call_id) FROM call"), 3 + 5);
    cr_expect_eq(number(s, "SELECT sum(span_row) FROM span"), 3 + 6);
    cr_expect_eq(number(s, "SELECT count(*) FROM dictionary"), 4, "numbers stay dense");
    cr_expect_eq(number(s, "SELECT rows FROM chunk"), 2);
    cr_assert(store_residue(s, SV("u"), left, &n, &err) == OK, "%s", err.msg);
    cr_expect_eq(n, 0);
    cr_expect_eq(removal_begin(s, &err), OK);
    cr_expect_eq(removal_of_user(s, SV("u"), &r, &err), ERR_NOT_FOUND);
    cr_expect_eq(removal_of_user(s, SV(""), &r, &err), ERR_NOT_FOUND, "no cleared value is a user");
    cr_expect_eq(removal_end(s, false, &err), OK);
    store_close(s);
}

Test(removal, between_times)
{
    static const struct {
        const char *name;
        enum removal_level level;
        int64_t from_us, until_us;
        bool untimed;
        int64_t calls, spans, rows_left;
    } cases[] = {
        {"before 300",      REMOVE_ROWS, INT64_MIN, 300,       false, 2, 3, 3},
        {"from 300 on",     REMOVE_ROWS, 300,       INT64_MAX, false, 2, 3, 3},
        {"with untimed",    REMOVE_ROWS, 300,       INT64_MAX, true,  3, 3, 2},
        {"raw",             REMOVE_RAW,  INT64_MIN, 300,       false, 0, 3, 5},
        {"nothing is old",  REMOVE_ROWS, INT64_MIN, 100,       false, 0, 0, 5},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct store *s = open_store();
        struct error err = {0};
        struct removed r = {0};

        fill(s);
        cr_assert(removal_begin(s, &err) == OK, "%s", err.msg);
        cr_assert(removal_between(s, cases[i].level, cases[i].from_us, cases[i].until_us,
                                  cases[i].untimed, &r, &err) == OK, "%s", err.msg);
        cr_expect_eq(r.calls, cases[i].calls, "%s: %lld calls", cases[i].name, (long long)r.calls);
        cr_expect_eq(r.spans, cases[i].spans, "%s: %lld spans", cases[i].name, (long long)r.spans);
        cr_expect_eq(number(s, "SELECT count(*) FROM call"), cases[i].rows_left, "%s",
                     cases[i].name);
        cr_assert(removal_end(s, false, &err) == OK, "%s", err.msg);
        cr_expect_eq(number(s, "SELECT count(*) FROM call"), 5, "%s: taken back", cases[i].name);
        store_close(s);
    }
}

/* 40,000 calls are two full id runs and a part; 70,000 two chunks. Deleting in one leaves the other alone,
 * and what is derived is what the rows say. */
Test(removal, derived_tables_stay_true)
{
    struct store *s = open_store();
    struct error err = {0};
    struct removed r = {0};

    exec(s, "INSERT INTO source VALUES (1,'f',0,0,0,0,x'',0,0,x'',x'',1,0,0,1);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000) "
            "INSERT INTO call (call_id,started_us,identity_key,source_id,source_line) "
            "SELECT i, i, i, 1, i FROM n;"
            "INSERT INTO call_identity (call_id, kind, request) "
            "SELECT call_id, 1, CAST(x'00' || CAST(call_id AS TEXT) AS BLOB) FROM call");
    cr_assert(store_rebuild_chunk(s, 0, &err) == OK && store_rebuild_chunk(s, 1, &err) == OK);
    cr_assert(removal_begin(s, &err) == OK);
    cr_assert(removal_between(s, REMOVE_ROWS, 16000, 16010, false, &r, &err) == OK, "%s", err.msg);
    cr_assert(removal_end(s, true, &err) == OK);
    cr_expect_eq(r.calls, 10);
    cr_expect_eq(number(s, "SELECT rows FROM chunk WHERE number = 0"), 65526);
    cr_expect_eq(number(s, "SELECT rows FROM chunk WHERE number = 1"), 70000 - 65536);
    for (int64_t number_of = 0; number_of < 2; number_of++) {
        struct error damage;
        bool stored = false;

        cr_assert(store_verify_chunk(s, number_of, &stored, &damage, &err) == OK);
        cr_expect(stored && !damage.code, "%s", damage.msg);
    }
    store_close(s);
}
