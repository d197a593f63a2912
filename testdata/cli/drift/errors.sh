# What makes no sense: exit code 2, and what would make sense.
awk -v n=40 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
llmobs drift calls.jsonl --baseline yesterday; echo "exit $?"
llmobs drift calls.jsonl --current 2026-11-18..soon; echo "exit $?"
llmobs drift calls.jsonl --current 2026-11-18..2026-11-17; echo "exit $?"
llmobs drift calls.jsonl --baseline 2026-11-14..2026-11-18 --current 2026-11-18..2026-11-19; echo "exit $?"
llmobs drift calls.jsonl --field latencies; echo "exit $?"
llmobs drift calls.jsonl --field model --method ks; echo "exit $?"
llmobs drift calls.jsonl --method cosine; echo "exit $?"
llmobs drift calls.jsonl --threshold much; echo "exit $?"
llmobs drift calls.jsonl --by tag; echo "exit $?"
llmobs drift calls.jsonl --min-n 1; echo "exit $?"
for n in 0 98 1000001; do llmobs drift calls.jsonl --permutations $n; echo "exit $?"; done
