llmobs scan -f json "$TESTDATA/cli/scan/data/calls.jsonl"
