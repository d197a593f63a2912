/* render_otlp: a trace as OpenTelemetry's own JSON, for other tools. */
#include "render/render_formats.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/hash.h"
#include "render/number_text.h"
#include "render/render_out.h"
#include "base/banned.h"

/* Columns of the table that have a place of their own in a span. */
enum { O_TRACE, O_SPAN, O_NAME, O_SERVICE, O_SCOPE, O_STARTED, O_ENDED, O_STATUS, O_COUNT };
static const char *const keys[O_COUNT] = {
    [O_TRACE] = "trace_id",  [O_SPAN] = "span_id",  [O_NAME] = "name",
    [O_SERVICE] = "service", [O_SCOPE] = "scope",   [O_STARTED] = "started_us",
    [O_ENDED] = "ended_us",  [O_STATUS] = "status",
};

/* Other columns as attributes, by OpenTelemetry's name where it has one. */
static const struct {
    const char *key, *attribute;
} attributes[] = {
    {"kind",              "llmobs.kind"                         },
    {"model",             "gen_ai.request.model"                },
    {"provider",          "gen_ai.provider.name"                },
    {"input_tokens",      "gen_ai.usage.input_tokens"           },
    {"output_tokens",     "gen_ai.usage.output_tokens"          },
    {"cache_read_tokens", "gen_ai.usage.cache_read.input_tokens"},
    {"reasoning_tokens",  "gen_ai.usage.reasoning.output_tokens"},
    {"finish_reason",     "gen_ai.response.finish_reasons"      },
    {"session",           "gen_ai.conversation.id"              },
    {"user",              "user.id"                             },
    {"feature",           "feature"                             },
    {"error_kind",        "error.type"                          },
    {"docs",              "docs.count"                          },
    {"docs_tokens",       "docs.total_tokens"                   },
    {"context_tokens",    "prompt.tokens"                       },
    {"history_tokens",    "history.tokens"                      },
    {"cost_usd",          "gen_ai.usage.cost"                   },
};

struct spans {
    const struct table *t;
    size_t at[O_COUNT]; /* column; n_columns: there is none */
    size_t attribute_at[ARRAY_LEN(attributes)];
    char (*ids)[17]; /* of each row */
    size_t *above;   /* by depth: the row that stands there */
    char trace[33];
    struct render_out ro;
};

static size_t column_of(const struct table *t, const char *key)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].key, key) == 0)
            return i;
    return t->n_columns;
}

static struct sv text_at(const struct spans *s, const struct row *row, int which)
{
    const struct cell *c = s->at[which] < s->t->n_columns ? &row->cells[s->at[which]] : NULL;

    return c && c->type == CELL_TEXT ? c->text : SV_NONE;
}

/* Ids of OTLP are hex digits of a fixed length: those that are keep theirs, others get the hash. */
static void hex_id(struct sv id, size_t digits, char *out)
{
    bool hex = id.n == digits;
    struct hash128 h = hash128(id.p, id.n, 0);
    unsigned char bytes[16];

    for (size_t i = 0; hex && i < id.n; i++)
        hex = strchr("0123456789abcdef", id.p[i]) && id.p[i];
    if (hex) {
        memcpy(out, id.p, digits);
        out[digits] = '\0';
        return;
    }
    for (size_t i = 0; i < 16; i++)
        bytes[i] = (unsigned char)((i < 8 ? h.hi : h.lo) >> 8 * (i % 8));
    hex_encode(bytes, digits / 2, out);
}

static void name_span(struct spans *s, size_t i)
{
    struct sv id = text_at(s, &s->t->rows[i], O_SPAN);
    char made[48];
    int n;

    if (id.n) {
        hex_id(id, 16, s->ids[i]);
        return;
    }
    n = snprintf(made, sizeof(made), "%s:%zu", s->trace, i);
    hex_id((struct sv){made, (size_t)n}, 16, s->ids[i]);
}

/* ---- values ------------------------------------------------------------------------------- */

static void add_text_value(struct buf *b, struct sv text)
{
    buf_str(b, "{\"stringValue\":");
    buf_json_string(b, text);
    buf_char(b, '}');
}

static void add_value(struct buf *b, enum unit unit, const struct cell *c)
{
    if (c->type == CELL_TEXT) {
        add_text_value(b, c->text);
        return;
    }
    buf_str(b,
            unit == UNIT_NUSD || c->type == CELL_REAL ? "{\"doubleValue\":" : "{\"intValue\":\"");
    number_exact(b, unit, c);
    buf_str(b, unit == UNIT_NUSD || c->type == CELL_REAL ? "}" : "\"}");
}

