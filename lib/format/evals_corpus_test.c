/* The totals of the evaluation logs in the corpus, which were counted independently (TRUTH.json and
 * EXPECTED.json there). Documents are read whole, as the input stage hands them out. */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/format_testing.h"
#include "format/junit.h"

struct totals {
    int64_t calls, input, output, cost, errors, tools, spans;
    int64_t latency_n, latency_sum, first_us, last_us; /* of the calls */
    int64_t scores, valued, passed, failed;
};

static int64_t number(const struct call_record *c, enum call_field f)
{
    return record_has(c, f) ? record_num(c, f) : 0;
}

static struct totals totals_of(const struct batch *b)
{
    struct totals t = {.tools = (int64_t)b->n_tools,
                       .spans = (int64_t)b->n_spans,
                       .scores = (int64_t)b->n_scores,
                       .calls = (int64_t)b->n_calls};

    for (size_t i = 0; i < b->n_calls; i++) {
        const struct call_record *c = &b->calls[i];
        int64_t us = number(c, F_STARTED_US);

        t.input += number(c, F_INPUT_TOKENS);
        t.output += number(c, F_OUTPUT_TOKENS);
        t.cost += number(c, F_COST_GIVEN_NUSD);
        t.errors += number(c, F_STATUS) == STATUS_ERROR;
        t.latency_n += record_has(c, F_LATENCY_US);
        t.latency_sum += number(c, F_LATENCY_US);
        t.first_us = !t.first_us || us < t.first_us ? us : t.first_us;
        t.last_us = us > t.last_us ? us : t.last_us;
    }
    for (size_t i = 0; i < b->n_scores; i++) {
        t.valued += b->scores[i].value.known;
        t.passed += b->scores[i].passed.known && b->scores[i].passed.v;
        t.failed += b->scores[i].passed.known && !b->scores[i].passed.v;
    }
    return t;
}

static void read_line(void *ctx, struct sv line)
{
    struct probe *p = ctx;
    enum line_outcome outcome = probe_as(p, NULL, line);

    cr_expect(outcome != LINE_BAD, "line %lld: %s", (long long)p->line, p->err.msg);
}

static bool read_file(const char *name, struct buf *out)
{
    char path[512], block[4096];
    FILE *f = NULL;
    size_t n;

    snprintf(path, sizeof(path), "%s%s", CORPUS, name);
    f = fopen(path, "r");
    if (!f) {
        cr_log_info("%s is not here: skipped", path);
        return false;
    }
    while ((n = fread(block, 1, sizeof(block), f)))
        buf_add(out, block, n);
    fclose(f);
    return true;
}

static bool read_as_lines(const char *name, struct probe *p)
{
    char path[512];

    snprintf(path, sizeof(path), "%s%s", CORPUS, name);
    if (each_line(path, p, read_line))
        return true;
    cr_log_info("%s is not here: skipped", path);
    return false;
}

static bool read_as_document(const char *name, struct probe *p)
{
    struct buf text = {0};
    bool there = read_file(name, &text);

    if (there)
        read_line(p, (struct sv){text.p, text.n});
    buf_release(&text);
    return there;
}

/*
 * first_us of EXPECTED.json counts the header of an Inspect log too; here it is that of its first
 * model event, read from the file by hand.
 */
