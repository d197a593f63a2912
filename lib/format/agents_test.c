/* The traps of session files and of gateways' rows: a few lines in, their calls and tool calls out.
 * Wanted values are worked out by hand from the lines. */
#include <criterion/criterion.h>

#include "format/call_rules.h"
#include "format/dump_testing.h"
#include "format/readers.h"

static void add_number(struct buf *b, const struct call_record *c, enum call_field f)
{
    if (record_has(c, f))
        buf_printf(b, " %lld", (long long)record_num(c, f));
    else
        buf_str(b, " -");
}

/* A call as "model in out read write reasoning nusd status", a tool call as "tool name status us";
 * a semicolon behind each. */
static struct buf summary_of(const struct batch *batch)
{
    static const enum call_field fields[] = {F_INPUT_TOKENS,
                                             F_OUTPUT_TOKENS,
                                             F_CACHE_READ_TOKENS,
                                             F_CACHE_WRITE_TOKENS,
                                             F_REASONING_TOKENS,
                                             F_COST_GIVEN_NUSD,
                                             F_STATUS};
    struct buf b = {0};

    buf_str(&b, "");
    for (size_t i = 0; i < batch->n_calls; i++) {
        const struct call_record *c = &batch->calls[i];

        buf_printf(&b, "%.*s", SV_FMT(c->dim[F_REQUEST_MODEL]));
        for (size_t f = 0; f < ARRAY_LEN(fields); f++)
            add_number(&b, c, fields[f]);
        buf_str(&b, ";");
    }
    for (size_t i = 0; i < batch->n_tools; i++) {
        const struct tool_record *t = &batch->tools[i];

        buf_printf(&b, "tool %.*s", SV_FMT(t->tool_name));
        buf_printf(&b, t->status.known ? " %lld" : " -", (long long)t->status.v);
        buf_printf(&b, t->latency_us.known ? " %lld;" : " -;", (long long)t->latency_us.v);
    }
    return b;
}

static void read_lines(struct probe *p, const char *const *lines)
{
    for (size_t i = 0; lines[i]; i++)
        cr_expect(probe_line(p, lines[i]) != LINE_BAD, "%s: %s", lines[i], p->err.msg);
}

#define CODEX(time, type, payload)                                                                 \
    "{\"timestamp\":\"2026-03-01T" time "Z\",\"type\":\"" type "\",\"payload\":{" payload "}}"
#define META(time, rest) CODEX(time, "session_meta", rest)
#define MODEL(time, model) CODEX(time, "turn_context", "\"model\":\"" model "\"")
#define EVENT(time, rest) CODEX(time, "event_msg", rest)
#define COUNTS(time, info) EVENT(time, "\"type\":\"token_count\",\"info\":{" info "}")
#define USAGE(in, cached, out, reasoning, total)                                                   \
    "{\"input_tokens\":" #in ",\"cached_input_tokens\":" #cached ",\"output_tokens\":" #out        \
    ",\"reasoning_output_tokens\":" #reasoning ",\"total_tokens\":" #total "}"
#define TOTAL "\"total_token_usage\":"
#define LAST ",\"last_token_usage\":"

#define PI(rest)                                                                                   \
    "{\"type\":\"message\",\"timestamp\":\"2026-03-01T08:00:00Z\",\"message\":{" rest "}}"
#define PI_USAGE(in, out, read, write)                                                             \
    "\"usage\":{\"input\":" #in ",\"output\":" #out ",\"cacheRead\":" #read                        \
    ",\"cacheWrite\":" #write "}"

#define GEMINI(id, tokens)                                                                         \
    "{\"id\":\"" id "\",\"timestamp\":\"2026-03-01T08:00:00Z\",\"type\":\"gemini\","               \
    "\"model\":\"g\",\"content\":\"\",\"tokens\":" tokens "}"

#define GATEWAY(rest)                                                                              \
    "{\"id\":\"c\",\"call_type\":\"completion\",\"custom_llm_provider\":\"p\",\"model\":\"m\","    \
    "\"startTime\":1772352000,\"endTime\":1772352002,\"status\":\"success\"," rest "}"

