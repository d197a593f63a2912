# What retrievals returned (S001-09, S004-03, S004-148). Seven chains whose docs are 5 6 6 6 7 8 47 and
# tokens 2,900 .. 31,900 (p50 3,100); then four of other loggers: scores 0.91 0.78 0.40, so p50 0.78;
# one of the four is empty and one failed, and a model was called in both of these traces.
cp "$TESTDATA/cli/trace/data/chain.otlp.jsonl" "$TESTDATA/cli/report/data/retrieval.otlp.jsonl" .
llmobs ingest -q chain.otlp.jsonl
llmobs report retrieval
llmobs report retrieval --by feature -f jsonl
llmobs report retrieval retrieval.otlp.jsonl
llmobs report retrieval --by step,status -f csv --columns retrievals,docs_p50,score_p50,empty_rate,fallback_rate retrieval.otlp.jsonl
# OpenInference lists what was found: how much and how well the first of it fits is kept, and nothing else.
cat > documents.jsonl <<'END'
{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{"name":"openinference"},"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"query","startTimeUnixNano":"1795000000000000000","endTimeUnixNano":"1795000001000000000","attributes":[{"key":"openinference.span.kind","value":{"stringValue":"RETRIEVER"}},{"key":"retrieval.documents.0.document.id","value":{"stringValue":"SECRET-1"}},{"key":"retrieval.documents.0.document.score","value":{"doubleValue":0.83}},{"key":"retrieval.documents.0.document.content","value":{"stringValue":"SECRET-2"}},{"key":"retrieval.documents.11.document.score","value":{"doubleValue":0.61}}]}]}]}]}
END
llmobs report retrieval --columns retrievals,docs_p50,score_p50 -f csv documents.jsonl
llmobs --db private.db ingest -q documents.jsonl
grep -c SECRET private.db
