# What views of steps do not know; nothing in them; damaged context; hostile names.
cp "$TESTDATA"/cli/report/data/s004-*.jsonl .
llmobs ingest -q s004-*.jsonl
for args in 'tools,cost' 'tools --cumulative' 'tools --narrate' 'tools --per outcome' \
    'tools --by branch' 'cost --by tool' 'cost --by path' 'tools --by phase' 'tools --where context.a<1' \
    'branches --where context.confidence<x' 'cost --hitl' 'tools --phases' 'tools --whatif a<1' \
    'branches --whatif confidence' 'tools --sort nonsense' 'tools --columns nonsense' \
    'tools --by day --since 2026-11-19 --until 2026-11-19 --vs previous' 'tools --by tool,tool' \
    'tools -f dot' 'tools --by tag' 'cost --where phase=tools'; do
    llmobs report $args > /dev/null
    echo "report $args: exit $?"
done
llmobs report tools --where tool=nothing
llmobs report branches --where tool=x s004-calls.jsonl
llmobs report paths --require-data s004-calls.jsonl
echo "exit $?"
printf '%s\n' '{"timestamp":"2026-11-20T10:00:00Z","request_id":"r1","from_node":"=cmd()","to_node":"\u001b[31mred | x","condition":"a\u0000b","condition_result":true,"context":"{broken"}' > odd.jsonl
llmobs report branches -f csv --columns decisions odd.jsonl
llmobs report branches -q --columns decisions odd.jsonl
llmobs report branches -f md -q --columns decisions odd.jsonl