/* clang-format off */
static const struct {
    const char *name;
    const char *lines[10];
    const char *want;
} cases[] = {
    {"codex: counts told again are no call",
     {META("08:00:00", "\"id\":\"a\""), MODEL("08:00:00", "m"),
      COUNTS("08:00:09", TOTAL USAGE(10, 4, 6, 5, 16) LAST USAGE(10, 4, 6, 5, 16)),
      COUNTS("08:00:10", TOTAL USAGE(10, 4, 6, 5, 16) LAST USAGE(10, 4, 6, 5, 16)),
      EVENT("08:00:11", "\"type\":\"token_count\",\"info\":null"),
      COUNTS("08:00:12", "\"prompt\":1420,\"completion\":910")},
     "m 10 6 4 - 5 - 0;"},
    {"codex: without the last usage it is the difference; smaller totals begin anew",
     {COUNTS("08:00:09", TOTAL USAGE(10, 4, 6, 5, 16)),
      COUNTS("08:00:10", TOTAL USAGE(110, 54, 26, 15, 136)),
      COUNTS("08:00:11", TOTAL USAGE(50, 0, 7, 2, 57))},
     " 10 6 4 - 5 - 0; 100 20 50 - 10 - 0; 50 7 0 - 2 - 0;"},
    {"codex: the last usage counts where it is there, and not what the totals make of it",
     {COUNTS("08:00:09", TOTAL USAGE(10, 4, 6, 5, 16) LAST USAGE(7, 3, 2, 1, 9))},
     " 7 2 3 - 1 - 0;"},
    {"codex: a model is that of the turn",
     {MODEL("08:00:00", "m1"),
      COUNTS("08:00:09", TOTAL USAGE(1, 0, 1, 0, 2) LAST USAGE(1, 0, 1, 0, 2)),
      MODEL("08:00:10", "m2"),
      COUNTS("08:00:19", TOTAL USAGE(2, 0, 2, 0, 4) LAST USAGE(1, 0, 1, 0, 2))},
     "m1 1 1 0 - 0 - 0;m2 1 1 0 - 0 - 0;"},
    {"codex: a fork repeats its parent's counts, now or in their old time",
     {META("09:00:00", "\"id\":\"b\",\"forked_from_id\":\"a\""), META("08:00:00", "\"id\":\"a\""),
      COUNTS("08:00:09", TOTAL USAGE(1, 0, 1, 0, 2) LAST USAGE(1, 0, 1, 0, 2)),
      COUNTS("09:00:00.5", TOTAL USAGE(3, 0, 3, 0, 6) LAST USAGE(2, 0, 2, 0, 4)),
      CODEX("09:00:00.6", "response_item",
            "\"type\":\"function_call\",\"name\":\"x\",\"call_id\":\"1\""),
      COUNTS("09:00:07", TOTAL USAGE(8, 0, 7, 0, 15) LAST USAGE(5, 0, 4, 0, 9))},
     " 5 4 0 - 0 - 0;"},
    {"codex: a fork does so too when it does not say whose history follows",
     {META("09:00:00", "\"id\":\"b\",\"forked_from_id\":\"a\""),
      COUNTS("09:00:00.5", TOTAL USAGE(3, 0, 3, 0, 6) LAST USAGE(2, 0, 2, 0, 4)),
      COUNTS("09:00:07", TOTAL USAGE(8, 0, 7, 0, 15) LAST USAGE(5, 0, 4, 0, 9))},
     " 5 4 0 - 0 - 0;"},
    {"codex: a subagent's file repeats a foreign history too, and what follows is its own",
     {META("09:00:00", "\"id\":\"b\",\"source\":{\"subagent\":{}}"),
      META("08:00:00", "\"id\":\"a\""),
      COUNTS("09:00:00.1", TOTAL USAGE(1, 0, 1, 0, 2) LAST USAGE(1, 0, 1, 0, 2)),
      COUNTS("09:00:07", TOTAL USAGE(8, 0, 7, 0, 15) LAST USAGE(7, 0, 6, 0, 13)),
      COUNTS("08:59:07", TOTAL USAGE(9, 0, 8, 0, 17) LAST USAGE(1, 0, 1, 0, 2))},
     " 7 6 0 - 0 - 0; 1 1 0 - 0 - 0;"},
    {"codex: two sessions in one file are two sessions",
     {META("08:00:00", "\"id\":\"a\""), MODEL("08:00:00", "m"),
      COUNTS("08:00:09", TOTAL USAGE(5, 0, 5, 0, 10)), META("09:00:00", "\"id\":\"b\""),
      COUNTS("09:00:00.5", TOTAL USAGE(5, 0, 5, 0, 10))},
     "m 5 5 0 - 0 - 0; 5 5 0 - 0 - 0;"},
    {"codex: how tool calls end",
     {CODEX("08:00:01", "response_item",
            "\"type\":\"custom_tool_call\",\"name\":\"apply_patch\",\"call_id\":\"1\""),
      EVENT("08:00:02", "\"type\":\"patch_apply_end\",\"call_id\":\"1\",\"success\":false"),
      CODEX("08:00:03", "response_item", "\"type\":\"web_search_call\",\"id\":\"2\""),
      EVENT("08:00:04", "\"type\":\"mcp_tool_call_end\",\"call_id\":\"3\",\"duration\":"
                        "{\"secs\":1,\"nanos\":2999},\"result\":{\"Ok\":{\"isError\":true}}"),
      EVENT("08:00:05", "\"type\":\"exec_command_end\",\"call_id\":\"4\",\"exit_code\":0,"
                        "\"source\":\"user_shell\""),
      EVENT("08:00:06", "\"type\":\"mcp_tool_call_end\",\"call_id\":\"5\",\"result\":"
                        "{\"Err\":\"no\"}"),
      EVENT("08:00:06", "\"type\":\"exec_command_end\",\"call_id\":\"6\",\"exit_code\":0")},
     "tool apply_patch - -;tool  1 -;tool web_search - -;tool  1 1000002;tool  1 -;tool  0 -;"},
    {"codex: a session that does not say when it began",
     {"{\"type\":\"session_meta\",\"payload\":{\"id\":\"b\",\"forked_from_id\":\"a\"}}",
      COUNTS("09:00:00.5", TOTAL USAGE(3, 0, 3, 0, 6) LAST USAGE(2, 0, 2, 0, 4))},
     " 2 2 0 - 0 - 0;"},
    {"codex: turns that sum their calls are no calls",
     {EVENT("08:00:05", "\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":1420}")},
     ""},

    {"pi: cached input is counted apart",
     {PI("\"role\":\"assistant\",\"model\":\"m\",\"stopReason\":\"stop\","
         PI_USAGE(4, 50, 1000, 200))},
     "m 1204 50 1000 200 - - 0;"},
    {"pi: an aborted call is cancelled, and what people write is no call",
     {PI("\"role\":\"assistant\",\"model\":\"m\",\"stopReason\":\"aborted\"," PI_USAGE(0, 0, 0, 0)),
      PI("\"role\":\"user\"," PI_USAGE(1, 1, 1, 1))},
     "m 0 0 0 0 - - 2;"},
    {"pi: the model of the session where the message has none",
     {"{\"type\":\"session\",\"id\":\"s\",\"cwd\":\"/x\",\"modelId\":\"m1\"}",
      PI("\"role\":\"assistant\"," PI_USAGE(1, 1, 0, 0)),
      "{\"type\":\"model_change\",\"modelId\":\"m2\"}",
      PI("\"role\":\"assistant\"," PI_USAGE(1, 2, 0, 0))},
     "m1 1 1 0 0 - - 0;m2 1 2 0 0 - - 0;"},

    {"gemini: thoughts are outside the output, what tools put in is outside the input",
     {GEMINI("1", "{\"input\":100,\"output\":10,\"cached\":60,\"thoughts\":7,\"tool\":3}")},
     "g 103 17 60 - 7 - 0;"},
    {"gemini: a running message has no counts yet", {GEMINI("1", "null")}, ""},
    {"gemini: what is taken back was paid",
     {GEMINI("1", "{\"input\":1,\"output\":1}"), "{\"$rewindTo\":\"0\"}"},
     "g 1 1 - - - - 0;"},
    {"gemini: a change may hold messages",
     {"{\"$set\":{\"messages\":[" GEMINI("1", "{\"input\":1,\"output\":1}") "]}}"},
     "g 1 1 - - - - 0;"},

    {"swe-agent: the cost of the instance, not of all that ran before; commands, not what they say",
     {"{\"info\":{\"model_stats\":{\"instance_cost\":0.5,\"total_cost\":9,\"tokens_sent\":3,"
      "\"tokens_received\":2,\"api_calls\":4}},\"trajectory\":[{\"action\":\"edit a b\","
      "\"execution_time\":0.5},{\"action\":\"rm secret\"},{\"action\":\"edits\"},"
      "{\"action\":\"\"}]}"},
     " 3 2 - - - 500000000 -;tool edit - 500000;tool bash - -;tool bash - -;"},

    {"litellm: a cost of nothing is unknown where no price was found, and right from the cache",
     {GATEWAY("\"prompt_tokens\":5,\"completion_tokens\":6,\"response_cost\":0.0,"
              "\"response_cost_failure_debug_info\":{\"error_str\":\"x\"}"),
      GATEWAY("\"prompt_tokens\":5,\"completion_tokens\":6,\"response_cost\":0.0,"
              "\"response_cost_failure_debug_info\":null"),
      GATEWAY("\"prompt_tokens\":5,\"completion_tokens\":6,\"response_cost\":0.0,"
              "\"cache_hit\":\"True\",\"response_cost_failure_debug_info\":{\"error_str\":\"x\"}")},
     "m 5 6 - - - - 0;m 5 6 - - - 0 0;m 5 6 - - - 0 0;"},
    {"litellm: cached tokens are in the input, of Anthropic's calls too",
     {GATEWAY("\"prompt_tokens\":500,\"completion_tokens\":6,\"response_cost\":0.1,"
              "\"total_tokens\":506,"
              "\"response\":{\"usage\":{\"prompt_tokens\":500,\"completion_tokens\":6,"
              "\"cache_read_input_tokens\":400,\"cache_creation_input_tokens\":50}}")},
     "m 500 6 400 50 - 100000000 0;"},
    {"litellm: a failed call has no tokens",
     {"{\"call_type\":\"completion\",\"custom_llm_provider\":\"p\",\"status\":\"failure\","
      "\"prompt_tokens\":0,\"completion_tokens\":0,\"response_cost\":0}"},
     " - - - - - - 1;"},
    {"helicone: the total says, where there is one, how Anthropic's cached tokens were counted",
     {"{\"request_id\":1,\"request_created_at\":\"2026-03-01\",\"response_status\":200,"
      "\"provider\":\"ANTHROPIC\",\"prompt_tokens\":10,\"completion_tokens\":5,"
      "\"prompt_cache_read_tokens\":4,\"total_tokens\":19}",
      "{\"request_id\":2,\"request_created_at\":\"2026-03-01\",\"response_status\":200,"
      "\"provider\":\"ANTHROPIC\",\"prompt_tokens\":10,\"completion_tokens\":5,"
      "\"prompt_cache_read_tokens\":4,\"total_tokens\":15}",
      "{\"request_id\":3,\"request_created_at\":\"2026-03-01\",\"response_status\":200,"
      "\"provider\":\"OPENAI\",\"prompt_tokens\":10,\"completion_tokens\":5,"
      "\"prompt_cache_read_tokens\":4}",
      "{\"request_id\":4,\"request_created_at\":\"2026-03-01\",\"response_status\":200,"
      "\"provider\":\"ANTHROPIC\",\"prompt_tokens\":10,\"completion_tokens\":5,"
      "\"prompt_cache_read_tokens\":4}"},
     " 14 5 4 - - - 0; 10 5 4 - - - 0; 10 5 4 - - - 0; 14 5 4 - - - 0;"},
};
/* clang-format on */

Test(agents, traps)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        struct buf got;

        read_lines(&p, cases[i].lines);
        got = summary_of(&p.batch);
        cr_expect_str_eq(got.p, cases[i].want, "%s: got %s", cases[i].name, got.p);
        buf_release(&got);
        probe_release(&p);
    }
}

