/* writer_test: records in, rows out, whatever order, batch, run or crash lies between. Wanted
 * values are worked by hand from the rules of identity and merging. */
#include "store/writer.h"
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "store/id_runs.h"
#include "store/packed_id.h"
#include "sql.h"
#include "store/writer_internal.h"

/* ---- a store and what is put into it ------------------------------------------------------ */

static struct store *s;
static struct writer *w;
static struct batch b;
static struct source_state sources[16];
static size_t n_sources;
static uint64_t random_state;

static void open_store(const char *path)
{
    struct error err = {0};

    cr_assert(store_open(path, STORE_WRITE, &s, &err) == OK, "%s", err.msg);
}

static void open_writer(void)
{
    struct error err = {0};

    cr_assert(writer_open(s, 0x5eed, NULL, &w, &err) == OK, "%s", err.msg);
}

static void add_source(int64_t lineage, int64_t copy_of, int64_t copy_line)
{
    int64_t id = (int64_t)n_sources + 1;

    sources[n_sources++] = (struct source_state){.id = id,
                                                 .path = "log.jsonl",
                                                 .lineage = lineage,
                                                 .copy_of = copy_of,
                                                 .copy_line = copy_line};
}

static void setup(void)
{
    n_sources = 0;
    random_state = 1;
    open_store(":memory:");
    open_writer();
    add_source(1, 0, 0);
}

static void teardown(void)
{
    writer_close(w);
    store_close(s);
    batch_release(&b);
    w = NULL;
    s = NULL;
}

TestSuite(writer, .init = setup, .fini = teardown);

static void remove_store(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};

    teardown();
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        unlink(name);
    }
}

static void add(void)
{
    struct error err = {0};

    cr_assert(writer_add(w, &b, sources, n_sources, &err) == OK, "%s", err.msg);
    batch_reset(&b);
}

static void finish(void)
{
    struct error err = {0};

    add();
    cr_assert(writer_finish(w, &err) == OK, "%s", err.msg);
}

static void next_run(void)
{
    finish();
    writer_close(w);
    open_writer();
}

static uint64_t draw(uint64_t below)
{
    random_state = hash_mix(random_state + UINT64_C(0x9e3779b97f4a7c15));
    return random_state % below;
}

static struct sv text(const char *format, long long v)
{
    char room[64];
    int n = snprintf(room, sizeof(room), format, v);

    return arena_copy(&b.arena, (struct sv){room, (size_t)n});
}

static struct identity own_id(struct sv own)
{
    return (struct identity){.kind = ID_OWN, .family = SV("request"), .own = own};
}

static struct identity line_id(uint64_t hash)
{
    return (struct identity){
        .kind = ID_LINE, .line = {hash, ~hash}
    };
}

static struct call_record *call(const char *own, int64_t output_tokens)
{
    struct call_record *r = batch_add_call(&b);

    r->id = own_id(sv_from(own));
    r->request_id = r->id.own;
    r->source = 1;
    r->line = 1;
    if (output_tokens >= 0)
        record_set_num(r, F_OUTPUT_TOKENS, output_tokens);
    return r;
}

static struct call_record *line_call(uint64_t hash, uint32_t source, int64_t line)
{
    struct call_record *r = batch_add_call(&b);

    r->id = line_id(hash);
    r->source = source;
    r->line = line;
    record_set_num(r, F_INPUT_TOKENS, 1);
    return r;
}

static struct call_record *span_call(struct sv trace, struct sv span)
{
    struct call_record *r = batch_add_call(&b);

    r->id = (struct identity){.kind = ID_SPAN, .trace_id = trace, .span_id = span};
    r->trace_id = trace;
    r->span_id = span;
    r->source = 1;
    return r;
}

static struct span_record *span(struct sv trace, struct sv id, struct sv parent, bool usage)
{
    struct span_record *r = batch_add_span(&b);

    r->trace_id = trace;
    r->span_id = id;
    r->parent_span_id = parent;
    r->status = STATUS_UNKNOWN;
    r->has_usage = usage;
    r->source = 1;
    return r;
}

/* What a span says of the calls below it. */
static void says(struct span_record *span_of, struct sv user, struct sv agent, struct sv session)
{
    struct span_context *c = arena_zalloc(&b.arena, 1, sizeof(*c));

    c->dim[CONTEXT_USER] = user;
    c->dim[CONTEXT_AGENT] = agent;
    c->session_id = session;
    span_of->context = c;
}

static struct score_record *score(const char *own, struct identity target, double value)
{
    struct score_record *r = batch_add_score(&b);

    r->id = (struct identity){.kind = ID_OWN, .family = SV("score"), .own = sv_from(own)};
    r->target = TARGET_CALL;
    r->call = target;
    r->name = SV("quality");
    r->value = (struct maybe_f64){value, true};
    r->source = 1;
    r->line = 1;
    return r;
}

static struct tool_record *tool(const char *own)
{
    struct tool_record *r = batch_add_tool(&b);

    r->id = (struct identity){.kind = ID_OWN, .family = SV("tool"), .own = sv_from(own)};
    r->source = 1;
    r->line = 1;
    return r;
}

/* ---- looking at what came out ------------------------------------------------------------- */

static sqlite3_stmt *prepared(const char *sql)
{
    sqlite3_stmt *stmt;

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", sql,
              sqlite3_errmsg(s->db));
    return stmt;
}

/* The first row as text, its columns with a bar between, "-" for NULL. Good until the next call. */
static const char *ask(const char *sql)
{
    static char out[512];
    sqlite3_stmt *stmt = prepared(sql);
    struct buf text = {0};

    if (sqlite3_step(stmt) == SQLITE_ROW)
        for (int c = 0; c < sqlite3_column_count(stmt); c++) {
            const char *v = (const char *)sqlite3_column_text(stmt, c);
            buf_printf(&text, "%s%s", c ? "|" : "", v ? v : "-");
        }
    (void)snprintf(out, sizeof(out), "%s", text.p ? text.p : "no row");
    buf_release(&text);
    sqlite3_finalize(stmt);
    return out;
}

#define EXPECT(sql, want)                                                                          \
    do {                                                                                           \
        const char *got_ = ask(sql);                                                               \
        cr_expect(strcmp(got_, want) == 0, "%s: %s, wanted %s", sql, got_, want);                  \
    } while (0)

static void exec(const char *sql)
{
    struct error err = {0};

    cr_assert(store_exec(s, sql, &err) == OK, "%s", err.msg);
}

static int compare_lines(const void *a, const void *c)
{
    return strcmp(*(char *const *)a, *(char *const *)c);
}

static bool is_surrogate(const char *name)
{
    static const char *const names[] = {"call_id", "score_id", "tool_call_id", "branch_id",
                                        "span_row"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* What every database with the same content agrees on: the views, without row numbers, sorted. */
static char *dump(void)
{
    static const char *const views[] = {"v_calls",      "v_call_ids",         "v_spans",
                                        "v_tool_calls", "v_branch_decisions", "v_scores"};
    char **lines = NULL;
    size_t n = 0;
    struct buf out = {0};

    for (size_t i = 0; i < ARRAY_LEN(views); i++) {
        char sql[64];
        (void)snprintf(sql, sizeof(sql), "SELECT * FROM %s", views[i]);
        sqlite3_stmt *stmt = prepared(sql);
        while (sqlite3_step(stmt) == SQLITE_ROW) {
            struct buf line = {0};
            buf_str(&line, views[i]);
            for (int c = 0; c < sqlite3_column_count(stmt); c++) {
                const char *name = sqlite3_column_name(stmt, c);
                if (sqlite3_column_type(stmt, c) != SQLITE_NULL && !is_surrogate(name))
                    buf_printf(&line, " %s=%s", name, (const char *)sqlite3_column_text(stmt, c));
            }
            if ((n & (n - 1)) == 0) /* a power of two: full */
                lines = realloc(lines, 2 * (n + 1) * sizeof(*lines));
            lines[n++] = line.p;
        }
        sqlite3_finalize(stmt);
    }
    if (n)
        qsort(lines, n, sizeof(*lines), compare_lines);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&out, "%s\n", lines[i]);
        free(lines[i]);
    }
    free(lines);
    return out.p ? out.p : calloc(1, 1);
}

