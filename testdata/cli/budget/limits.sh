# What was spent in November up to the 21st, 10:50: support 9 dollars, search 1.5, nobody 0.25; a
# call of October and one of December are outside.
exec 2>&1
call() { echo "{\"timestamp\":\"$1\",\"feature\":$2,\"user_id\":\"$3\",\"model\":\"m\",\"request_id\":\"$1\",\"input_tokens\":$4,\"output_tokens\":10,\"cost_usd\":$5}"; }
{
    call 2026-10-31T23:59:59Z '"support"' ann 100 50
    call 2026-11-01T00:00:00Z '"support"' ann 100 4
    call 2026-11-10T08:00:00Z '"support"' bob 200 2.5
    call 2026-11-20T09:30:00Z '"support"' bob 300 2.5
    call 2026-11-15T12:00:00Z '"search"' ann 400 1.000000001
    call 2026-11-20T23:59:59Z '"search"' cid 500 0.5
    call 2026-11-21T01:00:00Z null cid 90 0.25
    call 2026-12-01T00:00:00Z null cid 90 70
} > log.jsonl
llmobs ingest -q log.jsonl
show() { llmobs budget "$@"; echo "exit $?"; }
show --max 100
show --max 10.750000001
show --max 10.75
show --max 5 --by feature
show --max '$8.5' --by feature,user --warn-at 20
show --max 500 --unit tokens --by user --period week
show --max 1k --unit tokens --by user --period month
show --max 1 --unit calls --period day
show --max 3 --by feature --where user=bob
show --max 0 --by feature -f csv
llmobs budget --max 8 --by feature -f json | jq -c '.by, .window, .rows[0], .rows[2], .totals, .coverage'
