# The fault that each rule of each set is for makes it fire; rules that cannot fire, or that always do,
# are found, as are those for which nothing can be made up.
exec 2>&1
for set in default s000 s001 s002 s003 s004; do echo "== $set"; llmobs check --rules $set --self-test; echo "exit $?"; done
cat >rules.json <<'X'
{"rules": [
  {"name": "never", "metric": "error_rate", "value": "100%"},
  {"name": "always", "metric": "calls", "op": ">=", "value": 0},
  {"name": "filtered", "metric": "error_rate", "where": "model=x", "value": "5%"},
  {"name": "odd", "metric": "sessions", "value": 5},
  {"name": "grouped", "metric": "error_rate", "by": "tenant", "value": "5%"},
  {"name": "range", "metric": "latency_p50_us", "outside": ["100ms", "2s"]},
  {"name": "fewer", "metric": "share:finish_reason=length", "op": "<", "percent": 50, "baseline": "7d", "alpha": 0.05},
  {"name": "long", "metric": "latency_p99_us", "value": "1s", "for": "1h", "window": "15m"}
]}
X
llmobs check rules.json --self-test; echo "exit $?"