/* The first line in which two dumps differ. */
static void expect_same(const char *want, const char *got, const char *what)
{
    size_t at = 0, line = 0;

    if (strcmp(want, got) == 0)
        return;
    for (; want[at] && want[at] == got[at]; at++)
        if (want[at] == '\n')
            line = at + 1;
    cr_expect(false, "%s:\nwanted %.*s\ngot    %.*s", what, (int)strcspn(want + line, "\n"),
              want + line, (int)strcspn(got + line, "\n"), got + line);
}

/* The columns as the chunks have them are those of the rows. */
static void expect_chunks_equal_rows(void)
{
    struct chunk_info *chunks = NULL;
    struct error err = {0};
    size_t n = 0;
    int64_t *cols[C_COUNT];

    for (int c = 0; c < C_COUNT; c++)
        cols[c] = malloc(CHUNK_ROWS * sizeof(int64_t));
    cr_assert(store_chunks(s, &chunks, &n, &err) == OK, "%s", err.msg);
    for (size_t i = 0; i < n; i++) {
        cr_assert(store_read_columns(s, &chunks[i], CHUNK_COLUMNS, cols, &err) == OK);
        sqlite3_stmt *stmt = prepared((const char *)sql_queries_chunk_rows);
        sqlite3_bind_int64(stmt, 1, chunks[i].number * CHUNK_ROWS + 1);
        sqlite3_bind_int64(stmt, 2, chunks[i].number * CHUNK_ROWS + chunks[i].rows);
        for (int64_t row = 0; row < chunks[i].rows; row++) {
            cr_assert(sqlite3_step(stmt) == SQLITE_ROW);
            for (int c = 0; c < C_COUNT; c++) {
                int64_t want = sqlite3_column_type(stmt, c) == SQLITE_NULL
                                   ? CALL_MISSING
                                   : sqlite3_column_int64(stmt, c);
                if (CHUNK_COLUMNS >> c & 1)
                    cr_assert(cols[c][row] == want, "chunk %zu row %lld column %d", i,
                              (long long)row, c);
            }
        }
        sqlite3_finalize(stmt);
    }
    store_read_done(s);
    free(chunks);
    for (int c = 0; c < C_COUNT; c++)
        free(cols[c]);
}

/* ---- calls -------------------------------------------------------------------------------- */

Test(writer, nothing)
{
    finish();
    EXPECT("SELECT count(*) FROM call", "0");
    EXPECT("SELECT count(*) FROM chunk", "0");
    cr_expect(eq(i64, writer_tally(w, 1).calls_new, 0));
    cr_expect(eq(i64, writer_tally(w, 99).calls_new, 0));
}

Test(writer, one_call_with_everything)
{
    struct call_record *r = call("abc", 7);

    for (int f = 0; f < F_DIM_COUNT; f++)
        record_set_dim(r, f, text("value %lld", f));
    for (int f = F_DIM_COUNT; f < F_COUNT; f++)
        record_set_num(r, f, f == F_STATUS ? STATUS_ERROR : 100 + f);
    r->session_id = SV("the session");
    r->trace_id = SV("00ff");
    r->span_id = SV("x");
    r->parent_span_id = SV("y");
    r->meta = SV("{\"k\":1}");
    r->line = 812;
    finish();
    EXPECT("SELECT identity, request_id, trace_id, span_id, parent_span_id FROM v_calls",
           "request:abc|abc|00ff|x|y");
    EXPECT("SELECT request_model, response_model, feature, user, source FROM v_calls",
           "value 0|value 1|value 4|value 5|value 19");
    EXPECT("SELECT session, meta, status FROM v_calls", "the session|{\"k\":1}|error");
    EXPECT("SELECT latency_us, input_tokens, output_tokens, output_chars FROM v_calls",
           "121|125|126|143");
    EXPECT("SELECT source_id, source_line, shadowed, inherited, cost_computed_nusd FROM call",
           "1|812|-|-|-");
    EXPECT("SELECT own, length(request) FROM call_identity", "-|4");
    EXPECT("SELECT rows FROM chunk", "1");
    expect_chunks_equal_rows();
}

Test(writer, numbers_that_cannot_be_stored_are_missing)
{
    struct call_record *r = call("a", 5);

    record_set_num(r, F_LATENCY_US, -1);
    record_set_num(r, F_TOTAL_TOKENS_GIVEN, INT64_MIN);
    record_set_num(r, F_COST_GIVEN_NUSD, INT64_MIN);
    record_set_num(r, F_STARTED_US, -1);
    record_set_num(r, F_INPUT_TOKENS, INT64_MAX);
    finish();
    EXPECT("SELECT latency_us, total_tokens_given, cost_given_nusd, started_us, input_tokens "
           "FROM call",
           "-|-|-|-1|9223372036854775807");
    expect_chunks_equal_rows();
}

Test(writer, counts)
{
    record_set_num(call("a", 5), F_STARTED_US, 50);
    record_set_num(call("b", 5), F_STARTED_US, 40);
    record_set_num(call("a", 5), F_STARTED_US, 50); /* the same again */
    record_set_num(call("a", 6), F_STARTED_US, 60); /* more */
    call("b", 1);                                   /* another record that changes nothing */
    add();
    struct source_tally t = writer_tally(w, 1);
    cr_expect(eq(i64, t.calls_new, 2));
    cr_expect(eq(i64, t.calls_merged, 3));
    cr_expect(eq(i64, t.calls_updated, 1));
    cr_expect(eq(i64, t.first_us, 40));
    cr_expect(eq(i64, t.last_us, 60));
    finish();
    EXPECT("SELECT count(*), sum(output_tokens) FROM v_calls", "2|11");
    EXPECT("SELECT count(*) FROM call_version", "4");
}

/* The two records of one call, in both orders, in one batch, two batches and two runs. */
Test(writer, winner_is_completed)
{
    for (int way = 0; way < 6; way++) {
        for (int i = 0; i < 2; i++) {
            struct call_record *r;
            if ((i == 0) == (way % 2 == 0)) {
                r = call("a", 10);
                record_set_dim(r, F_FEATURE, SV("chat"));
                record_set_dim(r, F_USER, SV("loser"));
                record_set_num(r, F_FLAGS, FLAG_STREAMING);
                r->meta = SV("{\"k\":1}");
                r->trace_id = SV("t2");
                r->line = 7;
            } else {
                r = call("a", 20);
                record_set_dim(r, F_USER, SV("winner"));
                record_set_num(r, F_FLAGS, FLAG_BATCH);
                r->trace_id = SV("t1");
                r->parent_span_id = SV("p");
                r->line = 8;
            }
            if (way / 2 == 1)
                add();
            else if (way / 2 == 2)
                next_run();
        }
        finish();
        EXPECT("SELECT output_tokens, feature, user, streaming, batch, meta, trace_id, "
               "parent_span_id FROM v_calls",
               "20|chat|winner|1|1|{\"k\":1}|t1|p");
        EXPECT("SELECT source_line FROM call", "8");
        EXPECT("SELECT count(*), min(output_tokens), max(inherited) FROM call_version", "2|10|-");
        expect_chunks_equal_rows();
        teardown();
        setup();
    }
}

Test(writer, equal_scalars_share_a_row)
{
    call("a", 1)->meta = SV("{\"k\":1}");
    call("b", 1)->meta = SV("{\"k\":1}");
    next_run();
    call("a", 1)->meta = SV("{\"k\":1}"); /* nothing new: no row either */
    finish();
    EXPECT("SELECT count(*) FROM meta", "1");
    EXPECT("SELECT count(*) FROM call_version", "0");
    cr_expect(eq(i64, writer_tally(w, 1).calls_updated, 0));
}

