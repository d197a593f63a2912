# Calls without a price, or without tokens, make what was spent a lower bound; errors without tokens
# cost nothing. Calls without a time are in no period.
exec 2>&1
cat > log.jsonl <<'END'
{"timestamp":"2026-11-20T01:00:00Z","request_id":"1","user_id":"ann","model":"in-house","input_tokens":1000,"output_tokens":10}
{"timestamp":"2026-11-20T02:00:00Z","request_id":"2","user_id":"ann","model":"in-house","input_tokens":500,"output_tokens":10,"cost_usd":2}
{"timestamp":"2026-11-20T03:00:00Z","request_id":"3","user_id":"bob","model":"in-house","latency_ms":5,"cost_usd":1}
{"timestamp":"2026-11-20T04:00:00Z","request_id":"4","user_id":"bob","model":"in-house","latency_ms":5,"status":"error","error_type":"timeout"}
{"timestamp":"2026-11-20T05:00:00Z","request_id":"5","user_id":"cid","model":"in-house","input_tokens":7,"output_tokens":1}
{"request_id":"6","user_id":"cid","model":"in-house","input_tokens":7,"output_tokens":1,"cost_usd":1}
END
llmobs ingest -q log.jsonl
show() { llmobs budget "$@"; echo "exit $?"; }
show --max 10 --by user
show --max 10 --strict
show --max 2 --by user
show --max 2000 --unit tokens --by user
LC_ALL=C show --max 10 -q
llmobs budget --max 10 --by user -f json | jq -c '.rows[], .warnings, .coverage.unpriced_calls'
