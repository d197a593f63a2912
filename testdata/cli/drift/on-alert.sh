# The command gets the answer as JSON on its standard input, and runs only when there is drift.
awk -v n=2400 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
llmobs drift -q --baseline 2026-11-14..2026-11-17 --current 2026-11-18..2026-11-19 --field cost \
    --on-alert 'grep verdict\":.drift >&2' -o drift.csv calls.jsonl
echo "exit $?"
llmobs drift -q --baseline 2d --current 2d --until 2026-11-18T00:00:00Z --field cost \
    --on-alert 'echo never >&2' -o drift.csv calls.jsonl
echo "exit $?"
