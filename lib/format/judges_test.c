/* Whose score it is, and which model judged: as the logs of each format say it, and where they do
 * not. Lines after what the tools write: inspect_ai @ 499e6152e7b8, arize phoenix @ 9478f954bbc6,
 * openai/evals @ 4bfc1f58a821, promptfoo's src/types @ 0011eb02da99. */
#include <criterion/criterion.h>

#include "format/dump_testing.h"

#define BRAINTRUST(more)                                                                           \
    "{\"id\":\"r\",\"span_id\":\"a\",\"root_span_id\":\"b\",\"metrics\":{\"start\":1}," more "}"
#define INSPECT(eval, score)                                                                       \
    "{\"version\":2,\"status\":\"success\",\"plan\":{},\"eval\":{\"task\":\"t\"," eval             \
    "},\"samples\":[{\"id\":1,\"epoch\":1,\"scores\":{" score "}}]}"
#define GRADED(model)                                                                              \
    "{\"value\":\"C\",\"metadata\":{\"grading\":[{\"role\":\"user\",\"content\":\"x\"},"           \
    "{\"role\":\"assistant\",\"model\":\"" model "\",\"content\":\"y\"}]}}"
#define PROMPTFOO(options, parts)                                                                  \
    "{\"success\":true,\"testIdx\":0,\"provider\":\"p\",\"score\":1,\"namedScores\":{\"tone\":1}," \
    "\"testCase\":{" options "},\"gradingResult\":{\"componentResults\":[" parts "]}}"
#define ASSERTION(type, more) "{\"assertion\":{\"type\":\"" type "\"" more "}}"
#define PHOENIX(more) "{\"context.span_id\":\"00f067aa0ba90231\",\"score\":1," more "}"
#define LANGFUSE(source, metadata)                                                                 \
    "{\"id\":\"s\",\"trace_id\":\"4bf9\",\"name\":\"n\",\"value\":1,\"data_type\":\"NUMERIC\","    \
    "\"source\":\"" source "\",\"metadata\":" metadata "}"

