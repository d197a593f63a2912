/* The bodies of providers in the corpus against totals that were counted independently:
 * EXPECTED.json and TRUTH.json there; where a folder has neither, its usage objects summed by a few
 * lines of Python after the table of token arithmetic. */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/format_testing.h"

/* NONE: no call gives it. A model or finish reason is named with its number of calls. */
#define NONE (-1)
struct wanted {
    const char *file, *format;
    int64_t calls, errors, input, output, cache_read, cache_write, reasoning, tools, skipped;
    int64_t no_input, no_output, latency_n, latency_sum, latency_min, latency_max;
    int64_t first_us, last_us, cost, scores, correct, batch;
    struct {
        const char *name;
        int64_t calls;
    } models[11], finish[4];
};

/* clang-format off */
static const struct wanted wanted[] = {
    {"api-openai-chat/responses.jsonl", "openai", .calls = 43, .errors = 6, .input = 5300,
     .output = 1944, .cache_read = 1024, .cache_write = NONE, .reasoning = 0, .tools = 7,
     .no_input = 6, .no_output = 6, .latency_n = 3, .latency_sum = 135543, .latency_min = 30298,
     .latency_max = 66576, .first_us = 1710518924000000, .last_us = 1786077877000000, .cost = NONE,
     .models = {{"gpt-3.5-turbo-0125", 8}, {"gpt-35-turbo", 1}, {"gpt-4-0613", 7},
                {"gpt-4.1-mini-2025-04-14", 3}, {"gpt-4.1-nano-2025-04-14", 3},
                {"gpt-4o-2024-08-06", 6}, {"gpt-4o-mini-2024-07-18", 4}, {"llama3-8b-8192", 3},
                {"meta-llama/Llama-3.3-70B-Instruct-Turbo", 1}, {"mistral-tiny", 1}},
     .finish = {{"function_call", 2}, {"stop", 29}, {"tool_calls", 6}}},
    {"api-openai-completions/responses.jsonl", "openai", .calls = 8, .input = 1238, .output = 645,
     .cache_read = NONE, .cache_write = NONE, .reasoning = NONE, .first_us = 1709035735000000,
     .last_us = 1774963523000000, .cost = NONE,
     .models = {{"davinci-002", 1}, {"davinci:2023-07-21-v2", 4}, {"facebook/opt-125m", 1},
                {"gpt-3.5-turbo-instruct", 1}, {"meta-llama/Llama-3.2-1B-Instruct", 1}},
     .finish = {{"length", 7}, {"stop", 1}}},
    {"api-openai-embeddings/responses.jsonl", "openai", .calls = 2, .errors = 1, .input = 12,
     .output = NONE, .cache_read = NONE, .cache_write = NONE, .reasoning = NONE, .no_input = 1,
     .no_output = 2, .cost = NONE, .models = {{"voyage-3-lite", 1}}},
    {"api-openai-responses/responses.jsonl", "openai", .calls = 10, .input = 1094, .output = 571,
     .cache_read = 0, .cache_write = NONE, .reasoning = 0, .tools = 2, .latency_n = 7,
     .latency_sum = 10000000, .latency_min = 0, .latency_max = 5000000,
     .first_us = 1761465261000000, .last_us = 1778037274000000, .cost = NONE,
     .models = {{"gpt-4.1-2025-04-14", 1}, {"gpt-4.1-nano-2025-04-14", 3}, {"gpt-4o-2024-08-06", 2},
                {"gpt-4o-mini-2024-07-18", 2}, {"gpt-5.5-2026-04-23", 2}},
     .finish = {{"completed", 10}}},
    {"api-openai-batch/batch_output.jsonl", "openai-batch", .calls = 2, .input = 42, .output = 20,
     .cache_read = 0, .cache_write = NONE, .reasoning = 0, .first_us = 1734986202000000,
     .last_us = 1734986203000000, .cost = NONE, .batch = 2,
     .models = {{"gpt-4o-mini-2024-07-18", 2}}, .finish = {{"stop", 1}, {"length", 1}}},
    {"made/openai_batch_output.jsonl", "openai-batch", .calls = 15, .errors = 2, .input = 11138,
     .output = 5433, .cache_read = 427, .cache_write = NONE, .reasoning = 0, .no_input = 2,
     .no_output = 2, .first_us = 1772697600000000, .last_us = 1772698081000000, .cost = NONE,
     .batch = 15, .models = {{"gpt-4o-mini-2024-07-18", 13}}, .finish = {{"stop", 13}}},
    {"api-anthropic-messages/responses.jsonl", "anthropic", .calls = 12, .input = 5936,
     .output = 765, .cache_read = 0, .cache_write = 1165, .reasoning = NONE, .tools = 4,
     .cost = NONE,
     .models = {{"claude-3-5-haiku-20241022", 2}, {"claude-3-5-haiku-latest", 2},
                {"claude-3-5-sonnet-20240620", 2}, {"claude-3-opus-20240229", 1},
                {"claude-sonnet-4-5-20250929", 1}, {"claude-sonnet-4-6", 4}},
     .finish = {{"end_turn", 8}, {"tool_use", 4}}},
    {"made/anthropic_batch_results.jsonl", "anthropic-batch", .calls = 16, .errors = 3,
     .input = 12369, .output = 7392, .cache_read = 1289, .cache_write = 0, .reasoning = NONE,
     .no_input = 3, .no_output = 3, .cost = NONE, .batch = 16,
     .models = {{"claude-sonnet-4-5-20250929", 13}}, .finish = {{"end_turn", 13}}},
    {"api-gemini/responses.jsonl", "gemini", .calls = 10, .input = 2158, .output = 931,
     .cache_read = NONE, .cache_write = NONE, .reasoning = 307, .tools = 5,
     .first_us = 1766187936565494, .last_us = 1766187936565494, .cost = NONE,
     .models = {{"gemini-2.0-flash", 7}, {"gemini-2.5-flash", 3}}, .finish = {{"STOP", 9}}},
    {"api-bedrock/responses.jsonl", NULL, .calls = 8, .input = 576, .output = 499, .cache_read = 0,
     .cache_write = 0, .reasoning = NONE, .tools = 2, .no_input = 1, .no_output = 1,
     .latency_n = 2, .latency_sum = 22173000, .latency_min = 2900000, .latency_max = 19273000,
     .first_us = 1741682064000000, .last_us = 1741682064000000, .cost = NONE,
     .models = {{"/opt/ml/model", 1}, {"claude-3-haiku-48k-20240307", 1}},
     .finish = {{"tool_use", 2}, {"end_turn", 2}, {"FINISH", 1}, {"COMPLETE", 1}}},
    {"api-cohere-chat/responses.jsonl", "cohere", .calls = 6, .input = 4715, .output = 524,
     .cache_read = 448, .cache_write = NONE, .reasoning = NONE, .tools = 2, .cost = NONE,
     .finish = {{"COMPLETE", 5}, {"TOOL_CALL", 1}}},
    {"api-ollama/responses.jsonl", "ollama", .calls = 5, .input = 124, .output = 1283,
     .cache_read = NONE, .cache_write = NONE, .reasoning = NONE, .latency_n = 5,
     .latency_sum = 25977606, .latency_min = 3699126, .latency_max = 8313421,
     .first_us = 1716581985363966, .last_us = 1786082915745444, .cost = NONE,
     .models = {{"llama3", 1}, {"llama3.1", 1}, {"qwen3.6:latest", 3}}, .finish = {{"stop", 5}}},
    {"api-ollama/stream_0.ndjson", "ollama", .calls = 1, .input = 17, .output = 63,
     .cache_read = NONE, .cache_write = NONE, .reasoning = NONE, .skipped = 62, .latency_n = 1,
     .latency_sum = 3722518, .latency_min = 3722518, .latency_max = 3722518,
     .first_us = 1716584265320606, .last_us = 1716584265320606, .cost = NONE,
     .models = {{"llama3", 1}}, .finish = {{"stop", 1}}},
    {"api-ollama/stream_1.ndjson", "ollama", .calls = 1, .input = 17, .output = 50,
     .cache_read = NONE, .cache_write = NONE, .reasoning = NONE, .skipped = 49, .latency_n = 1,
     .latency_sum = 1897385, .latency_min = 1897385, .latency_max = 1897385,
     .first_us = 1716582407872905, .last_us = 1716582407872905, .cost = NONE,
     .models = {{"llama3", 1}}, .finish = {{"stop", 1}}},
    {"wrapped-openai/gpt-3.5-turbo-0125_eus_exams_head.jsonl", "wrapped-body", .calls = 40,
     .input = 61633, .output = 40, .cache_read = NONE, .cache_write = NONE, .reasoning = NONE,
     .first_us = 1707939765000000, .last_us = 1707939936000000, .cost = 30877000, .scores = 40,
     .correct = 17, .models = {{"gpt-3.5-turbo-0125", 40}}, .finish = {{"stop", 40}}},
    {"wrapped-openai/gpt-4-0125-preview_eus_exams_head.jsonl", "wrapped-body", .calls = 40,
     .input = 61633, .output = 40, .cache_read = NONE, .cache_write = NONE, .reasoning = NONE,
     .first_us = 1707934503000000, .last_us = 1707934553000000, .cost = 617530000, .scores = 40,
     .correct = 25, .models = {{"gpt-4-0125-preview", 40}}, .finish = {{"stop", 40}}},
    {"api-sse/openai_chat_0.sse", "sse", .calls = 1, .input = 24, .output = 8, .cache_read = 0,
     .cache_write = NONE, .reasoning = 0, .first_us = 1764499721000000,
     .last_us = 1764499721000000, .cost = NONE, .models = {{"gpt-4o-mini-2024-07-18", 1}},
     .finish = {{"stop", 1}}},
    {"api-sse/openai_chat_1.sse", "sse", .calls = 1, .input = 58, .output = 17, .cache_read = 0,
     .cache_write = NONE, .reasoning = 0, .tools = 1, .first_us = 1764499723000000,
     .last_us = 1764499723000000, .cost = NONE, .models = {{"gpt-4o-mini-2024-07-18", 1}},
     .finish = {{"tool_calls", 1}}},
    {"api-sse/anthropic_0.sse", "sse", .calls = 1, .input = 17, .output = 108, .cache_read = 0,
     .cache_write = 0, .reasoning = NONE, .cost = NONE,
     .models = {{"claude-3-5-haiku-20241022", 1}}, .finish = {{"end_turn", 1}}},
};
/* clang-format on */

