# Confidences .05, .15, ... .95 once each, but .95 eleven times, and five calls without one. By hand: 20 values,
# 1 in each tenth and 11 in the last; sum 0.05 + ... + 0.85 = 4.05, + 11 * 0.95 = 14.5, mean 0.725. Type 7:
# p50 between the 10th and 11th value, both .95; p25 at place 1 + 19 / 4 = 5.75: .45 + .75 * .1 = .525; p10 at
# 2.9: .15 + .9 * .1 = .24. Latencies are 1 s, but one of 100 s: a long tail, from 1 s on.
awk 'BEGIN { for (i = 1; i <= 25; i++) {
    c = i <= 9 ? sprintf(",\"confidence\":0.%d5", i - 1) : i <= 20 ? ",\"confidence\":0.95" : ""
    printf "{\"timestamp\":\"2026-11-14T10:%02d:00Z\",\"request_id\":\"r%d\",\"model\":\"m\",\"feature\":\"%s\",\"latency_ms\":%d", i, i, i % 2 ? "a" : "b", i == 25 ? 100000 : 1000
    printf ",\"tokens\":{\"input\":%d,\"output\":1}%s}\n", i * 100, c
} }' >log.jsonl
llmobs ingest -q log.jsonl
llmobs report quality --hist confidence
llmobs report quality --hist confidence -f json | jq -c '[.field, .n, .missing, .mean, .min, .p10, .p25, .p50, .max], .rows[-1]'
llmobs report --hist latency --chart
llmobs report --hist input_tokens --where feature=a -f csv
llmobs report --hist cost --where feature=none
llmobs report --hist confidence -q -f md log.jsonl | tail -2
for options in "--hist feature" "--hist embedding" "--hist nothing" "--hist confidence --by feature" \
    "--hist cost --no-cost" "--hist confidence --vs 7d --since 7d"; do
    llmobs report $options; echo "exit $?"
done
