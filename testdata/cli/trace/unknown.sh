# Ids that are nothing, or several things, and options that make no sense: exit code 2.
cp "$TESTDATA/cli/trace/data/chain.otlp.jsonl" .
llmobs trace 7f3a0007; echo "exit $?"
llmobs ingest -q chain.otlp.jsonl
llmobs trace nope; echo "exit $?"
llmobs trace 7f3a; echo "exit $?"
llmobs trace 7f3a0007 --min-duration soon; echo "exit $?"
llmobs trace --sort name; echo "exit $?"
llmobs trace --where 'nope=1'; echo "exit $?"
llmobs report -f dot; echo "exit $?"
llmobs trace -f otlp; echo "exit $?"
llmobs trace 7f3a0007 missing.jsonl; echo "exit $?"
