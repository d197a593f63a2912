/* Session files of agents and exports of gateways against totals that were counted independently:
 * those of the corpus' EXPECTED.json and TRUTH.json; by hand and a few lines of Python where these
 * are silent (gemini-cli, litellm, one half of a pair, the times to the first token). Merging is
 * the store's work; the few lines of it that the totals need stand here. */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/format_testing.h"

static struct buf content_of(const char *name)
{
    struct buf b = {0};
    char path[256], block[8192];
    FILE *f;
    size_t n;

    snprintf(path, sizeof(path), CORPUS "%s", name);
    f = fopen(path, "r");
    while (f && (n = fread(block, 1, sizeof(block), f)))
        buf_add(&b, block, n);
    if (f)
        fclose(f);
    return b;
}

struct reading_file {
    struct probe p;
    const char *format;
    int64_t bad;
};

static void read_piece(void *ctx, struct sv text)
{
    struct reading_file *f = ctx;
    enum line_outcome outcome = probe_as(&f->p, NULL, text);

    f->bad += outcome == LINE_BAD;
    if (outcome != LINE_BAD && f->format)
        cr_expect(strcmp(f->p.format->name, f->format) == 0, "line %lld is taken by %s",
                  (long long)f->p.line, f->p.format->name);
}

static void read_array(struct reading_file *f, struct sv text)
{
    struct json_doc d = {0};

    cr_assert(json_parse(&d, text.p, text.n, NULL) == OK);
    for (json_ref at = json_first(&d, 0); at != JSON_END; at = json_next(&d, 0, at))
        read_piece(f, json_raw(&d, at));
    json_release(&d);
}

/* The input's lines, the elements of an array, or the whole of a document. */
static void read_input(struct reading_file *f, const char *name)
{
    struct buf b = content_of(name);
    struct sv text = {b.p, b.n};
    char path[256];

    f->p.memory = (struct format_memory){0};
    snprintf(path, sizeof(path), CORPUS "%s", name);
    if (sv_ends(sv_from(name), ".jsonl"))
        each_line(path, f, read_piece);
    else if (text.n && text.p[0] == '[')
        read_array(f, text);
    else if (text.n)
        read_piece(f, text);
    buf_release(&b);
}

static int64_t number(const struct call_record *c, enum call_field f)
{
    return record_has(c, f) ? record_num(c, f) : 0;
}

/* Most output tokens, then the latest time. */
static bool is_beaten(const struct batch *b, size_t at)
{
    const struct call_record *c = &b->calls[at];

    for (size_t i = 0; i < b->n_calls; i++) {
        const struct call_record *o = &b->calls[i];
        int64_t more = number(o, F_OUTPUT_TOKENS) - number(c, F_OUTPUT_TOKENS);
        int64_t later = number(o, F_STARTED_US) - number(c, F_STARTED_US);

        if (i == at || c->id.kind == ID_LINE || identity_key(&c->id) != identity_key(&o->id))
            continue;
        if (more > 0 || (more == 0 && (later > 0 || (later == 0 && i > at))))
            return true;
    }
    return false;
}

static int64_t count_tools(const struct batch *b)
{
    int64_t n = 0;

    for (size_t i = 0; i < b->n_tools; i++) {
        bool repeated = false;

        for (size_t k = 0; k < i; k++)
            repeated |= identity_key(&b->tools[k].id) == identity_key(&b->tools[i].id);
        n += !repeated;
    }
    return n;
}

struct tally {
    int64_t n, sum, min, max;
};

struct totals {
    int64_t calls, errors, tools, scores;
    struct tally fields[F_COUNT];
};

static struct totals totals_of(const struct batch *b)
{
    struct totals t = {.tools = count_tools(b), .scores = (int64_t)b->n_scores};

    for (size_t i = 0; i < b->n_calls; i++) {
        const struct call_record *c = &b->calls[i];

        if (is_beaten(b, i))
            continue;
        t.calls++;
        t.errors += record_has(c, F_STATUS) && record_num(c, F_STATUS) == STATUS_ERROR;
        for (int f = F_STARTED_US; f < F_STATUS; f++) {
            struct tally *tally = &t.fields[f];
            int64_t v = record_num(c, (enum call_field)f);

            if (!record_has(c, (enum call_field)f))
                continue;
            tally->min = !tally->n || v < tally->min ? v : tally->min;
            tally->max = !tally->n || v > tally->max ? v : tally->max;
            tally->sum += v;
            tally->n++;
        }
    }
    return t;
}

static int64_t calls_with(const struct batch *b, struct sv text, enum call_field first,
                          enum call_field second)
{
    int64_t n = 0;

    for (size_t i = 0; i < b->n_calls; i++)
        n += !is_beaten(b, i) &&
             sv_eq(b->calls[i].dim[record_has(&b->calls[i], first) ? first : second], text);
    return n;
}

