# Gemini's telemetry file grows by indented documents; a thread of codex exec that is gone on with is
# the same call, its largest totals hold.
sample=$TESTDATA/formats/gemini-telemetry/sample.jsonl
head -n 5 "$sample" | jq . > telemetry.log
llmobs ingest -v telemetry.log
tail -n +6 "$sample" | jq . >> telemetry.log
llmobs ingest -v telemetry.log
head -n 7 "$TESTDATA/formats/codex-exec/sample.jsonl" > first.jsonl
{ sed -n 1p first.jsonl; sed -n 8p "$TESTDATA/formats/codex-exec/sample.jsonl"; } > resumed.jsonl
llmobs ingest -v resumed.jsonl first.jsonl
sqlite3 llmobs.db 'SELECT source, model, status, input_tokens, output_tokens, latency_us FROM v_calls
    ORDER BY source, started_us'