/* What else these lines say. */
/* clang-format off */
static const struct {
    const char *name;
    const char *lines[6];
    const char *want;
} told[] = {
    {"codex: a call knows its session",
     {META("08:00:00", "\"id\":\"a\",\"session_id\":\"s\",\"cwd\":\"/x/shop\",\"model_provider\":"
      "\"openai\""),
      COUNTS("08:00:09", TOTAL USAGE(10, 4, 6, 5, 16))},
     "id=[\"codex\",\"a:10-4-0-6-5-16\"] session_id=s project=shop provider=openai agent=main "
     "operation=chat !flags "
     "started_us=1772352009000000 !latency_us status=0"},
    {"codex: whose id is the thread's where it has none",
     {META("08:00:00", "\"id\":\"a\""), COUNTS("08:00:09", TOTAL USAGE(10, 4, 6, 5, 16))},
      "session_id=a"},
    {"codex: a turn may be somewhere else",
     {META("08:00:00", "\"id\":\"a\",\"cwd\":\"/x/shop\""), CODEX("08:00:01", "turn_context",
      "\"cwd\":\"/x/mill\""),
      COUNTS("08:00:09", TOTAL USAGE(10, 4, 6, 5, 16))},
     "project=mill"},
    {"codex: a subagent's calls",
     {META("08:00:00", "\"id\":\"a\",\"source\":{\"subagent\":{}}"), COUNTS("08:00:09", TOTAL
      USAGE(10, 4, 6, 5, 16))},
     "agent=a flags=16"},
    {"codex: what was written to the cache",
     {COUNTS("08:00:09", TOTAL "{\"input_tokens\":10,\"cache_write_input_tokens\":"
      "3,\"output_tokens\":6}")},
     "cache_write_tokens=3 input_tokens=10"},
    {"codex: counts of which some are not told",
     {COUNTS("08:00:09", TOTAL "{\"input_tokens\":10,\"output_tokens\":6}"),
      COUNTS("08:00:10", TOTAL "{\"input_tokens\":12,\"output_tokens\":"
      "9,\"reasoning_output_tokens\":1}")},
     "#call=2 input_tokens=10 input_tokens=2 output_tokens=3 reasoning_tokens=1"},
    {"codex: a session that says once more that it is one goes on",
     {META("08:00:00", "\"id\":\"a\""), COUNTS("08:00:09", TOTAL USAGE(10, 4, 6, 5, 16)),
      META("09:00:00", "\"id\":\"a\""), COUNTS("09:00:09", TOTAL USAGE(10, 4, 6, 5, 16))},
     "#call=1"},
    {"codex: whose name a tool has",
     {CODEX("08:00:01", "response_item", "\"type\":\"tool_call\",\"id\":\"1\",\"function\":{"
      "\"name\":\"a\"}"),
      CODEX("08:00:01", "response_item", "\"type\":\"local_shell_call\",\"id\":\"2\""),
      CODEX("08:00:01", "response_item", "\"type\":\"tool_search_call\",\"call_id\":\"3\",\"id\":"
      "\"4\""),
      CODEX("08:00:01", "response_item", "\"type\":\"function_call\",\"call_id\":\"5\",\"name\":"
      "\"b\","
                                         "\"function\":{\"name\":\"c\"}")},
     "#tool=4 tool.tool_name=a tool.id=[\"tool\",\"1\"] tool.tool_name=local_shell "
     "tool.tool_name=tool_search "
     "tool.id=[\"tool\",\"3\"] tool.tool_name=b tool.started_us=1772352001000000"},
    {"codex: what a tool gave back is its end",
     {CODEX("08:00:01", "response_item", "\"type\":\"function_call_output\",\"call_id\":\"1\""),
      CODEX("08:00:02", "response_item", "\"type\":\"custom_tool_call_output\",\"call_id\":\"2\""),
      CODEX("08:00:03", "response_item", "\"type\":\"function_call_output\""),
      CODEX("08:00:03", "response_item", "\"type\":\"message\",\"id\":\"3\"")},
     "#tool=2 tool.ended_us=1772352001000000 tool.ended_us=1772352002000000 !tool.status"},
    {"codex: an end that is of no call", {EVENT("08:00:02", "\"type\":\"patch_apply_end\","
     "\"success\":true")}, "#tool=0"},
    {"codex: an end that says how it was",
     {EVENT("08:00:02", "\"type\":\"patch_apply_end\",\"call_id\":\"1\",\"success\":true"),
      EVENT("08:00:02", "\"type\":\"mcp_tool_call_end\",\"call_id\":\"2\",\"result\":{\"Ok\":{}}")},
     "#tool=2 tool.status=0 !tool.status=1"},
    {"codex: an end that does not",
     {EVENT("08:00:02", "\"type\":\"mcp_tool_call_end\",\"call_id\":\"3\""),
      EVENT("08:00:02", "\"type\":\"agent_message\",\"call_id\":\"4\"")},
     "#tool=1 !tool.status"},

    {"gemini: a tool that a message asked for",
     {"{\"sessionId\":\"s\",\"projectHash\":\"h\",\"messages\":[{\"id\":\"1\",\"type\":\"gemini\","
      "\"model\":\"g\","
      "\"timestamp\":\"2026-03-01T08:00:00Z\",\"tokens\":{\"input\":1},\"toolCalls\":[{\"id\":"
      "\"t\",\"name\":\"ls\","
      "\"status\":\"error\",\"timestamp\":\"2026-03-01T08:00:01Z\"}]}]}"},
     "#call=1 session_id=s tool.id=[\"tool\",\"s:t\"] tool.tool_name=ls tool.status=1 "
     "tool.call=[\"gemini-cli\",\"s:1\"]"},
    {"gemini: and one of a message without counts is of no call",
     {"{\"sessionId\":\"s\",\"projectHash\":\"h\",\"messages\":[{\"id\":\"1\",\"type\":\"gemini\","
      "\"model\":\"g\","
      "\"timestamp\":\"2026-03-01T08:00:00Z\",\"tokens\":null,\"toolCalls\":[{\"id\":\"t\","
      "\"name\":\"ls\"}]},"
      "{\"id\":\"2\",\"type\":\"user\",\"timestamp\":\"2026-03-01T08:00:00Z\",\"tokens\":{"
      "\"input\":1}}]}"},
     "#call=0 #tool=1 !tool.call"},

    {"swe-agent: a run that ended well",
     {"{\"trajectory\":[],\"info\":{\"exit_status\":\"submitted (exit_cost)\"}}"},
     "status=0 flags=8 id=line"},
    {"swe-agent: one that broke", {"{\"trajectory\":[],\"info\":{\"exit_status\":\"exit_error\"}}"},
     "status=1 error_kind=exit_error"},
    {"swe-agent: at the model", {"{\"trajectory\":[],\"info\":{\"exit_status\":\"exit_api\"}}"},
     "status=1"},
    {"swe-agent: around it",
     {"{\"trajectory\":[],\"info\":{\"exit_status\":\"exit_environment_error\"}}"}, "status=1"},

    {"pi: the model that answered",
     {PI("\"role\":\"assistant\",\"model\":\"m\",\"responseModel\":\"m-1\",\"provider\":\"p\","
      "\"stopReason\":\"toolUse\","
         "\"content\":[{\"type\":\"text\"},{\"type\":\"toolCall\",\"id\":\"t\",\"name\":\"ls\"}],"
         "\"usage\":{\"input\":1,\"output\":2,\"cost\":{\"total\":0.000225}}")},
     "request_model=m response_model=m-1 provider=p finish_reason=tool_calls "
     "cost_given_nusd=225000 "
     "#tool=1 tool.id=[\"tool\",\"t\"] tool.tool_name=ls tool.call=line"},
    {"pi: an error", {PI("\"role\":\"assistant\",\"stopReason\":\"error\",\"errorMessage\":\"timed "
     "out\"," PI_USAGE(0, 0, 0, 0))},
     "status=1 error_kind=timeout !input_tokens"},
    {"pi: how a tool ended",
     {PI("\"role\":\"toolResult\",\"toolCallId\":\"t\",\"toolName\":\"ls\",\"isError\":true"),
      PI("\"role\":\"toolResult\",\"toolCallId\":\"u\",\"toolName\":\"rm\",\"isError\":false")},
     "#tool=2 tool.tool_name=ls tool.status=1 tool.tool_name=rm tool.status=0"},
};
/* clang-format on */

