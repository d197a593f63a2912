# The cost for each success: failures are paid for, too.
exec 2>&1
call() { # ID FEATURE STATUS COST
    printf '{"timestamp":"2026-09-07T08:00:00Z","request_id":"%s","model":"m","input_tokens":10,"output_tokens":%s,"feature":"%s","status":"%s","cost_usd":%s}\n' "$1" "$1" "$2" "$3" "$4"
}
{
    call 1 search ok 0.10
    call 2 search error 0.30
    call 3 search ok 0.10
    call 4 support error 1.00
    call 5 support error 2.00
    call 6 batch ok 4.00
} > log.jsonl
llmobs report cost --by feature --per outcome log.jsonl
llmobs report cost --by feature --per outcome -f csv --columns calls,cost_usd,cost_per_outcome_usd,ok log.jsonl
echo '--- --success implies --per outcome'
llmobs report errors --by feature --success 'output_tokens>=5' --success 'status!=null' log.jsonl
llmobs report cost --success status=cancelled log.jsonl
llmobs report cost --success 'statsu=ok' log.jsonl 2>&1 | cut -d\; -f1
llmobs report cost --per call log.jsonl; echo "exit $?"
# Columns that leave the cost per outcome out
llmobs report --by feature --per outcome --columns feature,calls "$TESTDATA/formats/generic/sample.jsonl" -q > some.txt && echo fine
llmobs report --no-cost --per outcome "$TESTDATA/formats/generic/sample.jsonl" -q > some.txt && echo fine
