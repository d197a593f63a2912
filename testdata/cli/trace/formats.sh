# What tools read: JSON, Graphviz, Mermaid, and OTLP, which read again is the same trace.
cp "$TESTDATA/cli/trace/data/chain.otlp.jsonl" .
llmobs ingest -q chain.otlp.jsonl
llmobs trace 7f3a0007 -f json
llmobs trace 7f3a0007 -f dot
llmobs trace 7f3a0007 -o t.mmd && cat t.mmd
llmobs trace 7f3a0007 -f otlp | tee again.json
llmobs trace again.json
