# Each segment as a row of its own, for machines: all pairs; for people: those that changed.
awk -v n=2400 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
set -- --baseline 2026-11-14..2026-11-17 --current 2026-11-18..2026-11-19 --by feature calls.jsonl
llmobs drift "$@" --field cost,latency -f csv
echo "exit $?"
llmobs drift "$@" --field cost,latency --compact
echo "exit $?"
