# Times to first token that cannot be one are out of the figures, unless --degenerate keeps them.
for ttft in 100 200 0 1000 1001; do
    echo "{\"timestamp\":\"2026-09-07T08:00:00Z\",\"model\":\"m\",\"request_id\":\"$ttft\",\"latency_ms\":1000,\"ttft_ms\":$ttft,\"input_tokens\":1,\"output_tokens\":11,\"cost_usd\":0}"
done > log.jsonl
llmobs ingest -q log.jsonl
figures() { llmobs report latency -f json "$@" | jq -c '[.totals.ttft_n, .totals.ttft_p50_us, .totals.tpot_n, .totals.tpot_p50_us, .coverage.degenerate_ttft]'; }
figures
figures --degenerate
figures --where 'ttft>=1000ms'
figures --where ttft=0ms --degenerate
llmobs report --columns calls,ttft_p50_us
llmobs report cost
