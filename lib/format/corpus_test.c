/* The totals of the logs in the corpus, which were counted independently (TRUTH.json and
 * EXPECTED.json there). Merging and the choice among nested spans are the store's work; the few
 * lines of them that the totals need stand here. */
#include <criterion/criterion.h>

#include "format/format_testing.h"

struct totals {
    int64_t calls, input, output, cache_read, cache_write, cache_5m, cache_1h, reasoning, cost;
    int64_t errors, tools, tool_errors, scores, spans, branches, branches_true, total_given;
    int64_t latency_n, latency_sum, latency_min, latency_max, ttft_n, ttft_sum;
    int64_t first_us, last_us, sidechain, guardrail, skipped, bad;
    double score_sum;
};

struct file_probe {
    struct probe p;
    int64_t skipped, bad;
};

static void read_line(void *ctx, struct sv line)
{
    struct file_probe *f = ctx;
    enum line_outcome outcome = probe_as(&f->p, NULL, line);

    f->skipped += outcome == LINE_SKIPPED;
    f->bad += outcome == LINE_BAD;
}

static int64_t number(const struct call_record *c, enum call_field f)
{
    return record_has(c, f) ? record_num(c, f) : 0;
}

/* A span with usage below another in the same trace makes that one no call of its own. */
static bool is_shadowed(const struct batch *b, const struct call_record *c)
{
    for (size_t i = 0; i < b->n_calls; i++) {
        struct sv trace = b->calls[i].trace_id, parent = b->calls[i].parent_span_id;

        if (c->id.kind != ID_SPAN || !sv_eq(trace, c->trace_id))
            continue;
        for (int depth = 0; parent.n && depth < 100; depth++) {
            struct sv above = SV_NONE;

            if (sv_eq(parent, c->span_id))
                return true;
            for (size_t k = 0; k < b->n_spans; k++)
                if (sv_eq(b->spans[k].trace_id, trace) && sv_eq(b->spans[k].span_id, parent))
                    above = b->spans[k].parent_span_id;
            parent = above;
        }
    }
    return false;
}

/* Most output tokens, then the latest time: the winner among records of one identity. */
static bool is_beaten(const struct batch *b, size_t at)
{
    const struct call_record *c = &b->calls[at];

    for (size_t i = 0; i < b->n_calls; i++) {
        const struct call_record *o = &b->calls[i];
        int64_t more = number(o, F_OUTPUT_TOKENS) - number(c, F_OUTPUT_TOKENS);
        int64_t later = number(o, F_STARTED_US) - number(c, F_STARTED_US);

        if (i == at || c->id.kind != ID_OWN || o->id.kind != ID_OWN ||
            !sv_eq(c->id.family, o->id.family) || !sv_eq(c->id.own, o->id.own))
            continue;
        if (more > 0 || (more == 0 && (later > 0 || (later == 0 && i > at))))
            return true;
    }
    return false;
}

static bool is_repeated_tool(const struct batch *b, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (identity_key(&b->tools[i].id) == identity_key(&b->tools[at].id))
            return true;
    return false;
}

static void add_call(struct totals *t, const struct call_record *c)
{
    t->calls++;
    t->input += number(c, F_INPUT_TOKENS);
    t->output += number(c, F_OUTPUT_TOKENS);
    t->cache_read += number(c, F_CACHE_READ_TOKENS);
    t->cache_write += number(c, F_CACHE_WRITE_TOKENS);
    t->cache_5m += number(c, F_CACHE_WRITE_5M_TOKENS);
    t->cache_1h += number(c, F_CACHE_WRITE_1H_TOKENS);
    t->reasoning += number(c, F_REASONING_TOKENS);
    t->total_given += number(c, F_TOTAL_TOKENS_GIVEN);
    t->cost += number(c, F_COST_GIVEN_NUSD);
    t->errors += record_has(c, F_STATUS) && record_num(c, F_STATUS) == STATUS_ERROR;
    t->sidechain += (number(c, F_FLAGS) & FLAG_SIDECHAIN) != 0;
    t->guardrail += (number(c, F_FLAGS) & FLAG_GUARDRAIL) != 0;
    if (record_has(c, F_LATENCY_US)) {
        int64_t us = record_num(c, F_LATENCY_US);

        t->latency_min = !t->latency_n || us < t->latency_min ? us : t->latency_min;
        t->latency_max = us > t->latency_max ? us : t->latency_max;
        t->latency_n++;
        t->latency_sum += us;
    }
    t->ttft_n += record_has(c, F_TIME_TO_FIRST_TOKEN_US);
    t->ttft_sum += number(c, F_TIME_TO_FIRST_TOKEN_US);
    if (record_has(c, F_STARTED_US)) {
        int64_t us = record_num(c, F_STARTED_US);

        t->first_us = !t->first_us || us < t->first_us ? us : t->first_us;
        t->last_us = us > t->last_us ? us : t->last_us;
    }
}

