# The source systems' own lines and made OTLP files: the figures known when they were made.
corpus=$TESTDATA/../../shared/corpus/made
[ -d "$corpus" ] || exit 77
check=$TESTDATA/corpus/check.sh
for name in seed_llm_structured_logger seed_structlog_llm_interaction seed_llm_call_log \
    seed_branch_decisions seed_tool_calls seed_prompt_analytics seed_df_llm_interaction_log \
    otlp_genai_current otlp_genai_older otlp_openinference otlp_metrics otlp_claude_code_events; do
    mode=calls
    [ $name = otlp_claude_code_events ] && mode=events
    "$check" $name $mode "$(jq -c --arg f $name.jsonl '.[$f]' "$corpus/TRUTH.json")" "$corpus/$name.jsonl"
done
