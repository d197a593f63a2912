# Several calls of one request: the dearest is opened, the others are counted; calls that name a request
# and no trace; a span with calls below it; a request id that two calls of a trace share.
span() { # SPAN PARENT NAME FROM UNTIL TOKENS REQUEST
    printf '{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00000000000000%s",%s"name":"%s","startTimeUnixNano":"179509680%s000000","endTimeUnixNano":"179509680%s000000","attributes":[%s]}' \
        "$1" "${2:+\"parentSpanId\":\"00000000000000$2\",}" "$3" "$4" "$5" \
        "${6:+{\"key\":\"gen_ai.request.model\",\"value\":{\"stringValue\":\"gpt-4-turbo\"\}\},{\"key\":\"gen_ai.provider.name\",\"value\":{\"stringValue\":\"openai\"\}\},{\"key\":\"gen_ai.usage.input_tokens\",\"value\":{\"intValue\":\"$6\"\}\},{\"key\":\"gen_ai.usage.output_tokens\",\"value\":{\"intValue\":\"10\"\}\}${7:+,{\"key\":\"gen_ai.response.id\",\"value\":{\"stringValue\":\"$7\"\}\}}}"
}
printf '{"resourceSpans":[{"scopeSpans":[{"spans":[%s,%s,%s,%s,%s,%s]}]}]}\n' \
    "$(span a1 '' agent 0000 3000)" "$(span a2 a1 plan 0100 1100)" \
    "$(span a3 a2 'chat' 0200 1000 1000 r-1)" "$(span a4 a1 search 1100 1500)" \
    "$(span a5 a2 'chat' 0200 0900 2000 r-1)" "$(span a6 a1 chat 1500 2900 3000 r-2)" > trace.jsonl
for i in 1 2 3 4 5 6 7 8 9 10; do
    printf '{"timestamp":"2026-11-19T14:0%d:00Z","request_id":"flow","span_id":"step-%d","model":"m","input_tokens":%d,"output_tokens":1,"cost_usd":0.0%d,"latency_ms":1000}\n' $((i % 6)) $i $i $i
done > flow.jsonl
llmobs ingest -q trace.jsonl flow.jsonl
llmobs why 0af7651916cd43dd8448eb211c80319c --wide
llmobs why 00000000000000a2 --wide -q --cost
llmobs why r-1 --latency
llmobs why r-2 --wide -q --cost
llmobs why flow --wide
llmobs why flow --cost -q --limit 1 --wide
llmobs why flow --cost -f csv | cut -d , -f 1-5 | tail -n 5
