# Each kind with the side it was in. What a model was forbidden (the system message) is no injection,
# a number that fails Luhn's check no card. Counted by hand in data/calls.jsonl.
llmobs scan "$TESTDATA/cli/scan/data/calls.jsonl"
