# By hand from people.jsonl: before 2026-11-04 there are r-1, r-2, r-3 (session u_9-a goes with r-1 and r-3, the
# score of r-1 with it); r-6 has no start and stays.
cp "$TESTDATA/cli/db/people.jsonl" "$TESTDATA/cli/trace/data/chain.otlp.jsonl" .
llmobs ingest -q people.jsonl
cp llmobs.db before.db
llmobs db prune --rows 2026-11-04 --dry-run
cmp llmobs.db before.db
llmobs db prune --rows 2026-11-04; echo "exit $?"
cmp llmobs.db before.db
llmobs db prune --rows 2026-11-04 --yes -f csv
sqlite3 llmobs.db "SELECT request_id FROM v_calls ORDER BY 1; SELECT count(*) FROM v_scores; SELECT id FROM v_sessions ORDER BY 1"
llmobs report cost --by user,feature -q --columns calls,cost
llmobs db verify -q > /dev/null; echo "exit $?"
echo "-- the same file brings nothing back, a later line comes in"
echo '{"timestamp":"2026-11-06T08:00:00Z","request_id":"r-8","user_id":"u_9","model":"gpt-4o","input_tokens":1,"output_tokens":1,"cost_usd":0.001}' >> people.jsonl
llmobs ingest people.jsonl | sed 's/ *db:.*//'
llmobs db verify -q > /dev/null; echo "exit $?"
echo "-- raw: spans and tool calls go, calls and what they cost stay"
llmobs ingest -q chain.otlp.jsonl --db chain.db
llmobs report cost --db chain.db -f csv > before.csv
llmobs db prune --raw 2026-11-20 -y --db chain.db
llmobs report cost --db chain.db -f csv | cmp - before.csv
llmobs db verify -q --db chain.db > /dev/null; echo "exit $?"
