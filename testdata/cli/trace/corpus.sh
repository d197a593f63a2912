# The trees of real logs: spans, calls, tokens and cost of all traces of a log are what EXPECTED.json
# says of it (worked out from the files by other programs), and nothing is counted twice. Where the
# log gives no cost it is from our prices, which that file cannot know.
corpus=$TESTDATA/../../shared/corpus
[ -d "$corpus/otlp" ] && command -v jq > /dev/null || exit 77
for log in otlp jaeger langfuse langsmith; do
    rm -f llmobs.db*
    jq -r '.files | keys[]' "$corpus/$log/EXPECTED.json" | sed "s|^|$corpus/$log/|" |
        xargs llmobs ingest -q
    llmobs trace -f json | jq -r '.rows[].trace_id' | while read -r id; do
        llmobs trace "$id" -f json | jq -c '{spans: .coverage.spans, roots: .coverage.roots,
            calls: .totals.total_calls, input: .totals.total_input_tokens,
            output: .totals.total_output_tokens, cost: .totals.total_cost_nusd,
            rows: ([.rows[] | .input_tokens // 0] | add)}'
    done > traces.jsonl
    jq -s -c --arg log "$log" --slurpfile want "$corpus/$log/EXPECTED.json" '
        def sum(f): map(f // 0) | add;
        {spans: sum(.spans), calls: sum(.calls), input: sum(.input), output: sum(.output),
         cost: sum(.cost)} as $got | $want[0].total as $w |
        {spans: $w.spans, calls: $w.calls, input: $w.input_tokens, output: $w.output_tokens,
         cost: ($w.cost_nusd // $got.cost)} as $wanted |
        if $got == $wanted and sum(.rows) == $got.input then "\($log) as expected"
        else {log: $log, got: $got, wanted: $wanted} end' traces.jsonl
done
llmobs trace "$corpus/pi/large-session-head.jsonl" -f json | jq -c --slurpfile want "$corpus/pi/EXPECTED.json" '
    $want[0].total as $w | [.totals.total_calls == $w.calls, .totals.total_input_tokens == $w.input_tokens,
    .totals.total_output_tokens == $w.output_tokens, .totals.total_cost_nusd == $w.cost_nusd,
    ([.rows[] | select(.node == "tool")] | length) == $w.tool_calls]'
