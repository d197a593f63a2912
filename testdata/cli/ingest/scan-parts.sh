# A call that comes in parts has what any part has, in any order: the largest count of each kind.
part() {
    printf '{"model":"m","request_id":"r","timestamp":"2026-11-14T10:00:0%sZ","input_tokens":9,' "$1"
    printf '"output_tokens":%s,"prompt":"%s","response":"ok"}\n' "$1" "$2"
}
part 1 'a@cd.de, b@cd.de' >one.jsonl
part 2 'c@cd.de' >two.jsonl
part 3 'hello there' >three.jsonl
for order in 'one two three' 'three two one' 'two one three'; do
    rm -f llmobs.db
    for f in $order; do llmobs ingest -q $f.jsonl; done
    sqlite3 llmobs.db "SELECT kind, side, n FROM v_findings; SELECT count(*), pii_input FROM v_calls"
done
