/* What a database takes in from another one. The whole of it: testdata/cli/db/merge*.sh. */
#include "store/take_in.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include "store/store_internal.h"

static struct store *open_store(void)
{
    struct store *s = NULL;
    struct error err = {0};

    cr_assert_eq(store_open(":memory:", STORE_WRITE, &s, &err), OK, "%s", err.msg);
    return s;
}

/* Every table, and what becomes of its rows: who adds one decides it here. */
static const struct {
    const char *table, *how;
} tables[] = {
    {"dictionary",      "by the texts of records"         },
    {"session",         "by the texts of records"         },
    {"trace",           "by the texts of records"         },
    {"meta",            "by the texts of records"         },
    {"call",            "stored_calls.sql"                },
    {"call_identity",   "stored_calls.sql"                },
    {"call_version",    "stored_versions.sql"             },
    {"guardrail",       "stored_guardrails.sql"           },
    {"span",            "stored_spans.sql"                },
    {"span_context",    "stored_spans.sql"                },
    {"span_guardrail",  "stored_span_guardrails.sql"      },
    {"tool_call",       "stored_tools.sql"                },
    {"branch_decision", "stored_branches.sql"             },
    {"score",           "stored_scores.sql"               },
    {"score_weight",    "stored_scores.sql"               },
    {"score_case",      "stored_scores.sql"               },
    {"score_again",     "stored_scores.sql"               },
    {"embedding",       "stored_embeddings.sql"           },
    {"finding",         "stored_findings.sql"             },
    {"call_text",       "stored_texts.sql"                },
    {"redaction",       "redactions.sql"                  },
    {"quarantine",      "stored_quarantine.sql"           },
    {"source",          "store_sources()"                 },
    {"source_sample",   "stored_samples.sql"              },
    {"sighting",        "stored_sightings.sql"            },
    {"annotation",      "store_annotations()"             },
    {"price",           "store_price_rows(): what was set"},
    {"baseline",        "store_baselines()"               },
    {"baseline_metric", "with its baseline"               },
    {"baseline_result", "with the newest of a name"       },
    {"setting",         "hashed_users_take_in()"          },
    {"chunk",           "made anew from the rows"         },
    {"chunk_column",    "made anew from the rows"         },
    {"id_run",          "made anew from the rows"         },
    {"request_call",    "made anew from the rows"         },
};

Test(take_in, every_table_is_thought_of)
{
    static const char sql[] = "SELECT name FROM pragma_table_list WHERE schema = 'main' "
                              "AND type = 'table' AND name NOT LIKE 'sqlite_%'";
    struct store *s = open_store();
    sqlite3_stmt *stmt = NULL;
    size_t n = 0;

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK);
    for (; sqlite3_step(stmt) == SQLITE_ROW; n++) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        bool found = false;

        for (size_t i = 0; i < ARRAY_LEN(tables); i++)
            found |= strcmp(tables[i].table, name) == 0;
        cr_expect(found, "what does `db merge` do with table %s?", name);
    }
    cr_expect_eq(n, ARRAY_LEN(tables), "%zu tables", n);
    sqlite3_finalize(stmt);
    store_close(s);
}

/* A line without an id, which logs hold `times` times, from a source of that name. */
static void add_lines(struct store *s, const char *path, uint32_t times)
{
    const struct source_state state = {
        .id = 1, .path = path, .ino = 1, .lineage = 1, .lines = times};
    struct batch b = {0};
    struct writer *w = NULL;
    struct error err = {0};

    for (uint32_t i = 0; i < times; i++) {
        struct call_record *r = batch_add_call(&b);

        cr_assert(r);
        r->id = (struct identity){
            .kind = ID_LINE, .line = {.hi = 1, .lo = 2}
        };
        r->source = 1;
        r->line = i + 1;
        record_set_dim(r, F_REQUEST_MODEL, SV("m"));
    }
    cr_assert_eq(writer_open(s, 0, NULL, &w, &err), OK, "%s", err.msg);
    cr_assert_eq(writer_add(w, &b, &state, 1, &err), OK, "%s", err.msg);
    cr_assert_eq(writer_finish(w, &err), OK, "%s", err.msg);
    writer_close(w);
    batch_release(&b);
}

static int64_t merged_calls(struct store *into, struct store *from, int64_t *new_calls)
{
    struct store_counts counts = {0};
    struct taken_in taken = {0};
    struct writer *w = NULL;
    struct error err = {0};

    cr_assert_eq(writer_open(into, 0, NULL, &w, &err), OK, "%s", err.msg);
    writer_hold(w);
    cr_assert_eq(store_take_in(w, from, &taken, &err), OK, "%s", err.msg);
    cr_assert_eq(writer_finish(w, &err), OK, "%s", err.msg);
    writer_close(w);
    cr_assert_eq(store_count(into, &counts, &err), OK, "%s", err.msg);
    *new_calls = taken.records.calls_new;
    return counts.calls;
}

/* Copies repeat lines: of one that one log has twice and another three times there are three
 * calls, whichever comes first and however often. */
Test(take_in, lines_without_id_keep_their_count)
{
    struct store *two = open_store(), *three = open_store(), *other_two = open_store();
    int64_t added;

    add_lines(two, "a", 2);
    add_lines(other_two, "a", 2);
    add_lines(three, "b", 3);
    cr_expect_eq(merged_calls(two, three, &added), 3);
    cr_expect_eq(added, 1);
    cr_expect_eq(merged_calls(two, three, &added), 3);
    cr_expect_eq(added, 0);
    cr_expect_eq(merged_calls(three, other_two, &added), 3);
    cr_expect_eq(added, 0);
    store_close(two);
    store_close(three);
    store_close(other_two);
}

/* Nothing of what a writer took in is there before it finishes. */
Test(take_in, is_one_transaction)
{
    struct store *into = open_store(), *from = open_store();
    struct store_counts counts = {0};
    struct taken_in taken = {0};
    struct writer *w = NULL;
    struct error err = {0};

    add_lines(from, "a", 4);
    cr_assert_eq(writer_open(into, 0, NULL, &w, &err), OK, "%s", err.msg);
    writer_hold(w);
    cr_assert_eq(store_take_in(w, from, &taken, &err), OK, "%s", err.msg);
    writer_close(w);
    cr_assert_eq(store_count(into, &counts, &err), OK, "%s", err.msg);
    cr_expect(taken.records.calls_new == 4 && taken.sources == 1 && counts.calls == 0);
    store_close(into);
    store_close(from);
}
