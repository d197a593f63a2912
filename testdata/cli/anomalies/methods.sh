# Every method on one figure: three times the latency on the last whole day; groups; formats; marks.
exec 2>&1
awk -v fault=latency -f "$TESTDATA/cli/anomalies/days.awk" >log.jsonl
llmobs ingest -q log.jsonl
llmobs annotate "prompt v7" --at 2026-11-20T06:00:00Z --kind prompt >/dev/null
for m in zscore spc mad ewma cusum seasonal; do
    llmobs anomalies --period day --method $m --metric latency_p95_us -f csv; echo "exit $?"
done
llmobs anomalies --period day --method zscore --sigma 100 --metric latency_p95_us -f csv | cut -d, -f1-6
llmobs anomalies --period day --by model --metric latency_p95_us
llmobs anomalies --period day --backtest 10d --metric latency_p95_us -f csv | cut -d, -f1-8
llmobs anomalies --period day --where feature=search --metric error_rate -f json | jq -c '.filters, .rows[].state, .coverage'
llmobs anomalies --period hour -f csv | cut -d, -f1-3,14,15
llmobs anomalies -q --period day --metric error_rate; echo "quiet when all is well: $?"
llmobs anomalies -q --period day --metric latency_p95_us --on-alert 'jq -c ".rows | length"'; echo "not else: $?"
# Six days of a little more: no day is beyond 2 sigmas by far, all of them together are a pattern.
for fault in drift none; do
    awk -v fault=$fault -f "$TESTDATA/cli/anomalies/days.awk" >$fault.jsonl
    llmobs anomalies --period day --method spc --metric latency_p50_us $fault.jsonl; echo "exit $?"
    llmobs anomalies --period day --method spc --metric latency_p50_us,error_rate -f csv $fault.jsonl | cut -d, -f1-6,8
done
