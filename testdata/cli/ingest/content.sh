# Texts are kept when asked for: whole, or their beginnings in characters (ß is one); hashes are S001's
# sha256(text)[:16], so that logs written by its rule correlate; lengths are those of the whole text.
cp "$TESTDATA/cli/ingest/content.jsonl" log.jsonl
llmobs ingest -q log.jsonl --store-content full
sqlite3 -json llmobs.db "SELECT * FROM v_content"
sqlite3 llmobs.db "SELECT request_id, input_hash, input_chars, output_hash, output_chars FROM v_calls"
printf 'Wie heißt du? Mail: anna@mail.berlin' | sha256sum | cut -c1-16
echo "-- preview"
llmobs ingest -q log.jsonl --store-content preview --preview 8 --db preview.db
sqlite3 -json preview.db "SELECT input, input_chars, cut FROM v_content"
grep -c 'Wie heißt du' preview.db
i=0; while [ $i -lt 201 ]; do printf ü; i=$((i + 1)); done > long
printf '{"request_id":"x","model":"m","prompt":"%s","output_tokens":1}\n' "$(cat long)" > long.jsonl
llmobs ingest -q long.jsonl --store-content preview --db long.db
sqlite3 long.db "SELECT length(input), input_chars, cut FROM v_content"
echo "-- hashes and lengths alone"
llmobs ingest -q log.jsonl --db hash.db
sqlite3 hash.db "SELECT input_hash, input_chars FROM v_calls; SELECT count(*) FROM call_text"
echo "-- the same question is known by its hash, whatever was told or looked up beside it"
i=0
for words in 'where is it?' 'where is it?' 'and now?'; do
    i=$((i + 1))
    echo '{"request_id":"r'$i'","model":"m","cost_usd":0.5,"messages":[{"role":"system","content":"told '$i'"},{"role":"user","content":"'"$words"'"}]}'
done > asked.jsonl
llmobs report duplicates asked.jsonl -f csv --columns input_hash,calls,repeats,duplicate_cost_usd
printf 'where is it?' | sha256sum | cut -c1-16
echo "-- an answer that comes in parts, a line each, has no hash of one of them"
for part in '{"type":"thinking","thinking":"hm"}' '{"type":"text","text":"here"}'; do
    echo '{"type":"assistant","timestamp":"2026-03-05T10:00:00Z","sessionId":"s","uuid":"'$(echo "$part" | cut -c10-13)'","requestId":"q","message":{"id":"a","model":"claude-sonnet-4-5","role":"assistant","content":['"$part"'],"usage":{"input_tokens":1,"output_tokens":2}}}'
done > parts.jsonl
llmobs ingest -q parts.jsonl --db parts.db
sqlite3 parts.db "SELECT count(*), count(output_hash), count(output_chars) FROM v_calls"
echo "-- nothing"
llmobs ingest -q log.jsonl --db none.db --no-hash-texts
llmobs ingest -q log.jsonl --db none2.db --store-content none
sqlite3 none.db "SELECT count(input_hash), count(input_chars) FROM v_calls; SELECT count(*) FROM call_text"
grep -c 'Wie heißt du' none.db none2.db
echo "-- lines without an id, two of them equal, are calls of their own, each with its text"
echo '{"model":"m","prompt":"no id","response":"x","output_tokens":1}' > ids.jsonl
cat ids.jsonl >> ids2.jsonl; cat ids.jsonl >> ids2.jsonl
llmobs ingest -q ids2.jsonl --store-content full --db ids.db
sqlite3 ids.db "SELECT call_id, input, output FROM v_content"
