# What makes no sense: exit code 2, and the names that there are.
cp "$TESTDATA/formats/llm-call-log/sample.jsonl" calls.jsonl
llmobs calls calls.jsonl --sort nope; echo "exit $?"
llmobs calls calls.jsonl --columns nope; echo "exit $?"
llmobs calls calls.jsonl --where 'cost>many'; echo "exit $?"
llmobs calls nowhere.jsonl; echo "exit $?"
llmobs calls; echo "exit $?"
