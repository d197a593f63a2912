# The lines of the manual's crontab: nothing is printed when all is well, an alert once.
exec 2>&1
calls() { set -- "$@"; for a; do shift; set -- "$@" -v "$a"; done; awk -f "$TESTDATA/cli/check/calls.awk" "$@"; }
mkdir logs
calls from=108000 n=900 every=120 id=p >logs/a.jsonl
printf '#!/bin/sh\njq -r ".rows[] | .rule" >>told\n' >notify.sh; chmod +x notify.sh
hourly() { llmobs ingest -q logs/ && llmobs check -q --exit-zero --state check.state; }
often() { llmobs ingest -q logs/ && llmobs check -q --fail-on P1 --state fast.state --on-alert ./notify.sh >/dev/null; }
hourly; echo "all well: $?"
often; echo "all well: $?"
calls from=3000 n=40 every=60 id=bad bad=2 >logs/b.jsonl
hourly; echo "an alert: $?"
hourly; echo "the same: $?"
often; echo "an alert: $?"
often; echo "the same: $?"
cat told