struct reading_file {
    const struct wanted *want;
    struct probe p;
    struct buf events; /* of a capture: {"sse":[ and its data so far */
    int64_t skipped;
};

static void read_line(void *ctx, struct sv line)
{
    struct reading_file *f = ctx;
    enum line_outcome outcome = probe_as(&f->p, NULL, line);

    cr_expect(outcome != LINE_BAD, "%s:%lld: %s", f->want->file, (long long)f->p.line,
              f->p.err.msg);
    cr_expect(!f->want->format ||
                  (f->p.format && strcmp(f->p.format->name, f->want->format) == 0),
              "%s:%lld: is taken by %s", f->want->file, (long long)f->p.line,
              f->p.format ? f->p.format->name : "nobody");
    f->skipped += outcome == LINE_SKIPPED;
}

/* What the container layer makes of a capture. */
static void add_event(void *ctx, struct sv line)
{
    struct reading_file *f = ctx;
    struct sv data = line;

    if (!sv_starts(line, "data: {"))
        return;
    data.p += 6;
    data.n -= 6;
    buf_str(&f->events, f->events.n ? "," : "{\"sse\":[");
    buf_sv(&f->events, data);
}

static bool read_file(struct reading_file *f)
{
    char path[512];

    snprintf(path, sizeof(path), "%s%s", CORPUS, f->want->file);
    if (!sv_ends(sv_from(path), ".sse"))
        return each_line(path, f, read_line);
    if (!each_line(path, f, add_event))
        return false;
    buf_str(&f->events, "]}");
    read_line(f, (struct sv){f->events.p, f->events.n});
    buf_release(&f->events);
    return true;
}

