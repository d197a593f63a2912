# --scan chooses, --no-scan looks at no text: then nothing is known, which is not the same as nothing
# found. Reading again with more adds to what is known.
cp "$TESTDATA/cli/scan/data/calls.jsonl" .
counts() { sqlite3 "$1" "SELECT (SELECT count(*) FROM v_findings), group_concat(kind, ' ')
    FROM (SELECT DISTINCT kind FROM v_findings ORDER BY kind); SELECT count(pii_input) FROM v_calls"; }
llmobs ingest -q --db none.db --no-scan calls.jsonl && counts none.db
llmobs ingest -q --db some.db --scan pii,refusals calls.jsonl && counts some.db
cat calls.jsonl | llmobs ingest -q --db none.db - && counts none.db
LLMOBS_NO_SCAN=1 llmobs ingest -q --db env.db calls.jsonl && counts env.db
llmobs ingest -q --scan everything calls.jsonl
