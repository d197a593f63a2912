/* deepeval: test runs of DeepEval: cases with the verdicts of its metrics. */
#include "format/aliases.h"
#include "format/evals.h"
#include "format/readers.h"

#include "base/banned.h"

/* Both spellings of a name: DeepEval's own files have the first, dumped Python objects the second.
 */
static json_ref either(const struct json_doc *d, json_ref object, const char *camel,
                       const char *snake)
{
    json_ref at = json_get(d, object, camel), other = json_get(d, object, snake);

    return scalar_missing(d, at) && other != JSON_END ? other : at;
}

static json_ref metrics_of(const struct json_doc *d, json_ref test)
{
    return either(d, test, "metricsData", "metrics_data");
}

/* Where a run keeps its cases. */
static const char *const lists[] = {"testCases", "test_results", "conversationalTestCases",
                                    "test_cases"};

static json_ref list_of(const struct json_doc *d, size_t i)
{
    json_ref list = json_get(d, 0, lists[i]);

    return json_type(d, list) == JSON_ARRAY ? list : JSON_END;
}

static bool is_run(const struct json_doc *d)
{
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        json_ref list = list_of(d, i);

        for (json_ref at = json_first(d, list); at != JSON_END; at = json_next(d, list, at))
            if (metrics_of(d, at) != JSON_END)
                return true;
    }
    return false;
}

/* One case alone, as the elements of a list of test results are. */
static bool is_case(const struct json_doc *d)
{
    return json_type(d, metrics_of(d, 0)) == JSON_ARRAY &&
           (json_get(d, 0, "success") != JSON_END || json_get(d, 0, "name") != JSON_END);
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_any(seen, SIGN_BIT(SIGN_EVALUATION)) && (is_run(doc) || is_case(doc));
}

/* "Answer Relevancy" and answer_relevancy are one, and so are "Tone [GEval]" and "Tone (GEval)". */
static struct sv metric_name(const struct reading *r, json_ref metric)
{
    static const char *const suffixes[] = {" [GEval]", " (GEval)"};
    struct sv given = scalar_id(r, r->c->doc, json_get(r->c->doc, metric, "name"));
    char *name = NULL;

    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
        if (sv_ends(given, suffixes[i]))
            given.n -= strlen(suffixes[i]);
    name = keep_room(r, given.n);
    if (!name)
        return SV_NONE;
    for (size_t i = 0; i < given.n; i++) {
        char c = given.p[i];

        name[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c == ' ' || c == '-' ? '_' : c);
    }
    return (struct sv){name, given.n};
}

static bool add_metric(const struct reading *r, const struct identity *id, struct sv in_case,
                       json_ref metric)
{
    const struct json_doc *d = r->c->doc;
    struct score_record *s = add_case_score(r, id, in_case, metric_name(r, metric));

    if (!s)
        return false;
    score_set_judge(s, judge_model(r, d, metric));
    s->value = score_value(r, d, json_get(d, metric, "score"));
    if (s->value.known)
        s->passed = scalar_bool(d, json_get(d, metric, "success"));
    else if (!scalar_missing(d, json_get(d, metric, "error"))) /* it could not judge */
        s->label = SV("error");
    return true;
}

static bool read_case(const struct reading *r, struct sv task, json_ref at, uint64_t n)
{
    const struct json_doc *d = r->c->doc;
    json_ref metrics = metrics_of(d, at), metric = JSON_END;
    struct case_key key = {.task = task, .sample = scalar_id(r, d, json_get(d, at, "name"))};
    struct identity id;
    struct sv in_case;

    if (!key.sample.n)
        key.sample = scalar_id(r, d, json_get(d, at, "order"));
    in_case = case_id(r, &key);
    if (json_type(d, metrics) == JSON_ARRAY)
        metric = json_first(d, metrics);
    for (; metric != JSON_END; metric = json_next(d, metrics, metric)) {
        id = line_identity(r->c, n << 32 | metric); /* a case may have one metric twice */
        if (json_type(d, metric) == JSON_OBJECT && !add_metric(r, &id, in_case, metric))
            return false;
    }
    return true;
}

static bool read_run(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    struct sv task = scalar_id(r, d, either(d, 0, "testFile", "test_file"));
    uint64_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        json_ref list = list_of(d, i);

        for (json_ref at = json_first(d, list); at != JSON_END; at = json_next(d, list, at))
            if (!read_case(r, task, at, ++n))
                return false;
    }
    return true;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);

    if (!(is_case(c->doc) ? read_case(&r, SV_NONE, 0, 0) : read_run(&r))) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    if (batch_size(c->out) > before)
        return LINE_RECORDS;
    *skipped_kind = SV("no metrics");
    return LINE_SKIPPED;
}

const struct format format_deepeval = {
    .name = "deepeval",
    .summary = "test runs of DeepEval",
    .claims = claims,
    .read = read,
};
