# --chart: bars, with time without calls marked.
exec 2>&1
awk 'BEGIN {
    for (hour = 0; hour < 24 * 7; hour++) {
        day = 16 + int(hour / 24)
        if (day == 19 || day == 20 || (day == 17 && hour % 24 >= 2 && hour % 24 < 5))
            continue
        for (n = 0; n < 12; n++)
            printf "{\"timestamp\":\"2026-11-%dT%02d:%02d:00Z\",\"request_id\":\"%d-%d\",\"model\":\"m%d\",\"input_tokens\":1,\"output_tokens\":1,\"latency_ms\":%d,\"cost_usd\":%.2f,\"feature\":\"f%d\"}\n", day, hour % 24, n * 5, hour, n, n % 2, 100 * n, day == 18 ? 0.03 : 0.01, n % 3
    }
}' > log.jsonl
llmobs report cost --by day --chart --since 2026-11-16 --until 2026-11-22 log.jsonl
echo '--- -q, and where UTF-8 cannot be shown'
LC_ALL=C COLUMNS=60 llmobs report cost --by day --chart -q --since 2026-11-17 --until 2026-11-18 log.jsonl
echo '--- a zone'
llmobs report cost --chart -q --since 2026-11-17 --until 2026-11-18 --tz Asia/Kolkata log.jsonl
echo '--- by hour and by 15 minutes; half past the hour is no gap'
llmobs report --by hour --chart -q --since 2026-11-17T00:00:00Z --until 2026-11-17T07:00:00Z log.jsonl
llmobs report --by hour --chart -q --since 2026-11-17T05:30:00+05:30 --until 2026-11-17T12:30:00+05:30 --tz Asia/Kolkata log.jsonl
llmobs report latency --by 15m --chart -q --since 2026-11-17T01:30:00Z --until 2026-11-17T05:30:00Z log.jsonl
echo '--- compared'
llmobs report cost --by day --chart --since 2026-11-17 --until 2026-11-18 --vs previous log.jsonl
llmobs report cost --by day --chart -q --since 2026-11-18 --until 2026-11-21 --vs previous log.jsonl
echo '--- groups, and a column of choice'
llmobs report cost --by model,feature --chart --limit 2 log.jsonl
llmobs report cost --by feature --chart --columns latency_p95_us -q log.jsonl
llmobs report cost --by day --chart --sort cost -q --limit 2 log.jsonl
echo '--- no calls at all'
llmobs report cost --chart --since 2026-12-01 log.jsonl
echo '--- mistakes'
llmobs report cost --chart -f csv log.jsonl; echo "exit $?"
llmobs report cost --chart --no-cost log.jsonl; echo "exit $?"
llmobs report usage --chart --columns first_call log.jsonl; echo "exit $?"
llmobs report cost --since 7d --vs 7d --chart --columns cost_usd_change log.jsonl; echo "exit $?"
