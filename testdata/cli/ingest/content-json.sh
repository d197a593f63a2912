# An answer that is JSON is kept as the model wrote it, numbers and keys and all, and its hash is that of
# these bytes; what answers come in is taken off. What was thought before is kept for itself. With
# --drop-attr objects of the line are not kept as they stand, since what was dropped stands in them.
cat > log.jsonl <<'END'
{"request_id":"r1","model":"m","output_tokens":9,"response":"{\"label\": \"a\", \"score\": 0.50}"}
{"request_id":"r2","model":"m","output_tokens":9,"response":{"label": "a", "score": 0.50, "mail": "x"}}
{"id":"chatcmpl-1","object":"chat.completion","created":1772323200,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"so it is","content":"[1, \"a\"]"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":10}}
{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"tool_use","id":"t","name":"label","input":{"label":"a","n":2}}],"stop_reason":"tool_use","usage":{"input_tokens":3,"output_tokens":4}}
END
llmobs ingest -q log.jsonl --store-content full
sqlite3 llmobs.db "SELECT call_id, output, output_chars, reasoning, reasoning_chars FROM v_content"
sqlite3 llmobs.db "SELECT output_hash FROM v_calls WHERE request_id = 'r1'"
printf '{"label": "a", "score": 0.50}' | sha256sum | cut -c1-16
llmobs trace msg_1 --content -f json | jq -c '.rows[] | select(.output) | {output, reasoning}'
echo "-- dropped"
llmobs ingest -q log.jsonl --store-content full --drop-attr mail --db drop.db
sqlite3 drop.db "SELECT call_id, output FROM v_content"
