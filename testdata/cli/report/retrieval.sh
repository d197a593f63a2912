# What retrievals returned (S001-09, S004-03, S004-148). Seven chains whose docs are 5 6 6 6 7 8 47 and
# tokens 2,900 .. 31,900 (p50 3,100); then four of other loggers: scores 0.91 0.78 0.40, so p50 0.78;
# one of the four is empty and one failed, and a model was called in both of these traces.
cp "$TESTDATA/cli/trace/data/chain.otlp.jsonl" "$TESTDATA/cli/report/data/retrieval.otlp.jsonl" .
llmobs ingest -q chain.otlp.jsonl
llmobs report retrieval
llmobs report retrieval --by feature -f jsonl
llmobs report retrieval retrieval.otlp.jsonl
llmobs report retrieval --by step,status -f csv --columns retrievals,docs_p50,score_p50,empty_rate,fallback_rate retrieval.otlp.jsonl
