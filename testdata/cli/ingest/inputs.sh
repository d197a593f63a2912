# Files, compressed files, directories, standard input; a copy under another name adds nothing.
workload 300 > whole.jsonl
mkdir -p logs/old
head -n 100 whole.jsonl > logs/a.jsonl
sed -n 101,200p whole.jsonl | gzip > logs/old/b.jsonl.gz
sed -n 201,250p whole.jsonl | zstd -q > logs/old/c.jsonl.zst
llmobs ingest logs
sed -n 251,300p whole.jsonl | llmobs ingest -
gzip -c logs/a.jsonl > copy.gz
llmobs ingest copy.gz whole.jsonl missing.jsonl
echo "exit $?"
sqlite3 llmobs.db 'SELECT count(*) FROM v_calls'