/* clang-format off */
static const struct {
    const char *name, *format;
    bool whole;
    struct totals want;
} files[] = {
    {"inspect/2025-05-12T20-28-13-04-00_popularity.json", "inspect", true, {
      .calls = 3, .input = 192, .output = 6, .latency_n = 3, .latency_sum = 2709422,
      .first_us = 1747096093301227, .last_us = 1747096093306821,
      .scores = 3, .valued = 3, .passed = 2, .failed = 1}},
    {"inspect/log_read_sample.json", "inspect", true, {
      .calls = 1, .input = 66, .output = 3, .latency_n = 1, .latency_sum = 1932455,
      .first_us = 1751723980965459, .last_us = 1751723980965459,
      .scores = 1, .valued = 1, .passed = 1}},
    {"inspect/log_length_stop_reason.txt", "inspect", true, {
      .scores = 1, .valued = 1, .failed = 1}},
    {"inspect/log_tool_call_error.json", "inspect", true, {0}},
    {"inspect/log_with_nan.txt", "inspect", true, {0}},
    {"lm-eval/Llama-2-7b-hf_eus_trivia_5-shot.json", "lm-eval", true, {.scores = 1, .valued = 1}},
    {"lm-eval/latxa-7b-v1_eus_trivia_5-shot.json", "lm-eval", true, {.scores = 1, .valued = 1}},
    {"lm-eval/samples_masakhaner_luo_prompt_1_abridged.jsonl", "lm-eval", false, {0}},
    {"promptfoo/langchain-replay_abridged.json", "promptfoo", true, {
      .scores = 1, .valued = 1, .passed = 1}},
    {"made/promptfoo_results.json", "promptfoo", true, {
      .calls = 20, .input = 400, .output = 200, .cost = 2000000, .latency_n = 20,
      .latency_sum = 2190000, .first_us = 1772323200000000, .last_us = 1772323200000000,
      .scores = 20, .valued = 20, .passed = 15, .failed = 5}},
    {"made/promptfoo_results.jsonl", "promptfoo", false, {
      .calls = 20, .input = 400, .output = 200, .cost = 2000000, .latency_n = 20,
      .latency_sum = 2190000, .scores = 20, .valued = 20, .passed = 15, .failed = 5}},
    {"made/openai_evals.jsonl", "openai-evals", false, {
      .calls = 20, .first_us = 1772352000500000, .last_us = 1772352019500000,
      .scores = 20, .valued = 20, .passed = 15, .failed = 5}},
    {"made/lm_eval_samples_arith.jsonl", "lm-eval", false, {
      .scores = 40, .valued = 40, .passed = 30, .failed = 10}},
    {"made/deepeval_test_run.json", "deepeval", true, {
      .scores = 20, .valued = 20, .passed = 15, .failed = 5}},
    {"made/ragas_scores.jsonl", "ragas", false, {.scores = 39, .valued = 39}},
};
/* clang-format on */

static void expect(const char *name, const char *what, int64_t got, int64_t want)
{
    cr_expect_eq(got, want, "%s: %s is %lld, wanted %lld", name, what, (long long)got,
                 (long long)want);
}

static void expect_totals(const char *name, struct totals got, struct totals want)
{
    expect(name, "calls", got.calls, want.calls);
    expect(name, "input", got.input, want.input);
    expect(name, "output", got.output, want.output);
    expect(name, "cost", got.cost, want.cost);
    expect(name, "errors", got.errors, want.errors);
    expect(name, "tools", got.tools, want.tools);
    expect(name, "spans", got.spans, want.spans);
    expect(name, "latency_n", got.latency_n, want.latency_n);
    expect(name, "latency_sum", got.latency_sum, want.latency_sum);
    expect(name, "first_us", got.first_us, want.first_us);
    expect(name, "last_us", got.last_us, want.last_us);
    expect(name, "scores", got.scores, want.scores);
    expect(name, "valued", got.valued, want.valued);
    expect(name, "passed", got.passed, want.passed);
    expect(name, "failed", got.failed, want.failed);
}

Test(evals_corpus, files_have_the_totals_that_were_counted_without_us)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct probe p = {0};

        if (files[i].whole ? read_as_document(files[i].name, &p)
                           : read_as_lines(files[i].name, &p)) {
            cr_expect(p.format && strcmp(p.format->name, files[i].format) == 0, "%s",
                      files[i].name);
            expect_totals(files[i].name, totals_of(&p.batch), files[i].want);
        }
        probe_release(&p);
    }
}

static struct sv model_of(const struct call_record *c)
{
    return c->dim[record_has(c, F_RESPONSE_MODEL) ? F_RESPONSE_MODEL : F_REQUEST_MODEL];
}

