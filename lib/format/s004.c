/* s004: the call log, and the branch decisions and tool calls that belong to its requests. */
#include "format/flat.h"
#include "format/readers.h"

#include "base/banned.h"

static bool claims_calls(const struct json_doc *doc, const struct seen *seen)
{
    (void)doc;
    return seen_all(seen, SIGN_BIT(SIGN_PROMPT_VERSION) | SIGN_BIT(SIGN_INPUT_TOKENS) |
                              SIGN_BIT(SIGN_LATENCY_MS));
}

static enum line_outcome read_calls(const struct line_context *c, struct sv *skipped_kind,
                                    struct sv *bad_field, struct error *err)
{
    static const struct flat_rules rules = {.format = "llm-call-log"};

    return flat_read(c, &rules, skipped_kind, bad_field, err);
}

const struct format format_llm_call_log = {
    .name = "llm-call-log",
    .summary = "call log rows with prompt_version, tokens, cost and status",
    .claims = claims_calls,
    .read = read_calls,
};

static bool claims_branches(const struct json_doc *doc, const struct seen *seen)
{
    (void)doc;
    return seen_all(seen, SIGN_BIT(SIGN_FROM_NODE) | SIGN_BIT(SIGN_TO_NODE) |
                              SIGN_BIT(SIGN_CONDITION_RESULT));
}

/* Of a decision's context only numbers and booleans are kept; it is an object or JSON text. */
static struct sv read_context(const struct reading *r, const struct json_doc *d, json_ref at)
{
    struct json_doc inner = {0};
    struct leftovers kept = {0};
    struct sv out = SV_NONE, text = scalar_text(r, d, at);
    json_ref object = at;

    if (text.n) {
        if (json_parse(&inner, text.p, text.n, NULL))
            goto done;
        d = &inner;
        object = 0;
    }
    for (struct member m = member_first(d, object); m.key != JSON_END;
         m = member_next(d, object, m))
        if (json_type(d, m.value) != JSON_STRING)
            leftover_add(&kept, scalar_text(r, d, m.key), d, m.value, LEFTOVER_PLAIN);
    out = leftover_json(r, &kept);
done:
    json_release(&inner);
    return out;
}

static enum line_outcome read_branches(const struct line_context *c, struct sv *skipped_kind,
                                       struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    const struct json_doc *d = c->doc;
    struct branch_record row = {.id = line_identity(c, 0), .source = c->source, .line = c->line};
    json_ref result = json_get(d, 0, "condition_result");
    struct branch_record *out = NULL;

    if (json_get(d, 0, "from_node") == JSON_END || json_get(d, 0, "to_node") == JSON_END) {
        *skipped_kind = SV("no decision");
        return LINE_SKIPPED;
    }
    row.result = scalar_bool(d, result);
    if (!row.result.known && !scalar_missing(d, result)) {
        complain(&r, (struct place){d, "condition_result", result}, "true or false");
        return LINE_BAD;
    }
    if (!scalar_time(&r, (struct place){d, "timestamp", json_get(d, 0, "timestamp")},
                     &row.decided_us, NULL))
        return LINE_BAD;
    row.request_id = scalar_id(&r, d, json_get(d, 0, "request_id"));
    row.trace_id = keep_hex(&r, scalar_text(&r, d, json_get(d, 0, "trace_id")));
    row.from_node = scalar_id(&r, d, json_get(d, 0, "from_node"));
    row.to_node = scalar_id(&r, d, json_get(d, 0, "to_node"));
    row.condition = scalar_id(&r, d, json_get(d, 0, "condition"));
    row.context = read_context(&r, d, json_get(d, 0, "context"));
    out = batch_add_branch(c->out);
    if (!out)
        return LINE_BAD;
    *out = row;
    return LINE_RECORDS;
}

const struct format format_branch_decisions = {
    .name = "branch-decisions",
    .summary = "branch decision rows: from_node, to_node, condition_result",
    .claims = claims_branches,
    .read = read_branches,
};

static bool claims_tools(const struct json_doc *doc, const struct seen *seen)
{
    (void)doc;
    return seen_all(seen, SIGN_BIT(SIGN_TOOL_NAME) | SIGN_BIT(SIGN_INPUTS) |
                              SIGN_BIT(SIGN_REQUEST_ID)) &&
           !seen_tokens(seen);
}

static bool fill_tool(struct flat *f, struct tool_record *row)
{
    const struct reading *r = &f->r;
    struct place status = pick_place(&f->picks, F_STATUS);
    struct place error = pick_place(&f->picks, T_ERROR);
    struct maybe_i64 http = {0, false};

    if (!pick_number(r, &f->picks, F_STARTED_US, &row->started_us, NULL) ||
        !pick_number(r, &f->picks, F_LATENCY_US, &row->latency_us, NULL))
        return false;
    row->request_id = pick_id(r, &f->picks, T_REQUEST_ID);
    row->trace_id = keep_hex(r, pick_text(r, &f->picks, T_TRACE_ID));
    row->span_id = keep_hex(r, pick_text(r, &f->picks, T_SPAN_ID));
    row->tool_name = pick_id(r, &f->picks, T_TOOL_NAME);
    row->tool_version = scalar_id(r, r->c->doc, json_get(r->c->doc, 0, "tool_version"));
    row->status = status_of(r, status.doc, status.at, &http);
    if (picked(&f->picks, T_ERROR) && json_type(error.doc, error.at) != JSON_FALSE) {
        row->status = (struct maybe_i64){STATUS_ERROR, true};
        row->error_kind = error_kind(r, pick_text(r, &f->picks, T_ERROR_TYPE),
                                     scalar_text(r, error.doc, error.at));
    }
    return true;
}

/* The call that a tool belongs to has the tool's request_id. */
static void set_call(struct tool_record *row)
{
    if (!row->request_id.n)
        return;
    row->call = (struct identity){
        .kind = ID_OWN, .family = SV("request"), .own = row->request_id};
    row->has_call = true;
}

static enum line_outcome read_tools(const struct line_context *c, struct sv *skipped_kind,
                                    struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct tool_record row = {.id = line_identity(c, 0), .source = c->source, .line = c->line};
    struct tool_record *out = NULL;
    struct flat f;
    bool ok = false;

    flat_open(&f, &r, false);
    ok = fill_tool(&f, &row);
    flat_release(&f);
    if (!ok)
        return LINE_BAD;
    if (!row.tool_name.n) {
        *skipped_kind = SV("no tool call");
        return LINE_SKIPPED;
    }
    set_call(&row);
    out = batch_add_tool(c->out);
    if (!out)
        return LINE_BAD;
    *out = row;
    return LINE_RECORDS;
}

const struct format format_tool_calls = {
    .name = "tool-calls",
    .summary = "tool call rows: tool_name, latency_ms, status",
    .claims = claims_tools,
    .read = read_tools,
};
