/* traces: made-up logs of other formats than workload's generic lines, of any size: sessions of
 * Claude Code, and OTLP traces of the GenAI conventions; the same arguments give the same bytes.
 *   traces MEBIBYTES claude-code     session lines: snapshots of messages, tools, subagents
 *   traces MEBIBYTES otlp            export requests of several traces, one a line
 *   traces MEBIBYTES otlp-document   one export request in one line
 *   traces MEBIBYTES otlp-pretty     the same over many lines */
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "made_up.h"

static uint64_t written, state = 12345;

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vprintf(format, args);
    va_end(args);
    written += n > 0 ? (uint64_t)n : 0;
}

static uint64_t next(void)
{
    return splitmix64(&state);
}

static unsigned below(unsigned n)
{
    return (unsigned)(next() % n);
}

/* ---- Claude Code ------------------------------------------------------------------------------ */

/* As it stands in JSON: source text, of which every third line has a quote or a character of
 * several bytes. */
static const char prose[] =
    "I will look at how the parser keeps its place first, because the failing case ends inside a "
    "string. The window moves on by whole blocks, so the offset must not be taken from it.\\n\\n"
    "Then there are two ways \xE2\x80\x94 a flag on the token, or a second pass over the few strings that "
    "hold a backslash. The flag is smaller: it costs one byte that is padding today.\\n";
static const char code[] =
    "    38\xE2\x86\x92static enum err read_string(struct parser *s, struct sv *out)\\n    39\xE2\x86\x92{\\n"
    "    40\xE2\x86\x92    const char *quote = skip_plain(s, s->at + 1);\\n    41\xE2\x86\x92    if (*quote != '\\\"')\\n"
    "    42\xE2\x86\x92        return error_set(s->err, ERR_PARSE, \\\"expected %s\\\", \\\"a quote\\\");\\n"
    "    43\xE2\x86\x92    *out = (struct sv){s->at + 1, (size_t)(quote - s->at - 1)};\\n    44\xE2\x86\x92\\n";

/* About n bytes of a text that is JSON-escaped, in whole copies: no escape is cut in two. */
static void put_text(const char *text, unsigned n)
{
    for (size_t length = strlen(text), done = 0; done < n || !done; done += length)
        put("%s", text);
}

static const char *const tool_names[] = {"Read", "Bash", "Edit", "Grep", "Write", "TodoWrite"};
static const char *const session_models[] = {"claude-sonnet-4-5-20250929",
                                             "claude-opus-4-1-20250805",
                                             "claude-haiku-4-5-20251001"};

/* One session while it goes on: what its lines repeat. */
struct session {
    uint64_t id, agent, last_uuid;
    unsigned project, model, context; /* tokens in the cache so far */
    int64_t us;
    bool sidechain;
};

static void put_uuid(const char *key, uint64_t high, const char *behind)
{
    uint64_t low = high * UINT64_C(0x9E3779B97F4A7C15);

    put("\"%s\":\"%08x-%04x-4%03x-a%03x-%012" PRIx64 "\"%s", key, (unsigned)(high >> 32),
        (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff), (unsigned)(low >> 52),
        low & 0xffffffffffff, behind);
}

static void begin_line(const struct session *s)
{
    if (s->last_uuid)
        put_uuid("parentUuid", s->last_uuid, ",");
    else
        put("\"parentUuid\":null,");
    put("\"isSidechain\":%s,\"userType\":\"external\",\"cwd\":\"/home/dev/work/service-%u\",",
        s->sidechain ? "true" : "false", s->project);
    put_uuid("sessionId", s->id, ",\"version\":\"2.0.42\",\"gitBranch\":\"main\",");
    if (s->sidechain)
        put("\"agentId\":\"%08x\",", (unsigned)s->agent);
}

static void end_line(struct session *s)
{
    char when[64];

    s->us += 1000 * (200 + (int64_t)below(6000));
    s->last_uuid = next();
    civil(s->us, when, sizeof(when));
    strcpy(when + 23, "Z"); /* milliseconds */
    put_uuid("uuid", s->last_uuid, ",");
    put("\"timestamp\":\"%s\"}\n", when);
}

