# Every file of the corpus that has independently counted totals, alone and with the others of its
# format: calls, errors, tokens by class, given cost, times, latencies, tool calls, spans, scores.
corpus=$TESTDATA/../../shared/corpus
[ -d "$corpus" ] || exit 77
check=$TESTDATA/corpus/check.sh
# Left out: the first and last time of Inspect logs, which EXPECTED takes from the head of the log and
# not from its calls; the tool calls of SWE-agent, whose steps formats.md counts as such and EXPECTED
# does not.
wanted() { # JQ-PATH EXPECTED.json FORMAT FILE
    jq -c --arg f "$4" "$1 | if \"$3\" == \"inspect\" then del(.first_us, .last_us)
        elif \"$3\" == \"swe-agent\" then del(.tool_calls) else . end" "$2"
}
for expected in "$corpus"/*/EXPECTED.json; do
    format=$(basename "$(dirname "$expected")")
    mode=calls
    case $format in
    evals | workloads | claude-code | otlp) continue ;; # other cases, other issues
    jaeger | langfuse) mode=spans ;;
    esac
    files=$(jq -r '.files | keys[]' "$expected")
    for file in $files; do
        "$check" "$format/$file" $mode "$(wanted '.files[$f]' "$expected" $format "$file")" \
            "$corpus/$format/$file"
    done
    "$check" "$format total" $mode "$(wanted .total "$expected" $format '')" $(printf "$corpus/$format/%s " $files)
done
for name in $(jq -r 'keys[]' "$corpus/made/TRUTH.json"); do
    mode=calls
    [ $name = otlp_claude_code_events.jsonl ] && mode=events
    "$check" $name $mode "$(jq -c --arg f "$name" '.[$f]' "$corpus/made/TRUTH.json")" \
        $(echo "$name" | tr + '\n' | sed "s|^|$corpus/made/|")
done
