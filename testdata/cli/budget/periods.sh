# Periods are those of the zone, days of 23 and 25 hours included; --until puts an end to them.
exec 2>&1
for hour in 00 06 12 18; do
    for day in 09-30 10-01 10-18 10-19 10-24 10-25 10-26 10-31 11-01; do
        echo "{\"timestamp\":\"2026-${day}T$hour:00:00+02:00\",\"model\":\"m\",\"request_id\":\"$day$hour\",\"input_tokens\":1,\"output_tokens\":1,\"cost_usd\":1}"
    done
done > log.jsonl
llmobs ingest -q log.jsonl
ask() { llmobs budget --max 100 -f json "$@" | jq -c '[.rows[0].period_since, .rows[0].period_until, .rows[0].n, .rows[0].value] + [.tz, .window.until]'; }
for period in hour day week month 24h 7d 30d; do
    ask --period $period --until 2026-10-25 --tz Europe/Berlin
done
for period in hour day week month 24h; do
    ask --period $period --until 2026-10-25T12:00:01 --tz Europe/Berlin
done
ask --period day --until 2026-10-25
ask --period month --until 2026-10-31 --tz Europe/Berlin
ask --period month --until 2026-10-31 --tz America/New_York
ask --period month --until 2027-01-01
ask --period month --since 2026-10-25 --until 2026-10-31 --tz UTC
SOURCE_DATE_EPOCH=1792879200 ask --period day --tz Europe/Berlin # the first second of the 25th
SOURCE_DATE_EPOCH=1792879199 ask --period day --tz Europe/Berlin
SOURCE_DATE_EPOCH=1793487600 ask --tz Europe/Berlin # November begins
llmobs budget --max 100 --period day --until 2026-10-25 --tz Europe/Berlin
