# How much of the context window calls use, by the price row of their model: 100 calls of gpt-4o
# (128,000 tokens) with 1 % to 100 % of it, so by type 7 p50 50.5 %, p95 95.05 %, p99 99.01 %; a model of
# the configuration that reads 1,000 tokens; and one that nobody knows.
awk 'BEGIN {
    call = "{\"timestamp\":\"2026-11-20T10:00:%02dZ\",\"request_id\":\"%s%d\",\"model\":\"%s\",\"input_tokens\":%d,\"output_tokens\":1}\n"
    for (i = 1; i <= 100; i++) printf call, i % 60, "a", i, "gpt-4o", i * 1280
    for (i = 1; i <= 4; i++) printf call, i, "b", i, "own", 500
    printf call, 0, "c", 0, "nobody-knows", 500
    printf call, 0, "d", 0, "gpt-4o", 0
}' | sed '$s/"input_tokens":0,//' >log.jsonl
echo '{"prices": [{"model": "own", "input_per_mtok": 0, "output_per_mtok": 0, "context_window": 1000}]}' >c.json
llmobs report tokens --by model --config c.json -f json log.jsonl |
    jq -c '(.rows[], .totals) | [.model, .calls, .context_utilization_n, .context_utilization_p50, .context_utilization_p95, .context_utilization_p99]'
llmobs report tokens --by model --config c.json --columns calls,context_utilization_p95,context_utilization_n log.jsonl
llmobs report tokens --by model --config c.json --sort context_utilization_p95 --limit 1 -f csv --columns context_utilization_p95 log.jsonl
