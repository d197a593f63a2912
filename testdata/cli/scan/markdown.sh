llmobs scan -f md --injection --refusals "$TESTDATA/cli/scan/data/calls.jsonl"
