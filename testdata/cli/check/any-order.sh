# What drift, compare, anomalies and check say is the same, byte for byte, whatever the order in which
# logs came in and the number of threads that read and wrote: 70,000 calls of 30 days are two
# chunks, so there is work for two threads. The last day is another one, so there is something to say.
awk 'function rnd() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
BEGIN {
    seed = 4711
    split("support search draft review", feature, " ")
    for (i = 0; i < 70000; i++) {
        at = 1795258200 - 2592000 + i * 2592000 / 70000
        late = at > 1795258200 - 86400
        f = feature[1 + int(rnd() * rnd() * 4)]
        printf "{\"timestamp\":%.3f,\"request_id\":\"r%d\",\"model\":\"m%d\",\"feature\":\"%s\",\"user_id\":\"u%d\",\"session_id\":\"s%d\"", at, i, 1 + (rnd() < 0.3), f, rnd() * 400, i / 3
        printf ",\"prompt_version\":\"v%d\",\"input_tokens\":%d,\"output_tokens\":%d,\"latency_ms\":%d,\"ttft_ms\":%d,\"cost_usd\":%.6f", 1 + late, (200 + 300 * rnd()) * (1 + late), 20 + 200 * rnd(), (800 + 900 * rnd()) * (1 + late / 2), 100 + 200 * rnd(), (0.001 + 0.002 * rnd()) * (1 + 2 * late)
        printf ",\"status\":\"%s\",\"finish_reason\":\"%s\"", rnd() < 0.01 + 0.04 * late ? "error" : "success", rnd() < 0.05 ? "length" : "stop"
        if (rnd() < 0.02) printf ",\"quality\":%.3f", 0.6 + 0.3 * rnd() - 0.2 * late
        print "}"
        if (i % 40 == 0) printf "{\"session_id\":\"s%d\",\"quality\":%.3f}\n", i / 3, 0.5 + rnd() / 2
        if (i % 20 == 0) printf "{\"timestamp\":%.3f,\"request_id\":\"r%d\",\"from_node\":\"a\",\"to_node\":\"b\",\"condition\":\"confidence < 0.7\",\"condition_result\":%d}\n", at, i, rnd() < 0.1 + 0.2 * late
        if (i % 20 == 7) printf "{\"timestamp\":%.3f,\"request_id\":\"r%d\",\"tool_name\":\"search\",\"inputs\":\"q\",\"output\":\"x\",\"latency_ms\":10,\"status\":\"%s\"}\n", at, i, rnd() < 0.02 + 0.2 * late ? "error" : "success"
    }
}' >calls.jsonl
mkdir forward backward
(cd forward && llmobs ingest -q --jobs 1 ../calls.jsonl)
tac calls.jsonl >backwards.jsonl
# Two runs: the second goes on where the first has written.
split -l 45000 backwards.jsonl part.
(cd backward && llmobs ingest -q --jobs 2 ../part.aa && llmobs ingest -q --jobs 2 ../part.ab)
cat >answers.sh <<'Y'
llmobs drift --baseline 7d --current 1d --by feature --field latency,cost,quality,model,error_rate,finish_reason -f json --exit-zero
llmobs compare --at 2026-11-20T10:50:00Z --explain -f json
llmobs compare --a prompt_version=v1 --b prompt_version=v2 -f csv
for method in mad ewma cusum spc seasonal; do llmobs anomalies --method $method --period day -f json --exit-zero; done
llmobs anomalies --by feature -f json --exit-zero
llmobs anomalies --preset s004 -f json --exit-zero
llmobs anomalies --backtest 7d --period day -f json --exit-zero
for set in default s000 s001 s002 s003 s004; do llmobs check --rules $set -f json --exit-zero; done
llmobs check --backtest 1d -f json --exit-zero
Y
(cd forward && sh ../answers.sh) >two-threads 2>&1
one=$(taskset -pc $$ | sed 's/.*: *//; s/[-,].*//')
(cd forward && taskset -c "$one" sh ../answers.sh) >one-thread 2>&1
(cd backward && sh ../answers.sh) >turned 2>&1
cmp two-threads one-thread
cmp two-threads turned
grep -c '"verb": *"' two-threads
grep -c 'llmobs:' two-threads
grep -q '"firing"' two-threads || echo 'nothing fires'
