#include <criterion/criterion.h>
#include <stdio.h>
#include "base/buf.h"
#include "store/store_internal.h"

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

TestSuite(lookups, .init = setup, .fini = teardown);

static void exec_ok(const char *sql)
{
    struct error err = {0};

    cr_assert(store_exec(s, sql, &err) == OK, "%s: %s", sql, err.msg);
}

Test(lookups, dimensions)
{
    struct error err = {0};

    exec_ok("INSERT INTO dictionary VALUES ('feature', 1, 'chat'), ('feature', 2, 'search'),"
            "('user', 1, 'u'), ('source', 1, 'otlp')");
    cr_expect(store_dimension_count(s, F_FEATURE, &err) == 2);
    cr_expect(store_dimension_count(s, F_TEAM, &err) == 0);
    cr_expect(sv_is(store_dimension_text(s, F_FEATURE, 2), "search"));
    cr_expect(sv_is(store_dimension_text(s, F_USER, 1), "u"), "loaded at first use");
    cr_expect(sv_is(store_dimension_text(s, F_SOURCE_FORMAT, 1), "otlp"));
    cr_expect(store_dimension_text(s, F_FEATURE, 0).p == NULL);
    cr_expect(store_dimension_text(s, F_FEATURE, 3).p == NULL);
    cr_expect(store_dimension_text(s, F_FEATURE, -1).p == NULL);
}

/* What another process adds is there when the next report begins; what was handed out stays. */
Test(lookups, dimensions_grow)
{
    struct error err = {0};
    struct chunk_info *chunks;
    struct sv first;
    size_t n;

    exec_ok("INSERT INTO dictionary VALUES ('feature', 1, 'chat')");
    first = store_dimension_text(s, F_FEATURE, 1);
    exec_ok("INSERT INTO dictionary VALUES ('feature', 2, 'search')");
    cr_expect(store_dimension_count(s, F_FEATURE, &err) == 1);
    cr_assert(store_chunks(s, &chunks, &n, &err) == OK);
    free(chunks);
    cr_expect(store_dimension_count(s, F_FEATURE, &err) == 2);
    cr_expect(sv_is(store_dimension_text(s, F_FEATURE, 2), "search"));
    cr_expect(first.p == store_dimension_text(s, F_FEATURE, 1).p);
    store_read_done(s);
}

Test(lookups, damaged_dictionary)
{
    struct error err = {0};

    exec_ok("INSERT INTO dictionary VALUES ('feature', 1, 'a'), ('feature', 2000000000, 'b')");
    cr_expect(store_dimension_count(s, F_FEATURE, &err) == -1);
    cr_expect(err.code == ERR_DB);
    cr_expect(strstr(err.msg, "damaged: dictionary feature goes from id 1 to 2000000000") != NULL,
              "%s", err.msg);
    cr_expect(store_dimension_text(s, F_FEATURE, 1).p == NULL);
}

Test(lookups, sessions)
{
    struct arena a = {0};

    /* x'00' || "conv" in hex; digits; an unknown form; nothing */
    exec_ok("INSERT INTO session VALUES (-5, x'00636f6e76'), (7, x'0200f0'), (8, x'09'), (9, x'')");
    cr_expect(sv_is(store_session_text(s, -5, &a), "conv"));
    cr_expect(sv_is(store_session_text(s, 7, &a), "00f0"));
    cr_expect(store_session_text(s, 8, &a).p == NULL);
    cr_expect(store_session_text(s, 9, &a).p == NULL);
    cr_expect(store_session_text(s, 1, &a).p == NULL);
    arena_release(&a);
}

static enum err collect(void *ctx, int64_t id, struct sv value)
{
    buf_printf(ctx, "%lld=%.*s ", (long long)id, SV_FMT(value));
    return OK;
}

static enum err refuse(void *ctx, int64_t id, struct sv value)
{
    (void)id;
    (void)value;
    ++*(int *)ctx;
    return ERR_STOPPED;
}

