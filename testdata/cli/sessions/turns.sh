# The turns of one session of a coding agent: context, growth and running cost.
cp "$TESTDATA/formats/pi/sample.jsonl" pi.jsonl
llmobs ingest -q pi.jsonl
llmobs sessions pi-
llmobs sessions pi-1 -f csv
llmobs sessions pi.jsonl --columns session,turns,cost_usd