/* clang-format off */
static const struct {
    const char *name, *line, *scorer, *model;
} cases[] = {
    {"a line of scores", "{\"request_id\":\"r\",\"score\":1,\"judge_model\":\"m\"}", "judge", "m"},
    {"judge", "{\"request_id\":\"r\",\"score\":1,\"judge\":\"m\"}", "judge", "m"},
    {"a judge's model", "{\"request_id\":\"r\",\"score\":1,\"judge\":{\"model\":\"m\"}}", "judge",
     "m"},
    {"grader_model", "{\"request_id\":\"r\",\"score\":1,\"grader_model\":\"m\"}", "judge", "m"},
    {"evaluator_model", "{\"request_id\":\"r\",\"score\":1,\"evaluator_model\":\"m\"}", "judge",
     "m"},
    {"among the metadata",
     "{\"request_id\":\"r\",\"score\":1,\"metadata\":{\"judge_model\":\"m\"}}", "judge", "m"},
    {"an evaluation by a model",
     "{\"request_id\":\"r\",\"score\":1,\"source\":\"eval\",\"judge_model\":\"m\"}", "judge", "m"},
    {"a judge without a name", "{\"request_id\":\"r\",\"score\":1,\"judge\":true}", "judge", ""},
    {"a person, who is no model",
     "{\"request_id\":\"r\",\"score\":1,\"source\":\"human\",\"judge\":\"anna\"}", "human", ""},
    {"the evaluator is what it is about",
     "{\"request_id\":\"r\",\"score\":1,\"evaluator\":\"tone\"}", "", ""},
    {"an annotation of Phoenix",
     "{\"span_id\":\"a\",\"score\":1,\"annotator_kind\":\"LLM\",\"metadata\":{\"model\":\"m\"}}",
     "judge", "m"},
    {"metadata of nobody", "{\"span_id\":\"a\",\"score\":1,\"metadata\":{\"model\":\"m\"}}", "", ""},

    {"a case", "{\"item_id\":\"i\",\"score\":1,\"judge\":\"m\"}", "judge", "m"},
    {"a case, both", "{\"item_id\":\"i\",\"score\":1,\"judge\":\"j\",\"judge_model\":\"m\"}",
     "judge", "m"},
    {"a case of nobody", "{\"item_id\":\"i\",\"score\":1,\"judge\":null}", "eval", ""},

    {"a call's line",
     "{\"model\":\"gpt\",\"input_tokens\":1,\"quality_score\":1,\"judge_model\":\"m\"}", "judge",
     "m"},
    {"a call's line without", "{\"model\":\"gpt\",\"input_tokens\":1,\"quality_score\":1}", "eval",
     ""},
    {"what a user says is no judge's",
     "{\"model\":\"gpt\",\"input_tokens\":1,\"feedback\":1,\"judge_model\":\"m\"}", "user", ""},

    {"DeepEval", "{\"test_results\":[{\"name\":\"c\",\"metrics_data\":[{\"name\":\"M\","
                 "\"score\":1,\"evaluation_model\":\"m\"}]}]}",
     "judge", "m"},

    {"Braintrust, a scorer's row",
     BRAINTRUST("\"scores\":{\"s\":1},\"metadata\":{\"model\":\"m\"},"
                "\"span_attributes\":{\"type\":\"score\"}"),
     "judge", "m"},
    {"Braintrust, another row's model is not the judge",
     BRAINTRUST("\"scores\":{\"s\":1},\"metadata\":{\"model\":\"gpt\"},"
                "\"span_attributes\":{\"type\":\"task\"}"),
     "eval", ""},
    {"Braintrust, named",
     BRAINTRUST("\"scores\":{\"s\":1},\"metadata\":{\"judge_model\":\"m\"},"
                "\"span_attributes\":{\"type\":\"task\"}"),
     "judge", "m"},

    {"Langfuse", LANGFUSE("EVAL", "{\"judge_model\":\"m\"}"), "judge", "m"},
    {"Langfuse, without", LANGFUSE("EVAL", "{\"job\":1}"), "eval", ""},
    {"Langfuse, a person", LANGFUSE("ANNOTATION", "{\"judge_model\":\"m\"}"), "annotation", ""},

    {"Phoenix", PHOENIX("\"annotator_kind\":\"LLM\",\"metadata\":{\"model\":\"m\"}"), "judge", "m"},
    {"Phoenix, unnamed", PHOENIX("\"annotator_kind\":\"LLM\""), "judge", ""},
    {"Phoenix, a rule", PHOENIX("\"annotator_kind\":\"CODE\",\"metadata\":{\"model\":\"m\"}"),
     "rule", ""},
    {"Phoenix, an older frame", PHOENIX("\"label\":\"x\""), "eval", ""},

    {"Inspect, the scorer's own",
     INSPECT("\"scorers\":[{\"name\":\"mine\",\"options\":{\"model\":\"openai/m\"}}]",
             "\"mine\":" GRADED("n")),
     "judge", "m"},
    {"Inspect, a vote of several",
     INSPECT("\"scorers\":[{\"name\":\"model_graded_qa\",\"options\":{\"model\":[\"a\",\"b\"]}}]",
             "\"model_graded_qa\":" GRADED("a")),
     "eval", ""},
    {"Inspect, the grader's role",
     INSPECT("\"model_roles\":{\"other\":{\"model\":\"o\"},\"grader\":{\"model\":\"openai/m\"}}",
             "\"model_graded_fact\":" GRADED("m-2025")),
     "judge", "m"},
    {"Inspect, another role",
     INSPECT("\"scorers\":[{\"name\":\"mine\",\"options\":{\"model_role\":\"critic\"}}],"
             "\"model_roles\":{\"critic\":{\"model\":\"m\"},\"grader\":{\"model\":\"n\"}}",
             "\"mine\":{\"value\":1}"),
     "judge", "m"},
    {"Inspect, whoever wrote the grading",
     INSPECT("\"model_roles\":{}", "\"model_graded_fact\":" GRADED("m")), "judge", "m"},
    {"Inspect, a rule beside a grader",
     INSPECT("\"model_roles\":{\"grader\":{\"model\":\"m\"}}", "\"match\":{\"value\":\"C\"}"),
     "eval", ""},

    {"promptfoo, of the assertion",
     PROMPTFOO("\"options\":{\"provider\":\"openai:n\"}",
               ASSERTION("llm-rubric", ",\"provider\":\"openai:chat:m\"")),
     "judge", "m"},
    {"promptfoo, of the test",
     PROMPTFOO("\"options\":{\"provider\":{\"id\":\"openai:m\",\"config\":{}}}",
               ASSERTION("not-llm-rubric", "")),
     "judge", "m"},
    {"promptfoo, providers of several kinds",
     PROMPTFOO("\"options\":{\"provider\":{\"text\":{\"id\":\"openai:m\"},\"embedding\":\"e\"}}",
               ASSERTION("factuality", "")),
     "judge", "m"},
    {"promptfoo, two graders",
     PROMPTFOO("\"options\":{\"provider\":\"openai:n\"}",
               ASSERTION("llm-rubric", ",\"provider\":\"openai:m\"") "," ASSERTION("g-eval", "")),
     "eval", ""},
    {"promptfoo, its own choice beside a grader",
     PROMPTFOO("", ASSERTION("g-eval", "") "," ASSERTION("llm-rubric", ",\"provider\":\"m\"")),
     "eval", ""},
    {"promptfoo, no model asked",
     PROMPTFOO("\"options\":{\"provider\":\"openai:n\"}",
               ASSERTION("similar", ",\"provider\":\"openai:embedding:e\"") "," ASSERTION(
                   "contains", "")),
     "eval", ""},
};
/* clang-format on */

