#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
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

TestSuite(views, .init = setup, .fini = teardown);

static void exec_ok(const char *sql)
{
    struct error err = {0};

    cr_assert(store_exec(s, sql, &err) == OK, "%s: %s", sql, err.msg);
}

/* The first column of the first row as text; NULL as "NULL", no row as "no row". */
static void expect_text(const char *sql, const char *want)
{
    sqlite3_stmt *stmt = NULL;
    const char *got = "no row";

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", sql,
              sqlite3_errmsg(s->db));
    if (sqlite3_step(stmt) == SQLITE_ROW)
        got = sqlite3_column_type(stmt, 0) == SQLITE_NULL
                  ? "NULL"
                  : (const char *)sqlite3_column_text(stmt, 0);
    cr_expect(strcmp(got, want) == 0, "%s: %s, wanted %s", sql, got, want);
    sqlite3_finalize(stmt);
}

struct expectation {
    const char *expression, *want;
};

static void expect_row(const char *view, const char *where, const struct expectation *e, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char sql[300];

        (void)snprintf(sql, sizeof(sql), "SELECT %s FROM %s WHERE %s", e[i].expression, view,
                       where);
        expect_text(sql, e[i].want);
    }
}

/* Call 1 has everything, 2 nothing, 3 is shadowed, 4 came from a cache, 5 is known by its line, 6
 * is a span from a cache, 7 stood before 1970. */
static void fill(void)
{
    exec_ok(
        "INSERT INTO dictionary VALUES ('request_model', 1, 'asked'), ('response_model', 1, 'got'),"
        "('feature', 1, 'chat'), ('user', 1, 'u'), ('source', 1, 'otlp'), ('tool', 1, 'grep'),"
        "('tool_version', 1, '3.11'),"
        "('node', 1, 'a'), ('node', 2, 'b'), ('condition', 1, 'c'), ('score_name', 1, 'quality'),"
        "('scorer', 1, 'eval'), ('error_kind', 1, 'timeout'), ('identity_family', 1, 'request'),"
        "('identity_family', 2, 'claude-code'), ('finish_reason', 1, 'stop');"
        "INSERT INTO session VALUES (5, x'02ab');"
        "INSERT INTO trace VALUES (3, x'024bf92f3577b34da6a3ce929d0e0e4736');"
        "INSERT INTO meta VALUES (4, '{\"org\":\"acme\"}');");
}

#define CALL_COLUMNS "INSERT INTO call (call_id, identity_key, source_id, source_line, "

/* clang-format off */
static void fill_calls(void)
{
    exec_ok(
        CALL_COLUMNS "request_model_id, response_model_id, feature_id, user_id, source_format_id,"
        " error_kind_id, started_us, latency_us, input_tokens, output_tokens, cost_given_nusd,"
        " cost_computed_nusd, status, http_status, flags, input_hash, session_key, meta_id) VALUES"
        " (1, 11, 1, 1, 1, 1, 1, 1, 1, 1, 1772697600304763, 1500000, 100, 20, 2000000, 7, 1, 500,"
        "  3, -1, 5, 4);"
        CALL_COLUMNS "shadowed) VALUES (2, 12, 1, 2, NULL), (3, 13, 1, 3, 1);"
        CALL_COLUMNS "response_model_id, cost_computed_nusd, flags, status, started_us) VALUES"
        " (4, 14, 1, 4, 1, 900, 4, 0, 1772697600000000), (5, 15, 1, 5, 1, 900, 96, 2, 0),"
        " (6, 16, 1, 6, NULL, 4, NULL, 3, NULL), (7, 17, 1, 7, NULL, NULL, NULL, NULL, -1);"
        "INSERT INTO call_identity VALUES"
        " (1, 1, 1, NULL, x'015c3902b30f8e4a559c7d0123456789ab', x'0200f0', x'00782d31', NULL),"
        " (4, 1, 2, x'006d73675f31', x'00723f', NULL, NULL, NULL),"
        " (5, 0, NULL, x'000102030405060708090a0b0c0d0e0f04030201', NULL, NULL, NULL, NULL),"
        " (6, 2, NULL, NULL, NULL, x'024bf92f3577b34da6a3ce929d0e0e4736', x'0200f067aa0ba902b7',"
        "  x'02ffffffffffffffff')");
}

/* clang-format on */