Test(agents, what_else_lines_say)
{
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        struct probe p = {0};
        const char *lacks = NULL;

        read_lines(&p, told[i].lines);
        lacks = dump_lacks(&p.batch, told[i].want);
        cr_expect(!lacks, "%s: %s", told[i].name, lacks);
        probe_release(&p);
    }
}

/* Lines that give no record are counted by what they are. */
Test(agents, kinds_of_lines_that_are_skipped)
{
    static const char *const lines[][4] = {
        {META("08:00:00", "\"id\":\"a\""), "codex", "session_meta"},
        {EVENT("08:00:00", "\"type\":\"token_count\",\"info\":null"), "codex", "token_count"},
        {EVENT("08:00:00", "\"type\":\"agent_message\""), "codex", "event_msg"},
        {CODEX("08:00:00", "response_item", "\"type\":\"message\""), "codex", "response_item"},
        {"{\"type\":\"turn.started\"}", "codex-exec", "turn.started"},
        {"{\"type\":\"item.completed\",\"item\":{\"type\":\"agent_message\"}}", "codex-exec",
         "item.completed"},
        {"{\"resource\":{},\"scopeMetrics\":[]}", "gemini-telemetry", "metric"},
        {"{\"_spanContext\":{},\"attributes\":{}}", "gemini-telemetry", "span"},
        {"{\"hrTime\":[1,2],\"attributes\":{\"event.name\":\"gemini_cli.config\"}}",
         "gemini-telemetry", "gemini_cli.config"},
        {"{\"$set\":{\"a\":1}}", "gemini-cli", "$set"},
        {"{\"$rewindTo\":\"1\"}", "gemini-cli", "$rewindTo"},
        {"{\"sessionId\":\"s\",\"projectHash\":\"h\"}", "gemini-cli", "session"},
        {"{\"id\":\"1\",\"timestamp\":\"t\",\"type\":\"info\",\"content\":\"\"}", "gemini-cli",
         "info"},
        {"{\"id\":\"1\",\"timestamp\":\"t\",\"type\":\"warning\",\"content\":\"\"}", "gemini-cli",
         "warning"},
        {"{\"id\":\"1\",\"timestamp\":\"t\",\"type\":\"error\",\"content\":\"\"}", "gemini-cli",
         "error"},
        {"{\"id\":\"1\",\"timestamp\":7,\"type\":\"info\",\"content\":\"\"}", NULL},
        {"{\"id\":\"1\",\"timestamp\":\"t\",\"type\":\"info\"}", NULL},
        {"{\"id\":1,\"timestamp\":\"t\",\"type\":\"info\",\"content\":\"\"}", NULL},
        {PI("\"role\":\"user\""), "pi", "message"},
        {"{\"type\":\"branch_summary\",\"fromId\":\"1\"}", "pi", "branch_summary"},
        {"{\"type\":\"session_info\",\"parentId\":\"1\"}", "pi", "session_info"},
        {"{\"type\":\"label\",\"targetId\":\"1\"}", "pi", "label"},
        {"{\"type\":\"custom\",\"customType\":\"1\"}", "pi", "custom"},
        {"{\"type\":\"custom_message\",\"customType\":\"1\"}", "pi", "custom_message"},
        {"{\"type\":\"compaction\",\"tokensBefore\":1}", "pi", "compaction"},
        {"{\"type\":\"compaction\"}", NULL},
        {"{\"type\":\"message\",\"message\":{\"role\":\"user\"}}", NULL},
        {"{\"type\":\"session\",\"version\":3}", NULL},
    };

    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct probe p = {0};
        enum line_outcome outcome = probe_line(&p, lines[i][0]);

        cr_expect_str_eq(p.format ? p.format->name : "", lines[i][1] ? lines[i][1] : "", "%s",
                         lines[i][0]);
        cr_expect(!p.format || (outcome == LINE_SKIPPED && sv_is(p.skipped, lines[i][2])),
                  "%s: %.*s", lines[i][0], SV_FMT(p.skipped));
        probe_release(&p);
    }
}