Test(judges, are_named)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_assert(probe_line(&p, cases[i].line) == LINE_RECORDS && p.batch.n_scores > 0, "%s: %s",
                  cases[i].name, p.err.msg);
        cr_expect(text_is(p.batch.scores[0].scorer, cases[i].scorer) &&
                      text_is(p.batch.scores[0].judge_model, cases[i].model),
                  "%s: %.*s %.*s", cases[i].name, SV_FMT(p.batch.scores[0].scorer),
                  SV_FMT(p.batch.scores[0].judge_model));
        probe_release(&p);
    }
}

/* Of promptfoo's metrics each has its own grader. */
Test(judges, of_each_metric)
{
    static const char line[] = PROMPTFOO(
        "", ASSERTION("llm-rubric", ",\"provider\":\"a\",\"metric\":\"tone\"") "," ASSERTION(
                "llm-rubric", ",\"provider\":\"b\",\"metric\":\"facts\""));
    struct probe p = {0};

    cr_assert(probe_line(&p, line) == LINE_RECORDS && p.batch.n_scores == 2);
    cr_expect(text_is(p.batch.scores[0].scorer, "eval") &&
              text_is(p.batch.scores[0].judge_model, ""));
    cr_expect(text_is(p.batch.scores[1].name, "tone") &&
              text_is(p.batch.scores[1].judge_model, "a"));
    probe_release(&p);
}

/* The spec says which of a run's models judges, where one does; events do not repeat it. */
Test(judges, of_openai_evals)
{
    static const struct {
        const char *cls, *scorer, *model;
    } runs[] = {
        {"evals.elsuite.modelgraded.classify:ModelBasedClassify", "judge", "gpt-4"},
        {"evals.elsuite.basic.match:Match",                       "eval",  ""     },
    };

    for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
        struct probe p = {0};
        char spec[512];

        snprintf(spec, sizeof(spec),
                 "{\"spec\":{\"completion_fns\":[\"gpt-3.5-turbo\",\"gpt-4\"],\"eval_name\":\"e\","
                 "\"run_id\":\"r\",\"run_config\":{\"eval_spec\":{\"cls\":\"%s\"}}}}",
                 runs[i].cls);
        cr_assert(probe_line(&p, spec) == LINE_SKIPPED);
        cr_assert(probe_line(&p, "{\"run_id\":\"r\",\"event_id\":0,\"sample_id\":\"s\","
                                 "\"type\":\"metrics\",\"data\":{\"choice\":\"A\",\"score\":1}}") ==
                  LINE_RECORDS);
        cr_expect(text_is(p.batch.scores[0].scorer, runs[i].scorer) &&
                  text_is(p.batch.scores[0].judge_model, runs[i].model));
        probe_release(&p);
    }
}

/* Two models may say different things of one answer; one that says it again is the same score. */
Test(judges, are_part_of_what_a_score_is)
{
    struct probe p = {0};

    cr_assert(probe_line(&p, "{\"request_id\":\"r\",\"score\":1,\"judge_model\":\"a\"}") ==
              LINE_RECORDS);
    cr_assert(probe_line(&p, "{\"request_id\":\"r\",\"score\":0,\"judge_model\":\"b\"}") ==
              LINE_RECORDS);
    cr_assert(probe_line(&p, "{\"request_id\":\"r\",\"score\":0,\"judge_model\":\"a\"}") ==
              LINE_RECORDS);
    cr_expect(identity_key(&p.batch.scores[0].id) != identity_key(&p.batch.scores[1].id));
    cr_expect(identity_key(&p.batch.scores[0].id) == identity_key(&p.batch.scores[2].id));
    probe_release(&p);
}
