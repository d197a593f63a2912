# 1 when more than the limit was spent, unless it is said otherwise.
exec 2>&1
echo '{"timestamp":"2026-11-20T01:00:00Z","request_id":"1","model":"m","input_tokens":1,"output_tokens":1,"cost_usd":5}' > log.jsonl
llmobs ingest -q log.jsonl
try() { llmobs budget -q -o out.txt "$@"; echo "$*: $?"; }
try --max 5
try --max 4.999999999
try --max 4 --exit-code 7
try --max 4 --exit-zero
try --max 4 --fail-on spent
try --max 5 --fail-on forecast
try --max 4 --where model=x
LLMOBS_EXIT_CODE=9 try --max 4
llmobs --db no.db budget --max 1; echo "exit $?"
