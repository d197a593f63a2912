llmobs scan --fail-on secrets "$TESTDATA/cli/scan/data/calls.jsonl" >out || echo "secrets: $?"
llmobs scan --fail-on iban,email "$TESTDATA/cli/scan/data/calls.jsonl" >out || echo "iban or email: $?"
llmobs scan --fail-on injection --exit-code 7 "$TESTDATA/cli/scan/data/calls.jsonl" >out ||
    echo "injection: $?"
llmobs scan --fail-on pii --exit-zero "$TESTDATA/cli/scan/data/calls.jsonl" >out || echo "never: $?"
