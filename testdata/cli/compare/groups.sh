# Two versions as groups, for machines; what the groups are chosen by is no cause.
awk -v n=2400 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
llmobs compare --a prompt_version=v6 --b prompt_version=v7 --explain -f json calls.jsonl
llmobs compare --a prompt_version=v6 --b prompt_version=v7 --where feature=refund -f csv \
    --metric cost,latency_p99,confidence_p50,human_review calls.jsonl; echo "exit $?"
llmobs compare --a prompt_version=v6 --b prompt_version=v7 --where feature=refund -f md \
    --metric cost,latency_p99,confidence_p50,branch.human_review calls.jsonl
