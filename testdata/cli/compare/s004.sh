# The prompt update of the case study: one command finds all four effects and names the version.
awk -v n=2400 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
llmobs compare --at 2026-11-18 --explain --wide calls.jsonl
