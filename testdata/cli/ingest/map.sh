# A mapping for lines that nobody knows, and times without a zone.
exec 2>&1
cp "$TESTDATA/mapping/gateway.json" "$TESTDATA/mapping/gateway.jsonl" .
llmobs ingest --map gateway.json gateway.jsonl
sqlite3 llmobs.db "SELECT identity, request_model, feature, source, started, latency_us, cost_nusd, status, meta
    FROM v_calls ORDER BY 1"
grep -c canary llmobs.db
echo '{"timestamp":"2026-10-25 02:30:00","model":"m","request_id":"z","input_tokens":1}' > local.jsonl
for tz in UTC Europe/Berlin; do
    llmobs ingest -q --db "$(basename $tz).db" --assume-tz $tz local.jsonl
    sqlite3 "$(basename $tz).db" 'SELECT started, zoneless FROM v_calls'
done
llmobs ingest --assume-tz Mars/Olympus local.jsonl
echo "exit $?"
llmobs ingest --map none.json local.jsonl
echo "exit $?"
echo '{"record": "call", "fields": {"modle": "/m"}}' > bad.json
llmobs ingest --map bad.json local.jsonl
echo "exit $?"
echo '{"record": "call"' > bad.json
llmobs ingest --map bad.json local.jsonl
echo "exit $?"
