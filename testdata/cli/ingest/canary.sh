# No byte of content reaches the database unasked, on any format and in any text field; a directory
# of somebody's home is no content, but only its last component is kept.
llmobs ingest -q --audit-map map.jsonl "$TESTDATA/cli/ingest/canary.jsonl" 2> reasons.txt
for file in llmobs.db* map.jsonl; do
    if grep -aq CANARY "$file"; then echo "$file holds content"; fi
done
# What was read at all, so that the case cannot pass by reading nothing.
sqlite3 llmobs.db "SELECT count(*) FROM v_calls; SELECT count(*) FROM v_tool_calls;
    SELECT count(*) FROM v_branch_decisions; SELECT count(*) FROM v_spans;
    SELECT count(*) FROM v_quarantine; SELECT project FROM v_calls WHERE project IS NOT NULL;"
