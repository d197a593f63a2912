# Guardrails that have spans of their own count for the call of their trace that they are about, in
# whichever order and in however many runs the trace comes in. Wanted counts by hand, see the names.
span() { # trace span parent name from-second attributes
    printf '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%032x","spanId":"%016x","parentSpanId":"%s","name":"%s","startTimeUnixNano":"17950000%02d000000000","endTimeUnixNano":"17950000%02d500000000","attributes":[%s]}]}]}]}\n' \
        "$1" "$2" "$([ "$3" = 0 ] || printf %016x "$3")" "$4" "$5" "$5" "$6"
}
text() { printf '{"key":"%s","value":{"stringValue":"%s"}}' "$1" "$2"; }
bool() { printf '{"key":"%s","value":{"boolValue":%s}}' "$1" "$2"; }
call='{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"5"}}'
{
    # 1: the answer of the second call is blocked by two rules; the check stands beside both calls
    span 1 10 0 llm_chain 0 ""
    span 1 11 10 model_call 1 "$call"
    span 1 12 10 model_call 3 "$call"
    span 1 13 10 guardrail_check 4 "$(bool guardrail.passed false),$(text guardrail.triggered_rules "['pii', 'toxicity']")"
    # 2: before its call, which lies deeper; let through all the same
    span 2 20 0 llm_chain 0 ""
    span 2 21 20 guardrail_check 1 "$(bool guardrail.passed true),$(text guardrail.triggered_rules '[\"pii\"]')"
    span 2 22 20 agent 2 ""
    span 2 23 22 model_call 3 "$call"
    # 3: inside its call, not the later one; named by the span, with an action of its own
    span 3 30 0 model_call 0 "$call"
    span 3 31 30 jailbreak_filter 1 "$(text openinference.span.kind GUARDRAIL),$(bool guardrail.triggered true),$(text guardrail.action filtered)"
    span 3 32 0 model_call 1 "$call"
    # 4: nothing was triggered; 5: no call at all
    span 4 40 0 model_call 0 "$call"
    span 4 41 40 guardrail_check 1 "$(bool guardrail.passed true)"
    span 5 50 0 guardrail_check 1 "$(bool guardrail.passed false)"
    # 6: the call says it itself
    span 6 60 0 model_call 0 "$call,$(bool guardrail.passed false),$(text guardrail.triggered_rules '[\"pii\"]')"
} > spans.jsonl
llmobs ingest -q spans.jsonl --db a.db
llmobs report safety --by rule,action --db a.db -q --columns rule,action,calls
sqlite3 a.db "SELECT span_id, rule, action FROM v_guardrails JOIN v_calls USING (call_id) ORDER BY 1, 2"
llmobs report safety --db a.db -f json | jq -c '.totals | {calls, guardrail_calls}'
echo "-- backwards, a run for each line; and all of it once more"
tac spans.jsonl | while read -r line; do
    echo "$line" > one.jsonl
    llmobs ingest -q one.jsonl --db b.db
    rm one.jsonl
done
cat spans.jsonl | llmobs ingest -q - --db b.db
for db in a b; do
    sqlite3 $db.db "SELECT trace_id, span_id, guardrail, rule, action FROM v_calls LEFT JOIN v_guardrails USING (call_id) ORDER BY 1, 2, 4" > $db.txt
done
cmp a.txt b.txt && wc -l < a.txt
echo "-- a call that comes between takes it over"
{ span 2 24 20 model_call 1 "$call"; } | llmobs ingest -q - --db a.db
sqlite3 a.db "SELECT span_id, guardrail FROM v_calls WHERE trace_id LIKE '%2' ORDER BY 1"
echo "-- without the spans the calls keep theirs"
llmobs db prune --raw 1d --db a.db -y > pruned.txt
sqlite3 a.db "SELECT count(*) FROM v_spans; SELECT count(*) FROM span_guardrail; SELECT count(*) FROM v_guardrails"
llmobs db verify --db a.db | tail -n 1
echo "-- sampled: all of the traces that met one, with their spans"
llmobs ingest spans.jsonl --sample 0.000001% --db c.db
sqlite3 c.db "SELECT span_id FROM v_calls"
jq -c '[inputs] | {resourceSpans: [{scopeSpans: [{spans: map(.resourceSpans[0].scopeSpans[0].spans[0])}]}]}' -n spans.jsonl > whole.jsonl
llmobs ingest whole.jsonl --sample 0.000001% --db d.db
sqlite3 d.db "SELECT span_id FROM v_calls ORDER BY 1; SELECT count(*) FROM v_spans"
