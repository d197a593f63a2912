# --since, --until and --tz: days are those of the zone, an instant in --until is exclusive.
exec 2>&1
for hour in 00 04 08 12 16 20; do
    for day in 06 07 08; do
        echo "{\"timestamp\":\"2026-09-${day}T$hour:00:00Z\",\"model\":\"m\",\"request_id\":\"$day$hour\",\"input_tokens\":1,\"output_tokens\":1}"
    done
done > log.jsonl
llmobs ingest -q log.jsonl
window() { llmobs report -f json "$@" | jq -c '[.tz, .window.since, .window.until, .totals.calls // .rows[0].calls]'; }
window --since 2026-09-07 --until 2026-09-07
window --since 20260907 --until 20260907
window --since 2026-09-07 --until 2026-09-07 --tz America/New_York
window --since 2026-09-07T04:00:00Z --until 2026-09-07T08:00:00Z
window --since 2026-09-07T04:00:00 --until 2026-09-07T08:00:00 --tz Europe/Berlin
export SOURCE_DATE_EPOCH=1788868800 # 2026-09-08T12:00:00Z
window --since 24h --until now
window --since yesterday --until yesterday
window --since this-month --until this-month
LLMOBS_TZ=Asia/Kolkata window --since today
TZ=Asia/Kolkata window --since today
TZ=Asia/Kolkata window --since today --tz UTC
llmobs report --since 2026-09-08 --until 2026-09-07; echo "exit $?"
llmobs report --tz Europe/Berlni; echo "exit $?"
llmobs report --tz ../../etc/passwd; echo "exit $?"
TZ=Nowhere/City llmobs report; echo "exit $?"