Test(writer, own_id_beside_another_request_id)
{
    struct call_record *r = call("a", 1);

    r->request_id = SV("z");
    r = call("a", 1);
    r->request_id = SV("q"); /* the smaller one stays */
    r = call("c", 1);
    r->request_id = SV_NONE;
    next_run();
    call("a", 1);
    call("c", 1)->request_id = SV("b");
    finish();
    EXPECT("SELECT count(*) FROM call", "2");
    EXPECT("SELECT group_concat(identity || ' ' || request_id) FROM "
           "(SELECT * FROM v_calls ORDER BY identity)",
           "request:a a,request:c b");
    cr_expect(eq(i64, writer_tally(w, 1).calls_updated, 2));
}

/* More different records than are kept: the call is as if they were. */
Test(writer, many_records_of_one_call)
{
    for (int i = 0; i < 3000; i++) {
        struct call_record *r = call("a", i % 1000);
        record_set_num(r, F_INPUT_CHARS, i);
        if (i % 1000 == 3)
            record_set_num(r, F_HTTP_STATUS, 200 + i / 1000);
        if (i == 5)
            record_set_num(r, F_FLAGS, FLAG_BATCH);
        if (i % 700 == 0)
            add();
    }
    finish();
    EXPECT("SELECT output_tokens, input_chars, http_status, batch FROM v_calls", "999|2999|202|1");
    cr_expect(atol(ask("SELECT count(*) FROM call_version")) <= 49);
    cr_expect(eq(i64, writer_tally(w, 1).calls_merged, 2999));
}

/* Each record brings a field that no other has, so that none of them can go. */
Test(writer, every_record_is_useful)
{
    for (int f = 0; f < F_COUNT; f++) {
        struct call_record *r = call("a", 100 - f);
        if (f < F_DIM_COUNT)
            record_set_dim(r, f, SV("x"));
        else if (f != F_OUTPUT_TOKENS)
            record_set_num(r, f, 1);
    }
    for (int i = 0; i < 200; i++)
        record_set_num(call("a", 0), F_INPUT_CHARS, i);
    finish();
    EXPECT(
        "SELECT request_model, input_hash, output_chars, output_tokens, input_chars FROM v_calls",
        "x|0000000000000001|1|100|1");
}

/* Two identities with one key: the later one is found under the next key. */
Test(writer, colliding_keys)
{
    struct identity a = own_id(SV("a")), c = own_id(SV("c"));
    char sql[200];

    call("a", 1);
    finish();
    writer_close(w);
    (void)snprintf(sql, sizeof(sql), "UPDATE call SET identity_key = %lld; DELETE FROM chunk",
                   (long long)identity_key(&c));
    exec(sql); /* as if the key of a were that of c */
    open_writer();
    call("c", 2);
    add();
    call("c", 3);
    score("s", c, 0.5);
    next_run();
    call("c", 4);
    finish();
    cr_expect(identity_key(&a) != identity_key(&c));
    EXPECT("SELECT count(*) FROM call", "2");
    EXPECT("SELECT max(identity_key) - min(identity_key), max(output_tokens) FROM call", "1|4");
    EXPECT("SELECT call_identity FROM v_scores", "request:c");
}

Test(writer, colliding_sessions)
{
    unsigned char packed[PACKED_ID_ROOM(2)];
    uint64_t key = hash64(packed, packed_id_pack(SV("s1"), packed), 0);
    char sql[200];

    (void)snprintf(sql, sizeof(sql), "INSERT INTO session (key, id) VALUES (%lld, x'0041')",
                   (long long)key);
    exec(sql);
    call("a", 1)->session_id = SV("s1");
    next_run();
    call("b", 1)->session_id = SV("s1");
    call("c", 1)->session_id = SV("A-long-session-id");
    finish();
    EXPECT("SELECT count(*) FROM session", "3");
    EXPECT("SELECT count(*) FROM v_calls WHERE session = 's1'", "2");
}

Test(writer, dictionaries_go_on_in_the_next_run)
{
    record_set_dim(call("a", 1), F_FEATURE, SV("chat"));
    record_set_dim(call("b", 1), F_FEATURE, SV("search"));
    record_set_dim(call("c", 1), F_USER, SV("chat"));
    next_run();
    record_set_dim(call("d", 1), F_FEATURE, SV("search"));
    record_set_dim(call("e", 1), F_FEATURE, SV("new"));
    finish();
    EXPECT("SELECT group_concat(dimension || id || text) FROM "
           "(SELECT * FROM dictionary WHERE dimension <> 'identity_family' ORDER BY 1, 2)",
           "feature1chat,feature2search,feature3new,user1chat");
    EXPECT("SELECT group_concat(feature_id) FROM call WHERE feature_id IS NOT NULL", "1,2,2,3");
    struct sv name = store_dimension_text(s, F_FEATURE, 3);
    cr_expect(sv_is(name, "new"), "the store sees what the writer added");
}

/* ---- lines without id --------------------------------------------------------------------- */

Test(writer, equal_lines_of_one_file_are_several_calls)
{
    line_call(1, 1, 1);
    line_call(1, 1, 2);
    line_call(2, 1, 3);
    next_run();
    line_call(1, 1, 4); /* appended */
    finish();
    EXPECT("SELECT count(*) FROM v_calls", "4");
    EXPECT("SELECT count(*) FROM v_calls WHERE identity = "
           "'line:0000000000000001fffffffffffffffe:2'",
           "1");
}

Test(writer, a_file_read_under_another_name_gives_none)
{
    line_call(1, 1, 1);
    line_call(1, 1, 2);
    line_call(2, 1, 3);
    next_run();
    add_source(2, 0, 0); /* nobody noticed that it is a copy */
    line_call(1, 2, 1);
    line_call(1, 2, 2);
    line_call(1, 2, 3); /* one more than the first file has */
    line_call(2, 2, 4);
    line_call(2, 2, 5);
    next_run();
    line_call(1, 1, 4); /* the first file's third: that is the other one's third */
    line_call(1, 2, 6); /* the other one's fourth */
    finish();
    EXPECT("SELECT count(*) FROM v_calls", "6");
    EXPECT("SELECT count(*) FROM sighting", "4");
}

Test(writer, rotation_continues_a_lineage)
{
    line_call(1, 1, 1);
    next_run();
    add_source(1, 0, 0);
    line_call(1, 2, 1);
    finish();
    EXPECT("SELECT count(*) FROM v_calls", "2");
}

Test(writer, a_recognised_copy_goes_on_behind_what_it_copied)
{
    line_call(1, 1, 1);
    line_call(2, 1, 2);
    next_run();
    line_call(2, 1, 3); /* the original grows */
    next_run();
    add_source(2, 1, 2); /* the copy was made of its first two lines, and grows as well */
    line_call(2, 2, 3);  /* its second one: the same event as the original's line 3 */
    line_call(1, 2, 4);  /* its second one: nobody else has that */
    finish();
    EXPECT("SELECT count(*) FROM v_calls", "4");
}

Test(writer, one_line_a_hundred_thousand_times)
{
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 50000; i++)
            line_call(7, 1, round * 50000 + i);
        if (round == 0)
            next_run();
    }
    finish();
    EXPECT("SELECT count(*), count(DISTINCT identity_key) FROM call", "100000|100000");
    expect_chunks_equal_rows();
}