/* The file of a fork: its parent's history is skipped as what it is. */
Test(agents, a_replay_is_counted_as_one)
{
    static const char *const lines[] = {
        META("09:00:00", "\"id\":\"b\",\"forked_from_id\":\"a\""),
        COUNTS("09:00:00.5", TOTAL USAGE(3, 0, 3, 0, 6)), NULL};
    struct probe p = {0};

    read_lines(&p, lines);
    cr_expect(sv_is(p.skipped, "replay"), "%.*s", SV_FMT(p.skipped));
    probe_release(&p);
}

/* Cases of two lines or files, and whether their calls are one. */
/* clang-format off */
static const struct {
    const char *name;
    const char *first[4], *second[4];
    bool one;
} pairs[] = {
    {"codex: an event of the parent, told again in a fork whose beginning is not known",
     {META("08:00:00", "\"id\":\"a\""), COUNTS("08:00:09", TOTAL USAGE(5, 0, 5, 0, 10))},
     {"{\"timestamp\":\"[trimmed]\",\"type\":\"session_meta\",\"payload\":{\"id\":\"b\","
      "\"forked_from_id\":\"a\"}}",
      COUNTS("09:00:09", TOTAL USAGE(5, 0, 5, 0, 10))},
     true},
    {"codex: equal counts of two threads",
     {META("08:00:00", "\"id\":\"a\""), COUNTS("08:00:09", TOTAL USAGE(5, 0, 5, 0, 10))},
     {META("08:00:00", "\"id\":\"b\""), COUNTS("08:00:09", TOTAL USAGE(5, 0, 5, 0, 10))},
     false},
    {"codex: other counts of one thread",
     {META("08:00:00", "\"id\":\"a\""), COUNTS("08:00:09", TOTAL USAGE(5, 0, 5, 0, 10))},
     {META("08:00:00", "\"id\":\"a\""), COUNTS("08:00:09", TOTAL USAGE(5, 0, 5, 1, 10))},
     false},
    {"gemini: a message that changed is written again",
     {"{\"sessionId\":\"s\",\"projectHash\":\"h\"}", GEMINI("1", "{\"input\":1,\"output\":1}")},
     {"{\"sessionId\":\"s\",\"projectHash\":\"h\"}", GEMINI("1", "{\"input\":1,\"output\":9}")},
     true},
    {"gemini: messages of two sessions have the same ids",
     {"{\"sessionId\":\"s\",\"projectHash\":\"h\"}", GEMINI("1", "{\"input\":1,\"output\":1}")},
     {"{\"sessionId\":\"t\",\"projectHash\":\"h\"}", GEMINI("1", "{\"input\":1,\"output\":1}")},
     false},
    {"pi: a branch repeats the lines of the session it came from",
     {"{\"type\":\"session\",\"id\":\"s\",\"cwd\":\"/x\",\"version\":1}",
      PI("\"role\":\"assistant\"," PI_USAGE(1, 1, 0, 0))},
     {"{\"type\":\"session\",\"id\":\"t\",\"cwd\":\"/x\",\"version\":1}",
      PI("\"role\":\"assistant\"," PI_USAGE(1, 1, 0, 0))},
     true},
    {"braintrust: a row that was changed later",
     {"{\"id\":\"1\",\"_xact_id\":\"1\",\"span_id\":\"b\",\"root_span_id\":\"a\",\"metrics\":{},"
      "\"span_attributes\":{\"type\":\"llm\"}}"},
     {"{\"id\":\"1\",\"_xact_id\":\"2\",\"span_id\":\"b\",\"root_span_id\":\"a\",\"metrics\":{},"
      "\"span_attributes\":{\"type\":\"llm\"},\"created\":\"2026-03-01T08:00:00Z\"}"},
     true},
    {"litellm: a call in the payloads and in the table of spending",
     {"{\"id\":\"c-1\",\"call_type\":\"completion\",\"custom_llm_provider\":\"p\","
      "\"response_cost\":1}"},
     {"{\"request_id\":\"c-1\",\"call_type\":\"completion\",\"spend\":1,\"startTime\":1}"},
     true},
};
/* clang-format on */