Test(views, calls)
{
    static const struct expectation full[] = {
        {"identity",                             "request:5c3902b3-0f8e-4a55-9c7d-0123456789ab"},
        {"started",                              "2026-03-05T08:00:00.304763Z"                 }, /* date -u -d @1772697600 */
        {"started_us",                           "1772697600304763"                            },
        {"model",                                "asked"                                       },
        {"response_model",                       "got"                                         },
        {"feature",                              "chat"                                        },
        {"user",                                 "u"                                           },
        {"source",                               "otlp"                                        },
        {"error_kind",                           "timeout"                                     },
        {"team",                                 "NULL"                                        },
        {"session",                              "ab"                                          },
        {"request_id",                           "5c3902b3-0f8e-4a55-9c7d-0123456789ab"        },
        {"trace_id",                             "00f0"                                        },
        {"span_id",                              "x-1"                                         },
        {"parent_span_id",                       "NULL"                                        },
        {"latency_us",                           "1500000"                                     },
        {"time_to_first_token_us",               "NULL"                                        },
        {"input_tokens + output_tokens",         "120"                                         },
        {"cost_usd",                             "0.002"                                       },
        {"cost_nusd",                            "2000000"                                     },
        {"cost_given_nusd",                      "2000000"                                     },
        {"cost_computed_nusd",                   "7"                                           },
        {"status",                               "error"                                       },
        {"http_status",                          "500"                                         },
        {"streaming",                            "1"                                           },
        {"batch",                                "1"                                           },
        {"from_cache || aggregate || sidechain", "000"                                         },
        {"zoneless || guardrail",                "00"                                          },
        {"input_hash",                           "ffffffffffffffff"                            },
        {"output_hash",                          "NULL"                                        },
        {"meta",                                 "{\"org\":\"acme\"}"                          },
    };
    static const struct expectation empty[] = {
        {"identity",   "NULL"},
        {"started",    "NULL"},
        {"model",      "NULL"},
        {"session",    "NULL"},
        {"cost_usd",   "NULL"},
        {"status",     "NULL"},
        {"streaming",  "0"   },
        {"trace_id",   "NULL"},
        {"meta",       "NULL"},
        {"input_hash", "NULL"},
    };
    static const struct expectation cached[] = {
        {"identity",           "claude-code:msg_1"          },
        {"request_id",         "r?"                         },
        {"model",              "got"                        },
        {"cost_nusd",          "0"                          },
        {"cost_computed_nusd", "900"                        },
        {"from_cache",         "1"                          },
        {"status",             "ok"                         },
        {"started",            "2026-03-05T08:00:00.000000Z"},
    };
    static const struct expectation line[] = {
  /* ordinal 0x01020304 in little-endian order */
        {"identity",              "line:000102030405060708090a0b0c0d0e0f:16909060"},
        {"cost_nusd",             "900"                                           },
        {"status",                "cancelled"                                     },
        {"zoneless || guardrail", "11"                                            },
        {"started",               "1970-01-01T00:00:00.000000Z"                   },
    };
    static const struct expectation span[] = {
        {"identity",       "span:4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7"},
        {"parent_span_id", "ffffffffffffffff"                                      },
        {"status",         "unknown"                                               },
    };

    fill();
    fill_calls();
    expect_text("SELECT group_concat(call_id, ' ') FROM v_calls", "1 2 4 5 6 7");
    expect_row("v_calls", "call_id = 1", full, ARRAY_LEN(full));
    expect_row("v_calls", "call_id = 2", empty, ARRAY_LEN(empty));
    expect_row("v_calls", "call_id = 4", cached, ARRAY_LEN(cached));
    expect_row("v_calls", "call_id = 5", line, ARRAY_LEN(line));
    expect_row("v_calls", "call_id = 6", span, ARRAY_LEN(span));
    expect_text("SELECT started FROM v_calls WHERE call_id = 7", "1969-12-31T23:59:59.999999Z");
}

/* The dimensions bear the names that --by knows them under. */
Test(views, dimension_names)
{
    for (int f = 0; f < F_DIM_COUNT; f++) {
        char sql[100];

        (void)snprintf(sql, sizeof(sql), "SELECT count(\"%s\") FROM v_calls", call_fields[f].name);
        expect_text(sql, "0");
        (void)snprintf(sql, sizeof(sql),
                       "SELECT count(*) FROM pragma_table_info('v_calls') WHERE name = '%s'",
                       call_fields[f].name);
        expect_text(sql, "1");
    }
}

