# Share and cumulative share of the cost, with (other); how few make most of it.
for i in 1 2 3 4 5; do
    for n in $(seq $((6 - i))); do
        printf '{"timestamp":"2026-09-0%dT08:00:00Z","request_id":"%d-%d","model":"m%d","input_tokens":1,"output_tokens":1,"cost_usd":%d}\n' $i $i $n $i $((i * i))
    done
done > log.jsonl
llmobs report cost --by model --cumulative log.jsonl
llmobs report cost --by model --cumulative --limit 2 log.jsonl
llmobs report cost --by model --cumulative --asc --sort calls log.jsonl
echo '--- time goes on'
llmobs report cost --by day --cumulative log.jsonl
echo '--- --wide shows it in the usual order; machines always get it'
llmobs report cost --by model --wide -q log.jsonl
llmobs report tokens --by model --wide -q log.jsonl
llmobs report cost --by model -f json log.jsonl | jq -c '.rows[].cost_cumulative_share'
llmobs report tokens --by model --cumulative --no-cost -q log.jsonl