static uint64_t key_of(const char *const *lines)
{
    struct probe p = {0};
    uint64_t key = 0;

    read_lines(&p, lines);
    cr_assert_eq(p.batch.n_calls, 1);
    key = identity_key(&p.batch.calls[0].id);
    probe_release(&p);
    return key;
}

Test(agents, identities)
{
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
        cr_expect_eq(key_of(pairs[i].first) == key_of(pairs[i].second), pairs[i].one, "%s",
                     pairs[i].name);
}

/* A line that cannot be read adds nothing and says why. */
/* clang-format off */
static const struct {
    const char *line, *message;
} unreadable[] = {
    {"{\"timestamp\":\"[trimmed]\",\"type\":\"event_msg\",\"payload\":{\"type\":\"token_count\","
     "\"info\":{" TOTAL USAGE(1, 0, 1, 0, 2) "}}}",
     "timestamp: expected a time, found \"[trimmed]\""},
    {COUNTS("08:00:00", TOTAL "{\"input_tokens\":\"x\"}"),
     "info.total_token_usage.input_tokens: expected a whole number, found \"x\""},
    {COUNTS("08:00:00", TOTAL "{\"input_tokens\":1}" LAST "{\"output_tokens\":-1}"),
     "info.last_token_usage.output_tokens: expected a whole number >= 0, found -1"},
    {PI("\"role\":\"assistant\"," PI_USAGE(9223372036854775807, 1, 1, 0)),
     "message.usage: expected a sum below 2^63"},
    {PI("\"role\":\"assistant\"," PI_USAGE([], 1, 1, 0)),
     "message.usage.input: expected a whole number, found an array"},
    {GEMINI("1", "{\"input\":9223372036854775807,\"tool\":1}"),
     "tokens: expected a sum below 2^63"},
    {GEMINI("1", "{\"input\":true}"), "tokens.input: expected a whole number, found true"},
    {"{\"trajectory\":[{\"action\":\"x\",\"execution_time\":-1}],\"info\":{}}",
     "trajectory.execution_time: expected a duration >= 0, found -1"},
    {GATEWAY("\"response_cost\":\"much\""),
     "response_cost: expected an amount in dollars, found \"much\""},
    {"{\"request_id\":1,\"request_created_at\":\"x\",\"response_status\":200}",
     "request_created_at: expected a time, found \"x\""},
    {"{\"span_attributes\":{},\"root_span_id\":null,\"metrics\":{}}",
     "root_span_id: expected an id, found null"},
    {"{\"datetime_utc\":\"2026-03-01\",\"duration_ms\":\"long\",\"conversation_id\":\"c\"}",
     "duration_ms: expected a duration >= 0, found \"long\""},
};
/* clang-format on */