Test(views, daily)
{
    static const struct expectation day[] = {
        {"day",           "2026-03-05"},
        {"calls",         "1"         },
        {"errors",        "1"         },
        {"input_tokens",  "100"       },
        {"cost_usd",      "0.002"     },
        {"output_tokens", "20"        },
        {"cost_n",        "1"         },
    };

    fill();
    fill_calls();
    expect_row("v_daily", "model = 'asked' AND feature = 'chat'", day, ARRAY_LEN(day));
    expect_text("SELECT sum(calls) FROM v_daily", "6");
    expect_text("SELECT calls || ' ' || cost_n FROM v_daily WHERE day IS NULL", "2 1");
    expect_text("SELECT day FROM v_daily WHERE day < '1970'", "1969-12-31");
}

Test(views, spans)
{
    static const struct expectation span[] = {
        {"trace_id",       "4bf92f3577b34da6a3ce929d0e0e4736"},
        {"span_id",        "00f067aa0ba902b7"                },
        {"parent_span_id", "p"                               },
        {"name",           "n"                               },
        {"kind",           "llm"                             },
        {"status",         "ok"                              },
        {"started",        "1970-01-01T00:00:00.000001Z"     },
        {"ended",          "1970-01-01T00:00:00.000004Z"     },
        {"duration_us",    "3"                               },
        {"call_id",        "NULL"                            },
        {"attributes",     "{}"                              },
    };

    fill();
    exec_ok("INSERT INTO span VALUES (1, 3, x'0200f067aa0ba902b7', x'0070', 'n', 'llm', 's', NULL,"
            " NULL, 0, 1, 4, '{}', NULL, 1, 1)");
    expect_row("v_spans", "span_row = 1", span, ARRAY_LEN(span));
}

Test(views, others)
{
    static const struct expectation tool[] = {
        {"identity",      "tool:1"                                      },
        {"call_identity", "request:5c3902b3-0f8e-4a55-9c7d-0123456789ab"},
        {"request_id",    "r"                                           },
        {"trace_id",      "NULL"                                        },
        {"tool",          "grep"                                        },
        {"tool_version",  "3.11"                                        },
        {"error_kind",    "timeout"                                     },
        {"status",        "error"                                       },
        {"latency_us",    "30"                                          },
    };
    static const struct expectation branch[] = {
        {"identity",      "b:1"                        },
        {"call_identity", "NULL"                       },
        {"from_node",     "a"                          },
        {"to_node",       "b"                          },
        {"condition",     "c"                          },
        {"result",        "1"                          },
        {"context",       "{\"n\":1}"                  },
        {"decided",       "1970-01-01T00:00:01.000000Z"},
    };
    static const struct expectation score[] = {
        {"identity",  "s:1"    },
        {"target",    "trace"  },
        {"target_id", "00f0"   },
        {"name",      "quality"},
        {"scorer",    "eval"   },
        {"value",     "0.5"    },
        {"passed",    "1"      },
        {"at",        "NULL"   },
    };
    static const struct expectation quarantined[] = {
        {"path",           "a.jsonl" },
        {"line",           "812"     },
        {"\"offset\"",     "4096"    },
        {"length",         "17"      },
        {"reason",         "not_json"},
        {"field",          "NULL"    },
        {"length(sha256)", "64"      },
    };
    static const struct expectation source[] = {
        {"path",      "b.jsonl"},
        {"copy_of",   "a.jsonl"},
        {"copy_line", "3"      },
        {"lines",     "9"      },
    };

    fill();
    fill_calls();
    exec_ok("INSERT INTO tool_call VALUES (1, 1, 'tool:1', 11, 1, x'0072', NULL, 1, 1, 10, 40,"
            " NULL, 1, NULL, NULL, 1, 1, 1);"
            "INSERT INTO branch_decision VALUES (1, 1, 'b:1', NULL, NULL, NULL, NULL, 1, 2, 1, 1,"
            " 1000000, '{\"n\":1}', 1, 1);"
            "INSERT INTO score VALUES (1, 1, 's:1', 1, x'0200f0', NULL, NULL, 1, 1, NULL, 0.5, 1,"
            " NULL, 1, 1, NULL);"
            "INSERT INTO source VALUES (1, 'a.jsonl', 0, 0, 0, 0, x'', 0, 0, x'', x'', 1, 0, 0, 1),"
            "(2, 'b.jsonl', 0, 0, 0, 0, x'', 0, 9, x'', x'', 2, 1, 3, 1);"
            "INSERT INTO quarantine VALUES (1, 11, 1, 812, 4096, 17, zeroblob(32), 'not_json',"
            " NULL)");
    expect_row("v_tool_calls", "tool_call_id = 1", tool, ARRAY_LEN(tool));
    expect_row("v_branch_decisions", "branch_id = 1", branch, ARRAY_LEN(branch));
    expect_row("v_scores", "score_id = 1", score, ARRAY_LEN(score));
    expect_row("v_quarantine", "quarantine_id = 1", quarantined, ARRAY_LEN(quarantined));
    expect_row("v_sources", "source_id = 2", source, ARRAY_LEN(source));
    expect_text("SELECT copy_of FROM v_sources WHERE source_id = 1", "NULL");
    expect_text("SELECT id FROM v_sessions WHERE key = 5", "ab");
    expect_text("SELECT id FROM v_traces", "4bf92f3577b34da6a3ce929d0e0e4736");
}

