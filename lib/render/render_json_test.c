#include "render/render_fixture.h"

#include <cjson/cJSON.h>
#include <math.h>

static const char sample[] =
    "{\n"
    "  \"schema_version\": 1,\n"
    "  \"verb\": \"report\",\n"
    "  \"view\": \"overview\",\n"
    "  \"generated_at\": \"2026-11-21T08:00:00Z\",\n"
    "  \"db\": \"llmobs.db\",\n"
    "  \"tz\": \"Europe/Berlin\",\n"
    "  \"window\": {\"since\":\"2026-11-13T23:00:00Z\",\"until\":\"2026-11-20T23:00:00Z\"},\n"
    "  \"filters\": [\"status=ok\"],\n"
    "  \"by\": [\"feature\"],\n"
    "  \"rows\": [\n"
    "    {\"feature\":\"support\",\"calls\":8112,\"error_rate\":0.012,\"latency_p95_us\":7900000,"
    "\"input_tokens\":41200000,\"cost_usd\":\"182.14\",\"cost_nusd\":182140000000},\n"
    "    {\"feature\":null,\"calls\":964,\"error_rate\":0.031,\"latency_p95_us\":24100000,"
    "\"input_tokens\":18300000,\"cost_usd\":\"66.400000001\",\"cost_nusd\":66400000001,"
    "\"lower_bound\":true},\n"
    "    {\"feature\":null,\"group\":\"other\",\"calls\":4970,\"error_rate\":0.004,"
    "\"latency_p95_us\":null,\"input_tokens\":9700000,\"cost_usd\":\"41.02\","
    "\"cost_nusd\":41020000000}\n"
    "  ],\n"
    "  \"totals\": {\"calls\":14046,\"error_rate\":0.01,\"latency_p95_us\":8300000,"
    "\"input_tokens\":69200000,\"cost_usd\":\"289.560000001\",\"cost_nusd\":289560000001,"
    "\"lower_bound\":true},\n"
    "  \"coverage\": {\"calls_without_time\":3},\n"
    "  \"warnings\": [\"112 calls of 1 model are unpriced\"]\n"
    "}\n";

static const char empty[] = "{\n"
                            "  \"schema_version\": 1,\n"
                            "  \"verb\": \"report\",\n"
                            "  \"view\": null,\n"
                            "  \"generated_at\": \"1970-01-01T00:00:00Z\",\n"
                            "  \"db\": null,\n"
                            "  \"tz\": \"UTC\",\n"
                            "  \"window\": {\"since\":null,\"until\":null},\n"
                            "  \"filters\": [],\n"
                            "  \"by\": [],\n"
                            "  \"rows\": [],\n"
                            "  \"totals\": {},\n"
                            "  \"coverage\": {},\n"
                            "  \"warnings\": []\n"
                            "}\n";

/* date -u -d '2026-11-21 08:00' +%s */
#define GENERATED_US INT64_C(1795248000000000)

Test(render_json, a_report)
{
    struct table t = {0};
    struct buf b;

    sample_table(&t);
    b = rendered("json", &t, (struct render_options){.generated_us = GENERATED_US});
    expect_text(&b, sample, "sample");
    table_release(&t);
}

Test(render_json, nothing)
{
    struct table t = {.verb = "report", .tz = "UTC"};
    struct buf b = rendered("json", &t, (struct render_options){0});

    expect_text(&b, empty, "empty");
    b = rendered("jsonl", &t, (struct render_options){0});
    expect_text(&b, "", "no rows, no lines");
}

Test(render_json, jsonl_has_the_same_rows_without_totals)
{
    struct table t = {0};
    struct buf b;
    const char *line;
    size_t n = 0;

    sample_table(&t);
    b = rendered("jsonl", &t, (struct render_options){0});
    for (line = b.p; *line; line = strchr(line, '\n') + 1, n++) {
        size_t length = strcspn(line, "\n");
        char row[512];

        cr_assert_lt(length, sizeof(row));
        memcpy(row, line, length);
        row[length] = '\0';
        cr_expect_not_null(strstr(sample, row), "%s", row);
    }
    cr_expect_eq(n, t.n_rows);
    buf_release(&b);
    table_release(&t);
}

/* What real numbers become: never NaN or Infinity. */
Test(render_json, numbers)
{
    struct table t = {0};
    struct buf b;

    add_column(&t, "a", "a", UNIT_REAL);
    add_column(&t, "b", "b", UNIT_RATE);
    add_column(&t, "c", "c", UNIT_US);
    add_column(&t, "d_usd", "d", UNIT_NUSD)->also_key = "d_nusd";
    add_column(&t, "e", "e", UNIT_NUSD);
    add_column(&t, "f", "f", UNIT_COUNT)->in_data = false;
    add_row(&t, (struct cell[]){cell_real(NAN), cell_real(INFINITY), cell_real(1234.5),
                                cell_text(SV_NONE), cell_int(-1), cell_int(1)});
    add_row(&t, (struct cell[]){cell_real(0.1), cell_int(1), cell_real(-INFINITY), cell_real(2.5),
                                cell_real(NAN), cell_int(1)});
    b = rendered("jsonl", &t, (struct render_options){0});
    expect_text(&b,
                "{\"a\":null,\"b\":null,\"c\":1234,"
                "\"d_usd\":null,\"d_nusd\":null,\"e\":\"-0.000000001\"}\n"
                "{\"a\":0.1,\"b\":1,\"c\":null,"
                "\"d_usd\":\"0.000000002\",\"d_nusd\":2,\"e\":null}\n",
                "numbers");
    table_release(&t);
}

