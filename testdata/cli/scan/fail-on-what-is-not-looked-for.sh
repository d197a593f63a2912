# A check that can never fail is no check.
llmobs scan --secrets --fail-on email "$TESTDATA/cli/scan/data/calls.jsonl"
