#include "render/render_fixture.h"

#include "render/render_formats.h"

static const struct {
    const char *path;
    const char *want; /* NULL: none */
} paths[] = {
    {"out.json",      "json" },
    {"/a.b/OUT.JSON", "json" },
    {"x.jsonl",       "jsonl"},
    {"x.ndjson",      "jsonl"},
    {"x.csv",         "csv"  },
    {"x.tsv",         "tsv"  },
    {"x.md",          "md"   },
    {"x.markdown",    "md"   },
    {"x.txt",         "table"},
    {".json",         NULL   },
    {"json",          NULL   },
    {"x.json.gz",     NULL   },
    {"x.json .csv",   "csv"  },
    {"x",             NULL   },
    {"",              NULL   },
};

Test(renderers, file_names_choose_the_format)
{
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        const struct renderer *r = renderer_for_file(paths[i].path);
        cr_expect_str_eq(r ? r->name : "none", paths[i].want ? paths[i].want : "none", "%s",
                         paths[i].path);
    }
}

Test(renderers, names_are_found_exactly)
{
    for (size_t i = 0; i < renderer_count; i++)
        cr_expect_eq(renderer_find(renderers[i].name), &renderers[i]);
    cr_expect_null(renderer_find("JSON"));
    cr_expect_null(renderer_find("js"));
    cr_expect_null(renderer_find(""));
}

static void many_rows(struct table *t, size_t n)
{
    add_dimension(t, "user");
    add_column(t, "calls", "calls", UNIT_COUNT);
    for (size_t i = 0; i < n; i++)
        add_row(t, (struct cell[]){cell_text(SV("somebody or other")), cell_int((int64_t)i)});
}

Test(renderers, large_output_comes_in_pieces_and_is_the_same_each_time)
{
    struct table t = {0};

    many_rows(&t, 20000);
    t.graph = GRAPH_TREE; /* else some have nothing to draw */
    for (size_t i = 0; i < renderer_count; i++) {
        struct collector a = {0}, b = {0};
        struct render_options o = {.utf8 = true};
        bool whole = strcmp(renderers[i].name, "md") == 0; /* fits into one piece by its nature */

        cr_assert(renderers[i].render(&t, &o, &(struct sink){collect, &a}, NULL) == OK);
        cr_assert(renderers[i].render(&t, &o, &(struct sink){collect, &b}, NULL) == OK);
        cr_expect(whole ? a.pieces == 1 : a.pieces >= 3, "%s: %zu pieces", renderers[i].name,
                  a.pieces);
        cr_expect(a.buf.n == b.buf.n && memcmp(a.buf.p, b.buf.p, a.buf.n) == 0, "%s",
                  renderers[i].name);
        buf_release(&a.buf);
        buf_release(&b.buf);
    }
    table_release(&t);
}

Test(renderers, a_sink_that_refuses_stops_the_output)
{
    static const size_t limits[] = {1, 70000, 200000}; /* at once, and after some pieces */
    struct table t = {0};

    many_rows(&t, 20000);
    t.graph = GRAPH_TREE; /* else some have nothing to draw */
    for (size_t i = 0; i < renderer_count; i++) {
        for (size_t k = 0; k < ARRAY_LEN(limits); k++) {
            struct collector c = {.limit = limits[k]};
            struct render_options o = {0};
            struct error err = {0};
            bool whole = strcmp(renderers[i].name, "md") == 0;

            if (whole && k > 0)
                continue;
            cr_expect_eq(renderers[i].render(&t, &o, &(struct sink){collect, &c}, &err), ERR_IO);
            cr_expect_str_eq(err.msg, "the output takes no more", "%s", renderers[i].name);
            buf_release(&c.buf);
        }
    }
    table_release(&t);
}

Test(renderers, an_empty_table_is_no_mistake)
{
    struct table t = {.graph = GRAPH_TREE};

    for (size_t i = 0; i < renderer_count; i++) {
        struct buf b = rendered(renderers[i].name, &t, (struct render_options){.width = 1});
        buf_release(&b);
    }
}

/* Nothing in data reaches the output as a control byte or as broken UTF-8. */
Test(renderers, hostile_texts_are_neutralised_everywhere)
{
    struct table t = {0};
    size_t n = ARRAY_LEN(hostile_texts);
    char *big = malloc(1 << 20);
    struct sv names[ARRAY_LEN(hostile_texts) + 1];

    memset(big, 0x1b, 1 << 20);
    memcpy(names, hostile_texts, sizeof(hostile_texts));
    names[n] = (struct sv){big, 1 << 20};
    names_table(&t, names, n + 1);
    t.graph = GRAPH_TREE;
    t.db = "\x1b[31m";
    cr_assert(table_warn(&t, "\x1b[31m\x9b"));
    cr_assert(table_note(&t, "\x1b[31m\x9b"));
    for (size_t i = 0; i < renderer_count; i++) {
        struct buf b = rendered(renderers[i].name, &t, (struct render_options){.utf8 = true});
        bool csv = strcmp(renderers[i].name, "csv") == 0; /* CR stays, in quotes */
        bool json = strchr("jo", renderers[i].name[0]);   /* text for machines keeps its marks */

        for (size_t k = 0; k < b.n; k++) {
            unsigned char c = (unsigned char)b.p[k];
            bool fine = c >= 0x20 || c == '\n' || c == '\t' || (csv && c == '\r');
            cr_assert(fine && c != 0x7F, "%s: byte %02x at %zu", renderers[i].name, c, k);
            cr_assert(c != 0xFF && c != 0xC0, "%s: not UTF-8 at %zu", renderers[i].name, k);
        }
        cr_expect_null(strstr(b.p, "\xc2\x9b"), "%s: C1", renderers[i].name);
        cr_expect(json || !strstr(b.p, "\xe2\x80\xae"), "%s: direction", renderers[i].name);
        buf_release(&b);
    }
    free(big);
    table_release(&t);
}
