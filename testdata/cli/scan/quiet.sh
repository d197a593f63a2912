llmobs scan -q --refusals "$TESTDATA/cli/scan/data/calls.jsonl"
