# What was made unreadable in stored texts, by kind, beside what was found in the texts as logged. By hand:
# r-1 (support, 14th) is asked with 2 addresses and a card number (4111 ... is a test number of Visa's) and
# answers with one address; r-2 (search, 15th) has an address in its context and a phone number in its
# answer; r-3 (search, 15th) has nothing. So email stands 2 + 1 + 1 = 4 times in 2 calls, once in an answer;
# card once in a question, phone once in an answer.
cat > log.jsonl <<'LOG'
{"timestamp":"2026-11-14T08:00:00Z","request_id":"r-1","model":"m","feature":"support","prompt":"from anna@mail.berlin to bob@mail.berlin, card 4111 1111 1111 1111","response":"told bob@mail.berlin","output_tokens":1}
{"timestamp":"2026-11-15T08:00:00Z","request_id":"r-2","model":"m","feature":"search","messages":[{"role":"system","content":"Ask carl@mail.berlin."},{"role":"user","content":"who?"}],"response":"call (415) 867-5309","output_tokens":1}
{"timestamp":"2026-11-15T09:00:00Z","request_id":"r-3","model":"m","feature":"search","prompt":"why","response":"so","output_tokens":1}
LOG
keep="--store-content full --redact"
llmobs ingest -q log.jsonl $keep
sqlite3 llmobs.db "SELECT request_id, side, kind, n FROM v_redactions JOIN v_calls USING (call_id) ORDER BY 1, 2, 3"
sqlite3 llmobs.db "SELECT request_id, context, input, output, redactions FROM v_content JOIN v_calls USING (call_id) ORDER BY 1"
for by in "" "--by feature" "--by day"; do
    llmobs report safety $by -q --columns ${by#--by }${by:+,}calls,pii_calls,pii_n,redactions,redactions_n
done
llmobs report safety --by kind
llmobs report safety --by feature,kind -f csv
llmobs report safety --by kind --where feature=search -f jsonl | jq -c '{kind, calls, found, redactions, redactions_n}'
llmobs report safety --limit 1 --by kind -q
echo "-- the view has both columns where there is any, machines too"
llmobs report safety --wide | sed -n 2p
llmobs report safety -f json | jq -c '.totals | {pii_calls, redactions, redactions_n}'
echo "-- read again, and as a copy: nothing is counted twice"
llmobs ingest -q log.jsonl $keep
cp log.jsonl copy.jsonl
llmobs ingest -q copy.jsonl $keep
llmobs report safety -q --columns redactions,redactions_n
echo "-- where nothing was redacted there is nothing to count"
llmobs ingest -q log.jsonl --store-content full --db raw.db
llmobs report safety --db raw.db -f csv | grep -c redactions
llmobs report safety --db raw.db -q --columns calls,pii_calls,redactions,redactions_n
llmobs report safety --db raw.db --by kind -q
sqlite3 raw.db "SELECT count(redactions) FROM v_content; SELECT count(*) FROM v_redactions"
echo "-- and where nothing was scanned nothing is known to have been found"
llmobs ingest -q log.jsonl $keep --no-scan --db blind.db
llmobs report safety --db blind.db --by kind -q
llmobs report safety --by kind,rule
