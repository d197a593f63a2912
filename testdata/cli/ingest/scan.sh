# Counts and flags of what the texts hold, and not a byte of them; a second reading changes nothing.
cp "$TESTDATA/cli/scan/data/calls.jsonl" .
llmobs ingest -q calls.jsonl
cp calls.jsonl again.jsonl
llmobs ingest -q again.jsonl
sqlite3 -header llmobs.db "SELECT request_id, kind, side, n FROM v_findings JOIN v_calls USING (call_id)
    ORDER BY request_id, side, kind;
    SELECT request_id, refusal_logged, pii_input, pii_output, secret_output, injection, refusal,
    bad_answer FROM v_calls ORDER BY request_id;"
for file in llmobs.db*; do
    for text in 4111 firma corp.com 'previous instr' 'on and on' sorry; do
        if grep -aq "$text" "$file"; then echo "$file holds $text"; fi
    done
done