/* clang-format off */
static const struct {
    const char *inputs[2];
    const char *format;
    const char *want; /* keys as in EXPECTED.json; what is not named is not checked */
} files[] = {
    {{"codex/codex_050_legacy.jsonl"}, "codex", "{\"calls\":0,\"errors\":0,\"tool_calls\":0}"},
    {{"codex/codex_051_usage.jsonl"}, "codex", "{\"calls\":0,\"errors\":0,\"tool_calls\":0}"},
    {{"codex/codex_052_raw.jsonl"}, "codex", "{\"calls\":0,\"errors\":0,\"tool_calls\":0}"},
    {{"codex/codex_053_rate_limit.jsonl"}, "codex",
     "{\"calls\":1,\"errors\":0,\"input_tokens\":12091,\"output_tokens\":182,\"cache_read\":10880,"
     "\"cache_write\":null,\"reasoning\":128,\"cost_nusd\":null,\"tool_calls\":0,\"models\":{},"
     "\"first_us\":1761930005000000,\"last_us\":1761930005000000}"},
    {{"codex/stage0_large.jsonl"}, "codex",
     "{\"calls\":1,\"errors\":0,\"input_tokens\":12091,\"output_tokens\":182,\"cache_read\":10880,"
     "\"cache_write\":null,\"reasoning\":128,\"cost_nusd\":null,\"tool_calls\":1,"
     "\"models\":{\"gpt-5.2\":1},\"first_us\":1766052004100000,\"last_us\":1766052004100000}"},
    {{"codex/stage0_schema_drift.jsonl"}, NULL, "{\"calls\":0,\"tool_calls\":0,\"bad\":4}"},
    {{"made/codex_rollout_parent.jsonl", "made/codex_rollout_fork.jsonl"}, "codex",
     "{\"calls\":6,\"input_tokens\":3928,\"output_tokens\":3065,\"cache_read\":179,"
     "\"reasoning\":392,\"tool_calls\":4,\"models\":{\"gpt-5.2-codex\":6}}"},
    {{"made/codex_rollout_fork.jsonl", "made/codex_rollout_parent.jsonl"}, "codex",
     "{\"calls\":6,\"input_tokens\":3928,\"output_tokens\":3065,\"cache_read\":179,"
     "\"reasoning\":392,\"tool_calls\":4,\"models\":{\"gpt-5.2-codex\":6},"
     "\"first_us\":1772697602514632,\"last_us\":1772698054628834}"},
    {{"made/codex_rollout_parent.jsonl"}, "codex",
     "{\"calls\":4,\"input_tokens\":2964,\"output_tokens\":1339,\"cache_read\":179,"
     "\"reasoning\":99,\"tool_calls\":4}"},
    {{"made/codex_rollout_fork.jsonl"}, "codex",
     "{\"calls\":2,\"input_tokens\":964,\"output_tokens\":1726,\"reasoning\":293}"},
    {{"gemini-cli/jsonl_v040.jsonl"}, "gemini-cli",
     "{\"calls\":2,\"errors\":0,\"input_tokens\":23924,\"output_tokens\":228,\"cache_read\":11502,"
     "\"reasoning\":0,\"cost_nusd\":null,\"tool_calls\":1,"
     "\"models\":{\"gemini-3-flash-preview\":2},"
     "\"first_us\":1777498775125000,\"last_us\":1777498785996000}"},
    {{"gemini-cli/large.json"}, "gemini-cli",
     "{\"calls\":1,\"input_tokens\":100,\"output_tokens\":10,\"cache_read\":0,\"tool_calls\":2,"
     "\"first_us\":1765928822000000,\"last_us\":1765928822000000}"},
    {{"gemini-cli/small.json"}, "gemini-cli",
     "{\"calls\":1,\"input_tokens\":10,\"output_tokens\":5,\"tool_calls\":0}"},
    {{"pi/large-session-head.jsonl"}, "pi",
     "{\"calls\":40,\"errors\":1,\"input_tokens\":1475514,\"output_tokens\":10542,"
     "\"cache_read\":1344887,\"cache_write\":130515,\"reasoning\":null,\"cost_nusd\":1051363350,"
     "\"tool_calls\":58,\"scores\":0,\"models\":{\"claude-sonnet-4-5\":39,\"gpt-5.1-codex\":1},"
     "\"finish_reasons\":{\"aborted\":1,\"error\":1,\"stop\":3,\"toolUse\":35},"
     "\"first_us\":1763681582351000,\"last_us\":1763683256335000}"},
    {{"swe-agent/function_calling_simple.traj"}, "swe-agent",
     "{\"calls\":1,\"errors\":0,\"input_tokens\":null,\"output_tokens\":null,\"cost_nusd\":null,"
     "\"tool_calls\":0,\"first_us\":null}"},
    /* EXPECTED.json counts no steps as tool calls; the file has four */
    {{"swe-agent/networking_1.traj"}, "swe-agent",
     "{\"calls\":1,\"errors\":0,\"input_tokens\":0,\"output_tokens\":0,\"cost_nusd\":0,"
     "\"tool_calls\":4,\"finish_reasons\":{\"submitted\":1},\"first_us\":null}"},
    {{"litellm/standard_logging_payload.jsonl"}, "litellm",
     "{\"calls\":1,\"errors\":0,\"input_tokens\":10,\"output_tokens\":20,\"cache_read\":null,"
     "\"cost_nusd\":225000,\"models\":{\"gpt-4o\":1},\"finish_reasons\":{\"stop\":1},"
     "\"first_us\":1737710446847371,\"latency_us\":{\"n\":1,\"sum\":4583},\"ttft_us\":{\"n\":0}}"},
    {{"litellm/spend_logs.jsonl"}, "litellm-spend",
     "{\"calls\":1,\"errors\":0,\"input_tokens\":10,\"output_tokens\":20,\"cache_read\":null,"
     "\"cost_nusd\":225000,\"models\":{\"gpt-4o\":1},"
     "\"first_us\":1737710446847371,\"latency_us\":{\"n\":1,\"sum\":4583}}"},
    {{"made/litellm_standard_logging_payload.jsonl"}, "litellm",
     "{\"calls\":20,\"input_tokens\":15460,\"output_tokens\":9726,\"cache_read\":null,"
     "\"cost_nusd\":1026137000,\"errors\":3,\"models\":{\"claude-sonnet-4-5-20250929\":3,"
     "\"gemini-2.5-flash\":7,\"gpt-4.1\":3,\"gpt-4o-mini\":7},\"first_us\":1772697600077036,"
     "\"last_us\":1772698303344336,\"latency_us\":{\"n\":20,\"sum\":88763129,\"min\":466195,"
     "\"max\":8191167},\"ttft_us\":{\"n\":10,\"sum\":4387640}}"},
    {{"made/helicone_requests.jsonl"}, "helicone",
     "{\"calls\":16,\"input_tokens\":16182,\"output_tokens\":7318,\"cache_read\":2050,"
     "\"cost_nusd\":765688000,\"errors\":2,\"models\":{\"claude-sonnet-4-5-20250929\":7,"
     "\"gemini-2.5-flash\":1,\"gpt-4.1\":3,\"gpt-4o-mini\":5},\"first_us\":1772697600700569,"
     "\"last_us\":1772698155930481,\"latency_us\":{\"n\":16,\"sum\":71286000,\"min\":191000,"
     "\"max\":7862000},\"ttft_us\":{\"n\":16,\"sum\":7985000},\"scores\":16}"},
    {{"made/braintrust_logs.jsonl"}, "braintrust",
     "{\"calls\":16,\"input_tokens\":12372,\"output_tokens\":8058,\"cache_read\":476,"
     "\"cost_nusd\":775612000,\"errors\":0,\"models\":{\"claude-sonnet-4-5-20250929\":4,"
     "\"gemini-2.5-flash\":3,\"gpt-4.1\":5,\"gpt-4o-mini\":4},\"first_us\":1772697600492267,"
     "\"last_us\":1772698155886996,\"latency_us\":{\"n\":16,\"sum\":79762174,\"min\":323580,"
     "\"max\":8042501},\"ttft_us\":{\"n\":16,\"sum\":7066517},\"scores\":16}"},
    {{"made/llm_logs.json"}, "llm-logs",
     "{\"calls\":8,\"input_tokens\":4128,\"output_tokens\":3463,\"cache_read\":null,"
     "\"cost_nusd\":null,\"errors\":0,\"models\":{\"gemini-2.5-flash\":2,\"gpt-4.1\":3,"
     "\"gpt-4o-mini\":3},\"first_us\":1772697600168233,\"last_us\":1772697859669439,"
     "\"latency_us\":{\"n\":8,\"sum\":36071000,\"min\":732000,\"max\":8767000}}"},
};
/* clang-format on */