/* A copy of everything that a line can give. */
Test(writer, other_records_of_lines)
{
    for (uint32_t round = 1; round <= 3; round++) {
        if (round > 1)
            add_source(round, 0, 0);
        for (int i = 0; i < 2; i++) {
            line_call(1, round, i);
            struct score_record *sc = score("", line_id(1), 0.25);
            sc->id = line_id(1);
            struct tool_record *to = tool("");
            to->id = line_id(1);
            to->call = line_id(1);
            to->has_call = true;
            struct branch_record *br = batch_add_branch(&b);
            br->id = line_id(1);
            struct quarantine_record *q = batch_add_quarantine(&b);
            q->id = line_id(1);
            q->reason = Q_BAD_VALUE;
            q->field = SV("usage");
            sc->source = to->source = br->source = q->source = round;
            sc->line = to->line = br->line = q->line = i;
        }
        next_run();
    }
    finish();
    EXPECT("SELECT count(*) FROM call", "2");
    EXPECT("SELECT count(*), count(DISTINCT call_id) FROM score", "2|2");
    EXPECT("SELECT count(*), count(DISTINCT call_id) FROM tool_call", "2|2");
    EXPECT("SELECT count(*) FROM branch_decision", "2");
    EXPECT("SELECT count(*), min(reason), min(field) FROM quarantine", "2|bad value|usage");
    EXPECT("SELECT identity, call_identity FROM v_scores ORDER BY identity DESC",
           "line:0000000000000001fffffffffffffffe:1|line:0000000000000001fffffffffffffffe:1");
}

/* ---- what belongs to calls ---------------------------------------------------------------- */

Test(writer, scores_wait_for_their_call)
{
    score("s1", own_id(SV("a")), 0.5);
    score("s2", own_id(SV("never")), 0.5);
    score("s3", line_id(0), 0.5);
    score("s4", own_id(SV("b")), 1);
    call("b", 1);
    b.scores[2].call.line = (struct hash128){0, 0}; /* of no call */
    next_run();
    EXPECT("SELECT group_concat(identity || coalesce(call_identity, '-')) FROM "
           "(SELECT * FROM v_scores ORDER BY identity)",
           "score:s1-,score:s2-,score:s3-,score:s4request:b");
    call("a", 1);
    finish();
    EXPECT("SELECT call_identity FROM v_scores WHERE identity = 'score:s1'", "request:a");
    EXPECT("SELECT count(*) FROM score WHERE call_key IS NULL", "1");
    struct store_counts counts;
    struct error err = {0};
    cr_assert(store_count(s, &counts, &err) == OK);
    cr_expect(eq(i64, counts.scores_waiting, 1));
}

Test(writer, more_waiting_than_one_page)
{
    for (int i = 0; i < 20000; i++) {
        struct score_record *r = score("", own_id(text("c%lld", i)), 1);
        r->id.own = text("s%lld", i);
    }
    next_run();
    for (int i = 0; i < 20000; i += 2) {
        struct call_record *r = call("", 1);
        r->id.own = r->request_id = text("c%lld", i);
    }
    finish();
    EXPECT("SELECT count(*), count(call_id) FROM score", "20000|10000");
}

Test(writer, the_latest_score_holds)
{
    static const struct {
        double value;
        struct maybe_i64 at;
    } scores[] = {
        {0.9, {0, false}},
        {0.1, {20, true}},
        {0.3, {20, true}},
        {0.8, {10, true}}
    };

    for (size_t first = 0; first < ARRAY_LEN(scores); first++) {
        for (size_t i = 0; i < ARRAY_LEN(scores); i++) {
            size_t k = (first + i) % ARRAY_LEN(scores);
            score("s", own_id(SV("a")), scores[k].value)->at_us = scores[k].at;
        }
        score("s", own_id(SV("a")), 0.2)->value.known = false;
        finish();
        EXPECT("SELECT value, at_us FROM score", "0.3|20");
        cr_expect(eq(i64, writer_tally(w, 1).scores, 1));
        cr_expect(eq(i64, writer_tally(w, 1).repeated, 4));
        teardown();
        setup();
    }
}

static struct embedding_record *embedding(const char *own, struct identity target,
                                          const float *vector, uint32_t dim)
{
    struct embedding_record *r = batch_add_embedding(&b);

    r->id = (struct identity){.kind = ID_OWN, .family = SV("embedding"), .own = sv_from(own)};
    r->call = target;
    r->vector = vector;
    r->dim = dim;
    r->source = 1;
    r->line = 1;
    return r;
}

/* 1 and -2 as 32-bit floats, least significant byte first, by the standard's definition. */
Test(writer, embeddings_wait_for_their_call)
{
    static const float vector[] = {1, -2};

    embedding("e1", own_id(SV("a")), vector, 2)->model = SV("small-3");
    embedding("e2", own_id(SV("never")), vector, 2)->role = EMBEDDING_INPUT;
    next_run();
    EXPECT("SELECT count(call_id) FROM embedding", "0");
    call("a", 1);
    finish();
    EXPECT("SELECT call_identity, role, model, dim, hex(vector) FROM v_embeddings "
           "WHERE identity = 'embedding:e1'",
           "request:a|output|small-3|2|0000803F000000C0");
    EXPECT("SELECT role FROM v_embeddings WHERE call_identity IS NULL", "input");
}

/* Whichever comes last: the larger dimension, then the larger bytes. */
Test(writer, of_two_embeddings_the_order_does_not_matter)
{
    static const float one[] = {1, 2}, other[] = {1, 3}, longer[] = {0, 0, 0};
    static const struct {
        const float *v;
        uint32_t dim;
    } all[] = {
        {one,    2},
        {longer, 3},
        {other,  2},
    };

    for (size_t first = 0; first < ARRAY_LEN(all); first++) {
        for (size_t i = 0; i < ARRAY_LEN(all); i++) {
            size_t k = (first + i) % ARRAY_LEN(all);
            embedding("e", own_id(SV("a")), all[k].v, all[k].dim);
        }
        finish();
        EXPECT("SELECT dim, count(*) FROM embedding", "3|1");
        teardown();
        setup();
    }
}

/* A tool call's two halves, in both orders. */
Test(writer, halves_of_a_tool_call)
{
    for (int way = 0; way < 2; way++) {
        for (int i = 0; i < 2; i++) {
            struct tool_record *r = tool("t1");
            if (i == way) {
                r->call = own_id(SV("a"));
                r->has_call = true;
                r->tool_name = SV("Read");
                r->tool_version = SV("1.9");
                r->started_us = (struct maybe_i64){100, true};
                r->input_chars = (struct maybe_i64){5, true};
                r->status = (struct maybe_i64){STATUS_UNKNOWN, true};
            } else {
                r->ended_us = (struct maybe_i64){350, true};
                r->status = (struct maybe_i64){STATUS_ERROR, true};
                r->error_kind = SV("timeout");
                r->output_chars = (struct maybe_i64){9, true};
                r->tool_version = SV("2.0"); /* where both speak, the larger text holds */
            }
            add();
        }
        call("a", 1);
        finish();
        EXPECT(
            "SELECT tool, tool_version, error_kind, status, started_us, latency_us, input_chars, "
            "output_chars, call_identity FROM v_tool_calls",
            "Read|2.0|timeout|error|100|250|5|9|request:a");
        cr_expect(eq(i64, writer_tally(w, 1).tool_calls, 1));
        teardown();
        setup();
    }
}

Test(writer, a_request_id_leads_to_its_call)
{
    struct branch_record *r = batch_add_branch(&b);

    r->id = (struct identity){.kind = ID_OWN, .family = SV("branch"), .own = SV("1")};
    r->request_id = SV("a");
    r->trace_id = SV("t");
    r->from_node = SV("start");
    r->to_node = SV("end");
    r->condition = SV("x > 1");
    r->result = (struct maybe_i64){1, true};
    r->context = SV("{\"x\":2}");
    r->source = 1;
    r = batch_add_branch(&b);
    *r = b.branches[0];
    r->id.own = SV("2");
    r->result.v = 7; /* neither 0 nor 1 */
    tool("t")->request_id = SV("a");
    call("a", 1);
    next_run();
    *batch_add_branch(&b) = (struct branch_record){
        .id = {.kind = ID_OWN, .family = SV("branch"), .own = SV("1")},
          .source = 1
    };
    finish();
    EXPECT("SELECT count(*), count(call_id), count(result) FROM branch_decision", "2|2|1");
    EXPECT("SELECT from_node, to_node, condition, result, context, call_identity "
           "FROM v_branch_decisions WHERE identity = 'branch:1'",
           "start|end|x > 1|1|{\"x\":2}|request:a");
    EXPECT("SELECT call_identity FROM v_tool_calls", "request:a");
    cr_expect(eq(i64, writer_tally(w, 1).repeated, 1));
}

