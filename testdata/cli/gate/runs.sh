# Several runs in a file: which one has to be said, and no choice lists them.
cat > runs.jsonl <<'END'
{"run":"v6","judge":"gpt-4o","item_id":"a","score":0.5}
{"run":"v6","judge":"gpt-4o","item_id":"b","score":0.25}
{"run":"v6","judge":"claude","item_id":"a","score":1}
{"run":"v6","judge":"claude","item_id":"b","score":1}
{"run":"v7","judge":"gpt-4o","item_id":"a","score":0.75}
{"run":"v7","judge":"gpt-4o","item_id":"b","score":0.5,"metadata":{"split":"dev"}}
{"run":"v7","judge":"claude","item_id":"a","score":0}
END
show() { llmobs gate --baseline runs.jsonl "$@" -f json 2>&1 | jq -c '.filters, (.rows[] | [.metric, .n_pairs, .baseline_mean, .candidate_mean])' 2> /dev/null || llmobs gate --baseline runs.jsonl "$@" 2>&1; }
show --candidate runs.jsonl
show --candidate-run v7
show --candidate-run v8 --baseline-run v6
show --candidate-run v7 --baseline-run v6
show --candidate-run v7 --baseline-run v6 --where judge=gpt-4o
show --candidate-run v7 --baseline-run v6 --where 'judge=gpt*' --where 'split!=dev'
show --candidate-run v7 --baseline-run v6 --where judge=nobody
show --candidate-run v7 --baseline-run v6 --where judge
grep v7 runs.jsonl | llmobs gate --baseline runs.jsonl --baseline-run v6 --candidate - -q
