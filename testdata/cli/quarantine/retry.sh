# Lines that a mapping explains leave the quarantine; what is gone, changed or still unreadable stays.
exec 2>&1
cp "$TESTDATA/mapping/gateway.json" "$TESTDATA/mapping/gateway.jsonl" .
head -n 3 gateway.jsonl | sed 's/"id":/"id":1/' > other.jsonl
sed 's/took/tock/' gateway.json > wrong.json
llmobs ingest -q gateway.jsonl 2> /dev/null
llmobs ingest -q other.jsonl 2> /dev/null
head -n 1 gateway.jsonl | sed 's/"id":/"id":3/' | llmobs ingest -q - 2> /dev/null
try() { llmobs quarantine "$@"; echo "exit $?: $*"; }
try list --columns id,file,line,reason
try retry 1
try retry 1 --map wrong.json
try retry 1 2 --map gateway.json
sed -i 's/gpt-4o/gpt-4x/' other.jsonl
try retry --map gateway.json --set team=core --strict
rm other.jsonl
try retry -q --map gateway.json
try list --columns id,file,line,reason
sqlite3 llmobs.db "SELECT identity, request_model, latency_us, cost_nusd, team FROM v_calls ORDER BY 1"
# Nothing is left to do, and what can be wrong.
try retry 1
echo '{"record": "call", "fields": {"latency": "/took"}}' > bad.json
try retry --map bad.json
try retry --map none.json
try retry --from nonsense | cut -c 1-40
try retry --assume-tz Nowhere/At_All
llmobs quarantine drop -y
try retry --map gateway.json
# Packed, and in an array: the same calls as of a run that had the mapping from the start.
gzip -k gateway.jsonl
jq -s . gateway.jsonl > array.json
for file in gateway.jsonl.gz array.json; do
    rm -f late.db soon.db
    llmobs ingest -q --db late.db $file 2> /dev/null
    llmobs quarantine retry -q --db late.db --map gateway.json 2> /dev/null
    llmobs ingest -q --db soon.db --map gateway.json $file 2> /dev/null
    for db in late soon; do
        sqlite3 $db.db "SELECT identity, started_us, request_model, source, input_tokens, cost_nusd, meta
            FROM v_calls ORDER BY 1" > $db.txt
    done
    cmp late.txt soon.txt && wc -l < late.txt
done