Test(lookups, meta_values)
{
    static const struct {
        const char *key, *want;
    } cases[] = {
        {"org",    "1=acme 2=b\"c\\ "                   },
        {"n",      "1=12345678901234567890 2=0.10 3=-7 "},
        {"flag",   "1=true 2=false "                    },
        {"a.b",    "3=dotted "                          },
        {"q\"k",   "4=quoted "                          },
        {"sp ace", "4=2.50 "                            },
        {"q\"n",   "4=2.5 "                             },
        {"none",   ""                                   },
        {"",       ""                                   },
        {"$",      ""                                   },
    };
    struct error err = {0};
    int seen = 0;

    exec_ok("INSERT INTO meta VALUES"
            "(1, '{\"flag\":true,\"n\":12345678901234567890,\"null\":null,\"org\":\"acme\"}'),"
            "(2, '{\"flag\":false,\"n\":0.10,\"org\":\"b\\\"c\\\\\"}'),"
            "(3, '{\"a.b\":\"dotted\",\"n\":-7,\"org\":null}'),"
            "(4, '{\"q\\\"k\":\"quoted\",\"q\\\"n\":2.50,\"sp ace\":2.50}')");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf got = {0};

        buf_str(&got, "");
        cr_assert(store_meta_values(s, cases[i].key, collect, &got, &err) == OK, "%s: %s",
                  cases[i].key, err.msg);
        cr_expect(sv_is((struct sv){got.p ? got.p : "", got.n}, cases[i].want), "%s: %.*s",
                  cases[i].key, (int)got.n, got.p);
        buf_release(&got);
    }
    cr_expect(store_meta_values(s, "n", refuse, &seen, &err) == ERR_STOPPED);
    cr_expect(seen == 1, "stops at the first error");
    exec_ok("INSERT INTO meta VALUES (5, '{')");
    cr_expect(store_meta_values(s, "none", collect, NULL, &err) == ERR_DB);
    cr_expect(strstr(err.msg, "malformed JSON") != NULL, "%s", err.msg);
}

Test(lookups, sources)
{
    struct error err = {0};
    struct arena a = {0};
    struct source_state *all = NULL;
    size_t n = 9;

    cr_assert(store_sources(s, &a, &all, &n, &err) == OK);
    cr_expect(n == 0);
    exec_ok("INSERT INTO source VALUES"
            "(1, 'a.jsonl', 2, -1, 100, 1700000000123456789,"
            " x'000102030405060708090a0b0c0d0e0f', 90, 3, x'00000000000000000000000000000001',"
            " x'ff', 1, 0, 0, 1),"
            "(2, 'b.jsonl', 0, 0, 0, 0, x'', 0, 0, x'', x'', 2, 1, 3, 0),"
            "(7, '', 0, 0, 0, 0, x'', 0, 0, x'', x'', 2, 1, 3, 0)");
    cr_assert(store_sources(s, &a, &all, &n, &err) == OK);
    cr_assert(n == 3);
    cr_expect(all[0].id == 1 && strcmp(all[0].path, "a.jsonl") == 0);
    cr_expect(all[0].dev == 2 && all[0].ino == UINT64_MAX && all[0].size_bytes == 100);
    cr_expect(all[0].mtime_ns == 1700000000123456789);
    cr_expect(all[0].head.hi == UINT64_C(0x0001020304050607));
    cr_expect(all[0].head.lo == UINT64_C(0x08090a0b0c0d0e0f));
    cr_expect(all[0].offset == 90 && all[0].lines == 3);
    cr_expect(all[0].prefix.hi == 0 && all[0].prefix.lo == 1);
    cr_expect(all[0].tail.hi == 0 && all[0].tail.lo == 0, "a hash of another length is none");
    cr_expect(all[0].lineage == 1 && all[0].copy_of == 0 && all[0].complete);
    cr_expect(all[1].copy_of == 1 && all[1].copy_line == 3 && !all[1].complete);
    cr_expect(all[2].id == 7 && strcmp(all[2].path, "") == 0);
    arena_release(&a);
}

