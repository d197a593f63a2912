# What costs are made of. By hand, in micro-dollars: call 1 is 400 fresh tokens at 3, 600 read from the cache
# at 0.3, 50 out at 15: 1200 + 180 + 750 = 2130; uncached the 600 cost 1800 in place of 180, 1620 saved.
# Call 2 is in a batch at half: 500 * 1.5 + 100 * 7.5 = 1500. Call 3 costs what its log says, and call 5
# has no price.
cat > log.jsonl <<'LOG'
{"id":"1","model":"claude-sonnet-4-5","input_tokens":1000,"cached_tokens":600,"output_tokens":50,"timestamp":"2026-03-01T08:00:00Z","feature":"a"}
{"id":"2","model":"claude-sonnet-4-5","service_tier":"batch","input_tokens":500,"output_tokens":100,"timestamp":"2026-03-01T08:00:00Z","feature":"b"}
{"id":"3","model":"claude-sonnet-4-5","input_tokens":500,"output_tokens":100,"timestamp":"2026-03-01T08:00:00Z","feature":"a","cost_usd":0.25}
{"id":"5","model":"who-knows","input_tokens":500,"output_tokens":100,"timestamp":"2026-03-01T08:00:00Z","feature":"b"}
LOG
llmobs report cost --explain log.jsonl
llmobs report cost --explain --by feature log.jsonl -f csv
llmobs report cost --explain --cost computed log.jsonl -f json | jq -c '.totals, .coverage'
llmobs report cost --by feature log.jsonl
llmobs report cost log.jsonl -f json | jq -c '.rows[0] | {cost_nusd, cache_savings_usd, cache_savings_n}'
llmobs report --explain log.jsonl
echo "exit $?"
llmobs report cost --explain --vs 7d log.jsonl
echo "exit $?"
llmobs report cost --explain --by tag log.jsonl
echo "exit $?"
llmobs price whatif --to gpt-4o --by tag:team log.jsonl
echo "exit $?"
llmobs report cost --explain --no-cost log.jsonl
echo "exit $?"
