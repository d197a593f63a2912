# Which feature, and which new model: the groups that carry a change, and the parts of the cost.
call() { # DAY N MODEL FEATURE TOKENS COST
    printf '{"timestamp":"2026-11-%02dT12:00:%02dZ","request_id":"%s","model":"%s","feature":"%s","input_tokens":%d,"output_tokens":10,"cost_usd":%s}\n' \
        "$1" $(($2 % 60)) "$1-$2-$4" "$3" "$4" "$5" "$6"
}
i=0
while [ $i -lt 40 ]; do
    call 10 $i small search 100 0.001; call 10 $i small draft 100 0.001
    call 11 $i small search 100 0.001; call 11 $i small draft 300 0.003
    call 12 $i small search 100 0.001; call 12 $i large draft 100 0.005
    i=$((i + 1))
done > calls.jsonl
set -- --explain --metric cost -q calls.jsonl
llmobs compare --baseline 2026-11-10..2026-11-10 --current 2026-11-11..2026-11-11 "$@" -f json | sed -n '/causes"/p; /cost_split/p'
llmobs compare --baseline 2026-11-10..2026-11-10 --current 2026-11-12..2026-11-12 "$@" -f json | sed -n '/causes"/p; /cost_split/p'
llmobs compare --baseline 2026-11-10..2026-11-10 --current 2026-11-12..2026-11-12 --explain --metric cost calls.jsonl
echo '--- of what: the cost unless a metric is asked for, or money is left out'
# A call 100 and 100 tokens, then 100 and 300, besides 10 of output: 110 to 210; cost 0.001 to 0.002.
for of in '' '--no-cost' '--metric input_tokens,cost'; do
    llmobs compare --baseline 2026-11-10..2026-11-10 --current 2026-11-11..2026-11-11 --explain $of calls.jsonl | grep 'per call.*->'
done
