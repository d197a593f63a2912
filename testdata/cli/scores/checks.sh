# Scores by what they are about: categories of a safety judge with mean, p10 and the share below 0.5;
# by who gave them; by day.
i=0
while [ $i -lt 10 ]; do
    echo '{"timestamp":"2026-03-0'$((5 + i / 5))'T10:00:00Z","request_id":"r'$i'","model":"m","latency_ms":1}'
    i=$((i + 1))
done > calls.jsonl
i=0
while [ $i -lt 5 ]; do
    echo '{"request_id":"r'$i'","overall_score":0.'$((i + 4))',"categories":{"factual_accuracy":0.'$((2 * i))',"pii_exposure":1},"flagged":'$([ $i = 0 ] && echo true || echo false)',"source":"llm"}'
    i=$((i + 1))
done > judge.jsonl
echo '{"request_id":"r6","overall_score":0.5,"source":"human"}' >> judge.jsonl
echo '{"request_id":"r7","metric":"tone","result":"unclear"}' >> judge.jsonl
llmobs ingest -q calls.jsonl judge.jsonl
llmobs report quality --by check
echo '--- 0, 0.2 .. 0.8: mean 0.4, p10 0.08, three of five below 0.5; t interval 0.4 -+ 2.776445 * 0.316228 / sqrt 5'
llmobs report quality --by check -f json | jq -c '.rows[] | select(.check == "factual_accuracy") | [.n, .judged_rate, .mean, .p10, .below_half_rate] + ([.mean_low, .mean_high] | map(. * 1e4 | round / 1e4))'
llmobs report quality --by day,check -f json | jq -c .by
echo '--- by who said it, and by day'
llmobs report quality --by check,scorer --columns n,mean,passed,unreadable
llmobs report quality --by day,category --columns n,judged,mean -f csv
llmobs report quality --by check --sort mean 2>&1
llmobs report cost --by check 2>&1 | cut -c 1-40
echo '--- rows stand in the order of their texts, whatever came first; --limit leaves the same ones'
for n in b c a; do
    echo '{"timestamp":1,"request_id":"'$n'","model":"m-'$n'","feature":"'$n'","latency_ms":5,"quality_score":0.5}'
done > o1.jsonl
tac o1.jsonl > o2.jsonl
for by in feature,check check,feature scorer,feature model,check; do
    for f in o1 o2; do
        llmobs report quality --by $by --limit 2 -f csv $f.jsonl | cut -d, -f 1,2 | paste -sd ' '
    done
done
