#include "render/render_fixture.h"

/* What other tools want: ids of 32 and 16 digits, times in nanoseconds as text, a parent below the
 * root. An id that is no hex becomes one, and one that is missing is made. */
Test(render_otlp, a_trace)
{
    struct table t = {0};
    struct buf got;

    add_column(&t, "trace_id", "", UNIT_NONE);
    add_column(&t, "span_id", "", UNIT_NONE);
    add_column(&t, "name", "", UNIT_NONE)->tree = true;
    add_column(&t, "service", "", UNIT_NONE);
    add_column(&t, "scope", "", UNIT_NONE);
    add_column(&t, "started_us", "", UNIT_US);
    add_column(&t, "ended_us", "", UNIT_US);
    add_column(&t, "status", "", UNIT_NONE);
    add_column(&t, "input_tokens", "", UNIT_TOKENS);
    add_column(&t, "cost_usd", "", UNIT_NUSD);
    t.graph = GRAPH_TREE;
    add_row(&t, (struct cell[]){cell_text(SV("0af7651916cd43dd8448eb211c80319c")),
                                cell_text(SV("b7ad6b7169203331")),
                                cell_text(SV("root \"1\"")),
                                cell_text(SV("shop")),
                                {0},
                                cell_int(1),
                                cell_int(3),
                                cell_text(SV("ok")),
                                {0},
                                {0}});
    add_row(&t, (struct cell[]){cell_text(SV("0af7651916cd43dd8448eb211c80319c")),
                                cell_text(SV("b7ad6b7169203332")),
                                cell_text(SV("call")),
                                cell_text(SV("shop")),
                                {0},
                                cell_int(2),
                                {0},
                                cell_text(SV("error")),
                                cell_int(7),
                                cell_int(501200000)});
    t.rows[1].depth = 1;
    got = rendered("otlp", &t, (struct render_options){0});
    expect_text(&got,
                "{\"resourceSpans\":[\n"
                "{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{"
                "\"stringValue\":\"shop\"}}]},"
                "\"scopeSpans\":[{\"scope\":{\"name\":\"\"},\"spans\":[\n"
                "{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\","
                "\"name\":\"root \\\"1\\\"\",\"kind\":1,\"startTimeUnixNano\":\"1000\","
                "\"endTimeUnixNano\":\"3000\",\"attributes\":[],\"status\":{\"code\":1}},\n"
                "{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203332\","
                "\"parentSpanId\":\"b7ad6b7169203331\",\"name\":\"call\",\"kind\":1,"
                "\"startTimeUnixNano\":\"2000\",\"attributes\":["
                "{\"key\":\"gen_ai.usage.input_tokens\",\"value\":{\"intValue\":\"7\"}},"
                "{\"key\":\"gen_ai.usage.cost\",\"value\":{\"doubleValue\":0.5012}}],\"status\":{"
                "\"code\":2}}]}]}\n"
                "]}\n",
                "otlp");
    table_release(&t);
}