Test(lookups, counts)
{
    struct error err = {0};
    struct store_counts c;

    cr_assert(store_count(s, &c, &err) == OK, "%s", err.msg);
    cr_expect(c.calls == 0 && c.spans == 0 && c.quarantined == 0);
    exec_ok("INSERT INTO call (call_id, identity_key, source_id, source_line, shadowed) VALUES"
            "(1, 1, 1, 1, NULL), (2, 2, 1, 2, 1), (70000, 3, 1, 3, NULL);"
            "INSERT INTO span (trace_key, span, source_id, source_line) VALUES (1, x'00', 1, 1);"
            "INSERT INTO tool_call (identity_key, identity, source_id, source_line) VALUES"
            "(1, 'a', 1, 1), (2, 'b', 1, 1);"
            "INSERT INTO branch_decision (identity_key, identity, source_id, source_line) VALUES"
            "(1, 'a', 1, 1), (2, 'b', 1, 1), (3, 'c', 1, 1);"
            "INSERT INTO score (identity_key, identity, target, call_key, call_id, source_id,"
            " source_line) VALUES (1, 'a', 0, 7, NULL, 1, 1), (2, 'b', 0, 1, 1, 1, 1),"
            " (3, 'c', 1, NULL, NULL, 1, 1), (4, 'd', 0, 8, NULL, 1, 1);"
            "INSERT INTO quarantine (identity_key, source_id, source_line, offset, length, sha256,"
            " reason) VALUES (1, 1, 1, 0, 5, zeroblob(32), 'not_json')");
    cr_assert(store_count(s, &c, &err) == OK, "%s", err.msg);
    cr_expect(c.calls == 2, "shadowed ones are none: %lld", (long long)c.calls);
    cr_expect(c.spans == 1 && c.tool_calls == 2 && c.branch_decisions == 3);
    cr_expect(c.scores == 4 && c.scores_waiting == 2 && c.quarantined == 1);
    cr_expect(sqlite3_get_autocommit(s->db), "no transaction is left open");
}

static enum err print_row(void *ctx, const struct quarantine_row *row)
{
    buf_printf(ctx, "%lld %.*s:%lld %lld+%lld %.*s %s %.*s\n", (long long)row->id,
               SV_FMT(row->path), (long long)row->line, (long long)row->offset,
               (long long)row->length, SV_FMT(row->reason), row->field.p ? row->field.p : "-",
               SV_FMT(row->sha256));
    return OK;
}

static enum err stop_at_row(void *ctx, const struct quarantine_row *row)
{
    *(int64_t *)ctx = row->id;
    return ERR_STOPPED;
}

#define ZEROS "00000000000000000000000000000000000000000000000000000000000000"

Test(lookups, quarantine)
{
    struct error err = {0};
    struct buf got = {0};
    int64_t removed = -1, id = 0;

    exec_ok("INSERT INTO source VALUES (1, 'a.jsonl', 0, 0, 0, 0, x'', 0, 0, x'', x'', 1, 0, 0, 1);"
            "INSERT INTO quarantine VALUES"
            "(1, 11, 1, 812, 4096, 17, zeroblob(32), 'not_json', NULL),"
            "(2, 12, 9, 5, 0, 3, zeroblob(32), 'bad_value', 'usage.input_tokens')");
    cr_assert(store_quarantine(s, 0, print_row, &got, &err) == OK, "%s", err.msg);
    cr_expect(sv_is((struct sv){got.p, got.n},
                    "1 a.jsonl:812 4096+17 not_json - 00" ZEROS "\n"
                    "2 :5 0+3 bad_value usage.input_tokens 00" ZEROS "\n"),
              "%s", got.p);
    buf_reset(&got);
    cr_assert(store_quarantine(s, 2, print_row, &got, &err) == OK);
    cr_expect(got.n && got.p[0] == '2');
    buf_release(&got);
    cr_expect(store_quarantine(s, 1, stop_at_row, &id, &err) == ERR_STOPPED);
    cr_expect(id == 1);

    cr_expect(store_quarantine_drop(s, 3, &removed, &err) == OK && removed == 0);
    cr_expect(store_quarantine_drop(s, 2, &removed, &err) == OK && removed == 1);
    cr_expect(store_quarantine_drop(s, 0, &removed, &err) == OK && removed == 1);
    cr_expect(store_quarantine_drop(s, 0, &removed, &err) == OK && removed == 0);
}
