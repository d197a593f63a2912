# Scores of traces and sessions count once on each side, as in report quality: 40 sessions of three calls
# each, the first 20 with v1 and quality 0.8 or 0.9 (mean 0.85), the others v2 and 0.6 or 0.7 (mean 0.65);
# one more has calls of both and 0.85 (v1: 21 of mean 0.85, v2: 21, (20 x 0.65 + 0.85) / 21 = 0.659524).
# Traces the same, as one call of three has another score of its own.
calls() {
    awk -v key="$1" 'BEGIN {
        for (s = 0; s <= 40; s++)
            for (i = 0; i < 3; i++)
                printf "{\"timestamp\":%d,\"request_id\":\"r%d.%d\",\"model\":\"m\",\"prompt_version\":\"v%d\",\"%s\":\"%s%d\",\"latency_ms\":5}\n", 1795250000 + 60 * s + i, s, i, s == 40 ? 1 + i % 2 : 1 + (s >= 20), key, substr(key, 1, 1), s
    }'
}
scores() {
    awk -v key="$1" 'BEGIN {
        for (s = 0; s <= 40; s++)
            printf "{\"%s\":\"%s%d\",\"quality\":%s}\n", key, substr(key, 1, 1), s, s == 40 ? 0.85 : (s < 20 ? 0.8 : 0.6) + s % 2 / 10
    }'
}
quality() { jq -c '.rows[] | select((.metric // .field) | test("^quality")) | [.n_a // .n_baseline, .n_b // .n_current, (.a // .baseline | . * 1e6 | round / 1e6), (.b // .current | . * 1e6 | round / 1e6), .verdict]'; }
for key in session_id trace_id; do
    echo "== $key"
    calls $key >calls.jsonl
    scores $key >scores.jsonl
    llmobs compare --a prompt_version=v1 --b prompt_version=v2 -f json calls.jsonl scores.jsonl | quality
    llmobs compare --a prompt_version=v1 --b prompt_version=v2 -f json scores.jsonl calls.jsonl | quality
    llmobs report quality --by prompt_version -f json calls.jsonl scores.jsonl | jq -c '.rows[] | [.prompt_version, .quality_n, (.quality_mean * 1e6 | round / 1e6)]'
    llmobs drift --field quality --baseline 2026-11-21T00:00:00Z..2026-11-21T08:53:20Z --current 2026-11-21T08:53:20Z..2026-11-22T00:00:00Z --min-n 10 --exit-zero -f json calls.jsonl scores.jsonl | quality
done
echo "== and scores of calls"
echo '{"request_id":"r0.1","quality":0.1}' >own.jsonl
llmobs compare --a prompt_version=v1 --b prompt_version=v2 -f json calls.jsonl scores.jsonl own.jsonl | quality
