/* swe_agent: trajectories of SWE-agent, one document each, which give sums only. */
#include "format/agent.h"
#include "format/aliases.h"
#include "format/keyed.h"
#include "format/leftover.h"
#include "format/readers.h"

#include "base/banned.h"

/* A demonstration has the history alone; its messages tell which agent they belong to. */
static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    json_ref steps = JSON_END, history = JSON_END, first = JSON_END;

    if (!seen_any(seen, SIGN_BIT(SIGN_TRAJECTORY)))
        return false;
    steps = json_get(doc, 0, "trajectory");
    history = json_get(doc, 0, "history");
    if (json_type(doc, steps) == JSON_ARRAY)
        return history != JSON_END || json_get(doc, 0, "info") != JSON_END;
    first = json_type(doc, history) == JSON_ARRAY ? json_first(doc, history) : JSON_END;
    return json_get(doc, first, "role") != JSON_END && json_get(doc, first, "agent") != JSON_END;
}

/* The agent's own commands; everything else of an action is the shell's, and content. */
static struct sv command_of(struct sv action)
{
    static const char *const commands[] = {
        "open",
        "goto",
        "scroll_up",
        "scroll_down",
        "create",
        "edit",
        "insert",
        "submit",
        "search_dir",
        "search_file",
        "find_file",
        "filemap",
        "exit_cost",
        "str_replace_editor",
        "view_image",
        "exit_forfeit",
        "review_on_submit",
    };

    action = sv_trim(action);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        size_t n = strlen(commands[i]);

        if (sv_starts(action, commands[i]) &&
            (action.n == n || action.p[n] == ' ' || action.p[n] == '\n'))
            return sv_from(commands[i]);
    }
    return SV("bash");
}

static bool add_steps(const struct reading *r, const struct identity *call)
{
    const struct json_doc *d = r->c->doc;
    json_ref steps = json_get(d, 0, "trajectory");
    uint64_t n = 0;

    if (json_type(d, steps) != JSON_ARRAY)
        return true;
    for (json_ref at = json_first(d, steps); at != JSON_END; at = json_next(d, steps, at)) {
        struct sv action = scalar_text(r, d, json_get(d, at, "action"));
        struct place time = {d, "trajectory.execution_time", json_get(d, at, "execution_time")};
        struct tool_record *tool = NULL;

        n++;
        if (!sv_trim(action).n)
            continue;
        tool = agent_add_tool(r, SV_NONE, n);
        if (!tool || !scalar_duration(r, time, UNIT_S, &tool->latency_us))
            return false;
        tool->tool_name = command_of(action);
        tool->call = *call;
        tool->has_call = true;
    }
    return true;
}

static void set_status(const struct reading *r, struct call_record *call)
{
    static const char *const failures[] = {"exit_error", "exit_api", "exit_environment_error"};
    struct sv exit_status = call->dim[F_FINISH_REASON_RAW];

    if (sv_starts(exit_status, "submitted"))
        record_set_num(call, F_STATUS, STATUS_OK);
    for (size_t i = 0; i < ARRAY_LEN(failures); i++)
        if (sv_is(exit_status, failures[i]))
            call_set_error(r, call, exit_status, SV_NONE);
}

static bool add_call(const struct reading *r)
{
    static const struct known_key keys[] = {
        {TEXT("info.model_stats.tokens_sent"),     F_INPUT_TOKENS,    HOW_COUNT, 0, 0},
        {TEXT("info.model_stats.tokens_received"), F_OUTPUT_TOKENS,   HOW_COUNT, 0, 0},
        {TEXT("info.model_stats.instance_cost"),   F_COST_GIVEN_NUSD, HOW_MONEY, 0, 0},
    };
    static const struct known_key info_keys[] = {
        {TEXT("info.exit_status"), F_FINISH_REASON_RAW, HOW_DIM, 0, 0},
    };
    const struct json_doc *d = r->c->doc;
    json_ref info = json_get(d, 0, "info"), stats = json_get(d, info, "model_stats");
    struct call_record *call = agent_add_call(r, "swe-agent");
    struct leftovers rest = {0};

    if (!call)
        return false;
    call->id = line_identity(r->c, 0);
    call_set_flag(call, FLAG_AGGREGATE);
    if (!apply_members(r, keys, ARRAY_LEN(keys), d, stats, call) ||
        !apply_members(r, info_keys, ARRAY_LEN(info_keys), d, info, call))
        return false;
    set_status(r, call);
    leftover_add(&rest, SV("api_calls"), d, json_get(d, stats, "api_calls"), LEFTOVER_PLAIN);
    call->meta = leftover_json(r, &rest);
    return call_settle(r, call) && add_steps(r, &call->id);
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);

    if (json_get(c->doc, 0, "trajectory") == JSON_END &&
        json_get(c->doc, 0, "history") == JSON_END) {
        *skipped_kind = SV("no trajectory");
        return LINE_SKIPPED;
    }
    if (add_call(&r))
        return LINE_RECORDS;
    batch_rewind(c->out, mark);
    return LINE_BAD;
}

const struct format format_swe_agent = {
    .name = "swe-agent",
    .summary = "trajectories of SWE-agent (.traj): one call that stands for all of a run",
    .claims = claims,
    .read = read,
};
