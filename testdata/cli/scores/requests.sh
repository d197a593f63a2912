# A score that names a request finds the call that carries its id beside an identity of its own,
# whichever comes first; where several carry it nobody knows which is meant, and it waits.
span() { # trace span request
    printf '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%032x","spanId":"%016x","name":"model_call","startTimeUnixNano":"1795000001000000000","endTimeUnixNano":"1795000002000000000","attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"5"}},{"key":"request_id","value":{"stringValue":"%s"}}]}]}]}]}\n' "$@"
}
score() { echo "{\"request_id\":\"$1\",\"score\":$2}"; }
span 1 1 one > calls.jsonl
span 2 2 two >> calls.jsonl
span 3 3 two >> calls.jsonl
span 4 4 three >> calls.jsonl
echo '{"request_id":"four","trace_id":"t4","span_id":"s4","model":"m","input_tokens":1}' >> calls.jsonl
{ score one 0.1; score two 0.2; score none 0.3; score four 0.4; } > scores.jsonl
shown() { sqlite3 "$1" "SELECT s.value, c.identity FROM v_scores AS s LEFT JOIN v_calls AS c USING (call_id) ORDER BY 1"; }
echo "-- calls first, in another run"
llmobs ingest calls.jsonl --db a.db | tail -n 1
llmobs ingest scores.jsonl --db a.db | tail -n 1
shown a.db
echo "-- scores first, in another run; in one run; from files"
llmobs ingest scores.jsonl --db b.db | tail -n 1
llmobs ingest calls.jsonl --db b.db | tail -n 1
shown b.db > b.txt
cat scores.jsonl calls.jsonl | llmobs ingest - --db c.db | tail -n 1
cat calls.jsonl scores.jsonl | llmobs ingest -q - --db d.db
for db in a c d; do shown $db.db | cmp - b.txt; done
llmobs report quality calls.jsonl scores.jsonl -q --columns judged,quality
echo "-- a second call with the id, and a call whose identity it is, line by line in both directions"
span 5 5 one > more.jsonl
echo '{"request_id":"three","model":"m","input_tokens":1}' >> more.jsonl
score three 0.5 >> more.jsonl
cat calls.jsonl scores.jsonl more.jsonl > all.jsonl
each() {
    while read -r line; do
        echo "$line" > one.jsonl
        llmobs ingest -q one.jsonl --db "$1"
        rm one.jsonl
    done
}
each e.db < all.jsonl
tac all.jsonl | each f.db
llmobs ingest -q all.jsonl --db g.db
shown e.db
shown e.db > e.txt
for db in f g; do shown $db.db | cmp - e.txt; done
echo "-- said again, otherwise: the same call"
score four 0.45 | llmobs ingest - --db a.db | tail -n 1
shown a.db | grep 0.45
echo "-- forgotten with its call; that of four has no time and stays"
llmobs db prune --rows 1d --db a.db -y > pruned.txt
sqlite3 a.db "SELECT count(*) FROM request_call WHERE call_id IS NOT NULL"
