# Each message about a limit that makes no sense.
exec 2>&1
echo '{"timestamp":"2026-11-20T01:00:00Z","request_id":"1","model":"m","input_tokens":1,"output_tokens":1,"cost_usd":5}' > log.jsonl
try() { llmobs budget "$@" log.jsonl; echo "exit $?"; }
try
try --by user
try --period day
try --unit calls
for max in '' x 1,500 -1 0.0000000001 1e10 '$' 5EUR 1k; do try --max "$max"; done
for max in 1.5 0.1k -1 '$5' 5G 1e19; do try --unit tokens --max "$max"; done
try --unit calls --max 2.5
try --max 1 --unit eur
try --max 1 --period year
try --max 1 --fail-on error
try --max 1 --warn-at 101
try --max 1 --warn-at ten
try --max 1 --by day
try --max 1 --by teem
try --max 1 --by user,user
try --max 1 --by user --sort cost
try --max 1 --where 'cost>'
try --max 1 --tz Europe/Berlni
try --max 1 --since 2026-11-20 --until 2026-11-19
llmobs budget --max 1 none.jsonl; echo "exit $?"