/* Other agents' files: their lines give no call here and do no harm. */
static const char *const others[] = {
    "other-agents/copilot_large.jsonl", "other-agents/droid_stream_json_small.jsonl",
    "other-agents/kimi_small.jsonl", "other-agents/qwen_system_telemetry.jsonl"};

struct wanted {
    const char *name;
    const struct json_doc *d;
};

static void expect(const struct wanted *w, json_ref object, const char *key, bool known,
                   int64_t got)
{
    struct sv raw = json_raw(w->d, json_get(w->d, object, key));

    if (!raw.p)
        return;
    if (sv_is(raw, "null"))
        cr_expect(!known, "%s: %s is %lld, wanted none", w->name, key, (long long)got);
    else
        cr_expect(known && got == strtoll(raw.p, NULL, 10), "%s: %s is %lld, wanted %.*s", w->name,
                  key, (long long)got, SV_FMT(raw));
}

static void expect_tally(const struct wanted *w, const char *key, const struct tally *t)
{
    json_ref at = json_get(w->d, 0, key);

    expect(w, at, "n", true, t->n);
    expect(w, at, "sum", true, t->sum);
    expect(w, at, "min", true, t->min);
    expect(w, at, "max", true, t->max);
}

/* How many calls have a text: the first of the two fields that a call has. */
static void expect_texts(const struct wanted *w, const char *key, const struct batch *b,
                         enum call_field first, enum call_field second)
{
    json_ref at = json_get(w->d, 0, key);
    int64_t named = 0;

