# Calls with several tags: shared among them, counted for the first, or for each.
exec 2>&1
call() { # ID DAY TAGS COST
    printf '{"timestamp":"2026-11-%sT08:00:00Z","request_id":"%s","model":"m%s","input_tokens":10,"output_tokens":1,"user_id":"u%s","latency_ms":100%s%s}\n' "$2" "$1" "$1" $(($1 % 2)) "${3:+,\"tags\":[$3]}" "${4:+,\"cost_usd\":$4}"
}
{
    call 1 20 '"beta","team:search"' 1.00
    call 2 20 '"team:search"' 0.50
    call 3 20 '"team:support","beta","x \"y\" \\ z\u00e9"' 0.000000010
    call 4 20 '' 2.00
    call 5 20 '"beta","beta","env=prod"' ''
    call 6 19 '"beta","old"' 3.00
    call 7 20 '"this is a sentence that nobody would call a tag"' 0.25
} > log.jsonl
day='--since 2026-11-20 --until 2026-11-20'
for how in split first any; do
    echo "--- $how"
    llmobs report cost --by tag --tags $how $day log.jsonl
done
echo '--- split is the default, and exact'
llmobs report cost --by tag $day -f csv --columns calls,cost_nusd,unpriced_calls log.jsonl
echo '--- a prefix'
llmobs report cost --by tag:team $day -q log.jsonl
llmobs report cost --by tag:env,model $day -q --limit 2 log.jsonl
echo '--- compared, drawn, told'
llmobs report cost --by tag $day --vs previous --narrate log.jsonl
llmobs report cost --by tag --chart -q $day log.jsonl
echo '--- filters: one of the tags, none of them'
for where in tag=beta tag!=beta tag=null 'tag~^team' tag:team=search 'tag=x*'; do
    printf '%s ' "$where"
    llmobs report -f json --where "$where" log.jsonl | jq .totals.calls
done
echo '--- what there is not by tag'
llmobs report --by tag $day --wide -q log.jsonl
llmobs report --by tag --sort p95 log.jsonl; echo "exit $?"
llmobs report --by tag,tag:team log.jsonl; echo "exit $?"
llmobs report --by tag --tags all log.jsonl; echo "exit $?"
echo '--- stored as one set that calls share'
llmobs ingest -q log.jsonl
llmobs report --by meta.tags --columns calls -q
