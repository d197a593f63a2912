# 300 calls, one a minute. "toxicity" is triggered in each tenth of the first 200 (20 calls, then none
# of 100 + 9: the last one is the 191st) and has fallen silent: 20 / 191 * 109 = 11.4 are expected, and
# none has the chance e^-11.4. "pii" is triggered in 12 calls within 12 minutes (the 281st to 292nd): a
# surge, after which 8 calls follow and 12 / 292 * 8 = 0.3 are expected. "jailbreak" once.
awk 'BEGIN { for (i = 1; i <= 300; i++) {
    rules = ""; passed = "true"
    if (i <= 200 && i % 10 == 1) { rules = "\"toxicity\""; passed = "false" }
    if (i >= 281 && i <= 292) { rules = "\"pii\""; passed = "true" }
    if (i == 300) { rules = "\"jailbreak\",\"pii\""; passed = "false" }
    printf "{\"timestamp\":\"2026-11-14T%02d:%02d:00\",\"request_id\":\"r%d\",\"model\":\"m\",", i / 60, i % 60, i
    printf "\"tokens\":{\"input\":1,\"output\":1},\"guardrails\":{\"passed\":%s,\"triggered\":[%s]}}\n", passed, rules
} }' >log.jsonl
llmobs ingest -q log.jsonl
llmobs report safety --by rule,action --wide
llmobs report safety --by action -f csv
llmobs report safety --by rule --until 2026-11-14T03:00:00Z --columns rule,calls,guardrail_rate,state
llmobs report safety --by rule --limit 1 -q log.jsonl
sqlite3 llmobs.db "SELECT rule, action, count(*) FROM v_guardrails GROUP BY 1, 2"
