/* render_csv: values separated by commas or tabs, for spreadsheets and shell tools. */
#include "render/number_text.h"
#include "render/render_formats.h"
#include "render/render_out.h"
#include "render/safe_text.h"

#include "base/banned.h"

struct dialect {
    char separator;
    bool quotes;              /* fields that need it are quoted; else bytes are escaped */
    const char *escapes[128]; /* what is written for a character that would end the field */
};

static const struct dialect csv = {
    .separator = ',',
    .quotes = true,
    .escapes = {['\t'] = "\t", ['\n'] = "\n", ['\r'] = "\r", ['"'] = "\"\""},
};

static const struct dialect tsv = {
    .separator = '\t',
    .escapes = {['\t'] = "\\t", ['\n'] = "\\n", ['\r'] = "\\r", ['\\'] = "\\\\"},
};

/* True for a text that a spreadsheet would take for a formula. */
static bool looks_like_formula(struct sv text)
{
    return text.n && memchr("=+-@\t\r", text.p[0], 6);
}

/* An empty text is quoted: nothing at all means that the value is missing. */
static bool needs_quotes(struct sv text)
{
    if (text.n == 0)
        return true;
    for (size_t i = 0; i < text.n; i++)
        if (memchr(",\"\r\n", text.p[i], 4))
            return true;
    return false;
}

static void add_text(struct buf *b, const struct dialect *d, struct sv text)
{
    bool quoted = d->quotes && needs_quotes(text);

    if (quoted)
        buf_char(b, '"');
    if (looks_like_formula(text))
        buf_char(b, '\'');
    for (size_t i = 0; i < text.n;) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 128 && d->escapes[c]) {
            buf_str(b, d->escapes[c]);
            i++;
        } else {
            i += safe_char(b, (struct sv){text.p + i, text.n - i}).bytes;
        }
    }
    if (quoted)
        buf_char(b, '"');
}

static void add_value(struct buf *b, const struct dialect *d, enum unit unit, const struct cell *c)
{
    if (c->type == CELL_TEXT)
        add_text(b, d, c->text);
    else
        number_exact(b, unit, c); /* a missing value is nothing at all */
}

/* In front of each field of a line but the first. */
static void add_separator(struct buf *b, const struct dialect *d, bool *first)
{
    if (!*first)
        buf_char(b, d->separator);
    *first = false;
}

static void add_header(struct buf *b, const struct dialect *d, const struct table *t)
{
    bool first = true;

    for (size_t i = 0; i < t->n_columns; i++) {
        const struct column *c = &t->columns[i];
        if (!c->in_data)
            continue;
        add_separator(b, d, &first);
        add_text(b, d, sv_from(c->key));
        if (c->also_key) {
            add_separator(b, d, &first);
            add_text(b, d, sv_from(c->also_key));
        }
    }
    buf_char(b, '\n');
}

static void add_row(struct buf *b, const struct dialect *d, const struct table *t,
                    const struct row *row)
{
    bool first = true;
    bool label = row->kind == ROW_OTHER; /* still to be written, into the first dimension */

    for (size_t i = 0; i < t->n_columns; i++) {
        const struct column *c = &t->columns[i];
        if (!c->in_data)
            continue;
        add_separator(b, d, &first);
        if (label && c->dimension) {
            add_text(b, d, SV("(other)"));
            label = false;
        } else {
            add_value(b, d, c->unit, &row->cells[i]);
        }
        if (c->also_key) {
            add_separator(b, d, &first);
            add_value(b, d, UNIT_US, &row->cells[i]); /* whole */
        }
    }
    buf_char(b, '\n');
}

static enum err render_values(const struct table *t, const struct dialect *d,
                              const struct sink *out, struct error *err)
{
    struct render_out ro = {.sink = out};

    add_header(&ro.buf, d, t);
    for (size_t i = 0; i < t->n_rows && render_out_more(&ro); i++)
        add_row(&ro.buf, d, t, &t->rows[i]);
    return render_out_end(&ro, err);
}

enum err render_csv(const struct table *t, const struct render_options *o, const struct sink *out,
                    struct error *err)
{
    (void)o;
    return render_values(t, &csv, out, err);
}

enum err render_tsv(const struct table *t, const struct render_options *o, const struct sink *out,
                    struct error *err)
{
    (void)o;
    return render_values(t, &tsv, out, err);
}
