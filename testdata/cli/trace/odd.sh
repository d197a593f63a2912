# A parent that is not there, a child outside of its parent, one usage in two spans, a circle, a call
# that only names the trace.
span() { # SPAN PARENT NAME FROM UNTIL ATTRIBUTES
    printf '{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"%s",%s"name":"%s","startTimeUnixNano":"%s000000","endTimeUnixNano":"%s000000","attributes":[%s]}' \
        "$1" "${2:+\"parentSpanId\":\"$2\",}" "$3" "$4" "$5" "$6"
}
usage='{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"70"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":"5"}},{"key":"gen_ai.usage.cost","value":{"doubleValue":0.01}}'
printf '{"resourceSpans":[{"scopeSpans":[{"spans":[%s,%s,%s,%s,%s,%s]}]}]}\n' \
    "$(span 00000000000000a1 '' request 1000 2000)" \
    "$(span 00000000000000a2 00000000000000a1 gateway 1100 1900 "$usage")" \
    "$(span 00000000000000a3 00000000000000a2 'chat m' 1200 1800 "$usage")" \
    "$(span 00000000000000a4 00000000000000a1 cache 900 1050)" \
    "$(span 00000000000000a5 00000000000000ff lost 1300 1400)" \
    "$(span 00000000000000a6 00000000000000a1 audit 1900 2500)" > trace.jsonl
printf '%s\n' '{"timestamp":1.3,"trace_id":"0af7651916cd43dd8448eb211c80319c","request_id":"r-9","model":"m2","input_tokens":30,"output_tokens":1,"latency_ms":100,"cost_usd":0.002}' > call.jsonl
llmobs ingest -q trace.jsonl call.jsonl
llmobs trace 0af7
llmobs trace r-9 -f csv | cut -d , -f 1-8
