/* phoenix: spans of Arize Phoenix, as its REST interface gives them or as rows of its dataframes
 * (to_json, CSV), whose columns have dotted names; and rows of evaluations. */
#include "format/aliases.h"
#include "format/call_rules.h"
#include "format/evals.h"
#include "format/otlp.h"
#include "format/readers.h"
#include "format/spans.h"

#include "base/banned.h"

#define MAX_NESTING 8  /* attributes in attributes */
#define MAX_DOTTED 128 /* bytes of an attribute's name that was put together */

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    if (seen_all(seen, SIGN_BIT(SIGN_CONTEXT_SPAN)))
        return true;
    return seen_all(seen, SIGN_BIT(SIGN_CONTEXT) | SIGN_BIT(SIGN_SPAN_KIND)) &&
           json_get(doc, seen->at[SIGN_CONTEXT], "span_id") != JSON_END &&
           json_get(doc, seen->at[SIGN_CONTEXT], "trace_id") != JSON_END;
}

static void add_all(struct span *s, const struct json_doc *d, json_ref object, struct sv prefix,
                    int depth);

/* Attributes may be objects in each other: {"llm":{"token_count":{"prompt":5}}}. */
static void add_attribute(struct span *s, struct sv name, const struct json_doc *d, json_ref value,
                          int depth)
{
    if (json_type(d, value) != JSON_OBJECT || sv_is(name, "metadata"))
        span_attribute(s, name, d, value, LEFTOVER_PLAIN);
    else if (depth < MAX_NESTING)
        add_all(s, d, value, name, depth + 1);
}

static void add_all(struct span *s, const struct json_doc *d, json_ref object, struct sv prefix,
                    int depth)
{
    for (struct member m = member_first(d, object); m.key != JSON_END;
         m = member_next(d, object, m)) {
        struct sv name = scalar_text(s->r, d, m.key);
        char *dotted = NULL;

        if (prefix.n) {
            if (prefix.n + 1 + name.n > MAX_DOTTED)
                continue;
            dotted = keep_room(s->r, prefix.n + 1 + name.n);
            if (!dotted)
                return;
            memcpy(dotted, prefix.p, prefix.n);
            dotted[prefix.n] = '.';
            if (name.n)
                memcpy(dotted + prefix.n + 1, name.p, name.n);
            name = (struct sv){dotted, prefix.n + 1 + name.n};
        }
        add_attribute(s, name, d, m.value, depth);
    }
}

/* The text behind a prefix that ends with a dot; SV_NONE when it has none. */
static struct sv behind(struct sv key, struct sv prefix)
{
    if (key.n <= prefix.n || !sv_eq((struct sv){key.p, prefix.n}, prefix))
        return SV_NONE;
    return (struct sv){key.p + prefix.n, key.n - prefix.n};
}

/* All attributes: the member of that name, and the columns attributes.X of a dataframe. */
static void read_attributes(struct span *s)
{
    const struct json_doc *d = s->r->c->doc;

    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m)) {
        struct sv key = scalar_text(s->r, d, m.key), name = behind(key, SV("attributes."));

        if (name.n)
            add_attribute(s, name, d, m.value, 1);
        else if (sv_is(key, "attributes"))
            add_all(s, d, m.value, SV_NONE, 1);
    }
}

/* context.span_id, or span_id in the object context. */
static json_ref context_get(const struct json_doc *d, const char *flat, const char *inside)
{
    json_ref at = json_get(d, 0, flat);

    return at != JSON_END ? at : json_get(d, json_get(d, 0, "context"), inside);
}

static bool read_frame(struct span *s)
{
    const struct reading *r = s->r;
    const struct json_doc *d = r->c->doc;
    struct span_record *out = &s->record;
    struct place trace = {d, "context.trace_id", context_get(d, "context.trace_id", "trace_id")};
    struct place span = {d, "context.span_id", context_get(d, "context.span_id", "span_id")};
    json_ref kind = json_get(d, 0, "span_kind");

    out->trace_id = keep_hex(r, scalar_text(r, d, trace.at));
    out->span_id = keep_hex(r, scalar_text(r, d, span.at));
    if (!out->trace_id.n || !out->span_id.n)
        return complain(r, out->trace_id.n ? span : trace, "an id");
    out->parent_span_id = keep_hex(r, scalar_text(r, d, json_get(d, 0, "parent_id")));
    out->name = scalar_id(r, d, json_get(d, 0, "name"));
    if (!scalar_missing(d, kind))
        span_attribute(s, SV("openinference.span.kind"), d, kind, LEFTOVER_WEAK);
    return scalar_time(r, (struct place){d, "start_time", json_get(d, 0, "start_time")},
                       &out->started_us, NULL) &&
           scalar_time(r, (struct place){d, "end_time", json_get(d, 0, "end_time")},
                       &out->ended_us, NULL);
}

static bool read_event(void *ctx, json_ref event)
{
    struct span *s = ctx;
    const struct json_doc *d = s->r->c->doc;
    struct maybe_i64 at_us = {0, false};

    return scalar_time(s->r, (struct place){d, "events.timestamp", json_get(d, event, "timestamp")},
                       &at_us, NULL) &&
           span_event(s, scalar_text(s->r, d, json_get(d, event, "name")), at_us,
                      json_get(d, event, "attributes"), json_get);
}

