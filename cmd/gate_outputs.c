/* gate_outputs: see the header. */
#include "gate_outputs.h"

#include <stdlib.h>
#include "render/junit.h"
#include "render/md_text.h"
#include "render/safe_text.h"
#include "report/compared_text.h"
#include "report/gate_text.h"
#include "base/banned.h"

enum { ROWS_MOST = 30, CASES_MOST = 10, NAME_COLUMNS = 80, SENTENCE_COLUMNS = 300 };

#define MARKER "<!-- llmobs gate -->\n"

/* ---- markdown ----------------------------------------------------------------------------- */

/* What was collected in `text`, cut to columns, as Markdown; text is empty afterwards. */
static void add_cell(struct buf *b, struct buf *text, size_t columns)
{
    struct buf safe = {0};

    safe_text(&safe, (struct sv){text->p ? text->p : "", text->n}, columns, true);
    md_text(b, (struct sv){safe.p ? safe.p : "", safe.n});
    b->failed |= safe.failed || text->failed;
    text->n = 0;
    buf_release(&safe);
}

static void add_text_cell(struct buf *b, struct buf *text, struct sv s)
{
    buf_sv(text, s);
    add_cell(b, text, NAME_COLUMNS);
}

static void add_metric_rows(struct buf *b, struct buf *text, const struct gate_result *g)
{
    buf_str(b, "| metric | cases | baseline | candidate | change | 95 % CI | p worse | verdict |\n"
               "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n");
    for (size_t i = 0; i < g->n_rows && i < ROWS_MOST; i++) {
        const struct gate_row *row = &g->rows[i];

        buf_str(b, "| ");
        add_text_cell(b, text, sv_from(row->metric.name));
        buf_printf(b, " | %zu | ", row->n_pairs);
        gate_level(b, row, row->baseline_mean);
        buf_str(b, " | ");
        gate_level(b, row, row->candidate_mean);
        buf_str(b, " | ");
        if (row->n_pairs)
            gate_difference(b, row, row->test.mean);
        buf_str(b, " | ");
        gate_interval(b, row, row->ci95);
        buf_str(b, " | ");
        compared_p(b, row->p_adjusted);
        buf_printf(b, " | %s |\n", gate_verdict_names[row->verdict]);
    }
    if (g->n_rows > ROWS_MOST)
        buf_printf(b, "\nand %zu more metrics\n", g->n_rows - ROWS_MOST);
}

static void add_reasons(struct buf *b, struct buf *text, const struct gate_result *g)
{
    for (size_t i = 0; i < g->n_rows && i < ROWS_MOST; i++) {
        gate_reason(text, &g->rows[i]);
        if (!text->n)
            continue;
        buf_str(b, "- ");
        if (g->n_rows > 1) {
            struct buf name = {0};

            add_text_cell(b, &name, sv_from(g->rows[i].metric.name));
            buf_str(b, ": ");
            buf_release(&name);
        }
        add_cell(b, text, SENTENCE_COLUMNS);
        buf_char(b, '\n');
    }
    for (size_t i = 0; i < g->n_limits; i++) {
        buf_str(b, "- ");
        gate_limit_sentence(text, &g->limits[i]);
        add_cell(b, text, SENTENCE_COLUMNS);
        buf_char(b, '\n');
    }
    gate_usage_changes(text, g);
    if (text->n) {
        buf_str(b, "- ");
        add_cell(b, text, SENTENCE_COLUMNS);
        buf_char(b, '\n');
    }
}

/* Cases that got worse, those of all metrics together, the worst of each first. */
static void add_changes(struct buf *b, struct buf *text, const struct case_runs *runs,
                        const struct gate_result *g)
{
    size_t shown = 0, worse = 0;

    for (size_t i = 0; i < g->n_rows; i++)
        worse += g->rows[i].worse;
    if (!worse)
        return;
    buf_str(b, "\n| case that got worse | metric | baseline | candidate |\n"
               "| --- | --- | ---: | ---: |\n");
    for (size_t i = 0; i < g->n_rows; i++)
        for (size_t k = 0; k < g->rows[i].worse && shown < CASES_MOST; k++, shown++) {
            const struct gate_change *c = &g->rows[i].changes[k];

            buf_str(b, "| ");
            add_text_cell(b, text, case_label(runs->texts[c->number]));
            buf_str(b, " | ");
            add_text_cell(b, text, sv_from(g->rows[i].metric.name));
            buf_printf(b, " | %.4g | %.4g |\n", c->baseline, c->candidate);
        }
    if (worse > shown)
        buf_printf(b, "\nand %zu more\n", worse - shown);
}

static void add_one_sided(struct buf *b, const struct gate_result *g)
{
    size_t removed = 0, added = 0;

    for (size_t i = 0; i < g->n_rows; i++) {
        removed = g->rows[i].only_baseline > removed ? g->rows[i].only_baseline : removed;
        added = g->rows[i].only_candidate > added ? g->rows[i].only_candidate : added;
    }
    if (removed || added)
        buf_printf(b, "- %zu cases only in the baseline, %zu only in the candidate\n", removed,
                   added);
}

static void add_sides(struct buf *b, struct buf *text, const struct gate_result *g)
{
    buf_str(b, "\n<sub>");
    for (size_t s = 0; s < 2; s++) {
        const struct gate_side *side = &g->sides[!s];

        buf_str(b, s ? " against baseline " : "candidate ");
        add_text_cell(b, text, sv_from(side->label));
        if (side->run->name.n) {
            buf_str(b, " run ");
            add_text_cell(b, text, side->run->name);
        }
        if (side->commit) {
            buf_str(b, " @ ");
            add_text_cell(b, text, sv_from(side->commit));
        }
    }
    buf_str(b, "</sub>\n");
}

