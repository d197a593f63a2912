# The prompt update of the case study: what changed is flagged, what did not is not, exit 1.
awk -v n=2400 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
llmobs drift --baseline 2026-11-14..2026-11-17 --current 2026-11-18..2026-11-19 --wide calls.jsonl
