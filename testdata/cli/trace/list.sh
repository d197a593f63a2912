# Without an id: the slowest, the most expensive, those of a user, those that failed.
cp "$TESTDATA/cli/trace/data/chain.otlp.jsonl" .
llmobs ingest -q chain.otlp.jsonl
llmobs trace
llmobs trace -q --sort cost --limit 2
llmobs trace -q --sort started --asc --limit 1
llmobs trace --where 'input_tokens>4400' -f csv
llmobs trace --failed
llmobs trace --since 2026-11-19T14:04:00Z --until 2026-11-19T14:06:00Z -f json
