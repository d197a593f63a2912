# Two databases that each have a part of the logs, and of some lines both, become one that says what a
# database says that read them all: whatever the order, and however often.
for f in "$TESTDATA"/formats/*/*.jsonl; do
    name=$(basename "$(dirname "$f")")-$(basename "$f")
    mkdir -p anna ben
    awk -v a="anna/$name" -v b="ben/$name" '{ print > (NR % 2 ? a : b) } NR % 6 == 1 { print > b }' "$f"
done
keep="--store-content full"
llmobs --db all.db ingest -q $keep anna ben 2> /dev/null
llmobs --db anna.db ingest -q $keep anna 2> /dev/null
llmobs --db ben.db ingest -q $keep ben 2> /dev/null

dump() {
    "$TESTDATA/dump.sh" "$1"
    sqlite3 "$1" "SELECT identity, kind, side, n FROM v_findings JOIN v_call_ids USING (call_id) ORDER BY 1, 2, 3"
    sqlite3 "$1" "SELECT identity, context, input, output, redactions FROM v_content JOIN v_call_ids USING (call_id) ORDER BY 1, 2"
    sqlite3 "$1" "SELECT identity, rule, action FROM v_guardrails JOIN v_call_ids USING (call_id) ORDER BY 1, 2, 3"
}
dump all.db > wanted
cp anna.db first.db && llmobs --db first.db db merge -q ben.db
cp ben.db second.db && llmobs --db second.db db merge -q anna.db
llmobs --db third.db db merge -q ben.db anna.db ben.db
for db in first second third; do
    dump $db.db | cmp - wanted && echo "$db: the same"
    llmobs --db $db.db db verify -q > /dev/null || echo "$db: damaged"
done
stat -c %a third.db

echo "-- again nothing is new"
cp first.db before.db
llmobs --db first.db db merge anna.db ben.db -f csv | cut -d, -f2,4-
dump first.db | cmp - wanted

echo "-- later runs go on where either was"
llmobs --db first.db ingest anna ben 2> /dev/null | tail -1
tail -1 anna/generic-sample.jsonl | sed 's/req[^"]*/another-request/g' >> anna/generic-sample.jsonl
llmobs --db first.db ingest anna 2> /dev/null | tail -1

echo "-- a dry run says the same and stores nothing"
cp ben.db kept.db
llmobs --db ben.db db merge --dry-run -f json anna.db | jq -c '.warnings, (.rows[] | {calls, scores, sources})'
dump ben.db > after && dump kept.db | cmp - after
