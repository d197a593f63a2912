# Bills of all kinds: by the prices alone; with parts of the input read from and written to a cache, so
# that parts have no price; with reasoning; of the log alone; with another cost in the log than by the
# prices; from a proxy's cache; without a price; parts that are more than the input; an error.
cat > calls.jsonl <<'END'
{"timestamp":"2026-11-19T14:00:00Z","request_id":"computed","model":"gpt-4-turbo","provider":"openai","input_tokens":1000,"output_tokens":333,"latency_ms":1200,"history_tokens":400,"system_tokens":33}
{"timestamp":"2026-11-19T14:00:01Z","request_id":"cached","model":"claude-sonnet-4-5","provider":"anthropic","input_tokens":10000,"cache_read_tokens":6000,"cache_write_tokens":1000,"output_tokens":50,"latency_ms":900,"ttft_ms":300,"queue_ms":100,"history_tokens":7000}
{"timestamp":"2026-11-19T14:00:02Z","request_id":"logged","model":"house-model","input_tokens":10,"output_tokens":5,"cost_usd":0.25,"latency_ms":3}
{"timestamp":"2026-11-19T14:00:03Z","request_id":"cheaper","model":"gpt-4-turbo","provider":"openai","input_tokens":1000,"output_tokens":100,"cost_usd":0.01,"latency_ms":1000}
{"timestamp":"2026-11-19T14:00:04Z","request_id":"proxy","model":"gpt-4-turbo","input_tokens":1000,"output_tokens":100,"cache_hit":true,"latency_ms":2}
{"timestamp":"2026-11-19T14:00:05Z","request_id":"unpriced","model":"house-model","input_tokens":10,"output_tokens":5}
{"timestamp":"2026-11-19T14:00:06Z","request_id":"too-many","model":"gpt-4-turbo","input_tokens":100,"output_tokens":1,"history_tokens":90,"user_tokens":20}
{"timestamp":"2026-11-19T14:00:07Z","request_id":"failed","model":"gpt-4-turbo","status":"error","error":"timed out","latency_ms":30000}
{"timestamp":"2026-11-19T14:00:08Z","request_id":"reasoning","model":"gpt-5.1","provider":"openai","input_tokens":7,"output_tokens":1001,"reasoning_tokens":900,"latency_ms":20000}
END
llmobs ingest -q calls.jsonl
for id in computed cached logged cheaper proxy unpriced too-many failed reasoning; do
    llmobs why $id --cost -q --wide
done
llmobs why cached --latency --wide -q
llmobs why computed -f csv --cost | awk -F, '$1 == "cost" && $3 == 0 {all = $10} $1 == "cost" && $3 == 2 || $2 == "output" {sum += $10} END {print all, sum}'
