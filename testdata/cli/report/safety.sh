# Shares by hand from cli/scan/data/calls.jsonl: 8 calls, of which 7 have an answer, 5 a question.
# pii: r2's answer of 7. secrets: none of 7. injection: r1 of 5. refused: r1 by scanning, r6 by its
# log's word, r7 not, although it reads so, because its log says no: 2 of 7. no answer: r3 is empty,
# r4 no JSON, r5 goes round: 3 of 7. guardrail: none of 8.
llmobs ingest -q "$TESTDATA/cli/scan/data/calls.jsonl"
llmobs report safety
llmobs report safety --by feature
llmobs report safety --by day -f csv
