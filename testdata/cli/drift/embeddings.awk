# Made-up calls with embeddings of three numbers, one an hour from 2026-11-10 on: from 2026-11-15 on
# (call 121) they point elsewhere. The same bytes with every awk.
#   awk -v n=240 -f embeddings.awk
function uniform() {
    state = (state * 16807) % 2147483647
    return state / 2147483647
}
BEGIN {
    state = 4711
    for (i = 1; i <= n; i++) {
        moved = i > 120
        printf "{\"timestamp\":\"2026-11-%02dT%02d:00:00Z\",\"request_id\":\"e%03d\"," \
               "\"model\":\"m\",\"feature\":\"%s\",\"latency_ms\":%d,\"output_tokens\":%d," \
               "\"embedding\":[%.3f,%.3f,%.3f]}\n",
               10 + int((i - 1) / 24), (i - 1) % 24, i, i % 2 ? "chat" : "search",
               900 + int(200 * uniform()), 90 + int(20 * uniform()),
               1 + 0.4 * uniform(), (moved ? 0.8 : 0) + 0.4 * uniform(), 0.4 * uniform()
    }
}
