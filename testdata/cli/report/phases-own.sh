# The table of span names can be extended (S001-07). The policy span takes 300 ms, the search 1.2 s and
# the model call 2 s of 4 s; without a table the first two are nothing that llmobs knows.
span() { printf '{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b716920333%s","parentSpanId":"%s","name":"%s","startTimeUnixNano":"179500000%s000000","endTimeUnixNano":"179500000%s000000","attributes":[]}' "$@"; }
top=b7ad6b7169203331
printf '{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{"name":"s"},"spans":[%s,%s,%s,%s]}]}]}\n' \
    "$(span 1 "" answer 0000 4000)" "$(span 2 $top policy_pii 0000 0300)" \
    "$(span 3 $top acme.lookup 0300 1500)" "$(span 4 $top model_call 1500 3500)" > trace.json
llmobs report latency --phases --columns phase,steps,latency_sum_us -f csv trace.json
cat > .llmobs.json <<'END'
{"phases": {"policy_*": "guardrails", "acme.lookup": "retrieval"}}
END
llmobs report latency --phases --columns phase,steps,latency_sum_us -f csv trace.json
llmobs why 0af76519 --latency trace.json
llmobs config show | grep phases
echo '{"phases": {"policy_*": "guards"}}' > .llmobs.json
llmobs report latency --phases trace.json; echo "exit $?"
