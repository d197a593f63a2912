# A file that somebody sent, without a database; in another zone; standard input.
head -n 1 "$TESTDATA/cli/why/data/chain.otlp.jsonl" > one.jsonl
llmobs why 7f3a0001 one.jsonl --tz Asia/Tokyo
llmobs why 7f3a0001 -q --cost - < one.jsonl
test ! -e llmobs.db
