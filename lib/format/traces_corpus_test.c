/* Traces and runs of the corpus against the totals that stand beside them (EXPECTED.json, and
 * TRUTH.json of the made ones), which were counted independently; they are read, not copied. The
 * choice among nested spans is the store's work; the few lines of it that the totals need stand
 * here. */
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

/* A span with usage below another in the same trace makes that one no call of its own. */
static bool is_shadowed(const struct batch *b, const struct call_record *c)
{
    for (size_t i = 0; i < b->n_calls && c->id.kind == ID_SPAN; i++) {
        struct sv parent = b->calls[i].parent_span_id;

        for (int depth = 0; parent.n && depth < 100; depth++) {
            struct sv above = SV_NONE;

            if (sv_eq(parent, c->span_id))
                return true;
            for (size_t k = 0; k < b->n_spans; k++)
                if (sv_eq(b->spans[k].span_id, parent))
                    above = b->spans[k].parent_span_id;
            parent = above;
        }
    }
    return false;
}

struct tally {
    int64_t n, sum, min, max;
};

static void add(struct tally *t, int64_t v)
{
    t->min = !t->n || v < t->min ? v : t->min;
    t->max = !t->n || v > t->max ? v : t->max;
    t->sum += v;
    t->n++;
}

struct totals {
    int64_t calls, errors;
    struct tally fields[F_COUNT];
    struct tally span_start, span_end;
    double score_sum;
};

static struct totals totals_of(const struct batch *b)
{
    struct totals t = {0};

    for (size_t i = 0; i < b->n_calls; i++) {
        const struct call_record *c = &b->calls[i];

        if (is_shadowed(b, c))
            continue;
        t.calls++;
        t.errors += record_has(c, F_STATUS) && record_num(c, F_STATUS) == STATUS_ERROR;
        for (int f = F_DIM_COUNT; f <= F_COST_GIVEN_NUSD; f++)
            if (record_has(c, (enum call_field)f))
                add(&t.fields[f], record_num(c, (enum call_field)f));
    }
    for (size_t i = 0; i < b->n_spans; i++) {
        if (b->spans[i].started_us.known)
            add(&t.span_start, b->spans[i].started_us.v);
        if (b->spans[i].ended_us.known)
            add(&t.span_end, b->spans[i].ended_us.v);
    }
    for (size_t i = 0; i < b->n_scores; i++)
        t.score_sum += b->scores[i].value.known ? b->scores[i].value.v : 0;
    return t;
}

/* A wanted object, and what it is of. of_spans: its times are those of the spans, not of the calls:
 * in the files of traces the first start and the last end. */
struct wanted {
    const char *name;
    bool of_spans;
    const struct json_doc *d;
    json_ref at;
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
        cr_expect_eq(got, strtoll(raw.p, NULL, 10), "%s: %s is %lld, wanted %.*s", w->name, key,
                     (long long)got, SV_FMT(raw));
}

static void expect_tally(const struct wanted *w, const char *key, const struct tally *t)
{
    json_ref at = json_get(w->d, w->at, key);

    expect(w, at, "n", true, t->n);
    expect(w, at, "sum", true, t->sum);
    expect(w, at, "min", true, t->min);
    expect(w, at, "max", true, t->max);
}

/* How many calls have a text: the first of the two fields that a call has. */
static void expect_texts(const struct wanted *w, const char *key, const struct batch *b,
                         enum call_field first, enum call_field second)
{
    json_ref at = json_get(w->d, w->at, key);
    int64_t wanted = 0, got = 0;

    if (at == JSON_END)
        return;
    for (json_ref k = json_first(w->d, at); k != JSON_END;) {
        json_ref v = json_next(w->d, at, k);
        int64_t n = 0;

        for (size_t i = 0; i < b->n_calls; i++) {
            const struct call_record *c = &b->calls[i];

            n += !is_shadowed(b, c) &&
                 sv_eq(c->dim[record_has(c, first) ? first : second], json_raw(w->d, k));
        }
        wanted += strtoll(json_raw(w->d, v).p, NULL, 10);
        got += n;
        cr_expect_eq(n, strtoll(json_raw(w->d, v).p, NULL, 10), "%s: %s %.*s: %lld", w->name, key,
                     SV_FMT(json_raw(w->d, k)), (long long)n);
        k = json_next(w->d, at, v);
    }
    cr_expect_eq(got, wanted, "%s: %s", w->name, key);
}

