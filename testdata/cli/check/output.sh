# Every format; what --explain, --junit and --markdown write; hostile names stay text.
exec 2>&1
calls() { set -- "$@"; for a; do shift; set -- "$@" -v "$a"; done; awk -f "$TESTDATA/cli/check/calls.awk" "$@"; }
cat >rules.json <<'X'
{"name": "mine", "rules": [
  {"name": "dear", "severity": "P1", "metric": "cost_usd", "per": "1h", "by": "feature", "value": "$1", "why": "a limit"},
  {"name": "slow", "metric": "latency_p95_us", "value": "10s"},
  {"name": "quality", "metric": "score:quality", "op": "<", "value": 0.5},
  {"name": "explained", "metric": "calls", "value": 10, "unless": "dear"}
]}
X
{
    calls from=3000 n=20 every=100 id=a cost=0.1 feature=LINK user=ann
    calls from=3000 n=5 every=100 id=b cost=0.1 feature=LINK user=bob
    calls from=3000 n=20 every=100 id=c cost=0.04 feature=RED user=ann
    calls from=3000 n=2 every=100 id=d cost=0.5 user=ann
} | sed 's/LINK/=HYPERLINK(\\"x\\")|<b>\&/; s/RED/a\\u202ered/' >log.jsonl
for f in table md csv tsv jsonl json; do echo "== $f"; llmobs check rules.json -f $f log.jsonl; done
llmobs check rules.json --explain dear log.jsonl; echo "exit $?"
llmobs check rules.json -q --junit j.xml --markdown m.md log.jsonl; cat j.xml m.md
llmobs check rules.json -q -f csv --fail-on P0 log.jsonl | cut -d, -f1-5; llmobs check -q --fail-on P0 rules.json log.jsonl >/dev/null; echo "fail on P0: $?"
llmobs check -q --fail-on critical --exit-code 7 rules.json log.jsonl >/dev/null; echo "fail on critical: $?"
llmobs check --rules rules.json --where user=bob --no-config log.jsonl -f csv | cut -d, -f1-7
llmobs check rules.json --backtest 30d -f csv log.jsonl | cut -d, -f1-8
llmobs check --schema | jq -r .title
llmobs check s001 --until 2020-01-01 log.jsonl; echo "exit $?"
printf '# earlier step' > summary.md
GITHUB_STEP_SUMMARY=summary.md llmobs check rules.json -q --summary log.jsonl > /dev/null; head -4 summary.md
tail -n +2 summary.md | cmp - m.md && echo "the same table as --markdown"
llmobs check rules.json -q --summary --exit-zero log.jsonl > /dev/null; echo "without GITHUB_STEP_SUMMARY: $?"
GITHUB_STEP_SUMMARY=/nowhere/x llmobs check rules.json -q --summary log.jsonl 2>&1 > /dev/null; echo "exit $?"
