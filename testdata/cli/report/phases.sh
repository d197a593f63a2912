# Latency by phase (S001-18, S000-28, S003-12, issue's retries and queue apart). The chains' retrievals
# take 0.25 .. 5.61 s, their sum is 7.54 s of 18.66 s; of the calls' 10.07 s the first tokens' 7 * 0.42 s
# are 2.94 s and the rest is generation.
cp "$TESTDATA/cli/trace/data/chain.otlp.jsonl" "$TESTDATA"/cli/report/data/s004-*.jsonl .
llmobs ingest -q chain.otlp.jsonl
llmobs report latency --phases
llmobs report latency --by phase,model --where phase=model_call --columns steps,latency_sum_us -f csv
llmobs report latency --phases s004-*.jsonl
printf '%s\n' '{"timestamp":"2026-11-20T10:00:00Z","model":"m","latency_ms":900,"queue_ms":250,"ttft_ms":300,"input_tokens":3,"output_tokens":9}' > queue.jsonl
llmobs report latency --phases --columns steps,latency_sum_us -f csv queue.jsonl
# Inside one of the same phase nothing is counted twice: 2 s, not 3.
cat > nested.jsonl <<'END'
{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{"name":"s"},"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"retrieval","startTimeUnixNano":"1795000000000000000","endTimeUnixNano":"1795000002000000000","attributes":[]},{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203332","parentSpanId":"b7ad6b7169203331","name":"vector_search","startTimeUnixNano":"1795000000000000000","endTimeUnixNano":"1795000001000000000","attributes":[]}]}]}]}
END
llmobs report latency --phases --columns steps,latency_sum_us -f csv nested.jsonl
