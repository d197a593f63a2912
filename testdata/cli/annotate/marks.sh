# Marks in reports by time, in the zone of the report; those without calls as notes; all of them
# listed; one taken away.
cp "$TESTDATA/cli/trace/data/chain.otlp.jsonl" .
llmobs ingest -q chain.otlp.jsonl
llmobs annotate 'prompt v7' --at 2026-11-19T14:03:30Z --kind prompt
llmobs annotate 'index rebuilt' --at 2026-11-19T14:05:10Z --kind kb -q
llmobs annotate 'all quiet' --at 2026-11-19T14:10:00Z
llmobs annotate 'last year' --at 2025-11-19 --kind deploy
llmobs report cost --by minute --limit 5
llmobs report cost --by day,feature --tz Europe/Berlin -f csv --columns calls
llmobs report cost --by feature
llmobs annotate list
llmobs annotate list --since 2026-11-19 -f json | grep text
llmobs annotate drop 2
llmobs annotate list -f csv --tz America/New_York
llmobs report --by day -f json | grep marks | grep -o '"marks":[^}]*'