static enum span_verdict verdict_of(struct sv code)
{
    if (sv_is(code, "ERROR"))
        return SPAN_FAILED;
    return sv_is(code, "OK") ? SPAN_OK : SPAN_UNSET;
}

static bool read_span(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    struct span s;

    span_open(&s, r, "phoenix");
    read_attributes(&s);
    return read_frame(&s) && otlp_each(d, 0, "events", read_event, &s) &&
           span_close(&s, verdict_of(scalar_text(r, d, json_get(d, 0, "status_code"))),
                      scalar_text(r, d, json_get(d, 0, "status_message")));
}

/* Evaluations: the span that they judge, and who judges it. */
struct judged {
    const struct reading *r;
    struct identity call;
    struct sv scorer, model;
};

/* A frame of evaluations may come without the trace; then the span's id alone has to do. */
static bool find_judged(struct judged *j)
{
    const struct json_doc *d = j->r->c->doc;
    struct place span = {d, "context.span_id", context_get(d, "context.span_id", "span_id")};
    json_ref trace = context_get(d, "context.trace_id", "trace_id");

    j->call = (struct identity){.kind = ID_SPAN,
                                .trace_id = keep_hex(j->r, scalar_text(j->r, d, trace)),
                                .span_id = keep_hex(j->r, scalar_text(j->r, d, span.at))};
    if (!j->call.span_id.n)
        return complain(j->r, span, "an id");
    if (!j->call.trace_id.n)
        j->call = (struct identity){
            .kind = ID_OWN, .family = SV("span_id"), .own = j->call.span_id};
    return true;
}

static bool add_score(const struct judged *j, struct sv name, json_ref score, json_ref label)
{
    const struct json_doc *d = j->r->c->doc;
    struct maybe_f64 value = {0, false};
    struct score_record *s = NULL;

    if (scalar_missing(d, score) && scalar_missing(d, label))
        return true;
    if (!scalar_number(j->r, (struct place){d, "score", score}, &value))
        return false;
    s = add_call_score(j->r, &j->call, name, name, j->scorer);
    if (!s)
        return false;
    score_set_judge(s, j->model);
    s->value = value;
    s->label = scalar_id(j->r, d, label);
    return true;
}

/* The value of eval.NAME.WORD. */
static json_ref eval_get(const struct reading *r, struct sv name, const char *word)
{
    const struct json_doc *d = r->c->doc;
    json_ref found = JSON_END;

    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m)) {
        struct sv rest = behind(scalar_text(r, d, m.key), SV("eval."));

        if (rest.n == name.n + 1 + strlen(word) && sv_ends(rest, word) &&
            rest.p[name.n] == '.' && sv_eq((struct sv){rest.p, name.n}, name))
            found = m.value;
    }
    return found;
}

/* The evaluation whose first column this is, eval.NAME.score or eval.NAME.label. */
static bool read_eval_column(const struct judged *j, struct sv column, json_ref value)
{
    static const struct sv score = {".score", 6}, label = {".label", 6};
    bool is_score = sv_ends(column, score.p), is_label = sv_ends(column, label.p);
    struct sv name = {column.p, column.n - (is_score || is_label ? score.n : 0)};

    if ((!is_score && !is_label) || !name.n)
        return true;
    if (is_score)
        return add_score(j, name, value, eval_get(j->r, name, "label"));
    return eval_get(j->r, name, "score") != JSON_END || add_score(j, name, JSON_END, value);
}

/* Who a row of annotations is by; its metadata are the judge's own, and name its model. */
static void find_judge(struct judged *j)
{
    static const char *const kinds[][2] = {
        {"LLM",   "judge"},
        {"HUMAN", "human"},
        {"CODE",  "rule" }
    };
    const struct json_doc *d = j->r->c->doc;
    struct sv kind = json_raw(d, json_get(d, 0, "annotator_kind"));

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (sv_is(kind, kinds[i][0]))
            j->scorer = sv_from(kinds[i][1]);
    j->model = scalar_id(j->r, d, json_path(d, 0, "metadata", "model", NULL));
}

#define EVALS_MAX 64 /* columns eval.X of a row */

static bool read_evals(const struct reading *r, bool is_span)
{
    static const char *const names[] = {"name", "annotation_name"};
    const struct json_doc *d = r->c->doc;
    struct judged j = {.r = r, .scorer = SV("eval")};
    struct sv name = SV_NONE;
    int columns = 0;

    if (!find_judged(&j))
        return false;
    if (!is_span)
        find_judge(&j);
    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m)) {
        struct sv column = behind(scalar_text(r, d, m.key), SV("eval."));

        if (!column.n || columns++ >= EVALS_MAX)
            continue;
        if (!read_eval_column(&j, column, m.value))
            return false;
    }
    if (is_span)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(names) && !name.n; i++)
        name = scalar_text(r, d, json_get(d, 0, names[i]));
    return add_score(&j, name.n ? name : SV("evaluation"), json_get(d, 0, "score"),
                     json_get(d, 0, "label"));
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    const struct json_doc *d = c->doc;
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    bool is_span = json_get(d, 0, "span_kind") != JSON_END ||
                   json_get(d, 0, "start_time") != JSON_END;

    if ((is_span && !read_span(&r)) || !read_evals(&r, is_span)) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    *skipped_kind = SV("no span");
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_phoenix = {
    .name = "phoenix",
    .summary = "spans of Arize Phoenix, from its REST interface or a dataframe",
    .claims = claims,
    .read = read,
};
