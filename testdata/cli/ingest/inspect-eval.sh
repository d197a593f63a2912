# An .eval file is read as the JSON document that its parts make.
cp "$TESTDATA/fuzz/eval_log/log" run.eval
llmobs ingest run.eval
llmobs ingest run.eval
sqlite3 -separator ' ' llmobs.db "SELECT identity, request_model, input_tokens, output_tokens
    FROM v_calls ORDER BY identity; SELECT count(*) FROM v_scores"
# Of a pipe the end cannot be looked at first; a file without its end is another archive.
llmobs ingest -q - < run.eval
echo "exit $?"
head -c 1000 run.eval > cut.eval
llmobs ingest -q cut.eval
echo "exit $?"
# A part that is damaged.
printf 'x' | dd of=run.eval bs=1 seek=700 conv=notrunc 2> /dev/null
llmobs ingest -q --db damaged.db run.eval
echo "exit $?"
