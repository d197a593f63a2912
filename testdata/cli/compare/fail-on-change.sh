# Exit 1 for what was named: any change, or only for the worse.
awk -v n=2400 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
llmobs ingest -q calls.jsonl
better() { llmobs compare -q -o /dev/null --a prompt_version=v7 --b prompt_version=v6 "$@"; echo "exit $?"; }
better --fail-on-change cost_mean
better --fail-on-change cost_mean:worse
better --fail-on-change latency_p95
better --fail-on-change latency_p95,any:worse
better --fail-on-change any --exit-code 3
better --fail-on-change any --exit-zero
better --fail-on-change cost
