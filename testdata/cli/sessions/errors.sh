# What makes no sense: exit code 2.
cp "$TESTDATA/formats/pi/sample.jsonl" pi.jsonl
llmobs ingest -q pi.jsonl
printf '{"timestamp":"2026-11-16T12:30:00Z","request_id":"r-0","session_id":"pi-2","model":"m1","input_tokens":5,"output_tokens":1,"latency_ms":10}\n' > more.jsonl
llmobs ingest -q more.jsonl
llmobs sessions nope; echo "exit $?"
llmobs sessions pi-; echo "exit $?"
llmobs sessions r-0; echo "exit $?"
llmobs sessions --sort nope; echo "exit $?"
llmobs sessions --by day; echo "exit $?"
llmobs sessions --by turn --concurrent; echo "exit $?"
llmobs sessions pi-1 --concurrent; echo "exit $?"