/* ---- traces ------------------------------------------------------------------------------- */

Test(writer, spans_complete_each_other)
{
    for (int way = 0; way < 2; way++) {
        for (int i = 0; i < 2; i++) {
            struct span_record *r = span(SV("t"), SV("a"), i == way ? SV("p") : SV_NONE, false);
            r->started_us = (struct maybe_i64){i == way ? 10 : 11, true};
            r->ended_us = (struct maybe_i64){i == way ? 20 : 21, i != way};
            r->status = i == way ? STATUS_UNKNOWN : STATUS_OK;
            r->name = i == way ? SV("x") : SV("y");
        }
        finish();
        EXPECT("SELECT count(*), started_us, ended_us, status, name, parent_span_id FROM v_spans",
               "1|10|21|ok|y|p");
        cr_expect(eq(i64, writer_tally(w, 1).spans, 1));
        cr_expect(eq(i64, writer_tally(w, 1).repeated, 1));
        teardown();
        setup();
    }
}

/* agent (no usage, names user and agent) > call_llm > generate > openai.chat, and a second chat below
 * call_llm. */
static void add_nested(int which)
{
    static const struct {
        const char *id, *parent;
        int64_t output_tokens;
        const char *agent, *finish_reason, *provider, *session;
    } nodes[] = {
        {"a", NULL, -1, NULL,    NULL,     NULL,     NULL},
        {"b", "a",  70, "outer", "stop",   "proxy",  "s1"},
        {"c", "b",  70, "inner", NULL,     "proxy",  NULL},
        {"d", "c",  70, NULL,    NULL,     "openai", NULL},
        {"e", "b",  50, NULL,    "length", NULL,     NULL},
    };
    struct sv id = sv_from(nodes[which].id);

    struct span_record *added =
        span(SV("t"), id, sv_from(nodes[which].parent), nodes[which].output_tokens >= 0);
    if (nodes[which].output_tokens < 0) {
        says(added, SV("u"), SV("far"), SV_NONE);
        return;
    }
    struct call_record *r = span_call(SV("t"), id);
    record_set_num(r, F_OUTPUT_TOKENS, nodes[which].output_tokens);
    record_set_dim(r, F_AGENT, sv_from(nodes[which].agent));
    record_set_dim(r, F_FINISH_REASON, sv_from(nodes[which].finish_reason));
    record_set_dim(r, F_PROVIDER, sv_from(nodes[which].provider));
    r->session_id = sv_from(nodes[which].session);
}

static void expect_nested(const char *what)
{
    EXPECT("SELECT count(*) FROM call WHERE shadowed = 1", "2");
    EXPECT("SELECT group_concat(identity || agent || finish_reason || coalesce(provider, '-') || "
           "session || user) FROM (SELECT * FROM v_calls ORDER BY identity)",
           "span:t:dinnerstopopenais1u,span:t:eouterlength-s1u");
    EXPECT("SELECT count(call_id) FROM span", "4");
    cr_expect(writer_tally(w, 1).calls_new <= 2, "%s: shadows are no calls", what);
    expect_chunks_equal_rows();
}

/* Every order of arrival, in one run and with a run for each span. */
Test(writer, shadows_whatever_the_order)
{
    for (int p = 0; p < 120; p++) {
        int left[5] = {0, 1, 2, 3, 4}, n = 5, code = p;
        char what[32];
        for (int i = 0; i < 5; i++) {
            int at = code % n;
            code /= n;
            add_nested(left[at]);
            left[at] = left[--n];
            if (p % 3 == 0)
                next_run();
            else if (p % 3 == 1)
                add();
        }
        finish();
        (void)snprintf(what, sizeof(what), "order %d", p);
        expect_nested(what);
        if (p % 3)
            cr_expect(eq(i64, writer_tally(w, 1).calls_new, 2), "%s", what);
        teardown();
        setup();
    }
}

/* A trace whose beginning is decided with its first batch, and the rest of it in a second one of
 * the same transaction. */
Test(writer, shadows_in_two_batches)
{
    for (int p = 0; p < 120; p++) {
        int left[5] = {0, 1, 2, 3, 4}, n = 5, code = p;
        char what[32];
        for (int i = 0; i < 5; i++) {
            int at = code % n;
            code /= n;
            add_nested(left[at]);
            left[at] = left[--n];
            if (i == p % 4)
                add();
        }
        finish();
        (void)snprintf(what, sizeof(what), "order %d", p);
        expect_nested(what);
        cr_expect(eq(i64, writer_tally(w, 1).calls_new, 2), "%s", what);
        teardown();
        setup();
    }
}

/* The spans of two traces in turns, in one batch. */
Test(writer, shadows_of_traces_in_turns)
{
    for (int i = 0; i < 5; i++) {
        add_nested(i);
        span(SV("u"), text("%04llx", i), i ? text("%04llx", i - 1) : SV_NONE, false);
    }
    finish();
    expect_nested("in turns");
    EXPECT("SELECT count(*) FROM v_spans", "10");
}

/* Spans without usage between shadows and calls: the nearest one that says a thing gives it, whatever
 * it is; one that says it twice, the larger. */
static void add_contexts(int which)
{
    struct span_record *r;

    switch (which) {
    case 0:
        says(span(SV("t"), SV("a"), SV_NONE, false), SV("u1"), SV("top"), SV("s1"));
        break;
    case 1:
        span(SV("t"), SV("b"), SV("a"), true);
        record_set_dim(span_call(SV("t"), SV("b")), F_AGENT, SV("shadow"));
        break;
    case 2:
        says(span(SV("t"), SV("c"), SV("b"), false), SV("u2"), SV_NONE, SV_NONE);
        break;
    case 3:
        r = span(SV("t"), SV("d"), SV("c"), true);
        record_set_num(span_call(SV("t"), SV("d")), F_INPUT_TOKENS, 1);
        r->name = SV("call");
        break;
    case 4: /* again, with another user */
        says(span(SV("t"), SV("c"), SV("b"), false), SV("u3"), SV_NONE, SV_NONE);
        break;
    }
}

Test(writer, contexts_whatever_the_order)
{
    for (int p = 0; p < 120; p++) {
        int left[5] = {0, 1, 2, 3, 4}, n = 5, code = p;
        for (int i = 0; i < 5; i++) {
            int at = code % n;
            code /= n;
            add_contexts(left[at]);
            left[at] = left[--n];
            if (p % 3 == 0)
                next_run();
            else if (p % 3 == 1 || i == p % 4)
                add();
        }
        finish();
        EXPECT("SELECT identity || user || agent || session FROM v_calls", "span:t:du3shadows1");
        EXPECT("SELECT count(*) FROM span_context", "2");
        expect_chunks_equal_rows();
        teardown();
        setup();
    }
}

/* Who a trace is for may be known when its calls have been stored for long; a deep one, too. */
Test(writer, contexts_that_come_late)
{
    enum { DEPTH = 3000 };

    for (int i = 1; i < DEPTH; i++) {
        struct sv id = text("%06llx", i), parent = text("%06llx", i - 1);

        says(span(SV("t"), id, parent, false), SV_NONE, text("agent%lld", i), SV_NONE);
    }
    span(SV("t"), SV("ffff"), text("%06llx", DEPTH - 1), true);
    span_call(SV("t"), SV("ffff"));
    next_run();
    EXPECT("SELECT agent || coalesce(user, '-') FROM v_calls", "agent2999-");
    says(span(SV("t"), text("%06llx", 0), SV_NONE, false), SV("u"), SV("far"), SV_NONE);
    finish();
    EXPECT("SELECT agent || user FROM v_calls", "agent2999u");
}

