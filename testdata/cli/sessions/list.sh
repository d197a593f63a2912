# Six sessions of two turns; the sixth costs ten times as much and has an error. By hand: median cost
# 0.02, of the turns 0.01 (p95 of six: 0.01 0.01 0.01 0.01 0.01 0.1 -> 0.0775), input tokens of the
# second turn 200 in five sessions and 2000 in one; p95 1,550.
for s in 1 2 3 4 5 6; do
    for t in 1 2; do
        k=1; status=success
        [ $s$t = 62 ] && k=10 && status=error
        [ $s$t = 61 ] && k=10
        printf '{"timestamp":"2026-11-1%s %s:00:00Z","request_id":"r-%s%s","session_id":"s-%s","model":"m%s","prompt_version":"v1","input_tokens":%s,"output_tokens":10,"latency_ms":60000,"cost_usd":%s,"status":"%s"}\n' \
            $s 1$t $s $t $s $t $((100 * t * k)) "$(awk "BEGIN { print 0.01 * $k }")" $status
    done
done > calls.jsonl
printf '{"timestamp":"2026-11-16T12:30:00Z","request_id":"r-0","model":"m1","input_tokens":5,"output_tokens":1,"latency_ms":10,"cost_usd":0.1}\n' >> calls.jsonl
llmobs ingest -q calls.jsonl
llmobs sessions --wide
llmobs sessions -q --sort started --asc --limit 2 --no-cost
llmobs sessions --where model=m2 -f csv --sort cost --limit 2
llmobs sessions --by turn
llmobs sessions --by turn -f json --limit 1
llmobs sessions --concurrent --until 2026-11-12