static void put_usage(const struct session *s, unsigned output, unsigned fresh)
{
    put("\"usage\":{\"input_tokens\":%u,\"cache_creation_input_tokens\":%u,"
        "\"cache_read_input_tokens\":%u,\"cache_creation\":{\"ephemeral_5m_input_tokens\":%u,"
        "\"ephemeral_1h_input_tokens\":0},\"output_tokens\":%u,\"service_tier\":\"standard\"}",
        2 + fresh % 9, fresh, s->context, fresh, output);
}

/* One content block of a message as a line of its own, as the program writes while it streams. */
static void put_snapshot(struct session *s, uint64_t message, uint64_t tool, unsigned output,
                         unsigned fresh, bool last)
{
    put("{");
    begin_line(s);
    put("\"message\":{\"model\":\"%s\",\"id\":\"msg_01%016" PRIx64 "\",\"type\":\"message\","
        "\"role\":\"assistant\",\"content\":[",
        session_models[s->model], message);
    if (tool) {
        put("{\"type\":\"tool_use\",\"id\":\"toolu_01%016" PRIx64 "\",\"name\":\"%s\",\"input\":{"
            "\"file_path\":\"/home/dev/work/service-%u/lib/parser.c\",\"offset\":%u,\"content\":\"",
            tool, tool_names[tool % 6], s->project, below(900));
        put_text(code, skewed(&state, 1500));
        put("\"}}");
    } else {
        put("{\"type\":\"text\",\"text\":\"");
        put_text(prose, skewed(&state, 2500));
        put("\"}");
    }
    put("],\"stop_reason\":%s,\"stop_sequence\":null,",
        !last ? "null" : tool ? "\"tool_use\"" : "\"end_turn\"");
    put_usage(s, output, fresh);
    put("},\"requestId\":\"req_011%016" PRIx64 "\",\"type\":\"assistant\",", message * 31);
    end_line(s);
}

