# A made-up workflow log: on 2026-11-18 a prompt goes from v6 to v7. Tokens per request 500 -> 1000,
# cost per request $0.002 -> $0.004, human review 10 % -> 25 %, confidence 0.81 -> 0.72; nothing else
# changes. Calls and their branch decisions to standard output; the same bytes with every awk.
#   awk -v n=2400 -f s004.awk
function uniform() { # Park and Miller: stays within what a double holds
    state = (state * 16807) % 2147483647
    return state / 2147483647
}
function around(mean, sd,    s, i) { # sum of 12 uniforms
    s = -6
    for (i = 0; i < 12; i++)
        s += uniform()
    return mean + sd * s
}
BEGIN {
    state = 20261118
    split("triage refund shipping", features, " ")
    for (i = 1; i <= n; i++) {
        second = int((i - 1) * 6 * 86400 / n) # six days, the last two with v7
        v7 = second >= 4 * 86400
        at = sprintf("2026-11-%02dT%02d:%02d:%02dZ", 14 + int(second / 86400),
                     int(second / 3600) % 24, int(second / 60) % 60, second % 60)
        input = int(around(v7 ? 800 : 400, v7 ? 120 : 60))
        output = int(around(v7 ? 200 : 100, v7 ? 40 : 20))
        review = uniform() < (v7 ? 0.25 : 0.10)
        confidence = around(v7 ? 0.72 : 0.81, 0.06)
        latency = int(around(2400, 500))
        printf "{\"timestamp\":\"%s\",\"request_id\":\"q%05d\",\"prompt_version\":\"%s\"," \
               "\"model\":\"gpt-4o\",\"input_tokens\":%d,\"output_tokens\":%d," \
               "\"total_tokens\":%d,\"latency_ms\":%d,\"cost_usd\":%.6f,\"status\":\"success\"," \
               "\"error\":null,\"metadata\":{\"feature\":\"%s\",\"confidence\":%.2f}}\n",
               at, i, v7 ? "v7" : "v6", input, output, input + output, latency,
               input * 0.0000025 + output * 0.00001, features[1 + i % 3], confidence
        printf "{\"timestamp\":\"%s\",\"request_id\":\"q%05d\",\"from_node\":\"answer\"," \
               "\"to_node\":\"%s\",\"condition\":\"confidence < 0.7\"," \
               "\"condition_result\":%s,\"context\":{\"confidence\":%.2f}}\n",
               at, i, review ? "human_review" : "final_response", review ? "true" : "false", confidence
    }
}
