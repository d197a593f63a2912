# Straight from a log; other views of files look at no text.
llmobs report safety --by feature "$TESTDATA/cli/scan/data/calls.jsonl"
llmobs report safety --scan injection "$TESTDATA/cli/scan/data/calls.jsonl" -q
llmobs report overview --columns calls,pii_rate,pii_n "$TESTDATA/cli/scan/data/calls.jsonl" -q