Test(agents, lines_that_cannot_be_read)
{
    for (size_t i = 0; i < ARRAY_LEN(unreadable); i++) {
        struct probe p = {0};

        cr_expect_eq(probe_line(&p, unreadable[i].line), LINE_BAD, "%s", unreadable[i].line);
        cr_expect_str_eq(p.err.msg, unreadable[i].message, "%s: %s", unreadable[i].line, p.err.msg);
        cr_expect_eq(batch_size(&p.batch), 0);
        cr_expect(p.bad_field.n > 0 && sv_starts(sv_from(unreadable[i].message), p.bad_field.p));
        probe_release(&p);
    }
}

Test(agents, without_a_memory_a_line_speaks_for_itself)
{
    static const char line[] = COUNTS("08:00:09", TOTAL USAGE(5, 0, 5, 0, 10));
    struct probe p = {0};
    struct line_context c = {
        .doc = &p.doc, .out = &p.batch, .line_hash = {1, 2}
    };

    cr_assert(json_parse(&p.doc, line, sizeof(line) - 1, NULL) == OK);
    for (int i = 0; i < 2; i++)
        cr_expect_eq(format_codex.read(&c, &p.skipped, &p.bad_field, &p.err), LINE_RECORDS);
    cr_assert_eq(p.batch.n_calls, 2);
    cr_expect(p.batch.calls[0].id.kind == ID_LINE && p.batch.calls[1].id.kind == ID_LINE);
    probe_release(&p);
}