/* Repeats inside the batch that brings the trace: of a call without its span, of a span with and
 * without usage. */
Test(writer, repeats_in_the_batch_of_a_trace)
{
    for (int way = 0; way < 3; way++) {
        for (int i = 0; i < 5; i++)
            add_nested(i);
        if (way == 0)
            record_set_num(span_call(SV("t"), SV("d")), F_INPUT_TOKENS, 9);
        else if (way == 1)
            add_nested(1);
        else
            span(SV("t"), SV("c"), SV("b"), false);
        finish();
        expect_nested("repeats");
        EXPECT("SELECT count(*), count(parent_span_id) FROM v_spans", "5|4");
        cr_expect(eq(i64, writer_tally(w, 1).calls_new, 2));
        cr_expect(eq(i64, writer_tally(w, 1).spans, 5));
        teardown();
        setup();
    }
}

/* The call may come before its span is known, and a repeat must not lose what was inherited. */
Test(writer, calls_before_their_spans)
{
    add_nested(1);
    add_nested(2);
    batch_rewind(&b, (struct batch_mark){.n_calls = b.n_calls});
    add_nested(3);
    next_run();
    EXPECT("SELECT count(call_id) FROM span", "1");
    add_nested(0);
    add_nested(1);
    add_nested(2);
    add_nested(4);
    batch_rewind(&b, (struct batch_mark){.n_spans = b.n_spans, .n_calls = 0});
    next_run();
    EXPECT("SELECT count(call_id) FROM span", "3");
    add_nested(4);
    add_nested(3);
    finish();
    expect_nested("late spans");
}

Test(writer, a_shadow_that_gets_better_gives_more)
{
    add_nested(1);
    add_nested(3);
    span(SV("t"), SV("c"), SV("b"), false);
    next_run();
    EXPECT("SELECT agent, user FROM v_calls", "outer|-");
    struct call_record *r = span_call(SV("t"), SV("b"));
    record_set_num(r, F_OUTPUT_TOKENS, 71);
    record_set_dim(r, F_AGENT, SV("better"));
    record_set_dim(r, F_USER, SV("u"));
    next_run();
    EXPECT("SELECT agent, user, finish_reason FROM v_calls", "better|u|stop");
    r = span_call(SV("t"), SV("d")); /* another record of the call itself */
    record_set_num(r, F_OUTPUT_TOKENS, 90);
    record_set_dim(r, F_USER, SV("own"));
    finish();
    EXPECT("SELECT agent, user, provider, output_tokens FROM v_calls", "better|own|openai|90");
    EXPECT("SELECT count(*), count(inherited), count(agent_id) FROM call_version", "4|0|2");
    expect_chunks_equal_rows();
}

/* 100,000 spans, 10,000 deep at the chain's end, each with usage. */
Test(writer, a_huge_trace)
{
    for (int i = 0; i < 100000; i++) {
        struct sv id = text("%06llx", i + 1);
        int parent = i < 10000 ? i : i % 100;
        span(SV("t"), id, parent ? text("%06llx", parent) : SV_NONE, true);
        struct call_record *r = span_call(SV("t"), id);
        record_set_num(r, F_OUTPUT_TOKENS, 1);
        if (i == 0)
            record_set_dim(r, F_AGENT, SV("root"));
        if (i % 10000 == 9999)
            add();
    }
    finish();
    /* Shadowed: all of the chain but its end, spans 1 to 9,999. 900 of the others are roots (their
     * parent number is 0), the rest hang on the first 99 of the chain. */
    EXPECT("SELECT count(*) FROM call WHERE shadowed = 1", "9999");
    EXPECT("SELECT count(*) FROM v_calls WHERE agent = 'root'", "89101");
}

/* ---- random records, whatever order ------------------------------------------------------- */

#define N_RECORDS 120

/* Record i is always the same one. Its kind and identity are drawn among few, so that many meet. */
static void add_random(uint64_t seed, int i)
{
    uint64_t old = random_state;
    struct call_record *r;

    random_state = hash_mix(seed * 1000 + (uint64_t)i);
    if (draw(3) == 0) {
        long long at = (long long)draw(12);
        struct sv id = text("%02llx", at),
                  parent = at ? text("%02llx", (long long)draw(12)) : SV_NONE;
        bool usage = draw(2);
        struct span_record *sp = span(SV("aa"), id, parent, usage);
        sp->started_us = (struct maybe_i64){(int64_t)draw(100), draw(2)};
        sp->name = draw(2) ? text("n%lld", (long long)draw(3)) : SV_NONE;
        sp->status = (enum call_status)draw(4);
        if (!usage && draw(2))
            says(sp, draw(2) ? text("v%lld", (long long)draw(3)) : SV_NONE,
                 draw(2) ? text("v%lld", (long long)draw(3)) : SV_NONE,
                 draw(3) ? SV_NONE : text("s%lld", (long long)draw(3)));
        if (!usage)
            goto done;
        r = span_call(SV("aa"), id);
    } else {
        r = call("", -1);
        r->id.own = text("c%lld", (long long)draw(15));
        r->request_id = draw(2) ? r->id.own : text("q%lld", (long long)draw(3));
    }
    for (int f = 0; f < F_COUNT; f++) {
        if (draw(4))
            continue;
        if (f < F_DIM_COUNT)
            record_set_dim(r, f, text("v%lld", (long long)draw(3)));
        else
            record_set_num(r, f, f == F_STATUS ? (int64_t)draw(4) : 1 + (int64_t)draw(3));
    }
    if (draw(3) == 0)
        r->session_id = text("s%lld", (long long)draw(3));
    if (draw(3) == 0)
        r->meta = text("{\"k\":%lld}", (long long)draw(3));
    if (draw(4) == 0) {
        struct score_record *sc = score("", r->id, (double)draw(3));
        sc->id.own = text("s%lld", (long long)draw(20));
        sc->at_us = (struct maybe_i64){(int64_t)draw(1000), true};
        sc->call = own_id(text("c%lld", (long long)draw(15)));
    }
    if (draw(4) == 0) {
        struct tool_record *to = tool("");
        to->id.own = text("t%lld", (long long)draw(6));
        to->tool_name = draw(2) ? text("tool%lld", (long long)draw(2)) : SV_NONE;
        to->tool_version = draw(2) ? text("v%lld", (long long)draw(3)) : SV_NONE;
        to->started_us = (struct maybe_i64){(int64_t)draw(9), draw(2)};
        to->status = (struct maybe_i64){(int64_t)draw(4), draw(2)};
        if (draw(2))
            to->request_id = text("c%lld", (long long)draw(15));
    }
done:
    random_state = old;
}

Test(writer, random_records_in_random_orders)
{
    for (uint64_t seed = 1; seed <= 25; seed++) {
        char *want = NULL;
        for (int way = 0; way < 4; way++) {
            int order[N_RECORDS];
            char what[64];
            random_state = seed * 77 + (uint64_t)way;
            for (int i = 0; i < N_RECORDS; i++)
                order[i] = i;
            for (int i = N_RECORDS - 1; way && i > 0; i--) {
                int k = (int)draw((uint64_t)i + 1), x = order[i];
                order[i] = order[k];
                order[k] = x;
            }
            for (int i = 0; i < N_RECORDS; i++) {
                add_random(seed, order[i]);
                if (way && draw(5) == 0)
                    add_random(seed, order[draw((uint64_t)i + 1)]); /* a repeat */
                if (way && draw(12) == 0)
                    add();
                if (way > 1 && draw(20) == 0)
                    next_run();
            }
            finish();
            char *got = dump();
            (void)snprintf(what, sizeof(what), "seed %d, way %d", (int)seed, way);
            expect_chunks_equal_rows();
            if (want)
                expect_same(want, got, what);
            if (want)
                free(got);
            else
                want = got;
            teardown();
            setup();
        }
        free(want);
    }
}

/* ---- chunks ------------------------------------------------------------------------------- */

