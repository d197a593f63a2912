# What other programs keep in SQLite is read, too; a database of ours holds no texts.
sqlite3 other.db "CREATE TABLE t (prompt TEXT, response TEXT); CREATE TABLE u (note TEXT);
    INSERT INTO t VALUES ('mail a@cd.de', 'ok'); INSERT INTO u VALUES ('b@cd.de');"
llmobs scan other.db
echo '{"model":"m","input_tokens":1,"prompt":"mail a@cd.de"}' | llmobs ingest -q -
llmobs scan llmobs.db
