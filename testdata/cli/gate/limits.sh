# Limits beside the comparison, on what the runs themselves took. By hand: a costs 4 * 0.01 = $0.04, takes
# 400 tokens and has latencies 100 to 400 ms, so p95 385 ms; b twice the cost of three of its four calls
# and of the fourth nothing is known, 440 tokens, 200 to 800 ms: 770 ms.
run() { # FILE COST TOKENS LATENCY PASSES
    for i in 1 2 3 4; do
        cost=,\"cost_usd\":$2
        [ "$1$i" = b.jsonl4 ] && cost=
        echo "{\"item_id\":\"q$i\",\"passed\":$([ $i -le "$5" ] && echo true || echo false),\"input_tokens\":$3,\"output_tokens\":10,\"latency_ms\":$(($4 * i))$cost}"
    done > "$1"
}
run a.jsonl 0.01 90 100 3
run b.jsonl 0.02 100 200 3
show() { llmobs gate --baseline a.jsonl --candidate b.jsonl -f json "$@" | jq -c '.verdict, .limits[]'; }
for limit in --max-cost=0.06 --max-cost='$0.05' --max-cost=1 --max-cost=+10% --max-cost=+200% \
    --max-tokens=440 --max-tokens=439 --max-tokens=0.4k --max-tokens=+10% --max-tokens=+9.9% \
    --max-latency-p95=770ms --max-latency-p95=0.7699s --max-latency-p95=+100% --max-latency-p95=+50% \
    --min-pass-rate=0.75 --min-pass-rate=76% --min-pass-rate=3/4 --per-case='>=1'; do
    echo "-- $limit"
    show "$limit"
done
echo "-- all together, for people"
llmobs gate --baseline a.jsonl --candidate b.jsonl --max-cost +10% --max-tokens +10% --max-latency-p95 2s --min-pass-rate 0.5
echo "exit $?"
echo "-- a baseline that says nothing of it"
sed 's/,"input.*/}/' a.jsonl > bare.jsonl
llmobs gate --baseline bare.jsonl --candidate b.jsonl --max-cost +10% --max-latency-p95 +10%
echo "exit $?"
echo "-- scores are no passes"
sed 's/"passed":true/"score":0.7/; s/"passed":false/"score":0.2/' a.jsonl > s.jsonl
llmobs gate --baseline s.jsonl --candidate s.jsonl --min-pass-rate 0.5 | tail -1
