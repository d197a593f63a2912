# What tools read. The lines of the bill add up to its first row in each.
cp "$TESTDATA/cli/why/data/chain.otlp.jsonl" .
llmobs ingest -q chain.otlp.jsonl
llmobs why 7f3a0007 -f json
llmobs why 7f3a0007 -f csv
llmobs why 7f3a0007 --cost -f md
llmobs why 7f3a0007 --latency -o w.tsv && cat w.tsv
llmobs why 7f3a0007 --latency -f jsonl --no-cost
