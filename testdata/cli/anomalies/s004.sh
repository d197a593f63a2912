# The presets of source S004: keys of its records, both readings of branch rates, its case study (tokens
# 500 to 1000, human review 10 % to 25 %, cost $0.002 to $0.004), and when it would have been seen.
exec 2>&1
case_study() { awk 'BEGIN { now = 1795258200
    for (i = 0; i < 2400; i++) {
        t = now - 86400 + i * 36; late = i >= 2300; j = i % 100
        printf "{\"timestamp\":%d,\"request_id\":\"r%d\",\"prompt_version\":\"v1\",\"model\":\"gpt-4\",\"feature\":\"%s\",\"input_tokens\":%d,\"output_tokens\":100,\"latency_ms\":%d,\"cost_usd\":%s,\"status\":\"success\"}\n", t, i, j % 10 ? "support" : "search", late ? 900 : 400, late ? 1600 : 1000, late ? "0.004" : "0.002"
        printf "{\"timestamp\":%d,\"request_id\":\"r%d\",\"from_node\":\"a\",\"to_node\":\"%s\",\"condition\":\"confidence < 0.7\",\"condition_result\":%d}\n", t, i, j < (late ? 25 : 10) ? "human_review" : "final", j < (late ? 25 : 10)
    } }'; }
case_study >log.jsonl
for p in s004 s004-rel; do llmobs anomalies --preset $p log.jsonl; echo "exit $?"; done
llmobs anomalies --method rule -f json log.jsonl | jq -c '.rows[] | {type, prompt_version, recent_avg, historical_avg, recent_cost, historical_cost, recent_rate, historical_rate, increase_percent, change}'
llmobs anomalies --preset s004 --window 2h --history 12h -f csv log.jsonl | cut -d, -f1-7
llmobs anomalies --preset s004-rel --backtest 1d -f csv log.jsonl | cut -d, -f1-8
head -n 400 log.jsonl >first.jsonl
llmobs anomalies --preset s004 --until 2026-11-20T11:50:00Z first.jsonl; echo "the first hour ever: $?"
