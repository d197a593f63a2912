# What is refused, and in which words.
exec 2>&1
echo '{"item_id":"a","passed":true}' > a.jsonl
echo '{"model":"m","cost":1}' > calls.jsonl
echo 'no log' > text.txt
gate() { llmobs gate "$@"; echo "exit $?"; }
gate
gate --baseline a.jsonl
gate a.jsonl b.jsonl
gate --candidate a.jsonl
gate --baseline - --candidate -
gate --baseline nothere.json --candidate a.jsonl
gate --baseline a.jsonl --candidate nothere.json
gate --baseline a.jsonl --candidate calls.jsonl
gate --baseline a.jsonl --candidate text.txt
gate --baseline a.jsonl --candidate a.jsonl --metric tone
for margin in 2% -1 x 1e400 ''; do gate --baseline a.jsonl --candidate a.jsonl --margin "$margin"; done
for alpha in 0 0.5 5% x; do gate --baseline a.jsonl --candidate a.jsonl --alpha "$alpha"; done
for rule in 8/10 '>=8/0' '>=11/10' '>=1.1' '>=x' '<1'; do gate --baseline a.jsonl --candidate a.jsonl --per-case "$rule"; done
gate --baseline a.jsonl --candidate a.jsonl --min-pass-rate 2
gate --baseline a.jsonl --candidate a.jsonl --max-cost -5
gate --baseline a.jsonl --candidate a.jsonl --max-cost +x%
gate --baseline a.jsonl --candidate a.jsonl --max-tokens 5x
gate --baseline a.jsonl --candidate a.jsonl --max-latency-p95 5
gate --baseline a.jsonl --candidate a.jsonl --inconclusive maybe
gate --baseline a.jsonl --candidate a.jsonl --commit x
gate --candidate a.jsonl --bless 'a b'
gate --baseline a.jsonl --candidate a.jsonl --junit /nowhere/x.xml
gate --baseline a.jsonl --candidate a.jsonl --where =x
gate --baseline a.jsonl --candidate a.jsonl --from nonsense
gate --baseline a.jsonl --candidate a.jsonl
