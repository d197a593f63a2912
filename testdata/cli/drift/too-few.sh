# Too little data is no drift, unless asked: neither pass nor alarm.
awk -v n=40 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
set -- --baseline 2026-11-14..2026-11-17 --current 2026-11-18..2026-11-19 --field cost calls.jsonl
llmobs drift "$@"; echo "exit $?"
llmobs drift "$@" --inconclusive fail -q; echo "exit $?"
llmobs drift "$@" --min-n 10 -q; echo "exit $?"
llmobs drift "$@" --min-n 10 -q --exit-zero; echo "exit $?"
