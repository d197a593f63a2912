# A blessed run is a baseline of the database; the newest of a name counts, and what failed is not kept.
exec 2>&1
run() { # FILE PASSED TOTAL
    awk -v p="$2" -v n="$3" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"item_id\":\"c%d\",\"cluster\":\"k%d\",\"passed\":%s,\"cost_usd\":0.01,\"latency_ms\":%d}\n", i, i % 20, (i <= p ? "true" : "false"), i }' > "$1"
}
gate() { llmobs gate "$@"; echo "exit $?"; }
run a.jsonl 90 100
run worse.jsonl 70 100
run other.jsonl 92 100
gate --baseline main --candidate a.jsonl
gate --bless main --candidate a.jsonl --commit 4f2a9c1
gate --baseline main --candidate worse.jsonl --bless main -q
gate --baseline main --candidate other.jsonl --margin 5pt --max-cost +10% --max-latency-p95 +10%
echo "-- the same as from the file"
llmobs gate --baseline a.jsonl --candidate other.jsonl --margin 5pt -f json | jq -c '.rows, .changed' > file.json
llmobs gate --baseline main --candidate other.jsonl --margin 5pt -f json | jq -c '.rows, .changed' | cmp - file.json
GITHUB_SHA=99aa gate --baseline main --candidate other.jsonl --margin 5pt --bless main -q
llmobs gate --baseline main --candidate a.jsonl -f json | jq -c .baseline
gate --baseline nope --candidate a.jsonl
gate --baseline main --baseline-run x --candidate a.jsonl
at=1795258200
for p in 92 91 92 93 92 91 80 81 80 79 80 81; do
    run n.jsonl $p 100
    at=$((at + 60))
    SOURCE_DATE_EPOCH=$at llmobs gate --bless nightly --candidate n.jsonl -q
done
llmobs gate history nightly
llmobs gate history nightly -f csv | tail -3
llmobs gate history | grep -c .
gate history nope
gate history a b
sqlite3 llmobs.db "SELECT name, count(*), sum((SELECT count(*) FROM baseline_result AS r WHERE r.baseline_id = b.baseline_id)) FROM baseline AS b GROUP BY name"
echo "-- a clock that stands or goes back: what is blessed is the newest"
for p in 90 70 80; do
    run clock.jsonl $p 100
    at=$((at - 30))
    SOURCE_DATE_EPOCH=$at llmobs gate --bless clock --candidate clock.jsonl -q
done
llmobs gate history clock -f csv | cut -d, -f 3,6
run clock.jsonl 80 100
llmobs gate --baseline clock --candidate clock.jsonl -f json | jq -c ".rows[0].baseline_mean"
