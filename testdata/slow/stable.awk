# Made-up calls of three weeks on which nothing changes: sessions of 1 to 8 calls that are alike,
# three features, two models, heavy tails, rare events, scores and embeddings.
#   awk -v seed=N -f stable.awk
function uniform() {
    state = (state * 16807) % 2147483647
    return state / 2147483647
}
function normal(    s, i) {
    s = -6
    for (i = 0; i < 12; i++)
        s += uniform()
    return s
}
function choose(list,    parts) {
    return parts[int(uniform() * split(list, parts, " ")) + 1]
}
BEGIN {
    state = 1 + (seed * 7919) % 2147483646
    for (i = 0; i < 20; i++)
        uniform()
    for (call = session = 0; call < 900; session++) {
        slow = 0.5 * normal()
        better = 0.1 * normal()
        feature = choose("chat search search draft")
        for (turn = int(1 + 8 * uniform()); turn > 0; turn--) {
            call++
            at = int(session / 210 * 21 * 86400) + 60 * turn
            if (at >= 21 * 86400)
                continue
            printf "{\"timestamp\":\"2026-10-%02dT%02d:%02d:%02dZ\",\"request_id\":\"c%d\"," \
                   "\"session_id\":\"s%d\",\"feature\":\"%s\",\"model\":\"%s\",\"input_tokens\":%d," \
                   "\"output_tokens\":%d,\"latency_ms\":%.1f,\"ttft_ms\":%.1f,\"cost_usd\":%.6f," \
                   "\"status\":\"%s\",\"finish_reason\":\"%s\",\"quality_score\":%.3f," \
                   "\"hallucination\":%s,\"refusal\":%s,\"embedding\":[",
                   1 + int(at / 86400), int(at / 3600) % 24, int(at / 60) % 60, at % 60, call,
                   session, feature, uniform() < 0.3 ? "large" : "small",
                   400 * exp(0.5 * normal() + slow), 120 * exp(0.7 * normal() + slow),
                   1500 * exp(0.6 * normal() + slow), 300 * exp(0.3 * normal()),
                   0.001 * exp(0.5 * normal() + slow), uniform() < 0.02 ? "error" : "success",
                   uniform() < 0.04 ? "length" : "stop", 1 / (1 + exp(-1 - better - 0.6 * normal())),
                   uniform() < 0.05 ? "true" : "false", uniform() < 0.02 ? "true" : "false"
            for (k = 0; k < 8; k++)
                printf "%s%.3f", k ? "," : "", normal() + better + (k == 0)
            print "]}"
        }
    }
}
