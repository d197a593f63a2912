# Public request traces through the converter: linear quantiles within 1 us and token-weighted
# latency of numpy; `with_latency` is the default population, `ok` is --where status=ok.
corpus=$TESTDATA/../../shared/corpus/workloads
[ -d "$corpus" ] || exit 77
convert=$TESTDATA/workloads/convert.sh
"$convert" llmperf "$corpus/llmperf.dev.jsonl" > llmperf.jsonl
"$convert" azure "$corpus/azure-llm-2023-code.dev.csv" > azure-code.jsonl
"$convert" azure "$corpus/azure-llm-2023-conv.dev.csv" > azure-conv.jsonl
"$convert" mooncake "$corpus/mooncake-conversation.dev.jsonl" > mooncake-conversation.jsonl
"$convert" mooncake "$corpus/mooncake-synthetic.dev.jsonl" > mooncake-synthetic.jsonl

# compare LABEL WANT-PATH LLMOBS-ARGUMENTS...: figures of one row against an object of EXPECTED.json
compare() {
    label=$1 path=$2
    shift 2
    llmobs report "$@" -f json | jq -r --arg what "$label" --slurpfile all "$corpus/EXPECTED.json" '
        def off($want): if . == null then true else (. - $want * 1e6) | fabs > 1.0000001 end;
        ($all[0] | '"$path"') as $want | .totals as $got
        | (["latency_p50_us", $got.latency_p50_us, $want.end_to_end_latency_s.linear.p50],
           ["latency_p95_us", $got.latency_p95_us, $want.end_to_end_latency_s.linear.p95],
           ["latency_p99_us", $got.latency_p99_us, $want.end_to_end_latency_s.linear.p99],
           ["ttft_p50_us", $got.ttft_p50_us, $want.ttft_s.linear.p50],
           ["ttft_p95_us", $got.ttft_p95_us, $want.ttft_s.linear.p95],
           ["ttft_p99_us", $got.ttft_p99_us, $want.ttft_s.linear.p99],
           ["tpot_p50_us", $got.tpot_p50_us, $want.time_per_output_token_s.linear.p50],
           ["tpot_p95_us", $got.tpot_p95_us, $want.time_per_output_token_s.linear.p95],
           ["token_weighted_latency_us", $got.token_weighted_latency_us, $want.token_weighted_latency_s])
        | .[2] as $w | select(.[1] | off($w)) | "\($what): \(.[0]): wanted \($w * 1e6), got \(.[1])",
        if $got.latency_n != $want.end_to_end_latency_s.n then "\($what): n \($got.latency_n)" else empty end'
}
compare all '."llmperf.dev.jsonl".all.with_latency' latency llmperf.jsonl
compare ok '."llmperf.dev.jsonl".all.ok' latency --where status=ok llmperf.jsonl
for provider in anyscale bedrock fireworks lepton replicate together; do
    compare $provider ".\"llmperf.dev.jsonl\".by_provider.$provider.ok" latency --where status=ok \
        --where provider=$provider llmperf.jsonl
done

# Token totals of the traces that have no latency.
tokens() {
    llmobs report tokens "$1" -f json | jq -r --arg f "$2" --slurpfile all "$corpus/EXPECTED.json" '
        $all[0][$f] as $want | .totals
        | if .calls == $want.n and .input_tokens == $want.input_tokens.sum
             and .output_tokens == $want.output_tokens.sum
          then empty else "\($f): \(.)" end'
}
tokens azure-code.jsonl azure-llm-2023-code.dev.csv
tokens azure-conv.jsonl azure-llm-2023-conv.dev.csv
tokens mooncake-conversation.jsonl mooncake-conversation.dev.jsonl
tokens mooncake-synthetic.jsonl mooncake-synthetic.dev.jsonl
llmobs report tokens --by minute -f json azure-code.jsonl | jq -r --slurpfile all "$corpus/EXPECTED.json" '
    [.rows[] | {key: (.minute | .[0:16]), value: {n: .calls, input_tokens, output_tokens}}] | from_entries
    | if . == $all[0]["azure-llm-2023-code.dev.csv"].by_minute then empty else "by minute: \(.)" end'
