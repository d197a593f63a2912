# An alert from its beginning to its end, a check each 5 minutes as cron does it: what is printed, what
# the hook gets, what the state holds. Errors above half of the excess keep it firing.
exec 2>&1
calls() { set -- "$@"; for a; do shift; set -- "$@" -v "$a"; done; awk -f "$TESTDATA/cli/check/calls.awk" "$@"; }
cat >rules.json <<'X'
{"rules": [
  {"name": "errors", "severity": "P1", "metric": "error_rate", "window": "5m", "percent": 100, "baseline": "1h", "min_n": 10, "cooldown": "15m"}
]}
X
# An hour with 10 % errors; then windows of 5 minutes with the share that is given, the last one at now
{
    calls from=7200 n=360 every=10 id=b bad=10
    i=0
    for bad in 10 3 3 8 3 10 10 10 10 10 10; do
        calls "from=$((3300 - i * 300))" n=30 every=10 "id=w$i" "bad=$bad"
        i=$((i + 1))
    done
} >log.jsonl
llmobs ingest -q log.jsonl
for minute in 0 5 10 15 20 25 30 35; do
    echo "-- 10:$minute"
    llmobs check -q rules.json --state check.state --on-alert 'jq -c ".rows[] | [.rule, .state, .value]"' \
        --until "2026-11-21T10:$(printf %02d $minute):00Z"
    echo "exit $?"
done
cat check.state
ls -l check.state | cut -c1-10
# Somebody else's file, and one that is no file
for text in '[' '{}' '{"state_version": 2, "alerts": []}' '{"state_version": 1, "alerts": [{"rule": 3}]}' \
    '{"state_version": 1, "alerts": [{"rule": "errors", "firing": true, "calm": 99}]}' \
    '{"state_version": 1, "alerts": [{"rule": "errors", "firing": true, "since_us": 1e400}]}' \
    '{"state_version": 1, "alerts": [{"rule": "errors", "group": ["x"], "firing": true}]}'; do
    echo "$text" >bad.state
    llmobs check -q rules.json --state bad.state
    echo "exit $?"
done
# A rule that is gone is forgotten; times of the future are told again
echo '{"state_version": 1, "alerts": [{"rule": "gone\u001b[31m", "firing": true}, {"rule": "errors", "firing": false, "told_us": 4000000000000000000}]}' >odd.state
llmobs check -q rules.json --state odd.state; echo "exit $?"; cat odd.state
llmobs check -q rules.json --state .; echo "exit $?"
llmobs check -q rules.json --state no/such/folder; echo "exit $?"
