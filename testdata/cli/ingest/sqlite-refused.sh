# Databases that are not read: each says why in one message.
exec 2>&1
try() { llmobs "$@"; echo "exit $?"; }
sqlite3 none.db "CREATE TABLE notes (id, text); INSERT INTO notes VALUES (1, 'a'), (2, 'b');
    CREATE VIEW responses AS SELECT 1 AS id, 2 AS duration_ms, 3 AS datetime_utc, 4 AS conversation_id"
try ingest none.db
try ingest --strict -q none.db
sqlite3 empty.db "CREATE TABLE responses (id, model, input_tokens)"
try ingest empty.db
sqlite3 log.db "CREATE TABLE calls (id, model, input_tokens); INSERT INTO calls VALUES (1, 'm', 2)"
gzip -k log.db
zstd -q log.db
try ingest log.db.gz log.db.zst
try ingest - < log.db
cat log.db | llmobs ingest -
try ingest -q log.db
try ingest llmobs.db
cp llmobs.db other.db
try ingest other.db
# Damage, in the header and in a page; the rest of the inputs is read.
sqlite3 damaged.db "CREATE TABLE calls (id, model, input_tokens);
    WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 1000)
    INSERT INTO calls SELECT n, 'm', n FROM r"
cp damaged.db header.db
printf '\377\377' | dd of=header.db bs=1 seek=18 conv=notrunc 2> dd.txt
printf '\377\377\377\377' | dd of=damaged.db bs=1 seek=4096 conv=notrunc 2> dd.txt
echo '{"request_id":"r","model":"m","input_tokens":1}' > log.jsonl
try ingest header.db damaged.db log.jsonl
try report --by model damaged.db
