# --audit-map: where each call's record stands, so that its line can be opened in a log that is kept
# apart. Every place is checked with tail, head and sha256sum: no bytes of it are in the map.
holds() { # MAP: each line of it names bytes of its file that have its hash
    jq -r 'select(.offset != null) | "\(.source) \(.offset) \(.length) \(.sha256)"' "$1" |
        while read -r file offset length hash; do
            case $file in *.gz) unpack=zcat;; *) unpack=cat;; esac
            got=$($unpack "$file" | tail -c +$((offset + 1)) | head -c "$length" | sha256sum | cut -c 1-64)
            [ "$got" = "$hash" ] || echo "$file at $offset: not these bytes"
        done
}
cat > app.log <<'END'
{"request_id":"r1","model":"m","latency_ms":1,"user":"anna","prompt":"SECRET words"}
{"request_id":"r2","model":"m","latency_ms":2,"user":"ben"}
{"request_id":"r1","model":"m","latency_ms":1,"output_tokens":9}
no record
{"model":"m","latency_ms":3}
{"request_id":"r1","metric":"quality","score":0.5}
END
printf '{"request_id":"r4","model":"m","latency_ms":4}\r\n' > crlf.log
printf '\357\273\277{"request_id":"r5","model":"m","latency_ms":5}\n' > bom.log
printf '[{"request_id":"r6","model":"m","latency_ms":6},\n {"request_id":"r7","model":"m","latency_ms":7}]\n' > list.json
printf 'request_id,model,latency_ms\nr8,m,8\n"r9","m",9\n' > rows.csv
span() { printf '{"traceId":"%032x","spanId":"%016x","name":"call","startTimeUnixNano":"1795000001000000000","endTimeUnixNano":"1795000002000000000","attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"5"}}]}' "$1" "$1"; }
echo '{"resourceSpans":[{"scopeSpans":[{"spans":['"$(span 1),$(span 2)"']}]}]}' > spans.jsonl
gzip < spans.jsonl > packed.jsonl.gz
rm spans.jsonl
llmobs ingest -q --audit-map map.jsonl --hash-users app.log crlf.log bom.log list.json rows.csv packed.jsonl.gz 2> /dev/null
cut -c 1-100 map.jsonl
holds map.jsonl
wc -l < map.jsonl
echo '-- every call is in it, merged ones once for each record; of a line without an id the database counts'
sqlite3 llmobs.db "SELECT identity FROM v_calls" | sed '/^line:/s/:[0-9]*$//' | sort > calls
jq -r .identity map.jsonl | sort -u | cmp - calls
jq -r .identity map.jsonl | sort | uniq -d
grep -c -e SECRET -e anna -e ben map.jsonl
stat -c %a map.jsonl
echo '-- the next run: what is new in it, also behind a rotation; a copy is not read again'
mv app.log app.log.1
echo '{"request_id":"r10","model":"m","latency_ms":10}' >> app.log.1
cp app.log.1 copy.log
echo '{"request_id":"r11","model":"m","latency_ms":11}' > app.log
llmobs ingest -q --audit-map map.jsonl app.log app.log.1 copy.log 2> /dev/null
cut -c 1-90 map.jsonl
holds map.jsonl
echo '-- what containers and streams are packed in'
printf '{"log":"{\\"request_id\\":\\"r20\\",\\"model\\":\\"m\\",\\"latency_ms\\":1}\\n","stream":"stdout","time":"2026-03-05T10:00:00Z"}\n' > docker.log
printf '2026-03-05T10:00:00Z stdout P {"request_id":"r21","mod\n2026-03-05T10:00:00Z stdout F el":"m","latency_ms":1}\n' > kubelet.log
printf 'data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"SECRET"}}]}\n\ndata: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\ndata: [DONE]\n\n' > stream.sse
llmobs ingest -q --audit-map packed.jsonl docker.log kubelet.log stream.sse
cut -d , -f 1-6 packed.jsonl
holds packed.jsonl
echo '-- made anew of logs that are in'
llmobs ingest -q --db :memory: --audit-map all.jsonl app.log.1 2> /dev/null
wc -l < all.jsonl
holds all.jsonl
echo '-- left out of a sample; rows of a database, which are no bytes of its file; standard output'
llmobs ingest -q --db sample.db --sample 50% --audit-map sampled.jsonl app.log.1 2> /dev/null
jq -r .identity sampled.jsonl | sed '/^line:/s/$/:0/' | sort -u > kept
sqlite3 sample.db "SELECT identity FROM v_calls ORDER BY 1" | cmp - kept && wc -l < kept
sqlite3 own.db "CREATE TABLE logs (request_id, model, latency_ms); INSERT INTO logs VALUES ('r12', 'm', 12)"
llmobs ingest -q own.db --audit-map -
echo '-- whole or not at all'
llmobs ingest -q --db new.db app.log --audit-map no/folder/map; echo "exit $?"
llmobs ingest -q --db new.db app.log --audit-map no/folder/map --follow; echo "exit $?"
llmobs ingest -q --db new.db app.log --audit-map llmobs.db; echo "exit $?"
llmobs ingest -q --db new.db app.log --audit-map llmobs.db --follow; echo "exit $?"
cp map.jsonl before
llmobs ingest -q --db new.db app.log --audit-map map.jsonl --from nothing 2> /dev/null; echo "exit $?"
cmp before map.jsonl
ls map*