static struct totals totals_of(const struct file_probe *f)
{
    const struct batch *b = &f->p.batch;
    struct totals t = {.skipped = f->skipped, .bad = f->bad};

    for (size_t i = 0; i < b->n_calls; i++)
        if (!is_beaten(b, i) && !is_shadowed(b, &b->calls[i]))
            add_call(&t, &b->calls[i]);
    for (size_t i = 0; i < b->n_tools; i++) {
        t.tools += !is_repeated_tool(b, i);
        t.tool_errors += b->tools[i].status.known && b->tools[i].status.v == STATUS_ERROR;
    }
    for (size_t i = 0; i < b->n_branches; i++)
        t.branches_true += b->branches[i].result.v;
    for (size_t i = 0; i < b->n_scores; i++)
        t.score_sum += b->scores[i].value.known ? b->scores[i].value.v : 0;
    t.scores = (int64_t)b->n_scores;
    t.spans = (int64_t)b->n_spans;
    t.branches = (int64_t)b->n_branches;
    return t;
}

static bool read_file(const char *name, struct file_probe *f)
{
    char path[512];

    snprintf(path, sizeof(path), "%s%s", CORPUS, name);
    return each_line(path, f, read_line);
}

/* Where a wanted value is NOT_GIVEN, the truth says nothing of it or it is no part of the file. */
#define NOT_GIVEN INT64_MIN

static void expect(const char *name, const char *what, int64_t got, int64_t want)
{
    if (want != NOT_GIVEN)
        cr_expect_eq(got, want, "%s: %s is %lld, wanted %lld", name, what, (long long)got,
                     (long long)want);
}

static void expect_totals(const char *name, struct totals got, struct totals want)
{
    expect(name, "calls", got.calls, want.calls);
    expect(name, "input", got.input, want.input);
    expect(name, "output", got.output, want.output);
    expect(name, "cache_read", got.cache_read, want.cache_read);
    expect(name, "cache_write", got.cache_write, want.cache_write);
    expect(name, "cache_5m", got.cache_5m, want.cache_5m);
    expect(name, "cache_1h", got.cache_1h, want.cache_1h);
    expect(name, "reasoning", got.reasoning, want.reasoning);
    expect(name, "total_given", got.total_given, want.total_given);
    expect(name, "cost", got.cost, want.cost);
    expect(name, "errors", got.errors, want.errors);
    expect(name, "tools", got.tools, want.tools);
    expect(name, "tool_errors", got.tool_errors, want.tool_errors);
    expect(name, "scores", got.scores, want.scores);
    expect(name, "spans", got.spans, want.spans);
    expect(name, "branches", got.branches, want.branches);
    expect(name, "branches_true", got.branches_true, want.branches_true);
    expect(name, "latency_n", got.latency_n, want.latency_n);
    expect(name, "latency_sum", got.latency_sum, want.latency_sum);
    expect(name, "latency_min", got.latency_min, want.latency_min);
    expect(name, "latency_max", got.latency_max, want.latency_max);
    expect(name, "ttft_n", got.ttft_n, want.ttft_n);
    expect(name, "ttft_sum", got.ttft_sum, want.ttft_sum);
    expect(name, "first_us", got.first_us, want.first_us);
    expect(name, "last_us", got.last_us, want.last_us);
    expect(name, "sidechain", got.sidechain, want.sidechain);
    expect(name, "guardrail", got.guardrail, want.guardrail);
    expect(name, "skipped", got.skipped, want.skipped);
    expect(name, "bad", got.bad, want.bad);
    cr_expect_float_eq(got.score_sum, want.score_sum, want.score_sum ? 1e-9 : 1e9, "%s: scores",
                       name);
}

