#include "render/render_fixture.h"

/* A table of names and costs, to be drawn. before: with another column for what they were. */
static void chart_table(struct table *t, struct chart *c, bool before)
{
    *c = (struct chart){.column = 1, .compared = before, .before = 2, .change_rate = 3};
    t->chart = c;
    t->total_calls = 3;
    add_dimension(t, "day");
    add_column(t, "cost_usd", "cost", UNIT_NUSD);
    if (before) {
        add_column(t, "cost_usd_previous", "before", UNIT_NUSD)->in_text = false;
        add_column(t, "cost_usd_change_rate", "change", UNIT_RATE)->in_text = false;
    }
}

static struct cell dollars(double v)
{
    return cell_int((int64_t)(v * 1e9));
}

/* Bars are as long as what label, value and two gaps of two leave of the width: here 8 characters,
 * 64 eighths, for $8; counted by hand. */
Test(render_chart, eighths)
{
    static const char want[] = "a  $8.000  ████████\n"
                               "b  $4.000  ████\n"
                               "c  $1.500  █▌\n"
                               "d  $0.120  ▏\n"
                               "e  $0.010  ▏\n"
                               "f  $0.000\n"
                               "g       -\n";
    static const char ascii[] = "a  $8.000  ########\n"
                                "b  $4.000  ####\n"
                                "c  $1.500  ##\n"
                                "d  $0.120  .\n"
                                "e  $0.010  .\n"
                                "f  $0.000\n"
                                "g       -\n";
    static const double values[] = {8, 4, 1.5, 0.12, 0.01, 0};
    struct table t = {0};
    struct chart c;
    struct buf b;

    chart_table(&t, &c, false);
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        add_row(&t, (struct cell[]){cell_text((struct sv){&"abcdef"[i], 1}), dollars(values[i])});
    add_row(&t, (struct cell[]){cell_text(SV("g")), {0}});
    b = rendered("table", &t, (struct render_options){.width = 19, .utf8 = true, .quiet = true});
    expect_text(&b, want, "utf8");
    b = rendered("table", &t, (struct render_options){.width = 19, .quiet = true});
    expect_text(&b, ascii, "ascii");
    table_release(&t);
}

Test(render_chart, compared)
{
    static const char want[] = "2 calls   where x\n"
                               "day        cost\n"
                               "a       ≥ $4.00  ████  +100.0 %\n"
                               "before    $2.00  ▒▒\n"
                               "b         $0.00  -100.0 %\n"
                               "before    $8.00  ▒▒▒▒▒▒▒▒\n"
                               "c         $1.00  █  new\n"
                               "before    $0.00\n"
                               "total     $5.00\n"
                               "a note\n";
    const char *filters[] = {"x"};
    struct cell at = at_least(4000000000), fresh = {.text = SV("new")};
    struct table t = {0};
    struct chart c;
    struct buf b;

    chart_table(&t, &c, true);
    t.total_calls = 2;
    t.filters = filters;
    t.n_filters = 1;
    add_row(&t, (struct cell[]){cell_text(SV("a")), at, dollars(2), cell_real(1)});
    add_row(&t, (struct cell[]){cell_text(SV("b")), dollars(0), dollars(8), cell_real(-1)});
    add_row(&t, (struct cell[]){cell_text(SV("c")), dollars(1), dollars(0), fresh});
    add_row(&t, (struct cell[]){{0}, dollars(5), dollars(10), cell_real(-0.5)});
    t.totals.cells = t.rows[--t.n_rows].cells;
    cr_assert(table_note(&t, "a note"));
    b = rendered("table", &t, (struct render_options){.width = 30, .utf8 = true});
    expect_text(&b, want, "compared");
    table_release(&t);
}

/* Two dimensions stand below each other; gaps and remarks; nothing leaves its line. */
Test(render_chart, remarks_and_gaps)
{
    static const char want[] = "a        x\\x0ay  $2.00  ████████  gap 02:00-05:00\n"
                               "aaaa     z       $1.00  ████\n"
                               "b                    -  no calls\n"
                               "(other)          $0.50  ██\n";
    struct table t = {0};
    struct chart c = {.column = 2};
    struct buf b;

    t.chart = &c;
    add_dimension(&t, "day");
    add_dimension(&t, "user");
    add_column(&t, "cost_usd", "cost", UNIT_NUSD);
    add_row(&t, (struct cell[]){cell_text(SV("a")), cell_text(SV("x\ny")), dollars(2)});
    add_row(&t, (struct cell[]){cell_text(SV("aaaa")), cell_text(SV("z")), dollars(1)});
    add_row(&t, (struct cell[]){cell_text(SV("b")), {0}, {0}});
    add_row(&t, (struct cell[]){{0}, {0}, dollars(0.5)});
    t.rows[0].remark = "gap 02:00-05:00";
    t.rows[2].kind = ROW_GAP;
    t.rows[2].remark = "no calls";
    t.rows[3].kind = ROW_OTHER;
    b = rendered("table", &t, (struct render_options){.width = 40, .utf8 = true, .quiet = true});
    expect_text(&b, want, "remarks");
    table_release(&t);
}

Test(render_chart, nothing_to_draw)
{
    struct table t = {0};
    struct chart c;
    struct buf b;

    chart_table(&t, &c, false);
    b = rendered("table", &t, (struct render_options){.quiet = true});
    expect_text(&b, "", "no rows");
    add_row(&t, (struct cell[]){cell_text(SV("a")), dollars(0)});
    b = rendered("table", &t, (struct render_options){.quiet = true});
    expect_text(&b, "a  $0.00\n", "nothing");
    table_release(&t);
}
