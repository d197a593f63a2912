# The formats of evaluation tools. A prompt or a model that changed still pairs.
show() { llmobs gate --baseline "$1" --candidate "$2" -f json | jq -c '.warnings, (.rows[] | [.metric, .n_pairs, .baseline_mean, .candidate_mean, .worse, .better, .only_baseline_n]), [.candidate.calls, .candidate.cost_nusd]'; }
promptfoo() { # PROMPT PROVIDER PASS...
    prompt=$1 provider=$2 n=0 results=
    shift 2
    for pass in "$@"; do
        n=$((n + 1))
        results="$results${results:+,}{\"promptId\":\"$prompt\",\"testIdx\":$n,\"vars\":{\"q\":$n},\"provider\":{\"id\":\"$provider\"},\"success\":$pass,\"score\":$([ "$pass" = true ] && echo 1 || echo 0.25),\"cost\":0.002,\"latencyMs\":$((n * 100)),\"response\":{\"tokenUsage\":{\"prompt\":10,\"completion\":5}}}"
    done
    echo "{\"evalId\":\"e-$prompt\",\"results\":{\"results\":[$results]}}"
}
echo "-- promptfoo: another prompt, another provider"
promptfoo p1 openai:gpt-4o true true true false > a.json
promptfoo p2 openai:gpt-5 true false true true > b.json
show a.json b.json
echo "-- inspect: epochs are repeats"
inspect() { # MODEL VALUES of two samples in two epochs
    echo "{\"version\":2,\"status\":\"success\",\"eval\":{\"eval_id\":\"$1\",\"task\":\"org/math\",\"model\":\"$1\"},\"plan\":{},\"samples\":[
    {\"id\":\"s1\",\"epoch\":1,\"scores\":{\"match\":{\"value\":\"$2\"}}},{\"id\":\"s1\",\"epoch\":2,\"scores\":{\"match\":{\"value\":\"$3\"}}},
    {\"id\":\"s2\",\"epoch\":1,\"scores\":{\"match\":{\"value\":\"$4\"}}},{\"id\":\"s2\",\"epoch\":2,\"scores\":{\"match\":{\"value\":\"$5\"}}}]}"
}
inspect m1 C C I C > a.json
inspect m2 C I I I > b.json
show a.json b.json
echo "-- lm-eval: filters are never pooled"
for run in a b; do
    for filter in strict flexible; do
        for i in 1 2 3; do
            echo "{\"doc_id\":$i,\"doc\":{},\"resps\":[],\"doc_hash\":\"h$i\",\"filter\":\"$filter\",\"metrics\":[\"acc\"],\"acc\":$([ $run$filter$i = bstrict2 ] && echo 0.0 || echo 1.0)}"
        done
    done > $run.jsonl
done
show a.jsonl b.jsonl
echo "-- OpenAI evals"
for run in a b; do
    echo "{\"spec\":{\"completion_fns\":[\"m\"],\"eval_name\":\"e\",\"run_id\":\"$run\"}}"
    for i in 1 2 3; do
        echo "{\"run_id\":\"$run\",\"event_id\":$i,\"sample_id\":\"s.$i\",\"type\":\"match\",\"data\":{\"correct\":$([ $run$i = b3 ] && echo false || echo true)}}"
    done
done > both.jsonl
grep '"a"' both.jsonl > a.jsonl
grep '"b"' both.jsonl > b.jsonl
show a.jsonl b.jsonl
echo "-- DeepEval: less bias is better"
deepeval() { echo "{\"testCases\":[{\"name\":\"t1\",\"metricsData\":[{\"name\":\"Bias\",\"score\":$1,\"success\":true}]},{\"name\":\"t2\",\"metricsData\":[{\"name\":\"Bias\",\"score\":$2,\"success\":true}]}]}"; }
deepeval 0.1 0.2 > a.json
deepeval 0.3 0.2 > b.json
show a.json b.json
echo "-- JUnit"
junit() { echo "<testsuite><testcase classname='a/b/c/d.py' name='one'/><testcase classname='a/b/c/d.py' name='two'>$1</testcase><testcase classname='a/b/c/d.py' name='three'>$2</testcase></testsuite>"; }
junit > a.xml
junit '<failure/>' '<error/>' > b.xml
show a.xml b.xml
echo "-- ragas"
echo '{"user_input":"q1","response":"x","faithfulness":0.5}
{"user_input":"q2","response":"x","faithfulness":1.0}' > a.jsonl
sed 's/0.5/0.75/; s/"x"/"y"/' a.jsonl > b.jsonl
show a.jsonl b.jsonl
echo "-- CSV, and a folder of files"
printf 'item_id,score,model\nq1,0.5,m\nq2,1,m\n' > a.csv
mkdir dir
printf 'item_id,score,model\nq1,0.25,m\n' > dir/1.csv
printf 'item_id,score,model\nq2,1,m\n' > dir/2.csv
show a.csv dir