static void expect(const char *file, const char *what, int64_t got, int64_t want)
{
    cr_expect_eq(got, want, "%s: %s is %lld, wanted %lld", file, what, (long long)got,
                 (long long)want);
}

static void expect_sum(const struct wanted *w, const struct batch *b, const char *what,
                       enum call_field field, int64_t want)
{
    int64_t sum = NONE;

    for (size_t i = 0; i < b->n_calls; i++)
        if (record_has(&b->calls[i], field))
            sum = (sum == NONE ? 0 : sum) + record_num(&b->calls[i], field);
    expect(w->file, what, sum, want);
}

static void expect_missing(const struct wanted *w, const struct batch *b, const char *what,
                           enum call_field field, int64_t want)
{
    int64_t n = 0;

    for (size_t i = 0; i < b->n_calls; i++)
        n += !record_has(&b->calls[i], field);
    expect(w->file, what, n, want);
}

static void expect_range(const struct wanted *w, const struct batch *b, enum call_field field,
                         int64_t min, int64_t max)
{
    int64_t low = 0, high = 0;

    for (size_t i = 0, n = 0; i < b->n_calls; i++) {
        int64_t v = record_has(&b->calls[i], field) ? record_num(&b->calls[i], field) : 0;

        if (!record_has(&b->calls[i], field))
            continue;
        low = !n || v < low ? v : low;
        high = !n || v > high ? v : high;
        n++;
    }
    expect(w->file, call_fields[field].name, low, min);
    expect(w->file, call_fields[field].name, high, max);
}