static void add_attributes(struct spans *s, const struct row *row)
{
    struct buf *b = &s->ro.buf;
    bool first = true;

    buf_str(b, ",\"attributes\":[");
    for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
        size_t at = s->attribute_at[i];

        if (at == s->t->n_columns || row->cells[at].type == CELL_MISSING)
            continue;
        buf_str(b, first ? "{\"key\":" : ",{\"key\":");
        buf_json_string(b, sv_from(attributes[i].attribute));
        buf_str(b, ",\"value\":");
        add_value(b, s->t->columns[at].unit, &row->cells[at]);
        buf_char(b, '}');
        first = false;
    }
    buf_char(b, ']');
}

static void add_time(struct spans *s, const struct row *row, int which, const char *key)
{
    const struct cell *c = s->at[which] < s->t->n_columns ? &row->cells[s->at[which]] : NULL;
    int64_t ns;

    if (!c || c->type != CELL_INT || __builtin_mul_overflow(c->i, 1000, &ns))
        return;
    buf_printf(&s->ro.buf, ",\"%s\":\"%lld\"", key, (long long)ns);
}

static void add_span(struct spans *s, size_t i)
{
    const struct row *row = &s->t->rows[i];
    struct sv status = text_at(s, row, O_STATUS);
    struct buf *b = &s->ro.buf;

    buf_printf(b, "{\"traceId\":\"%s\",\"spanId\":\"%s\"", s->trace, s->ids[i]);
    if (row->depth)
        buf_printf(b, ",\"parentSpanId\":\"%s\"", s->ids[s->above[row->depth - 1]]);
    buf_str(b, ",\"name\":");
    buf_json_string(b, text_at(s, row, O_NAME).p ? text_at(s, row, O_NAME) : SV(""));
    buf_str(b, ",\"kind\":1");
    add_time(s, row, O_STARTED, "startTimeUnixNano");
    add_time(s, row, O_ENDED, "endTimeUnixNano");
    add_attributes(s, row);
    buf_printf(b, ",\"status\":{\"code\":%d}}",
               sv_is(status, "error") ? 2
               : sv_is(status, "ok")  ? 1
                                      : 0);
}

/* Spans that follow each other and are of one service and scope share their resource. */
static void add_spans(struct spans *s)
{
    const struct table *t = s->t;
    struct buf *b = &s->ro.buf;

    buf_str(b, "{\"resourceSpans\":[");
    for (size_t i = 0; i < t->n_rows && render_out_more(&s->ro); i++) {
        const struct row *row = &t->rows[i], *last = i ? row - 1 : NULL;
        struct sv service = text_at(s, row, O_SERVICE), scope = text_at(s, row, O_SCOPE);

        s->above[row->depth] = i;
        name_span(s, i);
        if (last && sv_eq(service, text_at(s, last, O_SERVICE)) &&
            sv_eq(scope, text_at(s, last, O_SCOPE))) {
            buf_str(b, ",\n");
        } else {
            buf_str(b, last ? "]}]},\n{\"resource\":{\"attributes\":["
                            : "\n{\"resource\":{\"attributes\":[");
            if (service.p) {
                buf_str(b, "{\"key\":\"service.name\",\"value\":");
                add_text_value(b, service);
                buf_char(b, '}');
            }
            buf_str(b, "]},\"scopeSpans\":[{\"scope\":{\"name\":");
            buf_json_string(b, scope.p ? scope : SV(""));
            buf_str(b, "},\"spans\":[\n");
        }
        add_span(s, i);
    }
    buf_str(b, t->n_rows ? "]}]}\n]}\n" : "]}\n");
}

enum err render_otlp(const struct table *t, const struct render_options *o, const struct sink *out,
                     struct error *err)
{
    struct spans s = {.t = t, .ro = {.sink = out}};
    size_t deepest = 0;

    (void)o;
    if (t->graph != GRAPH_TREE)
        return error_set(err, ERR_USAGE, "otlp writes one trace: llmobs trace ID -f otlp");
    for (int i = 0; i < O_COUNT; i++)
        s.at[i] = column_of(t, keys[i]);
    for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
        s.attribute_at[i] = column_of(t, attributes[i].key);
    for (size_t i = 0; i < t->n_rows; i++)
        deepest = t->rows[i].depth > deepest ? t->rows[i].depth : deepest;
    s.ids = calloc(t->n_rows + 1, sizeof(*s.ids));
    s.above = calloc(deepest + 1, sizeof(*s.above));
    if (s.ids && s.above) {
        hex_id(t->n_rows ? text_at(&s, t->rows, O_TRACE) : SV_NONE, 32, s.trace);
        add_spans(&s);
    } else {
        s.ro.buf.failed = true;
    }
    free(s.ids);
    free(s.above);
    return render_out_end(&s.ro, err);
}
