# 40 days of 50 calls each up to today, made by a small generator of its own so that every machine makes
# the same: awk -v fault=NAME. The last whole day, or some days before it, has the fault.
function noise() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
BEGIN {
    seed = 7
    midnight = 1795219200 # 2026-11-21T00:00:00Z
    for (d = 40; d >= 0; d--) {
        late = d == 1
        for (i = 0; i < 50 && !(d == 0 && i > 15); i++) {
            t = midnight - d * 86400 + i * 1700
            latency = 900 + 200 * noise() + 100 * noise() * (i % 10 == 0) + (d % 5) * 10
            bad = noise() < (fault == "errors" && late ? 0.3 : 0.04)
            cost = 0.01 * (0.9 + 0.2 * noise()) * (fault == "cost" && late && i % 5 < 4 ? 3 : 1)
            if (fault == "latency" && late) latency *= 3
            if (fault == "drift" && d <= 6) latency *= 1.06
            if (fault == "step" && d <= 5) latency *= 1.3
            guard = noise() < (fault == "silence" && d <= 4 ? -1 : 0.2)
            printf "{\"timestamp\":\"%s\",\"request_id\":\"%d-%d\",\"user_id\":\"u%d\",\"model\":\"m%d\",\"feature\":\"%s\"", iso(t), d, i, i % 7, i % 2, i % 5 < 4 ? "search" : "chat"
            printf ",\"tokens\":{\"input\":%d,\"output\":100},\"cost_usd\":%.6f,\"latency_ms\":%.3f,\"status\":\"%s\"", 400 + 40 * noise(), cost, latency, bad ? "error" : "ok"
            print ",\"guardrails\":{\"passed\":" (guard ? "false" : "true") ",\"triggered\":[" (guard ? "\"pii\"" : "") "]},\"input_hash\":\"00000000000000ff\",\"output_hash\":\"00000000000000ff\",\"input_length\":10,\"output_length\":20}"
        }
    }
}
function iso(t,    days, y, era, doe, yoe, doy, mp, d, m) { # civil from days, Hinnant
    days = int(t / 86400) + 719468
    era = int(days / 146097); doe = days - era * 146097
    yoe = int((doe - int(doe / 1460) + int(doe / 36524) - int(doe / 146096)) / 365)
    y = yoe + era * 400; doy = doe - (365 * yoe + int(yoe / 4) - int(yoe / 100))
    mp = int((5 * doy + 2) / 153); d = doy - int((153 * mp + 2) / 5) + 1
    m = mp < 10 ? mp + 3 : mp - 9; if (m <= 2) y++
    t = t % 86400
    return sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, int(t / 3600), int(t % 3600 / 60), t % 60)
}
