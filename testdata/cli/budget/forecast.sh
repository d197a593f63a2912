# Three features: support for 50 days with quiet weekends, search for 16 days, new for 4. Each day
# has calls at 6:00 and at 18:00; it is Saturday the 21st, 10:50. The wanted figures were computed
# by Python from the formula in the manual.
exec 2>&1
LC_ALL=C awk 'BEGIN {
    first = 1795219200 - 50 * 86400 # 2026-11-21T00:00:00Z
    for (day = 0; day <= 50; day++) {
        weekend = (day + 4) % 7 < 2 # day 50 is a Saturday
        line(day, 6, "support", (weekend ? 4 : 20) + day * 7 % 5)
        line(day, 18, "support", (weekend ? 2 : 10) + day * 3 % 4)
        if (day > 34) { line(day, 6, "search", 5 + day * 5 % 3); line(day, 18, "search", 7 + day % 2) }
        if (day > 46) { line(day, 6, "new", 1); line(day, 18, "new", 1) }
    }
}
function line(day, hour, feature, dollars) {
    if (day == 50 && hour == 18) return
    printf "{\"timestamp\":%d,\"feature\":\"%s\",\"user_id\":\"u%d\",\"model\":\"m\",\"request_id\":\"%s-%d-%d\",\"input_tokens\":100,\"output_tokens\":10,\"cost_usd\":%d}\n", first + day * 86400 + hour * 3600, feature, day % 3, feature, day, hour, dollars
}' > log.jsonl
llmobs ingest -q log.jsonl
show() { llmobs budget "$@"; echo "exit $?"; }
show --max 700 --by feature --forecast
show --max 700 --by feature --fail-on forecast
show --max 640 --by feature --fail-on forecast --where feature=search
show --max 100 --by feature --period week --forecast -q
show --max 25 --by feature --period day --forecast --compact
show --max 3 --unit calls --period day --forecast
show --max 10 --unit tokens --period 7d --forecast
show --max 700 --by feature --forecast --until 2026-10-31
show --max 700 --forecast --until 2026-11-23
llmobs budget --max 700 --by feature --forecast -f json | jq -c '.rows[] | [.group, .state, .spent, .forecast, .forecast_low, .forecast_high, .forecast_days, .breach, .since]'
SOURCE_DATE_EPOCH=1795440600 show --max 2000 --forecast # two days later
