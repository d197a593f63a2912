# What cannot be taken in is refused before anything is written, and a damaged one leaves no part behind.
cp "$TESTDATA/cli/db/people.jsonl" .
llmobs --db there.db ingest -q people.jsonl
cp there.db kept.db
refused() {
    llmobs --db into.db db merge "$@" 2> said; echo "exit $?"
    sed 's/makes it [0-9]*/makes it N/; s/knows [0-9]*/knows N/' said >&2
    [ ! -e into.db ] || echo "into.db was made"
}
refused
refused missing.db
echo '{"model":"m"}' > log.db; refused there.db log.db
sqlite3 other.db 'CREATE TABLE t (x)'; refused other.db
cp there.db old.db; sqlite3 old.db 'PRAGMA user_version = 3'; refused old.db
cp there.db new.db; sqlite3 new.db 'PRAGMA user_version = 99'; refused new.db
: > empty.db; refused empty.db
llmobs --db there.db db merge there.db; echo "exit $?"
ln -s there.db link.db; llmobs --db there.db db merge link.db; echo "exit $?"

cat > more.jsonl << 'END'
{"request_id":"m1","model":"m","user":"zoe","input_tokens":1,"output_tokens":2,"timestamp":"2026-11-20T10:00:00Z"}
{"request_id":"m2","model":"m","user":"yan","input_tokens":1,"output_tokens":2,"timestamp":"2026-11-20T11:00:00Z"}
END
damaged() {
    rm -f bad.db; llmobs --db bad.db ingest -q more.jsonl; sqlite3 bad.db "$1"
    llmobs --db there.db db merge bad.db; echo "exit $?"
    "$TESTDATA/dump.sh" there.db > after; "$TESTDATA/dump.sh" kept.db | cmp - after
}
damaged "UPDATE call SET user_id = 77 WHERE call_id = 2"
damaged "UPDATE call SET source_id = 5 WHERE call_id = 2"
damaged "UPDATE call_identity SET request = x'07', own = x'07' WHERE call_id = 2"
damaged "UPDATE dictionary SET text = CAST(x'ff41' AS TEXT) WHERE dimension = 'user'"
damaged "DELETE FROM source; INSERT INTO source SELECT 9, 'x', 0, 0, 0, 0, zeroblob(16), 0, 0, zeroblob(16), zeroblob(16), 9, 0, 0, 1"
damaged "UPDATE source SET lineage = 4"
