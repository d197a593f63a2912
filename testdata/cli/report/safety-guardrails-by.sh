# The calls of safety-guardrails.sh, every other one of the feature "odd". All 20 of "toxicity" are odd:
# 20 / 150; the last is the 96th odd call of 191, and 54 follow (193 to 299): 20 / 96 * 54 = 11.25 expected.
# Of the surge of "pii" each feature has six, which is none (10), and "even" one more at the end; behind the
# sixth odd one (291, the 146th) 4 follow: 6 / 146 * 4 = 0.16. By hour a rule is silent when the rest of the
# hour is long enough, and rates are those of the 60 calls of an hour: 6 in each for "toxicity".
awk 'BEGIN { for (i = 1; i <= 300; i++) {
    rules = ""; passed = "true"
    if (i <= 200 && i % 10 == 1) { rules = "\"toxicity\""; passed = "false" }
    if (i >= 281 && i <= 292) { rules = "\"pii\""; passed = "true" }
    if (i == 300) { rules = "\"jailbreak\",\"pii\""; passed = "false" }
    printf "{\"timestamp\":\"2026-11-14T%02d:%02d:00\",\"request_id\":\"r%d\",\"model\":\"m\",\"feature\":\"%s\",", i / 60, i % 60, i, i % 2 ? "odd" : "even"
    printf "\"tags\":[\"team:x\"],\"tokens\":{\"input\":1,\"output\":1},\"guardrails\":{\"passed\":%s,\"triggered\":[%s]}}\n", passed, rules
} }' >log.jsonl
llmobs ingest -q log.jsonl
llmobs report safety --by feature,rule --wide
llmobs report safety --by hour,rule,action --columns hour,rule,action,calls,guardrail_rate,state -f csv
llmobs report safety --by rule,feature --where feature=odd -f jsonl | jq -c '{rule, feature, calls, guardrail_rate, calls_since, state}'
llmobs report safety --by rule,tag:team
