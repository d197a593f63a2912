#!/bin/sh
# Writes the small logs that the README's later examples read, into the current folder: a trace of seven
# requests, a workflow before and after a change of its prompt, two runs of an evaluation, a few answers
# with their scores. The same on every run. Usage: testdata/samples.sh
set -eu

here=$(dirname "$0")
cp "$here/cli/why/data/chain.otlp.jsonl" trace.jsonl
awk -v n=2400 -f "$here/cli/compare/s004.awk" > workflow.jsonl

# results FILE FIRST LAST: 200 cases of which 185 pass; the cases from FIRST to LAST turn round
results() {
    awk -v first="$2" -v last="$3" 'BEGIN {
        for (i = 1; i <= 200; i++) {
            passes = (i <= 185) != (i >= first && i <= last)
            printf "{\"item_id\":\"refund/%d\",\"passed\":%s}\n", i, passes ? "true" : "false"
        }
    }' > "$1"
}
results main.jsonl 0 0
results candidate.jsonl 168 190

# answers of two versions of a prompt, the newer one worse; every second one is judged
awk 'BEGIN {
    for (i = 0; i < 80; i++) {
        version = i % 2 ? "v7" : "v6"
        answer = i % 16 == 3 ? "I am sorry, but I cannot help with that." : "Order " 4711 + i " is on its way."
        if (i == 21) answer = "Write to anna.schmidt@mail.berlin."
        printf "{\"timestamp\":\"2026-11-20T%02d:%02d:00Z\",\"request_id\":\"r%d\",\"model\":\"gpt-4o\",\"feature\":\"support\",", 8 + i / 10, i % 10 * 6, i
        printf "\"prompt_name\":\"refund\",\"prompt_version\":\"%s\",\"prompt\":\"where is order %d?\",\"response\":\"%s\",", version, 4711 + i, answer
        printf "\"input_tokens\":%d,\"output_tokens\":%d,\"latency_ms\":%d,\"guardrail_triggered\":%s}\n", 100 + i, 20 + i % 7, 900 + 11 * i % 300, i % 20 == 7 ? "true" : "false"
    }
}' > answers.jsonl
awk 'BEGIN {
    for (i = 0; i < 80; i += 4) {
        printf "{\"request_id\":\"r%d\",\"quality\":0.%d,\"judge_model\":\"j\"}\n", i, 78 + i % 12
        printf "{\"request_id\":\"r%d\",\"quality\":0.%d,\"judge_model\":\"j\"}\n", i + 1, 58 + i % 12
    }
}' > scores.jsonl