/* What names of all kinds make too long ends at the end of a line. */
static void cut(struct buf *b)
{
    static const char more[] = "\nand more\n";

    if (b->n <= GATE_MARKDOWN_MAX)
        return;
    b->n = GATE_MARKDOWN_MAX - sizeof(more);
    while (b->n && b->p[b->n - 1] != '\n')
        b->n--;
    buf_str(b, more);
}

void gate_markdown(struct buf *b, const struct case_runs *runs, const struct gate_result *g)
{
    struct buf text = {0};

    buf_str(b, MARKER "### ");
    gate_sentence(&text, g);
    add_cell(b, &text, SENTENCE_COLUMNS);
    buf_str(b, "\n\n");
    add_metric_rows(b, &text, g);
    buf_char(b, '\n');
    add_reasons(b, &text, g);
    add_one_sided(b, g);
    add_changes(b, &text, runs, g);
    add_sides(b, &text, g);
    cut(b);
    b->failed |= text.failed;
    buf_release(&text);
}

/* ---- junit -------------------------------------------------------------------------------- */

static enum junit_outcome outcome_of(enum gate_verdict v, bool inconclusive_fails)
{
    if (v == GATE_INCONCLUSIVE)
        return inconclusive_fails ? JUNIT_FAILED : JUNIT_SKIPPED;
    return v == GATE_FAIL ? JUNIT_FAILED : JUNIT_PASSED;
}

static struct sv keep(struct arena *a, struct buf *b)
{
    struct sv s = arena_copy(a, (struct sv){b->p ? b->p : "", b->n});

    b->n = 0;
    return s;
}

static struct junit_test metric_test(const struct case_runs *runs, const struct gate_row *row,
                                     bool inconclusive_fails, struct arena *a, struct buf *b)
{
    struct junit_test t = {SV("llmobs.gate"), sv_from(row->metric.name),
                           outcome_of(row->verdict, inconclusive_fails), SV_NONE, SV_NONE};

    buf_printf(b, "%s  ", gate_verdict_names[row->verdict]);
    gate_row_sentence(b, row);
    t.message = keep(a, b);
    gate_counts(b, row);
    buf_char(b, '\n');
    gate_reason(b, row);
    for (size_t k = 0; k < row->worse && k < CASES_MOST; k++) {
        buf_str(b, k ? ", " : "\nworst: ");
        buf_sv(b, case_label(runs->texts[row->changes[k].number]));
    }
    t.detail = keep(a, b);
    return t;
}

static struct junit_test limit_test(const struct gate_limit_row *limit, bool inconclusive_fails,
                                    struct arena *a, struct buf *b)
{
    struct junit_test t = {SV("llmobs.gate.limits"), sv_from(gate_limit_names[limit->kind]),
                           outcome_of(limit->verdict, inconclusive_fails), SV_NONE, SV_NONE};

    gate_limit_sentence(b, limit);
    t.message = keep(a, b);
    return t;
}

void gate_junit(struct buf *b, const struct case_runs *runs, const struct gate_result *g,
                bool inconclusive_fails)
{
    struct junit_test *tests = calloc(g->n_rows + g->n_limits + 1, sizeof(*tests));
    struct arena arena = {0};
    struct buf text = {0};
    size_t n = 0;

    for (size_t i = 0; tests && i < g->n_rows; i++)
        tests[n++] = metric_test(runs, &g->rows[i], inconclusive_fails, &arena, &text);
    for (size_t i = 0; tests && i < g->n_limits; i++)
        tests[n++] = limit_test(&g->limits[i], inconclusive_fails, &arena, &text);
    if (tests)
        junit_write(b, SV("llmobs gate"), tests, n);
    b->failed |= !tests || text.failed;
    buf_release(&text);
    arena_release(&arena);
    free(tests);
}

/* ---- annotations -------------------------------------------------------------------------- */

static void annotate(struct buf *b, enum gate_verdict v, bool inconclusive_fails, struct buf *text)
{
    enum junit_outcome o = outcome_of(v, inconclusive_fails);
    struct buf safe = {0};

    /* the commands' own escape is of %, and of line ends, of which safe text has none */
    safe_text(&safe, (struct sv){text->p ? text->p : "", text->n}, SENTENCE_COLUMNS, true);
    buf_printf(b, "::%s title=llmobs gate::",
               o == JUNIT_FAILED    ? "error"
               : o == JUNIT_SKIPPED ? "warning"
                                    : "notice");
    for (size_t i = 0; i < safe.n; i++)
        if (safe.p[i] == '%')
            buf_str(b, "%25");
        else
            buf_char(b, safe.p[i]);
    buf_char(b, '\n');
    b->failed |= safe.failed || text->failed;
    text->n = 0;
    buf_release(&safe);
}

void gate_annotations(struct buf *b, const struct gate_result *g, bool inconclusive_fails)
{
    struct buf text = {0};

    for (size_t i = 0; i < g->n_rows && i < ROWS_MOST; i++) {
        const struct gate_row *row = &g->rows[i];

        buf_printf(&text, "%s  %s ", gate_verdict_names[row->verdict], row->metric.name);
        gate_row_sentence(&text, row);
        annotate(b, row->verdict, inconclusive_fails, &text);
    }
    for (size_t i = 0; i < g->n_limits; i++) {
        gate_limit_sentence(&text, &g->limits[i]);
        annotate(b, g->limits[i].verdict, inconclusive_fails, &text);
    }
    buf_release(&text);
}
