# Nothing is known of calls that were not scanned, which is said.
llmobs ingest -q --no-scan "$TESTDATA/cli/scan/data/calls.jsonl"
llmobs report safety