/* Only texts that may be stored stay in the memory, and it stays small. */
Test(agents, what_the_memory_holds_is_bounded)
{
    struct probe p = {0};
    struct buf line = {0};

    buf_str(&line, "{\"type\":\"session\",\"cwd\":\"/x/");
    for (int i = 0; i < 5000; i++)
        buf_str(&line, "abcdefghij");
    buf_str(&line, "\",\"version\":1,\"id\":\"a\\u001b[31m\"}");
    cr_assert_eq(probe_as(&p, NULL, (struct sv){line.p, line.n}), LINE_SKIPPED);
    cr_expect(sv_starts(remembered(&p.memory.pi.project), "sha256:"));
    cr_expect(sv_starts(remembered(&p.memory.pi.session), "sha256:"));
    cr_expect_leq(sizeof(p.memory), 8192);
    buf_release(&line);
    probe_release(&p);
}

static const struct {
    const char *rest;
    int64_t ttft_us; /* -1: none */
} firsts[] = {
    {"\"response_cost\":0,\"stream\":true,\"completionStartTime\":1772352000.5,"
     "\"response_time\":0.25",                                               500000},
    {"\"response_cost\":0,\"stream\":true,\"completionStartTime\":1772352002",    -1    },
    {"\"response_cost\":0,\"stream\":false,\"completionStartTime\":1772352000.5", -1    },
    {"\"response_cost\":0,\"stream\":true,\"completionStartTime\":1772351999",    -1    },
    {"\"response_cost\":0,\"stream\":true,\"response_time\":0.25",                -1    },
};

Test(agents, a_gateway_has_a_first_token_only_where_the_answer_came_in_pieces)
{
    for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
        struct probe p = {0};
        struct buf line = {0};
        const struct call_record *call;

        buf_str(&line, GATEWAY(""));
        line.n -= 1;
        buf_str(&line, firsts[i].rest);
        buf_str(&line, "}");
        cr_assert_eq(probe_as(&p, NULL, (struct sv){line.p, line.n}), LINE_RECORDS, "%s", line.p);
        call = &p.batch.calls[0];
        cr_expect_eq(record_has(call, F_TIME_TO_FIRST_TOKEN_US)
                         ? record_num(call, F_TIME_TO_FIRST_TOKEN_US)
                         : -1,
                     firsts[i].ttft_us, "%s", firsts[i].rest);
        cr_expect_eq(record_num(call, F_LATENCY_US), 2000000);
        buf_release(&line);
        probe_release(&p);
    }
}

/* Zones are assumed for times without one, but not where the source is known to write UTC. */
Test(agents, times_of_gateways_are_utc)
{
    static const char *const lines[] = {
        "{\"call_type\":\"completion\",\"custom_llm_provider\":\"p\",\"response_cost\":1,"
        "\"startTime\":\"2026-03-01 08:00:00.5\"}",
        "{\"datetime_utc\":\"2026-03-01T08:00:00.5\",\"duration_ms\":1,\"conversation_id\":1}"};
    static const struct zone_step steps[] = {
        {INT64_MIN, 9 * 3600}
    };
    static const struct zone zone = {"Asia/Tokyo", steps, 1};

    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct probe p = {0};
        struct line_context c = {.doc = &p.doc, .out = &p.batch, .assume = &zone};

        cr_assert(json_parse(&p.doc, lines[i], strlen(lines[i]), NULL) == OK);
        cr_assert_eq(format_detect(&p.doc, NULL)->read(&c, &p.skipped, &p.bad_field, &p.err),
                     LINE_RECORDS);
        cr_expect_eq(record_num(&p.batch.calls[0], F_STARTED_US), 1772352000500000, "%s", lines[i]);
        cr_expect(!record_has(&p.batch.calls[0], F_FLAGS));
        probe_release(&p);
    }
}
