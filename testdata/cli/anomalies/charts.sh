# One fault at a time in the last whole day: what the charts say, and that they say nothing without it.
exec 2>&1
for fault in none errors latency cost silence step drift; do
    echo "== $fault"
    awk -v "fault=$fault" -f "$TESTDATA/cli/anomalies/days.awk" >log.jsonl
    llmobs anomalies --period day log.jsonl; echo "exit $?"
done
