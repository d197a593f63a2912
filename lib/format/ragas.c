/* ragas: rows of an evaluated dataset: a question, its answer, and a column for each metric. */
#include "base/time_text.h"
#include "format/aliases.h"
#include "format/evals.h"
#include "format/readers.h"

#include "base/banned.h"

/* Columns of a sample that are texts, whatever is in them. */
static bool is_content_column(struct sv name)
{
    static const char *const names[] = {
        "user_input", "response",        "reference",          "retrieved_contexts",
        "rubrics",    "multi_responses", "reference_contexts", "reference_tool_calls"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_is(name, names[i]))
            return true;
    return false;
}

/* Numbers of rows and the like, which a table brings along, are in [0, 1] as well at times. */
static bool is_counter(struct sv name)
{
    static const char *const ends[] = {"id",    "index", "idx",  "epoch", "seed",
                                       "count", "row",   "rank", "number"};

    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        if (sv_is(name, ends[i]) || (sv_ends(name, ends[i]) && name.n > strlen(ends[i]) &&
                                     name.p[name.n - strlen(ends[i]) - 1] == '_'))
            return true;
    return false;
}

/* A column that means something else to us is no metric; "score" may be one. */
static bool may_be_metric(const struct json_doc *d, json_ref key)
{
    const struct known_key *k = alias_of(d, key);
    struct sv name = json_raw(d, key);

    return (!k || k->target == T_SIGN || k->target == T_QUALITY) && !is_content_column(name) &&
           !is_counter(name);
}

/* A metric that could not be computed is missing: null, NaN, or an empty cell. */
static bool is_unit_value(const struct json_doc *d, json_ref at)
{
    struct sv text = json_raw(d, at);
    int64_t millionths = 0;

    if (scalar_missing(d, at))
        return true;
    if (json_type(d, at) != JSON_NUMBER && json_type(d, at) != JSON_STRING)
        return false;
    return decimal_scaled(text, 6, &millionths) == OK && millionths >= 0 && millionths <= 1000000;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    if (!seen_any(seen, SIGN_BIT(SIGN_EVALUATION)) || seen_call(seen) ||
        json_get(doc, 0, "user_input") == JSON_END ||
        (json_get(doc, 0, "response") == JSON_END && json_get(doc, 0, "reference") == JSON_END &&
         json_get(doc, 0, "retrieved_contexts") == JSON_END))
        return false;
    for (struct member m = member_first(doc, 0); m.key != JSON_END; m = member_next(doc, 0, m))
        if (may_be_metric(doc, m.key) && is_unit_value(doc, m.value))
            return true;
    return false;
}

/* An own id of the row, else the question: the answer is what two runs differ in. */
static struct sv row_sample(const struct reading *r)
{
    static const char *const ids[] = {"sample_id", "id", "test_id"};
    const struct json_doc *d = r->c->doc;
    struct sv id = SV_NONE;

    for (size_t i = 0; i < ARRAY_LEN(ids) && !id.n; i++)
        id = scalar_id(r, d, json_get(d, 0, ids[i]));
    return id.n ? id : value_digest(r, d, json_get(d, 0, "user_input"));
}

static bool add_column(const struct reading *r, const struct identity *id, struct sv in_case,
                       struct member m)
{
    const struct json_doc *d = r->c->doc;
    struct maybe_f64 value = {0, false};
    struct score_record *s = NULL;

    if (may_be_metric(d, m.key) && is_unit_value(d, m.value))
        value = score_value(r, d, m.value);
    if (!value.known)
        return true;
    s = add_case_score(r, id, in_case, scalar_text(r, d, m.key));
    if (!s)
        return false;
    s->value = value;
    return true;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    const struct json_doc *d = c->doc;
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    const struct case_key key = {.sample = row_sample(&r)};
    struct identity id = line_identity(c, 0);
    struct sv in_case = case_id(&r, &key);

    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m))
        if (!add_column(&r, &id, in_case, m)) {
            batch_rewind(c->out, mark);
            return LINE_BAD;
        }
    if (batch_size(c->out) > before)
        return LINE_RECORDS;
    *skipped_kind = SV("no score");
    return LINE_SKIPPED;
}

const struct format format_ragas = {
    .name = "ragas",
    .summary = "rows of a ragas evaluation: user_input, response and a column per metric",
    .claims = claims,
    .read = read,
};
