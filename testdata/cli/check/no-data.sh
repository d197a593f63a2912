# What a log does not have is said, for each rule of each set: never silently ok. One plain call of a
# day ago, then with one of now.
exec 2>&1
calls() { set -- "$@"; for a; do shift; set -- "$@" -v "$a"; done; awk -f "$TESTDATA/cli/check/calls.awk" "$@"; }
explain() { # every rule of a set
    for rule in $(llmobs check --rules "$1" --no-config -f json --exit-zero log.jsonl | jq -r '.rows[].rule' | sort); do
        printf '%-5s %-22s' "$1" "$rule"
        llmobs check --rules "$1" --no-config --exit-zero --explain "$rule" log.jsonl | sed -n 's/^  now  *//p'
    done
}
calls from=90000 n=1 every=1 id=a >log.jsonl
for set in default s000 s001 s002 s003 s004; do explain $set; done
echo "== a call of now"
calls from=60 n=1 every=1 id=a >log.jsonl
for set in s000 s003; do explain $set; done
