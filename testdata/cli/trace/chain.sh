# "Why did this request take 8 seconds?" Retrieval returned 47 documents, where 6 are usual. Seven
# chains of llm_chain -> retrieval -> prompt_assembly -> model_call -> guardrail_check; medians of the
# seven by hand: docs 5 6 6 6 7 8 47, context 4,100 4,150 4,200 4,300 4,500 4,700 44,120.
cp "$TESTDATA/cli/trace/data/chain.otlp.jsonl" .
llmobs ingest -q chain.otlp.jsonl
llmobs trace 7f3a0007 # the beginning of its id
llmobs trace 000000a000000704 -q --depth 0 # a span of it
llmobs trace 7f3a0007 -q --min-duration 1s --no-cost
llmobs trace 7f3a0007 -q --ids --wide
