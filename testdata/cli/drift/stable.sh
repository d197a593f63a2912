# Four days on which nothing changed: none, exit 0; durations count back from --until.
awk -v n=2400 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
llmobs drift --baseline 2d --current 2d --until 2026-11-18T00:00:00Z calls.jsonl