static void put_tool_result(struct session *s, uint64_t tool)
{
    unsigned n = 200 + skewed(&state, 12000);

    put("{");
    begin_line(s);
    put("\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":[{\"tool_use_id\":\"toolu_01%016"
        PRIx64 "\",\"type\":\"tool_result\",\"content\":\"", tool);
    put_text(code, n);
    put("\"%s}]},", tool % 16 ? "" : ",\"is_error\":true");
    if (tool % 3 == 0) { /* the same text once more, for the program's own display */
        put("\"toolUseResult\":{\"type\":\"text\",\"file\":{\"filePath\":\"lib/parser.c\",\"content\":\"");
        put_text(code, n);
        put("\",\"numLines\":%u,\"startLine\":1,\"totalLines\":900}},", n / 40);
    }
    end_line(s);
}

static void put_other(struct session *s)
{
    if (below(2)) {
        put("{\"type\":\"file-history-snapshot\",");
        put_uuid("messageId", next(), ",\"snapshot\":{\"trackedFileBackups\":{}},"
                                      "\"isSnapshotUpdate\":false}\n");
        return;
    }
    put("{");
    begin_line(s);
    put("\"type\":\"system\",\"subtype\":\"stop_hook_summary\",\"content\":\"\",\"level\":\"info\",");
    end_line(s);
}

/* A message: its snapshots, of which the last one has the whole usage; then what its tools gave. */
static void put_message(struct session *s)
{
    uint64_t message = next(), tools[3];
    unsigned n_tools = below(10) < 7 ? 1 + below(10) / 8 : 0, n = n_tools + (n_tools ? below(2) : 1);
    unsigned output = 20 + skewed(&state, 3000), fresh = 100 + skewed(&state, 8000);

    for (unsigned i = 0; i < n; i++) {
        bool last = i + 1 == n;
        unsigned left = n - i;
        uint64_t tool = left <= n_tools ? tools[n_tools - left] = next() | 1 : 0;
        put_snapshot(s, message, tool, last ? output : 1 + below(8), fresh, last);
    }
    for (unsigned i = 0; i < n_tools; i++)
        put_tool_result(s, tools[i]);
    s->context += fresh + output;
}

static void put_session(void)
{
    struct session s = {.id = next(),
                        .project = skewed(&state, 40),
                        .model = skewed(&state, 3),
                        .us = MADE_UP_START_US + (int64_t)(written / 100) * 1000000};

    for (unsigned turns = 2 + skewed(&state, 30); turns; turns--) {
        put("{");
        begin_line(&s);
        put("\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"");
        put_text(prose, skewed(&state, 800));
        put("\"},");
        end_line(&s);
        s.sidechain = below(8) == 0;
        s.agent = next();
        for (unsigned messages = 1 + skewed(&state, 12); messages; messages--)
            put_message(&s);
        s.sidechain = false;
        put_other(&s);
    }
}

/* ---- OTLP ------------------------------------------------------------------------------------- */

static bool pretty;

/* A line end and an indentation in the pretty form, nothing else. */
static void nl(int depth)
{
    if (pretty)
        put("\n%*s", 2 * depth, "");
}

static bool first_attribute;

static void begin_attribute(const char *key)
{
    put("%s", first_attribute ? "" : ",");
    first_attribute = false;
    nl(10);
    put("{\"key\":\"%s\",\"value\":{", key);
}

static void text_attribute(const char *key, const char *value)
{
    begin_attribute(key);
    put("\"stringValue\":\"%s\"}}", value);
}

static void integer_attribute(const char *key, unsigned value)
{
    begin_attribute(key);
    put("\"intValue\":\"%u\"}}", value);
}

struct span {
    uint64_t trace, id, parent;
    int64_t start_us, end_us;
};

static void begin_span(const struct span *x, const char *name, int kind)
{
    nl(8);
    put("{\"traceId\":\"%016" PRIx64 "%016" PRIx64 "\",\"spanId\":\"%016" PRIx64 "\",", x->trace,
        x->trace * 31, x->id);
    if (x->parent)
        put("\"parentSpanId\":\"%016" PRIx64 "\",", x->parent);
    nl(9);
    put("\"flags\":256,\"name\":\"%s\",\"kind\":%d,\"startTimeUnixNano\":\"%" PRId64
        "123\",\"endTimeUnixNano\":\"%" PRId64 "456\",\"attributes\":[",
        name, kind, x->start_us, x->end_us);
    first_attribute = true;
}

static void end_span(bool failed)
{
    nl(9);
    put("],\"droppedAttributesCount\":0,\"events\":[],\"status\":{%s}}",
        failed ? "\"code\":2,\"message\":\"the tool did not answer in time\"" : "");
}

static const struct {
    const char *asked, *answered, *provider;
} span_models[] = {
    {"gpt-4o-mini", "gpt-4o-mini-2024-07-18", "openai"},
    {"claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "anthropic"},
    {"gemini-2.5-flash", "gemini-2.5-flash", "gcp.vertex_ai"},
};
static const char *const agents[] = {"planner", "researcher", "support", "triage", "reviewer"};

static void chat_span(const struct span *x, unsigned model, unsigned in, unsigned out)
{
    char id[64], name[64];

    snprintf(name, sizeof(name), "chat %s", span_models[model].asked);
    begin_span(x, name, 3);
    text_attribute("gen_ai.operation.name", "chat");
    text_attribute("gen_ai.provider.name", span_models[model].provider);
    text_attribute("gen_ai.request.model", span_models[model].asked);
    text_attribute("gen_ai.response.model", span_models[model].answered);
    snprintf(id, sizeof(id), "chatcmpl-%016" PRIx64, x->id * 17);
    text_attribute("gen_ai.response.id", id);
    begin_attribute("gen_ai.response.finish_reasons");
    put("\"arrayValue\":{\"values\":[{\"stringValue\":\"%s\"}]}}}", x->id % 3 ? "stop" : "tool_calls");
    integer_attribute("gen_ai.usage.input_tokens", in);
    integer_attribute("gen_ai.usage.output_tokens", out);
    integer_attribute("gen_ai.request.max_tokens", 4096);
    begin_attribute("gen_ai.request.temperature");
    put("\"doubleValue\":0.2}}");
    text_attribute("server.address", "api.example.com");
    integer_attribute("server.port", 443);
    end_span(false);
}

static void http_span(const struct span *x)
{
    begin_span(x, "POST", 3);
    text_attribute("http.request.method", "POST");
    text_attribute("url.full", "https://api.example.com/v1/chat/completions");
    text_attribute("server.address", "api.example.com");
    integer_attribute("http.response.status_code", 200);
    text_attribute("network.protocol.version", "1.1");
    end_span(false);
}

static void tool_span(const struct span *x)
{
    char id[64];

    begin_span(x, "execute_tool search_orders", 1);
    text_attribute("gen_ai.operation.name", "execute_tool");
    text_attribute("gen_ai.tool.name", x->id % 2 ? "search_orders" : "send_reply");
    snprintf(id, sizeof(id), "call_%016" PRIx64, x->id * 13);
    text_attribute("gen_ai.tool.call.id", id);
    end_span(x->id % 20 == 0);
}

static void agent_span(const struct span *x, unsigned in, unsigned out)
{
    char text[64];

    begin_span(x, "invoke_agent", 1);
    text_attribute("gen_ai.operation.name", "invoke_agent");
    text_attribute("gen_ai.agent.name", agents[x->trace % 5]);
    snprintf(text, sizeof(text), "conv-%016" PRIx64, x->trace / 5);
    text_attribute("gen_ai.conversation.id", text);
    snprintf(text, sizeof(text), "user-%05u", skewed(&state, 5000));
    text_attribute("user.id", text);
    integer_attribute("gen_ai.usage.input_tokens", in);
    integer_attribute("gen_ai.usage.output_tokens", out);
    end_span(false);
}

/* A trace: an agent with the usage of all its chats, and below it chats with their HTTP requests,
 * and tools; children end first and are exported first. */
static void put_trace(void)
{
    struct span root = {.trace = next(), .id = next(),
                        .start_us = MADE_UP_START_US + (int64_t)(written / 1000) * 1000000};
    int64_t us = root.start_us + 1500;
    unsigned total_in = 0, total_out = 0;

    for (unsigned steps = 1 + skewed(&state, 6), i = 0; i < steps; i++) {
        unsigned in = 200 + skewed(&state, 6000), out = 5 + skewed(&state, 900);
        struct span chat = {root.trace, next(), root.id, us, us + 300000 + 9000 * (int64_t)out};
        struct span http = {root.trace, next(), chat.id, us + 900, chat.end_us - 400};

        http_span(&http);
        put(",");
        chat_span(&chat, skewed(&state, 3), in, out);
        put(",");
        us = chat.end_us + 800;
        if (i + 1 < steps) {
            struct span tool = {root.trace, next(), root.id, us, us + 1000 + below(400000)};
            tool_span(&tool);
            put(",");
            us = tool.end_us + 500;
        }
        total_in += in;
        total_out += out;
    }
    root.end_us = us;
    agent_span(&root, total_in, total_out);
}

/* An export request with traces until one of the limits is reached. */
static void put_request(unsigned traces, uint64_t bytes)
{
    uint64_t end = written + bytes;

    put("{\"resourceSpans\":[");
    nl(1);
    put("{\"resource\":{\"attributes\":[");
    first_attribute = true;
    text_attribute("service.name", "assistant-gateway");
    text_attribute("service.version", "4.11.0");
    text_attribute("deployment.environment.name", "production");
    text_attribute("telemetry.sdk.language", "python");
    put("]},\"scopeSpans\":[");
    nl(4);
    put("{\"scope\":{\"name\":\"opentelemetry.instrumentation.agents\",\"version\":\"0.58b0\"},\"spans\":[");
    for (unsigned i = 0; i < traces && written < end; i++) {
        put("%s", i ? "," : "");
        put_trace();
    }
    put("]}]}]}\n");
}

int main(int argc, char **argv)
{
    uint64_t bytes = (argc > 1 ? strtoull(argv[1], NULL, 10) : 0) << 20;
    const char *kind = argc > 2 ? argv[2] : "";
    bool sessions = strcmp(kind, "claude-code") == 0, requests = strcmp(kind, "otlp") == 0;
    static char buffer[1 << 20];

    pretty = strcmp(kind, "otlp-pretty") == 0;
    if (!bytes || (!sessions && !requests && !pretty && strcmp(kind, "otlp-document") != 0)) {
        fprintf(stderr, "usage: traces MEBIBYTES claude-code|otlp|otlp-document|otlp-pretty\n");
        return 2;
    }
    setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
    while (written < bytes)
        if (sessions)
            put_session();
        else
            put_request(requests ? 4 : UINT32_MAX, requests ? UINT64_MAX - written : bytes);
    return fflush(stdout) ? 2 : 0;
}
