# --vs: the same report over another window, joined by group.
exec 2>&1
call() { # ID TIME FEATURE REST
    printf '{"timestamp":"%s","request_id":"%s","model":"m%s","input_tokens":1000,"output_tokens":1,"feature":"%s","user_id":"u%s"%s}\n' "$2" "$1" "$1" "$3" $(($1 % 3)) "$4"
}
{
    call 1 2026-11-19T08:00:00Z search ',"cost_usd":0.5'
    call 2 2026-11-19T08:00:00Z old ',"cost_usd":2'
    call 3 2026-11-19T09:00:00Z batch ',"cost_usd":1'
    call 4 2026-11-20T09:00:00Z search ',"cost_usd":0.75'
    call 5 2026-11-20T08:00:00Z batch ''
    call 6 2026-11-20T08:00:00Z fresh ',"cost_usd":3'
    call 7 2026-11-20T08:00:00Z search ''
} > log.jsonl
day='--since yesterday --until yesterday'
llmobs report cost --by feature $day --vs previous log.jsonl
echo '--- wide'
llmobs report cost --by feature $day --vs 1d -q --wide log.jsonl
echo '--- a limit, and what is in (other)'
llmobs report cost --by feature $day --vs 2026-11-19 --limit 1 log.jsonl
echo '--- the other way round: what is unknown before makes a change uncertain'
llmobs report cost --by feature --since 2026-11-19 --until 2026-11-19 --vs 2026-11-20..2026-11-20 --sort cost_usd_change log.jsonl
echo '--- hours by the clock'
llmobs report --by hour $day --vs previous --columns hour,calls,cost_usd log.jsonl
echo '--- without money, without groups'
llmobs report usage $day --vs previous --no-cost -q log.jsonl
echo '--- nothing before'
llmobs report cost $day --vs 7d log.jsonl
echo '--- for machines'
llmobs report cost --by feature $day --vs previous -f json log.jsonl |
    jq -c '.window, .window_previous, (.rows[], .totals | [.feature, .group_status, .calls, .calls_previous, .calls_change, .calls_change_rate, .cost_usd, .cost_nusd_previous, .cost_usd_change, .cost_nusd_change, .cost_usd_change_rate, .cost_per_call_usd_previous, .lower_bound, .lower_bound_previous]), (.coverage | [.calls_previous, .unpriced_calls_previous, .groups_new, .groups_vanished])'
llmobs report --by feature $day --vs previous -f csv --columns calls_previous,calls,calls_change_rate log.jsonl
echo '--- mistakes'
llmobs report --vs previous log.jsonl; echo "exit $?"
llmobs report --until yesterday --vs 7d log.jsonl; echo "exit $?"
llmobs report --since 7d --vs before log.jsonl; echo "exit $?"
llmobs report --since 7d --vs 2026-11-05..2026-11-01 log.jsonl; echo "exit $?"
llmobs report --since 7d --vs 2026-11-05..x log.jsonl; echo "exit $?"
llmobs report --since 2026-11-22 --vs previous log.jsonl; echo "exit $?"