/* clang-format off */
static const struct {
    const char *name;
    struct totals want;
} files[] = {
    {"made/seed_llm_structured_logger.jsonl",
     {
      .calls = 24, .input = 19616, .output = 10525, .cost = 1191037000, .latency_n = 24,
      .latency_sum = 111635730, .latency_min = 767500, .latency_max = 8314670, .first_us =
      1772697600162500, .last_us = 1772698451726966, .guardrail = 3, .cache_write =
      NOT_GIVEN, .cache_5m = NOT_GIVEN, .cache_1h = NOT_GIVEN, .reasoning = NOT_GIVEN,
      .tool_errors = NOT_GIVEN, .scores = NOT_GIVEN, .spans = NOT_GIVEN, .ttft_n =
      NOT_GIVEN, .ttft_sum = NOT_GIVEN, .sidechain = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"made/seed_structlog_llm_interaction.jsonl",
     {
      .calls = 24, .input = 22156, .output = 9237, .cost = 1158121000, .latency_n = 24,
      .latency_sum = 125124020, .latency_min = 654700, .latency_max = 8870730, .first_us =
      1772697600029414, .last_us = 1772698451274186, .cache_write = NOT_GIVEN, .cache_5m =
      NOT_GIVEN, .cache_1h = NOT_GIVEN, .reasoning = NOT_GIVEN, .tool_errors = NOT_GIVEN,
      .scores = NOT_GIVEN, .spans = NOT_GIVEN, .ttft_n = NOT_GIVEN, .ttft_sum = NOT_GIVEN,
      .sidechain = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"made/seed_llm_call_log.jsonl",
     {
      .calls = 24, .input = 20647, .output = 9293, .cost = 807286000, .errors = 3,
      .latency_n = 24, .latency_sum = 111615665, .latency_min = 603455, .latency_max =
      8679539, .first_us = 1772697600304763, .last_us = 1772698451926822, .cache_write =
      NOT_GIVEN, .cache_5m = NOT_GIVEN, .cache_1h = NOT_GIVEN, .reasoning = NOT_GIVEN,
      .tool_errors = NOT_GIVEN, .scores = NOT_GIVEN, .spans = NOT_GIVEN, .ttft_n =
      NOT_GIVEN, .ttft_sum = NOT_GIVEN, .sidechain = NOT_GIVEN, .guardrail = NOT_GIVEN,
      .skipped = NOT_GIVEN}},
    {"made/seed_branch_decisions.jsonl",
     {
      .branches = 24, .branches_true = 7, .cache_write = NOT_GIVEN, .cache_5m = NOT_GIVEN,
      .cache_1h = NOT_GIVEN, .reasoning = NOT_GIVEN, .errors = NOT_GIVEN, .tool_errors =
      NOT_GIVEN, .scores = NOT_GIVEN, .spans = NOT_GIVEN, .latency_n = NOT_GIVEN,
      .latency_sum = NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n
      = NOT_GIVEN, .ttft_sum = NOT_GIVEN, .first_us = NOT_GIVEN, .last_us = NOT_GIVEN,
      .sidechain = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"made/seed_tool_calls.jsonl",
     {
      .tools = 24, .tool_errors = 3, .cache_write = NOT_GIVEN, .cache_5m = NOT_GIVEN,
      .cache_1h = NOT_GIVEN, .reasoning = NOT_GIVEN, .errors = NOT_GIVEN, .scores =
      NOT_GIVEN, .spans = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum = NOT_GIVEN,
      .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN, .ttft_sum =
      NOT_GIVEN, .first_us = NOT_GIVEN, .last_us = NOT_GIVEN, .sidechain = NOT_GIVEN,
      .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"made/seed_prompt_analytics.jsonl",
     {
      .calls = 20, .errors = 4, .scores = 16, .total_given = 29707, .cache_write =
      NOT_GIVEN, .cache_5m = NOT_GIVEN, .cache_1h = NOT_GIVEN, .reasoning = NOT_GIVEN,
      .tool_errors = NOT_GIVEN, .spans = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum =
      NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN,
      .ttft_sum = NOT_GIVEN, .first_us = NOT_GIVEN, .last_us = NOT_GIVEN, .sidechain =
      NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN, .score_sum = 8.13}},
    {"made/seed_df_llm_interaction_log.jsonl",
     {
      .calls = 20, .input = 18713, .output = 11538, .scores = 20, .latency_n = 20,
      .latency_sum = 86614685, .latency_min = 402693, .latency_max = 8814762, .ttft_n = 20,
      .ttft_sum = 8939691, .first_us = 1772697600230748, .last_us = 1772698303738788,
      .cache_write = NOT_GIVEN, .cache_5m = NOT_GIVEN, .cache_1h = NOT_GIVEN, .reasoning =
      NOT_GIVEN, .tool_errors = NOT_GIVEN, .spans = NOT_GIVEN, .sidechain = NOT_GIVEN,
      .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"made/otlp_genai_current.jsonl",
     {
      .calls = 24, .input = 20937, .output = 9409, .cache_read = 4696, .reasoning = 1525,
      .errors = 1, .tools = 24, .scores = 24, .spans = 72, .latency_n = 24, .latency_sum =
      91346413, .latency_min = 837961, .latency_max = 8616677, .ttft_n = 24, .ttft_sum =
      10341904, .first_us = 1772697600886901, .last_us = 1772698451082021, .cache_write =
      NOT_GIVEN, .cache_5m = NOT_GIVEN, .cache_1h = NOT_GIVEN, .tool_errors = NOT_GIVEN,
      .sidechain = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"made/otlp_genai_older.jsonl",
     {
      .calls = 18, .input = 14586, .output = 9786, .cache_read = 1624, .errors = 6,
      .latency_n = 18, .latency_sum = 85669159, .latency_min = 267331, .latency_max =
      8064472, .first_us = 1772697600728287, .last_us = 1772698229504029, .cache_write =
      NOT_GIVEN, .cache_5m = NOT_GIVEN, .cache_1h = NOT_GIVEN, .reasoning = NOT_GIVEN,
      .tool_errors = NOT_GIVEN, .scores = NOT_GIVEN, .spans = NOT_GIVEN, .ttft_n =
      NOT_GIVEN, .ttft_sum = NOT_GIVEN, .sidechain = NOT_GIVEN, .guardrail = NOT_GIVEN,
      .skipped = NOT_GIVEN}},
    {"made/otlp_openinference.jsonl",
     {
      .calls = 18, .input = 14011, .output = 6679, .cache_read = 2892, .cost = 849226000,
      .errors = 2, .latency_n = 18, .latency_sum = 70963978, .latency_min = 860703,
      .latency_max = 8321820, .first_us = 1772697600099372, .last_us = 1772698229478797,
      .cache_write = NOT_GIVEN, .cache_5m = NOT_GIVEN, .cache_1h = NOT_GIVEN, .reasoning =
      NOT_GIVEN, .tool_errors = NOT_GIVEN, .scores = NOT_GIVEN, .spans = NOT_GIVEN, .ttft_n
      = NOT_GIVEN, .ttft_sum = NOT_GIVEN, .sidechain = NOT_GIVEN, .guardrail = NOT_GIVEN,
      .skipped = NOT_GIVEN}},
    {"made/otlp_metrics.jsonl",
     {
      .cache_write = NOT_GIVEN, .cache_5m = NOT_GIVEN, .cache_1h = NOT_GIVEN, .reasoning =
      NOT_GIVEN, .errors = NOT_GIVEN, .tool_errors = NOT_GIVEN, .scores = NOT_GIVEN, .spans
      = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum = NOT_GIVEN, .latency_min =
      NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN, .ttft_sum = NOT_GIVEN,
      .first_us = NOT_GIVEN, .last_us = NOT_GIVEN, .sidechain = NOT_GIVEN, .guardrail =
      NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"made/otlp_claude_code_events.jsonl",
     {
      .calls = 20, .input = 15948, .output = 8525, .cache_read = 1416, .cost = 984652000,
      .latency_n = 20, .latency_sum = 103022000, .latency_min = 164000, .latency_max =
      8995000, .first_us = 1772697600163978, .last_us = 1772698303221778, .cache_write =
      NOT_GIVEN, .cache_5m = NOT_GIVEN, .cache_1h = NOT_GIVEN, .reasoning = NOT_GIVEN,
      .tool_errors = NOT_GIVEN, .scores = NOT_GIVEN, .spans = NOT_GIVEN, .ttft_n =
      NOT_GIVEN, .ttft_sum = NOT_GIVEN, .sidechain = NOT_GIVEN, .guardrail = NOT_GIVEN,
      .skipped = NOT_GIVEN}},
    {"otlp/derived_helm_2.otlp.jsonl",
     {
      .calls = 1, .input = 1822, .output = 43, .spans = 72, .latency_n = 1, .latency_sum =
      1948053, .latency_min = 1948053, .latency_max = 1948053, .cache_5m = NOT_GIVEN,
      .cache_1h = NOT_GIVEN, .tool_errors = NOT_GIVEN, .ttft_n = NOT_GIVEN, .ttft_sum =
      NOT_GIVEN, .first_us = NOT_GIVEN, .last_us = NOT_GIVEN, .sidechain = NOT_GIVEN,
      .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"otlp/derived_tempo.otlp.jsonl",
     {
      .calls = 2, .input = 4648, .output = 129, .tools = 1, .spans = 86, .latency_n = 2,
      .latency_sum = 4519576, .latency_min = 1816261, .latency_max = 2703315, .cache_5m =
      NOT_GIVEN, .cache_1h = NOT_GIVEN, .tool_errors = NOT_GIVEN, .ttft_n = NOT_GIVEN,
      .ttft_sum = NOT_GIVEN, .first_us = NOT_GIVEN, .last_us = NOT_GIVEN, .sidechain =
      NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"otlp/tempo_export_with_batches.json",
     {
      .calls = 2, .input = 4648, .output = 129, .tools = 1, .spans = 86, .latency_n = 2,
      .latency_sum = 4519576, .latency_min = 1816261, .latency_max = 2703315, .cache_5m =
      NOT_GIVEN, .cache_1h = NOT_GIVEN, .tool_errors = NOT_GIVEN, .ttft_n = NOT_GIVEN,
      .ttft_sum = NOT_GIVEN, .first_us = NOT_GIVEN, .last_us = NOT_GIVEN, .sidechain =
      NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/Users-dain-workspace-claude-code-log-sample/4e27c414-a885-46a0-b5c8-d58e1417377d.jsonl",
     {
      .errors = NOT_GIVEN, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum =
      NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN,
      .ttft_sum = NOT_GIVEN, .first_us = NOT_GIVEN, .last_us = NOT_GIVEN, .guardrail =
      NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/Users-dain-workspace-claude-code-log-sample/71c9afe9-d9cc-4583-86b3-e62ba682b83a.jsonl",
     {
      .calls = 3, .input = 56476, .output = 643, .cache_read = 36713, .cache_write = 19749,
      .tools = 2, .first_us = 1752969401726000, .last_us = 1752969419849000, .tool_errors =
      NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum = NOT_GIVEN, .latency_min = NOT_GIVEN,
      .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN, .ttft_sum = NOT_GIVEN, .guardrail =
      NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/Users-dain-workspace-claude-code-log-sample/agent-3be551df.jsonl",
     {
      .calls = 1, .input = 3811, .output = 247, .first_us = 1763023874189000, .last_us =
      1763023874189000, .sidechain = 1, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN,
      .latency_sum = NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n
      = NOT_GIVEN, .ttft_sum = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/Users-dain-workspace-claude-code-log-sample/cbc0f75b-b36d-4efd-a7da-ac800ea30eb6.jsonl",
     {
      .calls = 10, .input = 315814, .output = 3443, .cache_read = 287440, .cache_write =
      28310, .tools = 9, .first_us = 1752935761970000, .last_us = 1752935862339000,
      .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum = NOT_GIVEN,
      .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN, .ttft_sum =
      NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/Users-dain-workspace-danieldemmel-me-next/5ed31c36-bca8-40fd-8d24-f1a1f0af7901.jsonl",
     {
      .calls = 3, .input = 49115, .output = 3, .cache_read = 44742, .cache_write = 4330,
      .cache_5m = 4330, .tools = 4, .first_us = 1761753925614000, .last_us =
      1761753941823000, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum =
      NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN,
      .ttft_sum = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/Users-dain-workspace-danieldemmel-me-next/b25638d7-b104-4f06-a797-70ac33d069ed.jsonl",
     {
      .calls = 18, .input = 394963, .output = 759, .cache_read = 371268, .cache_write =
      23631, .cache_5m = 23631, .tools = 17, .first_us = 1759165672034000, .last_us =
      1759165769343000, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum =
      NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN,
      .ttft_sum = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/experiments-ideas/03eb5929-52b3-4b13-ada3-b93ae35806b8.jsonl",
     {
      .calls = 9, .input = 248665, .output = 88, .cache_read = 239606, .cache_write = 9036,
      .cache_1h = 9036, .tools = 2, .first_us = 1771267675190000, .last_us =
      1771270038808000, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum =
      NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN,
      .ttft_sum = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/fixtures/edge_cases.jsonl",
     {
      .calls = 4, .input = 488, .output = 435, .tools = 3, .first_us = 1749895320000000,
      .last_us = 1749898980000000, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN,
      .latency_sum = NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n
      = NOT_GIVEN, .ttft_sum = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN,
      .bad = 4 /* a text, a number, a list and an object of nobody */}},
    {"claude-code/fixtures/sidechain.jsonl",
     {
      .calls = 4, .input = 101667, .output = 1037, .cache_read = 85688, .cache_write =
      15953, .tools = 3, .first_us = 1751557807875917, .last_us = 1751558647875917,
      .sidechain = 3, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum =
      NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN,
      .ttft_sum = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/fixtures/simonw_sample_session.jsonl",
     {
      .tools = 2, .errors = NOT_GIVEN, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN,
      .latency_sum = NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n
      = NOT_GIVEN, .ttft_sum = NOT_GIVEN, .first_us = NOT_GIVEN, .last_us = NOT_GIVEN,
      .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/fixtures/todowrite_examples.jsonl",
     {
      .calls = 6, .input = 883, .output = 328, .tools = 3, .first_us = 1751557927875368,
      .last_us = 1751558887875368, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN,
      .latency_sum = NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n
      = NOT_GIVEN, .ttft_sum = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/src-deep-manifest/agent-c8d9b115.jsonl",
     {
      .calls = 6, .input = 166714, .output = 840, .cache_read = 124362, .cache_write =
      41483, .cache_5m = 41483, .tools = 15, .first_us = 1764429892077000, .last_us =
      1764429925101000, .sidechain = 6, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN,
      .latency_sum = NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n
      = NOT_GIVEN, .ttft_sum = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/src-experiments-claude_p/256ba646-2c15-437a-98e9-4171aafd030e.jsonl",
     {
      .calls = 4, .input = 87080, .output = 53, .cache_read = 77428, .cache_write = 9650,
      .cache_5m = 9650, .tools = 3, .first_us = 1769188799100000, .last_us =
      1769188864893000, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum =
      NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN,
      .ttft_sum = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/src-experiments-claude_p/2b4ed4c0-b905-41de-9238-273db3ec737a.jsonl",
     {
      .calls = 10, .input = 221611, .output = 180, .cache_read = 212147, .cache_write =
      9462, .cache_5m = 9462, .tools = 9, .first_us = 1769188421093000, .last_us =
      1769188459984000, .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum =
      NOT_GIVEN, .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN,
      .ttft_sum = NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
    {"claude-code/src-experiments-claude_p/94604a7b-062f-4369-bdf0-da948381c3e5.jsonl",
     {
      .calls = 1, .input = 19994, .output = 1, .cache_read = 13794, .cache_write = 6198,
      .cache_5m = 6198, .first_us = 1769189427778000, .last_us = 1769189427778000,
      .tool_errors = NOT_GIVEN, .latency_n = NOT_GIVEN, .latency_sum = NOT_GIVEN,
      .latency_min = NOT_GIVEN, .latency_max = NOT_GIVEN, .ttft_n = NOT_GIVEN, .ttft_sum =
      NOT_GIVEN, .guardrail = NOT_GIVEN, .skipped = NOT_GIVEN}},
};
/* clang-format on */

Test(corpus, files_have_the_totals_that_were_counted_without_us)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct file_probe f = {0};

        if (!read_file(files[i].name, &f)) {
            cr_log_info("%s is not here: skipped", files[i].name);
            continue;
        }
        expect_totals(files[i].name, totals_of(&f), files[i].want);
        probe_release(&f.p);
    }
}

/* Duplicates are found over the whole tree. */
static const char *const claude_files[] = {
    "claude-code/Users-dain-workspace-claude-code-log-sample/4e27c414-a885-46a0-b5c8-d58e1417377d.jsonl",
    "claude-code/Users-dain-workspace-claude-code-log-sample/71c9afe9-d9cc-4583-86b3-e62ba682b83a.jsonl",
    "claude-code/Users-dain-workspace-claude-code-log-sample/agent-3be551df.jsonl",
    "claude-code/Users-dain-workspace-claude-code-log-sample/cbc0f75b-b36d-4efd-a7da-ac800ea30eb6.jsonl",
    "claude-code/Users-dain-workspace-danieldemmel-me-next/5ed31c36-bca8-40fd-8d24-f1a1f0af7901.jsonl",
    "claude-code/Users-dain-workspace-danieldemmel-me-next/b25638d7-b104-4f06-a797-70ac33d069ed.jsonl",
    "claude-code/experiments-ideas/03eb5929-52b3-4b13-ada3-b93ae35806b8.jsonl",
    "claude-code/fixtures/edge_cases.jsonl",
    "claude-code/fixtures/sidechain.jsonl",
    "claude-code/fixtures/simonw_sample_session.jsonl",
    "claude-code/fixtures/todowrite_examples.jsonl",
    "claude-code/src-deep-manifest/agent-c8d9b115.jsonl",
    "claude-code/src-experiments-claude_p/256ba646-2c15-437a-98e9-4171aafd030e.jsonl",
    "claude-code/src-experiments-claude_p/2b4ed4c0-b905-41de-9238-273db3ec737a.jsonl",
    "claude-code/src-experiments-claude_p/94604a7b-062f-4369-bdf0-da948381c3e5.jsonl",
};

static const struct {
    const char *model;
    int64_t calls;
} claude_models[] = {
    {"claude-3-sonnet-20240229", 3},
    {"claude-haiku-4-5-20251001", 7},
    {"claude-opus-4-1-20250805", 8},
    {"claude-opus-4-20250514", 13},
    {"claude-opus-4-5-20251101", 15},
    {"claude-opus-4-6", 9},
    {"claude-sonnet-4", 6},
    {"claude-sonnet-4-20250514", 14},
    {"claude-sonnet-4-5-20250929", 3},
};

Test(corpus, claude_code_as_one_tree)
{
    const struct totals want = {
        .calls = 78, .input = 1667113, .output = 7972, .cache_read = 1493188, .cache_write =
        167802, .cache_5m = 94754, .cache_1h = 9036, .tools = 71, .first_us = 1749898830000000,
        .last_us = 1771270038808000, .sidechain = 10, .tool_errors = NOT_GIVEN, .latency_n = 0,
        .bad = 4, .skipped = NOT_GIVEN};
    struct file_probe f = {0};
    const struct batch *b = &f.p.batch;

    for (size_t i = 0; i < ARRAY_LEN(claude_files); i++)
        if (!read_file(claude_files[i], &f)) {
            cr_log_info("the corpus is not here: skipped");
            return;
        }
    expect_totals("claude-code", totals_of(&f), want);
    for (size_t m = 0; m < ARRAY_LEN(claude_models); m++) {
        int64_t calls = 0;

        for (size_t i = 0; i < b->n_calls; i++)
            calls += !is_beaten(b, i) &&
                     sv_is(b->calls[i].dim[F_REQUEST_MODEL], claude_models[m].model);
        expect("claude-code", claude_models[m].model, calls, claude_models[m].calls);
    }
    probe_release(&f.p);
}
