# A trace that somebody sent, without a database; one of several; a session of an agent without any
# trace; a file as standard input.
head -n 1 "$TESTDATA/cli/trace/data/chain.otlp.jsonl" > one.jsonl
llmobs trace one.jsonl
llmobs trace -q - < one.jsonl
llmobs trace 7f3a0002 -q "$TESTDATA/cli/trace/data/chain.otlp.jsonl"
cp "$TESTDATA/formats/pi/sample.jsonl" pi.jsonl
llmobs trace pi.jsonl
test ! -e llmobs.db
