# Lines without any id are drawn one by one, the same ones each time, and not all or none: of 400 at a
# quarter 100, give or take three standard deviations of 8.7.
seq 400 | sed 's/.*/{"timestamp":"2026-11-20T10:00:00Z","model":"m","input_tokens":&,"output_tokens":2,"latency_ms":5}/' > log.jsonl
llmobs sample -q --rate 0.25 -f csv log.jsonl > first.csv
llmobs sample -q --rate 0.25 -f csv log.jsonl | cmp - first.csv && echo same
n=$(($(wc -l < first.csv) - 1))
[ $n -ge 74 ] && [ $n -le 126 ] && echo a quarter
llmobs sample -q --rate 1 -f csv log.jsonl | wc -l
