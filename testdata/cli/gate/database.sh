# Runs that were ingested. Lines that two files share are stored once, and count in both.
exec 2>&1
mkdir old new
awk 'BEGIN { for (i = 1; i <= 50; i++) {
    printf "{\"item_id\":\"c%d\",\"passed\":%s,\"document_id\":\"d%d\",\"cost_usd\":0.01,\"output_tokens\":%d}\n", i, i % 5 ? "true" : "false", i % 25, i > "old/run.jsonl"
    printf "{\"item_id\":\"c%d\",\"passed\":%s,\"document_id\":\"d%d\",\"cost_usd\":0.01,\"output_tokens\":%d}\n", i, i % 5 && i % 7 ? "true" : "false", i % 25, i > "new/run.jsonl" } }'
for v in v6 v7; do
    for i in 1 2 3; do echo "{\"run\":\"$v\",\"item_id\":\"q$i\",\"score\":0.$i,\"cost_usd\":0.0${v#v}}"; done
done > both.jsonl
llmobs ingest old/run.jsonl new/run.jsonl both.jsonl | tail -1
gate() { llmobs gate "$@"; echo "exit $?"; }
echo "-- as from the files"
compare() { llmobs gate "$@" --max-cost +10% -f json | jq -c '[.rows, .limits, .changed, .candidate.calls]'; }
compare --baseline old/run.jsonl --candidate new/run.jsonl > files.json
compare --baseline-run old/run.jsonl --candidate-run new/run.jsonl | cmp files.json -
gate --baseline-run old/run.jsonl --candidate-run new/run.jsonl --max-tokens 5k
gate --baseline-run v6 --candidate-run v7 --max-cost 1 -q
llmobs gate --baseline-run v6 --candidate-run v7 -f json | jq -c '.baseline, .candidate, .rows[0].n_pairs'
gate --baseline-run v6 --candidate both.jsonl --candidate-run v7 -q
gate --baseline-run run.jsonl --candidate-run v7
gate --baseline-run v5 --candidate-run v7
gate --baseline-run v6
sqlite3 llmobs.db "SELECT run, cluster, count(*) FROM score_case GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 3"
