/* lm_eval: samples and results of the Language Model Evaluation Harness. */
#include "format/aliases.h"
#include "format/evals.h"
#include "format/readers.h"

#include "base/banned.h"

#define METRICS_MAX 64 /* metrics of a sample that are looked for; a task has a handful */

static bool has(const struct json_doc *d, const char *key)
{
    return json_get(d, 0, key) != JSON_END;
}

static bool is_sample(const struct json_doc *d)
{
    return has(d, "doc_id") && has(d, "doc") && (has(d, "resps") || has(d, "filtered_resps"));
}

static bool is_results(const struct json_doc *d)
{
    return has(d, "results") && has(d, "versions") && has(d, "n-shot");
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_any(seen, SIGN_BIT(SIGN_EVALUATION)) && (is_sample(doc) || is_results(doc));
}

/* Members of a sample that are no metrics, where it does not say which are. */
static bool is_structure(struct sv key)
{
    static const char *const names[] = {"doc_id",      "doc",      "target",     "arguments",
                                        "resps",       "filter",   "metrics",    "filtered_resps",
                                        "prompt_hash", "doc_hash", "target_hash"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_is(key, names[i]))
            return true;
    return false;
}

static bool is_listed(const struct reading *r, json_ref metrics, struct sv name)
{
    const struct json_doc *d = r->c->doc;
    json_ref at = json_first(d, metrics);

    for (int i = 0; at != JSON_END && i < METRICS_MAX; at = json_next(d, metrics, at), i++)
        if (sv_eq(scalar_text(r, d, at), name))
            return true;
    return false;
}

/* Whether a sample's 1 or 0 under this name says right or wrong: acc, acc_norm, exact_match,
 * prompt_level_strict_acc. A one of other metrics (f1, bleu) is the end of a scale. */
static bool is_verdict(struct sv name)
{
    return sv_is(name, "acc") || sv_starts(name, "acc_") || sv_ends(name, "_acc") ||
           sv_is(name, "exact_match") || sv_is(name, "em");
}

/* A list is what is aggregated over all samples later (f1: target and prediction): no score. */
static bool add_metric(const struct reading *r, const struct identity *id, struct sv in_case,
                       struct member m)
{
    const struct json_doc *d = r->c->doc;
    enum json_type type = json_type(d, m.value);
    struct sv name = scalar_text(r, d, m.key);
    struct maybe_f64 value = {0, false};
    struct score_record *s = NULL;

    if (type == JSON_NUMBER || type == JSON_TRUE || type == JSON_FALSE)
        value = score_value(r, d, m.value);
    if (!value.known)
        return true;
    s = add_case_score(r, id, in_case, name);
    if (!s)
        return false;
    s->value = value;
    s->cluster = case_cluster(r, d, 0);
    if (type != JSON_NUMBER)
        s->passed = scalar_bool(d, m.value);
    else if (is_verdict(name) && (value.v == 0 || value.v == 1))
        s->passed = (struct maybe_i64){value.v == 1, true};
    return true;
}

/* There is one line for each filter of a sample, and they are different answers. Neither task nor
 * run stand in it. */
static bool read_sample(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    json_ref metrics = json_get(d, 0, "metrics");
    struct identity id = line_identity(r->c, 0);
    struct case_key key = {.sample = scalar_id(r, d, json_get(d, 0, "doc_hash")),
                           .filter = scalar_id(r, d, json_get(d, 0, "filter"))};
    struct sv in_case;

    if (!key.sample.n)
        key.sample = scalar_id(r, d, json_get(d, 0, "doc_id"));
    in_case = case_id(r, &key);
    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m)) {
        struct sv name = scalar_text(r, d, m.key);
        bool wanted =
            json_type(d, metrics) == JSON_ARRAY ? is_listed(r, metrics, name) : !is_structure(name);

        if (wanted && !add_metric(r, &id, in_case, m))
            return false;
    }
    return true;
}

/* "acc,none" of a task is metric and filter; "acc_stderr,none" is how sure that is. */
static bool add_result(const struct reading *r, struct sv task, uint64_t n, struct member m,
                       struct maybe_i64 at_us)
{
    const struct json_doc *d = r->c->doc;
    struct sv name = scalar_text(r, d, m.key);
    ptrdiff_t comma = sv_find(name, SV(","));
    struct case_key key = {.task = task};
    struct maybe_f64 value = {0, false};
    struct score_record *s = NULL;
    struct identity id;

    if (json_type(d, m.value) == JSON_NUMBER && comma > 0)
        value = score_value(r, d, m.value);
    if (!value.known)
        return true;
    key.filter = (struct sv){name.p + comma + 1, name.n - (size_t)comma - 1};
    name.n = (size_t)comma;
    if (sv_ends(name, "_stderr"))
        return true;
    id = line_identity(r->c, n);
    s = add_case_score(r, &id, case_id(r, &key), name);
    if (!s)
        return false;
    s->value = value;
    s->at_us = at_us;
    return true;
}

static bool read_results(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    json_ref tasks = json_get(d, 0, "results");
    struct maybe_i64 at_us = {0, false};
    uint64_t n = 0;

    if (!scalar_time(r, (struct place){d, "date", json_get(d, 0, "date")}, &at_us, NULL))
        return false;
    for (struct member t = member_first(d, tasks); t.key != JSON_END;
         t = member_next(d, tasks, t)) {
        struct sv task = scalar_id(r, d, t.key);

        for (struct member m = member_first(d, t.value); m.key != JSON_END;
             m = member_next(d, t.value, m))
            if (!add_result(r, task, ++n, m, at_us))
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
    bool ok = true;

    if (is_results(c->doc))
        ok = read_results(&r);
    else if (is_sample(c->doc))
        ok = read_sample(&r);
    if (!ok) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    if (batch_size(c->out) > before)
        return LINE_RECORDS;
    *skipped_kind = SV("no score");
    return LINE_SKIPPED;
}

const struct format format_lm_eval = {
    .name = "lm-eval",
    .summary = "samples and results of lm-evaluation-harness",
    .claims = claims,
    .read = read,
};
