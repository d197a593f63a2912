# What makes no sense: exit code 2, and no database.
cp "$TESTDATA/cli/ingest/content.jsonl" log.jsonl
llmobs ingest log.jsonl --redact; echo "exit $?"
llmobs ingest log.jsonl --preview 3; echo "exit $?"
llmobs ingest log.jsonl --store-content full --preview 3; echo "exit $?"
llmobs ingest log.jsonl --store-content all; echo "exit $?"
echo short > salt
llmobs ingest log.jsonl --salt-file salt; echo "exit $?"
llmobs ingest log.jsonl --salt-file nothing; echo "exit $?"
ls
