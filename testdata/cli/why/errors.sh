# Ids that are nothing or several things, sessions, options that make no sense: exit code 2.
cp "$TESTDATA/cli/why/data/chain.otlp.jsonl" .
llmobs why 7f3a0007; echo "exit $?"
llmobs ingest -q chain.otlp.jsonl
llmobs why; echo "exit $?"
llmobs why nope; echo "exit $?"
llmobs why 7f3a; echo "exit $?"
llmobs why 000000a00000070; echo "exit $?"
llmobs why ''; echo "exit $?"
llmobs why 7f3a0007 --cost --no-cost; echo "exit $?"
llmobs why 7f3a0007 missing.jsonl; echo "exit $?"
llmobs why 7f3a0007 -f dot; echo "exit $?"
printf '%s\n' '{"timestamp":1.3,"session_id":"s-9","model":"m","input_tokens":30,"output_tokens":1}' > one.jsonl
llmobs why s-9 one.jsonl; echo "exit $?"
