/* case_scores: results of an evaluation as flat lines or rows: {"item_id":"q1","passed":true}. */
#include "format/evals.h"
#include "format/flat.h"
#include "format/readers.h"
#include "stats/ngram_vector.h"

#include "base/banned.h"

/* What a member of a line says; of two with one meaning the one that stands first here counts. */
enum slot {
    SLOT_CASE,
    SLOT_PASSED,
    SLOT_VALUE,
    SLOT_GROUP, /* {"accuracy":0.9,"tone":{"score":0.5}} */
    SLOT_NAME,
    SLOT_RUN,
    SLOT_REPEAT,
    SLOT_TASK,
    SLOT_FILTER,
    SLOT_CLUSTER,
    SLOT_JUDGE, /* its model */
    SLOT_ANSWER,
    SLOT_GOLDEN, /* the answer that was hoped for */
    SLOT_COUNT,
};

static const struct {
    struct sv name;
    enum slot slot;
} names[] = {
    {SV_INIT("item_id"),         SLOT_CASE   },
    {SV_INIT("case_id"),         SLOT_CASE   },
    {SV_INIT("test_case_id"),    SLOT_CASE   },
    {SV_INIT("test_id"),         SLOT_CASE   },
    {SV_INIT("sample_id"),       SLOT_CASE   },
    {SV_INIT("example_id"),      SLOT_CASE   },
    {SV_INIT("instance_id"),     SLOT_CASE   },
    {SV_INIT("question_id"),     SLOT_CASE   },
    {SV_INIT("passed"),          SLOT_PASSED },
    {SV_INIT("pass"),            SLOT_PASSED },
    {SV_INIT("success"),         SLOT_PASSED },
    {SV_INIT("correct"),         SLOT_PASSED },
    {SV_INIT("is_correct"),      SLOT_PASSED },
    {SV_INIT("resolved"),        SLOT_PASSED },
    {SV_INIT("score"),           SLOT_VALUE  },
    {SV_INIT("value"),           SLOT_VALUE  },
    {SV_INIT("eval_score"),      SLOT_VALUE  },
    {SV_INIT("scores"),          SLOT_GROUP  },
    {SV_INIT("metrics"),         SLOT_GROUP  },
    {SV_INIT("metric"),          SLOT_NAME   },
    {SV_INIT("metric_name"),     SLOT_NAME   },
    {SV_INIT("score_name"),      SLOT_NAME   },
    {SV_INIT("check"),           SLOT_NAME   },
    {SV_INIT("run"),             SLOT_RUN    },
    {SV_INIT("run_id"),          SLOT_RUN    },
    {SV_INIT("run_name"),        SLOT_RUN    },
    {SV_INIT("experiment"),      SLOT_RUN    },
    {SV_INIT("trial"),           SLOT_REPEAT },
    {SV_INIT("epoch"),           SLOT_REPEAT },
    {SV_INIT("repeat"),          SLOT_REPEAT },
    {SV_INIT("attempt"),         SLOT_REPEAT },
    {SV_INIT("task"),            SLOT_TASK   },
    {SV_INIT("filter"),          SLOT_FILTER },
    {SV_INIT("cluster"),         SLOT_CLUSTER},
    {SV_INIT("cluster_id"),      SLOT_CLUSTER},
    {SV_INIT("group"),           SLOT_CLUSTER},
    {SV_INIT("group_id"),        SLOT_CLUSTER},
    {SV_INIT("document_id"),     SLOT_CLUSTER},
    {SV_INIT("session_id"),      SLOT_CLUSTER},
    {SV_INIT("conversation_id"), SLOT_CLUSTER},
    {SV_INIT("judge_model"),     SLOT_JUDGE  },
    {SV_INIT("grader_model"),    SLOT_JUDGE  },
    {SV_INIT("evaluator_model"), SLOT_JUDGE  },
    {SV_INIT("judge"),           SLOT_JUDGE  },
    {SV_INIT("output"),          SLOT_ANSWER },
    {SV_INIT("answer"),          SLOT_ANSWER },
    {SV_INIT("response"),        SLOT_ANSWER },
    {SV_INIT("actual_output"),   SLOT_ANSWER },
    {SV_INIT("prediction"),      SLOT_ANSWER },
    {SV_INIT("golden"),          SLOT_GOLDEN },
    {SV_INIT("expected"),        SLOT_GOLDEN },
    {SV_INIT("expected_output"), SLOT_GOLDEN },
    {SV_INIT("reference"),       SLOT_GOLDEN },
    {SV_INIT("ground_truth"),    SLOT_GOLDEN },
};

