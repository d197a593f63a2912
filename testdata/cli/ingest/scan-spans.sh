# Many calls in one line: each has the texts of its own span, and no other's.
span() {
    printf '{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b716920333%s",' "$1"
    printf '"name":"chat","startTimeUnixNano":"1795258200000000000","endTimeUnixNano":"1795258201000000000","attributes":['
    printf '{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},'
    printf '{"key":"gen_ai.usage.input_tokens","value":{"intValue":"5"}},'
    printf '{"key":"gen_ai.prompt.0.content","value":{"stringValue":"%s"}},' "$2"
    printf '{"key":"gen_ai.completion.0.content","value":{"stringValue":"%s"}}]}' "$3"
}
printf '{"resourceSpans":[{"scopeSpans":[{"spans":[%s,%s,%s]}]}]}\n' \
    "$(span 1 'mail a@cd.de' ok)" "$(span 2 'hi' 'card 4111 1111 1111 1111')" "$(span 3 hi ok)" |
    llmobs ingest -q -
sqlite3 llmobs.db "SELECT span_id, kind, side, n FROM v_calls LEFT JOIN v_findings USING (call_id)
    ORDER BY span_id"
