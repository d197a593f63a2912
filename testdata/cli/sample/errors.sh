# What makes no sense: exit code 2.
llmobs sample; echo "exit $?"
cp "$TESTDATA/cli/ingest/content.jsonl" log.jsonl
for rate in 2 -1 101% many ''; do llmobs sample log.jsonl --rate "$rate"; echo "exit $?"; done
llmobs sample log.jsonl --always 'nothing=1'; echo "exit $?"
llmobs sample log.jsonl --fields request_id,words; echo "exit $?"
llmobs sample log.jsonl --truncate input; echo "exit $?"
llmobs sample log.jsonl --truncate answer=3; echo "exit $?"
llmobs sample log.jsonl --truncate input=0; echo "exit $?"
llmobs sample log.jsonl --n 0; echo "exit $?"
llmobs sample nothing.jsonl; echo "exit $?"