struct line_slots {
    json_ref at[SLOT_COUNT];
    uint8_t rank[SLOT_COUNT];
};

/* One pass over the line, for there may be millions. */
static void find_slots(const struct json_doc *d, struct line_slots *out)
{
    for (int s = 0; s < SLOT_COUNT; s++) {
        out->at[s] = JSON_END;
        out->rank[s] = UINT8_MAX;
    }
    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m)) {
        struct sv name = json_raw(d, m.key);

        for (uint8_t i = 0; i < ARRAY_LEN(names); i++)
            if (sv_eq(name, names[i].name)) {
                enum slot slot = names[i].slot;

                if (i <= out->rank[slot] && json_type(d, m.value) != JSON_NULL) {
                    out->at[slot] = m.value;
                    out->rank[slot] = i;
                } else if (out->at[slot] == JSON_END) {
                    out->at[slot] = m.value; /* null: the member is there all the same */
                }
                break;
            }
    }
}

static bool is_scalar(const struct json_doc *d, json_ref at)
{
    enum json_type type = json_type(d, at);

    return type != JSON_NONE && type != JSON_ARRAY && type != JSON_OBJECT;
}

static bool has_both_answers(const struct json_doc *d, const struct line_slots *s)
{
    return json_type(d, s->at[SLOT_ANSWER]) == JSON_STRING &&
           json_type(d, s->at[SLOT_GOLDEN]) == JSON_STRING;
}

/* A line that names a call or a trace is about that, and somebody else's. */
static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    const uint64_t others =
        UINT64_C(1) << T_REQUEST_ID | UINT64_C(1) << T_TRACE_ID | UINT64_C(1) << T_SPAN_ID;
    struct line_slots s;

    if (!seen_any(seen, SIGN_BIT(SIGN_CASE)) || (seen->targets & others))
        return false;
    find_slots(doc, &s);
    return is_scalar(doc, s.at[SLOT_CASE]) &&
           (is_scalar(doc, s.at[SLOT_PASSED]) || is_scalar(doc, s.at[SLOT_VALUE]) ||
            json_type(doc, s.at[SLOT_GROUP]) == JSON_OBJECT || has_both_answers(doc, &s));
}

struct case_line {
    struct reading r;
    struct line_slots s;
    struct identity id;
    struct sv case_id, run, cluster, judge_model;
};

static struct sv slot_id(const struct case_line *x, enum slot slot)
{
    return scalar_id(&x->r, x->r.c->doc, x->s.at[slot]);
}

static struct score_record *add_score(const struct case_line *x, struct sv name)
{
    struct score_record *s = add_case_score(&x->r, &x->id, x->case_id, name);

    if (!s)
        return NULL;
    s->run = x->run;
    s->cluster = x->cluster;
    score_set_judge(s, x->judge_model);
    return s;
}

/* The value as a number; a boolean, or a word for one, is a verdict. */
static void set_value(const struct case_line *x, struct score_record *s, json_ref at)
{
    const struct json_doc *d = x->r.c->doc;
    enum json_type type = json_type(d, at);

    s->value = score_value(&x->r, d, at);
    if (type == JSON_TRUE || type == JSON_FALSE || (type == JSON_STRING && !s->value.known))
        score_set_verdict(s, scalar_bool(d, at));
}

static bool add_group(const struct case_line *x)
{
    const struct json_doc *d = x->r.c->doc;
    json_ref group = x->s.at[SLOT_GROUP];

    for (struct member m = member_first(d, group); m.key != JSON_END;
         m = member_next(d, group, m)) {
        json_ref at =
            json_type(d, m.value) == JSON_OBJECT ? json_get(d, m.value, "score") : m.value;
        struct score_record *s = NULL;

        if (!is_scalar(d, at))
            continue;
        s = add_score(x, scalar_id(&x->r, d, m.key));
        if (!s)
            return false;
        set_value(x, s, at);
    }
    return true;
}

/* A line that has both a score and a verdict is one result, whose number counts. */
static bool add_main(const struct case_line *x)
{
    const struct json_doc *d = x->r.c->doc;
    json_ref value = x->s.at[SLOT_VALUE], passed = x->s.at[SLOT_PASSED];
    bool has_value = is_scalar(d, value), has_verdict = is_scalar(d, passed);
    struct sv name = slot_id(x, SLOT_NAME);
    struct score_record *s = NULL;

    if (!has_value && !has_verdict)
        return true;
    s = add_score(x, name.n ? name : has_value ? SV("score") : SV("passed"));
    if (!s)
        return false;
    if (has_value)
        set_value(x, s, value);
    if (has_verdict && has_value)
        s->passed = scalar_bool(d, passed);
    else if (has_verdict)
        score_set_verdict(s, scalar_bool(d, passed));
    return true;
}

