# A line that comes out of quarantine is scanned like any other.
echo '{"name":"m","took":5,"prompt":"mail a@cd.de"}' >log.jsonl
llmobs ingest -q log.jsonl 2>/dev/null
printf '{"record": "call", "fields": {"request_model": "/name", "input_tokens": "/took"}}' >map.json
llmobs quarantine retry -q --map map.json
sqlite3 llmobs.db "SELECT kind, side, n FROM v_findings"
