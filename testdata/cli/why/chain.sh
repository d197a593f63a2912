# "Why did this request take 8 seconds?" Retrieval returned 47 documents. "Why did this one cost
# $0.50?" Retrieval and history. Seven chains; medians of the seven by hand: docs 5 6 6 6 7 8 47, their
# tokens 2,750 2,800 2,850 3,100 3,200 3,300 31,900, history 1,000 1,100 1,150 1,150 1,150 1,200 12,000,
# cost 0.0446 0.0457 0.0465 0.0475 0.0498 0.053 0.5012. The bill: 44,120 x $10 + 2,000 x $30 a million.
cp "$TESTDATA/cli/why/data/chain.otlp.jsonl" .
llmobs ingest -q chain.otlp.jsonl
llmobs why 7f3a0007
llmobs why 7f3a0007 --cost --wide
llmobs why 000000a000000704 --latency --wide # a span of it
llmobs why 000000a000000702 --no-cost --all -q
llmobs why 7f3a0001 --latency -q --no-cost
