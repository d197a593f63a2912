llmobs scan -f csv --pii "$TESTDATA/cli/scan/data/calls.jsonl"