static void hostile_table(struct table *t, struct sv big)
{
    static const char *words[] = {"\x1b[31m\"\\\n", "\xff\xfe", ""};

    add_dimension(t, "meta.\"key\"\n\xff");
    add_column(t, "words", "words", UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LEN(hostile_texts); i++)
        add_row(t, (struct cell[]){cell_text(hostile_texts[i]), cell_text(hostile_texts[i])});
    add_row(t, (struct cell[]){cell_text(big), cell_text(big)});
    t->verb = t->view = t->db = t->tz = words[0];
    t->filters = t->by = t->warnings = words;
    t->n_filters = t->n_by = t->n_warnings = ARRAY_LEN(words);
    cr_assert(table_add_fact(t, words[0], cell_text(hostile_texts[3])));
}

/* cJSON as an independent reader: what went in comes out, where it can be written in JSON. */
Test(render_json, hostile_texts_give_valid_json)
{
    size_t big_n = 1 << 20;
    char *big = malloc(big_n);
    struct table t = {0};
    struct buf b;
    cJSON *json, *row;

    memset(big, '"', big_n);
    hostile_table(&t, (struct sv){big, big_n});
    b = rendered("json", &t, (struct render_options){0});
    json = cJSON_ParseWithLength(b.p, b.n);
    cr_assert_not_null(json);
    cr_expect_eq(cJSON_GetArraySize(cJSON_GetObjectItem(json, "rows")), (int)t.n_rows);
    cr_expect_str_eq(cJSON_GetObjectItem(json, "db")->valuestring, "\x1b[31m\"\\\n");
    row = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "rows"), 2);
    cr_expect_str_eq(row->child->string, "meta.\"key\"\n\xEF\xBF\xBD");
    cr_expect_str_eq(row->child->valuestring, hostile_texts[2].p);
    row = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "rows"), (int)t.n_rows - 1);
    cr_expect_eq(strlen(row->child->valuestring), big_n);
    cJSON_Delete(json);
    buf_release(&b);

    b = rendered("jsonl", &t, (struct render_options){0});
    for (char *line = b.p; *line; line = strchr(line, '\n') + 1) {
        json = cJSON_ParseWithLength(line, strcspn(line, "\n"));
        cr_expect_not_null(json);
        cJSON_Delete(json);
    }
    buf_release(&b);
    free(big);
    table_release(&t);
}

Test(render_json, coverage_holds_money_and_lists)
{
    static const char *const keys[] = {"model", "calls"};
    struct table t = {0};
    struct buf b;
    struct cell *cells = table_add_fact_list(&t, "unpriced_models", keys, 2, 2);

    cr_assert_not_null(cells);
    cells[0] = cell_text(SV("a\"b"));
    cells[1] = cell_int(3);
    cells[3] = cell_int(1);
    cr_assert_not_null(table_add_fact_list(&t, "none", keys, 2, 0));
    cr_assert(table_add_money(&t, "given_usd", "given_nusd", cell_int(1500000000)));
    cr_assert(table_add_money(&t, "both_usd", "both_nusd", (struct cell){0}));
    b = rendered("json", &t, (struct render_options){0});
    cr_expect_not_null(strstr(b.p, "\"coverage\": {\"unpriced_models\":[{\"model\":\"a\\\"b\","
                                   "\"calls\":3},{\"model\":null,\"calls\":1}],\"none\":[],"
                                   "\"given_usd\":\"1.5\",\"given_nusd\":1500000000,"
                                   "\"both_usd\":null,\"both_nusd\":null}"),
                      "%s", b.p);
    buf_release(&b);
    table_release(&t);
}

/* What a verb answers beside its rows, and the two ends of an interval. */
Test(render_json, answers_and_pairs)
{
    static const char *const keys[] = {"k", "v"};
    struct table t = {.verb = "drift", .tz = "UTC"};
    static const char want[] =
        "\"rows\": [\n    {\"ci95\":[0.5,null],\"n\":3}\n  ],\n"
        "  \"verdict\": \"none\",\n"
        "  \"one\": {\"k\":1,\"v\":null},\n"
        "  \"many\": [{\"k\":null,\"v\":null},{\"k\":null,\"v\":\"x\"}],\n"
        "  \"totals\"";
    struct cell *cells;
    struct buf b;

    add_column(&t, "low", "low", UNIT_REAL)->pair = "ci95";
    add_column(&t, "high", "high", UNIT_REAL);
    add_column(&t, "n", "n", UNIT_COUNT);
    add_row(&t, (struct cell[]){cell_real(0.5), (struct cell){0}, cell_int(3)});
    cr_assert(table_answer(&t, "verdict", cell_text(SV("none"))));
    cells = table_answer_list(&t, "one", keys, 2, 1, true);
    cells[0] = cell_int(1);
    cells = table_answer_list(&t, "many", keys, 2, 2, false);
    cells[3] = cell_text(SV("x"));
    b = rendered("json", &t, (struct render_options){0});
    cr_expect_not_null(strstr(b.p, want), "%s", b.p);
    buf_release(&b);
    table_release(&t);
}
