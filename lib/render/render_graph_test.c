#include "render/render_fixture.h"

/* root, below it a and, below that, b; then c. */
static void tree_table(struct table *t)
{
    static const struct {
        const char *name;
        uint32_t depth;
        int64_t us;
    } rows[] = {
        {"root",    0, 8000000},
        {"a \"x\"", 1, 5000000},
        {"b",       2, 1000000},
        {"c",       1, 2000000}
    };

    add_column(t, "span", "span", UNIT_NONE)->tree = true;
    add_column(t, "duration_us", "time", UNIT_US)->in_graph = true;
    t->graph = GRAPH_TREE;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        add_row(t, (struct cell[]){cell_text(sv_from(rows[i].name)), cell_int(rows[i].us)});
        t->rows[i].depth = rows[i].depth;
    }
}

Test(render_graph, dot)
{
    struct table t = {0};
    struct buf got;

    tree_table(&t);
    got = rendered("dot", &t, (struct render_options){.utf8 = true});
    expect_text(&got,
                "digraph llmobs {\n"
                "    node [shape=box];\n"
                "    n0 [label=\"root\\n8.00 s\"];\n"
                "    n1 [label=\"a \\\"x\\\"\\n5.00 s\"];\n"
                "    n0 -> n1;\n"
                "    n2 [label=\"b\\n1.00 s\"];\n"
                "    n1 -> n2;\n"
                "    n3 [label=\"c\\n2.00 s\"];\n"
                "    n0 -> n3;\n"
                "}\n",
                "dot");
    table_release(&t);
}

Test(render_graph, mermaid)
{
    struct table t = {0};
    struct buf got;

    tree_table(&t);
    got = rendered("mermaid", &t, (struct render_options){.utf8 = true});
    expect_text(&got,
                "flowchart TD\n"
                "    n0[\"root<br/>8.00 s\"]\n"
                "    n1[\"a #34;x#34;<br/>5.00 s\"]\n"
                "    n0 --> n1\n"
                "    n2[\"b<br/>1.00 s\"]\n"
                "    n1 --> n2\n"
                "    n3[\"c<br/>2.00 s\"]\n"
                "    n0 --> n3\n",
                "mermaid");
    table_release(&t);
}

Test(render_graph, paths)
{
    struct table t = {0};
    struct buf got;

    add_dimension(&t, "from");
    add_dimension(&t, "to");
    add_column(&t, "n", "times", UNIT_COUNT)->in_graph = true;
    t.graph = GRAPH_EDGES;
    add_row(&t, (struct cell[]){cell_text(SV("draft")), cell_text(SV("review")), cell_int(3)});
    add_row(&t, (struct cell[]){cell_text(SV("review")), {0}, cell_int(1)});
    got = rendered("mermaid", &t, (struct render_options){.utf8 = true});
    expect_text(&got,
                "flowchart LR\n"
                "    n0[\"(none)\"]\n"
                "    n1[\"draft\"]\n"
                "    n2[\"review\"]\n"
                "    n1 -->|\"3 times\"| n2\n"
                "    n2 -->|\"1 times\"| n0\n",
                "paths");
    table_release(&t);
}

Test(render_graph, other_tables)
{
    static const char *const formats[] = {"dot", "mermaid", "otlp"};
    struct table t = {0};

    sample_table(&t);
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        struct collector c = {0};
        struct sink sink = {collect, &c};
        struct error err = {0};

        cr_expect(renderer_find(formats[i])->render(&t, &(struct render_options){0}, &sink, &err) ==
                  ERR_USAGE);
        cr_expect(c.buf.n == 0 && strstr(err.msg, "llmobs trace ID"), "%s", err.msg);
    }
    table_release(&t);
}

Test(render_graph, a_tree_in_a_terminal)
{
    struct table t = {0};
    struct buf got;

    tree_table(&t);
    got = rendered("table", &t, (struct render_options){.utf8 = true, .quiet = true});
    expect_text(&got,
                "span      time s\n"
                "root        8.00\n"
                "\xE2\x94\x9C\xE2\x94\x80 a \"x\"    5.00\n"
                "\xE2\x94\x82  \xE2\x94\x94\xE2\x94\x80 b     1.00\n"
                "\xE2\x94\x94\xE2\x94\x80 c        2.00\n",
                "tree");
    got = rendered("table", &t, (struct render_options){.quiet = true});
    expect_text(&got,
                "span      time s\n"
                "root        8.00\n"
                "|- a \"x\"    5.00\n"
                "|  `- b     1.00\n"
                "`- c        2.00\n",
                "tree in ASCII");
    table_release(&t);
}

Test(render_graph, deep_trees)
{
    struct table t = {0};
    struct buf got;

    add_column(&t, "span", "span", UNIT_NONE)->tree = true;
    for (uint32_t i = 0; i < 20; i++) {
        add_row(&t, (struct cell[]){cell_text(SV("x"))});
        t.rows[i].depth = i;
    }
    got = rendered("table", &t, (struct render_options){.quiet = true});
    buf_str(&got, "");
    cr_expect(strstr(got.p, "`- (3 deeper) x\n"), "%s", got.p);
    buf_release(&got);
    table_release(&t);
}
