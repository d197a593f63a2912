# Objectives: 98.5 % of calls are fine over the month; the last hour and its last 5 minutes burn the
# errors that 99 % allow at 20 and 60 times; then the same with the fault over before the 5 minutes.
exec 2>&1
calls() { set -- "$@"; for a; do shift; set -- "$@" -v "$a"; done; awk -f "$TESTDATA/cli/check/calls.awk" "$@"; }
slo() { echo "{\"slos\": [$1]}" >slo.json; }
slo '{"name": "fast", "good": "latency<2s", "objective": "99%", "window": "30d", "where": "feature=search"}, {"name": "ok", "good": "status=ok", "objective": 0.5, "window": "7d"}'
past() { calls from=2000000 n=1000 every=1990 id=p feature=search; }
# of the 100 calls of the last hour 20 are slow: the last 10, and 10 before
{ past; calls from=3600 n=80 every=39 id=a feature=search; calls from=440 n=10 every=10 id=b feature=search latency=2000; calls from=290 n=10 every=10 id=c feature=search latency=9000; } >log.jsonl
llmobs check --slo slo.json log.jsonl; echo "exit $?"
llmobs check --slo slo.json --explain fast.fast log.jsonl
{ past; calls from=3600 n=80 every=39 id=a feature=search; calls from=440 n=10 every=10 id=b feature=search latency=9000; calls from=290 n=10 every=10 id=c feature=search; } >log.jsonl
llmobs check --slo slo.json -f csv log.jsonl | cut -d, -f1-8
try() { slo "$1"; llmobs check --slo slo.json log.jsonl; echo "exit $?"; }
try ''
try '{"name": "x", "good": "latency<2s", "objective": "100%", "window": "30d"}'
try '{"name": "x", "good": "latency<2s", "window": "30d"}'
try '{"name": "x", "good": "latency<", "objective": "99%", "window": "30d"}'
try '{"name": "x", "good": "latency<2s", "objective": "99%", "window": "30"}'
try '{"name": "x", "good": "latency<2s", "objective": "99%", "window": "30d", "goood": 1}'
try '{"good": "latency<2s", "objective": "99%", "window": "30d"}'
try '1'
llmobs check --slo no.json log.jsonl; echo "exit $?"
llmobs check s001 --slo slo.json log.jsonl; echo "exit $?"
