# What has no price is told: how much of it, which models, and the command that sets a price.
call() { # ID MODEL TOKENS REST
    printf '{"timestamp":"2026-09-07T08:00:00Z","request_id":"%s","model":"%s","input_tokens":%s,"output_tokens":0,"feature":"f%s","status":"ok"%s}\n' "$1" "$2" "$3" $(($1 % 2)) "$4"
}
{
    call 1 priced 10 ',"cost_usd":1.25'
    for i in 2 3 4 5 6 7 8; do call $i "model $i" $((i * 1000)) ''; done
    call 10 'model 8' 1 ''
    call 11 priced 0 ',"cost_usd":0'
} > log.jsonl
llmobs report cost --by feature log.jsonl
LC_ALL=C llmobs report cost -q log.jsonl
llmobs report cost --by feature -f json log.jsonl | jq -c '.rows[] | {feature, cost_usd, unpriced_calls, lower_bound}'
llmobs report cost --by feature -f json log.jsonl | jq -c '.totals.lower_bound, .coverage.unpriced_calls, .coverage.unpriced_tokens, .coverage.unpriced_models[:2]'
llmobs report cost -f json log.jsonl | jq -c '.coverage | with_entries(select(.key | startswith("cost_")))'
llmobs report cost -f md log.jsonl
llmobs report cost --cost given log.jsonl | tail -n 1
llmobs report cost --where 'cost=0' log.jsonl
llmobs report cost --no-cost log.jsonl
