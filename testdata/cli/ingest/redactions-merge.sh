# Three records of one call: what was made unreadable is that of the texts that stay, whatever the order of
# files. By hand: the answer is that of b (most output tokens of those that have one), the question that of c.
echo '{"timestamp":"2026-11-01T08:00:00Z","request_id":"r","model":"m","prompt":"a@firma.de b@firma.de","response":"c@firma.de","output_tokens":1}' > a.jsonl
echo '{"timestamp":"2026-11-01T08:00:00Z","request_id":"r","model":"m","response":"d@firma.de e@firma.de f@firma.de","output_tokens":2}' > b.jsonl
echo '{"timestamp":"2026-11-01T08:00:00Z","request_id":"r","model":"m","prompt":"card 4111 1111 1111 1111","output_tokens":3}' > c.jsonl
show() {
    sqlite3 "$1" "SELECT side, kind, n FROM v_redactions ORDER BY 1, 2" | tr '\n' ' '
    llmobs report safety -q --db "$1" -f csv --columns redactions,redactions_n | tail -1
}
for order in 'a b c' 'c b a' 'b c a' 'a c b'; do
    rm -f llmobs.db
    for f in $order; do llmobs ingest -q $f.jsonl --store-content full --redact; done
    show llmobs.db
done
echo "-- databases that are merged: the same"
for f in a b c; do llmobs ingest -q $f.jsonl --store-content full --redact --db $f.db; done
llmobs db merge -q a.db b.db c.db --db abc.db && show abc.db
llmobs db merge -q c.db b.db a.db --db cba.db && show cba.db
llmobs db merge -q a.db --db cba.db && show cba.db
echo "-- db redact adds to what was made unreadable before"
echo '{"timestamp":"2026-11-02T08:00:00Z","request_id":"q","model":"m","prompt":"g@firma.de","response":"none","output_tokens":1}' > d.jsonl
llmobs ingest -q d.jsonl --store-content full --db abc.db
show abc.db
llmobs db redact --yes --db abc.db
show abc.db
llmobs db redact --yes --db abc.db
show abc.db
llmobs db verify --db abc.db -f csv | grep -E '^(texts|redactions)'
echo "-- counts go with the texts: archived, pruned, forgotten"
cp abc.db old.db
llmobs db archive moved.db --rows 2026-11-02 -y -q --db old.db
show moved.db
show old.db
llmobs db prune --content 2026-11-02 -y -q --db abc.db
show abc.db
sed 's/"model"/"user":"u","model"/' a.jsonl > e.jsonl
llmobs ingest -q e.jsonl --store-content full --redact --db e.db
llmobs db forget --user u -y -q --db e.db
sqlite3 e.db "SELECT count(*) FROM call_text; SELECT count(*) FROM redaction"
echo "-- a text or a count that belongs to nothing is damage"
cp moved.db bad.db
sqlite3 bad.db "INSERT INTO call_text VALUES (4000, 1, 0, x'00', 'x'); INSERT INTO redaction VALUES (8001, 'email', 1)"
llmobs db verify --db bad.db -f csv | grep -E '^(texts|redactions)'
