/* alert_report: see the header. */
#include "alert_report.h"

#include <stdlib.h>
#include <string.h>
#include "alert/alert_table.h"
#include "base/utf8.h"
#include "output.h"
#include "render/render.h"
#include "render/safe_text.h"
#include "base/banned.h"

static enum err write_table(const struct invocation *inv, struct output *out, const char *format,
                            const struct table *t, struct error *err)
{
    struct render_options options = {.utf8 = true, .generated_us = inv->now_us};
    struct sink sink = {output_write, out};
    enum err rc = renderer_find(format)->render(t, &options, &sink, err);

    if (rc == OK || rc == ERR_IO) /* closing knows the system's words */
        rc = output_close(out, err);
    output_discard(out);
    return rc;
}

enum err alert_report_file(const struct invocation *inv, const char *path, const char *format,
                           const struct table *t, struct error *err)
{
    struct output out;
    enum err rc = output_open(path, &out, err);

    return rc ? rc : write_table(inv, &out, format, t, err);
}

enum err alert_report_summary(const struct invocation *inv, const struct table *t,
                              struct error *err)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    struct output out;
    enum err rc;

    if (!path || !*path)
        return OK;
    rc = output_append(path, &out, err);
    return rc ? rc : write_table(inv, &out, "md", t, err);
}

static struct sv text_of(const struct row *row, enum alert_column c)
{
    return row->cells[c].type == CELL_TEXT ? row->cells[c].text : SV_NONE;
}

/* Text for XML: its five characters as entities, what XML cannot hold as a question mark. */
static void add_xml(struct buf *b, struct sv s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c == '&')
            buf_str(b, "&amp;");
        else if (c == '<')
            buf_str(b, "&lt;");
        else if (c == '>')
            buf_str(b, "&gt;");
        else if (c == '"')
            buf_str(b, "&quot;");
        else if (c < 0x20 || c == 0x7f)
            buf_char(b, '?');
        else
            buf_char(b, (char)c);
    }
}

static void add_attribute(struct buf *b, const char *name, struct sv value)
{
    buf_printf(b, " %s=\"", name);
    add_xml(b, value);
    buf_char(b, '"');
}

static void add_case(struct buf *b, const struct row *row)
{
    struct sv state = text_of(row, ALERT_STATE), group = text_of(row, ALERT_GROUP);
    struct buf name = {0};

    buf_sv(&name, text_of(row, ALERT_RULE));
    if (group.p) {
        buf_str(&name, " [");
        buf_sv(&name, group);
        buf_char(&name, ']');
    }
    buf_str(b, "  <testcase classname=\"llmobs.check\"");
    add_attribute(b, "name", (struct sv){name.p, name.n});
    buf_release(&name);
    if (sv_is(state, "firing")) {
        buf_str(b, "><failure");
        add_attribute(b, "type", text_of(row, ALERT_SEVERITY));
        add_attribute(b, "message", text_of(row, ALERT_SHOWN_FIGURE));
        buf_str(b, "/></testcase>\n");
    } else if (sv_is(state, "skipped") || sv_is(state, "suppressed")) {
        buf_str(b, "><skipped");
        add_attribute(b, "message", text_of(row, ALERT_REASON));
        buf_str(b, "/></testcase>\n");
    } else {
        buf_str(b, "/>\n");
    }
}

static size_t count(const struct table *t, const char *a, const char *b)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n_rows; i++)
        n += sv_is(text_of(&t->rows[i], ALERT_STATE), a) ||
             sv_is(text_of(&t->rows[i], ALERT_STATE), b);
    return n;
}

enum err alert_report_junit(const char *path, const struct rule_set *rules, const struct table *t,
                            struct error *err)
{
    struct buf b = {0};
    struct output out;
    enum err rc;

    buf_str(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite");
    add_attribute(&b, "name", sv_from(rules->name));
    buf_printf(&b, " tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n", t->n_rows,
               count(t, "firing", "firing"), count(t, "skipped", "suppressed"));
    for (size_t i = 0; i < t->n_rows; i++)
        add_case(&b, &t->rows[i]);
    buf_str(&b, "</testsuite>\n");
    rc = b.failed ? error_set(err, ERR_NOMEM, "out of memory") : output_open(path, &out, err);
    if (!rc) {
        output_write(&out, b.p, b.n);
        rc = output_close(&out, err);
    }
    buf_release(&b);
    return rc;
}

void alert_report_explain(const struct rule *rule, const struct table *t, struct buf *out)
{
    buf_printf(out, "%s (%s)\n  fires when  ", rule->name, rule_severities[rule->severity]);
    rule_words(out, rule);
    if (rule->why)
        buf_printf(out, "\n  why         %s", rule->why);
    for (size_t i = 0; i < t->n_rows; i++) {
        const struct row *row = &t->rows[i];
        struct sv group = text_of(row, ALERT_GROUP), main = text_of(row, ALERT_SHOWN_MAIN);

        if (!sv_is(text_of(row, ALERT_RULE), rule->name))
            continue;
        buf_str(out, "\n  now         ");
        buf_sv(out, text_of(row, ALERT_STATE));
        buf_str(out, ": ");
        safe_text(out, text_of(row, ALERT_SHOWN_FIGURE), 0, true);
        if (text_of(row, ALERT_SHOWN_NORMAL).p) {
            buf_str(out, ", normal ");
            buf_sv(out, text_of(row, ALERT_SHOWN_NORMAL));
        }
        if (row->cells[ALERT_N].type == CELL_INT)
            buf_printf(out, "   n %lld", (long long)row->cells[ALERT_N].i);
        if (row->cells[ALERT_BASELINE_N].type == CELL_INT)
            buf_printf(out, ", baseline n %lld", (long long)row->cells[ALERT_BASELINE_N].i);
        if (row->cells[ALERT_P].type == CELL_REAL)
            buf_printf(out, ", p %.3g", row->cells[ALERT_P].r);
        if (group.p) {
            buf_str(out, "   ");
            safe_text(out, group, 0, true);
        }
        if (main.p) {
            buf_str(out, "   mainly ");
            safe_text(out, main, 0, true);
        }
    }
    buf_char(out, '\n');
}
