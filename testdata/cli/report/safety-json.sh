llmobs ingest -q "$TESTDATA/cli/scan/data/calls.jsonl"
llmobs report safety --by feature -f json