static void expect_named(const struct wanted *w, const struct batch *b, enum call_field field,
                         const char *name, int64_t want)
{
    int64_t n = 0;

    for (size_t i = 0; i < b->n_calls; i++)
        n += sv_is(b->calls[i].dim[field], name);
    expect(w->file, name, n, want);
}

static void expect_distinct(const struct wanted *w, const struct batch *b)
{
    for (size_t i = 0; i < b->n_calls; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect(identity_key(&b->calls[i].id) != identity_key(&b->calls[k].id),
                      "%s: calls %zu and %zu are the same", w->file, k, i);
    for (size_t i = 0; i < b->n_tools; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect(identity_key(&b->tools[i].id) != identity_key(&b->tools[k].id),
                      "%s: tools %zu and %zu are the same", w->file, k, i);
}

static void expect_all(const struct wanted *w, const struct batch *b, int64_t skipped)
{
    int64_t errors = 0, batch = 0, latency_n = 0, latency_sum = 0, correct = 0;

    for (size_t i = 0; i < b->n_calls; i++) {
        const struct call_record *c = &b->calls[i];

        errors += record_has(c, F_STATUS) && record_num(c, F_STATUS) == STATUS_ERROR;
        batch += record_has(c, F_FLAGS) && (record_num(c, F_FLAGS) & FLAG_BATCH);
        latency_n += record_has(c, F_LATENCY_US);
        latency_sum += record_has(c, F_LATENCY_US) ? record_num(c, F_LATENCY_US) : 0;
    }
    for (size_t i = 0; i < b->n_scores; i++)
        correct += b->scores[i].passed.v;
    expect(w->file, "calls", (int64_t)b->n_calls, w->calls);
    expect(w->file, "tools", (int64_t)b->n_tools, w->tools);
    expect(w->file, "scores", (int64_t)b->n_scores, w->scores);
    expect(w->file, "spans", (int64_t)b->n_spans, 0);
    expect(w->file, "skipped", skipped, w->skipped);
    expect(w->file, "errors", errors, w->errors);
    expect(w->file, "batch", batch, w->batch);
    expect(w->file, "correct", correct, w->correct);
    expect(w->file, "latency_n", latency_n, w->latency_n);
    expect(w->file, "latency_sum", latency_sum, w->latency_sum);
    expect_range(w, b, F_LATENCY_US, w->latency_min, w->latency_max);
    expect_range(w, b, F_STARTED_US, w->first_us, w->last_us);
    expect_sum(w, b, "input", F_INPUT_TOKENS, w->input);
    expect_sum(w, b, "output", F_OUTPUT_TOKENS, w->output);
    expect_sum(w, b, "cache_read", F_CACHE_READ_TOKENS, w->cache_read);
    expect_sum(w, b, "cache_write", F_CACHE_WRITE_TOKENS, w->cache_write);
    expect_sum(w, b, "reasoning", F_REASONING_TOKENS, w->reasoning);
    expect_sum(w, b, "cost", F_COST_GIVEN_NUSD, w->cost);
    expect_sum(w, b, "total given", F_TOTAL_TOKENS_GIVEN, NONE);
    expect_missing(w, b, "calls without input", F_INPUT_TOKENS, w->no_input);
    expect_missing(w, b, "calls without output", F_OUTPUT_TOKENS, w->no_output);
    for (size_t i = 0; i < ARRAY_LEN(w->models) && w->models[i].name; i++)
        expect_named(w, b, F_RESPONSE_MODEL, w->models[i].name, w->models[i].calls);
    for (size_t i = 0; i < ARRAY_LEN(w->finish) && w->finish[i].name; i++)
        expect_named(w, b, F_FINISH_REASON_RAW, w->finish[i].name, w->finish[i].calls);
    expect_distinct(w, b);
}

Test(provider_corpus, totals)
{
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        struct reading_file f = {.want = &wanted[i]};

        if (!read_file(&f))
            cr_log_info("%s is not here: skipped", wanted[i].file);
        else
            expect_all(&wanted[i], &f.p.batch, f.skipped);
        probe_release(&f.p);
    }
}
