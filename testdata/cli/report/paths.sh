# Which way requests went, what became of them and what they cost (S004-22, -136). By hand from the
# decisions of each request: 28 went straight to the end, 5 were sent back, 4 approved, 1 waits. p50 of
# the second: requests last from their first step to the end of the last, 302.390 s for the third of
# the five. Costs: sums of cost_usd of the calls with their request_id.
cp "$TESTDATA"/cli/report/data/s004-*.jsonl .
llmobs ingest -q s004-*.jsonl
llmobs report paths --wide
llmobs report paths --by path,feature --where status=error --columns requests,failed,cost_usd -f csv
llmobs report paths -f dot
llmobs report paths -f mermaid --since 2026-11-19
llmobs report branches --by from_node,branch --where 'branch=human*' -f mermaid
# A loop of many rounds is told shortly.
i=0
while [ $i -lt 40 ]; do
    printf '{"timestamp":"2026-11-20T10:%02d:00Z","request_id":"r1","from_node":"a","to_node":"a","condition":"again","condition_result":true}\n' $i
    i=$((i + 1))
done > loop.jsonl
llmobs report paths -f csv --columns requests loop.jsonl
