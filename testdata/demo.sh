#!/bin/sh
# Writes a small log to standard output: three days of calls of three features, three models and five
# users, the same on every run. Usage: testdata/demo.sh [CALLS] >logs.jsonl
set -eu

LC_ALL=C awk -v calls="${1:-600}" '
# Park and Miller: a generator that every awk computes exactly.
function random() { seed = seed * 16807 % 2147483647; return seed / 2147483647 }
function pick(list, n) { n = split(list, parts, " "); return parts[1 + int(random() * n)] }
BEGIN {
    seed = 20261121
    split("0.00000015 0.0000025 0.000003", input_price, " ")
    split("0.0000006 0.00001 0.000015", output_price, " ")
    split("gpt-4o-mini gpt-4o claude-sonnet-4-5", models, " ")
    split("openai openai anthropic", providers, " ")
    start = 1794787200 # 2026-11-16T00:00:00Z
    for (i = 1; i <= calls; i++) {
        start_ms = start * 1000 + int((i - 1) * 3 * 86400000 / calls)
        feature = pick("support support support search search summarise")
        m = feature == "summarise" ? 3 : feature == "search" ? 1 : 1 + int(random() * 2)
        input = int(200 + random() * 1800) * (feature == "summarise" ? 8 : 1)
        output = int(20 + random() * 400)
        latency = int(180 + output * (4 + random() * 6) * m)
        failed = random() < 0.02
        printf "{\"timestamp\":%d.%03d,\"request_id\":\"demo-%05d\",\"feature\":\"%s\"," \
               "\"user_id\":\"user-%d\",\"provider\":\"%s\",\"model\":\"%s\",", \
               int(start_ms / 1000), start_ms % 1000, i, feature, 1 + int(random() * 5), \
               providers[m], models[m]
        if (failed)
            printf "\"latency_ms\":%d,\"status\":\"error\",\"error_type\":\"rate_limit\"}\n", 90 + m
        else
            printf "\"input_tokens\":%d,\"output_tokens\":%d,\"latency_ms\":%d,\"ttft_ms\":%d," \
                   "\"cost_usd\":%.9f,\"status\":\"ok\"}\n", input, output, latency, \
                   int(latency / 5), input * input_price[m] + output * output_price[m]
    }
}'
