# 1,000 calls, every tenth met a guardrail and is scored 0.2, the others 0.9: the truth is
# 0.1 * 0.2 + 0.9 * 0.9 = 0.83. The judge sees all 100 and a few of the 900, as the README does it.
i=0
while [ $i -lt 1000 ]; do
    echo '{"timestamp":"2026-11-01T08:00:00Z","request_id":"r-'$i'","model":"m","latency_ms":1,"guardrail_triggered":'$([ $((i % 10)) = 0 ] && echo true || echo false)'}'
    i=$((i + 1))
done > log.jsonl
llmobs ingest -q log.jsonl
judge() { jq -c '{request_id, overall_score: (if (.request_id | endswith("0")) then 0.2 else 0.9 end)}'" $2" judge.jsonl > $1; }
report() {
    cp llmobs.db $1.db
    llmobs ingest -q --db $1.db $1.jsonl
    llmobs report quality --by check --db $1.db -f json | jq -r '.rows[] | "\(.n) judged, mean \(.mean * 1e9 | round / 1e9)"'
}
echo '--- 45 of 900 stand for 20 each: (100 * 0.2 + 45 * 20 * 0.9) / 1000 = 0.83'
llmobs sample --n 45 --always guardrail_triggered -o judge.jsonl
jq -c keys_unsorted judge.jsonl | uniq
judge exact.jsonl '+ {weight}'
report exact
echo '--- k by chance, each for 20: (20 + k * 18) / (100 + 20 k)'
llmobs sample --rate 0.05 --always guardrail_triggered -o judge.jsonl
judge drawn.jsonl '+ {weight}'
report drawn
k=$(($(wc -l < judge.jsonl) - 100))
echo "k $k: $(jq -n "(20 + $k * 18) / (100 + 20 * $k) * 1e9 | round / 1e9")"
echo '--- a line without its weight counts for one call: (20 + 0.9 k) / (100 + k)'
judge bare.jsonl
report bare
echo "k $k: $(jq -n "(20 + $k * 0.9) / (100 + $k) * 1e9 | round / 1e9")"