/* How alike the answer and the golden one are worded: the cosine of their n-gram vectors, at least 0.
 * A text without an n-gram is like none. The texts themselves go no further. */
static bool add_similarity(const struct case_line *x)
{
    double a[NGRAM_VECTOR_DIM], b[NGRAM_VECTOR_DIM], cosine = 0;
    struct score_record *s;
    enum err rc;

    if (!has_both_answers(x->r.c->doc, &x->s))
        return true;
    s = add_score(x, SV("similarity"));
    if (!s)
        return false;
    rc = ngram_vector(scalar_text(&x->r, x->r.c->doc, x->s.at[SLOT_ANSWER]), NGRAM_VECTOR_DIM, a,
                      x->r.err);
    if (!rc)
        rc = ngram_vector(scalar_text(&x->r, x->r.c->doc, x->s.at[SLOT_GOLDEN]), NGRAM_VECTOR_DIM, b,
                          x->r.err);
    for (size_t i = 0; !rc && i < NGRAM_VECTOR_DIM; i++)
        cosine += a[i] * b[i];
    if (cosine > 1) /* by rounding */
        cosine = 1;
    s->value.known = true;
    s->value.v = cosine > 0 ? cosine : 0;
    return !rc || rc == ERR_EMPTY;
}

/* What the answer took, where the line says so. */
static bool add_call(const struct case_line *x)
{
    const uint64_t measures = UINT64_C(1) << F_COST_GIVEN_NUSD | UINT64_C(1) << F_LATENCY_US |
                              UINT64_C(1) << F_INPUT_TOKENS | UINT64_C(1) << F_OUTPUT_TOKENS |
                              UINT64_C(1) << F_TOTAL_TOKENS_GIVEN;
    const struct line_context *c = x->r.c;
    struct place calls = {c->doc, "api_calls", json_get(c->doc, 0, "api_calls")};
    struct maybe_i64 n_calls = {0, false};
    struct call_record *call = NULL;
    struct flat f;
    bool ok = true;

    if (c->seen && !(c->seen->targets & measures))
        return true;
    flat_open(&f, &x->r, false);
    if (f.seen.targets & measures) {
        call = batch_add_call(c->out);
        ok = call && flat_fill(&f, call) && scalar_count(&x->r, calls, &n_calls);
    }
    if (call && ok) {
        call->id = line_identity(c, 0);
        call->source = c->source;
        call->line = c->line;
        record_set_dim(call, F_SOURCE_FORMAT, SV("case-scores"));
        if (n_calls.v > 1)
            call_set_flag(call, FLAG_AGGREGATE);
        call->meta = leftover_json(&x->r, &f.rest);
        ok = call_settle(&x->r, call);
    }
    flat_release(&f);
    return ok;
}

static void read_ids(struct case_line *x)
{
    const struct json_doc *d = x->r.c->doc;
    struct case_key key = {.task = slot_id(x, SLOT_TASK),
                           .sample = slot_id(x, SLOT_CASE),
                           .filter = slot_id(x, SLOT_FILTER),
                           .epoch = slot_id(x, SLOT_REPEAT)};

    if (!key.sample.n) /* only when somebody says that this is the format */
        key.sample = scalar_id(&x->r, d, json_get(d, 0, "id"));
    x->case_id = case_id(&x->r, &key);
    x->run = slot_id(x, SLOT_RUN);
    x->cluster = case_cluster(&x->r, d, 0);
    if (!x->cluster.n && !x->r.c->cluster_key)
        x->cluster = slot_id(x, SLOT_CLUSTER);
    if (json_type(d, x->s.at[SLOT_JUDGE]) == JSON_STRING)
        x->judge_model = slot_id(x, SLOT_JUDGE);
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    struct case_line x = {
        .r = {c, bad_field, err},
          .id = line_identity(c, 0)
    };
    struct batch_mark mark = batch_mark(c->out);
    size_t before = c->out->n_scores;

    find_slots(c->doc, &x.s);
    read_ids(&x);
    if (!add_main(&x) || !add_group(&x) || !add_similarity(&x) || !add_call(&x)) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    if (c->out->n_scores > before)
        return LINE_RECORDS;
    batch_rewind(c->out, mark);
    *skipped_kind = SV("no score");
    return LINE_SKIPPED;
}

const struct format format_case_scores = {
    .name = "case-scores",
    .summary = "results of an evaluation as lines or rows: item_id with passed, score or golden answer",
    .claims = claims,
    .read = read,
};
