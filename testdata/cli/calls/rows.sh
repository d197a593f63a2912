# Single calls by different orders; ids and places on request; chosen columns; from a file.
cp "$TESTDATA/cli/trace/data/chain.otlp.jsonl" .
llmobs ingest -q chain.otlp.jsonl
llmobs calls
llmobs calls -q --sort cost --limit 2
llmobs calls -q --sort latency --asc --limit 1 --no-cost
llmobs calls -q --sort context --limit 1 --ids --wide
llmobs calls -q --where 'cost>0.1' --columns started,cost_usd,source_line
llmobs calls chain.otlp.jsonl --since 2026-11-19T14:05:00Z --limit 1 -f json
llmobs calls --where feature=nope
