# Users as keyed hashes, personal data made unreadable, attributes dropped. Hashes by sha256sum and by the
# HMAC of openssl where it is there (RFC 2104), else the value it gave.
cp "$TESTDATA/cli/ingest/content.jsonl" log.jsonl
llmobs ingest -q log.jsonl --hash-users
sqlite3 llmobs.db "SELECT user, meta FROM v_calls"
printf u_9 | sha256sum | cut -c1-16
grep -c u_9 llmobs.db
echo "-- with a salt: stable over databases and runs"
echo 0123456789abcdef > salt
llmobs ingest -q log.jsonl --salt-file salt --db a.db
llmobs ingest -q log.jsonl --salt-file salt --db b.db
sqlite3 a.db "SELECT DISTINCT user FROM v_calls"; sqlite3 b.db "SELECT DISTINCT user FROM v_calls"
llmobs report --db a.db --where user=57136d9e295eb828 -q --columns calls
grep -c u_9 a.db
echo "-- a span without a call keeps its user in its attributes"
cat > span.jsonl <<'OTLP'
{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"tool","startTimeUnixNano":"1795000000000000000","endTimeUnixNano":"1795000001000000000","attributes":[{"key":"user.id","value":{"stringValue":"u_9"}},{"key":"llm.prompts.0","value":{"stringValue":"q"}},{"key":"app.plan","value":{"stringValue":"pro"}}]}]}]}]}
OTLP
llmobs ingest -q span.jsonl --db s.db; sqlite3 s.db "SELECT attributes FROM v_spans"
llmobs ingest -q span.jsonl --db t.db --hash-users --drop-attr 'app.*'; sqlite3 t.db "SELECT attributes FROM v_spans"
echo "-- redacted before it is cut, and counted"
llmobs ingest -q log.jsonl --store-content preview --preview 22 --redact --db r.db
sqlite3 -json r.db "SELECT input, cut, redactions FROM v_content"
llmobs ingest -q log.jsonl --store-content full --redact --db rf.db
grep -c 'anna@' rf.db
echo "-- dropped: by name, by dotted path, by glob"
llmobs ingest -q log.jsonl --store-content full --drop-attr 'mess*' --drop-attr metadata.plan --db d.db
sqlite3 d.db "SELECT input, output FROM v_content; SELECT meta FROM v_calls"
