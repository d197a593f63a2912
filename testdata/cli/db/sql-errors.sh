# What is no SELECT, or reaches outside the database, is refused, and nothing changes.
cp "$TESTDATA/cli/db/people.jsonl" .
llmobs ingest -q people.jsonl
cp llmobs.db before.db
say() { llmobs db sql "$@"; echo "exit $?"; }
say
say 'SELECT' 1
say ''
say '  -- nothing'
say 'SELECT 1; SELECT 2'
say 'SELECT 1; DROP TABLE call'
say 'DELETE FROM call'
say "ATTACH 'other.db' AS o"
say 'PRAGMA writable_schema = 1'
say 'SELECT * FROM pragma_database_list'
say 'CREATE TEMP TABLE t (a)'
say 'VACUUM'
say "VACUUM INTO 'copy.db'"
say "SELECT load_extension('x')"
say "SELECT fts3_tokenizer('simple')"
say "SELECT writefile('x', 'y')"
say "SELECT edit('x')"
say 'SELECT "nothing" FROM v_calls'
say 'SELECT * FROM nothing'
say 'SELECT abs(-9223372036854775808)'
printf 'BEGIN' > begin; say "$(cat begin)"
ls
cmp llmobs.db before.db
llmobs db sql 'SELECT 1' --db none.db; echo "exit $?"