static void expect_totals(const struct wanted *w, const struct batch *b)
{
    static const struct {
        const char *key;
        enum call_field field;
    } sums[] = {
        {"input_tokens", F_INPUT_TOKENS},     {"output_tokens", F_OUTPUT_TOKENS},
        {"cache_read", F_CACHE_READ_TOKENS},  {"cache_write", F_CACHE_WRITE_TOKENS},
        {"reasoning", F_REASONING_TOKENS},    {"cost_nusd", F_COST_GIVEN_NUSD},
    };
    struct totals t = totals_of(b);
    json_ref missing = json_get(w->d, w->at, "missing");
    struct sv score_sum = json_raw(w->d, json_get(w->d, w->at, "score_sum"));

    expect(w, w->at, "calls", true, t.calls);
    expect(w, w->at, "errors", true, t.errors);
    expect(w, w->at, "spans", true, (int64_t)b->n_spans);
    expect(w, w->at, "tool_calls", true, (int64_t)b->n_tools);
    expect(w, w->at, "scores", true, (int64_t)b->n_scores);
    for (size_t i = 0; i < ARRAY_LEN(sums); i++)
        expect(w, w->at, sums[i].key, t.fields[sums[i].field].n > 0, t.fields[sums[i].field].sum);
    for (size_t i = 0; i < 2; i++)
        expect(w, missing, sums[i].key, true, t.calls - t.fields[sums[i].field].n);
    expect_tally(w, "latency_us", &t.fields[F_LATENCY_US]);
    expect_tally(w, "ttft_us", &t.fields[F_TIME_TO_FIRST_TOKEN_US]);
    expect(w, w->at, "first_us", true,
           w->of_spans ? t.span_start.min : t.fields[F_STARTED_US].min);
    expect(w, w->at, "last_us", true, w->of_spans ? t.span_end.max : t.fields[F_STARTED_US].max);
    expect_texts(w, "models", b, F_RESPONSE_MODEL, F_REQUEST_MODEL);
    expect_texts(w, "finish_reasons", b, F_FINISH_REASON_RAW, F_FINISH_REASON_RAW);
    if (score_sum.p)
        cr_expect_float_eq(t.score_sum, strtod(score_sum.p, NULL), 1e-9, "%s: score_sum is %.9f",
                           w->name, t.score_sum);
}

struct file {
    const char *folder, *name, *format, *truth;
    bool is_document;
};

static const struct file files[] = {
    {"jaeger", "helm_2.json", "jaeger", NULL, true},
    {"langfuse", "claude-agent-2025-12-22.trace.json", "langfuse", NULL, true},
    {"langfuse", "crewai-2025-07-11.trace.json", "langfuse", NULL, true},
    {"langfuse", "langgraph-python-2025-08-22.trace.json", "langfuse", NULL, true},
    {"langfuse", "microsoft-agent-2025-12-17.trace.json", "langfuse", NULL, true},
    {"langfuse", "openai-agents-2025-09-30.trace.json", "langfuse", NULL, true},
    {"langfuse", "vercel-aisdk-2025-11-17.trace.json", "langfuse", NULL, true},
    {"langsmith", "langsmith_js_wrap_openai_default.json", "langsmith", NULL, true},
    {"langsmith", "langsmith_py_wrap_openai_.json", "langsmith", NULL, true},
    /* Tempo's own export, of which the derived file is a translation */
    {"otlp", "tempo_export_with_batches.json", "otlp", "derived_tempo.otlp.jsonl", true},
    {"made", "phoenix_spans.jsonl", "phoenix", NULL, false},
    {"made", "phoenix_rest_spans.jsonl", "phoenix", NULL, false},
    {"made", "langfuse_observations_v2.jsonl", "langfuse", NULL, false},
    {"made", "langfuse_scores.jsonl", "langfuse", NULL, false},
    {"made", "langsmith_runs.jsonl", "langsmith", NULL, false},
};

struct reading_of {
    struct probe p;
    const struct file *file;
};

static void read_line(void *ctx, struct sv text)
{
    struct reading_of *r = ctx;
    enum line_outcome outcome = probe_as(&r->p, NULL, text);

    cr_expect(outcome == LINE_RECORDS, "%s: %lld: %s", r->file->name, (long long)r->p.line,
              r->p.err.msg);
    cr_expect(r->p.format && strcmp(r->p.format->name, r->file->format) == 0, "%s: %lld: %s",
              r->file->name, (long long)r->p.line, r->p.format ? r->p.format->name : "nobody");
}

static bool read_file(const char *folder, const char *name, struct reading_of *r)
{
    char path[256];
    struct buf whole;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (r->file->is_document) {
        whole = content_of(path);
        if (whole.n)
            read_line(r, (struct sv){whole.p, whole.n});
        r->p.doc.text = NULL;
        buf_release(&whole);
        return r->p.line > 0;
    }
    snprintf(path, sizeof(path), CORPUS "%s/%s", folder, name);
    return each_line(path, r, read_line);
}