/* More than two chunks, in uneven batches, with later records that change calls all over. */
Test(writer, chunks_equal_rows)
{
    for (int64_t i = 0; i < 140000; i++) {
        struct call_record *r = call("", (int64_t)draw(1000));
        r->id.own = r->request_id = text("c%lld", i);
        record_set_num(r, F_STARTED_US, (int64_t)draw(1000000));
        if (i > 100000)
            record_set_num(r, F_HTTP_STATUS, 200);
        if (draw(3) == 0)
            record_set_dim(r, F_USER, text("u%lld", (long long)draw(1000)));
        if (b.n_calls > 7000)
            add();
    }
    next_run();
    EXPECT("SELECT count(*), sum(rows) FROM chunk", "3|140000");
    expect_chunks_equal_rows();
    for (int i = 0; i < 50; i++) {
        struct call_record *r = call("", 5000);
        r->id.own = r->request_id = text("c%lld", i < 25 ? (long long)draw(65536) : 139999 - i);
        add();
    }
    EXPECT("SELECT group_concat(number) FROM chunk", "1,2"); /* 2 is rewritten by the commit */
    finish();
    EXPECT("SELECT group_concat(number), sum(rows) FROM chunk", "0,1,2|140000");
    expect_chunks_equal_rows();
    exec("DELETE FROM chunk; DELETE FROM chunk_column");
    expect_chunks_equal_rows();
    next_run();
    EXPECT("SELECT count(*) FROM chunk", "3");
    expect_chunks_equal_rows();
}

/* Somebody deleted rows by hand: ids and places in the columns part. */
Test(writer, gaps)
{
    for (int i = 0; i < 70000; i++) {
        struct call_record *r = call("", i % 100);
        r->id.own = r->request_id = text("c%lld", i);
    }
    finish();
    writer_close(w);
    exec("DELETE FROM call WHERE call_id IN (5, 66000); DELETE FROM chunk");
    open_writer();
    for (int i = 0; i < 66000; i++) {
        struct call_record *r = call("", 200);
        r->id.own = r->request_id = text("c%lld", 69000 + i);
    }
    finish();
    EXPECT("SELECT count(*), count(DISTINCT identity_key) FROM call", "134998|134998");
    EXPECT("SELECT group_concat(rows) FROM chunk", "65535,65535,3928");
    EXPECT("SELECT count(*) FROM call WHERE output_tokens = 200", "66000");
    next_run();
    EXPECT("SELECT count(*) FROM chunk", "3");
}

/* ---- transactions ------------------------------------------------------------------------- */

static void counter_batch(int64_t from, int64_t n)
{
    for (int64_t i = from; i < from + n; i++) {
        struct call_record *r = call("", i % 50);
        r->id.own = r->request_id = text("c%lld", (long long)(i / 3 * 2 + i % 2));
        record_set_num(r, F_STARTED_US, i);
        r->session_id = text("s%lld", i / 100);
        record_set_dim(r, F_USER, text("u%lld", i % 777));
        if (i % 7 == 0) {
            score("", r->id, 0.5)->id.own = text("s%lld", i);
            struct sv id = text("%08llx", i);
            span(text("%lld", i / 50), id, i % 50 ? text("%08llx", i - 7) : SV_NONE, true);
            record_set_num(span_call(text("%lld", i / 50), id), F_OUTPUT_TOKENS, 1);
        }
    }
    sources[0].offset = sources[0].lines = from + n;
}

static int64_t stored_offset(void)
{
    return atol(ask("SELECT coalesce(max(offset), 0) FROM source"));
}

static void write_counter(int64_t until)
{
    while (stored_offset() < until && sources[0].offset < until) {
        counter_batch(sources[0].offset, 4000);
        add();
    }
    finish();
}

/* How many runs hold the ids of so many rows, the last ones aside. */
static int64_t runs_of(int64_t rows)
{
    return rows / RUN_LARGE_ROWS + rows % RUN_LARGE_ROWS / RUN_SMALL_ROWS;
}

static void expect_good_runs(int64_t least)
{
    struct error err = {0};
    int64_t checked, bad;

    cr_assert(id_runs_verify(s, &checked, &bad, &err) == OK, "%s", err.msg);
    cr_expect(bad == 0 && checked >= least, "%lld of %lld", (long long)bad, (long long)checked);
}

/* Each run finds what earlier ones stored by the runs of its keys; part of that comes again. */
Test(writer, goes_on_behind_runs, .timeout = 240)
{
    const int64_t until = 150000, of_one = 50000;
    char path[] = "/tmp/llmobs-writer-XXXXXX";
    int fd = mkstemp(path);

    cr_assert(fd >= 0);
    close(fd);
    unlink(path);
    counter_batch(0, 0);
    write_counter(until);
    char *want = dump();
    teardown();
    open_store(path);
    n_sources = 0;
    add_source(1, 0, 0);
    for (int64_t at = of_one; at <= until; at += of_one) {
        open_writer();
        cr_expect(w->stored.n_runs == (size_t)runs_of(w->last_call_id));
        int64_t offset = sources[0].offset;
        counter_batch((int64_t)draw((uint64_t)offset + 1), offset ? 3000 : 0);
        sources[0].offset = sources[0].lines = offset;
        write_counter(at);
        writer_close(w);
        expect_good_runs(2 * runs_of(at / 3 * 2));
    }
    open_writer();
    char *got = dump();
    expect_same(want, got, "in three runs");
    free(want);
    free(got);
    remove_store(path);
}

/* A child writes and is killed somewhere; the next one goes on at the stored offset. In the end all
 * is as if one had written it in peace. */
Test(writer, killed_anywhere, .timeout = 240)
{
    const int64_t until = 140000;
    char path[] = "/tmp/llmobs-writer-XXXXXX";
    int fd = mkstemp(path), kills = 0;

    cr_assert(fd >= 0);
    close(fd);
    unlink(path);
    counter_batch(0, 0);
    write_counter(until);
    char *want = dump();
    teardown();
    for (bool done = false; !done;) {
        pid_t child = fork();
        cr_assert(child >= 0);
        if (child == 0) {
            open_store(path);
            open_writer();
            n_sources = 0;
            add_source(1, 0, 0);
            sources[0].offset = stored_offset();
            write_counter(until);
            _exit(0);
        }
        int status = 0;
        usleep((useconds_t)(20000 + draw(600000)));
        if (kills < 8)
            kill(child, SIGKILL);
        waitpid(child, &status, 0);
        kills += WIFSIGNALED(status);
        done = WIFEXITED(status);
        open_store(path);
        EXPECT("PRAGMA quick_check", "ok");
        EXPECT("SELECT count(*) FROM call WHERE call_id NOT IN (SELECT call_id FROM call_identity)",
               "0");
        expect_chunks_equal_rows();
        expect_good_runs(0);
        store_close(s);
        s = NULL;
    }
    open_store(path);
    char *got = dump();
    expect_same(want, got, "after kills");
    EXPECT("SELECT max(offset) FROM source", "140000");
    free(want);
    free(got);
    remove_store(path);
}

Test(writer, an_open_transaction_is_rolled_back)
{
    call("a", 1);
    add();
    writer_close(w);
    EXPECT("SELECT count(*) FROM call", "0");
    EXPECT("SELECT count(*) FROM source", "0");
    open_writer();
    call("b", 1);
    finish();
    EXPECT("SELECT identity FROM v_calls", "request:b");
}

Test(writer, commits_at_65536_records)
{
    for (int i = 0; i < 65535; i++) {
        struct call_record *r = call("", 1);
        r->id.own = text("%lld", i);
    }
    add();
    cr_expect(sqlite3_get_autocommit(s->db) == 0);
    call("last", 1);
    add();
    cr_expect(sqlite3_get_autocommit(s->db) != 0);
    EXPECT("SELECT sum(rows) FROM chunk", "65536");
}

/* ---- errors ------------------------------------------------------------------------------- */