    if (at == JSON_END)
        return;
    for (json_ref k = json_first(w->d, at); k != JSON_END;) {
        json_ref v = json_next(w->d, at, k);
        int64_t n = calls_with(b, json_raw(w->d, k), first, second);

        cr_expect_eq(n, strtoll(json_raw(w->d, v).p, NULL, 10), "%s: %s %.*s: %lld", w->name, key,
                     SV_FMT(json_raw(w->d, k)), (long long)n);
        named += n;
        k = json_next(w->d, at, v);
    }
    cr_expect_eq(named + calls_with(b, SV_NONE, first, second), totals_of(b).calls,
                 "%s: %s: others", w->name, key);
}

static void check(const struct wanted *w, const struct reading_file *f)
{
    static const struct {
        const char *key;
        enum call_field field;
    } sums[] = {
        {"input_tokens",  F_INPUT_TOKENS      },
        {"output_tokens", F_OUTPUT_TOKENS     },
        {"cache_read",    F_CACHE_READ_TOKENS },
        {"cache_write",   F_CACHE_WRITE_TOKENS},
        {"reasoning",     F_REASONING_TOKENS  },
        {"cost_nusd",     F_COST_GIVEN_NUSD   },
    };
    struct totals t = totals_of(&f->p.batch);
    const struct tally *start = &t.fields[F_STARTED_US];

    expect(w, 0, "calls", true, t.calls);
    expect(w, 0, "errors", true, t.errors);
    expect(w, 0, "tool_calls", true, t.tools);
    expect(w, 0, "scores", true, t.scores);
    expect(w, 0, "first_us", start->n > 0, start->min);
    expect(w, 0, "last_us", start->n > 0, start->max);
    for (size_t i = 0; i < ARRAY_LEN(sums); i++)
        expect(w, 0, sums[i].key, t.fields[sums[i].field].n > 0, t.fields[sums[i].field].sum);
    expect_tally(w, "latency_us", &t.fields[F_LATENCY_US]);
    expect_tally(w, "ttft_us", &t.fields[F_TIME_TO_FIRST_TOKEN_US]);
    expect_texts(w, "models", &f->p.batch, F_RESPONSE_MODEL, F_REQUEST_MODEL);
    expect_texts(w, "finish_reasons", &f->p.batch, F_FINISH_REASON_RAW, F_FINISH_REASON_RAW);
    if (json_get(w->d, 0, "bad") == JSON_END)
        cr_expect_eq(f->bad, 0, "%s: %lld lines are unreadable", w->name, (long long)f->bad);
    expect(w, 0, "bad", true, f->bad);
}

Test(agents_corpus, files_have_the_totals_that_were_counted_without_us)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct reading_file f = {.format = files[i].format};
        struct json_doc want = {0};
        struct wanted w = {files[i].inputs[0], &want};

        cr_assert(json_parse(&want, files[i].want, strlen(files[i].want), NULL) == OK, "%s",
                  w.name);
        for (size_t k = 0; k < 2 && files[i].inputs[k]; k++)
            read_input(&f, files[i].inputs[k]);
        if (f.p.line)
            check(&w, &f);
        else
            cr_log_info("%s is not here: skipped", w.name);
        json_release(&want);
        probe_release(&f.p);
    }
}

Test(agents_corpus, files_of_agents_that_are_not_known_give_no_call)
{
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct reading_file f = {0};

        read_input(&f, others[i]);
        if (!f.p.line)
            cr_log_info("%s is not here: skipped", others[i]);
        cr_expect_eq(f.p.batch.n_calls, 0, "%s", others[i]);
        cr_log_info("%s: %lld lines, %lld unreadable", others[i], (long long)f.p.line,
                    (long long)f.bad);
        probe_release(&f.p);
    }
}