/* A column that a query leaves out costs nothing: no other table is opened for it. */
Test(views, unused_columns)
{
    sqlite3_stmt *stmt = NULL;
    int steps = 0;

    cr_assert(sqlite3_prepare_v2(s->db,
                                 "EXPLAIN QUERY PLAN SELECT count(*), sum(latency_us) FROM v_calls",
                                 -1, &stmt, NULL) == SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(stmt, 3);

        cr_expect(strncmp(detail, "SCAN call", 9) == 0, "%s", detail);
        steps++;
    }
    cr_expect(steps == 1);
    sqlite3_finalize(stmt);
}

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = calloc(1, 100000);

    cr_assert(f && text, "%s", path);
    cr_assert(fread(text, 1, 99999, f) > 0, "%s", path);
    (void)fclose(f);
    return text;
}

/* Each file of a folder under schemas: begins with a comment, prepares on a fresh store (the tables
 * of a running writer or removal apart), is one statement. Tests run from the root of the repository. */
static void expect_folder(const char *folder, size_t at_least)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    size_t n = 0;

    cr_assert(dir != NULL, "%s", folder);
    while ((entry = readdir(dir))) {
        sqlite3_stmt *stmt = NULL;
        const char *tail = "";
        char path[400];
        char *text;
        int rc;

        if (!strstr(entry->d_name, ".sql"))
            continue;
        (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        text = read_file(path);
        cr_expect(strncmp(text, "-- ", 3) == 0, "%s: no comment", path);
        rc = sqlite3_prepare_v2(s->db, text, -1, &stmt, &tail);
        if (rc && !strstr(sqlite3_errmsg(s->db), "no such table: batch_") &&
            !strstr(sqlite3_errmsg(s->db), "no such table: temp.") &&
            !strstr(sqlite3_errmsg(s->db), "no such function: mentions") &&
            !strstr(sqlite3_errmsg(s->db), "already exists"))
            cr_expect(false, "%s: %s", path, sqlite3_errmsg(s->db));
        if (!rc && !strstr(path, "removal_begin") && !strstr(path, "removal_end")) /* scripts */
            cr_expect(strspn(tail, " \n") == strlen(tail), "%s: more than one statement", path);
        sqlite3_finalize(stmt);
        free(text);
        n++;
    }
    closedir(dir);
    cr_expect(n >= at_least, "%s: %zu files", folder, n);
}

Test(views, every_file_prepares)
{
    expect_folder("schemas/queries", 20);
    expect_folder("schemas/views", 10);
    expect_text("SELECT count(*) >= 10 FROM sqlite_schema WHERE type = 'view'", "1");
}

/* Each view can be read to its last column. */
Test(views, every_view_runs)
{
    static const char *const names[] = {
        "v_call_ids",   "v_sessions",         "v_traces", "v_calls",      "v_daily",   "v_spans",
        "v_tool_calls", "v_branch_decisions", "v_scores", "v_quarantine", "v_sources",
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char sql[64];

        (void)snprintf(sql, sizeof(sql), "SELECT * FROM %s", names[i]);
        expect_text(sql, "no row");
    }
}