static void expect_failure(enum err code, const char *message)
{
    struct error err = {0};

    cr_expect(writer_add(w, &b, sources, n_sources, &err) == code, "%s", message);
    cr_expect(strstr(err.msg, message) != NULL, "%s, wanted %s", err.msg, message);
    cr_expect(sqlite3_get_autocommit(s->db) != 0, "rolled back");
    err = (struct error){0};
    cr_expect(writer_add(w, &b, sources, n_sources, &err) == ERR_USAGE);
    cr_expect(strstr(err.msg, "writing has failed before") != NULL, "%s", err.msg);
    cr_expect(writer_finish(w, &err) == ERR_USAGE);
    EXPECT("SELECT count(*) FROM source", "0");
}

Test(writer, a_record_of_an_unknown_source)
{
    call("a", 1)->source = 9;
    expect_failure(ERR_USAGE, "a record of source 9, which has no state");
}

Test(writer, an_impossible_source)
{
    sources[0].lineage = 5;
    expect_failure(ERR_RANGE, "impossible lineage 5");
}

Test(writer, a_batch_without_memory)
{
    b.failed = true;
    expect_failure(ERR_NOMEM, "out of memory for a batch");
}

/* A line leaves the quarantine together with what it brings in, or not at all. */
Test(writer, dropping_from_quarantine)
{
    for (int i = 0; i < 2; i++) {
        struct quarantine_record *q = batch_add_quarantine(&b);
        *q = (struct quarantine_record){.id = line_id((uint64_t)i + 1), .source = 1, .line = i};
        q->sha256[0] = (unsigned char)i;
    }
    next_run();
    EXPECT("SELECT group_concat(quarantine_id) FROM quarantine", "1,2");
    struct error err = {0};
    cr_assert(writer_drop_quarantine(w, 1, &err) == OK, "%s", err.msg);
    cr_assert(writer_drop_quarantine(w, 77, &err) == OK, "%s", err.msg);
    call("a", 1);
    next_run();
    EXPECT("SELECT group_concat(quarantine_id) FROM quarantine", "2");
    EXPECT("SELECT count(*) FROM call", "1");
    cr_assert(writer_drop_quarantine(w, 2, &err) == OK, "%s", err.msg);
    writer_close(w);
    EXPECT("SELECT group_concat(quarantine_id) FROM quarantine", "2");
    open_writer();
    b.failed = true;
    cr_expect(writer_add(w, &b, NULL, 0, &err) == ERR_NOMEM);
    cr_expect(writer_drop_quarantine(w, 2, &err) == ERR_USAGE);
    b.failed = false;
}

Test(writer, a_missing_call)
{
    call("a", 1);
    finish();
    exec("DELETE FROM call; DELETE FROM source");
    call("a", 2);
    expect_failure(ERR_DB, "damaged: call 1 is missing");
}

Test(writer, a_full_dictionary)
{
    writer_close(w);
    exec("INSERT INTO dictionary VALUES ('feature', 4294967295, 'last')");
    open_writer();
    record_set_dim(call("a", 1), F_FEATURE, SV("one more"));
    expect_failure(ERR_RANGE, "dictionary feature is full");
}

Test(writer, a_full_table)
{
    writer_close(w);
    exec("INSERT INTO call (call_id, identity_key, source_id, source_line) "
         "VALUES (4294967295, 1, 1, 1)");
    open_writer();
    call("a", 1);
    expect_failure(ERR_RANGE, "more than 4294967295 calls");
}

Test(writer, a_table_more_than_full)
{
    struct error err = {0};

    writer_close(w);
    w = NULL;
    exec("INSERT INTO call (call_id, identity_key, source_id, source_line) "
         "VALUES (4294967296, 1, 1, 1)");
    cr_expect(writer_open(s, 1, NULL, &w, &err) == ERR_RANGE);
    cr_expect(strstr(err.msg, "more than 4294967295 calls") != NULL, "%s", err.msg);
}

Test(writer, a_locked_database)
{
    char path[] = "/tmp/llmobs-writer-XXXXXX";
    int fd = mkstemp(path);
    struct error err = {0};
    sqlite3 *other;

    cr_assert(fd >= 0);
    close(fd);
    teardown();
    open_store(path);
    open_writer();
    sqlite3_busy_timeout(s->db, 1);
    cr_assert(sqlite3_open(path, &other) == SQLITE_OK);
    cr_assert(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
    call("a", 1);
    cr_expect(writer_add(w, &b, sources, n_sources, &err) == ERR_BUSY, "%s", err.msg);
    sqlite3_close(other);
    remove_store(path);
}

/* ---- redactions --------------------------------------------------------------------------- */

/* A text of the input of call c; rank: 0 .. 9. kinds: "email=2 card=1"; NULL: nobody looked. */
static void add_text(char rank, const char *stored, const char *kinds)
{
    struct text_record *r = batch_add_text(&b);
    struct redaction *list = arena_zalloc(&b.arena, 4, sizeof(*list));

    (void)call("c", 1);
    *r = (struct text_record){.call = own_id(SV("c")),
                              .side = TEXT_INPUT,
                              .text = sv_from(stored),
                              .redacted = kinds != NULL,
                              .redactions = list,
                              .source = 1};
    memset(r->rank, rank, sizeof(r->rank));
    while (kinds && *kinds) {
        size_t n = strcspn(kinds, "=");

        list[r->n_redactions++] = (struct redaction){{kinds, n}, kinds[n + 1] - '0'};
        kinds += n + 2;
        kinds += *kinds == ' ';
    }
}

#define REDACTIONS                                                                                 \
    "SELECT group_concat(kind || n, ' ') FROM (SELECT * FROM redaction ORDER BY kind)"

/* Those of the text that is stored, whatever the order: by hand from the ranks. */
Test(writer, redactions_are_of_the_text_that_stays)
{
    static const struct {
        const char *name;
        struct {
            char rank;
            const char *text, *kinds;
        } texts[3];
        const char *stored, *want;
    } cases[] = {
        {"the one of the highest rank",
         {{1, "[email] [email]", "email=2"}, {2, "[card] and", "card=1"}, {0, "x", ""}},
         "[card] and", "card1"},
        {"which nobody looked through",
         {{1, "[email]", "email=1"}, {2, "a@b.de", NULL}, {0, "", ""}},
         "a@b.de", "-"},
        {"in which there was nothing",
         {{1, "[email]", "email=1"}, {2, "none", ""}, {2, "none", ""}}, "none", "0"},
        {"read three times",
         {{1, "[email] [card]", "email=1 card=1"},
          {1, "[email] [card]", "email=1 card=1"},
          {1, "[email] [card]", "email=1 card=1"}},
         "[email] [card]", "card1 email1"},
        {"looked through one time of two",
         {{1, "none", NULL}, {1, "none", ""}, {0, "y", "email=1"}}, "none", "0"},
    };
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        for (size_t o = 0; o < ARRAY_LEN(orders); o++) {
            teardown();
            setup();
            for (size_t k = 0; k < 3; k++) {
                add_text(cases[i].texts[orders[o][k]].rank, cases[i].texts[orders[o][k]].text,
                         cases[i].texts[orders[o][k]].kinds);
                if (k == 1)
                    next_run();
            }
            finish();
            cr_expect_str_eq(ask(REDACTIONS), cases[i].want, "%s, order %zu: %s", cases[i].name, o,
                             ask(REDACTIONS));
            cr_expect_str_eq(ask("SELECT text FROM call_text"), cases[i].stored);
        }
}

/* A stored text that was made unreadable since is not the one that the record has. */
Test(writer, redactions_of_another_text_are_not_added)
{
    add_text(1, "a@b.de", NULL);
    next_run();
    exec("UPDATE call_text SET text = '[email]'");
    add_text(1, "a@b.de", "phone=1");
    finish();
    EXPECT("SELECT count(*) FROM redaction", "0");
    EXPECT("SELECT text FROM call_text", "[email]");
}
