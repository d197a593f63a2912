# Three records of one call: the text of each side comes from the one with most output tokens that has it,
# whatever the order of files.
echo '{"timestamp":"2026-11-01T08:00:00Z","request_id":"r","model":"m","prompt":"first","response":"one","output_tokens":1}' > a.jsonl
echo '{"timestamp":"2026-11-01T08:00:00Z","request_id":"r","model":"m","response":"two","output_tokens":2}' > b.jsonl
echo '{"timestamp":"2026-11-01T08:00:00Z","request_id":"r","model":"m","prompt":"third","output_tokens":3}' > c.jsonl
for order in 'a b c' 'c b a' 'b c a' 'a c b'; do
    rm -f llmobs.db
    for f in $order; do llmobs ingest -q $f.jsonl --store-content full; done
    sqlite3 llmobs.db "SELECT input, output FROM v_content"
done
