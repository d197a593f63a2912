# The judge's answers come back as scores of these calls; then --exclude-scored leaves them out. The weight
# goes along: 4 calls drawn by a rate of 0.5 stand for 8, each for 2.
for i in 1 2 3 4 5 6 7 8; do
    echo "{\"timestamp\":\"2026-11-01T08:00:0${i}Z\",\"request_id\":\"r-$i\",\"model\":\"m\",\"prompt\":\"q $i\",\"response\":\"a $i\",\"input_tokens\":1,\"output_tokens\":1}"
done > log.jsonl
for i in 1 2 3 4 5 6 7 8; do echo "$(printf 'r-%s' $i | sha256sum | cut -c1-1) r-$i"; done | sort
llmobs ingest -q log.jsonl --store-content full
llmobs sample --rate 0.5 -o judge.jsonl
cat judge.jsonl
jq -c '{request_id, overall_score: 0.8, categories: {policy_compliance: 0.75, pii_exposure: 1}, flagged: false, weight}' judge.jsonl > answers.jsonl
llmobs ingest -q answers.jsonl
sqlite3 llmobs.db "SELECT name, value, count(*) FROM v_scores WHERE call_id IS NOT NULL GROUP BY 1, 2; SELECT DISTINCT weight FROM score_weight"
llmobs sample --rate 0.5 --exclude-scored; echo "exit $?"
llmobs sample --exclude-scored -q --fields request_id
