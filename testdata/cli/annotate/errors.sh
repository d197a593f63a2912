# What makes no sense: exit code 2.
llmobs annotate 'prompt v7'; echo "exit $?"
cp "$TESTDATA/cli/trace/data/chain.otlp.jsonl" .
llmobs ingest -q chain.otlp.jsonl
llmobs annotate; echo "exit $?"
llmobs annotate ''; echo "exit $?"
llmobs annotate two words; echo "exit $?"
llmobs annotate x --kind party; echo "exit $?"
llmobs annotate x --at soon; echo "exit $?"
llmobs annotate drop 7; echo "exit $?"
llmobs annotate drop one; echo "exit $?"
llmobs annotate "$(printf '%0201d' 0)"; echo "exit $?"