static void check_file(const struct file *f)
{
    bool made = strcmp(f->folder, "made") == 0;
    struct reading_of r = {.file = f};
    struct json_doc truth = {0};
    char path[256];
    struct buf text;
    struct wanted w = {path, !made && strcmp(f->folder, "langsmith") != 0, &truth, JSON_END};

    snprintf(path, sizeof(path), "%s/%s", f->folder, made ? "TRUTH.json" : "EXPECTED.json");
    text = content_of(path);
    if (!text.n || !read_file(f->folder, f->name, &r)) {
        cr_log_info("%s/%s is not here: skipped", f->folder, f->name);
        goto done;
    }
    cr_assert(json_parse(&truth, text.p, text.n, NULL) == OK);
    snprintf(path, sizeof(path), "%s/%s", f->folder, f->name);
    w.at = json_get(&truth, made ? 0 : json_get(&truth, 0, "files"), f->truth ? f->truth : f->name);
    cr_assert(w.at != JSON_END, "%s", path);
    expect_totals(&w, &r.p.batch);
done:
    json_release(&truth);
    buf_release(&text);
    probe_release(&r.p);
}

Test(traces_corpus, totals_are_those_counted_independently)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        check_file(&files[i]);
}

static bool same_span(const struct span_record *a, const struct span_record *b)
{
    return sv_eq(a->trace_id, b->trace_id) && sv_eq(a->span_id, b->span_id) &&
           sv_eq(a->parent_span_id, b->parent_span_id) && sv_eq(a->name, b->name) &&
           sv_eq(a->kind, b->kind) && sv_eq(a->service, b->service) && sv_eq(a->scope, b->scope) &&
           a->started_us.v == b->started_us.v && a->ended_us.v == b->ended_us.v &&
           a->has_usage == b->has_usage && a->status == b->status;
}

static bool same_call(const struct call_record *a, const struct call_record *b)
{
    for (int i = 0; i < F_COUNT; i++) {
        enum call_field f = (enum call_field)i;

        if (f == F_SOURCE_FORMAT)
            continue;
        if (record_has(a, f) != record_has(b, f) ||
            (f < F_DIM_COUNT ? !sv_eq(a->dim[f], b->dim[f]) : record_num(a, f) != record_num(b, f)))
            return false;
    }
    return identity_key(&a->id) == identity_key(&b->id) && sv_eq(a->session_id, b->session_id) &&
           sv_eq(a->request_id, b->request_id);
}

/* One trace, exported by Jaeger or Tempo and translated to OTLP lines: the same records. */
Test(traces_corpus, an_export_and_its_translation_say_the_same)
{
    static const struct file pairs[][2] = {
        {{"jaeger", "helm_2.json", "jaeger", NULL, true},
         {"otlp", "derived_helm_2.otlp.jsonl", "otlp", NULL, false}},
        {{"otlp", "tempo_export_with_batches.json", "otlp", NULL, true},
         {"otlp", "derived_tempo.otlp.jsonl", "otlp", NULL, false}},
    };

    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct reading_of a = {.file = &pairs[i][0]}, b = {.file = &pairs[i][1]};
        size_t spans = 0, calls = 0;

        if (!read_file(a.file->folder, a.file->name, &a) ||
            !read_file(b.file->folder, b.file->name, &b))
            cr_log_info("%s is not here: skipped", a.file->name);
        for (size_t x = 0; x < a.p.batch.n_spans; x++)
            for (size_t y = 0; y < b.p.batch.n_spans; y++)
                spans += same_span(&a.p.batch.spans[x], &b.p.batch.spans[y]);
        for (size_t x = 0; x < a.p.batch.n_calls; x++)
            for (size_t y = 0; y < b.p.batch.n_calls; y++)
                calls += same_call(&a.p.batch.calls[x], &b.p.batch.calls[y]);
        cr_expect_eq(spans, a.p.batch.n_spans, "%s: %zu of %zu spans", a.file->name, spans,
                     a.p.batch.n_spans);
        cr_expect_eq(calls, a.p.batch.n_calls, "%s: %zu of %zu calls", a.file->name, calls,
                     a.p.batch.n_calls);
        cr_expect_eq(a.p.batch.n_spans, b.p.batch.n_spans);
        cr_expect_eq(a.p.batch.n_calls, b.p.batch.n_calls);
        probe_release(&a.p);
        probe_release(&b.p);
    }
}

/* The example of the protocol: ids in upper case, nanoseconds as numbers. */
Test(traces_corpus, the_example_of_the_protocol)
{
    static const struct file f = {"otlp", "opentelemetry_proto_trace.json", "otlp", NULL, true};
    struct reading_of r = {.file = &f};
    const struct span_record *span = NULL;

    if (!read_file(f.folder, f.name, &r))
        cr_skip_test("the corpus is not here");
    cr_assert_eq(r.p.batch.n_spans, 1);
    cr_expect_eq(r.p.batch.n_calls, 0);
    span = r.p.batch.spans;
    cr_expect(sv_is(span->trace_id, "5b8efff798038103d269b633813fc60c"));
    cr_expect(sv_is(span->span_id, "eee19b7ec3c1b174"));
    cr_expect(sv_is(span->parent_span_id, "eee19b7ec3c1b173"));
    cr_expect(sv_is(span->service, "my.service") && sv_is(span->scope, "my.library"));
    cr_expect_eq(span->started_us.v, 1544712660000000);
    cr_expect_eq(span->ended_us.v, 1544712661000000);
    probe_release(&r.p);
}
