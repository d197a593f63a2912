# A whole database; then one with a wrong column, one with a lost id, and one with a broken page.
cp "$TESTDATA/cli/db/people.jsonl" .
llmobs ingest -q people.jsonl
llmobs db verify -f csv | sed "s/^pages and indexes,[0-9]*/pages and indexes,N/"; llmobs db verify | head -1; echo "exit $?"
cp llmobs.db good.db
# Column 25 is input_tokens (enum call_field): the bytes of its values change behind the header.
sqlite3 llmobs.db "UPDATE chunk_column SET data = CAST(substr(data, 1, 16) || x'ffff' || substr(data, 19) AS BLOB) WHERE key = 25"
llmobs db verify -f csv | grep -v ',0,$'; llmobs db verify -q > /dev/null; echo "exit $?"
cp good.db llmobs.db
sqlite3 llmobs.db "UPDATE chunk SET rows = 5; DELETE FROM call_identity WHERE call_id = 2; DELETE FROM session; UPDATE call SET user_id = 77 WHERE call_id = 1; UPDATE dictionary SET id = 9 WHERE dimension = 'feature' AND id = 2"
llmobs db verify -f csv | grep -v ',0,$'
cp good.db llmobs.db
sqlite3 llmobs.db "UPDATE chunk_column SET data = x'0102' WHERE key = 25"
llmobs db verify -f csv | grep chunks
cp good.db llmobs.db
# The root page of an index, overwritten.
page=$(sqlite3 llmobs.db "SELECT rootpage FROM sqlite_schema WHERE name = 'span_identity'")
printf '\377\377\377' | dd of=llmobs.db bs=1 seek=$(((page - 1) * 16384)) conv=notrunc 2> dd.txt
llmobs db verify -f csv | awk -F, 'NR > 1 && $3 > 0 { print $1 }'; llmobs db verify > /dev/null; echo "exit $?"