Test(evals_corpus, models)
{
    static const struct {
        const char *name, *model;
        bool whole;
    } cases[] = {
        {"inspect/2025-05-12T20-28-13-04-00_popularity.json", "gpt-4o-mini-2024-07-18", true },
        {"inspect/log_read_sample.json",                      "gemma3",                 true },
        {"made/openai_evals.jsonl",                           "gpt-4o-mini",            false},
        {"made/promptfoo_results.json",                       "gpt-4o-mini",            true },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        if (cases[i].whole)
            read_as_document(cases[i].name, &p);
        else
            read_as_lines(cases[i].name, &p);
        for (size_t c = 0; c < p.batch.n_calls; c++)
            cr_expect(text_is(model_of(&p.batch.calls[c]), cases[i].model), "%s: %.*s",
                      cases[i].name, SV_FMT(model_of(&p.batch.calls[c])));
        probe_release(&p);
    }
}

/* Two filters answer for each document: 15 of 20 right, each. */
Test(evals_corpus, filters_are_not_pooled)
{
    static const char *const filters[] = {"/strict-match/", "/flexible-extract/"};
    struct probe p = {0};
    int64_t passed[2] = {0, 0};

    if (!read_as_lines("made/lm_eval_samples_arith.jsonl", &p))
        return;
    for (size_t i = 0; i < p.batch.n_scores; i++)
        for (size_t f = 0; f < 2; f++)
            passed[f] +=
                sv_ends(p.batch.scores[i].target_id, filters[f]) && p.batch.scores[i].passed.v;
    cr_expect(passed[0] == 15 && passed[1] == 15);
    probe_release(&p);
}

/* One result has one identity and one case, in whichever of both files it stands. */
Test(evals_corpus, promptfoo_documents_and_lines_are_the_same)
{
    struct probe a = {0}, b = {0};

    if (read_as_document("made/promptfoo_results.json", &a) &&
        read_as_lines("made/promptfoo_results.jsonl", &b)) {
        cr_assert(a.batch.n_scores == b.batch.n_scores && a.batch.n_calls == b.batch.n_calls);
        for (size_t i = 0; i < a.batch.n_scores; i++) {
            cr_expect(sv_eq(a.batch.scores[i].id.own, b.batch.scores[i].id.own));
            cr_expect(sv_eq(a.batch.scores[i].target_id, b.batch.scores[i].target_id));
        }
        for (size_t i = 0; i < a.batch.n_calls; i++)
            cr_expect(sv_eq(a.batch.calls[i].id.own, b.batch.calls[i].id.own));
    }
    probe_release(&a);
    probe_release(&b);
}

Test(evals_corpus, lm_eval_results_have_the_given_value)
{
    static const struct {
        const char *name;
        double value;
    } cases[] = {
        {"lm-eval/Llama-2-7b-hf_eus_trivia_5-shot.json", 0.29504373177842563},
        {"lm-eval/latxa-7b-v1_eus_trivia_5-shot.json",   0.40174927113702624},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        if (read_as_document(cases[i].name, &p))
            cr_expect(p.batch.n_scores == 1 && p.batch.scores[0].value.v == cases[i].value, "%s",
                      cases[i].name);
        probe_release(&p);
    }
}

/* No two records of a file are the same one, but for lines that are equal (which are counted). */
Test(evals_corpus, scores_of_a_document_differ)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct probe p = {0};

        if (files[i].whole && read_as_document(files[i].name, &p))
            for (size_t a = 0; a < p.batch.n_scores; a++)
                for (size_t b = 0; b < a; b++)
                    cr_expect(identity_key(&p.batch.scores[a].id) !=
                                  identity_key(&p.batch.scores[b].id),
                              "%s: %zu and %zu", files[i].name, a, b);
        probe_release(&p);
    }
}

Test(evals_corpus, junit)
{
    const struct totals want = {.scores = 20, .valued = 20, .passed = 15, .failed = 5};
    struct buf text = {0};
    struct batch b = {0};
    struct error err = {0};

    if (read_file("made/junit.xml", &text)) {
        struct line_context c = {.out = &b, .source = 1, .line = 1};

        cr_assert(junit_read(text.p, text.n, &c, &err) == OK, "%s", err.msg);
        expect_totals("made/junit.xml", totals_of(&b), want);
        cr_expect(text_is(b.scores[19].target_id, "evals.arith::case_19") &&
                  b.scores[19].line == 22 && b.scores[19].at_us.v == 1772352000000000);
    }
    batch_release(&b);
    buf_release(&text);
}
