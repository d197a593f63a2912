# Texts that were stored as they are lose an address and a card number (a test number of Visa's), which then
# are nowhere in the file.
cat > log.jsonl <<'LOG'
{"request_id":"r-1","model":"m","prompt":"write to anna@mail.berlin, card 4111 1111 1111 1111","response":"done","output_tokens":1}
{"request_id":"r-2","model":"m","prompt":"nothing","response":"bob@mail.berlin","output_tokens":1}
LOG
llmobs ingest -q log.jsonl --store-content full
cp llmobs.db before.db
llmobs db redact; echo "exit $?"
llmobs db redact --dry-run
cmp llmobs.db before.db
llmobs db redact --yes
sqlite3 llmobs.db "SELECT input, output, redactions FROM v_content"
grep -cE 'anna@|bob@|4111' llmobs.db
llmobs db redact --yes
llmobs db verify -q > /dev/null; echo "exit $?"
