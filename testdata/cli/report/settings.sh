# What calls were made with is a dimension under one name, whatever the log calls it (S000-25, -31):
# metadata of the workflow, attributes of spans, invocation parameters, model parameters. By
#   grep -ho 'temperature[^,}]*' FILE | sort | uniq -c
cp "$TESTDATA"/cli/report/data/s004-calls.jsonl .
llmobs report errors --by meta.temperature,prompt_version -q s004-calls.jsonl
llmobs report --by meta.top_p,meta.max_tokens --columns calls -q s004-calls.jsonl
for format in otlp langfuse langsmith phoenix; do
    llmobs report --by meta.temperature --columns calls -f csv "$TESTDATA/formats/$format/sample.jsonl"
done
llmobs report cost --where 'meta.temperature=0.2' --columns calls -f csv s004-calls.jsonl
