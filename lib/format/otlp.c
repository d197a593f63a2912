/* otlp: lines of the OpenTelemetry Collector's file exporter, and Tempo's export of traces. */
#include "format/otlp.h"

#include "format/aliases.h"
#include "format/readers.h"

#include "base/banned.h"

static bool holds_spans(const struct json_doc *doc, json_ref batches)
{
    json_ref batch = json_type(doc, batches) == JSON_ARRAY ? json_first(doc, batches) : JSON_END;

    for (; batch != JSON_END; batch = json_next(doc, batches, batch))
        if (json_get(doc, batch, "scopeSpans") != JSON_END ||
            json_get(doc, batch, "instrumentationLibrarySpans") != JSON_END)
            return true;
    return false;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_all(seen, SIGN_BIT(SIGN_OTLP)) ||
           (seen_all(seen, SIGN_BIT(SIGN_BATCHES)) && holds_spans(doc, seen->at[SIGN_BATCHES]));
}

bool otlp_each(const struct json_doc *d, json_ref object, const char *member,
               bool (*each)(void *ctx, json_ref element), void *ctx)
{
    json_ref list = json_get(d, object, member);
    json_ref at = json_type(d, list) == JSON_ARRAY ? json_first(d, list) : JSON_END;

    for (; at != JSON_END; at = json_next(d, list, at))
        if (!each(ctx, at))
            return false;
    return true;
}

struct line {
    struct reading r;
    struct sv skipped;
};

static bool read_spans(void *ctx, json_ref element)
{
    struct line *line = ctx;

    return otlp_read_spans(&line->r, element);
}

static bool read_logs(void *ctx, json_ref element)
{
    struct line *line = ctx;

    return otlp_read_logs(&line->r, element, &line->skipped);
}

static bool skip_metrics(void *ctx, json_ref element)
{
    struct line *line = ctx;

    (void)element;
    line->skipped = SV("metric");
    return true;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    static const struct {
        const char *member;
        bool (*each)(void *ctx, json_ref element);
    } signals[] = {
        {"resourceSpans", read_spans},
        {"batches", read_spans},
        {"resourceLogs", read_logs},
        {"resourceMetrics", skip_metrics},
    };
    struct line line = {{c, bad_field, err}, SV("empty")};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);

    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        if (!otlp_each(c->doc, 0, signals[i].member, signals[i].each, &line)) {
            batch_rewind(c->out, mark);
            return LINE_BAD;
        }
    *skipped_kind = line.skipped;
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_otlp = {
    .name = "otlp",
    .summary = "OpenTelemetry JSON lines: spans and events of the GenAI conventions, OpenInference",
    .claims = claims,
    .read = read,
};
