# What makes no sense: exit code 2, and what would make sense.
awk -v n=40 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
llmobs compare calls.jsonl; echo "exit $?"
llmobs compare calls.jsonl --a model=x; echo "exit $?"
llmobs compare calls.jsonl --a model=x --b model=y --at 2026-11-18; echo "exit $?"
llmobs compare calls.jsonl --a model=gpt-4o --b feature=refund; echo "exit $?"
llmobs compare calls.jsonl --a modell=x --b model=y; echo "exit $?"
llmobs compare calls.jsonl --at 2026-11-18 --metric colour; echo "exit $?"
llmobs compare calls.jsonl --at 2026-11-18 --metric model; echo "exit $?"
llmobs compare calls.jsonl --at 2026-11-18 --metric error_rate_p95; echo "exit $?"
llmobs compare calls.jsonl --at 2026-11-18 --metric meta.colour; echo "exit $?"
llmobs compare calls.jsonl --at 2026-11-18 --since 2026-11-19; echo "exit $?"
llmobs compare calls.jsonl --at 2026-11-18 --alpha 5; echo "exit $?"
llmobs compare calls.jsonl --at never; echo "exit $?"
