# A merged database knows what was sampled and that users are hashes, which guardrails spans told of,
# and which calls the scores of requests are about.
span() { # trace span name second attributes
    printf '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%032x","spanId":"%016x","name":"%s","startTimeUnixNano":"17950000%02d000000000","endTimeUnixNano":"17950000%02d500000000","attributes":[%s]}]}]}]}\n' \
        "$1" "$2" "$3" "$4" "$4" "$5"
}
text() { printf '{"key":"%s","value":{"stringValue":"%s"}}' "$1" "$2"; }
call='{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"5"}}'
span 1 1 model_call 1 "$call,$(text request_id r1)" > calls.jsonl
{ span 1 2 guardrail_check 2 "$(text guardrail.triggered_rules '[\"pii\"]')"; } > spans.jsonl
echo '{"request_id":"r1","score":0.5}' > scores.jsonl
for i in $(seq 100); do echo "{\"request_id\":\"q$i\",\"model\":\"m\",\"input_tokens\":1,\"user\":\"u_9\"}"; done > log.jsonl
llmobs ingest -q calls.jsonl --db a.db
llmobs ingest -q spans.jsonl scores.jsonl --db b.db
llmobs ingest -q log.jsonl --sample 0.25 --hash-users --db b.db
llmobs db merge b.db --db a.db > merge.txt
llmobs report --db a.db --columns calls
sqlite3 a.db "SELECT rule, guardrail FROM v_guardrails JOIN v_calls USING (call_id); SELECT value, c.identity FROM v_scores JOIN v_calls AS c USING (call_id)"
sqlite3 a.db "SELECT path, first_line, last_line, rate_ppb, kept, left_out FROM source_sample JOIN source USING (source_id); SELECT value FROM setting WHERE name = 'hashed_users'"
printf llmobs | sha256sum | cut -c1-16
echo "-- twice, and the other way round"
llmobs db merge b.db --db a.db >> merge.txt
llmobs db merge a.db --db b.db >> merge.txt
for db in a b; do sqlite3 $db.db "SELECT identity, rule, guardrail FROM v_calls LEFT JOIN v_guardrails USING (call_id) ORDER BY 1; SELECT sum(kept), sum(left_out) FROM source_sample" > $db.txt; done
cmp a.txt b.txt && tail -n 1 a.txt
